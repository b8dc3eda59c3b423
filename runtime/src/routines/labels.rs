//! Selection by labels, and cross-entropy.

use super::rows::{exponentials, largest, scale};
use crate::labels::LabelView;
use crate::simd::{Element, Isa, Simd, Vectorized};
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
        for (i, out) in out.row_mut(0).iter_mut().enumerate() {
            let row = z.row(i);
            let (before, rest) = row.split_at(y.get(i));
            let (own, after) = (rest[0].to_f64(), &rest[1..]);
            // With the labelled class for the maximum the result is ln(1 + Σ of the others), which may be tiny.
            let others = largest(simd, before).to_f64().max(largest(simd, after).to_f64());
            let top = T::from_f64(own.max(others));
            let sum =
                exponentials(simd, before, top, &mut []).to_f64() + exponentials(simd, after, top, &mut []).to_f64();
            let top = top.to_f64();
            *out = T::from_f64(if own >= others { sum.ln_1p() } else { (top - own) + (sum + (own - top).exp()).ln() });
        }
    }
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
        for i in 0..z.rows() {
            let (row, out, own) = (z.row(i), out.row_mut(i), y.get(i));
            exponentials(simd, row, largest(simd, row), out);
            let e = out[own].to_f64();
            out[own] = T::default();
            let others = total(out);
            scale(simd, out, T::from_f64((others + e).recip()));
            out[own] = T::from_f64(-others / (others + e));
        }
    }
}

/// The sum of a row, in f64.
fn total<T: Element>(row: &[T]) -> f64 {
    row.iter().map(|x| x.to_f64()).sum()
}
