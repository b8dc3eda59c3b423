use frobenius::loss;

#[loss(outputs(scors))]
fn misspelled(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let scores = x * w;
    norm_sq(scores - y)
}

#[loss(outputs(x))]
fn argument(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

#[loss(outputs(h))]
fn of_a_loop(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
    let mut z = x;
    for _ in 0..2 {
        let h = tanh(z * w);
        z = h + x;
    }
    norm_sq(z)
}

fn main() {}
