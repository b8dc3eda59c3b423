use frobenius::loss;

#[loss(data_curvature(z))]
fn distance(z: Vector<N>, #[param] b: Scalar) -> Scalar {
    norm(z - b)
}

fn main() {}
