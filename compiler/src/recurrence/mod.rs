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
#[cfg(test)]
mod tests;
mod trajectory;

use std::cell::RefCell;
use std::fmt::Write;

use rustc_hash::FxHashMap as HashMap;

pub(crate) use lift::{Carried, Loop, Stuck, unroll_time};
use trajectory::{Rows, part};

use crate::base::{ArgumentKind, Dim, Role, Shape, Symbol, subscript};
use crate::graph::{Graph, Input, Kind, NodeId, Op};
use crate::operations::{
    ADD, COLUMN_SUMS, Direction, HADAMARD, Operation, ROUTINE, ROW_SUMS, Recurrence, Routine, SUM, Scalar,
};
use crate::{differentiate, rewrite};

/// A step in scalars: its arguments are as many states as it makes, then what else it reads.
#[derive(Clone)]
struct Step {
    graph: Graph,
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
    /// The shape of a value that each step and each lane has one of.
    fn each(self) -> Shape {
        Shape::new(self.steps, self.lanes)
    }
}

/// A graph whose arguments are `count` scalars.
fn scalars(count: usize) -> Graph {
    Graph::new((0..count).map(|_| scalar_input()).collect())
}

fn scalar_input() -> Input {
    Input { name: Symbol::new("s"), role: Role::StandIn, shape: Shape::SCALAR, kind: ArgumentKind::Numbers }
}

/// A step that is being made, and what it reads.
struct Core {
    graph: Graph,
    /// The operands behind the states.
    operands: Vec<NodeId>,
    /// Where nodes of the loop's step are in this one.
    moved: HashMap<NodeId, NodeId>,
}

impl Core {
    fn new(states: usize) -> Self {
        Self { graph: scalars(states), operands: Vec::new(), moved: HashMap::default() }
    }

    /// Node `id` of the loop's step in this one: where it is already, or as an operand that is `outside`.
    fn node(&mut self, id: NodeId, outside: impl FnOnce() -> NodeId) -> NodeId {
        if let Some(&known) = self.moved.get(&id) {
            return known;
        }
        self.operands.push(outside());
        self.graph.inputs.push(scalar_input());
        let new = self.graph.argument(self.graph.inputs.len() - 1);
        self.moved.insert(id, new);
        new
    }
}

/// The recurrence of a step, whose arguments behind the states are `given`. Parts of the step that depend on no state
/// are computed for all steps at once.
fn recur(graph: &mut Graph, step: &Step, extent: Extent, initial: &[NodeId], given: &[NodeId]) -> NodeId {
    let (inner, next) = rewrite::simplify(&step.graph, &step.next);
    let states: Vec<usize> = (0..step.next.len()).collect();
    let moves = inner.depending_on(&states);
    let mut core = Core::new(states.len());
    let needed = inner.needed(&next);
    for id in inner.ids().filter(|id| needed[id.index()]) {
        let new = match inner.node(id).op {
            Op::Argument(i) if i < states.len() => core.graph.argument(i),
            Op::Call(operation) if moves[id.index()] => {
                let mut operands = Vec::new();
                for &operand in inner.operands(id) {
                    operands.push(core.node(operand, || everywhere(graph, &inner, operand, given, states.len())));
                }
                core.graph.call_as(operation, &operands, Shape::SCALAR)
            }
            Op::Constant(value) => core.graph.constant(value),
            // Read where a part that moves needs it.
            _ => continue,
        };
        core.moved.insert(id, new);
    }
    let mut ends = Vec::new();
    for id in next {
        ends.push(core.node(id, || everywhere(graph, &inner, id, given, states.len())));
    }
    let Core { graph: core, operands, .. } = core;
    let all: Vec<_> = initial.iter().chain(&operands).copied().collect();
    let (list, next) = written(&core, &ends);
    let recurrence = Recurrence {
        step: list,
        next,
        names: step.names.clone(),
        direction: extent.direction,
        steps: extent.steps,
        lanes: extent.lanes,
    };
    let shapes: Vec<_> = all.iter().map(|&operand| graph.shape(operand)).collect();
    let rows = extent.steps.plus(Dim::ONE);
    let shape = Shape::new(rows, Dim::Size(initial.len() as u64).times(extent.lanes));
    let operation = operation(recurrence, &shapes, shape);
    graph.call_as(operation, &all, shape)
}

