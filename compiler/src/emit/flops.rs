//! What a loss costs: the floating-point operations of its statements, as expressions in its sizes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Context;
use super::kernel::{formula, number, order};
use crate::graph::{Graph, NodeId, Op, Shape};
use crate::operations::Kind as Family;
use crate::schedule::{Planned, Sink, Statement};

/// The floating-point operations of each statement, as expressions in `dims`.
pub(crate) fn flops(context: &Context<'_>, plan: &Planned) -> Vec<TokenStream> {
    plan.program.statements().filter_map(|statement| statement_flops(context, plan, statement, None)).collect()
}

/// The operations of a statement that computes `node`, or what its buffer is for.
fn statement_flops(
    context: &Context<'_>,
    plan: &Planned,
    statement: &Statement,
    node: Option<NodeId>,
) -> Option<TokenStream> {
    let program = &plan.program;
    let size = |dim| {
        let size = context.size(dim);
        quote! { rt::count(#size) }
    };
    let elements = |shape: Shape| {
        let (rows, columns) = (size(shape.rows), size(shape.columns));
        quote! { #rows * #columns }
    };
    let product = |node: NodeId| {
        let result = elements(plan.graph.shape(node));
        let inner = plan.graph.operands(node).first().map(|&a| size(plan.graph.shape(a).columns));
        quote! { 2.0 * #result * #inner }
    };
    match statement {
        Statement::Product { out, .. }
        | Statement::ProductT { out, .. }
        | Statement::Dots { out, .. }
        | Statement::ScaledRows { out, .. } => Some(product(node.unwrap_or(program.buffers[*out].node))),
        Statement::Call { routine, .. } => {
            let operand = plan.graph.operands(routine.node).first()?;
            let (each, elements) = (f64::from(routine.flops), elements(plan.graph.shape(*operand)));
            (each > 0.0).then(|| quote! { #each * #elements })
        }
        Statement::Map(map) => {
            let each: u32 = map
                .body
                .iter()
                .map(|&id| match plan.graph.kind(id) {
                    Some(Family::Pointwise(row)) => row.flops,
                    _ => 0,
                })
                .sum();
            let sums =
                map.results.iter().filter(|(_, sink)| !matches!(sink, Sink::Store(_) | Sink::Gradient(_))).count();
            let total = Literal::f64_unsuffixed(f64::from(each) + f64::from(u32::try_from(sums).unwrap_or(0)));
            let elements = elements(map.shape);
            let product = map.product.map(|through| {
                let product = product(through.node);
                quote! { + #product }
            });
            Some(quote! { #total * #elements #product })
        }
        Statement::Guarded(guarded) => {
            let flops = statement_flops(context, plan, &guarded.statement, Some(guarded.node))?;
            let (difference, holds) = (of_sizes(context, &plan.graph, guarded.difference), order(guarded.first));
            Some(quote! { (if #difference #holds 0.0 { #flops } else { 0.0 }) })
        }
        _ => None,
    }
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
