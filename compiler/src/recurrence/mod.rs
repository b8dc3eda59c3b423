//! Recurrences: loops over a size known at run time, whose steps make states from the states before.
//!
//! A recurrence is one node: all states of all steps, as [`Recurrence`] says. Only what depends on the states before is a part of its
//! step. [`unroll_time`] moves everything else out of the loop, where it is computed for all steps at once, in vectors and
//! in the passes over rows that any other loss has: logarithms of a whole series, and never one by one.
//!
//! Its adjoint is a recurrence that runs the other way. With the states sₜ₊₁ = f(sₜ, uₜ, θ), which are known, and the cotangents
//! Gₜ that the states get from outside, λₜ = Gₜ + (∂f/∂s)ᵀ λₜ₊₁ has derivatives in its step that depend on no λ, and so are
//! computed for all steps at once as well. The cotangents of u and θ are sums of (∂f/∂u)ᵀ λ, elementwise. Tangents come from
//! adjoints, as everywhere.

mod lift;
mod program;
#[cfg(test)]
mod tests;
mod trajectory;

use std::cell::RefCell;
use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

pub(crate) use lift::{Carried, Loop, unroll_time};
use trajectory::Layout;
pub(crate) use trajectory::Rows;

use crate::base::{Dim, Shape, Symbol, subscript};
use crate::differentiate::{forward, reverse, stand_in};
use crate::graph::{Graph, Kind, NodeId, Op};
use crate::operations::{
    ADD, COLUMN_SUMS, Direction, HADAMARD, Operation, PulledBack, ROUTINE, ROW_SUMS, Recurrence, Routine, SUM,
};
use crate::rewrite;

/// A step in scalars, in normal form.
struct Step {
    graph: Graph,
    /// The arguments that are the states before the step, by number; the others are what it reads.
    states: Vec<usize>,
    /// The states after it.
    next: Vec<NodeId>,
    /// The names of the states in formulas.
    names: Vec<Symbol>,
}

/// The size of a recurrence, and the order of its steps.
#[derive(Clone, Copy)]
struct Extent {
    steps: Dim,
    lanes: Dim,
    direction: Direction,
}

impl Extent {
    fn of(recurrence: &Recurrence) -> Self {
        let Recurrence { steps, lanes, direction, .. } = *recurrence;
        Self { steps, lanes, direction }
    }

    /// The extent of the adjoint.
    fn reversed(self) -> Self {
        Self { direction: self.direction.reversed(), ..self }
    }

    /// Where a trajectory has its states, which are `count`.
    fn layout(self, count: usize) -> Layout {
        Layout { steps: self.steps, direction: self.direction, widths: vec![self.lanes; count] }
    }

    /// The shape of a value that each step and each lane has one of.
    fn each(self) -> Shape {
        Shape::new(self.steps, self.lanes)
    }
}

/// A graph whose arguments are `count` scalars.
fn scalars(count: usize) -> Graph {
    let mut graph = Graph::default();
    for _ in 0..count {
        stand_in(&mut graph, Shape::SCALAR);
    }
    graph
}

/// The part of a step that depends on the states before it, and what it reads.
struct Core {
    /// Its arguments are the states, then the operands.
    graph: Graph,
    operands: Vec<NodeId>,
    /// Where nodes of the whole step are in `graph`.
    moved: HashMap<NodeId, NodeId>,
}

impl Core {
    fn new(states: usize) -> Self {
        Self { graph: scalars(states), operands: Vec::new(), moved: HashMap::default() }
    }

    /// Reads node `id` of the whole step, which is `value` in the graph `outer`: as a constant, or as an operand.
    fn read(&mut self, id: NodeId, outer: &Graph, value: NodeId) -> NodeId {
        let new = if let Some(constant) = outer.constant_value(value) {
            self.graph.constant(constant)
        } else {
            self.operands.push(value);
            stand_in(&mut self.graph, Shape::SCALAR)
        };
        self.moved.insert(id, new);
        new
    }
}

