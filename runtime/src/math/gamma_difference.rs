//! Differences of ln Γ and of ψ, which agree in nearly all of their digits where y is small compared with s.
//!
//! From s = 3 on, with q(u²) u what Stirling's formula lacks at s = 1/u, and v = 1 / (s + y),
//!
//! > ln Γ(s + y) − ln Γ(s) = y (ln(s + y) − 1) + (s − ½) ln(1 + y/s) + q(v²) v − q(u²) u,
//! > ψ(s + y) − ψ(s) = ln(1 + y/s) + ½ (u − v) + p(u²) u² − p(v²) v²,
//!
//! where u − v = y u v, and the difference of two values of a polynomial is that of its arguments times a sum without
//! cancellation. q and p are integrals of one fit of what the derivative of ψ lacks, so that none of their slopes is
//! worse than that.
//!
//! Below 3 the recurrence leads there (5.5.1 and 5.5.2 in the Digital Library of Mathematical Functions,
//! <https://dlmf.nist.gov>): with k = 0, 1, 2
//!
//! > ln Γ(s + y) − ln Γ(s) = ln Γ(s + 3 + y) − ln Γ(s + 3) − ln Π (1 + y / (s + k)),
//!
//! where the product less 1 is y/s times a quotient of polynomials with positive coefficients. All that cancels here is a
//! [`Pair`]. Steps of ½ and more are differences of two [`Pair`]s, each a logarithm of Γ: there is nothing to lose.
//!
//! Numbers that are not positive are left to [`one_by_one`].
//!
//! Largest error measured, in ulp, at 6000 pairs of y from 10⁻²⁵ and s from 10⁻³⁰ on, both up to 10¹²: ln Γ 1.59 in `f32` and
//! 1.38 in `f64`, ψ 1.97 and 1.75. Below s = 3/2 there are y where the difference of ln Γ is 0: where it is less than y/4, it
//! is good to 2⁻²⁴ y and 2⁻⁵⁴ y.

use super::double_double::Pair;
use super::gamma::{self, lgamma_pair, ln_of_pair};
use super::ln::ln_of;
use super::{Math, apart, one_by_one};
use crate::simd::{Lanes, Simd};

/// Constants of each precision.
pub(crate) trait Constants: gamma::Constants + Math {
    /// The rest of Stirling's formula, times x, in powers of 1/x².
    const STIRLING_REST: &'static [Self];
    /// ln x − 1 / 2x − ψ(x), times x², in powers of 1/x².
    const DIGAMMA_REST: &'static [Self];
}

// coefficients.py: relative error of the derivative of ψ below 2⁻²⁹.
impl Constants for f32 {
    #[rustfmt::skip]
    const STIRLING_REST: &'static [Self] = &[
        0.083_333_14,
        -2.774_857_7e-3,
        7.592_47e-4,
        -3.629_726_4e-4,
    ];
    #[rustfmt::skip]
    const DIGAMMA_REST: &'static [Self] = &[
        0.083_333_14,
        -8.324_573e-3,
        3.796_235e-3,
        -2.540_808_4e-3,
    ];
}

// coefficients.py: relative error of the derivative of ψ below 2⁻⁵⁷.
impl Constants for f64 {
    #[rustfmt::skip]
    const STIRLING_REST: &'static [Self] = &[
        0.083_333_333_333_328_7,
        -2.777_777_777_204_353_3e-3,
        7.936_507_334_944_834e-4,
        -5.952_337_843_609_845e-4,
        8.415_356_737_458_858e-4,
        -1.909_784_488_349_468_4e-3,
        6.202_861_394_077_163e-3,
        -0.025_284_096_293_540_045,
        0.109_708_312_583_531_89,
        -0.429_043_157_338_799_33,
        1.300_626_322_117_116,
        -2.585_552_864_483_242,
        2.463_313_802_258_951,
    ];
    #[rustfmt::skip]
    const DIGAMMA_REST: &'static [Self] = &[
        0.083_333_333_333_328_7,
        -8.333_333_331_613_06e-3,
        3.968_253_667_472_416_5e-3,
        -4.166_636_490_526_891e-3,
        7.573_821_063_712_972e-3,
        -0.021_007_629_371_844_153,
        0.080_637_198_123_003_11,
        -0.379_261_444_403_100_67,
        1.865_041_313_920_042_1,
        -8.151_819_989_437_188,
        27.313_152_764_459_435,
        -59.467_715_883_114_57,
        61.582_845_056_473_77,
    ];
}

