use frobenius::loss;

#[loss]
fn marked(#[data] x: Matrix<N, D>, #[parm] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

fn main() {}
