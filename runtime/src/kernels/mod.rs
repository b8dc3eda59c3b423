//! Loops over matrices.

/// Kernels of an element type, compiled once in this crate for each instruction set.
pub trait Kernels: Sized {}

impl Kernels for f32 {}
impl Kernels for f64 {}
