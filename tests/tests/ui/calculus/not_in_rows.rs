use frobenius::loss;

#[loss]
fn gram(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = x * w;
    sum(tanh(h * h.t()))
}

fn main() {}
