use frobenius::loss;

#[loss]
fn centred(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    let m = mean(z);
    sum(exp(z - m))
}

fn main() {}
