//! tanh x.
//!
//! With a = |x| and E = (1 − e⁻²ᵃ) / 2,
//!
//! > tanh a = E / (1 − E),
//!
//! for E in [0, ½). Near 0 that is as accurate relatively as E is; nothing cancels and nothing overflows. E and 1 − E
//! are [`Pair`]s and the remainder of the division is divided as well, so that of all roundings only the last one is of
//! the size of an ulp: at E ≈ ½ an error of E counts four times.
//!
//! The derivative is 1 − t² with t = tanh x, as long as that does not cancel; beyond |x| = 2, 4u / (1 + u)² with u = e⁻²ᵃ.
//! The exponential is skipped where no lane needs it.
//!
//! Largest error measured, in ulp: 0.74 in `f32` (all inputs) and 0.81 in `f64`.

use super::Math;
use super::double_double::Pair;
use super::exp::{Constants, Reduced};
use crate::simd::{Lanes, Simd};

/// tanh x.
#[inline(always)]
pub(super) fn tanh<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let one = x.like(T::from_f64(1.0));
    let half = x.like(T::from_f64(0.5));
    let twice = x.abs() * x.like(T::from_f64(-2.0));
    let reduced = Reduced::new(twice.at_least(x.like(T::LOWEST_EXPM1)));
    let minus_scale = -(reduced.n - one).exp2_of_integer();
    let whole = Pair::fast_sum(half, minus_scale);
    let e = reduced.scaled_onto_most(whole.hi, minus_scale).plus(whole.lo);
    let divisor = Pair::fast_sum(one, -e.hi);
    e.over(Pair { hi: divisor.hi, lo: divisor.lo - e.lo }).rounded().with_sign_of(x)
}

/// 1 / cosh² x, where `t` is tanh x.
#[inline(always)]
pub(super) fn slope<T: Math, S: Simd>([x, t]: [Lanes<T, S>; 2]) -> Lanes<T, S> {
    let one = x.like(T::from_f64(1.0));
    let a = x.abs();
    let near = (one - t) * (one + t);
    let far = x.like(T::from_f64(2.0)).less(a);
    if !far.any() {
        return near;
    }
    let u = (a * x.like(T::from_f64(-2.0))).exp();
    let divisor = one + u;
    far.select(u * x.like(T::from_f64(4.0)) / (divisor * divisor), near)
}
