//! Every elementwise function, on a matrix that streams, on a vector of parameters, and on a scalar.
//!
//! Several functions share a loss, because each loss is compiled for every instruction set and precision. Each is weighted
//! by another number, so that no function's error hides behind another's.

use frobenius_tests::compare;

/// Z = X W is N x K; each function is applied to it, to a scalar and to a number.
macro_rules! functions {
    ($($test:ident $loss:ident $low:literal .. $high:literal at $number:literal: $($function:ident $weight:literal)*;)*) => {$(
        compare! {
            $test
            range $low .. $high
            data { x: matrix, y: matrix }
            sizes { "D": 3, "K": 5 }
            fn $loss(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] s: Scalar) -> Scalar {
                let z = x * w;
                0 $(+ $weight * (dot($function(z), y) + $function(s) * $function($number)))*
            }
        }
    )*};
}

functions! {
    sigmoids_agree sigmoids -1.0 .. 1.5 at 2: tanh 1 sigmoid 0.7 softplus 1.3 log_sigmoid 0.4;
    smooth_units_agree smooth_units -1.0 .. 1.5 at 2: silu 1 mish 0.7 gelu_tanh 1.3;
    circular_agree circular -1.0 .. 1.5 at 2: sin 1 cos 0.7 sinc 1.3 atan 0.4;
    hyperbolic_agree hyperbolic -1.0 .. 1.5 at 2: sinh 0.06 cosh 0.11 asinh 1.9 tanhshrink 1.7;
    exponentials_agree exponentials -1.0 .. 1.5 at 2: exp 0.1 expm1 0.07 gaussian 1.3 softsign 0.4 pseudo_huber 1.9 log_cosh 0.6 exprel 0.9;
    normal_agree normal -1.0 .. 1.5 at 2: erf 1 erfc 0.7 ndtr 1.3 log_ndtr 0.4 gelu 1.9;
    linear_units_agree linear_units -1.0 .. 1.5 at 2: relu 1 relu_sq 0.07 leaky_relu 1.3 relu6 0.4 elu 1.9 selu 0.6 celu 1.1;
    hard_agree hard -1.0 .. 1.5 at 2: hardtanh 1 hardsigmoid 0.7 hardswish 1.3 softshrink 0.4 hardshrink 1.9 abs 0.6 sq 0.11 cube 0.02;
    roots_agree roots 0.3 .. 2.0 at 2: sqrt 1 rsqrt 0.4 recip 1.9;
    logarithms_agree logarithms 0.3 .. 2.0 at 2: ln 1 log1p 0.7 xlogx 0.06 entropy 0.11 log1mexp 1.7;
    gamma_agree gamma 0.3 .. 2.0 at 2: lgamma 1 digamma 0.7 trigamma 1.3;
    unit_interval_agrees unit_interval 0.1 .. 0.5 at 0.4: asin 1 acos 0.7 atanh 1.3 logit 0.4 tan 1.9;
    quantiles_agree quantiles 0.1 .. 0.5 at 0.4: ndtri 1 erfinv 0.7;
    bessel_agree bessel -1.0 .. 1.5 at 2: log_bessel_i0 1 bessel_ratio 0.7;
    acosh_agrees acosh_loss 1.1 .. 1.5 at 2: acosh 1;
    steps_agree steps -1.0 .. 1.5 at 2: sign 1 step 0.7 floor 1.3 round 0.4 relu 1.9;
}

compare! {
    functions_of_two_agree
    range 0.3 .. 2.0
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn of_two(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] s: Scalar, #[param] p: Scalar) -> Scalar {
        let z = x * w - 3;
        let q = x * w;
        0.7 * sum(hypot(s, z)) + 1.3 * sum(atan2(z, y)) + 0.6 * sum(logaddexp(p, z)) + 1.7 * sum(xlogy(s, q))
            + 0.2 * sum(pow(q, p)) + 0.3 * sum(pow(y, z)) + pow(s, p) + hypot(s, p) + sum(polygamma(2, q))
            + 0.9 * sum(lgamma_difference(q, s)) + 0.8 * sum(digamma_difference(y, q))
    }
}

compare! {
    choices_agree
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn choosing(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] s: Scalar, #[param] t: Scalar) -> Scalar {
        let z = x * w;
        sum(max(0, 1 - z)) + 0.7 * sum(hadamard(max(z, y), z)) + 1.3 * sum(hadamard(y, min(z, s))) + max(s, t) * min(s, t)
            + 0.4 * sum(hadamard(clip(z, -0.5, 0.4), y)) + 1.9 * sum(clip(y, s - 1, s)) + 0.6 * sum(select(greater(z, y), exp(z), s * z))
            + 1.1 * dot(less(z, y), z) + 1.7 * dot(greater_equal(z, s), z) + 0.2 * dot(less_equal(s, z), z) + 0.3 * dot(equal(y, y), z)
            + select(s - t, s * s, 3 * t)
    }
}

