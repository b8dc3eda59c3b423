//! The logarithm of the modified Bessel function I₀, the ratio I₁/I₀, which is its derivative, and the ratio's own ones.
//!
//! All are smooth at 0, and what their definitions become there and far out is 0/0, ∞/∞ and a difference of nearly equal
//! numbers. With t = x²/4, the power series (10.25.2 in the Digital Library of Mathematical Functions,
//! <https://dlmf.nist.gov>) are
//!
//! > I₀(x) = 1 + t p(t), I₁(x) = x/2 q(t),
//!
//! and from 8 on there are polynomials in 1/x in place of the asymptotic series (10.40.1), as J. M. Blair found them,
//! "Rational Chebyshev approximations for the modified Bessel functions I₀(x) and I₁(x)", Mathematics of Computation 28
//! (1974), and as Boost has them:
//!
//! > ln I₀(x) = x − ½ ln x + r(1/x), I₁/I₀ = 1 − s(1/x) / x,
//!
//! in powers of 1/x − 1/16, whose coefficients are small.
//!
//! The derivative 1 − r/x − r² of r = I₁/I₀ has the terms of 1 cancelled: (I₀² − I₀ I₁/x − I₁²) / I₀² below 8, where the
//! numerator is a power series of positive terms, and 1/x² times a polynomial in 1/x beyond. So has the second one, with
//! I₀³ and 1/x³. What may still cancel is a [`Pair`].
//!
//! Largest error measured, in ulp: ln I₀ 0.91 in `f32` (one in 2003) and 0.66 in `f64`, I₁/I₀ 0.61 and 0.63,
//! its derivative 1.89 and 2.03, its second one 3.35 and 2.82.

use super::compensated::Series;
use super::double_double::Pair;
use super::gamma::ln_of_pair;
use super::gamma_difference::{self, log1p_of_pair};
use super::{one_by_one, polynomial};
use crate::simd::{Lanes, Mask, Simd};

/// Constants of each precision.
pub(crate) trait Constants: gamma_difference::Constants {
    /// (I₀ − 1) / t in powers of t.
    const I0: Series<Self>;
    /// I₁ / (x/2) in powers of t.
    const I1: Series<Self>;
    /// ln I₀ − x + ½ ln x in powers of 1/x − 1/16.
    const LOG_I0_FAR: Series<Self>;
    /// x (1 − I₁/I₀) in powers of 1/x − 1/16.
    const RATIO_FAR: &'static [Self];
    /// (I₁/I₀)′ I₀² in powers of t.
    const SLOPE: Series<Self>;
    /// x² (I₁/I₀)′ in powers of 1/x − 1/16.
    const SLOPE_FAR: Series<Self>;
    /// (I₁/I₀)″ I₀³ / x in powers of t.
    const CURVATURE: Series<Self>;
    /// x³ (I₁/I₀)″ in powers of 1/x − 1/16.
    const CURVATURE_FAR: Series<Self>;
    /// From here on the ratio's derivatives are 0.
    const FAR_OUT: Self;
}

