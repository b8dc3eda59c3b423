use frobenius::loss;

#[loss]
fn constant() -> Scalar {
    1.0
}

fn main() {}