/// The recurrence of a step. `outside` has a value for each of its arguments: of a state the one that the loop begins with, of
/// anything else that of all steps. Parts of the step that depend on no state are computed for all steps at once.
fn recur(graph: &mut Graph, step: &Step, extent: Extent, outside: &[NodeId]) -> NodeId {
    let whole = &step.graph;
    let (moves, needed) = (whole.depending_on(&step.states), whole.needed(&step.next));
    let mut core = Core::new(step.states.len());
    let mut place = |core: &mut Core, id: NodeId| {
        if let Some(&known) = core.moved.get(&id) {
            return known;
        }
        let value = everywhere(graph, whole, id, outside);
        core.read(id, graph, value)
    };
    for id in whole.ids().filter(|id| needed[id.index()] && moves[id.index()]) {
        let new = match whole.node(id).op {
            Op::Argument(i) => step.states.iter().position(|state| *state == i).map(|k| core.graph.argument(k)),
            Op::Call(operation) => {
                let operands: Vec<_> = whole.operands(id).iter().map(|&operand| place(&mut core, operand)).collect();
                Some(core.graph.call_as(operation, &operands, Shape::SCALAR))
            }
            Op::Constant(_) | Op::Size(_) => None,
        };
        core.moved.extend(new.map(|new| (id, new)));
    }
    let ends: Vec<_> = step.next.iter().map(|&id| place(&mut core, id)).collect();
    let initial = step.states.iter().map(|&state| outside[state]);
    let operands: Vec<_> = initial.chain(core.operands.iter().copied()).collect();
    let shapes: Vec<_> = operands.iter().map(|&operand| graph.shape(operand)).collect();
    let shape = extent.layout(step.states.len()).shape();
    let operation = operation(written(&core.graph, &ends, &step.names, extent), &shapes, shape);
    graph.call_as(operation, &operands, shape)
}

/// The recurrence whose step is a graph of scalars, of which `ends` are the states that it makes.
fn written(step: &Graph, ends: &[NodeId], names: &[Symbol], extent: Extent) -> Recurrence {
    let needed = step.needed(ends);
    let (operands, mut constants, mut calls) = (step.inputs.len(), Vec::new(), Vec::new());
    let mut numbers: HashMap<NodeId, usize> = HashMap::default();
    let nodes: Vec<NodeId> = step.ids().filter(|id| needed[id.index()]).collect();
    for &id in &nodes {
        if let Some(value) = step.constant_value(id) {
            numbers.insert(id, operands + constants.len());
            constants.push(value);
        }
    }
    for id in nodes {
        match step.node(id).op {
            Op::Argument(i) => {
                numbers.insert(id, i);
            }
            Op::Call(operation) => {
                numbers.insert(id, operands + constants.len() + calls.len());
                calls.push((operation, step.operands(id).iter().map(|operand| numbers[operand]).collect()));
            }
            Op::Constant(_) | Op::Size(_) => {}
        }
    }
    let next = ends.iter().map(|end| numbers[end]).collect();
    let Extent { steps, lanes, direction } = extent;
    let (names, pulled_back) = (names.to_vec(), OnceLock::new());
    Recurrence { operands, constants, calls, next, names, direction, steps, lanes, pulled_back }
}

/// The name of the value of a recurrence that `part` has some rows of, its direction, and these rows.
pub(crate) fn part_of(graph: &Graph, part: NodeId) -> Option<(Symbol, Direction, Rows)> {
    let node = trajectory::whole(graph, part)?;
    if let Some(recurrence) = graph.recurrence(node) {
        let (k, rows) = Extent::of(recurrence).layout(recurrence.next.len()).found(graph, part)?;
        return Some((*recurrence.names.get(k)?, recurrence.direction, rows));
    }
    let recurrence = graph.step_program(node)?;
    let (k, rows) = program::layout(recurrence).found(graph, part)?;
    Some((*recurrence.names.get(k)?, recurrence.direction, rows))
}

/// The step of a recurrence as a graph, and the states that it makes.
pub(crate) fn step_of(recurrence: &Recurrence) -> (Graph, Vec<NodeId>) {
    let mut graph = scalars(recurrence.operands);
    let mut made: Vec<NodeId> = (0..recurrence.operands).map(|i| graph.argument(i)).collect();
    made.extend(recurrence.constants.iter().map(|&value| graph.constant(value)));
    for (operation, read) in &recurrence.calls {
        let operands: Vec<_> = read.iter().map(|&number| made[number]).collect();
        made.push(graph.call_as(*operation, &operands, Shape::SCALAR));
    }
    let next = recurrence.next.iter().map(|&state| made[state]).collect();
    (graph, next)
}

