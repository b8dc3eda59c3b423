use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let z = apply(|a| a + t, x * w);
    norm_sq((|a| a)(z))
}

fn main() {}
