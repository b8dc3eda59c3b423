use frobenius::loss;

#[loss]
fn f(#[param] w: Matrix<3, 4>) -> Scalar {
    sq(w[0, 1]) + sum(w)
}

fn main() {}
