//! Operations that arrange elements: diagonals and triangles, parts and joins of matrices, Kronecker products,
//! differences. All are linear in each operand.
//!
//! An operation that takes a part, or puts one in place, has the number of the part's first row or column as its second
//! operand. The shape of the part says how large it is.

use super::routine::ROUTINE;
use super::{Binds, Operation, Wanted};
use crate::base::{Dim, Shape};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::operation::{Reach, Routine};
use crate::graph::{Graph, NodeId};

/// A square matrix in, and one out, row by row: each row has to know its number.
const SQUARE: Routine = Routine {
    operands: &[b"ii"],
    result: b"ii",
    wanted: Wanted::Square(0),
    reach: Reach::Rows,
    offset: true,
    linear: &[0],
    ..ROUTINE
};
const PART: Routine = Routine { operands: &[b"ij", b"11"], is_function: false, linear: &[0], ..ROUTINE };
const PRODUCT: Routine =
    Routine { linear: &[0, 1], wanted: Wanted::Signature, flops: 2, binds: Binds::Product, ..ROUTINE };

#[rustfmt::skip]
table! { TABLE: Routine;
    DIAG = Routine { name: "diag", signature: "diag(v: Vector<N>) -> Matrix<N, N>", operands: &[b"i1"], wanted: Wanted::Signature,
        adjoint: |graph, _, _, g| Some(graph.call(DIAGONAL, [g])),
        evaluate: |v, out| for i in 0..v[0].rows { out.values[i * v[0].rows + i] = v[0].at(i, 0); },
        notation: Some("diag({0})"), runs: "diag", note: Some("the vector on the diagonal, zeros elsewhere"), ..SQUARE };
    DIAGONAL = Routine { name: "diagonal", signature: "diagonal(a: Matrix<N, N>) -> Vector<N>", result: b"i1",
        adjoint: |graph, _, _, g| Some(graph.call(DIAG, [g])),
        evaluate: |v, out| for i in 0..v[0].rows { out.values[i] = v[0].at(i, i); },
        notation: Some("diagonal({0})"), runs: "diagonal", note: Some("the elements on the diagonal"), ..SQUARE };
    TRIL = Routine { name: "tril", signature: "tril(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, _, _, g| Some(graph.call(TRIL, [g])), evaluate: |v, out| keep(v[0], out, |i, j| j <= i),
        notation: Some("tril({0})"), runs: "tril", note: Some("the lower triangle with the diagonal, zeros above"), ..SQUARE };
    TRIU = Routine { name: "triu", signature: "triu(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, _, _, g| Some(graph.call(TRIU, [g])), evaluate: |v, out| keep(v[0], out, |i, j| j >= i),
        notation: Some("triu({0})"), runs: "triu", note: Some("the upper triangle with the diagonal, zeros below"), ..SQUARE };
    OFF_DIAGONAL = Routine { name: "off_diagonal", signature: "off_diagonal(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, _, _, g| Some(graph.call(OFF_DIAGONAL, [g])), evaluate: |v, out| keep(v[0], out, |i, j| i != j),
        notation: Some("off_diagonal({0})"), runs: "off_diagonal",
        note: Some("zeros on the diagonal, whatever stood there: for sums over i ≠ j"), ..SQUARE };

    SLICE_ROWS = Routine { name: "slice_rows", signature: "slice_rows(a: Matrix<R, C>, start: Scalar) -> Matrix<K, C>", result: b"pj",
        adjoint: |graph, node, k, g| part_adjoint(graph, node, k, g, PAD_ROWS),
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            out.values[i * out.columns + j] = v[0].at(i + index(v[1]), j);
        } },
        notation: Some("rows({0}, {1})"), runs: "slice_rows", ..PART };
    PAD_ROWS = Routine { name: "pad_rows", signature: "pad_rows(a: Matrix<K, C>, start: Scalar) -> Matrix<R, C>", result: b"pj",
        adjoint: |graph, node, k, g| part_adjoint(graph, node, k, g, SLICE_ROWS),
        evaluate: |v, out| for i in 0..v[0].rows { for j in 0..out.columns {
            out.values[(i + index(v[1])) * out.columns + j] = v[0].at(i, j);
        } },
        notation: Some("pad({0}, {1})"), runs: "pad_rows", ..PART };
    SLICE_COLUMNS = Routine { name: "slice_columns", signature: "slice_columns(a: Matrix<R, C>, start: Scalar) -> Matrix<R, K>", result: b"ip",
        reach: Reach::Rows, adjoint: |graph, node, k, g| part_adjoint(graph, node, k, g, PAD_COLUMNS),
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            out.values[i * out.columns + j] = v[0].at(i, j + index(v[1]));
        } },
        notation: Some("columns({0}, {1})"), runs: "slice_columns", ..PART };
    PAD_COLUMNS = Routine { name: "pad_columns", signature: "pad_columns(a: Matrix<R, K>, start: Scalar) -> Matrix<R, C>", result: b"ip",
        reach: Reach::Rows, adjoint: |graph, node, k, g| part_adjoint(graph, node, k, g, SLICE_COLUMNS),
        evaluate: |v, out| for i in 0..out.rows { for j in 0..v[0].columns {
            out.values[i * out.columns + j + index(v[1])] = v[0].at(i, j);
        } },
        notation: Some("pad({0}, {1})"), runs: "pad_columns", ..PART };
    CONCAT_ROWS = Routine { name: "concat_rows", signature: "concat_rows(a: Matrix<R, C>, b: Matrix<S, C>) -> Matrix<R + S, C>",
        operands: &[b"ij", b"kj"], result: b"pj", wanted: Wanted::Signature,
        shape: Some(|shapes| joined(shapes).map(|(a, b)| Shape::new(a.rows.plus(b.rows), a.columns))),
        adjoint: |graph, node, k, g| {
            let &[a, b] = graph.operands(node) else { return None };
            let rows = graph.shape(a).rows;
            let start = if k == 0 { graph.constant(0.0) } else { graph.size(rows) };
            let shape = graph.shape(if k == 0 { a } else { b });
            Some(graph.call_as(SLICE_ROWS, &[g, start], shape))
        },
        evaluate: |v, out| out.values = v[0].values.iter().chain(&v[1].values).copied().collect(),
        notation: Some("[{0}; {1}]"), runs: "concat_rows", note: Some("the rows of `b` below those of `a`"), ..ROUTINE };
    CONCAT_COLUMNS = Routine { name: "concat_columns", signature: "concat_columns(a: Matrix<R, C>, b: Matrix<R, D>) -> Matrix<R, C + D>",
        operands: &[b"ij", b"ik"], result: b"ip", wanted: Wanted::Signature, reach: Reach::Rows,
        shape: Some(|shapes| {
            let transposed: Vec<_> = shapes.iter().map(|shape| shape.t()).collect();
            joined(&transposed).map(|(a, b)| Shape::new(a.columns, a.rows.plus(b.rows)))
        }),
        adjoint: |graph, node, k, g| {
            let &[a, b] = graph.operands(node) else { return None };
            let columns = graph.shape(a).columns;
            let start = if k == 0 { graph.constant(0.0) } else { graph.size(columns) };
            let shape = graph.shape(if k == 0 { a } else { b });
            Some(graph.call_as(SLICE_COLUMNS, &[g, start], shape))
        },
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            let wide = v[0].columns;
            out.values[i * out.columns + j] = if j < wide { v[0].at(i, j) } else { v[1].at(i, j - wide) };
        } },
        notation: Some("[{0}, {1}]"), runs: "concat_columns", note: Some("the columns of `b` to the right of those of `a`"), ..ROUTINE };
    VEC_ROWS = Routine { name: "vec_rows", signature: "vec_rows(a: Matrix<R, C>) -> Vector<R * C>", operands: &[b"ij"], result: b"p1", linear: &[0],
        shape: Some(|shapes| shapes.first().map(|a| Shape::new(a.rows.times(a.columns), Dim::ONE)).ok_or(Wanted::Same)),
        adjoint: |graph, node, _, g| {
            let shape = graph.shape(graph.operands(node)[0]);
            Some(graph.call_as(UNVEC_ROWS, &[g], shape))
        },
        evaluate: |v, out| out.values.clone_from(&v[0].values),
        notation: Some("vec({0})"), runs: "vec_rows", note: Some("the rows, one below the other: `vec_rows(a.t())` is the vec of the textbooks"), ..ROUTINE };
    UNVEC_ROWS = Routine { name: "unvec_rows", signature: "unvec_rows(v: Vector<R * C>) -> Matrix<R, C>", operands: &[b"p1"], result: b"ij",
        is_function: false, linear: &[0],
        adjoint: |graph, _, _, g| Some(graph.call(VEC_ROWS, [g])),
        evaluate: |v, out| out.values.clone_from(&v[0].values), notation: Some("unvec({0})"), runs: "unvec_rows", ..ROUTINE };

    KRON = Routine { name: "kron", signature: "kron(a: Matrix<R, C>, b: Matrix<P, Q>) -> Matrix<R * P, C * Q>", operands: &[b"ij", b"kl"], result: b"pq",
        shape: Some(|shapes| match shapes {
            [a, b] => Ok(Shape::new(a.rows.times(b.rows), a.columns.times(b.columns))),
            _ => Err(Wanted::Signature),
        }),
        adjoint: |graph, node, k, g| factor_adjoint(graph, node, k, g, KRON_LEFT, KRON_RIGHT),
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            let (p, q) = (v[1].rows, v[1].columns);
            out.values[i * out.columns + j] = v[0].at(i / p, j / q) * v[1].at(i % p, j % q);
        } },
        notation: Some("{0} ⊗ {1}"), runs: "kron", note: Some("the Kronecker product: block (i, j) is a[i, j] b"), ..PRODUCT };
    KRON_LEFT = Routine { name: "kron_left", signature: "kron_left(g: Matrix<R * P, C * Q>, b: Matrix<P, Q>) -> Matrix<R, C>",
        is_function: false, operands: &[b"pq", b"kl"], result: b"ij",
        adjoint: |graph, node, k, h| {
            let &[g, b] = graph.operands(node) else { return None };
            if k == 0 { return Some(graph.call(KRON, [h, b])); }
            let shape = graph.shape(b);
            Some(graph.call_as(KRON_RIGHT, &[g, h], shape))
        },
        evaluate: |v, out| blocks(v[0], (out.rows, out.columns), (v[1].rows, v[1].columns), |i, j, k, l, x| {
            out.values[i * out.columns + j] = out.values[i * out.columns + j] + x * v[1].at(k, l);
        }),
        notation: Some("{0} : {1}"), runs: "kron_left", note: Some("Σ over the elements of `b` of the products with each block"), ..PRODUCT };
    KRON_RIGHT = Routine { name: "kron_right", signature: "kron_right(g: Matrix<R * P, C * Q>, a: Matrix<R, C>) -> Matrix<P, Q>",
        is_function: false, operands: &[b"pq", b"ij"], result: b"kl",
        adjoint: |graph, node, k, h| {
            let &[g, a] = graph.operands(node) else { return None };
            if k == 0 { return Some(graph.call(KRON, [a, h])); }
            let shape = graph.shape(a);
            Some(graph.call_as(KRON_LEFT, &[g, h], shape))
        },
        evaluate: |v, out| blocks(v[0], (v[1].rows, v[1].columns), (out.rows, out.columns), |i, j, k, l, x| {
            out.values[k * out.columns + l] = out.values[k * out.columns + l] + x * v[1].at(i, j);
        }),
        notation: Some("{1} : {0}"), runs: "kron_right", note: Some("Σ of the blocks, each times its element of `a`"), ..PRODUCT };
    KHATRI_RAO = Routine { name: "khatri_rao", signature: "khatri_rao(c: Matrix<P, R>, b: Matrix<Q, R>) -> Matrix<P * Q, R>", operands: &[b"ij", b"kj"], result: b"pj",
        shape: Some(|shapes| joined(shapes).map(|(c, b)| Shape::new(c.rows.times(b.rows), c.columns))),
        adjoint: |graph, node, k, g| factor_adjoint(graph, node, k, g, KHATRI_RAO_LEFT, KHATRI_RAO_RIGHT),
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            out.values[i * out.columns + j] = v[0].at(i / v[1].rows, j) * v[1].at(i % v[1].rows, j);
        } },
        notation: Some("{0} ∘ {1}"), runs: "khatri_rao", note: Some("the Kronecker product column by column: row `p * Q + q` is `c[p] ⊙ b[q]`"), ..PRODUCT };
    KHATRI_RAO_LEFT = Routine { name: "khatri_rao_left", signature: "khatri_rao_left(g: Matrix<P * Q, R>, b: Matrix<Q, R>) -> Matrix<P, R>",
        is_function: false, operands: &[b"pj", b"kj"], result: b"ij",
        adjoint: |graph, node, k, h| {
            let &[g, b] = graph.operands(node) else { return None };
            if k == 0 { return Some(graph.call(KHATRI_RAO, [h, b])); }
            let shape = graph.shape(b);
            Some(graph.call_as(KHATRI_RAO_RIGHT, &[g, h], shape))
        },
        evaluate: |v, out| blocks(v[0], (out.rows, 1), (v[1].rows, v[1].columns), |i, _, k, l, x| {
            out.values[i * out.columns + l] = out.values[i * out.columns + l] + x * v[1].at(k, l);
        }),
        notation: Some("Σ {0} ⊙ {1}"), runs: "khatri_rao_left", note: Some("row p is `Σ g[p, q] ⊙ b[q]` over q"), ..PRODUCT };
    KHATRI_RAO_RIGHT = Routine { name: "khatri_rao_right", signature: "khatri_rao_right(g: Matrix<P * Q, R>, c: Matrix<P, R>) -> Matrix<Q, R>",
        is_function: false, operands: &[b"pj", b"ij"], result: b"kj",
        adjoint: |graph, node, k, h| {
            let &[g, c] = graph.operands(node) else { return None };
            if k == 0 { return Some(graph.call(KHATRI_RAO, [c, h])); }
            let shape = graph.shape(c);
            Some(graph.call_as(KHATRI_RAO_LEFT, &[g, h], shape))
        },
        evaluate: |v, out| blocks(v[0], (v[1].rows, 1), (out.rows, out.columns), |i, _, k, l, x| {
            out.values[k * out.columns + l] = out.values[k * out.columns + l] + x * v[1].at(i, l);
        }),
        notation: Some("Σ {1} ⊙ {0}"), runs: "khatri_rao_right", note: Some("row q is `Σ g[p, q] ⊙ c[p]` over p"), ..PRODUCT };

    DIFFERENCES = Routine { name: "differences", signature: "differences(a: Matrix<R, C>) -> Matrix<R, C>", operands: &[b"ij"], result: b"ij", linear: &[0],
        adjoint: |graph, _, _, g| Some(graph.call(DIFFERENCES_T, [g])),
        evaluate: |v, out| for i in 1..v[0].rows { for j in 0..out.columns {
            out.values[(i - 1) * out.columns + j] = v[0].at(i, j) - v[0].at(i - 1, j);
        } },
        notation: Some("Δ {0}"), binds: Binds::Product, runs: "differences",
        note: Some("each row's distance to the next one, and 0 in the last row: `norm_1(differences(v))` is a total variation"), ..ROUTINE };
    DIFFERENCES_T = Routine { name: "differences_t", signature: "differences_t(a: Matrix<R, C>) -> Matrix<R, C>", operands: &[b"ij"], result: b"ij",
        is_function: false, linear: &[0],
        adjoint: |graph, _, _, g| Some(graph.call(DIFFERENCES, [g])),
        evaluate: |v, out| for i in 1..v[0].rows { for j in 0..out.columns {
            let (above, own, g) = ((i - 1) * out.columns + j, i * out.columns + j, v[0].at(i - 1, j));
            out.values[above] = out.values[above] - g;
            out.values[own] = out.values[own] + g;
        } },
        notation: Some("Δᵀ {0}"), binds: Binds::Product, runs: "differences_t", ..ROUTINE };
}

