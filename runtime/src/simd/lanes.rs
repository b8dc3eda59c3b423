//! One vector type for both precisions and every instruction set.

use core::any::TypeId;
use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use pulp::Simd;
// Checked where it is reached: pulp's own is checked where it stands, though a single number never comes there.
use pulp::bytemuck::cast;

use super::Plain;
use crate::kernels::Kernels;
use crate::math::Math;
use crate::routines::{Maxima, RowWise};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: what the elements of a matrix are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that losses compute with",
    label = "all numbers of a loss are `f32`, or all are `f64`"
)]
pub trait Element:
    sealed::Sealed
    + Math
    + Kernels
    + RowWise
    + Maxima
    + Copy
    + Default
    + PartialEq
    + PartialOrd
    + AddAssign
    + Debug
    + Display
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// The name of the type, as Rust writes it.
    const NAME: &'static str;
    /// Elements of 64 bytes, the widest vector; rows of buffers are padded to a multiple of it.
    const PADDING: usize;

    /// Bits of the sign and the exponent together.
    #[doc(hidden)]
    const HEAD_BITS: u32;
    /// 2^`HEAD_BITS`: a number in [this, twice this) has an integer part of just so many bits, on top of its mantissa.
    #[doc(hidden)]
    const HEAD: Self;
    /// Positive infinity.
    #[doc(hidden)]
    const INFINITY: Self;
    /// The bias that the encoding adds to exponents.
    #[doc(hidden)]
    const BIAS: Self;
    /// 1.5 times the number from which on there are no fractions: adding it rounds to an integer.
    #[doc(hidden)]
    const ROUNDER: Self;
    /// The bits of 1, less the bits of sqrt(1/2).
    #[doc(hidden)]
    const ONE_OVER_SQRT_HALF: Self;

    #[doc(hidden)]
    type Vector<S: Simd>: Copy + Debug;
    #[doc(hidden)]
    type MaskVector<S: Simd>: Copy + Debug;

    /// The nearest value of this type.
    fn from_f64(x: f64) -> Self;
    /// This value as an `f64`, exactly.
    fn to_f64(self) -> f64;

    #[doc(hidden)]
    fn lanes<S: Simd>() -> usize;
    #[doc(hidden)]
    fn splat<S: Simd>(s: S, x: Self) -> Self::Vector<S>;
    #[doc(hidden)]
    fn load<S: Simd>(s: S, from: &[Self]) -> Self::Vector<S>;
    #[doc(hidden)]
    fn load_partial<S: Simd>(s: S, from: &[Self]) -> Self::Vector<S>;
    #[doc(hidden)]
    fn store<S: Simd>(s: S, to: &mut [Self], x: Self::Vector<S>);
    #[doc(hidden)]
    fn store_partial<S: Simd>(s: S, to: &mut [Self], x: Self::Vector<S>);
    #[doc(hidden)]
    unsafe fn load_ptr<S: Simd>(s: S, from: *const Self) -> Self::Vector<S>;
    #[doc(hidden)]
    unsafe fn store_ptr<S: Simd>(s: S, to: *mut Self, x: Self::Vector<S>);
    #[doc(hidden)]
    unsafe fn load_masked<S: Simd>(s: S, m: Self::MaskVector<S>, from: *const Self) -> Self::Vector<S>;
    #[doc(hidden)]
    unsafe fn store_masked<S: Simd>(s: S, m: Self::MaskVector<S>, to: *mut Self, x: Self::Vector<S>);
    #[doc(hidden)]
    fn plus<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn minus<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn times<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn over<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn mul_add<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn fused<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn sqrt<S: Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn and<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn or<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn xor<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn lesser<S: Simd>(s: S, bound: Self::Vector<S>, a: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn greater<S: Simd>(s: S, bound: Self::Vector<S>, a: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn add_bits<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn subtract_bits<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn shift_words_left<S: Simd>(s: S, a: Self::Vector<S>, by: u32) -> Self::Vector<S>;
    #[doc(hidden)]
    fn shift_words_right<S: Simd>(s: S, a: Self::Vector<S>, by: u32) -> Self::Vector<S>;
    #[doc(hidden)]
    fn less<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S>;
    #[doc(hidden)]
    fn less_or_equal<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S>;
    #[doc(hidden)]
    fn equal<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S>;
    #[doc(hidden)]
    fn select<S: Simd>(s: S, m: Self::MaskVector<S>, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    #[doc(hidden)]
    fn first_lanes<S: Simd>(s: S, count: usize) -> Self::MaskVector<S>;
    #[doc(hidden)]
    fn sum_lanes<S: Simd>(s: S, a: Self::Vector<S>) -> f64;
    #[doc(hidden)]
    fn reduce<S: Simd>(s: S, a: Self::Vector<S>) -> Self;
    #[doc(hidden)]
    fn turned<S: Simd>(s: S, a: Self::Vector<S>, by: usize) -> Self::Vector<S>;
    #[doc(hidden)]
    fn any<S: Simd>(s: S, m: Self::MaskVector<S>) -> bool;
    #[doc(hidden)]
    fn all<S: Simd>(s: S, m: Self::MaskVector<S>) -> bool;
    #[doc(hidden)]
    fn both<S: Simd>(s: S, a: Self::MaskVector<S>, b: Self::MaskVector<S>) -> Self::MaskVector<S>;
}

/// True if `S` multiplies and adds in one instruction; in plain Rust and in WebAssembly a fused operation is a slow library call.
#[inline(always)]
fn has_fma<S: Simd>() -> bool {
    !cfg!(target_arch = "wasm32") && TypeId::of::<S>() != TypeId::of::<Plain>()
}

macro_rules! element {
    ($t:ident, $bits:ident, $padding:literal, $ts:ident, $us:ident, $ms:ident,
     $lanes:ident, $splat:ident, $as_simd:ident, $as_mut_simd:ident, $partial_load:ident, $partial_store:ident,
     $mask_load:ident, $mask_store:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $mul_add:ident, $sqrt:ident,
     $and:ident, $or:ident, $xor:ident, $add_bits:ident, $sub_bits:ident, $min:ident, $max:ident, $lt:ident, $le:ident, $eq:ident, $select:ident, $mask_between:ident,
     $first_true:ident, $both:ident, $not:ident, $reduce_sum:ident, $rotate_left:ident) => {
        impl Element for $t {
            const NAME: &'static str = stringify!($t);
            const PADDING: usize = $padding;
            const HEAD_BITS: u32 = 1 + $bits::BITS - <$t>::MANTISSA_DIGITS;
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "2^9 and 2^12 are exact")]
            const HEAD: Self = (1_u32 << Self::HEAD_BITS) as $t;
            const INFINITY: Self = <$t>::INFINITY;
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "127 and 1023 are exact")]
            const BIAS: Self = (<$t>::MAX_EXP - 1) as $t;
            const ROUNDER: Self = 1.5 / <$t>::EPSILON;
            const ONE_OVER_SQRT_HALF: Self =
                <$t>::from_bits(<$t>::to_bits(1.0) - <$t>::to_bits(core::$t::consts::FRAC_1_SQRT_2));
            type Vector<S: Simd> = S::$ts;
            type MaskVector<S: Simd> = S::$ms;

            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_lossless,
                reason = "rounding to f32 is what it is for"
            )]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn splat<S: Simd>(s: S, x: Self) -> Self::Vector<S> {
                s.$splat(x)
            }
            #[inline(always)]
            fn load<S: Simd>(s: S, from: &[Self]) -> Self::Vector<S> {
                match S::$as_simd(from).0 {
                    [first, ..] => *first,
                    [] => s.$partial_load(from),
                }
            }
            #[inline(always)]
            fn load_partial<S: Simd>(s: S, from: &[Self]) -> Self::Vector<S> {
                s.$partial_load(from)
            }
            #[inline(always)]
            fn store<S: Simd>(s: S, to: &mut [Self], x: Self::Vector<S>) {
                match S::$as_mut_simd(to).0 {
                    [first, ..] => *first = x,
                    [] => s.$partial_store(to, x),
                }
            }
            #[inline(always)]
            fn store_partial<S: Simd>(s: S, to: &mut [Self], x: Self::Vector<S>) {
                s.$partial_store(to, x);
            }
            #[inline(always)]
            unsafe fn load_ptr<S: Simd>(_: S, from: *const Self) -> Self::Vector<S> {
                // SAFETY: the caller's promise: a vector's elements may be read here.
                unsafe { from.cast::<S::$ts>().read_unaligned() }
            }
            #[inline(always)]
            unsafe fn store_ptr<S: Simd>(_: S, to: *mut Self, x: Self::Vector<S>) {
                // SAFETY: the caller's promise: a vector's elements may be written here.
                unsafe { to.cast::<S::$ts>().write_unaligned(x) }
            }
            #[inline(always)]
            unsafe fn load_masked<S: Simd>(s: S, m: Self::MaskVector<S>, from: *const Self) -> Self::Vector<S> {
                // SAFETY: the caller's promise: the elements that the mask holds for may be read.
                unsafe { s.$mask_load(m.into(), from) }
            }
            #[inline(always)]
            unsafe fn store_masked<S: Simd>(s: S, m: Self::MaskVector<S>, to: *mut Self, x: Self::Vector<S>) {
                // SAFETY: the caller's promise: the elements that the mask holds for may be written.
                unsafe { s.$mask_store(m.into(), to, x) }
            }
            #[inline(always)]
            fn plus<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                s.$add(a, b)
            }
            #[inline(always)]
            fn minus<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                s.$sub(a, b)
            }
            #[inline(always)]
            fn times<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                s.$mul(a, b)
            }
            #[inline(always)]
            fn over<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                s.$div(a, b)
            }
            #[inline(always)]
            fn mul_add<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S> {
                if has_fma::<S>() { s.$mul_add(a, b, c) } else { s.$add(s.$mul(a, b), c) }
            }
            #[inline(always)]
            fn fused<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S> {
                s.$mul_add(a, b, c)
            }
            #[inline(always)]
            fn sqrt<S: Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S> {
                s.$sqrt(a)
            }
            #[inline(always)]
            fn and<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                pulp::cast(s.$and(pulp::cast::<_, S::$us>(a), pulp::cast::<_, S::$us>(b)))
            }
            #[inline(always)]
            fn or<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                pulp::cast(s.$or(pulp::cast::<_, S::$us>(a), pulp::cast::<_, S::$us>(b)))
            }
            #[inline(always)]
            fn xor<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                pulp::cast(s.$xor(pulp::cast::<_, S::$us>(a), pulp::cast::<_, S::$us>(b)))
            }
            #[inline(always)]
            fn lesser<S: Simd>(s: S, bound: Self::Vector<S>, a: Self::Vector<S>) -> Self::Vector<S> {
                // x86 returns the second of the two if either is NaN, AArch64 returns NaN, and f32::min the number.
                if has_fma::<S>() { s.$min(bound, a) } else { s.$select(s.$lt(bound, a), bound, a) }
            }
            #[inline(always)]
            fn greater<S: Simd>(s: S, bound: Self::Vector<S>, a: Self::Vector<S>) -> Self::Vector<S> {
                if has_fma::<S>() { s.$max(bound, a) } else { s.$select(s.$lt(a, bound), bound, a) }
            }
            #[inline(always)]
            fn add_bits<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                pulp::cast(s.$add_bits(pulp::cast::<_, S::$us>(a), pulp::cast::<_, S::$us>(b)))
            }
            #[inline(always)]
            fn subtract_bits<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                pulp::cast(s.$sub_bits(pulp::cast::<_, S::$us>(a), pulp::cast::<_, S::$us>(b)))
            }
            #[inline(always)]
            fn shift_words_left<S: Simd>(s: S, a: Self::Vector<S>, by: u32) -> Self::Vector<S> {
                if const { S::IS_SCALAR } {
                    return cast(cast::<_, $bits>(a) << by);
                }
                cast(s.wrapping_dyn_shl_u32s(cast::<_, S::u32s>(a), s.splat_u32s(by)))
            }
            #[inline(always)]
            fn shift_words_right<S: Simd>(s: S, a: Self::Vector<S>, by: u32) -> Self::Vector<S> {
                if const { S::IS_SCALAR } {
                    return cast(cast::<_, $bits>(a) >> by);
                }
                cast(s.wrapping_dyn_shr_u32s(cast::<_, S::u32s>(a), s.splat_u32s(by)))
            }
            #[inline(always)]
            fn less<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S> {
                s.$lt(a, b)
            }
            #[inline(always)]
            fn less_or_equal<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S> {
                s.$le(a, b)
            }
            #[inline(always)]
            fn equal<S: Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::MaskVector<S> {
                s.$eq(a, b)
            }
            #[inline(always)]
            fn select<S: Simd>(
                s: S,
                m: Self::MaskVector<S>,
                a: Self::Vector<S>,
                b: Self::Vector<S>,
            ) -> Self::Vector<S> {
                s.$select(m, a, b)
            }
            #[inline(always)]
            fn first_lanes<S: Simd>(s: S, count: usize) -> Self::MaskVector<S> {
                #[allow(clippy::cast_possible_truncation, reason = "a count of lanes is small")]
                s.$mask_between(0, count as $bits).mask()
            }
            #[inline(always)]
            fn sum_lanes<S: Simd>(s: S, a: Self::Vector<S>) -> f64 {
                let mut lanes = [<$t>::default(); $padding];
                Self::store(s, &mut lanes, a);
                let mut sum = 0.0;
                for &lane in &lanes[..S::$lanes] {
                    sum += f64::from(lane);
                }
                sum
            }
            #[inline(always)]
            fn reduce<S: Simd>(s: S, a: Self::Vector<S>) -> Self {
                s.$reduce_sum(a)
            }
            #[inline(always)]
            fn turned<S: Simd>(s: S, a: Self::Vector<S>, by: usize) -> Self::Vector<S> {
                s.$rotate_left(a, by)
            }
            #[inline(always)]
            fn any<S: Simd>(s: S, m: Self::MaskVector<S>) -> bool {
                s.$first_true(m) < S::$lanes
            }
            #[inline(always)]
            fn all<S: Simd>(s: S, m: Self::MaskVector<S>) -> bool {
                s.$first_true(s.$not(m)) == S::$lanes
            }
            #[inline(always)]
            fn both<S: Simd>(s: S, a: Self::MaskVector<S>, b: Self::MaskVector<S>) -> Self::MaskVector<S> {
                s.$both(a, b)
            }
        }
    };
}

