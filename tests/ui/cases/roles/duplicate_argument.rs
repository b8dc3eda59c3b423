use frobenius::loss;

#[loss]
fn twice(x: Matrix<N, D>, x: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
