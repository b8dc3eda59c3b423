//! Elementwise functions in explicit vectors.
//!
//! One file for each primitive, which opens with its mathematics. All of one number are accurate to 1 ulp in `f32` and 2 ulp
//! in `f64`, those of two to 2 ulp in both (each file says what was measured, and where it is more), and do what IEEE 754 says with infinities, NaN, signed zeros and
//! subnormal numbers. Vectors of 256 and of 512 bits give the same bits; plain Rust, which does not fuse, may differ in
//! the last one. The constants come from coefficients.py.
//!
//! Two kinds of branches are taken for a whole vector. `exp`, `ln`, `sigmoid` and `softplus` leave out what large,
//! subnormal and undefined numbers need where no lane has one; a lane's bits don't depend on which way it went. And sines
//! and cosines beyond 10⁵ (`f32`) or 10⁸ (`f64`), and the Gamma function's of negative numbers, are computed one by one.

#![allow(clippy::inline_always, reason = "a function that is not inlined is compiled without the instruction set")]

mod compensated;
mod double_double;
mod elementwise;
mod exp;
mod exprel;
mod gamma;
mod gamma_difference;
mod inverse_trig;
mod ln;
mod normal;
mod one_by_one;
mod sigmoid;
mod tanh;
mod trig;

#[cfg(test)]
mod references;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use elementwise::Elementwise;
use pulp::WithSimd;

use crate::simd::{Lanes, Scalar, Simd};

/// The functions whose vector form depends on the precision.
pub trait Math: Scalar {
    /// eˣ.
    fn exp<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// eˣ of several vectors.
    fn exp_each<S: Simd, const R: usize>(x: [Lanes<Self, S>; R]) -> [Lanes<Self, S>; R];
    /// eˣ − 1.
    fn expm1<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The natural logarithm.
    fn ln<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// ln(1 + x).
    fn log1p<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The hyperbolic tangent.
    fn tanh<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// 1 / (1 + e⁻ˣ).
    fn sigmoid<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// ln(1 + eˣ).
    fn softplus<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The sine of radians.
    fn sin<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The cosine of radians.
    fn cos<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The inverse sine.
    fn asin<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The inverse cosine.
    fn acos<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The inverse tangent.
    fn atan<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The error function.
    fn erf<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// 1 − erf x.
    fn erfc<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The normal distribution Φ(x).
    fn ndtr<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// ln Φ(x).
    fn log_ndtr<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// φ(x) / Φ(x), the derivative of ln Φ(x).
    fn inverse_mills<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// φ(x) / Φ(x) + x.
    fn inverse_mills_excess<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// ln |Γ(x)|.
    fn lgamma<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The derivative of ln Γ(x).
    fn digamma<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// ln |Γ(s + y)| − ln |Γ(s)|, of [y, s].
    fn lgamma_difference<S: Simd>(operands: [Lanes<Self, S>; 2]) -> Lanes<Self, S>;
    /// ψ(s + y) − ψ(s), of [y, s].
    fn digamma_difference<S: Simd>(operands: [Lanes<Self, S>; 2]) -> Lanes<Self, S>;
    /// (eˣ − 1) / x.
    fn exprel<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
    /// The derivative of (eˣ − 1) / x.
    fn exprel_slope<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S>;
}

