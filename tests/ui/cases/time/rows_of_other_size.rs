use frobenius::loss;

#[loss]
fn f(y: Vector<T>, x: Matrix<N, T>, #[param] a: Scalar) -> Scalar {
    let mut h = a;
    for t in 0..T {
        h = a * h + y[t] + sum(x[t]);
    }
    h
}

fn main() {}