/// Node `id` of a step in scalars for all steps at once, where its arguments are `outside`. A value that is the same in
/// all steps, or in all lanes, is there once.
fn everywhere(graph: &mut Graph, step: &Graph, id: NodeId, outside: &[NodeId]) -> NodeId {
    let needed = step.needed(&[id]);
    let mut made: HashMap<NodeId, NodeId> = HashMap::default();
    for id in step.ids().filter(|id| needed[id.index()]) {
        let new = match step.node(id).op {
            Op::Argument(i) => outside[i],
            Op::Constant(value) => graph.constant(value),
            Op::Size(dim) => graph.size(dim),
            Op::Call(operation) => {
                let operands: Vec<_> = step.operands(id).iter().map(|operand| made[operand]).collect();
                let widest = |pick: fn(Shape) -> Dim| {
                    let mut dims = operands.iter().map(|&operand| pick(graph.shape(operand)));
                    dims.find(|dim| !dim.is_one()).unwrap_or(Dim::ONE)
                };
                let shape = Shape::new(widest(|shape| shape.rows), widest(|shape| shape.columns));
                let operands: Vec<_> = operands.iter().map(|&operand| graph.broadcast(operand, shape)).collect();
                graph.call_as(operation, &operands, shape)
            }
        };
        made.insert(id, new);
    }
    made[&id]
}

thread_local! {
    /// The operations of recurrences by what they do: equal ones are one.
    static KNOWN: RefCell<HashMap<String, &'static Routine>> = RefCell::default();
}

/// The operation that runs a recurrence on operands of these shapes.
fn operation(recurrence: Recurrence, operands: &[Shape], result: Shape) -> &'static dyn Operation {
    let letters: Vec<&'static [u8; 2]> = operands
        .iter()
        .map(|shape| match (shape.rows.is_one(), shape.columns.is_one()) {
            (true, true) => b"11",
            (true, false) => b"1j",
            (false, true) => b"t1",
            (false, false) => b"tj",
        })
        .collect();
    let Recurrence { constants, calls, next, names, direction, steps, lanes, .. } = &recurrence;
    let what = format!("{direction:?} {steps} {lanes} {letters:?} {constants:?} {calls:?} {next:?} {names:?}");
    let pointwise = calls.iter().filter_map(|(operation, _)| match operation.kind() {
        Kind::Pointwise(row) => Some(row.flops),
        _ => None,
    });
    let flops = pointwise.sum();
    KNOWN.with_borrow_mut(|known| {
        *known.entry(what).or_insert_with(|| {
            // There are as many as a loss has loops: nothing is ever given back.
            Box::leak(Box::new(Routine {
                name: "recurrence",
                is_function: false,
                operands: Box::leak(letters.into_boxed_slice()),
                result: if result.columns.is_one() { b"p1" } else { b"pq" },
                adjoint,
                tangent: Some(tangent),
                flops,
                runs: "recurrence",
                recurrence: Some(Box::leak(Box::new(recurrence))),
                ..ROUTINE
            }))
        })
    })
}

/// The cotangent of operand `k` of a recurrence.
fn adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let recurrence = graph.recurrence(node)?;
    let extent = Extent::of(recurrence);
    let operands = graph.operands(node).to_vec();
    let wanted = graph.shape(*operands.get(k)?);
    let count = recurrence.next.len();
    // The states before each step, and what the step reads besides.
    let layout = extent.layout(count);
    let mut read: Vec<_> = (0..count).map(|j| layout.part(graph, node, j, Rows::Before)).collect();
    read.extend(&operands[count..]);
    let adjoint = backwards(graph, recurrence, &read, g);
    let back = extent.reversed().layout(count);
    if k < count {
        let row = back.part(graph, adjoint, k, Rows::After);
        return Some(reduced(graph, row, Shape::new(Dim::ONE, extent.lanes), wanted));
    }
    // Σ over the states of λ ∂next/∂operand, by the step itself.
    let PulledBack { step, cotangents } = pulled_back(recurrence);
    let cotangent = cotangents[k]?;
    for j in 0..count {
        read.push(back.part(graph, adjoint, j, Rows::Before));
    }
    let value = everywhere(graph, step, cotangent, &read);
    Some(reduced(graph, value, extent.each(), wanted))
}

