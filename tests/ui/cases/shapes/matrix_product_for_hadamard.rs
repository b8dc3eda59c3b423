use frobenius::loss;

#[loss]
fn squares(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    let e = x * w - y;
    sum(e * e)
}

fn main() {}
