//! Functions of single numbers that std lacks: those that have no vector form so far, which go through the lanes of a vector
//! one by one, and the others for what a loss computes once.
//!
//! Sections are those of the Digital Library of Mathematical Functions, <https://dlmf.nist.gov>. What rounding loses of
//! x² counts x² times in e^(−x²/2), so arguments are split where that matters.

use core::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use crate::simd::{Lanes, Plain, Scalar, Simd};

/// A vector of `f32` with 512 bits.
const WIDEST: usize = 16;

/// `function` of the lanes of each number of `operands`.
#[inline(always)]
pub(super) fn each_lane<T: Scalar, S: Simd, const N: usize>(
    operands: [Lanes<T, S>; N],
    function: fn([f64; N]) -> f64,
) -> Lanes<T, S> {
    let mut lanes = [[T::default(); WIDEST]; N];
    for (lanes, operand) in lanes.iter_mut().zip(&operands) {
        operand.store(lanes);
    }
    let results = replaced(&lanes, Lanes::<T, S>::count(), function);
    Lanes::load(operands[0].simd(), &results)
}

/// Not inlined, so that kernels stay small; without vectors that is the same code for every instruction set.
#[inline(never)]
fn replaced<T: Scalar, const N: usize>(
    lanes: &[[T; WIDEST]; N],
    count: usize,
    function: fn([f64; N]) -> f64,
) -> [T; WIDEST] {
    let mut results = [T::default(); WIDEST];
    for (i, result) in results.iter_mut().enumerate().take(count) {
        *result = T::from_f64(function(lanes.map(|lanes| lanes[i].to_f64())));
    }
    results
}

/// A number as a vector of plain Rust.
type Alone = Lanes<f64, Plain>;

/// `function` of single numbers, by the vectors of plain Rust.
pub(super) fn alone<const N: usize>(x: [f64; N], function: fn([Alone; N]) -> Alone) -> f64 {
    let simd = Plain {};
    function(x.map(|x| Lanes::splat(simd, x))).into_inner()
}

/// 1 / √2π
pub(super) const FRAC_1_SQRT_TAU: f64 = 0.398_942_280_401_432_7;
/// ln √2π
const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_8;
/// 1 / √2 less `FRAC_1_SQRT_2`.
const FRAC_1_SQRT_2_LOW: f64 = -4.833_646_656_726_457e-17;
/// From here to the left the normal distribution is its density times Mills' ratio.
const TAIL: f64 = -3.0;

/// 1 / cosh² x = 4u / (1 + u)² with u = e^−2|x|.
#[inline(always)]
pub(super) fn tanh_slope(x: f64, _: f64) -> f64 {
    let u = (-2.0 * x.abs()).exp();
    4.0 * u / ((1.0 + u) * (1.0 + u))
}

/// 1 / (1 + e⁻ˣ): e⁻|ˣ| never overflows, and neither branch cancels.
#[inline(always)]
pub(super) fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x < 0.0 { e / (1.0 + e) } else { (1.0 + e).recip() }
}

/// ln(1 + eˣ).
#[inline(always)]
pub(super) fn softplus(x: f64) -> f64 {
    super::Elementwise::relu(x) + (-x.abs()).exp().ln_1p()
}

pub(super) fn erf(x: f64) -> f64 {
    libm::erf(x)
}

pub(super) fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

pub(super) fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ½ erfc(−x/√2), where the division loses nothing: erfc(t + δ) = erfc t − 2/√π e^(−t²) δ.
pub(super) fn ndtr(x: f64) -> f64 {
    let t = -x * FRAC_1_SQRT_2;
    if t.abs() > 40.0 {
        return if x.is_nan() { x } else { f64::from(u8::from(x > 0.0)) };
    }
    let lost = (-x).mul_add(FRAC_1_SQRT_2, -t) - x * FRAC_1_SQRT_2_LOW;
    0.5 * (libm::erfc(t) - lost * FRAC_2_SQRT_PI * (-t * t).exp())
}

/// ln Φ(x): ln(1 − Φ(−x)) where Φ is close to 1; to the left −x²/2 − ln √2π + ln of Mills' ratio.
pub(super) fn log_ndtr(x: f64) -> f64 {
    if x > -1.0 {
        (-ndtr(-x)).ln_1p()
    } else if x > TAIL {
        ndtr(x).ln()
    } else {
        -(0.5 * x * x + LN_SQRT_TAU + mills_reciprocal(-x).ln())
    }
}

