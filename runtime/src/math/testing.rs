//! How the functions are judged: errors in ulp, one function over many inputs on every instruction set.

use crate::random::Random;
use astro_float::{BigFloat, Consts, Radix, RoundingMode};

use crate::element::Element;
use crate::simd::{Isa, Lanes, Simd, Vectorized};

/// Bits that references are computed with.
pub(super) const PRECISION: usize = 128;
pub(super) const NEAREST: RoundingMode = RoundingMode::ToEven;

/// One of the functions, as a type: a generic function can't be passed around.
pub(super) trait Function {
    fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S>;
}

/// `F` over a slice.
struct Over<'a, T, F> {
    input: &'a [T],
    output: &'a mut [T],
    function: core::marker::PhantomData<F>,
}

impl<T: Element, F: Function> Vectorized for Over<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let count = Lanes::<T, S>::count();
        for (from, to) in self.input.chunks(count).zip(self.output.chunks_mut(count)) {
            F::of(Lanes::load(simd, from)).store(to);
        }
    }
}

/// `F` of every input, with `isa`.
pub(super) fn apply<F: Function, T: Element>(isa: Isa, input: &[T], output: &mut [T]) {
    isa.run(Over { input, output, function: core::marker::PhantomData::<F> });
}

/// One of the functions of two numbers.
pub(super) trait FunctionOfTwo {
    fn of<T: Element, S: Simd>(x: Lanes<T, S>, y: Lanes<T, S>) -> Lanes<T, S>;
}

/// `F` of one number and another, in every lane.
struct OfTwo<T, F> {
    operands: [T; 2],
    function: core::marker::PhantomData<F>,
}

impl<T: Element, F: FunctionOfTwo> Vectorized for OfTwo<T, F> {
    type Output = T;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> T {
        let [x, y] = self.operands.map(|operand| Lanes::splat(simd, operand));
        let mut output = [T::default(); 1];
        F::of(x, y).store_partial(&mut output);
        output[0]
    }
}

/// `F` of these operands, with `isa`.
pub(super) fn of_two<F: FunctionOfTwo, T: Element>(isa: Isa, operands: [T; 2]) -> T {
    isa.run(OfTwo { operands, function: core::marker::PhantomData::<F> })
}

/// The error of `got` in ulp of `exact`, which is good to far more digits than an `f32` has.
///
/// An infinite `got` counts as the first number that is too large, since it may be the right rounding of a finite one.
/// A zero of the wrong sign is infinitely wrong.
pub(super) fn ulps_f32(got: f32, exact: f64) -> f64 {
    let got = f64::from(got);
    if got.is_nan() || exact.is_nan() || exact.is_infinite() || got == 0.0 {
        let nan = got.is_nan() && exact.is_nan();
        let near = got == 0.0 && exact != 0.0 && got.is_sign_negative() == exact.is_sign_negative();
        if !near {
            return if nan || got.to_bits() == exact.to_bits() { 0.0 } else { f64::INFINITY };
        }
    }
    let overflow = power_of_two(128);
    let (got, exact) = (got.clamp(-overflow, overflow), exact.clamp(-overflow, overflow));
    // The field of an f64 subnormal or zero is 0, and its exponent far below that of the smallest f32.
    let exponent = (exact.to_bits() >> 52 & 0x7ff).cast_signed() - 1023;
    (got - exact).abs() / power_of_two((exponent - 23).max(-149))
}

/// 2^n in the bits of a normal number; `powi` is a call, and this is called often.
fn power_of_two(n: i64) -> f64 {
    f64::from_bits((n + 1023).cast_unsigned() << 52)
}

/// The error of `got` in ulp of `exact`, with the same conventions.
pub(super) fn ulps_f64(got: f64, exact: &BigFloat) -> f64 {
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if exact.is_inf() {
        return if got.is_infinite() && got.is_sign_positive() == exact.is_positive() { 0.0 } else { f64::INFINITY };
    }
    if got == 0.0 && !exact.is_zero() && got.is_sign_negative() != exact.is_negative() {
        return f64::INFINITY;
    }
    // A BigFloat is 0.1... times 2^exponent.
    let mut overflow = big(if exact.is_negative() { -1.0 } else { 1.0 });
    overflow.set_exponent(1025);
    let exact = if exact.exponent().is_some_and(|exponent| exponent > 1024) { &overflow } else { exact };
    let got =
        if got.is_infinite() && got.is_sign_negative() == exact.is_negative() { overflow.clone() } else { big(got) };
    let exponent = if exact.is_zero() { -1021 } else { exact.exponent().expect("a number") };
    let mut difference = got.sub(exact, PRECISION, NEAREST);
    if difference.is_zero() {
        return 0.0;
    }
    let own = difference.exponent().expect("a number");
    difference.set_exponent(0);
    let (words, ..) = difference.as_raw_parts().expect("a number");
    #[allow(clippy::cast_precision_loss, reason = "an error needs few digits")]
    let fraction = *words.last().expect("a mantissa") as f64 / 2.0_f64.powi(64);
    fraction * 2.0_f64.powi(own - (exponent - 53).max(-1074))
}

