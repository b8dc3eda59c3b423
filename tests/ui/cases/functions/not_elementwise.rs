use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z| z.t() / sum(z);
    let g = |z| norm_sq(z) + size(z) - dot(z, z);
    let n = |z| sqrt(mean(z));
    norm_sq(n(g(h(x * w))))
}

fn main() {}
