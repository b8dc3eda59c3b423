//! Identifiers of the expansion: the user's names where there are any, and never one of its own twice.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::Ident;

use crate::graph::{Graph, NodeId, Op};

/// Names that the expansion uses itself, in scopes where it also uses the user's.
const RESERVED: &[&str] = &[
    "isa", "dims", "inputs", "params", "gradient", "rows", "count", "simd", "shapes", "block", "data", "sizes", "flat",
    "value", "self", "rt",
];

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
                (Some(name), _) => name.to_string(),
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
