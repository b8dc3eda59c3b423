//! A loss and its gradients in normal form, and the steps from one to the other.

use crate::explain::Trace;
use crate::graph::verify::verify;
use crate::graph::{Gradient, Graph, NodeId};
use crate::syntax::Spec;
use crate::{differentiate, explain, rewrite};

/// A loss and its gradients in normal form, and the loss alone.
pub(crate) struct Derived {
    pub(crate) graph: Graph,
    pub(crate) loss: NodeId,
    /// Gradients in the parameters.
    pub(crate) gradients: Vec<Gradient>,
    pub(crate) value_graph: Graph,
    pub(crate) value: NodeId,
}

/// Differentiates the canonical form of the loss, and simplifies what comes out.
pub(crate) fn derive(spec: &Spec, graph: &Graph, loss: NodeId) -> Derived {
    let (value_graph, value) = rewrite::simplify(graph, &[loss]);
    let mut graph = value_graph.clone();
    let parameters: Vec<usize> = spec.parameters().collect();
    let gradients = differentiate::reverse(&mut graph, value[0], &parameters);
    let roots: Vec<_> = value.iter().copied().chain(gradients.iter().copied().flatten()).collect();
    debug_assert_eq!(verify(&graph, &[]), Ok(()));
    let (graph, roots) = rewrite::simplify(&graph, &roots);
    let mut rest = roots.iter().copied();
    let loss = rest.next().unwrap_or(value[0]);
    let gradients: Vec<_> = parameters
        .into_iter()
        .zip(gradients)
        .map(|(argument, node)| Gradient { argument, node }.moved(&mut rest))
        .collect();
    debug_assert_eq!(verify(&graph, &gradients), Ok(()));
    Derived { graph, loss, gradients, value_graph, value: value[0] }
}

/// The reverse sweep to the parameters as a derivation shows it.
pub(crate) fn trace(derived: &Derived) -> Trace {
    let parameters: Vec<_> = derived.gradients.iter().map(|gradient| gradient.argument).collect();
    trace_to(&derived.value_graph, derived.value, &parameters)
}

/// The reverse sweep from `value` to the arguments `ends` as a derivation shows it.
pub(crate) fn trace_to(graph: &Graph, value: NodeId, ends: &[usize]) -> Trace {
    let (mut graph, value) = explain::canonical(graph, &[value], &[]);
    let waypoints = explain::waypoints(&graph, ends);
    let (steps, totals) = differentiate::trace(&mut graph, value[0], &waypoints, explain::MAX_DERIVATION_STEPS);
    let is_cut = totals.is_empty() && steps.len() == explain::MAX_DERIVATION_STEPS;
    let trace = Trace { graph, steps, totals, waypoints, is_cut };
    let (graph, nodes) = rewrite::simplify(&trace.graph, &trace.nodes());
    trace.moved(graph, nodes)
}
