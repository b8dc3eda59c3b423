//! Rules of numbers, and of what is repeated.

use crate::base::Shape;
use crate::dual::Dual;
use crate::graph::NodeId;
use crate::operations::{ADD, DIV, HADAMARD, Kind, NEG, SUB};
use crate::rewrite::Rewriter;

pub(super) fn of_numbers(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Pointwise(row) = r.graph.operation(id)?.kind() else { return None };
    let values: Option<Vec<_>> =
        r.graph.operands(id).iter().map(|&operand| r.graph.constant_value(operand).map(Dual::from)).collect();
    let value = (row.evaluate)(&values?).value;
    Some(r.constant(value))
}

pub(super) fn repeated_twice(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let inner = r.repeated(r.repeated(id)?)?;
    // A column made of a scalar, then a matrix made of the column, is the scalar repeated.
    let shape = r.graph.shape(id);
    r.graph.shape(inner).is_scalar().then(|| r.broadcast(inner, shape))
}

pub(super) fn of_repeated(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
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

pub(super) fn plus_zero(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, ADD)?;
    if r.uniform(a) == Some(0.0) { Some(b) } else { (r.uniform(b) == Some(0.0)).then_some(a) }
}

pub(super) fn minus_zero(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, SUB)?;
    (r.uniform(b) == Some(0.0)).then_some(a)
}

pub(super) fn zero_minus(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, SUB)?;
    (r.uniform(a) == Some(0.0)).then(|| r.call(NEG, [b]))
}

/// The other factor of a product with `number`.
fn factor_beside(r: &Rewriter, id: NodeId, number: f64) -> Option<NodeId> {
    let [a, b] = r.is(id, HADAMARD)?;
    if r.uniform(a) == Some(number) { Some(b) } else { (r.uniform(b) == Some(number)).then_some(a) }
}

pub(super) fn times_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    factor_beside(r, id, 1.0)
}

pub(super) fn times_minus_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    factor_beside(r, id, -1.0).map(|other| r.call(NEG, [other]))
}

pub(super) fn over_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DIV)?;
    (r.uniform(b) == Some(1.0)).then_some(a)
}

pub(super) fn negative_of_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, NEG)?;
    r.is(a, NEG).map(|[inner]| inner)
}
