//! Programs: statements over buffers, stage by stage.

use crate::base::{Dim, Shape};
use crate::graph::NodeId;

use super::residence::Stage;
use crate::operations::Custom;

/// The evaluation of some roots.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// The axis that is walked block by block; `None` if everything is whole.
    pub(crate) stream: Option<Dim>,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) packs: Vec<Pack>,
    /// Scalars computed at run time, by node. `sums` lists those of them that are summed over blocks, each with the
    /// value that its sum starts from.
    pub(crate) scalars: Vec<NodeId>,
    pub(crate) sums: Vec<(NodeId, f64)>,
    /// Resident work and passes in turn: stage 0, 1, …; the first and the last are resident.
    pub(crate) stages: Vec<Vec<Statement>>,
    /// Which statements of each stage are run in the first call only.
    pub(crate) hoisted: Vec<Vec<bool>>,
    /// The scalars that it returns.
    pub(crate) values: Vec<NodeId>,
    /// Arguments whose gradients are zero everywhere, so that no [`Statement`] writes them.
    pub(crate) zero_gradients: Vec<usize>,
    /// True if both ways of each choice can be written where its result is.
    pub(crate) choices_fit: bool,
}

impl Program {
    /// All statements in their order.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.stages.iter().flatten()
    }

    /// Elements that the buffers have at a time, if `size` says how large dimensions are.
    pub(crate) fn memory(&self, size: impl Fn(Dim) -> f64) -> f64 {
        /// Rows of a block.
        const BLOCK: f64 = 100.0;
        let own = self.buffers.iter().enumerate().filter(|(i, buffer)| buffer.memory == Some(*i));
        let elements = own.map(|(_, buffer)| {
            let along = |dim: Dim| match buffer.role {
                BufferRole::RowLocal(_) if Some(dim) == self.stream => size(dim).min(BLOCK),
                _ => size(dim),
            };
            let Shape { rows, columns } = buffer.shape;
            // Of a square matrix the rows alone are walked.
            along(rows) * if rows == columns { size(columns) } else { along(columns) }
        });
        elements.sum()
    }

    /// The statements of a stage that are run in the first call only, and the others.
    pub(crate) fn split(&self, stage: Stage) -> (Vec<&Statement>, Vec<&Statement>) {
        let statements = self.stages.get(stage).into_iter().flatten();
        let marked = statements.zip(self.hoisted.get(stage).into_iter().flatten());
        let (hoisted, each): (Vec<_>, Vec<_>) = marked.partition(|(_, hoisted)| **hoisted);
        let bare = |(statement, _)| statement;
        (hoisted.into_iter().map(bare).collect(), each.into_iter().map(bare).collect())
    }

    /// The number of passes over the rows.
    pub(crate) fn passes(&self) -> usize {
        self.stages.len() / 2
    }
}

/// True if a stage is a pass over the rows.
pub(crate) fn is_pass(stage: Stage) -> bool {
    stage % 2 == 1
}

/// Memory for the value of a node.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    pub(crate) node: NodeId,
    pub(crate) shape: Shape,
    pub(crate) role: BufferRole,
    /// The buffer whose memory this one uses; itself unless an earlier one's value is dead by then. `None` for a product that
    /// goes through a loop and is never there as a whole.
    pub(crate) memory: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum BufferRole {
    /// A buffer as large as the node.
    Resident,
    /// A buffer as large as the node, written block by block.
    Kept,
    /// The rows of one block of the pass.
    RowLocal(Stage),
    /// A sum over blocks, and what it is before the pass.
    Sum(f64),
}

/// A right factor of products, in the layout that the microkernel reads.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    pub(crate) node: NodeId,
    pub(crate) transposed: bool,
}

/// Where an operand is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Source {
    pub(crate) from: Location,
    /// The rows of the block, and not all of them.
    pub(crate) rows: bool,
}

/// The place that an operand is read from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Location {
    Argument(usize),
    /// The transpose of a data argument.
    Transposed(usize),
    Buffer(usize),
    /// A scalar of the workspace, an argument or a constant.
    Scalar(NodeId),
    /// The product that the loop is the epilogue of.
    ProductPiece,
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
    /// The gradient of a parameter: all of it, or its rows of the block.
    Gradient(usize),
    /// A scalar of the workspace.
    Sum(NodeId),
    ColumnSums(usize),
    RowSums(usize),
}

