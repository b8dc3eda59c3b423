//! Dimensions and shapes, printed as the user writes them.

use std::fmt;

use super::Symbol;

/// The size of one axis. Two dimensions are equal only if they are written alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Dim {
    /// A size that is written out, such as `784`.
    Size(u64),
    /// A name: a size known at run time.
    Named(Symbol),
    /// A const generic, or a const expression in braces: the tokens as text.
    Const(Symbol),
    /// The sum of two sizes: what is joined has one, and what is stored with a line beside it.
    Plus(&'static [Dim; 2]),
    /// The product of two sizes: what has a row for each pair has one.
    Times(&'static [Dim; 2]),
    /// The size less a number, and 0 where there are not so many: the steps of a loop that begins late, or ends early.
    Less(&'static (Dim, u64)),
    /// Not known because of a mistake that has been reported; equal to everything.
    Unknown,
}

impl Dim {
    pub(crate) const ONE: Self = Self::Size(1);

    /// True if the two are the same size, or one of them is not known.
    pub(crate) fn fits(self, other: Self) -> bool {
        self == other || self == Self::Unknown || other == Self::Unknown
    }

    /// The size of what has the two sizes one after the other.
    pub(crate) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Size(a), Self::Size(b)) => a.checked_add(b).map_or(Self::Unknown, Self::Size),
            // There are as many as the macro's input has calls that join: nothing is ever given back.
            _ => Self::Plus(Box::leak(Box::new([self, other]))),
        }
    }

    /// The size of what has an element for each pair of elements.
    pub(crate) fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::ONE, size) | (size, Self::ONE) => size,
            (Self::Size(a), Self::Size(b)) => a.checked_mul(b).map_or(Self::Unknown, Self::Size),
            _ => Self::Times(Box::leak(Box::new([self, other]))),
        }
    }

    /// The size of what has the first or the last `count` elements taken away.
    pub(crate) fn less(self, count: u64) -> Self {
        match self {
            _ if count == 0 => self,
            Self::Unknown => Self::Unknown,
            Self::Size(size) => Self::Size(size.saturating_sub(count)),
            Self::Less((size, taken)) => size.less(taken.saturating_add(count)),
            _ => Self::Less(Box::leak(Box::new((self, count)))),
        }
    }

    /// The names in it.
    pub(crate) fn names(self) -> Vec<Symbol> {
        match self {
            Self::Named(name) => vec![name],
            Self::Plus(both) | Self::Times(both) => both.iter().flat_map(|part| part.names()).collect(),
            Self::Less((size, _)) => size.names(),
            Self::Size(_) | Self::Const(_) | Self::Unknown => Vec::new(),
        }
    }

    pub(crate) fn is_one(self) -> bool {
        self == Self::ONE
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => write!(f, "{size}"),
            Self::Named(name) | Self::Const(name) => write!(f, "{name}"),
            Self::Plus([a, b]) => write!(f, "{a} + {b}"),
            Self::Times([a, b]) => {
                let factor = |dim: &Self| match dim {
                    Self::Plus(_) | Self::Less(_) => format!("({dim})"),
                    _ => dim.to_string(),
                };
                write!(f, "{} * {}", factor(a), factor(b))
            }
            Self::Less((size, count)) => write!(f, "{size} - {count}"),
            Self::Unknown => f.write_str("_"),
        }
    }
}

/// Rows and columns. A vector has one column, a row vector one row, a scalar one of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Shape {
    pub(crate) rows: Dim,
    pub(crate) columns: Dim,
}

impl Shape {
    pub(crate) const SCALAR: Self = Self { rows: Dim::ONE, columns: Dim::ONE };
    /// The shape of what has a mistake in it: it satisfies everything and is never reported again.
    pub(crate) const UNKNOWN: Self = Self { rows: Dim::Unknown, columns: Dim::Unknown };

    pub(crate) fn new(rows: Dim, columns: Dim) -> Self {
        Self { rows, columns }
    }

    /// How many elements there are.
    pub(crate) fn elements(self) -> Dim {
        self.rows.times(self.columns)
    }

    pub(crate) fn t(self) -> Self {
        Self { rows: self.columns, columns: self.rows }
    }

    pub(crate) fn is_scalar(self) -> bool {
        self == Self::SCALAR
    }

    /// A row vector or a vector, but not a scalar.
    pub(crate) fn is_line(self) -> bool {
        self.rows.is_one() != self.columns.is_one()
    }

    pub(crate) fn is_known(self) -> bool {
        self.rows != Dim::Unknown && self.columns != Dim::Unknown
    }

    /// True if rows and columns of the two are the same, or not known.
    pub(crate) fn fits(self, other: Self) -> bool {
        self.rows.fits(other.rows) && self.columns.fits(other.columns)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rows.is_one(), self.columns.is_one()) {
            (true, true) => f.write_str("Scalar"),
            (true, false) => write!(f, "RowVector<{}>", self.columns),
            (false, true) => write!(f, "Vector<{}>", self.rows),
            (false, false) => write!(f, "Matrix<{}, {}>", self.rows, self.columns),
        }
    }
}
