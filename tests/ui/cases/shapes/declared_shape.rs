use frobenius::loss;

#[loss]
fn annotated(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h: Matrix<N, D> = tanh(x * w);
    norm_sq(h)
}

fn main() {}
