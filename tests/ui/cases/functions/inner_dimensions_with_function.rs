use frobenius::{function, loss};

#[function]
fn half(z: Scalar) -> Scalar {
    z / 2
}

#[loss(with(half))]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    half(norm_sq(w * x * half))
}

fn main() {}