// coefficients.py: relative error below 2⁻²⁶.
impl Constants for f32 {
    #[rustfmt::skip]
    const I0: Series<Self> = Series { rest: -4.030_624_7e-10, coefficients: &[
        1.0,
        0.25,
        0.027_777_772,
        1.736_120_4e-3,
        6.943_859_6e-5,
        1.930_846e-6,
        3.904_407e-8,
        6.485_323e-10,
        5.611_380_3e-12,
        1.366_551_6e-13,
    ] };
    #[rustfmt::skip]
    const I1: Series<Self> = Series { rest: 5.852_03e-11, coefficients: &[
        1.0,
        0.5,
        0.083_333_336,
        6.944_439_4e-3,
        3.472_261e-4,
        1.157_255_25e-5,
        2.759_189_5e-7,
        4.872_970_5e-9,
        7.245_224e-11,
        5.502_04e-13,
        1.254_774_4e-14,
    ] };
    #[rustfmt::skip]
    const LOG_I0_FAR: Series<Self> = Series { rest: -2.604_106e-8, coefficients: &[
        -0.910_864_2,
        0.133_694_75,
        0.077_732_414,
        0.102_386_7,
        0.248_810_29,
        0.901_574_9,
    ] };
    #[rustfmt::skip]
    const RATIO_FAR: &'static [Self] = &[
        0.508_355_9,
        0.143_416_72,
        0.174_781_43,
        0.361_969_56,
        1.136_173_4,
        6.400_810_7,
        34.155_796,
    ];
    #[rustfmt::skip]
    const SLOPE: Series<Self> = Series { rest: 2.372_857_5e-11, coefficients: &[
        0.5,
        0.25,
        0.083_333_336,
        0.017_361_099,
        2.430_577_3e-3,
        2.430_355_7e-4,
        1.819_881_6e-5,
        1.051_644e-6,
        4.980_233_5e-8,
        1.691_326_2e-9,
        7.582_786e-11,
        1.165_95e-13,
        1.105_351_3e-13,
        -1.829_297_7e-15,
        5.546_092_8e-17,
    ] };
    #[rustfmt::skip]
    const SLOPE_FAR: Series<Self> = Series { rest: 1.751_329_4e-8, coefficients: &[
        0.517_319_4,
        0.308_680_98,
        0.592_674_8,
        1.737_274_3,
        7.157_349,
        43.972_885,
        416.621_7,
        2_855.258_5,
        -13_076.611,
        -340_572.47,
        -1.338_447_4e+6,
    ] };
    #[rustfmt::skip]
    const CURVATURE: Series<Self> = Series { rest: 1.453_059_9e-11, coefficients: &[
        -0.375,
        -0.291_666_66,
        -0.109_375_09,
        -0.028_124_709,
        -5.454_766e-3,
        -8.216_983e-4,
        -9.865_186_4e-5,
        -9.397_809e-6,
        -7.970_012e-7,
        -4.328_897e-8,
        -3.948_03e-9,
        -4.211_610_2e-11,
        -1.090_799_1e-11,
        -2.587_397_5e-13,
        1.825_242_8e-14,
        -2.097_243_4e-15,
        6.250_752e-17,
        -1.264_164e-18,
    ] };
    #[rustfmt::skip]
    const CURVATURE_FAR: Series<Self> = Series { rest: 1.962_319_4e-8, coefficients: &[
        -1.053_931_4,
        -1.000_125_3,
        -2.696_789_5,
        -10.489_689,
        -55.846_867,
        -438.631_9,
        -5_269.224_6,
        -37_178.65,
        548_544.2,
        1.000_340_1e+7,
        -9.685_141e+6,
        -5.798_399e+8,
    ] };
    const FAR_OUT: Self = 1e30;
}

