//! Numbers as unevaluated sums of two vectors, for the steps in which one rounding would be too many.
//!
//! A sum of two floating-point numbers is a floating-point number and an error that is one as well (Knuth, Dekker),
//! and so are the rest of a product and the remainder of a division; no step here needs more than that. The small part is the sum of what was
//! lost on the way, and may be larger than an ulp of the other until the pair is normalised.

use crate::simd::{Lanes, Scalar, Simd};

/// `hi + lo`, where `lo` is small compared with `hi`.
#[derive(Clone, Copy)]
pub(super) struct Pair<T: Scalar, S: Simd> {
    pub(super) hi: Lanes<T, S>,
    pub(super) lo: Lanes<T, S>,
}

impl<T: Scalar, S: Simd> Pair<T, S> {
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

    /// `x` itself.
    #[inline(always)]
    pub(super) fn exactly(x: Lanes<T, S>) -> Self {
        Self { hi: x, lo: x.like(T::default()) }
    }

    /// `a * b`, exactly.
    #[inline(always)]
    pub(super) fn product(a: Lanes<T, S>, b: Lanes<T, S>) -> Self {
        let hi = a * b;
        Self { hi, lo: a.fused(b, -hi) }
    }

    /// This number with its parts apart in size: neither changes when they are added.
    #[inline(always)]
    pub(super) fn normalised(self) -> Self {
        Self::fast_sum(self.hi, self.lo)
    }

    /// This number plus `small`.
    #[inline(always)]
    pub(super) fn plus(self, small: Lanes<T, S>) -> Self {
        Self { hi: self.hi, lo: self.lo + small }
    }

    /// `self * factor`.
    #[inline(always)]
    pub(super) fn scaled(self, factor: Lanes<T, S>) -> Self {
        Self::product(self.hi, factor).plus(self.lo * factor)
    }

    /// `self * other`, but for the product of the small parts.
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let cross = self.hi.mul_add(other.lo, self.lo * other.hi);
        Self::product(self.hi, other.hi).plus(cross)
    }

    /// The nearest single number.
    #[inline(always)]
    pub(super) fn rounded(self) -> Lanes<T, S> {
        self.hi + self.lo
    }

    /// `1 / self`, rounded once, of a normalised pair.
    #[inline(always)]
    pub(super) fn reciprocal(self) -> Lanes<T, S> {
        let one = self.hi.like(T::from_f64(1.0));
        let value = one / self.hi;
        let remainder = (-value).mul_add(self.lo, (-value).fused(self.hi, one));
        remainder.mul_add(value, value)
    }

    /// `self / divisor`, of normalised pairs: a quotient, and its remainder divided as well.
    #[inline(always)]
    pub(super) fn over(self, divisor: Self) -> Self {
        let reciprocal = divisor.hi.like(T::from_f64(1.0)) / divisor.hi;
        let hi = self.hi * reciprocal;
        // Fused, because the product agrees with `self.hi` in nearly all of its digits.
        let remainder = (-hi).fused(divisor.hi, self.hi) + (-hi).mul_add(divisor.lo, self.lo);
        Self { hi, lo: remainder * reciprocal }
    }
}
