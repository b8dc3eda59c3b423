use frobenius::loss;

#[loss]
fn f(y: Vector<T>, x: Matrix<N, T>, #[param] a: Scalar) -> Scalar {
    let mut h = a;
    for t in 0..T {
        for i in 0..N {
            h = a * h + y[t];
        }
    }
    h + sum(x)
}

fn main() {}
