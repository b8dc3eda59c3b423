use frobenius::loss;

#[loss]
fn normalised(x: Matrix<N, D>, scale: RowVector<D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x / scale * w)
}

fn main() {}
