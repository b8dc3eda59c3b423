//! Reductions by rows and by columns, and operations that arrange elements.

use frobenius_tests::{MatrixRef, VectorRef, compare};

compare! {
    sums_and_means_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn means(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = tanh(x * w);
        norm_sq(row_means(z) - y) / (1 + rows(x)) + norm_sq(column_sums(z)) + sum(sin(row_sums(w))) * columns(w)
            + norm_sq(column_means(sin(w))) + dot(row_means(v), v) + norm_sq(row_means(v.t())) + sum(sq(column_sums(v)))
    }
}

compare! {
    variances_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn variances(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>) -> Scalar {
        let z = x * w + 1;
        dot(row_variances(z), y) + sum(column_variances(w)) + norm_sq(center_columns(w)) + sum(row_variances(sin(w)))
            + sum(center_rows(w))
    }
}

compare! {
    statistics_of_columns_agree
    range 0.5 .. 1.5
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    #[doc = "Statistics of the rows that are walked: further passes."]
    fn column_statistics(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
        let z = tanh(x * w - 1.5 + b);
        let c = z - column_sums(z) / (1 + rows(z));
        norm_sq(b - column_sums(sq(c))) / 10
    }
}

compare! {
    maxima_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn maxima(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>, #[param] s: Scalar) -> Scalar {
        let z = x * w;
        dot(row_max(z), y) + sum(sq(row_min(sin(z)))) + sum(exp(column_max(w))) + dot(column_min(w), row_max(w.t()).t())
            + largest(sin(w)) * smallest(w) + largest(v) + sum(sq(row_max(v))) + column_max(v) * row_min(v.t())
            + norm_inf(w) * norm_inf(v - 2) + row_max(s) * largest(s) + norm_inf(z)
    }
}

compare! {
    maxima_of_columns_agree
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn maxima_of_columns(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] v: Vector<N>, #[param] u: Vector<D>) -> Scalar {
        let z = x * w;
        sum(exp(column_max(z))) + sum(exp(-column_min(z))) + exp(largest(z - 1)) + exp(largest(v)) + exp(largest(x * u))
            + dot(exp(column_max(sin(z))), column_means(w))
    }
}

compare! {
    norms_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn norms(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w;
        dot(row_norms(z), y) + sum(sq(column_norms(w))) + norm_21(w) + norm_1(sin(w)) + sum(column_norms(sin(w)))
            + sum(row_norms(v)) + sum(row_norms(v.t())) + norm_1(z)
    }
}

compare! {
    normalisations_agree
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn normalisations(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>, #[param] s: Scalar) -> Scalar {
        let h = scale_columns(layer_norm(x * w, 0.1), b);
        let g = rms_norm(h, 0.2) - y;
        norm_sq(g) + dot(normalize_rows(h + y), sin(g)) + sum(normalize_rows(w)) + norm_sq(scale_rows(row_sums(x), h) * s)
    }
}

compare! {
    softmaxes_agree
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn softmaxes(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w;
        dot(log_softmax_rows(z), y) + sum(sq(softmax_columns(w))) + sum(sq(lse_columns(w))) + lse_columns(v) * lse_rows(v.t())
            + sum(hadamard(softmax_rows(v), v)) + norm_sq(log_softmax_columns(w))
    }
}

compare! {
    softmaxes_of_columns_agree
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 5 }
    fn softmaxes_of_columns(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] v: Vector<N>) -> Scalar {
        let z = x * w;
        dot(softmax_columns(z), sin(y + z)) + sum(exp(0.5 * lse_columns(z))) + sum(sq(softmax_columns(v)))
    }
}

compare! {
    outer_products_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn outer_products(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] v: Vector<K>, #[param] u: Vector<D>) -> Scalar {
        let z = scale_rows(y, x * w) + outer(y, sin(v));
        norm_sq(scale_columns(z, v.t())) + sum(tanh(outer(u, v))) + norm_sq(w - scale_rows(u, sin(w))) + norm_sq(outer(x * u, v) - z)
            + norm_sq(ones_like(w) + 2 * zeros_like(w) + w) + sum(sin(eye_like(w * w.t()) - w * w.t()))
    }
}

