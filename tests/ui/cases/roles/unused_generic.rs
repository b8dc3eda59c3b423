use frobenius::loss;

#[loss]
fn sized<const K: usize>(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