compare! {
    parameters_of_functions_agree
    range -1.0 .. 1.5
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn parametrised(
        x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] slope: Scalar, #[param] alpha: Scalar, #[param] delta: Scalar,
        #[param] lambda: RowVector<K>,
    ) -> Scalar {
        let z = x * w;
        let c = 1 + sq(alpha);
        let d = 0.1 + sq(delta);
        dot(prelu(z, slope), y) + 0.7 * dot(leaky_relu(z, 0.3), y) + 1.3 * dot(elu(z, c), y) + 0.4 * dot(celu(z, c), y)
            + 1.9 * sum(huber(z - y, d)) + 0.6 * sum(smooth_abs(z, d)) + 1.1 * dot(softshrink(z, d), y) + 1.7 * dot(hardshrink(z, d), y)
            + sum(softshrink(lambda, 0.1)) + sum(pow(z, 3)) + 0.2 * sum(pow(1 + sq(z), -1)) + 0.3 * sum(pow(1 + sq(z), 0.5)) + sum(pow(2 + sq(z), -1.5))
    }
}

/// Values that are not taken have no influence, be they infinite or NaN.
mod masks {
    use frobenius::prelude::*;

    #[loss]
    fn masked(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w;
        sum(select(greater(z, 0), sqrt(z), 0)) + sum(select(v, v * 0 + 1 - ln(v), 3 - exp(-1000 * v)))
    }

    #[test]
    fn untaken_branches_never_reach_a_gradient() -> Result<(), Error> {
        let x = [4.0, -1.0, 0.0];
        let mut loss = masked::Loss::<f64>::new(masked::Data { x: MatrixRef::new(&x, 3, 1)? })?;
        let mut params = loss.params()?;
        let mut gradient = loss.params()?;
        params.as_mut_slice().copy_from_slice(&[1.0, 2.0]);
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        assert!((value - (2.0 + 1.0 - 2.0_f64.ln())).abs() < 1e-15, "{value}");
        // d/dw of √(4w) is 1 at w = 1; −1/v
        assert_eq!(gradient.as_slice(), [1.0, -0.5]);
        params.as_mut_slice().copy_from_slice(&[0.0, -2.0]);
        loss.value_and_gradient(&params, &mut gradient)?;
        assert!(gradient.as_slice()[0].abs() < 1e-300, "{}", gradient.as_slice()[0]);
        Ok(())
    }
}

/// Derivatives that are not those of the value.
mod straight_through {
    use frobenius::prelude::*;

    #[loss]
    fn binary(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
        sum(3 * ste_sign(x * w) + ste_round(x * w))
    }

    /// The target of a step of Q-learning depends on the parameters, and is not differentiated.
    #[loss]
    fn fixed_target(x: Matrix<N, D>, r: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let q = x * w;
        norm_sq(q - stop_gradient(r + 0.5 * q)) / N
    }

    #[test]
    fn what_is_stopped_is_taken_as_fixed() -> Result<(), Error> {
        let (x, r) = ([1.0, 2.0, -1.0], [0.5, 1.0, 2.0]);
        let mut loss = fixed_target::Loss::<f64>::new(fixed_target::Data {
            x: MatrixRef::new(&x, 3, 1)?,
            r: r.as_slice().into(),
        })?;
        let mut params = loss.params()?;
        let mut gradient = loss.params()?;
        params.as_mut_slice().copy_from_slice(&[3.0]);
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        // Errors 0.5 · 3 x − r = 1, 2, −3.5; the gradient is Σ 2 e x / 3, not half of it.
        assert!((value - (1.0 + 4.0 + 12.25) / 3.0).abs() < 1e-14, "{value}");
        assert!((gradient.as_slice()[0] - 2.0 * (1.0 + 4.0 + 3.5) / 3.0).abs() < 1e-14, "{:?}", gradient.as_slice());
        Ok(())
    }

    #[test]
    fn straight_through_estimators_have_the_derivative_one() -> Result<(), Error> {
        let x = [0.25, -2.6];
        let mut loss = binary::Loss::<f64>::new(binary::Data { x: MatrixRef::new(&x, 2, 1)? })?;
        let mut params = loss.params()?;
        let mut gradient = loss.params()?;
        params.as_mut_slice().copy_from_slice(&[1.0]);
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        assert!((value + 3.0).abs() < 1e-15, "{value}");
        assert!((gradient.as_slice()[0] - 4.0 * (0.25 - 2.6)).abs() < 1e-14);
        Ok(())
    }
}
