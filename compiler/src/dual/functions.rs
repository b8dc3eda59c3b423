//! Functions of dual numbers, each from its definition: from primitives, by an integral, or by a series that is not the
//! one that the runtime sums. Constants of a loss are folded with them, so their values are accurate as well.

use std::cmp::Ordering;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, PI};

use super::Dual;

/// 1 / sqrt(2 pi)
const FRAC_1_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

impl Dual {
    pub(crate) fn expm1(self) -> Self {
        self.chain(self.value.exp_m1(), self.value.exp())
    }

    pub(crate) fn log1p(self) -> Self {
        self.chain(self.value.ln_1p(), (1.0 + self.value).recip())
    }

    /// aᵖ = e^(p ln a), by parts: d = p aᵖ⁻¹ da + aᵖ ln a dp.
    pub(crate) fn pow(self, p: Self) -> Self {
        let value = self.value.powf(p.value);
        let slope = if p.value == 0.0 { 0.0 } else { p.value * self.value.powf(p.value - 1.0) };
        let along_base = self.chain(value, slope);
        let along_exponent = p.chain(value, if value == 0.0 || p.slope == 0.0 { 0.0 } else { value * self.value.ln() });
        Self::new(value, along_base.slope + along_exponent.slope)
    }

    /// d√(a² + b²) = (a da + b db) / √(a² + b²)
    pub(crate) fn hypot(self, b: Self) -> Self {
        let value = self.value.hypot(b.value);
        let slope = if value == 0.0 { 0.0 } else { (self.value / value) * self.slope + (b.value / value) * b.slope };
        Self::new(value, slope)
    }

    /// ln(1 − e⁻ᵃ), whose derivative is 1 / (eᵃ − 1).
    pub(crate) fn log1mexp(self) -> Self {
        let a = self.value;
        let value = if a < LN_2 { (-(-a).exp_m1()).ln() } else { (-(-a).exp()).ln_1p() };
        self.chain(value, a.exp_m1().recip())
    }

    /// ln(eᵃ + eᵇ) = m + ln(eᵃ⁻ᵐ + eᵇ⁻ᵐ)
    pub(crate) fn logaddexp(self, b: Self) -> Self {
        let (large, small) = if self.value > b.value { (self, b) } else { (b, self) };
        if large.value.partial_cmp(&small.value) == Some(Ordering::Equal) {
            return Self::new(large.value + LN_2, large.slope.midpoint(small.slope));
        }
        large + (small - large).exp().log1p()
    }

    pub(crate) fn xlogy(self, y: Self) -> Self {
        let x = self.value;
        let ln = y.value.ln();
        let value = if x == 0.0 { 0.0 } else { x * ln };
        let along_x = if x == 0.0 && y.value == 0.0 { 0.0 } else { ln * self.slope };
        let along_y = if x == 0.0 { 0.0 } else { y.chain(0.0, x / y.value).slope };
        Self::new(value, if self.slope == 0.0 { 0.0 } else { along_x } + along_y)
    }

    /// By the angle's cosine: d asin a = da / cos asin a.
    pub(crate) fn asin(self) -> Self {
        let value = self.value.asin();
        self.chain(value, ((1.0 - self.value) * (1.0 + self.value)).sqrt().recip())
    }

    pub(crate) fn acos(self) -> Self {
        let value = self.value.acos();
        self.chain(value, -((1.0 - self.value) * (1.0 + self.value)).sqrt().recip())
    }

    /// d atan a = cos²(atan a) da
    pub(crate) fn atan(self) -> Self {
        let value = self.value.atan();
        self.chain(value, value.cos() * value.cos())
    }

    /// The angle of (x, y): (x dy − y dx) / (x² + y²).
    pub(crate) fn atan2(self, x: Self) -> Self {
        let r = self.value.hypot(x.value);
        let slope = if r == 0.0 { 0.0 } else { ((x.value / r) * self.slope - (self.value / r) * x.slope) / r };
        Self::new(self.value.atan2(x.value), slope)
    }

    pub(crate) fn sinh(self) -> Self {
        self.chain(self.value.sinh(), self.value.cosh())
    }

    pub(crate) fn cosh(self) -> Self {
        self.chain(self.value.cosh(), self.value.sinh())
    }

    /// d asinh a = da / cosh(asinh a)
    pub(crate) fn asinh(self) -> Self {
        let value = self.value.asinh();
        self.chain(value, value.cosh().recip())
    }

