use frobenius::loss;

#[loss]
fn slices(x: &[f64], y: f64, z: &Matrix<N, D>, v: Vec<f64>, #[param] w: Matirx<D, K>) -> Scalar {
    norm_sq(x * w - y) + sum(z) + sum(v)
}

fn main() {}
