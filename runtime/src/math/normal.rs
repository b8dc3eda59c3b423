//! The error function and the normal distribution: erf, erfc, Φ, ln Φ and φ/Φ.
//!
//! All but erf near 0 come from the upper tail Φ(−a) at a = |x|, which is e^(−a²/2) / √2π times Mills' ratio R(a)
//! (7.8.1 in the Digital Library of Mathematical Functions, <https://dlmf.nist.gov>). R falls from √(π/2) to 1/a, so
//!
//! > (a + k) R(a) / √2π = p(y), y = (a − k) / (a + k),
//!
//! is a smooth function on −1 ≤ y ≤ 1 (M. M. Shepherd and J. G. Laframboise, Mathematics of Computation 36 (1981), do
//! this to erfc). With r = 1 / (a + k), y is 1 − 2k r, where 2k r is exact since k is a power of two: one division.
//! Then
//!
//! > Φ(−a) = e^(−a²/2) r p(y), Φ(a) = 1 − Φ(−a), erfc(±a) = 2 Φ(∓√2 a), erf a = 1 − erfc a,
//!
//! the last from ½ on; below, erf x = x + x q(x²). Rounding a²/2 would count a²/2 times. It is a [`Pair`], as are r, y,
//! the last step of p, the exponential and the product, so that of all roundings only that of the result is of the
//! size of an ulp, even where Φ(−a) is subtracted from a number of its own size.
//!
//! > ln Φ(−a) = −a²/2 + ln(r p(y)), ln Φ(a) = log1p(−Φ(−a)),
//!
//! where the terms of the first have the same sign: nothing cancels.
//!
//! The excess of the derivative φ(−a) / Φ(−a) = 1 / R(a) over a falls from √(2/π) to 1/a, and would cancel: it has a
//! polynomial of its own, (a + k) (1/R(a) − a) in y. The sum of a and the excess is D, and on the other side φ(a) / Φ(a) is
//! φ(a) / (1 − φ(a) / D) = φ(a) D / (D − φ(a)).
//!
//! Largest error measured, in ulp: erf 0.64 in `f32` (all inputs) and 0.78 in `f64`, erfc 0.80 (all inputs) and 1.25, Φ
//! 0.80 (all inputs) and 1.16, ln Φ 0.79 (one input in 2003) and 1.29, φ/Φ 0.76 and 0.72, φ/Φ + x 0.82 and 0.75.

use super::compensated::Series;
use super::double_double::Pair;
use super::exp::Reduced;
use super::ln::{self, ln_of};
use super::polynomial;
use super::sigmoid::{self, two_factors};
use crate::simd::{Lanes, Scalar, Simd};

/// Constants that depend on the precision.
pub(crate) trait Constants: ln::Constants + sigmoid::Constants {
    /// erf x / x − 1 in powers of x², up to x = ½.
    const ERF: &'static [Self];
    /// k, a power of two.
    const OFFSET: Self;
    /// (a + k) R(a) / √2π in powers of y.
    const RATIO: Series<Self>;
    /// (a + k) (1 / R(a) − a) in powers of y.
    const EXCESS: Series<Self>;
    /// √2 as a sum.
    const SQRT_2: [Self; 2];
    /// 1 / √2π as a sum.
    const FRAC_1_SQRT_TAU: [Self; 2];
    /// From here on e^(−a²/2) and so Φ(−a) are 0; e^(−a²/2) is far enough above `LOWEST_EXP`.
    const LARGEST_NDTR: Self;
    /// √½ of that, where erfc is 0.
    const LARGEST_ERFC: Self;
    /// From here on 1/R(a) is a, and ln R(a) negligible compared with a²/2.
    const FAR: Self;
    /// The largest number.
    const MAX: Self;
}

