//! Graphs made of other graphs, node by node.

use super::{Graph, NodeId, Op};

/// Where the nodes of one graph are in another one.
pub(crate) struct Moved(Vec<Option<NodeId>>);

impl Moved {
    /// Where `id` is now. A node that was left out is nowhere, and nothing asks for it.
    pub(crate) fn of(&self, id: NodeId) -> NodeId {
        self.0.get(id.index()).copied().flatten().unwrap_or(id)
    }

    /// Where `nodes` are now, in their order.
    pub(crate) fn all(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        nodes.iter().map(|node| self.of(*node)).collect()
    }
}

impl AsMut<Self> for Graph {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

impl Graph {
    /// A graph with a node for each of this one, which `make` builds in it, or leaves out. Names go along.
    pub(crate) fn map(&self, make: impl FnMut(&mut Self, NodeId, &Moved) -> Option<NodeId>) -> (Self, Moved) {
        let mut to = self.empty_like();
        let moved = self.map_into(&mut to, make);
        (to, moved)
    }

    /// Like [`map`](Self::map), where `to` has the graph that is being built.
    pub(crate) fn map_into<B: AsMut<Self>>(
        &self,
        to: &mut B,
        mut make: impl FnMut(&mut B, NodeId, &Moved) -> Option<NodeId>,
    ) -> Moved {
        let mut moved = Moved(Vec::with_capacity(self.len()));
        for id in self.ids() {
            let new = make(to, id, &moved);
            moved.0.push(new);
        }
        for &(id, name) in self.names() {
            if let Some(new) = moved.0[id.index()] {
                to.as_mut().name(new, name);
            }
        }
        moved
    }

    /// The part of the graph that `roots` reach, and the roots there.
    pub(crate) fn compact(&self, roots: &[NodeId]) -> (Self, Vec<NodeId>) {
        let needed = self.needed(roots);
        let (smaller, moved) =
            self.map(|to, id, moved| needed[id.index()].then(|| to.copy(self, id, |operand| moved.of(operand))));
        (smaller, moved.all(roots))
    }

    /// Node `id` of the graph `from`, with its operands where they have `moved`.
    pub(crate) fn copy(&mut self, from: &Self, id: NodeId, moved: impl Fn(NodeId) -> NodeId) -> NodeId {
        let node = from.node(id);
        self.derived_by(node.origin);
        match node.op {
            Op::Argument(i) => self.argument(i),
            Op::Constant(value) => self.constant(value),
            Op::Size(dim) => self.size(dim),
            Op::Call(operation) => {
                let operands: Vec<_> = node.operands.iter().map(|operand| moved(*operand)).collect();
                self.call_as(operation, &operands, node.shape)
            }
        }
    }
}
