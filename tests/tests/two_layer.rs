//! The question that the project began with, answered by hand: the gradient of ‖h(XW)A − Y‖² is 2Xᵀ(EAᵀ ⊙ H′) in W and 2HᵀE in A.

use frobenius::MatrixRef;
use frobenius::prelude::*;
use frobenius_tests::{Random, close};

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let h = tanh(x * w);
    let e = h * a - y;
    norm_sq(e)
}

/// Five ways to write the same number.
macro_rules! spellings {
    ($($name:ident: $body:expr;)*) => {$(
        #[loss]
        fn $name(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
            let e = x * w - y;
            $body
        }
    )*};
}

spellings! {
    as_norm: norm_sq(e);
    as_trace_of_outer: trace(e * e.t());
    as_trace_of_inner: trace(e.t() * e);
    as_dot: dot(e, e);
    as_sum: sum(hadamard(e, e));
}

type Rows = Vec<Vec<f64>>;

fn matrix(rows: usize, columns: usize, random: &mut Random) -> Rows {
    (0..rows).map(|_| (0..columns).map(|_| random.between((-1.0, 1.0))).collect()).collect()
}

fn product(a: &Rows, b: &Rows) -> Rows {
    let columns = b.first().map_or(0, Vec::len);
    let entry = |row: &Vec<f64>, j: usize| row.iter().zip(b).map(|(x, b)| x * b[j]).sum();
    a.iter().map(|row| (0..columns).map(|j| entry(row, j)).collect()).collect()
}

fn transpose(a: &Rows) -> Rows {
    (0..a[0].len()).map(|j| a.iter().map(|row| row[j]).collect()).collect()
}

fn zip(a: &Rows, b: &Rows, f: impl Fn(f64, f64) -> f64) -> Rows {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect()).collect()
}

#[test]
fn the_gradients_are_the_closed_forms() {
    // Neither square nor multiples of any tile, and more rows than a block of this width has.
    let (n, d, k, m) = (1203, 19, 7, 5);
    let mut random = Random::new(3);
    let (x, y) = (matrix(n, d, &mut random), matrix(n, m, &mut random));
    let (w, a) = (matrix(d, k, &mut random), matrix(k, m, &mut random));

    let h: Rows = product(&x, &w).iter().map(|row| row.iter().map(|z| z.tanh()).collect()).collect();
    let slope: Rows = h.iter().map(|row| row.iter().map(|h| 1.0 - h * h).collect()).collect();
    let e = zip(&product(&h, &a), &y, |p, y| p - y);
    let g = zip(&product(&e, &transpose(&a)), &slope, |b, s| 2.0 * b * s);
    let dw = product(&transpose(&x), &g);
    let da: Rows = product(&transpose(&h), &e).iter().map(|row| row.iter().map(|x| 2.0 * x).collect()).collect();
    let value: f64 = e.iter().flatten().map(|e| e * e).sum();

    let (x, y) = (x.concat(), y.concat());
    let data = two_layer::Data { x: MatrixRef::new(&x, n, d).unwrap(), y: MatrixRef::new(&y, n, m).unwrap() };
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k }).unwrap();
    let params = two_layer::Params::from_vec(loss.dims(), [w.concat(), a.concat()].concat()).unwrap();
    let mut gradient = loss.params().unwrap();
    let found = loss.value_and_gradient(&params, &mut gradient).unwrap();
    close(&[found], &[value], 1e-13).unwrap();
    // 1203 products of numbers near 1 are added in another order.
    close(&gradient.w().to_vec(), &dw.concat(), 1e-12).unwrap();
    close(&gradient.a().to_vec(), &da.concat(), 1e-12).unwrap();
}

#[test]
fn the_formulas_are_the_closed_forms() {
    assert_eq!(two_layer::FORMULA, "‖E‖²  where H = tanh(X W), E = H A − Y");
    let [(w, dw), (a, da)] = two_layer::GRADIENTS else { panic!("two parameters") };
    assert_eq!((*w, *a), ("w", "a"));
    assert!(dw.starts_with("2 Xᵀ (E Aᵀ ⊙ H′)"), "{dw}");
    assert!(da.starts_with("2 Hᵀ E"), "{da}");
}

#[test]
fn every_spelling_of_the_norm_is_one_node() {
    for formula in [as_trace_of_outer::FORMULA, as_trace_of_inner::FORMULA, as_dot::FORMULA, as_sum::FORMULA] {
        assert_eq!(formula, as_norm::FORMULA);
    }
    for gradient in [as_trace_of_outer::GRADIENTS, as_trace_of_inner::GRADIENTS, as_dot::GRADIENTS, as_sum::GRADIENTS] {
        assert_eq!(gradient, as_norm::GRADIENTS);
    }
    // No N x N matrix: the operations grow with N, not with N².
    let flops = |n| as_trace_of_outer::cost::<f64>(&as_trace_of_outer::Dims { n, d: 3, m: 2 }).flops;
    assert!(flops(2000) < 2.1 * flops(1000));
}