/// p(a), and (p(a) − p(b)) / (a − b).
#[inline(always)]
fn divided_difference<T: Constants, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>, p: &[T]) -> [Lanes<T, S>; 2] {
    let mut value = a.like(T::default());
    let mut slope = value;
    for &c in p.iter().rev() {
        slope = slope.mul_add(b, value);
        value = value.mul_add(a, a.like(c));
    }
    [value, slope]
}

/// ln(1 + t) of a normalised t > −1 that is finite.
#[inline(always)]
pub(super) fn log1p_of_pair<T: Constants, S: Simd>(t: Pair<T, S>) -> Pair<T, S> {
    let one = t.hi.like(T::from_f64(1.0));
    let sum = Pair::sum(one, t.hi).plus(t.lo).normalised();
    let (mantissa, k) = sum.hi.split_exponent();
    let near_one = k.equal(t.hi.like(T::default()));
    let down = (-k).at_least(t.hi.like(T::LEAST_EXPONENT)).exp2_of_integer();
    let f = near_one.select(t.hi, mantissa - one);
    ln_of(k, f, near_one.select(t.lo, sum.lo * down)).normalised()
}

/// ln Γ(s + y) − ln Γ(s) for s and s + y = `sum` from 3 on.
#[inline(always)]
fn lgamma_far<T: Constants, S: Simd>(y: Lanes<T, S>, s: Lanes<T, S>, sum: Pair<T, S>) -> Pair<T, S> {
    let splat = |value| y.like(T::from_f64(value));
    let (half, one) = (splat(0.5), splat(1.0));
    let t = Pair::exactly(y).over(Pair::exactly(s));
    let log1p = log1p_of_pair(t).scaled(s - half);
    // (s − ½) y/s: the quotient may be too small to have all digits.
    let tiny = t.hi.abs().less(y.like(T::TINY));
    let second = Pair { hi: tiny.select(y, log1p.hi), lo: tiny.select(-(half * t.hi), log1p.lo) };
    let ln = ln_of_pair(sum);
    let first = Pair::fast_sum(ln.hi, -one).plus(ln.lo).scaled(y);
    let (u, v) = (one / s, one / sum.hi);
    let [value, slope] = divided_difference(u * u, v * v, T::STIRLING_REST);
    let lacking = (y * v) * u * (v * (u + v)).mul_add(slope, value);
    let total = Pair::sum(first.hi, second.hi).plus(first.lo + second.lo - lacking);
    // Infinity has no difference from what is lost of it.
    let finite = first.hi.abs().less(y.like(T::INFINITY));
    Pair { hi: finite.select(total.hi, first.hi), lo: finite.select(total.lo, splat(0.0)) }
}

/// Π (1 + y / (s + k)) − 1 for k = 0, 1, 2, which is
/// y/s (3m² − 1 + y (3m + y)) / (m² + m) with m = s + 1.
#[inline(always)]
fn product_less_one<T: Constants, S: Simd>(y: Lanes<T, S>, s: Lanes<T, S>) -> Pair<T, S> {
    let splat = |value| y.like(T::from_f64(value));
    let (one, three) = (splat(1.0), splat(3.0));
    let m = Pair::sum(one, s);
    let square = m.times(m).normalised();
    let tripled = square.scaled(three).normalised();
    let constant = Pair::fast_sum(tripled.hi, -one).plus(tripled.lo);
    let tripled = m.scaled(three);
    let rest = Pair::sum(tripled.hi, y).plus(tripled.lo).normalised().scaled(y);
    let numerator = Pair::sum(constant.hi, rest.hi).plus(constant.lo + rest.lo).normalised();
    let denominator = Pair::fast_sum(square.hi, m.hi).plus(square.lo + m.lo).normalised();
    let first = Pair::exactly(y).over(Pair::exactly(s));
    first.times(numerator.over(denominator).normalised()).normalised()
}

