use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let h = |z| z + w;
    norm_sq(h(x * w)) + sum(-w)
}

fn main() {}
