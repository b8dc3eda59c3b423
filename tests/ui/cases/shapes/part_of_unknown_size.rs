use frobenius::loss;

#[loss]
fn tail(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) + norm_sq(w.rows(2..5))
}

fn main() {}
