#![doc = include_str!("../../README.md")]

#[doc(hidden)]
#[path = "generated.rs"]
pub mod __rt_0_1;
mod buffer;
mod cost;
mod error;
mod input;
mod interop;
mod kernels;
mod math;
mod matrix;
mod parameters;
mod shapes;
mod simd;
mod view;

pub use cost::Cost;
pub use error::Error;
pub use frobenius_macros::loss;
pub use matrix::{MatrixMut, MatrixRef, VectorRef};
pub use simd::{Element, Isa};

#[doc = include_str!("../FUNCTIONS.md")]
pub mod functions {}

/// What most users need: the macro and the types that data come in.
pub mod prelude {
    pub use crate::{Error, MatrixRef, VectorRef, loss};
}
