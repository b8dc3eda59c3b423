//! What a loss computes on request beside its value and gradient: each a graph of its own, scheduled as those are.

use super::samples;
use super::{Derived, trace_to};
use crate::differentiate::{along, forward, moves, pull_back, reverse, stand_in, substitute};
use crate::emit::{Kind, STEPS};
use crate::explain::{self, Derivation, Explanation, Tangents};
use crate::graph::{Dim, Graph, Input, NodeId, Shape};
use crate::mistake::Mistakes;
use crate::mistakes;
use crate::operations::ADD;
use crate::schedule::Roots;
use crate::simplify;
use crate::spec::{Argument, ArgumentKind, Role, Spec, Wanted};
use crate::symbol::Symbol;

/// A program on request.
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) graph: Graph,
    pub(crate) roots: Roots,
}

/// What a module says of a request.
pub(crate) struct Told {
    pub(crate) kind: Kind,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) derivation: Derivation,
}

/// The loss in the forms that requests begin with.
pub(crate) struct Beginning<'a> {
    pub(crate) spec: &'a Spec,
    /// As it was written.
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
    all.extend((1..=STEPS).map(|i| made(format!("t{i}"), Role::Step, Shape::SCALAR)));
    all.extend(stream.map(|dim| made("norms".to_owned(), Role::Sample, Shape::new(dim, Dim::ONE))));
    all
}

