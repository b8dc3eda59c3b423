//! The functions of the language, each written once for single numbers and for vectors.
//!
//! To add a function, add a method to [`Elementwise`], in terms of the others: kernels call it on [`Lanes`], and what a
//! loss computes once on `f64`. The first methods are what the two have in common, and each has of its own; functions with
//! an algorithm of their own come from the list in [`primitives`](super::primitives). Functions
//! that have no vector form go through [`one_by_one`](super::one_by_one) in `f64`, one lane after the other.

use core::f64::consts::LN_2;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Math;
use super::primitives::primitives;
use super::{bessel, exprel, gamma_difference, normal_inverse, one_by_one};
use crate::simd::{Lanes, Simd};

macro_rules! declared {
    ($($(#[$meaning:meta])* $name:ident($($operand:ident),*) = $function:path, $alone:path;)*) => {
        $($(#[$meaning])* #[must_use] fn $name(self $(, $operand: Self)*) -> Self;)*
    };
}

/// The functions of the language, of a number or of a vector of them.
///
/// Errors beyond the functions that they are made of are a few roundings; infinities and NaN are what limits say, unless
/// a method says otherwise.
#[allow(missing_docs, reason = "the names and their meaning are those of the language")]
pub trait Elementwise:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    // Functions that instructions and the other files of this folder compute.

    /// `x`, in every lane.
    #[must_use]
    fn number(self, x: f64) -> Self;
    /// `self * b + c`, rounded once where that costs nothing.
    #[must_use]
    fn fused_or_not(self, b: Self, c: Self) -> Self;
    /// `self * b + c`, always rounded once.
    #[must_use]
    fn fused(self, b: Self, c: Self) -> Self;
    /// The square root.
    #[must_use]
    fn sqrt(self) -> Self;
    /// The magnitude.
    #[must_use]
    fn abs(self) -> Self;
    /// This magnitude with the sign of `sign`; `self` must not be negative.
    #[must_use]
    fn with_sign_of(self, sign: Self) -> Self;
    /// `then` where `self < other`, otherwise `or`; also where either is NaN.
    #[must_use]
    fn where_less(self, other: Self, then: Self, or: Self) -> Self;
    /// `then` where `self <= other`, otherwise `or`.
    #[must_use]
    fn where_less_or_equal(self, other: Self, then: Self, or: Self) -> Self;
    /// `then` where `self == other`, otherwise `or`.
    #[must_use]
    fn where_equal(self, other: Self, then: Self, or: Self) -> Self;
    /// The nearest whole number, of two the even one.
    #[must_use]
    fn round(self) -> Self;
    primitives!(declared);
    /// `function` of the lanes of each number of `operands`.
    #[must_use]
    fn each<const N: usize>(operands: [Self; N], function: fn([f64; N]) -> f64) -> Self;

    // Powers and roots.

    #[inline(always)]
    #[must_use]
    fn sq(self) -> Self {
        self * self
    }

    /// 1 − x², without cancellation at ±1.
    #[inline(always)]
    #[must_use]
    fn one_minus_sq(self) -> Self {
        let one = self.number(1.0);
        (one - self) * (one + self)
    }

    #[inline(always)]
    #[must_use]
    fn recip(self) -> Self {
        self.number(1.0) / self
    }

    /// 1 / x, and 0 at 0.
    #[inline(always)]
    #[must_use]
    fn recip_or_zero(self) -> Self {
        let zero = self.number(0.0);
        self.where_equal(zero, zero, self.recip())
    }

    #[inline(always)]
    #[must_use]
    fn rsqrt(self) -> Self {
        self.sqrt().recip()
    }

    #[inline(always)]
    #[must_use]
    fn pow(self, p: Self) -> Self {
        Self::each([self, p], |[a, b]| f64::powf(a, b))
    }

    /// m √(1 + (n/m)²), where m is the larger magnitude: nothing overflows.
    #[inline(always)]
    #[must_use]
    fn hypot(self, other: Self) -> Self {
        let (a, b) = (self.abs(), other.abs());
        let large = b.where_less(a, a, b);
        let small = b.where_less(a, b, a);
        let ratio = small / large;
        let value = large * ratio.fused_or_not(ratio, self.number(1.0)).sqrt();
        // Where the ratio is 0/0 or ∞/∞.
        let simple = large.where_equal(self.number(0.0), large, value);
        large.where_equal(self.number(f64::INFINITY), large, simple)
    }

    /// Its derivative in the first operand: x / √(x² + y²), and 0 at the origin.
    #[inline(always)]
    #[must_use]
    fn hypot_slope(self, other: Self) -> Self {
        let length = self.hypot(other);
        length.where_equal(self.number(0.0), length, self / length)
    }

    // Exponentials and logarithms.

    /// ln(−expm1(−x)) up to ln 2, log1p(−e⁻ˣ) beyond: both have an argument that is far from what it is subtracted from.
    #[inline(always)]
    #[must_use]
    fn log1mexp(self) -> Self {
        let near = (-(-self).expm1()).ln();
        let far = (-(-self).exp()).log1p();
        self.where_less(self.number(LN_2), near, far)
    }

    /// m + log1p(e^−|x − y|), where m is the larger one.
    #[inline(always)]
    #[must_use]
    fn logaddexp(self, other: Self) -> Self {
        let large = self.larger(other);
        let value = large + (-(self - other).abs()).exp().log1p();
        // Two infinities have no difference.
        self.where_equal(other, large + self.number(LN_2), value)
    }

    /// x ln y, and 0 where x is 0, whatever y is.
    #[inline(always)]
    #[must_use]
    fn xlogy(self, y: Self) -> Self {
        let zero = self.number(0.0);
        self.where_equal(zero, zero, self * y.ln())
    }

    /// The derivative number n of (eˣ − 1) / x, where n is `self`, a whole number.
    #[inline(always)]
    #[must_use]
    fn exprel_derivative(self, x: Self) -> Self {
        Self::each([self, x], |[a, b]| one_by_one::exprel_derivative(a, b))
    }

    // Circular and hyperbolic functions and their inverses.

    #[inline(always)]
    #[must_use]
    fn tan(self) -> Self {
        self.sin() / self.cos()
    }

    /// The angle of the point (x, self).
    #[inline(always)]
    #[must_use]
    fn atan2(self, x: Self) -> Self {
        Self::each([self, x], |[a, b]| f64::atan2(a, b))
    }

    /// Both terms have the sign of x. Infinite where eˣ is, which is a little early.
    #[inline(always)]
    #[must_use]
    fn sinh(self) -> Self {
        self.number(0.5) * (self.expm1() - (-self).expm1())
    }

    /// A division takes less than another exponential.
    #[inline(always)]
    #[must_use]
    fn cosh(self) -> Self {
        let e = self.abs().exp();
        self.number(0.5) * (e + e.recip())
    }

    /// asinh a = ln(a + √(a² + 1)) = log1p(a + a / (1/a + √(1 + 1/a²))), for a ≥ 0.
    #[inline(always)]
    #[must_use]
    fn asinh(self) -> Self {
        let a = self.abs();
        let inverse = a.recip();
        let root = inverse.fused_or_not(inverse, self.number(1.0)).sqrt();
        (a + a / (inverse + root)).log1p().with_sign_of(self)
    }

    /// With t = x − 1, which is exact near 1: log1p(t + √(t (t + 2))), where the root is t if t² may overflow.
    #[inline(always)]
    #[must_use]
    fn acosh(self) -> Self {
        let t = self - self.number(1.0);
        let root = (t * (t + self.number(2.0))).sqrt();
        (t + self.number(1e17).where_less(t, t, root)).log1p()
    }

    /// ½ ln((1 + a) / (1 − a)) = ½ log1p(2a / (1 − a)).
    #[inline(always)]
    #[must_use]
    fn atanh(self) -> Self {
        let a = self.abs();
        (self.number(0.5) * ((a + a) / (self.number(1.0) - a)).log1p()).with_sign_of(self)
    }

    #[inline(always)]
    #[must_use]
    fn sinc(self) -> Self {
        self.where_equal(self.number(0.0), self.number(1.0), self.sin() / self)
    }

    /// jₙ(x), where n is `self`, a whole number.
    #[inline(always)]
    #[must_use]
    fn spherical_bessel(self, x: Self) -> Self {
        Self::each([self, x], |[a, b]| one_by_one::spherical_bessel(a, b))
    }

    // Sigmoids and what belongs to them.

    /// With p at most ½: near 0 ln(p / (1 − p)); from ¼ on, where that would cancel, log1p((2p − 1) / (1 − p)).
    #[inline(always)]
    #[must_use]
    fn logit(self) -> Self {
        let one = self.number(1.0);
        let half = self.number(0.5);
        let rest = one - self;
        let p = half.where_less(self, rest, self);
        let q = half.where_less(self, self, rest);
        let value = p.where_less(self.number(0.25), (p / q).ln(), ((p - q) / q).log1p());
        half.where_less(self, -value, value)
    }

    #[inline(always)]
    #[must_use]
    fn softsign(self) -> Self {
        self / (self.number(1.0) + self.abs())
    }

    /// Near 0, x cosh x − sinh x is x³ times a series of positive terms 2k x²ᵏ⁻² / (2k + 1)!.
    #[inline(always)]
    #[must_use]
    fn tanhshrink(self) -> Self {
        // 2k / (2k + 1)! for k = 1 … 9: the next term is 10⁻¹⁸ of the first one at 1.
        const TERMS: [f64; 9] = [
            2.0 / 6.0,
            4.0 / 120.0,
            6.0 / 5040.0,
            8.0 / 362_880.0,
            10.0 / 39_916_800.0,
            12.0 / 6_227_020_800.0,
            14.0 / 1_307_674_368_000.0,
            16.0 / 355_687_428_096_000.0,
            18.0 / 121_645_100_408_832_000.0,
        ];
        let square = self * self;
        let mut series = self.number(TERMS[8]);
        for &term in TERMS[..8].iter().rev() {
            series = series.fused_or_not(square, self.number(term));
        }
        let near = self * square * series / self.cosh();
        self.abs().where_less(self.number(1.0), near, self - self.tanh())
    }

    /// With u = e^−|x| − 1: up to 1, cosh x − 1 = u² / (2 (1 + u)); beyond, |x| − ln 2 + log1p((1 + u)²).
    #[inline(always)]
    #[must_use]
    fn log_cosh(self) -> Self {
        let a = self.abs();
        let one = self.number(1.0);
        let u = (-a).expm1();
        let e = one + u;
        let argument = a.where_less(one, u * u / (e + e), e * e);
        argument.log1p() + a.where_less(one, self.number(0.0), a - self.number(LN_2))
    }

    /// NaN stays NaN.
    #[inline(always)]
    #[must_use]
    fn relu(self) -> Self {
        let zero = self.number(0.0);
        self.where_less_or_equal(zero, zero, self)
    }

    // The normal distribution and the Gamma function.

    /// e^(−x²). What rounding loses of x² would count x² times: it is a factor of its own.
    #[inline(always)]
    #[must_use]
    fn gaussian(self) -> Self {
        let x = clamped_magnitude(self, 30.0);
        exp_of_minus_product(x, x)
    }

    /// e^(−x²/2) / √2π
    #[inline(always)]
    #[must_use]
    fn normal_density(self) -> Self {
        let x = clamped_magnitude(self, 45.0);
        self.number(one_by_one::FRAC_1_SQRT_TAU) * exp_of_minus_product(x, x * self.number(0.5))
    }

    /// The derivative number n of digamma, where n is `self`, a whole number.
    #[inline(always)]
    #[must_use]
    fn polygamma(self, x: Self) -> Self {
        Self::each([self, x], |[a, b]| one_by_one::polygamma(a, b))
    }

    /// The derivative number n of digamma at s + y less that at s, where n is `self`.
    #[inline(always)]
    #[must_use]
    fn polygamma_difference(self, y: Self, s: Self) -> Self {
        Self::each([self, y, s], |[n, y, s]| one_by_one::polygamma_difference(n, y, s))
    }

    // Losses of one residual.

    /// x² / (√(1 + x²) + 1)
    #[inline(always)]
    #[must_use]
    fn pseudo_huber(self) -> Self {
        let one = self.number(1.0);
        self * (self / (one + one.hypot(self)))
    }

    // Choices.

    /// The number itself: its derivative is the compiler's matter.
    #[inline(always)]
    #[must_use]
    fn stop_gradient(self) -> Self {
        self
    }

    /// −1, 0 or 1; NaN for NaN.
    #[inline(always)]
    #[must_use]
    fn sign(self) -> Self {
        let zero = self.number(0.0);
        let one = self.number(1.0).with_sign_of(self);
        zero.where_less(self.abs(), one, self.where_equal(zero, zero, self))
    }

    /// 1 above 0, otherwise 0; NaN for NaN.
    #[inline(always)]
    #[must_use]
    fn step(self) -> Self {
        let zero = self.number(0.0);
        zero.where_less(self, self.number(1.0), self.relu())
    }

    /// NaN if either is.
    #[inline(always)]
    #[must_use]
    fn larger(self, other: Self) -> Self {
        // A comparison with NaN gives `other`, which is right if that is the NaN.
        self.where_equal(self, other.where_less(self, self, other), self)
    }

    /// NaN if either is.
    #[inline(always)]
    #[must_use]
    fn smaller(self, other: Self) -> Self {
        self.where_equal(self, self.where_less(other, self, other), self)
    }

    /// NaN stays NaN.
    #[inline(always)]
    #[must_use]
    fn clip(self, low: Self, high: Self) -> Self {
        high.where_less(self, high, self.where_less(low, low, self))
    }

    /// `a` where this is above 0.
    #[inline(always)]
    #[must_use]
    fn select(self, a: Self, b: Self) -> Self {
        self.number(0.0).where_less(self, a, b)
    }

    #[inline(always)]
    #[must_use]
    fn greater(self, other: Self) -> Self {
        other.where_less(self, self.number(1.0), self.number(0.0))
    }

    #[inline(always)]
    #[must_use]
    fn less(self, other: Self) -> Self {
        self.where_less(other, self.number(1.0), self.number(0.0))
    }

    #[inline(always)]
    #[must_use]
    fn greater_equal(self, other: Self) -> Self {
        other.where_less_or_equal(self, self.number(1.0), self.number(0.0))
    }

    #[inline(always)]
    #[must_use]
    fn less_equal(self, other: Self) -> Self {
        self.where_less_or_equal(other, self.number(1.0), self.number(0.0))
    }

    #[inline(always)]
    #[must_use]
    fn equal(self, other: Self) -> Self {
        self.where_equal(other, self.number(1.0), self.number(0.0))
    }

    #[inline(always)]
    #[must_use]
    fn floor(self) -> Self {
        let nearest = self.round();
        self.where_less(nearest, nearest - self.number(1.0), nearest)
    }
}

macro_rules! vector {
    ($($(#[$meaning:meta])* $name:ident($($operand:ident),*) = $function:path, $alone:path;)*) => {
        $(#[inline(always)]
        fn $name(self $(, $operand: Self)*) -> Self {
            T::$name(self $(, $operand)*)
        })*
    };
}

macro_rules! alone {
    ($($(#[$meaning:meta])* $name:ident($($operand:ident),*) = $function:path, $alone:path;)*) => {
        $(#[inline(always)]
        fn $name(self $(, $operand: Self)*) -> Self {
            $alone(self $(, $operand)*)
        })*
    };
}

macro_rules! forward {
    ($($name:ident($($operand:ident),*) = $method:ident;)*) => {
        $(#[inline(always)]
        fn $name(self $(, $operand: Self)*) -> Self {
            Self::$method(self $(, $operand)*)
        })*
    };
}

impl<T: Math, S: Simd> Elementwise for Lanes<T, S> {
    primitives!(vector);
    forward! {
        fused_or_not(b, c) = mul_add;
        fused(b, c) = fused;
        sqrt() = sqrt;
        abs() = abs;
        with_sign_of(sign) = with_sign_of;
    }

    #[inline(always)]
    fn number(self, x: f64) -> Self {
        self.like(T::from_f64(x))
    }

    #[inline(always)]
    fn where_less(self, other: Self, then: Self, or: Self) -> Self {
        self.less(other).select(then, or)
    }

    #[inline(always)]
    fn where_less_or_equal(self, other: Self, then: Self, or: Self) -> Self {
        self.less_or_equal(other).select(then, or)
    }

    #[inline(always)]
    fn where_equal(self, other: Self, then: Self, or: Self) -> Self {
        self.equal(other).select(then, or)
    }

    #[inline(always)]
    fn round(self) -> Self {
        // From 1/ε on there are no fractions; below, adding it rounds.
        let large = self.like(T::ROUNDER) / self.number(1.5);
        let magnitude = self.abs();
        magnitude.less(large).select(((magnitude + large) - large).with_sign_of(self), self)
    }

    #[inline(always)]
    fn each<const N: usize>(operands: [Self; N], function: fn([f64; N]) -> f64) -> Self {
        one_by_one::each_lane(operands, function)
    }
}

impl Elementwise for f64 {
    primitives!(alone);
    forward! {
        fused_or_not(b, c) = mul_add;
        fused(b, c) = mul_add;
        sqrt() = sqrt;
        abs() = abs;
        with_sign_of(sign) = copysign;
        round() = round_ties_even;
    }

    #[inline(always)]
    fn number(self, x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn where_less(self, other: Self, then: Self, or: Self) -> Self {
        if self < other { then } else { or }
    }

    #[inline(always)]
    fn where_less_or_equal(self, other: Self, then: Self, or: Self) -> Self {
        if self <= other { then } else { or }
    }

    #[inline(always)]
    #[allow(clippy::float_cmp, reason = "that is what is asked")]
    fn where_equal(self, other: Self, then: Self, or: Self) -> Self {
        if self == other { then } else { or }
    }

    #[inline(always)]
    fn each<const N: usize>(operands: [Self; N], function: fn([f64; N]) -> f64) -> Self {
        function(operands)
    }
}

/// The magnitude of x, or `most` if that is smaller; NaN stays NaN.
#[inline(always)]
fn clamped_magnitude<N: Elementwise>(x: N, most: f64) -> N {
    let (magnitude, most) = (x.abs(), x.number(most));
    most.where_less(magnitude, most, magnitude)
}

/// e^(−ab) = e^(−p) (1 − (ab − p)), where p is the rounded product.
#[inline(always)]
fn exp_of_minus_product<N: Elementwise>(a: N, b: N) -> N {
    let product = a * b;
    let lost = a.fused(b, -product);
    let value = (-product).exp();
    value - value * lost
}
