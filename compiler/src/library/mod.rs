//! Tier 4: functions written in the language. They are read by the parser that reads specs, and put in place by
//! [`lower`](crate::lower).

mod functions;

use crate::operations::{self, Domain, Operation};

pub(crate) use functions::FUNCTIONS;

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

    /// The function `name`, and its signature.
    pub(crate) fn function(name: &str) -> Option<(Self, &'static str)> {
        Self::ALL.into_iter().find(|(_, signature)| name_of(signature) == name)
    }

    /// True if it counts, which may be done with labels as well.
    pub(crate) fn counts(self) -> bool {
        matches!(self, Self::Size | Self::Rows | Self::Columns)
    }
}

/// The source of the library function `name`.
pub(crate) fn source(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().copied().find(|source| name_of(source) == name)
}

/// The signature that messages show: the source up to its body, without `fn`.
pub(crate) fn signature(source: &'static str) -> &'static str {
    let head = source.split('{').next().unwrap_or(source);
    head.trim().trim_start_matches("fn ").trim_end()
}

fn name_of(source: &'static str) -> &'static str {
    signature(source).split('(').next().unwrap_or_default()
}

/// The names of all functions that users may call.
pub(crate) fn all_functions() -> impl Iterator<Item = &'static str> {
    let operations = operations::all().filter(|operation| operation.is_function()).map(Operation::name);
    operations
        .chain(FUNCTIONS.iter().copied().map(name_of))
        .chain(OfShape::ALL.map(|(_, signature)| name_of(signature)))
        .chain(Domain::NAMES)
}

/// True if users may call a function `name`.
pub(crate) fn is_function(name: &str) -> bool {
    all_functions().any(|function| function == name)
}
