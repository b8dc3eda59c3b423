//! An operator is a type, not a value and not an expression.

#[frobenius::loss]
fn value(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    sum(row_operator(x, x * w))
}

#[frobenius::loss]
fn expression(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    sum(matrix_operator(2 * x, x * w))
}

fn main() {}
