use frobenius::loss;

#[loss]
fn traced(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    trace(x * w)
}

fn main() {}
