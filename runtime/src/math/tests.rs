//! Every function against its definition, on every instruction set of this machine.
//!
//! In `f32` the reference is std in `f64`, whose own error is a billionth of an ulp of `f32`; in `f64` it is
//! [`astro_float`] in 128 bits, on the inputs of [`inputs_f64`]. The bound in `f32` is the promise; that in `f64` is
//! less than is promised, and a little more than the largest error measured.

use super::elementwise::Elementwise;
use super::references::{REFERENCES, REFERENCES_OF_TWO};
use super::testing::{Exact, Function, FunctionOfTwo, apply, big, of_two, ulps_f32, ulps_f64};
use super::{bessel, normal_inverse, one_by_one};
use crate::element::Element;
use crate::random::Random;
use crate::simd::{Isa, Lanes, Simd};

use astro_float::BigFloat;

/// The largest error so far, and where.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    ulps: f64,
    at: f64,
}

impl Worst {
    fn see(&mut self, ulps: f64, at: f64) {
        if ulps > self.ulps {
            *self = Self { ulps, at };
        }
    }
}

/// Judges `F` on every prime-th number: every exponent is met with about 4000 mantissas.
fn judge_f32<F: Function>(exact: fn(f64) -> f64, bound: f64) {
    report("f32", &Isa::available(), &worst_f32::<F>((0..=u32::MAX).step_by(2003), exact), bound);
}

/// Judges `F` on all numbers: those of either sign in a thread.
fn judge_all_f32<F: Function>(exact: fn(f64) -> f64, bound: f64) {
    let middle = (-0.0_f32).to_bits();
    let [mut worst, negative] = std::thread::scope(|scope| {
        [0..=middle - 1, middle..=u32::MAX]
            .map(|bits| scope.spawn(move || worst_f32::<F>(bits, exact)))
            .map(|thread| thread.join().expect("a thread"))
    });
    for (worst, negative) in worst.iter_mut().zip(&negative) {
        worst.see(negative.ulps, negative.at);
    }
    report("f32", &Isa::available(), &worst, bound);
}

/// The largest errors of `F`, for each instruction set, on the numbers with these bits. The fusing ones are judged
/// against each other, bit by bit.
fn worst_f32<F: Function>(mut bits: impl Iterator<Item = u32>, exact: fn(f64) -> f64) -> Vec<Worst> {
    let all = Isa::available();
    let mut worst = vec![Worst::default(); all.len()];
    let mut input = Vec::new();
    let mut exacts = Vec::new();
    let mut outputs = vec![Vec::new(); all.len()];
    loop {
        input.clear();
        input.extend(bits.by_ref().take(8192).map(f32::from_bits));
        if input.is_empty() {
            break;
        }
        exacts.clear();
        exacts.extend(input.iter().map(|&x| exact(x.into())));
        for ((&isa, output), worst) in all.iter().zip(&mut outputs).zip(&mut worst) {
            output.resize(input.len(), 0.0);
            apply::<F, f32>(isa, &input, output);
            for ((&x, &exact), &got) in input.iter().zip(&exacts).zip(output.iter()) {
                worst.see(ulps_f32(got, exact), x.into());
            }
        }
        assert_same_bits(&outputs);
    }
    worst
}

fn judge_f64<F: Function>(input: &[f64], exact: fn(&mut Exact, &BigFloat) -> BigFloat, bound: f64) {
    let all = Isa::available();
    let mut worst = vec![Worst::default(); all.len()];
    let mut reference = Exact::new();
    let exacts: Vec<_> = input.iter().map(|&x| exact(&mut reference, &big(x))).collect();
    let mut outputs = Vec::new();
    for (&isa, worst) in all.iter().zip(&mut worst) {
        let mut output = vec![0.0; input.len()];
        apply::<F, f64>(isa, input, &mut output);
        for ((&x, exact), &got) in input.iter().zip(&exacts).zip(&output) {
            worst.see(ulps_f64(got, exact), x);
        }
        outputs.push(output);
    }
    assert_same_bits(&outputs);
    report("f64", &all, &worst, bound);
}

/// All but the first, which is plain Rust and does not fuse.
fn assert_same_bits<T: Element>(outputs: &[Vec<T>]) {
    for pair in outputs[1..].windows(2) {
        for (a, b) in pair[0].iter().zip(&pair[1]) {
            let (a, b) = (a.to_f64(), b.to_f64());
            assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{a} and {b}");
        }
    }
}

