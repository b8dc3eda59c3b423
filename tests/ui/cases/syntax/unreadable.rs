use frobenius::loss;

#[loss(= N)]
fn squared(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
