//! Functions that a loss may call without a definition of its own. Those written in the language are read by the parser that
//! reads specs, and inlined by [`lower`](crate::lower).

mod functions;

use rustc_hash::FxHashMap as HashMap;
use std::sync::OnceLock;

use crate::operations::{self, Domain, Operation};

pub(crate) use functions::FUNCTIONS;

/// A function of the language that users call by name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callable {
    Operation(&'static dyn Operation),
    /// The source of a function written in the language.
    Written(&'static str),
    OfShape(OfShape),
    OfSizes(OfSizes),
    /// Applies an operator of the user's own.
    Operator(Domain),
}

impl Callable {
    /// The function `name`.
    pub(crate) fn find(name: &str) -> Option<Self> {
        static BY_NAME: OnceLock<HashMap<&'static str, Callable>> = OnceLock::new();
        BY_NAME.get_or_init(|| Self::all().map(|callable| (callable.name(), callable)).collect()).get(name).copied()
    }

    fn all() -> impl Iterator<Item = Self> {
        let operations = operations::all().filter(|operation| operation.is_function()).map(Self::Operation);
        operations
            .chain(FUNCTIONS.iter().copied().map(Self::Written))
            .chain(OfShape::ALL.map(|(what, _)| Self::OfShape(what)))
            .chain(OfSizes::ALL.map(|(what, ..)| Self::OfSizes(what)))
            .chain(Domain::ALL.map(Self::Operator))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.name(),
            Self::Written(_) | Self::OfShape(_) | Self::OfSizes(_) => name_of(self.signature()),
            Self::Operator(domain) => domain.signature().0,
        }
    }

    /// The signature that messages show; of a source, that is what stands before its body, without `fn`.
    pub(crate) fn signature(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.signature(),
            Self::Written(source) => signature(source),
            Self::OfShape(what) => what.signature(),
            Self::OfSizes(what) => what.signature(),
            Self::Operator(domain) => domain.signature().1,
        }
    }
}

/// A function of the shape alone, so that it is no operation on a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OfShape {
    /// The number of elements.
    Size,
    Rows,
    Columns,
    Zeros,
    Ones,
    /// Ones on the diagonal.
    Eye,
}

impl OfShape {
    const ALL: [(Self, &str); 6] = [
        (Self::Size, "size(e: Matrix<R, C>) -> Scalar"),
        (Self::Rows, "rows(e: Matrix<R, C>) -> Scalar"),
        (Self::Columns, "columns(e: Matrix<R, C>) -> Scalar"),
        (Self::Zeros, "zeros_like(e: Matrix<R, C>) -> Matrix<R, C>"),
        (Self::Ones, "ones_like(e: Matrix<R, C>) -> Matrix<R, C>"),
        (Self::Eye, "eye_like(e: Matrix<N, N>) -> Matrix<N, N>"),
    ];

    fn signature(self) -> &'static str {
        Self::ALL.into_iter().find(|(what, _)| *what == self).map_or("", |(_, signature)| signature)
    }

    /// True if it counts, which may be done with labels as well.
    pub(crate) fn counts(self) -> bool {
        matches!(self, Self::Size | Self::Rows | Self::Columns)
    }
}

/// A matrix of a size that is written in the call, which needs no memory until something needs all of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OfSizes {
    Zeros,
    Ones,
    /// Ones on the diagonal.
    Eye,
}

impl OfSizes {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Zeros, "zeros(R, C) -> Matrix<R, C>", "zeros; `zeros(R)` is a vector"),
        (Self::Ones, "ones(R, C) -> Matrix<R, C>", "ones; `ones(R)` is a vector"),
        (Self::Eye, "eye(N) -> Matrix<N, N>", "ones on the diagonal, zeros elsewhere"),
    ];

    pub(crate) fn signature(self) -> &'static str {
        Self::ALL.into_iter().find(|(what, ..)| *what == self).map_or("", |(_, signature, _)| signature)
    }
}

/// Signatures and notes of the functions that know their operands' sizes alone.
#[cfg(test)]
pub(crate) fn of_sizes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let notes = OfShape::ALL.into_iter().map(|(what, signature)| {
        let note = match what {
            OfShape::Size => "the number of elements",
            OfShape::Rows => "the number of rows; a size is a number by its name too: `norm_sq(e) / N`",
            OfShape::Columns => "the number of columns; of labels, that of classes",
            OfShape::Zeros => "zeros in the shape of `e`",
            OfShape::Ones => "ones in the shape of `e`",
            OfShape::Eye => "ones on the diagonal, zeros elsewhere, in the shape of `e`",
        };
        (signature, note)
    });
    notes.chain(OfSizes::ALL.map(|(_, signature, note)| (signature, note)))
}

/// The signature that messages show: the source up to its body, without `fn`.
pub(crate) fn signature(source: &'static str) -> &'static str {
    let head = source.split('{').next().unwrap_or(source);
    head.trim().trim_start_matches("fn ").trim_end()
}

fn name_of(signature: &'static str) -> &'static str {
    signature.split('(').next().unwrap_or_default()
}

/// The names of all functions that users may call.
pub(crate) fn all_functions() -> impl Iterator<Item = &'static str> {
    Callable::all().map(Callable::name)
}

/// True if users may call a function `name`.
pub(crate) fn is_function(name: &str) -> bool {
    Callable::find(name).is_some()
}
