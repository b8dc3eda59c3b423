use frobenius::loss;

#[loss(sample_norms, stream = none)]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
