use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 0]) -> Scalar {
    norm_sq(x * w[0])
}

fn main() {}
