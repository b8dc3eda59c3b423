use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let i = 1;
    let a = x * w[i] * w[0.5] * w[n];
    norm_sq(a * w[1 / 2] * w[0..2] * w[w[0]])
}

fn main() {}
