use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |a, b| a * tanh(b);
    norm_sq(x * w)
}

fn main() {}
