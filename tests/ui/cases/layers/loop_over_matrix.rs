use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = 0;
    for row in x {
        h += norm_sq(row * w[0]);
    }
    for row in rows {
        h += norm_sq(row * w[0]);
    }
    h
}

fn main() {}
