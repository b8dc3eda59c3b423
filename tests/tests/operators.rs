//! Operators of the user's own, against the same functions of the language.

use frobenius::operator::{MatrixOperator, RowOperator, View, ViewMut};
use frobenius::prelude::*;

/// Softmax, as a user would write it.
struct Soft;

impl Soft {
    fn of<T: Element>(z: &[T]) -> impl Iterator<Item = f64> + '_ {
        let top = z.iter().fold(f64::NEG_INFINITY, |top, z| top.max(z.to_f64()));
        let sum: f64 = z.iter().map(|z| (z.to_f64() - top).exp()).sum();
        z.iter().map(move |z| (z.to_f64() - top).exp() / sum)
    }
}

impl RowOperator for Soft {
    fn apply<T: Element>(z: &[T], out: &mut [T]) {
        out.iter_mut().zip(Self::of(z)).for_each(|(out, s)| *out = T::from_f64(s));
    }

    fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
        let mean: f64 = Self::of(z).zip(v).map(|(s, v)| s * v.to_f64()).sum();
        for ((out, s), v) in out.iter_mut().zip(Self::of(z)).zip(v) {
            *out = T::from_f64(s * (v.to_f64() - mean));
        }
    }

    // The Jacobian of a softmax is symmetric.
    fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
        Self::jvp(z, g, out);
    }
}

/// Every row less the mean of all rows.
struct Centre;

impl MatrixOperator for Centre {
    fn apply<T: Element>(z: View<'_, T>, mut out: ViewMut<'_, T>) {
        let rows = frobenius_tests::count(z.rows());
        for j in 0..z.columns() {
            let mean = (0..z.rows()).map(|i| z.row(i)[j].to_f64()).sum::<f64>() / rows;
            for i in 0..z.rows() {
                out.row_mut(i)[j] = T::from_f64(z.row(i)[j].to_f64() - mean);
            }
        }
    }

    fn jvp<T: Element>(_: View<'_, T>, v: View<'_, T>, out: ViewMut<'_, T>) {
        Self::apply(v, out);
    }

    fn vjp<T: Element>(_: View<'_, T>, g: View<'_, T>, out: ViewMut<'_, T>) {
        Self::apply(g, out);
    }
}

#[loss(jvp, hvp)]
fn own(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(row_operator(Soft, x * w) - y) + sum(sin(matrix_operator(Centre, tanh(x * w))))
}

#[loss(jvp)]
fn known(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    norm_sq(softmax_rows(x * w) - y) + sum(sin(center_columns(tanh(x * w))))
}

#[test]
fn own_operators_are_as_good_as_those_of_the_language() {
    let numbers = |count: u32| (0..count).map(|i| f64::from(i * 7919 % 101) / 101.0 - 0.5).collect::<Vec<_>>();
    let (n, d, k) = (103, 5, 3);
    let (x, y, w) = (numbers(103 * 5), numbers(103 * 3), numbers(5 * 3));
    macro_rules! evaluate {
        ($loss:ident) => {{
            let data = $loss::Data { x: MatrixRef::new(&x, n, d).unwrap(), y: MatrixRef::new(&y, n, k).unwrap() };
            let mut loss = $loss::Loss::new(data).unwrap();
            let params = $loss::Params::from_vec(loss.dims(), w.clone()).unwrap();
            let mut gradient = loss.params().unwrap();
            let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
            // Some direction, by the part that states tangents.
            let (_, slope) = loss.jvp(&params, &gradient).unwrap();
            (value, slope, gradient.as_slice().to_vec())
        }};
    }
    let ((own, own_slope, own_gradient), (known, slope, gradient)) = (evaluate!(own), evaluate!(known));
    frobenius_tests::close(&[own, own_slope], &[known, slope], 1e-13).unwrap();
    frobenius_tests::close(&own_gradient, &gradient, 1e-13).unwrap();
}

