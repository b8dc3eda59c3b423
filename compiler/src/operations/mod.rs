//! The operations of the language. All that the compiler knows of one stands in its file, or its row.

use std::fmt;

use crate::graph::{Graph, NodeId, Shape};

mod multilinear;
#[cfg(test)]
mod page;
mod pointwise;
mod row;
mod scalar;
#[cfg(test)]
mod tests;

pub(crate) use multilinear::*;
pub(crate) use pointwise::*;
pub(crate) use row::{Code, Pointwise};

/// Why operands don't fit an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// The columns of the first operand are to be the rows of the second.
    Inner,
    /// All operands are to have the same shape.
    Same,
    /// The operand of this number is to be square.
    Square(usize),
}

/// One operation: everything that the stages ask about it.
pub(crate) trait Operation: Sync {
    /// The name, also of the function in the language if there is one.
    fn name(&self) -> &'static str;

    /// The signature that messages show, such as `trace(a: Matrix<N, N>) -> Scalar`.
    fn signature(&self) -> &'static str;

    /// How many operands it has.
    fn arity(&self) -> usize;

    /// Whether its operands may change places.
    fn commutes(&self) -> bool {
        false
    }

    /// Whether users may call it by its name; others come from operators and derivatives.
    fn is_function(&self) -> bool;

    /// The shape of the result. Dimensions that are not known fit everything.
    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted>;

    /// The cotangent of operand `k` of the call `node`, whose own cotangent is `g`; `None` if it is zero everywhere.
    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId>;

    /// Which family it belongs to: what the schedule and the notation go by.
    fn kind(&'static self) -> Kind;
}

/// The families of operations.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Pointwise(&'static Pointwise),
    Multilinear(&'static Multilinear),
}

impl fmt::Debug for dyn Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every operation, by row.
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Operation> {
    let pointwise = POINTWISE.iter().map(|&row| row as &dyn Operation);
    let multilinear = MULTILINEAR.iter().map(|&row| row as &dyn Operation);
    pointwise.chain(multilinear)
}

/// The function that users call by `name`.
pub(crate) fn function(name: &str) -> Option<&'static dyn Operation> {
    all().find(|operation| operation.is_function() && operation.name() == name)
}
