//! The inverse circular functions atan, asin and acos.
//!
//! atan is that of a = |x|, moved by an eighth of a turn where a is above tan(π/8) = √2 − 1, and by a quarter above
//! √2 + 1:
//!
//! > atan a = atan u, π/4 + atan u, π/2 + atan u with u = a, (a − 1) / (a + 1), −1 / a,
//!
//! so that |u| is at most √2 − 1. Each u is the same quotient of two [`Pair`]s, of which one is 1 where nothing is
//! divided. Then atan u = u + u³ p(u²).
//!
//! > asin s = s + s³ q(s²), up to s = ½; beyond, asin a = π/2 − 2 asin s and acos a = 2 asin s, s = √((1 − a) / 2),
//!
//! where 1 − a is exact, and what the root lost is the rest of its square over 2s (as fdlibm does it). acos is π/2 less
//! the asin of x itself, or of s, for which it is twice the asin or π less that.
//!
//! Largest error measured, in ulp: asin 0.60 in `f32` (one input in 2003) and 0.72 in `f64`, acos 0.58 and 0.61, atan
//! 0.62 and 0.56.

use super::double_double::Pair;
use super::{ln, polynomial, trig};
use crate::simd::{Lanes, Mask, Simd};

/// Constants that depend on the precision.
pub(crate) trait Constants: ln::Constants + trig::Constants {
    /// (atan u − u) / u³ in powers of u².
    const ATAN: &'static [Self];
    /// (asin s − s) / s³ in powers of s².
    const ASIN: &'static [Self];
}

// coefficients.py: relative error below 2⁻³⁰ for atan and 2⁻³¹ for asin.
impl Constants for f32 {
    #[rustfmt::skip]
    const ATAN: &'static [Self] = &[
        -0.333_333_13,
        0.199_983_87,
        -0.142_421_51,
        0.105_846_93,
        -0.060_571_082,
    ];
    #[rustfmt::skip]
    const ASIN: &'static [Self] = &[
        0.166_666_6,
        0.075_005_14,
        0.044_515_852,
        0.031_813_342,
        0.014_426_251,
        0.037_525_11,
    ];
}

// coefficients.py: relative error below 2⁻⁵⁹ for atan and 2⁻⁵⁵ for asin.
impl Constants for f64 {
    #[rustfmt::skip]
    const ATAN: &'static [Self] = &[
        -0.333_333_333_333_331_87,
        0.199_999_999_999_508_93,
        -0.142_857_142_799_451_36,
        0.111_111_107_716_438_2,
        -0.090_908_974_354_518_52,
        0.076_920_547_429_772_96,
        -0.066_630_443_866_313_21,
        0.058_474_712_362_131_23,
        -0.050_374_846_823_449_81,
        0.038_019_762_747_662_83,
        -0.017_859_572_584_210_98,
    ];
    #[rustfmt::skip]
    const ASIN: &'static [Self] = &[
        0.166_666_666_666_654_33,
        0.075_000_000_003_288_3,
        0.044_642_856_836_047_275,
        0.030_381_958_797_878_136,
        0.022_371_766_438_304_318,
        0.017_359_576_505_477_373,
        0.013_886_506_972_986_382,
        0.012_160_885_731_621_687,
        6.563_739_590_418_124e-3,
        0.019_431_318_391_744_11,
        -0.016_073_837_903_834_81,
        0.031_810_453_403_294_824,
    ];
}

/// π/2
#[inline(always)]
fn quarter<T: Constants, S: Simd>(x: Lanes<T, S>) -> Pair<T, S> {
    let [hi, lo, _] = T::FRAC_PI_2.map(|part| x.like(part));
    Pair { hi, lo }
}

/// atan x.
#[inline(always)]
pub(super) fn atan<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let splat = |value| x.like(T::from_f64(value));
    let (zero, half, one) = (splat(0.0), splat(0.5), splat(1.0));
    // Far above 1/ε and far below overflow: the quarter of a turn is all there is.
    let a = x.abs().at_most(splat(1e30));
    let middle = splat(core::f64::consts::SQRT_2 - 1.0).less(a);
    let far = splat(core::f64::consts::SQRT_2 + 1.0).less(a);
    // Exact, the second up to √2 + 1.
    let (above, below) = (Pair::fast_sum(-one, a), Pair::fast_sum(one, a));
    let choose = |in_middle, far_out, near| far.select(far_out, middle.select(in_middle, near));
    let numerator = Pair { hi: choose(above.hi, -one, a), lo: choose(above.lo, zero, zero) };
    let denominator = Pair { hi: choose(below.hi, a, one), lo: choose(below.lo, zero, zero) };
    let u = numerator.over(denominator);

    let square = u.hi * u.hi;
    // The slope is 1 / (1 + u²), about 1 − u².
    let small = (square * u.hi).mul_add(polynomial(square, T::ATAN), (-square).mul_add(u.lo, u.lo));
    let turn = quarter(x);
    let turns = choose(half, one, zero);
    let value = Pair::fast_sum(turn.hi * turns, u.hi).plus(turn.lo.mul_add(turns, small)).rounded();
    value.with_sign_of(x)
}

/// s and what asin s is beyond s; s is |x| up to ½ and √((1 − |x|) / 2) beyond, which is where the mask holds.
#[inline(always)]
fn asin_of_smaller<T: Constants, S: Simd>(x: Lanes<T, S>) -> (Pair<T, S>, Mask<T, S>) {
    let splat = |value| x.like(T::from_f64(value));
    let half = splat(0.5);
    let a = x.abs();
    let outer = half.less(a);
    let square = outer.select((-half).mul_add(a, half), a * a);
    let root = square.sqrt();
    let lost = (-root).fused(root, square) / (root + root).at_least(x.like(T::SMALLEST));
    let s = outer.select(root, a);
    let small = (square * s).mul_add(polynomial(square, T::ASIN), outer.select(lost, splat(0.0)));
    (Pair { hi: s, lo: small }, outer)
}

/// asin x.
#[inline(always)]
pub(super) fn asin<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let (asin, outer) = asin_of_smaller(x);
    let turn = quarter(x);
    let two = x.like(T::from_f64(2.0));
    let far = Pair::fast_sum(turn.hi, -(two * asin.hi)).plus((-two).mul_add(asin.lo, turn.lo)).rounded();
    outer.select(far, asin.rounded()).with_sign_of(x)
}

/// acos x.
#[inline(always)]
pub(super) fn acos<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let splat = |value| x.like(T::from_f64(value));
    let (zero, one, two) = (splat(0.0), splat(1.0), splat(2.0));
    let (asin, outer) = asin_of_smaller(x);
    let left = x.less(zero);
    let turn = quarter(x);
    // In quarters of a turn.
    let from = outer.select(left.select(two, zero), one);
    let factor = outer.select(left.select(-two, two), left.select(one, -one));
    Pair::fast_sum(turn.hi * from, asin.hi * factor).plus(turn.lo.mul_add(from, asin.lo * factor)).rounded()
}
