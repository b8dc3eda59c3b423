use frobenius::loss;

#[loss]
fn square(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let h = x * w;
    sq(h)
}

fn main() {}
