use frobenius::loss;

#[loss]
fn squared(
    x: Matrix<N, D>,
    y: Vector<N>,
    #[param] w: Vector<D>,
) -> Scalar {
    let mut total = 0.0;
    for i in 0..n {
        total += (x[i] * w - y[i]) ^ 2;
    }
    total
}

fn main() {}
