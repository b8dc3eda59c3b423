//! One vector type for both precisions and every instruction set.

use core::ops::{Add, Div, Mul, Neg, Sub};

use pulp::Simd;

use super::{Mask, Scalar};

/// A vector of `T` in the registers of `S`, with the operators of a number.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<T: Scalar, S: Simd> {
    simd: S,
    pub(super) vector: T::Vector<S>,
}

impl<T: Scalar, S: Simd> Lanes<T, S> {
    /// How many elements a vector has.
    #[inline(always)]
    #[must_use]
    pub fn count() -> usize {
        T::lanes::<S>()
    }

    /// `x` in every lane.
    #[inline(always)]
    #[must_use]
    pub fn splat(simd: S, x: T) -> Self {
        Self { simd, vector: T::splat(simd, x) }
    }

    /// The element nearest to `x` in every lane.
    #[inline(always)]
    #[must_use]
    pub fn constant(simd: S, x: f64) -> Self {
        Self::splat(simd, T::from_f64(x))
    }

    /// `x` in every lane, beside a vector that is at hand.
    #[inline(always)]
    #[must_use]
    pub fn like(self, x: T) -> Self {
        Self::splat(self.simd, x)
    }

    /// The first elements of `from`; zeros where it is shorter than a vector.
    #[inline(always)]
    #[must_use]
    pub fn load(simd: S, from: &[T]) -> Self {
        Self { simd, vector: T::load(simd, from) }
    }

    /// All of `from`, which is shorter than a vector; zeros after it.
    #[inline(always)]
    #[must_use]
    pub fn load_partial(simd: S, from: &[T]) -> Self {
        Self { simd, vector: T::load_partial(simd, from) }
    }

    /// Writes the vector to the front of `to`; as much of it as there is room for.
    #[inline(always)]
    pub fn store(self, to: &mut [T]) {
        T::store(self.simd, to, self.vector);
    }

    /// Writes as many lanes as `to` has elements, which are fewer than a vector's.
    #[inline(always)]
    pub fn store_partial(self, to: &mut [T]) {
        T::store_partial(self.simd, to, self.vector);
    }

    /// The elements from `from` on.
    ///
    /// # Safety
    /// A vector's elements may be read from `from` on.
    #[inline(always)]
    #[must_use]
    pub(crate) unsafe fn load_ptr(simd: S, from: *const T) -> Self {
        // SAFETY: the caller's promise.
        Self { simd, vector: unsafe { T::load_ptr(simd, from) } }
    }

    /// The elements of `mask` from `from` on; zeros elsewhere.
    ///
    /// # Safety
    /// The elements from `from` on that `mask` holds for may be read.
    #[inline(always)]
    #[must_use]
    pub(crate) unsafe fn load_masked(mask: Mask<T, S>, from: *const T) -> Self {
        // SAFETY: the caller's promise.
        Self { simd: mask.simd, vector: unsafe { T::load_masked(mask.simd, mask.mask, from) } }
    }

    /// Writes the vector from `to` on.
    ///
    /// # Safety
    /// A vector's elements may be written from `to` on.
    #[inline(always)]
    pub(crate) unsafe fn store_ptr(self, to: *mut T) {
        // SAFETY: the caller's promise.
        unsafe { T::store_ptr(self.simd, to, self.vector) }
    }

    /// Writes the lanes of `mask` from `to` on.
    ///
    /// # Safety
    /// The elements from `to` on that `mask` holds for may be written.
    #[inline(always)]
    pub(crate) unsafe fn store_masked(self, mask: Mask<T, S>, to: *mut T) {
        // SAFETY: the caller's promise.
        unsafe { T::store_masked(self.simd, mask.mask, to, self.vector) }
    }

