//! Which axis to stream.

use super::place::candidates;
use super::{Program, Roots, schedule};
use crate::graph::{Dim, Graph};
use crate::simplify;
use crate::spec::Stream;

/// A program, and the graph whose nodes it names: that of the loss, with the samples as rows.
pub(crate) struct Planned {
    pub(crate) graph: Graph,
    pub(crate) program: Program,
}

/// The programs for some roots, all over one axis.
///
/// Of the axes that the loss may be streamed along it is the first one on which the last of the roots need one pass and
/// keep no matrix of all rows; if there is none, the one that keeps least and walks the rows least often.
pub(crate) fn plan(plans: &[(&Graph, Roots)], stream: Stream) -> Vec<Planned> {
    let Some((graph, _)) = plans.last() else { return Vec::new() };
    let mut best: Option<(usize, Vec<Planned>)> = None;
    for axis in axes(graph, stream) {
        let planned: Vec<_> = plans.iter().map(|(graph, roots)| planned(graph, roots, Some(axis))).collect();
        let score = planned.last().map_or(0, |planned| {
            let program = &planned.program;
            1000 * program.kept_matrices + program.passes().abs_diff(1)
        });
        if best.as_ref().is_none_or(|(known, _)| score < *known) {
            best = Some((score, planned));
        }
        if score == 0 {
            break;
        }
    }
    // With sizes that are all written out, and few enough for that, what is kept whole is no harm.
    let written = |planned: &[Planned]| planned.iter().all(|p| matches!(p.program.stream, Some(Dim::Size(_))));
    match best {
        Some((score, planned)) if score == 0 || stream != Stream::Chosen || !written(&planned) => planned,
        _ => plans.iter().map(|(graph, roots)| planned(graph, roots, None)).collect(),
    }
}

/// Of two plans for the same roots, the first one unless it walks the rows more often or keeps more of them.
pub(crate) fn cheaper(ordered: Vec<Planned>, plain: impl FnOnce() -> Vec<Planned>) -> Vec<Planned> {
    let plain = plain();
    let effort = |planned: &Planned| (planned.program.passes(), planned.program.kept_matrices);
    let worse = |(a, b): (&Planned, &Planned)| {
        let ((passes, kept), (plain_passes, plain_kept)) = (effort(a), effort(b));
        !a.program.choices_fit || passes > plain_passes || kept > plain_kept
    };
    if ordered.iter().zip(&plain).any(worse) { plain } else { ordered }
}

fn planned(graph: &Graph, roots: &Roots, stream: Option<Dim>) -> Planned {
    let known = roots.gradients.iter().filter_map(|(_, node)| *node);
    let nodes: Vec<_> = std::iter::once(roots.loss).chain(known).collect();
    let (graph, nodes) = simplify::orient(graph, &nodes, stream);
    let mut nodes = nodes.into_iter();
    let loss = nodes.next().unwrap_or(roots.loss);
    let gradients = roots.gradients.iter().map(|&(i, node)| (i, node.and_then(|_| nodes.next()))).collect();
    let program = schedule(&graph, &Roots { loss, gradients }, stream);
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
