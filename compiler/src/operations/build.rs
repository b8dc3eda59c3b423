//! Nodes that every stage builds.

use super::{BROADCAST, TRANSPOSE};
use crate::base::Shape;
use crate::graph::{Graph, NodeId};

impl Graph {
    /// `a` with the shape `shape`: itself, or repeated along rows, columns or both.
    pub(crate) fn broadcast(&mut self, a: NodeId, shape: Shape) -> NodeId {
        if self.shape(a) == shape { a } else { self.call_as(BROADCAST, &[a], shape) }
    }

    /// The transpose of `a`; a scalar is its own.
    pub(crate) fn transpose(&mut self, a: NodeId) -> NodeId {
        if self.shape(a).is_scalar() {
            return a;
        }
        if let Some(&[inner]) = self.is(a, TRANSPOSE) {
            return inner;
        }
        self.call(TRANSPOSE, [a])
    }
}
