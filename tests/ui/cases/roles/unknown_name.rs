use frobenius::loss;

#[loss]
fn upper_case(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<D, K>,
    #[param] a: Matrix<M, K>,
) -> Scalar {
    let h = tanh(x * W);
    norm_sq(h * a - y)
}

fn main() {}
