use frobenius::loss;

#[loss]
fn elementwise(x: Matrix<N, D>, y: Matrix<N, M>, s: Scalar, #[param] w: Matrix<D, M>) -> Scalar {
    sum(hadamard(x, x * w)) + dot(y, s)
}

fn main() {}
