//! Functions of all pairs of rows.

use super::Compiled;
use crate::simd::{Isa, Lanes, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// `out[i][j]` = ‖row i of a - row j of b‖², from the differences; `bt` is bᵀ.
pub fn squared_distances<T: Compiled>(isa: Isa, a: View<'_, T>, _: View<'_, T>, bt: View<'_, T>, out: ViewMut<'_, T>) {
    T::squared_distances(isa, a, bt, out);
}

pub(super) struct SquaredDistances<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) bt: View<'a, T>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for SquaredDistances<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, bt, mut out } = self;
        assert_eq!((a.rows(), a.columns(), bt.columns()), (out.rows(), bt.rows(), out.columns()));
        let mut i = 0;
        while i < a.rows() {
            if a.rows() - i >= GROUP {
                of_rows::<T, S, GROUP>(simd, a, bt, i, out.reborrow());
                i += GROUP;
            } else {
                of_rows::<T, S, 1>(simd, a, bt, i, out.reborrow());
                i += 1;
            }
        }
    }
}

/// Rows that share what is loaded of b: as many sums in flight.
const GROUP: usize = 4;

/// The distances of R rows of `a`, from row i on.
#[inline(always)]
fn of_rows<T: Scalar, S: Simd, const R: usize>(
    simd: S,
    a: View<'_, T>,
    bt: View<'_, T>,
    i: usize,
    mut out: ViewMut<'_, T>,
) {
    let lanes = Lanes::<T, S>::count();
    let columns = bt.columns();
    let mut rows = [a.row(i); R];
    for (r, row) in rows.iter_mut().enumerate() {
        *row = a.row(i + r);
    }
    for j in (0..columns).step_by(lanes) {
        let count = lanes.min(columns - j);
        let mut sums = [Lanes::constant(simd, 0.0); R];
        for k in 0..a.columns() {
            let b = &bt.row(k)[j..][..count];
            let b = if count == lanes { Lanes::load(simd, b) } else { Lanes::load_partial(simd, b) };
            for (sum, row) in sums.iter_mut().zip(rows) {
                let difference = Lanes::splat(simd, row[k]) - b;
                *sum = difference.mul_add(difference, *sum);
            }
        }
        for (r, sum) in sums.into_iter().enumerate() {
            let out = &mut out.row_mut(i + r)[j..];
            if count == lanes {
                sum.store(&mut out[..lanes]);
            } else {
                sum.store_partial(out);
            }
        }
    }
}
