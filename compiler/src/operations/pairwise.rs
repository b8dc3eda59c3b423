//! Functions of all pairs of rows of two matrices.

use super::routine::ROUTINE;
use super::{COLUMN_SUMS, HADAMARD, MATMUL, ROW_SUMS, SUB};
use crate::dual::Dual;
use crate::graph::operation::{Reach, Routine};
use crate::graph::{Graph, NodeId};

#[rustfmt::skip]
table! { TABLE: Routine;
    SQUARED_DISTANCES = Routine { name: "squared_distances", signature: "squared_distances(a: Matrix<R, K>, b: Matrix<M, K>) -> Matrix<R, M>",
        // The third operand is bᵀ: vectors lie along the rows of the result.
        operands: &[b"ik", b"jk", b"kj"], result: b"ij", reach: Reach::Rows, helpers: &[|graph, operands| graph.transpose(operands[1])],
        adjoint,
        evaluate: |v, out| for i in 0..v[0].rows { for j in 0..v[1].rows {
            let mut sum = Dual::from(0.0);
            for k in 0..v[0].columns {
                let difference = v[0].at(i, k) - v[1].at(j, k);
                sum = sum + difference * difference;
            }
            out.values[i * out.columns + j] = sum;
        } },
        notation: Some("D²({0}, {1})"), runs: "squared_distances", flops: 3,
        note: Some("‖aᵢ - bⱼ‖² from the differences, so that rows that are close keep their digits"), ..ROUTINE };
}

/// Ā = 2 (diag(G 1) A − G B), B̄ = 2 (diag(Gᵀ 1) B − Gᵀ A).
fn adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let &[a, b, _] = graph.operands(node) else { return None };
    let (own, sums, product) = match k {
        0 => (a, graph.call(ROW_SUMS, [g]), graph.call(MATMUL, [g, b])),
        1 => {
            let sums = graph.call(COLUMN_SUMS, [g]);
            let transposed = graph.transpose(g);
            (b, graph.transpose(sums), graph.call(MATMUL, [transposed, a]))
        }
        _ => return None,
    };
    let shape = graph.shape(own);
    let sums = graph.broadcast(sums, shape);
    let weighted = graph.call(HADAMARD, [sums, own]);
    let difference = graph.call(SUB, [weighted, product]);
    let two = graph.constant(2.0);
    let two = graph.broadcast(two, shape);
    Some(graph.call(HADAMARD, [two, difference]))
}
