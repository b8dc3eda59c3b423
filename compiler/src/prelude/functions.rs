//! The functions of the prelude. To add one, add its source.

/// Each is a `fn` as a user would write it. A dimension stands for any size.
pub(crate) const FUNCTIONS: &[&str] = &[
    // ‖E‖²_F
    "fn norm_sq(e: Matrix<R, C>) -> Scalar { dot(e, e) }",
    // ‖E‖_F; its gradient at 0 is 0
    "fn norm(e: Matrix<R, C>) -> Scalar { sqrt(norm_sq(e)) }",
    "fn mean(e: Matrix<R, C>) -> Scalar { sum(e) / size(e) }",
    // Statistics of rows and of columns; variances divide by the number of elements, not by one less.
    "fn row_means(a: Matrix<R, C>) -> Vector<R> { row_sums(a) / columns(a) }",
    "fn column_means(a: Matrix<R, C>) -> RowVector<C> { column_sums(a) / rows(a) }",
    // Every row, or every column, gets the mean 0.
    "fn center_rows(a: Matrix<R, C>) -> Matrix<R, C> { a - row_means(a) }",
    "fn center_columns(a: Matrix<R, C>) -> Matrix<R, C> { a - column_means(a) }",
    "fn row_variances(a: Matrix<R, C>) -> Vector<R> { row_means(sq(center_rows(a))) }",
    "fn column_variances(a: Matrix<R, C>) -> RowVector<C> { column_means(sq(center_columns(a))) }",
    // Where several elements are smallest, the first one has the derivative.
    "fn row_min(a: Matrix<R, C>) -> Vector<R> { -row_max(-a) }",
    "fn column_min(a: Matrix<R, C>) -> RowVector<C> { -column_max(-a) }",
    // Of all elements; row by row, where several are.
    "fn largest(e: Matrix<R, C>) -> Scalar { column_max(row_max(e)) }",
    "fn smallest(e: Matrix<R, C>) -> Scalar { -largest(-e) }",
    // Norms; the gradient is 0 at a row, or a column, of zeros.
    "fn row_norms(a: Matrix<R, C>) -> Vector<R> { sqrt(row_sums(sq(a))) }",
    "fn column_norms(a: Matrix<R, C>) -> RowVector<C> { sqrt(column_sums(sq(a))) }",
    // Σ |eᵢⱼ|; the derivative at 0 is taken as 0
    "fn norm_1(e: Matrix<R, C>) -> Scalar { sum(abs(e)) }",
    // max |eᵢⱼ|, 0 of no elements; where several are largest, the first one has the derivative
    "fn norm_inf(e: Matrix<R, C>) -> Scalar { max(largest(abs(e)), 0) }",
    // Σ ‖row‖: the group lasso of the rows
    "fn norm_21(w: Matrix<R, C>) -> Scalar { sum(row_norms(w)) }",
    // The logarithm of the softmax, and the softmax of each column
    "fn log_softmax_rows(z: Matrix<R, C>) -> Matrix<R, C> { z - lse_rows(z) }",
    "fn log_softmax_columns(z: Matrix<R, C>) -> Matrix<R, C> { z - lse_columns(z) }",
    "fn softmax_columns(z: Matrix<R, C>) -> Matrix<R, C> { exp(z - lse_columns(z)) }",
    // Rows by groups: how many each has, their mean, which is 0 of none, the logarithm of the sum of their exponentials, by way of its
    // maximum, and softmax within each, whose shares would be wrong by the rounding of a large log-sum-exp, if that was subtracted. Rows
    // without a label are in no group: their softmax is 0
    "fn count_by(y: Labels<R, C>) -> Vector<C> { sum_by(ones(R), y) }",
    "fn mean_by(z: Matrix<R, K>, y: Labels<R, C>) -> Matrix<C, K> { scale_rows(recip_or_zero(count_by(y)), sum_by(z, y)) }",
    "fn lse_by(z: Matrix<R, K>, y: Labels<R, C>) -> Matrix<C, K> {
        let a = select(has_label(y) + zeros_like(z), z, 0);
        let m = stop_gradient(max_by(a, y));
        m + ln(sum_by(exp(a - gather(m, y)), y))
    }",
    "fn softmax_by(z: Matrix<R, K>, y: Labels<R, C>) -> Matrix<R, K> {
        let is_in = has_label(y) + zeros_like(z);
        let a = select(is_in, z, 0);
        let c = a - gather(stop_gradient(max_by(a, y)), y);
        select(is_in, exp(c - gather(ln(sum_by(exp(c), y)), y)), 0)
    }",
    // Pairs of a column and a row
    "fn outer_sum(u: Vector<R>, v: RowVector<C>) -> Matrix<R, C> { zeros(R, C) + u + v }",
    "fn outer_difference(u: Vector<R>, v: RowVector<C>) -> Matrix<R, C> { zeros(R, C) + u - v }",
    // Rows of length 1; rows of zeros stay zero, and their gradient is 0
    "fn normalize_rows(z: Matrix<R, C>) -> Matrix<R, C> { scale_rows(recip_or_zero(row_norms(z)), z) }",
    // Rows of mean 0 and variance 1, as far as eps lets them; eps > 0 keeps constant rows finite
    "fn layer_norm(z: Matrix<R, C>, eps: Scalar) -> Matrix<R, C> {
        let c = center_rows(z);
        scale_rows(rsqrt(row_means(sq(c)) + eps), c)
    }",
    // The symmetric and the skew-symmetric part
    "fn sym(a: Matrix<N, N>) -> Matrix<N, N> { (a + a.t()) / 2 }",
    "fn skew(a: Matrix<N, N>) -> Matrix<N, N> { (a - a.t()) / 2 }",
    "fn rms_norm(z: Matrix<R, C>, eps: Scalar) -> Matrix<R, C> { scale_rows(rsqrt(row_means(sq(z)) + eps), z) }",
];
