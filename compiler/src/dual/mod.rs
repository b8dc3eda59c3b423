//! Dual numbers: a value and its derivative along one direction. The oracle that gradients are tested against.
//!
//! The derivatives here are written from the definitions of a few primitives and the chain rule, not from the
//! table of operations, so that the two can disagree.

mod dense;
mod functions;
mod special;

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

pub(crate) use dense::Dense;

/// value + slope ε, with ε² = 0.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Dual {
    pub(crate) value: f64,
    pub(crate) slope: f64,
}

impl Dual {
    pub(crate) const NAN: Self = Self { value: f64::NAN, slope: f64::NAN };

    pub(crate) fn new(value: f64, slope: f64) -> Self {
        Self { value, slope }
    }

    /// f(value) + f′(value) slope ε.
    fn chain(self, value: f64, derivative: f64) -> Self {
        // A direction that does not move leaves even an infinite derivative without effect.
        let slope = if self.slope == 0.0 { 0.0 } else { derivative * self.slope };
        Self { value, slope }
    }

    pub(crate) fn exp(self) -> Self {
        let value = self.value.exp();
        self.chain(value, value)
    }

    pub(crate) fn ln(self) -> Self {
        self.chain(self.value.ln(), self.value.recip())
    }

    pub(crate) fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        self.chain(value, 0.5 / value)
    }

    pub(crate) fn sin(self) -> Self {
        self.chain(self.value.sin(), self.value.cos())
    }

    pub(crate) fn cos(self) -> Self {
        self.chain(self.value.cos(), -self.value.sin())
    }

    /// tanh′ = 1 / cosh².
    pub(crate) fn tanh(self) -> Self {
        let cosh = self.value.cosh();
        self.chain(self.value.tanh(), (cosh * cosh).recip())
    }

    /// 1 / (1 + e⁻ᵃ).
    pub(crate) fn sigmoid(self) -> Self {
        Self::from(1.0) / (Self::from(1.0) + (-self).exp())
    }

    /// ln(1 + eᵃ), by the branch that does not overflow.
    pub(crate) fn softplus(self) -> Self {
        if self.value > 0.0 {
            self + (Self::from(1.0) + (-self).exp()).ln()
        } else {
            let e = self.exp();
            e.chain(e.value.ln_1p(), (1.0 + e.value).recip())
        }
    }

    pub(crate) fn abs(self) -> Self {
        self.chain(self.value.abs(), self.sign().value)
    }

    pub(crate) fn sign(self) -> Self {
        let sign = if self.value == 0.0 { 0.0 } else { self.value.signum() };
        self.chain(sign, 0.0)
    }

    pub(crate) fn step(self) -> Self {
        let step = if self.value > 0.0 { 1.0 } else { 0.0 * self.value };
        self.chain(step.abs(), 0.0)
    }

    /// 1 or 0, which has no slope.
    pub(crate) fn holds(condition: bool) -> Self {
        Self::from(f64::from(u8::from(condition)))
    }

    /// `a` where this is above 0, otherwise `b`; only that one counts.
    pub(crate) fn positive_or(self, a: Self, b: Self) -> Self {
        if self.value > 0.0 { a } else { b }
    }

    /// The larger one; of two equal ones, the mean of their slopes. NaN if either is.
    pub(crate) fn max(self, b: Self) -> Self {
        match self.value.partial_cmp(&b.value) {
            Some(Ordering::Less) => b,
            Some(Ordering::Equal) => Self::new(self.value, self.slope.midpoint(b.slope)),
            Some(Ordering::Greater) => self,
            None => Self::NAN,
        }
    }

    /// A slope strictly between the bounds.
    pub(crate) fn clip(self, low: f64, high: f64) -> Self {
        self.clip_between(low.into(), high.into())
    }

    pub(crate) fn clip_between(self, low: Self, high: Self) -> Self {
        if self.value >= high.value {
            high
        } else if self.value <= low.value {
            low
        } else {
            self
        }
    }
}

impl From<f64> for Dual {
    fn from(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }
}

impl Add for Dual {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self::new(self.value + b.value, self.slope + b.slope)
    }
}

impl Sub for Dual {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        Self::new(self.value - b.value, self.slope - b.slope)
    }
}

impl Mul for Dual {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        Self::new(self.value * b.value, self.slope * b.value + self.value * b.slope)
    }
}

impl Div for Dual {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        let value = self.value / b.value;
        Self::new(value, (self.slope - value * b.slope) / b.value)
    }
}

impl Neg for Dual {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.value, -self.slope)
    }
}
