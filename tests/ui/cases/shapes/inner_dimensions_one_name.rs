use frobenius::loss;

#[loss]
fn two_names(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<P>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
