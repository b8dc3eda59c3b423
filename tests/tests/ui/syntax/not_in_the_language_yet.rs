use frobenius::loss;

#[loss]
fn later(x: Matrix<N, D>, y: Labels<N, 10>, #[param] w: Matrix<D, 10>) -> Scalar {
    let h = |z| z * sigmoid(z);
    norm_sq(h(x * w) - y)
}

fn main() {}
