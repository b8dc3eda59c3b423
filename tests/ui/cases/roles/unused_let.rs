use frobenius::loss;

#[loss]
fn forgotten(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] v: Vector<D>) -> Scalar {
    let penalty = norm_sq(v);
    norm_sq(x * w - y)
}

fn main() {}