    /// ln(a + √(a² − 1)), with t = a − 1 near 1.
    pub(crate) fn acosh(self) -> Self {
        let t = self.value - 1.0;
        let value = if t < 1.0 { (t + (t * (t + 2.0)).sqrt()).ln_1p() } else { self.value.acosh() };
        self.chain(value, (t * (self.value + 1.0)).sqrt().recip())
    }

    /// ½ ln((1 + a) / (1 − a))
    pub(crate) fn atanh(self) -> Self {
        let a = self.value;
        self.chain(0.5 * (a.ln_1p() - (-a).ln_1p()), ((1.0 - a) * (1.0 + a)).recip())
    }

    /// sin a / a; its derivative near 0 by its series.
    pub(crate) fn sinc(self) -> Self {
        let a = self.value;
        if a == 0.0 {
            return self.chain(1.0, 0.0);
        }
        let value = a.sin() / a;
        self.chain(value, if a.abs() < 1.0 { sinc_slope(a) } else { (a.cos() - value) / a })
    }

    /// jₙ(a) = aⁿ / (2ⁿ⁺¹ n!) ∫ cos(at) (1 − t²)ⁿ dt over −1 … 1 (DLMF 10.54.1).
    pub(crate) fn spherical_bessel(self, n: f64) -> Self {
        let a = self.value;
        let mut factor = 0.5;
        let mut k = 1.0;
        while k <= n {
            factor /= 2.0 * k;
            k += 1.0;
        }
        let weight = |t: f64| ((1.0 - t) * (1.0 + t)).powf(n);
        let value = integral(-1.0, 1.0, |t| (a * t).cos() * weight(t));
        let slope = integral(-1.0, 1.0, |t| -t * (a * t).sin() * weight(t));
        let power = a.powf(n);
        let along = if n == 0.0 { 0.0 } else { n * a.powf(n - 1.0) };
        self.chain(factor * power * value, factor * (along * value + power * slope))
    }

    /// ln(p / (1 − p))
    pub(crate) fn logit(self) -> Self {
        let p = self.value;
        let value = if p > 0.25 && p < 0.75 {
            // 2 atanh(2p − 1), where the logarithms cancel.
            2.0 * (2.0 * p - 1.0).atanh()
        } else {
            p.ln() - (-p).ln_1p()
        };
        self.chain(value, p.recip() + (1.0 - p).recip())
    }

    /// a − tanh a, near 0 by the series of a cosh a − sinh a.
    pub(crate) fn tanhshrink(self) -> Self {
        let a = self.value;
        let value = if a.abs() < 1.0 {
            let (mut term, mut sum) = (a, 0.0);
            for k in 1..14 {
                let even = 2.0 * f64::from(k);
                term *= a * a / (even * (even + 1.0));
                sum += even * term;
            }
            sum / a.cosh()
        } else {
            a - a.tanh()
        };
        self.chain(value, a.tanh() * a.tanh())
    }

    /// ln cosh a; near 0, cosh a − 1 = 2 sinh²(a/2).
    pub(crate) fn log_cosh(self) -> Self {
        let a = self.value.abs();
        let half = (0.5 * a).sinh();
        let value = if a < 1.0 { (2.0 * half * half).ln_1p() } else { a + ((-2.0 * a).exp().ln_1p() - LN_2) };
        self.chain(value, self.value.tanh())
    }

    /// ½ a (1 + tanh u), as it was published.
    pub(crate) fn gelu_tanh(self) -> Self {
        let u = Self::from((2.0 / PI).sqrt()) * (self + Self::from(0.044_715) * self * self * self);
        // 1 + tanh u = 2 / (1 + e⁻²ᵘ) = 2 e²ᵘ / (1 + e²ᵘ)
        let e = (Self::from(-2.0) * u.abs()).exp();
        let small = self / (Self::from(1.0) + e);
        if u.value < 0.0 { small * e } else { small }
    }

    /// With q = eᵃ, tanh ln(1 + q) = (q² + 2q) / (q² + 2q + 2).
    pub(crate) fn mish(self) -> Self {
        // Divided by q², where q is large.
        let (one, two) = (Self::from(1.0), Self::from(2.0));
        if self.value > 0.0 {
            let r = (-self).exp();
            self * (one + two * r) / (one + two * r + two * r * r)
        } else {
            let q = self.exp();
            self * (q * q + two * q) / (q * q + two * q + two)
        }
    }

