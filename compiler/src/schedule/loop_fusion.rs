//! Which elementwise nodes of a stage share a loop.
//!
//! A node is *ready* in phase p if p products or sums lie between it and its stage's beginning. Loops of one phase and
//! one shape are one loop: none of their results needs another through anything but elements.
//! Elementwise nodes exist only inside of loops, unless something else needs them: a product, a later stage, or, where
//! they are dear, a second loop.

use std::collections::{BTreeMap, BTreeSet};

use super::Fused;
use super::residence::{Need, Timetable};
use crate::base::Shape;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{BROADCAST, EITHER, Kind, Primitive};

/// From here on a node is computed once and stored, where two loops need it.
const STORED_FROM: u32 = 10;

/// And from here on what is cheap by itself, with all that it is made of inside of loops.
const STORED_FROM_WITH_OPERANDS: u32 = 24;

/// Classes of nodes, by which the stages of scheduling tell them apart.
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
    /// A routine of the runtime.
    Routine,
    /// One of two products, both of which are written where it is.
    Either,
    /// The transpose of a line, which is the same line.
    Alias,
}

pub(crate) fn class(graph: &Graph, id: NodeId) -> Class {
    let Op::Call(operation) = graph.node(id).op else { return Class::Leaf };
    match operation.kind() {
        Kind::Pointwise(_) if graph.shape(id).is_scalar() => Class::Scalar,
        Kind::Pointwise(_) => Class::Element,
        _ if operation == EITHER => Class::Either,
        Kind::Routine(_) => Class::Routine,
        Kind::Multilinear(row) => match row.primitive {
            Primitive::Broadcast => Class::Element,
            Primitive::Sum | Primitive::ColumnSums | Primitive::RowSums => Class::Sum(row.primitive),
            Primitive::Transpose if graph.shape(id).is_line() => Class::Alias,
            other => Class::Step(other),
        },
    }
}

/// A loop of a stage: its phase, and its shape.
pub(crate) type Group = (usize, (String, String));

/// The loops of one stage.
pub(crate) struct Fusion<'t, 'g> {
    timetable: &'t Timetable<'g>,
    graph: &'g Graph,
    pub(crate) members: &'t BTreeSet<NodeId>,
    /// The phase in which a member may be read.
    ready: BTreeMap<NodeId, usize>,
    /// Elementwise members that have memory.
    pub(crate) stored: BTreeSet<NodeId>,
}

impl<'t, 'g> Fusion<'t, 'g> {
    /// `handed_on` is what later stages read from memory, `results` what goes elsewhere.
    pub(crate) fn new(
        timetable: &'t Timetable<'g>,
        members: &'t BTreeSet<NodeId>,
        handed_on: &[NodeId],
        results: &[NodeId],
        fused: Fused,
    ) -> Self {
        let graph = timetable.axis.graph;
        let mut fusion = Self { timetable, graph, members, ready: BTreeMap::new(), stored: BTreeSet::new() };
        for &id in members {
            // Operands have smaller numbers.
            let ready = if fused == Fused::Yes { fusion.ready_of(id) } else { id.index() };
            fusion.ready.insert(id, ready);
        }
        if fused == Fused::No {
            let read: BTreeSet<NodeId> = members.iter().flat_map(|&id| graph.operands(id).iter().copied()).collect();
            let with_memory =
                |id: &&NodeId| graph.is(**id, BROADCAST).is_none() && (read.contains(id) || !results.contains(id));
            members.iter().filter(with_memory).for_each(|&id| fusion.store(id));
        }
        for &id in members {
            match class(graph, id) {
                Class::Step(_) | Class::Routine => {
                    timetable.reading(id).iter().for_each(|&(operand, _)| fusion.store(operand));
                }
                _ => fusion.lines(id).into_iter().for_each(|line| fusion.store(line)),
            }
        }
        for &id in handed_on {
            fusion.store(id);
        }
        fusion.store_what_is_dear(results);
        fusion
    }

    /// The phase of a member.
    pub(crate) fn phase(&self, id: NodeId) -> usize {
        self.ready.get(&id).copied().unwrap_or(0)
    }

