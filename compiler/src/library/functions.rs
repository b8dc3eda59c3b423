//! The functions of the library. To add one, add its source.

/// Each is a `fn` as a user would write it. A dimension stands for any size.
pub(crate) const FUNCTIONS: &[&str] = &[
    // ‖E‖²_F
    "fn norm_sq(e: Matrix<R, C>) -> Scalar { dot(e, e) }",
    // ‖E‖_F; its gradient at 0 is 0
    "fn norm(e: Matrix<R, C>) -> Scalar { sqrt(norm_sq(e)) }",
    "fn mean(e: Matrix<R, C>) -> Scalar { sum(e) / size(e) }",
];
