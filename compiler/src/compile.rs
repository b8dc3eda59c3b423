//! The pipeline, from top to bottom.

mod beyond;
mod samples;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

pub(crate) use beyond::{Beginning, Request, Told};

use crate::emit::{self, Kind};
use crate::explain::Trace;
use crate::graph::verify::verify;
use crate::graph::{Dim, Graph, NodeId};
use crate::mistake::{Mistake, Mistakes};
use crate::place::Place;
use crate::schedule::{self, Planned, Roots};
use crate::spec::{self, Spec, Stream};
use crate::{differentiate, explain, lower, mistakes, simplify, stub};

/// What the attribute expands to: the module of the loss, or the mistakes beside a stub of it; or a question for the
/// first of the functions that it uses.
pub(crate) fn compile(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match spec::wanted_functions(arguments.clone()) {
        Some((krate, functions)) => emit::ask(&krate, &arguments, &item, &[], &functions),
        None => compile_with(arguments, item, Vec::new()),
    }
}

/// The same when a function has told its definition: the next question, or the module.
pub(crate) fn resume(answer: TokenStream) -> TokenStream {
    let parts = answer.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let Ok([definition, arguments, item, known]) = <[TokenStream; 4]>::try_from(parts.collect::<Vec<_>>()) else {
        let mut mistakes = Mistakes::default();
        mistakes.report(mistakes::internal("a function did not tell its definition"));
        return mistakes.to_compile_errors();
    };
    let mut known: Vec<TokenTree> = known.into_iter().collect();
    known.push(Group::new(Delimiter::Brace, definition).into());
    let (krate, functions) = spec::wanted_functions(arguments.clone()).unzip();
    let functions = functions.unwrap_or_default();
    if let (Some(krate), Some(rest @ [_, ..])) = (krate, functions.get(known.len()..)) {
        return emit::ask(&krate, &arguments, &item, &known, rest);
    }
    let definitions = known.into_iter().map(|token| match token {
        TokenTree::Group(group) => group.stream(),
        other => other.into(),
    });
    compile_with(arguments, item, definitions.collect())
}

/// What `#[function]` expands to: a macro that tells losses the definition, beside the mistakes in it.
pub(crate) fn function(arguments: &TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    if !arguments.is_empty() {
        mistakes.report(mistakes::function_takes_nothing(Place::of(arguments)));
    }
    let Some(spec) = spec::definition(item.clone(), &mut mistakes) else {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(stub::other_item(item));
        return expansion;
    };
    if mistakes.is_empty() {
        let mut within = Mistakes::default();
        lower::check_definition(&spec, &mut within);
        mistakes.extend(within.into_iter().map(Mistake::in_function));
    }
    // Losses that use it do not repeat its mistakes.
    let definition = if mistakes.is_empty() { item } else { TokenStream::new() };
    let mut expansion = mistakes.to_compile_errors();
    expansion.extend(emit::teller(&spec, &definition));
    expansion
}

fn compile_with(arguments: TokenStream, item: TokenStream, definitions: Vec<TokenStream>) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(spec) = spec::parse_with(arguments, item.clone(), definitions, &mut mistakes) else {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(stub::other_item(item));
        return expansion;
    };
    stages(&spec, &mut mistakes).unwrap_or_else(|| {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(stub::stub(&spec));
        expansion
    })
}

/// What `expand` makes; a panic in it becomes a mistake, so that the user sees one error and knows whose it is.
pub(crate) fn guarded(expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let mut mistakes = Mistakes::default();
        mistakes.report(mistakes::internal(&text.unwrap_or_else(|| "a panic".to_owned())));
        mistakes.to_compile_errors()
    })
}

/// `None` if there are mistakes, here or in a function that the loss uses.
fn stages(spec: &Spec, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let (graph, loss) = lower::lower(spec, mistakes)?;
    mistakes.stop()?;
    debug_assert_eq!(verify(&graph, &[]), Ok(()));
    let derived = derive(spec, &graph, loss);
    let explanation = explain::explain(&derived.graph, derived.loss, &derived.gradients);
    let derivation = explain::derivation(&trace(&derived));
    let selects = simplify::selects(&graph);
    let roots = computed(&derived, selects);
    let planned = planned(&roots, spec.options.stream);
    let stream = planned.last().and_then(|gradient| gradient.program.stream);
    let unfused =
        (spec.options.bench || spec.options.test).then(|| (Kind::Unfused, schedule::unfused(&roots[1].0, &roots[1].1)));
    let beginning = Beginning { spec, written: (&graph, loss), derived: &derived, stream };
    let requests = beginning.requests(mistakes);
    mistakes.stop()?;
    let formulas: Vec<_> = requests.iter().map(|request| beginning.told(request)).collect();
    let kernels = [Kind::Value, Kind::Gradient].into_iter().zip(planned).chain(unfused);
    let requested = requests.into_iter().filter_map(|Request { kind, graph, roots }| {
        // Norms of samples are written along the axis that the gradient is streamed along.
        let along = match stream {
            Some(Dim::Named(name) | Dim::Const(name)) if kind == Kind::SampleNorms => Stream::Along(name),
            _ => spec.options.stream,
        };
        Some((kind, self::planned(&[taken(&graph, roots, selects)], along).pop()?))
    });
    let kernels: Vec<_> = kernels.chain(requested).collect();
    Some(emit::module(spec, beyond::arguments(spec, stream), &kernels, &explanation, &derivation, &formulas))
}

