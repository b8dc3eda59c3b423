use frobenius::loss;

#[loss]
fn recurrent(x: Matrix<T, D>, #[param] w: Matrix<K, K>, #[param] u: Matrix<D, K>, #[param] start: RowVector<K>) -> Scalar {
    let mut h = start;
    for t in 0..T {
        h = tanh(h * w + x[t] * u);
    }
    norm_sq(h)
}

#[loss]
fn pairs(x: Matrix<T, D>, #[param] w: Matrix<D, D>) -> Scalar {
    let mut l = 0;
    for t in 0..T {
        l += norm_sq(x[t].t() * x[t] - w);
    }
    l
}

fn main() {}
