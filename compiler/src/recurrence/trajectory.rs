//! Parts of a trajectory, the rows that a recurrence writes, and of the cotangent of one.

use crate::base::{Dim, Shape};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{ADD, Direction, PAD_COLUMNS, PAD_ROWS, SLICE_COLUMNS, SLICE_ROWS};

/// Values of a trajectory: which columns each has, and which rows are those of a step.
pub(super) struct Layout {
    pub(super) steps: Dim,
    pub(super) direction: Direction,
    /// How many columns each value has; they stand side by side.
    pub(super) widths: Vec<Dim>,
}

/// Rows of a trajectory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The states before each step, by its number.
    Before,
    /// The states after the last step.
    After,
    /// Values that each step writes, by its number.
    Written,
}

/// The trajectory that a value is a part of, if it is one.
pub(super) fn whole(graph: &Graph, part: NodeId) -> Option<NodeId> {
    let rows = *graph.is(part, SLICE_ROWS)?.first()?;
    Some(graph.is(rows, SLICE_COLUMNS).map_or(rows, |operands| operands[0]))
}

impl Layout {
    /// The shape of the trajectory.
    pub(super) fn shape(&self) -> Shape {
        Shape::new(self.steps.plus(Dim::ONE), self.columns(self.widths.len()).0)
    }

    /// The first column of value `k`, and how many it has.
    fn columns(&self, k: usize) -> (Dim, Dim) {
        let before = self.widths.iter().take(k).copied().reduce(Dim::plus);
        (before.unwrap_or(Dim::Size(0)), self.widths.get(k).copied().unwrap_or(Dim::Size(0)))
    }

    /// The first one of some rows, and how many there are.
    fn rows(&self, rows: Rows) -> (Dim, Dim) {
        match (rows, self.direction) {
            (Rows::Before, Direction::Forwards) | (Rows::Written, Direction::Backwards) => (Dim::Size(0), self.steps),
            (Rows::Before, Direction::Backwards) | (Rows::Written, Direction::Forwards) => (Dim::ONE, self.steps),
            (Rows::After, Direction::Forwards) => (self.steps, Dim::ONE),
            (Rows::After, Direction::Backwards) => (Dim::Size(0), Dim::ONE),
        }
    }

    /// Value `k` in some rows of the trajectory `node`.
    pub(super) fn part(&self, graph: &mut Graph, node: NodeId, k: usize, rows: Rows) -> NodeId {
        let mut part = node;
        if self.widths.len() > 1 {
            let (first, width) = self.columns(k);
            let start = graph.size(first);
            part = graph.call_as(SLICE_COLUMNS, &[part, start], Shape::new(self.shape().rows, width));
        }
        let (first, count) = self.rows(rows);
        let start = graph.size(first);
        let columns = graph.shape(part).columns;
        graph.call_as(SLICE_ROWS, &[part, start], Shape::new(count, columns))
    }

    /// The number of the value that `part` is a part of, the trajectory that has it, and which rows it has.
    pub(super) fn found(&self, graph: &Graph, part: NodeId) -> Option<(usize, Rows)> {
        let is = |node: NodeId, dim: Dim| match graph.node(node).op {
            Op::Size(size) => size == dim,
            #[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
            Op::Constant(value) => matches!(dim, Dim::Size(size) if (size as f64).to_bits() == value.to_bits()),
            _ => false,
        };
        let &[whole, first] = graph.is(part, SLICE_ROWS)? else { return None };
        let count = graph.shape(part).rows;
        let all = [Rows::Before, Rows::After, Rows::Written];
        let rows = all.into_iter().find(|&rows| is(first, self.rows(rows).0) && self.rows(rows).1 == count)?;
        let k = match graph.is(whole, SLICE_COLUMNS) {
            Some(&[_, first]) => (0..self.widths.len()).find(|&k| is(first, self.columns(k).0))?,
            _ => 0,
        };
        Some((k, rows))
    }

    /// Value `k` in some rows of `g`, the cotangent of a trajectory; `None` if it is 0 there, since those who read the trajectory
    /// read other rows, or other values.
    pub(super) fn cotangent(&self, graph: &mut Graph, g: NodeId, k: usize, rows: Rows) -> Option<NodeId> {
        let mut g = g;
        if self.widths.len() > 1 {
            let (first, width) = self.columns(k);
            let part = Part { axis: Axis::Columns, start: graph.size(first), size: width, apart: None };
            g = part.of(graph, g)?;
        }
        let other = match rows {
            Rows::Before => Some(Rows::After),
            Rows::After => Some(Rows::Before),
            Rows::Written => None,
        };
        let apart = other.map(|other| {
            let (first, count) = self.rows(other);
            (graph.size(first), count)
        });
        let (first, count) = self.rows(rows);
        let part = Part { axis: Axis::Rows, start: graph.size(first), size: count, apart };
        part.of(graph, g)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Rows,
    Columns,
}

/// A part of rows or of columns of a cotangent.
#[derive(Clone, Copy)]
struct Part {
    axis: Axis,
    start: NodeId,
    size: Dim,
    /// Rows that have none in common with these: the first one, and how many there are. Of columns, all parts that begin elsewhere.
    apart: Option<(NodeId, Dim)>,
}

impl Part {
    /// The part of `g`; `None` if it is 0. A part that was put in its place is found again.
    fn of(self, graph: &mut Graph, g: NodeId) -> Option<NodeId> {
        let (pad, slice) = match self.axis {
            Axis::Rows => (PAD_ROWS, SLICE_ROWS),
            Axis::Columns => (PAD_COLUMNS, SLICE_COLUMNS),
        };
        let along = |shape: Shape| if self.axis == Axis::Rows { shape.rows } else { shape.columns };
        if let Some(&[inner, at]) = graph.is(g, pad) {
            let found = along(graph.shape(inner));
            if at == self.start && found == self.size {
                return Some(inner);
            }
            if self.apart == Some((at, found)) || (self.axis == Axis::Columns && at != self.start) {
                return None;
            }
        }
        let full = graph.shape(g);
        let shape = match self.axis {
            Axis::Rows => Shape::new(self.size, full.columns),
            Axis::Columns => Shape::new(full.rows, self.size),
        };
        // A part of columns keeps what was put in rows apart.
        if self.axis == Axis::Columns
            && let Some(&[inner, at]) = graph.is(g, PAD_ROWS)
        {
            let inner = self.of(graph, inner)?;
            return Some(graph.call_as(PAD_ROWS, &[inner, at], shape));
        }
        if let Some(&[a, b]) = graph.is(g, ADD) {
            return match (self.of(graph, a), self.of(graph, b)) {
                (Some(a), Some(b)) => Some(graph.call(ADD, [a, b])),
                (one, other) => one.or(other),
            };
        }
        Some(graph.call_as(slice, &[g, self.start], shape))
    }
}
