//! Every kind of statement that an expansion has, in as few losses as have them all: the faults of `mutants/mutants.txt` in the
//! schedule and in what it becomes are looked for here.

use frobenius_tests::{compare, compare_requests};

compare! {
    products_and_their_loops_agree
    data { x: matrix, y: matrix }
    given { k: "K" }
    sizes { "D": 9, "K": 17, "M": 3 }
    fn layers(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>, #[param] a: Matrix<K, M>, #[param] v: Matrix<D, M>) -> Scalar {
        norm_sq(tanh(x * w + b) * a - y) + dot(x * w * a, y) + 0.1 * norm_sq(w) + dot(log_softmax_rows(x * v), y)
    }
}

compare! {
    products_with_vectors_agree
    data { x: matrix, y: vector, c: scalar }
    sizes { "D": 9 }
    fn regression(x: Matrix<N, D>, y: Vector<N>, c: Scalar, #[param] w: Vector<D>, #[param] s: Scalar, #[param] u: Vector<N>) -> Scalar {
        norm(exp(s) * (x * w) - y) + c * norm_sq(w) + s / (2 + sq(s)) + norm_sq(x - u) / 10
    }
}

// All maxima are below 0: what nothing was added to yet is not among them.
compare! {
    maxima_and_their_merging_agree
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 4, "K": 3 }
    fn maxima(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w - 9;
        sum(exp(column_max(z) / 9)) + lse(z) + sum(lse_columns(z)) + largest(x * v - 9) + sum(sq(column_max(w - 3))) + lse(w - 3)
            + exp(column_max(v - 3)) + sum(sq(lse_columns(w - 3)))
    }
}

compare! {
    several_passes_agree
    data { x: matrix, y: matrix }
    sizes { "D": 4, "K": 3 }
    fn centred(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w;
        let c = tanh(z - 0.1 * column_sums(z)) - y;
        let r = tanh(x * v) - 0.1 * sum(x * v);
        norm_sq(c) + dot(row_sums(sq(c)), r) + norm_sq(c * (c.t() * x) / 9)
    }
}

compare! {
    rows_that_all_rows_need_agree
    data { x: matrix, t: matrix }
    given { k: "K" }
    sizes { "D": 4, "K": 3, "M": 2 }
    fn attention(x: Matrix<N, D>, t: Matrix<N, M>, #[param] q: Matrix<D, K>, #[param] k: Matrix<D, K>, #[param] v: Matrix<D, M>) -> Scalar {
        norm_sq(softmax_rows((x * q) * (x * k).t()) * (x * v) - t) + sum(sq(cumsum(x * v))) / 100
    }
}

compare! {
    numbers_of_rows_agree
    data { x: matrix }
    sizes { "D": 3 }
    fn square(x: Matrix<N, D>, #[param] w: Matrix<D, D>, #[param] u: Vector<N>) -> Scalar {
        let k = tanh(x * w * x.t());
        norm_sq(tril(k) - diag(u)) + sum(sin(triu(k))) + norm_sq(diagonal(k) - u) + sq(trace(k)) / 10 + sum(exp(off_diagonal(k))) / 10
            + norm_sq(eye_like(k) + k) / 10 + trace(w)
    }
}

// With as many rows as `D`, both orders of each product take as many operations.
compare! {
    either_order_agrees
    data { x: matrix, y: matrix }
    given { r: "R" }
    sizes { "D": 8, "R": 5, "K": 5 }
    fn orders(x: Matrix<N, D>, y: Matrix<N, K>, #[param] u: Matrix<D, R>, #[param] v: Matrix<R, K>) -> Scalar {
        norm_sq(x * u * v - y)
    }
}

// One is cheaper of few rows, the other of many.
compare! {
    what_both_orders_need_agrees
    data { x: matrix }
    given { r: "R", k: "K" }
    sizes { "D": 6, "R": 17, "K": 4 }
    fn shared(x: Matrix<N, D>, #[param] u: Matrix<D, R>, #[param] v: Matrix<R, K>) -> Scalar {
        norm_sq(x * softmax_rows(u) * sin(v)) + 0.1 * norm_sq(softmax_rows(u) * sin(v) * v.t())
    }
}