element!(
    f32,
    u32,
    16,
    f32s,
    u32s,
    m32s,
    F32_LANES,
    splat_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s,
    mask_load_ptr_f32s,
    mask_store_ptr_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    div_f32s,
    mul_add_f32s,
    sqrt_f32s,
    and_u32s,
    or_u32s,
    xor_u32s,
    add_u32s,
    sub_u32s,
    min_f32s,
    max_f32s,
    less_than_f32s,
    less_than_or_equal_f32s,
    equal_f32s,
    select_f32s,
    mask_between_m32s,
    first_true_m32s,
    and_m32s,
    not_m32s,
    reduce_sum_f32s,
    rotate_left_f32s
);
element!(
    f64,
    u64,
    8,
    f64s,
    u64s,
    m64s,
    F64_LANES,
    splat_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s,
    mask_load_ptr_f64s,
    mask_store_ptr_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    div_f64s,
    mul_add_f64s,
    sqrt_f64s,
    and_u64s,
    or_u64s,
    xor_u64s,
    add_u64s,
    sub_u64s,
    min_f64s,
    max_f64s,
    less_than_f64s,
    less_than_or_equal_f64s,
    equal_f64s,
    select_f64s,
    mask_between_m64s,
    first_true_m64s,
    and_m64s,
    not_m64s,
    reduce_sum_f64s,
    rotate_left_f64s
);

