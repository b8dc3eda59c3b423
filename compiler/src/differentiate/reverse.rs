//! Reverse sweep: from dL = ⟨L̄, dL⟩ to the cotangent of every parameter.
//!
//! Nodes are visited from last to first. A node's cotangent is complete when it is reached, because all its users
//! come later in the arena (G1). Each operation turns it into the cotangents of its operands.

use crate::graph::{Graph, NodeId, Op};
use crate::operations::ADD;

/// Adds the gradients of `loss` in the arguments `wrt` to the graph, in that order.
///
/// `None` for an argument that the loss does not depend on.
pub(crate) fn reverse(graph: &mut Graph, loss: NodeId, wrt: &[usize]) -> Vec<Option<NodeId>> {
    let seed = graph.constant(1.0);
    pull_back(graph, loss, seed, wrt)
}

/// Like [`reverse`], for ⟨`cotangent`, `root`⟩ with a `root` of any shape. The cotangent does not move.
pub(crate) fn pull_back(graph: &mut Graph, root: NodeId, cotangent: NodeId, wrt: &[usize]) -> Vec<Option<NodeId>> {
    graph.derived_by("adjoint");
    // No derivative is formed of what depends on none of them.
    let active = graph.depending_on(wrt);
    let mut cotangents: Vec<Option<NodeId>> = vec![None; graph.len()];
    if let Some(seed) = cotangents.get_mut(root.index()) {
        *seed = Some(cotangent);
    }
    let forward: Vec<_> = graph.ids().collect();
    for id in forward.into_iter().rev() {
        let (Some(&Some(g)), Op::Call(operation)) = (cotangents.get(id.index()), graph.node(id).op) else { continue };
        for (k, operand) in graph.operands(id).to_vec().into_iter().enumerate() {
            if !active.get(operand.index()).is_some_and(|&active| active) {
                continue;
            }
            let Some(part) = operation.adjoint(graph, id, k, g) else { continue };
            debug_assert!(graph.shape(part).fits(graph.shape(operand)), "G4: a cotangent of `{}`", operation.name());
            let Some(cotangent) = cotangents.get_mut(operand.index()) else { continue };
            *cotangent = Some(match *cotangent {
                None => part,
                Some(sum) => graph.call(ADD, [sum, part]),
            });
        }
    }
    let gradient_of = |i: &usize| {
        let argument = graph.ids().find(|&id| matches!(graph.node(id).op, Op::Argument(j) if j == *i))?;
        cotangents.get(argument.index()).copied().flatten()
    };
    wrt.iter().map(gradient_of).collect()
}
