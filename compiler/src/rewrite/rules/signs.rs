//! Rules of signs.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{ADD, DIV, DOT, HADAMARD, MATMUL, NEG, SUB};
use crate::rewrite::Rewriter;

/// The a of −a.
fn negated(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    r.is(id, NEG).map(|[inner]| inner)
}

pub(super) fn plus_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, ADD)?;
    let b = negated(r, b)?;
    Some(r.call(SUB, [a, b]))
}

pub(super) fn negative_plus(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, ADD)?;
    let a = negated(r, a)?;
    Some(r.call(SUB, [b, a]))
}

pub(super) fn minus_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, SUB)?;
    let b = negated(r, b)?;
    Some(r.call(ADD, [a, b]))
}

pub(super) fn negative_minus(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, SUB)?;
    let a = negated(r, a)?;
    let sum = r.call(ADD, [a, b]);
    Some(r.call(NEG, [sum]))
}

pub(super) fn negative_of_difference(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(negated(r, id)?, SUB)?;
    Some(r.call(SUB, [b, a]))
}

pub(super) fn negative_of_multiple(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (s, a) = r.scaled(negated(r, id)?)?;
    let s = r.graph.constant_value(s)?;
    let s = r.constant(-s);
    Some(r.scale(s, a))
}

pub(super) fn product_of_negatives(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|operation| [HADAMARD, DIV, MATMUL, DOT].contains(operation))?;
    let [a, b] = r.is(id, operation)?;
    let (left, right) = (negated(r, a), negated(r, b));
    if left.is_none() && right.is_none() {
        return None;
    }
    let positive = r.call(operation, [left.unwrap_or(a), right.unwrap_or(b)]);
    Some(if left.is_some() && right.is_some() { positive } else { r.call(NEG, [positive]) })
}

pub(super) fn linear_of_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id).filter(|operation| LINEAR.contains(operation))?;
    if r.has_samples_in_columns(id) {
        return None;
    }
    let [a] = r.is(id, operation)?;
    let a = negated(r, a)?;
    let positive = r.call(operation, [a]);
    Some(r.call(NEG, [positive]))
}
