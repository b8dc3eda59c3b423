//! From a loop to a recurrence: what depends on no state, or is only added up, is computed for all steps at once.

use rustc_hash::FxHashMap as HashMap;

use super::trajectory::Rows;
use super::{Core, Extent, Step, program, recur};
use crate::base::{ArgumentKind, Dim, Shape, Symbol};
use crate::differentiate::{stand_in, stand_in_of};
use crate::graph::{Graph, Kind, NodeId, Op};
use crate::operations::{
    ADD, BROADCAST, COLUMN_SUMS, CUMSUM, DOT, Direction, HADAMARD, MATMUL, NEG, Operation, ROW_SUMS, Reach, SLICE_ROWS,
    SUB, SUM, StepProgram, TRANSPOSE,
};
use crate::rewrite;

/// A loop over `first..first + steps`, and the graph of one step of it.
pub(crate) struct Loop {
    pub(crate) step: Graph,
    /// The values outside of the loop that the first arguments of the step are. Behind them come states and the number of the step.
    pub(crate) outside: Vec<NodeId>,
    pub(crate) carried: Vec<Carried>,
    /// The number of the step.
    pub(crate) time: NodeId,
    pub(crate) first: u64,
    pub(crate) steps: Dim,
}

/// A value that each step hands to the next one.
#[derive(Clone, Copy)]
pub(crate) struct Carried {
    pub(crate) name: Symbol,
    /// The value before the loop.
    pub(crate) initial: NodeId,
    /// The argument of the step that is the value before it.
    pub(crate) before: NodeId,
    /// The value after the step.
    pub(crate) after: NodeId,
}

/// The values of the carried names after the loop.
pub(crate) fn unroll_time(outer: &mut Graph, looped: &Loop) -> Vec<NodeId> {
    let mut time = Time::new(outer, looped);
    let mut ends = time.by_groups();
    if ends.is_none() {
        // A group needs of another one what there is in a step alone: all of them are one.
        time = Time::new(outer, looped);
        ends = time.step_program(&(0..looped.carried.len()).collect::<Vec<_>>());
    }
    let mut values: Vec<_> = looped.carried.iter().map(|carried| carried.initial).collect();
    for (k, end) in ends.into_iter().flatten() {
        values[k] = end;
    }
    values
}

