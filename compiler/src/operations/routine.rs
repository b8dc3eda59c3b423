//! Tier 3: operations that a routine of the runtime computes: row-wise operators, gathers, scans, linear algebra.
//!
//! A routine is a value of [`Routine`] in a table of its file; [`ROUTINES`] lists the tables.

use super::{Binds, Helper, Kind, Operation, Reach, Routine, Wanted, shape_by_letters};
use crate::base::Shape;
use crate::graph::{Graph, NodeId};

/// Every table of routines.
pub(crate) static ROUTINES: &[&[Routine]] = &[
    &super::softmax::TABLE,
    &super::extrema::TABLE,
    &super::structure::TABLE,
    &super::labels::TABLE,
    &super::pairwise::TABLE,
    &super::scan::TABLE,
    &super::linalg::TABLE,
    &super::either::TABLE,
];

/// Defaults of the fields that rows of tables leave out.
pub(crate) const ROUTINE: Routine = Routine {
    name: "",
    signature: "",
    is_function: true,
    operands: &[],
    result: b"11",
    helpers: &[],
    shape: None,
    wanted: Wanted::Same,
    reach: Reach::Whole,
    start: 0.0,
    merge: None,
    adjoint: |_, _, _, _| None,
    tangent: None,
    evaluate: |_, _| {},
    notation: None,
    binds: Binds::Atom,
    runs: "",
    joint: None,
    offset: false,
    linear: &[],
    labels: &[],
    scratch: None,
    feature: None,
    custom: None,
    recurrence: None,
    step_program: None,
    flops: 1,
    note: None,
};

impl Operation for Routine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn shown(&self) -> &'static str {
        if self.recurrence.is_some() || self.step_program.is_some() { "a loop over time" } else { self.name }
    }

    fn signature(&self) -> &'static str {
        self.signature
    }

    fn arity(&self) -> usize {
        self.operands.len()
    }

    fn helpers(&self) -> &'static [Helper] {
        self.helpers
    }

    fn is_function(&self) -> bool {
        self.is_function
    }

    fn takes_labels(&self, k: usize) -> bool {
        self.labels.contains(&k)
    }

    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted> {
        match self.shape {
            Some(rule) => rule(operands),
            None => shape_by_letters(self.operands, *self.result, operands).ok_or(self.wanted),
        }
    }

    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
        (self.adjoint)(graph, node, k, g)
    }

    fn tangent(&self, graph: &mut Graph, node: NodeId, moves: &[Option<NodeId>]) -> Option<NodeId> {
        self.tangent.map(|tangent| tangent(graph, node, moves))
    }

    fn rule(&self, _: usize) -> Option<&'static str> {
        Some("G : D f(A)[dA] = D f(A)*[G] : dA")
    }

    fn is_affine(&self, moving: &[usize]) -> bool {
        moving.is_empty() || matches!(moving, [k] if self.linear.contains(k))
    }

    fn kind(&'static self) -> Kind {
        Kind::Routine(self)
    }
}
