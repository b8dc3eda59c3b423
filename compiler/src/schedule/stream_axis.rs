//! Which axis to stream.

use std::borrow::Borrow;

use super::residence::candidates;
use super::{Buffer, BufferRole, Fused, Program, Roots, schedule};
use crate::base::{Dim, Role};
use crate::graph::Graph;
use crate::rewrite;
use crate::syntax::Stream;

/// A program, and the graph whose nodes it names: that of the loss, with the samples as rows.
#[derive(Default)]
pub(crate) struct Planned {
    pub(crate) graph: Graph,
    pub(crate) program: Program,
}

/// The programs for some roots, all over one axis.
///
/// Of the axes that the loss may be streamed along it is the most promising one, unless another one, or keeping
/// everything whole, takes far less memory for the last of the roots.
pub(crate) fn plan(plans: &[(impl Borrow<Graph>, Roots)], stream: Stream) -> Vec<Planned> {
    let Some(graph) = plans.last().map(|(graph, _)| graph.borrow()) else { return Vec::new() };
    let memory = |planned: &Planned| planned.program.memory(|dim| nominal(graph, dim));
    let mut best: Option<(f64, Vec<Planned>)> = None;
    let axes = axes(graph, stream);
    let whole = (axes.is_empty() || stream == Stream::Chosen).then_some(None);
    for axis in axes.into_iter().map(Some).chain(whole) {
        let planned = plans.iter().map(|(graph, roots)| planned(graph.borrow(), roots, axis, Fused::Yes));
        let planned: Vec<_> = planned.collect();
        let memory = planned.last().map_or(0.0, memory);
        // One pass that keeps nothing of the samples can't be beaten by much: other axes need not be tried.
        let is_enough = planned.last().is_some_and(|planned| is_enough(graph, &planned.program));
        if best.as_ref().is_none_or(|(known, _)| FAR_LESS * memory < *known) {
            best = Some((memory, planned));
        }
        if is_enough {
            break;
        }
    }
    best.map(|(_, planned)| planned).unwrap_or_default()
}

/// By how much less memory another axis has to win: the first one is that of the samples, whose rows are read in order.
const FAR_LESS: f64 = 4.0;

/// True if everything that has samples exists block by block, in one pass.
fn is_enough(graph: &Graph, program: &Program) -> bool {
    let is_samples = |dim: Dim| matches!(dim, Dim::Named(_)) && nominal(graph, dim) >= NOMINAL_SAMPLES;
    let keeps = |buffer: &Buffer| {
        let dims = [buffer.shape.rows, buffer.shape.columns];
        !matches!(buffer.role, BufferRole::RowLocal(_)) && dims.into_iter().any(is_samples)
    };
    program.stream.is_some_and(is_samples) && program.passes() == 1 && !program.buffers.iter().any(keeps)
}

/// How large a dimension is taken to be that data have and no parameter.
const NOMINAL_SAMPLES: f64 = 1e5;

/// How large a dimension is taken to be, where only the run-time sizes would tell: samples are many.
fn nominal(graph: &Graph, dim: Dim) -> f64 {
    let has = |role: Role| {
        let mut inputs = graph.inputs.iter().filter(|input| input.role == role);
        inputs.any(|input| input.shape.rows == dim || input.shape.columns == dim)
    };
    match dim {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        Dim::Size(size) => size as f64,
        Dim::Plus([a, b]) => nominal(graph, *a) + nominal(graph, *b),
        Dim::Times([a, b]) => nominal(graph, *a) * nominal(graph, *b),
        Dim::Less((size, _)) => nominal(graph, *size),
        Dim::Named(_) | Dim::Const(_) | Dim::Unknown => match (has(Role::Data), has(Role::Param)) {
            (true, false) => NOMINAL_SAMPLES,
            (true, true) => 1e3,
            (false, _) => 1e2,
        },
    }
}

/// Of two plans for the same roots, the first one unless it walks the rows more often or needs much more memory.
pub(crate) fn cheaper(ordered: Vec<Planned>, plain: Vec<Planned>) -> Vec<Planned> {
    /// Factor by which another order of products may take more memory.
    const MORE: f64 = 4.0;
    /// A buffer as small as parameters, which is never too much.
    const SMALL: f64 = 1e6;
    let memory = |planned: &Planned| planned.program.memory(|dim| nominal(&planned.graph, dim));
    let worse = |(a, b): (&Planned, &Planned)| {
        let more = memory(a) > MORE * memory(b).max(SMALL);
        !a.program.choices_fit || a.program.passes() > b.program.passes() || more
    };
    if ordered.iter().zip(&plain).any(worse) { plain } else { ordered }
}

/// The program that keeps everything whole.
pub(super) fn whole(graph: &Graph, roots: &Roots) -> Planned {
    planned(graph, roots, None, Fused::Yes)
}

/// The program that computes one operation after the other, each as a whole.
pub(crate) fn unfused(graph: &Graph, roots: &Roots) -> Planned {
    planned(graph, roots, None, Fused::No)
}

fn planned(graph: &Graph, roots: &Roots, stream: Option<Dim>, fused: Fused) -> Planned {
    let (graph, nodes) = rewrite::orient(graph, &roots.nodes(), stream);
    let program = schedule(&graph, &roots.moved(nodes), stream, fused);
    Planned { graph, program }
}

/// Axes to try.
fn axes(graph: &Graph, stream: Stream) -> Vec<Dim> {
    match stream {
        Stream::Nothing => Vec::new(),
        Stream::Along(name) => {
            let dims = graph.inputs.iter().flat_map(|input| [input.shape.rows, input.shape.columns]);
            dims.filter(|dim| matches!(dim, Dim::Named(n) | Dim::Const(n) if *n == name)).take(1).collect()
        }
        Stream::Chosen => candidates(graph),
    }
}
