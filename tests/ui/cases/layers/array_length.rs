use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; LAYERS], #[param] b: [[Vector<K>; 2]; 3]) -> Scalar {
    norm_sq(x * w[0]) + sum(b[0])
}

fn main() {}
