//! The parts that arguments play.

use super::{Dim, Shape};

/// The part that an argument plays: data, a parameter, or one that only the compiler adds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Data,
    Param,
    /// The direction along which a parameter moves. No argument of the user's has this role, nor any of those below.
    Direction,
    /// How far to go along the direction.
    Step,
    /// One number for each sample, which is written.
    Sample,
    /// A value of the loss that is written as it is.
    Output,
    /// Placeholder for another value while a derivative is formed.
    StandIn,
}

/// The kind of an argument's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ArgumentKind {
    Numbers,
    /// Class indices below the dimension. The shape is that of a vector.
    Labels(Dim),
}

impl ArgumentKind {
    /// The type of an argument of this kind and of the shape `shape`.
    pub(crate) fn type_text(self, shape: Shape) -> String {
        match self {
            Self::Numbers => shape.to_string(),
            Self::Labels(classes) => format!("Labels<{}, {classes}>", shape.rows),
        }
    }
}
