//! Operations as the compiler knows them: the questions of all stages, and the three kinds of rows that answer them.
//! The rows themselves are in [`operations`](crate::operations).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::{Graph, NodeId};
use crate::base::{Dim, Shape, Symbol};
use crate::dual::{Dense, Dual};

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

/// Makes the tangent of a call whose operands move.
pub(crate) type Tangent = fn(&mut Graph, NodeId, &[Option<NodeId>]) -> NodeId;

/// One operation: everything that the stages ask about it.
pub(crate) trait Operation: Sync {
    /// The name, also of the function in the language if there is one.
    fn name(&self) -> &'static str;

    /// The name that messages show.
    fn shown(&self) -> &'static str {
        self.name()
    }

    /// The signature that messages show, such as `trace(a: Matrix<N, N>) -> Scalar`.
    fn signature(&self) -> &'static str;

    /// The number of its operands.
    fn arity(&self) -> usize;

    /// Makers of the last operands, which no call states: [`Graph::call`] adds them.
    fn helpers(&self) -> &'static [Helper] {
        &[]
    }

    /// The number of operands that a call states, and a formula shows.
    fn stated(&self) -> usize {
        self.arity().saturating_sub(self.helpers().len())
    }

    /// True if its operands may change places.
    fn commutes(&self) -> bool {
        false
    }

    /// True if its result is a product or a quotient of its operands alone.
    fn is_of_factors(&self) -> bool {
        false
    }

    /// True if users may call it by its name. The other operations come from operators and derivatives.
    fn is_function(&self) -> bool;

    /// True if operand `k` is labels, which are class indices. All other operands are numbers.
    fn takes_labels(&self, _k: usize) -> bool {
        false
    }

    /// The shape of the result. Dimensions that are not known fit everything.
    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted>;

    /// The cotangent of operand `k` of the call `node`, whose own cotangent is `g`; `None` if it is zero everywhere.
    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId>;

    /// The tangent of the call `node`, whose operands move along `moves`, where that is one value for all of them; `None` if it is
    /// made of the adjoints, as most are.
    fn tangent(&self, _graph: &mut Graph, _node: NodeId, _moves: &[Option<NodeId>]) -> Option<NodeId> {
        None
    }

    /// The rule by which the cotangent of operand `k` comes, as a derivation shows it, if it is to be shown.
    fn rule(&self, k: usize) -> Option<&'static str>;

    /// True if the result moves along a line when the operands of these numbers do, and the others stay where they are.
    fn is_affine(&self, moving: &[usize]) -> bool;

    /// Which family it belongs to: what the schedule and the notation go by.
    fn kind(&'static self) -> Kind;
}

/// The families of operations.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Pointwise(&'static Pointwise),
    Multilinear(&'static Multilinear),
    Routine(&'static Routine),
}

/// An operation is its row: two are equal if they are one row in memory.
impl PartialEq for dyn Operation {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::addr_eq(self, other)
    }
}

impl Eq for dyn Operation {}

impl Hash for dyn Operation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(core::ptr::from_ref(self).addr());
    }
}

impl fmt::Debug for dyn Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A function of each element of its operands, which have one shape.
pub(crate) struct Pointwise {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    /// Names of the operands in formulas.
    pub(crate) operands: &'static [&'static str],
    /// The values of the last operands, where a call leaves them out.
    pub(crate) defaults: &'static [f64],
    pub(crate) is_function: bool,
    pub(crate) commutes: bool,
    /// Effect of the first operand's sign on the result.
    pub(crate) parity: Parity,
    /// The derivative in each operand. Of a function that is a formula the compiler uses the formula's; these are
    /// for readers, and a test compares the two.
    pub(crate) derivatives: &'static [&'static str],
    /// The definition, for the interpreter; written independently of the derivative.
    pub(crate) evaluate: fn(&[Dual]) -> Dual,
    /// Notation in formulas, with the operands in place of `{0}`, `{1}`, …, if it is no call.
    pub(crate) notation: Option<&'static str>,
    /// How tightly the notation binds.
    pub(crate) binds: Binds,
    /// Code in the expansion.
    pub(crate) code: Code,
    /// Floating-point operations of one element, for the schedule and [`cost`]. A function that costs more than
    /// a few is computed once and stored where several loops need it.
    pub(crate) flops: u32,
    /// True if formulas give its values a name where they use them more than once, and its derivative that name with a prime.
    pub(crate) is_named_in_formulas: bool,
    /// The definition, where the row has no formula.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by people, and by the page of functions"))]
    pub(crate) definition: Option<&'static str>,
    /// Domain on which the result is a real number.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by people, and by the page of functions"))]
    pub(crate) domain: &'static str,
    /// Documented behaviour: the value at a kink, at the edge of the domain.
    pub(crate) note: Option<&'static str>,
}

