//! Identifiers of the expansion: the user's names where there are any, and never one of its own.
//!
//! A name made from one of the user's begins with a word for its use, and a `_`: `v_x` is the value
//! `x`, `copy_v_x` a copy of it. No name of the expansion's own begins so, and no two of them are alike, however the user's
//! names end. Only what users see has their names as they are: fields of `Data` and `Dims`, and the accessors of parameters.

use std::collections::BTreeSet;

use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;

use crate::base::Symbol;
use crate::graph::{Graph, NodeId, Op};

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
    format_ident!("v_{}", identifier(name.as_str()))
}

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
    pub(crate) fn new(graph: &Graph) -> Self {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut all = Vec::with_capacity(graph.len());
        let (mut temporaries, mut numbers) = (0, 0);
        for id in graph.ids() {
            let mut name = match (graph.name_of(id), graph.node(id).op) {
                (Some(name), _) => format!("v_{}", identifier(name.as_str())),
                (None, Op::Call(_)) => {
                    temporaries += 1;
                    format!("t{temporaries}")
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
