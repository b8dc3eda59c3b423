use frobenius::loss;

#[loss(hvp = 2, ggn, data_gradient = x)]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
