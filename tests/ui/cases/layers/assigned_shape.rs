use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for i in 0..3 {
        h = tanh(h.t() * h);
    }
    norm_sq(h * w[0])
}

fn main() {}
