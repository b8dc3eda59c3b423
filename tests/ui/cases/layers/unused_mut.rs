use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    norm_sq(h * w[0] * w[1] * w[2])
}

fn main() {}
