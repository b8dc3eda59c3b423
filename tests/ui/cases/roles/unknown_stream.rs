use frobenius::loss;

#[loss(stream = S)]
fn streamed(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
