//! The pipeline, from top to bottom.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

use crate::emit;
use crate::graph::{Graph, NodeId};
use crate::mistake::Mistakes;
use crate::schedule::{self, Roots};
use crate::spec::{self, Spec};
use crate::{differentiate, explain, lower, mistakes, simplify, stub};

/// What the attribute expands to: the module of the loss, or the mistakes beside a stub of it.
pub(crate) fn compile(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(spec) = spec::parse(arguments, item.clone(), &mut mistakes) else {
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

/// `None` if there are mistakes.
fn stages(spec: &Spec, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let (graph, loss) = lower::lower(spec, mistakes);
    mistakes.stop()?;
    let Derived { graph, loss, gradients, value_graph, value } = derive(spec, &graph, loss);
    let explanation = explain::explain(&graph, loss, &gradients);
    let roots = [(&value_graph, Roots { loss: value, gradients: Vec::new() }), (&graph, Roots { loss, gradients })];
    let planned = schedule::plan(&roots, spec.options.stream);
    let [value, gradient] = planned.as_slice() else { return None };
    Some(emit::module(spec, value, gradient, &explanation))
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
    let (graph, loss) = lower::lower(&spec, mistakes);
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
