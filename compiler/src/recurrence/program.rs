//! Recurrences whose steps are programs of their own, and their adjoints.
//!
//! With the states sₜ₊₁ = f(sₜ, uₜ, θ), a step of the adjoint has λₜ₊₁ and makes λₜ = Gₜ + D f(sₜ)*[λₜ₊₁], where Gₜ is the cotangent that sₜ
//! has from outside. It computes what f computes on the way once more, from the states that were kept. It keeps the cotangents of uₜ,
//! which are those of its rows, and for θ what their sums over the steps are made of: of a product, its factors, whose outer
//! products are then added up for all steps at once.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::cotangent_names;
use super::trajectory::{Layout, Rows};
use crate::base::{Shape, Symbol, subscript};
use crate::differentiate::{forward, reverse, stand_in, stand_in_of};
use crate::graph::{Graph, Moved, NodeId, Op};
use crate::operations::{
    ADD, BROADCAST, COLUMN_SUMS, DOT, HADAMARD, MATMUL, NEG, Operation, ROUTINE, Routine, SUB, SUM, StepProgram,
    TRANSPOSE, UNVEC_ROWS,
};
use crate::rewrite;

/// Where a trajectory has its values: the states, and what is kept besides.
pub(super) fn layout(recurrence: &StepProgram) -> Layout {
    let widths = recurrence.shapes().into_iter().map(Shape::elements).collect();
    Layout { steps: recurrence.steps, direction: recurrence.direction, widths }
}

impl StepProgram {
    /// The step in another graph, whose arguments from number `first` on are its own.
    fn within(&self, to: &mut Graph, first: usize) -> Moved {
        self.step.map_into(to, |to, id, moved| {
            Some(match self.step.node(id).op {
                Op::Argument(i) => to.argument(first + i),
                _ => to.copy(&self.step, id, |operand| moved.of(operand)),
            })
        })
    }
}

/// A step that is being made, and what it is given: before the loop for its states, then what it reads.
pub(super) struct Step {
    pub(super) recurrence: StepProgram,
    pub(super) given: Vec<NodeId>,
}

impl Step {
    /// The recurrence of the step in `graph`, in which it reads nothing that it does not need.
    pub(super) fn call(self, graph: &mut Graph) -> NodeId {
        let Self { mut recurrence, given } = self;
        let states = recurrence.next.len();
        let roots: Vec<_> = recurrence.next.iter().chain(&recurrence.kept).copied().collect();
        let needed = recurrence.step.needed(&roots);
        let is_read = |i: &usize| {
            let argument =
                recurrence.step.ids().find(|&id| matches!(recurrence.step.node(id).op, Op::Argument(j) if j == *i));
            *i < states || argument.is_some_and(|argument| needed[argument.index()])
        };
        let read: Vec<usize> = (0..given.len()).filter(is_read).collect();
        let inputs = read.iter().map(|&i| recurrence.step.inputs[i].clone()).collect();
        let mut smaller = Graph::new(inputs);
        let moved = recurrence.step.map_into(&mut smaller, |to, id, moved| {
            if !needed[id.index()] {
                return None;
            }
            Some(match recurrence.step.node(id).op {
                Op::Argument(i) => to.argument(read.iter().position(|&known| known == i)?),
                _ => to.copy(&recurrence.step, id, |operand| moved.of(operand)),
            })
        });
        recurrence.next = moved.all(&recurrence.next);
        recurrence.kept = moved.all(&recurrence.kept);
        recurrence.by_step = read.iter().skip(states).map(|&i| recurrence.by_step[i - states]).collect();
        recurrence.step = smaller;
        let operands: Vec<_> = read.iter().map(|&i| given[i]).collect();
        let shape = layout(&recurrence).shape();
        graph.call_as(operation(recurrence, operands.len()), &operands, shape)
    }
}

