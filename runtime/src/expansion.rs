//! All that an expansion of `#[loss]` may name. Not for users: it changes with every version.

#[path = "prelude.rs"]
pub mod prelude;

pub use crate::__needs_linalg as needs_linalg;
pub use crate::bench::{Chains, Read, bench};
pub use crate::buffer::Buffer;
pub use crate::check::generated::{Case, TestedAt, check_cases};
pub use crate::element::Element;
pub use crate::flat::{Extent, Flat, FlatMut};
pub use crate::input::{Input, Staging};
pub use crate::kernels::map::{
    Column, ColumnSums, Map, ProductPiece, Row, RowSums, Scalar, Store, Sum, map, product_map,
};
pub use crate::kernels::steps::{Operand, Operations, Outlet, STRIP, Strip, Table, steps};
pub use crate::kernels::{Kernels, Packed, Transposed};
pub use crate::labels::{LabelInput, LabelView};
pub use crate::math::Elementwise;
pub use crate::number::count;
pub use crate::objective::{Objective, Parameters};
pub use crate::operator::{
    check_matrix, check_rows, matrix_apply, matrix_jvp, matrix_vjp, row_apply, row_jvp, row_vjp,
};
pub use crate::owned::zeros;
pub use crate::routines::*;
pub use crate::simd::{Isa, Lanes, Mask, Simd, Vectorized};
pub use crate::sizes::{Shapes, Size};
pub use crate::threads::{LentRows, Pass, Plan, add, each, intact, pass, with_cuts};
pub use crate::trajectory::Trajectory;
pub use crate::view::{View, ViewMut};

/// Dense linear algebra: `lu`, `inverse`, `solve` and so on, and their scratch memory.
#[cfg(feature = "linalg")]
pub mod linalg {
    pub use crate::linalg::*;
}

/// Nothing: dense linear algebra is there.
#[cfg(feature = "linalg")]
#[doc(hidden)]
#[macro_export]
macro_rules! __needs_linalg {
    () => {};
}

/// An error in words, where a loss needs dense linear algebra.
#[cfg(not(feature = "linalg"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __needs_linalg {
    () => {
        ::core::compile_error!(
            "`inverse`, `solve`, `logdet` and the other functions of dense linear algebra need the feature `linalg` of \
             `frobenius`: frobenius = { version = \"0.1\", features = [\"linalg\"] }"
        );
    };
}