/// A vector of `T` in the registers of `S`, with the operators of a number.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<T: Element, S: Simd> {
    simd: S,
    vector: T::Vector<S>,
}

/// The lanes for which a comparison holds.
#[derive(Clone, Copy, Debug)]
pub struct Mask<T: Element, S: Simd> {
    simd: S,
    mask: T::MaskVector<S>,
}

impl<T: Element, S: Simd> Lanes<T, S> {
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
    pub(crate) fn turned(self, by: usize) -> Self {
        self.wrap(T::turned(self.simd, self.vector, by))
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
    fn wrap(self, vector: T::Vector<S>) -> Self {
        Self { simd: self.simd, vector }
    }
}

impl<T: Element, S: Simd> Mask<T, S> {
    /// The first `count` lanes; all of them where there are fewer.
    #[inline(always)]
    #[must_use]
    pub(crate) fn first(simd: S, count: usize) -> Self {
        Self { simd, mask: T::first_lanes(simd, count) }
    }

    /// `a` where the comparison holds, `b` elsewhere.
    #[inline(always)]
    #[must_use]
    pub fn select(self, a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a.wrap(T::select(self.simd, self.mask, a.vector, b.vector))
    }

    /// Where both comparisons hold.
    #[inline(always)]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { simd: self.simd, mask: T::both(self.simd, self.mask, other.mask) }
    }

    /// True if the comparison holds in every lane.
    #[inline(always)]
    #[must_use]
    pub fn all(self) -> bool {
        T::all(self.simd, self.mask)
    }

    /// True if the comparison holds in any lane.
    #[inline(always)]
    #[must_use]
    pub fn any(self) -> bool {
        T::any(self.simd, self.mask)
    }
}

impl<T: Element, S: Simd> Add for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrap(T::plus(self.simd, self.vector, other.vector))
    }
}

impl<T: Element, S: Simd> Sub for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.wrap(T::minus(self.simd, self.vector, other.vector))
    }
}

impl<T: Element, S: Simd> Mul for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.wrap(T::times(self.simd, self.vector, other.vector))
    }
}

impl<T: Element, S: Simd> Div for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.wrap(T::over(self.simd, self.vector, other.vector))
    }
}

impl<T: Element, S: Simd> Neg for Lanes<T, S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.wrap(T::xor(self.simd, self.vector, T::splat(self.simd, -T::from_f64(0.0))))
    }
}
