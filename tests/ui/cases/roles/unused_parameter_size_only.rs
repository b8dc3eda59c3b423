use frobenius::loss;

#[loss]
fn sizes(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] u: Vector<D>) -> Scalar {
    norm_sq(x * w) / size(u)
}

fn main() {}
