use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z: Matrix<N, K>| -> Scalar { z * z };
    let g: Matrix<N, K> = |z| z + 1;
    norm_sq(g(h(x * w)))
}

fn main() {}
