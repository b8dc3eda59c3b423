use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |a, b| {
        let c = tanh(a);
        a + 1
    };
    norm_sq(h(x * w, 2))
}

fn main() {}
