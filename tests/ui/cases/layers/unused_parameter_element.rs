use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 9], #[param] b: [Scalar; 3], y: [Vector<N>; 2]) -> Scalar {
    let mut h = x;
    for i in 0..2 {
        h = tanh(h * w[i]);
    }
    norm_sq(h)
}

fn main() {}
