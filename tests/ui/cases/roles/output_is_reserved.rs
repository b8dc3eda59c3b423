use frobenius::loss;

#[loss(outputs(cost))]
fn named_cost(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let cost = sq(x * w);
    sum(cost)
}

fn main() {}