compare! {
    samples_as_columns_agree
    data { x: matrix, y: matrix, c: vector }
    sizes { "D": 4, "K": 3 }
    fn columns(x: Matrix<D, N>, y: Matrix<K, N>, c: RowVector<N>, #[param] w: Matrix<K, D>, #[param] b: Vector<K>) -> Scalar {
        norm_sq(tanh(w * x + b) + c - y) + 0.1 * norm_sq(x * x.t() * w.t())
    }
}

// 70 columns are more than a strip. Steps follow the last one that reads `h`, which is added up all the same.
compare! {
    long_loops_agree
    data { x: matrix, c: vector, u: matrix }
    sizes { "D": 70 }
    fn long(x: Matrix<N, D>, c: Vector<N>, #[param] r: RowVector<D>, #[param] s: [Scalar; 3], u: Matrix<N, D>) -> Scalar {
        let mut z = x + r;
        for i in 0..30 {
            z = z / 1.5 + s[0] * r + 0.25 * c - u * s[1] + s[2];
        }
        let h = z;
        for i in 0..30 {
            z = z / 1.5 + s[0] * r + 0.25 * c - u * s[1] + s[2];
        }
        norm_sq(row_sums(h) / 70 + c) + norm_sq(row_sums(z) / 70 - c) + sum(hadamard(z, x)) + 0.5 * norm_sq(column_sums(z) / 70 - r)
    }
}

compare! {
    results_of_all_rows_agree
    data { r: matrix, y: vector }
    given { k: "K" }
    sizes { "M": 6, "K": 2 }
    fn factors(r: Matrix<N, M>, y: Vector<N>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>, #[param] b: Vector<N>, #[param] s: Scalar) -> Scalar {
        norm_sq(u * v.t() + b - r) + 0.1 * norm_sq(u) + dot(y, sin(b)) + sum(sign(s * u))
    }
}

compare! {
    rows_with_labels_agree
    data { x: matrix, y: labels }
    given { c: "C" }
    sizes { "D": 5, "C": 3 }
    fn classes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: Vector<C>, #[param] e: Matrix<C, D>) -> Scalar {
        let z = x * w;
        sum(cross_entropy(z, y)) + sum(lse_rows(sin(z))) + sum(sq(softmax_rows(cos(z)))) + norm_sq(gather(e, y) - x) + sum(sq(gather(b, y)))
            + sum(sq(pick(z, y)))
    }
}

// Loops that differ in their numbers, and in which operand is which, alone.
compare! {
    similar_loops_agree
    given { n: "N", d: "D", k: "K" }
    sizes { "D": 4, "K": 3 }
    fn similar(#[param] a: Matrix<D, K>, #[param] b: Matrix<D, K>, #[param] c: Matrix<K, D>, #[param] e: Matrix<K, D>, #[param] v: Vector<N>, #[param] u: Vector<K>) -> Scalar {
        sum(exp(a) / (2 + sq(b))) + sum(exp(e) / (2 + sq(c))) + sum(tanh(2 * sin(v))) + sum(tanh(3 * sin(u)))
    }
}

compare! {
    what_is_there_as_a_whole_agrees
    data { x: matrix, y: vector, m: matrix }
    given { k: "K" }
    sizes { "D": 4, "K": 3 }
    fn whole(x: Matrix<N, D>, y: Vector<N>, m: Matrix<D, D>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, K>, #[param] s: Scalar) -> Scalar {
        let p = tanh(m * w * a);
        let c = x - column_means(x);
        norm_sq(x * p - y) / norm_sq(y + 2) + trace(a * a) + norm_sq(p.t() * m) + norm_sq(a.t() * w.t()) + norm_sq(c * w) * exp(s)
            + norm_sq(m * m.t() - trace(m) * eye_like(m)) + sum(solve(m * m.t() + 3 * eye_like(m), p))
    }
}

compare_requests! {
    derivatives_on_request_agree
    requests { jvp, hvp, hessian_diagonal, line_search, sample_norms, data_gradient(x) }
    data { x: matrix, y: vector }
    sizes { "D": 3 }
    fn beyond(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, D>, #[param] v: Vector<D>, #[param] s: Scalar) -> Scalar {
        norm_sq(tanh(x * w) * v - s * y)
    }
}
