//! Functions of all pairs of rows.

use crate::simd::{Element, Isa, Lanes, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// `out[i][j]` = ‖row i of a - row j of b‖², from the differences; `bt` is bᵀ.
pub fn squared_distances<T: Element>(isa: Isa, a: View<'_, T>, _: View<'_, T>, bt: View<'_, T>, out: ViewMut<'_, T>) {
    T::squared_distances(isa, a, bt, out);
}

pub(super) struct SquaredDistances<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) bt: View<'a, T>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Element> Vectorized for SquaredDistances<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, bt, mut out } = self;
        assert_eq!((a.rows(), a.columns(), bt.columns()), (out.rows(), bt.rows(), out.columns()));
        let lanes = Lanes::<T, S>::count();
        let columns = bt.columns();
        for i in 0..a.rows() {
            let (row, out) = (a.row(i), out.row_mut(i));
            for j in (0..columns).step_by(lanes) {
                let mut sum = Lanes::constant(simd, 0.0);
                let count = lanes.min(columns - j);
                for (k, &a) in row.iter().enumerate() {
                    let b = &bt.row(k)[j..][..count];
                    let b = if count == lanes { Lanes::load(simd, b) } else { Lanes::load_partial(simd, b) };
                    let difference = Lanes::splat(simd, a) - b;
                    sum = difference.mul_add(difference, sum);
                }
                if count == lanes {
                    sum.store(&mut out[j..][..lanes]);
                } else {
                    sum.store_partial(&mut out[j..]);
                }
            }
        }
    }
}
