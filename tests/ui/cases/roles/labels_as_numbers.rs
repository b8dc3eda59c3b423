use frobenius::loss;

#[loss]
fn numbers(x: Matrix<N, D>, y: Labels<N, 10>, #[param] w: Matrix<D, N>) -> Scalar {
    let z = x * w * y;
    let e = y + 1.0 - y;
    let s = tanh(y);
    let alias = y;
    norm_sq(z) + sum(e) + sum(s) + sum(-y) + sum(alias.t()) + norm_sq(y) + size(y)
}

fn main() {}
