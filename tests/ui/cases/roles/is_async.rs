use frobenius::loss;

#[loss]
async fn squared(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

#[loss]
pub const unsafe extern "C" fn cubed(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
