//! Rules of diagonal matrices, and of elements that were only arranged.

use crate::graph::NodeId;
use crate::operations::{
    COLUMN_SUMS, DIAG, DIAGONAL, DOT, HADAMARD, MATMUL, OFF_DIAGONAL, Operation, ROW_SUMS, SUM, TRACE, TRANSPOSE, TRIL,
    TRIU, VEC_ROWS,
};
use crate::rewrite::Rewriter;

/// The v of diag(v).
fn diag(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    r.is(id, DIAG).map(|[v]| v)
}

/// The operand of a call of one of `operations`.
fn operand_of<const N: usize>(r: &Rewriter, id: NodeId, operations: [&'static dyn Operation; N]) -> Option<NodeId> {
    operations.into_iter().find_map(|operation| r.is(id, operation).map(|[a]| a))
}

pub(super) fn sum_of_diagonal(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let v = diag(r, operand_of(r, id, [TRACE, SUM])?)?;
    Some(r.call(SUM, [v]))
}

pub(super) fn rows_of_diagonal(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    diag(r, operand_of(r, id, [ROW_SUMS, DIAGONAL])?)
}

pub(super) fn columns_of_diagonal(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let v = diag(r, operand_of(r, id, [COLUMN_SUMS])?)?;
    Some(r.transpose(v))
}

pub(super) fn diagonal_as_it_is(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = operand_of(r, id, [TRANSPOSE, TRIL, TRIU])?;
    diag(r, a).map(|_| a)
}

pub(super) fn diagonal_times(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let v = diag(r, a)?;
    let v = r.broadcast(v, r.graph.shape(id));
    Some(r.call(HADAMARD, [v, b]))
}

pub(super) fn times_diagonal(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let v = diag(r, b)?;
    let v = r.transpose(v);
    let v = r.broadcast(v, r.graph.shape(id));
    Some(r.call(HADAMARD, [a, v]))
}

pub(super) fn inner_product_with_diagonal(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT)?;
    let (v, other) = diag(r, a).map(|v| (v, b)).or_else(|| diag(r, b).map(|v| (v, a)))?;
    let diagonal = r.call(DIAGONAL, [other]);
    Some(r.call(DOT, [v, diagonal]))
}

pub(super) fn diagonal_of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, DIAGONAL)?;
    let [inner] = r.is(a, TRANSPOSE)?;
    Some(r.call(DIAGONAL, [inner]))
}

pub(super) fn diagonal_of_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, DIAGONAL)?;
    let [a, b] = r.is(a, MATMUL)?;
    let b = r.transpose(b);
    let product = r.call(HADAMARD, [a, b]);
    Some(r.call(ROW_SUMS, [product]))
}

pub(super) fn elements_of_line(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = operand_of(r, id, [VEC_ROWS])?;
    let shape = r.graph.shape(a);
    shape.is_line().then(|| if shape.columns.is_one() { a } else { r.transpose(a) })
}

pub(super) fn parts_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = operand_of(r, id, [DIAG, DIAGONAL, TRIL, TRIU, VEC_ROWS])?;
    r.graph.shape(a).is_scalar().then_some(a)
}

pub(super) fn off_diagonal_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = operand_of(r, id, [OFF_DIAGONAL])?;
    r.graph.shape(a).is_scalar().then(|| r.constant(0.0))
}

pub(super) fn sum_of_arranged(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SUM)?;
    let a = operand_of(r, a, [ROW_SUMS, COLUMN_SUMS, VEC_ROWS])?;
    Some(r.call(SUM, [a]))
}

pub(super) fn inner_product_of_arranged(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT)?;
    let (a, b) = (operand_of(r, a, [VEC_ROWS])?, operand_of(r, b, [VEC_ROWS])?);
    (r.graph.shape(a) == r.graph.shape(b)).then(|| r.call(DOT, [a, b]))
}
