//! Values at the edges: chunks of which each has something to say, kinks, infinities, and what vanishes.

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
