//! Cholesky factors, and triangles of matrices.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltRegularization, cholesky_in_place, cholesky_in_place_scratch};
use faer::{Par, Spec};

use super::columns::{Columns, fill, fill_nan, memory};
use crate::error::Error;
use crate::routines::tril;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Memory of [`cholesky`].
pub struct CholeskyScratch {
    a: Columns,
    memory: MemBuffer,
}

impl CholeskyScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        let need = cholesky_in_place_scratch::<f64>(rows, Par::Seq, Spec::default());
        Ok(Self { a: Columns::new(rows, rows)?, memory: memory(need, rows, rows)? })
    }
}

/// The lower triangular L of L Lᵀ = (A + Aᵀ) / 2; NaN if that is not positive definite.
pub fn cholesky<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut CholeskyScratch) {
    scratch.a.load_symmetric(a);
    if scratch.a.rows() == 0 {
        return;
    }
    let stack = MemStack::new(&mut scratch.memory);
    let plain = LltRegularization::default();
    let factored = cholesky_in_place(scratch.a.view_mut(), plain, Par::Seq, stack, Spec::default());
    if factored.is_err() || !(0..scratch.a.rows()).all(|i| scratch.a.at(i, i).is_finite()) {
        return fill_nan(out);
    }
    for i in 0..scratch.a.rows() {
        fill(out.row_mut(i), |j| if j <= i { scratch.a.at(i, j) } else { 0.0 });
    }
}

/// The lower triangle with half of the diagonal.
pub fn half_lower<T: Scalar>(isa: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    tril(isa, 0, a, out.reborrow());
    for i in 0..a.rows() {
        let entry = &mut out.row_mut(i)[i];
        *entry = T::from_f64(0.5 * entry.to_f64());
    }
}
