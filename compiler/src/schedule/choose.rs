//! Which axis to stream.

use super::residence::{Obstacle, candidates};
use super::{Program, Roots, schedule};
use crate::graph::{Dim, Graph};
use crate::spec::{Role, Stream};

/// The programs for some roots, all over one axis.
///
/// # Errors
/// The axis that was to be streamed, and what is in the way.
pub(crate) fn plan<const R: usize>(
    plans: &[(&Graph, Roots<'_>); R],
    stream: Stream,
) -> Result<[Program; R], (Dim, Obstacle)> {
    let Some((graph, _)) = plans.last() else { return Err((Dim::Unknown, Obstacle::Nothing)) };
    let (axes, must) = axes(graph, stream);
    let mut first = None;
    for axis in axes {
        match all(plans, Some(axis)) {
            Ok(programs) => return Ok(programs),
            Err(obstacle) => first = first.or(Some((axis, obstacle))),
        }
    }
    match first {
        Some(failure) if must => Err(failure),
        _ => all(plans, None).map_err(|obstacle| (Dim::Unknown, obstacle)),
    }
}

fn all<const R: usize>(plans: &[(&Graph, Roots<'_>); R], stream: Option<Dim>) -> Result<[Program; R], Obstacle> {
    let mut programs = Vec::with_capacity(R);
    for (graph, roots) in plans {
        programs.push(schedule(graph, roots, stream)?);
    }
    programs.try_into().map_err(|_| Obstacle::Nothing)
}

/// Axes to try, and whether failing on all of them is a mistake.
///
/// A run-time dimension that is the rows of some data and of no parameter is where the samples are: a loss that can't
/// be streamed along it would need memory for all of them, and should say so. Otherwise what is kept whole is
/// as large as the parameters or as sizes that are written out, and no harm.
fn axes(graph: &Graph, stream: Stream) -> (Vec<Dim>, bool) {
    match stream {
        Stream::Nothing => (Vec::new(), false),
        Stream::Along(name) => {
            let dims = graph.inputs.iter().flat_map(|input| [input.shape.rows, input.shape.columns]);
            (dims.filter(|dim| matches!(dim, Dim::Named(n) | Dim::Const(n) if *n == name)).take(1).collect(), true)
        }
        Stream::Chosen => {
            let all = candidates(graph);
            let rows_of =
                |dim: Dim, role: Role| graph.inputs.iter().any(|input| input.role == role && input.shape.rows == dim);
            let in_params = |dim: Dim| {
                let mut params = graph.inputs.iter().filter(|input| input.role == Role::Param);
                params.any(|input| input.shape.rows == dim || input.shape.columns == dim)
            };
            let is_samples = |dim: &Dim| matches!(dim, Dim::Named(_)) && rows_of(*dim, Role::Data) && !in_params(*dim);
            let samples: Vec<_> = all.iter().copied().filter(is_samples).collect();
            if samples.is_empty() { (all, false) } else { (samples, true) }
        }
    }
}
