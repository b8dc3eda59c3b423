//! Rules of diagonal matrices, and of elements that were only arranged.

use crate::graph::NodeId;
use crate::operations::{
    COLUMN_SUMS, DIAG, DIAGONAL, DOT, HADAMARD, MATMUL, OFF_DIAGONAL, ROW_SUMS, SUM, TRACE, TRANSPOSE, TRIL, TRIU,
    VEC_ROWS,
};
use crate::rewrite::Rewriter;

pub(super) fn diagonals(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let diag = |r: &Rewriter, a| r.is(a, DIAG).map(|[v]: [NodeId; 1]| v);
    for sums in [TRACE, SUM, ROW_SUMS, COLUMN_SUMS, DIAGONAL, TRANSPOSE, TRIL, TRIU] {
        let Some([a]) = r.is(id, sums) else { continue };
        let Some(v) = diag(r, a) else { break };
        return Some(if [TRACE, SUM].contains(&sums) {
            r.call(SUM, [v])
        } else if [ROW_SUMS, DIAGONAL].contains(&sums) {
            v
        } else if sums == COLUMN_SUMS {
            r.transpose(v)
        } else {
            a
        });
    }
    if let Some([a, b]) = r.is(id, MATMUL) {
        let shape = r.graph.shape(id);
        if let Some(v) = diag(r, a) {
            let v = r.broadcast(v, shape);
            return Some(r.call(HADAMARD, [v, b]));
        }
        let v = diag(r, b)?;
        let v = r.transpose(v);
        let v = r.broadcast(v, shape);
        return Some(r.call(HADAMARD, [a, v]));
    }
    if let Some([a, b]) = r.is(id, DOT) {
        let (v, other) = diag(r, a).map(|v| (v, b)).or_else(|| diag(r, b).map(|v| (v, a)))?;
        let diagonal = r.call(DIAGONAL, [other]);
        return Some(r.call(DOT, [v, diagonal]));
    }
    let [a] = r.is(id, DIAGONAL)?;
    if let Some([inner]) = r.is(a, TRANSPOSE) {
        return Some(r.call(DIAGONAL, [inner]));
    }
    let [a, b] = r.is(a, MATMUL)?;
    let b = r.transpose(b);
    let product = r.call(HADAMARD, [a, b]);
    Some(r.call(ROW_SUMS, [product]))
}

pub(super) fn arranged(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let vec = |r: &Rewriter, a| r.is(a, VEC_ROWS).map(|[a]: [NodeId; 1]| a);
    for square in [DIAG, DIAGONAL, TRIL, TRIU, OFF_DIAGONAL, VEC_ROWS] {
        let Some([a]) = r.is(id, square) else { continue };
        let shape = r.graph.shape(a);
        let is_vec = square == VEC_ROWS;
        if is_vec && shape.is_line() {
            return Some(if shape.columns.is_one() { a } else { r.transpose(a) });
        }
        if !shape.is_scalar() {
            return None;
        }
        return Some(if square == OFF_DIAGONAL { r.constant(0.0) } else { a });
    }
    if let Some([a]) = r.is(id, SUM) {
        let lines = [ROW_SUMS, COLUMN_SUMS].into_iter().find_map(|sums| r.is(a, sums).map(|[a]: [NodeId; 1]| a));
        let a = lines.or_else(|| vec(r, a))?;
        return Some(r.call(SUM, [a]));
    }
    let [a, b] = r.is(id, DOT)?;
    let (a, b) = (vec(r, a)?, vec(r, b)?);
    (r.graph.shape(a) == r.graph.shape(b)).then(|| r.call(DOT, [a, b]))
}
