//! Every elementwise function, on a matrix that streams, on a vector, and on a scalar.

use frobenius_tests::compare;

/// Z = X W is N x K; the function is applied to it, and to a vector of parameters, and its result is weighted so
/// that no element's derivative hides behind another's.
macro_rules! functions {
    ($($test:ident $loss:ident $function:ident $low:literal .. $high:literal;)*) => {$(
        compare! {
            $test
            range $low .. $high
            data { x: matrix, y: matrix }
            sizes { "D": 3, "K": 5 }
            fn $loss(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] v: RowVector<K>, #[param] s: Scalar) -> Scalar {
                let z = $function(x * w);
                sum(hadamard(z, y)) + norm_sq($function(v)) + $function(s) * $function(2)
            }
        }
    )*};
}

functions! {
    tanh_agrees tanh_loss tanh -1.0 .. 1.5;
    sigmoid_agrees sigmoid_loss sigmoid -1.0 .. 1.5;
    exp_agrees exp_loss exp -1.0 .. 1.5;
    ln_agrees ln_loss ln 0.3 .. 2.0;
    relu_agrees relu_loss relu -1.0 .. 1.5;
    softplus_agrees softplus_loss softplus -1.0 .. 1.5;
    sq_agrees sq_loss sq -1.0 .. 1.5;
    sqrt_agrees sqrt_loss sqrt 0.3 .. 2.0;
    abs_agrees abs_loss abs -1.0 .. 1.5;
    sin_agrees sin_loss sin -1.0 .. 1.5;
    cos_agrees cos_loss cos -1.0 .. 1.5;
    recip_agrees recip_loss recip 0.5 .. 2.0;
}
