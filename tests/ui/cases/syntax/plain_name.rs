use frobenius::loss;

#[loss]
fn raw(r#type: Matrix<N, D>, _y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(r#type * w - _y)
}

fn main() {}