/// The part of a graph of scalars that `ends` need, as a list, and the numbers of `ends` in it.
fn written(graph: &Graph, ends: &[NodeId]) -> (Vec<Scalar>, Vec<usize>) {
    let needed = graph.needed(ends);
    let mut list = Vec::new();
    let mut numbers: HashMap<NodeId, usize> = HashMap::default();
    for id in graph.ids().filter(|id| needed[id.index()]) {
        numbers.insert(id, list.len());
        list.push(match graph.node(id).op {
            Op::Argument(i) => Scalar::Argument(i),
            Op::Constant(value) => Scalar::Constant(value),
            Op::Size(_) => Scalar::Constant(f64::NAN),
            Op::Call(operation) => {
                Scalar::Call(operation, graph.operands(id).iter().map(|operand| numbers[operand]).collect())
            }
        });
    }
    (list, ends.iter().map(|end| numbers[end]).collect())
}

/// The step of a recurrence as a graph.
fn read(recurrence: &Recurrence, arguments: usize) -> Step {
    let mut graph = scalars(arguments);
    let mut made: Vec<NodeId> = Vec::new();
    for scalar in &recurrence.step {
        made.push(match scalar {
            Scalar::Argument(i) => graph.argument(*i),
            Scalar::Constant(value) => graph.constant(*value),
            Scalar::Call(operation, operands) => {
                let operands: Vec<_> = operands.iter().map(|&operand| made[operand]).collect();
                graph.call_as(*operation, &operands, Shape::SCALAR)
            }
        });
    }
    let next = recurrence.next.iter().map(|&state| made[state]).collect();
    Step { graph, next, names: recurrence.names.clone() }
}

/// The step of a recurrence as a graph whose arguments have these names, and the states that it makes.
pub(crate) fn graph_of(recurrence: &Recurrence, names: Vec<Symbol>) -> (Graph, Vec<NodeId>) {
    let Step { mut graph, next, .. } = read(recurrence, names.len());
    for (input, name) in graph.inputs.iter_mut().zip(names) {
        input.name = name;
    }
    (graph, next)
}

/// Node `id` of a step in scalars for all steps at once; the arguments behind `skipped` states are `given`. Where it is the same in
/// all steps, or in all lanes, it is there once.
fn everywhere(graph: &mut Graph, step: &Graph, id: NodeId, given: &[NodeId], skipped: usize) -> NodeId {
    let needed = step.needed(&[id]);
    let mut made: HashMap<NodeId, NodeId> = HashMap::default();
    for id in step.ids().filter(|id| needed[id.index()]) {
        let new = match step.node(id).op {
            Op::Argument(i) => given[i - skipped],
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
    /// The operations of recurrences by name: equal ones are one.
    static KNOWN: RefCell<HashMap<String, &'static Routine>> = RefCell::default();
}

/// The operation that runs a recurrence on operands of these shapes.
fn operation(recurrence: Recurrence, operands: &[Shape], result: Shape) -> &'static dyn Operation {
    let mut name = format!("recurrence {:?} {:?}", recurrence.direction, recurrence.next);
    for scalar in &recurrence.step {
        let _ = write!(name, "; {scalar:?}");
    }
    let letters: Vec<&'static [u8; 2]> = operands
        .iter()
        .map(|shape| match (shape.rows.is_one(), shape.columns.is_one()) {
            (true, true) => b"11",
            (true, false) => b"1j",
            (false, true) => b"t1",
            (false, false) => b"tj",
        })
        .collect();
    let _ = write!(name, "; {letters:?} {} {}", recurrence.steps, recurrence.lanes);
    KNOWN.with_borrow_mut(|known| {
        *known.entry(name.clone()).or_insert_with(|| {
            // As many as a loss has loops: nothing is ever given back.
            let pointwise = recurrence.step.iter().filter_map(|scalar| match scalar {
                Scalar::Call(operation, _) => match operation.kind() {
                    Kind::Pointwise(row) => Some(row.flops),
                    _ => None,
                },
                Scalar::Argument(_) | Scalar::Constant(_) => None,
            });
            Box::leak(Box::new(Routine {
                name: Box::leak(name.into_boxed_str()),
                is_function: false,
                operands: Box::leak(letters.into_boxed_slice()),
                result: if result.columns.is_one() { b"p1" } else { b"pq" },
                adjoint,
                flops: pointwise.sum(),
                notation: Some("recurrence"),
                runs: "recurrence",
                recurrence: Some(Box::leak(Box::new(recurrence))),
                ..ROUTINE
            }))
        })
    })
}

/// The recurrence that `node` is.
fn of(graph: &Graph, node: NodeId) -> Option<&'static Recurrence> {
    match graph.kind(node)? {
        Kind::Routine(row) => row.recurrence,
        _ => None,
    }
}

