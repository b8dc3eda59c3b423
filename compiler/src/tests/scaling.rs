//! Deep losses: neither the graph nor the work that it takes grows faster than the loss.

use std::fmt::Write;

use proc_macro2::TokenStream;

use crate::compile::{front, ordered};
use crate::derive::{derive, trace};
use crate::diagnostics::Mistakes;
use crate::graph::LOOKS;
use crate::requests::{self, Forms, Quantity};
use crate::schedule::{Roots, plan};
use crate::{emit, explain};

/// A net of as many layers, each a line: activation and product.
fn net(depth: usize, layer: &str) -> String {
    let mut source = "fn net(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar { let z0 = x * w; ".to_owned();
    for i in 0..depth {
        write!(source, "let z{} = {}; ", i + 1, layer.replace('#', &format!("z{i}"))).expect("memory");
    }
    write!(source, "norm_sq(z{depth}) }}").expect("memory");
    source
}

const LAYERS: [&str; 4] = ["tanh(#) * w", "hadamard(#, sigmoid(#)) * w", "tanh(# * w) + #", "softplus(# * w - # / 2)"];

/// Stages that are measured.
const STAGES: [&str; 6] = ["lower", "derive", "order products", "explain", "schedule", "emit"];

/// The nodes of the loss and of its gradient, and how often each stage looks at nodes.
fn measure(depth: usize, layer: &str) -> ((usize, usize), [u64; 6]) {
    let item: TokenStream = net(depth, layer).parse().expect("tokens");
    let mut looks = [0; 6];
    let mut lap = {
        let mut last = LOOKS.get();
        move || {
            let now = LOOKS.get();
            now - std::mem::replace(&mut last, now)
        }
    };
    let (spec, graph, loss) = front(TokenStream::new(), item, &mut Mistakes::default()).expect("a sound loss");
    looks[0] = lap();
    let derived = derive(&spec, &graph, loss);
    looks[1] = lap();
    let nodes = (derived.value_graph.len(), derived.graph.len());
    let explanation = explain::explain(&derived.graph, derived.loss, &derived.gradients);
    let derivation = explain::derivation(&trace(&derived));
    assert!(explanation.formula.len() < 400 * depth, "{}", explanation.formula.len());
    looks[3] = lap();
    let roots = Roots { values: vec![derived.loss], gradients: derived.gradients.clone() };
    let (graph, roots) = ordered(&derived.graph, &roots);
    looks[2] = lap();
    let again = roots.moved(roots.nodes());
    let planned = plan(&[(&graph, roots), (&graph, again)], spec.options.stream);
    looks[4] = lap();
    let kernels: Vec<_> = [Quantity::Value, Quantity::Gradient].into_iter().zip(planned).collect();
    assert!(!emit::module(&spec, spec.arguments.clone(), &kernels, &[], &explanation, &derivation, &[]).is_empty());
    looks[5] = lap();
    (nodes, looks)
}

/// The loss of a net and all its gradients have at most four nodes for each node of the loss.
#[test]
fn gradients_have_four_nodes_for_each_of_the_loss() {
    for layer in LAYERS {
        let ((loss, all), _) = measure(50, layer);
        assert!(all <= 4 * loss + 10, "{layer}: {all} nodes for {loss}");
    }
}

/// Slopes, and products with the Hessian, have nodes in proportion to those of the loss: twice the depth has twice the nodes.
#[test]
fn tangents_have_nodes_in_proportion_to_the_loss() {
    for layer in LAYERS {
        let nodes = |depth: usize| {
            let item: TokenStream = net(depth, layer).parse().expect("tokens");
            let (spec, graph, loss) = front(TokenStream::new(), item, &mut Mistakes::default()).expect("a sound loss");
            let derived = derive(&spec, &graph, loss);
            let forms = Forms { spec: &spec, written: (&graph, loss), derived: &derived, stream: None };
            let nodes = |word| requests::by_word(word, &forms).map_or(0, |made| made.graph.len());
            (derived.value_graph.len(), nodes("jvp"), nodes("hvp"))
        };
        let ((loss, slope, product), (_, deeper_slope, deeper_product)) = (nodes(50), nodes(100));
        assert!(slope <= 5 * loss + 10, "{layer}: {slope} nodes of the slope for {loss}");
        assert!(product <= 16 * loss + 40, "{layer}: {product} nodes of the product for {loss}");
        assert!(deeper_slope <= 2 * slope && deeper_product <= 2 * product, "{layer}");
    }
}

/// Eight times the depth takes eight times the work, and not 64 times.
#[test]
fn stages_work_in_proportion_to_depth() {
    for layer in LAYERS {
        let (short, long) = (measure(50, layer).1, measure(400, layer).1);
        for ((name, short), long) in STAGES.into_iter().zip(short).zip(long) {
            assert!(
                long <= 12 * short,
                "{layer}: to {name} takes {short} looks at nodes at depth 50, but {long} at depth 400"
            );
        }
    }
}
