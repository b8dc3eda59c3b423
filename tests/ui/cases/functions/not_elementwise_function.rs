use frobenius::{function, loss};

#[function]
fn total(z: Scalar) -> Scalar {
    sum(z) * undefined
}

// The mistakes of a function are reported once, where it is defined; those of the loss all the same.
#[loss(with(total))]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(total(x * w)) + sum(w * x * wrong)
}

fn main() {}
