//! sin x and cos x.
//!
//! x = n π/2 + r with |r| ≤ π/4 (and a little, since n is rounded from a product). π/2 is a sum of three numbers P₁ +
//! P₂ + P₃; x − n P₁ is exact when fused, since it has no digits below those of P₁ and is small. n P₂ is an exact
//! [`Pair`], and n P₃ is added to its small part. The difference is a [`Pair`] r + ρ, relatively accurate also where x
//! is the number nearest to a multiple of π/2. Then, with z = r²,
//!
//! > sin(r + ρ) = r + (r z p(z) + ρ (1 − z/2)), cos(r + ρ) = (1 − z/2) + (z² q(z) − r ρ),
//!
//! the last with the rounding of 1 − z/2 put back. Each quarter turn takes one or the other: n mod 4 in −2 … 1 is
//! odd where they are swapped, and its sign is that of the sine. The cosine is the sine a quarter turn on.
//!
//! Beyond `LARGEST_REDUCED` the digits of three numbers don't suffice; these lanes are computed one by one with std in `f64`.
//! That is a branch, the only one of this folder, and rarely taken.
//!
//! Largest error measured, in ulp: sin 0.79 in `f32` (all inputs) and 0.73 in `f64`, cos 0.79 (all inputs) and
//! 0.69.

use super::double_double::Pair;
use super::{one_by_one, polynomial};
use crate::simd::{Lanes, Scalar, Simd};

/// Constants that depend on the precision.
pub(crate) trait Constants: Scalar {
    /// 2/π.
    const FRAC_2_PI: Self;
    /// π/2 as a sum.
    const FRAC_PI_2: [Self; 3];
    /// (sin r − r) / r³ in powers of r².
    const SIN: &'static [Self];
    /// (cos r − 1 + r²/2) / r⁴ in powers of r².
    const COS: &'static [Self];
    /// Where range reduction ends.
    const LARGEST_REDUCED: Self;
}

// coefficients.py: relative error below 2⁻³² on |r| ≤ 0.7977, for both.
impl Constants for f32 {
    const FRAC_2_PI: Self = core::f32::consts::FRAC_2_PI;
    const FRAC_PI_2: [Self; 3] = [core::f32::consts::FRAC_PI_2, -4.371_139e-8, -1.715_124_5e-15];
    #[rustfmt::skip]
    const SIN: &'static [Self] = &[
        -0.166_666_67,
        8.333_371e-3,
        -1.984_941e-4,
        2.794_434e-6,
    ];
    #[rustfmt::skip]
    const COS: &'static [Self] = &[
        0.041_666_64,
        -1.388_714_4e-3,
        2.441_472e-5,
    ];
    const LARGEST_REDUCED: Self = 1e5;
}

// coefficients.py: relative error below 2⁻⁵⁷ on |r| ≤ 0.7977, for both.
impl Constants for f64 {
    const FRAC_2_PI: Self = core::f64::consts::FRAC_2_PI;
    const FRAC_PI_2: [Self; 3] =
        [core::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];
    #[rustfmt::skip]
    const SIN: &'static [Self] = &[
        -0.166_666_666_666_666_2,
        8.333_333_333_319_87e-3,
        -1.984_126_982_781_664_3e-4,
        2.755_731_300_974_986e-6,
        -2.505_065_210_819_672_8e-8,
        1.589_068_042_599_723_6e-10,
    ];
    #[rustfmt::skip]
    const COS: &'static [Self] = &[
        0.041_666_666_666_666_574,
        -1.388_888_888_886_988e-3,
        2.480_158_728_689_509e-5,
        -2.755_731_361_917_456e-7,
        2.087_562_517_598_229_2e-9,
        -1.135_463_623_433_966_4e-11,
    ];
    const LARGEST_REDUCED: Self = 1e8;
}

/// n and r with x = n π/2 + r, for 0 ≤ x ≤ `LARGEST_REDUCED`.
#[inline(always)]
fn reduced<T: Constants, S: Simd>(x: Lanes<T, S>) -> (Lanes<T, S>, Pair<T, S>) {
    let [high, middle, low] = T::FRAC_PI_2.map(|part| x.like(part));
    let n = x.times_rounded(x.like(T::FRAC_2_PI));
    let minus_n = -n;
    let leading = minus_n.fused(high, x);
    let product = minus_n * middle;
    let small = minus_n.mul_add(low, minus_n.fused(middle, -product));
    let difference = Pair::sum(leading, product).plus(small);
    // Normalised: after cancellation the small part need not be small.
    (n, Pair::fast_sum(difference.hi, difference.lo))
}

/// sin(x + `turns` π/2) for x ≥ 0.
#[inline(always)]
fn sin_ahead<T: Constants, S: Simd>(x: Lanes<T, S>, turns: f64) -> Lanes<T, S> {
    let splat = |value| x.like(T::from_f64(value));
    let one = splat(1.0);
    let (n, r) = reduced(x);
    let square = r.hi * r.hi;

    let straight = (-square).mul_add(splat(0.5), one);
    let lost = (-square).mul_add(splat(0.5), one - straight);
    let bend = (square * square).mul_add(polynomial(square, T::COS), (-r.hi).mul_add(r.lo, lost));
    let cos = straight + bend;

    let cubic = (square * r.hi).mul_add(polynomial(square, T::SIN), r.lo * straight);
    let sin = r.hi + cubic;

    let quarter = splat(-4.0).mul_add((n + splat(turns + 0.5)).times_rounded(splat(0.25)), n + splat(turns));
    let swapped = (quarter * quarter).equal(one);
    let sign = quarter.bit_and(splat(-0.0));
    swapped.select(cos, sin).bit_xor(sign)
}

/// `function` of each lane, for where `huge` holds: other lanes don't depend on their neighbours.
#[inline(always)]
fn with_huge<T: Constants, S: Simd>(x: Lanes<T, S>, value: Lanes<T, S>, function: fn([f64; 1]) -> f64) -> Lanes<T, S> {
    let huge = x.like(T::LARGEST_REDUCED).less(x.abs());
    if huge.any() { huge.select(one_by_one::each_lane([x], function), value) } else { value }
}

/// sin x.
#[inline(always)]
pub(super) fn sin<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let minus_zero = x.like(T::from_f64(-0.0));
    let value = sin_ahead(x.abs(), 0.0).bit_xor(x.bit_and(minus_zero));
    with_huge(x, value, |[x]| x.sin())
}

/// cos x.
#[inline(always)]
pub(super) fn cos<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    with_huge(x, sin_ahead(x.abs(), 1.0), |[x]| x.cos())
}
