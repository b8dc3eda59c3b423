//! Losses written as typed matrix algebra, compiled to fused SIMD kernels for value and gradient.
#![warn(missing_docs)]

mod buffer;
mod error;
mod kernels;
mod math;
mod matrix;
mod simd;
mod view;

pub use error::Error;
pub use frobenius_macros::loss;
pub use matrix::{MatrixMut, MatrixRef, VectorRef};
pub use simd::{Element, Isa};