// coefficients.py: relative error below 2⁻⁵⁴.
impl Constants for f64 {
    #[rustfmt::skip]
    const I0: Series<Self> = Series { rest: 1.318_286_588_287_643_7e-18, coefficients: &[
        1.0,
        0.249_999_999_999_999_94,
        0.027_777_777_777_778_08,
        1.736_111_111_110_469e-3,
        6.944_444_444_514_675e-5,
        1.929_012_345_221_597_2e-6,
        3.936_759_908_378_042e-8,
        6.151_186_777_698_805e-10,
        7.594_069_392_660_297e-12,
        7.593_902_753_051_044e-14,
        6.277_658_830_018_347e-16,
        4.347_089_249_010_08e-18,
        2.634_615_502_934_354_7e-20,
        1.137_625_335_702_240_5e-22,
        9.104_648_046_817_626e-25,
    ] };
    #[rustfmt::skip]
    const I1: Series<Self> = Series { rest: -1.353_419_900_807_804_2e-19, coefficients: &[
        1.0,
        0.5,
        0.083_333_333_333_333_33,
        6.944_444_444_444_475e-3,
        3.472_222_222_221_582e-4,
        1.157_407_407_414_006_4e-5,
        2.755_731_921_996_014_7e-7,
        4.920_949_877_329_079e-9,
        6.834_652_156_687_084e-11,
        7.594_066_556_369_706e-13,
        6.903_579_296_991_178e-15,
        5.231_138_938_495_461e-17,
        3.345_214_061_086_181_4e-19,
        1.877_333_256_333_998e-21,
        7.677_337_794_494_127e-24,
        5.605_007_119_566_365e-26,
    ] };
    #[rustfmt::skip]
    const LOG_I0_FAR: Series<Self> = Series { rest: 1.419_738_403_033_809_6e-17, coefficients: &[
        -0.910_864_208_508_337_8,
        0.133_694_610_391_057_4,
        0.077_769_369_428_663_62,
        0.102_691_524_042_257_86,
        0.224_336_225_541_185_3,
        0.735_960_251_798_208_3,
        3.576_729_440_142_369,
        25.679_754_794_551_55,
        226.455_733_089_313_3,
        1_257.747_235_278_543_7,
        -18_916.635_803_999_216,
        -584_129.745_883_261,
        -3.447_165_501_090_622e+6,
        8.507_137_183_003_832e+7,
        1.164_737_895_632_228_4e+9,
        -1.020_605_245_436_999e+10,
        -2.087_625_869_234_035e+11,
        1.142_156_024_913_214_4e+12,
        2.570_213_159_247_347e+13,
        -1.105_218_113_122_352_3e+14,
        -1.988_227_360_687_106_8e+15,
        7.581_433_275_966_857e+15,
        7.188_857_779_305_125e+16,
        -2.575_570_125_254_826e+17,
    ] };
    #[rustfmt::skip]
    const RATIO_FAR: &'static [Self] = &[
        0.508_355_913_149_441_2,
        0.143_415_781_569_828_48,
        0.174_793_399_609_440_43,
        0.364_158_623_771_892_8,
        1.127_332_531_389_898_3,
        5.021_110_056_004_649,
        32.695_134_153_671_35,
        292.864_958_578_945_7,
        2_519.192_676_818_21,
        -270.841_267_805_725_8,
        -590_450.973_580_900_7,
        -9.284_849_125_030_06e+6,
        2.710_369_116_339_231_7e+7,
        2.335_114_407_477_068e+9,
        7.359_111_931_016_746_5e+9,
        -4.693_744_648_371_861e+11,
        -2.469_984_730_496_331_5e+12,
        8.533_234_424_394_766e+13,
        4.478_787_168_435_585e+14,
        -1.301_653_663_359_675e+16,
        -5.376_622_035_086_358e+16,
        1.474_029_477_490_18e+18,
        3.954_940_660_664_025_6e+18,
        -1.060_171_991_023_037_6e+20,
        -1.344_691_760_877_230_7e+20,
        3.563_140_973_173_32e+21,
    ];
    #[rustfmt::skip]
    const SLOPE: Series<Self> = Series { rest: -2.816_911_933_703_956_5e-18, coefficients: &[
        0.5,
        0.250_000_000_000_000_2,
        0.083_333_333_333_330_75,
        0.017_361_111_111_122_773,
        2.430_555_555_528_308_3e-3,
        2.430_555_555_936_953_4e-4,
        1.818_783_065_295_129e-5,
        1.055_543_767_332_136_4e-6,
        4.886_775_595_712_741e-8,
        1.846_118_972_755_778_3e-9,
        5.797_633_191_834_064_5e-11,
        1.537_438_252_969_238_5e-12,
        3.484_478_012_518_497e-14,
        6.870_165_777_763_255e-16,
        1.148_862_643_276_893_3e-17,
        1.930_437_963_947_722_3e-19,
        1.604_381_891_837_554_7e-21,
        5.503_688_746_447_154e-23,
        -2.953_585_555_078_737_7e-25,
        1.055_294_999_957_687_9e-26,
    ] };
    #[rustfmt::skip]
    const SLOPE_FAR: Series<Self> = Series { rest: -1.243_889_278_156_859_2e-17, coefficients: &[
        0.517_319_399_497_556_6,
        0.308_680_738_091_089_4,
        0.592_659_940_685_105_7,
        1.738_467_618_194_281_3,
        7.205_761_084_569_183,
        42.387_435_709_698_67,
        356.985_049_690_948_53,
        3_602.049_969_124_346,
        22_550.073_754_310_02,
        -370_524.975_520_087_5,
        -1.293_551_910_202_042_6e+7,
        -9.307_256_705_816_706e+7,
        2.321_852_465_309_366_7e+9,
        4.128_913_788_267_525_5e+10,
        -3.923_510_877_805_402e+11,
        -1.161_305_359_440_773_2e+13,
        8.726_529_129_602_706e+13,
        2.919_166_776_066_390_5e+15,
        -2.406_940_597_762_801e+16,
        -6.684_546_865_438_577e+17,
        6.310_862_761_396_69e+18,
        1.331_730_633_386_696e+20,
        -1.335_568_295_697_443_5e+21,
        -2.178_200_014_096_064e+22,
        2.097_550_823_045_956e+23,
        2.748_259_059_856_674e+24,
        -2.267_423_026_999_715_6e+25,
        -2.474_750_520_930_950_6e+26,
        1.498_340_428_758_532e+27,
        1.403_298_302_874_251_8e+28,
        -4.550_064_744_327_01e+28,
        -3.744_245_016_076_734e+29,
    ] };
    #[rustfmt::skip]
    const CURVATURE: Series<Self> = Series { rest: -2.691_839_570_893_874e-20, coefficients: &[
        -0.375,
        -0.291_666_666_666_666_7,
        -0.109_374_999_999_999_72,
        -0.028_125_000_000_001_545,
        -5.454_282_407_402_923e-3,
        -8.221_726_190_554_846e-4,
        -9.835_379_463_381_384e-5,
        -9.523_814_998_681_555e-6,
        -7.601_585_998_687_003e-7,
        -5.081_642_020_422_23e-8,
        -2.884_820_576_258_344e-9,
        -1.407_510_949_934_036_5e-10,
        -5.963_884_206_848_88e-12,
        -2.214_644_335_330_980_1e-13,
        -7.267_713_500_141_315e-15,
        -2.118_053_166_906_440_3e-16,
        -5.592_401_500_115_93e-18,
        -1.253_623_096_675_213e-19,
        -3.233_608_756_875_574_4e-21,
        -2.392_426_955_267_211_2e-23,
        -2.488_368_150_702_551_2e-24,
        4.279_444_654_992_416e-26,
        -1.815_271_151_495_371_4e-27,
        2.497_037_423_704_402_2e-29,
        -3.099_511_033_910_142_5e-31,
    ] };
    #[rustfmt::skip]
    const CURVATURE_FAR: Series<Self> = Series { rest: -9.105_224_751_978_972e-17, coefficients: &[
        -1.053_931_345_125_806,
        -1.000_124_706_858_572_8,
        -2.696_602_441_146_364,
        -10.493_778_377_128_203,
        -56.480_640_393_709_926,
        -430.581_242_423_640_45,
        -4_431.774_351_498_283,
        -43_694.751_694_590_195,
        -17_098.052_816_288_56,
        1.216_501_447_750_335e+7,
        2.192_745_414_961_029_6e+8,
        -5.418_009_214_151_361e+8,
        -6.618_685_484_726_483e+10,
        -2.599_948_708_984_972_8e+11,
        1.736_236_492_746_816e+13,
        9.255_308_494_006_722e+13,
        -4.877_876_378_083_875e+15,
        -1.428_768_708_125_304_8e+16,
        1.429_401_960_799_868_7e+18,
        -2.241_148_691_368_631_6e+18,
        -3.983_403_296_387_121e+20,
        2.522_385_636_494_685_5e+21,
        9.758_488_321_964_876e+22,
        -1.032_000_574_687_682_9e+24,
        -1.986_687_172_774_959e+25,
        2.813_366_804_945_811e+26,
        3.208_515_053_213_71e+27,
        -5.504_581_297_852_612e+28,
        -3.910_342_733_718_549e+29,
        7.687_873_666_459_511e+30,
        3.357_284_982_772_691_4e+31,
        -7.306_578_681_202_406e+32,
        -1.802_169_704_041_766e+33,
        4.242_026_914_731_136e+34,
        4.536_201_232_930_769_5e+34,
        -1.136_060_905_413_297_9e+36,
    ] };
    const FAR_OUT: Self = 1e300;
}