/// How tightly the notation of a formula binds, from loose to tight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Binds {
    /// A sum or a difference.
    Sum,
    /// A product or a quotient.
    Product,
    /// A product with a sign, or a root.
    Sign,
    /// A name, a number, a call, or what stands in brackets.
    Atom,
}

/// Effect of an operand's sign on the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Parity {
    Neither,
    /// f(−a) = f(a)
    Even,
    /// f(−a) = −f(a)
    Odd,
}

/// Code of a pointwise operation in the expansion, on vectors and on scalars alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    /// `a + b`
    Infix(&'static str),
    /// `-a`
    Prefix(&'static str),
    /// `a.tanh()`
    Method(&'static str),
    /// A formula of other functions, which takes the place of the call before anything else is done with it.
    Formula(&'static str),
}

/// The letters of rows and columns.
pub(crate) type Letters = [u8; 2];

/// An operation that is linear in each operand.
pub(crate) struct Multilinear {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) is_function: bool,
    pub(crate) operands: &'static [&'static [u8; 2]],
    pub(crate) result: &'static [u8; 2],
    /// The requirement that messages state when the operands don't fit.
    pub(crate) wanted: Wanted,
    /// How it is written, and how tightly it binds; as for pointwise operations.
    pub(crate) notation: &'static str,
    pub(crate) binds: Binds,
    /// The exchange rule for each operand, as a derivation shows it.
    pub(crate) rules: &'static [&'static str],
    /// Which primitive of the runtime computes it.
    pub(crate) primitive: Primitive,
}

/// A primitive that computes a multilinear operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Primitive {
    Product,
    Transpose,
    Broadcast,
    /// Σ of the elements of the products of the operands.
    Sum,
    ColumnSums,
    RowSums,
    Trace,
    Identity,
    /// None: a rule writes it as the elementwise product of repeated operands, before it is scheduled.
    Entries,
}

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
/// The routine is called as `routine(isa, operands…, out)`, with matrices as views (a vector, column or row, is one
/// row), scalars as `f64`, labels as label views. With `offset`, the number of the first row follows `isa`. A routine
/// whose result is a scalar returns it; if it [sums](Reach::Sums), it is called as `routine(isa, operands…, before)`.
pub(crate) struct Routine {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) is_function: bool,
    /// The letters of the operands' rows and columns, and of the result's. A letter is one size; `1` is one element.
    pub(crate) operands: &'static [&'static [u8; 2]],
    pub(crate) result: &'static [u8; 2],
    /// Makers of the last operands: users, rules and adjoints state only those before.
    pub(crate) helpers: &'static [Helper],
    /// The shape, where letters can't say it.
    pub(crate) shape: Option<ShapeRule>,
    /// The requirement that messages state when the operands don't fit.
    pub(crate) wanted: Wanted,
    pub(crate) reach: Reach,
    /// Value of a sum before any row was added.
    pub(crate) start: f64,
    /// The function of the runtime that adds the sum of later rows to that of earlier ones, if it is not addition. It is called as
    /// `merge(isa, later, out)`, or as `merge(earlier, later)` if the result is a scalar.
    pub(crate) merge: Option<&'static str>,
    /// The cotangent of operand k of the call, of the call's own cotangent.
    pub(crate) adjoint: fn(&mut Graph, NodeId, usize, NodeId) -> Option<NodeId>,
    /// The tangent as one value, if it is not made of the adjoints.
    pub(crate) tangent: Option<Tangent>,
    /// The definition, for the interpreter: written independently of the adjoint. The result comes filled with
    /// zeros, in its shape.
    pub(crate) evaluate: fn(&[&Dense], &mut Dense),
    /// How it is written, and how tightly it binds; as for pointwise operations.
    pub(crate) notation: Option<&'static str>,
    pub(crate) binds: Binds,
    /// The name in the runtime.
    pub(crate) runs: &'static str,
    /// A routine that computes the result of another operation as well.
    pub(crate) joint: Option<Joint>,
    /// True if the routine is told which row is its first.
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
    pub(crate) custom: Option<Custom>,
    /// The loop over steps that the routine runs, element by element.
    pub(crate) recurrence: Option<&'static Recurrence>,
    /// The loop over steps that the routine runs, each as a whole.
    pub(crate) step_program: Option<&'static StepProgram>,
    /// Floating-point operations for each element of the first operand.
    pub(crate) flops: u32,
    /// Documented behaviour: values at kinks, domains.
    pub(crate) note: Option<&'static str>,
}

