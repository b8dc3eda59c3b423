//! Loops over a size that is known at run time: the graph of one step, and what becomes of it outside.

use super::Lowering;
use crate::base::{Dim, Place, Role, Shape, Symbol};
use crate::graph::{Graph, Input, NodeId, Op};
use crate::mistakes;
use crate::operations::{ADD, SLICE_ROWS};
use crate::recurrence::{Carried, Loop, Stuck, unroll_time};
use crate::syntax::{Expr, For, Index, IndexValue, Statement};

/// The loop whose step is being lowered.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// None for `_`.
    variable: Option<Symbol>,
    /// The number of the step.
    number: NodeId,
    first: u64,
    /// The size that it runs over, and how many of the last ones it leaves out.
    size: Dim,
    less: u64,
}

impl Lowering<'_, '_> {
    /// The number of the step, if `name` is the variable of a loop over a size.
    pub(super) fn time_of(&self, name: Symbol) -> Option<NodeId> {
        self.time.filter(|time| time.variable == Some(name)).map(|time| time.number)
    }

    /// How far from the number of the step an index is, if it is one beside it.
    pub(super) fn time_offset(&self, index: &IndexValue) -> Option<i64> {
        use crate::syntax::BinaryOp::{Add, Sub};
        match index {
            IndexValue::Name(name) => self.time_of(*name).map(|_| 0),
            IndexValue::Binary(Add, a, b) => match (self.time_offset(a), self.time_offset(b)) {
                (Some(offset), None) => offset.checked_add(self.index_value(b)?),
                (None, Some(offset)) => offset.checked_add(self.index_value(a)?),
                _ => None,
            },
            IndexValue::Binary(Sub, a, b) => self.time_offset(a)?.checked_sub(self.index_value(b)?),
            _ => None,
        }
    }

    /// `y[t - 1]`: a row of what has as many rows as the loop's size says.
    pub(super) fn row_of_step(&mut self, expr: &Expr, whole: &Expr, index: &Index, offset: i64) -> Option<NodeId> {
        let time = self.time?;
        if let crate::syntax::ExprKind::Name(name) = whole.kind
            && let Some(declared) = self.array_type(name)
        {
            self.used.insert(name);
            self.mistakes.report(mistakes::array_by_step(index.place, name, &declared, time.size));
            return None;
        }
        let node = self.expression(whole);
        let node = self.numbers(whole, node, "a matrix")?;
        let shape = self.graph.shape(node);
        if shape.rows == Dim::Unknown {
            return None;
        }
        if shape.rows != time.size {
            let operand = self.operand(whole, node);
            self.mistakes.report(mistakes::rows_of_other_size(expr.place, &operand, time.size));
            return None;
        }
        let (first, last) = (i64::try_from(time.first).ok()?, i64::try_from(time.less).ok()?);
        if first.checked_add(offset).is_none_or(|row| row < 0) {
            let from = offset.unsigned_abs();
            self.mistakes.report(mistakes::row_before_first(expr.place, expr, from));
            return None;
        }
        if offset > last {
            self.mistakes.report(mistakes::row_after_last(expr.place, expr, offset.unsigned_abs(), time.size));
            return None;
        }
        if self.varies(node) {
            self.mistakes.report(mistakes::row_of_state(expr.place, whole));
            return None;
        }
        let mut at = time.number;
        if offset != 0 {
            #[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
            let offset = self.graph.constant(offset as f64);
            at = self.graph.call(ADD, [at, offset]);
        }
        Some(self.graph.call_as(SLICE_ROWS, &[node, at], Shape::new(Dim::ONE, shape.columns)))
    }

    /// True if a value of the step is another one in another step.
    fn varies(&self, node: NodeId) -> bool {
        let is_of_step = |input: &Input| matches!(input.role, Role::Step | Role::Sample);
        let inputs: Vec<usize> = (0..self.graph.inputs.len()).filter(|&i| is_of_step(&self.graph.inputs[i])).collect();
        self.graph.depending_on(&inputs).get(node.index()) == Some(&true)
    }