/// Exactly `x`.
pub(super) fn big(x: f64) -> BigFloat {
    // `from_f64` reads subnormals as if they had the leading bit.
    if x.is_subnormal() {
        let mut value = BigFloat::from_f64(x * 2.0_f64.powi(200), PRECISION);
        value.set_exponent(value.exponent().unwrap_or_default() - 200);
        return value;
    }
    BigFloat::from_f64(x, PRECISION)
}

/// The definitions in [`PRECISION`] bits; [`BigFloat`] rounds its own functions correctly.
pub(super) struct Exact {
    constants: Consts,
}

impl Exact {
    pub(super) fn new() -> Self {
        Self { constants: Consts::new().expect("memory") }
    }

    pub(super) fn exp(&mut self, x: &BigFloat) -> BigFloat {
        x.exp(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn expm1(&mut self, x: &BigFloat) -> BigFloat {
        if is_small(x) {
            // x + x^2/2 + x^3/6
            let [square, cube] = powers(x);
            let half = square.div(&big(2.0), PRECISION, NEAREST);
            return add(x, &add(&half, &cube.div(&big(6.0), PRECISION, NEAREST)));
        }
        self.exp(x).sub(&big(1.0), PRECISION, NEAREST)
    }

    pub(super) fn exprel(&mut self, x: &BigFloat) -> BigFloat {
        if x.is_zero() { big(1.0) } else { self.expm1(x).div(x, PRECISION, NEAREST) }
    }

    /// (e^x - (e^x - 1) / x) / x, of x > 0 with the first factor outside; up to 2 by its series.
    pub(super) fn exprel_slope(&mut self, x: &BigFloat) -> BigFloat {
        if x.exponent().is_none_or(|exponent| exponent <= 1) {
            let (mut term, mut sum) = (big(1.0), big(0.5));
            for k in 1..60 {
                term = times(&term, x).div(&big(f64::from(k)), PRECISION, NEAREST);
                sum = add(&sum, &term.div(&big(f64::from(k + 2)), PRECISION, NEAREST));
            }
            return sum;
        }
        let difference = if x.is_positive() {
            let rest = add(&big(1.0), &self.exprel(&x.neg()).neg());
            times(&self.exp(x), &rest)
        } else {
            add(&self.exp(x), &self.exprel(x).neg())
        };
        difference.div(x, PRECISION, NEAREST)
    }

    pub(super) fn ln(&mut self, x: &BigFloat) -> BigFloat {
        if x.is_zero() {
            return big(f64::NEG_INFINITY);
        }
        x.ln(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn log1p(&mut self, x: &BigFloat) -> BigFloat {
        if is_small(x) {
            // x - x^2/2 + x^3/3
            let [square, cube] = powers(x);
            let half = square.div(&big(-2.0), PRECISION, NEAREST);
            return add(x, &add(&half, &cube.div(&big(3.0), PRECISION, NEAREST)));
        }
        self.ln(&add(&big(1.0), x))
    }

    pub(super) fn tanh(&mut self, x: &BigFloat) -> BigFloat {
        x.tanh(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn sigmoid(&mut self, x: &BigFloat) -> BigFloat {
        let e = self.exp(x);
        if x.is_positive() {
            let e = self.exp(&x.neg());
            return big(1.0).div(&add(&big(1.0), &e), PRECISION, NEAREST);
        }
        e.div(&add(&big(1.0), &e), PRECISION, NEAREST)
    }

    pub(super) fn softplus(&mut self, x: &BigFloat) -> BigFloat {
        let e = self.exp(&x.abs().neg());
        let tail = self.log1p(&e);
        if x.is_positive() { add(x, &tail) } else { tail }
    }

    pub(super) fn sin(&mut self, x: &BigFloat) -> BigFloat {
        x.sin(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn cos(&mut self, x: &BigFloat) -> BigFloat {
        x.cos(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn asin(&mut self, x: &BigFloat) -> BigFloat {
        x.asin(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn acos(&mut self, x: &BigFloat) -> BigFloat {
        x.acos(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn atan(&mut self, x: &BigFloat) -> BigFloat {
        x.atan(PRECISION, NEAREST, &mut self.constants)
    }

    pub(super) fn erf(&mut self, x: &BigFloat) -> BigFloat {
        if is_small(x) {
            // 2/sqrt(pi) (x - x^3/3)
            let [_, cube] = powers(x);
            let root = self.pi().sqrt(PRECISION, NEAREST);
            let value = add(x, &cube.div(&big(-3.0), PRECISION, NEAREST));
            return times(&value, &big(2.0).div(&root, PRECISION, NEAREST));
        }
        // 2 Phi(sqrt(2) x) - 1
        add(&times(&big(2.0), &self.ndtr(&times(&big(2.0).sqrt(PRECISION, NEAREST), x))), &big(-1.0))
    }

    pub(super) fn erfc(&mut self, x: &BigFloat) -> BigFloat {
        let x = times(&big(2.0).sqrt(PRECISION, NEAREST), &x.neg());
        times(&big(2.0), &self.ndtr(&x))
    }

    pub(super) fn ndtr(&mut self, x: &BigFloat) -> BigFloat {
        let a = x.abs();
        let density = self.normal_density(x);
        let tail = if is_far(&a) {
            density.div(&add(&a, &fraction(&a)), PRECISION, NEAREST)
        } else {
            // 1/2 - density times the sum of a^(2n+1) / (2n+1)!!
            let square = times(&a, &a);
            let (mut term, mut sum) = (a.clone(), a.clone());
            for n in 1..100 {
                term = times(&term, &square).div(&big(f64::from(2 * n + 1)), PRECISION, NEAREST);
                sum = add(&sum, &term);
            }
            add(&big(0.5), &times(&density, &sum).neg())
        };
        if x.is_negative() { tail } else { add(&big(1.0), &tail.neg()) }
    }

    pub(super) fn log_ndtr(&mut self, x: &BigFloat) -> BigFloat {
        if x.is_negative() && is_far(&x.abs()) {
            let a = x.abs();
            let root = times(&big(2.0), &self.pi()).sqrt(PRECISION, NEAREST);
            let reciprocal = self.ln(&times(&root, &add(&a, &fraction(&a))));
            return add(&times(&big(0.5), &times(&a, &a)), &reciprocal).neg();
        }
        let other = self.ndtr(&x.neg());
        self.log1p(&other.neg())
    }

    pub(super) fn inverse_mills(&mut self, x: &BigFloat) -> BigFloat {
        if x.is_negative() && is_far(&x.abs()) {
            return add(&x.abs(), &fraction(&x.abs()));
        }
        self.normal_density(x).div(&self.ndtr(x), PRECISION, NEAREST)
    }

    pub(super) fn inverse_mills_excess(&mut self, x: &BigFloat) -> BigFloat {
        if x.is_negative() && is_far(&x.abs()) {
            return fraction(&x.abs());
        }
        add(&self.inverse_mills(x), x)
    }

    /// Of x > 0: Stirling's series (5.11.1 in the DLMF) from 64 on, where 12 terms give more than 128 bits.
    pub(super) fn lgamma(&mut self, x: &BigFloat) -> BigFloat {
        // Exact zeros have no sign of a rounding error.
        if [1.0, 2.0].iter().any(|&zero| *x == big(zero)) {
            return big(0.0);
        }
        let (x, product) = shifted(x, |product, x| times(&product, x), big(1.0));
        let root = times(&big(2.0), &self.pi());
        let half = times(&big(0.5), &self.ln(&root));
        let ln = self.ln(&x);
        let mut sum = add(&add(&times(&add(&x, &big(-0.5)), &ln), &x.neg()), &half);
        let mut power = x.clone();
        for (twice, bernoulli) in bernoulli() {
            let factor = times(&big(twice * (twice - 1.0)), &power);
            sum = add(&sum, &bernoulli.div(&factor, PRECISION, NEAREST));
            power = times(&power, &times(&x, &x));
        }
        add(&sum, &self.ln(&product).neg())
    }

    /// Of x > 0, in the same way.
    pub(super) fn digamma(&mut self, x: &BigFloat) -> BigFloat {
        let inverse = |x: &BigFloat| big(1.0).div(x, PRECISION, NEAREST);
        let (x, shift) = shifted(x, |sum, x| add(&sum, &inverse(x)), big(0.0));
        let mut sum = add(&self.ln(&x), &times(&big(-0.5), &inverse(&x)));
        let mut power = times(&x, &x);
        for (twice, bernoulli) in bernoulli() {
            let factor = times(&big(-twice), &power);
            sum = add(&sum, &bernoulli.div(&factor, PRECISION, NEAREST));
            power = times(&power, &times(&x, &x));
        }
        add(&sum, &shift.neg())
    }

    pub(super) fn normal_density(&mut self, x: &BigFloat) -> BigFloat {
        let exp = self.exp(&times(&big(-0.5), &times(x, x)));
        exp.div(&times(&big(2.0), &self.pi()).sqrt(PRECISION, NEAREST), PRECISION, NEAREST)
    }

    pub(super) fn pi(&mut self) -> BigFloat {
        self.constants.pi(PRECISION, NEAREST)
    }
}

/// x + n for the first n with which it is at least 64, and what `gather` makes of all before.
fn shifted(x: &BigFloat, gather: impl Fn(BigFloat, &BigFloat) -> BigFloat, start: BigFloat) -> (BigFloat, BigFloat) {
    let (mut x, mut gathered) = (x.clone(), start);
    while x.exponent().is_some_and(|exponent| exponent <= 6) {
        gathered = gather(gathered, &x);
        x = add(&x, &big(1.0));
    }
    (x, gathered)
}

/// 2k and the Bernoulli number with this index, for k = 1 ….
fn bernoulli() -> impl Iterator<Item = (f64, BigFloat)> {
    const NUMBERS: [(f64, f64); 12] = [
        (1.0, 6.0),
        (-1.0, 30.0),
        (1.0, 42.0),
        (-1.0, 30.0),
        (5.0, 66.0),
        (-691.0, 2730.0),
        (7.0, 6.0),
        (-3617.0, 510.0),
        (43867.0, 798.0),
        (-174_611.0, 330.0),
        (854_513.0, 138.0),
        (-236_364_091.0, 2730.0),
    ];
    (1_u32..).zip(NUMBERS).map(|(k, (a, b))| (f64::from(2 * k), big(a).div(&big(b), PRECISION, NEAREST)))
}

/// True if the continued fraction is short.
fn is_far(a: &BigFloat) -> bool {
    a.sub(&big(2.0), PRECISION, NEAREST).is_positive()
}

/// 1/(a + 2/(a + 3/(a + ...))), where the error of n terms is e^(-2 a sqrt(2n)) (7.9.4 in the DLMF): at 2 these give 115
/// bits, and it is a little more than the reciprocal of Mills' ratio is beyond a.
fn fraction(a: &BigFloat) -> BigFloat {
    let terms = if a.exponent().is_some_and(|exponent| exponent > 4) { 30 } else { 250 };
    let mut value = a.clone();
    for n in (2..=terms).rev() {
        value = add(a, &big(f64::from(n)).div(&value, PRECISION, NEAREST));
    }
    big(1.0).div(&value, PRECISION, NEAREST)
}

/// True if three terms of a series give more than 110 bits.
fn is_small(x: &BigFloat) -> bool {
    x.exponent().is_some_and(|exponent| exponent < -40)
}

fn powers(x: &BigFloat) -> [BigFloat; 2] {
    let square = x.mul(x, PRECISION, NEAREST);
    let cube = square.mul(x, PRECISION, NEAREST);
    [square, cube]
}

pub(super) fn times(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.mul(b, PRECISION, NEAREST)
}

pub(super) fn add(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.add(b, PRECISION, NEAREST)
}

impl Random {
    /// From `low` to `high`.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.bits() >> 11) as f64 * (2.0_f64).powi(-53))
    }
}

#[test]
fn ulps_of_f32_tell_right_from_wrong() {
    for (got, exact, expected) in [
        (1.0, 1.0, 0.0),
        (1.0_f32.next_up().next_up(), 1.0, 2.0),
        (1.0_f32.next_down(), 1.0, 0.5),
        (1.0, 1.0 + f64::from(f32::EPSILON) / 2.0, 0.5),
        (f32::from_bits(3), f64::from(f32::from_bits(1)), 2.0),
        (0.0, f64::from(f32::from_bits(1)) / 2.0, 0.5),
        (0.0, f64::from(f32::from_bits(2)), 2.0),
        (f32::INFINITY, f64::from(f32::MAX), 1.0),
        (f32::INFINITY, f64::INFINITY, 0.0),
        (f32::NAN, f64::NAN, 0.0),
        (-0.0, -0.0, 0.0),
    ] {
        assert!((ulps_f32(got, exact) - expected).abs() < 1e-6, "{got} for {exact}: {}", ulps_f32(got, exact));
    }
    for (got, exact) in [
        (0.0, -0.0),
        (-0.0, 1e-300),
        (f32::NAN, 1.0),
        (1.0, f64::NAN),
        (f32::MAX, f64::INFINITY),
        (f32::NEG_INFINITY, f64::INFINITY),
        (f32::INFINITY, 1.0),
        (-1.0, 1.0),
    ] {
        assert!(ulps_f32(got, exact) > 1e6, "{got} for {exact}: {}", ulps_f32(got, exact));
    }
}

#[test]
fn ulps_of_f64_tell_right_from_wrong() {
    let smallest = f64::from_bits(1);
    for (got, exact, expected) in [
        (1.0, 1.0, 0.0),
        (1.0_f64.next_up().next_up(), 1.0, 2.0),
        (1.0_f64.next_down(), 1.0, 0.5),
        (f64::from_bits(3), smallest, 2.0),
        (0.0, f64::from_bits(2), 2.0),
        (f64::INFINITY, f64::MAX, 1.0),
        (f64::INFINITY, f64::INFINITY, 0.0),
        (f64::NAN, f64::NAN, 0.0),
    ] {
        let ulps = ulps_f64(got, &big(exact));
        assert!((ulps - expected).abs() < 1e-6, "{got} for {exact}: {ulps}");
    }
    for (got, exact) in [
        (-0.0, smallest),
        (f64::NAN, 1.0),
        (1.0, f64::NAN),
        (f64::MAX, f64::INFINITY),
        (f64::NEG_INFINITY, f64::INFINITY),
        (f64::INFINITY, 1.0),
        (-1.0, 1.0),
    ] {
        let ulps = ulps_f64(got, &big(exact));
        assert!(ulps > 1e6, "{got} for {exact}: {ulps}");
    }
    let third = big(1.0).div(&big(3.0), PRECISION, NEAREST);
    let ulps = ulps_f64(1.0 / 3.0, &third);
    assert!((ulps - 1.0 / 3.0).abs() < 1e-6, "{ulps}");
}

/// Values of mpmath at 30 digits: the reference is not judged by itself.
#[test]
fn references_agree_with_mpmath() {
    type Row = (fn(&mut Exact, &BigFloat) -> BigFloat, f64, &'static str);
    let rows: [Row; 18] = [
        (Exact::exp, 3.25, "2.5790339917193062089080107669377e+1"),
        (Exact::exp, -700.125, "8.7011340103539867944891481661129e-305"),
        (Exact::expm1, -0.7, "-5.0341469620859046324238238821444e-1"),
        (Exact::expm1, 1e-20, "9.9999999999999994515827145420957e-21"),
        (Exact::ln, 0.7, "-3.5667494393873244235395440410727e-1"),
        (Exact::ln, 1e-20, "-4.6051701859880913735206557639478e+1"),
        (Exact::log1p, -0.7, "-1.2039728043259358445930096010743"),
        (Exact::log1p, 1e-20, "9.9999999999999994514827145420957e-21"),
        (Exact::tanh, 1e-20, "9.9999999999999994515327145420957e-21"),
        (Exact::tanh, -30.5, "-9.9999999999999999999999999355732e-1"),
        (Exact::sigmoid, 3.25, "9.626731126558705398022858339615e-1"),
        (Exact::sigmoid, -30.5, "5.6756852326324003278441894904811e-14"),
        (Exact::softplus, 0.7, "1.1031860488854578635174083485684"),
        (Exact::softplus, -30.5, "5.6756852326325613948584891040966e-14"),
        (Exact::sin, 3.25, "-1.0819513453010837703583084256083e-1"),
        (Exact::sin, 1e5, "3.5748797972016509316470500695809e-2"),
        (Exact::cos, 0.7, "7.6484218728448845486487235987396e-1"),
        (Exact::cos, -700.125, "-9.0037673467066299282702677149672e-1"),
    ];
    let mut exact = Exact::new();
    for (function, x, digits) in rows {
        let value = function(&mut exact, &big(x));
        let expected = BigFloat::parse(digits, Radix::Dec, PRECISION, NEAREST, &mut exact.constants);
        // The digits are rounded at the 31st or so: 2^-100 is 30.1 of them.
        let mut tolerance = expected.abs();
        tolerance.set_exponent(expected.exponent().expect("a number") - 100);
        let difference = value.sub(&expected, PRECISION, NEAREST).abs();
        assert!(difference.cmp(&tolerance).is_some_and(|order| order < 0), "{value:?} for {digits}");
    }
}
