use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for w in w {
        h = tanh(h * v);
    }
    for v in w {
        h = tanh(h * v * v.t() * u);
    }
    norm_sq(h)
}

fn main() {}
