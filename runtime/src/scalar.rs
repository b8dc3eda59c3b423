//! Functions of the language on single numbers: what a loss computes once, not once an element.

/// The functions that `f64` lacks, under the names that [`Lanes`](crate::simd::Lanes) has them by.
pub trait ScalarMath {
    /// x².
    #[must_use]
    fn sq(self) -> Self;
    /// 1 / x, and 0 at 0.
    #[must_use]
    fn recip_or_zero(self) -> Self;
    /// −1, 0 or 1; NaN for NaN.
    #[must_use]
    fn sign(self) -> Self;
    /// 1 above 0, otherwise 0; NaN for NaN.
    #[must_use]
    fn step(self) -> Self;
    /// The larger of x and 0; NaN for NaN.
    #[must_use]
    fn relu(self) -> Self;
    /// 1 / (1 + e⁻ˣ).
    #[must_use]
    fn sigmoid(self) -> Self;
    /// ln(1 + eˣ).
    #[must_use]
    fn softplus(self) -> Self;
}

impl ScalarMath for f64 {
    fn sq(self) -> Self {
        self * self
    }

    fn recip_or_zero(self) -> Self {
        if self == 0.0 { 0.0 } else { self.recip() }
    }

    fn sign(self) -> Self {
        if self == 0.0 || self.is_nan() { self } else { self.signum() }
    }

    fn step(self) -> Self {
        if self > 0.0 {
            1.0
        } else if self.is_nan() {
            self
        } else {
            0.0
        }
    }

    fn relu(self) -> Self {
        if self < 0.0 { 0.0 } else { self }
    }

    fn sigmoid(self) -> Self {
        // e⁻|ˣ| never overflows, and neither branch cancels.
        let e = (-self.abs()).exp();
        if self < 0.0 { e / (1.0 + e) } else { (1.0 + e).recip() }
    }

    fn softplus(self) -> Self {
        self.relu() + (-self.abs()).exp().ln_1p()
    }
}
