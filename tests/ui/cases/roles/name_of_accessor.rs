use frobenius::loss;

#[loss]
fn hidden(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] w_mut: Vector<D>) -> Scalar {
    norm_sq(x * (w + w_mut))
}

fn main() {}
