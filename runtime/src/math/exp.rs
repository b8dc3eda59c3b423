//! eˣ and eˣ − 1.
//!
//! x = n ln 2 + r with |r| ≤ ½ ln 2, so eˣ = 2ⁿ eʳ. ln 2 is the sum of a short number, whose product with n is
//! exact, and of a long one; c holds what rounding r lost. With a polynomial q,
//!
//! > eʳ⁺ᶜ = 1 + (r + (½r² + (r³ q(r) + c))),
//!
//! added from the right: two roundings matter, that of the last sum and that of the sum before it, which is up to a
//! quarter of an ulp. 2ⁿ is no number where the result is subnormal or just below overflow: there, two factors are, and
//! only the last product rounds.
//!
//! eˣ − 1 is (2ⁿ − 1) + 2ⁿ r + 2ⁿ (½r² + …). The first two may have opposite signs and nearly the same size
//! (n = 1, r = −½ ln 2), so that the roundings of either would be multiplied: their sum is a [`Pair`]. Where n = 0 the
//! first is not there, and the result is accurate relatively to the smallest x.
//!
//! Largest error measured, in ulp: exp 0.82 in `f32` (all inputs) and 0.85 in `f64`, expm1 0.83 (all inputs) and 1.04.

use super::double_double::Pair;
use super::{apart, polynomial};
use crate::simd::{Lanes, Scalar, Simd};

/// Constants that depend on the precision.
pub(crate) trait Constants: Scalar {
    /// log₂ e.
    const LOG2_E: Self;
    /// ln 2, short enough that its product with an exponent is exact.
    const LN_2_HIGH: Self;
    /// ln 2 less `LN_2_HIGH`.
    const LN_2_LOW: Self;
    /// (eʳ − 1 − r − ½r²) / r³ in powers of r.
    const TAIL: &'static [Self];
    /// eˣ is 0 from here down, and far enough below that it rounds there by itself.
    const LOWEST_EXP: Self;
    /// eˣ is infinite from here up.
    const HIGHEST_EXP: Self;
    /// Below this magnitude of x, eˣ and its power of two are normal numbers.
    const NORMAL: Self;
    /// eˣ − 1 is −1 from here down.
    const LOWEST_EXPM1: Self;
    /// Up to here, eˣ − 1 is x.
    const TINY: Self;
}

// coefficients.py: relative error of eʳ − 1 below 2⁻³¹ on |r| ≤ 0.3469.
impl Constants for f32 {
    const LOG2_E: Self = core::f32::consts::LOG2_E;
    const LN_2_HIGH: Self = 0.693_145_75;
    const LN_2_LOW: Self = 1.428_606_8e-6;
    #[rustfmt::skip]
    const TAIL: &'static [Self] = &[
        0.166_666_66,
        0.041_666_478,
        8.333_567_5e-3,
        1.393_370_8e-3,
        1.974_256_3e-4,
    ];
    const LOWEST_EXP: Self = -104.0;
    const HIGHEST_EXP: Self = 89.0;
    const NORMAL: Self = 87.0;
    const LOWEST_EXPM1: Self = -20.0;
    const TINY: Self = 1e-10;
}

// coefficients.py: relative error of eʳ − 1 below 2⁻⁵⁵ on |r| ≤ 0.3469.
impl Constants for f64 {
    const LOG2_E: Self = core::f64::consts::LOG2_E;
    const LN_2_HIGH: Self = 0.693_147_180_560_117_7;
    const LN_2_LOW: Self = -1.723_944_452_561_483_5e-13;
    #[rustfmt::skip]
    const TAIL: &'static [Self] = &[
        0.166_666_666_666_665_44,
        0.041_666_666_666_618_085,
        8.333_333_333_427_768e-3,
        1.388_888_892_128_193_2e-3,
        1.984_126_962_138_203_2e-4,
        2.480_151_536_777_924_7e-5,
        2.755_750_506_205_233_3e-6,
        2.762_262_062_842_386e-7,
        2.502_033_137_211_656e-8,
    ];
    const LOWEST_EXP: Self = -746.0;
    const HIGHEST_EXP: Self = 710.0;
    const NORMAL: Self = 708.0;
    const LOWEST_EXPM1: Self = -40.0;
    const TINY: Self = 1e-20;
}

/// x = n ln 2 + r, and what eʳ is beyond 1 + r.
pub(super) struct Reduced<T: Scalar, S: Simd> {
    /// An integer.
    pub(super) n: Lanes<T, S>,
    r: Lanes<T, S>,
    excess: Lanes<T, S>,
}

