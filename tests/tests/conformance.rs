//! The public losses that the language can express, against their published values and gradients.
//!
//! What is missing needs operations of later versions: row-wise log-sum-exp and softmax (14, 15, 34, 38, 46, 54), row
//! sums and norms (10, 43, 67), cumulative sums (33), pairwise distances (45, 58, 62, 80), Khatri-Rao products (60),
//! dense linear algebra (55, 61, 63, 64, 71, 72, 89, 90), special functions (18, 21), gather by label (87).

use frobenius::{Element, Isa};
use frobenius_tests::close;
use serde_json::Value;

/// One file of `data/conformance`.
struct Published(Value);

impl Published {
    fn read(number: &str) -> Self {
        let path = format!("{}/data/conformance/{number}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).expect("a JSON file"))
    }

    /// The entry that has `name`, in whatever case.
    fn entry(&self, group: &str, name: &str) -> Option<&Value> {
        self.0[group]
            .as_object()?
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name.trim_end_matches('_')) || *known == name)
            .map(|(_, value)| value)
    }

    fn input(&self, name: &str) -> &Value {
        self.entry("inputs", name).or_else(|| self.entry("params", name)).unwrap_or_else(|| panic!("no input `{name}`"))
    }

    fn values<T: Element>(&self, name: &str) -> Vec<T> {
        numbers(self.input(name)).into_iter().map(T::from_f64).collect()
    }

    /// Class indices.
    fn labels(&self, name: &str) -> Vec<u32> {
        let class = |x: &Value| u32::try_from(x.as_u64().expect("a class")).expect("a small class");
        self.input(name)["data"].as_array().expect("labels").iter().map(class).collect()
    }

    fn shape(&self, name: &str) -> (usize, usize) {
        let size = |k: usize| self.input(name)["shape"][k].as_u64().map_or(1, |size| usize::try_from(size).unwrap());
        (size(0), size(1))
    }

    fn gradient(&self, name: &str) -> Vec<f64> {
        numbers(self.entry("gradient", name).unwrap_or_else(|| panic!("no gradient in `{name}`")))
    }

    fn value(&self) -> f64 {
        self.0["value"].as_f64().expect("a value")
    }
}

/// The elements of a matrix, or a number by itself.
fn numbers(value: &Value) -> Vec<f64> {
    match value["data"].as_array() {
        Some(data) => data.iter().map(|x| x.as_f64().expect("a number")).collect(),
        None => vec![value.as_f64().or_else(|| value["data"].as_f64()).expect("a number")],
    }
}

macro_rules! published {
    ($(
        $number:literal $test:ident
        $(data { $($field:ident: $kind:ident),* })?
        params { $($param:ident),* }
        $(given { $($given:ident: $size:literal),* })?
        $(#[$meta:meta])*
        fn $loss:ident $function:tt -> Scalar $body:tt
    )*) => {$(
        #[::frobenius::loss]
        $(#[$meta])*
        fn $loss $function -> Scalar $body

        #[test]
        fn $test() {
            fn at<T: Element>(published: &Published, tolerance: f64) {
                $($(let $field = frobenius_tests::hold!($kind, $field, published, T);)*)?
                for isa in Isa::available() {
                    let made = $loss::Loss::<T>::new(
                        $($loss::Data { $($field: frobenius_tests::lend!($kind, $field, published)),* },)?
                        $($loss::Sizes { $($given: $size),* })?
                    );
                    let mut loss = made.expect("the shapes fit").with_isa(isa);
                    let start = [$(published.values::<T>(stringify!($param))),*].concat();
                    let params = $loss::Params::from_vec(loss.dims(), start).expect("all parameters");
                    let mut gradient = loss.params().expect("a small gradient");
                    let value = loss.value_and_gradient(&params, &mut gradient).expect("the same sizes");
                    let found: Vec<f64> = gradient.as_slice().iter().map(|x| x.to_f64()).collect();
                    let expected = [$(published.gradient(stringify!($param))),*].concat();
                    close(&[value], &[published.value()], tolerance).unwrap_or_else(|e| panic!("{isa:?}, value: {e}"));
                    close(&found, &expected, tolerance).unwrap_or_else(|e| panic!("{isa:?}, gradient: {e}"));
                }
            }
            let published = Published::read($number);
            at::<f64>(&published, 1e-10);
            at::<f32>(&published, 1e-4);
        }
    )*};
}

published! {
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

    "21" probit data { x: matrix, q: vector } params { w }
    fn loss_21(x: Matrix<N, D>, q: Vector<N>, #[param] w: Vector<D>) -> Scalar { -sum(log_ndtr(hadamard(q, x * w))) }

    "33" cox data { x: matrix, dl: vector } params { w }
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

    "72" spectral_and_nuclear_norm params { x } given { n: 7, d: 4 }
    fn loss_72(#[param] x: Matrix<N, D>) -> Scalar { spectral_norm(x) + 0.5 * nuclear_norm(x) }

    "80" maximum_mean_discrepancy data { x: matrix } params { ym } given { m: 5 }
    fn loss_80(x: Matrix<N, D>, #[param] ym: Matrix<M, D>) -> Scalar {
        let k = |d| exp(-0.5 * d);
        let within = squared_distances(ym, ym);
        let across = squared_distances(x, ym);
        mean(k(squared_distances(x, x))) + mean(k(within)) - 2 * mean(k(across))
    }

    "89" determinant_and_inverse params { m } given { d: 4 }
    fn loss_89(#[param] m: Matrix<D, D>) -> Scalar { trace(inverse(m)) + det(m) }
}
