//! The pipeline, from top to bottom.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::base::{Dim, Place};
use crate::derive::{Derived, derive, trace};
use crate::diagnostics::{Mistake, Mistakes, messages};
use crate::emit;
use crate::graph::Graph;
use crate::graph::verify::verify;
use crate::lower::Lowered;
use crate::parse;
use crate::requests::{self, Forms, Made, Output, Quantity};
use crate::schedule::{self, Planned, Roots};
use crate::syntax::{Spec, Stream};
use crate::{explain, lower, outputs, rewrite};

/// Expansion of the attribute: the module of the loss, or the mistakes together with its API, or a question for the
/// first of the functions that it uses.
pub(crate) fn compile(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match parse::wanted_functions(arguments.clone()) {
        Some((krate, functions)) => emit::query(&krate, &arguments, &item, &[], &functions),
        None => compile_with(arguments, item, Vec::new()),
    }
}

/// Continues [`compile`] when a function has told its definition, with the next question or the module.
pub(crate) fn resume(answer: TokenStream) -> TokenStream {
    let parts = answer.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let Ok([definition, arguments, item, known]) = <[TokenStream; 4]>::try_from(parts.collect::<Vec<_>>()) else {
        let mut mistakes = Mistakes::default();
        mistakes.report(messages::internal("a function did not tell its definition"));
        return mistakes.to_compile_errors();
    };
    let mut known: Vec<TokenTree> = known.into_iter().collect();
    known.push(Group::new(Delimiter::Brace, definition).into());
    let (krate, functions) = parse::wanted_functions(arguments.clone()).unzip();
    let functions = functions.unwrap_or_default();
    if let (Some(krate), Some(rest @ [_, ..])) = (krate, functions.get(known.len()..)) {
        return emit::query(&krate, &arguments, &item, &known, rest);
    }
    let definitions = known.into_iter().map(|token| match token {
        TokenTree::Group(group) => group.stream(),
        other => other.into(),
    });
    compile_with(arguments, item, definitions.collect())
}

/// Expansion of `#[function]`: a macro that tells losses the definition, together with the mistakes in it.
pub(crate) fn function(arguments: &TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    if !arguments.is_empty() {
        mistakes.report(messages::function_takes_nothing(Place::of(arguments)));
    }
    let Some(spec) = parse::definition(item.clone(), &mut mistakes) else {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(emit::other_item(item));
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
    expansion.extend(emit::provider(&spec, &definition));
    expansion
}

fn compile_with(arguments: TokenStream, item: TokenStream, definitions: Vec<TokenStream>) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(spec) = parse::parse_with(arguments, item.clone(), definitions, &mut mistakes) else {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(emit::other_item(item));
        return expansion;
    };
    let lowered = lower::lower(&spec, &mut mistakes);
    let shapes = lowered.iter().flat_map(Lowered::shapes).collect::<Vec<_>>();
    lowered.and_then(|lowered| stages(&spec, lowered, &mut mistakes)).unwrap_or_else(|| {
        let mut expansion = mistakes.to_compile_errors();
        expansion.extend(emit::fallback(&spec, &shapes));
        expansion
    })
}

/// The tokens that `expand` makes. A panic in it becomes a mistake, so that the user sees one error and knows whose it is.
pub(crate) fn guarded(expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let mut mistakes = Mistakes::default();
        mistakes.report(messages::internal(&text.unwrap_or_else(|| "a panic".to_owned())));
        mistakes.to_compile_errors()
    })
}

/// `None` if there are mistakes, here or in a function that the loss uses.
fn stages(spec: &Spec, lowered: Lowered, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let Lowered { graph, loss, outputs } = lowered;
    mistakes.stop()?;
    debug_assert_eq!(verify(&graph, &[]), Ok(()));
    let derived = derive(spec, &graph, loss);
    let explanation = explain::explain(&derived.graph, derived.loss, &derived.gradients);
    let derivation = explain::derivation(&trace(&derived));
    let selects = rewrite::selects(&derived.value_graph);
    let roots = computed(&derived, selects);
    let planned = planned(&roots, spec.options.stream);
    let stream = planned.last().and_then(|gradient| gradient.program.stream);
    let unfused = (spec.options.bench || spec.options.test)
        .then(|| (Quantity::Unfused, schedule::unfused(&roots[1].0, &roots[1].1)));
    let forms = Forms { spec, written: (&graph, loss), derived: &derived, stream };
    let made = requests::made(&forms, mistakes);
    mistakes.stop()?;
    let explained: Vec<_> = made.iter().map(|made| requests::explained(&forms, made)).collect();
    let kernels = [Quantity::Value, Quantity::Gradient].into_iter().zip(planned).chain(unfused);
    let requested = made.into_iter().filter_map(|Made { request, graph, roots }| {
        // A number for each sample is written along the axis that the gradient is streamed along.
        let along = match stream {
            Some(Dim::Named(name) | Dim::Const(name)) if request.writes == Output::Samples => Stream::Along(name),
            _ => spec.options.stream,
        };
        Some((Quantity::Requested(request), self::planned(&[taken(&graph, roots, selects)], along).pop()?))
    });
    let kernels: Vec<_> = kernels.chain(requested).collect();
    let outputs = outputs::outputs(spec, &graph, &outputs).into_iter().filter_map(|output| {
        let roots = (Cow::Borrowed(&output.graph), output.roots.clone());
        let planned = self::planned(&[roots], output.spec.options.stream).pop()?;
        Some((output, planned))
    });
    let outputs: Vec<_> = outputs.collect();
    let arguments = requests::arguments(spec, stream);
    Some(emit::module(spec, arguments, &kernels, &outputs, &explanation, &derivation, &explained))
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
    let (graph, nodes) = rewrite::take(graph, &roots.nodes(), roots.values.first().copied());
    (Cow::Owned(graph), roots.moved(nodes))
}

/// The programs for some roots, with the products in the order that is cheapest.
fn planned(roots: &[(Cow<'_, Graph>, Roots)], stream: Stream) -> Vec<Planned> {
    let in_order: Vec<_> = roots.iter().map(|(graph, roots)| ordered(graph, roots)).collect();
    let planned = schedule::cheaper(schedule::plan(&in_order, stream), schedule::plan(roots, stream));
    for (planned, (_, roots)) in planned.iter().zip(roots) {
        debug_assert_eq!(schedule::verify(planned, roots), Ok(()));
    }
    planned
}

/// A graph with its chains of products in the cheapest order, and its roots there.
pub(crate) fn ordered(graph: &Graph, roots: &Roots) -> (Graph, Roots) {
    let (graph, nodes) = rewrite::order_products(graph, &roots.nodes());
    (graph, roots.moved(nodes))
}

/// The first two stages, for tests.
#[cfg(test)]
pub(crate) fn front(
    arguments: TokenStream,
    item: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<(Spec, Graph, crate::graph::NodeId)> {
    let spec = parse::parse(arguments, item, mistakes)?;
    let Lowered { graph, loss, .. } = lower::lower(&spec, mistakes)?;
    mistakes.stop()?;
    Some((spec, graph, loss))
}

/// The programs of value and gradient, for tests.
#[cfg(test)]
pub(crate) fn plans(spec: &Spec, derived: &Derived) -> Vec<Planned> {
    planned(&computed(derived, rewrite::selects(&derived.value_graph)), spec.options.stream)
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