/// ln Γ(s + y) − ln Γ(s) for numbers that are not negative, of which one is below 3.
#[inline(always)]
fn lgamma_near<T: Constants, S: Simd>([y, s]: [Lanes<T, S>; 2]) -> Lanes<T, S> {
    let splat = |value| y.like(T::from_f64(value));
    let (zero, half, one) = (splat(0.0), splat(0.5), splat(1.0));
    let normal = y.like(T::SMALLEST).less_or_equal(s);
    // Where y/s is larger, ln Γ(s) is not close to ln Γ(s + y).
    let is_step = zero.less_or_equal(y).and(y.less(half)).and(y.less(splat(1e30) * s)).and(normal);

    let (step, base) = (is_step.select(y, zero), is_step.select(s, one));
    let shifted = Pair::fast_sum(splat(3.0), base);
    let end = Pair::sum(shifted.hi, step).plus(shifted.lo).normalised();
    let above = lgamma_far(step, shifted.hi, end);
    let product = log1p_of_pair(product_less_one(step, base));
    let stepped = Pair::sum(above.hi, -product.hi).plus(above.lo - product.lo).rounded();

    let sum = Pair::sum(s, y);
    let (a, b) = (lgamma_pair(sum.hi), lgamma_pair(s));
    // A rounding of the sum counts as often as ln Γ is steep.
    let lost = sum.lo * (sum.hi.ln() - half / sum.hi);
    let difference = Pair::sum(a.hi, -b.hi).plus(a.lo - b.lo + lost).rounded();
    let infinity = y.like(T::INFINITY);
    let finite = a.hi.abs().less(infinity).and(b.hi.abs().less(infinity));
    is_step.select(stepped, finite.select(difference, a.hi - b.hi))
}

/// ln |Γ(s + y)| − ln |Γ(s)|.
#[inline(always)]
pub(super) fn lgamma_difference<T: Constants, S: Simd>([y, s]: [Lanes<T, S>; 2]) -> Lanes<T, S> {
    let (zero, three) = (y.like(T::default()), y.like(T::from_f64(3.0)));
    let sum = Pair::sum(s, y);
    let least = s.at_most(sum.hi);
    let is_far = three.less_or_equal(least);
    let pick = |x, other| is_far.select(x, other);
    let far_sum = Pair { hi: pick(sum.hi, three), lo: pick(sum.lo, zero) };
    let far = lgamma_far(pick(y, zero), pick(s, three), far_sum).rounded();
    let value = if is_far.all() {
        far
    } else {
        let is_near = zero.less_or_equal(least);
        let near = apart(y.simd(), [is_near.select(y, three), is_near.select(s, three)], lgamma_near);
        is_far.select(far, near)
    };
    let infinity = y.like(T::INFINITY);
    let beyond = s.abs().less(infinity).select(sum.hi.abs(), y * s);
    let value = sum.hi.abs().less(infinity).select(value, beyond);
    let negative = least.less(zero);
    if negative.any() {
        negative.select(one_by_one::each_lane([y, s], |[y, s]| one_by_one::lgamma_difference(y, s)), value)
    } else {
        value
    }
}

/// ψ(s + y) − ψ(s).
#[inline(always)]
pub(super) fn digamma_difference<T: Constants, S: Simd>([y, s]: [Lanes<T, S>; 2]) -> Lanes<T, S> {
    let splat = |value| y.like(T::from_f64(value));
    let (zero, half, one, three) = (splat(0.0), splat(0.5), splat(1.0), splat(3.0));
    let least = s.at_most(s + y);
    let is_near = least.less(three);
    let base = is_near.select(s + three, s);
    let log1p = log1p_of_pair(Pair::exactly(y).over(Pair::exactly(base)));
    let (u, v) = (one / base, one / (base + y));
    let [value, slope] = divided_difference(u * u, v * v, T::DIGAMMA_REST);
    let bent = (u + v).mul_add((v * v).mul_add(slope, value), half);
    let far = Pair::fast_sum(log1p.hi, (y * v) * u * bent).plus(log1p.lo);
    let value = if is_near.any() {
        // y / ((s + k) (s + k + y)), the largest one last.
        let term = |s: Lanes<T, S>| y / (s + y) / s;
        let small = term(s + splat(2.0)) + term(s + one) + (far.lo + far.hi);
        is_near.select(small + term(s), far.rounded())
    } else {
        far.rounded()
    };
    let infinity = y.like(T::INFINITY);
    let beyond = s.less(infinity).select(s + y, y / s);
    let value = (s + y).less(infinity).select(value, beyond);
    let negative = least.less(zero);
    if negative.any() {
        negative.select(one_by_one::each_lane([y, s], |[y, s]| one_by_one::digamma_difference(y, s)), value)
    } else {
        value
    }
}

/// ln |Γ(s + y)| − ln |Γ(s)| of single numbers.
pub(super) fn lgamma_difference_alone(y: f64, s: f64) -> f64 {
    one_by_one::alone([y, s], lgamma_difference)
}

/// ψ(s + y) − ψ(s) of single numbers.
pub(super) fn digamma_difference_alone(y: f64, s: f64) -> f64 {
    one_by_one::alone([y, s], digamma_difference)
}
