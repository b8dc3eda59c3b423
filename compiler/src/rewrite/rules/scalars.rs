//! Rules of scalar factors, divisors and powers.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{
    ADD, DIV, DOT, HADAMARD, Kind, MATMUL, Operation, POW, POW_SLOPE, RECIP, RSQRT, SQ, SQRT, SUB,
};
use crate::rewrite::Rewriter;

/// A term of a sum: a scalar, 1 if there is none, times a node.
type Term = (NodeId, NodeId);

/// The two terms of a sum or a difference.
fn terms(r: &mut Rewriter, id: NodeId) -> Option<(&'static dyn Operation, [Term; 2])> {
    let (operation, operands) =
        [ADD, SUB].into_iter().find_map(|operation| Some((operation, r.is::<2>(id, operation)?)))?;
    let one = r.constant(1.0);
    Some((operation, operands.map(|a| r.scaled(a).unwrap_or((one, a)))))
}

pub(super) fn like_terms(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [(s, left), (t, right)]) = terms(r, id)?;
    (left == right).then(|| {
        let factor = r.call(operation, [s, t]);
        r.scale(factor, left)
    })
}

pub(super) fn common_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [(s, left), (t, right)]) = terms(r, id)?;
    (s == t && r.graph.constant_value(s) != Some(1.0)).then(|| {
        let sum = r.call(operation, [left, right]);
        r.scale(s, sum)
    })
}

pub(super) fn times_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, HADAMARD).filter(|_| r.graph.shape(id).is_scalar())?;
    let (s, [one, t]) = r.is(b, DIV).map(|ratio| (a, ratio)).or_else(|| r.is(a, DIV).map(|ratio| (b, ratio)))?;
    (r.uniform(one) == Some(1.0)).then(|| r.call(DIV, [s, t]))
}

pub(super) fn one_over(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DIV)?;
    (r.uniform(a) == Some(1.0) && !r.graph.shape(id).is_scalar()).then(|| r.call(RECIP, [b]))
}

pub(super) fn over_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DIV)?;
    let s = r.repeated(b).filter(|&s| r.graph.shape(s).is_scalar())?;
    let one = r.constant(1.0);
    let s = r.call(DIV, [one, s]);
    Some(r.scale(s, a))
}

pub(super) fn scalar_of_scaled(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (s, a) = r.scaled(id)?;
    let (t, a) = r.scaled(a)?;
    // Scalars that are not numbers stay in the order in which they came.
    if r.graph.shape(id).is_scalar() && r.graph.constant_value(s).is_none() {
        return None;
    }
    let factor = r.call(HADAMARD, [s, t]);
    Some(r.scale(factor, a))
}

pub(super) fn linear_of_scaled(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|operation| LINEAR.contains(operation))?;
    if r.has_samples_in_columns(id) {
        return None;
    }
    let [a] = r.is(id, operation)?;
    let (s, a) = r.scaled(a)?;
    let inner = r.call(operation, [a]);
    Some(r.scale(s, inner))
}

pub(super) fn routine_of_scaled(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Routine(row) = r.graph.kind(id)? else { return None };
    let mut operands = r.graph.stated(id).to_vec();
    let (k, (s, a)) = row.linear.iter().find_map(|&k| Some((k, r.scaled(*operands.get(k)?)?)))?;
    operands[k] = a;
    let shape = r.graph.shape(id);
    let inner = r.graph.call_as_stated(row, &operands, shape);
    let inner = r.normalise(inner);
    Some(r.scale(s, inner))
}

pub(super) fn product_of_scaled(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|operation| [HADAMARD, DIV, MATMUL, DOT].contains(operation))?;
    let [a, b] = r.is(id, operation)?;
    if r.scaled(id).is_some() {
        return None;
    }
    if let Some((s, a)) = r.scaled(a) {
        let inner = r.call(operation, [a, b]);
        return Some(r.scale(s, inner));
    }
    if operation == DIV {
        return None;
    }
    let (s, b) = r.scaled(b)?;
    let inner = r.call(operation, [a, b]);
    Some(r.scale(s, inner))
}

/// p aᵖ⁻¹ for a number p.
pub(super) fn slope_of_power(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, exponent] = r.is(id, POW_SLOPE)?;
    let p = r.uniform(exponent)?;
    let [factor, less] = [p, p - 1.0].map(|number| {
        let number = r.constant(number);
        r.broadcast(number, r.graph.shape(id))
    });
    let power = r.call(POW, [a, less]);
    Some(if p == 0.0 { factor } else { r.call(HADAMARD, [factor, power]) })
}

pub(super) fn power_of_zero(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [_, exponent] = r.is(id, POW)?;
    (r.uniform(exponent)? == 0.0).then(|| {
        let one = r.constant(1.0);
        r.broadcast(one, r.graph.shape(id))
    })
}

pub(super) fn half_power(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, exponent] = r.is(id, POW)?;
    let p = r.uniform(exponent)?;
    [0.5, -0.5].contains(&p).then(|| r.call(if p > 0.0 { SQRT } else { RSQRT }, [a]))
}

/// aᵖ for a number p, by repeated squaring.
pub(super) fn whole_power(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    // Beyond this the products cost more than the function.
    const MAX_POWER: f64 = 64.0;
    let [a, exponent] = r.is(id, POW)?;
    let p = r.uniform(exponent)?;
    if p.fract() != 0.0 || p.abs() > MAX_POWER {
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
