use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for i in 0..3 {
        h = tanh(h * w[i]) + i;
    }
    norm_sq(h)
}

fn main() {}
