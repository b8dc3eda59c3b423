//! Determinants, and their gradient: the matrix of cofactors.

use faer::Par;
use faer::linalg::triangular_solve::{solve_unit_lower_triangular_in_place, solve_upper_triangular_in_place};

use super::columns::{Columns, fill_nan, line};
use super::solve::eliminate;
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// ln |det A|, of A's factors.
#[must_use]
pub fn logdet<T: Scalar>(_: Isa, a: View<'_, T>, lu: View<'_, T>) -> f64 {
    (0..a.rows()).map(|i| lu.row(i)[i].to_f64().abs().ln()).sum()
}

/// det A, of A's factors.
#[must_use]
pub fn det<T: Scalar>(_: Isa, a: View<'_, T>, lu: View<'_, T>) -> f64 {
    // A matrix of no rows has factors of one column, which are a vector's one row.
    let n = a.rows();
    let product: f64 = (0..n).map(|i| lu.row(i)[i].to_f64()).product();
    sign(&(0..n).map(|i| lu.row(i)[n].to_f64())) * product
}

/// 1 for an even permutation, -1 for an odd one: by the parity of its inversions.
fn sign(numbers: &(impl Iterator<Item = f64> + Clone)) -> f64 {
    let mut odd = false;
    for (i, x) in numbers.clone().enumerate() {
        for y in numbers.clone().take(i) {
            odd ^= y > x;
        }
    }
    if odd { -1.0 } else { 1.0 }
}

/// Memory of [`cofactors`].
pub struct CofactorScratch {
    a: Columns,
    adjugate: Columns,
    /// Which row and column of A stand in those of P A Qᵀ.
    rows: Vec<usize>,
    columns: Vec<usize>,
}

impl CofactorScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        let n = rows;
        Ok(Self { a: Columns::new(n, n)?, adjugate: Columns::new(n, n)?, rows: line(n)?, columns: line(n)? })
    }
}

/// The matrix of cofactors, det(A) A⁻ᵀ where A is regular.
///
/// With both pivots, P A Qᵀ = L U = B has its smallest pivot last: U = [[U₁, c], [0, u]]. Then
/// adj B = adj U · L⁻¹, whose last row is d times that of L⁻¹, d = det U₁, and whose other rows are
/// d U₁⁻¹ (u M − c m) with the other rows M and the last row m of L⁻¹. Nothing is divided by u, which may be 0;
/// if U₁ is singular as well, the rank is below n − 1 and all cofactors are 0.
pub fn cofactors<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut CofactorScratch) {
    let CofactorScratch { a: factor, adjugate, rows, columns } = scratch;
    let n = factor.rows();
    let Some(last) = n.checked_sub(1) else { return };
    factor.load(a);
    if !factor.is_finite() {
        return fill_nan(out);
    }
    eliminate(factor, rows, Some(columns));
    let d: f64 = (0..last).map(|i| factor.at(i, i)).product();
    let singular = (0..last).any(|i| factor.at(i, i) == 0.0);
    if singular {
        for i in 0..n {
            out.row_mut(i).fill(T::default());
        }
        return;
    }
    adjugate.set_identity(1.0);
    solve_unit_lower_triangular_in_place(factor.view(), adjugate.view_mut(), Par::Seq);
    let u = factor.at(last, last);
    for j in 0..n {
        let below = adjugate.at(last, j);
        for i in 0..last {
            let value = u * adjugate.at(i, j) - factor.at(i, last) * below;
            adjugate.set(i, j, value);
        }
    }
    let first = factor.view().submatrix(0, 0, last, last);
    solve_upper_triangular_in_place(first, adjugate.view_mut().submatrix_mut(0, 0, last, n), Par::Seq);
    let number = |&i: &usize| count(i);
    let d = d * sign(&rows.iter().map(number)) * sign(&columns.iter().map(number));
    for (i, &row) in rows.iter().enumerate() {
        let row = out.row_mut(row);
        for (j, &column) in columns.iter().enumerate() {
            row[column] = T::from_f64(d * adjugate.at(j, i));
        }
    }
}
