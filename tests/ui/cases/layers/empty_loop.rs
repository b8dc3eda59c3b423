use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for i in 2..2 {
        h = tanh(h * w[i]);
    }
    norm_sq(h * w[0])
}

fn main() {}
