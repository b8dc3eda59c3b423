//! Selection by labels, and cross-entropy. A row without a label is left out, and its numbers are not read: what is made of it is 0.

use super::Compiled;
use super::extrema::is_larger;
use super::softmax::{GROUP, LOGARITHMS, blocks, divide_group, exponentials_of_group, groups, largest};
use crate::labels::LabelView;
use crate::math::Math;
use crate::simd::{Isa, Lanes, Largest, Scalar, Simd, Vectorized, fold_each};
use crate::view::{View, ViewMut};

/// `out[i]` = 1 where there is a label, 0 where it is missing.
pub fn has_label<T: Scalar>(_: Isa, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for (i, out) in out.row_mut(0).iter_mut().enumerate() {
        *out = T::from_f64(f64::from(u8::from(y.get(i).is_some())));
    }
}

/// `out[i] = z[i][y[i]]`.
pub fn pick<T: Scalar>(_: Isa, z: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for (i, out) in out.row_mut(0).iter_mut().enumerate() {
        *out = y.get(i).map_or(T::default(), |class| z.row(i)[class]);
    }
}

/// `out[i][y[i]] = v[i]`, zeros elsewhere.
pub fn place<T: Scalar>(_: Isa, v: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for (i, &v) in v.row(0).iter().enumerate() {
        let row = out.row_mut(i);
        row.fill(T::default());
        if let Some(class) = y.get(i) {
            row[class] = v;
        }
    }
}

/// Row i of out = row `y_i` of w.
pub fn gather<T: Scalar>(_: Isa, w: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        match y.get(i) {
            Some(class) => out.row_mut(i).copy_from_slice(w.row(class)),
            None => out.row_mut(i).fill(T::default()),
        }
    }
}

/// Row `y_i` of out += row i of g, from the first i to the last.
pub fn sum_by<T: Scalar>(_: Isa, g: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for i in 0..g.rows() {
        let Some(class) = y.get(i) else { continue };
        for (out, &g) in out.row_mut(class).iter_mut().zip(g.row(i)) {
            *out += g;
        }
    }
}

/// Row `y_i` of out = the larger of it and row i of z, element by element. NaN is larger than any number.
pub fn max_by<T: Scalar>(_: Isa, z: View<'_, T>, y: LabelView<'_>, mut out: ViewMut<'_, T>) {
    for i in 0..z.rows() {
        let Some(class) = y.get(i) else { continue };
        raise(out.row_mut(class), z.row(i));
    }
}

/// The larger of `out` and what later rows have, element by element.
pub fn merge_max<T: Scalar>(_: Isa, later: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..later.rows() {
        raise(out.row_mut(i), later.row(i));
    }
}

fn raise<T: Scalar>(tops: &mut [T], row: &[T]) {
    for (top, &x) in tops.iter_mut().zip(row) {
        if is_larger(x, *top) {
            *top = x;
        }
    }
}

/// `out[i] = lse(z[i]) - z[i][y[i]]`, 0 where the label is missing.
pub fn cross_entropy<T: Compiled>(isa: Isa, z: View<'_, T>, y: LabelView<'_>, out: ViewMut<'_, T>) {
    T::cross_entropy(isa, z, y, Some(out), None);
}

/// Row i of out = softmax(row i of z) less 1 at `y_i`, where it is minus the sum of the others: 1 - p cancels. Without a label it is
/// the softmax, since no element of the row is labelled.
pub fn softmax_residual<T: Compiled>(isa: Isa, z: View<'_, T>, y: LabelView<'_>, out: ViewMut<'_, T>) {
    T::cross_entropy(isa, z, y, None, Some(out));
}

/// [`cross_entropy`] and [`softmax_residual`].
pub fn cross_entropy_and_residual<T: Compiled>(
    isa: Isa,
    z: View<'_, T>,
    y: LabelView<'_>,
    out: ViewMut<'_, T>,
    residual: ViewMut<'_, T>,
) {
    T::cross_entropy(isa, z, y, Some(out), Some(residual));
}

pub(super) struct CrossEntropy<'a, T> {
    pub(super) z: View<'a, T>,
    pub(super) y: LabelView<'a>,
    pub(super) out: Option<ViewMut<'a, T>>,
    pub(super) residual: Option<ViewMut<'a, T>>,
}

impl<T: Math> Vectorized for CrossEntropy<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, y, mut out, mut residual } = self;
        assert_eq!(z.rows(), y.len());
        assert!(out.as_ref().is_none_or(|out| (out.rows(), out.columns()) == (1, z.rows())));
        assert!(residual.as_ref().is_none_or(|out| (out.rows(), out.columns()) == (z.rows(), z.columns())));
        let lanes = Lanes::<T, S>::count();
        for block in blocks(z.rows()) {
            let mut classes = [None; LOGARITHMS];
            for (i, class) in block.clone().zip(&mut classes) {
                *class = y.get(i);
            }
            let label = |i: usize| classes[i - block.start];
            let zero = [T::default(); LOGARITHMS];
            let (mut own, mut others, mut sums) = (zero, zero, zero);
            for group in groups(block.clone()) {
                let at = group.start - block.start;
                let mut by_lanes = [Lanes::constant(simd, 0.0); GROUP];
                for (i, lanes) in group.clone().zip(&mut by_lanes) {
                    own[i - block.start] = label(i).map_or(T::from_f64(f64::NEG_INFINITY), |class| z.row(i)[class]);
                    *lanes = largest(simd, z.row(i), label(i));
                }
                let tops_of_others = fold_each::<Largest, T, S, GROUP>(by_lanes);
                let mut tops = tops_of_others;
                for (top, &own) in tops.iter_mut().zip(&own[at..]) {
                    *top = larger(own, *top);
                }
                let sums_of_others = exponentials_of_group(simd, z, label, tops, group.clone(), residual.as_mut());
                if let Some(residual) = &mut residual {
                    let mut totals = sums_of_others;
                    for ((i, total), others) in group.clone().zip(&mut totals).zip(sums_of_others) {
                        let Some(class) = label(i) else { continue };
                        let own = &mut residual.row_mut(i)[class];
                        *total += *own;
                        *own = -others;
                    }
                    divide_group(simd, residual, group, totals);
                }
                others[at..][..GROUP].copy_from_slice(&tops_of_others);
                sums[at..][..GROUP].copy_from_slice(&sums_of_others);
            }
            let Some(out) = &mut out else { continue };
            let vectors = own.chunks_exact_mut(lanes).zip(others.chunks_exact(lanes)).zip(sums.chunks_exact(lanes));
            for ((own, others), sum) in vectors {
                let (own_class, others, sum) =
                    (Lanes::load(simd, own), Lanes::load(simd, others), Lanes::load(simd, sum));
                // With the labelled class for the maximum the result is ln(1 + Σ of the others), which may be tiny.
                let near = sum.log1p();
                let far = (others - own_class) + (sum + (own_class - others).exp()).ln();
                others.less_or_equal(own_class).select(near, far).store(own);
            }
            for ((out, own), class) in out.row_mut(0)[block].iter_mut().zip(own).zip(classes) {
                *out = if class.is_some() { own } else { T::default() };
            }
        }
    }
}

/// The larger of both; NaN if the first one is.
#[inline(always)]
fn larger<T: Scalar>(a: T, b: T) -> T {
    if a < b { b } else { a }
}
