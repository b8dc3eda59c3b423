//! Cost of a loss: the floating-point operations of its statements, as expressions in its sizes.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::tokens::{formula, joined, number, order, sum};
use crate::base::{Cost, Shape};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{Kind as Family, Routine};
use crate::schedule::{Guarded, Planned, Sink, Statement};

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

/// The operation count as text: one polynomial in the sizes, followed by "and the less of A and B" where run-time sizes
/// choose between two orders of a product.
pub(super) fn in_words(plan: &Planned) -> String {
    let mut always = Cost::default();
    let (mut first, mut second) = (Cost::default(), Cost::default());
    for (cost, guard) in counted(plan) {
        let sum = match guard {
            None => &mut always,
            Some(guarded) if guarded.first => &mut first,
            Some(_) => &mut second,
        };
        *sum = sum.plus(&cost);
    }
    if first == second {
        return always.plus(&first).to_string();
    }
    format!("{always}, and the less of {first} and {second}")
}

/// The operations of each statement, and what decides whether it is run.
fn counted(plan: &Planned) -> Vec<(Cost, Option<&Guarded>)> {
    let statements = plan.program.statements();
    let counted = statements.filter_map(|statement| match statement {
        Statement::Guarded(guarded) => {
            Some((statement_flops(plan, &guarded.statement, Some(guarded.node))?, Some(guarded)))
        }
        statement => Some((statement_flops(plan, statement, None)?, None)),
    });
    counted.filter(|(cost, _)| *cost != Cost::default()).collect()
}

/// The operations of a statement that computes `node`, or what its buffer is for.
fn statement_flops(plan: &Planned, statement: &Statement, node: Option<NodeId>) -> Option<Cost> {
    let program = &plan.program;
    let elements = |shape: Shape| Cost::size(shape.rows).times(&Cost::size(shape.columns));
    let product = |node: NodeId| {
        let result = elements(plan.graph.shape(node)).times(&Cost::number(2.0));
        let inner = plan.graph.operands(node).first().map(|&a| Cost::size(plan.graph.shape(a).columns));
        inner.map_or_else(|| result.clone(), |inner| result.times(&inner))
    };
    match statement {
        Statement::Product { out, .. }
        | Statement::ProductT { out, .. }
        | Statement::MatVec { out, .. }
        | Statement::MatTVec { out, .. } => Some(product(node.unwrap_or(program.buffers[*out].node))),
        Statement::Call { routine, .. } => {
            if let Some(Family::Routine(Routine { recurrence: Some(recurrence), flops, .. })) =
                plan.graph.kind(routine.node)
            {
                let each = Shape::new(recurrence.steps, recurrence.lanes);
                return Some(elements(each).times(&Cost::number(f64::from(*flops))));
            }
            let operand = plan.graph.operands(routine.node).first()?;
            Some(elements(plan.graph.shape(*operand)).times(&Cost::number(f64::from(routine.flops))))
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
            let total = Cost::number(f64::from(each) + f64::from(u32::try_from(sums).unwrap_or(0)));
            let loops = elements(map.shape).times(&total);
            Some(map.product.map_or_else(|| loops.clone(), |through| loops.plus(&product(through.node))))
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
