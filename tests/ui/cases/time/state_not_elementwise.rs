use frobenius::loss;

#[loss]
fn recurrent(x: Matrix<T, D>, #[param] w: Matrix<K, K>, #[param] u: Matrix<D, K>, #[param] start: RowVector<K>) -> Scalar {
    let mut h = start;
    for t in 0..T {
        h = tanh(h * w + x[t] * u);
    }
    norm_sq(h)
}

fn main() {}
