//! Derivatives on request: a file each, and a row of [`ALL`]. Everything that the compiler knows of one stands in its file: the
//! options that ask for it, its graph, its derivation, its formulas, the methods that users call.
//!
//! The graph of a request is planned and emitted as that of the gradient is. To add one, write its file and name its row below.

mod data_curvature;
mod data_gradient;
mod forms;
mod ggn;
mod hvp;
mod jvp;
mod line_search;
mod sample_norms;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::diagnostics::Mistakes;
use crate::explain::{self, Derivation, Explanation};
use crate::graph::{Gradient, Graph, NodeId};
use crate::schedule::Roots;
use crate::syntax::{Asked, Spec};

pub(crate) use forms::{Forms, arguments};
pub(crate) use line_search::LINE_SEARCH_STEPS;
pub(crate) use sample_norms::norms as sample_norms;

/// All of them, in the order in which their derivations are shown.
static ALL: [&Request; 7] = [
    &jvp::JVP,
    &hvp::HVP,
    &ggn::GGN,
    &line_search::LINE_SEARCH,
    &sample_norms::SAMPLE_NORMS,
    &data_gradient::DATA_GRADIENT,
    &data_curvature::DATA_CURVATURE,
];

/// A derivative on request.
pub(crate) struct Request {
    /// The options of `#[loss(…)]` that ask for it.
    pub(crate) options: &'static [Choice],
    /// The type of its kernel, and the field of `Loss` that holds it.
    pub(crate) names: (&'static str, &'static str),
    /// The title of its derivation.
    pub(crate) title: &'static str,
    pub(crate) formula: Formula,
    /// Inputs besides the parameters.
    pub(crate) reads: &'static [Input],
    pub(crate) writes: Output,
    /// Its graph, in normal form; `None` where it can't be made, which has been reported, or where nothing is left to compute.
    pub(crate) derive: fn(&Forms<'_>, &mut Mistakes) -> Option<Made>,
    /// Its derivation from the loss.
    pub(crate) derivation: fn(&Forms<'_>, &Made) -> Derivation,
    /// Memory of `Loss` that its methods use, besides the kernel and its output.
    pub(crate) state: fn(&Api<'_>) -> Option<State>,
}

/// An option of `#[loss(…)]` that asks for a derivative, and the method that it adds to `Loss`.
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) takes: Takes,
    pub(crate) method: fn(&Api<'_>) -> TokenStream,
    /// The statement of `#[loss(test)]` that checks it, if it can be checked by values of the loss and its gradient.
    pub(crate) check: Option<fn() -> TokenStream>,
}

/// Arguments that follow the word of an option, and the words by which a mistake is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// `ggn = z`
    Name {
        wanted: &'static str,
        example: &'static str,
    },
    /// `data_gradient(x, y)`: data arguments.
    Data {
        example: &'static str,
    },
}

/// The public constant that has the formulas of a request.
pub(crate) struct Formula {
    pub(crate) constant: &'static str,
    pub(crate) doc: &'static str,
    /// Words for what its derivation leads to, within a sentence.
    pub(crate) of: &'static str,
    pub(crate) shows: Shows,
}

/// Which formulas are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// That of the scalar of this number.
    Value(usize),
    /// That of the only thing that is written.
    Output,
    /// A name and a formula for each thing that is written.
    Outputs,
}

/// An input besides the parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The direction along which the parameters move: `direction: &Params<T>`.
    Direction,
    /// How far they move along it: `steps: &[f64; 8]`.
    Steps,
}

/// Output of a request, besides the scalars that it returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Nothing,
    /// Something in the shapes of the parameters, into `Params`.
    Parameters,
    /// A number for each sample.
    Samples,
    /// A value of the loss, into memory of the caller.
    Value,
    /// Something in the shapes of the data that the option names, into `DataGradient`.
    Data,
}

/// A request of one loss: its graph and the roots in it.
pub(crate) struct Made {
    pub(crate) request: &'static Request,
    pub(crate) graph: Graph,
    pub(crate) roots: Roots,
}

/// The explanation of a request, for the module's constants and documentation.
pub(crate) struct Explained {
    pub(crate) request: &'static Request,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) derivation: Derivation,
}

/// The quantity that a kernel computes.
#[derive(Clone, Copy)]
pub(crate) enum Quantity {
    Value,
    Gradient,
    /// The gradient, one operation after the other.
    Unfused,
    Requested(&'static Request),
    /// A value of the loss that `outputs(…)` names.
    Output,
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Quantity {
    /// The type of the kernel, and the field of `Loss` that holds it.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Value => ("Value", "value"),
            Self::Gradient => ("Gradient", "gradient"),
            Self::Unfused => ("Unfused", "unfused"),
            Self::Requested(request) => request.names,
            Self::Output => ("Kernel", "kernel"),
        }
    }

