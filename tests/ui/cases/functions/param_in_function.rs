use frobenius::function;

#[function]
fn penalty(#[param] w: Matrix<R, C>) -> Scalar {
    norm_sq(w)
}

fn main() {}
