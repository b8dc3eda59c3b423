//! The logistic function σ(x) = 1 / (1 + e⁻ˣ) and its integral softplus(x) = ln(1 + eˣ).
//!
//! Both are written with u = e^−|x|, which doesn't overflow:
//!
//! > σ(x) = 1 / (1 + u) for x ≥ 0, u / (1 + u) for x < 0; softplus(x) = max(x, 0) + ln(1 + u).
//!
//! u is a [`Pair`] and so are the sums, so that one rounding remains. Far to the left both are eˣ and may be
//! subnormal: the power of two is split off u, and applied last.
//!
//! Largest error measured, in ulp: see `tests.rs`.

use super::exp::{self, Reduced};
use super::ln;
use super::pair::Pair;
use crate::simd::{Element, Lanes, Simd};

/// What depends on the precision.
pub(crate) trait Constants: ln::Constants {
    /// Beyond this, softplus(x) is x, or eˣ on the other side.
    const STRAIGHT: Self;
}

impl Constants for f32 {
    const STRAIGHT: Self = 20.0;
}

impl Constants for f64 {
    const STRAIGHT: Self = 40.0;
}

/// e^−|x|.
struct Decay<T: Element, S: Simd> {
    /// The factor between √½ and √2.
    significand: Pair<T, S>,
    /// Two powers of two; the second is 1 unless e^−|x| is close to subnormal.
    scale: Lanes<T, S>,
    last_scale: Lanes<T, S>,
    /// e^−|x|, or a number that is as small beside 1.
    value: Pair<T, S>,
}

impl<T: Constants, S: Simd> Decay<T, S> {
    #[inline(always)]
    fn new(x: Lanes<T, S>) -> Self {
        let reduced = Reduced::new((-x.abs()).at_least(x.like(<T as exp::Constants>::LOWEST)));
        let significand = reduced.significand().normalised();
        let exponent = reduced.n.at_least(x.like(T::LEAST_EXPONENT));
        let scale = exponent.exp2_of_integer();
        let last_scale = (reduced.n - exponent).exp2_of_integer();
        Self { significand, scale, last_scale, value: significand.scaled(scale) }
    }
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let one = x.like(T::from_f64(1.0));
    let zero = x.like(T::default());
    let u = Decay::new(x);
    let divisor = Pair::fast_sum(one, u.value.hi).plus(u.value.lo);
    let negative = x.less(zero);
    let numerator =
        Pair { hi: negative.select(u.significand.hi, one), lo: negative.select(u.significand.lo, zero) };
    numerator.over(divisor) * negative.select(u.scale, one) * negative.select(u.last_scale, one)
}

/// ln(1 + eˣ).
#[inline(always)]
pub(super) fn softplus<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let zero = x.like(T::default());
    let one = x.like(T::from_f64(1.0));
    let half = x.like(T::from_f64(0.5));
    let u = Decay::new(x);

    // ln(1 + u): above √2, 1 + u is twice a number of the interval; below, f is u itself.
    let sum = Pair::fast_sum(one, u.value.hi);
    let above = x.like(T::from_f64(core::f64::consts::SQRT_2)).less(sum.hi);
    let k = above.select(one, zero);
    let f = above.select(sum.hi.mul_add(half, -one), u.value.hi);
    let epsilon = above.select((sum.lo + u.value.lo) * half, u.value.lo);
    let logarithm = ln::combined(k, f, epsilon);

    let near = Pair::sum(zero.less(x).select(x, zero), logarithm.hi).plus(logarithm.lo).rounded();
    let left = u.significand.rounded() * u.scale * u.last_scale;
    let straight = x.like(T::STRAIGHT);
    // NaN is not below either bound, and is itself.
    x.less(-straight).select(left, x.less(straight).select(near, x))
}
