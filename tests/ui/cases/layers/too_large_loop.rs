use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    for i in 0..1000 {
        for j in 0..1000 {
            for k in 0..1000 {
                h = tanh(h * w[0] * w[1] * w[2]);
            }
        }
    }
    norm_sq(h)
}

fn main() {}
