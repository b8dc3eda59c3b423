use frobenius::loss;

#[loss]
fn f(y: Vector<T>, #[param] a: Scalar) -> Scalar {
    let mut l = 0;
    for t in 0..T {
        l += sq(y[t] - a * y[t - 2]);
    }
    l
}

fn main() {}
