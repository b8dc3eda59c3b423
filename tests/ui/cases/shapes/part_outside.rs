use frobenius::loss;

#[loss]
fn tail(x: Matrix<N, 4>, #[param] w: Vector<4>) -> Scalar {
    norm_sq(x * w) + norm_sq(w.rows(2..5)) + sum(tanh(x).columns(4..6))
}

fn main() {}
