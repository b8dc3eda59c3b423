use frobenius::loss;

#[loss(stream = N, stream = D)]
fn streamed(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
