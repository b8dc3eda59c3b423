use frobenius::loss;

#[loss]
fn outer_of_a_matrix(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(outer(y, x)) + sum(scale_rows(w, x))
}

fn main() {}
