use frobenius::loss;

#[loss]
fn alike(x: Matrix<Nn, D>, y: Vector<NN>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) + norm_sq(y)
}

fn main() {}
