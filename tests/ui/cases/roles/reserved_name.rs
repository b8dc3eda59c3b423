use frobenius::loss;

#[loss]
fn hidden(x: Matrix<N, D>, #[param] zeros: Vector<D>, #[param] dims: Vector<D>) -> Scalar {
    norm_sq(x * (zeros + dims))
}

fn main() {}
