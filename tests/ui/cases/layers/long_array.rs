use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 1000000]) -> Scalar {
    norm_sq(x * w[0])
}

fn main() {}
