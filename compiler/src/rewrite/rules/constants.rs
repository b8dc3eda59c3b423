//! Rules of numbers, and of what is repeated.

use crate::base::Shape;
use crate::dual::Dual;
use crate::graph::NodeId;
use crate::operations::{ADD, DIV, HADAMARD, Kind, NEG, SUB};
use crate::rewrite::Rewriter;

pub(super) fn constants(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Pointwise(row) = r.graph.operation(id)?.kind() else { return None };
    let values: Option<Vec<_>> =
        r.graph.operands(id).iter().map(|&operand| r.graph.constant_value(operand).map(Dual::from)).collect();
    let value = (row.evaluate)(&values?).value;
    Some(r.constant(value))
}

pub(super) fn repeat_once(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let inner = r.repeated(r.repeated(id)?)?;
    // A column made of a scalar, then a matrix made of the column, is the scalar repeated.
    let shape = r.graph.shape(id);
    r.graph.shape(inner).is_scalar().then(|| r.broadcast(inner, shape))
}

pub(super) fn uniform(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id)?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let repeated: Option<Vec<_>> = r.graph.operands(id).to_vec().iter().map(|&operand| r.repeated(operand)).collect();
    let repeated = repeated?;
    let mut shape = Shape::SCALAR;
    for &operand in &repeated {
        let own = r.graph.shape(operand);
        if shape.is_scalar() {
            shape = own;
        } else if !own.is_scalar() && own != shape {
            return None;
        }
    }
    let operands: Vec<_> = repeated.into_iter().map(|operand| r.broadcast(operand, shape)).collect();
    let once = r.call_slice(operation, &operands);
    Some(r.broadcast(once, r.graph.shape(id)))
}

pub(super) fn neutral(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, ADD) {
        return if r.uniform(a) == Some(0.0) { Some(b) } else { (r.uniform(b) == Some(0.0)).then_some(a) };
    }
    if let Some([a, b]) = r.is(id, SUB) {
        return if r.uniform(b) == Some(0.0) { Some(a) } else { (r.uniform(a) == Some(0.0)).then(|| r.call(NEG, [b])) };
    }
    if let Some([a, b]) = r.is(id, HADAMARD) {
        let (factor, other) = if r.uniform(a).is_some() { (r.uniform(a)?, b) } else { (r.uniform(b)?, a) };
        return match factor {
            1.0 => Some(other),
            -1.0 => Some(r.call(NEG, [other])),
            _ => None,
        };
    }
    if let Some([a, b]) = r.is(id, DIV) {
        return (r.uniform(b) == Some(1.0)).then_some(a);
    }
    let [a] = r.is(id, NEG)?;
    r.is(a, NEG).map(|[inner]| inner)
}
