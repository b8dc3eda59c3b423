#![doc = include_str!("../../README.md")]

#[doc(hidden)]
#[path = "generated.rs"]
pub mod __rt_0_1;
mod bench;
mod buffer;
pub mod check;
mod cost;
mod error;
mod input;
mod interop;
mod kernels;
mod labels;
#[cfg(feature = "linalg")]
mod linalg;
mod math;
mod matrix;
mod objective;
pub mod operator;
mod parameters;
mod random;
mod routines;
mod shapes;
mod simd;
mod threads;
mod view;

pub use bench::Report;
pub use cost::Cost;
pub use error::Error;
#[doc(hidden)]
pub use frobenius_macros::__loss;
pub use frobenius_macros::{function, loss};
pub use labels::Labels;
pub use matrix::{MatrixMut, MatrixRef, VectorRef};
pub use objective::{Objective, Parameters};
pub use simd::{Element, Isa};

#[doc = include_str!("../FUNCTIONS.md")]
pub mod functions {}

/// What most users need: the macro and the types that data come in.
pub mod prelude {
    pub use crate::{Element, Error, Labels, MatrixRef, VectorRef, function, loss};
}
