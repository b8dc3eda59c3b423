//! `data_curvature(z)`: the diagonal of the Hessian in data, in one pass, for losses that are sums of functions of single elements
//! of `z`: with `data_gradient(z)` it is what boosting asks of each sample, where `z` has the predictions so far.
//!
//! The Hessian in `z` is diagonal then, so that its product with a matrix of ones is its diagonal.

use proc_macro2::TokenStream;

use super::data_gradient::of_data;
use super::{Api, Choice, Forms, Formula, Made, Output, Request, Shows, Takes};
use crate::diagnostics::{Mistakes, messages};
use crate::differentiate::{forward, reverse};
use crate::explain;
use crate::graph::{Gradient, Graph, Kind, NodeId};
use crate::schedule::Roots;

const WORD: &str = "data_curvature";

pub(super) static DATA_CURVATURE: Request = Request {
    options: &[Choice { word: WORD, takes: Takes::Data { example: "data_curvature(z)" }, method, check: None }],
    names: ("Curvature", "curvature"),
    title: "The curvature in data",
    formula: Formula {
        constant: "DATA_CURVATURE",
        doc: "The name of each data argument, and the second derivative in each of its elements.",
        of: "the second derivative in data",
        shows: Shows::Outputs,
    },
    reads: &[],
    writes: Output::Data,
    derive,
    derivation: |_, made| explain::results(&made.graph, made.outputs("d²L/d"), "diag(∇²L) = ∇²L 1"),
    state: super::stateless,
};

fn derive(forms: &Forms<'_>, mistakes: &mut Mistakes) -> Option<Made> {
    let wanted = forms.data(WORD, mistakes);
    let place = forms.spec.asked(WORD)?.place;
    let mut graph = forms.with_inputs(&forms.derived.value_graph);
    let gradients = reverse(&mut graph, forms.derived.value, &wanted);
    let mut curvatures = Vec::new();
    for (&i, gradient) in wanted.iter().zip(gradients) {
        let argument = graph.argument(i);
        if let Some(coupled) = gradient.and_then(|gradient| coupled(&graph, gradient, i)) {
            let operation = graph.operation(coupled).map_or("", |operation| operation.shown());
            mistakes.report(messages::not_separable(place, forms.spec.arguments[i].declared_name(), operation));
            return None;
        }
        let one = graph.constant(1.0);
        let ones = graph.broadcast(one, graph.shape(argument));
        let moved = gradient.and_then(|gradient| forward(&mut graph, &[(argument, ones)], &[gradient]).pop().flatten());
        // Where the gradient does not move, it has no curvature.
        let curvature = moved.unwrap_or_else(|| {
            let zero = graph.constant(0.0);
            graph.broadcast(zero, graph.shape(argument))
        });
        curvatures.push(Gradient { argument: i, node: Some(curvature) });
    }
    if curvatures.is_empty() {
        return None;
    }
    Some(forms.made(&DATA_CURVATURE, &graph, &Roots { values: Vec::new(), gradients: curvatures }))
}

/// The first node on the way from argument `i` to `root` whose elements depend on other elements than their own.
fn coupled(graph: &Graph, root: NodeId, i: usize) -> Option<NodeId> {
    let (needed, depending) = (graph.needed(&[root]), graph.depending_on(&[i]));
    let is_coupled = |id: &NodeId| {
        let is_elementwise = !matches!(graph.kind(*id), Some(Kind::Multilinear(_) | Kind::Routine(_)));
        needed[id.index()] && depending[id.index()] && !is_elementwise
    };
    graph.ids().find(is_coupled)
}

fn method(api: &Api<'_>) -> TokenStream {
    let doc = "Writes the second derivative in each element of the data that `data_curvature` names: the diagonal of the \
               Hessian, which has nothing else.";
    of_data(api, &DATA_CURVATURE, WORD, doc)
}

#[cfg(test)]
mod tests {
    use super::super::{Forms, explained, made};
    use crate::compile::front;
    use crate::derive::derive;
    use crate::diagnostics::{Mistake, Mistakes};

    /// The curvature of a loss of `z`, as it is printed, or why there is none.
    fn curvature(body: &str) -> Result<String, String> {
        let item = format!("fn f(z: Vector<N>, y: Vector<N>, #[param] b: Scalar) -> Scalar {{ {body} }}");
        let mut mistakes = Mistakes::default();
        let (options, item) = ("data_curvature(z)".parse().expect("tokens"), item.parse().expect("tokens"));
        let (spec, graph, loss) = front(options, item, &mut mistakes).expect("a sound loss");
        let derived = derive(&spec, &graph, loss);
        let forms = Forms { spec: &spec, written: (&graph, loss), derived: &derived, stream: None };
        match made(&forms, &mut mistakes).first() {
            Some(made) => Ok(explained(&forms, made).explanation.expect("formulas").gradients[0].1.clone()),
            None => Err(mistakes.sorted().into_iter().map(Mistake::text).collect()),
        }
    }

    #[test]
    fn curvatures_are_those_of_single_elements() {
        assert_eq!(curvature("norm_sq(z + b - y)").as_deref(), Ok("2"));
        assert_eq!(curvature("dot(y, exp(z + b))").as_deref(), Ok("exp(b + z) ⊙ y"));
    }

    #[test]
    fn losses_that_couple_elements_are_refused() {
        for body in
            ["norm(z + b - y)", "sq(sum(z) - b) + sum(y)", "lse(z * b) + sum(y)", "b * dot(cumsum(z), z) + sum(y)"]
        {
            let why = curvature(body).expect_err(body);
            assert!(why.contains("`z`"), "{why}");
        }
    }
}
