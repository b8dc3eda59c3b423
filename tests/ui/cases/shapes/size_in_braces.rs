use frobenius::loss;

#[loss]
fn f(y: Vector<N>, #[param] w: Vector<{ N - 1 }>) -> Scalar {
    sum(w) + sum(y)
}

fn main() {}
