use frobenius::loss;

#[loss]
fn suffix(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    0.5f64 * norm_sq(x * w) + 2u8
}

fn main() {}