macro_rules! math {
    ($t:ident: $($file:ident::$name:ident),*; $($file_of_two:ident::$name_of_two:ident),*) => {
        impl Math for $t {
            #[inline(always)]
            fn exp_each<S: Simd, const R: usize>(x: [Lanes<Self, S>; R]) -> [Lanes<Self, S>; R] {
                if const { OUTLINED } { x.map(<Self as Math>::exp) } else { exp::exp_each(x) }
            }
            $(
                #[inline(always)]
                fn $name<S: Simd>(x: Lanes<Self, S>) -> Lanes<Self, S> {
                    if const { OUTLINED } { apart(x.simd(), x, $file::$name) } else { $file::$name(x) }
                }
            )*
            $(
                #[inline(always)]
                fn $name_of_two<S: Simd>(operands: [Lanes<Self, S>; 2]) -> Lanes<Self, S> {
                    let function = $file_of_two::$name_of_two;
                    if const { OUTLINED } { apart(operands[0].simd(), operands, function) } else { function(operands) }
                }
            )*
        }
    };
    ($($t:ident)*) => {
        $(math!($t:
            exp::exp, exp::expm1, ln::ln, ln::log1p, tanh::tanh, sigmoid::sigmoid, sigmoid::softplus, trig::sin, trig::cos, inverse_trig::asin, inverse_trig::acos, inverse_trig::atan,
            normal::erf, normal::erfc, normal::ndtr, normal::log_ndtr, normal::inverse_mills, normal::inverse_mills_excess,
            gamma::lgamma, gamma::digamma, exprel::exprel, exprel::exprel_slope;
            gamma_difference::lgamma_difference, gamma_difference::digamma_difference
        );)*
    };
}

math!(f32 f64);

/// Compiles each function apart from what calls it: in a debug build, where nothing is gained by inlining.
const OUTLINED: bool = cfg!(debug_assertions);

/// From as many coefficients on, what depends on each other is long enough to wait for.
const LONG: usize = 8;

/// c₀ + c₁ x + c₂ x² + …
#[inline(always)]
fn polynomial<T: Scalar, S: Simd>(x: Lanes<T, S>, coefficients: &[T]) -> Lanes<T, S> {
    let (pairs, last) = coefficients.as_chunks::<2>();
    let ([first_pairs @ .., [even, odd]], true) = (pairs, coefficients.len() >= LONG) else {
        return horner(x, coefficients);
    };
    // The even and the odd powers at the same time.
    let square = x * x;
    let (mut even, mut odd) = (x.like(*even), x.like(*odd));
    for &c in last {
        even = x.like(c).mul_add(square, even);
    }
    for &[c, d] in first_pairs.iter().rev() {
        even = even.mul_add(square, x.like(c));
        odd = odd.mul_add(square, x.like(d));
    }
    odd.mul_add(x, even)
}

/// From the highest power down.
#[inline(always)]
fn horner<T: Scalar, S: Simd>(x: Lanes<T, S>, coefficients: &[T]) -> Lanes<T, S> {
    let mut highest_first = coefficients.iter().rev();
    let mut value = x.like(highest_first.next().copied().unwrap_or_default());
    for &c in highest_first {
        value = value.mul_add(x, x.like(c));
    }
    value
}

/// `function` of x, a vector or several, compiled as a function of its own: for what a branch that is rarely taken needs, so that
/// kernels stay small. It has to be `#[inline(always)]`, and no closure, which is not.
#[inline(always)]
fn apart<S: Simd, X, Y>(simd: S, x: X, function: impl FnOnce(X) -> Y) -> Y {
    simd.vectorize(Apart { x, function })
}

struct Apart<X, F> {
    x: X,
    function: F,
}

impl<X, Y, F: FnOnce(X) -> Y> WithSimd for Apart<X, F> {
    type Output = Y;

    #[inline(always)]
    fn with_simd<Same: Simd>(self, _: Same) -> Y {
        (self.function)(self.x)
    }
}

impl<T: Math, S: Simd> Lanes<T, S> {
    /// eˣ.
    #[inline(always)]
    #[must_use]
    pub fn exp(self) -> Self {
        T::exp(self)
    }

    /// eˣ − 1, accurate near 0.
    #[inline(always)]
    #[must_use]
    pub fn expm1(self) -> Self {
        T::expm1(self)
    }

    /// The natural logarithm: −∞ at ±0, NaN below.
    #[inline(always)]
    #[must_use]
    pub fn ln(self) -> Self {
        T::ln(self)
    }

    /// ln(1 + x), accurate near 0: −∞ at −1, NaN below.
    #[inline(always)]
    #[must_use]
    pub fn log1p(self) -> Self {
        T::log1p(self)
    }

