use frobenius::loss;

#[loss]
#[inline]
fn inlined(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
