//! Functions of matrices of your own: operators that are not elementwise, with their derivatives.
//!
//! A loss applies one with `row_operator(Name, z)` or `matrix_operator(Name, z)`, where `Name` is a type that has
//! [`RowOperator`] or [`MatrixOperator`]. Formulas show it as Name(Z), its derivative as D Name(Z)\[V\] and the
//! adjoint of that as D Name(Z)*\[G\]. With the loss comes a test that the two belong together: ⟨U, D h(Z)\[V\]⟩ =
//! ⟨D h(Z)*\[U\], V⟩, and that D h is the derivative of h.
//!
//! ```
//! use frobenius::operator::RowOperator;
//! use frobenius::prelude::*;
//!
//! /// Each element times the next one, around the row.
//! struct Cyclic;
//!
//! impl RowOperator for Cyclic {
//!     fn apply<T: Element>(z: &[T], out: &mut [T]) {
//!         for i in 0..z.len() {
//!             out[i] = z[i] * z[(i + 1) % z.len()];
//!         }
//!     }
//!     fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
//!         for i in 0..z.len() {
//!             let next = (i + 1) % z.len();
//!             out[i] = v[i] * z[next] + z[i] * v[next];
//!         }
//!     }
//!     fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
//!         for i in 0..z.len() {
//!             let (next, before) = ((i + 1) % z.len(), (i + z.len() - 1) % z.len());
//!             out[i] = g[i] * z[next] + g[before] * z[before];
//!         }
//!     }
//! }
//!
//! #[loss]
//! fn chained(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
//!     norm_sq(row_operator(Cyclic, x * w) - y)
//! }
//! # fn main() {
//! assert_eq!(chained::GRADIENTS[0].1, "2 Xᵀ D Cyclic(X W)*[Cyclic(X W) − Y]");
//! # }
//! ```

use crate::element::Element;
use crate::simd::Isa;
pub use crate::view::{View, ViewMut};

/// An operator on each row: row i of h(Z) depends on row i of Z alone.
pub trait RowOperator {
    /// Writes h(z). Each slice has as many elements as Z has columns, here and in the other functions.
    fn apply<T: Element>(z: &[T], out: &mut [T]);
    /// Writes the directional derivative D h(z)\[v\].
    fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]);
    /// Writes D h(z)*\[g\], the adjoint: ⟨u, D h(z)\[v\]⟩ = ⟨D h(z)*\[u\], v⟩ for all u and v.
    fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]);
}

