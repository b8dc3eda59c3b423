use frobenius::loss;

#[loss]
fn declared(x: Matrix<N, D>, #[param] w: Vector<D>) -> f64 {
    norm_sq(x * w)
}

#[loss]
fn missing(x: Matrix<N, D>, #[param] w: Vector<D>) {
    norm_sq(x * w)
}

#[loss]
fn a_matrix(x: Matrix<N, D>, #[param] w: Vector<D>) -> Vector<N> {
    x * w
}

fn main() {}
