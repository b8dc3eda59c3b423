use frobenius::loss;

#[loss]
fn f(x: Matrix<N, E>, #[param] w: Vector<E>) -> Scalar {
    norm_sq(x * w) * E + Pi + PI()
}

fn main() {}
