//! Published losses of more than independent rows and products, against their values and gradients: labels, softmax,
//! pairs, scans, linear algebra.

frobenius_tests::published! {
    "14" softmax_regression data { x: matrix, cls: labels } params { w, b } given { k: 3 }
    fn loss_14(x: Matrix<N, D>, cls: Labels<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
        sum(cross_entropy(x * w + b, cls))
    }

    "15" label_smoothing data { t: matrix, x: matrix, ze: scalar } params { w }
    fn loss_15(t: Matrix<N, K>, x: Matrix<N, D>, ze: Scalar, #[param] w: Matrix<D, K>) -> Scalar {
        let z = x * w;
        let l = lse_rows(z);
        sum(l) - dot(t, z) + ze * norm_sq(l)
    }

    "18" negative_binomial data { x: matrix, cnt: vector } params { w, p }
    fn loss_18(x: Matrix<N, D>, cnt: Vector<N>, #[param] w: Vector<D>, #[param] p: Scalar) -> Scalar {
        let z = x * w;
        let gammas = lgamma(cnt + 1) + lgamma(p) - lgamma(cnt + p);
        sum(gammas + p * softplus(z - ln(p)) + hadamard(cnt, softplus(ln(p) - z)))
    }

    "21" probit data { x: matrix, q: vector } params { w } unread { w }
    fn loss_21(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar { -sum(log_ndtr(hadamard(q, x * w))) }

    "33" cox data { x: matrix, dl: vector } params { w } unread { w }
    fn loss_33(x: Matrix<N, D>, dl: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let z = x * w;
        dot(dl, cumulative_lse(z) - z)
    }

    "34" distillation data { pt: matrix, t: scalar, x: matrix } params { w }
    fn loss_34(pt: Matrix<N, K>, t: Scalar, x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
        let z = x * w / t;
        sq(t) * (sum(xlogx(pt)) - dot(pt, z - lse_rows(z)))
    }

    "38" classifier data { x: matrix, cls: labels } params { w, b, v, c } given { k: 3, l: 3 }
    fn loss_38(
        x: Matrix<N, D>,
        cls: Labels<N, L>,
        #[param] w: Matrix<D, K>,
        #[param] b: RowVector<K>,
        #[param] v: Matrix<K, L>,
        #[param] c: RowVector<L>,
    ) -> Scalar {
        mean(cross_entropy(relu(x * w + b) * v + c, cls))
    }

    "45" radial_basis data { x: matrix, y: matrix } params { a, c, ga } given { k: 3 }
    fn loss_45(x: Matrix<N, D>, y: Matrix<N, P>, #[param] a: Matrix<K, P>, #[param] c: Matrix<K, D>, #[param] ga: Scalar) -> Scalar {
        norm_sq(exp(-ga * squared_distances(x, c)) * a - y)
    }

    "46" attention data { t: matrix, x: matrix, c: scalar } params { wq, wk, wv } given { k: 3 }
    fn loss_46(
        t: Matrix<N, P>,
        x: Matrix<N, D>,
        c: Scalar,
        #[param] wq: Matrix<D, K>,
        #[param] wk: Matrix<D, K>,
        #[param] wv: Matrix<D, P>,
    ) -> Scalar {
        0.5 * norm_sq(softmax_rows(c * (x * wq) * (x * wk).t()) * (x * wv) - t)
    }

    "54" gaussian_mixture data { d: scalar, x: matrix } params { a, m, t } given { k: 3 }
    fn loss_54(d: Scalar, x: Matrix<N, F>, #[param] a: RowVector<K>, #[param] m: Matrix<K, F>, #[param] t: Scalar) -> Scalar {
        let constants = a - lse(a) - d / 2 * (ln(6.283185307179586) + t);
        -sum(lse_rows(constants - squared_distances(x, m) / (2 * exp(t))))
    }

    "55" independent_components data { n: scalar, x: matrix } params { w }
    fn loss_55(n: Scalar, x: Matrix<R, D>, #[param] w: Matrix<D, D>) -> Scalar {
        sum(log_cosh(x * w.t())) - n * logdet(w)
    }

    "58" t_sne data { n: scalar, pj: matrix } params { y2 } given { k: 2 }
    fn loss_58(n: Scalar, pj: Matrix<R, R>, #[param] y2: Matrix<R, K>) -> Scalar {
        let d = squared_distances(y2, y2);
        sum(xlogx(pj)) + sum(hadamard(pj, log1p(d))) + sum(pj) * ln(sum(recip(1 + d)) - n)
    }

    "63" graphical_lasso data { sm: matrix } params { t }
    fn loss_63(sm: Matrix<D, D>, #[param] t: Matrix<D, D>) -> Scalar { trace(sm * t) - logdet(t) }

    "64" covariance data { c: matrix, n: scalar } params { t }
    fn loss_64(c: Matrix<D, D>, n: Scalar, #[param] t: Matrix<D, D>) -> Scalar {
        0.5 * n * logdet(t) + 0.5 * trace(solve(t, c))
    }

    "72" spectral_and_nuclear_norm params { x } given { n: 7, d: 4 } unread { x }
    fn loss_72(#[param] x: Matrix<N, D>) -> Scalar { spectral_norm(x) + 0.5 * nuclear_norm(x) }

    "80" maximum_mean_discrepancy data { x: matrix } params { ym } given { m: 5 }
    fn loss_80(x: Matrix<N, D>, #[param] ym: Matrix<M, D>) -> Scalar {
        let k = |d| exp(-0.5 * d);
        let within = squared_distances(ym, ym);
        let across = squared_distances(x, ym);
        mean(k(squared_distances(x, x))) + mean(k(within)) - 2 * mean(k(across))
    }

    "89" determinant_and_inverse params { m } given { d: 4 } unread { m }
    fn loss_89(#[param] m: Matrix<D, D>) -> Scalar { trace(inverse(m)) + det(m) }

    "10" group_lasso params { w } given { d: 4, k: 3 }
    fn loss_10(#[param] w: Matrix<D, K>) -> Scalar { norm_21(w) }

    "43" layer_norm data { t: matrix, x: matrix, e: scalar } params { w, ga, b }
    fn loss_43(
        t: Matrix<N, K>,
        x: Matrix<N, D>,
        e: Scalar,
        #[param] w: Matrix<D, K>,
        #[param] ga: RowVector<K>,
        #[param] b: RowVector<K>,
    ) -> Scalar {
        norm_sq(scale_columns(layer_norm(x * w, e), ga) + b - t)
    }

    "60" khatri_rao data { t: matrix } params { a, b, c } given { r: 2 } unread { b, c }
    fn loss_60(t: Matrix<4, 15>, #[param] a: Matrix<4, R>, #[param] b: Matrix<3, R>, #[param] c: Matrix<5, R>) -> Scalar {
        norm_sq(a * khatri_rao(c, b).t() - t)
    }

    "61" gaussian_process data { y: vector } params { b }
    fn loss_61(y: Vector<N>, #[param] b: Matrix<N, N>) -> Scalar {
        let k = b * b.t() + 0.5 * eye_like(b);
        0.5 * dot(y, solve(k, y)) + 0.5 * logdet(k)
    }

    "62" gaussian_process_of_a_kernel data { d2: matrix, y: vector } params { l, a, n }
    fn loss_62(d2: Matrix<R, R>, y: Vector<R>, #[param] l: Scalar, #[param] a: Scalar, #[param] n: Scalar) -> Scalar {
        let k = exp(2 * a) * exp(-d2 / (2 * exp(2 * l))) + exp(2 * n) * eye_like(d2);
        0.5 * dot(y, solve(k, y)) + 0.5 * logdet(k)
    }

    "67" contrastive data { dl: matrix, b: scalar, q: vector } params { l } given { k: 3 }
    fn loss_67(dl: Matrix<N, D>, b: Scalar, q: Vector<N>, #[param] l: Matrix<K, D>) -> Scalar {
        sum(softplus(hadamard(q, row_sums(sq(dl * l.t())) - b)))
    }

    "71" smoothed_nuclear_norm data { e: scalar } params { x } given { n: 7, d: 4 } unread { x }
    fn loss_71(e: Scalar, #[param] x: Matrix<N, D>) -> Scalar {
        let g = x.t() * x;
        trace(sqrtm(g + e * eye_like(g)))
    }

    "87" ordinal data { x: matrix, lab: labels } params { w, c } unread { c }
    fn loss_87(x: Matrix<N, D>, lab: Labels<N, 3>, #[param] w: Vector<D>, #[param] c: Vector<2>) -> Scalar {
        let z = x * w;
        let upper = gather(concat_rows(c, INFINITY), lab);
        let lower = gather(concat_rows(-INFINITY, c), lab);
        -sum(ln(sigmoid(upper - z) - sigmoid(lower - z)))
    }

    "90" gaussian_by_its_factor data { n: scalar, x: matrix } params { mu, l }
    fn loss_90(n: Scalar, x: Matrix<R, D>, #[param] mu: RowVector<D>, #[param] l: Matrix<D, D>) -> Scalar {
        0.5 * norm_sq(solve_lower(l, (x - mu).t())) + n * sum(ln(diagonal(l)))
    }
}
