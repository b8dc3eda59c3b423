use frobenius::{function, loss};

#[function]
fn form(a: Matrix<D, D>, x: Vector<D>) -> Scalar {
    x.t() * a * x
}

#[loss(with(form))]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    form(x, w) + form(x.t() * x, w) + form(x) + norm_sq(form)
}

fn main() {}
