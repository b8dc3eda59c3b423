//! Products that need not be formed, or only once.
//!
//! A product that others need as well is formed anyway: what is cheap without it is dearer beside it.

use super::Rewriter;
use crate::graph::{Cost, NodeId};
use crate::operations::{ADD, COLUMN_SUMS, DOT, HADAMARD, MATMUL, Operation, ROW_SUMS, SUB, SUM, TRACE, TRANSPOSE};

/// The factors of a product that nothing else needs.
fn factors(r: &Rewriter, id: NodeId) -> Option<[NodeId; 2]> {
    r.is(id, MATMUL).filter(|_| !r.is_shared(id))
}

/// A B + A C = A (B + C), A C + B C = (A + B) C.
pub(super) fn distributive(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    for operation in [ADD, SUB] {
        let Some([left, right]) = r.is(id, operation) else { continue };
        let ([a, b], [c, d]) = (factors(r, left)?, factors(r, right)?);
        if a == c {
            let sum = r.call(operation, [b, d]);
            return Some(r.call(MATMUL, [a, sum]));
        }
        return (b == d).then(|| {
            let sum = r.call(operation, [a, c]);
            r.call(MATMUL, [sum, b])
        });
    }
    None
}

/// ⟨U Vᵀ, P Qᵀ⟩ = ⟨Uᵀ P, Vᵀ Q⟩, so that ‖U Vᵀ‖² = ⟨Uᵀ U, Vᵀ V⟩.
pub(super) fn factored(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [left, right] = r.is(id, DOT)?;
    let ([u, vt], [p, qt]) = (factors(r, left)?, factors(r, right)?);
    let of = |a, b| Cost::product(r.graph.shape(a), r.graph.shape(b));
    let rank = |a| r.graph.shape(a).columns;
    let (formed, inner) = if left == right { (of(u, vt), rank(u)) } else { (of(u, vt).plus(&of(p, qt)), rank(p)) };
    let shape = r.graph.shape(left);
    let small = Cost::size(rank(u)).times(&Cost::size(inner));
    let grams = small.times(&Cost::size(shape.rows).plus(&Cost::size(shape.columns)));
    // Which of the two is cheaper, the sizes may not say. Then it is how it is written: factors are tall, with as many
    // columns as the product has rank.
    let tall = |a| r.is::<1>(a, TRANSPOSE).is_none();
    let written = tall(u) && tall(p) && !tall(vt) && !tall(qt);
    let better = grams.never_above(&formed) || written && !formed.never_above(&grams);
    if !better || grams == formed {
        return None;
    }
    let (ut, q) = (r.transpose(u), r.transpose(qt));
    let a = r.call(MATMUL, [ut, p]);
    let b = r.call(MATMUL, [vt, q]);
    Some(r.call(DOT, [a, b]))
}

/// Σ A B = (1ᵀ A) (B 1), (A B) 1 = A (B 1), 1ᵀ (A B) = (1ᵀ A) B. A product with a vector is as cheap itself.
pub(super) fn sums(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    for operation in [SUM, ROW_SUMS, COLUMN_SUMS] {
        let Some([product]) = r.is(id, operation) else { continue };
        let [mut a, mut b] = factors(r, product).filter(|_| !r.graph.shape(product).is_line())?;
        if operation.name() != ROW_SUMS.name() {
            a = r.call(COLUMN_SUMS, [a]);
        }
        if operation.name() != COLUMN_SUMS.name() {
            b = r.call(ROW_SUMS, [b]);
        }
        return Some(r.call(MATMUL, [a, b]));
    }
    None
}

/// ⟨u vᵀ, B⟩ = ⟨u, B v⟩, tr(u vᵀ) = ⟨u, v⟩.
pub(super) fn rank_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, TRACE) {
        let (u, v) = outer_factors(r, a)?;
        let v = r.transpose(v);
        return Some(r.call(DOT, [u, v]));
    }
    let [a, b] = r.is(id, DOT)?;
    let (u, v, other) = match (outer_factors(r, a), outer_factors(r, b)) {
        (Some((u, v)), _) => (u, v, b),
        (None, Some((u, v))) => (u, v, a),
        (None, None) => return None,
    };
    let v = r.transpose(v);
    let product = r.call(MATMUL, [other, v]);
    Some(r.call(DOT, [u, product]))
}

/// The column and the row of an outer product.
pub(super) fn outer_factors(r: &Rewriter, id: NodeId) -> Option<(NodeId, NodeId)> {
    let [a, b] = r.is(id, HADAMARD)?;
    let (a, b) = (r.repeated(a)?, r.repeated(b)?);
    let full = r.graph.shape(id);
    let is_column = |x: NodeId| r.graph.shape(x).rows == full.rows && r.graph.shape(x).columns.is_one();
    let is_row = |x: NodeId| r.graph.shape(x).columns == full.columns && r.graph.shape(x).rows.is_one();
    match (is_column(a) && is_row(b), is_row(a) && is_column(b)) {
        (true, _) => Some((a, b)),
        (_, true) => Some((b, a)),
        _ => None,
    }
}

/// A (1 r) = (A 1) r, and (c 1ᵀ) B = c (1ᵀ B): what is the same in all terms of the inner sum leaves it.
pub(super) fn repeated_factors(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let shape = r.graph.shape(id);
    let (sums, line, column): (&'static dyn Operation, _, _) = match (r.repeated(a), r.repeated(b)) {
        (_, Some(line)) if r.graph.shape(line).rows.is_one() => (ROW_SUMS, line, false),
        (Some(line), _) if r.graph.shape(line).columns.is_one() => (COLUMN_SUMS, line, true),
        _ => return None,
    };
    let sums = r.call(sums, [if column { b } else { a }]);
    if r.graph.shape(line).is_scalar() {
        let sums = r.scale(line, sums);
        return Some(r.broadcast(sums, shape));
    }
    Some(if column { r.call(MATMUL, [line, sums]) } else { r.call(MATMUL, [sums, line]) })
}
