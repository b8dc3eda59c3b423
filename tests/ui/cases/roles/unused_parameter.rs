use frobenius::loss;

#[loss]
fn squared(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<D, M>,
    #[param] b: RowVector<M>,
) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
