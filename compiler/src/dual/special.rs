//! Functions of dual numbers that come from distributions: each from an integral, or by searching for what it inverts.

use std::f64::consts::{FRAC_2_SQRT_PI, PI, SQRT_2};

use super::Dual;
use super::functions::integral;

impl Dual {
    /// ln of the mean of e^(a cos θ).
    pub(crate) fn log_bessel_i0(self) -> Self {
        let a = self.value.abs();
        let value = if a < 10.0 {
            // The mean of cosh(a cos θ) − 1.
            let less_one = |t: f64| (0.5 * a * t.cos()).sinh().powi(2);
            (2.0 / PI * integral(0.0, PI, less_one)).ln_1p()
        } else {
            let [weight, ..] = moments(a);
            a + (weight / PI).ln()
        };
        self.chain(value, cumulant(1, self.value))
    }

    /// The cumulant number `n` of cos θ, where θ has von Mises' distribution with concentration a.
    pub(crate) fn bessel_cumulant(self, n: u32) -> Self {
        self.chain(cumulant(n, self.value), cumulant(n + 1, self.value))
    }

    /// p = Φ(value), found by halving an interval, on the side where Φ has more digits.
    pub(crate) fn ndtri(self) -> Self {
        let p = self.value;
        let right = p > 0.5;
        let tail = if right { 1.0 - p } else { p };
        let tail_of = |x: f64| Self::from(x).ndtr().value;
        let (mut low, mut high) = (-40.0, 0.0);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if tail_of(middle) < tail { low = middle } else { high = middle }
        }
        // Near ½, where the distribution has fewer digits than its argument, the error function has them all.
        let value = if p > 0.1 && p < 0.9 {
            SQRT_2 * inverse_of_erf(2.0 * p - 1.0)
        } else if right {
            -high
        } else {
            high
        };
        let slope = Self::from(value).normal_density().value.recip();
        self.chain(value, slope)
    }

    pub(crate) fn erfinv(self) -> Self {
        let value = inverse_of_erf(self.value);
        self.chain(value, (value * value).exp() / FRAC_2_SQRT_PI)
    }
}

/// erf = y, found by halving an interval of sizes.
fn inverse_of_erf(y: f64) -> f64 {
    let a = y.abs();
    let is_below = |x: f64| if a < 0.5 { libm::erf(x) < a } else { libm::erfc(x) > 1.0 - a };
    let (mut low, mut high) = (0.5 * a, 6.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if is_below(middle) { low = middle } else { high = middle }
    }
    high.copysign(y)
}

/// ∫ w, ∫ s w / ∫ w, and the second to fourth moments about that mean, where w = e^(−a s) and s = 1 − cos θ.
fn moments(a: f64) -> [f64; 5] {
    let end = PI.min(14.0 / a.sqrt());
    let s = |t: f64| 2.0 * (0.5 * t).sin().powi(2);
    let weighted = |f: &dyn Fn(f64) -> f64| integral(0.0, end, |t| f(s(t)) * (-a * s(t)).exp());
    let weight = weighted(&|_| 1.0);
    let mean = weighted(&|s| s) / weight;
    let central = |n: i32| weighted(&|s| (s - mean).powi(n)) / weight;
    [weight, mean, central(2), central(3), central(4)]
}

/// The cumulant number `n` of cos θ: the derivative number n of ln I₀.
fn cumulant(n: u32, x: f64) -> f64 {
    let a = x.abs();
    let [_, mean, second, third, fourth] = moments(a);
    let value = match n {
        1 if a < 1.0 => {
            // Neither integrand changes its sign beyond what cos² does.
            let above = integral(0.0, PI, |t| t.cos() * (a * t.cos()).sinh());
            above / integral(0.0, PI, |t| (a * t.cos()).cosh())
        }
        1 => 1.0 - mean,
        2 => second,
        3 => -third,
        _ => fourth - 3.0 * second * second,
    };
    if n % 2 == 1 && x < 0.0 { -value } else { value }
}
