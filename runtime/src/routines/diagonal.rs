//! Diagonals of square matrices, of which a block of rows may be all there is: its first row has number `first`.

use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// `before` and the sum of the diagonal.
#[must_use]
pub fn trace<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, before: f64) -> f64 {
    before + (0..a.rows()).map(|i| a.row(i)[first + i].to_f64()).sum::<f64>()
}

/// `s` on the diagonal, zeros elsewhere.
pub fn identity<T: Scalar>(_: Isa, first: usize, s: f64, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        let row = out.row_mut(i);
        row.fill(T::default());
        row[first + i] = T::from_f64(s);
    }
}
