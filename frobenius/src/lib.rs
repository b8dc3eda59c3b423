// Links of README, here to the items themselves: the first definition of a link counts.
//! [functions]: crate::functions
//! [operator]: crate::operator::RowOperator
#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub use frobenius_macros::__loss;
pub use frobenius_macros::{function, loss};
#[doc(hidden)]
pub use frobenius_runtime::__rt_0_1;
#[doc(inline)]
pub use frobenius_runtime::{
    Cost, Element, Error, Isa, Labels, MatrixMut, MatrixRef, Objective, Parameters, Report, Scalar, VectorRef, check,
    operator,
};

#[doc = include_str!("../FUNCTIONS.md")]
pub mod functions {}

/// Names that most users need: the macro and the types that data come in.
pub mod prelude {
    /// The methods of [`Element`](crate::Element), and not the name, which losses have for something else.
    pub use crate::Scalar as _;
    pub use crate::{Element, Error, Labels, MatrixRef, VectorRef, function, loss};
}