thread_local! {
    /// The operations of recurrences by what they do: equal ones are one.
    static KNOWN: RefCell<HashMap<String, &'static Routine>> = RefCell::default();
}

/// The operation that runs a recurrence on so many operands.
fn operation(recurrence: StepProgram, operands: usize) -> &'static dyn Operation {
    let StepProgram { step, next, kept, by_step, names, direction, steps } = &recurrence;
    let mut what = format!("{direction:?} {steps} {by_step:?} {next:?} {kept:?} {names:?} {:?}", step.names());
    for id in step.ids() {
        let node = step.node(id);
        let _ = match node.op {
            Op::Call(operation) => write!(what, "; {}{:?} {:?}", operation.name(), node.operands, node.shape),
            Op::Argument(i) => write!(what, "; {i} {:?} {:?}", step.inputs[i].kind, node.shape),
            other => write!(what, "; {other:?}"),
        };
    }
    KNOWN.with_borrow_mut(|known| {
        *known.entry(what).or_insert_with(|| {
            // There are as many as a loss has loops: nothing is ever given back.
            Box::leak(Box::new(Routine {
                name: "step_program",
                is_function: false,
                operands: Box::leak(vec![b"ij"; operands].into_boxed_slice()),
                result: b"pq",
                shape: Some(|_| Ok(Shape::UNKNOWN)),
                adjoint,
                tangent: Some(tangent),
                runs: "step_program",
                step_program: Some(Box::leak(Box::new(recurrence))),
                ..ROUTINE
            }))
        })
    })
}

/// The cotangent of operand `k` of a recurrence.
fn adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let recurrence = graph.step_program(node)?;
    let operands = graph.operands(node).to_vec();
    let states = recurrence.next.len();
    let wanted = wanted(graph, &operands, k);
    let (step, pulled) = backwards(graph, recurrence, node, &wanted[states..], g);
    let (given, layout) = (step.given.clone(), layout(&step.recurrence));
    let shape = graph.shape(operands[k]);
    let by_step = k >= states && recurrence.by_step[k - states];
    let kept_from = step.recurrence.next.len();
    let adjoint = step.call(graph);
    let kept = |graph: &mut Graph, factor: Factor| match factor {
        Factor::Kept(number) => layout.part(graph, adjoint, kept_from + number, Rows::Written),
        Factor::Given(i) => given[i],
    };
    if k < states {
        let row = layout.part(graph, adjoint, k, Rows::After);
        return Some(shaped(graph, row, shape));
    }
    let mut sum: Option<NodeId> = None;
    for term in &pulled.terms[k - states] {
        let value = match *term {
            Term::Value(number) if by_step => kept(graph, number),
            Term::Value(number) => {
                let values = kept(graph, number);
                let total = graph.call(if shape.is_scalar() { SUM } else { COLUMN_SUMS }, [values]);
                shaped(graph, total, shape)
            }
            Term::Outer { left, right, is_negative } => {
                let (left, right) = (kept(graph, left), kept(graph, right));
                let left = graph.transpose(left);
                let product = graph.call(MATMUL, [left, right]);
                if is_negative { graph.call(NEG, [product]) } else { product }
            }
        };
        sum = Some(sum.map_or(value, |sum| graph.call(ADD, [sum, value])));
    }
    sum
}

