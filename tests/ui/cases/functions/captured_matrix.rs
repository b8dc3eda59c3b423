use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, y: Labels<N, 3>, s: Scalar, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z| z * w + s * size;
    let g = |z| z + y;
    norm_sq(g(h(x * w)))
}

fn main() {}
