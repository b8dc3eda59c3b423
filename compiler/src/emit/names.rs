//! Identifiers of the expansion: the user's names where there are any, and never one of its own.
//!
//! A value `x` of the user's is `x`, unless the expansion has another use for that word: then it is `v_x`. A name made from one of
//! the user's begins with a word for its use, and a `_`: `copy_x` is a copy of `x`. What begins so is never a name of the user's as it is, so
//! that no two are alike, however the user's names end. Values without a name of the user's are called as in formulas, or by a number.

use std::collections::BTreeSet;

use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;

use crate::base::Symbol;
use crate::explain::Notation;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{MATMUL, TRANSPOSE};

/// A name as an identifier: `h₁` and `w[3]` as `h1` and `w_3`.
fn identifier(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let letter = |c: char| match c {
        '[' => Some('_'),
        ']' => None,
        '\u{2080}'..='\u{2089}' => char::from_digit(u32::from(c) - 0x2080, 10),
        c => Some(c),
    };
    name.chars().filter_map(letter).collect()
}

/// The identifier of a value of the user's.
pub(crate) fn value(name: Symbol) -> Ident {
    Ident::new(&value_text(name), Span::call_site())
}

fn value_text(name: Symbol) -> String {
    let name = identifier(name.as_str());
    if is_free(&name) { name } else { format!("v_{name}") }
}

/// Variables and fields of the expansion where values of the user's are too.
const OWN: [&str; 44] = [
    "at",
    "block",
    "blocks",
    "case",
    "chunks",
    "cost",
    "count",
    "data",
    "dims",
    "direction",
    "element",
    "first",
    "fused",
    "gradient",
    "inputs",
    "is_first",
    "is_hoisted",
    "isa",
    "later",
    "loss",
    "made",
    "mem",
    "one",
    "out",
    "outcome",
    "params",
    "part",
    "parts",
    "pass",
    "plan",
    "reference",
    "registers",
    "rows",
    "rt",
    "shapes",
    "simd",
    "sizes",
    "steps",
    "strip",
    "sums",
    "trajectory",
    "unfused",
    "values",
    "whole",
];

/// Beginnings of names that the expansion makes of others.
const BEGINNINGS: [&str; 14] = [
    "again",
    "block_",
    "copy_",
    "gradient_",
    "n_",
    "number",
    "own_",
    "packed_",
    "rows_",
    "scratch_",
    "steps_",
    "transposed_",
    "v_",
    "values_",
];

/// Words of Rust, which a name of the user's can be in the raw form.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// True of a name that means nothing else in an expansion, as far as its letters tell: what begins with a capital may be a constant.
fn is_free(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_temporary = name.strip_prefix('t').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_plain)
        && (!is_temporary || name == "t")
        && !OWN.contains(&name)
        && !BEGINNINGS.iter().chain(&["whole_"]).any(|beginning| name.starts_with(beginning))
        && !KEYWORDS.contains(&name)
}

/// Name of a formula in code: `h_prime` for H′, `xw` for X W; nothing, if it is more than a few letters.
fn of_formula(formula: &str) -> Option<String> {
    let mut name = String::new();
    for c in formula.chars() {
        match c {
            ' ' => {}
            'ᵀ' => name.push_str("_t_"),
            '′' => name.push_str("_prime"),
            '\u{2080}'..='\u{2089}' => name.push(char::from_digit(u32::from(c) - 0x2080, 10)?),
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ => return None,
        }
    }
    let name = name.trim_end_matches('_');
    (name.len() <= LONGEST && is_free(name)).then(|| name.to_owned())
}

/// Characters of a name that a formula gives, at most.
const LONGEST: usize = 12;

/// The identifier of an operator of the user's.
pub(crate) fn operator(name: Symbol) -> Ident {
    format_ident!("own_{}", identifier(name.as_str()))
}

/// The identifier of a const generic: its own name if that is as constants are written, which is shown in documentation. All types
/// of the expansion have other names, and its constants of such names are used where no const generic is in scope, but for the
/// tables of long loops.
pub(crate) fn generic(name: Symbol) -> Ident {
    let text = identifier(name.as_str());
    let is_constant = !text.contains(char::is_lowercase) && !text.starts_with("STEPS_");
    if is_constant { Ident::new(&text, Span::call_site()) } else { format_ident!("n_{}", text) }
}

/// An identifier for each node of a graph.
pub(crate) struct Names {
    all: Vec<Ident>,
}

impl Names {
    pub(crate) fn new(graph: &Graph, notation: &Notation<'_>) -> Self {
        let users = graph.ids().filter_map(|id| graph.name_of(id)).chain(graph.inputs.iter().map(|input| input.name));
        let users: BTreeSet<String> = users.map(value_text).collect();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut all = Vec::with_capacity(graph.len());
        let (mut temporaries, mut numbers) = (0, 0);
        for id in graph.ids() {
            let mut name = match (graph.name_of(id), graph.node(id).op) {
                (Some(name), _) => value_text(name),
                (None, Op::Call(_)) => {
                    temporaries += 1;
                    let is_short = |operand: &NodeId| {
                        let inner = graph.is(*operand, TRANSPOSE).and_then(|inner| inner.first()).unwrap_or(operand);
                        notation.name(*inner).is_some()
                    };
                    let formula = match notation.name(id) {
                        Some(name) => Some(name.to_owned()),
                        None if graph.is(id, MATMUL).is_some_and(|operands| operands.iter().all(is_short)) => {
                            Some(notation.text(id))
                        }
                        None => None,
                    };
                    let name = formula.and_then(|formula| of_formula(&formula));
                    name.filter(|name| !users.contains(name)).unwrap_or_else(|| format!("t{temporaries}"))
                }
                (None, _) => {
                    numbers += 1;
                    format!("number{numbers}")
                }
            };
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            all.push(Ident::new(&name, Span::call_site()));
        }
        Self { all }
    }

    pub(crate) fn of(&self, id: NodeId) -> &Ident {
        &self.all[id.index()]
    }
}
