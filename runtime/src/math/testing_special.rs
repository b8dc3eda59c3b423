//! Definitions of Bessel functions and of inverses, for [`Exact`].

use astro_float::BigFloat;

use super::normal_inverse;
use super::testing::{Exact, NEAREST, PRECISION, add, big, times};

/// The power series has few terms up to here, and the asymptotic one from here on.
const BORDER: f64 = 64.0;
/// Terms of either that 128 bits need.
const TERMS: u32 = 160;
const FAR_TERMS: usize = 60;

fn over(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.div(b, PRECISION, NEAREST)
}

fn less(a: &BigFloat, b: f64) -> bool {
    add(a, &big(-b)).is_negative()
}

/// Σ tᵏ / (k! (k + n)!) over k from `first` on, times n!, where t = x²/4.
fn series(x: &BigFloat, n: u32, first: u32) -> BigFloat {
    let t = times(&times(x, x), &big(0.25));
    let (mut term, mut sum) = (big(1.0), big(0.0));
    for k in 0..TERMS {
        if k >= first {
            sum = add(&sum, &term);
        }
        term = over(&times(&term, &t), &big(f64::from((k + 1) * (k + 1 + n))));
    }
    sum
}

/// r₀, r₁ … of I₁/I₀ = Σ rₖ x⁻ᵏ, from r′ = 1 − r/x − r²: 2 rₖ = (k − 2) rₖ₋₁ − Σ rᵢ rₖ₋ᵢ over 0 < i < k.
fn coefficients() -> Vec<BigFloat> {
    let mut r = vec![big(1.0), big(-0.5)];
    let mut k = 1.0;
    while r.len() < FAR_TERMS {
        k += 1.0;
        let n = r.len();
        let mut sum = times(&big(k - 2.0), &r[n - 1]);
        for i in 1..n {
            sum = add(&sum, &times(&r[i], &r[n - i]).neg());
        }
        r.push(times(&big(0.5), &sum));
    }
    r
}

/// Σ `factor`(k) rₖ x⁻ᵏ⁻ⁿ as far as the terms fall.
fn asymptotic(x: &BigFloat, n: u32, factor: fn(f64) -> f64) -> BigFloat {
    let inverse = over(&big(1.0), x);
    let mut power = big(1.0);
    for _ in 0..n {
        power = times(&power, &inverse);
    }
    let (mut sum, mut k) = (big(0.0), 0.0);
    for r in coefficients() {
        sum = add(&sum, &times(&big(factor(k)), &times(&r, &power)));
        power = times(&power, &inverse);
        k += 1.0;
    }
    sum
}

#[allow(clippy::unused_self, reason = "definitions have one form")]
impl Exact {
    pub(super) fn log_bessel_i0(&mut self, x: &BigFloat) -> BigFloat {
        let x = x.abs();
        if less(&x, BORDER) {
            return self.log1p(&series(&x, 0, 1));
        }
        // Π (2k − 1)² / (8 k x), 10.40.1
        let (mut term, mut sum, mut k) = (big(1.0), big(1.0), 0.0);
        while k < 45.0 {
            k += 1.0;
            let factor = (2.0 * k - 1.0) * (2.0 * k - 1.0);
            term = over(&times(&term, &big(factor)), &times(&big(8.0 * k), &x));
            sum = add(&sum, &term);
        }
        let circle = times(&times(&big(2.0), &self.pi()), &x);
        let root = circle.sqrt(PRECISION, NEAREST);
        add(&x, &self.ln(&over(&sum, &root)))
    }

    pub(super) fn bessel_ratio(&mut self, x: &BigFloat) -> BigFloat {
        let a = x.abs();
        let value = if less(&a, BORDER) {
            over(&times(&times(&big(0.5), &a), &series(&a, 1, 0)), &series(&a, 0, 0))
        } else {
            asymptotic(&a, 0, |_| 1.0)
        };
        if x.is_negative() { value.neg() } else { value }
    }

    pub(super) fn bessel_ratio_slope(&mut self, x: &BigFloat) -> BigFloat {
        let a = x.abs();
        if !less(&a, BORDER) {
            return asymptotic(&a, 1, |k| -k);
        }
        let (i0, i1) = (series(&a, 0, 0), series(&a, 1, 0));
        let half_ratio = times(&big(0.5), &over(&i1, &i0));
        let r = times(&half_ratio, &a);
        add(&add(&big(1.0), &half_ratio.neg()), &times(&r, &r).neg())
    }

    pub(super) fn bessel_ratio_curvature(&mut self, x: &BigFloat) -> BigFloat {
        let a = x.abs();
        let value = if !less(&a, BORDER) {
            asymptotic(&a, 2, |k| k * (k + 1.0))
        } else if less(&a, 1e-6) {
            // −3/8 x + 5/24 x³
            let cube = times(&times(&a, &a), &a);
            add(&times(&big(-0.375), &a), &over(&times(&big(5.0), &cube), &big(24.0)))
        } else {
            let (r, slope) = (self.bessel_ratio(&a), self.bessel_ratio_slope(&a));
            let difference = add(&over(&r, &a), &slope.neg());
            add(&over(&difference, &a), &times(&times(&big(-2.0), &r), &slope))
        };
        if x.is_negative() { value.neg() } else { value }
    }

    /// Newton's method, whose error is squared by each step.
    pub(super) fn ndtri(&mut self, p: &BigFloat) -> BigFloat {
        let q = add(&big(1.0), &p.neg());
        if p.is_negative() || q.is_negative() {
            return big(f64::NAN);
        }
        if q.is_zero() {
            return big(f64::INFINITY);
        }
        let right = less(&q, 0.5);
        let tail = if right { q } else { p.clone() };
        let mut x = big(normal_inverse::ndtri_alone(rounded(&tail)));
        for _ in 0..3 {
            let excess = add(&self.ndtr(&x), &tail.neg());
            let density = self.normal_density(&x);
            x = add(&x, &over(&excess, &density).neg());
        }
        if right { x.neg() } else { x }
    }

    /// Newton's method on erf.
    pub(super) fn erfinv(&mut self, y: &BigFloat) -> BigFloat {
        let p = times(&big(0.5), &add(&big(1.0), &y.abs().neg()));
        if p.is_negative() {
            return big(f64::NAN);
        }
        if p.is_zero() {
            return big(if y.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        let root = big(2.0).sqrt(PRECISION, NEAREST);
        let slope = over(&big(2.0), &self.pi().sqrt(PRECISION, NEAREST));
        let a = y.abs();
        let mut x = if less(&a, 0.5) { over(&a, &slope) } else { over(&self.ndtri(&p).neg(), &root) };
        for _ in 0..6 {
            let excess = add(&self.erf(&x), &a.neg());
            let density = times(&slope, &self.exp(&times(&x, &x).neg()));
            x = add(&x, &over(&excess, &density).neg());
        }
        if y.is_negative() { x.neg() } else { x }
    }
}

/// The nearest number, or nearly so.
fn rounded(x: &BigFloat) -> f64 {
    let Some(exponent) = x.exponent() else { return 0.0 };
    let mut fraction = x.clone();
    fraction.set_exponent(0);
    let Some((words, ..)) = fraction.as_raw_parts() else { return 0.0 };
    #[allow(clippy::cast_precision_loss, reason = "a start of Newton's method")]
    let mantissa = *words.last().unwrap_or(&0) as f64 / 2.0_f64.powi(64);
    let half = exponent / 2;
    mantissa * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half)
}
