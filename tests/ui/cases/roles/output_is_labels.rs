use frobenius::loss;

#[loss(outputs(k))]
fn classes(x: Matrix<N, 3>, y: Labels<N, 3>, #[param] w: RowVector<3>) -> Scalar {
    let k = y;
    mean(cross_entropy(x + w, k))
}

fn main() {}
