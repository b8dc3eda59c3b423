//! Names that expansions use without a path: those of the standard library beside its prelude of the core, and what users know.
//!
//! The module of a loss names them one by one, and has nothing of its own by these names: what the user's module calls so is not in it.

pub use core::marker::PhantomData;
pub use core::mem;
pub use core::ops::Range;
pub use std::string::String;
pub use std::vec::Vec;

pub use crate::bench::Report;
pub use crate::cost::Cost;
pub use crate::element::Element;
pub use crate::error::Error;
pub use crate::kernels::Kernels;
pub use crate::labels::Labels;
pub use crate::matrix::{MatrixMut, MatrixRef, VectorRef};
pub use crate::owned::Matrix;
pub use crate::simd::Isa;
