use frobenius::{function, loss};

#[function]
fn half(z: Scalar) -> Scalar {
    z / 2
}

#[loss(with(half))]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
