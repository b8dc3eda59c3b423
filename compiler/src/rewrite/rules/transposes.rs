//! Rules of transposes.

use crate::graph::NodeId;
use crate::operations::{COLUMN_SUMS, DOT, EITHER, IDENTITY, Kind, MATMUL, NEG, ROW_SUMS, SUM, TRACE, TRANSPOSE};
use crate::rewrite::Rewriter;

/// The A of Aᵀ.
fn transposed(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    r.is(id, TRANSPOSE).map(|[inner]| inner)
}

/// Of ⟨X, Zᵀ⟩ with data X, which has its samples in columns.
pub(super) fn oriented_inner_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT).filter(|&[a, _]| r.has_samples_in_columns(a))?;
    (transposed(r, a).is_some() != transposed(r, b).is_some()).then(|| {
        let (a, b) = (r.transpose(a), r.transpose(b));
        r.call(DOT, [a, b])
    })
}

pub(super) fn oriented_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let data = r.has_samples_in_columns(a) && transposed(r, a).is_none();
    (r.has_samples_in_columns(id) || data).then(|| {
        let (a, b) = (r.transpose(a), r.transpose(b));
        let product = r.call(MATMUL, [b, a]);
        r.transpose(product)
    })
}

pub(super) fn oriented_elements(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|_| r.has_samples_in_columns(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let operands: Vec<_> = r.graph.operands(id).to_vec().into_iter().map(|a| r.transpose(a)).collect();
    let oriented = r.call_slice(operation, &operands);
    Some(r.transpose(oriented))
}

pub(super) fn of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    transposed(r, transposed(r, id)?)
}

pub(super) fn of_identity(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = transposed(r, id)?;
    let [inner] = r.is(a, IDENTITY)?;
    Some(r.graph.call_as(IDENTITY, &[inner], r.graph.shape(a).t()))
}

pub(super) fn of_repeated(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let inner = r.repeated(transposed(r, id)?)?;
    let inner = r.transpose(inner);
    Some(r.broadcast(inner, r.graph.shape(id)))
}

/// The A and B of a call of `operation` on Aᵀ and Bᵀ, neither of which has its samples in columns.
fn both_transposed(r: &Rewriter, id: NodeId, operation: &'static dyn crate::graph::Operation) -> Option<[NodeId; 2]> {
    let [a, b] = r.is(id, operation)?;
    let (a, b) = (transposed(r, a)?, transposed(r, b)?);
    (!r.has_samples_in_rows(id) && !r.has_samples_in_columns(a) && !r.has_samples_in_columns(b)).then_some([a, b])
}

pub(super) fn product_of_transposes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = both_transposed(r, id, MATMUL)?;
    let product = r.call(MATMUL, [b, a]);
    Some(r.transpose(product))
}

pub(super) fn inner_product_of_transposes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operands = both_transposed(r, id, DOT)?;
    Some(r.call(DOT, operands))
}

pub(super) fn sums_of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let sums = [(SUM, SUM), (TRACE, TRACE), (ROW_SUMS, COLUMN_SUMS), (COLUMN_SUMS, ROW_SUMS)];
    let (a, other) = sums.into_iter().find_map(|(sums, other)| r.is(id, sums).map(|[a]| (a, other)))?;
    let a = transposed(r, a)?;
    let sums = r.call(other, [a]);
    Some(r.transpose(sums))
}

pub(super) fn either_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [c, a, b] = r.is(id, EITHER)?;
    let (a, b) = (transposed(r, a)?, transposed(r, b)?);
    let either = r.call(EITHER, [c, a, b]);
    Some(r.transpose(either))
}

/// A sign or a scalar factor leaves a transpose, and does not go back into it.
pub(super) fn elements_of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|_| !r.has_samples_in_rows(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    if operation == NEG || r.scaled(id).is_some() {
        return None;
    }
    let operands = r.graph.operands(id).to_vec();
    let is_transposed = |r: &Rewriter, a| transposed(r, a).is_some();
    if !operands.iter().any(|&a| is_transposed(r, a))
        || !operands.iter().all(|&a| is_transposed(r, a) || r.repeated(a).is_some())
    {
        return None;
    }
    let inner: Vec<_> = operands.into_iter().map(|a| r.transpose(a)).collect();
    let result = r.call_slice(operation, &inner);
    Some(r.transpose(result))
}
