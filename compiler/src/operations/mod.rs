//! The operations of the language. All that the compiler knows of one stands in its file, or its row.

use std::fmt;

use crate::graph::{Dim, Graph, NodeId, Shape};

mod arrange;
mod choice;
mod labels;
mod linalg;
mod maxima;
mod multilinear;
mod own;
#[cfg(test)]
mod page;
mod pairwise;
mod pointwise;
mod routine;
mod row;
mod rows;
mod scalar;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use arrange::*;
pub(crate) use choice::EITHER;
pub(crate) use labels::{GATHER, PICK, SCATTER};
pub(crate) use linalg::*;
pub(crate) use maxima::{COLUMN_MAX, LSE_COLUMNS, ROW_MAX};
pub(crate) use multilinear::*;
pub(crate) use own::{Domain, Own};
pub(crate) use pairwise::SQUARED_DISTANCES;
pub(crate) use pointwise::*;
pub(crate) use routine::*;
pub(crate) use row::{Code, Parity, Pointwise};
pub(crate) use rows::{LSE, LSE_ROWS, SOFTMAX_ROWS};
pub(crate) use scan::{CUMSUM, CUMSUM_REVERSE, CUMULATIVE_LSE_ADJOINT};

/// Why operands don't fit an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// The columns of the first operand are to be the rows of the second.
    Inner,
    /// All operands are to have the same shape.
    Same,
    /// The operand of this number is to be square.
    Square(usize),
    /// Each operand is to be what the signature says.
    Signature,
}

/// Makes an operand of those that a call states: a factorisation of one of them, say, which all calls share that
/// need it. No cotangent goes through it; the operation's adjoint accounts for it.
pub(crate) type Helper = fn(&mut Graph, &[NodeId]) -> NodeId;

/// One operation: everything that the stages ask about it.
pub(crate) trait Operation: Sync {
    /// The name, also of the function in the language if there is one.
    fn name(&self) -> &'static str;

    /// The signature that messages show, such as `trace(a: Matrix<N, N>) -> Scalar`.
    fn signature(&self) -> &'static str;

    /// How many operands it has.
    fn arity(&self) -> usize;

    /// What makes the last operands, which no call states: [`Graph::call`] adds them.
    fn helpers(&self) -> &'static [Helper] {
        &[]
    }

    /// How many operands a call states, and a formula shows.
    fn stated(&self) -> usize {
        self.arity().saturating_sub(self.helpers().len())
    }

    /// Whether its operands may change places.
    fn commutes(&self) -> bool {
        false
    }

    /// Whether users may call it by its name; others come from operators and derivatives.
    fn is_function(&self) -> bool;

    /// Whether operand `k` is labels, which are class indices; all others are numbers.
    fn takes_labels(&self, _k: usize) -> bool {
        false
    }

    /// The shape of the result. Dimensions that are not known fit everything.
    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted>;

    /// The cotangent of operand `k` of the call `node`, whose own cotangent is `g`; `None` if it is zero everywhere.
    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId>;

    /// The rule by which the cotangent of operand `k` comes, as a derivation shows it; empty where nothing is to be shown.
    fn rule(&self, k: usize) -> &'static str;

    /// Whether the result moves along a line when the operands of these numbers do, and the others stay where they are.
    fn is_affine(&self, moving: &[usize]) -> bool;

    /// Which family it belongs to: what the schedule and the notation go by.
    fn kind(&'static self) -> Kind;
}

/// The shape that letters give a result: each letter is one dimension. Dimensions of the result that no operand
/// tells are not known.
fn shape_by_letters(letters: &[&[u8; 2]], result: [u8; 2], operands: &[Shape]) -> Option<Shape> {
    let mut known: Vec<(u8, Dim)> = vec![(b'1', Dim::ONE)];
    for (own, shape) in letters.iter().zip(operands) {
        for (&letter, dim) in own.iter().zip([shape.rows, shape.columns]) {
            match known.iter_mut().find(|(other, _)| *other == letter) {
                Some((_, other)) if !other.fits(dim) => return None,
                Some((_, other)) if *other == Dim::Unknown => *other = dim,
                Some(_) => {}
                None => known.push((letter, dim)),
            }
        }
    }
    let dim = |letter| known.iter().find(|(other, _)| *other == letter).map_or(Dim::Unknown, |(_, dim)| *dim);
    Some(Shape::new(dim(result[0]), dim(result[1])))
}

/// The families of operations.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Pointwise(&'static Pointwise),
    Multilinear(&'static Multilinear),
    Routine(&'static Routine),
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
    pointwise.chain(multilinear).chain(ROUTINES.iter().flat_map(|table| table.iter()).map(|&row| row as &dyn Operation))
}

/// The function that users call by `name`.
pub(crate) fn function(name: &str) -> Option<&'static dyn Operation> {
    all().find(|operation| operation.is_function() && operation.name() == name)
}