impl Beginning<'_> {
    /// All that the options ask for.
    pub(crate) fn requests(&self, mistakes: &mut Mistakes) -> Vec<Request> {
        let beyond = &self.spec.options.beyond;
        let mut requests = Vec::new();
        if beyond.wants(Wanted::Jvp) {
            requests.push(self.jvp());
        }
        if beyond.wants(Wanted::Hvp) || beyond.wants_columns() {
            requests.push(self.hvp());
        }
        requests.extend(self.ggn(mistakes));
        if beyond.wants(Wanted::LineSearch) {
            requests.push(self.line_search());
        }
        requests.extend(self.sample_norms(mistakes));
        requests.extend(self.data_gradient(mistakes));
        requests
    }

    /// What a request computes, and how that comes from the loss.
    pub(crate) fn told(&self, request: &Request) -> Told {
        let Request { kind, graph, roots } = request;
        // The last scalar is the slope; where there is none, its place is not read.
        let shown = match kind {
            Kind::LineSearch => roots.values.first(),
            _ => roots.values.last(),
        };
        let scalar = shown.copied().or_else(|| roots.nodes().first().copied());
        let explanation = scalar.map(|scalar| explain::explain(graph, scalar, &roots.gradients));
        let parts = |what: &str| -> Vec<_> {
            let of = |&(i, node): &(usize, Option<NodeId>)| (format!("{what}{}", graph.inputs[i].name), node);
            roots.gradients.iter().map(of).collect()
        };
        let derivation = match kind {
            Kind::Jvp => self.moves(&self.derived.value_graph, &[Some(self.derived.value)], vec!["dL".to_owned()]),
            Kind::Hvp => {
                let gradients: Vec<_> = self.derived.gradients.iter().map(|(_, node)| *node).collect();
                let names = parts("").into_iter().map(|(name, _)| format!("d(dL/d{name})")).collect();
                self.moves(&self.derived.graph, &gradients, names)
            }
            Kind::DataGradient => {
                let wanted: Vec<_> = self.spec.data_outputs().collect();
                explain::derivation(&trace_to(&self.derived.value_graph, self.derived.value, &wanted))
            }
            Kind::LineSearch => {
                let values = roots.values.first().zip(roots.values.get(STEPS));
                let both = values.map(|(value, slope)| {
                    vec![("L(t1)".to_owned(), Some(*value)), ("dL/dt1".to_owned(), Some(*slope))]
                });
                explain::results(graph, both.unwrap_or_default(), "W + t V for W")
            }
            Kind::SampleNorms => explain::results(graph, parts(""), "‖u vᵀ‖ = ‖u‖ ‖v‖"),
            _ => explain::results(graph, parts("GGN_"), "M′ᵀ h″ M′ V for h(M(W))"),
        };
        Told { kind: *kind, explanation, derivation }
    }

    /// The forward sweep along directions of the parameters as a derivation shows it, to `roots` of these names.
    fn moves(&self, graph: &Graph, roots: &[Option<NodeId>], names: Vec<String>) -> Derivation {
        let primes = explain::derivatives(graph);
        let known: Vec<_> = roots.iter().copied().flatten().collect();
        let (mut graph, known) = simplify::canonical(&self.with_inputs(graph), &known, &primes);
        let waypoints = explain::waypoints(&graph, &[]);
        let seeds = self.seeds(&mut graph);
        let moves = moves(&mut graph, &seeds, &waypoints, &known, explain::STEPS);
        let mut known = moves.roots.into_iter();
        let results = roots.iter().map(|root| root.and_then(|_| known.next().flatten()));
        let results = names.into_iter().zip(results).collect();
        let tangents = Tangents { graph, steps: moves.steps, results, rule: "", waypoints };
        let (graph, nodes) = simplify::simplify(&tangents.graph, &tangents.nodes());
        explain::tangents(&tangents.moved(graph, nodes))
    }

    /// `graph` with the inputs of [`arguments`].
    fn with_inputs(&self, graph: &Graph) -> Graph {
        let mut graph = graph.clone();
        let own = graph.inputs.len();
        let input = |a: &Argument| Input { name: a.label(), role: a.role, shape: a.shape, kind: a.kind };
        graph.inputs.extend(arguments(self.spec, self.stream).iter().skip(own).map(input));
        graph
    }

    fn numbers(&self, role: Role) -> Vec<usize> {
        let all = arguments(self.spec, self.stream);
        all.iter().enumerate().filter(|(_, argument)| argument.role == role).map(|(i, _)| i).collect()
    }

    /// Each parameter with the direction that it moves in.
    fn seeds(&self, graph: &mut Graph) -> Vec<(NodeId, NodeId)> {
        let both = self.numbers(Role::Param).into_iter().zip(self.numbers(Role::Direction));
        both.map(|(i, j)| (graph.argument(i), graph.argument(j))).collect()
    }

    /// The request, with all that its roots need in normal form.
    fn request(&self, kind: Kind, graph: &Graph, roots: &Roots) -> Request {
        // What stood in for other values is gone before anything is simplified.
        let (mut graph, nodes) = simplify::compact(graph, &roots.nodes());
        graph.inputs.truncate(arguments(self.spec, self.stream).len());
        let (graph, nodes) = simplify::simplify(&graph, &nodes);
        Request { kind, graph, roots: roots.moved(nodes) }
    }

    /// D f(W)\[V\], beside f(W).
    pub(crate) fn jvp(&self) -> Request {
        let mut graph = self.with_inputs(&self.derived.value_graph);
        let value = self.derived.value;
        let seeds = self.seeds(&mut graph);
        let slope = forward(&mut graph, &seeds, &[value]).into_iter().flatten().next();
        let slope = slope.unwrap_or_else(|| graph.constant(0.0));
        self.request(Kind::Jvp, &graph, &Roots { values: vec![value, slope], gradients: Vec::new() })
    }

    /// D(∇f)(W)\[V\]
    pub(crate) fn hvp(&self) -> Request {
        let mut graph = self.with_inputs(&self.derived.graph);
        let seeds = self.seeds(&mut graph);
        let gradients: Vec<_> = self.derived.gradients.iter().filter_map(|(_, node)| *node).collect();
        let mut tangents = forward(&mut graph, &seeds, &gradients).into_iter();
        let of = |&(i, node): &(usize, Option<NodeId>)| (i, node.and_then(|_| tangents.next().flatten()));
        let gradients = self.derived.gradients.iter().map(of).collect();
        self.request(Kind::Hvp, &graph, &Roots { values: Vec::new(), gradients })
    }

    /// With f = h(M(W), W), where M is what the model gives: (M′, 1)ᵀ ∇²h (M′, 1) V, which leaves out the curvature of M.
    fn ggn(&self, mistakes: &mut Mistakes) -> Option<Request> {
        let (name, place) = self.spec.options.beyond.ggn?;
        let (written, loss) = self.written;
        let Some(&(model, _)) = written.names().iter().find(|(_, known)| *known == name) else {
            let mut known: Vec<_> = written.names().iter().map(|(_, name)| *name).collect();
            known.dedup();
            mistakes.report(mistakes::unknown_model(place, name, &known));
            return None;
        };
        let parameters = self.numbers(Role::Param);
        let mut graph = self.with_inputs(written);
        let own = graph.inputs.len();
        // The outer loss, of an output that stands in for the model's.
        let output = stand_in(&mut graph, written.shape(model));
        let outer = substitute(&mut graph, &[(model, output)], &[loss]);
        let (graph, roots) = simplify::compact(&graph, &[outer[0], model]);
        let (mut graph, roots) = simplify::simplify(&graph, &roots);
        let &[outer, model] = roots.as_slice() else { return None };
        let output = graph.argument(own);
        let seeds = self.seeds(&mut graph);
        let Some(&Some(moves)) = forward(&mut graph, &seeds, &[model]).first() else {
            mistakes.report(mistakes::model_is_constant(place, name));
            return None;
        };
        let wrt: Vec<usize> = parameters.iter().copied().chain([own]).collect();
        let gradients = reverse(&mut graph, outer, &wrt);
        let known: Vec<_> = gradients.iter().copied().flatten().collect();
        let seeds: Vec<_> = seeds.into_iter().chain([(output, moves)]).collect();
        let mut tangents = forward(&mut graph, &seeds, &known).into_iter();
        let mut tangents: Vec<_> = gradients.iter().map(|node| node.and_then(|_| tangents.next().flatten())).collect();
        let back = tangents.pop().flatten().map(|cotangent| pull_back(&mut graph, model, cotangent, &parameters));
        let back = back.unwrap_or_else(|| vec![None; parameters.len()]);
        let mut sums = Vec::new();
        for (direct, back) in tangents.into_iter().zip(back) {
            sums.push(match (direct, back) {
                (Some(a), Some(b)) => Some(graph.call(ADD, [a, b])),
                (a, b) => a.or(b),
            });
        }
        // The output is that of the model.
        let known: Vec<_> = sums.iter().copied().flatten().collect();
        let mut known = substitute(&mut graph, &[(output, model)], &known).into_iter();
        let sums = sums.into_iter().map(|node| node.and_then(|_| known.next()));
        let gradients = parameters.into_iter().zip(sums).collect();
        Some(self.request(Kind::Ggn, &graph, &Roots { values: Vec::new(), gradients }))
    }

    /// f(W + t V) and its derivative in t, for several t.
    pub(crate) fn line_search(&self) -> Request {
        let mut graph = self.with_inputs(&self.derived.value_graph);
        let seeds = self.seeds(&mut graph);
        let steps: Vec<_> = self.numbers(Role::Step).into_iter().map(|i| graph.argument(i)).collect();
        let mut values: Vec<_> = Vec::new();
        for value in along(&mut graph, &seeds, &steps, &[self.derived.value]) {
            values.extend(value);
        }
        let one = graph.constant(1.0);
        for (step, value) in steps.into_iter().zip(values.clone()) {
            let slope = forward(&mut graph, &[(step, one)], &[value]).into_iter().flatten().next();
            values.push(slope.unwrap_or_else(|| graph.constant(0.0)));
        }
        self.request(Kind::LineSearch, &graph, &Roots { values, gradients: Vec::new() })
    }

    fn sample_norms(&self, mistakes: &mut Mistakes) -> Option<Request> {
        let place = self.spec.options.beyond.sample_norms?;
        let mistake = match self.norms() {
            Ok(Some(request)) => return Some(request),
            Ok(None) => mistakes::no_samples(place),
            Err((i, why)) => {
                let samples = self.stream.map_or_else(String::new, |axis| axis.to_string());
                mistakes::not_a_sum_over_samples(place, self.spec.arguments[i].label(), &samples, &why)
            }
        };
        mistakes.report(mistake);
        None
    }

    /// The norms of samples; none without samples. If it can't be, the parameter where it can't, and why.
    pub(crate) fn norms(&self) -> Result<Option<Request>, (usize, String)> {
        let Some((axis, norms)) = self.stream.zip(self.numbers(Role::Sample).first().copied()) else {
            return Ok(None);
        };
        let graph = self.with_inputs(&self.derived.graph);
        let (graph, root) = samples::norms(&graph, &self.derived.gradients, axis)?;
        let roots = Roots { values: Vec::new(), gradients: vec![(norms, Some(root))] };
        Ok(Some(self.request(Kind::SampleNorms, &graph, &roots)))
    }

    fn data_gradient(&self, mistakes: &mut Mistakes) -> Option<Request> {
        let known: Vec<_> = self.spec.data_numbers().map(Argument::declared_name).collect();
        for &(name, place) in &self.spec.options.beyond.data_gradient {
            if !known.contains(&name) {
                mistakes.report(mistakes::unknown_data(place, name, &known));
            }
        }
        let wanted: Vec<_> = self.spec.data_outputs().collect();
        if wanted.is_empty() {
            return None;
        }
        let mut graph = self.with_inputs(&self.derived.value_graph);
        let gradients = reverse(&mut graph, self.derived.value, &wanted);
        let gradients = wanted.into_iter().zip(gradients).collect();
        Some(self.request(Kind::DataGradient, &graph, &Roots { values: Vec::new(), gradients }))
    }
}
