use frobenius::loss;

#[loss(outputs(z, z))]
fn twice(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    norm_sq(z)
}

fn main() {}