/// Keeps the elements of `mask`.
fn keep(a: &Dense, out: &mut Dense, mask: fn(usize, usize) -> bool) {
    for i in 0..a.rows {
        for j in (0..a.columns).filter(|&j| mask(i, j)) {
            out.values[i * a.columns + j] = a.at(i, j);
        }
    }
}

/// Calls `each` for every element of `g`, with its place among the blocks and in its block.
fn blocks(
    g: &Dense,
    (rows, columns): (usize, usize),
    (tall, wide): (usize, usize),
    mut each: impl FnMut(usize, usize, usize, usize, Dual),
) {
    for i in 0..rows {
        for j in 0..columns {
            for k in 0..tall {
                for l in 0..wide {
                    each(i, j, k, l, g.at(i * tall + k, j * wide + l));
                }
            }
        }
    }
}

/// The row or column that a scalar says.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is the number of a row")]
fn index(start: &Dense) -> usize {
    start.values[0].value as usize
}

/// Two matrices of as many columns.
fn joined(shapes: &[Shape]) -> Result<(Shape, Shape), Wanted> {
    match *shapes {
        [a, b] if a.columns.fits(b.columns) => Ok((a, b)),
        _ => Err(Wanted::Signature),
    }
}

/// Adjoint of a part: the part of a matrix of zeros in its place, and the other way round.
fn part_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId, other: &'static dyn Operation) -> Option<NodeId> {
    let &[a, start] = graph.operands(node) else { return None };
    let shape = graph.shape(a);
    (k == 0).then(|| graph.call_as(other, &[g, start], shape))
}

/// Adjoint of a product of all elements with all: sums over the elements of the other factor.
fn factor_adjoint(
    graph: &mut Graph,
    node: NodeId,
    k: usize,
    g: NodeId,
    left: &'static dyn Operation,
    right: &'static dyn Operation,
) -> Option<NodeId> {
    let &[a, b] = graph.operands(node) else { return None };
    let (operation, other, own) = if k == 0 { (left, b, a) } else { (right, a, b) };
    let shape = graph.shape(own);
    Some(graph.call_as(operation, &[g, other], shape))
}
