//! Polynomials whose value is a [`Pair`].

use super::double_double::Pair;
use super::polynomial;
use crate::simd::{Scalar, Simd};

/// A polynomial whose first coefficient has twice the digits, since the others can't make up for its rounding.
pub(crate) struct Series<T: 'static> {
    pub(super) coefficients: &'static [T],
    /// The low part of the first coefficient, whose high part `coefficients` starts with.
    pub(super) rest: T,
}

impl<T: Scalar> Series<T> {
    /// p(x) = c₀ + x t, t = c₁ + x u. The slope of p is close to 2t − c₁; t is close to c₁, or small.
    #[inline(always)]
    pub(super) fn at<S: Simd>(&self, x: Pair<T, S>) -> Pair<T, S> {
        let [first, second, others @ ..] = self.coefficients else { return x };
        let (first, second) = (x.hi.like(*first), x.hi.like(*second));
        let u = polynomial(x.hi, others);
        let t = u.mul_add(x.hi, second);
        let lost_of_t = u.fused(x.hi, second - t);
        let slope = t + (t - second);
        let product = Pair::product(x.hi, t);
        let lost = x.hi.mul_add(lost_of_t, product.lo) + x.lo.mul_add(slope, x.hi.like(self.rest));
        Pair::sum(first, product.hi).plus(lost)
    }

    /// Value of the series, with the last `steps` of Horner's scheme as pairs: for an x so large that more than one coefficient counts.
    #[inline(always)]
    pub(super) fn at_by_pairs<S: Simd>(&self, x: Pair<T, S>, steps: usize) -> Pair<T, S> {
        let (first, others) = self.coefficients.split_at(steps);
        let mut value = Pair::exactly(polynomial(x.hi, others));
        for &c in first.iter().rev() {
            let product = value.times(x);
            value = Pair::sum(x.hi.like(c), product.hi).plus(product.lo).normalised();
        }
        value.plus(x.hi.like(self.rest))
    }
}
