//! The operations of the language. All that the compiler knows of one stands in its file, or its row.

use crate::base::{Dim, Shape};

/// A table of rows, and a constant for each of them. An operation is its row in memory, so that there is one of each.
macro_rules! table {
    ($table:ident: $row:ty; $($constant:ident = $content:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named like the constants, which they number")]
        enum Number { $($constant),* }

        /// Every row.
        pub(crate) static $table: [$row; [$(stringify!($constant)),*].len()] = [$($content),*];

        $(#[allow(dead_code, reason = "not every row is built by name")]
        pub(crate) const $constant: &'static dyn $crate::graph::Operation = &$table[Number::$constant as usize];)*
    };
}

mod build;
mod custom;
mod either;
mod extrema;
#[cfg(test)]
mod functions_md;
mod labels;
mod linalg;
mod multilinear;
mod pairwise;
mod pointwise;
mod routine;
mod scan;
mod softmax;
mod structure;
#[cfg(test)]
mod tests;

pub(crate) use crate::graph::operation::*;
pub(crate) use either::EITHER;
pub(crate) use extrema::{COLUMN_MAX, LSE_COLUMNS, ROW_MAX};
pub(crate) use labels::{GATHER, HAS_LABEL, PICK, SOFTMAX_RESIDUAL, SUM_BY, labelled};
pub(crate) use linalg::*;
pub(crate) use multilinear::*;
pub(crate) use pairwise::SQUARED_DISTANCES;
pub(crate) use pointwise::*;
pub(crate) use routine::*;
pub(crate) use scan::{CUMSUM, CUMSUM_REVERSE, CUMULATIVE_LSE_ADJOINT};
pub(crate) use softmax::{LSE, LSE_ROWS, SOFTMAX_ROWS};
pub(crate) use structure::*;

/// The shape that letters give a result: each letter is one dimension. Dimensions of the result that no operand
/// tells are not known.
fn shape_by_letters(letters: &[&[u8; 2]], result: [u8; 2], operands: &[Shape]) -> Option<Shape> {
    let mut known: Vec<(u8, Dim)> = vec![(b'1', Dim::ONE)];
    for (own, shape) in letters.iter().zip(operands) {
        for (&letter, dim) in own.iter().zip([shape.rows, shape.columns]) {
            match known.iter_mut().find(|(other, _)| *other == letter) {
                Some((_, other)) if !other.fits(dim) => return None,
                Some((_, other)) if *other == Dim::Unknown => *other = dim,
                Some(_) => {}
                None => known.push((letter, dim)),
            }
        }
    }
    let dim = |letter| known.iter().find(|(other, _)| *other == letter).map_or(Dim::Unknown, |(_, dim)| *dim);
    Some(Shape::new(dim(result[0]), dim(result[1])))
}

/// Every operation, by row.
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Operation> {
    let pointwise = POINTWISE.iter().map(|row| row as &dyn Operation);
    let multilinear = MULTILINEAR.iter().map(|row| row as &dyn Operation);
    pointwise.chain(multilinear).chain(ROUTINES.iter().copied().flatten().map(|row| row as &dyn Operation))
}
