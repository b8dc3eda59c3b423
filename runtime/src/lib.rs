//! The runtime of `frobenius`: kernels, vector mathematics, memory, threads, and what users see of them. Use it through `frobenius`,
//! which has the attribute too.

#[doc(hidden)]
#[path = "expansion.rs"]
pub mod __rt_0_1;
mod bench;
mod buffer;
pub mod check;
mod cost;
mod element;
mod error;
mod flat;
mod input;
mod interop;
mod kernels;
mod labels;
#[cfg(feature = "linalg")]
mod linalg;
mod math;
mod matrix;
mod number;
mod objective;
pub mod operator;
mod owned;
mod random;
mod routines;
mod simd;
mod sizes;
mod threads;
mod trajectory;
mod view;

pub use bench::Report;
pub use cost::Cost;
pub use element::Element;
pub use error::Error;
pub use labels::Labels;
pub use matrix::{MatrixMut, MatrixRef, VectorRef};
pub use objective::{Objective, Parameters};
pub use owned::Matrix;
pub use simd::{Isa, Scalar};
