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
    /// Placeholder for another value while a derivative is formed; of a step, what differs from step to step.
    StandIn,
    /// A value that is the same in all steps of a recurrence.
    Fixed,
}

impl Role {
    /// True of arguments whose values stay from one evaluation to the next: data, and what is the same in all steps.
    pub(crate) fn is_kept(self) -> bool {
        matches!(self, Self::Data | Self::Fixed)
    }
}

/// The kind of an argument's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ArgumentKind {
    Numbers,
    /// Class indices below the dimension `classes`. The shape is that of a vector.
    Labels {
        classes: Dim,
        /// True if some may be missing: `Option<Labels<N, C>>`.
        may_miss: bool,
    },
}

impl ArgumentKind {
    /// The type of an argument of this kind and of the shape `shape`.
    pub(crate) fn type_text(self, shape: Shape) -> String {
        match self {
            Self::Numbers => shape.to_string(),
            Self::Labels { classes, may_miss: false } => format!("Labels<{}, {classes}>", shape.rows),
            Self::Labels { classes, may_miss: true } => format!("Option<Labels<{}, {classes}>>", shape.rows),
        }
    }

    /// The number of classes, if it is labels.
    pub(crate) fn classes(self) -> Option<Dim> {
        match self {
            Self::Numbers => None,
            Self::Labels { classes, .. } => Some(classes),
        }
    }

    /// True if it is labels of which some may be missing.
    pub(crate) fn may_miss(self) -> bool {
        matches!(self, Self::Labels { may_miss: true, .. })
    }
}
