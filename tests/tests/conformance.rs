//! Published losses of regression and classification, against their values and gradients. With those of
//! `conformance_rows.rs` they are all 60.

frobenius_tests::published! {
    "01" ols data { x: matrix, y: vector } params { w }
    fn loss_01(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar { 0.5 * norm_sq(x * w - y) }

    "02" least_squares_of_several_outputs data { b: matrix } params { w, x } given { d: 4 }
    fn loss_02(b: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] x: Matrix<N, D>) -> Scalar { norm_sq(x * w - b) }

    "03" ridge data { lam: scalar, x: matrix, y: vector } params { w }
    fn loss_03(lam: Scalar, x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        mean(sq(x * w - y)) / 2 + lam / 2 * norm_sq(w)
    }

    "05" generalised_least_squares data { x: matrix, y: vector } params { w, o }
    fn loss_05(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] o: Matrix<N, N>) -> Scalar {
        let r = x * w - y;
        0.5 * (r.t() * o * r)
    }

    "06" bilinear data { c: matrix } params { l, x, b } given { n: 7, d: 4 }
    fn loss_06(c: Matrix<L, P>, #[param] l: Matrix<L, N>, #[param] x: Matrix<N, D>, #[param] b: Matrix<D, P>) -> Scalar {
        norm_sq(l * x * b - c)
    }

    "07" norm data { x: matrix, y: vector } params { w }
    fn loss_07(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar { norm(x * w - y) }

    "09" elastic_net data { x: matrix, y: vector } params { w }
    fn loss_09(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        0.5 * norm_sq(x * w - y) + 0.4 * sum(abs(w)) + 0.1 * norm_sq(w)
    }

    "12" logistic data { x: matrix, yb: vector } params { w, b }
    fn loss_12(x: Matrix<N, D>, yb: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
        let z = x * w + b;
        sum(softplus(z) - hadamard(yb, z))
    }

    "13" logistic_of_signs data { x: matrix, q: vector } params { w }
    fn loss_13(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar { sum(softplus(-hadamard(q, x * w))) }

    "17" poisson data { x: matrix, cnt: vector } params { w }
    fn loss_17(x: Matrix<N, D>, cnt: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let z = x * w;
        sum(exp(z) - hadamard(cnt, z))
    }

    "22" huber data { x: matrix, d: scalar, y: vector } params { w }
    fn loss_22(x: Matrix<N, D>, d: Scalar, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let r = abs(x * w - y);
        0.5 * sum(sq(r) - sq(relu(r - d)))
    }

    "23" pseudo_huber data { x: matrix, d: scalar, y: vector } params { w }
    fn loss_23(x: Matrix<N, D>, d: Scalar, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        sq(d) * sum(sqrt(1 + sq((x * w - y) / d)) - 1)
    }

    "24" log_cosh data { x: matrix, y: vector } params { w }
    fn loss_24(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let r = abs(x * w - y);
        sum(r + softplus(-2 * r) - ln(2))
    }

    "25" pinball data { x: matrix, t: scalar, y: vector } params { w }
    fn loss_25(x: Matrix<N, D>, t: Scalar, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let r = y - x * w;
        sum(t * r + relu(-r))
    }

    "26" expectile data { x: matrix, t: scalar, y: vector } params { w }
    fn loss_26(x: Matrix<N, D>, t: Scalar, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let r = y - x * w;
        t * norm_sq(relu(r)) + (1 - t) * norm_sq(relu(-r))
    }

    "29" hinge data { x: matrix, q: vector } params { w }
    fn loss_29(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        sum(relu(1 - hadamard(q, x * w))) + 0.1 * norm_sq(w)
    }

    "30" squared_hinge data { x: matrix, q: vector } params { w }
    fn loss_30(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar { norm_sq(relu(1 - hadamard(q, x * w))) }

    "32" exponential data { x: matrix, q: vector } params { w }
    fn loss_32(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar { sum(exp(-hadamard(q, x * w))) }

    "36" seed data { y: matrix } params { w, a, x } given { d: 4, k: 3 }
    fn loss_36(y: Matrix<N, P>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, P>, #[param] x: Matrix<N, D>) -> Scalar {
        norm_sq(tanh(x * w) * a - y)
    }

    "37" seed_of_a_vector data { a: matrix, x: vector, yy: vector } params { w }
    fn loss_37(a: Matrix<K, P>, x: RowVector<D>, yy: RowVector<P>, #[param] w: Matrix<D, K>) -> Scalar {
        norm(tanh(x * w) * a - yy)
    }

    "39" three_layers data { x: matrix, y: matrix } params { w0, w1, w2 } given { k: 6, l: 3 }
    fn loss_39(
        x: Matrix<N, D>,
        y: Matrix<N, P>,
        #[param] w0: Matrix<D, K>,
        #[param] w1: Matrix<K, L>,
        #[param] w2: Matrix<L, P>,
    ) -> Scalar {
        norm_sq(tanh(tanh(x * w0) * w1) * w2 - y)
    }

    "42" tied_autoencoder data { x: matrix } params { w } given { k: 3 }
    fn loss_42(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar { norm_sq(tanh(x * w) * w.t() - x) }

    "47" masked_factorisation data { m: matrix, rm: matrix } params { u, v } given { k: 2 }
    fn loss_47(m: Matrix<N, D>, rm: Matrix<N, D>, #[param] u: Matrix<N, K>, #[param] v: Matrix<D, K>) -> Scalar {
        0.5 * norm_sq(hadamard(m, u * v.t() - rm))
    }

    "48" factorisation_by_gram_matrices data { rm: matrix } params { u, v } given { k: 2 }
    fn loss_48(rm: Matrix<N, D>, #[param] u: Matrix<N, K>, #[param] v: Matrix<D, K>) -> Scalar {
        0.5 * dot(u.t() * u, v.t() * v) - dot(rm * v, u) + 0.5 * norm_sq(rm)
    }

    "51" principal_components data { x: matrix } params { w } given { k: 3 }
    fn loss_51(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar { norm_sq(x - x * w * w.t()) }

    "52" trace_of_a_quadratic_form params { w, c } given { d: 4, k: 3 }
    fn loss_52(#[param] w: Matrix<D, K>, #[param] c: Matrix<D, D>) -> Scalar { -trace(w.t() * c * w) }

    "56" sparse_coding data { x: matrix } params { z, dt } given { k: 6 }
    fn loss_56(x: Matrix<N, D>, #[param] z: Matrix<N, K>, #[param] dt: Matrix<K, D>) -> Scalar {
        0.5 * norm_sq(x - z * dt) + 0.2 * sum(abs(z))
    }

    "65" kernel_ridge data { km: matrix, y: vector } params { a }
    fn loss_65(km: Matrix<N, N>, y: Vector<N>, #[param] a: Vector<N>) -> Scalar {
        0.5 * norm_sq(km * a - y) + 0.15 * (a.t() * km * a)
    }

    "74" pairwise_sigmoid data { yp: matrix } params { u, v, t, b } given { k: 3 }
    fn loss_74(yp: Matrix<N, N>, #[param] u: Matrix<N, K>, #[param] v: Matrix<N, K>, #[param] t: Scalar, #[param] b: Scalar) -> Scalar {
        sum(softplus(-hadamard(yp, t * u * v.t() + b))) / 7
    }

    "76" ranking data { xi: matrix, xj: matrix } params { w }
    fn loss_76(xi: Matrix<N, D>, xj: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar { sum(softplus((xj - xi) * w)) }

    "77" word_vectors params { u, v, vn } given { d: 4, k: 3 }
    fn loss_77(#[param] u: Vector<D>, #[param] v: Vector<D>, #[param] vn: Matrix<K, D>) -> Scalar {
        softplus(-dot(u, v)) + sum(softplus(vn * u))
    }

    "81" gaussian_divergence params { m, s_ } given { n: 7, k: 3 }
    fn loss_81(#[param] m: Matrix<N, K>, #[param] s_: Matrix<N, K>) -> Scalar { 0.5 * sum(sq(m) + exp(s_) - s_ - 1) }

    "82" preferences data { x: matrix, b: scalar, ref_: vector } params { w }
    fn loss_82(x: Matrix<N, D>, b: Scalar, ref_: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        mean(softplus(-b * (x * w - ref_)))
    }

    "85" soft_maximum data { x: matrix, b: scalar } params { w }
    fn loss_85(x: Matrix<N, D>, b: Scalar, #[param] w: Vector<D>) -> Scalar { ln(mean(exp(b * (x * w)))) / b }
}