/// The tangent of a recurrence: the states move by what a step's tangent makes of how they moved before it.
fn tangent(graph: &mut Graph, node: NodeId, moves: &[Option<NodeId>]) -> NodeId {
    let Some(recurrence) = graph.step_program(node) else { return node };
    let outer = layout(recurrence);
    let operands = graph.operands(node).to_vec();
    let states = recurrence.next.len();
    let shape = |i: usize| recurrence.step.inputs[i].shape;
    let mut arguments = Arguments::default();
    let mut seeds = Vec::new();
    for (j, moves) in moves[..states].iter().enumerate() {
        let initial = moves.unwrap_or_else(|| zeros(graph, shape(j)));
        seeds.push((j, arguments.push(shape(j), initial, false)));
    }
    for j in 0..states {
        let before = outer.part(graph, node, j, Rows::Before);
        arguments.push(shape(j), before, true);
    }
    arguments.push_read(recurrence, &operands[states..]);
    for (k, &by_step) in recurrence.by_step.iter().enumerate() {
        if let Some(moves) = moves[states + k] {
            seeds.push((states + k, arguments.push(shape(states + k), moves, by_step)));
        }
    }
    let Arguments { graph: mut step, given, by_step } = arguments;
    let moved = recurrence.within(&mut step, states);
    let seeds: Vec<_> = seeds.into_iter().map(|(i, tangent)| (step.argument(states + i), tangent)).collect();
    let roots: Vec<_> = recurrence.next.iter().chain(&recurrence.kept).map(|&root| moved.of(root)).collect();
    let tangents = forward(&mut step, &seeds, &roots);
    let tangents: Vec<_> = tangents
        .into_iter()
        .zip(recurrence.shapes())
        .map(|(tangent, shape)| tangent.unwrap_or_else(|| zeros(&mut step, shape)))
        .collect();
    // A value that stood in for a cotangent is no argument.
    let inputs = given.len();
    let (mut step, mut next) = rewrite::simplify(&step, &tangents);
    step.inputs.truncate(inputs);
    let kept = next.split_off(states);
    let names = recurrence.names.iter().map(|name| Symbol::new(&format!("d{name}"))).collect();
    let (direction, steps, by_step) = (recurrence.direction, recurrence.steps, by_step[states..].to_vec());
    let recurrence = StepProgram { step, next, kept, by_step, names, direction, steps };
    Step { recurrence, given }.call(graph)
}

/// True for each operand whose cotangent may be asked for, where that of operand `k` is: not for data, unless it is data.
fn wanted(graph: &Graph, operands: &[NodeId], k: usize) -> Vec<bool> {
    let of_data = graph.of_data(Vec::new());
    let moves = |operand: &NodeId| of_data.get(operand.index()) != Some(&true);
    if moves(&operands[k]) { operands.iter().map(moves).collect() } else { vec![true; operands.len()] }
}

/// A row of all elements in its shape.
pub(super) fn shaped(graph: &mut Graph, row: NodeId, shape: Shape) -> NodeId {
    if shape.rows.is_one() {
        return row;
    }
    let column = graph.transpose(row);
    if shape.columns.is_one() { column } else { graph.call_as(UNVEC_ROWS, &[column], shape) }
}

/// A value of all steps, by its number: one that is kept, or one that each step is given a row of.
#[derive(Clone, Copy)]
enum Factor {
    Kept(usize),
    Given(usize),
}

/// A part of the cotangent of an operand.
enum Term {
    /// The cotangent in each step.
    Value(Factor),
    /// The product of a column and a row of each step.
    Outer { left: Factor, right: Factor, is_negative: bool },
}

/// Cotangents that an adjoint has to make, and those that its steps are given from outside: its step depends on nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Asked {
    /// True for each operand behind the states whose cotangent is wanted.
    wanted: Vec<bool>,
    /// True for each state that is read before a step, and for each value that is kept.
    states: Vec<bool>,
    kept: Vec<bool>,
}

/// The step of an adjoint, whose states are the cotangents of the states.
struct PulledBack {
    step: Graph,
    next: Vec<NodeId>,
    kept: Vec<NodeId>,
    /// The cotangent of each operand behind the states.
    terms: Vec<Vec<Term>>,
}

/// The arguments of a step in the making, and what they are given.
#[derive(Default)]
struct Arguments {
    graph: Graph,
    given: Vec<NodeId>,
    by_step: Vec<bool>,
}

