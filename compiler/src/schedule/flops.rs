//! Cost of a program: the floating-point operations of its statements, as polynomials in the sizes.

use super::{Guarded, Planned, Sink, Statement};
use crate::base::{Cost, Shape};
use crate::graph::NodeId;
use crate::operations::Kind;

/// The operation count as text: one polynomial in the sizes, followed by "and the less of A and B" where run-time sizes
/// choose between two orders of a product.
pub(crate) fn flops_in_words(plan: &Planned) -> String {
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
pub(crate) fn counted(plan: &Planned) -> Vec<(Cost, Option<&Guarded>)> {
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
            if let Some(recurrence) = plan.graph.step_program(routine.node) {
                let step = super::step(recurrence);
                let costs = counted(&step).into_iter().map(|(cost, _)| cost);
                let step = costs.fold(Cost::default(), |sum, cost| sum.plus(&cost));
                return Some(step.times(&Cost::size(recurrence.steps)));
            }
            // A routine costs by the elements of its first operand, and a recurrence by those of its steps.
            let shape = match plan.graph.recurrence(routine.node) {
                Some(recurrence) => Shape::new(recurrence.steps, recurrence.lanes),
                None => plan.graph.shape(*plan.graph.operands(routine.node).first()?),
            };
            Some(elements(shape).times(&Cost::number(f64::from(routine.flops))))
        }
        Statement::Map(map) => {
            let each: u32 = map
                .body
                .iter()
                .map(|&id| match plan.graph.kind(id) {
                    Some(Kind::Pointwise(row)) => row.flops,
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
