//! Hoisting: values that depend on the data alone are computed in the first call.

use std::cell::Cell;

use frobenius::Isa;
use frobenius::operator::{MatrixOperator, View, ViewMut};
use frobenius::prelude::*;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// The identity, which counts its calls.
struct Counted;

impl MatrixOperator for Counted {
    fn apply<T: Element>(z: View<'_, T>, mut out: ViewMut<'_, T>) {
        CALLS.set(CALLS.get() + 1);
        for i in 0..z.rows() {
            out.row_mut(i).copy_from_slice(z.row(i));
        }
    }

    fn jvp<T: Element>(_: View<'_, T>, v: View<'_, T>, out: ViewMut<'_, T>) {
        Self::apply(v, out);
    }

    fn vjp<T: Element>(_: View<'_, T>, g: View<'_, T>, out: ViewMut<'_, T>) {
        Self::apply(g, out);
    }
}

#[loss]
fn of_data(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(matrix_operator(Counted, x) * w)
}

#[loss]
fn of_a_parameter(x: Matrix<N, D>, #[param] w: Matrix<D, 2>) -> Scalar {
    norm_sq(matrix_operator(Counted, x * w))
}

/// Two passes over the data, of which their mean and variance take none again.
#[loss]
fn standardised(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let c = x - column_means(x);
    norm_sq(scale_columns(c, rsqrt(column_means(sq(c)) + 0.1)) * w - y) / norm_sq(y)
}

/// A Gram matrix and its product with itself, both of data alone, beside products that are not.
#[loss]
fn whole(x: Matrix<N, D>, #[param] w: Vector<N>) -> Scalar {
    let k = x * x.t();
    dot(w, k * (k * w)) + norm_sq(k)
}

fn values(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u32::try_from(i * 7919 * seed % 1009).unwrap()) / 1009.0 - 0.5).collect()
}

#[test]
fn an_operator_of_data_is_applied_once() {
    let x = values(15, 1);
    let x = MatrixRef::new(&x, 5, 3).unwrap();
    let calls = || CALLS.replace(0);

    let mut loss = of_data::Loss::new(of_data::Data { x }).unwrap();
    let (mut params, mut gradient) = (loss.params().unwrap(), loss.params().unwrap());
    calls();
    let mut all = Vec::new();
    for step in 1..4 {
        params.as_mut_slice().copy_from_slice(&values(3, step));
        all.push(loss.value_and_gradient(&params, &mut gradient).unwrap());
    }
    assert_eq!(calls(), 1);
    assert!(all.windows(2).all(|pair| (pair[0] - pair[1]).abs() > 1e-3));
    // Another instruction set reads what is kept in another layout.
    let mut loss = loss.with_isa(Isa::Scalar);
    let again = loss.value_and_gradient(&params, &mut gradient).unwrap();
    assert!((again - all[2]).abs() <= 1e-14 * again);
    assert_eq!(calls(), 1);

    let mut loss = of_a_parameter::Loss::new(of_a_parameter::Data { x }).unwrap();
    let params = loss.params().unwrap();
    for _ in 0..3 {
        loss.value(&params).unwrap();
    }
    assert_eq!(calls(), 3);
}

/// Calls after the first one are as good as those of a new loss.
macro_rules! assert_as_new {
    ($loss:ident, $data:expr) => {{
        let mut kept = $loss::Loss::new($data).unwrap();
        let (mut params, mut gradient) = (kept.params().unwrap(), kept.params().unwrap());
        let mut expected = kept.params().unwrap();
        for step in 1..4 {
            let count = params.as_slice().len();
            params.as_mut_slice().copy_from_slice(&values(count, step));
            let mut new = $loss::Loss::new($data).unwrap();
            let value = new.value_and_gradient(&params, &mut expected).unwrap();
            assert_eq!(kept.value_and_gradient(&params, &mut gradient).unwrap().to_bits(), value.to_bits());
            assert_eq!(kept.value(&params).unwrap().to_bits(), new.value(&params).unwrap().to_bits());
            assert_eq!(gradient, expected);
        }
    }};
}

#[test]
fn what_is_kept_is_what_would_be_computed_again() {
    let (n, d) = (23, 5);
    let (x, y) = (values(n * d, 1), values(n, 2));
    let x = MatrixRef::new(&x, n, d).unwrap();
    assert_as_new!(standardised, standardised::Data { x, y: (&y).into() });
    assert_as_new!(whole, whole::Data { x });
}
