use frobenius::loss;

#[loss(ggn = target)]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let target = exp(y);
    norm_sq(x * w - target)
}

fn main() {}
