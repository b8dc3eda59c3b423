//! The choice between two ways to the same value, where only the sizes at run time say which is cheaper.
//!
//! Choices are made after the derivation, so that nothing is ever derived or rewritten through one.

use super::routine::ROUTINE;
use crate::graph::operation::{Binds, Reach, Routine};

#[rustfmt::skip]
table! { TABLE: Routine;
    // The operand `c` is what the second way costs beyond the first one.
    EITHER = Routine { name: "either", signature: "either(c: Scalar, a: Matrix<R, C>, b: Matrix<R, C>) -> Matrix<R, C>", is_function: false,
        operands: &[b"11", b"ij", b"ij"], result: b"ij", reach: Reach::Rows,
        evaluate: |v, out| out.values.clone_from(&v[if v[0].values[0].value < 0.0 { 2 } else { 1 }].values),
        notation: Some("{1}"), binds: Binds::Product, flops: 0, ..ROUTINE };
}
