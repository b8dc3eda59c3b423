use frobenius::loss;

#[loss]
fn value(x: Vector<N>, y: Labels<N, C>, #[param] b: Scalar) -> Scalar {
    let z: Vector<N> = y;
    sum(z) + sum(x) * b
}

#[loss]
fn result(y: Labels<1, 10>, #[param] b: Scalar) -> Scalar {
    y
}

fn main() {}
