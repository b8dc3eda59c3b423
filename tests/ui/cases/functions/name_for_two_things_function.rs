use frobenius::{function, loss};

#[function]
fn x(z: Scalar) -> Scalar {
    z / 2
}

#[function]
fn tanh(z: Scalar) -> Scalar {
    z / 2
}

#[loss(with(x))]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