impl<T: Constants, S: Simd> Reduced<T, S> {
    /// Of an x between `LOWEST_EXP` and `HIGHEST_EXP`, or NaN.
    #[inline(always)]
    pub(super) fn new(x: Lanes<T, S>) -> Self {
        let n = x.times_rounded(x.like(T::LOG2_E));
        let low = x.like(-T::LN_2_LOW);
        let high = n.mul_add(x.like(-T::LN_2_HIGH), x);
        let r = n.mul_add(low, high);
        let c = n.mul_add(low, high - r);
        let square = r * r;
        let small = (square * r).mul_add(polynomial(r, T::TAIL), c);
        Self { n, r, excess: square.mul_add(x.like(T::from_f64(0.5)), small) }
    }

    /// eʳ.
    #[inline(always)]
    pub(super) fn significand(&self) -> Lanes<T, S> {
        self.r.like(T::from_f64(1.0)) + (self.r + self.excess)
    }

    /// eʳ, normalised.
    #[inline(always)]
    pub(super) fn pair(&self) -> Pair<T, S> {
        let sum = Pair::fast_sum(self.r.like(T::from_f64(1.0)), self.r);
        Pair::fast_sum(sum.hi, sum.lo + self.excess)
    }

    /// `whole + scale (eʳ − 1)`, normalised, for a power of two `scale` and a `whole` that is 0 or above `scale r`.
    #[inline(always)]
    pub(super) fn scaled_onto(&self, whole: Pair<T, S>, scale: Lanes<T, S>) -> Pair<T, S> {
        let sum = Pair::fast_sum(whole.hi, scale * self.r);
        Pair::fast_sum(sum.hi, scale.mul_add(self.excess, sum.lo + whole.lo))
    }

    /// Like [`scaled_onto`](Self::scaled_onto), for a `whole` that is 0 or that the result is more than half and less than
    /// twice of: its first part waits for less, since what it rounds away is found afterwards.
    #[inline(always)]
    pub(super) fn scaled_onto_most(&self, whole: Lanes<T, S>, scale: Lanes<T, S>) -> Pair<T, S> {
        let hi = scale.mul_add(self.r + self.excess, whole);
        let lost = scale.mul_add(self.r, whole - hi);
        Pair { hi, lo: scale.mul_add(self.excess, lost) }
    }
}

/// eˣ.
#[inline(always)]
pub(super) fn exp<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    if x.abs().less(x.like(T::NORMAL)).all() { exp_near(x) } else { apart(x.simd(), x, exp_far) }
}

/// eˣ of several vectors, which are asked about together.
#[inline(always)]
pub(super) fn exp_each<T: Constants, S: Simd, const R: usize>(mut x: [Lanes<T, S>; R]) -> [Lanes<T, S>; R] {
    let is_near = |x: Lanes<T, S>| x.abs().less(x.like(T::NORMAL));
    let mut are_near = is_near(x[0]);
    for &x in &x[1..] {
        are_near = are_near.and(is_near(x));
    }
    if are_near.all() {
        for x in &mut x {
            *x = exp_near(*x);
        }
    } else {
        for x in &mut x {
            *x = apart(x.simd(), *x, exp_far);
        }
    }
    x
}

/// eˣ where 2ⁿ is a normal number.
#[inline(always)]
fn exp_near<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let reduced = Reduced::new(x);
    reduced.significand() * reduced.n.exp2_of_integer()
}

/// eˣ where it is subnormal, overflows, or is no number.
#[inline(always)]
fn exp_far<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let x = x.at_least(x.like(T::LOWEST_EXP)).at_most(x.like(T::HIGHEST_EXP));
    let reduced = Reduced::new(x);
    let half = reduced.n.times_rounded(x.like(T::from_f64(0.5)));
    reduced.significand() * half.exp2_of_integer() * (reduced.n - half).exp2_of_integer()
}

/// eˣ − 1. Halved until the end, it doesn't overflow before eˣ does.
#[inline(always)]
pub(super) fn expm1<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let half = x.like(T::from_f64(0.5));
    let reduced = Reduced::new(x.at_least(x.like(T::LOWEST_EXPM1)).at_most(x.like(T::HIGHEST_EXP)));
    let scale = (reduced.n - x.like(T::from_f64(1.0))).exp2_of_integer();
    // The rounding error of 2ⁿ − 1 matters where one of its terms is just below the last digit of the other.
    let value = reduced.scaled_onto(Pair::sum(scale, -half), scale).hi;
    // Tiny numbers, because half of a subnormal need not exist, and because −0 would lose its sign.
    x.abs().less(x.like(T::TINY)).select(x, value + value)
}
