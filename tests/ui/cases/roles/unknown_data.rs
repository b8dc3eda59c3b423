use frobenius::loss;

#[loss(data_gradient(z, w))]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
