use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |a, b| a * tanh(b);
    norm_sq(h(x * w, x)) + norm_sq(h(2, x)) + sum(h(y, x))
}

fn main() {}