    pub(crate) fn erf(self) -> Self {
        self.chain(libm::erf(self.value), FRAC_2_SQRT_PI * (-self.value * self.value).exp())
    }

    pub(crate) fn erfc(self) -> Self {
        self.chain(libm::erfc(self.value), -FRAC_2_SQRT_PI * (-self.value * self.value).exp())
    }

    pub(crate) fn normal_density(self) -> Self {
        Self::from(FRAC_1_SQRT_TAU) * (Self::from(-0.5) * self * self).exp()
    }

    pub(crate) fn ndtr(self) -> Self {
        let density = Self::from(self.value).normal_density().value;
        let a = self.value;
        self.chain(if a < -5.0 { density * mills(-a) } else { 0.5 * libm::erfc(-a * FRAC_1_SQRT_2) }, density)
    }

    pub(crate) fn log_ndtr(self) -> Self {
        let a = self.value;
        let value = if a < -1.0 {
            mills(-a).ln() + FRAC_1_SQRT_TAU.ln() - 0.5 * a * a
        } else {
            (-0.5 * libm::erfc(a * FRAC_1_SQRT_2)).ln_1p()
        };
        self.chain(value, Self::from(a).inverse_mills().value)
    }

    /// m = φ / Φ, whose derivative is −m (m + a).
    pub(crate) fn inverse_mills(self) -> Self {
        let a = self.value;
        let value =
            if a < 0.0 { mills(-a).recip() } else { Self::from(a).normal_density().value / Self::from(a).ndtr().value };
        self.chain(value, -value * excess(a, value))
    }

    /// (m + a)′ = 1 − m (m + a)
    pub(crate) fn inverse_mills_excess(self) -> Self {
        let m = Self::from(self.value).inverse_mills().value;
        let value = excess(self.value, m);
        self.chain(value, 1.0 - m * value)
    }

    pub(crate) fn lgamma(self) -> Self {
        self.chain(libm::lgamma(self.value), digamma(self.value))
    }

    pub(crate) fn digamma(self) -> Self {
        self.chain(digamma(self.value), polygamma(1.0, self.value))
    }

    /// The derivative number `n` of ψ.
    pub(crate) fn polygamma(self, n: f64) -> Self {
        self.chain(polygamma(n, self.value), polygamma(n + 1.0, self.value))
    }

    /// ∫ of ψ over s … s + y.
    pub(crate) fn lgamma_difference(self, s: Self) -> Self {
        let (from, step) = (s.value, self.value);
        let value = if from > 0.0 && from + step > 0.0 {
            over(from, step, digamma)
        } else {
            libm::lgamma(from + step) - libm::lgamma(from)
        };
        Self::new(value, 0.0)
            + self.chain(0.0, digamma(from + step))
            + s.chain(0.0, polygamma_difference(0.0, step, from))
    }

    pub(crate) fn digamma_difference(self, s: Self) -> Self {
        self.polygamma_difference(0.0, s)
    }

    /// The difference of derivatives number `n` of ψ.
    pub(crate) fn polygamma_difference(self, n: f64, s: Self) -> Self {
        let (from, step) = (s.value, self.value);
        let along = self.chain(polygamma_difference(n, step, from), polygamma(n + 1.0, from + step));
        along + s.chain(0.0, polygamma_difference(n + 1.0, step, from))
    }

    /// The derivative number `n` of (eᵃ − 1) / a, which is ∫ eᵃᵗ dt over 0 … 1.
    pub(crate) fn exprel(self, n: f64) -> Self {
        let a = self.value;
        let moment = |n: f64| integral(0.0, 1.0, |t| t.powf(n) * (a * t).exp());
        self.chain(moment(n), moment(n + 1.0))
    }

    /// √(1 + a²) − 1 = 2 sinh²(½ asinh a)
    pub(crate) fn pseudo_huber(self) -> Self {
        let half = (0.5 * self.value.asinh()).sinh();
        self.chain(2.0 * half * half, self.value.asinh().tanh())
    }
}

/// Σ (−1)ᵏ 2k a²ᵏ⁻¹ / (2k + 1)!
fn sinc_slope(a: f64) -> f64 {
    let (mut term, mut sum) = (a.recip(), 0.0);
    for k in 1..12 {
        let even = 2.0 * f64::from(k);
        term *= -a * a / (even * (even + 1.0));
        sum += even * term;
    }
    sum
}

/// Gauss and Legendre's rule of five points, on 400 pieces: exact to rounding for what oscillates or decays there.
pub(super) fn integral(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    integral_of(400, low, high, f)
}

