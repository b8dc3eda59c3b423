use frobenius::loss;

#[loss]
fn semicolon(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w);
}

#[loss]
fn empty(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {}

fn main() {}
