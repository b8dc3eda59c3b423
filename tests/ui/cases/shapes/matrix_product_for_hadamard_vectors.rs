use frobenius::loss;

#[loss]
fn weighted(c: Vector<N>, x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    sum(c * (x * w))
}

fn main() {}