compare! {
    diagonals_and_triangles_agree
    data { x: matrix }
    sizes { "D": 3 }
    fn diagonals(x: Matrix<N, D>, #[param] w: Matrix<D, D>, #[param] v: Vector<D>, #[param] u: Vector<N>, #[param] s: Scalar) -> Scalar {
        let k = tanh(x * w * x.t());
        norm_sq(tril(w)) + sum(sin(triu(w) * tril(w))) + norm_sq(off_diagonal(w) * diag(v)) + dot(diagonal(w), sin(v))
            + sum(exp(off_diagonal(k))) / 10 + norm_sq(tril(k)) + sum(sin(triu(k))) + norm_sq(diagonal(k) - u)
            + sum(cos(diag(u))) + sum(sin(k + diag(u))) + norm_sq(sym(w) * v) + norm_sq(skew(w) * v - v) + tril(s) * diagonal(s)
    }
}

compare! {
    joins_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn joins(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>, #[param] u: Vector<N>, #[param] s: Scalar) -> Scalar {
        let v = concat_rows(w, b);
        let z = sin(concat_columns(x, y)) * v;
        norm_sq(z) + norm_sq(concat_rows(z, v)) + sum(sin(concat_columns(z, u))) + sum(exp(concat_columns(u, y)))
            + sum(sin(concat_rows(u, s * y))) + sum(sin(concat_columns(b, b * s))) + norm_sq(concat_rows(s, 2)) + norm_sq(concat_columns(s, b))
            + sum(sq(vec_rows(w))) + dot(sin(vec_rows(x * w)), vec_rows(tanh(x * w))) + sum(exp(vec_rows(b)))
    }
}

compare! {
    kronecker_products_agree
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 2 }
    fn kronecker(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] v: Vector<K>, #[param] u: Vector<D>, #[param] s: Scalar) -> Scalar {
        let k = sin(kron(w, w.t()));
        sum(k) + norm_sq(khatri_rao(w, sin(w))) + norm_sq(kron(u, v)) + sum(sin(kron(u, v.t()))) + sum(exp(kron(v.t(), w)))
            + norm_sq(kron(s, w)) + norm_sq(khatri_rao(u, v) + s) + sum(sin(khatri_rao(x, w.t() + kron(v, u.t()))))
            + sum(sin(kron(x, v) + s))
    }
}

compare! {
    differences_agree
    data { x: matrix }
    sizes { "D": 3 }
    fn variation(x: Matrix<N, D>, #[param] w: Matrix<D, D>, #[param] u: Vector<N>, #[param] v: Vector<D>) -> Scalar {
        norm_1(differences(u)) + norm_sq(differences(x * w)) + sum(sin(differences(w.t()))) + sum(exp(differences(v))) + sum(differences(v.t()))
    }
}

compare! {
    parts_agree
    data { x: matrix }
    sizes { }
    fn parts(x: Matrix<N, 5>, #[param] w: Matrix<5, 4>, #[param] v: Vector<4>, #[param] b: RowVector<4>) -> Scalar {
        let z = tanh(x * w + b);
        norm_sq(z.columns(0..3) * v.rows(1..4)) + sum(sin(w.rows(2..4))) + norm_sq(z.columns(3..4) - 1) + v.rows(1..2) * b.columns(3..4)
            + sum(exp(w.columns(1..2).rows(0..3))) + norm_sq(w.rows(1..2)) + norm_sq(x.columns(0..2) * w.rows(3..5)) + sum(w.rows(0..5))
    }
}

/// 0 / 0 is nowhere: a row of zeros has the norm 0, and the gradient 0.
#[test]
fn norms_of_zeros_have_the_gradient_zero() {
    let x = [1.0f64, -2.0, 0.5, 3.0, 1.0, 1.0];
    let data = norms::Data { x: MatrixRef::new(&x, 2, 3).unwrap(), y: VectorRef::from(&[1.0, 2.0]) };
    let mut loss = norms::Loss::new(data, norms::Sizes { k: 5 }).unwrap();
    let params = norms::Params::from_vec(loss.dims(), vec![0.0; 18]).unwrap();
    let mut gradient = loss.params().unwrap();
    let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
    assert!(value.abs() == 0.0 && gradient.as_slice().iter().all(|x| x.abs() == 0.0));
}

compare! {
    sizes_are_numbers_and_make_matrices
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn sized(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>) -> Scalar {
        norm_sq(row_means(x * w) - y) / (1 + N) + D * sum(sin(w)) + norm_sq(w.t() * w + 0.5 * eye(K) - ones(K, K)) / K
            + dot(ones(K), row_sums(w.t())) + sum(zeros(D, K) - w) + sum(ones(2 * K))
    }
}