/// Gauss and Legendre's rule on so many pieces.
fn integral_of(pieces: u32, low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const RULE: [(f64, f64); 5] = [
        (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    let half = 0.5 * (high - low) / f64::from(pieces);
    let mut sum = 0.0;
    for k in 0..pieces {
        let middle = low + f64::from(2 * k + 1) * half;
        sum += RULE.iter().map(|(at, weight)| weight * f(middle + half * at)).sum::<f64>();
    }
    sum * half
}

/// (1 − Φ(t)) / φ(t) = ∫ e^(−ts − s²/2) ds over 0 … ∞, for t ≥ 0. In units of 1 / (1 + t) the integrand is smooth.
fn mills(t: f64) -> f64 {
    let unit = (1.0 + t).recip();
    integral(0.0, 40.0, |u| (-(t * unit) * u - 0.5 * (unit * u) * (unit * u)).exp()) * unit
}

/// m(a) + a. Since ∫ (t + s) e^(−ts − s²/2) ds = 1, it is the mean of s under e^(−ts − s²/2), where t = −a.
fn excess(a: f64, m: f64) -> f64 {
    if a > 0.0 {
        return m + a;
    }
    let unit = (1.0 - a).recip();
    let weight = |u: f64| ((a * unit) * u - 0.5 * (unit * u) * (unit * u)).exp();
    m * unit * unit * integral(0.0, 40.0, |u| u * weight(u))
}

/// ψ from x = 100 on by two terms of its asymptotic series, below by ψ(x + 1) = ψ(x) + 1/x (DLMF 5.11.2, 5.5.2).
fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        // DLMF 5.5.4
        return if x.fract() == 0.0 { f64::NAN } else { digamma(1.0 - x) - PI / (PI * x.fract()).tan() };
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 100.0 {
        sum -= x.recip();
        x += 1.0;
    }
    let inverse = x.recip();
    let square = inverse * inverse;
    sum + (x.ln() - 0.5 * inverse - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0)))
}

/// ψ⁽ⁿ⁾(s + y) − ψ⁽ⁿ⁾(s) = ∫ of ψ⁽ⁿ⁺¹⁾ over s … s + y; as it stands for numbers that are not positive.
fn polygamma_difference(n: f64, y: f64, s: f64) -> f64 {
    if s > 0.0 && s + y > 0.0 {
        return over(s, y, |x| polygamma(n + 1.0, x));
    }
    let value = |x| if n == 0.0 { digamma(x) } else { polygamma(n, x) };
    value(s + y) - value(s)
}

/// ∫ f over s … s + y of positive numbers, in ln x where they differ in size.
fn over(s: f64, y: f64, f: impl Fn(f64) -> f64) -> f64 {
    let size = (y / s).ln_1p();
    integral_of(40, 0.0, size, |u| f(s + s * u.exp_m1()) * s * u.exp())
}

/// (−1)ⁿ⁺¹ n! Σ (x + k)⁻ⁿ⁻¹, whose tail is summed by Euler and Maclaurin's formula from x = 100 on.
fn polygamma(n: f64, x: f64) -> f64 {
    let sign = if n % 2.0 == 0.0 { -1.0 } else { 1.0 };
    if x <= 0.0 {
        if x.fract() == 0.0 {
            return f64::NAN;
        }
        let (sin, cos) = (PI * x.fract()).sin_cos();
        if n < 1.5 {
            return PI * PI / (sin * sin) - polygamma(n, 1.0 - x);
        }
        return if n < 2.5 { polygamma(n, 1.0 - x) - 2.0 * PI.powi(3) * cos / sin.powi(3) } else { f64::NAN };
    }
    let s = n + 1.0;
    let factorial = libm::tgamma(s);
    let (mut end, mut sum) = (x, 0.0);
    while end < 100.0 {
        sum += end.powf(-s);
        end += 1.0;
    }
    // ∫ t⁻ˢ + ½ x⁻ˢ + s x⁻ˢ⁻¹ / 12 − s (s+1) (s+2) x⁻ˢ⁻³ / 720 + …
    let last = end.powf(-s);
    let tail = last
        * (end / n + 0.5 + s / (12.0 * end) - s * (s + 1.0) * (s + 2.0) / (720.0 * end.powi(3))
            + s * (s + 1.0) * (s + 2.0) * (s + 3.0) * (s + 4.0) / (30240.0 * end.powi(5)));
    sign * factorial * (sum + tail)
}
