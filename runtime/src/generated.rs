//! All that an expansion of `#[loss]` may name. Not for users: it changes with every version.

use core::ops::Range;

pub use crate::__list as list;
pub use crate::__needs_linalg as needs_linalg;
pub use crate::buffer::Buffer;
pub use crate::input::Input;
pub use crate::kernels::map::{Column, ColumnSums, Map, Row, RowSums, Scalar, Store, Sum, map};
pub use crate::kernels::{Kernels, Packed, Transposed};
pub use crate::labels::{LabelInput, LabelView};
pub use crate::math::Elementwise;
pub use crate::operator::{
    check_matrix, check_rows, matrix_apply, matrix_jvp, matrix_vjp, row_apply, row_jvp, row_vjp,
};
pub use crate::parameters::{Extent, Flat};
pub use crate::routines::*;
pub use crate::shapes::{Shapes, Size};
pub use crate::simd::{Element, Isa, Lanes, Mask, Simd, Vectorized};
pub use crate::view::{View, ViewMut};

/// Dense linear algebra: `lu`, `inverse`, `solve` and so on, and their scratch memory.
#[cfg(feature = "linalg")]
pub mod linalg {
    pub use crate::linalg::*;
}

/// Nothing: dense linear algebra is there.
#[cfg(feature = "linalg")]
#[doc(hidden)]
#[macro_export]
macro_rules! __needs_linalg {
    () => {};
}

/// An error in words, where a loss needs dense linear algebra.
#[cfg(not(feature = "linalg"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __needs_linalg {
    () => {
        ::core::compile_error!(
            "`inverse`, `solve`, `logdet` and the other functions of dense linear algebra need the feature `linalg` of \
             `frobenius`: frobenius = { version = \"0.1\", features = [\"linalg\"] }"
        );
    };
}

/// Bytes of row-local values that a block may have: what a core's second-level cache keeps beside the parameters.
const BLOCK_BYTES: usize = 512 * 1024;

/// How many of `rows` rows make a block, if the rows of row-local values have `widths` elements.
#[must_use]
pub fn block_rows<T>(rows: usize, widths: &[usize]) -> usize {
    // A multiple of every tile's rows (4 and 6) and of the vectors that a line of results is stored in.
    const STEP: usize = 48;
    const LEAST: usize = 12;
    let elements = widths.iter().fold(0, |sum: usize, width| sum.saturating_add(*width));
    let fitting = BLOCK_BYTES / elements.saturating_mul(size_of::<T>()).max(1);
    // Rows as wide as there are samples, of pairs of them, make smaller blocks than a tile is efficient with.
    let block = if fitting < STEP { fitting.max(LEAST) } else { (fitting / STEP * STEP).min(1024 / STEP * STEP) };
    block.min(rows)
}

/// The rows `0..rows` in blocks of `block`.
pub fn blocks(rows: usize, block: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(block.max(1)).map(move |start| start..rows.min(start + block))
}

/// How large a dimension is, as a number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
pub fn count(size: usize) -> f64 {
    size as f64
}
