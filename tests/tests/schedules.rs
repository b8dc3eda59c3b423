//! Losses of every coupling class: what they need beyond one pass over rows that are independent of each other.

use frobenius_tests::compare;

compare! {
    softmax_regression_agrees
    data { x: matrix, y: labels }
    given { c: "C" }
    sizes { "D": 5, "C": 3 }
    fn softmax_regression(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
        let z = x * w + b;
        sum(cross_entropy(z, y)) + 0.1 * sum(sq(lse_rows(z))) + sum(hadamard(softmax_rows(z), z)) + sum(sq(pick(z, y)))
    }
}

compare! {
    embeddings_agree
    data { y: labels, t: matrix }
    given { c: "C" }
    sizes { "C": 9, "K": 3 }
    fn embeddings(y: Labels<N, C>, t: Matrix<N, K>, #[param] w: Matrix<C, K>, #[param] b: Vector<C>) -> Scalar {
        norm_sq(gather(w, y) - t) + sum(sq(gather(b, y)))
    }
}

compare! {
    statistics_that_feed_back_agree
    data { x: matrix, y: matrix }
    sizes { "D": 4, "K": 3 }
    #[doc = "Two passes forward, and two back: the columns are centred."]
    fn centred(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
        let z = x * w;
        let m = 0.1 * sum(z);
        norm_sq(tanh(z - m) - y)
    }
}

compare! {
    online_log_sum_exp_agrees
    data { x: matrix }
    sizes { "D": 4 }
    fn pooled(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
        lse(x * w + 1) / 3
    }
}

compare! {
    attention_agrees
    data { x: matrix, t: matrix }
    given { k: "K" }
    sizes { "D": 4, "K": 3, "M": 2 }
    fn attention(x: Matrix<N, D>, t: Matrix<N, M>, #[param] wq: Matrix<D, K>, #[param] wk: Matrix<D, K>, #[param] wv: Matrix<D, M>) -> Scalar {
        let p = softmax_rows((x * wq) * (x * wk).t() / sqrt(3));
        0.5 * norm_sq(p * (x * wv) - t)
    }
}

compare! {
    pairs_agree
    data { x: matrix, c: matrix }
    sizes { "D": 4, "M": 6 }
    fn pairs(x: Matrix<N, D>, c: Matrix<M, D>, #[param] w: Matrix<D, D>, #[param] s: Scalar) -> Scalar {
        let a = x * w;
        sum(exp(-s * squared_distances(a, a))) / 10 + sum(exp(-0.3 * squared_distances(a, c)))
    }
}

compare! {
    survival_agrees
    data { x: matrix, d: vector }
    sizes { "D": 4 }
    fn cox(x: Matrix<N, D>, d: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let z = x * w;
        dot(d, cumulative_lse(z) - z) + 0.1 * sum(sq(cumsum(z)))
    }
}

compare! {
    column_samples_agree
    data { x: matrix, y: matrix }
    sizes { "D": 4, "K": 3 }
    fn columns(x: Matrix<D, N>, y: Matrix<K, N>, #[param] w: Matrix<K, D>, #[param] b: Vector<K>) -> Scalar {
        norm_sq(tanh(w * x + b) - y) + 0.1 * sum(hadamard(y, sigmoid(w * x)))
    }
}

compare! {
    square_data_agrees
    data { k: matrix, y: vector }
    sizes { }
    fn kernel_ridge(k: Matrix<N, N>, y: Vector<N>, #[param] a: Vector<N>) -> Scalar {
        0.5 * norm_sq(k * a - y) + 0.15 * a.t() * k * a + trace(k) * sum(sq(a))
    }
}

compare! {
    graph_losses_agree
    data { p: matrix }
    given { k: "K" }
    sizes { "K": 2 }
    fn embedding(p: Matrix<N, N>, #[param] u: Matrix<N, K>) -> Scalar {
        let q = recip(1 + squared_distances(u, u));
        sum(hadamard(p, q)) + 0.2 * sum(q) - 0.01 * sum(sq(q.t() * u))
    }
}
