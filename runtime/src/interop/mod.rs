//! Matrices of other libraries, read where they lie.

#[cfg(feature = "ndarray")]
mod ndarray;
