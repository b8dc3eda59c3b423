use frobenius::loss;

#[loss]
fn f(y: Vector<T>, #[param] w: [Scalar; 3]) -> Scalar {
    let mut h = w[0];
    for t in 0..T {
        h = w[t] * h + y[t];
    }
    h
}

fn main() {}
