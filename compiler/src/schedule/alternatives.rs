//! Values with two ways to them, of which the sizes choose one at run time.
//!
//! Both ways write into the memory of the value, and all that only one of them needs is guarded.

use std::collections::{BTreeMap, BTreeSet};

use super::Roots;
use super::loop_fusion::{Class, class};
use super::program::{Guarded, Statement};
use super::residence::{Residence, Timetable};
use crate::graph::{Graph, NodeId};
use crate::operations::{EITHER, Primitive};

/// The choices that a node depends on: their scalars, and whether it belongs to the first way.
type Guards = BTreeSet<(NodeId, bool)>;

pub(super) struct Choices {
    /// The value that each of the ways is one to.
    results: BTreeMap<NodeId, NodeId>,
    /// The ways to each value.
    ways: BTreeMap<NodeId, [NodeId; 2]>,
    guards: Vec<Option<Guards>>,
    /// True if both ways of every choice can write into the memory of its value.
    pub(super) fit: bool,
}

impl Choices {
    pub(super) fn new(timetable: &Timetable<'_>, roots: &Roots) -> Self {
        let graph = timetable.axis.graph;
        let mut choices = Self { results: BTreeMap::new(), ways: BTreeMap::new(), guards: Vec::new(), fit: true };
        let mut users = vec![0; graph.len()];
        graph.ids().flat_map(|id| graph.operands(id)).for_each(|operand| users[operand.index()] += 1);
        for id in graph.ids() {
            let Some(&[_, a, b]) = graph.is(id, EITHER) else { continue };
            choices.ways.insert(id, [a, b]);
            for way in [a, b] {
                choices.results.insert(way, id);
                let is_written = matches!(class(graph, way), Class::Step(Primitive::Product | Primitive::Transpose));
                let in_rows = |id| matches!(timetable.place(id), Residence::Rows(_));
                choices.fit &= is_written && users[way.index()] == 1 && in_rows(way) == in_rows(id);
            }
        }
        choices.guards = guards(graph, roots);
        choices
    }

    /// The node in whose memory `id` is.
    pub(super) fn result(&self, id: NodeId) -> NodeId {
        self.results.get(&id).copied().unwrap_or(id)
    }

    pub(super) fn is_result(&self, id: NodeId) -> bool {
        self.ways.contains_key(&id)
    }

    /// Where `id` lives: with one way that sums over the rows, it begins as a sum does.
    pub(super) fn place(&self, timetable: &Timetable<'_>, id: NodeId) -> Residence {
        let ways = self.ways.get(&id).into_iter().flatten().map(|&way| timetable.place(way));
        ways.chain([timetable.place(id)])
            .find(|place| matches!(place, Residence::Sum(_)))
            .unwrap_or(timetable.place(id))
    }

    /// `statement`, which computes something for `nodes`, where one of them is needed.
    pub(super) fn guard(&self, nodes: &[NodeId], statement: Statement) -> Statement {
        let guards = nodes.iter().map(|node| self.guards.get(node.index()).cloned().flatten().unwrap_or_default());
        let common = guards.reduce(|a, b| a.intersection(&b).copied().collect()).unwrap_or_default();
        common.into_iter().fold(statement, |statement, (difference, first)| {
            Statement::Guarded(Guarded { difference, first, node: nodes[0], statement: Box::new(statement) })
        })
    }
}

/// Choices that each node depends on: those that all of its users depend on.
fn guards(graph: &Graph, roots: &Roots) -> Vec<Option<Guards>> {
    let mut guards: Vec<Option<Guards>> = vec![None; graph.len()];
    for root in roots.nodes() {
        guards[root.index()] = Some(Guards::new());
    }
    for id in graph.ids().rev() {
        let Some(own) = guards[id.index()].clone() else { continue };
        let operands = graph.operands(id);
        let is_choice = graph.is(id, EITHER).is_some();
        for (k, operand) in operands.iter().enumerate() {
            let mut new = own.clone();
            if is_choice && k > 0 {
                new.insert((operands[0], k == 1));
            }
            let slot = &mut guards[operand.index()];
            *slot = Some(match slot.take() {
                Some(known) => known.intersection(&new).copied().collect(),
                None => new,
            });
        }
    }
    guards
}
