use frobenius::loss;

#[loss(sample_norms)]
fn spread(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(tanh(x.t() * y) - w)
}

fn main() {}
