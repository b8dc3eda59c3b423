//! Numbers, with the vectors that each instruction set has of them.

use core::any::TypeId;
use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use pulp::Simd;
// Checked where it is reached: pulp's own is checked where it stands, though a single number never comes there.
use pulp::bytemuck::cast;

use super::Plain;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`, as a number and in vectors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that losses compute with",
    label = "all numbers of a loss are `f32`, or all are `f64`"
)]
pub trait Scalar:
    sealed::Sealed
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
    fn rotated<S: Simd>(s: S, a: Self::Vector<S>, by: usize) -> Self::Vector<S>;
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

macro_rules! scalar {
    ($t:ident, $bits:ident, $padding:literal, $ts:ident, $us:ident, $ms:ident,
     $lanes:ident, $splat:ident, $as_simd:ident, $as_mut_simd:ident, $partial_load:ident, $partial_store:ident,
     $mask_load:ident, $mask_store:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $mul_add:ident, $sqrt:ident,
     $and:ident, $or:ident, $xor:ident, $add_bits:ident, $sub_bits:ident, $min:ident, $max:ident, $lt:ident, $le:ident, $eq:ident, $select:ident, $mask_between:ident,
     $first_true:ident, $both:ident, $not:ident, $reduce_sum:ident, $rotate_left:ident) => {
        impl Scalar for $t {
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
            fn rotated<S: Simd>(s: S, a: Self::Vector<S>, by: usize) -> Self::Vector<S> {
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

scalar!(
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
scalar!(
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
