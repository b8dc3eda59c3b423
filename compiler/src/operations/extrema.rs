//! Maxima, and log-sum-exps, of rows and of columns. Minima, and those of all elements, are formulas of the prelude.
//!
//! Where several elements are largest, the first one takes the whole derivative. It is found anew by the adjoint: a
//! value needs no positions. NaN is larger than any number.

use super::routine::ROUTINE;
use super::softmax::{log_sum_exp, softmax_times, to_lines};
use super::{HADAMARD, Wanted};
use crate::base::{Dim, Shape};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::operation::{Reach, Routine};

/// Row numbers are stored in two parts, each of which an f32 holds exactly.
const PART: usize = 1 << 20;

#[rustfmt::skip]
table! { TABLE: Routine;
    ROW_MAX = Routine { name: "row_max", signature: "row_max(a: Matrix<R, C>) -> Vector<R>",
        operands: &[b"ij"], result: b"i1", reach: Reach::Rows,
        adjoint: |graph, node, _, g| {
            let a = graph.operands(node)[0];
            let first = graph.call(ROW_MAX_MASK, [a]);
            let g = graph.broadcast(g, graph.shape(a));
            Some(graph.call(HADAMARD, [g, first]))
        },
        evaluate: |v, out| to_lines(v[0], out, |row| first_largest(row).map_or(f64::NEG_INFINITY.into(), |(_, x)| x)),
        notation: Some("row_max({0})"), runs: "row_max",
        note: Some("the largest element of each row; where several are, the first one has the derivative; -inf of no elements"), ..ROUTINE };
    ROW_MAX_MASK = Routine { name: "row_max_mask", signature: "row_max_mask(a: Matrix<R, C>) -> Matrix<R, C>", is_function: false,
        operands: &[b"ij"], result: b"ij", reach: Reach::Rows,
        evaluate: |v, out| for i in 0..v[0].rows {
            let start = i * v[0].columns;
            if let Some((j, _)) = first_largest(&v[0].values[start..][..v[0].columns]) { out.values[start + j] = 1.0.into(); }
        },
        notation: Some("argmax({0})"), runs: "row_max_mask", note: Some("1 at the first of the largest elements of each row; its derivative is 0"), ..ROUTINE };
    COLUMN_MAX = Routine { name: "column_max", signature: "column_max(a: Matrix<R, C>) -> RowVector<C>",
        operands: &[b"ij"], result: b"1j", reach: Reach::Sums, start: f64::NEG_INFINITY, merge: Some("column_max"),
        adjoint: |graph, node, _, g| {
            let a = graph.operands(node)[0];
            let shape = graph.shape(a);
            let top = graph.call(COLUMN_TOP, [a]);
            let first = graph.call_as(COLUMN_MAX_MASK, &[top], shape);
            let g = graph.broadcast(g, shape);
            Some(graph.call(HADAMARD, [g, first]))
        },
        evaluate: |v, out| for j in 0..v[0].columns {
            out.values[j] = first_largest(&column(v[0], j)).map_or(f64::NEG_INFINITY.into(), |(_, x)| x);
        },
        notation: Some("column_max({0})"), runs: "column_max",
        note: Some("the largest element of each column; where several are, the first one has the derivative; -inf of no elements"), ..ROUTINE };
    COLUMN_TOP = Routine { name: "column_top", signature: "column_top(a: Matrix<R, C>) -> Matrix<3, C>", is_function: false,
        operands: &[b"ij"], result: b"pj", shape: Some(top_shape), reach: Reach::Sums, start: f64::NEG_INFINITY, merge: Some("merge_top"), offset: true,
        evaluate: |v, out| for j in 0..v[0].columns {
            let [top, high, low] = match first_largest(&column(v[0], j)) {
                Some((i, x)) => [x.value, number(i / PART), number(i % PART)],
                None => [f64::NEG_INFINITY; 3],
            };
            for (k, x) in [top, high, low].into_iter().enumerate() { out.values[k * v[0].columns + j] = x.into(); }
        },
        notation: Some("argmax({0})"), runs: "column_top", note: Some("each column's largest element, and its row in two parts; its derivative is 0"), ..ROUTINE };
    COLUMN_MAX_MASK = Routine { name: "column_max_mask", signature: "column_max_mask(top: Matrix<3, C>) -> Matrix<R, C>", is_function: false,
        operands: &[b"pj"], result: b"ij", reach: Reach::Rows, offset: true,
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            let is_first = [(i / PART, 1), (i % PART, 2)].iter().all(|&(part, k)| number(part).total_cmp(&v[0].at(k, j).value).is_eq());
            out.values[i * out.columns + j] = if is_first { 1.0 } else { 0.0 }.into();
        } },
        notation: Some("mask({0})"), runs: "column_max_mask", note: Some("1 in the rows that `column_top` found; its derivative is 0"), ..ROUTINE };
    LSE_COLUMNS = Routine { name: "lse_columns", signature: "lse_columns(z: Matrix<R, C>) -> RowVector<C>",
        operands: &[b"ij"], result: b"1j", reach: Reach::Sums, start: f64::NEG_INFINITY, merge: Some("lse_columns"),
        adjoint: |graph, node, _, g| Some(softmax_times(graph, node, g)),
        evaluate: |v, out| for j in 0..v[0].columns { out.values[j] = log_sum_exp(&column(v[0], j)); },
        notation: Some("lse_columns({0})"), runs: "lse_columns", flops: 20,
        note: Some("the logarithm of the sum of exponentials of each column, by way of its maximum: never overflows"), ..ROUTINE };
}

fn top_shape(shapes: &[Shape]) -> Result<Shape, Wanted> {
    let a = shapes.first().ok_or(Wanted::Same)?;
    Ok(Shape::new(Dim::Size(3), a.columns))
}

/// The first of the largest elements.
pub(super) fn first_largest(line: &[Dual]) -> Option<(usize, Dual)> {
    let larger = |x: f64, than: f64| x > than || (x.is_nan() && !than.is_nan());
    line.iter().copied().enumerate().reduce(|best, own| if larger(own.1.value, best.1.value) { own } else { best })
}

fn column(a: &Dense, j: usize) -> Vec<Dual> {
    (0..a.rows).map(|i| a.at(i, j)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "parts of row numbers are small")]
fn number(i: usize) -> f64 {
    i as f64
}
