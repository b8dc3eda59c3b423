use frobenius::loss;

#[loss]
fn paths(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    sum(f64::tanh(x * w)) + sum(exp::<f64>(w)) + my::own(w)
}

fn main() {}
