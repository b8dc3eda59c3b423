use frobenius::loss;

#[loss]
fn f(y: Vector<T>, #[param] a: Scalar) -> Scalar {
    let mut h = a;
    for t in 0..N {
        h = a * h + y[t];
    }
    h
}

fn main() {}
