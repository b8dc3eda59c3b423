// Links of README, here to what the documentation has of it: the first definition of a link counts.
//! [architecture]: #in-the-repository
//! [benchmarks]: #in-the-repository
//! [changelog]: #in-the-repository
//! [functions]: crate::functions
//! [guide]: #in-the-repository
#![doc = concat!("[picture]: data:image/svg+xml,", include_str!("../derivation.svg.txt"))]
//!
#![doc = include_str!("../README.md")]
//! # In the repository
//!
//! The guide is `docs/src/introduction.md`: a tour, the language, what a loss gives, error messages. `ARCHITECTURE.md` says how the compiler
//! works, `benches/README.md` how to measure, `CHANGELOG.md` what has changed.
#![expect(clippy::doc_markdown, reason = "names of other projects are plain words in README")]

#[doc(hidden)]
pub use frobenius_macros::__loss;
pub use frobenius_macros::{function, loss};
#[doc(hidden)]
pub use frobenius_runtime::__rt_0_1;
#[doc(inline)]
pub use frobenius_runtime::{
    Cost, Element, Error, Isa, Labels, Matrix, MatrixMut, MatrixRef, Objective, Parameters, Report, Scalar, VectorRef,
    check, operator,
};

#[doc = include_str!("../FUNCTIONS.md")]
pub mod functions {}

/// Names that most users need: the macro and the types that data come in.
pub mod prelude {
    /// The methods of numbers, and not the name `Scalar`, which losses have for something else.
    pub use crate::Scalar as _;
    pub use crate::{Element, Error, Labels, MatrixRef, VectorRef, function, loss};
}