// coefficients.py: relative error below 2⁻²⁹ for erf, and 2⁻²⁹ and 2⁻³⁰ on the half line.
impl Constants for f32 {
    #[rustfmt::skip]
    const ERF: &'static [Self] = &[
        0.128_379_17,
        -0.376_126_1,
        0.112_828_55,
        -0.026_758_812,
        4.720_762e-3,
    ];
    const OFFSET: Self = 2.0;
    #[rustfmt::skip]
    const RATIO: Series<Self> = Series { rest: 2.040_843_2e-8, coefficients: &[
        0.672_408,
        -0.331_404_45,
        0.028_797_334,
        0.036_718_484,
        -4.690_932_7e-4,
        -6.725_827e-3,
        -1.954_893e-3,
        7.878_956_4e-4,
        8.411_4e-4,
        2.046_420_1e-4,
        -1.434_024_9e-4,
        -1.340_768e-4,
        -1.700_368e-5,
        2.447_027_1e-5,
        9.053_664e-6,
    ] };
    #[rustfmt::skip]
    const EXCESS: Series<Self> = Series { rest: 2.526_755_3e-8, coefficients: &[
        1.492_862_1,
        -0.335_603_48,
        -0.264_681_43,
        0.023_623_014,
        0.088_859_07,
        0.029_335_229,
        -0.018_303_547,
        -0.020_974_064,
        -4.924_075e-3,
        5.501_576_2e-3,
        5.954_909e-3,
        1.563_646_4e-3,
        -2.169_272_4e-3,
        -1.947_182_5e-3,
        2.638_433_7e-4,
        7.229_986e-4,
        2.293_516_4e-5,
        -1.063_024e-4,
    ] };
    const SQRT_2: [Self; 2] = [core::f32::consts::SQRT_2, 2.420_323_5e-8];
    const FRAC_1_SQRT_TAU: [Self; 2] = [0.398_942_3, -1.133_517e-8];
    const LARGEST_NDTR: Self = 14.4;
    const LARGEST_ERFC: Self = 10.15;
    const FAR: Self = 1e5;
    const MAX: Self = Self::MAX;
}

// coefficients.py: relative error below 2⁻⁵⁶ for erf, and 2⁻⁵⁸ on the half line.
impl Constants for f64 {
    #[rustfmt::skip]
    const ERF: &'static [Self] = &[
        0.128_379_167_095_512_6,
        -0.376_126_389_031_840_5,
        0.112_837_916_709_757_17,
        -0.026_866_170_651_642_783,
        5.223_977_736_733_417e-3,
        -8.548_338_152_629_454e-4,
        1.205_600_055_856_120_1e-4,
        -1.494_906_173_309_443_5e-5,
        1.689_121_957_246_430_9e-6,
        -1.899_085_942_178_112e-7,
    ];
    const OFFSET: Self = 4.0;
    #[rustfmt::skip]
    const RATIO: Series<Self> = Series { rest: -2.174_693_435_465_204e-17, coefficients: &[
        0.755_285_130_415_751_5,
        -0.607_896_641_971_892_1,
        0.387_137_400_742_214_25,
        -0.186_521_857_959_658,
        0.060_396_574_890_955_665,
        -7.540_188_966_743_505e-3,
        -3.479_692_367_887_033_7e-3,
        1.630_818_458_353_283_3e-3,
        1.333_443_190_640_254_2e-4,
        -2.310_949_455_448_219_3e-4,
        -1.908_312_339_293_911e-6,
        3.514_475_887_537_726_6e-5,
        7.169_480_506_792_512e-7,
        -5.920_475_507_073_631e-6,
        -6.306_858_299_440_893e-7,
        1.022_327_565_387_786_4e-6,
        2.741_674_632_865_207e-7,
        -1.561_693_315_695_360_7e-7,
        -8.921_384_636_890_57e-8,
        1.431_090_636_218_230_8e-8,
        2.360_869_599_819_068_7e-8,
        1.630_246_743_128_539_3e-9,
        -5.037_306_735_948_2e-9,
        -9.252_430_063_910_069e-10,
        7.960_015_139_628_149e-10,
        1.286_892_504_912_149_2e-10,
        -7.027_120_229_841_762e-11,
    ] };
    #[rustfmt::skip]
    const EXCESS: Series<Self> = Series { rest: -9.166_322_669_082_975e-17, coefficients: &[
        1.804_857_155_915_768_7,
        -1.182_204_501_519_279_7,
        0.401_956_703_806_228_7,
        0.067_517_927_922_833_65,
        -0.138_224_491_478_727_45,
        0.033_703_667_650_666_13,
        0.031_656_527_478_863_744,
        -0.020_800_454_255_599_96,
        -4.488_589_744_803_491e-3,
        7.961_410_529_747_604e-3,
        -3.735_871_360_902_641_5e-4,
        -2.485_787_934_123_399_4e-3,
        5.948_620_373_344_984e-4,
        6.654_758_295_284_648e-4,
        -2.893_130_634_252_048e-4,
        -1.502_672_588_609_328_7e-4,
        1.049_396_405_205_816_2e-4,
        2.545_308_595_137_492e-5,
        -3.179_848_271_699_200_5e-5,
        -1.221_553_272_208_176_3e-6,
        8.222_990_076_885_231e-6,
        -1.395_661_525_385_418_1e-6,
        -1.781_012_397_249_809e-6,
        7.734_255_260_170_533e-7,
        3.048_500_913_233_070_7e-7,
        -2.460_794_644_426_064_3e-7,
        -3.644_236_906_414_319e-8,
        4.892_153_245_322_078_4e-8,
        2.247_376_092_606_978e-9,
        -4.709_390_383_300_059_4e-9,
    ] };
    const SQRT_2: [Self; 2] = [core::f64::consts::SQRT_2, -9.667_293_313_452_913e-17];
    const FRAC_1_SQRT_TAU: [Self; 2] = [0.398_942_280_401_432_7, -2.492_327_202_277_73e-17];
    const LARGEST_NDTR: Self = 38.6;
    const LARGEST_ERFC: Self = 27.3;
    const FAR: Self = 1e10;
    const MAX: Self = Self::MAX;
}

