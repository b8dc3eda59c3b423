use frobenius::loss;

#[loss(with())]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(x * w)
}

#[loss(with(3))]
fn g(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(x * w)
}

#[loss(with = half)]
fn h(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