/// Carried values in groups that depend on each other, each group behind those that it needs.
fn groups(looped: &Loop) -> Vec<Vec<usize>> {
    let count = looped.carried.len();
    let before: Vec<Vec<bool>> = looped
        .carried
        .iter()
        .map(|carried| {
            let Op::Argument(i) = looped.step.node(carried.before).op else { return Vec::new() };
            looped.step.depending_on(&[i])
        })
        .collect();
    // Each counts as one that it needs itself, so that it needs more than those before it.
    let needs = |k: usize, j: usize| j == k || before[j].get(looped.carried[k].after.index()) == Some(&true);
    let mut reads: Vec<Vec<bool>> = (0..count).map(|k| (0..count).map(|j| needs(k, j)).collect()).collect();
    for via in 0..count {
        for k in 0..count {
            for j in 0..count {
                reads[k][j] |= reads[k][via] && reads[via][j];
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut order: Vec<usize> = (0..count).collect();
    // One that needs another one needs all that the other needs.
    order.sort_by_key(|&k| reads[k].iter().filter(|reads| **reads).count());
    for k in order {
        match groups.iter_mut().find(|group| reads[k][group[0]] && reads[group[0]][k]) {
            Some(group) => group.push(k),
            None => groups.push(vec![k]),
        }
    }
    groups
}

/// A value of the step outside of the loop.
#[derive(Clone, Copy)]
struct Lifted {
    node: NodeId,
    /// True if there is a row for each step; a value that is the same in all steps has its own shape.
    moves: bool,
}

struct Time<'l> {
    outer: &'l mut Graph,
    looped: &'l Loop,
    lifted: HashMap<NodeId, Lifted>,
}

impl<'l> Time<'l> {
    fn new(outer: &'l mut Graph, looped: &'l Loop) -> Self {
        let mut time = Self { outer, looped, lifted: HashMap::default() };
        time.lift_all();
        time
    }

    /// The values of the carried names after the loop, each group by itself; `None` if one needs a value of another one that has no
    /// form for all steps at once.
    fn by_groups(&mut self) -> Option<Vec<(usize, NodeId)>> {
        let mut ends = Vec::new();
        for group in groups(self.looped) {
            if let [only] = *group
                && let Some(terms) = self.added_up(only)
            {
                ends.push((only, self.sum_of(self.looped.carried[only], &terms)?));
                continue;
            }
            let found = match self.recurrence(&group) {
                Some(found) => found,
                None => self.step_program(&group)?,
            };
            ends.extend(found);
            self.lift_all();
        }
        Some(ends)
    }

    /// The shape of a value of this shape for all steps; `None` for matrices.
    fn each(&self, shape: Shape) -> Option<Shape> {
        let lanes = match (shape.rows.is_one(), shape.columns.is_one()) {
            (true, _) => shape.columns,
            (false, true) => shape.rows,
            (false, false) => return None,
        };
        Some(Shape::new(self.looped.steps, lanes))
    }

    /// Lifts all nodes of the step that can be lifted by now.
    fn lift_all(&mut self) {
        let ids: Vec<_> = self.looped.step.ids().filter(|id| !self.lifted.contains_key(id)).collect();
        for id in ids {
            if let Some(lifted) = self.lift(id) {
                if let Some(name) = self.looped.step.name_of(id)
                    && matches!(self.outer.node(lifted.node).op, Op::Call(_))
                    && matches!(self.looped.step.node(id).op, Op::Call(_))
                    && self.outer.name_of(lifted.node).is_none()
                {
                    self.outer.name(lifted.node, name);
                }
                self.lifted.insert(id, lifted);
            }
        }
    }

    fn lift(&mut self, id: NodeId) -> Option<Lifted> {
        let fixed = |node| Some(Lifted { node, moves: false });
        let step = &self.looped.step;
        let operation = match step.node(id).op {
            Op::Argument(_) if id == self.looped.time => return Some(self.numbers()),
            Op::Argument(i) => return fixed(*self.looped.outside.get(i)?),
            Op::Constant(value) => return fixed(self.outer.constant(value)),
            Op::Size(dim) => return fixed(self.outer.size(dim)),
            Op::Call(operation) => operation,
        };
        if let Some(&[whole, at]) = step.is(id, SLICE_ROWS)
            && let Some(offset) = self.offset(at)
        {
            return self.rows_of(whole, offset);
        }
        let operands = step.operands(id).to_vec();
        let lifted: Option<Vec<Lifted>> = operands.iter().map(|operand| self.lifted.get(operand).copied()).collect();
        let lifted = lifted?;
        let shape = step.shape(id);
        if lifted.iter().all(|operand| !operand.moves) {
            let nodes: Vec<_> = lifted.iter().map(|operand| operand.node).collect();
            return fixed(self.outer.call_as(operation, &nodes, shape));
        }
        let node = self.all_steps(operation, id, &operands, &lifted)?;
        Some(Lifted { node, moves: true })
    }

    /// An operation of values of which at least one differs from step to step.
    fn all_steps(
        &mut self,
        operation: &'static dyn Operation,
        id: NodeId,
        operands: &[NodeId],
        lifted: &[Lifted],
    ) -> Option<NodeId> {
        let step = &self.looped.step;
        let each = self.each(step.shape(id))?;
        if let Kind::Pointwise(_) = operation.kind() {
            let nodes: Vec<_> = lifted.iter().map(|&operand| self.spread(operand, each)).collect();
            return Some(self.outer.call_as(operation, &nodes, each));
        }
        let shapes: Vec<_> = operands.iter().map(|&operand| step.shape(operand)).collect();
        let is = |known: &'static dyn Operation| operation == known;
        match (lifted, shapes.as_slice()) {
            // A column or row vector is a row of its own for each step.
            (&[a], _) if is(BROADCAST) || is(TRANSPOSE) => Some(self.spread(a, each)),
            (&[a], &[shape]) if is(SUM) => {
                let own = self.each(shape)?;
                let all = self.spread(a, own);
                Some(if shape.is_scalar() { all } else { self.outer.call(ROW_SUMS, [all]) })
            }
            (&[a, b], &[shape, _]) if is(DOT) => {
                let own = self.each(shape)?;
                let (a, b) = (self.spread(a, own), self.spread(b, own));
                let products = self.outer.call(HADAMARD, [a, b]);
                Some(if shape.is_scalar() { products } else { self.outer.call(ROW_SUMS, [products]) })
            }
            (&[a, b], &[left, right]) if is(MATMUL) => match (a.moves, b.moves) {
                (true, false) if left.rows.is_one() => Some(self.outer.call(MATMUL, [a.node, b.node])),
                (false, true) if right.columns.is_one() => {
                    let transposed = self.outer.transpose(a.node);
                    Some(self.outer.call(MATMUL, [b.node, transposed]))
                }
                (true, true) if left.rows.is_one() && right.columns.is_one() => {
                    let products = self.outer.call(HADAMARD, [a.node, b.node]);
                    Some(self.outer.call(ROW_SUMS, [products]))
                }
                _ => None,
            },
            // A function of each row, where the rows are what the step has one of.
            (_, shapes) => {
                let Kind::Routine(row) = operation.kind() else { return None };
                let of_rows = row.reach == Reach::Rows && row.labels.is_empty() && !row.offset;
                if !of_rows || !step.shape(id).rows.is_one() {
                    return None;
                }
                let mut nodes = Vec::new();
                for ((letters, &operand), &shape) in row.operands.iter().zip(lifted).zip(shapes) {
                    let is_by_rows = letters[0] == row.result[0] && letters[0] != b'1';
                    nodes.push(match (is_by_rows, operand.moves) {
                        (true, _) if shape.rows.is_one() => self.spread(operand, self.each(shape)?),
                        (false, false) => operand.node,
                        _ => return None,
                    });
                }
                Some(self.outer.call_as(operation, &nodes, each))
            }
        }
    }

    /// A value for all steps, where each has an element of `each`.
    fn spread(&mut self, lifted: Lifted, each: Shape) -> NodeId {
        let node = if !lifted.moves && !self.outer.shape(lifted.node).rows.is_one() {
            self.outer.transpose(lifted.node)
        } else {
            lifted.node
        };
        self.outer.broadcast(node, each)
    }

    /// The numbers of the steps, below each other.
    fn numbers(&mut self) -> Lifted {
        let one = self.outer.constant(1.0);
        let each = Shape::new(self.looped.steps, Dim::ONE);
        let ones = self.outer.broadcast(one, each);
        let counted = self.outer.call(CUMSUM, [ones]);
        #[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
        let before = self.outer.constant(self.looped.first as f64 - 1.0);
        let before = self.outer.broadcast(before, each);
        Lifted { node: self.outer.call(ADD, [counted, before]), moves: true }
    }

    /// How far behind the number of the step `at` is, if it is a number beside it.
    fn offset(&self, at: NodeId) -> Option<i64> {
        let step = &self.looped.step;
        if at == self.looped.time {
            return Some(0);
        }
        let &[time, offset] = step.is(at, ADD)? else { return None };
        #[expect(clippy::cast_possible_truncation, reason = "it was a whole number before")]
        let offset = step.constant_value(offset)? as i64;
        (time == self.looped.time).then_some(offset)
    }

    /// Row t + `offset` of a value that is the same in all steps.
    fn rows_of(&mut self, whole: NodeId, offset: i64) -> Option<Lifted> {
        let whole = self.lifted.get(&whole).filter(|whole| !whole.moves)?.node;
        let start = u64::try_from(i64::try_from(self.looped.first).ok()?.checked_add(offset)?).ok()?;
        let shape = self.outer.shape(whole);
        if start == 0 && shape.rows == self.looped.steps {
            return Some(Lifted { node: whole, moves: true });
        }
        let start = self.outer.size(Dim::Size(start));
        let shape = Shape::new(self.looped.steps, shape.columns);
        Some(Lifted { node: self.outer.call_as(SLICE_ROWS, &[whole, start], shape), moves: true })
    }

    /// The terms that each step adds to a state, or, if that is true, takes away, which depend on it no more than anything else does;
    /// `None` if it is no such sum.
    fn added_up(&self, k: usize) -> Option<Vec<(NodeId, bool)>> {
        let looped = self.looped;
        let (step, carried) = (&looped.step, looped.carried[k]);
        let Op::Argument(i) = step.node(carried.before).op else { return None };
        let depends = step.depending_on(&[i]);
        let mut terms = Vec::new();
        let mut sum = carried.after;
        let mut path = vec![sum];
        while sum != carried.before {
            let (a, b, is_difference) = match (step.is(sum, ADD), step.is(sum, SUB)) {
                (Some(&[a, b]), _) => (a, b, false),
                (_, Some(&[a, b])) => (a, b, true),
                _ => return None,
            };
            let (rest, term) = match (depends[a.index()], depends[b.index()]) {
                (true, false) => (a, b),
                (false, true) if !is_difference => (b, a),
                _ => return None,
            };
            terms.push((term, is_difference));
            sum = rest;
            path.push(sum);
        }
        // Nobody else reads the sum while it grows.
        let ends: Vec<_> = looped.carried.iter().map(|carried| carried.after).collect();
        let needed = step.needed(&ends);
        let reads_on = |id: NodeId| needed[id.index()] && depends[id.index()] && !path.contains(&id);
        if step.ids().any(reads_on) { None } else { Some(terms) }
    }

    /// The end of a state to which each step adds the `terms`, or takes them away; `None` if one has no form for all steps at once.
    fn sum_of(&mut self, carried: Carried, terms: &[(NodeId, bool)]) -> Option<NodeId> {
        let shape = self.looped.step.shape(carried.after);
        let each = self.each(shape)?;
        let mut end = carried.initial;
        for (term, is_difference) in terms.iter().rev() {
            let lifted = *self.lifted.get(term)?;
            let all = self.spread(lifted, each);
            let total = self.outer.call(if shape.is_scalar() { SUM } else { COLUMN_SUMS }, [all]);
            let total = if shape.rows.is_one() { total } else { self.outer.transpose(total) };
            let total = if *is_difference { self.outer.call(NEG, [total]) } else { total };
            end = self.outer.call(ADD, [end, total]);
        }
        Some(end)
    }

    /// The recurrence of states that depend on each other, and their values after it; `None` if a step is not elementwise, or reads what
    /// has no form for all steps at once.
    fn recurrence(&mut self, group: &[usize]) -> Option<Vec<(usize, NodeId)>> {
        let looped = self.looped;
        let step = &looped.step;
        let first = step.shape(looped.carried[group[0]].before);
        let lanes = self.each(first)?.columns;
        let mut core = Core::new(group.len());
        let mut arguments = Vec::new();
        for (j, &k) in group.iter().enumerate() {
            let before = looped.carried[k].before;
            if self.each(step.shape(before)).map(|each| each.columns) != Some(lanes) {
                return None;
            }
            let argument = core.graph.argument(j);
            core.moved.insert(before, argument);
            if let Op::Argument(i) = step.node(before).op {
                arguments.push(i);
            }
        }
        let depends = step.depending_on(&arguments);
        let ends: Vec<_> = group.iter().map(|&k| looped.carried[k].after).collect();
        let needed = step.needed(&ends);
        for id in step.ids().filter(|id| needed[id.index()] && depends[id.index()]) {
            let Op::Call(operation) = step.node(id).op else { continue };
            let is_line = step.shape(id).is_line() || step.shape(id).is_scalar();
            let is_repeated = step.is(id, BROADCAST).is_some() || step.is(id, TRANSPOSE).is_some();
            let is_pointwise = matches!(operation.kind(), Kind::Pointwise(_));
            if !(is_line && (is_pointwise || is_repeated)) {
                return None;
            }
            let mut operands = Vec::new();
            for &operand in step.operands(id) {
                operands.push(self.read(&mut core, operand)?);
            }
            let new = if is_pointwise { core.graph.call_as(operation, &operands, Shape::SCALAR) } else { operands[0] };
            core.moved.insert(id, new);
        }
        let mut next = Vec::new();
        for &end in &ends {
            next.push(self.read(&mut core, end)?);
        }
        let mut outside: Vec<_> = group.iter().map(|&k| self.as_row(looped.carried[k].initial)).collect();
        outside.extend(&core.operands);
        let names = group.iter().map(|&k| looped.carried[k].name).collect();
        let extent = Extent { steps: looped.steps, lanes, direction: Direction::Forwards };
        let (scalars, next) = rewrite::simplify(&core.graph, &next);
        let step_in_scalars = Step { graph: scalars, states: (0..group.len()).collect(), next, names };
        let node = recur(self.outer, &step_in_scalars, extent, &outside);
        let layout = extent.layout(group.len());
        let mut found = Vec::new();
        for (j, &k) in group.iter().enumerate() {
            let before = layout.part(self.outer, node, j, Rows::Before);
            self.lifted.insert(looped.carried[k].before, Lifted { node: before, moves: true });
            let end = layout.part(self.outer, node, j, Rows::After);
            let is_column = !step.shape(looped.carried[k].before).rows.is_one();
            found.push((k, if is_column { self.outer.transpose(end) } else { end }));
        }
        Some(found)
    }

    /// The recurrence of states whose steps are programs, and their values after it; `None` if a step reads another state that has no
    /// form for all steps at once.
    fn step_program(&mut self, group: &[usize]) -> Option<Vec<(usize, NodeId)>> {
        let looped = self.looped;
        let step = &looped.step;
        let carried: Vec<Carried> = group.iter().map(|&k| looped.carried[k]).collect();
        let ends: Vec<_> = carried.iter().map(|carried| carried.after).collect();
        let state = |id: NodeId| carried.iter().position(|carried| carried.before == id);
        let arguments = carried.iter().filter_map(|carried| match step.node(carried.before).op {
            Op::Argument(i) => Some(i),
            _ => None,
        });
        let depends = step.depending_on(&arguments.collect::<Vec<_>>());
        // Repeated and transposed elements are read where they are.
        let read = |id: NodeId| {
            let is_arranged = step.is(id, BROADCAST).is_some() || step.is(id, TRANSPOSE).is_some();
            let is_given =
                !depends[id.index()] && !is_arranged && matches!(step.node(id).op, Op::Argument(_) | Op::Call(_));
            self.lifted.get(&id).copied().filter(|_| is_given)
        };
        let mut needed = vec![false; step.len()];
        for end in &ends {
            needed[end.index()] = true;
        }
        for id in step.ids().rev() {
            if needed[id.index()] && state(id).is_none() && read(id).is_none() {
                step.operands(id).iter().for_each(|operand| needed[operand.index()] = true);
            }
        }
        let mut inner = Graph::default();
        let mut given: Vec<NodeId> = Vec::new();
        for carried in &carried {
            stand_in(&mut inner, step.shape(carried.before));
            given.push(carried.initial);
        }
        let mut by_step = Vec::new();
        let mut moved: HashMap<NodeId, NodeId> = HashMap::default();
        for id in step.ids().filter(|id| needed[id.index()]) {
            let new = match (state(id), read(id), step.node(id).op) {
                (Some(j), ..) => inner.argument(j),
                (_, Some(lifted), op) => {
                    if let Some(constant) = self.outer.constant_value(lifted.node) {
                        inner.constant(constant)
                    } else {
                        given.push(lifted.node);
                        by_step.push(lifted.moves);
                        let kind = match op {
                            Op::Argument(i) => step.inputs[i].kind,
                            _ => ArgumentKind::Numbers,
                        };
                        stand_in_of(&mut inner, step.shape(id), kind)
                    }
                }
                (.., Op::Argument(_)) => return None,
                _ => inner.copy(step, id, |operand| moved[&operand]),
            };
            if let Some(name) = step.name_of(id)
                && matches!(inner.node(new).op, Op::Call(_))
            {
                inner.name(new, name);
            }
            moved.insert(id, new);
        }
        let next: Vec<_> = ends.iter().map(|end| moved[end]).collect();
        let (inner, next) = rewrite::simplify(&inner, &next);
        let names = carried.iter().map(|carried| carried.name).collect();
        let (direction, steps) = (Direction::Forwards, looped.steps);
        let recurrence = StepProgram { step: inner, next, kept: Vec::new(), by_step, names, direction, steps };
        let node = program::Step { recurrence, given }.call(self.outer);
        let layout = program::layout(self.outer.step_program(node)?);
        let mut values = Vec::new();
        for (j, carried) in carried.iter().enumerate() {
            let shape = step.shape(carried.before);
            if self.each(shape).is_some() {
                for (id, rows) in [(carried.before, Rows::Before), (carried.after, Rows::Written)] {
                    let value = layout.part(self.outer, node, j, rows);
                    self.lifted.entry(id).or_insert(Lifted { node: value, moves: true });
                }
            }
            let last = layout.part(self.outer, node, j, Rows::After);
            values.push((group[j], program::shaped(self.outer, last, shape)));
        }
        Some(values)
    }

    /// Node `id` of the loop's step in a step in scalars: where it is already, or, of what depends on no state of the group, as an
    /// operand.
    fn read(&mut self, core: &mut Core, id: NodeId) -> Option<NodeId> {
        if let Some(&known) = core.moved.get(&id) {
            return Some(known);
        }
        // Repeated elements are read where they are.
        let own = match self.looped.step.is(id, BROADCAST) {
            Some(&[inner]) => inner,
            _ => id,
        };
        let lifted = *self.lifted.get(&own)?;
        self.each(self.looped.step.shape(own))?;
        let value = if lifted.moves { lifted.node } else { self.as_row(lifted.node) };
        Some(core.read(id, self.outer, value))
    }

    /// A line as a row.
    fn as_row(&mut self, node: NodeId) -> NodeId {
        if self.outer.shape(node).rows.is_one() { node } else { self.outer.transpose(node) }
    }
}
