//! Values at the edges: chunks of which each has something to say, kinks, infinities, and what vanishes.

#![expect(clippy::unreadable_literal, reason = "values as they were computed")]

use frobenius::prelude::*;
use frobenius_tests::compare;

compare! {
    extrema_of_vectors_are_merged
    data { x: matrix }
    sizes { "D": 1 }
    fn extrema(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] v: Vector<N>) -> Scalar {
        largest(x * w) + 2 * smallest(v) + 3 * norm_inf(x * w + v) + sum(column_max(2 * v)) + sum(column_max(x))
    }
}

/// More rows than a chunk has by itself.
#[test]
fn the_largest_of_many_rows() -> Result<(), Error> {
    #[loss]
    fn only_max(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
        largest(x * w)
    }
    let n = 100_000;
    let x: Vec<f64> = (0..n).map(|i| frobenius_tests::count(7919 * i % n) / frobenius_tests::count(n)).collect();
    let mut loss = only_max::Loss::new(only_max::Data { x: MatrixRef::new(&x, n, 1)? })?;
    let params = only_max::Params::from_vec(loss.dims(), vec![2.0])?;
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    assert_eq!((value, gradient.as_slice()), (1.99998, &[0.99999][..]));
    Ok(())
}

/// A loss of one parameter without data, its value and its gradient.
macro_rules! root {
    ($test:ident $loss:ident at $rows:expr, [$($x:expr),*] is $value:expr, [$($gradient:expr),*] of $($body:tt)*) => {
        #[loss]
        fn $loss(#[param] x: Matrix<N, 2>) -> Scalar { $($body)* }

        #[test]
        fn $test() -> Result<(), Box<dyn std::error::Error>> {
            let mut loss = $loss::Loss::new($loss::Sizes { n: $rows })?;
            let params = $loss::Params::from_vec(loss.dims(), vec![$($x),*])?;
            let mut gradient = loss.params()?;
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            frobenius_tests::close(&[value], &[$value], 1e-14)?;
            Ok(frobenius_tests::close(gradient.as_slice(), &[$($gradient),*], 1e-14)?)
        }
    };
}

// By hand and by mpmath; the subgradient at 0 is 0, as that of a norm.
root! { distances_of_equal_rows distances at 3, [1.0, 2.0, 0.0, 0.0, 3.0, 1.0]
is 15.268827230335917, [-0.8944271909999159, 2.6832815729997477, -2.7917937871009433,
    -2.4213099140335075, 3.6862209781008595, -0.26197165896624]
of sum(sqrt(squared_distances(x, x))) }
root! { deviations_of_constant_rows deviations at 2, [1.0, 1.0, 2.0, 4.0] is 1.0, [0.0, 0.0, -0.5, 0.5]
of sum(sqrt(row_variances(x))) }
root! { deviations_of_constant_columns column_deviations at 2, [1.0, 1.0, 1.0, 4.0] is 1.5, [0.0, -0.5, 0.0, 0.5]
of sum(sqrt(column_variances(x))) }
root! { root_of_the_mean_square root_mean at 2, [0.0, 0.0, 0.0, 0.0] is 0.0, [0.0, 0.0, 0.0, 0.0] of sqrt(mean(sq(x))) }
root! { norm_of_several_parts parts at 1, [0.0, 0.0] is 0.0, [0.0, 0.0] of sqrt(norm_sq(x) + 3 * sum(abs(x))) }
root! { norm_by_a_power powers at 1, [1.0, 2.0] is 0.0, [0.0, 0.0] of norm(x - x) + pow(norm_sq(x - x), 0.5) }
