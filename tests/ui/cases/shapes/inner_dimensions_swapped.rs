use frobenius::loss;

#[loss]
fn swapped(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    norm_sq(w * x - y)
}

fn main() {}
