use frobenius::loss;

#[loss]
fn other_names(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    sum(square(x * w)) + sum(log(exp(w(x)))) + sum(attention(x))
}

fn main() {}
