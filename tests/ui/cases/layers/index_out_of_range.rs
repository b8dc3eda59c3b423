use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for i in 0..3 {
        h = tanh(h * w[i + 1] * w[i]);
    }
    norm_sq(h * w[3] * w[0 - 1])
}

fn main() {}
