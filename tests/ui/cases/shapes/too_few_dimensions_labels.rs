use frobenius::loss;

#[loss]
fn labelled(x: Vector<N>, y: Labels<N>, #[param] b: Scalar) -> Scalar {
    let l: Labels<N, 3> = y;
    sum(x) * b + size(l)
}

fn main() {}
