//! Loops over a size that is known at run time: the graph of one step, and what becomes of it outside.

use super::Lowering;
use crate::base::{Dim, Place, Shape, Symbol};
use crate::diagnostics::messages;
use crate::differentiate::stand_in;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{ADD, SLICE_ROWS};
use crate::recurrence::{Carried, Loop, unroll_time};
use crate::syntax::{BinaryOp, Expr, ExprKind, For, Index, IndexValue, Statement};

/// The loop whose step is being lowered.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// None for `_`.
    variable: Option<Symbol>,
    /// The number of the step.
    number: NodeId,
    /// The arguments of the step's graph from this number on are other ones in each step.
    varying: usize,
    first: u64,
    /// The size that it runs over, and how many of the last ones it leaves out.
    size: Dim,
    less: u64,
}

impl Lowering<'_, '_> {
    /// The number of the step, if `name` is the variable of a loop over a size.
    pub(super) fn time_of(&self, name: Symbol) -> Option<NodeId> {
        self.frame.time.filter(|time| time.variable == Some(name)).map(|time| time.number)
    }

    /// How far from the number of the step an index is, if it is one beside it.
    pub(super) fn time_offset(&self, index: &IndexValue) -> Option<i64> {
        match index {
            IndexValue::Name(name) => self.time_of(*name).map(|_| 0),
            IndexValue::Binary(BinaryOp::Add, a, b) => match (self.time_offset(a), self.time_offset(b)) {
                (Some(offset), None) => offset.checked_add(self.index_value(b)?),
                (None, Some(offset)) => offset.checked_add(self.index_value(a)?),
                _ => None,
            },
            IndexValue::Binary(BinaryOp::Sub, a, b) => self.time_offset(a)?.checked_sub(self.index_value(b)?),
            _ => None,
        }
    }

    /// `y[t - 1]`: a row of what has as many rows as the loop's size says.
    pub(super) fn row_of_step(&mut self, expr: &Expr, whole: &Expr, index: &Index, offset: i64) -> Option<NodeId> {
        let time = self.frame.time?;
        if let ExprKind::Name(name) = whole.kind
            && let Some(declared) = self.array_type(name)
        {
            self.frame.used.insert(name);
            self.mistakes.report(messages::array_by_step(index.place, name, &declared, time.size));
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
            self.mistakes.report(messages::rows_of_other_size(expr.place, &operand, time.size));
            return None;
        }
        let (first, last) = (i64::try_from(time.first).ok()?, i64::try_from(time.less).ok()?);
        if first.checked_add(offset).is_none_or(|row| row < 0) {
            let from = offset.unsigned_abs();
            self.mistakes.report(messages::row_before_first(expr.place, expr, from));
            return None;
        }
        if offset > last {
            self.mistakes.report(messages::row_after_last(expr.place, expr, offset.unsigned_abs(), time.size));
            return None;
        }
        let varying: Vec<usize> = (time.varying..self.graph.inputs.len()).collect();
        if self.graph.depending_on(&varying).get(node.index()) == Some(&true) {
            self.mistakes.report(messages::row_of_state(expr.place, whole));
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

    /// `for t in first..end - less { … }`.
    pub(super) fn steps_of(&mut self, it: &For, first: u64, (end, less): (Symbol, u64), place: Place) {
        let within =
            if self.frame.time.is_some() { Some("another one") } else { self.frame.inlining.map(|_| "a function") };
        if let Some(within) = within {
            self.mistakes.report(messages::steps_inside(place, within));
            return;
        }
        let Some(size) = self.dimension_of(end) else {
            self.mistakes.report(messages::steps_of_unknown_size(place, end));
            return;
        };
        let carried = self.carried(it);
        let values: Vec<Option<NodeId>> = self.frame.scope.iter().map(|binding| binding.node).collect();
        let (mut step, outside) = self.step_graph(&carried);
        let befores: Vec<_> = carried.iter().map(|&at| self.frame.scope[at].node).collect();
        let number = stand_in(&mut step, Shape::SCALAR);
        let outer = std::mem::replace(&mut self.graph, step);
        let variable = it.variable.map(|(name, _)| name);
        self.frame.time = Some(Time { variable, number, varying: outside.len(), first, size, less });
        let before = self.mistakes.len();
        self.turn(it, |_| {});
        self.frame.time = None;
        let step = std::mem::replace(&mut self.graph, outer);
        let afters: Vec<_> = carried.iter().map(|&at| self.frame.scope[at].node).collect();
        for (binding, value) in self.frame.scope.iter_mut().zip(&values) {
            binding.node = *value;
        }
        if self.mistakes.len() != before {
            return;
        }
        let states = carried.iter().zip(befores.into_iter().zip(afters)).map(|(&at, (before, after))| {
            Some(Carried { name: self.frame.scope[at].name, initial: values[at]?, before: before?, after: after? })
        });
        let Some(states) = states.collect::<Option<Vec<_>>>() else { return };
        let steps = size.less(first.saturating_add(less));
        let looped = Loop { step, outside, carried: states, time: number, first, steps };
        let ends = unroll_time(&mut self.graph, &looped);
        for (&at, end) in carried.iter().zip(ends) {
            self.call_by(end, self.frame.scope[at].name);
            self.frame.scope[at].node = Some(end);
        }
    }

    /// The values that a loop carries, by their places in the scope: those of names outside that it assigns to.
    fn carried(&self, it: &For) -> Vec<usize> {
        let own: Vec<Symbol> = it.body.iter().flat_map(Statement::introduces).map(|(name, _)| name).collect();
        let mut carried = Vec::new();
        for name in it.body.iter().flat_map(Statement::assigns).filter(|name| !own.contains(name)) {
            let at = self.frame.scope.iter().rposition(|binding| binding.name == name && binding.is_mutable);
            if let Some(at) = at.filter(|&at| self.frame.scope[at].node.is_some() && !carried.contains(&at)) {
                carried.push(at);
            }
        }
        carried
    }

    /// The graph of one step, where names stand for its arguments; and the values outside that the first of them are, all but
    /// those of the `carried` names.
    fn step_graph(&mut self, carried: &[usize]) -> (Graph, Vec<NodeId>) {
        let mut step = Graph::new(self.graph.inputs.clone());
        let mut outside: Vec<_> = (0..step.inputs.len()).map(|i| self.graph.argument(i)).collect();
        for (at, binding) in self.frame.scope.iter_mut().enumerate() {
            let Some(node) = binding.node.filter(|_| !carried.contains(&at)) else { continue };
            binding.node = Some(match self.graph.node(node).op {
                Op::Argument(i) => step.argument(i),
                Op::Constant(value) => step.constant(value),
                Op::Size(_) | Op::Call(_) => {
                    outside.push(node);
                    stand_in(&mut step, self.graph.shape(node))
                }
            });
        }
        for &at in carried {
            let binding = &mut self.frame.scope[at];
            binding.node = binding.node.map(|node| stand_in(&mut step, self.graph.shape(node)));
        }
        (step, outside)
    }
}