/// The graphs that value and gradient are computed by, and their roots there.
fn computed(derived: &Derived, selects: bool) -> [(Cow<'_, Graph>, Roots); 2] {
    let value = Roots { values: vec![derived.value], gradients: Vec::new() };
    let gradient = Roots { values: vec![derived.loss], gradients: derived.gradients.clone() };
    [taken(&derived.value_graph, value, selects), taken(&derived.graph, gradient, selects)]
}

/// A graph where what `select` did not take has no influence on what is derived, and its roots there; nothing to do unless
/// the loss `selects`.
fn taken(graph: &Graph, roots: Roots, selects: bool) -> (Cow<'_, Graph>, Roots) {
    if !selects {
        return (Cow::Borrowed(graph), roots);
    }
    let (graph, nodes) = simplify::take(graph, &roots.nodes(), roots.values.first().copied());
    (Cow::Owned(graph), roots.moved(nodes))
}

/// The programs for some roots, with the products in the order that is cheapest.
fn planned(roots: &[(Cow<'_, Graph>, Roots)], stream: Stream) -> Vec<Planned> {
    let in_order: Vec<_> = roots.iter().map(|(graph, roots)| ordered(graph, roots)).collect();
    schedule::cheaper(schedule::plan(&in_order, stream), || schedule::plan(roots, stream))
}

/// A graph with its chains of products in the cheapest order, and its roots there.
pub(crate) fn ordered(graph: &Graph, roots: &Roots) -> (Graph, Roots) {
    let (graph, nodes) = simplify::order_products(graph, &roots.nodes());
    (graph, roots.moved(nodes))
}

/// A loss and its gradients in normal form, and the loss alone.
pub(crate) struct Derived {
    pub(crate) graph: Graph,
    pub(crate) loss: NodeId,
    /// The argument of each parameter and the gradient in it, unless that is zero everywhere.
    pub(crate) gradients: Vec<(usize, Option<NodeId>)>,
    pub(crate) value_graph: Graph,
    pub(crate) value: NodeId,
}

/// Differentiates the canonical form of the loss, and simplifies what comes out.
pub(crate) fn derive(spec: &Spec, graph: &Graph, loss: NodeId) -> Derived {
    let (value_graph, value) = simplify::simplify(graph, &[loss]);
    let mut graph = value_graph.clone();
    let parameters: Vec<usize> = spec.parameters().collect();
    let gradients = differentiate::reverse(&mut graph, value[0], &parameters);
    let roots: Vec<_> = value.iter().copied().chain(gradients.iter().copied().flatten()).collect();
    debug_assert_eq!(verify(&graph, &[]), Ok(()));
    let (graph, roots) = simplify::simplify(&graph, &roots);
    let mut rest = roots.iter().copied();
    let loss = rest.next().unwrap_or(value[0]);
    let gradients = parameters.into_iter().zip(gradients).map(|(i, old)| (i, old.and_then(|_| rest.next())));
    let gradients = gradients.collect::<Vec<_>>();
    debug_assert_eq!(verify(&value_graph, &[]), Ok(()));
    debug_assert_eq!(verify(&graph, &gradients), Ok(()));
    Derived { graph, loss, gradients, value_graph, value: value[0] }
}

/// The reverse sweep to the parameters as a derivation shows it.
pub(crate) fn trace(derived: &Derived) -> Trace {
    let parameters: Vec<_> = derived.gradients.iter().map(|(i, _)| *i).collect();
    trace_to(&derived.value_graph, derived.value, &parameters)
}

/// The same to arguments that are its `ends`.
fn trace_to(graph: &Graph, value: NodeId, ends: &[usize]) -> Trace {
    let (mut graph, value) = simplify::canonical(graph, &[value], &[]);
    let waypoints = explain::waypoints(&graph, ends);
    let (steps, totals) = differentiate::trace(&mut graph, value[0], &waypoints, explain::STEPS);
    let is_cut = totals.is_empty() && steps.len() == explain::STEPS;
    let trace = Trace { graph, steps, totals, waypoints, is_cut };
    let (graph, nodes) = simplify::simplify(&trace.graph, &trace.nodes());
    trace.moved(graph, nodes)
}

/// The first two stages, for tests.
#[cfg(test)]
pub(crate) fn front(
    arguments: TokenStream,
    item: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<(Spec, Graph, NodeId)> {
    let spec = spec::parse(arguments, item, mistakes)?;
    let (graph, loss) = lower::lower(&spec, mistakes)?;
    mistakes.stop()?;
    Some((spec, graph, loss))
}

/// The programs of value and gradient, for tests.
#[cfg(test)]
pub(crate) fn plans(spec: &Spec, written: &Graph, derived: &Derived) -> Vec<Planned> {
    planned(&computed(derived, simplify::selects(written)), spec.options.stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_asks_to_report_it() {
        let expansion = guarded(|| panic!("index {} of nothing", 3)).to_string();
        assert!(expansion.contains("compile_error"), "{expansion}");
        assert!(expansion.contains("internal error of frobenius: index 3 of nothing; please report"), "{expansion}");
    }
}