/// No one has stated a second derivative.
#[test]
fn products_with_the_hessian_of_own_operators_are_nan() {
    let (x, y) = ([0.5, 0.25, -0.5, 1.0], [0.0, 1.0, 1.0, 0.0]);
    let data = own::Data { x: MatrixRef::new(&x, 2, 2).unwrap(), y: MatrixRef::new(&y, 2, 2).unwrap() };
    let mut loss = own::Loss::new(data).unwrap();
    let (params, mut product) = (loss.params().unwrap(), loss.params().unwrap());
    loss.hvp(&params, &params.clone(), &mut product).unwrap();
    assert!(product.as_slice().iter().all(|x: &f64| x.is_nan()), "{product:?}");
}

#[test]
fn formulas_show_the_derivative_and_its_adjoint() {
    let (_, gradient) = own::GRADIENTS[0];
    assert!(gradient.contains("D Soft(") && gradient.contains(")*["), "{gradient}");
    assert!(gradient.contains("D Centre("), "{gradient}");
}

thread_local! {
    static FAILS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// An operator that is the row itself, but panics unless `$holds`.
macro_rules! row_itself {
    ($name:ident of $z:ident if $holds:expr) => {
        struct $name;

        impl RowOperator for $name {
            fn apply<T: Element>($z: &[T], out: &mut [T]) {
                assert!($holds, "told to");
                out.copy_from_slice($z);
            }

            fn jvp<T: Element>(_: &[T], v: &[T], out: &mut [T]) {
                out.copy_from_slice(v);
            }

            fn vjp<T: Element>(_: &[T], g: &[T], out: &mut [T]) {
                out.copy_from_slice(g);
            }
        }
    };
}

row_itself! { Fragile of z if !FAILS.get() }
// The last row is that of the test that uses it.
row_itself! { LastRow of z if z[0].to_f64() < 198.0 }

#[loss]
fn fragile(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
    norm_sq(row_operator(Fragile, x * w))
}

#[loss]
fn fragile_whole(#[param] w: Matrix<D, D>) -> Scalar {
    norm_sq(row_operator(Fragile, w))
}

#[loss]
fn last_row(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
    norm_sq(row_operator(LastRow, x * w))
}

/// A panic goes to the caller, and a loss that was left half-way has no value any more.
#[test]
fn a_loss_whose_operator_panicked_is_never_wrong() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let mut loss = fragile::Loss::new(fragile::Data { x: MatrixRef::new(&x, 3, 2).unwrap() }).unwrap();
    let params = loss.params().unwrap();
    loss.value(&params).unwrap();
    FAILS.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| loss.value(&params))).is_err());
    FAILS.set(false);
    assert_eq!(loss.value(&params), Err(Error::Panicked));
    // Its gradient has memory of its own, which nothing happened to; and a loss that is made anew has all of it.
    let mut gradient = loss.params().unwrap();
    assert_eq!(loss.value_and_gradient(&params, &mut gradient), Ok(0.0));
    let mut loss = fragile::Loss::new(fragile::Data { x: MatrixRef::new(&x, 3, 2).unwrap() }).unwrap();
    assert_eq!(loss.value(&params), Ok(0.0));
}

/// An operator on a whole matrix works on values that each call computes anew.
#[test]
fn a_loss_without_rows_goes_on_behind_a_panic() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let mut loss = fragile_whole::Loss::new(fragile_whole::Sizes { d: 2 }).unwrap();
    let params = fragile_whole::Params::from_vec(loss.dims(), vec![1.0, 2.0, 3.0, 4.0]).unwrap();
    FAILS.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| loss.value(&params))).is_err());
    FAILS.set(false);
    assert_eq!(loss.value(&params), Ok(30.0));
}

/// A panic of a thread that helps ends the call as one of its own does, and the next call is no panic either.
#[test]
fn a_panic_on_another_thread_is_one_of_the_call() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    pool.install(|| {
        let x: Vec<f64> = (0..200).map(f64::from).collect();
        let data = last_row::Data { x: MatrixRef::new(&x, 100, 2).unwrap() };
        let mut loss = frobenius::__rt_0_1::with_cuts(8, 5, || last_row::Loss::new(data)).unwrap();
        let params = last_row::Params::from_vec(loss.dims(), vec![1.0, 0.0, 0.0, 1.0]).unwrap();
        let mut gradient = loss.params().unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| loss.value_and_gradient(&params, &mut gradient)));
        assert!(ended.is_err());
        assert_eq!(loss.value_and_gradient(&params, &mut gradient), Err(Error::Panicked));
    });
}
