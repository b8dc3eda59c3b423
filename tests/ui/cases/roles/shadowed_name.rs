use frobenius::loss;

#[loss]
fn shadowed(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let gate = |z| z * sigmoid(z);
    let gate = gate(x * w) - y;
    sum(sq(gate))
}

fn main() {}