impl Arguments {
    fn push(&mut self, shape: Shape, given: NodeId, by_step: bool) -> NodeId {
        self.given.push(given);
        self.by_step.push(by_step);
        stand_in(&mut self.graph, shape)
    }

    /// Adds what the steps of a recurrence read, whose operands behind the states are `given`.
    fn push_read(&mut self, recurrence: &StepProgram, given: &[NodeId]) {
        let inputs = &recurrence.step.inputs[recurrence.next.len()..];
        for ((input, &given), &by_step) in inputs.iter().zip(given).zip(&recurrence.by_step) {
            self.given.push(given);
            self.by_step.push(by_step);
            stand_in_of(&mut self.graph, input.shape, input.kind);
        }
    }
}

/// The adjoint of `node`, where `g` is its cotangent, with those of the operands behind the states that are `wanted`.
fn backwards(
    graph: &mut Graph,
    recurrence: &'static StepProgram,
    node: NodeId,
    wanted: &[bool],
    g: NodeId,
) -> (Step, Rc<PulledBack>) {
    let outer = layout(recurrence);
    let shapes = recurrence.shapes();
    let states = recurrence.next.len();
    let mut given = Vec::new();
    for (j, &shape) in shapes[..states].iter().enumerate() {
        given.push(match outer.cotangent(graph, g, j, Rows::After) {
            Some(row) => shaped(graph, row, shape),
            None => zeros(graph, shape),
        });
    }
    given.extend((0..states).map(|j| outer.part(graph, node, j, Rows::Before)));
    given.extend(&graph.operands(node)[states..]);
    let own: Vec<_> = (0..states).map(|j| outer.cotangent(graph, g, j, Rows::Before)).collect();
    let kept = (states..shapes.len()).map(|j| outer.cotangent(graph, g, j, Rows::Written));
    let kept: Vec<_> = kept.collect();
    let is_there = |cotangents: &[Option<NodeId>]| cotangents.iter().map(Option::is_some).collect();
    let asked = Asked { wanted: wanted.to_vec(), states: is_there(&own), kept: is_there(&kept) };
    let from_outside: Vec<_> = own.into_iter().chain(kept).flatten().collect();
    let by_step = vec![true; states].into_iter().chain(recurrence.by_step.iter().copied());
    let by_step = by_step.chain(vec![true; from_outside.len()]).collect();
    given.extend(from_outside);
    let pulled = pulled_back(recurrence, asked);
    let PulledBack { step, next, kept, .. } = &*pulled;
    let names = cotangent_names(&recurrence.names[..states]);
    let letter = if names.first().is_some_and(|name| name.as_str().starts_with('λ')) { 'δ' } else { 'ε' };
    let number = |j: usize| if kept.len() == 1 { String::new() } else { subscript(j + 1) };
    let more = (0..kept.len()).map(|j| Symbol::new(&format!("{letter}{}", number(j))));
    let recurrence = StepProgram {
        step: step.clone(),
        next: next.clone(),
        kept: kept.clone(),
        by_step,
        names: names.into_iter().chain(more).collect(),
        direction: recurrence.direction.reversed(),
        steps: recurrence.steps,
    };
    (Step { recurrence, given }, pulled)
}

thread_local! {
    /// The steps of adjoints by the address of a recurrence, which stays: there is an adjoint for each operand.
    static PULLED_BACK: RefCell<HashMap<(*const StepProgram, Asked), Rc<PulledBack>>> = RefCell::default();
}

/// The step of the adjoint of a recurrence. Its arguments are the cotangents of the states, the states before the step and what
/// the step reads, then those cotangents from outside that there are.
fn pulled_back(recurrence: &'static StepProgram, asked: Asked) -> Rc<PulledBack> {
    let key = (std::ptr::from_ref(recurrence), asked);
    if let Some(known) = PULLED_BACK.with_borrow(|known| known.get(&key).cloned()) {
        return known;
    }
    let made = Rc::new(PulledBack::new(recurrence, &key.1));
    PULLED_BACK.with_borrow_mut(|known| known.insert(key, Rc::clone(&made)));
    made
}

