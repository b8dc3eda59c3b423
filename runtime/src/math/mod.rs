//! Elementwise functions in explicit vectors.
//!
//! One file for each primitive, which opens with its mathematics. All of one number are accurate to 1 ulp in `f32` and 2 ulp
//! in `f64`, those of two to 2 ulp in both (each file says what was measured, and where it is more), and do what IEEE 754 says with infinities, NaN, signed zeros and
//! subnormal numbers. Vectors of 256 and of 512 bits give the same bits; plain Rust, which does not fuse, may differ in
//! the last one. The constants come from coefficients.py.
//!
//! Two kinds of branches are taken for a whole vector. `exp`, `ln`, `sigmoid` and `softplus` leave out what large,
//! subnormal and undefined numbers need where no lane has one; a lane's bits don't depend on which way it went. And sines
//! and cosines beyond 10⁵ (`f32`) or 10⁸ (`f64`), and the Gamma function's of negative numbers, are computed one by one.

#![allow(clippy::inline_always, reason = "a function that is not inlined is compiled without the instruction set")]

mod bessel;
mod compensated;
mod double_double;
mod elementwise;
mod exp;
mod exprel;
mod gamma;
mod gamma_difference;
mod inverse_trig;
mod ln;
mod normal;
mod normal_inverse;
mod one_by_one;
mod primitives;
mod sigmoid;
mod tanh;
mod trig;

#[cfg(test)]
mod references;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_special;
#[cfg(test)]
mod tests;

pub use elementwise::Elementwise;
pub(crate) use primitives::Math;
use pulp::WithSimd;

use crate::simd::{Lanes, Scalar, Simd};

/// Compiles each function apart from what calls it: in a debug build, where nothing is gained by inlining.
const OUTLINED: bool = cfg!(debug_assertions);

/// Coefficients of a polynomial whose even and odd powers are summed apart: fewer steps depend on each other.
const SPLIT_POLYNOMIAL: usize = 8;

/// c₀ + c₁ x + c₂ x² + …
#[inline(always)]
fn polynomial<T: Scalar, S: Simd>(x: Lanes<T, S>, coefficients: &[T]) -> Lanes<T, S> {
    let (pairs, last) = coefficients.as_chunks::<2>();
    let ([first_pairs @ .., [even, odd]], true) = (pairs, coefficients.len() >= SPLIT_POLYNOMIAL) else {
        return horner(x, coefficients);
    };
    // The even and the odd powers at the same time.
    let square = x * x;
    let (mut even, mut odd) = (x.like(*even), x.like(*odd));
    for &c in last {
        even = x.like(c).mul_add(square, even);
    }
    for &[c, d] in first_pairs.iter().rev() {
        even = even.mul_add(square, x.like(c));
        odd = odd.mul_add(square, x.like(d));
    }
    odd.mul_add(x, even)
}

/// From the highest power down.
#[inline(always)]
fn horner<T: Scalar, S: Simd>(x: Lanes<T, S>, coefficients: &[T]) -> Lanes<T, S> {
    let mut highest_first = coefficients.iter().rev();
    let mut value = x.like(highest_first.next().copied().unwrap_or_default());
    for &c in highest_first {
        value = value.mul_add(x, x.like(c));
    }
    value
}

/// `function` of x, a vector or several, compiled as a function of its own: for what a branch that is rarely taken needs, so that
/// kernels stay small. It has to be `#[inline(always)]`, and no closure, which is not.
#[inline(always)]
fn apart<S: Simd, X, Y>(simd: S, x: X, function: impl FnOnce(X) -> Y) -> Y {
    simd.vectorize(Apart { x, function })
}

struct Apart<X, F> {
    x: X,
    function: F,
}

impl<X, Y, F: FnOnce(X) -> Y> WithSimd for Apart<X, F> {
    type Output = Y;

    #[inline(always)]
    fn with_simd<Same: Simd>(self, _: Same) -> Y {
        (self.function)(self.x)
    }
}
