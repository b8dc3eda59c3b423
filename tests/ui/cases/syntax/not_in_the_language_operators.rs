use frobenius::loss;

#[loss]
fn operators(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let e = x * &w - *y;
    let m = e % 2.0;
    let c = e > m && !e;
    e += c;
    w = e;
    sum(e as f64)?
}

fn main() {}
