use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let tanh = |z| 1.5 * z;
    norm_sq(tanh(x * w))
}

fn main() {}
