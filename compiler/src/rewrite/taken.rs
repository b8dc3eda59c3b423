//! Products by what `select` did not take are 0, so that it has no influence on a gradient, be it infinite or NaN.
//!
//! The cotangent of what was not taken is 0, and the chain rule multiplies it: by a slope, by a row of data, by a softmax
//! that may be NaN. Each such product is made to be 0: an elementwise one is selected itself, a factor of a matrix product
//! is selected before. For numbers that are finite nothing changes, so that formulas don't show it; it is part of how a
//! gradient is computed. A loss without `select` has none of it. A sample whose label is missing is not taken, either.

use rustc_hash::FxHashMap as HashMap;

use crate::base::{Dim, Role, Shape};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{
    ADD, BROADCAST, COLUMN_SUMS, CUMSUM, CUMSUM_REVERSE, CUMULATIVE_LSE_ADJOINT, DIV, DOT, EITHER, HADAMARD, Kind,
    MATMUL, NEG, Operation, ROW_SUMS, Reach, SELECT, SUB, TRANSPOSE,
};

/// Conditions of one node that are looked at.
const MAX_CONDITIONS: usize = 2;

/// True if the loss selects, in its normal form, or leaves samples out that have no label. Derivatives of other functions select as
/// well, where nothing is infinite.
pub(crate) fn selects(loss: &Graph) -> bool {
    loss.inputs.iter().any(|input| input.kind.may_miss()) || loss.ids().any(|id| loss.is(id, SELECT).is_some())
}

/// The graph in which products by what `select` left 0 are 0, and the roots there. The loss is computed as the user wrote it.
pub(crate) fn take(graph: &Graph, roots: &[NodeId], loss: Option<NodeId>) -> (Graph, Vec<NodeId>) {
    let written = graph.needed(loss.as_slice());
    let mut taken = Taken { graph: graph.empty_like(), conditions: HashMap::default(), of_data: Vec::new() };
    let moved = graph.map_into(&mut taken, |taken, id, moved| {
        let new = taken.graph.copy(graph, id, |operand| moved.of(operand));
        let new = if written[id.index()] { new } else { taken.guard(new) };
        let conditions = taken.look(new);
        taken.conditions.insert(new, conditions);
        Some(new)
    });
    taken.graph.compact(&moved.all(roots))
}

struct Taken {
    /// The graph that is being built.
    graph: Graph,
    /// The conditions outside of which a node is 0, each of its shape.
    conditions: HashMap<NodeId, Vec<NodeId>>,
    /// True for each of the first nodes that depends on no parameter.
    of_data: Vec<bool>,
}

impl AsMut<Graph> for Taken {
    fn as_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }
}

impl Taken {
    fn of(&self, id: NodeId) -> Vec<NodeId> {
        self.conditions.get(&id).cloned().unwrap_or_default()
    }

