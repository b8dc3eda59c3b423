//! tanh x.
//!
//! With a = |x| and E = (e⁻²ᵃ − 1) / 2,
//!
//! > tanh a = −E / (1 + E),
//!
//! for E in (−½, 0] is relatively accurate near 0, where tanh x ≈ x, and is away from the cancellation that
//! (e²ᵃ − 1) / (e²ᵃ + 1) has nowhere, but overflows for. E and 1 + E are [`Pair`]s and so is the remainder of the
//! division, so that of all roundings only the last one is of the size of an ulp.
//!
//! Largest error measured, in ulp: see `tests.rs`.

use super::exp::{Constants, half_expm1};
use super::pair::Pair;
use crate::simd::{Lanes, Simd};

/// tanh x.
#[inline(always)]
pub(super) fn tanh<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let one = x.like(T::from_f64(1.0));
    let twice = x.abs() * x.like(T::from_f64(-2.0));
    let e = half_expm1(twice.at_least(x.like(T::LOWEST_EXPM1))).normalised();
    let divisor = Pair::fast_sum(one, e.hi).plus(e.lo);
    Pair { hi: -e.hi, lo: -e.lo }.over(divisor).with_sign_of(x)
}
