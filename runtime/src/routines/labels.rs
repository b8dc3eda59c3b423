//! Selection by labels, and cross-entropy.

use super::rows::{GROUP, LOGARITHMS, exponentials, exponentials_of_group, groups, largest, scale};
use crate::labels::LabelView;
use crate::simd::{Element, Isa, Lanes, Largest, Plus, Simd, Vectorized, fold_each};
use crate::view::{View, ViewMut};

/// `out[i] = z[i][y[i]]`.
pub fn pick<T: Element>(_: Isa, z: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for (i, out) in out.row_mut(0).iter_mut().enumerate() {
        *out = z.row(i)[y.get(i)];
    }
}

/// `out[i][y[i]] = v[i]`, zeros elsewhere.
pub fn place<T: Element>(_: Isa, v: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for (i, &v) in v.row(0).iter().enumerate() {
        let row = out.row_mut(i);
        row.fill(T::default());
        row[y.get(i)] = v;
    }
}

/// Row i of out = row `y_i` of w.
pub fn gather<T: Element>(_: Isa, w: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        out.row_mut(i).copy_from_slice(w.row(y.get(i)));
    }
}

/// Row `y_i` of out += row i of g, from the first i to the last.
pub fn scatter<T: Element>(_: Isa, g: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for i in 0..g.rows() {
        for (out, &g) in out.row_mut(y.get(i)).iter_mut().zip(g.row(i)) {
            *out += g;
        }
    }
}

/// `out[i] = lse(z[i]) - z[i][y[i]]`.
pub fn cross_entropy<T: Element>(isa: Isa, z: View<'_, T>, y: LabelView<'_>, out: ViewMut<'_, T>) {
    T::cross_entropy(isa, z, y, out);
}

/// Row i of out = softmax(row i of z) less 1 at `y_i`, where it is minus the sum of the others: 1 - p cancels.
pub fn softmax_residual<T: Element>(isa: Isa, z: View<'_, T>, y: LabelView<'_>, out: ViewMut<'_, T>) {
    T::softmax_residual(isa, z, y, out);
}

pub(super) struct CrossEntropy<'a, T> {
    pub(super) z: View<'a, T>,
    pub(super) y: LabelView<'a>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Element> Vectorized for CrossEntropy<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, y, mut out } = self;
        assert_eq!((z.rows(), y.len()), (out.columns(), out.columns()));
        let lanes = Lanes::<T, S>::count();
        for (block, out) in out.row_mut(0).chunks_mut(LOGARITHMS).enumerate() {
            let zero = [T::default(); LOGARITHMS];
            let (mut own, mut others, mut sums) = (zero, zero, zero);
            let first = block * LOGARITHMS;
            for group in groups(first..first + out.len()) {
                let at = group.start - first;
                let mut by_lanes = [Lanes::constant(simd, 0.0); GROUP];
                for (i, lanes) in group.clone().zip(&mut by_lanes) {
                    own[i - first] = z.row(i)[y.get(i)];
                    *lanes = largest(simd, z.row(i), Some(y.get(i)));
                }
                others[at..][..GROUP].copy_from_slice(&fold_each::<Largest, T, S, GROUP>(by_lanes));
                for (i, lanes) in group.zip(&mut by_lanes) {
                    let top = larger(own[i - first], others[i - first]);
                    *lanes = exponentials(simd, z.row(i), Some(y.get(i)), top, &mut []);
                }
                sums[at..][..GROUP].copy_from_slice(&fold_each::<Plus, T, S, GROUP>(by_lanes));
            }
            let vectors = own.chunks_exact_mut(lanes).zip(others.chunks_exact(lanes)).zip(sums.chunks_exact(lanes));
            for ((own, others), sum) in vectors {
                let (own_class, others, sum) =
                    (Lanes::load(simd, own), Lanes::load(simd, others), Lanes::load(simd, sum));
                // With the labelled class for the maximum the result is ln(1 + Σ of the others), which may be tiny.
                let near = sum.log1p();
                let far = (others - own_class) + (sum + (own_class - others).exp()).ln();
                others.less_or_equal(own_class).select(near, far).store(own);
            }
            out.copy_from_slice(&own[..out.len()]);
        }
    }
}

/// The larger of both; NaN if the first one is.
#[inline(always)]
fn larger<T: Element>(a: T, b: T) -> T {
    if a < b { b } else { a }
}

pub(super) struct Residual<'a, T> {
    pub(super) z: View<'a, T>,
    pub(super) y: LabelView<'a>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Element> Vectorized for Residual<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, y, mut out } = self;
        assert_eq!((z.rows(), z.columns(), y.len()), (out.rows(), out.columns(), out.rows()));
        let one = T::from_f64(1.0);
        for group in groups(0..z.rows()) {
            let skip = |i: usize| Some(y.get(i));
            let (_, others) = exponentials_of_group(simd, z, skip, group.clone(), out.reborrow());
            for (i, others) in group.zip(others) {
                let (out, own) = (out.row_mut(i), y.get(i));
                let inverse = one / (others + out[own]);
                scale(simd, out, inverse);
                out[own] = -others * inverse;
            }
        }
    }
}
