//! Prefix sums down the rows. Sums run in f64: as long as the rows are many, T would lose their digits.

use crate::simd::{Isa, Scalar};
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
pub fn cumsum<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..a.rows()), a.columns(), 0.0, |i, j, sum| {
        *sum += a.row(i)[j].to_f64();
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = Σ of the rows from i on.
pub fn cumsum_reverse<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..a.rows()).rev(), a.columns(), 0.0, |i, j, sum| {
        *sum += a.row(i)[j].to_f64();
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = ln Σ exp of the rows 0 to i.
pub fn cumulative_lse<T: Scalar>(_: Isa, z: View<'_, T>, mut out: ViewMut<'_, T>) {
    scan(&(0..z.rows()), z.columns(), f64::NEG_INFINITY, |i, j, sum| {
        *sum = super::softmax::add_exp(*sum, z.row(i)[j].to_f64());
        out.row_mut(i)[j] = T::from_f64(*sum);
    });
}

/// Row i of out = Σ over k from i on of `g_k` exp(`z_i` - `y_k`), where y are cumulative log-sum-exps of z.
///
/// The y grow with the row, so that from the last row on the sum is kept for the current row's y: nothing overflows.
pub fn cumulative_lse_adjoint<T: Scalar>(
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

#[cfg(test)]
mod tests {
    use core::ops::Range;

    use super::*;
    use crate::random::Random;

    const ROWS: usize = 11;

    /// Numbers in (-2, 2).
    fn numbers(random: &mut Random, count: usize) -> Vec<f64> {
        (0..count).map(|_| f64::from(u32::try_from(random.below(4001)).unwrap()) / 1000.0 - 2.0).collect()
    }

    /// Each result against its definition, which sums anew for each row.
    #[test]
    fn scans_agree_with_their_definitions() {
        let mut random = Random(9);
        for columns in [1, 7, 8, 9, 17] {
            let (z, g) = (numbers(&mut random, ROWS * columns), numbers(&mut random, ROWS * columns));
            let (zs, gs) = (View::new(&z, ROWS, columns), View::new(&g, ROWS, columns));
            let isa = Isa::detect();
            let written = |run: &dyn Fn(ViewMut<'_, f64>)| {
                let mut out = vec![f64::NAN; ROWS * columns];
                run(ViewMut::new(&mut out, ROWS, columns));
                out
            };
            let of_rows = |rows: Range<usize>, j: usize, f: &dyn Fn(usize) -> f64| -> f64 {
                rows.map(|k| f(k * columns + j)).sum()
            };
            let lse = written(&|out| cumulative_lse(isa, zs, out));
            let found = [
                written(&|out| cumsum(isa, zs, out)),
                written(&|out| cumsum_reverse(isa, zs, out)),
                lse.clone(),
                written(&|out| cumulative_lse_adjoint(isa, zs, View::new(&lse, ROWS, columns), gs, out)),
            ];
            for (at, &own) in z.iter().enumerate() {
                let (i, j) = (at / columns, at % columns);
                let expected = [
                    of_rows(0..i + 1, j, &|k| z[k]),
                    of_rows(i..ROWS, j, &|k| z[k]),
                    of_rows(0..i + 1, j, &|k| z[k].exp()).ln(),
                    of_rows(i..ROWS, j, &|k| g[k] * own.exp() / of_rows(0..k / columns + 1, j, &|k| z[k].exp())),
                ];
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found[at] - expected).abs() <= 1e-13, "({i}, {j}) of {columns}: {} {expected}", found[at]);
                }
            }
        }
    }
}
