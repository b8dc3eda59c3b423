//! Sums of a matrix and its transpose: M + Mᵀ, where the transposes in Mᵀ are inside of it, so that M is not seen to stand there twice.

use super::canonical::is_symmetric;
use crate::graph::{Graph, NodeId};
use crate::operations::{
    ADD, BROADCAST, HADAMARD, INVERSE, Kind, MATMUL, NEG, SCALE_COLUMNS, SCALE_ROWS, SUB, TRANSPOSE,
};

/// Terms of one sum that are compared with one another.
const MAX_TERMS: usize = 8;
/// Operations in one another that are compared.
const MAX_DEPTH: usize = 16;

/// Pairs of terms of a sum, of which the second one is the transpose of the first one.
pub(super) fn pairs(graph: &Graph) -> Vec<[NodeId; 2]> {
    let mut pairs: Vec<[NodeId; 2]> = Vec::new();
    for id in graph.ids() {
        let shape = graph.shape(id);
        if shape.is_line() || shape.rows != shape.columns || !is_sum(graph, id) {
            continue;
        }
        let terms = terms(graph, id);
        for (k, &second) in terms.iter().enumerate() {
            // A transpose by itself shows of what it is one.
            if graph.is(second, TRANSPOSE).is_some() || pairs.iter().any(|pair| pair[1] == second) {
                continue;
            }
            let others = terms[..k].iter().chain(&terms[k + 1..]);
            let first =
                others.copied().find(|&first| first < second && are_transposes(graph, first, second, MAX_DEPTH));
            pairs.extend(first.map(|first| [first, second]));
        }
    }
    pairs
}

fn is_sum(graph: &Graph, id: NodeId) -> bool {
    graph.is(id, ADD).is_some() || graph.is(id, SUB).is_some()
}

/// The terms of a sum, without their numbers and scalars.
fn terms(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    let mut terms = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if let Some(&[a, b]) = graph.is(id, ADD).or_else(|| graph.is(id, SUB)) {
            open.extend([b, a]);
        } else if let Some(&[a]) = graph.is(id, NEG) {
            open.push(a);
        } else {
            terms.push(scaled(graph, id).map_or(id, |(_, a)| a));
        }
        if terms.len() == MAX_TERMS {
            break;
        }
    }
    terms
}

/// The s and the A of s A.
fn scaled(graph: &Graph, id: NodeId) -> Option<(NodeId, NodeId)> {
    let &[a, b] = graph.is(id, HADAMARD)? else { return None };
    let scalar = |id| graph.is(id, BROADCAST).map(|operands| operands[0]).filter(|s| graph.shape(*s).is_scalar());
    scalar(a).map(|s| (s, b)).or_else(|| scalar(b).map(|s| (s, a)))
}

/// The factors of a product of matrices.
fn chain(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    let mut factors = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        match graph.is(id, MATMUL) {
            Some(&[a, b]) if factors.len() < MAX_DEPTH => open.extend([b, a]),
            _ => factors.push(id),
        }
    }
    factors
}

/// True if the formulas of `a` and `b` are those of a matrix and its transpose. `within` is how deep they are compared.
fn are_transposes(graph: &Graph, a: NodeId, b: NodeId, within: usize) -> bool {
    if within == 0 || graph.shape(a).t() != graph.shape(b) {
        return false;
    }
    if a == b {
        return graph.shape(a).is_scalar() || is_symmetric(graph, a, within);
    }
    let inner = |id| graph.is(id, TRANSPOSE).map(|operands| operands[0]);
    if inner(a) == Some(b) || inner(b) == Some(a) {
        return true;
    }
    let both = |pairs: [[NodeId; 2]; 2]| pairs.iter().all(|[a, b]| are_transposes(graph, *a, *b, within - 1));
    if graph.is(a, MATMUL).is_some() && graph.is(b, MATMUL).is_some() {
        let (a, b) = (chain(graph, a), chain(graph, b));
        let mut factors = a.iter().zip(b.iter().rev());
        return a.len() == b.len() && factors.all(|(a, b)| are_transposes(graph, *a, *b, within - 1));
    }
    for (a, b) in [(a, b), (b, a)] {
        if let (Some(&[v, a]), Some(&[b, w])) = (graph.is(a, SCALE_ROWS), graph.is(b, SCALE_COLUMNS)) {
            return both([[v, w], [a, b]]);
        }
    }
    let (Some(operation), true) = (graph.operation(a), graph.operation(a) == graph.operation(b)) else { return false };
    let is_by_element = matches!(operation.kind(), Kind::Pointwise(_));
    match (graph.stated(a), graph.stated(b)) {
        (&[a], &[b]) if is_by_element || operation == BROADCAST || operation == INVERSE || operation == TRANSPOSE => {
            are_transposes(graph, a, b, within - 1)
        }
        (&[a, b], &[c, d]) if is_by_element => both([[a, c], [b, d]]) || operation.commutes() && both([[a, d], [b, c]]),
        _ => false,
    }
}

/// The graph with each second one of `pairs` written as the transpose of the first one, and `roots` there.
pub(super) fn shared(graph: &Graph, pairs: &[[NodeId; 2]], roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let (shared, moved) = graph.map(|to, id, moved| {
        Some(match pairs.iter().find(|[_, second]| *second == id) {
            Some([first, _]) => to.transpose(moved.of(*first)),
            None => to.copy(graph, id, |operand| moved.of(operand)),
        })
    });
    shared.compact(&moved.all(roots))
}