/// One of the functions of a ≥ 0 that are `series` in y, over a + k.
#[inline(always)]
fn on_half_line<T: Constants, S: Simd>(a: Pair<T, S>, series: &Series<T>) -> Pair<T, S> {
    let splat = |value| a.hi.like(value);
    let one = splat(T::from_f64(1.0));
    let twice_offset = splat(T::OFFSET + T::OFFSET);
    let sum = Pair::sum(splat(T::OFFSET), a.hi).plus(a.lo);
    let r = Pair::exactly(one).over(sum);
    let y = Pair::fast_sum(one, -(twice_offset * r.hi)).plus(-(twice_offset * r.lo));
    series.at(y).times(r)
}

/// e^(−`square`) without its power of two, and the exponent of that.
#[inline(always)]
fn exp_of_minus<T: Constants, S: Simd>(square: Pair<T, S>) -> (Pair<T, S>, Lanes<T, S>) {
    let reduced = Reduced::new(-square.hi);
    let value = reduced.pair();
    (value.plus(-(value.hi * square.lo)), reduced.n)
}

/// √2 a
#[inline(always)]
fn times_sqrt_2<T: Constants, S: Simd>(a: Lanes<T, S>) -> Pair<T, S> {
    let [high, low] = T::SQRT_2.map(|part| a.like(part));
    Pair::product(a, high).plus(a * low)
}

/// a²/2
#[inline(always)]
fn half_square<T: Scalar, S: Simd>(a: Lanes<T, S>) -> Pair<T, S> {
    Pair::product(a, a * a.like(T::from_f64(0.5)))
}

/// Φ(−√2 a) without a power of two, and the exponent of that, up to `LARGEST_ERFC`.
#[inline(always)]
fn tail_of_erfc<T: Constants, S: Simd>(a: Lanes<T, S>) -> (Pair<T, S>, Lanes<T, S>) {
    let a = a.at_most(a.like(T::LARGEST_ERFC));
    let (exp, n) = exp_of_minus(Pair::product(a, a));
    (on_half_line(times_sqrt_2(a), &T::RATIO).times(exp), n)
}

/// Φ(−a) in the same form, up to `LARGEST_NDTR`.
#[inline(always)]
fn tail<T: Constants, S: Simd>(a: Lanes<T, S>) -> (Pair<T, S>, Lanes<T, S>) {
    let a = a.at_most(a.like(T::LARGEST_NDTR));
    let (exp, n) = exp_of_minus(half_square(a));
    (on_half_line(Pair::exactly(a), &T::RATIO).times(exp), n)
}

/// 2ⁿ `tail` where x < 0, otherwise what is left of `whole`; far out the tail is subnormal, and nothing beside it.
#[inline(always)]
fn tail_or_rest<T: Constants, S: Simd>(x: Lanes<T, S>, whole: f64, tail: Pair<T, S>, n: Lanes<T, S>) -> Lanes<T, S> {
    let (scale, last) = two_factors(n);
    let rest = Pair::fast_sum(x.like(T::from_f64(whole)), -(tail.hi * scale)).plus(-(tail.lo * scale));
    x.less(x.like(T::default())).select(tail.rounded() * scale * last, rest.rounded())
}

/// erf x.
#[inline(always)]
pub(super) fn erf<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let splat = |value| x.like(T::from_f64(value));
    let a = x.abs();
    let near = x.mul_add(polynomial(x * x, T::ERF), x);
    let (tail, n) = tail_of_erfc(a);
    let (scale, _) = two_factors(n + splat(1.0));
    let far = Pair::fast_sum(splat(1.0), -(tail.hi * scale)).plus(-(tail.lo * scale)).rounded();
    a.less(splat(0.5)).select(near, far.with_sign_of(x))
}

