use frobenius::loss;

#[loss]
fn row_and_column(x: Vector<N>, #[param] b: RowVector<K>) -> Scalar {
    norm_sq(x + b)
}

fn main() {}
