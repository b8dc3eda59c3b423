use frobenius::loss;

#[loss]
fn transposed_data(x: Matrix<D, N>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