impl PulledBack {
    fn new(recurrence: &StepProgram, asked: &Asked) -> Self {
        let shapes = recurrence.shapes();
        let states = recurrence.next.len();
        let operands = recurrence.step.inputs.len();
        let mut step = Graph::default();
        let mut pulled: Vec<(NodeId, NodeId)> = shapes[..states]
            .iter()
            .zip(&recurrence.next)
            .map(|(&shape, &next)| (stand_in(&mut step, shape), next))
            .collect();
        let mut is_row = vec![false; states];
        is_row.resize(2 * states, true);
        is_row.extend(&recurrence.by_step);
        for input in &recurrence.step.inputs {
            stand_in_of(&mut step, input.shape, input.kind);
        }
        let mut own = Vec::new();
        for (&is_there, &shape) in asked.states.iter().zip(&shapes) {
            own.push(is_there.then(|| stand_in(&mut step, shape)));
        }
        for (e, &kept) in recurrence.kept.iter().enumerate().filter(|(e, _)| asked.kept[*e]) {
            pulled.push((stand_in(&mut step, shapes[states + e]), kept));
        }
        is_row.resize(step.inputs.len(), true);
        let moved = recurrence.within(&mut step, states);
        let mut total = step.constant(0.0);
        for (cotangent, value) in pulled {
            let value = moved.of(value);
            let pair = if step.shape(value).is_scalar() { HADAMARD } else { DOT };
            let term = step.call(pair, [cotangent, value]);
            total = step.call(ADD, [total, term]);
        }
        let wanted: Vec<usize> = (0..operands).filter(|&k| k < states || asked.wanted[k - states]).collect();
        let found = reverse(&mut step, total, &wanted.iter().map(|k| states + k).collect::<Vec<_>>());
        let mut cotangents = vec![None; operands];
        for (&k, found) in wanted.iter().zip(found) {
            cotangents[k] = found;
        }
        for ((cotangent, own), &shape) in cotangents.iter_mut().zip(own).zip(&shapes) {
            *cotangent = Some(match (*cotangent, own) {
                (Some(pulled), Some(own)) => step.call(ADD, [pulled, own]),
                (one, other) => one.or(other).unwrap_or_else(|| zeros(&mut step, shape)),
            });
        }
        let roots: Vec<_> = cotangents.iter().copied().flatten().collect();
        let (step, roots) = rewrite::simplify(&step, &roots);
        let mut roots = roots.into_iter();
        let cotangents: Vec<_> = cotangents.iter().map(|cotangent| cotangent.and_then(|_| roots.next())).collect();
        let (next, others) = cotangents.split_at(states);
        let mut kept = Kept { step, is_row, values: Vec::new() };
        let mut terms = Vec::new();
        for (&cotangent, &by_step) in others.iter().zip(&recurrence.by_step) {
            terms.push(cotangent.map_or_else(Vec::new, |cotangent| kept.terms(cotangent, by_step)));
        }
        let Kept { step, values: kept, .. } = kept;
        Self { step, next: next.iter().copied().flatten().collect(), kept, terms }
    }
}

fn zeros(graph: &mut Graph, shape: Shape) -> NodeId {
    let zero = graph.constant(0.0);
    graph.broadcast(zero, shape)
}

/// A step, and the values that it keeps besides its states.
struct Kept {
    step: Graph,
    /// True for each argument that is another row in each step.
    is_row: Vec<bool>,
    values: Vec<NodeId>,
}