/// The tangent of a recurrence: the states move by what a step's tangent makes of how they moved before it.
fn tangent(graph: &mut Graph, node: NodeId, moves: &[Option<NodeId>]) -> NodeId {
    let Some(recurrence) = graph.recurrence(node) else { return node };
    let extent = Extent::of(recurrence);
    let layout = extent.layout(recurrence.next.len());
    let operands = graph.operands(node).to_vec();
    let states = recurrence.next.len();
    let (mut step, next) = step_of(recurrence);
    let mut outside: Vec<_> = (0..states).map(|j| layout.part(graph, node, j, Rows::Before)).collect();
    outside.extend(&operands[states..]);
    let mut seeds = Vec::new();
    for (k, &moves) in moves.iter().enumerate() {
        // A state moves, if it does not so at first.
        if moves.is_some() || k < states {
            outside.push(moves.unwrap_or_else(|| graph.constant(0.0)));
            seeds.push((step.argument(k), stand_in(&mut step, Shape::SCALAR)));
        }
    }
    let arguments = step.inputs.len();
    let tangents = forward(&mut step, &seeds, &next);
    let tangents: Vec<_> = tangents.into_iter().map(|tangent| tangent.unwrap_or_else(|| step.constant(0.0))).collect();
    let (mut step, next) = rewrite::simplify(&step, &tangents);
    // A value that stood in for a cotangent is no argument.
    step.inputs.truncate(arguments);
    let names = recurrence.names.iter().map(|name| Symbol::new(&format!("d{name}"))).collect();
    let states = (recurrence.operands..recurrence.operands + states).collect();
    recur(graph, &Step { graph: step, states, next, names }, extent, &outside)
}

/// The step of a recurrence with its cotangents, in normal form.
fn pulled_back(recurrence: &Recurrence) -> &PulledBack {
    recurrence.pulled_back.get_or_init(|| {
        let (mut step, next) = step_of(recurrence);
        let mut total = step.constant(0.0);
        for state in next {
            let cotangent = stand_in(&mut step, Shape::SCALAR);
            let term = step.call(HADAMARD, [cotangent, state]);
            total = step.call(ADD, [total, term]);
        }
        let found = reverse(&mut step, total, &(0..recurrence.operands).collect::<Vec<_>>());
        let roots: Vec<_> = found.iter().copied().flatten().collect();
        let (step, roots) = rewrite::simplify(&step, &roots);
        let mut roots = roots.into_iter();
        let cotangents = found.into_iter().map(|cotangent| cotangent.and_then(|_| roots.next())).collect();
        PulledBack { step, cotangents }
    })
}

/// The adjoint recurrence: cotangents of the states, where `g` is that of the trajectory, and steps have `read` the states before
/// and the other operands.
fn backwards(graph: &mut Graph, recurrence: &Recurrence, read: &[NodeId], g: NodeId) -> NodeId {
    let count = recurrence.next.len();
    let extent = Extent::of(recurrence);
    let layout = extent.layout(count);
    let PulledBack { step, cotangents } = pulled_back(recurrence);
    let mut step = step.clone();
    let states = (recurrence.operands..recurrence.operands + count).collect();
    let mut outside = read.to_vec();
    for j in 0..count {
        let after = layout.cotangent(graph, g, j, Rows::After);
        outside.push(after.unwrap_or_else(|| graph.constant(0.0)));
    }
    let mut next = Vec::new();
    for (j, &pulled) in cotangents[..count].iter().enumerate() {
        // From outside of the loop, a state may have no cotangent.
        let own = layout.cotangent(graph, g, j, Rows::Before).map(|own| {
            outside.push(own);
            stand_in(&mut step, Shape::SCALAR)
        });
        next.push(match (pulled, own) {
            (Some(pulled), Some(own)) => step.call(ADD, [pulled, own]),
            (one, other) => one.or(other).unwrap_or_else(|| step.constant(0.0)),
        });
    }
    let names = cotangent_names(&recurrence.names);
    recur(graph, &Step { graph: step, states, next, names }, extent.reversed(), &outside)
}

/// Names for the cotangents of states: λ, and μ for those of a λ.
fn cotangent_names(states: &[Symbol]) -> Vec<Symbol> {
    let letter = match states.first().and_then(|name| name.as_str().chars().next()) {
        Some('λ') => 'μ',
        Some('μ') => 'ν',
        _ => 'λ',
    };
    let number = |j: usize| if states.len() == 1 { String::new() } else { subscript(j + 1) };
    (0..states.len()).map(|j| Symbol::new(&format!("{letter}{}", number(j)))).collect()
}

/// The cotangent of a value of shape `wanted` that is repeated to `full`, where each of its elements has one in `value`.
fn reduced(graph: &mut Graph, value: NodeId, full: Shape, wanted: Shape) -> NodeId {
    let value = graph.broadcast(value, full);
    let sum = match (full.rows == wanted.rows, full.columns == wanted.columns) {
        (true, true) => return value,
        (false, true) => COLUMN_SUMS,
        (true, false) => ROW_SUMS,
        (false, false) => SUM,
    };
    graph.call(sum, [value])
}
