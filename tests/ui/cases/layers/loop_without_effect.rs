use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    for i in 0..3 {
        let h = tanh(x * w[i]);
    }
    for i in 0..3 {
        x * w[i];
    }
    norm_sq(x * w[0])
}

fn main() {}
