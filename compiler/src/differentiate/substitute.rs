//! Substitution: values with others in their place, or moved along a line.

use super::forward;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{ADD, HADAMARD};

/// `roots` where each `from` is replaced by its `to`, which must not depend on any of them.
pub(crate) fn substitute(graph: &mut Graph, replaced: &[(NodeId, NodeId)], roots: &[NodeId]) -> Vec<NodeId> {
    rebuilt(graph, roots, |_, id| replaced.iter().find(|(from, _)| *from == id).map(|(_, to)| *to))
}

/// `roots` where each node in `seeds` has moved along the other one, as far as each of `steps` says.
///
/// A value that is affine in the step, such as X (W + t V), is the sum of two that are not of the step at all, X W and
/// t (X V), so that those are computed once for all steps.
pub(crate) fn along(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
    steps: &[NodeId],
    roots: &[NodeId],
) -> Vec<Vec<NodeId>> {
    let (moves, affine) = motions(graph, seeds);
    let of_kind = |id: &NodeId| affine.get(id.index()) == Some(&true);
    let all: Vec<_> = graph.ids().filter(of_kind).collect();
    let tangents = forward(graph, seeds, &all);
    let lines: Vec<(NodeId, Option<NodeId>)> = all.into_iter().zip(tangents).collect();
    let at = |graph: &mut Graph, step: NodeId| {
        rebuilt(graph, roots, |graph, id| {
            if moves.get(id.index()) != Some(&true) {
                return Some(id);
            }
            let known = lines.binary_search_by_key(&id, |(node, _)| *node).ok();
            let (_, tangent) = known.and_then(|i| lines.get(i))?;
            let Some(tangent) = *tangent else { return Some(id) };
            let factor = graph.broadcast(step, graph.shape(id));
            let far = graph.call(HADAMARD, [factor, tangent]);
            Some(graph.call(ADD, [id, far]))
        })
    };
    steps.iter().map(|&step| at(graph, step)).collect()
}

/// Which nodes move, and which of them move along a line.
fn motions(graph: &Graph, seeds: &[(NodeId, NodeId)]) -> (Vec<bool>, Vec<bool>) {
    let (mut moves, mut affine): (Vec<bool>, Vec<bool>) = (Vec::new(), Vec::new());
    for id in graph.ids() {
        let is_seed = seeds.iter().any(|(node, _)| *node == id);
        let moving: Vec<usize> = graph
            .operands(id)
            .iter()
            .enumerate()
            .filter(|(_, operand)| moves.get(operand.index()) == Some(&true))
            .map(|(k, _)| k)
            .collect();
        let on_lines = moving.iter().all(|&k| affine.get(graph.operands(id)[k].index()) == Some(&true));
        let keeps = graph.operation(id).is_some_and(|operation| operation.is_affine(&moving));
        moves.push(is_seed || !moving.is_empty());
        affine.push(is_seed || (!moving.is_empty() && on_lines && keeps));
    }
    (moves, affine)
}

/// `roots` with the nodes that `replacement` gives in place of others, and with all that depends on these rebuilt.
fn rebuilt(
    graph: &mut Graph,
    roots: &[NodeId],
    mut replacement: impl FnMut(&mut Graph, NodeId) -> Option<NodeId>,
) -> Vec<NodeId> {
    let before: Vec<_> = graph.ids().collect();
    let last = roots.iter().map(|root| root.index()).max().unwrap_or(0);
    let mut moved: Vec<NodeId> = Vec::with_capacity(before.len());
    for id in before.into_iter().take(last + 1) {
        let new = replacement(graph, id).unwrap_or_else(|| {
            let Op::Call(operation) = graph.node(id).op else { return id };
            let operands: Vec<_> = graph.operands(id).iter().map(|operand| moved[operand.index()]).collect();
            if operands == graph.operands(id) {
                return id;
            }
            graph.call_as(operation, &operands, graph.shape(id))
        });
        moved.push(new);
    }
    roots.iter().map(|root| moved[root.index()]).collect()
}
