//! A crate with losses of its own, and their benchmark: `cargo bench -p frobenius-example`.

use frobenius::prelude::*;

/// Two layers, of which the first is squashed by tanh.
#[loss(bench)]
pub fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    mean(sq(tanh(x * w) * a - y))
}

/// Logistic regression, of labels 0 and 1.
#[loss(bench)]
pub fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    mean(softplus(z) - hadamard(y, z)) + 0.01 * norm_sq(w)
}
