//! Where a node lives, read off its shape: section 4 of the design.
//!
//! A node that has the stream axis first is row-local: a block of its rows exists at a time. A node that lacks
//! the axis while an operand has it is a reduction, known after the pass. Everything else is resident.

use crate::graph::{Dim, Graph, NodeId, Op, Shape};
use crate::operations::TRANSPOSE;

/// When, and how much of, a node exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Residence {
    /// Resident, known before the pass.
    Before,
    /// One block of rows.
    RowLocal,
    /// A sum over the rows.
    Reduction,
    /// Resident, computed from sums over the rows.
    After,
}

/// Why an axis can't be streamed in one pass.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Obstacle {
    /// Rows of `node` need `sum`, which is known only after all rows were seen.
    SecondPass { node: NodeId, sum: NodeId },
    /// The node has the axis twice, or where it can't be cut into blocks of rows.
    Whole { node: NodeId },
    /// There was nothing to schedule.
    Nothing,
}

/// The residence of every node when `stream` is walked.
pub(crate) fn residences(graph: &Graph, stream: Option<Dim>) -> Result<Vec<Residence>, Obstacle> {
    let mut all: Vec<Residence> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let residence = residence(graph, stream, id, &all)?;
        all.push(residence);
    }
    Ok(all)
}

fn residence(graph: &Graph, stream: Option<Dim>, id: NodeId, known: &[Residence]) -> Result<Residence, Obstacle> {
    let node = graph.node(id);
    let of = |operand: &NodeId| known[operand.index()];
    let late = node.operands.iter().find(|operand| of(operand) >= Residence::Reduction);
    let Some(axis) = stream else { return Ok(Residence::Before) };
    let has_axis = |shape: Shape| shape.rows == axis || shape.columns == axis;
    if has_axis(node.shape) {
        let transposed = graph.is(id, TRANSPOSE).is_some();
        let line = node.shape.is_line();
        if (node.shape.columns == axis && !transposed && !line)
            || (node.shape.rows == axis && node.shape.columns == axis)
        {
            return Err(Obstacle::Whole { node: id });
        }
        return match late {
            Some(&sum) => Err(Obstacle::SecondPass { node: id, sum }),
            None => Ok(Residence::RowLocal),
        };
    }
    if matches!(node.op, Op::Call(_)) && node.operands.iter().any(|&operand| has_axis(graph.shape(operand))) {
        return Ok(Residence::Reduction);
    }
    Ok(if late.is_some() { Residence::After } else { Residence::Before })
}

/// Axes that may be walked, the most promising first: those of the data that no parameter has, by how many
/// arguments have them; then those of the data that parameters have too.
pub(crate) fn candidates(graph: &Graph) -> Vec<Dim> {
    use crate::spec::Role;
    let mut found: Vec<(Dim, usize, usize)> = Vec::new();
    for input in &graph.inputs {
        for dim in [input.shape.rows, input.shape.columns] {
            if dim.is_one() || matches!(dim, Dim::Unknown) {
                continue;
            }
            let known = found.iter().position(|(known, ..)| *known == dim).unwrap_or_else(|| {
                found.push((dim, 0, 0));
                found.len() - 1
            });
            let entry = &mut found[known];
            match input.role {
                Role::Data => entry.1 += 1,
                Role::Param => entry.2 += 1,
            }
        }
    }
    found.retain(|(_, data, _)| *data > 0);
    // Stable: among equals the order of the arguments decides. Run-time sizes come before written ones.
    found.sort_by_key(|(dim, data, params)| (*params, !matches!(dim, Dim::Named(_)), std::cmp::Reverse(*data)));
    found.into_iter().map(|(dim, ..)| dim).collect()
}
