//! The forms of a loss that requests begin with, and how their graphs get the inputs that the gradient lacks.

use super::{LINE_SEARCH_STEPS, Made, Request};
use crate::base::{ArgumentKind, Dim, Role, Shape, Symbol};
use crate::derive::Derived;
use crate::diagnostics::{Mistakes, messages};
use crate::differentiate::moves;
use crate::explain::{self, Derivation, Tangents};
use crate::graph::{Graph, Input, NodeId};
use crate::rewrite;
use crate::schedule::Roots;
use crate::syntax::{Argument, Spec};

/// A loss: as it was written, and derived.
pub(crate) struct Forms<'a> {
    pub(crate) spec: &'a Spec,
    /// The loss as it was written.
    pub(crate) written: (&'a Graph, NodeId),
    pub(crate) derived: &'a Derived,
    /// The axis that the gradient is streamed along.
    pub(crate) stream: Option<Dim>,
}

/// The arguments of the expansion: the user's, then the directions of the parameters, steps, and samples.
pub(crate) fn arguments(spec: &Spec, stream: Option<Dim>) -> Vec<Argument> {
    let mut all = spec.arguments.clone();
    let Some(any) = spec.arguments.first().cloned() else { return all };
    let taken = |name: &str| spec.arguments.iter().any(|argument| argument.name.as_str() == name);
    let made = |name: String, role, shape| {
        let mut name = name;
        while taken(&name) {
            name.push('_');
        }
        Argument { name: Symbol::new(&name), role, shape, kind: ArgumentKind::Numbers, element: None, ..any.clone() }
    };
    let params = spec.arguments.iter().filter(|argument| argument.role == Role::Param);
    all.extend(params.map(|argument| made(format!("v_{}", argument.name), Role::Direction, argument.shape)));
    all.extend((1..=LINE_SEARCH_STEPS).map(|i| made(format!("t{i}"), Role::Step, Shape::SCALAR)));
    all.extend(stream.map(|dim| made("norms".to_owned(), Role::Sample, Shape::new(dim, Dim::ONE))));
    all
}

impl Forms<'_> {
    /// The forward sweep along directions of the parameters as a derivation shows it, to `roots` of these names.
    pub(super) fn moves(&self, graph: &Graph, roots: &[Option<NodeId>], names: Vec<String>) -> Derivation {
        let primes = explain::derivatives(graph);
        let known: Vec<_> = roots.iter().copied().flatten().collect();
        let (mut graph, known) = explain::canonical(&self.with_inputs(graph), &known, &primes);
        let waypoints = explain::waypoints(&graph, &[]);
        let seeds = self.seeds(&mut graph);
        let moves = moves(&mut graph, &seeds, &waypoints, &known, explain::MAX_DERIVATION_STEPS);
        let mut known = moves.roots.into_iter();
        let results = roots.iter().map(|root| root.and_then(|_| known.next().flatten()));
        let results = names.into_iter().zip(results).collect();
        let tangents = Tangents { graph, steps: moves.steps, results, rule: None, waypoints };
        let (graph, nodes) = rewrite::simplify(&tangents.graph, &tangents.nodes());
        explain::tangents(&tangents.moved(graph, nodes))
    }

    /// `graph` with the inputs of [`arguments`].
    pub(super) fn with_inputs(&self, graph: &Graph) -> Graph {
        let mut graph = graph.clone();
        let own = graph.inputs.len();
        let input = |a: &Argument| Input { name: a.label(), role: a.role, shape: a.shape, kind: a.kind };
        graph.inputs.extend(arguments(self.spec, self.stream).iter().skip(own).map(input));
        graph
    }

    /// The numbers of the arguments of some role.
    pub(super) fn numbers(&self, role: Role) -> Vec<usize> {
        let all = arguments(self.spec, self.stream);
        all.iter().enumerate().filter(|(_, argument)| argument.role == role).map(|(i, _)| i).collect()
    }

    /// The numbers of the data arguments that the option `word` names.
    pub(super) fn data(&self, word: &'static str, mistakes: &mut Mistakes) -> Vec<usize> {
        let names = self.spec.asked(word).map_or(&[][..], |asked| &asked.names);
        let known: Vec<_> = self.spec.data_numbers().map(Argument::declared_name).collect();
        for &(name, place) in names.iter().filter(|(name, _)| !known.contains(name)) {
            mistakes.report(messages::unknown_data(place, word, name, &known));
        }
        let is_named = |i: &usize| {
            let own = self.spec.arguments[*i].declared_name();
            names.iter().any(|(name, _)| *name == own)
        };
        self.spec.data_outputs().filter(is_named).collect()
    }

    /// Each parameter with the direction that it moves in.
    pub(super) fn seeds(&self, graph: &mut Graph) -> Vec<(NodeId, NodeId)> {
        let both = self.numbers(Role::Param).into_iter().zip(self.numbers(Role::Direction));
        both.map(|(i, j)| (graph.argument(i), graph.argument(j))).collect()
    }

    /// The graph of a request, with all that its roots need in normal form.
    pub(super) fn made(&self, request: &'static Request, graph: &Graph, roots: &Roots) -> Made {
        // Stand-ins for other values are gone before anything is simplified.
        let (mut graph, nodes) = graph.compact(&roots.nodes());
        graph.inputs.truncate(arguments(self.spec, self.stream).len());
        let (graph, nodes) = rewrite::simplify(&graph, &nodes);
        Made { request, graph, roots: roots.moved(nodes) }
    }
}
