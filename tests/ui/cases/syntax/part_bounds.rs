use frobenius::loss;

#[loss]
fn tail(x: Matrix<N, 4>, #[param] w: Vector<4>) -> Scalar {
    norm_sq(x * w) + norm_sq(w.rows(5..2)) + norm_sq(x.columns(1..=2)) + norm_sq(w.rows(2..))
}

fn main() {}