fn report(element: &str, all: &[Isa], worst: &[Worst], bound: f64) {
    for (isa, Worst { ulps, at }) in all.iter().zip(worst) {
        println!("{element} {}: {ulps:.3} ulp at {at:e}", isa.name());
    }
    for (isa, worst) in all.iter().zip(worst) {
        assert!(worst.ulps <= bound, "{element} {}: {worst:?} is above {bound}", isa.name());
    }
}

/// Numbers of every size, numbers in `range`, and numbers close to each of `hard`; none is negative if `range` is not.
fn inputs_f64(range: (f64, f64), hard: &[f64]) -> Vec<f64> {
    let mut random = Random(1);
    let mut inputs = Vec::new();
    for _ in 0..2000 {
        inputs.push(f64::from_bits(random.bits()));
        // Every exponent is as likely, and so is every size below 1.
        let small = random.between(-80.0, 0.0).exp2();
        inputs.extend([small, -small, random.between(range.0, range.1), random.between(-1.0, 1.0)]);
        inputs.push(random.between(-45.0, 45.0));
    }
    for &x in hard {
        let (mut above, mut below) = (x, x);
        for _ in 0..12 {
            inputs.extend([above, below]);
            (above, below) = (above.next_up(), below.next_down());
        }
        for _ in 0..40 {
            let distance = random.between(-50.0, -4.0).exp2();
            inputs.extend([x * (1.0 + distance), x * (1.0 - distance), x + distance, x - distance]);
        }
    }
    inputs.retain(|x| x.is_finite() && (range.0 < 0.0 || *x > 0.0));
    inputs
}

/// One value of each type, in every lane and on every instruction set.
fn assert_value<F: Function>(x: f64, expected: f64) {
    #[allow(clippy::cast_possible_truncation, reason = "the values are exact in f32 too")]
    let (single, expected_single) = (x as f32, expected as f32);
    for isa in Isa::available() {
        let mut output = [0.0; 3];
        apply::<F, f64>(isa, &[x; 3], &mut output);
        let same = output.iter().all(|y| y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan());
        assert!(same, "f64 {}: {output:?} for {x}, not {expected}", isa.name());
        let mut output = [0.0; 3];
        apply::<F, f32>(isa, &[single; 3], &mut output);
        let expected = expected_single;
        let same = output.iter().all(|y| y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan());
        assert!(same, "f32 {}: {output:?} for {x}, not {expected}", isa.name());
    }
}

/// A lane has the bits that it has among its like, also beside a number for which the vector takes another way.
fn assert_alone<F: Function, T: Element + core::fmt::Debug>((low, high): (f64, f64)) {
    let mut random = Random(7);
    for (isa, odd) in Isa::available().into_iter().flat_map(|isa| [NAN, INF, -INF, 1e-310, -80.0].map(|odd| (isa, odd)))
    {
        for _ in 0..100 {
            let x = T::from_f64(random.between(low, high));
            let (mut alike, mut mixed) = ([T::default(); 16], [T::default(); 16]);
            apply::<F, T>(isa, &[x; 16], &mut alike);
            apply::<F, T>(isa, [[x, T::from_f64(odd)]; 8].as_flattened(), &mut mixed);
            let same = alike[0].to_f64().to_bits() == mixed[0].to_f64().to_bits() || alike[0].to_f64().is_nan();
            assert!(
                same,
                "{} {}: {:?} beside {odd} and {:?} among its like, for {x:?}",
                T::NAME,
                isa.name(),
                mixed[0],
                alike[0]
            );
        }
    }
}

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

macro_rules! functions {
    ($(
        $name:ident f32 $bound_f32:literal, f64 $bound_f64:literal,
        $exact_f64:expr, $range:expr, hard $hard:expr, values $values:expr;
    )*) => { $(
        mod $name {
            use super::*;

            pub(super) struct Subject;

            impl Function for Subject {
                #[inline(always)]
                fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
                    x.$name()
                }
            }

            #[test]
            fn at_special_values() {
                for (x, expected) in $values {
                    assert_value::<Subject>(x, expected);
                }
            }

            #[test]
            fn whatever_the_neighbours_are() {
                assert_alone::<Subject, f32>($range);
                assert_alone::<Subject, f64>($range);
            }

            #[test]
            fn in_f64() {
                judge_f64::<Subject>(&inputs_f64($range, &$hard), Exact::$name, $bound_f64);
            }

            #[test]
            fn in_f32_with_a_stride() {
                judge_f32::<Subject>($exact_f64, $bound_f32);
            }

            /// `cargo test --release -p frobenius-runtime --lib math -- --ignored --nocapture all_of_f32`
            #[test]
            #[ignore = "minutes: all 2^32 inputs"]
            fn all_of_f32() {
                judge_all_f32::<Subject>($exact_f64, $bound_f32);
            }
        }
    )* };
}