/// Where the result of a routine goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Buffer(usize),
    Scalar(NodeId),
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
    MatVec {
        a: Source,
        w: Source,
        out: usize,
    },
    /// out += aᵀ e, for a vector e.
    MatTVec {
        a: Source,
        e: Source,
        out: usize,
    },
    /// out = aᵀ.
    Transpose {
        a: Source,
        out: usize,
    },
    /// A routine of the runtime, and the buffer of a second result.
    Call {
        routine: Routine,
        operands: Vec<Source>,
        out: Target,
        also: Option<usize>,
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
    /// One of two ways to a value.
    Guarded(Guarded),
}

/// A statement that is run where a condition holds.
#[derive(Debug)]
pub(crate) struct Guarded {
    /// The scalar that the sizes decide: what the second way costs beyond the first one.
    pub(crate) difference: NodeId,
    /// True if the statement belongs to the first way.
    pub(crate) first: bool,
    /// The node that the statement computes.
    pub(crate) node: NodeId,
    pub(crate) statement: Box<Statement>,
}

/// Properties of a routine that its call needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routine {
    pub(crate) node: NodeId,
    pub(crate) name: &'static str,
    /// True if the routine is told the number of its first row.
    pub(crate) offset: bool,
    /// The value that a sum has before its first row; `None` if the result is no sum.
    pub(crate) start: Option<f64>,
    pub(crate) scratch: Option<&'static str>,
    pub(crate) feature: Option<&'static str>,
    pub(crate) custom: Option<Custom>,
    pub(crate) flops: u32,
}

impl Statement {
    /// The statement without the conditions that guard it.
    pub(crate) fn bare(&self) -> &Self {
        match self {
            Self::Guarded(guarded) => guarded.statement.bare(),
            bare => bare,
        }
    }

    /// Sources that it reads.
    pub(crate) fn reads(&self) -> Vec<Source> {
        match self {
            Self::Pack { from, .. } => vec![*from],
            Self::Product { a, .. } | Self::Transpose { a, .. } => vec![*a],
            Self::ProductT { a, b, .. } => vec![*a, *b],
            Self::MatVec { a, w, .. } => vec![*a, *w],
            Self::MatTVec { a, e, .. } => vec![*a, *e],
            Self::Call { operands, .. } => operands.clone(),
            Self::Scalar { .. } | Self::ScalarGradient { .. } => Vec::new(),
            Self::Map(map) => {
                let factor = map.product.iter().map(|product| product.a);
                factor.chain(map.sources.iter().map(|(_, source, _)| *source)).collect()
            }
            Self::Guarded(guarded) => guarded.statement.reads(),
        }
    }

    /// The buffers that it writes.
    pub(crate) fn writes(&self) -> Vec<usize> {
        match self {
            Self::Product { out, .. }
            | Self::ProductT { out, .. }
            | Self::MatVec { out, .. }
            | Self::MatTVec { out, .. }
            | Self::Transpose { out, .. } => vec![*out],
            Self::Call { out, also, .. } => {
                let first = match out {
                    Target::Buffer(out) => Some(*out),
                    Target::Scalar(_) => None,
                };
                first.into_iter().chain(*also).collect()
            }
            Self::Pack { .. } | Self::Scalar { .. } | Self::ScalarGradient { .. } => Vec::new(),
            Self::Map(map) => map.results.iter().filter_map(|(_, sink)| sink.buffer()).collect(),
            Self::Guarded(guarded) => guarded.statement.writes(),
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

/// A product of which nothing but the results of a loop is kept, its epilogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FusedProduct {
    pub(crate) node: NodeId,
    pub(crate) a: Source,
    /// The packed right factor.
    pub(crate) b: usize,
}

/// An elementwise loop.
#[derive(Debug)]
pub(crate) struct Map {
    /// The product that it is the epilogue of.
    pub(crate) product: Option<FusedProduct>,
    pub(crate) shape: Shape,
    /// True if it runs over the rows of a block, and not over all of them.
    pub(crate) rows: bool,
    /// Operands: the node each stands for in the body, and where it is read.
    pub(crate) sources: Vec<(NodeId, Source, Repeat)>,
    /// The nodes that the body computes, operands before users.
    pub(crate) body: Vec<NodeId>,
    /// Results: what is computed, and where it goes.
    pub(crate) results: Vec<(Outcome, Sink)>,
}

impl Map {
    /// True if it is run one operation after the other: rustc takes longer for an expression the longer it is, and more than in
    /// proportion, and so does its frame in a debug build.
    pub(crate) fn is_long(&self) -> bool {
        /// Operations that are one expression.
        const MAX_EXPRESSION: usize = 160;
        self.body.len() > MAX_EXPRESSION
    }
}

/// A result of a loop's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Node(NodeId),
    /// The product of two nodes: a term of their Frobenius product.
    Product(NodeId, NodeId),
}
