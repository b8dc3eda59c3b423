//! Numbers as unevaluated sums of two vectors, for the steps in which one rounding would be too many.
//!
//! A sum of two floating-point numbers is a floating-point number and an error that is one as well (Knuth, Dekker),
//! and so is the remainder of a division; no step here needs more than that. The small part is the sum of what was lost on
//! the way, and may be larger than an ulp of the other until the pair is normalised.

use crate::simd::{Element, Lanes, Simd};

/// `hi + lo`, where `lo` is small beside `hi`.
#[derive(Clone, Copy)]
pub(super) struct Pair<T: Element, S: Simd> {
    pub(super) hi: Lanes<T, S>,
    pub(super) lo: Lanes<T, S>,
}

impl<T: Element, S: Simd> Pair<T, S> {
    /// `a + b`, exactly, where |a| >= |b| or a = 0.
    #[inline(always)]
    pub(super) fn fast_sum(a: Lanes<T, S>, b: Lanes<T, S>) -> Self {
        let hi = a + b;
        Self { hi, lo: b - (hi - a) }
    }

    /// `a + b`, exactly.
    #[inline(always)]
    pub(super) fn sum(a: Lanes<T, S>, b: Lanes<T, S>) -> Self {
        let hi = a + b;
        let of_b = hi - a;
        Self { hi, lo: (a - (hi - of_b)) + (b - of_b) }
    }

    /// The same number with `small` more.
    #[inline(always)]
    pub(super) fn plus(self, small: Lanes<T, S>) -> Self {
        Self { hi: self.hi, lo: self.lo + small }
    }

    /// The same number with the least possible `lo`.
    #[inline(always)]
    pub(super) fn normalised(self) -> Self {
        Self::fast_sum(self.hi, self.lo)
    }

    /// The product with a power of two.
    #[inline(always)]
    pub(super) fn scaled(self, power: Lanes<T, S>) -> Self {
        Self { hi: self.hi * power, lo: self.lo * power }
    }

    /// The nearest single number.
    #[inline(always)]
    pub(super) fn rounded(self) -> Lanes<T, S> {
        self.hi + self.lo
    }

    /// `self / divisor` with one rounding and little more: a quotient, then its remainder divided as well.
    /// Both are normalised.
    #[inline(always)]
    pub(super) fn over(self, divisor: Self) -> Lanes<T, S> {
        let reciprocal = divisor.hi.like(T::from_f64(1.0)) / divisor.hi;
        let quotient = self.hi * reciprocal;
        // Fused, because the product agrees with `self.hi` in nearly all of its digits.
        let remainder = (-quotient).fused(divisor.hi, self.hi) + (-quotient).mul_add(divisor.lo, self.lo);
        remainder.mul_add(reciprocal, quotient)
    }
}
