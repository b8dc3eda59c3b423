//! Prefix sums down the rows: each result needs all rows before it.

use super::routine::ROUTINE;
use super::{DIV, EXP, HADAMARD, NEG};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::operation::{Reach, Routine};

#[rustfmt::skip]
table! { TABLE: Routine;
    CUMSUM = Routine { name: "cumsum", signature: "cumsum(a: Matrix<R, C>) -> Matrix<R, C>",
        operands: &[b"ij"], result: b"ij", reach: Reach::Whole, linear: &[0],
        adjoint: |graph, _, _, g| Some(graph.call(CUMSUM_REVERSE, [g])),
        evaluate: |v, out| scan(v[0], out, |sum, x| sum + x),
        notation: Some("cumsum({0})"), runs: "cumsum", note: Some("row i is the sum of rows 0 to i"), ..ROUTINE };
    CUMSUM_REVERSE = Routine { name: "cumsum_reverse", signature: "cumsum_reverse(a: Matrix<R, C>) -> Matrix<R, C>",
        operands: &[b"ij"], result: b"ij", reach: Reach::Whole, linear: &[0],
        adjoint: |graph, _, _, g| Some(graph.call(CUMSUM, [g])),
        evaluate: |v, out| for i in 0..v[0].rows { for j in 0..v[0].columns {
            out.values[i * v[0].columns + j] = (i..v[0].rows).fold(Dual::from(0.0), |sum, i| sum + v[0].at(i, j));
        } },
        notation: Some("cumsum↑({0})"), runs: "cumsum_reverse", note: Some("row i is the sum of row i and all after it"), ..ROUTINE };
    CUMULATIVE_LSE = Routine { name: "cumulative_lse", signature: "cumulative_lse(z: Matrix<R, C>) -> Matrix<R, C>",
        operands: &[b"ij"], result: b"ij", reach: Reach::Whole,
        // Σ over i of Gᵢ exp(zⱼ − yᵢ) for i from j on.
        adjoint: |graph, node, _, g| {
            let z = graph.operands(node)[0];
            Some(graph.call(CUMULATIVE_LSE_ADJOINT, [z, node, g]))
        },
        evaluate: |v, out| scan(v[0], out, |y, z| {
            let (low, high) = if y.value < z.value { (y, z) } else { (z, y) };
            if low.value == f64::NEG_INFINITY { high } else { high + (Dual::from(1.0) + (low - high).exp()).ln() }
        }),
        notation: Some("cumlse({0})"), runs: "cumulative_lse", flops: 40,
        note: Some("row i is the logarithm of the sum of exponentials of rows 0 to i: a risk set, without overflow"), ..ROUTINE };
    CUMULATIVE_LSE_ADJOINT = Routine { name: "cumulative_lse_adjoint",
        signature: "cumulative_lse_adjoint(z: Matrix<R, C>, y: Matrix<R, C>, g: Matrix<R, C>) -> Matrix<R, C>", is_function: false,
        operands: &[b"ij", b"ij", b"ij"], result: b"ij", reach: Reach::Whole, linear: &[2],
        // It is e^z ⊙ cumsum↑(G ⊘ e^y), and is differentiated as such.
        adjoint: |graph, node, k, h| {
            let &[z, y, g] = graph.operands(node) else { return None };
            if k == 0 {
                return Some(graph.call(HADAMARD, [h, node]));
            }
            // Σ over j ≤ i of Hⱼ exp(zⱼ − yᵢ)
            let e = graph.call(EXP, [z]);
            let weighted = graph.call(HADAMARD, [h, e]);
            let sums = graph.call(CUMSUM, [weighted]);
            let scale = graph.call(EXP, [y]);
            let sums = graph.call(DIV, [sums, scale]);
            if k == 2 {
                return Some(sums);
            }
            let product = graph.call(HADAMARD, [sums, g]);
            Some(graph.call(NEG, [product]))
        },
        evaluate: |v, out| for i in 0..v[0].rows { for j in 0..v[0].columns {
            out.values[i * v[0].columns + j] =
                (i..v[0].rows).fold(Dual::from(0.0), |sum, k| sum + v[2].at(k, j) * (v[0].at(i, j) - v[1].at(k, j)).exp());
        } },
        notation: Some("D cumlse({0})*[{2}]"), runs: "cumulative_lse_adjoint", flops: 40, ..ROUTINE };
}

/// Each column's partial results, from the first row on.
fn scan(a: &Dense, out: &mut Dense, step: fn(Dual, Dual) -> Dual) {
    for i in 0..a.rows {
        for j in 0..a.columns {
            let own = a.at(i, j);
            out.values[i * a.columns + j] = if i == 0 { own } else { step(out.values[(i - 1) * a.columns + j], own) };
        }
    }
}
