//! `ggn = z`: the Gauss-Newton matrix times a direction. With f = h(M(W), W), where M is the output `z` of the model, it is
//! (M′, 1)ᵀ ∇²h (M′, 1) V, which leaves out the curvature of M.

use super::hvp::product;
use super::{Choice, Forms, Formula, Input, Made, Output, Request, Shows, Takes};
use crate::base::{Role, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::differentiate::{forward, pull_back, reverse, stand_in, substitute};
use crate::explain;
use crate::graph::Gradient;
use crate::operations::ADD;
use crate::rewrite;
use crate::schedule::Roots;

pub(super) static GGN: Request = Request {
    options: &[Choice {
        word: "ggn",
        takes: Takes::Name { wanted: "the name that a `let` gives to the output of the model", example: "ggn = z" },
        method: |api| product(api, &GGN, DOC),
        check: None,
    }],
    names: ("Ggn", "ggn"),
    title: "The Gauss-Newton matrix times V",
    formula: Formula {
        constant: "GGN",
        doc: "The name of each parameter, and the part of the Gauss-Newton product in it.",
        of: "the Gauss-Newton product",
        shows: Shows::Outputs,
    },
    reads: &[Input::Direction],
    writes: Output::Parameters,
    derive,
    derivation: |_, made| explain::results(&made.graph, made.outputs("GGN_"), "M′ᵀ h″ M′ V for h(M(W))"),
    state: super::stateless,
};

const DOC: &str = "Writes the Gauss-Newton matrix times `direction`, over all parameters at once: the Hessian of the outer loss, \
                   between Jacobians of the model, without the curvature of the model.";

fn derive(forms: &Forms<'_>, mistakes: &mut Mistakes) -> Option<Made> {
    let (name, place) = *forms.spec.asked("ggn")?.names.first()?;
    let (written, loss) = forms.written;
    let is_model =
        |known: &Symbol| known.as_str().trim_end_matches(|digit| ('₀'..='₉').contains(&digit)) == name.as_str();
    // The last value that has the name, as in Rust.
    let Some(&(model, _)) = written.names().iter().rev().find(|(_, known)| is_model(known)) else {
        let mut known: Vec<_> = written.names().iter().map(|(_, name)| *name).collect();
        known.dedup();
        mistakes.report(messages::unknown_model(place, name, &known));
        return None;
    };
    let parameters = forms.numbers(Role::Param);
    let mut graph = forms.with_inputs(written);
    let own = graph.inputs.len();
    // The outer loss, of an output that stands in for the model's.
    let output = stand_in(&mut graph, written.shape(model));
    let outer = substitute(&mut graph, &[(model, output)], &[loss]);
    let (graph, roots) = graph.compact(&[outer[0], model]);
    let (mut graph, roots) = rewrite::simplify(&graph, &roots);
    let &[outer, model] = roots.as_slice() else { return None };
    let output = graph.argument(own);
    let seeds = forms.seeds(&mut graph);
    let Some(&Some(moves)) = forward(&mut graph, &seeds, &[model]).first() else {
        mistakes.report(messages::model_is_constant(place, name));
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
    let gradients = parameters.into_iter().zip(sums).map(|(argument, node)| Gradient { argument, node }).collect();
    Some(forms.made(&GGN, &graph, &Roots { values: Vec::new(), gradients }))
}

#[cfg(test)]
mod tests {
    use super::super::{Forms, explained, made};
    use crate::compile::front;
    use crate::derive::derive;
    use crate::diagnostics::Mistakes;

    /// The product with the Gauss-Newton matrix, as it is printed.
    fn gauss_newton(model: &str, body: &str) -> String {
        let item = format!("fn f(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {{ {body} }}");
        let options = format!("ggn = {model}").parse().expect("tokens");
        let (spec, graph, loss) =
            front(options, item.parse().expect("tokens"), &mut Mistakes::default()).expect("no mistakes");
        let derived = derive(&spec, &graph, loss);
        let forms = Forms { spec: &spec, written: (&graph, loss), derived: &derived, stream: None };
        let made = made(&forms, &mut Mistakes::default());
        explained(&forms, made.first().expect("one request")).derivation.text
    }

    /// A model that has the name of an earlier value is the later one.
    #[test]
    fn the_model_is_the_last_value_of_its_name() {
        let hidden = gauss_newton("h", "let h = x * w; let h = tanh(h); norm_sq(h - y)");
        let told_apart = gauss_newton("g", "let h = x * w; let g = tanh(h); norm_sq(g - y)");
        assert_eq!(hidden.replace("h₁", "g"), told_apart);
        assert_ne!(told_apart, gauss_newton("h", "let h = x * w; let g = tanh(h); norm_sq(g - y)"));
    }
}
