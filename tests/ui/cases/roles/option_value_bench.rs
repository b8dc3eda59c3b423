use frobenius::prelude::*;

#[loss(bench = true)]
fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
