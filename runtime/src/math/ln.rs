//! ln x and ln(1 + x).
//!
//! x = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2, so ln x = k ln 2 + ln(1 + f). With s = f / (2 + f),
//!
//! > ln(1 + f) = 2 atanh s = f − ½f² + s (½f² + s² p(s²)),
//!
//! where f is exact and the other terms are small compared with it (fdlibm's arrangement). k ln 2 and f may have opposite
//! signs and the sum half the size of ln 2: it is a [`Pair`], with a ln 2 whose first part times k is exact. Subnormal
//! numbers are multiplied by a power of two first.
//!
//! For ln(1 + x) the sum 1 + x is a [`Pair`] too. What it lost, ε next to 1 + f, moves the result by ε / (1 + f), for
//! which ε (1 − s)² (1 + s²) is close enough: that is within 0.1 % of at most two ulp. Where k is 0, f is x itself and
//! ε is 0.
//!
//! Largest error measured, in ulp: ln 0.91 in `f32` (all inputs) and 0.79 in `f64`, log1p 0.96 (all inputs) and 0.79.

use super::double_double::Pair;
use super::{apart, exp, polynomial};
use crate::simd::{Lanes, Simd};

/// Constants that depend on the precision.
pub(crate) trait Constants: exp::Constants {
    /// (2 atanh s − 2s) / s³ in powers of s².
    const ATANH: &'static [Self];
    /// An exponent well above the smallest, and well below that of an ulp of 1.
    const LEAST_EXPONENT: Self;
    /// The smallest normal number.
    const SMALLEST: Self;
    /// A power of two that makes subnormal numbers normal, and its exponent.
    const LIFT: (Self, Self);
}

// coefficients.py: relative error of ln(1 + f) below 2⁻³⁰ on |s| ≤ 0.1717.
impl Constants for f32 {
    #[rustfmt::skip]
    const ATANH: &'static [Self] = &[
        0.666_667_76,
        0.399_775_74,
        0.298_712_34,
    ];
    const LEAST_EXPONENT: Self = -100.0;
    const SMALLEST: Self = Self::MIN_POSITIVE;
    const LIFT: (Self, Self) = (33_554_432.0, 25.0);
}

// coefficients.py: relative error of ln(1 + f) below 2⁻⁵⁹ on |s| ≤ 0.1717.
impl Constants for f64 {
    #[rustfmt::skip]
    const ATANH: &'static [Self] = &[
        0.666_666_666_666_673_7,
        0.399_999_999_993_986_55,
        0.285_714_287_455_409_8,
        0.222_221_982_749_120_6,
        0.181_835_789_821_508_64,
        0.153_136_899_901_462_62,
        0.147_994_599_316_967_82,
    ];
    const LEAST_EXPONENT: Self = -1000.0;
    const SMALLEST: Self = Self::MIN_POSITIVE;
    const LIFT: (Self, Self) = (18_014_398_509_481_984.0, 54.0);
}

/// k ln 2 + ln(1 + f), and f / (2 + f).
#[inline(always)]
fn combined<T: Constants, S: Simd>(k: Lanes<T, S>, f: Lanes<T, S>) -> (Pair<T, S>, Lanes<T, S>) {
    let s = f / (f + f.like(T::from_f64(2.0)));
    let square = s * s;
    let parabola = f * f * f.like(T::from_f64(0.5));
    let curve = s.mul_add(square.mul_add(polynomial(square, T::ATANH), parabola), -parabola);
    // The sum of k ln 2, exact in its short part and larger unless it is 0, and of f.
    let high = f.like(T::LN_2_HIGH);
    let hi = k.mul_add(high, f);
    let lo = f - (-k).mul_add(high, hi);
    (Pair { hi, lo: lo + k.mul_add(f.like(T::LN_2_LOW), curve) }, s)
}

/// k ln 2 + ln(1 + f + `epsilon`), where `epsilon` is what a rounding lost.
#[inline(always)]
pub(super) fn ln_of<T: Constants, S: Simd>(k: Lanes<T, S>, f: Lanes<T, S>, epsilon: Lanes<T, S>) -> Pair<T, S> {
    let one = f.like(T::from_f64(1.0));
    let (value, s) = combined(k, f);
    let slope = (one - s) * (one - s);
    value.plus(epsilon * slope.mul_add(s * s, slope))
}

/// `value` where x > 0 is finite; what a logarithm is elsewhere.
#[inline(always)]
fn where_defined<T: Constants, S: Simd>(x: Lanes<T, S>, value: Lanes<T, S>) -> Lanes<T, S> {
    let zero = x.like(T::default());
    let infinity = x.like(T::INFINITY);
    let undefined = x.equal(zero).select(-infinity, x.like(T::from_f64(f64::NAN)));
    // Infinity and NaN are their own logarithm.
    x.less(infinity).select(zero.less(x).select(value, undefined), x)
}

/// ln x.
#[inline(always)]
pub(super) fn ln<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    if x.like(T::SMALLEST).less_or_equal(x).and(x.less(x.like(T::INFINITY))).all() {
        of_normal(x)
    } else {
        apart(x.simd(), x, of_any)
    }
}

/// ln x of positive normal numbers.
#[inline(always)]
fn of_normal<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let (mantissa, k) = x.split_exponent();
    combined(k, mantissa - x.like(T::from_f64(1.0))).0.rounded()
}

/// ln x of all numbers.
#[inline(always)]
fn of_any<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let (lift, exponent) = T::LIFT;
    let subnormal = x.less(x.like(T::SMALLEST));
    let normal = subnormal.select(x * x.like(lift), x);
    let (mantissa, k) = normal.split_exponent();
    let k = subnormal.select(k - x.like(exponent), k);
    let (value, _) = combined(k, mantissa - x.like(T::from_f64(1.0)));
    where_defined(x, value.rounded())
}

/// ln(1 + x).
#[inline(always)]
pub(super) fn log1p<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let zero = x.like(T::default());
    let one = x.like(T::from_f64(1.0));
    let sum = Pair::sum(one, x);
    let (mantissa, k) = sum.hi.split_exponent();
    let near_one = k.equal(zero);
    let f = near_one.select(x, mantissa - one);
    // Where the bound is reached, the 1 in 1 + x is lost for good.
    let down = (-k).at_least(x.like(T::LEAST_EXPONENT)).exp2_of_integer();
    let epsilon = near_one.select(zero, sum.lo * down);
    let value = ln_of(k, f, epsilon).rounded();
    // The sign is that of x; only at −0 the value does not have it by itself.
    where_defined(sum.hi, value.with_sign_of(x))
}
