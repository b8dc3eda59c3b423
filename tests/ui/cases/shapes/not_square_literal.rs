use frobenius::loss;

#[loss]
fn traced(#[param] w: Matrix<10, 784>) -> Scalar {
    trace(w)
}

fn main() {}
