use frobenius::loss;

#[loss]
fn forgotten(x: Matrix<N, 784>, #[param] w: Matrix<784, K>, #[param] a: Matrix<K, 10>, b: Matrix<10, 3>) -> Scalar {
    norm_sq(x * w * b)
}

fn main() {}
