use frobenius::loss;

#[loss]
fn f(y: Vector<T>, x: Matrix<T, T>, #[param] a: Vector<T>) -> Scalar {
    let mut h = a;
    for t in 0..T {
        h = h + h[t] * y[t] * a;
    }
    sum(h) + sum(x)
}

fn main() {}
