use frobenius::loss;

#[loss(strem = N, derivatives = 2)]
fn streamed(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