    fn ready_of(&self, id: NodeId) -> usize {
        let readable = |&(operand, _): &(NodeId, Need)| {
            // A value of an earlier stage is there from the beginning.
            let Some(&ready) = self.ready.get(&operand) else { return 0 };
            match class(self.graph, operand) {
                Class::Sum(_) => ready + 1,
                _ => ready,
            }
        };
        let latest = self.timetable.reading(id).iter().map(readable).max().unwrap_or(0);
        match class(self.graph, id) {
            Class::Step(_) | Class::Routine => latest + 1,
            // A line is complete when its loop is.
            _ => {
                let lines = self.lines(id).into_iter().filter(|&line| self.is_inner(line));
                lines.map(|line| self.phase(line) + 1).max().unwrap_or(0).max(latest)
            }
        }
    }

    /// The lines that a node, or its operands, repeat or read the other way round: they are read from memory.
    fn lines(&self, id: NodeId) -> Vec<NodeId> {
        let axis = self.timetable.axis;
        let line = |part: NodeId| match class(self.graph, part) {
            Class::Alias => Some(axis.origin(part)),
            _ => axis.repeated(part),
        };
        self.graph.operands(id).iter().chain([&id]).filter_map(|&part| line(part)).collect()
    }

    /// True if a loop of this stage computes `id`.
    fn is_inner(&self, id: NodeId) -> bool {
        self.members.contains(&id) && class(self.graph, id) == Class::Element
    }

    /// Gives `id` memory if a loop of this stage computes it.
    fn store(&mut self, id: NodeId) {
        if self.is_inner(id) {
            self.stored.insert(id);
        }
    }

    /// The loop that computes an elementwise node, or the operands of a sum.
    pub(crate) fn group(&self, id: NodeId) -> Group {
        let shape: Shape = match class(self.graph, id) {
            Class::Sum(_) => self.graph.shape(self.graph.operands(id)[0]),
            _ => self.graph.shape(id),
        };
        (self.phase(id), (shape.rows.to_string(), shape.columns.to_string()))
    }

    /// The elementwise nodes inside the loop `group` that `ends` need, operands first, and what it reads.
    pub(crate) fn cone(&self, group: &Group, ends: &[NodeId]) -> (Vec<NodeId>, Vec<NodeId>) {
        let mut needed: BTreeSet<NodeId> = ends.iter().copied().collect();
        let (mut body, mut reads) = (Vec::new(), Vec::new());
        while let Some(id) = needed.pop_last() {
            let inside = self.is_inner(id)
                && self.graph.is(id, BROADCAST).is_none()
                && (!self.stored.contains(&id) || self.group(id) == *group);
            if inside {
                body.push(id);
                needed.extend(self.graph.operands(id));
            } else {
                reads.push(id);
            }
        }
        body.reverse();
        reads.reverse();
        (body, reads)
    }

    /// Every loop with what it is to produce.
    fn ends(&self, results: &[NodeId]) -> BTreeMap<Group, Vec<NodeId>> {
        let mut ends: BTreeMap<Group, Vec<NodeId>> = BTreeMap::new();
        for &id in self.stored.iter().chain(results) {
            if self.is_inner(id) {
                ends.entry(self.group(id)).or_default().push(id);
            }
        }
        for &id in self.members {
            if matches!(class(self.graph, id), Class::Sum(_)) {
                ends.entry(self.group(id)).or_default().extend(self.graph.operands(id));
            }
        }
        ends
    }

    fn store_what_is_dear(&mut self, results: &[NodeId]) {
        // Storing nodes can only take nodes out of loops, so each round stores at least one more, or ends.
        loop {
            let mut users: BTreeMap<NodeId, usize> = BTreeMap::new();
            for (group, ends) in self.ends(results) {
                let (body, _) = self.cone(&group, &ends);
                for id in body {
                    *users.entry(id).or_default() += 1;
                }
            }
            // The cost of a node together with all that is computed again with it.
            let mut costs: BTreeMap<NodeId, u32> = BTreeMap::new();
            let before = self.stored.len();
            for (&id, &loops) in &users {
                let Some(Kind::Pointwise(row)) = self.graph.kind(id) else { continue };
                let operands = self.graph.operands(id).iter();
                // Of a value that is used again and again, the cost doubles with each use.
                let cost = operands
                    .filter_map(|operand| costs.get(operand))
                    .fold(row.flops, |sum, cost| sum.saturating_add(*cost));
                let stored = self.stored.contains(&id);
                if loops > 1 && !stored && (row.flops >= STORED_FROM || cost >= STORED_FROM_WITH_OPERANDS) {
                    self.stored.insert(id);
                } else if !stored {
                    costs.insert(id, cost);
                }
            }
            if self.stored.len() == before {
                return;
            }
        }
    }
}
