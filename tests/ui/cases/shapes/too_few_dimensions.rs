use frobenius::loss;

#[loss]
fn dimensions(x: Matrix<N>, b: Scalar<N>, c: Vector, #[param] w: Vector<D, 1>) -> Scalar {
    norm_sq(x * w + b) + sum(c)
}

fn main() {}