/// |x| on both sides of 8: what is not taken is replaced.
struct Parts<T: Constants, S: Simd> {
    near: Lanes<T, S>,
    far: Lanes<T, S>,
    is_near: Mask<T, S>,
}

/// Where the polynomials in 1/x begin.
const BORDER: f64 = 8.0;

impl<T: Constants, S: Simd> Parts<T, S> {
    #[inline(always)]
    fn new(x: Lanes<T, S>) -> Self {
        let border = x.like(T::from_f64(BORDER));
        let a = x.abs();
        let is_near = a.less(border);
        Self { near: is_near.select(a, border), far: is_near.select(border, a), is_near }
    }

    /// x²/4 and I₀ − 1.
    #[inline(always)]
    fn i0_less_one(&self) -> (Pair<T, S>, Pair<T, S>) {
        let half = self.half();
        let t = Pair::product(half, half);
        (t, T::I0.at_by_pairs(t, 6).times(t).normalised())
    }

    #[inline(always)]
    fn half(&self) -> Lanes<T, S> {
        self.near * self.near.like(T::from_f64(0.5))
    }

    /// x²/4 and I₀.
    #[inline(always)]
    fn i0(&self) -> (Pair<T, S>, Pair<T, S>) {
        let (t, less_one) = self.i0_less_one();
        let one = self.near.like(T::from_f64(1.0));
        (t, Pair::sum(one, less_one.hi).plus(less_one.lo).normalised())
    }

