use frobenius::loss;

#[loss]
fn pairs(x: Matrix<T, D>, #[param] w: Matrix<D, D>) -> Scalar {
    let mut l = 0;
    for t in 0..T {
        l += norm_sq(x[t].t() * x[t] - w);
    }
    l
}

fn main() {}
