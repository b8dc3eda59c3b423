use frobenius::loss;

#[loss(test(K = 40, N = 7, yy = 0.5..2.0, w = -1..1))]
fn regression(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w - y)
}

fn main() {}
