use frobenius::loss;

#[loss]
fn two_layer(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<K, D>,
    #[param] a: Matrix<K, M>,
) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

fn main() {}
