use frobenius::loss;

#[loss(test(N = 40, y = 2.0..1.0))]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
