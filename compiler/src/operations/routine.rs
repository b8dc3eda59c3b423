//! Tier 3: operations that a routine of the runtime computes: row-wise operators, gathers, scans, linear algebra.
//!
//! A routine is a value of [`Routine`] in a table of its file; [`ROUTINES`] lists the tables.

use super::{Helper, Kind, Operation, Own, Wanted, shape_by_letters};
use crate::graph::interpret::Dense;
use crate::graph::{Graph, NodeId, Shape};

/// Every table of routines.
pub(crate) static ROUTINES: &[&[&Routine]] = &[
    super::rows::TABLE,
    super::maxima::TABLE,
    super::arrange::TABLE,
    super::labels::TABLE,
    super::pairwise::TABLE,
    super::scan::TABLE,
    super::linalg::TABLE,
    super::choice::TABLE,
];

/// Which rows of its operands a routine needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// Row i of the result needs row i of the operands that have the result's first letter first, and the others
    /// as a whole.
    Rows,
    /// The result is a sum, or another combination, over the rows of the operands whose first letter the result
    /// lacks: rows are added to it block by block. It needs the others as a whole.
    Sums,
    /// Everything at once.
    Whole,
}

/// The shape of a result, from those of the operands.
pub(crate) type ShapeRule = fn(&[Shape]) -> Result<Shape, Wanted>;

/// An operation that a routine of the runtime computes.
///
/// The routine is called as `routine(isa, operands…, out)`, with matrices as views (a vector, standing or lying, is one
/// row), scalars as `f64`, labels as label views. With `offset`, the number of the first row follows `isa`. A routine
/// whose result is a scalar returns it; if it [sums](Reach::Sums), it is called as `routine(isa, operands…, before)`.
pub(crate) struct Routine {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) is_function: bool,
    /// The letters of the operands' rows and columns, and of the result's. A letter is one size; `1` is one element.
    pub(crate) operands: &'static [&'static [u8; 2]],
    pub(crate) result: &'static [u8; 2],
    /// What makes the last of the operands: users, rules and adjoints state only those before.
    pub(crate) helpers: &'static [Helper],
    /// The shape, where letters can't say it.
    pub(crate) shape: Option<ShapeRule>,
    /// What to say when the operands don't fit.
    pub(crate) wanted: Wanted,
    pub(crate) reach: Reach,
    /// What a sum is before any row was added.
    pub(crate) start: f64,
    /// The function of the runtime that adds the sum of later rows to that of earlier ones; addition if it has no name. It is
    /// called as `merge(isa, later, out)`, or as `merge(earlier, later)` if the result is a scalar.
    pub(crate) merge: &'static str,
    /// The cotangent of operand k of the call, of the call's own cotangent.
    pub(crate) adjoint: fn(&mut Graph, NodeId, usize, NodeId) -> Option<NodeId>,
    /// The definition, for the interpreter: written independently of the adjoint. The result comes filled with
    /// zeros, in its shape.
    pub(crate) evaluate: fn(&[&Dense], &mut Dense),
    /// How it is written, and how tightly it binds; as for pointwise operations.
    pub(crate) notation: &'static str,
    pub(crate) binds: u8,
    /// The name in the runtime.
    pub(crate) runs: &'static str,
    /// What computes the result of another operation as well.
    pub(crate) together: Option<Together>,
    /// Whether the routine is told which row is its first.
    pub(crate) offset: bool,
    /// Operands in which it is linear: a scalar factor of one leaves the call.
    pub(crate) linear: &'static [usize],
    /// Operands that are class labels. For the letters they have a row for each label and a column for each class.
    pub(crate) labels: &'static [usize],
    /// The type of the runtime that holds memory for the routine: it is made once, by `new(rows, columns)` of the
    /// first operand, and lent to each call as the last argument.
    pub(crate) scratch: Option<&'static str>,
    /// The feature of the runtime that has it, if it is not always there.
    pub(crate) feature: Option<&'static str>,
    /// The operator of the user's own that the routine calls.
    pub(crate) own: Option<Own>,
    /// Floating-point operations for each element of the first operand.
    pub(crate) flops: u32,
    /// What is documented: values at kinks, domains.
    pub(crate) note: &'static str,
}

/// A routine that computes two operations of the same operands for less than both take: it is called with the results of
/// both, that of the row first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Together {
    /// The name of the other one.
    pub(crate) with: &'static str,
    /// The name in the runtime.
    pub(crate) runs: &'static str,
}

/// What rows of tables leave out.
pub(crate) const ROUTINE: Routine = Routine {
    name: "",
    signature: "",
    is_function: true,
    operands: &[],
    result: b"11",
    helpers: &[],
    shape: None,
    wanted: Wanted::Same,
    reach: Reach::Whole,
    start: 0.0,
    merge: "",
    adjoint: |_, _, _, _| None,
    evaluate: |_, _| {},
    notation: "",
    binds: 4,
    runs: "",
    together: None,
    offset: false,
    linear: &[],
    labels: &[],
    scratch: None,
    feature: None,
    own: None,
    flops: 1,
    note: "",
};

/// A table of routines: a constant for each, and all of them as `TABLE`.
macro_rules! routines {
    ($($constant:ident = $row:expr;)*) => {
        $(#[allow(dead_code, reason = "not every row is built by name")]
        pub(crate) const $constant: &'static dyn $crate::operations::Operation = {
            static ROW_OF: $crate::operations::Routine = $row;
            &ROW_OF
        };)*
        /// Every row.
        pub(crate) static TABLE: &[&$crate::operations::Routine] =
            &[$({ static ROW_OF: $crate::operations::Routine = $row; &ROW_OF }),*];
    };
}
pub(super) use routines;

impl Operation for Routine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &'static str {
        self.signature
    }

    fn arity(&self) -> usize {
        self.operands.len()
    }

    fn helpers(&self) -> &'static [Helper] {
        self.helpers
    }

    fn is_function(&self) -> bool {
        self.is_function
    }

    fn takes_labels(&self, k: usize) -> bool {
        self.labels.contains(&k)
    }

    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted> {
        match self.shape {
            Some(rule) => rule(operands),
            None => shape_by_letters(self.operands, *self.result, operands).ok_or(self.wanted),
        }
    }

    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
        (self.adjoint)(graph, node, k, g)
    }

    fn rule(&self, _: usize) -> &'static str {
        "G : D f(A)[dA] = D f(A)*[G] : dA"
    }

    fn is_affine(&self, moving: &[usize]) -> bool {
        moving.is_empty() || matches!(moving, [k] if self.linear.contains(k))
    }

    fn kind(&'static self) -> Kind {
        Kind::Routine(self)
    }
}
