use frobenius::loss;

#[loss]
fn two_layer(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<D, K>,
    #[param] a: Matrix<K, M>,
) -> Scalar {
    let h = tanh(x * w);
    norm_sq(h - y)
}

fn main() {}
