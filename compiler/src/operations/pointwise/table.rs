//! Tier 2: functions of each element. A function is a row; everything else is derived from it.
//!
//! Formulas are in the language of [`formula`](super::formula): the operands have the names of the row, and `value`
//! is the value. A function is either a method of the runtime or a formula of others.
//!
//! Derivatives lose nothing where the value saturates: σ′ is `value * sigmoid(-a)`, not `value * (1 - value)`, which is
//! 0 from a = 17 on in f32. A formula is one only if neither it nor what the chain rule makes of it cancels.
//! Derivatives are 0 by `select`, not by a factor of 0, wherever the other branch may be infinite.

use std::cmp::Ordering;

use super::{Binds, Code, Pointwise, ROW, function, internal};
use crate::dual::Dual;
use crate::operations::Parity::{Even, Odd};

const fn of(formula: &'static str) -> Code {
    Code::Formula(formula)
}

#[rustfmt::skip]
table! { POINTWISE: Pointwise;
    // Operators.
    ADD = Pointwise { name: "add", signature: "a + b", operands: &["a", "b"], is_function: false, commutes: true, derivatives: &["1", "1"],
        evaluate: |v| v[0] + v[1], notation: Some("{0} + {1}"), binds: Binds::Sum, code: Code::Infix("+"), ..ROW };
    SUB = Pointwise { name: "sub", signature: "a - b", operands: &["a", "b"], is_function: false, derivatives: &["1", "-1"],
        evaluate: |v| v[0] - v[1], notation: Some("{0} − {1}"), binds: Binds::Sum, code: Code::Infix("-"), ..ROW };
    NEG = Pointwise { name: "neg", signature: "-a", is_function: false, derivatives: &["-1"],
        evaluate: |v| -v[0], notation: Some("−{0}"), binds: Binds::Sign, code: Code::Prefix("-"), ..ROW };
    HADAMARD = Pointwise { name: "hadamard", signature: "hadamard(a: Matrix<R, C>, b: Matrix<R, C>) -> Matrix<R, C>", operands: &["a", "b"],
        commutes: true, derivatives: &["b", "a"], definition: Some("the elementwise product"),
        evaluate: |v| v[0] * v[1], notation: Some("{0} ⊙ {1}"), binds: Binds::Product, code: Code::Infix("*"), ..ROW };
    DIV = Pointwise { name: "div", signature: "a / b", operands: &["a", "b"], is_function: false, derivatives: &["1 / b", "-(value / b)"],
        evaluate: |v| v[0] / v[1], notation: Some("{0} ⊘ {1}"), binds: Binds::Product, code: Code::Infix("/"), flops: 4, ..ROW };

    // Powers and roots.
    SQ = Pointwise { parity: Even, derivatives: &["2 * a"], evaluate: |v| v[0] * v[0], notation: Some("sq({0})"), definition: Some("a²"), ..function!(sq a) };
    ONE_MINUS_SQ = Pointwise { parity: Even, derivatives: &["-2 * a"], evaluate: |v| (Dual::from(1.0) - v[0]) * (Dual::from(1.0) + v[0]), flops: 3,
        note: Some("(1 − a) (1 + a): 1 − a² without cancellation, nor does its derivative cancel"), ..internal!(one_minus_sq a) };
    CUBE = Pointwise { derivatives: &["3 * sq(a)"], evaluate: |v| v[0] * v[0] * v[0], code: of("a * sq(a)"), ..function!(cube a) };
    POW = Pointwise { derivatives: &["pow_slope(a, p)", "xlogy(value, a)"], evaluate: |v| v[0].pow(v[1]), flops: 60,
        definition: Some("aᵖ"), domain: "a > 0; all numbers if p is a whole number",
        note: Some("an exponent that is a whole number becomes products, ½ and −½ become roots; at a = 0 the derivative is infinite for 0 < p < 1"), is_named_in_formulas: true, ..function!(pow a p) };
    POW_SLOPE = Pointwise { derivatives: &["select(equal(p, 0), 0, p * pow_slope(a, p - 1))", "pow(a, p - 1) + xlogy(value, a)"],
        evaluate: |v| if v[1].value == 0.0 { Dual::from(0.0) } else { v[1] * v[0].pow(v[1] - Dual::from(1.0)) }, flops: 64,
        code: of("select(equal(p, 0), 0, p * pow(a, p - 1))"), note: Some("p aᵖ⁻¹, and 0 where p is 0: the derivative of a constant"), is_named_in_formulas: true, ..internal!(pow_slope a p) };
    SQRT = Pointwise { derivatives: &["0.5 / value"], evaluate: |v| v[0].sqrt(), notation: Some("√{0}"), binds: Binds::Sign, flops: 6,
        definition: Some("√a"), domain: "a ≥ 0", note: Some("the derivative at 0 is infinite, but 0 where a vanishes flatly: squares, distances, variances, norms, their sums and means"), ..function!(sqrt a) };
    NORM_OF_SQUARE = Pointwise { signature: "norm_of_square(a: Scalar) -> Scalar", derivatives: &["0.5 * recip_or_zero(value)"],
        evaluate: |v| v[0].sqrt(), notation: Some("√{0}"), binds: Binds::Sign, code: Code::Method("sqrt"), flops: 6,
        note: Some("the square root of a sum of squares: a norm, whose subgradient at 0 is taken as 0"), ..internal!(norm_of_square a) };
    RECIP = Pointwise { derivatives: &["-sq(value)"], evaluate: |v| Dual::from(1.0) / v[0], notation: Some("1 ⊘ {0}"), binds: Binds::Product, flops: 4,
        definition: Some("1 / a"), domain: "a ≠ 0", ..function!(recip a) };
    RECIP_OR_ZERO = Pointwise { derivatives: &["-sq(value)"],
        evaluate: |v| if v[0].value == 0.0 { Dual::from(0.0) } else { Dual::from(1.0) / v[0] },
        notation: Some("1 ⊘ {0}"), binds: Binds::Product, flops: 4, definition: Some("1 / a, and 0 at 0"), note: Some("the derivative at 0 is taken as 0"), ..function!(recip_or_zero a) };
    RSQRT = Pointwise { derivatives: &["-0.5 * value * sq(value)"], evaluate: |v| Dual::from(1.0) / v[0].sqrt(), flops: 10,
        definition: Some("1 / √a"), domain: "a > 0", is_named_in_formulas: true, ..function!(rsqrt a) };
    HYPOT = Pointwise { parity: Even, derivatives: &["hypot_slope(a, b)", "hypot_slope(b, a)"], evaluate: |v| v[0].hypot(v[1]), commutes: true, flops: 14,
        definition: Some("√(a² + b²), without overflow"), note: Some("the derivatives at the origin are taken as 0"), is_named_in_formulas: true, ..function!(hypot a b) };
    HYPOT_SLOPE = Pointwise { parity: Odd, derivatives: &["select(hypot(a, b), sq(b / hypot(a, b)) / hypot(a, b), 0)",
            "-select(hypot(a, b), value / hypot(a, b) * (b / hypot(a, b)), 0)"],
        evaluate: |v| if v[0].value == 0.0 && v[1].value == 0.0 { Dual::from(0.0) } else { v[0] / v[0].hypot(v[1]) }, flops: 18,
        note: Some("a / √(a² + b²), and 0 at the origin"), is_named_in_formulas: true, ..internal!(hypot_slope a b) };

    // Exponentials and logarithms.
    EXP = Pointwise { derivatives: &["value"], evaluate: |v| v[0].exp(), flops: 15, definition: Some("eᵃ"), is_named_in_formulas: true, ..function!(exp a) };
    EXPM1 = Pointwise { derivatives: &["exp(a)"], evaluate: |v| v[0].expm1(), flops: 20, definition: Some("eᵃ − 1, accurate near 0"), is_named_in_formulas: true, ..function!(expm1 a) };
    EXPREL = Pointwise { derivatives: &["exprel_slope(a)"], evaluate: |v| v[0].exprel(0.0), flops: 30, definition: Some("(eᵃ − 1) / a, and 1 at 0"), is_named_in_formulas: true, ..function!(exprel a) };
    EXPREL_SLOPE = Pointwise { derivatives: &["exprel_derivative(2, a)"], evaluate: |v| v[0].exprel(1.0), flops: 50,
        note: Some("∫ t eᵃᵗ dt over 0 … 1, the derivative of (eᵃ − 1) / a, accurate near 0"), is_named_in_formulas: true, ..internal!(exprel_slope a) };
    EXPREL_DERIVATIVE = Pointwise { derivatives: &["0", "exprel_derivative(n + 1, a)"], evaluate: |v| v[1].exprel(v[0].value), flops: 100,
        note: Some("∫ tⁿ eᵃᵗ dt over 0 … 1 for a whole number n"), is_named_in_formulas: true, ..internal!(exprel_derivative n a) };
    LN = Pointwise { derivatives: &["1 / a"], evaluate: |v| v[0].ln(), flops: 20, definition: Some("the natural logarithm"), domain: "a > 0",
        note: Some("−∞ at 0, NaN below"), is_named_in_formulas: true, ..function!(ln a) };
    LOG1P = Pointwise { derivatives: &["1 / (1 + a)"], evaluate: |v| v[0].log1p(), flops: 25, definition: Some("ln(1 + a), accurate near 0"), domain: "a > −1",
        note: Some("−∞ at −1, NaN below"), is_named_in_formulas: true, ..function!(log1p a) };
    LOG1MEXP = Pointwise { derivatives: &["exp(-a) / -expm1(-a)"], evaluate: |v| v[0].log1mexp(), flops: 80,
        definition: Some("ln(1 − e⁻ᵃ), accurate on both sides"), domain: "a > 0", note: Some("−∞ at 0"), is_named_in_formulas: true, ..function!(log1mexp a) };
    LOGADDEXP = Pointwise { derivatives: &["sigmoid(a - b)", "sigmoid(b - a)"], evaluate: |v| v[0].logaddexp(v[1]), commutes: true, flops: 45,
        definition: Some("ln(eᵃ + eᵇ), without overflow"), is_named_in_formulas: true, ..function!(logaddexp a b) };
    XLOGY = Pointwise { derivatives: &["select(equal(x, 0) * equal(y, 0), 0, ln(y))", "select(equal(x, 0), 0, x / y)"], evaluate: |v| v[0].xlogy(v[1]), flops: 25,
        definition: Some("x ln y, and 0 where x is 0"), domain: "y > 0, or x = 0",
        note: Some("where x = 0 the derivative in y is 0, and where both are 0 so is that in x, in place of −∞"), is_named_in_formulas: true, ..function!(xlogy x y) };
    XLOGX = Pointwise { derivatives: &["select(equal(a, 0), 0, 1 + ln(a))"], evaluate: |v| v[0].xlogy(v[0]), code: of("xlogy(a, a)"),
        domain: "a ≥ 0", note: Some("0 at 0, where the derivative is taken as 0 in place of −∞"), ..function!(xlogx a) };
    ENTROPY = Pointwise { derivatives: &["-select(equal(a, 0), 0, 1 + ln(a))"], evaluate: |v| -v[0].xlogy(v[0]), code: of("-xlogy(a, a)"),
        domain: "a ≥ 0", note: Some("−a ln a: 0 at 0, where the derivative is taken as 0 in place of ∞"), ..function!(entropy a) };

    // Circular and hyperbolic functions and their inverses.
    SIN = Pointwise { parity: Odd, derivatives: &["cos(a)"], evaluate: |v| v[0].sin(), flops: 20, definition: Some("the sine of radians"), is_named_in_formulas: true, ..function!(sin a) };
    COS = Pointwise { parity: Even, derivatives: &["-sin(a)"], evaluate: |v| v[0].cos(), flops: 20, definition: Some("the cosine of radians"), is_named_in_formulas: true, ..function!(cos a) };
    TAN = Pointwise { parity: Odd, derivatives: &["1 + sq(value)"], evaluate: |v| v[0].sin() / v[0].cos(), flops: 44, definition: Some("sin a / cos a"), is_named_in_formulas: true, ..function!(tan a) };
    ASIN = Pointwise { parity: Odd, derivatives: &["rsqrt(one_minus_sq(a))"], evaluate: |v| v[0].asin(), flops: 60, definition: Some("the arc sine"), domain: "−1 ≤ a ≤ 1",
        note: Some("the derivative at ±1 is infinite"), is_named_in_formulas: true, ..function!(asin a) };
    ACOS = Pointwise { derivatives: &["-rsqrt(one_minus_sq(a))"], evaluate: |v| v[0].acos(), flops: 60, definition: Some("the arc cosine"), domain: "−1 ≤ a ≤ 1",
        note: Some("the derivative at ±1 is infinite"), is_named_in_formulas: true, ..function!(acos a) };
    ATAN = Pointwise { parity: Odd, derivatives: &["1 / (1 + sq(a))"], evaluate: |v| v[0].atan(), flops: 60, definition: Some("the arc tangent"), is_named_in_formulas: true, ..function!(atan a) };
    ATAN2 = Pointwise { derivatives: &["select(hypot(y, x), hypot_slope(x, y) / hypot(y, x), 0)", "-select(hypot(y, x), hypot_slope(y, x) / hypot(y, x), 0)"],
        evaluate: |v| v[0].atan2(v[1]), flops: 60, definition: Some("the angle of the point (x, y), from −π to π"), note: Some("the derivatives at the origin are taken as 0"), is_named_in_formulas: true, ..function!(atan2 y x) };
    SINH = Pointwise { parity: Odd, derivatives: &["cosh(a)"], evaluate: |v| v[0].sinh(), flops: 40, definition: Some("(eᵃ − e⁻ᵃ) / 2"), is_named_in_formulas: true, ..function!(sinh a) };
    COSH = Pointwise { parity: Even, derivatives: &["sinh(a)"], evaluate: |v| v[0].cosh(), flops: 32, definition: Some("(eᵃ + e⁻ᵃ) / 2"), is_named_in_formulas: true, ..function!(cosh a) };
    TANH = Pointwise { parity: Odd, derivatives: &["tanh_slope(a, value)"], evaluate: |v| v[0].tanh(), flops: 25, definition: Some("the hyperbolic tangent"), is_named_in_formulas: true, ..function!(tanh a) };
    TANH_SLOPE = Pointwise { derivatives: &["-2 * t * value", "0"], evaluate: |v| Dual::from(1.0) / (v[0].cosh() * v[0].cosh()),
        notation: Some("1 − {1} ⊙ {1}"), binds: Binds::Sum, flops: 8, note: Some("1 / cosh² a, where t is tanh a: exact also where 1 − t² cancels"), ..internal!(tanh_slope a t) };
    ASINH = Pointwise { parity: Odd, derivatives: &["1 / hypot(1, a)"], evaluate: |v| v[0].asinh(), flops: 40, definition: Some("the inverse of sinh"), is_named_in_formulas: true, ..function!(asinh a) };
    ACOSH = Pointwise { derivatives: &["rsqrt(a - 1) * rsqrt(a + 1)"], evaluate: |v| v[0].acosh(), flops: 40, definition: Some("the inverse of cosh"), domain: "a ≥ 1",
        note: Some("the derivative at 1 is infinite"), is_named_in_formulas: true, ..function!(acosh a) };
    ATANH = Pointwise { parity: Odd, derivatives: &["1 / one_minus_sq(a)"], evaluate: |v| v[0].atanh(), flops: 35, definition: Some("the inverse of tanh"), domain: "−1 < a < 1",
        note: Some("±∞ at ±1"), is_named_in_formulas: true, ..function!(atanh a) };
    SINC = Pointwise { parity: Even, derivatives: &["-spherical_bessel(1, a)"], evaluate: |v| v[0].sinc(), flops: 25, definition: Some("sin a / a, and 1 at 0"), is_named_in_formulas: true, ..function!(sinc a) };
    SPHERICAL_BESSEL = Pointwise { derivatives: &["0", "(n * spherical_bessel(n - 1, a) - (n + 1) * spherical_bessel(n + 1, a)) / (2 * n + 1)"],
        evaluate: |v| v[1].spherical_bessel(v[0].value), flops: 100, note: Some("for a whole number n > 0, or n = 0 where it is not differentiated"), is_named_in_formulas: true, ..internal!(spherical_bessel n a) };

    // Sigmoids and what belongs to them.
    SIGMOID = Pointwise { derivatives: &["value * sigmoid(-a)"], evaluate: |v| v[0].sigmoid(), notation: Some("σ({0})"), flops: 25,
        definition: Some("1 / (1 + e⁻ᵃ)"), is_named_in_formulas: true, ..function!(sigmoid a) };
    SOFTPLUS = Pointwise { derivatives: &["sigmoid(a)"], evaluate: |v| v[0].softplus(), flops: 35,
        definition: Some("ln(1 + eᵃ)"), note: Some("max(a, 0) + log1p(exp(−|a|)): finite and exact on both sides"), is_named_in_formulas: true, ..function!(softplus a) };
    LOG_SIGMOID = Pointwise { derivatives: &["sigmoid(-a)"], evaluate: |v| -(-v[0]).softplus(), code: of("-softplus(-a)"),
        note: Some("ln σ(a), which neither underflows nor cancels"), ..function!(log_sigmoid a) };
    LOGIT = Pointwise { derivatives: &["1 / (a * (1 - a))"], evaluate: |v| v[0].logit(), flops: 55, definition: Some("ln(a / (1 − a)), the inverse of σ"), domain: "0 < a < 1",
        note: Some("±∞ at 0 and 1"), is_named_in_formulas: true, ..function!(logit a) };
    SOFTSIGN = Pointwise { parity: Odd, derivatives: &["sq(1 / (1 + abs(a)))"], evaluate: |v| v[0] / (Dual::from(1.0) + v[0].abs()), flops: 6, definition: Some("a / (1 + |a|)"), ..function!(softsign a) };
    TANHSHRINK = Pointwise { parity: Odd, derivatives: &["sq(tanh(a))"], evaluate: |v| v[0].tanhshrink(), flops: 60, definition: Some("a − tanh a, accurate near 0"), is_named_in_formulas: true, ..function!(tanhshrink a) };
    LOG_COSH = Pointwise { parity: Even, derivatives: &["tanh(a)"], evaluate: |v| v[0].log_cosh(), flops: 60, definition: Some("ln cosh a, accurate near 0, without overflow"), is_named_in_formulas: true, ..function!(log_cosh a) };

    // Activations.
    RELU = Pointwise { derivatives: &["step(a)"], evaluate: |v| v[0] * v[0].step(), definition: Some("max(a, 0)"), note: Some("the derivative at 0 is taken as 0"), ..function!(relu a) };
    RELU_SQ = Pointwise { derivatives: &["2 * relu(a)"], evaluate: |v| v[0] * v[0] * v[0].step(), code: of("sq(relu(a))"), ..function!(relu_sq a) };
    LEAKY_RELU = Pointwise { derivatives: &["select(a, 1, slope)", "select(a, 0, a)"], evaluate: |v| v[0].positive_or(v[0], v[0] * v[1]), code: of("select(a, a, slope * a)"),
        note: Some("at 0 the derivative is the slope"), ..function!(leaky_relu a, slope = 0.01) };
    PRELU = Pointwise { derivatives: &["select(a, 1, slope)", "select(a, 0, a)"], evaluate: |v| v[0].positive_or(v[0], v[0] * v[1]), code: of("select(a, a, slope * a)"),
        note: Some("`leaky_relu`, by the name that it has where the slope is fitted"), ..function!(prelu a slope) };
    RELU6 = Pointwise { derivatives: &["less(0, a) * less(a, 6)"], evaluate: |v| v[0].clip(0.0, 6.0), code: of("clip(a, 0, 6)"), note: Some("the derivative at 0 and 6 is taken as 0"), ..function!(relu6 a) };
    HARDTANH = Pointwise { derivatives: &["less(-1, a) * less(a, 1)"], evaluate: |v| v[0].clip(-1.0, 1.0), code: of("clip(a, -1, 1)"), note: Some("the derivative at ±1 is taken as 0"), ..function!(hardtanh a) };
    HARDSIGMOID = Pointwise { derivatives: &["less(-3, a) * less(a, 3) / 6"], evaluate: |v| (v[0] / Dual::from(6.0) + Dual::from(0.5)).clip(0.0, 1.0), code: of("clip(a / 6 + 0.5, 0, 1)"),
        note: Some("the derivative at ±3 is taken as 0"), ..function!(hardsigmoid a) };
    HARDSWISH = Pointwise { derivatives: &["select(less(-3, a) * less(a, 3), a / 3 + 0.5, step(a))"], evaluate: |v| v[0] * (v[0] / Dual::from(6.0) + Dual::from(0.5)).clip(0.0, 1.0),
        code: of("a * clip(a / 6 + 0.5, 0, 1)"), note: Some("the derivative at −3 is taken as 0, at 3 as 1"), ..function!(hardswish a) };
    SOFTSHRINK = Pointwise { derivatives: &["step(abs(a) - lambda)", "select(abs(a) - lambda, -sign(a), 0)"], evaluate: |v| (v[0].abs() - v[1]).positive_or(v[0] - v[1] * v[0].sign(), Dual::from(0.0)),
        code: of("select(abs(a) - lambda, a - lambda * sign(a), 0)"), note: Some("0 on [−λ, λ]; the derivative at ±λ is taken as 0"), ..function!(softshrink a, lambda = 0.5) };
    HARDSHRINK = Pointwise { derivatives: &["step(abs(a) - lambda)", "0"], evaluate: |v| (v[0].abs() - v[1]).positive_or(v[0], Dual::from(0.0)),
        code: of("select(abs(a) - lambda, a, 0)"), note: Some("0 on [−λ, λ]; the derivative at ±λ is taken as 0"), ..function!(hardshrink a, lambda = 0.5) };
    ELU = Pointwise { derivatives: &["select(a, 1, alpha * exp(a))", "select(a, 0, expm1(a))"], evaluate: |v| v[0].positive_or(v[0], v[1] * v[0].expm1()),
        code: of("select(a, a, alpha * expm1(a))"), note: Some("at 0 the derivative is alpha"), ..function!(elu a, alpha = 1.0) };
    CELU = Pointwise { derivatives: &["select(a, 1, exp(a / alpha))", "select(a, 0, expm1(a / alpha) - a / alpha * exp(a / alpha))"],
        evaluate: |v| v[0].positive_or(v[0], v[1] * (v[0] / v[1]).expm1()), code: of("select(a, a, alpha * expm1(a / alpha))"), domain: "alpha > 0", ..function!(celu a, alpha = 1.0) };
    SELU = Pointwise { derivatives: &["1.0507009873554805 * select(a, 1, 1.6732632423543772 * exp(a))"],
        evaluate: |v| Dual::from(1.050_700_987_355_480_5) * v[0].positive_or(v[0], Dual::from(1.673_263_242_354_377_2) * v[0].expm1()),
        code: of("1.0507009873554805 * select(a, a, 1.6732632423543772 * expm1(a))"), note: Some("at 0 the derivative is that of the left side, 1.758"), ..function!(selu a) };
    SILU = Pointwise { derivatives: &["sigmoid(a) * (1 + a * sigmoid(-a))"], evaluate: |v| v[0] * v[0].sigmoid(), code: of("a * sigmoid(a)"), ..function!(silu a) };
    GELU = Pointwise { derivatives: &["ndtr(a) + a * normal_density(a)"], evaluate: |v| v[0] * v[0].ndtr(), code: of("a * ndtr(a)"), ..function!(gelu a) };
    GELU_TANH = Pointwise { derivatives: &["sigmoid(1.5957691216057308 * (a + 0.044715 * cube(a))) * (1 + a * sigmoid(-1.5957691216057308 * (a + 0.044715 * cube(a))) * 1.5957691216057308 * (1 + 0.134145 * sq(a)))"],
        evaluate: |v| v[0].gelu_tanh(), code: of("a * sigmoid(1.5957691216057308 * (a + 0.044715 * cube(a)))"),
        note: Some("½ a (1 + tanh u) with u = √(2/π) (a + 0.044715 a³), written as a σ(2u), which does not cancel"), ..function!(gelu_tanh a) };
    MISH = Pointwise { derivatives: &["tanh(softplus(a)) + a * sigmoid(a) * tanh_slope(softplus(a), tanh(softplus(a)))"], evaluate: |v| v[0].mish(), code: of("a * tanh(softplus(a))"), ..function!(mish a) };

    // The normal distribution and the Gamma function.
    ERF = Pointwise { parity: Odd, derivatives: &["1.1283791670955126 * gaussian(a)"], evaluate: |v| v[0].erf(), flops: 60, definition: Some("2/√π ∫₀ᵃ e^(−t²) dt"), is_named_in_formulas: true, ..function!(erf a) };
    ERFC = Pointwise { derivatives: &["-1.1283791670955126 * gaussian(a)"], evaluate: |v| v[0].erfc(), flops: 60, definition: Some("1 − erf a, accurate to the far right"), is_named_in_formulas: true, ..function!(erfc a) };
    GAUSSIAN = Pointwise { parity: Even, derivatives: &["-2 * a * value"], evaluate: |v| (-(v[0] * v[0])).exp(), flops: 20, definition: Some("e^(−a²)"), is_named_in_formulas: true, ..function!(gaussian a) };
    NORMAL_DENSITY = Pointwise { parity: Even, derivatives: &["-a * value"], evaluate: |v| v[0].normal_density(), notation: Some("φ({0})"), flops: 20, note: Some("e^(−a²/2) / √2π"), is_named_in_formulas: true, ..internal!(normal_density a) };
    NDTR = Pointwise { derivatives: &["normal_density(a)"], evaluate: |v| v[0].ndtr(), notation: Some("Φ({0})"), flops: 60,
        definition: Some("Φ, the distribution function of the standard normal distribution, accurate to the far left"), is_named_in_formulas: true, ..function!(ndtr a) };
    LOG_NDTR = Pointwise { derivatives: &["inverse_mills(a)"], evaluate: |v| v[0].log_ndtr(), notation: Some("ln Φ({0})"), flops: 100,
        definition: Some("ln Φ(a), without underflow"), note: Some("the derivative is the inverse Mills ratio φ(a) / Φ(a)"), is_named_in_formulas: true, ..function!(log_ndtr a) };
    INVERSE_MILLS = Pointwise { derivatives: &["-value * inverse_mills_excess(a)"], evaluate: |v| v[0].inverse_mills(), flops: 100, note: Some("φ(a) / Φ(a)"), is_named_in_formulas: true, ..internal!(inverse_mills a) };
    INVERSE_MILLS_EXCESS = Pointwise { derivatives: &["1 - inverse_mills(a) * value"], evaluate: |v| v[0].inverse_mills_excess(), flops: 100,
        note: Some("φ(a) / Φ(a) + a, which does not cancel to the left"), is_named_in_formulas: true, ..internal!(inverse_mills_excess a) };
    LGAMMA = Pointwise { derivatives: &["digamma(a)"], evaluate: |v| v[0].lgamma(), flops: 100, definition: Some("ln |Γ(a)|"), domain: "a > 0; below 0, all but whole numbers", is_named_in_formulas: true, ..function!(lgamma a) };
    DIGAMMA = Pointwise { derivatives: &["polygamma(1, a)"], evaluate: |v| v[0].digamma(), notation: Some("ψ({0})"), flops: 100, definition: Some("the derivative of ln Γ(a)"),
        domain: "a > 0; below 0, all but whole numbers", is_named_in_formulas: true, ..function!(digamma a) };
    POLYGAMMA = Pointwise { derivatives: &["0", "polygamma(n + 1, a)"], evaluate: |v| v[1].polygamma(v[0].value), flops: 100,
        definition: Some("the derivative number n + 1 of ln Γ(a), for a whole number n from 1 to 20"), domain: "a > 0; for n ≤ 2 also below 0, all but whole numbers",
        note: Some("NaN for another n"), is_named_in_formulas: true, ..function!(polygamma n a) };
    TRIGAMMA = Pointwise { derivatives: &["polygamma(2, a)"], evaluate: |v| v[0].polygamma(1.0), code: of("polygamma(1, a)"), domain: "as `polygamma`", ..function!(trigamma a) };
    LGAMMA_DIFFERENCE = Pointwise { derivatives: &["digamma(s + y)", "digamma_difference(y, s)"], evaluate: |v| v[0].lgamma_difference(v[1]), flops: 200,
        definition: Some("ln |Γ(s + y)| − ln |Γ(s)|, accurate where y is small beside s"), domain: "s > 0 and s + y > 0; below 0, all but whole numbers",
        note: Some("what differences of `lgamma` become, where one argument is the other and more"), is_named_in_formulas: true, ..function!(lgamma_difference y s) };
    DIGAMMA_DIFFERENCE = Pointwise { derivatives: &["polygamma(1, s + y)", "polygamma_difference(1, y, s)"], evaluate: |v| v[0].digamma_difference(v[1]), flops: 100,
        notation: Some("ψ({1} + {0}) − ψ({1})"), binds: Binds::Sum, definition: Some("ψ(s + y) − ψ(s), accurate where y is small beside s"), domain: "as `lgamma_difference`",
        is_named_in_formulas: true, ..function!(digamma_difference y s) };
    POLYGAMMA_DIFFERENCE = Pointwise { derivatives: &["0", "polygamma(n + 1, s + y)", "polygamma_difference(n + 1, y, s)"], evaluate: |v| v[1].polygamma_difference(v[0].value, v[2]), flops: 200,
        note: Some("ψ⁽ⁿ⁾(s + y) − ψ⁽ⁿ⁾(s), accurate where y is small beside s"), is_named_in_formulas: true, ..internal!(polygamma_difference n y s) };

    // Bessel functions and inverses of distributions.
    LOG_BESSEL_I0 = Pointwise { parity: Even, derivatives: &["bessel_ratio(a)"], evaluate: |v| v[0].log_bessel_i0(), flops: 120,
        definition: Some("ln I₀(a), of the modified Bessel function, without overflow"), note: Some("the logarithm of a von Mises distribution's constant; the derivative is I₁(a) / I₀(a)"), is_named_in_formulas: true, ..function!(log_bessel_i0 a) };
    BESSEL_RATIO = Pointwise { parity: Odd, derivatives: &["bessel_ratio_slope(a)"], evaluate: |v| v[0].bessel_cumulant(1), flops: 90,
        definition: Some("I₁(a) / I₀(a), without overflow"), note: Some("the mean resultant length of a von Mises distribution"), is_named_in_formulas: true, ..function!(bessel_ratio a) };
    BESSEL_RATIO_SLOPE = Pointwise { parity: Even, derivatives: &["bessel_ratio_curvature(a)"], evaluate: |v| v[0].bessel_cumulant(2), flops: 120,
        note: Some("1 − r/a − r² with r = I₁(a) / I₀(a), and ½ at 0, without cancellation"), is_named_in_formulas: true, ..internal!(bessel_ratio_slope a) };
    BESSEL_RATIO_CURVATURE = Pointwise { parity: Odd, derivatives: &["select(sq(a), (2 * bessel_ratio_slope(a) / a - 2 * bessel_ratio(a) / sq(a) - value) / a - 2 * sq(bessel_ratio_slope(a)) - 2 * bessel_ratio(a) * value, -0.375)"],
        evaluate: |v| v[0].bessel_cumulant(3), flops: 130,
        note: Some("the second derivative of I₁(a) / I₀(a), without cancellation; its own derivative has few digits near 0 and far out"), is_named_in_formulas: true, ..internal!(bessel_ratio_curvature a) };
    NDTRI = Pointwise { derivatives: &["1 / normal_density(value)"], evaluate: |v| v[0].ndtri(), notation: Some("Φ⁻¹({0})"), flops: 120,
        definition: Some("Φ⁻¹, the inverse of the normal distribution function: a quantile, accurate to the smallest p"), domain: "0 < p < 1", note: Some("−∞ at 0, ∞ at 1, NaN beyond"), is_named_in_formulas: true, ..function!(ndtri p) };
    ERFINV = Pointwise { parity: Odd, derivatives: &["0.886226925452758 / gaussian(value)"], evaluate: |v| v[0].erfinv(), flops: 110,
        definition: Some("the inverse of the error function"), domain: "−1 < a < 1", note: Some("±∞ at ±1, NaN beyond"), is_named_in_formulas: true, ..function!(erfinv a) };

    // Losses of one residual.
    PSEUDO_HUBER = Pointwise { parity: Even, derivatives: &["hypot_slope(a, 1)"], evaluate: |v| v[0].pseudo_huber(), flops: 20, definition: Some("√(1 + a²) − 1, accurate near 0"), is_named_in_formulas: true, ..function!(pseudo_huber a) };
    HUBER = Pointwise { derivatives: &["clip(a, -delta, delta)", "relu(abs(a) - delta)"],
        evaluate: |v| (v[1] - v[0].abs()).positive_or(Dual::from(0.5) * v[0] * v[0], v[1] * (v[0].abs() - Dual::from(0.5) * v[1])),
        code: of("select(delta - abs(a), 0.5 * sq(a), delta * (abs(a) - 0.5 * delta))"), domain: "delta > 0", ..function!(huber a delta) };
    ABS = Pointwise { parity: Even, derivatives: &["sign(a)"], evaluate: |v| v[0].abs(), definition: Some("|a|"), note: Some("the derivative at 0 is taken as 0"), ..function!(abs a) };
    SMOOTH_ABS = Pointwise { derivatives: &["hypot_slope(a, eps)", "hypot_slope(eps, a)"], evaluate: |v| v[0].hypot(v[1]), code: of("hypot(a, eps)"), ..function!(smooth_abs a eps) };

    // Choices.
    SIGN = Pointwise { parity: Odd, derivatives: &["0"], evaluate: |v| v[0].sign(), definition: Some("−1, 0 or 1"), note: Some("0 at 0; the derivative is 0 everywhere"), ..function!(sign a) };
    STEP = Pointwise { derivatives: &["0"], evaluate: |v| v[0].step(), definition: Some("1 above 0, 0 elsewhere"), note: Some("0 at 0; the derivative is 0 everywhere"), ..function!(step a) };
    MAX = Pointwise { derivatives: &["select(greater(a, b), 1, select(less(a, b), 0, 0.5))", "select(less(a, b), 1, select(greater(a, b), 0, 0.5))"], evaluate: |v| v[0].max(v[1]),
        commutes: true, code: Code::Method("larger"), definition: Some("the larger of both"), note: Some("NaN if either is; where both are equal, each has half of the derivative"), ..function!(max a b) };
    MIN = Pointwise { derivatives: &["select(less(a, b), 1, select(greater(a, b), 0, 0.5))", "select(greater(a, b), 1, select(less(a, b), 0, 0.5))"], evaluate: |v| -(-v[0]).max(-v[1]),
        commutes: true, code: Code::Method("smaller"), definition: Some("the smaller of both"), note: Some("NaN if either is; where both are equal, each has half of the derivative"), ..function!(min a b) };
    CLIP = Pointwise { derivatives: &["select(less(low, a) * less(a, high), 1, 0)", "select(less(low, a), 0, 1)", "select(less(a, high), 0, 1)"],
        evaluate: |v| v[0].clip_between(v[1], v[2]), code: Code::Method("clip"), flops: 2, definition: Some("a, but at least low and at most high"), domain: "low < high",
        note: Some("at a bound the derivative is that of the bound, and 0 in a"), ..function!(clip a low high) };
    SELECT = Pointwise { derivatives: &["0", "select(c, 1, 0)", "select(c, 0, 1)"], evaluate: |v| v[0].positive_or(v[1], v[2]), definition: Some("a where c > 0, b elsewhere"),
        note: Some("c has no derivative; what is not taken has no influence, be it infinite or NaN: also a row of data, if c is a vector of data that leaves it out"), ..function!(select c a b) };
    GREATER = Pointwise { derivatives: &["0", "0"], evaluate: |v| Dual::holds(v[0].value > v[1].value), definition: Some("1 where a > b, 0 elsewhere"), note: Some("the derivative is 0 everywhere"), ..function!(greater a b) };
    LESS = Pointwise { derivatives: &["0", "0"], evaluate: |v| Dual::holds(v[0].value < v[1].value), definition: Some("1 where a < b, 0 elsewhere"), note: Some("the derivative is 0 everywhere"), ..function!(less a b) };
    GREATER_EQUAL = Pointwise { derivatives: &["0", "0"], evaluate: |v| Dual::holds(v[0].value >= v[1].value), definition: Some("1 where a ≥ b, 0 elsewhere"), note: Some("the derivative is 0 everywhere"), ..function!(greater_equal a b) };
    LESS_EQUAL = Pointwise { derivatives: &["0", "0"], evaluate: |v| Dual::holds(v[0].value <= v[1].value), definition: Some("1 where a ≤ b, 0 elsewhere"), note: Some("the derivative is 0 everywhere"), ..function!(less_equal a b) };
    EQUAL = Pointwise { derivatives: &["0", "0"], evaluate: |v| Dual::holds(v[0].value.partial_cmp(&v[1].value) == Some(Ordering::Equal)), commutes: true, definition: Some("1 where a = b, 0 elsewhere"),
        note: Some("the derivative is 0 everywhere"), ..function!(equal a b) };
    STOP_GRADIENT = Pointwise { derivatives: &["0"], evaluate: |v| Dual::from(v[0].value), definition: Some("a, with the derivative 0"),
        note: Some("what is taken as fixed, such as a target that depends on parameters; second derivatives are 0 as well"), ..function!(stop_gradient a) };
    FLOOR = Pointwise { derivatives: &["0"], evaluate: |v| Dual::from(v[0].value.floor()), flops: 5, definition: Some("the largest whole number that is not above a"), note: Some("the derivative is 0 everywhere"), ..function!(floor a) };
    ROUND = Pointwise { derivatives: &["0"], evaluate: |v| Dual::from(v[0].value.round_ties_even()), flops: 3, definition: Some("the nearest whole number, of two the even one"),
        note: Some("the derivative is 0 everywhere"), ..function!(round a) };
    STE_SIGN = Pointwise { derivatives: &["1"], evaluate: |v| Dual::new(v[0].sign().value, v[0].slope), code: Code::Method("sign"), definition: Some("sign a, with the derivative 1"),
        note: Some("a straight-through estimator: the derivative is not that of the value"), ..function!(ste_sign a) };
    STE_ROUND = Pointwise { derivatives: &["1"], evaluate: |v| Dual::new(v[0].value.round_ties_even(), v[0].slope), code: Code::Method("round"), definition: Some("round a, with the derivative 1"),
        note: Some("a straight-through estimator: the derivative is not that of the value"), ..function!(ste_round a) };
}
