use frobenius::loss;

#[loss]
fn counted(x: Matrix<N, D>, m: Matrix<N, D>, #[param] w: Matrix<N, D>) -> Scalar {
    norm_sq(hadamard(m) - x + w)
}

fn main() {}
