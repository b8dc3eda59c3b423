//! Rules of sums, traces and inner products.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{ADD, COLUMN_SUMS, DOT, HADAMARD, MATMUL, Operation, ROW_SUMS, SQ, SUB, SUM, TRACE};
use crate::rewrite::Rewriter;

pub(super) fn one_element(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        return r.graph.shape(a).is_scalar().then(|| r.call(HADAMARD, [a, b]));
    }
    for operation in [ROW_SUMS, COLUMN_SUMS] {
        let line = r.is(id, operation).filter(|&[a]| r.graph.shape(id).is_scalar() && !r.graph.shape(a).is_scalar());
        if let Some([a]) = line {
            return Some(r.call(SUM, [a]));
        }
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let shape = r.graph.shape(a);
        let same = shape.is_scalar()
            || (operation == ROW_SUMS && shape.columns.is_one())
            || (operation == COLUMN_SUMS && shape.rows.is_one());
        return same.then_some(a);
    }
    None
}

pub(super) fn trace(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, TRACE)?;
    for operation in [ADD, SUB] {
        let Some([a, b]) = r.is(a, operation) else { continue };
        let (left, right) = (r.call(TRACE, [a]), r.call(TRACE, [b]));
        return Some(r.call(operation, [left, right]));
    }
    let [a, b] = r.is(a, MATMUL)?;
    let a = r.transpose(a);
    Some(r.call(DOT, [a, b]))
}

pub(super) fn frobenius(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, SUM) {
        if let Some([a, b]) = r.is(a, HADAMARD) {
            return Some(r.call(DOT, [a, b]));
        }
        let [a] = r.is(a, SQ)?;
        return Some(r.call(DOT, [a, a]));
    }
    if let Some([a, b]) = r.is(id, HADAMARD) {
        return (a == b).then(|| r.call(SQ, [a]));
    }
    let [a, b] = r.is(id, MATMUL)?;
    r.graph.shape(id).is_scalar().then(|| {
        let a = r.transpose(a);
        r.call(DOT, [a, b])
    })
}

pub(super) fn repeated_sums(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        let (a, inner) = r.repeated(b).map(|b| (a, b)).or_else(|| r.repeated(a).map(|a| (b, a)))?;
        let (own, full) = (r.graph.shape(inner), r.graph.shape(a));
        let sums = match (own.rows == full.rows, own.columns == full.columns) {
            (false, false) => r.call(SUM, [a]),
            (true, _) => r.call(ROW_SUMS, [a]),
            (false, true) => r.call(COLUMN_SUMS, [a]),
        };
        return Some(r.call(DOT, [sums, inner]));
    }
    for operation in [SUM, ROW_SUMS, COLUMN_SUMS] {
        let Some([a]) = r.is(id, operation) else { continue };
        return match r.repeated(a) {
            Some(inner) => Some(sum_of_repeated(r, id, a, inner)),
            None => weighted_sums(r, operation, a),
        };
    }
    if let Some([a, b]) = r.is(id, MATMUL) {
        // All columns of the product are the same, or all rows.
        if let Some(g) = r.repeated(b).filter(|&g| r.graph.shape(g).rows == r.graph.shape(b).rows) {
            let column = r.call(MATMUL, [a, g]);
            return Some(r.broadcast(column, r.graph.shape(id)));
        }
        let g = r.repeated(a).filter(|&g| r.graph.shape(g).columns == r.graph.shape(a).columns)?;
        let row = r.call(MATMUL, [g, b]);
        return Some(r.broadcast(row, r.graph.shape(id)));
    }
    None
}

/// The sum of `a`, which repeats `inner`: as often as the summed axes are long.
fn sum_of_repeated(r: &mut Rewriter, id: NodeId, a: NodeId, inner: NodeId) -> NodeId {
    let (own, full, result) = (r.graph.shape(inner), r.graph.shape(a), r.graph.shape(id));
    let mut times = r.constant(1.0);
    if own.rows != full.rows && result.rows != full.rows {
        let rows = r.graph.size(full.rows);
        times = r.call(HADAMARD, [times, rows]);
    }
    if own.columns != full.columns && result.columns != full.columns {
        let columns = r.graph.size(full.columns);
        times = r.call(HADAMARD, [times, columns]);
    }
    let mut sums = inner;
    if own.rows == full.rows && result.rows != full.rows {
        sums = r.call(COLUMN_SUMS, [sums]);
    }
    if own.columns == full.columns && result.columns != full.columns {
        sums = r.call(ROW_SUMS, [sums]);
    }
    let sums = r.broadcast(sums, result);
    r.scale(times, sums)
}

/// 1ᵀ (v 1ᵀ ⊙ A) = vᵀ A, and (1 r ⊙ A) 1 = A rᵀ.
fn weighted_sums(r: &mut Rewriter, operation: &'static dyn Operation, a: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(a, HADAMARD)?;
    let full = r.graph.shape(a);
    let (weights, a) = r.repeated(a).map(|w| (w, b)).or_else(|| r.repeated(b).map(|w| (w, a)))?;
    let own = r.graph.shape(weights);
    if operation == COLUMN_SUMS && own.rows == full.rows {
        let weights = r.transpose(weights);
        return Some(r.call(MATMUL, [weights, a]));
    }
    (operation == ROW_SUMS && own.columns == full.columns).then(|| {
        let weights = r.transpose(weights);
        r.call(MATMUL, [a, weights])
    })
}
