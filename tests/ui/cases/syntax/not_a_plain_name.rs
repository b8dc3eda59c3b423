use frobenius::loss;

#[loss]
fn patterns((x, y): Matrix<N, D>, _: Scalar, #[param] w: Vector<D>) -> Scalar {
    let [a, b] = w;
    norm_sq(x * w) + y + a + b
}

fn main() {}
