//! Cost of a loss: the floating-point operations of its statements, as expressions in its sizes.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::tokens::{formula, joined, number, order, sum};
use crate::base::Cost;
use crate::graph::{Graph, NodeId, Op};
use crate::schedule::{Planned, counted};

/// The floating-point operations of all statements, as an expression in `dims`: a polynomial, and what sizes decide about.
pub(crate) fn flops(context: &Context<'_>, plan: &Planned) -> TokenStream {
    let mut always = Cost::default();
    let mut decided = Vec::new();
    for (cost, guard) in counted(plan) {
        let Some(guarded) = guard else {
            always = always.plus(&cost);
            continue;
        };
        let (difference, holds) = (of_sizes(context, &plan.graph, guarded.difference), order(guarded.first));
        let flops = sum(&terms(context, &cost), "0.0");
        decided.push(quote! { if #difference #holds 0.0 { #flops } else { 0.0 } });
    }
    let mut all = terms(context, &always);
    // A sum that begins with `if` would be a statement.
    all.extend(decided.iter().map(|flops| quote! { (#flops) }));
    sum(&all, "0.0")
}

/// The terms of a polynomial in sizes.
fn terms(context: &Context<'_>, cost: &Cost) -> Vec<TokenStream> {
    let terms = cost.terms().map(|(factors, count)| {
        let factors = factors.iter().map(|dim| {
            let size = context.size(*dim);
            quote! { rt::count(#size) }
        });
        let is_written = factors.len() == 0 || (count - 1.0).abs() > 0.0;
        let count = is_written.then(|| number(count));
        let factors = count.into_iter().chain(factors);
        joined(&factors.collect::<Vec<_>>(), "*")
    });
    terms.collect()
}

/// A scalar that sizes alone decide, as an expression in `dims`.
fn of_sizes(context: &Context<'_>, graph: &Graph, id: NodeId) -> TokenStream {
    match graph.node(id).op {
        Op::Constant(value) => number(value),
        Op::Size(dim) => {
            let size = context.size(dim);
            quote! { rt::count(#size) }
        }
        Op::Argument(_) => quote! { 0.0 },
        Op::Call(_) => {
            let operands: Vec<_> = graph.operands(id).iter().map(|&a| of_sizes(context, graph, a)).collect();
            let value = formula(graph, id, &operands);
            quote! { (#value) }
        }
    }
}
