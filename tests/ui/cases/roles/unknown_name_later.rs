use frobenius::loss;

#[loss]
fn order(x: Matrix<N, D>, y: Vector<N>, #[param] weights: Vector<D>) -> Scalar {
    let e = h - y;
    let h = tanh(x * wieghts);
    norm_sq(e) + norm_sq(h) + sum(tanh)
}

fn main() {}
