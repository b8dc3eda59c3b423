use frobenius::loss;

#[loss(ggn = ee)]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    let e1 = tanh(x * w) - y;
    norm_sq(e1)
}

fn main() {}
