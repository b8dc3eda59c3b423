use frobenius::loss;

#[loss]
fn affine(
    x: Matrix<N, D>,
    y: Matrix<N, K>,
    #[param] w: Matrix<D, K>,
    #[param] b: Vector<K>,
) -> Scalar {
    norm_sq(x * w + b - y)
}

fn main() {}