impl Kept {
    /// A value of all steps, which is kept unless it is there.
    fn factor(&mut self, value: NodeId) -> Factor {
        // A column is a row in memory.
        let value = match self.step.is(value, TRANSPOSE) {
            Some(&[row]) if self.step.shape(row).is_line() => row,
            _ => value,
        };
        if let Op::Argument(i) = self.step.node(value).op
            && self.is_row[i]
        {
            return Factor::Given(i);
        }
        let known = self.values.iter().position(|&known| known == value);
        Factor::Kept(known.unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        }))
    }

    /// The parts of a cotangent, of which a step has its own if it is `by_step`.
    fn terms(&mut self, cotangent: NodeId, by_step: bool) -> Vec<Term> {
        let shape = self.step.shape(cotangent);
        if by_step || shape.rows.is_one() || shape.columns.is_one() {
            return vec![Term::Value(self.factor(cotangent))];
        }
        let mut factors = Vec::new();
        if !self.outer(cotangent, false, false, &mut factors) {
            return vec![Term::Value(self.factor(cotangent))];
        }
        factors
            .into_iter()
            .map(|(left, right, is_negative)| Term::Outer {
                left: self.factor(left),
                right: self.factor(right),
                is_negative,
            })
            .collect()
    }

    /// Adds the factors of the products of columns and rows that `value`, or its transpose, is the sum of; false if it is no such sum.
    fn outer(
        &mut self,
        value: NodeId,
        transposed: bool,
        is_negative: bool,
        factors: &mut Vec<(NodeId, NodeId, bool)>,
    ) -> bool {
        let step = &self.step;
        if let Some(&[a, b]) = step.is(value, ADD) {
            return self.outer(a, transposed, is_negative, factors) && self.outer(b, transposed, is_negative, factors);
        }
        if let Some(&[a, b]) = step.is(value, SUB) {
            return self.outer(a, transposed, is_negative, factors) && self.outer(b, transposed, !is_negative, factors);
        }
        if let Some(&[a]) = step.is(value, NEG) {
            return self.outer(a, transposed, !is_negative, factors);
        }
        if let Some(&[a]) = step.is(value, TRANSPOSE) {
            return self.outer(a, !transposed, is_negative, factors);
        }
        if let Some(&[a, b]) = step.is(value, HADAMARD) {
            // The product of a column and a row is one of repeated elements, in normal form.
            let repeated = |id: NodeId| step.is(id, BROADCAST).map(|operands| (operands[0], step.shape(operands[0])));
            let pair = match (repeated(a), repeated(b)) {
                (Some((a, first)), Some((b, second))) if first.is_line() && second.is_line() => {
                    if first.columns.is_one() { (a, b) } else { (b, a) }
                }
                _ => return self.times(a, b, transposed, is_negative, factors),
            };
            factors.push(if transposed { (pair.1, pair.0, is_negative) } else { (pair.0, pair.1, is_negative) });
            return true;
        }
        let Some(&[a, b]) = step.is(value, MATMUL) else { return false };
        if !step.shape(a).columns.is_one() {
            return false;
        }
        factors.push(if transposed { (b, a, is_negative) } else { (a, b, is_negative) });
        true
    }

    /// Like [`outer`](Self::outer), of a number times a value: the number is a factor of one of the factors.
    fn times(
        &mut self,
        a: NodeId,
        b: NodeId,
        transposed: bool,
        is_negative: bool,
        factors: &mut Vec<(NodeId, NodeId, bool)>,
    ) -> bool {
        let number = |id: NodeId| {
            let repeated = self.step.is(id, BROADCAST)?.first().copied()?;
            self.step.shape(repeated).is_scalar().then_some(repeated)
        };
        let (number, inner) = match (number(a), number(b)) {
            (Some(number), _) => (number, b),
            (_, Some(number)) => (number, a),
            (None, None) => return false,
        };
        let first = factors.len();
        if !self.outer(inner, transposed, is_negative, factors) {
            return false;
        }
        for (left, ..) in &mut factors[first..] {
            let shape = self.step.shape(*left);
            let number = self.step.broadcast(number, shape);
            *left = self.step.call(HADAMARD, [number, *left]);
        }
        true
    }
}
