//! Forward sweep: from the directions in which some values move to the tangents of all that depends on them.
//!
//! Like the [reverse sweep](super::reverse()) it knows no operation by name, and needs nothing of them that the reverse
//! sweep does not: the adjoint G ↦ D f(X)*\[G\] of an operation is linear in G, and the adjoint of *that* map is
//! V ↦ D f(X)\[V\], the tangent. So a tangent is made by building the adjoint for a value that stands in for G, and
//! sweeping back from it to the stand-in.

use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;

use crate::base::{ArgumentKind, Role, Shape, Symbol};
use crate::graph::{Graph, Input, NodeId, Op};
use crate::operations::{ADD, Operation};

/// Adds the tangents of `roots` to the graph, in that order, where each node in `seeds` moves along the other one;
/// `None` for a root that does not move.
///
/// The nodes and inputs that stood in for cotangents stay behind in the graph; nothing that is returned needs them.
pub(crate) fn forward(graph: &mut Graph, seeds: &[(NodeId, NodeId)], roots: &[NodeId]) -> Vec<Option<NodeId>> {
    graph.derived_by("tangent");
    let mut tangents: Vec<Option<NodeId>> = vec![None; graph.len()];
    for &(node, tangent) in seeds {
        if let Some(known) = tangents.get_mut(node.index()) {
            *known = Some(tangent);
        }
    }
    let needed = graph.needed(roots);
    let mut transposition = Transposition::default();
    let before: Vec<_> = graph.ids().collect();
    for id in before {
        let is_open = matches!(tangents.get(id.index()), Some(None)) && needed.get(id.index()) == Some(&true);
        let Op::Call(operation) = graph.node(id).op else { continue };
        if !is_open {
            continue;
        }
        let operands = graph.operands(id).to_vec();
        let moves: Vec<_> = operands.iter().map(|operand| tangents.get(operand.index()).copied().flatten()).collect();
        let at_once = moves.iter().any(Option::is_some).then(|| operation.tangent(graph, id, &moves)).flatten();
        if let Some(tangent) = at_once {
            if let Some(known) = tangents.get_mut(id.index()) {
                *known = Some(tangent);
            }
            continue;
        }
        let mut sum: Option<NodeId> = None;
        for (k, moves) in moves.into_iter().enumerate() {
            let Some(moves) = moves else { continue };
            let Some(part) = transposition.tangent(graph, operation, id, k, moves) else { continue };
            sum = Some(match sum {
                None => part,
                Some(sum) => graph.call(ADD, [sum, part]),
            });
        }
        if let Some(known) = tangents.get_mut(id.index()) {
            *known = sum;
        }
    }
    roots.iter().map(|root| tangents.get(root.index()).copied().flatten()).collect()
}

/// State of the transposition of adjoints.
#[derive(Default)]
struct Transposition {
    /// Values that stand in for cotangents, by shape.
    stand_ins: HashMap<Shape, NodeId>,
    /// Which nodes depend on one, as far as that was asked.
    depends: Vec<bool>,
}

impl Transposition {
    /// The term that operand `k` adds to the tangent of the call `id`, if it moves along `moves`.
    fn tangent(
        &mut self,
        graph: &mut Graph,
        operation: &'static dyn Operation,
        id: NodeId,
        k: usize,
        moves: NodeId,
    ) -> Option<NodeId> {
        let shape = graph.shape(id);
        let stand_in = self.stand_in(graph, shape);
        let adjoint = operation.adjoint(graph, id, k, stand_in)?;
        self.update(graph);
        if !self.depends(adjoint) {
            // A linear function that is constant is 0, but a derivative that nobody has stated is NaN, and stays NaN.
            let unknown = graph.constant(f64::NAN);
            return Some(graph.broadcast(unknown, shape));
        }
        // From last to first: a node's cotangent is complete when it is reached.
        let mut open = BTreeMap::from([(adjoint, moves)]);
        while let Some((node, cotangent)) = open.pop_last() {
            if node == stand_in {
                return Some(cotangent);
            }
            let Some(operation) = graph.operation(node) else { continue };
            for (k, operand) in graph.operands(node).to_vec().into_iter().enumerate() {
                if !self.depends(operand) {
                    continue;
                }
                let Some(part) = operation.adjoint(graph, node, k, cotangent) else { continue };
                let sum = match open.get(&operand) {
                    Some(&sum) => graph.call(ADD, [sum, part]),
                    None => part,
                };
                open.insert(operand, sum);
            }
        }
        None
    }

    fn stand_in(&mut self, graph: &mut Graph, shape: Shape) -> NodeId {
        *self.stand_ins.entry(shape).or_insert_with(|| stand_in(graph, shape))
    }

    /// Looks at the nodes that are new.
    fn update(&mut self, graph: &Graph) {
        for id in graph.ids().skip(self.depends.len()) {
            let depends = match graph.node(id).op {
                Op::Argument(_) => self.stand_ins.values().any(|stand_in| *stand_in == id),
                Op::Constant(_) | Op::Size(_) => false,
                Op::Call(_) => graph.operands(id).iter().any(|&operand| self.depends(operand)),
            };
            self.depends.push(depends);
        }
    }

    fn depends(&self, id: NodeId) -> bool {
        self.depends.get(id.index()) == Some(&true)
    }
}

/// A new value of this shape, which stands in for another one.
pub(crate) fn stand_in(graph: &mut Graph, shape: Shape) -> NodeId {
    stand_in_of(graph, shape, ArgumentKind::Numbers)
}

/// Like [`stand_in`], for labels too.
pub(crate) fn stand_in_of(graph: &mut Graph, shape: Shape, kind: ArgumentKind) -> NodeId {
    graph.add_input(Input { name: Symbol::new("stand-in"), role: Role::StandIn, shape, kind })
}

/// Like [`stand_in`], with a name to be shown.
pub(super) fn stand_in_for(graph: &mut Graph, shape: Shape, name: Symbol) -> NodeId {
    graph.add_input(Input { name, role: Role::StandIn, shape, kind: ArgumentKind::Numbers })
}
