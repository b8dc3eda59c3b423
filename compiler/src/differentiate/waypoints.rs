//! The reverse sweep by waypoints: the derivation as a person writes it, dL = G : dZ = G : D Z\[dY\] = G′ : dY.
//!
//! The waypoints are the nodes that have names, and the parameters. What lies between them is passed at once. Only sweeps make the
//! nodes of a trace, so what is shown is what is computed.

use std::collections::BTreeMap;

use super::forward::{forward, stand_in_for};
use crate::base::{Role, Symbol};
use crate::graph::{Graph, NodeId};
use crate::operations::ADD;

/// From a waypoint to those before it.
pub(crate) struct Step {
    /// The waypoint.
    pub(crate) node: NodeId,
    /// The factor of its differential in dL.
    pub(crate) cotangent: NodeId,
    /// Its differential, in those of the waypoints before it.
    pub(crate) differential: NodeId,
    /// For each waypoint before it, the stand-in for that waypoint's differential, and the factor of this in dL.
    pub(crate) parts: Vec<Pairing>,
    /// The rules of the operations between them.
    pub(crate) rules: Vec<&'static str>,
}

/// The term ⟨cotangent, differential⟩ that a step hands to a waypoint before it.
pub(crate) struct Pairing {
    pub(crate) differential: NodeId,
    pub(crate) cotangent: NodeId,
}

impl Step {
    /// Every node of a step, in a fixed order.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        let own = [self.node, self.cotangent, self.differential];
        own.into_iter().chain(self.parts.iter().flat_map(|part| [part.differential, part.cotangent])).collect()
    }

    /// The step with other nodes, which come in the order of [`nodes`](Self::nodes).
    pub(crate) fn moved(&self, nodes: &mut impl Iterator<Item = NodeId>) -> Option<Self> {
        let (node, cotangent, differential) = (nodes.next()?, nodes.next()?, nodes.next()?);
        let part = |_: &Pairing| Some(Pairing { differential: nodes.next()?, cotangent: nodes.next()? });
        let parts = self.parts.iter().map(part).collect::<Option<_>>()?;
        Some(Self { node, cotangent, differential, parts, rules: self.rules.clone() })
    }
}

/// Differentiates `loss` backwards from waypoint to waypoint, the last one first.
///
/// Returns the steps, and for each parameter the factor of its differential in dL, which is its gradient. Stops after
/// `most` steps: the second list is then empty.
pub(crate) fn trace(
    graph: &mut Graph,
    loss: NodeId,
    waypoints: &[(NodeId, Symbol)],
    most: usize,
) -> (Vec<Step>, Vec<(NodeId, NodeId)>) {
    let mut differentials: Vec<(NodeId, NodeId)> = Vec::with_capacity(waypoints.len());
    for &(node, name) in waypoints {
        let differential = differential_of(graph, name);
        differentials.push((node, stand_in_for(graph, graph.shape(node), differential)));
    }
    let depends = depends(graph, waypoints);
    let mut cotangents = BTreeMap::from([(loss, graph.constant(1.0))]);
    let mut steps = Vec::new();
    let mut totals = Vec::new();
    while let Some((node, cotangent)) = cotangents.pop_last() {
        if graph.operation(node).is_none() {
            totals.push((node, cotangent));
            continue;
        }
        if steps.len() == most {
            return (steps, Vec::new());
        }
        let (mut reached, rules) = pull_back(graph, node, cotangent, &differentials, &depends);
        // A waypoint does not stop its own differential.
        let before: Vec<_> = differentials.iter().copied().filter(|(other, _)| *other < node).collect();
        let Some(Some(differential)) = forward(graph, &before, &[node]).pop() else { continue };
        let mut parts = Vec::new();
        for &(waypoint, differential) in differentials.iter().rev() {
            let Some((reached, part)) = reached.remove_entry(&waypoint) else { continue };
            parts.push(Pairing { differential, cotangent: part });
            let sum = match cotangents.get(&reached) {
                Some(&sum) => graph.call(ADD, [sum, part]),
                None => part,
            };
            cotangents.insert(reached, sum);
        }
        steps.push(Step { node, cotangent, differential, parts, rules });
    }
    totals.reverse();
    (steps, totals)
}

