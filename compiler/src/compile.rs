//! The pipeline, from top to bottom.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::emit;
use crate::graph::{Graph, NodeId};
use crate::mistake::{Mistake, Mistakes};
use crate::place::Place;
use crate::schedule::{self, Roots};
use crate::spec::{self, Spec};
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
    let Derived { graph, loss, gradients, value_graph, value } = derive(spec, &graph, loss);
    let explanation = explain::explain(&graph, loss, &gradients);
    let roots = [(&value_graph, Roots { loss: value, gradients: Vec::new() }), (&graph, Roots { loss, gradients })];
    let plain = || schedule::plan(&roots, spec.options.stream);
    let (value_graph, ordered_value) = ordered(&roots[0]);
    let (graph, ordered_gradient) = ordered(&roots[1]);
    let ordered = [(&value_graph, ordered_value), (&graph, ordered_gradient)];
    let planned = schedule::cheaper(schedule::plan(&ordered, spec.options.stream), plain);
    let [value, gradient] = planned.as_slice() else { return None };
    let unfused = spec.options.bench.then(|| schedule::unfused(roots[1].0, &roots[1].1));
    Some(emit::module(spec, value, gradient, unfused.as_ref(), &explanation))
}

/// A graph with its chains of products in the cheapest order, and its roots there.
pub(crate) fn ordered((graph, roots): &(&Graph, Roots)) -> (Graph, Roots) {
    let known = roots.gradients.iter().filter_map(|(_, node)| *node);
    let nodes: Vec<_> = std::iter::once(roots.loss).chain(known).collect();
    let (graph, nodes) = simplify::order_products(graph, &nodes);
    let mut nodes = nodes.into_iter();
    let loss = nodes.next().unwrap_or(roots.loss);
    let gradients = roots.gradients.iter().map(|&(i, node)| (i, node.and_then(|_| nodes.next()))).collect();
    (graph, Roots { loss, gradients })
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
    let (graph, roots) = simplify::simplify(&graph, &roots);
    let mut rest = roots.iter().copied();
    let loss = rest.next().unwrap_or(value[0]);
    let gradients = parameters.into_iter().zip(gradients).map(|(i, old)| (i, old.and_then(|_| rest.next()))).collect();
    Derived { graph, loss, gradients, value_graph, value: value[0] }
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