/// erfc x = 1 − erf x.
#[inline(always)]
pub(super) fn erfc<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let (tail, n) = tail_of_erfc(x.abs());
    tail_or_rest(-x, 2.0, tail, n + x.like(T::from_f64(1.0)))
}

/// Φ(x), the normal distribution.
#[inline(always)]
pub(super) fn ndtr<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let (tail, n) = tail(x.abs());
    tail_or_rest(x, 1.0, tail, n)
}

/// ln Φ(x).
#[inline(always)]
pub(super) fn log_ndtr<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let zero = x.like(T::default());
    let one = x.like(T::from_f64(1.0));
    let left = x.less(zero);
    let far = x.like(T::FAR);
    // The exponential is that of the right side: on the left it may be anything.
    let a = x.abs().at_most(left.select(far, x.like(T::LARGEST_NDTR)));
    let square = half_square(a);
    let ratio = on_half_line(Pair::exactly(a), &T::RATIO);

    let (exp, n) = exp_of_minus(square);
    let (scale, last) = two_factors(n);
    let tail = ratio.times(exp).normalised();
    let tail = Pair { hi: tail.hi * scale * last, lo: tail.lo * scale * last };
    let rest = Pair::fast_sum(one, -tail.hi).plus(-tail.lo);

    // The ratio is at most ½: near 1 is only the right side, and there the tail has more digits than the rest.
    let argument = Pair { hi: left.select(ratio.hi, rest.hi), lo: left.select(ratio.lo, rest.lo) };
    let (mantissa, k) = argument.hi.split_exponent();
    let near_one = k.equal(zero);
    let f = near_one.select(-tail.hi, mantissa - one);
    let epsilon = near_one.select(-tail.lo, argument.lo * (-k).exp2_of_integer());
    let ln = ln_of(k, f, epsilon);

    let on_left = Pair::sum(-square.hi, ln.hi).plus(ln.lo - square.lo).rounded();
    let on_right = ln.rounded().bit_or(x.like(T::from_f64(-0.0)));
    let value = left.select(on_left, on_right);
    x.less_or_equal(-far).select(x * (x * x.like(T::from_f64(-0.5))), value)
}

/// The parts of φ/Φ at x.
struct Mills<T: Scalar, S: Simd> {
    /// 1 / R(a) − a
    excess: Pair<T, S>,
    /// φ(a) / Φ(a) without its power of two.
    right: Pair<T, S>,
    /// That power of two, as two factors.
    scale: (Lanes<T, S>, Lanes<T, S>),
}

impl<T: Constants, S: Simd> Mills<T, S> {
    /// `right` is meant only for x ≥ 0.
    #[inline(always)]
    fn new(x: Lanes<T, S>) -> Self {
        let left = x.less(x.like(T::default()));
        let a = x.abs().at_most(left.select(x.like(T::MAX), x.like(T::LARGEST_NDTR)));
        let excess = on_half_line(Pair::exactly(a), &T::EXCESS);
        let divisor = Pair::sum(a, excess.hi).plus(excess.lo);

        let [high, low] = T::FRAC_1_SQRT_TAU.map(|part| x.like(part));
        let (exp, n) = exp_of_minus(half_square(a));
        let scale = two_factors(n);
        let density = exp.times(Pair { hi: high, lo: low });
        let rest = Pair::fast_sum(divisor.hi, -(density.hi * scale.0)).plus(divisor.lo - density.lo * scale.0);
        let right = density.times(divisor).normalised().over(rest.normalised());
        Self { excess, right, scale }
    }
}

/// φ(x) / Φ(x).
#[inline(always)]
pub(super) fn inverse_mills<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let mills = Mills::new(x);
    let (scale, last) = mills.scale;
    let far = x.less_or_equal(x.like(-T::FAR));
    let left = Pair::sum(-x, mills.excess.hi).plus(mills.excess.lo).rounded();
    let right = mills.right.rounded() * scale * last;
    far.select(-x, x.less(x.like(T::default())).select(left, right))
}

/// φ(x) / Φ(x) + x.
#[inline(always)]
pub(super) fn inverse_mills_excess<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let zero = x.like(T::default());
    let mills = Mills::new(x);
    let (scale, _) = mills.scale;
    let left = x.equal(x.like(-T::INFINITY)).select(zero, mills.excess.rounded());
    let right = Pair::sum(x, mills.right.hi * scale).plus(mills.right.lo * scale).rounded();
    // Beyond `LARGEST_NDTR`, and for NaN, it is x.
    x.less(zero).select(left, x.less(x.like(T::LARGEST_NDTR)).select(right, x))
}