const LN_2: f64 = core::f64::consts::LN_2;
const PI: f64 = core::f64::consts::PI;
const SQRT_2: f64 = core::f64::consts::SQRT_2;
/// Where e^x overflows, becomes subnormal, becomes 0.
const OVERFLOW: f64 = 709.782_712_893_384;
const SUBNORMAL: f64 = -708.396_418_532_264_1;
const UNDERFLOW: f64 = -745.133_219_101_941_2;

#[rustfmt::skip]
functions! {
    exp f32 1.0, f64 1.25,
        f64::exp, (-750.0, 715.0),
        hard [0.0, LN_2 / 2.0, -LN_2 / 2.0, 1.5 * LN_2, OVERFLOW, SUBNORMAL, UNDERFLOW, 1.0],
        values [(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, INF), (-1e30, 0.0)];
    expm1 f32 1.0, f64 1.25,
        f64::exp_m1, (-50.0, 715.0),
        hard [0.0, LN_2 / 2.0, -LN_2 / 2.0, 1.5 * LN_2, 53.0 * LN_2, 54.0 * LN_2, -53.0 * LN_2, OVERFLOW, 1e-20, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1.0), (NAN, NAN), (1e30, INF), (-1e30, -1.0)];
    ln f32 1.0, f64 1.25,
        f64::ln, (0.0, 10.0),
        hard [1.0, 1.0 / SQRT_2, SQRT_2, 2.0, 0.5, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e-310],
        values [(1.0, 0.0), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (-1e-30, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)];
    log1p f32 1.0, f64 1.25,
        f64::ln_1p, (-1.0, 10.0),
        hard [-1.0, 1.0 / SQRT_2 - 1.0, SQRT_2 - 1.0, 1.0, -0.5, 9_007_199_254_740_992.0, f64::MAX, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (-1.0, -INF), (-2.0, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)];
    tanh f32 1.0, f64 1.25,
        f64::tanh, (-25.0, 25.0),
        hard [0.0, LN_2 / 4.0, 3.0 * LN_2 / 4.0, 1.0, 9.0, 18.7, 19.1, 20.0, 22.0, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (1e30, 1.0), (-1e30, -1.0)];
    sigmoid f32 1.0, f64 1.25,
        |x| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }, (-750.0, 45.0),
        hard [0.0, LN_2 / 2.0, -LN_2 / 2.0, 36.7, -36.7, 40.0, -40.0, -693.0, SUBNORMAL, -744.0, UNDERFLOW],
        values [(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (1e30, 1.0), (-1e30, 0.0)];
    softplus f32 1.0, f64 1.25,
        |x| (-x.abs()).exp().ln_1p() + if x > 0.0 { x } else { 0.0 }, (-750.0, 45.0),
        hard [0.0, LN_2 / 2.0, -LN_2 / 2.0, 40.0, -40.0, -693.0, SUBNORMAL, -744.0, UNDERFLOW],
        values [(INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, 1e30), (-1e30, 0.0)];
    sin f32 1.0, f64 1.25,
        f64::sin, (-1.1e8, 1.1e8),
        hard [0.0, PI / 4.0, PI / 2.0, PI, 1.5 * PI, 2.0 * PI, 1e8, 1e7 * PI, 5.0e7 * PI, 1e22],
        values [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    cos f32 1.0, f64 1.25,
        f64::cos, (-1.1e8, 1.1e8),
        hard [0.0, PI / 4.0, PI / 2.0, PI, 1.5 * PI, 2.0 * PI, 1e8, 1e7 * PI, 5.0e7 * PI, 1e22],
        values [(0.0, 1.0), (-0.0, 1.0), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    asin f32 1.0, f64 1.25,
        f64::asin, (-1.0, 1.0),
        hard [0.0, 0.5, -0.5, 1.0, -1.0, 0.25, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (1.5, NAN), (-1.5, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    acos f32 1.0, f64 1.25,
        f64::acos, (-1.0, 1.0),
        hard [0.0, 0.5, -0.5, 1.0, -1.0, 0.25, 1e-310],
        values [(1.0, 0.0), (1.5, NAN), (-1.5, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    atan f32 1.0, f64 1.25,
        f64::atan, (-10.0, 10.0),
        hard [0.0, SQRT_2 - 1.0, SQRT_2 + 1.0, 1.0, 0.5, 2.0, 1e16, 1e30, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (NAN, NAN)];
    erf f32 1.0, f64 1.25,
        one_by_one::erf, (-6.5, 6.5),
        hard [0.0, 0.5, 1.0, 2.0, 5.9, 6.0, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (1e30, 1.0), (-1e30, -1.0)];
    erfc f32 1.0, f64 1.5,
        one_by_one::erfc, (-6.5, 28.0),
        hard [0.0, 0.5, -0.5, 0.84, 2.0, 4.0, 26.5, 27.2, 27.3, -5.9],
        values [(0.0, 1.0), (-0.0, 1.0), (INF, 0.0), (-INF, 2.0), (NAN, NAN), (1e30, 0.0), (-1e30, 2.0)];
    ndtr f32 1.0, f64 1.5,
        one_by_one::ndtr, (-39.0, 9.0),
        hard [0.0, 1.0, -1.0, 4.0, -4.0, -37.5, -38.4, 8.3, -38.6],
        values [(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (1e30, 1.0), (-1e30, 0.0)];
    log_ndtr f32 1.0, f64 1.5,
        one_by_one::log_ndtr, (-50.0, 39.0),
        hard [0.0, 0.5, 1.0, -1.0, 0.545, 37.5, 38.4, -1e5, -1e10, -1e154, -2e154],
        values [(INF, -0.0), (-INF, -INF), (NAN, NAN), (1e30, -0.0)];
    inverse_mills f32 1.0, f64 1.25,
        one_by_one::inverse_mills, (-50.0, 39.0),
        hard [0.0, 1.0, -1.0, 4.0, -4.0, 37.5, 38.4, 38.6, -1e8, -1e10],
        values [(INF, 0.0), (-INF, INF), (NAN, NAN), (1e30, 0.0), (-1e30, 1e30)];
    inverse_mills_excess f32 1.0, f64 1.25,
        one_by_one::inverse_mills_excess, (-50.0, 39.0),
        hard [0.0, 1.0, -1.0, 4.0, -4.0, 37.5, 38.6, -1e8, -1e10, -1e300],
        values [(INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, 1e30)];
    lgamma f32 1.0, f64 1.25,
        one_by_one::lgamma, (0.0, 50.0),
        hard [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 1e10, 2.5e305, 2.557e305, 1e-310],
        values [(0.0, INF), (-0.0, INF), (1.0, 0.0), (2.0, 0.0), (INF, INF), (-INF, INF), (NAN, NAN)];
    digamma f32 1.0, f64 1.25,
        one_by_one::digamma, (0.0, 50.0),
        hard [0.5, 1.0, 1.461_632_144_968_362_2, 1.5, 2.0, 3.0, 4.0, 1e10, 1e300, 1e-20, 1e-310],
        values [(0.0, NAN), (INF, INF), (NAN, NAN)];
    exprel f32 1.0, f64 1.25,
        |x| if x.abs() < 1e-100 { 1.0 } else if x < 1e300 { x.exp_m1() / x } else { x }, (-750.0, 725.0),
        hard [0.0, 1.0, -1.0, 1e-20, LN_2 / 2.0, -LN_2 / 2.0, OVERFLOW, 716.35, -1e30, 1e-310],
        values [(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, INF)];
    exprel_slope f32 1.0, f64 1.25,
        |x| one_by_one::exprel_derivative(1.0, x), (-750.0, 725.0),
        hard [0.0, 0.5, -0.5, 1e-20, 1.5 * LN_2, -60.0, OVERFLOW, 716.35, -1e30, 1e-310],
        values [(0.0, 0.5), (-0.0, 0.5), (INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, INF)];
    ndtri f32 1.0, f64 1.25,
        normal_inverse::ndtri_alone, (0.0, 1.0),
        hard [0.5, 0.25, 0.75, 4.833_6e-4, 1.0, 1e-10, 1e-100, 1e-300, 1e-310, 5e-324],
        values [(0.0, -INF), (-0.0, -INF), (0.5, 0.0), (1.0, INF), (-0.5, NAN), (1.5, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    // Just above subnormal numbers, pairs have no second part.
    erfinv f32 1.25, f64 1.25,
        normal_inverse::erfinv_alone, (-1.0, 1.0),
        hard [0.0, 0.5, -0.5, 0.999_033, 1.0, -1.0, 1e-20, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (INF, NAN), (-INF, NAN), (NAN, NAN)];
    log_bessel_i0 f32 1.0, f64 1.25,
        bessel::log_bessel_i0_alone, (-100.0, 800.0),
        hard [0.0, 1.0, 2.4, 7.5, 8.0, -8.0, 500.0, 1e10, 1e-20, 1e300, 1e-160],
        values [(0.0, 0.0), (-0.0, 0.0), (INF, INF), (-INF, INF), (NAN, NAN), (1e30, 1e30), (-1e30, 1e30)];
    bessel_ratio f32 1.0, f64 1.25,
        bessel::bessel_ratio_alone, (-100.0, 800.0),
        hard [0.0, 1.0, 2.4, 7.5, 8.0, -8.0, 500.0, 1e10, 1e-20, 1e300, 1e-310],
        values [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (1e30, 1.0), (-1e30, -1.0)];
    bessel_ratio_slope f32 2.0, f64 2.25,
        bessel::bessel_ratio_slope_alone, (-100.0, 800.0),
        hard [0.0, 1.0, 2.4, 7.5, 8.0, -8.0, 500.0, 1e10, 1e-20, 1e150, 1e-310],
        values [(0.0, 0.5), (-0.0, 0.5), (INF, 0.0), (-INF, 0.0), (NAN, NAN)];
    bessel_ratio_curvature f32 3.5, f64 3.0,
        bessel::bessel_ratio_curvature_alone, (-100.0, 800.0),
        hard [0.0, 1.0, 2.4, 7.5, 8.0, -8.0, 500.0, 1e10, 1e-20, 1e80, 1e-310],
        values [(0.0, -0.0), (-0.0, 0.0), (INF, -0.0), (-INF, 0.0), (NAN, NAN)];
}

/// The cheap functions are exact: one row each, of an input and of what each of them is there.
#[test]
fn cheap_functions() {
    macro_rules! check {
        ($($method:ident $values:expr;)*) => { $({
            struct Subject;

            impl Function for Subject {
                #[inline(always)]
                fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
                    x.$method()
                }
            }
            for (x, expected) in $values {
                assert_value::<Subject>(x, expected);
            }
        })* };
    }
    check! {
        relu [(2.5, 2.5), (-2.5, 0.0), (0.0, 0.0), (-0.0, 0.0), (INF, INF), (-INF, 0.0), (NAN, NAN)];
        step [(2.5, 1.0), (-2.5, 0.0), (0.0, 0.0), (-0.0, 0.0), (INF, 1.0), (-INF, 0.0), (NAN, NAN)];
        sign [(2.5, 1.0), (-2.5, -1.0), (0.0, 0.0), (-0.0, 0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)];
        sq [(2.5, 6.25), (-2.5, 6.25), (-0.0, 0.0), (-INF, INF), (NAN, NAN)];
        recip [(2.0, 0.5), (-4.0, -0.25), (0.0, INF), (-0.0, -INF), (-INF, -0.0), (NAN, NAN)];
    }
}

/// Beyond the range reduction a lane is std's, whatever its neighbours are. The last number is the one of `f64`
/// closest to a multiple of pi/2, for which glibc 2.36 is 8 ulp off: the accuracy promised here is that of std.
#[test]
fn huge_arguments_are_left_to_std() {
    for x in [1.5e8, -1e22, f64::MAX, 6_381_956_970_095_103.0 * 2.0_f64.powi(797)] {
        for isa in Isa::available() {
            let input = [1.0, x, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0];
            let (mut sines, mut cosines) = ([0.0; 8], [0.0; 8]);
            apply::<sin::Subject, f64>(isa, &input, &mut sines);
            apply::<cos::Subject, f64>(isa, &input, &mut cosines);
            let exact = [x.sin(), x.cos()].map(f64::to_bits);
            assert_eq!([sines[1], cosines[1]].map(f64::to_bits), exact, "{x} with {isa:?}");
            let mut alone = [0.0; 8];
            apply::<sin::Subject, f64>(isa, &[1.0; 8], &mut alone);
            assert_eq!(
                [sines[0], sines[7]].map(f64::to_bits),
                [alone[0], alone[7]].map(f64::to_bits),
                "beside {x}, {isa:?}"
            );
        }
    }
}

/// The functions of elementwise.rs against mpmath, one by one, and in vectors of both precisions.
///
/// `cargo test -p frobenius-runtime --lib math::tests::functions_agree_with_mpmath -- --nocapture` prints the errors.
#[test]
fn functions_agree_with_mpmath() {
    macro_rules! check {
        ($($method:ident $(of $order:literal)? = $name:ident f32 $bound_f32:literal, f64 $bound_f64:literal;)*) => { $({
            struct Subject;

            impl Function for Subject {
                #[inline(always)]
                fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
                    check!(@call x $method $($order)?)
                }
            }
            let (_, points) = REFERENCES.iter().find(|(name, _)| *name == stringify!($name)).expect("references");
            let alone = |x: f64| check!(@call x $method $($order)?);
            agree::<Subject>(stringify!($name), points, alone, ($bound_f32, $bound_f64));
        })* };
        (@call $x:ident $method:ident) => { Elementwise::$method($x) };
        (@call $x:ident $method:ident $order:literal) => { Elementwise::$method($x.number($order), $x) };
    }
    check! {
        sinh = sinh f32 2.0, f64 3.0;
        cosh = cosh f32 2.0, f64 2.5;
        tan = tan f32 2.5, f64 3.0;
        asin = asin f32 1.0, f64 1.5;
        acos = acos f32 1.0, f64 1.5;
        atan = atan f32 1.0, f64 1.5;
        asinh = asinh f32 2.0, f64 2.5;
        acosh = acosh f32 2.0, f64 2.5;
        atanh = atanh f32 2.0, f64 2.5;
        logit = logit f32 2.0, f64 2.5;
        log1mexp = log1mexp f32 2.5, f64 3.0;
        softsign = softsign f32 1.5, f64 2.0;
        tanhshrink = tanhshrink f32 3.0, f64 4.0;
        log_cosh = log_cosh f32 3.0, f64 4.0;
        pseudo_huber = pseudo_huber f32 2.5, f64 3.0;
        rsqrt = rsqrt f32 1.5, f64 2.0;
        sinc = sinc f32 2.0, f64 2.5;
        gaussian = gaussian f32 2.5, f64 3.0;
        normal_density = normal_density f32 2.5, f64 3.0;
        erf = erf f32 1.0, f64 1.5;
        erfc = erfc f32 1.0, f64 1.5;
        ndtr = ndtr f32 1.0, f64 2.0;
        log_ndtr = log_ndtr f32 1.0, f64 2.0;
        inverse_mills = inverse_mills f32 1.0, f64 3.0;
        // Of a single number it is a difference, to the right of -3.
        inverse_mills_excess = inverse_mills_excess f32 1.0, f64 15.0;
        lgamma = lgamma f32 1.0, f64 2.0;
        // Of a single number it is a sum that cancels at its zero, 1.4616.
        digamma = digamma f32 1.0, f64 60.0;
        polygamma of 1.0 = trigamma f32 0.6, f64 5.0;
        polygamma of 2.0 = tetragamma f32 0.6, f64 5.0;
        exprel = exprel f32 1.0, f64 1.5;
        exprel_slope = exprel_slope f32 1.0, f64 1.5;
        exprel_derivative of 2.0 = exprel2 f32 0.6, f64 8.0;
        exprel_derivative of 3.0 = exprel3 f32 0.6, f64 8.0;
        spherical_bessel of 1.0 = bessel1 f32 0.6, f64 4.0;
        spherical_bessel of 2.0 = bessel2 f32 0.6, f64 4.0;
    }
}

/// Functions of two numbers against mpmath, as those of one.
#[test]
fn functions_of_two_agree_with_mpmath() {
    macro_rules! check {
        ($($name:ident($y:ident, $s:ident) = $value:expr, f32 $bound_f32:literal, f64 $bound_f64:literal;)*) => { $({
            struct Subject;

            impl FunctionOfTwo for Subject {
                #[inline(always)]
                fn of<T: Element, S: Simd>($y: Lanes<T, S>, $s: Lanes<T, S>) -> Lanes<T, S> {
                    $value
                }
            }
            let (_, points) = REFERENCES_OF_TWO.iter().find(|(name, _)| *name == stringify!($name)).expect("references");
            let alone = |$y: f64, $s: f64| $value;
            agree_of_two::<Subject>(stringify!($name), points, alone, ($bound_f32, $bound_f64));
        })* };
    }
    check! {
        lgamma_difference(y, s) = Elementwise::lgamma_difference(y, s), f32 3.0, f64 2.0;
        digamma_difference(y, s) = Elementwise::digamma_difference(y, s), f32 2.0, f64 2.0;
        trigamma_difference(y, s) = Elementwise::polygamma_difference(y.number(1.0), y, s), f32 0.6, f64 8.0;
        tetragamma_difference(y, s) = Elementwise::polygamma_difference(y.number(2.0), y, s), f32 0.6, f64 8.0;
    }
}

/// Judges `F` and `alone` by values at points of two numbers.
#[allow(clippy::cast_possible_truncation, reason = "the points are numbers of f32")]
fn agree_of_two<F: FunctionOfTwo>(
    name: &str,
    points: &[(f64, f64, f64)],
    alone: impl Fn(f64, f64) -> f64,
    bounds: (f64, f64),
) {
    let mut worst = [(Worst::default(), 0.0); 3];
    let mut see = |k: usize, ulps: f64, (y, s): (f64, f64)| {
        let (worst, at): &mut (Worst, f64) = &mut worst[k];
        if ulps > worst.ulps {
            *at = s;
        }
        worst.see(ulps, y);
    };
    for &(y, s, exact) in points {
        see(2, ulps_f64(alone(y, s), &big(exact)), (y, s));
        for isa in Isa::available() {
            see(1, ulps_f64(of_two::<F, f64>(isa, [y, s]), &big(exact)), (y, s));
            see(0, ulps_f32(of_two::<F, f32>(isa, [y as f32, s as f32]), exact), (y, s));
        }
    }
    println!("{name}: f32, f64, alone: {worst:?}");
    let [single, vector, alone] = worst.map(|(worst, _)| worst.ulps);
    let within = single <= bounds.0 && vector <= bounds.1 && alone <= bounds.1;
    assert!(within, "{name}: {worst:?} is above {bounds:?}");
}

/// Steps that are 0, infinite or negative, and numbers that are 0, negative, infinite or none.
#[test]
#[allow(clippy::unreadable_literal, clippy::excessive_precision, reason = "digits as mpmath printed them")]
fn differences_at_the_edges() {
    struct Subject;

    impl FunctionOfTwo for Subject {
        #[inline(always)]
        fn of<T: Element, S: Simd>(y: Lanes<T, S>, s: Lanes<T, S>) -> Lanes<T, S> {
            y.lgamma_difference(s)
        }
    }
    struct Slope;

    impl FunctionOfTwo for Slope {
        #[inline(always)]
        fn of<T: Element, S: Simd>(y: Lanes<T, S>, s: Lanes<T, S>) -> Lanes<T, S> {
            y.digamma_difference(s)
        }
    }
    let same = |a: f64, b: f64, at: [f64; 2]| {
        assert!(
            (a - b).abs() <= 1e-6 * b.abs() || a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            "{a} is not {b} at {at:?}"
        );
    };
    // y, s, and the differences of ln Γ and of ψ.
    for [y, s, value, slope] in [
        [0.0, 2.5, 0.0, 0.0],
        [0.0, 300.0, 0.0, 0.0],
        [1.0, 1.0, 0.0, 1.0],
        [INF, 2.5, INF, INF],
        [INF, 300.0, INF, INF],
        [2.0, INF, INF, 0.0],
        [2.0, 0.0, -INF, INF],
        [NAN, 2.0, NAN, NAN],
        [2.0, NAN, NAN, NAN],
        [NAN, 300.0, NAN, NAN],
        [-1.0, 300.0, -299.0_f64.ln(), -1.0 / 299.0],
        [-1.0, 3.5, -2.5_f64.ln(), -1.0 / 2.5],
        [-0.25, 0.5, 0.71565758177337737, -2.2639435073548419],
        [1.5, -2.25, 1.0202030521292109, -7.0527037647009043],
        [-3.25, 0.5, -0.56787704538874431, 0.0044547610434264696],
        [0.25, -0.5, 0.32406318906654059, 2.8776491462349513],
    ] {
        same(Elementwise::lgamma_difference(y, s), value, [y, s]);
        same(Elementwise::digamma_difference(y, s), slope, [y, s]);
        for isa in Isa::available() {
            same(of_two::<Subject, f64>(isa, [y, s]), value, [y, s]);
            same(of_two::<Slope, f64>(isa, [y, s]), slope, [y, s]);
            #[allow(clippy::cast_possible_truncation, reason = "few digits are compared")]
            let single = [y as f32, s as f32];
            same(of_two::<Subject, f32>(isa, single).into(), value, [y, s]);
            same(of_two::<Slope, f32>(isa, single).into(), slope, [y, s]);
        }
    }
}

/// Judges `F` and `alone` by values at points.
fn agree<F: Function>(name: &str, points: &[(f64, f64)], alone: impl Fn(f64) -> f64, bounds: (f64, f64)) {
    let mut worst = [Worst::default(); 3];
    for &(x, exact) in points {
        // The expectation itself is rounded: half an ulp of these may be its.
        worst[2].see(ulps_f64(alone(x), &big(exact)), x);
        for isa in Isa::available() {
            let mut output = [0.0; 1];
            apply::<F, f64>(isa, &[x], &mut output);
            worst[1].see(ulps_f64(output[0], &big(exact)), x);
            #[allow(clippy::cast_possible_truncation, reason = "the points are numbers of f32")]
            let x_single = x as f32;
            let mut output = [0.0; 1];
            apply::<F, f32>(isa, &[x_single], &mut output);
            worst[0].see(ulps_f32(output[0], exact), x);
        }
    }
    let [single, vector, alone] = worst;
    println!(
        "{name}: f32 {:.2} ulp at {:e}, f64 {:.2} at {:e}, alone {:.2} at {:e}",
        single.ulps, single.at, vector.ulps, vector.at, alone.ulps, alone.at
    );
    let within = single.ulps <= bounds.0 && vector.ulps <= bounds.1 && alone.ulps <= bounds.1;
    assert!(within, "{name}: {worst:?} is above {bounds:?}");
}

/// The slope of tanh where 1 - tanh² loses digits, and choices with NaN, infinities, ties and zeros.
#[test]
fn slopes_and_choices() {
    for x in [0.0, 0.5, -1.9, 2.1, -9.5, 18.0] {
        let exact = (4.0 * (-2.0 * f64::abs(x)).exp()) / (1.0 + (-2.0 * f64::abs(x)).exp()).powi(2);
        for isa in Isa::available() {
            let mut output = [0.0; 1];
            apply::<TanhSlope, f64>(isa, &[x], &mut output);
            assert!((output[0] - exact).abs() <= 2e-15 * exact, "{x}: {} is not {exact}", output[0]);
        }
        assert!((Elementwise::tanh_slope(x, x.tanh()) - exact).abs() <= 1e-15 * exact);
    }
    let same = |a: f64, b: f64| assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{a} is not {b}");
    same(1.0.larger(2.0), 2.0);
    same(NAN.larger(2.0), NAN);
    same(1.0.larger(NAN), NAN);
    same(NAN.smaller(2.0), NAN);
    same(1.0.smaller(2.0), 1.0);
    same(NAN.clip(0.0, 1.0), NAN);
    same((-3.0).clip(0.0, 1.0), 0.0);
    same(1.0.select(2.0, NAN), 2.0);
    same(0.0.select(NAN, 3.0), 3.0);
    same(NAN.select(1.0, 3.0), 3.0);
    same(0.0.xlogy(0.0), 0.0);
    same(0.0.xlogy(-1.0), 0.0);
    same(Elementwise::hypot(0.0, 0.0), 0.0);
    assert!((Elementwise::hypot(3e200, 4e200) - 5e200).abs() <= 1e185);
    same(Elementwise::hypot(INF, -INF), INF);
    same(0.0.hypot_slope(0.0), 0.0);
    same(INF.logaddexp(INF), INF);
    same((-INF).logaddexp(-INF), -INF);
    same((-INF).logaddexp(2.0), 2.0);
    same(0.0.sinc(), 1.0);
    same((-1e10).log_ndtr(), -5e19);
    same(40.0.log_ndtr(), -0.0);
}

struct TanhSlope;

impl Function for TanhSlope {
    #[inline(always)]
    fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
        x.tanh_slope(x.tanh())
    }
}

#[test]
fn whole_numbers() {
    macro_rules! check {
        ($($method:ident $values:expr;)*) => { $({
            struct Subject;

            impl Function for Subject {
                #[inline(always)]
                fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
                    Elementwise::$method(x)
                }
            }
            for (x, expected) in $values {
                assert_value::<Subject>(x, expected);
                let alone = Elementwise::$method(x);
                assert!(alone.to_bits() == expected.to_bits() || alone.is_nan() && expected.is_nan(), "{alone} of {x}");
            }
        })* };
    }
    check! {
        floor [(2.5, 2.0), (-2.5, -3.0), (0.25, 0.0), (-0.25, -1.0), (-0.0, -0.0), (8_388_609.0, 8_388_609.0), (4_194_304.5, 4_194_304.0), (-INF, -INF), (NAN, NAN)];
        round [(2.5, 2.0), (3.5, 4.0), (-2.5, -2.0), (0.25, 0.0), (-0.25, -0.0), (-0.0, -0.0), (8_388_609.0, 8_388_609.0), (4_194_304.5, 4_194_304.0), (4_194_305.5, 4_194_306.0), (INF, INF), (NAN, NAN)];
    }
}

/// Adding 1 to the base of the first pair adds nothing, and its sum is small; of the second pair, both are.
#[test]
fn differences_of_polygamma_end_however_large_the_base() {
    for (y, s, sum) in [(16.0 - 1e17, 1e17, 16.0), (0.5 - 3.0, 3.0, 0.5)] {
        let found = one_by_one::polygamma_difference(5.0, y, s);
        let expected = one_by_one::polygamma(5.0, sum) - one_by_one::polygamma(5.0, s);
        assert!((found / expected - 1.0).abs() < 1e-13, "{found} instead of {expected}");
    }
}
