//! Rules of signs.

use super::LINEAR;
use crate::graph::NodeId;
use crate::operations::{ADD, DIV, DOT, HADAMARD, MATMUL, NEG, SUB};
use crate::rewrite::Rewriter;

pub(super) fn signs(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let negated = |r: &Rewriter, a| r.is(a, NEG).map(|[inner]: [NodeId; 1]| inner);
    if let Some([a, b]) = r.is(id, ADD) {
        if let Some(b) = negated(r, b) {
            return Some(r.call(SUB, [a, b]));
        }
        let a = negated(r, a)?;
        return Some(r.call(SUB, [b, a]));
    }
    if let Some([a, b]) = r.is(id, SUB) {
        if let Some(b) = negated(r, b) {
            return Some(r.call(ADD, [a, b]));
        }
        let a = negated(r, a)?;
        let sum = r.call(ADD, [a, b]);
        return Some(r.call(NEG, [sum]));
    }
    if let Some([a]) = r.is(id, NEG) {
        if let Some([a, b]) = r.is(a, SUB) {
            return Some(r.call(SUB, [b, a]));
        }
        let (s, a) = r.scaled(a)?;
        let s = r.graph.constant_value(s)?;
        let s = r.constant(-s);
        return Some(r.scale(s, a));
    }
    for operation in [HADAMARD, DIV, MATMUL, DOT] {
        let Some([a, b]) = r.is(id, operation) else { continue };
        let (left, right) = (negated(r, a), negated(r, b));
        if left.is_none() && right.is_none() {
            return None;
        }
        let positive = r.call(operation, [left.unwrap_or(a), right.unwrap_or(b)]);
        return Some(if left.is_some() && right.is_some() { positive } else { r.call(NEG, [positive]) });
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let a = negated(r, a)?;
        let positive = r.call(operation, [a]);
        return Some(r.call(NEG, [positive]));
    }
    None
}
