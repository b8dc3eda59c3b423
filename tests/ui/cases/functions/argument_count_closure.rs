use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |a, b| a * tanh(b);
    let g = |z| h(z) + tanh(z, z);
    norm_sq(h(x * w)) + norm_sq(g(x * w))
}

fn main() {}
