//! The functions that have an algorithm of their own in a file of this folder, each once in a list.
//!
//! From the list come the functions of a precision, [`Math`], the methods of [`Lanes`], and those of
//! [`Elementwise`](super::Elementwise) for vectors and for single numbers. To add one, write its file and a line here.

use super::{
    OUTLINED, apart, bessel, exp, exprel, gamma, gamma_difference, inverse_trig, ln, normal, normal_inverse, sigmoid,
    tanh, trig,
};
use crate::simd::{Lanes, Scalar, Simd};

/// Hands the list to a macro: meaning, name and further operands; the function of vectors, of one or of an array of all operands; and
/// that of single numbers.
macro_rules! primitives {
    ($take:ident) => {
        $take! {
            /// eˣ.
            exp() = exp::exp, f64::exp;
            /// eˣ − 1, accurate near 0.
            expm1() = exp::expm1, f64::exp_m1;
            /// The natural logarithm: −∞ at ±0, NaN below.
            ln() = ln::ln, f64::ln;
            /// ln(1 + x), accurate near 0: −∞ at −1, NaN below.
            log1p() = ln::log1p, f64::ln_1p;
            /// The hyperbolic tangent.
            tanh() = tanh::tanh, f64::tanh;
            /// The derivative 1 / cosh² x of tanh, where `t` is tanh x: relatively accurate also where 1 − t² cancels.
            tanh_slope(t) = tanh::slope, one_by_one::tanh_slope;
            /// The logistic function 1 / (1 + e⁻ˣ).
            sigmoid() = sigmoid::sigmoid, one_by_one::sigmoid;
            /// ln(1 + eˣ), without overflow, and accurate where it is close to eˣ.
            softplus() = sigmoid::softplus, one_by_one::softplus;
            /// The sine of radians.
            sin() = trig::sin, f64::sin;
            /// The cosine of radians.
            cos() = trig::cos, f64::cos;
            /// The inverse sine, in radians: NaN beyond ±1.
            asin() = inverse_trig::asin, f64::asin;
            /// The inverse cosine, in radians: NaN beyond ±1.
            acos() = inverse_trig::acos, f64::acos;
            /// The inverse tangent, in radians.
            atan() = inverse_trig::atan, f64::atan;
            /// The error function.
            erf() = normal::erf, one_by_one::erf;
            /// 1 − erf x, without cancellation.
            erfc() = normal::erfc, one_by_one::erfc;
            /// The normal distribution Φ(x).
            ndtr() = normal::ndtr, one_by_one::ndtr;
            /// ln Φ(x), without cancellation or underflow.
            log_ndtr() = normal::log_ndtr, one_by_one::log_ndtr;
            /// φ(x) / Φ(x), the derivative of ln Φ(x).
            inverse_mills() = normal::inverse_mills, one_by_one::inverse_mills;
            /// φ(x) / Φ(x) + x, without cancellation.
            inverse_mills_excess() = normal::inverse_mills_excess, one_by_one::inverse_mills_excess;
            /// The inverse of the normal distribution: −∞ at 0, ∞ at 1, NaN beyond.
            ndtri() = normal_inverse::ndtri, normal_inverse::ndtri_alone;
            /// The inverse of the error function: ±∞ at ±1, NaN beyond.
            erfinv() = normal_inverse::erfinv, normal_inverse::erfinv_alone;
            /// ln |Γ(x)|.
            lgamma() = gamma::lgamma, one_by_one::lgamma;
            /// The derivative of ln Γ(x).
            digamma() = gamma::digamma, one_by_one::digamma;
            /// ln |Γ(s + y)| − ln |Γ(s)|, where y is `self`.
            lgamma_difference(s) = gamma_difference::lgamma_difference, gamma_difference::lgamma_difference_alone;
            /// ψ(s + y) − ψ(s), the derivative of ln Γ at s + y less that at s, where y is `self`.
            digamma_difference(s) = gamma_difference::digamma_difference, gamma_difference::digamma_difference_alone;
            /// (eˣ − 1) / x, and 1 at 0.
            exprel() = exprel::exprel, exprel::exprel_alone;
            /// The derivative of (eˣ − 1) / x.
            exprel_slope() = exprel::exprel_slope, exprel::exprel_slope_alone;
            /// ln I₀(x), of the modified Bessel function, without overflow.
            log_bessel_i0() = bessel::log_bessel_i0, bessel::log_bessel_i0_alone;
            /// I₁(x) / I₀(x), the derivative of ln I₀(x).
            bessel_ratio() = bessel::bessel_ratio, bessel::bessel_ratio_alone;
            /// The derivative of I₁(x) / I₀(x), without cancellation.
            bessel_ratio_slope() = bessel::bessel_ratio_slope, bessel::bessel_ratio_slope_alone;
            /// The second derivative of I₁(x) / I₀(x), without cancellation.
            bessel_ratio_curvature() = bessel::bessel_ratio_curvature, bessel::bessel_ratio_curvature_alone;
        }
    };
}
pub(super) use primitives;

/// The operands of a function: one, or an array.
macro_rules! operands {
    ($x:ident) => {
        $x
    };
    ($($x:ident)*) => {
        [$($x),*]
    };
}

macro_rules! declared {
    ($($(#[$meaning:meta])* $name:ident($($operand:ident),*) = $function:path, $alone:path;)*) => {
        /// The functions whose vector form depends on the precision.
        #[allow(missing_docs, reason = "the methods of `Lanes` say what they are")]
        pub trait Math: Scalar {
            /// eˣ of several vectors.
            fn exp_each<S: Simd, const R: usize>(x: [Lanes<Self, S>; R]) -> [Lanes<Self, S>; R];
            $($(#[$meaning])* fn $name<S: Simd>(x: Lanes<Self, S> $(, $operand: Lanes<Self, S>)*) -> Lanes<Self, S>;)*
        }

        impl<T: Math, S: Simd> Lanes<T, S> {
            $(
                $(#[$meaning])*
                #[inline(always)]
                #[must_use]
                pub fn $name(self $(, $operand: Self)*) -> Self {
                    T::$name(self $(, $operand)*)
                }
            )*
        }
    };
}

macro_rules! implemented {
    ($($(#[$meaning:meta])* $name:ident($($operand:ident),*) = $function:path, $alone:path;)*) => {
        #[inline(always)]
        fn exp_each<S: Simd, const R: usize>(x: [Lanes<Self, S>; R]) -> [Lanes<Self, S>; R] {
            if const { OUTLINED } { x.map(<Self as Math>::exp) } else { exp::exp_each(x) }
        }
        $(
            #[inline(always)]
            fn $name<S: Simd>(x: Lanes<Self, S> $(, $operand: Lanes<Self, S>)*) -> Lanes<Self, S> {
                let operands = operands!(x $($operand)*);
                if const { OUTLINED } { apart(x.simd(), operands, $function) } else { $function(operands) }
            }
        )*
    };
}

primitives!(declared);

impl Math for f32 {
    primitives!(implemented);
}

impl Math for f64 {
    primitives!(implemented);
}
