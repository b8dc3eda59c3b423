use frobenius::loss;

#[loss]
fn marked(x: Matrix<N, D>, #[param(w)] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
