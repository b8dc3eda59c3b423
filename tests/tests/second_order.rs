//! Derivatives on request, against what is independent of them. Those of the published losses are in `conformance`.

use frobenius::Isa;
use frobenius::prelude::*;
use frobenius_tests::second::{along, difference, direction, dot};
use frobenius_tests::{check_second_order, close};

#[loss(jvp, hvp, hessian, hessian_diagonal, line_search, sample_norms, ggn = e, data_gradient(x))]
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

fn gradient(loss: &mut two_layer::Loss<'_, f64>, at: &[f64]) -> Vec<f64> {
    let (at, mut gradient) = (params(loss, at), loss.params().unwrap());
    loss.gradient(&at, &mut gradient).unwrap();
    gradient.as_slice().to_vec()
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

#[test]
fn products_with_the_hessian_are_differences_of_gradients() {
    let Inputs { x, y, at } = inputs();
    for isa in Isa::available() {
        check_second_order!(two_layer, made(&x, &y).with_isa(isa), &at).unwrap();
    }
}

#[test]
fn the_hessian_has_the_columns_that_differences_of_gradients_give() {
    let Inputs { x, y, at } = inputs();
    let mut loss = made(&x, &y);
    let mut expected = Vec::new();
    for i in 0..P {
        let unit: Vec<f64> = (0..P).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
        expected.extend(difference(|at| gradient(&mut loss, at), &at, &unit));
    }
    let (mut hessian, at) = (vec![f64::NAN; P * P], params(&loss, &at));
    loss.hessian(&at, &mut hessian).unwrap();
    close(&hessian, &expected, 1e-6).unwrap();
    for i in 0..P {
        for j in 0..i {
            assert_eq!(hessian[i * P + j].to_bits(), hessian[j * P + i].to_bits());
        }
    }
    let mut diagonal = loss.params().unwrap();
    loss.hessian_diagonal(&at, &mut diagonal).unwrap();
    let expected: Vec<f64> = (0..P).map(|i| expected[i * P + i]).collect();
    close(diagonal.as_slice(), &expected, 1e-6).unwrap();
    let error = loss.hessian(&at, &mut [0.0; P]).unwrap_err();
    assert!(error.to_string().contains(&P.to_string()), "{error}");
}

/// With the residual as the output of the model, uᵀ G v = 2 (J u) · (J v), beside the penalty's own Hessian.
#[test]
fn gauss_newton_is_the_outer_hessian_between_jacobians() {
    let inputs = inputs();
    let mut loss = made(&inputs.x, &inputs.y);
    let [u, v] = [direction(P, 4), direction(P, 5)];
    let [ju, jv] = [&u, &v].map(|direction| difference(|at| residual(&inputs, at), &inputs.at, direction));
    let expected = 2.0 * dot(&ju, &jv) + 0.2 * dot(&u[..D * K], &v[..D * K]);
    let mut product = loss.params().unwrap();
    loss.ggn(&params(&loss, &inputs.at), &params(&loss, &v), &mut product).unwrap();
    close(&[dot(&u, product.as_slice())], &[expected], 1e-8).unwrap();
    // It is not the Hessian, which knows how the model is curved.
    let mut all = loss.params().unwrap();
    loss.hvp(&params(&loss, &inputs.at), &params(&loss, &v), &mut all).unwrap();
    assert!((dot(&u, all.as_slice()) - expected).abs() > 1e-3);
}

#[test]
fn a_line_search_has_the_values_and_slopes_of_its_steps() {
    let Inputs { x, y, at } = inputs();
    let mut loss = made(&x, &y);
    let v = direction(P, 6);
    // None, few, as many as one pass takes, and more.
    for count in [0u8, 1, 7, 8, 9, 19] {
        let steps: Vec<f64> = (0..count).map(|i| 0.25 * f64::from(i) - 0.5).collect();
        let (mut values, mut slopes) = (vec![f64::NAN; steps.len()], vec![f64::NAN; steps.len()]);
        loss.line_search(&params(&loss, &at), &params(&loss, &v), &steps, &mut values, &mut slopes).unwrap();
        for (&t, found) in steps.iter().zip(values.iter().zip(&slopes)) {
            let there = along(&at, t, &v);
            let value = loss.value(&params(&loss, &there)).unwrap();
            let slope = dot(&gradient(&mut loss, &there), &v);
            close(&[*found.0, *found.1], &[value, slope], 1e-11).unwrap();
        }
    }
    let error = loss.line_search(&params(&loss, &at), &params(&loss, &v), &[0.0; 3], &mut [0.0; 3], &mut [0.0; 2]);
    assert!(error.is_err());
}

#[test]
fn norms_of_samples_are_those_of_losses_of_one_row() {
    let Inputs { x, y, at } = inputs();
    let penalty: Vec<f64> = at.iter().enumerate().map(|(i, w)| if i < D * K { 0.2 * w } else { 0.0 }).collect();
    let expected: Vec<f64> = (0..N)
        .map(|i| {
            let one = gradient(&mut made(&x[i * D..][..D], &y[i * M..][..M]), &at);
            let own = along(&one, -1.0, &penalty);
            dot(&own, &own).sqrt()
        })
        .collect();
    let mut loss = made(&x, &y);
    let at = params(&loss, &at);
    close(loss.sample_norms(&at).unwrap(), &expected, 1e-12).unwrap();
}

#[test]
fn the_gradient_in_data_is_a_difference_of_values() {
    let Inputs { x, y, at } = inputs();
    let mut loss = made(&x, &y);
    let mut found = two_layer::DataGradient::zeros(loss.dims()).unwrap();
    found.as_mut_slice().fill(f64::NAN);
    loss.data_gradient(&params(&loss, &at), &mut found).unwrap();
    assert_eq!((found.x().rows(), found.x().columns()), (N, D));
    for seed in 7..10 {
        let v = direction(N * D, seed);
        let value = |x: &[f64]| {
            let mut loss = made(x, &y);
            vec![loss.value(&params(&loss, &at)).unwrap()]
        };
        close(&[dot(found.as_slice(), &v)], &difference(value, &x, &v), 1e-7).unwrap();
    }
}

/// In f32 the same, as far as its digits go, on every instruction set.
#[test]
fn single_precision_agrees_with_double_precision() {
    let single = |values: &[f64]| -> Vec<f32> { values.iter().map(|&x| Element::from_f64(x)).collect() };
    let double = |values: &[f32]| -> Vec<f64> { values.iter().map(|&x| f64::from(x)).collect() };
    let Inputs { x, y, at } = inputs();
    let v = direction(P, 9);
    let mut reference = made(&x, &y);
    let (at64, v64, mut expected) = (params(&reference, &at), params(&reference, &v), reference.params().unwrap());
    reference.hvp(&at64, &v64, &mut expected).unwrap();
    let norms = reference.sample_norms(&at64).unwrap().to_vec();
    let (x, y) = (single(&x), single(&y));
    let data = || two_layer::Data { x: MatrixRef::new(&x, N, D).unwrap(), y: MatrixRef::new(&y, N, M).unwrap() };
    for isa in Isa::available() {
        let mut loss = two_layer::Loss::<f32>::new(data(), two_layer::Sizes { k: K }).unwrap().with_isa(isa);
        let at = two_layer::Params::from_vec(loss.dims(), single(&at)).unwrap();
        let v = two_layer::Params::from_vec(loss.dims(), single(&v)).unwrap();
        let mut found = loss.params().unwrap();
        loss.hvp(&at, &v, &mut found).unwrap();
        close(&double(found.as_slice()), expected.as_slice(), 1e-5).unwrap();
        close(&double(loss.sample_norms(&at).unwrap()), &norms, 1e-5).unwrap();
    }
}
