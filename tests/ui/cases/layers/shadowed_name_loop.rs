use frobenius::loss;

#[loss]
fn f(x: Matrix<N, K>, #[param] w: [Matrix<K, K>; 3]) -> Scalar {
    let mut h = x;
    let a = 1;
    for a in 0..3 {
        h = h * w[a];
    }
    for x in w {
        h = h * x;
    }
    for i in 0..3 {
        for i in 0..3 {
            h = h * w[i];
        }
        let w = h;
    }
    for (i, j) in 0..3 {
        h = h * w[0];
    }
    'outer: for i in 0..3 {
        h = h * w[i];
        break 'outer;
    }
    norm_sq(h) + a
}

fn main() {}
