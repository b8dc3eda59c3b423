use frobenius::loss;

#[loss]
fn counted(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq() + mean(x * w, w) + size(x, w, w) * sum(w)
}

fn main() {}
