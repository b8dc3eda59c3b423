use frobenius::loss;

#[loss]
fn residual(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    x * w - y
}

fn main() {}
