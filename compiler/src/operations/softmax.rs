//! Softmax and log-sum-exp of each row, and log-sum-exp of all elements.

use super::routine::ROUTINE;
use super::{EXP, HADAMARD, ROW_SUMS, SUB};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::operation::{Joint, Reach, Routine};
use crate::graph::{Graph, NodeId};

#[rustfmt::skip]
table! { TABLE: Routine;
    SOFTMAX_ROWS = Routine { name: "softmax_rows", signature: "softmax_rows(z: Matrix<R, C>) -> Matrix<R, C>",
        operands: &[b"ij"], result: b"ij", reach: Reach::Rows, adjoint: softmax_adjoint,
        evaluate: |v, out| by_rows(v[0], out, softmax), notation: Some("softmax({0})"), runs: "softmax_rows", flops: 20,
        note: Some("exp(z - max z) / Σ exp(z - max z) in each row: never overflows"), ..ROUTINE };
    LSE_ROWS = Routine { name: "lse_rows", signature: "lse_rows(z: Matrix<R, C>) -> Vector<R>",
        operands: &[b"ij"], result: b"i1", reach: Reach::Rows,
        adjoint: |graph, node, _, g| {
            let z = graph.operands(node)[0];
            let softmax = graph.call(SOFTMAX_ROWS, [z]);
            let g = graph.broadcast(g, graph.shape(z));
            Some(graph.call(HADAMARD, [g, softmax]))
        },
        evaluate: |v, out| to_lines(v[0], out, log_sum_exp), notation: Some("lse_rows({0})"), runs: "lse_rows", flops: 20,
        joint: Some(Joint { with: || SOFTMAX_ROWS, runs: "lse_and_softmax_rows" }),
        note: Some("the logarithm of the sum of exponentials of each row, by way of its maximum: never overflows"), ..ROUTINE };
    LSE = Routine { name: "lse", signature: "lse(z: Matrix<R, C>) -> Scalar",
        operands: &[b"ij"], result: b"11", reach: Reach::Sums, start: f64::NEG_INFINITY, merge: Some("add_exp"),
        adjoint: |graph, node, _, g| Some(softmax_times(graph, node, g)),
        evaluate: |v, out| out.values[0] = log_sum_exp(&v[0].values), notation: Some("lse({0})"), runs: "lse", flops: 20,
        note: Some("the logarithm of the sum of exponentials of all elements: never overflows"), ..ROUTINE };
}

/// G ⊙ exp(Z − lse(Z)): the adjoint of a log-sum-exp `node` of more than rows.
pub(super) fn softmax_times(graph: &mut Graph, node: NodeId, g: NodeId) -> NodeId {
    let z = graph.operands(node)[0];
    let shape = graph.shape(z);
    let (y, g) = (graph.broadcast(node, shape), graph.broadcast(g, shape));
    let e = graph.call(SUB, [z, y]);
    let softmax = graph.call(EXP, [e]);
    graph.call(HADAMARD, [g, softmax])
}

/// S ⊙ (G − (S ⊙ G) 1 1ᵀ).
#[expect(clippy::unnecessary_wraps, reason = "an adjoint")]
fn softmax_adjoint(graph: &mut Graph, node: NodeId, _: usize, g: NodeId) -> Option<NodeId> {
    let shape = graph.shape(node);
    let weighted = graph.call(HADAMARD, [node, g]);
    let sums = graph.call(ROW_SUMS, [weighted]);
    let sums = graph.broadcast(sums, shape);
    let centred = graph.call(SUB, [g, sums]);
    Some(graph.call(HADAMARD, [node, centred]))
}

fn largest(row: &[Dual]) -> f64 {
    row.iter().map(|x| x.value).fold(f64::NEG_INFINITY, f64::max)
}

/// The largest element, the exponentials of all less it, and the sum of those.
fn exponentials(row: &[Dual]) -> (Dual, Vec<Dual>, Dual) {
    let top = Dual::from(largest(row));
    let exponentials: Vec<_> = row.iter().map(|&z| (z - top).exp()).collect();
    let sum = exponentials.iter().fold(Dual::from(0.0), |sum, &e| sum + e);
    (top, exponentials, sum)
}

pub(super) fn log_sum_exp(row: &[Dual]) -> Dual {
    let (top, _, sum) = exponentials(row);
    top + sum.ln()
}

/// lse(z) − z[class]. Of large elements that are near each other, the log-sum-exp by itself has no digits left for the difference.
pub(super) fn cross_entropy(row: &[Dual], class: usize) -> Dual {
    let (top, _, sum) = exponentials(row);
    (top - row[class]) + sum.ln()
}

/// The share of each exponential in the sum of all. exp(z − lse(z)) would be wrong by as much as the log-sum-exp is rounded, and
/// all shares of a row in the same direction, so that their sum is not 1.
pub(super) fn softmax(row: &[Dual], out: &mut [Dual]) {
    let (_, exponentials, sum) = exponentials(row);
    for (out, e) in out.iter_mut().zip(exponentials) {
        *out = e / sum;
    }
}

/// Applies `function` to each row.
fn by_rows(a: &Dense, out: &mut Dense, function: fn(&[Dual], &mut [Dual])) {
    let width = a.columns.max(1);
    for (row, out) in a.values.chunks(width).zip(out.values.chunks_mut(width)) {
        function(row, out);
    }
}

/// The number that `function` makes of each row.
pub(super) fn to_lines(a: &Dense, out: &mut Dense, function: fn(&[Dual]) -> Dual) {
    for i in 0..a.rows {
        out.values[i] = function(&a.values[i * a.columns..][..a.columns]);
    }
}
