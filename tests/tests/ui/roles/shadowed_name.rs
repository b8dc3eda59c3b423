use frobenius::loss;

#[loss]
fn shadowed(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let w = tanh(w);
    let e = x * w - y;
    let e = sq(e);
    sum(e)
}

fn main() {}
