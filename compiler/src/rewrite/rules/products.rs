//! Products that need not be formed, or only once.
//!
//! A product that others need as well is formed in any case: a way that is cheap without it costs more in addition to it.

use super::masks::is_hidden;
use crate::base::Cost;
use crate::graph::NodeId;
use crate::operations::{
    ADD, COLUMN_SUMS, DOT, HADAMARD, Kind, MATMUL, Operation, Primitive, ROW_SUMS, SUB, SUM, TRACE, TRANSPOSE,
};
use crate::rewrite::Rewriter;

/// The factors of a product that nothing else needs.
fn factors(r: &Rewriter, id: NodeId) -> Option<[NodeId; 2]> {
    r.is(id, MATMUL).filter(|_| !r.is_shared(id))
}

/// The operands of a sum or a difference.
fn terms(r: &Rewriter, id: NodeId) -> Option<(&'static dyn Operation, [NodeId; 2])> {
    [ADD, SUB].into_iter().find_map(|operation| Some((operation, r.is(id, operation)?)))
}

pub(super) fn common_elements(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [left, right]) = terms(r, id)?;
    let (common, b, c) = common_factor(r, left, right)?;
    let sum = r.call(operation, [b, c]);
    Some(r.call(HADAMARD, [common, sum]))
}

pub(super) fn common_left_factor(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [left, right]) = terms(r, id)?;
    let ([a, b], [c, d]) = (factors(r, left)?, factors(r, right)?);
    (a == c).then(|| {
        let sum = r.call(operation, [b, d]);
        r.call(MATMUL, [a, sum])
    })
}

pub(super) fn common_right_factor(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [left, right]) = terms(r, id)?;
    let ([a, b], [c, d]) = (factors(r, left)?, factors(r, right)?);
    (b == d).then(|| {
        let sum = r.call(operation, [a, c]);
        r.call(MATMUL, [sum, b])
    })
}

/// The A, B and C of A ⊙ B and A ⊙ C. A mask stays inside of its product.
fn common_factor(r: &mut Rewriter, left: NodeId, right: NodeId) -> Option<(NodeId, NodeId, NodeId)> {
    let (mut a, mut b) = (elements(r, left)?, elements(r, right)?);
    let common = a.iter().copied().find(|x| {
        let is_scalar = r.repeated(*x).is_some_and(|s| r.graph.shape(s).is_scalar());
        b.contains(x) && !is_scalar
    })?;
    if a.iter().chain(&b).any(|&id| is_hidden(r, id)) {
        return None;
    }
    for factors in [&mut a, &mut b] {
        let at = factors.iter().position(|x| *x == common)?;
        factors.remove(at);
    }
    Some((common, elementwise(r, a)?, elementwise(r, b)?))
}

/// The factors of an elementwise product, and of those inside of it that nothing else needs.
fn elements(r: &Rewriter, id: NodeId) -> Option<Vec<NodeId>> {
    // Deeper ones are taken as they are.
    const MAX_FACTORS: usize = 8;
    let factors = |id| r.is::<2>(id, HADAMARD).filter(|_| !r.is_shared(id) && !r.graph.shape(id).is_scalar());
    let mut found = factors(id)?.to_vec();
    let mut at = 0;
    while let Some(&id) = found.get(at) {
        match factors(id).filter(|_| found.len() < MAX_FACTORS) {
            Some([a, b]) => {
                found[at] = a;
                found.insert(at + 1, b);
            }
            None => at += 1,
        }
    }
    Some(found)
}

/// The elementwise product of `factors`: those first whose product is there already.
fn elementwise(r: &mut Rewriter, mut factors: Vec<NodeId>) -> Option<NodeId> {
    while factors.len() > 1 {
        let pairs = (0..factors.len()).flat_map(|i| (i + 1..factors.len()).map(move |j| (i, j)));
        let known = pairs.into_iter().find(|&(i, j)| r.is_needed_product(factors[i], factors[j]));
        let (i, j) = known.unwrap_or((0, 1));
        let b = factors.remove(j);
        factors[i] = r.call(HADAMARD, [factors[i], b]);
    }
    factors.pop()
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

/// The factors of a product that is summed. A product with a vector is as cheap itself.
fn summed(r: &Rewriter, id: NodeId, sums: &'static dyn Operation) -> Option<[NodeId; 2]> {
    let [product] = r.is(id, sums)?;
    factors(r, product).filter(|_| !r.graph.shape(product).is_line())
}

pub(super) fn sum_of_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = summed(r, id, SUM)?;
    let (a, b) = (r.call(COLUMN_SUMS, [a]), r.call(ROW_SUMS, [b]));
    Some(r.call(MATMUL, [a, b]))
}

pub(super) fn row_sums_of_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = summed(r, id, ROW_SUMS)?;
    let b = r.call(ROW_SUMS, [b]);
    Some(r.call(MATMUL, [a, b]))
}

pub(super) fn column_sums_of_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = summed(r, id, COLUMN_SUMS)?;
    let a = r.call(COLUMN_SUMS, [a]);
    Some(r.call(MATMUL, [a, b]))
}

pub(super) fn trace_of_outer(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, TRACE)?;
    let (u, v) = outer_factors(r, a)?;
    let v = r.transpose(v);
    Some(r.call(DOT, [u, v]))
}

pub(super) fn inner_product_with_outer(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
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
fn outer_factors(r: &Rewriter, id: NodeId) -> Option<(NodeId, NodeId)> {
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

pub(super) fn entries(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Multilinear(row) = r.graph.kind(id)? else { return None };
    if row.primitive != Primitive::Entries {
        return None;
    }
    let shape = r.graph.shape(id);
    let operands = r.graph.operands(id).to_vec();
    let mut factors = Vec::with_capacity(operands.len());
    for (letters, operand) in row.operands.iter().zip(operands) {
        // A column vector that goes along the rows is a row vector there.
        let is_row = letters[0] != b'1' && letters[0] == row.result[1];
        let factor = if is_row { r.transpose(operand) } else { operand };
        factors.push(r.broadcast(factor, shape));
    }
    Some(r.call_slice(HADAMARD, &factors))
}

pub(super) fn column_times_row(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    r.graph.shape(a).columns.is_one().then(|| {
        let shape = r.graph.shape(id);
        let (u, v) = (r.broadcast(a, shape), r.broadcast(b, shape));
        r.call(HADAMARD, [u, v])
    })
}

pub(super) fn times_outer(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let (u, v) = outer_factors(r, b)?;
    let u = r.call(MATMUL, [a, u]);
    Some(r.call(MATMUL, [u, v]))
}

pub(super) fn outer_times(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    let (u, v) = outer_factors(r, a)?;
    let v = r.call(MATMUL, [v, b]);
    Some(r.call(MATMUL, [u, v]))
}

pub(super) fn product_times_column(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [left, right] = r.is(id, MATMUL)?;
    let [a, b] = r.is::<2>(left, MATMUL).filter(|_| r.graph.shape(right).columns.is_one())?;
    let inner = r.call(MATMUL, [b, right]);
    Some(r.call(MATMUL, [a, inner]))
}

pub(super) fn row_times_product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [left, right] = r.is(id, MATMUL)?;
    let [b, c] = r.is::<2>(right, MATMUL).filter(|_| r.graph.shape(left).rows.is_one())?;
    let inner = r.call(MATMUL, [left, b]);
    Some(r.call(MATMUL, [inner, c]))
}
