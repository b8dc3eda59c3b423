use frobenius::loss;

#[loss]
fn two_things<const T: usize>(x: Matrix<N, D>, N: Scalar, t: Vector<T>, #[param] w: Vector<D>) -> Scalar {
    let D = 2.0;
    D * norm_sq(x * w) / N + sum(t)
}

fn main() {}
