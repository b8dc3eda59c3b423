//! Prefix sums down the rows. Sums run in f64: as long as the rows are many, T would lose their digits.

use crate::simd::{Element, Isa};
use crate::view::{View, ViewMut};

/// Columns that are scanned at a time.
const STRIP: usize = 8;

/// Calls `step` for the elements of each column in the order of `rows`, with what is known of the column so far.
fn scan(
    rows: &(impl Iterator<Item = usize> + Clone),
    columns: usize,
    start: f64,
    mut step: impl FnMut(usize, usize, &mut f64),
) {
    for left in (0..columns).step_by(STRIP) {
        let mut sums = [start; STRIP];
        for i in rows.clone() {
            for (j, sum) in (left..columns).zip(&mut sums) {
                step(i, j, sum);
            }
        }
    }
}

/// Row i of out = Σ of the rows 0 to i.
pub fn cumsum<T: Element>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..a.rows()), a.columns(), 0.0, |i, j, sum| {
        *sum += a.row(i)[j].to_f64();
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = Σ of the rows from i on.
pub fn cumsum_reverse<T: Element>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..a.rows()).rev(), a.columns(), 0.0, |i, j, sum| {
        *sum += a.row(i)[j].to_f64();
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = ln Σ exp of the rows 0 to i.
pub fn cumulative_lse<T: Element>(_: Isa, z: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..z.rows()), z.columns(), f64::NEG_INFINITY, |i, j, sum| {
        *sum = super::rows::add_exp(*sum, z.row(i)[j].to_f64());
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = Σ over k from i on of `g_k` exp(`z_i` - `y_k`), where y are cumulative log-sum-exps of z.
///
/// They grow, so that from the last row on the sum is kept for the current row's y: nothing overflows.
pub fn cumulative_lse_adjoint<T: Element>(
    _: Isa,
    z: View<'_, T>,
    y: View<'_, T>,
    g: View<'_, T>,
    mut out: ViewMut<'_, T>,
) {
    let rows = z.rows();
    scan(&(0..rows).rev(), z.columns(), 0.0, |i, j, sum| {
        let own = y.row(i)[j].to_f64();
        let later = if i + 1 < rows { y.row(i + 1)[j].to_f64() } else { own };
        let kept = if *sum == 0.0 { 0.0 } else { *sum * (own - later).exp() };
        *sum = kept + g.row(i)[j].to_f64();
        // Nothing that counts comes after: z and y may be anything, infinite or NaN.
        let here = if *sum == 0.0 { 0.0 } else { *sum * (z.row(i)[j].to_f64() - own).exp() };
        out.row_mut(i)[j] = T::from_f64(here);
    });
}