    /// `for t in first..end - less { … }`.
    pub(super) fn steps_of(&mut self, it: &For, first: u64, (end, less): (Symbol, u64), place: Place) {
        if self.time.is_some() || self.inlining.is_some() {
            self.mistakes.report(mistakes::steps_inside(place, self.inlining.is_some()));
            return;
        }
        let Some(size) = self.dimension_of(end) else {
            self.mistakes.report(mistakes::steps_of_unknown_size(place, end));
            return;
        };
        // The values that the loop carries: what stands outside, and is assigned inside.
        let own: Vec<Symbol> = it.body.iter().flat_map(Statement::introduces).map(|(name, _)| name).collect();
        let mut carried: Vec<(usize, NodeId)> = Vec::new();
        for name in it.body.iter().flat_map(Statement::assigns).filter(|name| !own.contains(name)) {
            let Some(at) = self.scope.iter().rposition(|binding| binding.name == name && binding.is_mutable) else {
                continue;
            };
            if let Some(node) = self.scope[at].node
                && !carried.iter().any(|(known, _)| *known == at)
            {
                carried.push((at, node));
            }
        }
        let outer_nodes: Vec<Option<NodeId>> = self.scope.iter().map(|binding| binding.node).collect();
        let mut step = Graph::new(self.graph.inputs.clone());
        let mut outside: Vec<Option<NodeId>> = (0..step.inputs.len()).map(|i| Some(self.graph.argument(i))).collect();
        for (at, binding) in self.scope.iter_mut().enumerate() {
            let Some(node) = binding.node else { continue };
            let is_carried = carried.iter().any(|(known, _)| *known == at);
            binding.node = Some(match self.graph.node(node).op {
                Op::Argument(i) if !is_carried => step.argument(i),
                Op::Constant(value) if !is_carried => step.constant(value),
                _ => {
                    let role = if is_carried { Role::Step } else { Role::StandIn };
                    let shape = self.graph.shape(node);
                    let kind = crate::base::ArgumentKind::Numbers;
                    step.inputs.push(Input { name: binding.name, role, shape, kind });
                    outside.push((!is_carried).then_some(node));
                    step.argument(step.inputs.len() - 1)
                }
            });
        }
        let name = it.variable.map_or(Symbol::new("t"), |(name, _)| name);
        let kind = crate::base::ArgumentKind::Numbers;
        step.inputs.push(Input { name, role: Role::Sample, shape: Shape::SCALAR, kind });
        outside.push(None);
        let number = step.argument(step.inputs.len() - 1);
        let befores: Vec<Option<NodeId>> = carried.iter().map(|(at, _)| self.scope[*at].node).collect();
        let outer = std::mem::replace(&mut self.graph, step);
        self.time = Some(Time { variable: it.variable.map(|(name, _)| name), number, first, size, less });
        let (scope, functions, before) = (self.scope.len(), self.functions.len(), self.mistakes.len());
        if self.deeper(it.place).is_some() {
            for statement in &it.body {
                self.statement(statement);
            }
            self.depth -= 1;
        }
        self.scope.truncate(scope);
        self.functions.truncate(functions);
        self.time = None;
        let step = std::mem::replace(&mut self.graph, outer);
        let afters: Vec<Option<NodeId>> = carried.iter().map(|(at, _)| self.scope[*at].node).collect();
        for (binding, node) in self.scope.iter_mut().zip(outer_nodes) {
            binding.node = node;
        }
        if self.mistakes.len() != before {
            return;
        }
        let states = carried.iter().zip(befores.into_iter().zip(afters));
        let states = states.map(|((at, initial), (before, after))| {
            Some(Carried { name: self.scope[*at].name, initial: *initial, before: before?, after: after? })
        });
        let Some(states) = states.collect::<Option<Vec<_>>>() else { return };
        let steps = size.less(first.saturating_add(less));
        let looped = Loop { step, outside, carried: states, time: number, first, steps };
        match unroll_time(&mut self.graph, &looped) {
            Ok(ends) => {
                for ((at, _), end) in carried.iter().zip(ends) {
                    let name = self.scope[*at].name;
                    self.call_by(end, name);
                    self.scope[*at].node = Some(end);
                }
            }
            Err(stuck) => {
                let (Stuck::State(k) | Stuck::Steps(k)) = stuck;
                let name = self.scope[carried[k].0].name;
                let value = assigned(&it.body, name);
                let at = value.map_or(it.place, |value| value.place);
                let is_state = matches!(stuck, Stuck::State(_));
                self.mistakes.report(mistakes::step_not_elementwise(at, name, is_state, size));
            }
        }
    }
}

/// The value that is assigned to `name` in the last of these statements that does so.
fn assigned(body: &[Statement], name: Symbol) -> Option<&Expr> {
    body.iter().rev().find_map(|statement| match statement {
        Statement::Assign(assign) if assign.name == name => Some(&assign.value),
        Statement::For(it) => assigned(&it.body, name),
        _ => None,
    })
}
