use frobenius::loss;

#[loss]
fn marked(x: Matrix<N, D>, #[param] #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
