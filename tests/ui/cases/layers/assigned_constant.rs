use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let h = x;
    h = tanh(h * w[0]);
    x = h;
    w = h;
    undefined = h;
    for i in 0..2 {
        i = 3;
        h += h * w[i];
    }
    norm_sq(h)
}

fn main() {}