    /// The hyperbolic tangent.
    #[inline(always)]
    #[must_use]
    pub fn tanh(self) -> Self {
        T::tanh(self)
    }

    /// The derivative 1 / cosh² x of tanh, where `t` is tanh x: relatively accurate also where 1 − t² cancels.
    #[inline(always)]
    #[must_use]
    pub fn tanh_slope(self, t: Self) -> Self {
        tanh::slope(self, t)
    }

    /// The logistic function 1 / (1 + e⁻ˣ).
    #[inline(always)]
    #[must_use]
    pub fn sigmoid(self) -> Self {
        T::sigmoid(self)
    }

    /// ln(1 + eˣ), without overflow, and accurate where it is close to eˣ.
    #[inline(always)]
    #[must_use]
    pub fn softplus(self) -> Self {
        T::softplus(self)
    }

    /// The sine of radians.
    #[inline(always)]
    #[must_use]
    pub fn sin(self) -> Self {
        T::sin(self)
    }

    /// The cosine of radians.
    #[inline(always)]
    #[must_use]
    pub fn cos(self) -> Self {
        T::cos(self)
    }

    /// The inverse sine, in radians: NaN beyond ±1.
    #[inline(always)]
    #[must_use]
    pub fn asin(self) -> Self {
        T::asin(self)
    }

    /// The inverse cosine, in radians: NaN beyond ±1.
    #[inline(always)]
    #[must_use]
    pub fn acos(self) -> Self {
        T::acos(self)
    }

    /// The inverse tangent, in radians.
    #[inline(always)]
    #[must_use]
    pub fn atan(self) -> Self {
        T::atan(self)
    }

    /// The error function.
    #[inline(always)]
    #[must_use]
    pub fn erf(self) -> Self {
        T::erf(self)
    }

    /// 1 − erf x, without cancellation.
    #[inline(always)]
    #[must_use]
    pub fn erfc(self) -> Self {
        T::erfc(self)
    }

    /// The normal distribution Φ(x).
    #[inline(always)]
    #[must_use]
    pub fn ndtr(self) -> Self {
        T::ndtr(self)
    }

    /// ln Φ(x), without cancellation or underflow.
    #[inline(always)]
    #[must_use]
    pub fn log_ndtr(self) -> Self {
        T::log_ndtr(self)
    }

    /// φ(x) / Φ(x), the derivative of ln Φ(x).
    #[inline(always)]
    #[must_use]
    pub fn inverse_mills(self) -> Self {
        T::inverse_mills(self)
    }

    /// φ(x) / Φ(x) + x, without cancellation.
    #[inline(always)]
    #[must_use]
    pub fn inverse_mills_excess(self) -> Self {
        T::inverse_mills_excess(self)
    }

    /// ln |Γ(x)|.
    #[inline(always)]
    #[must_use]
    pub fn lgamma(self) -> Self {
        T::lgamma(self)
    }

    /// The derivative of ln Γ(x).
    #[inline(always)]
    #[must_use]
    pub fn digamma(self) -> Self {
        T::digamma(self)
    }
    /// ln |Γ(s + y)| − ln |Γ(s)|, where y is `self`.
    #[inline(always)]
    #[must_use]
    pub fn lgamma_difference(self, s: Self) -> Self {
        T::lgamma_difference([self, s])
    }

    /// The derivative of ln Γ at s + y less that at s, where y is `self`.
    #[inline(always)]
    #[must_use]
    pub fn digamma_difference(self, s: Self) -> Self {
        T::digamma_difference([self, s])
    }

    /// (eˣ − 1) / x, and 1 at 0.
    #[inline(always)]
    #[must_use]
    pub fn exprel(self) -> Self {
        T::exprel(self)
    }

    /// The derivative of (eˣ − 1) / x.
    #[inline(always)]
    #[must_use]
    pub fn exprel_slope(self) -> Self {
        T::exprel_slope(self)
    }
}
