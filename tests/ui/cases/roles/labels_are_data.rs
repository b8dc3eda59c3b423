use frobenius::loss;

#[loss]
fn differentiated(x: Vector<N>, #[param] y: Labels<N, 10>, #[param] b: Scalar) -> Scalar {
    sum(x) * b + size(y)
}

fn main() {}
