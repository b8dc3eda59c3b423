//! Derivatives on request, against dual numbers and differences of values. Those of the published losses are in `conformance`.

use frobenius::prelude::*;
use frobenius_tests::second::{difference, direction, dot};
use frobenius_tests::{close, compare_requests, cut, ways};

compare_requests! {
    those_of_two_layers_agree
    requests { jvp, hvp, hessian, hessian_diagonal, line_search, sample_norms, data_gradient(x) }
    options { ggn = e }
    data { x: matrix, y: matrix }
    given { k: "K" }
    sizes { "D": 5, "K": 3, "M": 2 }
    fn two_layer(
        x: Matrix<N, D>,
        y: Matrix<N, M>,
        #[param] w: Matrix<D, K>,
        #[param] b: RowVector<K>,
        #[param] a: Matrix<K, M>,
    ) -> Scalar {
        let e = tanh(x * w + b) * a - y;
        norm_sq(e) + 0.1 * norm_sq(w)
    }
}

compare_requests! {
    those_of_several_passes_agree
    requests { jvp, hvp, line_search }
    data { x: matrix, y: matrix }
    sizes { "D": 4, "K": 3 }
    fn passes(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
        let z = x * w + b;
        let c = z - column_means(z);
        sum(log_cosh(scale_columns(c, rsqrt(column_means(sq(c)) + 0.5)) - y)) + norm(z)
    }
}

// All maxima are below 0: what nothing was added to yet is not among them.
compare_requests! {
    those_of_what_is_merged_by_no_sum_agree
    requests { jvp, hvp, line_search }
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 4, "K": 3 }
    fn maxima(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] v: Vector<D>) -> Scalar {
        let z = x * w - 9;
        sum(exp(column_max(z) / 9)) + lse(z) + sum(sq(lse_columns(z))) / 9 + largest(x * v - 9)
    }
}

compare_requests! {
    those_of_parameters_of_rows_agree
    requests { hvp, data_gradient(r) }
    data { r: matrix }
    given { k: "K" }
    sizes { "M": 4, "K": 2 }
    fn factors(r: Matrix<N, M>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>, #[param] b: Vector<N>) -> Scalar {
        norm_sq(tanh(u * v.t() + b) - r) + 0.1 * norm_sq(u)
    }
}

compare_requests! {
    those_of_rows_that_all_rows_need_agree
    requests { jvp, hvp }
    data { x: matrix, t: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 2, "M": 2 }
    fn attention(x: Matrix<N, D>, t: Matrix<N, M>, #[param] q: Matrix<D, K>, #[param] k: Matrix<D, K>, #[param] v: Matrix<D, M>) -> Scalar {
        norm_sq(softmax_rows((x * q) * (x * k).t()) * (x * v) - t) + sum(sq(cumsum(x * v))) / 100
    }
}

compare_requests! {
    those_of_samples_as_columns_agree
    requests { hvp, data_gradient(y) }
    data { x: matrix, y: matrix }
    sizes { "D": 3, "K": 2 }
    fn columns(x: Matrix<D, N>, y: Matrix<K, N>, #[param] w: Matrix<K, D>, #[param] b: Vector<K>) -> Scalar {
        norm_sq(tanh(w * x + b) - y) + 0.1 * norm_sq(w)
    }
}

compare_requests! {
    those_of_classes_agree
    requests { hvp, sample_norms }
    data { x: matrix, y: labels }
    given { c: "C" }
    sizes { "D": 3, "C": 3 }
    fn classes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
        sum(cross_entropy(x * w + b, y)) + 0.1 * norm_sq(w)
    }
}

#[loss(data_gradient(z), data_curvature(z))]
fn boosted(z: Vector<N>, y: Vector<N>, weights: Vector<N>, #[param] b: Scalar) -> Scalar {
    dot(weights, softplus(z + b) - hadamard(y, z + b)) + sq(b)
}

/// wᵢ σ(zᵢ + b) (1 − σ(zᵢ + b)), whatever was there before.
#[test]
fn curvatures_in_data_are_those_of_each_sample() {
    let [z, y, weights] = [1, 2, 3].map(|seed| direction(N, seed));
    let b = 0.3;
    let expected = z.iter().zip(&weights).map(|(z, weight)| {
        let sigma = 1.0 / (1.0 + (-z - b).exp());
        weight * sigma * (1.0 - sigma)
    });
    let expected: Vec<f64> = expected.collect();
    for (isa, cuts) in ways() {
        let data = boosted::Data { z: (&z).into(), y: (&y).into(), weights: (&weights).into() };
        let mut loss = cut(cuts, || boosted::Loss::new(data)).unwrap().with_isa(isa);
        let at = |b: f64| boosted::Params::from_vec(loss.dims(), vec![b]).unwrap();
        let (before, params) = (at(-2.0), at(b));
        let mut curvature = boosted::DataGradient::from_vec(loss.dims(), vec![f64::NAN; N]).unwrap();
        loss.data_curvature(&before, &mut curvature).unwrap();
        loss.data_curvature(&params, &mut curvature).unwrap();
        close(curvature.as_slice(), &expected, 1e-13).unwrap();
        let mut gradient = boosted::DataGradient::zeros(loss.dims()).unwrap();
        loss.data_gradient(&params, &mut gradient).unwrap();
        let residual =
            z.iter().zip(&y).zip(&weights).map(|((z, y), weight)| weight * (1.0 / (1.0 + (-z - b).exp()) - y));
        close(gradient.as_slice(), &residual.collect::<Vec<_>>(), 1e-13).unwrap();
    }
}

