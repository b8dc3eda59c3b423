use frobenius::loss;

#[loss]
fn fields(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x.T * w) + x.nrows + w.0
}

fn main() {}
