use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z| z * h(z - 1);
    let g = |z| z + g;
    norm_sq(g(h(x * w)))
}

fn main() {}