const N: usize = 37;
const D: usize = 5;
const K: usize = 3;
const M: usize = 2;
const P: usize = D * K + K + K * M;

struct Inputs {
    x: Vec<f64>,
    y: Vec<f64>,
    at: Vec<f64>,
}

fn inputs() -> Inputs {
    Inputs { x: direction(N * D, 1), y: direction(N * M, 2), at: direction(P, 3) }
}

fn made<'a>(x: &'a [f64], y: &'a [f64]) -> two_layer::Loss<'a, f64> {
    let (x, y) = (MatrixRef::new(x, x.len() / D, D), MatrixRef::new(y, y.len() / M, M));
    two_layer::Loss::new(two_layer::Data { x: x.unwrap(), y: y.unwrap() }, two_layer::Sizes { k: K }).unwrap()
}

fn params(loss: &two_layer::Loss<'_, f64>, values: &[f64]) -> two_layer::Params<f64> {
    two_layer::Params::from_vec(loss.dims(), values.to_vec()).unwrap()
}

/// The residual, by definition.
fn residual(Inputs { x, y, .. }: &Inputs, at: &[f64]) -> Vec<f64> {
    let (w, rest) = at.split_at(D * K);
    let (b, a) = rest.split_at(K);
    let hidden = |i: usize, k: usize| {
        let z: f64 = (0..D).map(|d| x[i * D + d] * w[d * K + k]).sum();
        (z + b[k]).tanh()
    };
    let output = |i: usize, m: usize| (0..K).map(|k| hidden(i, k) * a[k * M + m]).sum::<f64>() - y[i * M + m];
    (0..N * M).map(|at| output(at / M, at % M)).collect()
}

/// With the residual as the output of the model, uᵀ G v = 2 (J u) · (J v), beside the penalty's own Hessian.
#[test]
fn gauss_newton_is_the_outer_hessian_between_jacobians() {
    let inputs = inputs();
    let [u, v] = [direction(P, 4), direction(P, 5)];
    let [ju, jv] = [&u, &v].map(|direction| difference(|at| residual(&inputs, at), &inputs.at, direction));
    let expected = 2.0 * dot(&ju, &jv) + 0.2 * dot(&u[..D * K], &v[..D * K]);
    for (isa, cuts) in ways() {
        let mut loss = cut(cuts, || made(&inputs.x, &inputs.y)).with_isa(isa);
        // Neither the call before, at other parameters, must matter, nor what was there.
        let mut product = params(&loss, &[f64::NAN; P]);
        loss.ggn(&params(&loss, &v), &params(&loss, &u), &mut product).unwrap();
        product.as_mut_slice().fill(f64::NAN);
        loss.ggn(&params(&loss, &inputs.at), &params(&loss, &v), &mut product).unwrap();
        close(&[dot(&u, product.as_slice())], &[expected], 1e-8).unwrap();
        // It is not the Hessian, which knows how the model is curved.
        let mut all = loss.params().unwrap();
        loss.hvp(&params(&loss, &inputs.at), &params(&loss, &v), &mut all).unwrap();
        assert!((dot(&u, all.as_slice()) - expected).abs() > 1e-3);
    }
}

#[test]
fn the_hessian_is_symmetric_to_the_last_bit() {
    let Inputs { x, y, at } = inputs();
    let mut loss = made(&x, &y);
    let mut hessian = vec![f64::NAN; P * P];
    loss.hessian(&params(&loss, &at), &mut hessian).unwrap();
    for i in 0..P {
        for j in 0..i {
            assert_eq!(hessian[i * P + j].to_bits(), hessian[j * P + i].to_bits());
        }
    }
}

#[test]
fn results_of_other_sizes_are_errors() {
    let Inputs { x, y, at } = inputs();
    let mut loss = made(&x, &y);
    let (at, v) = (params(&loss, &at), params(&loss, &direction(P, 6)));
    let error = loss.hessian(&at, &mut [0.0; P]).unwrap_err();
    assert!(error.to_string().contains(&P.to_string()), "{error}");
    assert!(loss.line_search(&at, &v, &[0.0; 3], &mut [0.0; 3], &mut [0.0; 2]).is_err());
    assert!(loss.line_search(&at, &v, &[0.0; 3], &mut [0.0; 2], &mut [0.0; 3]).is_err());
    let found = two_layer::DataGradient::<f64>::zeros(loss.dims()).unwrap();
    assert_eq!((found.x().rows(), found.x().columns()), (N, D));
}