/// The cotangent of operand `k` of a recurrence.
fn adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let recurrence = of(graph, node)?;
    let Recurrence { direction, steps, lanes, .. } = recurrence;
    let extent = Extent { steps: *steps, lanes: *lanes, direction: *direction };
    let operands = graph.operands(node).to_vec();
    let step = read(recurrence, operands.len());
    let count = step.next.len();
    let wanted = graph.shape(*operands.get(k)?);
    // The states before each step, and what the step reads beside them.
    let mut read: Vec<_> = (0..count).map(|j| part(graph, node, extent, j, Rows::Before)).collect();
    read.extend(&operands[count..]);
    let adjoint = backwards(graph, &step, extent, &read, g);
    let back = Extent { direction: turned(*direction), ..extent };
    if k < count {
        let row = part(graph, adjoint, back, k, Rows::After);
        return Some(reduced(graph, row, Shape::new(Dim::ONE, *lanes), wanted));
    }
    // Σ over the states of λ ∂next/∂operand, by the step itself.
    let (graph_of_step, derivative) = pulled_back(&step, &[k])?;
    let derivative = derivative.into_iter().next()??;
    let (inner, roots) = rewrite::simplify(&graph_of_step, &[derivative]);
    let cotangents: Vec<_> = (0..count).map(|j| part(graph, adjoint, back, j, Rows::Before)).collect();
    read.extend(cotangents);
    let value = everywhere(graph, &inner, roots[0], &read, 0);
    Some(reduced(graph, value, extent.each(), wanted))
}

fn turned(direction: Direction) -> Direction {
    match direction {
        Direction::Forwards => Direction::Backwards,
        Direction::Backwards => Direction::Forwards,
    }
}

/// A step with a stand-in for the cotangent of each state behind its arguments, and the cotangents of the arguments `wrt`.
fn pulled_back(step: &Step, wrt: &[usize]) -> Option<(Graph, Vec<Option<NodeId>>)> {
    let mut graph = step.graph.clone();
    let mut total = None;
    for &state in &step.next {
        graph.inputs.push(scalar_input());
        let cotangent = graph.argument(graph.inputs.len() - 1);
        let term = graph.call(HADAMARD, [cotangent, state]);
        total = Some(total.map_or(term, |total| graph.call(ADD, [total, term])));
    }
    let found = differentiate::reverse(&mut graph, total?, wrt);
    Some((graph, found))
}

/// The adjoint recurrence: cotangents of the states, where `g` is that of the trajectory, and steps have `read` the states before
/// and the other operands.
fn backwards(graph: &mut Graph, step: &Step, extent: Extent, read: &[NodeId], g: NodeId) -> NodeId {
    let count = step.next.len();
    let all: Vec<usize> = (0..count).collect();
    let arguments = step.graph.inputs.len();
    let (pulled, found) = pulled_back(step, &all).unwrap_or_else(|| (step.graph.clone(), vec![None; count]));
    // Its states are the cotangents; behind them come the arguments of the step, and what the states get from outside.
    let mut back = scalars(count + arguments + count);
    let mut moved: HashMap<NodeId, NodeId> = HashMap::default();
    for id in pulled.ids() {
        let new = match pulled.node(id).op {
            Op::Argument(i) if i < arguments => back.argument(count + i),
            Op::Argument(i) => back.argument(i - arguments),
            Op::Constant(value) => back.constant(value),
            Op::Size(dim) => back.size(dim),
            Op::Call(operation) => {
                let operands: Vec<_> = pulled.operands(id).iter().map(|operand| moved[operand]).collect();
                back.call_as(operation, &operands, Shape::SCALAR)
            }
        };
        moved.insert(id, new);
    }
    let before: Vec<_> = (0..count).map(|j| trajectory::cotangent(graph, g, extent, j, Rows::Before)).collect();
    let after: Vec<_> = (0..count).map(|j| trajectory::cotangent(graph, g, extent, j, Rows::After)).collect();
    let zero = graph.constant(0.0);
    let mut next = Vec::new();
    for j in 0..count {
        let own = before[j].map(|_| back.argument(count + arguments + j));
        let pulled = found[j].map(|id| moved[&id]);
        next.push(match (own, pulled) {
            (Some(own), Some(pulled)) => back.call(ADD, [pulled, own]),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => back.constant(0.0),
        });
    }
    let given: Vec<_> = read.iter().copied().chain(before.into_iter().map(|own| own.unwrap_or(zero))).collect();
    let initial: Vec<_> = after.into_iter().map(|own| own.unwrap_or(zero)).collect();
    let extent = Extent { direction: turned(extent.direction), ..extent };
    recur(graph, &Step { graph: back, next, names: cotangent_names(&step.names) }, extent, &initial, &given)
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
    if graph.shape(value) == wanted && full == wanted {
        return value;
    }
    let value = graph.broadcast(value, full);
    let sum = match (full.rows == wanted.rows, full.columns == wanted.columns) {
        (true, true) => return value,
        (false, true) => COLUMN_SUMS,
        (true, false) => ROW_SUMS,
        (false, false) => SUM,
    };
    graph.call(sum, [value])
}
