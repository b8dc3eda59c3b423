use frobenius::loss;

#[loss]
fn centred(x: Matrix<N, D>, offset: RowVector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq((x - offset) * w)
}

fn main() {}
