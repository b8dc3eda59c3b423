//! Rules of scalar factors, divisors and powers.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{ADD, DIV, DOT, HADAMARD, Kind, MATMUL, POW, POW_SLOPE, RECIP, RSQRT, SQ, SQRT, SUB};
use crate::rewrite::Rewriter;

pub(super) fn like_terms(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [a, b]) =
        r.is(id, ADD).map(|operands| (ADD, operands)).or_else(|| r.is(id, SUB).map(|operands| (SUB, operands)))?;
    let one = r.constant(1.0);
    let (s, left) = r.scaled(a).unwrap_or((one, a));
    let (t, right) = r.scaled(b).unwrap_or((one, b));
    if left == right {
        let factor = r.call(operation, [s, t]);
        return Some(r.scale(factor, left));
    }
    if s == t && s != one {
        let sum = r.call(operation, [left, right]);
        return Some(r.scale(s, sum));
    }
    None
}

pub(super) fn quotient(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, HADAMARD).filter(|_| r.graph.shape(id).is_scalar()) {
        // s (1 / t) = s / t
        let (s, [one, t]) = r.is(b, DIV).map(|ratio| (a, ratio)).or_else(|| r.is(a, DIV).map(|ratio| (b, ratio)))?;
        return (r.uniform(one) == Some(1.0)).then(|| r.call(DIV, [s, t]));
    }
    let [a, b] = r.is(id, DIV)?;
    if r.uniform(a) == Some(1.0) && !r.graph.shape(id).is_scalar() {
        return Some(r.call(RECIP, [b]));
    }
    let s = r.repeated(b).filter(|&s| r.graph.shape(s).is_scalar())?;
    let one = r.constant(1.0);
    let s = r.call(DIV, [one, s]);
    Some(r.scale(s, a))
}

pub(super) fn scalar_factor(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some((s, a)) = r.scaled(id) {
        let (t, a) = r.scaled(a)?;
        // Scalars that are not numbers stay in the order in which they came.
        if r.graph.shape(id).is_scalar() && r.graph.constant_value(s).is_none() {
            return None;
        }
        let factor = r.call(HADAMARD, [s, t]);
        return Some(r.scale(factor, a));
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let (s, a) = r.scaled(a)?;
        let inner = r.call(operation, [a]);
        return Some(r.scale(s, inner));
    }
    if let Some(Kind::Routine(row)) = r.graph.kind(id) {
        let mut operands = r.graph.stated(id).to_vec();
        let (k, (s, a)) = row.linear.iter().find_map(|&k| Some((k, r.scaled(*operands.get(k)?)?)))?;
        operands[k] = a;
        let shape = r.graph.shape(id);
        let inner = r.graph.call_as_stated(row, &operands, shape);
        let inner = r.normalise(inner);
        return Some(r.scale(s, inner));
    }
    for operation in [HADAMARD, DIV, MATMUL, DOT] {
        let Some([a, b]) = r.is(id, operation) else { continue };
        if let Some((s, a)) = r.scaled(a) {
            let inner = r.call(operation, [a, b]);
            return Some(r.scale(s, inner));
        }
        if operation == DIV {
            return None;
        }
        let (s, b) = r.scaled(b)?;
        let inner = r.call(operation, [a, b]);
        return Some(r.scale(s, inner));
    }
    None
}

/// aᵖ for a number p, by repeated squaring.
pub(super) fn powers(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    // Beyond this the products cost more than the function.
    const HIGHEST: f64 = 64.0;
    if let Some([a, exponent]) = r.is(id, POW_SLOPE) {
        // p aᵖ⁻¹ for a number p.
        let p = r.uniform(exponent)?;
        let [factor, less] = [p, p - 1.0].map(|number| {
            let number = r.constant(number);
            r.broadcast(number, r.graph.shape(id))
        });
        let power = r.call(POW, [a, less]);
        return Some(if p == 0.0 { factor } else { r.call(HADAMARD, [factor, power]) });
    }
    let [a, exponent] = r.is(id, POW)?;
    let p = r.uniform(exponent)?;
    if p == 0.0 {
        let one = r.constant(1.0);
        return Some(r.broadcast(one, r.graph.shape(id)));
    }
    if [0.5, -0.5].contains(&p) {
        return Some(r.call(if p > 0.0 { SQRT } else { RSQRT }, [a]));
    }
    if p.fract() != 0.0 || p.abs() > HIGHEST {
        return None;
    }
    let (mut left, mut square) = (p.abs(), a);
    let mut product: Option<NodeId> = None;
    loop {
        if left % 2.0 > 0.5 {
            product = Some(product.map_or(square, |product| r.call(HADAMARD, [product, square])));
        }
        left = (left / 2.0).floor();
        if left < 1.0 {
            break;
        }
        square = r.call(SQ, [square]);
    }
    let product = product?;
    Some(if p < 0.0 { r.call(RECIP, [product]) } else { product })
}
