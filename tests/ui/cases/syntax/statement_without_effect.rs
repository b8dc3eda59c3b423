use frobenius::loss;

#[loss]
fn idle(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    x * w;
    norm_sq(w)
}

fn main() {}
