use frobenius::loss;

#[loss]
fn later(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let e;
    norm_sq(x * w) + e
}

fn main() {}
