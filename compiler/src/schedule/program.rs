//! What a schedule is: statements over buffers, before, for each block of rows, and after.

use crate::graph::{Dim, NodeId, Shape};

/// The evaluation of some roots.
#[derive(Debug)]
pub(crate) struct Program {
    /// The axis that is walked block by block; `None` if everything is whole.
    pub(crate) stream: Option<Dim>,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) packs: Vec<Pack>,
    /// Scalars that live in the workspace, by node.
    pub(crate) scalars: Vec<NodeId>,
    /// Resident work that needs no pass.
    pub(crate) before: Vec<Statement>,
    /// The pass: work on one block of rows.
    pub(crate) rows: Vec<Statement>,
    /// Resident work that needs the pass's sums.
    pub(crate) after: Vec<Statement>,
    pub(crate) loss: NodeId,
    /// The gradients by parameter, for what [`Statement`]s don't write: those that are zero everywhere.
    pub(crate) zero_gradients: Vec<usize>,
}

/// Memory for the value of a node.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    pub(crate) node: NodeId,
    pub(crate) shape: Shape,
    pub(crate) role: BufferRole,
    /// The buffer whose memory this one uses; itself unless an earlier one's value is dead by then.
    pub(crate) memory: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BufferRole {
    /// As large as the node.
    Resident,
    /// The rows of one block.
    RowLocal,
    /// A sum over blocks, zero before the pass.
    Sum,
}

/// A resident right factor of products, in the layout that the microkernel reads.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    pub(crate) node: NodeId,
    pub(crate) transposed: bool,
}

/// Where an operand is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Source {
    /// An argument: all of it, or its rows of the block.
    Argument(usize),
    Buffer(usize),
    /// A scalar of the workspace, an argument or a constant.
    Scalar(NodeId),
}

/// How an operand of a loop is repeated over its shape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Repeat {
    Not,
    EveryRow,
    EveryColumn,
    EveryElement,
}

/// Where a result of a loop goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sink {
    Store(usize),
    /// The gradient of a parameter.
    Gradient(usize),
    /// A scalar of the workspace.
    Sum(NodeId),
    ColumnSums(usize),
    RowSums(usize),
}

/// One step, by a primitive of the runtime.
#[derive(Debug)]
pub(crate) enum Statement {
    Pack {
        from: Source,
        pack: usize,
    },
    /// out = a b, with b packed.
    Product {
        a: Source,
        b: usize,
        out: usize,
    },
    /// out += aᵀ b.
    ProductT {
        a: Source,
        b: Source,
        out: usize,
    },
    /// out = a w, for a vector w.
    Dots {
        a: Source,
        w: Source,
        out: usize,
    },
    /// out += aᵀ e, for a vector e.
    ScaledRows {
        a: Source,
        e: Source,
        out: usize,
    },
    /// out = aᵀ.
    Transpose {
        a: Source,
        out: usize,
    },
    /// The scalar `out` = tr(a).
    Trace {
        a: Source,
        out: NodeId,
    },
    /// out = s I.
    Identity {
        s: NodeId,
        out: usize,
    },
    /// A scalar of other scalars.
    Scalar {
        out: NodeId,
    },
    /// A scalar, or one element, as the gradient of a parameter.
    ScalarGradient {
        from: NodeId,
        parameter: usize,
    },
    /// An elementwise loop.
    Map(Map),
}

impl Statement {
    /// What it reads.
    pub(crate) fn reads(&self) -> Vec<Source> {
        match self {
            Self::Pack { from, .. } => vec![*from],
            Self::Product { a, .. } | Self::Transpose { a, .. } | Self::Trace { a, .. } => vec![*a],
            Self::ProductT { a, b, .. } => vec![*a, *b],
            Self::Dots { a, w, .. } => vec![*a, *w],
            Self::ScaledRows { a, e, .. } => vec![*a, *e],
            Self::Identity { .. } | Self::Scalar { .. } | Self::ScalarGradient { .. } => Vec::new(),
            Self::Map(map) => map.sources.iter().map(|(_, source, _)| *source).collect(),
        }
    }

    /// The buffers that it writes.
    pub(crate) fn writes(&self) -> Vec<usize> {
        match self {
            Self::Product { out, .. }
            | Self::ProductT { out, .. }
            | Self::Dots { out, .. }
            | Self::ScaledRows { out, .. }
            | Self::Transpose { out, .. }
            | Self::Identity { out, .. } => vec![*out],
            Self::Pack { .. } | Self::Trace { .. } | Self::Scalar { .. } | Self::ScalarGradient { .. } => Vec::new(),
            Self::Map(map) => map.results.iter().filter_map(|(_, sink)| sink.buffer()).collect(),
        }
    }
}

impl Sink {
    /// The buffer that the result goes to, if it is one.
    fn buffer(self) -> Option<usize> {
        match self {
            Self::Store(out) | Self::ColumnSums(out) | Self::RowSums(out) => Some(out),
            Self::Gradient(_) | Self::Sum(_) => None,
        }
    }
}

/// An elementwise loop.
#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) shape: Shape,
    /// Operands: the node each stands for in the body, and where it is read.
    pub(crate) sources: Vec<(NodeId, Source, Repeat)>,
    /// The nodes that the body computes, operands before users.
    pub(crate) body: Vec<NodeId>,
    /// Results: what is computed, and where it goes.
    pub(crate) results: Vec<(Outcome, Sink)>,
}

/// A result of a loop's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Node(NodeId),
    /// The product of two nodes: a term of their Frobenius product.
    Product(NodeId, NodeId),
}