/// φ(x) / Φ(x)
pub(super) fn inverse_mills(x: f64) -> f64 {
    if x > TAIL {
        return density(x) / ndtr(x);
    }
    mills_reciprocal(-x)
}

/// φ(x) / Φ(x) + x. To the left it is what the continued fraction adds to −x.
pub(super) fn inverse_mills_excess(x: f64) -> f64 {
    if x > TAIL { inverse_mills(x) + x } else { fraction(-x) }
}

fn density(x: f64) -> f64 {
    super::Elementwise::normal_density(x)
}

/// φ(t) / (1 − Φ(t)) for t > 3.
fn mills_reciprocal(t: f64) -> f64 {
    t + fraction(t)
}

/// 1/(t + 2/(t + 3/(t + …))), Laplace's continued fraction (7.9.4). The error of n terms falls as e^(−2t √2n): with 60
/// terms it is below 10⁻²⁰ of the result at t = 3, and fewer suffice farther out.
fn fraction(t: f64) -> f64 {
    let mut terms = if t > 12.0 { 12.0 } else { 90.0 };
    let mut value = t;
    while terms > 1.0 {
        value = t + terms / value;
        terms -= 1.0;
    }
    value.recip()
}

/// B₂ₖ for k = 1 ….
const BERNOULLI: [f64; 8] =
    [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0];

/// ψ(x) = ψ(x + 1) − 1/x up to 12, then ln x − 1/2x − Σ B₂ₖ / (2k x²ᵏ) (5.5.2, 5.11.2); below 0 by reflection (5.5.4).
pub(super) fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        return if x.fract() == 0.0 { f64::NAN } else { digamma(1.0 - x) - PI / (PI * x.fract()).tan() };
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift += x.recip();
        x += 1.0;
    }
    let square = (x * x).recip();
    let (mut power, mut twice, mut series) = (1.0, 0.0, 0.0);
    for bernoulli in BERNOULLI {
        power *= square;
        twice += 2.0;
        series += bernoulli / twice * power;
    }
    x.ln() - (0.5 / x + series + shift)
}

/// (−1)ⁿ⁺¹ ψ⁽ⁿ⁾(x) is n! Σ (x + k)⁻ⁿ⁻¹ (5.15.1): term by term up to 12 + n, then by its asymptotic series
/// (n−1)! x⁻ⁿ (1 + n/2x + Σ B₂ₖ (2k+n−1)! / ((2k)! (n−1)! x²ᵏ)) (5.15.8). Below 0 by reflection (5.15.6) for n ≤ 2.
pub(super) fn polygamma(n: f64, x: f64) -> f64 {
    if !(1.0..=20.0).contains(&n) || n.fract() != 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return reflected_polygamma(n, x);
    }
    let sign = if n % 2.0 == 0.0 { -1.0 } else { 1.0 };
    // (n − 1)!
    let factorial = libm::tgamma(n);
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 + n {
        shift += power(x.recip(), n + 1.0);
        x += 1.0;
    }
    let inverse = x.recip();
    let square = inverse * inverse;
    let mut series = 1.0 + 0.5 * n * inverse;
    // (2k+n−1)! / ((2k)! (n−1)! x²ᵏ)
    let mut ratio = 1.0;
    let mut twice = 0.0;
    for bernoulli in BERNOULLI {
        ratio *= square * (twice + n) * (twice + n + 1.0) / ((twice + 1.0) * (twice + 2.0));
        twice += 2.0;
        series += bernoulli * ratio;
    }
    sign * factorial * (power(inverse, n) * series + n * shift)
}

/// ln |Γ(s + y)| − ln |Γ(s)| as it stands, for numbers that are not positive.
pub(super) fn lgamma_difference(y: f64, s: f64) -> f64 {
    lgamma(s + y) - lgamma(s)
}

/// ψ(s + y) − ψ(s) as it stands, for numbers that are not positive.
pub(super) fn digamma_difference(y: f64, s: f64) -> f64 {
    digamma(s + y) - digamma(s)
}

