//! Rules of transposes.

use super::BILINEAR;
use crate::graph::NodeId;
use crate::operations::{COLUMN_SUMS, DOT, EITHER, IDENTITY, Kind, MATMUL, ROW_SUMS, SUM, TRACE, TRANSPOSE};
use crate::rewrite::Rewriter;

pub(super) fn orientation(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT).filter(|&[a, _]| r.lies(a)) {
        // Of ⟨X, Zᵀ⟩ with data X, which lies: ⟨Xᵀ, Z⟩.
        let crossed = |x| r.is::<1>(x, TRANSPOSE).is_some();
        return (crossed(a) != crossed(b)).then(|| {
            let (a, b) = (r.transpose(a), r.transpose(b));
            r.call(DOT, [a, b])
        });
    }
    if let Some([a, b]) = r.is(id, MATMUL) {
        let data = r.lies(a) && r.is::<1>(a, TRANSPOSE).is_none();
        return (r.lies(id) || data).then(|| {
            let (a, b) = (r.transpose(a), r.transpose(b));
            let product = r.call(MATMUL, [b, a]);
            r.transpose(product)
        });
    }
    let operation = r.graph.operation(id).filter(|_| r.lies(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let operands: Vec<_> = r.graph.operands(id).to_vec().into_iter().map(|a| r.transpose(a)).collect();
    let standing = r.call_slice(operation, &operands);
    Some(r.transpose(standing))
}

pub(super) fn transposes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let transposed = |r: &Rewriter, a| r.is(a, TRANSPOSE).map(|[inner]: [NodeId; 1]| inner);
    if let Some([a]) = r.is(id, TRANSPOSE) {
        if let Some(inner) = transposed(r, a) {
            return Some(inner);
        }
        if let Some([inner]) = r.is(a, IDENTITY) {
            return Some(r.graph.call_as(IDENTITY, &[inner], r.graph.shape(a).t()));
        }
        let inner = r.repeated(a)?;
        let inner = r.transpose(inner);
        return Some(r.broadcast(inner, r.graph.shape(id)));
    }
    for operation in BILINEAR {
        let Some([a, b]) = r.is(id, operation) else { continue };
        let (a, b) = (transposed(r, a)?, transposed(r, b)?);
        if r.stands(id) || r.lies(a) || r.lies(b) {
            return None;
        }
        return Some(if operation == MATMUL {
            let product = r.call(MATMUL, [b, a]);
            r.transpose(product)
        } else {
            r.call(DOT, [a, b])
        });
    }
    for (operation, other) in [(SUM, SUM), (TRACE, TRACE), (ROW_SUMS, COLUMN_SUMS), (COLUMN_SUMS, ROW_SUMS)] {
        let Some([a]) = r.is(id, operation) else { continue };
        let a = transposed(r, a)?;
        let sums = r.call(other, [a]);
        return Some(r.transpose(sums));
    }
    if let Some([c, a, b]) = r.is(id, EITHER) {
        let (a, b) = (transposed(r, a)?, transposed(r, b)?);
        let either = r.call(EITHER, [c, a, b]);
        return Some(r.transpose(either));
    }
    let operation = r.graph.operation(id).filter(|_| !r.stands(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let operands = r.graph.operands(id).to_vec();
    let crossed = |r: &Rewriter, a| transposed(r, a).is_some();
    if !operands.iter().any(|&a| crossed(r, a)) || !operands.iter().all(|&a| crossed(r, a) || r.repeated(a).is_some()) {
        return None;
    }
    let straight: Vec<_> = operands.into_iter().map(|a| r.transpose(a)).collect();
    let result = r.call_slice(operation, &straight);
    Some(r.transpose(result))
}
