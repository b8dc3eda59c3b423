use frobenius::loss;

#[loss]
fn no_target(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