/// ψ⁽ⁿ⁾(s + y) − ψ⁽ⁿ⁾(s), for positive numbers as [`polygamma`], where each power of 1/s takes the place of its own difference
/// s⁻ᵏ ((1 + y/s)⁻ᵏ − 1). Where s + y is less than half of s, the two have no digits in common that could be lost.
pub(super) fn polygamma_difference(n: f64, y: f64, s: f64) -> f64 {
    if s <= 0.0 || s + y < 0.5 * s || !(1.0..=20.0).contains(&n) || n.fract() != 0.0 || s.is_nan() || y.is_nan() {
        return polygamma(n, s + y) - polygamma(n, s);
    }
    let difference = |s: f64, k: f64| power(s.recip(), k) * (-k * (y / s).ln_1p()).exp_m1();
    let (mut s, mut shift) = (s, 0.0);
    while s < 12.0 + n || s + y < 12.0 + n {
        shift += difference(s, n + 1.0);
        s += 1.0;
    }
    let mut series = difference(s, n) + 0.5 * n * difference(s, n + 1.0);
    // (2k+n−1)! / ((2k)! (n−1)!)
    let (mut ratio, mut twice) = (1.0, 0.0);
    for bernoulli in BERNOULLI {
        ratio *= (twice + n) * (twice + n + 1.0) / ((twice + 1.0) * (twice + 2.0));
        twice += 2.0;
        series += bernoulli * ratio * difference(s, n + twice);
    }
    let sign = if n % 2.0 == 0.0 { -1.0 } else { 1.0 };
    sign * libm::tgamma(n) * (series + n * shift)
}

/// ∫ tⁿ eˣᵗ dt over 0 … 1: Σ xᵏ / (k! (n + k + 1)), or eˣ Σ |x|ᵏ / ((n + 1) … (n + k + 1)) below 0; far out by
/// (eˣ − n times the one before) / x, where the two differ in size.
pub(super) fn exprel_derivative(n: f64, x: f64) -> f64 {
    if x.is_nan() || n < 0.0 || n.fract() != 0.0 {
        return f64::NAN;
    }
    if x.abs() > 40.0 {
        let exp = x.exp();
        let (mut k, mut value) = (0.0, x.exp_m1() / x);
        while k < n {
            k += 1.0;
            value = (exp - k * value) / x;
        }
        return if x == f64::INFINITY || exp == f64::INFINITY { f64::INFINITY } else { value.abs() };
    }
    let (mut term, mut k, mut sum) = (1.0, 0.0, 0.0);
    while term > 1e-20 * sum {
        let share = term / (n + k + 1.0);
        sum += share;
        k += 1.0;
        term = if x < 0.0 { share * -x } else { term * x / k };
    }
    if x < 0.0 { sum * x.exp() } else { sum }
}

fn reflected_polygamma(n: f64, x: f64) -> f64 {
    if x.fract() == 0.0 {
        return f64::NAN;
    }
    let (sin, cos) = (PI * x.fract()).sin_cos();
    if n < 1.5 {
        (PI / sin).powi(2) - polygamma(n, 1.0 - x)
    } else if n < 2.5 {
        polygamma(n, 1.0 - x) - 2.0 * (PI / sin).powi(3) * cos
    } else {
        f64::NAN
    }
}

/// xⁿ for a small whole number n.
fn power(x: f64, n: f64) -> f64 {
    let (mut value, mut left) = (1.0, n);
    while left >= 1.0 {
        value *= x;
        left -= 1.0;
    }
    value
}

/// jₙ(x): near 0, relative to n, by its power series (10.53.1); beyond by the recurrence from j₀ and j₁ on (10.51.1), which
/// is stable there.
pub(super) fn spherical_bessel(n: f64, x: f64) -> f64 {
    if n < 0.0 || n.fract() != 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x.abs() < 1.0 + n {
        // xⁿ / (2n+1)!! Σ (−x²/2)ᵏ / (k! (2n+3) (2n+5) … (2n+2k+1))
        let half_square = -0.5 * x * x;
        let (mut term, mut sum) = (1.0, 1.0);
        let mut k = 1.0;
        while k < 40.0 {
            term *= half_square / (k * (2.0 * n + 2.0 * k + 1.0));
            sum += term;
            k += 1.0;
        }
        let mut factor = 1.0;
        k = 1.0;
        while k <= n {
            factor *= x / (2.0 * k + 1.0);
            k += 1.0;
        }
        return factor * sum;
    }
    if x.is_infinite() {
        return 0.0;
    }
    let (sin, cos) = x.sin_cos();
    let mut before = sin / x;
    if n < 1.0 {
        return before;
    }
    let mut value = (before - cos) / x;
    let mut k = 1.0;
    while k < n {
        (before, value) = (value, (2.0 * k + 1.0) / x * value - before);
        k += 1.0;
    }
    value
}