/// A loop whose steps make states from the states before, element by element.
///
/// Its first operands are the states before the first step; the others are read by each step: a scalar (letters `11`) and a row
/// (`1j`) in all steps, entry t of a vector (`t1`) and row t of a matrix (`tj`) in step t. The result has a row more than
/// there are steps. A loop forwards writes the states before step t to row t, those after the last step to the last row; a loop
/// backwards begins at the last row, and writes what step t makes to row t. Several states stand side by side.
pub(crate) struct Recurrence {
    /// The number of its operands.
    pub(crate) operands: usize,
    pub(crate) constants: Vec<f64>,
    /// The elementwise operations of a step, each with the numbers of the scalars that it reads. Operands are numbered first, then
    /// constants, then the results of these operations.
    pub(crate) calls: Vec<(&'static dyn Operation, Vec<usize>)>,
    /// The numbers of the states that a step makes.
    pub(crate) next: Vec<usize>,
    /// The names of the states in formulas.
    pub(crate) names: Vec<Symbol>,
    pub(crate) direction: Direction,
    /// The number of steps, and of elements that a state has.
    pub(crate) steps: Dim,
    pub(crate) lanes: Dim,
    /// The step with its cotangents, once an adjoint has asked for it: there is an adjoint for each operand.
    pub(crate) pulled_back: OnceLock<PulledBack>,
}

/// A loop whose steps make states from the states before by any operations, and so are programs of their own.
///
/// Its first operands are the states before the first step, in their shapes; the others are read by each step: as a whole, or, of
/// those that are read `by_step`, row t in step t, which has the elements of the step's argument. Rows of the result are those of a
/// [`Recurrence`]: of each state the elements, row by row, and of values that are kept besides, of which a step writes those
/// of its own to the row that it writes.
pub(crate) struct StepProgram {
    /// The step: its arguments are the states before it, then what it reads.
    pub(crate) step: Graph,
    /// The states after it.
    pub(crate) next: Vec<NodeId>,
    /// Other values of the step.
    pub(crate) kept: Vec<NodeId>,
    /// True for each operand behind the states of which a step reads a row of its own.
    pub(crate) by_step: Vec<bool>,
    /// The names of the states, and of the other values, in formulas.
    pub(crate) names: Vec<Symbol>,
    pub(crate) direction: Direction,
    pub(crate) steps: Dim,
}

impl StepProgram {
    /// The shapes of what a row of the result has: the states, then the other values.
    pub(crate) fn shapes(&self) -> Vec<Shape> {
        self.next.iter().chain(&self.kept).map(|&node| self.step.shape(node)).collect()
    }
}

/// The step of a [`Recurrence`] as a graph of scalars, and the cotangent of each operand of it.
pub(crate) struct PulledBack {
    /// Its arguments are the operands, then the cotangents of the states that the step makes.
    pub(crate) step: Graph,
    /// `None` for an operand that the step does not depend on.
    pub(crate) cotangents: Vec<Option<NodeId>>,
}

/// The order in which a loop takes its steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Direction {
    Forwards,
    Backwards,
}

impl Direction {
    /// The order of the adjoint.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Forwards => Self::Backwards,
            Self::Backwards => Self::Forwards,
        }
    }
}

/// A routine that computes two operations of the same operands for less than both take: it is called with the results of
/// both, that of the row first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joint {
    /// The other one. It may be a row of the same table, which is not there yet where a row is written.
    pub(crate) with: fn() -> &'static dyn Operation,
    /// The name in the runtime.
    pub(crate) runs: &'static str,
}

/// Domain of a custom operator: the rows of a matrix, or the matrix.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Domain {
    Rows,
    Matrix,
}

/// Method of a custom operator that a node calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum CustomMethod {
    Apply,
    /// D h(Z)[V]
    Jvp,
    /// D h(Z)*\[G\]
    Vjp,
}

/// A custom operator: a type of the user's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Custom {
    /// The type that has the trait.
    pub(crate) name: Symbol,
    pub(crate) domain: Domain,
    pub(crate) method: CustomMethod,
}
