//! Which elementwise nodes share a loop.
//!
//! A node is *ready* in phase p if p products or sums lie between it and its section's beginning. Loops of one phase and
//! one shape are one loop: none of their results needs another through anything but elements.
//! Elementwise nodes exist only inside of loops, unless something else needs them: a product, a root, or, where
//! they are dear, a second loop.

use std::collections::{BTreeMap, BTreeSet};

use super::residence::Residence;
use crate::graph::{Graph, NodeId, Op, Shape};
use crate::operations::{BROADCAST, Kind, Primitive, TRANSPOSE};

/// From here on a node is computed once and stored, where two loops need it.
const DEAR: u32 = 10;

/// What the stages of scheduling ask about a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Leaf,
    /// A 1 x 1 value that a line of Rust computes.
    Scalar,
    /// Elementwise, or a repetition: part of a loop.
    Element,
    /// A sum over elements: a sink of the loop that computes its operands.
    Sum(Primitive),
    /// A primitive of its own.
    Step(Primitive),
    /// The transpose of a line, which is the same line.
    Alias,
}

pub(crate) fn class(graph: &Graph, id: NodeId) -> Class {
    let Op::Call(operation) = graph.node(id).op else { return Class::Leaf };
    match operation.kind() {
        Kind::Pointwise(_) if graph.shape(id).is_scalar() => Class::Scalar,
        Kind::Pointwise(_) => Class::Element,
        Kind::Routine(_) => Class::Step(Primitive::Product),
        Kind::Multilinear(row) => match row.primitive {
            Primitive::Broadcast => Class::Element,
            Primitive::Sum | Primitive::ColumnSums | Primitive::RowSums => Class::Sum(row.primitive),
            Primitive::Transpose if graph.shape(id).is_line() => Class::Alias,
            other => Class::Step(other),
        },
    }
}

/// Whether an elementwise node reads its operand as a whole, and not element by element.
fn reads_memory(graph: &Graph, id: NodeId) -> bool {
    graph.is(id, BROADCAST).is_some() || graph.is(id, TRANSPOSE).is_some()
}

/// Which section a node is computed in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Section {
    Before,
    Rows,
    After,
}

/// A loop: its section, phase and shape.
pub(crate) type Group = (Section, usize, (String, String));

pub(crate) struct Fusion {
    pub(crate) class: Vec<Class>,
    pub(crate) section: Vec<Section>,
    /// The phase in which a node may be read.
    pub(crate) ready: Vec<usize>,
    /// Elementwise nodes that are stored.
    pub(crate) stored: BTreeSet<NodeId>,
}

/// Sections, phases and the nodes that need memory.
pub(crate) fn fuse(graph: &Graph, residence: &[Residence], roots: &[NodeId]) -> Fusion {
    let class: Vec<_> = graph.ids().map(|id| class(graph, id)).collect();
    let section: Vec<_> = graph
        .ids()
        .map(|id| match residence[id.index()] {
            Residence::Before => Section::Before,
            Residence::RowLocal | Residence::Reduction => Section::Rows,
            Residence::After => Section::After,
        })
        .collect();
    let mut fusion = Fusion { class, section, ready: Vec::new(), stored: BTreeSet::new() };
    for id in graph.ids() {
        let ready = fusion.ready_of(graph, id);
        fusion.ready.push(ready);
    }
    for id in graph.ids() {
        match fusion.class[id.index()] {
            // Traces, products, transposes: they read memory.
            Class::Step(_) => graph.operands(id).iter().for_each(|&operand| fusion.store(graph, operand)),
            Class::Element | Class::Alias if reads_memory(graph, id) => {
                graph.operands(id).iter().for_each(|&operand| fusion.store(graph, operand));
            }
            Class::Leaf | Class::Scalar | Class::Element | Class::Sum(_) | Class::Alias => {}
        }
    }
    fusion.store_what_is_dear(graph, roots);
    fusion
}