/// An operator on a whole matrix, with a result of the same shape.
pub trait MatrixOperator {
    /// Writes h(Z). Each view has as many rows and columns as Z, here and in the other functions.
    fn apply<T: Element>(z: View<'_, T>, out: ViewMut<'_, T>);
    /// Writes the directional derivative D h(Z)\[V\].
    fn jvp<T: Element>(z: View<'_, T>, v: View<'_, T>, out: ViewMut<'_, T>);
    /// Writes D h(Z)*\[G\], the adjoint: ⟨U, D h(Z)\[V\]⟩ = ⟨D h(Z)*\[U\], V⟩ for all U and V.
    fn vjp<T: Element>(z: View<'_, T>, g: View<'_, T>, out: ViewMut<'_, T>);
}

/// h(Z), row by row.
pub fn row_apply<H: RowOperator, T: Element>(_: Isa, z: View<'_, T>, mut out: ViewMut<'_, T>) {
    (0..z.rows()).for_each(|i| H::apply(z.row(i), out.row_mut(i)));
}

/// D h(Z)\[V\], row by row.
pub fn row_jvp<H: RowOperator, T: Element>(_: Isa, z: View<'_, T>, v: View<'_, T>, mut out: ViewMut<'_, T>) {
    (0..z.rows()).for_each(|i| H::jvp(z.row(i), v.row(i), out.row_mut(i)));
}

/// D h(Z)*\[G\], row by row.
pub fn row_vjp<H: RowOperator, T: Element>(_: Isa, z: View<'_, T>, g: View<'_, T>, mut out: ViewMut<'_, T>) {
    (0..z.rows()).for_each(|i| H::vjp(z.row(i), g.row(i), out.row_mut(i)));
}

/// h(Z).
pub fn matrix_apply<H: MatrixOperator, T: Element>(_: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    H::apply(z, out);
}

/// D h(Z)\[V\].
pub fn matrix_jvp<H: MatrixOperator, T: Element>(_: Isa, z: View<'_, T>, v: View<'_, T>, out: ViewMut<'_, T>) {
    H::jvp(z, v, out);
}

/// D h(Z)*\[G\].
pub fn matrix_vjp<H: MatrixOperator, T: Element>(_: Isa, z: View<'_, T>, g: View<'_, T>, out: ViewMut<'_, T>) {
    H::vjp(z, g, out);
}

/// Checks that the parts of a row operator belong together, on rows of a few widths.
///
/// # Errors
/// The property that does not hold, with the numbers.
pub fn check_rows<H: RowOperator>(name: &str) -> Result<(), String> {
    [1, 2, 5, 8]
        .into_iter()
        .try_for_each(|columns| check(name, (1, columns), H::apply::<f64>, H::jvp::<f64>, H::vjp::<f64>))
}

/// Checks that the parts of an operator on matrices belong together, on matrices of a few shapes.
///
/// # Errors
/// The property that does not hold, with the numbers.
pub fn check_matrix<H: MatrixOperator>(name: &str) -> Result<(), String> {
    [(1, 1), (3, 3), (5, 5)].into_iter().try_for_each(|(rows, columns)| {
        check(
            name,
            (rows, columns),
            |z, out| H::apply::<f64>(View::new(z, rows, columns), ViewMut::new(out, rows, columns)),
            |z, v, out| {
                H::jvp::<f64>(
                    View::new(z, rows, columns),
                    View::new(v, rows, columns),
                    ViewMut::new(out, rows, columns),
                );
            },
            |z, g, out| {
                H::vjp::<f64>(
                    View::new(z, rows, columns),
                    View::new(g, rows, columns),
                    ViewMut::new(out, rows, columns),
                );
            },
        )
    })
}

fn check(
    name: &str,
    (rows, columns): (usize, usize),
    apply: impl Fn(&[f64], &mut [f64]),
    jvp: impl Fn(&[f64], &[f64], &mut [f64]),
    vjp: impl Fn(&[f64], &[f64], &mut [f64]),
) -> Result<(), String> {
    /// Of the central difference: its error is H² h‴ / 6.
    const DIFFERENCE_STEP: f64 = 1e-5;
    let count = rows * columns;
    // Positive, different, and nowhere near a kink of the usual functions.
    let sample = |seed: usize| -> Vec<f64> {
        let numbers = (0..count).map(|i| 0.3 + f64::from(u32::try_from((7 * i + 5 * seed) % 13).unwrap_or(0)) / 9.0);
        numbers.collect()
    };
    let (z, u, v) = (sample(0), sample(1), sample(2));
    let made = |f: &dyn Fn(&mut [f64])| {
        // Earlier contents must not matter.
        let mut out = vec![f64::NAN; count];
        f(&mut out);
        out
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let near = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()));
    let tangent = made(&|out| jvp(&z, &v, out));
    let cotangent = made(&|out| vjp(&z, &u, out));
    let (forward, reverse) = (dot(&u, &tangent), dot(&cotangent, &v));
    let shape = format!("{rows} x {columns}");
    if !near(forward, reverse, 1e-10) {
        return Err(format!(
            "`{name}` on {shape}: `vjp` is not the adjoint of `jvp`: ⟨U, D h(Z)[V]⟩ = {forward:e}, ⟨D h(Z)*[U], V⟩ = {reverse:e}"
        ));
    }
    let at = |step: f64| {
        let moved: Vec<f64> = z.iter().zip(&v).map(|(z, v)| z + step * v).collect();
        made(&|out| apply(&moved, out))
    };
    let (after, before) = (at(DIFFERENCE_STEP), at(-DIFFERENCE_STEP));
    for (i, tangent) in tangent.iter().enumerate() {
        let difference = (after[i] - before[i]) / (2.0 * DIFFERENCE_STEP);
        if !near(*tangent, difference, 1e-6) {
            return Err(format!(
                "`{name}` on {shape}: `jvp` is not the derivative of `apply`: element {i} of D h(Z)[V] is {tangent:e}, \
                 the central difference {difference:e}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum;
    struct WrongAdjoint;
    struct WrongTangent;

    impl RowOperator for Sum {
        fn apply<T: Element>(z: &[T], out: &mut [T]) {
            let sum = z.iter().fold(T::default(), |sum, &z| sum + z * z);
            out.fill(sum);
        }
        fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
            let sum = z.iter().zip(v).fold(T::default(), |sum, (&z, &v)| sum + z * v);
            out.fill(sum + sum);
        }
        fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
            let sum = g.iter().fold(T::default(), |sum, &g| sum + g);
            out.iter_mut().zip(z).for_each(|(out, &z)| *out = (sum + sum) * z);
        }
    }

    impl RowOperator for WrongAdjoint {
        fn apply<T: Element>(z: &[T], out: &mut [T]) {
            Sum::apply(z, out);
        }
        fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
            Sum::jvp(z, v, out);
        }
        fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
            Sum::jvp(z, g, out);
        }
    }

    impl RowOperator for WrongTangent {
        fn apply<T: Element>(z: &[T], out: &mut [T]) {
            out.copy_from_slice(z);
        }
        fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
            Sum::jvp(z, v, out);
        }
        fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
            Sum::vjp(z, g, out);
        }
    }

    #[test]
    fn what_does_not_belong_together_is_told() {
        assert_eq!(check_rows::<Sum>("Sum"), Ok(()));
        let wrong = check_rows::<WrongAdjoint>("WrongAdjoint").unwrap_err();
        assert!(wrong.contains("`vjp` is not the adjoint of `jvp`"), "{wrong}");
        let wrong = check_rows::<WrongTangent>("WrongTangent").unwrap_err();
        assert!(wrong.contains("`jvp` is not the derivative of `apply`"), "{wrong}");
    }
}