    pub(crate) fn reads(self, input: Input) -> bool {
        matches!(self, Self::Requested(request) if request.reads.contains(&input))
    }

    pub(crate) fn writes(self) -> Output {
        match self {
            Self::Value => Output::Nothing,
            Self::Gradient | Self::Unfused => Output::Parameters,
            Self::Requested(request) => request.writes,
            Self::Output => Output::Value,
        }
    }
}

/// Names and types that the methods of requests are written with.
pub(crate) struct Api<'a> {
    /// The const generics as types use them: `K,`.
    pub(crate) generics: TokenStream,
    /// The type of parameters: `Params<T, K>`.
    pub(crate) params: TokenStream,
    pub(crate) spec: &'a Spec,
}

/// Memory of `Loss`.
pub(crate) struct State {
    /// Its fields: `unit: Params<T>,`.
    pub(crate) fields: TokenStream,
    /// Their values, where `dims` is in scope.
    pub(crate) made: TokenStream,
    /// Their size, a sum of bytes.
    pub(crate) bytes: TokenStream,
}

/// The call of a request's kernel, with what it takes after the parameters.
fn run(request: &Request, given: &TokenStream) -> TokenStream {
    let (kernel, plan) = fields(request);
    quote! { self.#kernel.run(self.isa, &self.dims, &self.#plan, &self.inputs, params, #given) }
}

/// The fields of `Loss` that hold the kernel of a request, and how it cuts the rows.
pub(crate) fn fields(request: &Request) -> (Ident, Ident) {
    let (_, field) = request.names;
    (Ident::new(field, Span::call_site()), format_ident!("{field}_plan"))
}

/// A request without memory of its own.
fn stateless(_: &Api<'_>) -> Option<State> {
    None
}

/// The option `word`, if there is one.
pub(crate) fn option(word: &str) -> Option<&'static Choice> {
    choices().find(|choice| choice.word == word)
}

/// The words of all options.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    choices().map(|choice| choice.word)
}

fn choices() -> impl Iterator<Item = &'static Choice> {
    ALL.into_iter().flat_map(|request| request.options)
}

impl Request {
    /// The options that ask for it in a loss, in the order of the row.
    pub(crate) fn asked<'a>(&self, spec: &'a Spec) -> impl Iterator<Item = (&'static Choice, &'a Asked)> + use<'a> {
        let options = self.options;
        options.iter().filter_map(|choice| Some((choice, spec.asked(choice.word)?)))
    }
}

/// The requests that the options of a loss ask for.
pub(crate) fn asked(spec: &Spec) -> impl Iterator<Item = &'static Request> {
    ALL.into_iter().filter(|request| request.asked(spec).next().is_some())
}

/// The graphs of all that the options ask for.
pub(crate) fn made(forms: &Forms<'_>, mistakes: &mut Mistakes) -> Vec<Made> {
    asked(forms.spec).filter_map(|request| (request.derive)(forms, mistakes)).collect()
}

/// Explains a request: the formula that it computes, and how that comes from the loss.
pub(crate) fn explained(forms: &Forms<'_>, made: &Made) -> Explained {
    let Made { request, graph, roots } = made;
    let scalar = match request.formula.shows {
        Shows::Value(i) => roots.values.get(i).copied(),
        Shows::Output | Shows::Outputs => roots.nodes().first().copied(),
    };
    let explanation = scalar.map(|scalar| explain::explain(graph, scalar, &roots.gradients));
    Explained { request, explanation, derivation: (request.derivation)(forms, made) }
}

/// The graph that the option `word` asks for, of any loss.
pub(crate) fn by_word(word: &str, forms: &Forms<'_>) -> Option<Made> {
    let request = ALL.into_iter().find(|request| request.options.iter().any(|choice| choice.word == word))?;
    (request.derive)(forms, &mut Mistakes::default())
}

impl Made {
    /// The outputs, each with the name of its argument after `prefix`.
    fn outputs(&self, prefix: &str) -> Vec<(String, Option<NodeId>)> {
        let name = |output: &Gradient| format!("{prefix}{}", self.graph.inputs[output.argument].name);
        self.roots.gradients.iter().map(|output| (name(output), output.node)).collect()
    }
}
