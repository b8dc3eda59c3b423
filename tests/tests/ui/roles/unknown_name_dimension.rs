use frobenius::loss;

#[loss]
fn mean_square<const D: usize>(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y) / N + norm_sq(w) / D
}

fn main() {}
