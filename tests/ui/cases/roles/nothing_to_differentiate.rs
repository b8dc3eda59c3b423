use frobenius::loss;

#[loss]
fn squared(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    w: Matrix<D, M>,
) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
