//! Elementwise functions in explicit vectors.

use crate::simd::{Element, Lanes, Simd};

/// The functions whose vector form depends on the precision.
pub trait Math: Sized {
    /// eˣ.
    fn exp<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>
    where
        Self: Element;
}
impl Math for f32 {
    #[inline(always)]
    fn exp<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S> { x }
}
impl Math for f64 {
    #[inline(always)]
    fn exp<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S> { x }
}