    /// `self * b + c`, rounded once where the machine can do that at full speed.
    #[inline(always)]
    #[must_use]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        self.wrap(T::mul_add(self.simd, self.vector, b.vector, c.vector))
    }

    /// `self * b + c`, always rounded once. Slow in plain Rust: for where an error bound needs it.
    #[inline(always)]
    #[must_use]
    pub fn fused(self, b: Self, c: Self) -> Self {
        self.wrap(T::fused(self.simd, self.vector, b.vector, c.vector))
    }

    /// The square root, correctly rounded.
    #[inline(always)]
    #[must_use]
    pub fn sqrt(self) -> Self {
        self.wrap(T::sqrt(self.simd, self.vector))
    }

    /// The magnitude.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        // -0.0 is the sign bit alone: xor takes it off where `and` finds it.
        let sign = T::and(self.simd, self.vector, T::splat(self.simd, -T::from_f64(0.0)));
        self.wrap(T::xor(self.simd, self.vector, sign))
    }

    /// This magnitude with the sign of `sign`; `self` must not be negative.
    #[inline(always)]
    #[must_use]
    pub fn with_sign_of(self, sign: Self) -> Self {
        let bit = T::and(self.simd, sign.vector, T::splat(self.simd, -T::from_f64(0.0)));
        self.wrap(T::or(self.simd, self.vector, bit))
    }

    /// The bits of both, bit by bit `and`.
    #[inline(always)]
    #[must_use]
    pub fn bit_and(self, other: Self) -> Self {
        self.wrap(T::and(self.simd, self.vector, other.vector))
    }

    /// The bits of both, bit by bit `or`.
    #[inline(always)]
    #[must_use]
    pub fn bit_or(self, other: Self) -> Self {
        self.wrap(T::or(self.simd, self.vector, other.vector))
    }

    /// The bits of both, bit by bit exclusive or.
    #[inline(always)]
    #[must_use]
    pub fn bit_xor(self, other: Self) -> Self {
        self.wrap(T::xor(self.simd, self.vector, other.vector))
    }

    /// The integer nearest to `self * factor`, which must be below 2^22 (`f32`) or 2^51 (`f64`) in magnitude.
    #[inline(always)]
    #[must_use]
    pub fn times_rounded(self, factor: Self) -> Self {
        let rounder = self.like(T::ROUNDER);
        self.mul_add(factor, rounder) - rounder
    }

    /// 2^n for the integer n that `self` is, from -126 to 127 (`f32`) or from -1022 to 1023 (`f64`).
    #[inline(always)]
    #[must_use]
    pub fn exp2_of_integer(self) -> Self {
        // The sum's integer part, n and the bias, are the topmost bits below its own sign and exponent; the shift
        // drops those and leaves n where an exponent belongs. The lower word of an f64 is 0 and stays it.
        let placed = self + self.like(T::HEAD + T::BIAS);
        self.wrap(T::shift_words_left(self.simd, placed.vector, T::HEAD_BITS))
    }

    /// m and e with `self` = m 2^e and m from sqrt(1/2) to sqrt(2), for positive normal numbers.
    #[inline(always)]
    #[must_use]
    pub fn split_exponent(self) -> (Self, Self) {
        let (simd, bits) = (self.simd, self.vector);
        let splat = |x| T::splat(simd, x);
        // Moved so that the exponent field steps at sqrt(1/2) in place of 1; -inf has all bits of that field.
        let stepped = T::add_bits(simd, bits, splat(T::ONE_OVER_SQRT_HALF));
        let field = T::and(simd, stepped, splat(-T::INFINITY));
        let mantissa = T::subtract_bits(simd, bits, T::subtract_bits(simd, field, splat(T::from_f64(1.0))));
        // The field as the integer part of a number in [HEAD, 2 HEAD): the reverse of `exp2_of_integer`.
        let integer = T::or(simd, T::shift_words_right(simd, field, T::HEAD_BITS), splat(T::HEAD));
        (self.wrap(mantissa), self.wrap(integer) - self.like(T::HEAD + T::BIAS))
    }

    /// The larger of both; NaN stays NaN, if `least` is none.
    #[inline(always)]
    #[must_use]
    pub fn at_least(self, least: Self) -> Self {
        self.wrap(T::greater(self.simd, least.vector, self.vector))
    }

    /// The smaller of both; NaN stays NaN, if `most` is none.
    #[inline(always)]
    #[must_use]
    pub fn at_most(self, most: Self) -> Self {
        self.wrap(T::lesser(self.simd, most.vector, self.vector))
    }

    /// Where `self < other`; nowhere for NaN.
    #[inline(always)]
    #[must_use]
    pub fn less(self, other: Self) -> Mask<T, S> {
        Mask { simd: self.simd, mask: T::less(self.simd, self.vector, other.vector) }
    }

    /// Where `self <= other`; nowhere for NaN.
    #[inline(always)]
    #[must_use]
    pub fn less_or_equal(self, other: Self) -> Mask<T, S> {
        Mask { simd: self.simd, mask: T::less_or_equal(self.simd, self.vector, other.vector) }
    }

    /// Where `self == other`; nowhere for NaN.
    #[inline(always)]
    #[must_use]
    pub fn equal(self, other: Self) -> Mask<T, S> {
        Mask { simd: self.simd, mask: T::equal(self.simd, self.vector, other.vector) }
    }

    /// The first `count` lanes; zero in the others.
    #[inline(always)]
    #[must_use]
    pub fn first(self, count: usize) -> Self {
        let mask = T::first_lanes(self.simd, count);
        self.wrap(T::select(self.simd, mask, self.vector, T::splat(self.simd, T::default())))
    }

    /// The sum of the lanes, added in f64 from the first to the last.
    #[inline(always)]
    #[must_use]
    pub fn sum(self) -> f64 {
        T::sum_lanes(self.simd, self.vector)
    }

    /// The sum of the lanes, rounded to `T` as it is added, in an order of the instruction set's.
    #[inline(always)]
    #[must_use]
    pub(crate) fn reduce(self) -> T {
        T::reduce(self.simd, self.vector)
    }

    /// Lane (l + `by`) mod L at lane l of L.
    #[inline(always)]
    #[must_use]
    pub(crate) fn rotated(self, by: usize) -> Self {
        self.wrap(T::rotated(self.simd, self.vector, by))
    }

    /// The lanes l with `l & bit` ≠ 0.
    #[inline(always)]
    #[must_use]
    pub(crate) fn has_bit(simd: S, bit: usize) -> Mask<T, S> {
        let mut numbers = [T::default(); 16];
        for (l, number) in numbers.iter_mut().enumerate() {
            *number = T::from_f64(if l & bit == 0 { 0.0 } else { 1.0 });
        }
        Self::splat(simd, T::default()).less(Self::load(simd, &numbers))
    }

    /// l in lane l.
    #[inline(always)]
    #[must_use]
    pub(crate) fn numbers(simd: S) -> Self {
        const NUMBERS: [f64; 16] = [0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 15.];
        Self::load(simd, &NUMBERS.map(T::from_f64))
    }

    /// Hands each lane to `take`.
    #[inline(always)]
    pub(crate) fn for_each(self, take: impl FnMut(T)) {
        let mut lanes = [T::default(); 64];
        let lanes = &mut lanes[..Self::count()];
        self.store(lanes);
        lanes.iter().copied().for_each(take);
    }

    /// The token of the instruction set.
    #[inline(always)]
    #[must_use]
    pub fn simd(self) -> S {
        self.simd
    }

    /// The vector as pulp has it.
    #[inline(always)]
    #[must_use]
    pub fn into_inner(self) -> T::Vector<S> {
        self.vector
    }

    /// A vector that pulp made.
    #[inline(always)]
    #[must_use]
    pub fn from_inner(simd: S, vector: T::Vector<S>) -> Self {
        Self { simd, vector }
    }

    #[inline(always)]
    pub(super) fn wrap(self, vector: T::Vector<S>) -> Self {
        Self { simd: self.simd, vector }
    }
}

impl<T: Scalar, S: Simd> Add for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrap(T::plus(self.simd, self.vector, other.vector))
    }
}

impl<T: Scalar, S: Simd> Sub for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.wrap(T::minus(self.simd, self.vector, other.vector))
    }
}

impl<T: Scalar, S: Simd> Mul for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.wrap(T::times(self.simd, self.vector, other.vector))
    }
}

impl<T: Scalar, S: Simd> Div for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.wrap(T::over(self.simd, self.vector, other.vector))
    }
}

impl<T: Scalar, S: Simd> Neg for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.wrap(T::xor(self.simd, self.vector, T::splat(self.simd, -T::from_f64(0.0))))
    }
}
