use frobenius::loss;

#[loss]
fn columns(x: Matrix<N, D>, y: Matrix<M, N>, #[param] w: Matrix<D, M>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