/// Result of the forward sweep: each waypoint with its differential, in those of the waypoints before it, and the
/// differentials of the roots.
pub(crate) struct Moves {
    pub(crate) steps: Vec<(NodeId, NodeId)>,
    pub(crate) roots: Vec<Option<NodeId>>,
}

/// The forward sweep by waypoints, at most `most` of them.
pub(crate) fn moves(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
    waypoints: &[(NodeId, Symbol)],
    roots: &[NodeId],
    most: usize,
) -> Moves {
    let mut seeds = seeds.to_vec();
    let mut steps = Vec::new();
    let mut waypoints: Vec<_> = waypoints.iter().filter(|(node, _)| graph.operation(*node).is_some()).collect();
    waypoints.sort();
    for &&(node, name) in waypoints.iter().take(most) {
        let Some(Some(differential)) = forward(graph, &seeds, &[node]).pop() else { continue };
        steps.push((node, differential));
        let name = differential_of(graph, name);
        seeds.push((node, stand_in_for(graph, graph.shape(node), name)));
    }
    let roots = forward(graph, &seeds, roots);
    Moves { steps, roots }
}

/// Name of the differential of a value with a name: dW for W, or δW if something in the graph is called dW already.
pub(crate) fn differential_of(graph: &Graph, name: Symbol) -> Symbol {
    let text = format!("d{name}");
    let is_taken = |other: Symbol| other.as_str().eq_ignore_ascii_case(&text);
    let inputs = graph.inputs.iter().filter(|input| input.role != Role::StandIn);
    if inputs.map(|input| input.name).chain(graph.names().iter().map(|(_, name)| *name)).any(is_taken) {
        return Symbol::new(&format!("δ{name}"));
    }
    Symbol::new(&text)
}

/// The cotangents that reach the next waypoints from `node`, and the rules that brought them there.
fn pull_back(
    graph: &mut Graph,
    node: NodeId,
    cotangent: NodeId,
    waypoints: &[(NodeId, NodeId)],
    depends: &[bool],
) -> (BTreeMap<NodeId, NodeId>, Vec<&'static str>) {
    graph.derived_by("adjoint");
    let mut reached = BTreeMap::new();
    let mut rules = Vec::new();
    let mut open = BTreeMap::from([(node, cotangent)]);
    while let Some((id, cotangent)) = open.pop_last() {
        if id != node && waypoints.iter().any(|(waypoint, _)| *waypoint == id) {
            reached.insert(id, cotangent);
            continue;
        }
        let Some(operation) = graph.operation(id) else { continue };
        for (k, operand) in graph.operands(id).to_vec().into_iter().enumerate() {
            if depends.get(operand.index()) != Some(&true) {
                continue;
            }
            let Some(part) = operation.adjoint(graph, id, k, cotangent) else { continue };
            if let Some(rule) = operation.rule(k).filter(|rule| !rules.contains(rule)) {
                rules.push(rule);
            }
            let sum = match open.get(&operand) {
                Some(&sum) => graph.call(ADD, [sum, part]),
                None => part,
            };
            open.insert(operand, sum);
        }
    }
    (reached, rules)
}

/// Which nodes depend on a waypoint, or are one.
fn depends(graph: &Graph, waypoints: &[(NodeId, Symbol)]) -> Vec<bool> {
    let mut depends: Vec<bool> = vec![false; graph.len()];
    for &(waypoint, _) in waypoints {
        depends[waypoint.index()] = true;
    }
    for id in graph.ids() {
        if graph.operands(id).iter().any(|operand| depends[operand.index()]) {
            depends[id.index()] = true;
        }
    }
    depends
}
