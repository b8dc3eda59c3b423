use frobenius::loss;

#[loss]
fn keyword(x: Matrix<In, Out>, #[param] w: Vector<Out>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
