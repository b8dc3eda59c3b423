use frobenius::loss;

#[loss]
fn column_for_row(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Vector<D>, #[param] b: Vector<M>) -> Scalar {
    norm_sq(outer_sum(x * w, b) - y)
}

fn main() {}
