//! Values that vanish flatly: nowhere below 0, and with a gradient of 0 wherever they are 0. The root of one is a norm, whose
//! subgradient there is 0, where the chain rule says ∞ · 0.

use rustc_hash::FxHashMap as HashMap;

use crate::base::Role;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{
    ABS, ADD, BROADCAST, COLUMN_MAX, DIV, DOT, EXP, GATHER, HADAMARD, HYPOT, Kind, LOG_COSH, MATMUL, MAX, MIN,
    NORM_OF_SQUARE, Operation, PICK, PSEUDO_HUBER, RECIP, RELU, ROW_MAX, SELECT, SIGMOID, SLICE_COLUMNS, SLICE_ROWS,
    SOFTPLUS, SQ, SQUARED_DISTANCES,
};

/// Flat whatever the operands are; those that are never 0 are flat as well.
const ALWAYS: [&dyn Operation; 11] =
    [SQ, ABS, HYPOT, RELU, PSEUDO_HUBER, LOG_COSH, NORM_OF_SQUARE, EXP, SIGMOID, SOFTPLUS, SQUARED_DISTANCES];
/// Flat where all operands are: their results are 0 only where each operand that counts is.
const OF_FLAT: [&dyn Operation; 4] = [ADD, MAX, MIN, RECIP];
/// Flat where the first operand is: parts of it, and its maxima.
const PARTS: [&dyn Operation; 6] = [SLICE_ROWS, SLICE_COLUMNS, ROW_MAX, COLUMN_MAX, GATHER, PICK];
/// Nowhere 0.
const POSITIVE: [&dyn Operation; 3] = [EXP, SIGMOID, SOFTPLUS];

/// True if the root of `id` is a norm: it is flat, and may be 0. Weights that are data are taken to be ≥ 0, and so are forms xᵀ A x whose A is: of others,
/// the root is not defined nearby.
pub(super) fn is_flat(graph: &Graph, id: NodeId) -> bool {
    Flatness { graph, flat: HashMap::default(), given: HashMap::default() }.is_flat(id) && !is_positive(graph, id)
}

/// True if the value of `id` is seen to be positive, by itself or as a sum with something positive.
fn is_positive(graph: &Graph, id: NodeId) -> bool {
    match graph.node(id).op {
        Op::Constant(value) => value > 0.0,
        Op::Size(_) => true,
        Op::Argument(_) => false,
        Op::Call(operation) => {
            let mut operands = graph.operands(id).iter();
            POSITIVE.contains(&operation)
                || operation == ADD && operands.any(|&operand| is_positive(graph, operand))
                || operation == BROADCAST && operands.all(|&operand| is_positive(graph, operand))
        }
    }
}

struct Flatness<'g> {
    graph: &'g Graph,
    /// Answers so far: values are shared, so that each is looked at once.
    flat: HashMap<NodeId, bool>,
    given: HashMap<NodeId, bool>,
}

impl Flatness<'_> {
    fn is_flat(&mut self, id: NodeId) -> bool {
        if let Some(&known) = self.flat.get(&id) {
            return known;
        }
        let is_flat = self.look(id);
        self.flat.insert(id, is_flat);
        is_flat
    }

    fn look(&mut self, id: NodeId) -> bool {
        let graph = self.graph;
        let operation = match graph.node(id).op {
            Op::Constant(value) => return value >= 0.0,
            Op::Size(_) => return true,
            Op::Argument(_) => return false,
            Op::Call(operation) => operation,
        };
        let is = |of: &[&'static dyn Operation]| of.contains(&operation);
        let operands = graph.operands(id);
        if is(&ALWAYS) {
            return true;
        }
        if is(&OF_FLAT) {
            return operands.iter().all(|&operand| self.is_flat(operand));
        }
        match *operands {
            [first, ..] if is(&PARTS) => self.is_flat(first),
            [_, a, b] if is(&[SELECT]) => self.is_flat(a) && self.is_flat(b),
            [a, b] if is(&[DOT]) && (a == b || self.is_form(a, b) || self.is_form(b, a)) => true,
            [a, b] if is(&[HADAMARD]) && a == b => true,
            [a, b] if is(&[HADAMARD, DOT, MATMUL, DIV]) => {
                let (of_a, of_b) = (self.is_flat(a), self.is_flat(b));
                of_a && (of_b || self.is_given(b)) || of_b && !is(&[DIV]) && self.is_given(a)
            }
            // Sums, transposes and repetitions.
            [a] if matches!(operation.kind(), Kind::Multilinear(_)) => self.is_flat(a),
            _ => false,
        }
    }

    /// True if `ax` is A x for a matrix of data.
    fn is_form(&mut self, x: NodeId, ax: NodeId) -> bool {
        let Some(&[a, of]) = self.graph.is(ax, MATMUL) else { return false };
        of == x && self.is_given(a)
    }

    /// True if no parameter has an influence, and it may be ≥ 0.
    fn is_given(&mut self, id: NodeId) -> bool {
        if let Some(&known) = self.given.get(&id) {
            return known;
        }
        let graph = self.graph;
        let is_given = match graph.node(id).op {
            Op::Argument(i) => graph.inputs.get(i).is_some_and(|input| input.role == Role::Data),
            Op::Constant(value) => value >= 0.0,
            Op::Size(_) => true,
            Op::Call(_) => graph.operands(id).iter().all(|&operand| self.is_given(operand)),
        };
        self.given.insert(id, is_given);
        is_given
    }
}