    /// 1/x, and how far it is from the middle of what it may be.
    #[inline(always)]
    fn inverse(&self) -> (Pair<T, S>, Pair<T, S>) {
        let far = self.far.at_most(self.far.like(T::FAR_OUT));
        let inverse = Pair::exactly(far.like(T::from_f64(1.0))).over(Pair::exactly(far)).normalised();
        (inverse, Pair::sum(far.like(T::from_f64(-0.5 / BORDER)), inverse.hi).plus(inverse.lo))
    }
}

/// ln I₀(x).
#[inline(always)]
pub(super) fn log_bessel_i0<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let parts = Parts::new(x);
    let (_, less_one) = parts.i0_less_one();
    let near = log1p_of_pair(less_one).rounded();
    if parts.is_near.all() {
        return near;
    }
    let far = parts.far;
    let ln = ln_of_pair(Pair::exactly(far));
    let half = x.like(T::from_f64(-0.5));
    let (_, y) = parts.inverse();
    let rest = T::LOG_I0_FAR.at(y);
    let sum = Pair::fast_sum(far, ln.hi * half);
    let lost = half.mul_add(ln.lo, sum.lo + rest.lo);
    let sum = Pair::sum(sum.hi, rest.hi).plus(lost).rounded();
    // Infinity has no difference from what is lost of it.
    let far = far.less(x.like(T::INFINITY)).select(sum, far);
    parts.is_near.select(near, far)
}

/// I₁(x) / I₀(x).
#[inline(always)]
pub(super) fn bessel_ratio<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let parts = Parts::new(x);
    let (t, i0) = parts.i0();
    let near = T::I1.at_by_pairs(t, 6).normalised().scaled(parts.half()).normalised().over(i0).rounded();
    if parts.is_near.all() {
        return near.with_sign_of(x);
    }
    let one = x.like(T::from_f64(1.0));
    let (inverse, y) = parts.inverse();
    let far = (-inverse.hi).mul_add(polynomial(y.rounded(), T::RATIO_FAR), one);
    parts.is_near.select(near, far).with_sign_of(x)
}

/// (I₁/I₀)′
#[inline(always)]
pub(super) fn bessel_ratio_slope<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let parts = Parts::new(x);
    let (t, i0) = parts.i0();
    let near = T::SLOPE.at_by_pairs(t, 9).normalised().over(i0.times(i0).normalised()).rounded();
    if parts.is_near.all() {
        return near;
    }
    let (inverse, y) = parts.inverse();
    let far = T::SLOPE_FAR.at(y).times(inverse).rounded() * inverse.hi;
    parts.is_near.select(near, far)
}

/// (I₁/I₀)″
#[inline(always)]
pub(super) fn bessel_ratio_curvature<T: Constants, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
    let parts = Parts::new(x);
    let (t, i0) = parts.i0();
    let cube = i0.times(i0).normalised().times(i0).normalised();
    let near = T::CURVATURE.at_by_pairs(t, 11).normalised().scaled(parts.near).normalised().over(cube).rounded();
    if parts.is_near.all() {
        return near.abs().with_sign_of(-x);
    }
    let (inverse, y) = parts.inverse();
    let far = T::CURVATURE_FAR.at(y).times(inverse).rounded() * inverse.hi * inverse.hi;
    parts.is_near.select(near, far).abs().with_sign_of(-x)
}

/// ln I₀ of a single number.
pub(super) fn log_bessel_i0_alone(x: f64) -> f64 {
    one_by_one::alone([x], |[x]| log_bessel_i0(x))
}

/// I₁/I₀ of a single number.
pub(super) fn bessel_ratio_alone(x: f64) -> f64 {
    one_by_one::alone([x], |[x]| bessel_ratio(x))
}

/// (I₁/I₀)′ of a single number.
pub(super) fn bessel_ratio_slope_alone(x: f64) -> f64 {
    one_by_one::alone([x], |[x]| bessel_ratio_slope(x))
}

/// (I₁/I₀)″ of a single number.
pub(super) fn bessel_ratio_curvature_alone(x: f64) -> f64 {
    one_by_one::alone([x], |[x]| bessel_ratio_curvature(x))
}
