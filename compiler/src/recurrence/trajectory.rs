//! Parts of a trajectory, the rows of states that a recurrence writes, and of the cotangent of one.

use super::Extent;
use crate::base::{Dim, Shape};
use crate::graph::{Graph, NodeId};
use crate::operations::{ADD, Direction, HADAMARD, PAD_COLUMNS, PAD_ROWS, SLICE_COLUMNS, SLICE_ROWS};

/// Rows of a trajectory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// The states before each step, by its number.
    Before,
    /// The states after the last step.
    After,
}

impl Rows {
    /// The first row, and how many there are.
    fn range(self, extent: Extent) -> (Dim, Dim) {
        match (self, extent.direction) {
            (Self::Before, Direction::Forwards) => (Dim::Size(0), extent.steps),
            (Self::Before, Direction::Backwards) => (Dim::ONE, extent.steps),
            (Self::After, Direction::Forwards) => (extent.steps, Dim::ONE),
            (Self::After, Direction::Backwards) => (Dim::Size(0), Dim::ONE),
        }
    }
}

/// State `k` in some rows of the trajectory `node`.
pub(super) fn part(graph: &mut Graph, node: NodeId, extent: Extent, k: usize, rows: Rows) -> NodeId {
    let (first, count) = rows.range(extent);
    let start = graph.size(first);
    let columns = graph.shape(node).columns;
    let rows = graph.call_as(SLICE_ROWS, &[node, start], Shape::new(count, columns));
    if columns == extent.lanes {
        return rows;
    }
    let start = first_lane(graph, extent, k);
    graph.call_as(SLICE_COLUMNS, &[rows, start], Shape::new(count, extent.lanes))
}

/// The column at which state `k` begins.
fn first_lane(graph: &mut Graph, extent: Extent, k: usize) -> NodeId {
    #[expect(clippy::cast_precision_loss, reason = "no loop has 2^53 states")]
    let k = graph.constant(k as f64);
    let lanes = graph.size(extent.lanes);
    if extent.lanes.is_one() { k } else { graph.call(HADAMARD, [lanes, k]) }
}

/// State `k` in some rows of `g`, the cotangent of a trajectory; `None` if it is 0 there, since those who read the trajectory read
/// other rows, or other states.
pub(super) fn cotangent(graph: &mut Graph, g: NodeId, extent: Extent, k: usize, rows: Rows) -> Option<NodeId> {
    let (first, count) = rows.range(extent);
    let start = graph.size(first);
    let columns = graph.shape(g).columns;
    let of_rows = taken(graph, g, Axis::Rows, start, Shape::new(count, columns))?;
    if columns == extent.lanes {
        return Some(of_rows);
    }
    let start = first_lane(graph, extent, k);
    taken(graph, of_rows, Axis::Columns, start, Shape::new(count, extent.lanes))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Rows,
    Columns,
}

/// The part of `g` from `start` on that has this shape; `None` if it is 0. Parts of what was put in its place are found again: all who
/// read a trajectory take one of the same few parts, which are equal or have nothing in common.
fn taken(graph: &mut Graph, g: NodeId, axis: Axis, start: NodeId, shape: Shape) -> Option<NodeId> {
    let (pad, slice, size) = match axis {
        Axis::Rows => (PAD_ROWS, SLICE_ROWS, shape.rows),
        Axis::Columns => (PAD_COLUMNS, SLICE_COLUMNS, shape.columns),
    };
    let own = |shape: Shape| if axis == Axis::Rows { shape.rows } else { shape.columns };
    if let Some(&[inner, at]) = graph.is(g, pad) {
        let found = own(graph.shape(inner));
        if at == start && found == size {
            return Some(inner);
        }
        // The states before each step, and those after the last one; or two states.
        if at != start && (found != size || axis == Axis::Columns) {
            return None;
        }
    }
    // A part of rows keeps what was put in columns apart.
    if axis == Axis::Rows
        && let Some(&[inner, at]) = graph.is(g, PAD_COLUMNS)
    {
        let own = graph.shape(inner);
        let inner = taken(graph, inner, axis, start, Shape::new(shape.rows, own.columns))?;
        return Some(graph.call_as(PAD_COLUMNS, &[inner, at], shape));
    }
    if let Some(&[a, b]) = graph.is(g, ADD) {
        let parts = (taken(graph, a, axis, start, shape), taken(graph, b, axis, start, shape));
        return match parts {
            (Some(a), Some(b)) => Some(graph.call(ADD, [a, b])),
            (one, other) => one.or(other),
        };
    }
    Some(graph.call_as(slice, &[g, start], shape))
}