    /// Where `id` is known to be 0.
    fn look(&mut self, id: NodeId) -> Vec<NodeId> {
        let Some(operation) = self.graph.operation(id) else { return Vec::new() };
        let operands = self.graph.operands(id).to_vec();
        let is = |of: &[&'static dyn Operation]| of.contains(&operation);
        let mut conditions = match operands[..] {
            [c, a, b] if is(&[SELECT]) => self.of_choice(c, a, b),
            [_, a, b] if is(&[EITHER]) => common(&self.of(a), &self.of(b)),
            [a] if is(&[NEG]) => self.of(a),
            [a, _] if is(&[DIV]) => self.of(a),
            [a, b] if is(&[ADD, SUB]) => self.of_sum(a, b),
            [a, b] if is(&[HADAMARD]) => [self.of(a), self.of(b)].concat(),
            [a] if is(&[TRANSPOSE]) => self.of(a).into_iter().map(|c| self.graph.transpose(c)).collect(),
            [a] if is(&[BROADCAST]) => self.repeated(&self.of(a), self.graph.shape(id)),
            [a, b] if is(&[MATMUL]) => {
                let mut lines = self.along(a, Self::rows_taken);
                lines.extend(self.along(b, Self::columns_taken));
                self.repeated(&lines, self.graph.shape(id))
            }
            [a] if is(&[CUMSUM, CUMSUM_REVERSE]) => self.of_scan(a, operation),
            [_, _, g] if is(&[CUMULATIVE_LSE_ADJOINT]) => self.of_scan(g, CUMSUM_REVERSE),
            [a] if is(&[ROW_SUMS]) => self.along(a, Self::rows_taken),
            [a] if is(&[COLUMN_SUMS]) => self.along(a, Self::columns_taken),
            _ => self.linear_by_rows(id).map_or_else(Vec::new, |a| {
                let lines = self.along(a, Self::rows_taken);
                self.repeated(&lines, self.graph.shape(id))
            }),
        };
        conditions.dedup();
        conditions.truncate(MAX_CONDITIONS);
        conditions
    }

    fn of_choice(&mut self, c: NodeId, a: NodeId, b: NodeId) -> Vec<NodeId> {
        let is_zero = |id| self.graph.constant_value(self.unrepeated(id)) == Some(0.0);
        match (is_zero(a), is_zero(b)) {
            (false, true) => [vec![c], self.of(a)].concat(),
            (true, false) => [vec![self.not(c)], self.of(b)].concat(),
            _ => common(&self.of(a), &self.of(b)),
        }
    }

    /// 1 where `c` is not taken, 0 elsewhere.
    fn not(&mut self, c: NodeId) -> NodeId {
        self.choose(c, 0.0, 1.0)
    }

    /// 1 where `c` is taken, 0 elsewhere.
    fn is_taken(&mut self, c: NodeId) -> NodeId {
        self.choose(c, 1.0, 0.0)
    }

    /// One number where `c` is taken, and another one elsewhere.
    fn choose(&mut self, c: NodeId, taken: f64, other: f64) -> NodeId {
        let shape = self.graph.shape(c);
        let [taken, other] = [taken, other].map(|number| self.number(number, shape));
        self.graph.call(SELECT, [c, taken, other])
    }

    /// A sum is 0 where both terms are.
    fn of_sum(&mut self, a: NodeId, b: NodeId) -> Vec<NodeId> {
        let (of_a, of_b) = (self.of(a), self.of(b));
        match (common(&of_a, &of_b), &of_a[..], &of_b[..]) {
            (common, ..) if !common.is_empty() => common,
            // Of both branches, everything is taken.
            (_, &[c, ..], &[d, ..]) if self.not(c) == d || self.not(d) == c => Vec::new(),
            (_, &[c, ..], &[d, ..]) => vec![self.graph.call(SELECT, [c, c, d])],
            _ => Vec::new(),
        }
    }

    /// A sum of rows before or after is 0 until one is taken.
    fn of_scan(&mut self, a: NodeId, scan: &'static dyn Operation) -> Vec<NodeId> {
        let taken: Vec<_> = self.of(a).into_iter().map(|c| self.is_taken(c)).collect();
        taken.into_iter().map(|taken| self.graph.call(scan, [taken])).collect()
    }

    fn repeated(&mut self, conditions: &[NodeId], shape: Shape) -> Vec<NodeId> {
        conditions.iter().map(|&c| self.graph.broadcast(c, shape)).collect()
    }

    /// The conditions of `a` along an axis.
    fn along(&mut self, a: NodeId, axis: fn(&mut Self, NodeId) -> Option<NodeId>) -> Vec<NodeId> {
        self.of(a).into_iter().filter_map(|c| axis(self, c)).collect()
    }

    /// Which rows are taken, as a vector, if they are as a whole.
    fn rows_taken(&mut self, c: NodeId) -> Option<NodeId> {
        let shape = self.graph.shape(c);
        self.line(c, Shape::new(shape.rows, Dim::ONE))
    }

    /// Which columns are taken, as a row, if they are as a whole.
    fn columns_taken(&mut self, c: NodeId) -> Option<NodeId> {
        let shape = self.graph.shape(c);
        self.line(c, Shape::new(Dim::ONE, shape.columns))
    }

    /// The line of shape `line` that `id` repeats.
    fn line(&mut self, id: NodeId, line: Shape) -> Option<NodeId> {
        if self.graph.shape(id) == line {
            return Some(id);
        }
        let operation = self.graph.operation(id)?;
        let operands = self.graph.operands(id).to_vec();
        if let (true, [a]) = (operation == BROADCAST, &operands[..]) {
            let shape = self.graph.shape(*a);
            return (shape.is_scalar() || shape == line).then(|| self.graph.broadcast(*a, line));
        }
        if let (true, [a]) = (operation == TRANSPOSE, &operands[..]) {
            let inner = self.line(*a, line.t())?;
            return Some(self.graph.transpose(inner));
        }
        let scans = [CUMSUM, CUMSUM_REVERSE].contains(&operation);
        let by_elements = matches!(operation.kind(), Kind::Pointwise(_)) || scans && line.columns.is_one();
        if !by_elements {
            return None;
        }
        let operands: Option<Vec<_>> = operands.into_iter().map(|operand| self.line(operand, line)).collect();
        Some(self.graph.call_slice(operation, &operands?))
    }

    fn number(&mut self, number: f64, shape: Shape) -> NodeId {
        let number = self.graph.constant(number);
        self.graph.broadcast(number, shape)
    }

    /// The operand row i of which makes row i of a call that is linear in it.
    fn linear_by_rows(&self, id: NodeId) -> Option<NodeId> {
        let Some(Kind::Routine(row)) = self.graph.kind(id) else { return None };
        let is_aligned = |k: &&usize| row.operands.get(**k).is_some_and(|letters| letters[0] == row.result[0]);
        let k = row.linear.iter().find(is_aligned).filter(|_| row.reach == Reach::Rows && row.result[0] != b'1')?;
        self.graph.operands(id).get(*k).copied()
    }

    /// A node as `id`, but 0 where a factor is that was not taken.
    fn guard(&mut self, id: NodeId) -> NodeId {
        self.graph.derived_by("what is not taken");
        let operands = self.graph.operands(id).to_vec();
        let Some(operation) = self.graph.operation(id) else { return id };
        match operands[..] {
            [a, b] if [HADAMARD, DIV].contains(&operation) => {
                if self.is_number(a) || self.is_number(b) {
                    return id;
                }
                let (of_a, of_b) = (self.of(a), self.of(b));
                let id = self.selected_by(&without(&of_a, &of_b), id);
                self.selected_by(&without(&of_b, &of_a), id)
            }
            [a, b] if operation == DOT => {
                let (of_a, of_b) = (self.of(a), self.of(b));
                let a = self.selected_by(&without(&of_b, &of_a), a);
                let b = self.selected_by(&without(&of_a, &of_b), b);
                self.graph.call(DOT, [a, b])
            }
            [a, b] if operation == MATMUL => self.guard_product(id, a, b),
            [_, _, ..] => match self.linear_by_rows(id) {
                Some(a) => {
                    let lines = self.along(a, Self::rows_taken);
                    let conditions = self.repeated(&lines, self.graph.shape(id));
                    self.selected_by(&conditions, id)
                }
                None => id,
            },
            _ => id,
        }
    }

    /// A B, where a row of B that is 0 meets no column of A, and the other way round. That takes a copy of a factor, so it is
    /// done where the data say what is taken: a condition on values of the model is a piece of a function, such as a hinge.
    fn guard_product(&mut self, id: NodeId, a: NodeId, b: NodeId) -> NodeId {
        let columns: Vec<_> = self.along(a, Self::columns_taken).into_iter().map(|c| self.graph.transpose(c)).collect();
        let rows = self.along(b, Self::rows_taken);
        let (mut left, mut right) = (a, b);
        for c in self.of_data(&rows, &columns) {
            left = if let Some(&[inner]) = self.graph.is(left, TRANSPOSE) {
                let inner = self.selected_rows(c, inner);
                self.graph.transpose(inner)
            } else {
                let c = self.graph.transpose(c);
                self.selected_rows(c, left)
            };
        }
        for c in self.of_data(&columns, &rows) {
            right = self.selected_rows(c, right);
        }
        if (left, right) == (a, b) { id } else { self.graph.call(MATMUL, [left, right]) }
    }

    /// The conditions that depend on no parameter, but for those that are `known`.
    fn of_data(&mut self, conditions: &[NodeId], known: &[NodeId]) -> Vec<NodeId> {
        self.of_data = self.graph.of_data(std::mem::take(&mut self.of_data));
        without(conditions, known).into_iter().filter(|c| self.of_data.get(c.index()) == Some(&true)).collect()
    }

    /// `a` where the line `c` is taken. Parameters and numbers are finite, or nothing is.
    fn selected_rows(&mut self, c: NodeId, a: NodeId) -> NodeId {
        let is_parameter = match self.graph.node(a).op {
            Op::Argument(i) => self.graph.inputs.get(i).is_some_and(|input| input.role != Role::Data),
            _ => false,
        };
        if is_parameter || self.is_number(a) {
            return a;
        }
        let c = self.graph.broadcast(c, self.graph.shape(a));
        self.selected(c, a)
    }

    fn selected_by(&mut self, conditions: &[NodeId], a: NodeId) -> NodeId {
        conditions.iter().fold(a, |a, &c| self.selected(c, a))
    }

    fn selected(&mut self, c: NodeId, a: NodeId) -> NodeId {
        let zero = self.number(0.0, self.graph.shape(a));
        let selected = self.graph.call(SELECT, [c, a, zero]);
        let conditions = self.look(selected);
        self.conditions.insert(selected, conditions);
        selected
    }

    /// True if `id` is one number, at most repeated.
    fn is_number(&self, id: NodeId) -> bool {
        let inner = self.unrepeated(id);
        self.graph.shape(inner).is_scalar() && !self.graph.shape(id).is_scalar()
            || self.graph.constant_value(inner).is_some()
    }

    /// The operand of a broadcast; another node is itself.
    fn unrepeated(&self, id: NodeId) -> NodeId {
        self.graph.is(id, BROADCAST).and_then(|operands| operands.first().copied()).unwrap_or(id)
    }
}

/// The conditions that only the first list has.
fn without(conditions: &[NodeId], known: &[NodeId]) -> Vec<NodeId> {
    conditions.iter().filter(|c| !known.contains(c)).copied().collect()
}

fn common(a: &[NodeId], b: &[NodeId]) -> Vec<NodeId> {
    a.iter().filter(|c| b.contains(c)).copied().collect()
}
