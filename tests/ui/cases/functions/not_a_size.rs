use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) + sum(eye(x)) + sum(zeros(N, w)) + sum(ones(0.5))
}

fn main() {}
