use frobenius::loss;

#[loss(stream = 100, crate = "frobenius")]
fn streamed(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

#[loss(stream)]
fn without(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
