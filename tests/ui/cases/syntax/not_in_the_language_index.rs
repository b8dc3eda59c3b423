use frobenius::loss;

#[loss]
fn index(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let e = x[0] * w;
    let c = [1.0, 2.0];
    let (a, b) = (1.0, 2.0);
    sum(e) + c[0] + a + b
}

fn main() {}
