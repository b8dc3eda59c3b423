use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let g = |z| h(z) + z(1) + tahn(z);
    let h = |z| z + 1;
    norm_sq(h(x * w)) + norm_sq(g(x * w)) + w(3)
}

fn main() {}
