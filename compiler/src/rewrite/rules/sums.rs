//! Rules of sums, traces and inner products.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{ADD, COLUMN_SUMS, DOT, HADAMARD, MATMUL, ROW_SUMS, SQ, SUB, SUM, TRACE};
use crate::rewrite::Rewriter;

pub(super) fn inner_product_of_scalars(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT)?;
    r.graph.shape(a).is_scalar().then(|| r.call(HADAMARD, [a, b]))
}

pub(super) fn sums_of_line(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, ROW_SUMS).or_else(|| r.is(id, COLUMN_SUMS))?;
    (r.graph.shape(id).is_scalar() && !r.graph.shape(a).is_scalar()).then(|| r.call(SUM, [a]))
}

pub(super) fn sums_of_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|operation| LINEAR.contains(operation))?;
    let [a] = r.is(id, operation)?;
    let shape = r.graph.shape(a);
    let same = shape.is_scalar()
        || (operation == ROW_SUMS && shape.columns.is_one())
        || (operation == COLUMN_SUMS && shape.rows.is_one());
    same.then_some(a)
}

pub(super) fn trace_of_sum(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, TRACE)?;
    let (operation, [a, b]) = [ADD, SUB].into_iter().find_map(|operation| Some((operation, r.is(a, operation)?)))?;
    let (left, right) = (r.call(TRACE, [a]), r.call(TRACE, [b]));
    Some(r.call(operation, [left, right]))
}

pub(super) fn trace_of_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, TRACE)?;
    let [a, b] = r.is(a, MATMUL)?;
    let a = r.transpose(a);
    Some(r.call(DOT, [a, b]))
}

pub(super) fn sum_of_products(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SUM)?;
    let [a, b] = r.is(a, HADAMARD)?;
    Some(r.call(DOT, [a, b]))
}

pub(super) fn sum_of_squares(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SUM)?;
    let [a] = r.is(a, SQ)?;
    Some(r.call(DOT, [a, a]))
}

pub(super) fn product_with_itself(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, HADAMARD)?;
    (a == b).then(|| r.call(SQ, [a]))
}

pub(super) fn row_times_column(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    r.graph.shape(id).is_scalar().then(|| {
        let a = r.transpose(a);
        r.call(DOT, [a, b])
    })
}

pub(super) fn inner_product_with_repeated(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT)?;
    let (a, inner) = r.repeated(b).map(|b| (a, b)).or_else(|| r.repeated(a).map(|a| (b, a)))?;
    let (own, full) = (r.graph.shape(inner), r.graph.shape(a));
    let sums = match (own.rows == full.rows, own.columns == full.columns) {
        (false, false) => r.call(SUM, [a]),
        (true, _) => r.call(ROW_SUMS, [a]),
        (false, true) => r.call(COLUMN_SUMS, [a]),
    };
    Some(r.call(DOT, [sums, inner]))
}

/// As often as the summed axes are long.
pub(super) fn sums_of_repeated(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = [SUM, ROW_SUMS, COLUMN_SUMS].into_iter().find_map(|sums| r.is(id, sums))?;
    let inner = r.repeated(a)?;
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
    Some(r.scale(times, sums))
}

/// 1ᵀ (v 1ᵀ ⊙ A) = vᵀ A, and (1 r ⊙ A) 1 = A rᵀ.
pub(super) fn weighted_sums(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [a]) =
        [ROW_SUMS, COLUMN_SUMS].into_iter().find_map(|operation| Some((operation, r.is(id, operation)?)))?;
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

/// All columns of the product are the same.
pub(super) fn product_of_equal_columns(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let g = r.repeated(b).filter(|&g| r.graph.shape(g).rows == r.graph.shape(b).rows)?;
    let column = r.call(MATMUL, [a, g]);
    Some(r.broadcast(column, r.graph.shape(id)))
}

/// All rows of the product are the same.
pub(super) fn product_of_equal_rows(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let g = r.repeated(a).filter(|&g| r.graph.shape(g).columns == r.graph.shape(a).columns)?;
    let row = r.call(MATMUL, [g, b]);
    Some(r.broadcast(row, r.graph.shape(id)))
}
