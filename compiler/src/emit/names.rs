//! Identifiers of the expansion: the user's names where there are any, and never one of its own twice.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::Ident;

use crate::graph::{Graph, NodeId, Op};

/// Names that the expansion uses itself, in scopes where it also uses the user's.
const RESERVED: &[&str] = &[
    "isa",
    "dims",
    "inputs",
    "params",
    "gradient",
    "rows",
    "count",
    "simd",
    "shapes",
    "block",
    "data",
    "sizes",
    "flat",
    "value",
    "self",
    "rt",
    "direction",
    "steps",
    "registers",
];

/// A name as an identifier: `h₁` and `w[3]` as `h1` and `w_3`.
fn identifier(name: &str) -> String {
    let letter = |c: char| match c {
        '[' => Some('_'),
        ']' => None,
        '\u{2080}'..='\u{2089}' => char::from_digit(u32::from(c) - 0x2080, 10),
        c => Some(c),
    };
    name.chars().filter_map(letter).collect()
}

/// An identifier for each node of a graph.
pub(crate) struct Names {
    all: Vec<Ident>,
}

impl Names {
    pub(crate) fn new(graph: &Graph) -> Self {
        let mut taken: BTreeSet<String> = RESERVED.iter().map(|&name| name.to_owned()).collect();
        let mut all = Vec::with_capacity(graph.len());
        let (mut temporaries, mut numbers) = (0, 0);
        for id in graph.ids() {
            let mut name = match (graph.name_of(id), graph.node(id).op) {
                (Some(name), _) => identifier(name.as_str()),
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
