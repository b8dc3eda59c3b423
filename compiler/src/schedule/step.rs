//! The program of a step of a recurrence: a loss in small, whose arguments are the states and what the step reads, and whose results
//! are the states after it and what it keeps besides.

use super::stream_axis::whole;
use super::{Planned, Program, Roots, Statement, verify};
use crate::base::{ArgumentKind, Role, Symbol};
use crate::graph::{Gradient, Graph, Input, NodeId};
use crate::operations::StepProgram;

/// The program of a step. Its arguments are states, which are [`Role::Param`], what differs from step to step, [`Role::StandIn`], and what
/// does not, [`Role::Fixed`], in the order of the step; then come its results, as [`Role::Output`].
pub(crate) fn step(recurrence: &StepProgram) -> Planned {
    let mut graph = recurrence.step.clone();
    let states = recurrence.next.len();
    for (i, input) in graph.inputs.iter_mut().enumerate() {
        let (word, number, role) = match i.checked_sub(states).map(|k| (k, recurrence.by_step[k])) {
            None => ("state", i, Role::Param),
            Some((k, true)) => ("given", k, Role::StandIn),
            Some((k, false)) => ("given", k, Role::Fixed),
        };
        input.name = Symbol::new(&format!("{word}{}", number + 1));
        input.role = role;
    }
    let mut gradients = Vec::new();
    for (j, &node) in recurrence.next.iter().chain(&recurrence.kept).enumerate() {
        let (name, shape) = (Symbol::new(&format!("made{}", j + 1)), graph.shape(node));
        gradients.push(Gradient { argument: graph.inputs.len(), node: Some(node) });
        graph.inputs.push(Input { name, role: Role::Output, shape, kind: ArgumentKind::Numbers });
    }
    let roots = Roots { values: Vec::new(), gradients };
    let planned = whole(&graph, &roots);
    debug_assert_eq!(verify(&planned, &roots), Ok(()));
    planned
}

/// The nodes of a program that are recurrences whose steps are programs, in the order of its statements.
pub(crate) fn step_programs<'p>(graph: &'p Graph, program: &'p Program) -> impl Iterator<Item = NodeId> + 'p {
    program.statements().filter_map(|statement| match statement.bare() {
        Statement::Call { routine, .. } => graph.step_program(routine.node).map(|_| routine.node),
        _ => None,
    })
}
