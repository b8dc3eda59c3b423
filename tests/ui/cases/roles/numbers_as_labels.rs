//! Numbers where labels are wanted.

#[frobenius::loss]
fn picked(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, C>) -> Scalar {
    sum(pick(x * w, y))
}

fn main() {}