impl Fusion {
    fn ready_of(&self, graph: &Graph, id: NodeId) -> usize {
        let own = self.section[id.index()];
        let readable = |&operand: &NodeId| {
            // A value of an earlier section is there from the beginning.
            if self.section[operand.index()] < own {
                return 0;
            }
            let ready = self.ready[operand.index()];
            match self.class[operand.index()] {
                Class::Sum(_) => ready + 1,
                _ => ready,
            }
        };
        let latest = graph.operands(id).iter().map(readable).max().unwrap_or(0);
        match self.class[id.index()] {
            Class::Step(_) => latest + 1,
            // What is repeated, or read the other way round, is a line in memory, complete when its loop is.
            Class::Element | Class::Alias if reads_memory(graph, id) => {
                let operand = graph.operands(id)[0];
                let computed = !graph.shape(operand).is_scalar()
                    && matches!(self.class[self.origin(graph, operand).index()], Class::Element)
                    && self.section[operand.index()] == own;
                latest + usize::from(computed)
            }
            _ => latest,
        }
    }

    /// The line behind transposes of it.
    pub(crate) fn origin(&self, graph: &Graph, mut id: NodeId) -> NodeId {
        while self.class[id.index()] == Class::Alias {
            id = graph.operands(id)[0];
        }
        id
    }

    /// Gives `id` memory if it is elementwise; a row-local transpose stays with its user.
    fn store(&mut self, graph: &Graph, id: NodeId) {
        let id = self.origin(graph, id);
        if self.class[id.index()] == Class::Element {
            self.stored.insert(id);
        } else if let Some(&[inner]) = graph.is(id, TRANSPOSE) {
            self.store(graph, inner);
        }
    }

    /// The loop that computes an elementwise node, or the operands of a sum.
    pub(crate) fn group(&self, graph: &Graph, id: NodeId) -> Group {
        let shape: Shape = match self.class[id.index()] {
            Class::Sum(_) => graph.shape(graph.operands(id)[0]),
            _ => graph.shape(id),
        };
        (self.section[id.index()], self.ready[id.index()], (shape.rows.to_string(), shape.columns.to_string()))
    }

    /// The elementwise nodes inside the loop `group` that `ends` need, operands first, and what it reads.
    pub(crate) fn cone(&self, graph: &Graph, group: &Group, ends: &[NodeId]) -> (Vec<NodeId>, Vec<NodeId>) {
        let mut needed: BTreeSet<NodeId> = ends.iter().copied().collect();
        let (mut body, mut reads) = (Vec::new(), Vec::new());
        while let Some(id) = needed.pop_last() {
            let inside = self.class[id.index()] == Class::Element
                && graph.is(id, BROADCAST).is_none()
                && (!self.stored.contains(&id) || self.group(graph, id) == *group);
            if inside {
                body.push(id);
                needed.extend(graph.operands(id));
            } else {
                reads.push(id);
            }
        }
        body.reverse();
        reads.reverse();
        (body, reads)
    }

    /// Every loop with what it is to produce.
    pub(crate) fn ends(&self, graph: &Graph, roots: &[NodeId]) -> BTreeMap<Group, Vec<NodeId>> {
        let mut ends: BTreeMap<Group, Vec<NodeId>> = BTreeMap::new();
        for &id in &self.stored {
            ends.entry(self.group(graph, id)).or_default().push(id);
        }
        for id in graph.ids() {
            if matches!(self.class[id.index()], Class::Sum(_)) {
                ends.entry(self.group(graph, id)).or_default().extend(graph.operands(id));
            }
        }
        for &root in roots {
            if self.class[root.index()] == Class::Element {
                ends.entry(self.group(graph, root)).or_default().push(root);
            }
        }
        ends
    }

    fn store_what_is_dear(&mut self, graph: &Graph, roots: &[NodeId]) {
        // Storing one node can only take nodes out of loops, so each round stores at least one more, or ends.
        loop {
            let mut users: BTreeMap<NodeId, usize> = BTreeMap::new();
            for (group, ends) in self.ends(graph, roots) {
                let (body, _) = self.cone(graph, &group, &ends);
                for id in body {
                    *users.entry(id).or_default() += 1;
                }
            }
            let dear = |id: NodeId| match graph.kind(id) {
                Some(Kind::Pointwise(row)) => row.flops >= DEAR,
                _ => false,
            };
            let Some((&id, _)) =
                users.iter().find(|&(&id, &loops)| loops > 1 && dear(id) && !self.stored.contains(&id))
            else {
                return;
            };
            self.stored.insert(id);
        }
    }
}
