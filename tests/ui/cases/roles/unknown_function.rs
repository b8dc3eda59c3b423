use frobenius::loss;

#[loss]
fn typo(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    norm_sq(tahn(x * w) - y)
}

fn main() {}
