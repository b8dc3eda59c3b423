use frobenius::loss;

#[loss]
fn infinite(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) / 1e999
}

fn main() {}
