use frobenius::loss;

#[loss]
fn power(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    sum((x * w - y) ^ 2)
}

fn main() {}
