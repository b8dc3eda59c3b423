//! The type of numbers that a loss computes with.

use crate::kernels::Kernels;
use crate::math::Math;
use crate::routines::{Compiled, Maxima};
use crate::simd::Scalar;

/// `f32` or `f64`: what the elements of a matrix are.
///
/// Its methods are those of [`Scalar`], which it stands above with all that is computed with them.
// Implemented for each type by itself: of an implementation for all that have the bounds, an error would name the bounds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that losses compute with",
    label = "all numbers of a loss are `f32`, or all are `f64`"
)]
pub trait Element: Scalar + Math + Kernels + Compiled + Maxima {}

impl Element for f32 {}
impl Element for f64 {}
