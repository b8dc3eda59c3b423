use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut total = 0.0;
    for i in 0..n {
        total += sum(x[i] * w[0]);
    }
    for (i, w) in w.iter().enumerate() {
        total += sum(w) * unknown;
    }
    for v in &w {
        total += sum(v);
    }
    total
}

fn main() {}
