use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let a = x[0] * w[0][1];
    sum(a) + (x * w[1])[0] + unknown[2]
}

fn main() {}
