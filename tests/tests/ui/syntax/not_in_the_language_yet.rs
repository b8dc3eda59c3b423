use frobenius::loss;

#[loss]
fn later(x: Matrix<N, D>, #[param] w: Matrix<D, 10>) -> Scalar {
    let h = |z| z * sigmoid(z);
    norm_sq(h(x * w))
}

fn main() {}
