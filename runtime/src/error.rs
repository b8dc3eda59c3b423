//! Errors at run time, with the numbers that show them.

use core::fmt;

/// Misuse that the compiler cannot see: the shape of the caller's data, or of their parameters.
///
/// `Display` and `Debug` show the same text. Nothing has been computed or written when an error is returned.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An argument has another shape than the loss and the arguments before it give it.
    Shape {
        /// The name of the argument.
        argument: &'static str,
        /// Its type as the loss declares it, such as `Matrix<D, K>`.
        declared: &'static str,
        /// Its rows and columns.
        found: (usize, usize),
        /// The rows and columns that it needs; `None` where any number would do.
        expected: (Option<usize>, Option<usize>),
        /// Where the expected numbers come from, such as "`x` has 64 columns"; empty if the loss fixes them.
        because: String,
    },
    /// A slice has another length than its shape needs.
    Length {
        /// Elements of the slice.
        found: usize,
        /// Rows of the shape.
        rows: usize,
        /// Columns of the shape.
        columns: usize,
    },
    /// Strides reach an element outside of the slice.
    Strides {
        /// Elements of the slice.
        length: usize,
        /// Rows and columns.
        shape: (usize, usize),
        /// Elements from a row to the next, and from a column to the next.
        strides: (usize, usize),
    },
    /// A size that does not fit in memory's addresses.
    Overflow {
        /// The thing that is too large, such as a workspace.
        what: &'static str,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A label that is no class.
    Label {
        /// The name of the argument.
        argument: &'static str,
        /// Its type as the loss declares it, such as `Labels<N, 10>`.
        declared: &'static str,
        /// Where it stands, from 0.
        position: usize,
        /// The label that stands there.
        found: i128,
        /// How many classes there are.
        classes: usize,
    },
    /// A label that is missing, where the loss declares `Labels` and not `Option<Labels>`.
    NoLabel {
        /// The name of the argument.
        argument: &'static str,
        /// Its type as the loss declares it, such as `Labels<N, 10>`.
        declared: &'static str,
        /// Where none stands, from 0.
        position: usize,
    },
    /// Parameters of other sizes than the loss has.
    Parameters {
        /// The dimension that differs.
        dimension: &'static str,
        /// Its size in the parameters.
        found: usize,
        /// Its size in the loss.
        expected: usize,
    },
    /// An operator of the user's has panicked in an earlier call, which left the loss half-way: make it anew.
    Panicked,
}

/// The way to declare labels of which some are missing.
const MISSING: &str = "where some are missing, it declares";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { argument, declared, found: (rows, columns), expected, because } => {
                write!(f, "`{argument}` is {rows} x {columns}, but ")?;
                if !because.is_empty() {
                    write!(f, "{because}: ")?;
                }
                let size = |size: Option<usize>| size.map_or_else(|| "any".to_owned(), |size| size.to_string());
                write!(f, "{declared} needs {} x {}", size(expected.0), size(expected.1))
            }
            Self::Length { found, rows, columns } => {
                write!(f, "a slice of {found} elements is not {rows} x {columns}: that needs ")?;
                match rows.checked_mul(*columns) {
                    Some(needed) => write!(f, "{needed}"),
                    None => write!(f, "more than memory has"),
                }
            }
            Self::Strides { length, shape, strides } => write!(
                f,
                "strides of {} and {} for {} x {} reach past the end of a slice of {length} elements",
                strides.0, strides.1, shape.0, shape.1
            ),
            Self::Overflow { what, rows, columns } => {
                write!(f, "{what} of {rows} x {columns} is larger than memory can be")
            }
            Self::Label { argument, declared, position, found, classes } => {
                write!(f, "label {found} in row {position} of `{argument}`: ")?;
                match classes {
                    0 => write!(f, "{declared} has no classes"),
                    1 => write!(f, "labels of {declared} are all 0"),
                    _ => write!(f, "labels of {declared} are 0 to {}", classes - 1),
                }?;
                match (*found < 0, declared.starts_with("Option")) {
                    (false, _) => Ok(()),
                    (true, false) => write!(f, "; {MISSING} `Option<{declared}>`"),
                    (true, true) => write!(f, "; `ignoring({found})` makes it stand for a label that is missing"),
                }
            }
            Self::NoLabel { argument, declared, position } => {
                let plain = format!(
                    "row {position} of `{argument}` has no label, but the loss declares `{argument}: {declared}`"
                );
                write!(f, "{plain}; {MISSING} `Option<{declared}>`")
            }
            Self::Parameters { dimension, found, expected } => {
                write!(f, "the parameters have {dimension} = {found}, but the loss has {dimension} = {expected}")
            }
            Self::Panicked => write!(f, "an operator has panicked in this loss before: it has to be made anew"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Error {}
