//! Operators on each row by itself, by way of the row's maximum: nothing overflows.
//!
//! A row is short and in cache: it is read once for its maximum, once for the exponentials and their sum.

use super::labels::{CrossEntropy, Residual};
use super::pairwise::SquaredDistances;
use crate::labels::LabelView;
use crate::simd::{Element, Isa, Lanes, Mask, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// Each row-wise operator, compiled once for each element type.
pub trait RowWise: Sized {
    /// exp(z - lse(z)) of each row.
    fn softmax_rows(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>);
    /// ln Σ exp(z) of each row, to the entries of a line.
    fn lse_rows(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>);
    /// `lse(z) - z[y]` of each row, to the entries of a line.
    fn cross_entropy(isa: Isa, z: View<'_, Self>, y: LabelView<'_>, out: ViewMut<'_, Self>);
    /// softmax(z) - onehot(y) of each row.
    fn softmax_residual(isa: Isa, z: View<'_, Self>, y: LabelView<'_>, out: ViewMut<'_, Self>);
    /// The squared distances of each row of `a` to each column of `bt`.
    fn squared_distances(isa: Isa, a: View<'_, Self>, bt: View<'_, Self>, out: ViewMut<'_, Self>);
}

macro_rules! row_wise {
    ($($t:ty)*) => {$(
        impl RowWise for $t {
            fn softmax_rows(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(Softmax { z, out });
            }
            fn lse_rows(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(LogSumExp { z, out });
            }
            fn cross_entropy(isa: Isa, z: View<'_, Self>, y: LabelView<'_>, out: ViewMut<'_, Self>) {
                isa.run(CrossEntropy { z, y, out });
            }
            fn softmax_residual(isa: Isa, z: View<'_, Self>, y: LabelView<'_>, out: ViewMut<'_, Self>) {
                isa.run(Residual { z, y, out });
            }
            fn squared_distances(isa: Isa, a: View<'_, Self>, bt: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(SquaredDistances { a, bt, out });
            }
        }
    )*};
}

row_wise! { f32 f64 }

/// exp(z - lse(z)) of each row.
pub fn softmax_rows<T: Element>(isa: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    T::softmax_rows(isa, z, out);
}

/// ln Σ exp(z) of each row, to the entries of a line.
pub fn lse_rows<T: Element>(isa: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    T::lse_rows(isa, z, out);
}

/// ln(eᵇᵉᶠᵒʳᵉ + Σ exp(z)) over all elements: rows are added to what was known of the rows before.
#[must_use]
pub fn lse<T: Element>(isa: Isa, z: View<'_, T>, before: f64) -> f64 {
    (0..z.rows()).fold(before, |sum, i| {
        let mut line = [T::default()];
        T::lse_rows(isa, z.row_range(i..i + 1), ViewMut::line(&mut line));
        add_exp(sum, line[0].to_f64())
    })
}

/// ln(eᵃ + eᵇ).
#[must_use]
pub fn add_exp(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if high.is_infinite() { high } else { high + (low - high).exp().ln_1p() }
}

/// The largest element; -inf if there is none, any number if one is NaN.
#[inline(always)]
pub(super) fn largest<T: Element, S: Simd>(simd: S, row: &[T]) -> T {
    let lanes = Lanes::<T, S>::count();
    let mut top = Lanes::constant(simd, f64::NEG_INFINITY);
    let mut chunks = row.chunks_exact(lanes);
    for chunk in &mut chunks {
        top = Lanes::load(simd, chunk).at_least(top);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let last = Lanes::load_partial(simd, rest).at_least(top);
        top = Mask::first(simd, rest.len()).select(last, top);
    }
    top.largest()
}

/// Σ exp(z - top), and each exponential to `out` if it is as long as the row.
#[inline(always)]
pub(super) fn exponentials<T: Element, S: Simd>(simd: S, row: &[T], top: T, out: &mut [T]) -> T {
    let lanes = Lanes::<T, S>::count();
    let top = Lanes::splat(simd, top);
    let mut sum = Lanes::constant(simd, 0.0);
    let stores = out.len() == row.len();
    let whole = row.len() / lanes * lanes;
    for j in (0..whole).step_by(lanes) {
        let e = (Lanes::load(simd, &row[j..][..lanes]) - top).exp();
        sum = sum + e;
        if stores {
            e.store(&mut out[j..][..lanes]);
        }
    }
    if whole < row.len() {
        let e = (Lanes::load_partial(simd, &row[whole..]) - top).exp();
        sum = sum + e.first(row.len() - whole);
        if stores {
            e.store_partial(&mut out[whole..]);
        }
    }
    sum.reduce()
}

struct Softmax<'a, T> {
    z: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Element> Vectorized for Softmax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, mut out } = self;
        assert_eq!((z.rows(), z.columns()), (out.rows(), out.columns()));
        for i in 0..z.rows() {
            let (row, out) = (z.row(i), out.row_mut(i));
            let sum = exponentials(simd, row, largest(simd, row), out);
            scale(simd, out, T::from_f64(sum.to_f64().recip()));
        }
    }
}

/// Multiplies each element by `factor`.
#[inline(always)]
pub(super) fn scale<T: Element, S: Simd>(simd: S, row: &mut [T], factor: T) {
    let lanes = Lanes::<T, S>::count();
    let factor = Lanes::splat(simd, factor);
    let mut chunks = row.chunks_exact_mut(lanes);
    for chunk in &mut chunks {
        (Lanes::load(simd, chunk) * factor).store(chunk);
    }
    let rest = chunks.into_remainder();
    if !rest.is_empty() {
        (Lanes::load_partial(simd, rest) * factor).store_partial(rest);
    }
}

struct LogSumExp<'a, T> {
    z: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Element> Vectorized for LogSumExp<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        /// Rows whose logarithms are taken together: whole vectors of any instruction set.
        const GROUP: usize = 64;
        let Self { z, mut out } = self;
        assert_eq!((out.rows(), z.rows()), (1, out.columns()));
        let lanes = Lanes::<T, S>::count();
        let one = T::from_f64(1.0);
        for (group, out) in out.row_mut(0).chunks_mut(GROUP).enumerate() {
            let (mut tops, mut sums) = ([one; GROUP], [one; GROUP]);
            for (r, (top, sum)) in tops.iter_mut().zip(&mut sums).take(out.len()).enumerate() {
                let row = z.row(group * GROUP + r);
                *top = largest(simd, row);
                // A row of -inf alone, such as one that is masked, stays that.
                if top.to_f64() > f64::NEG_INFINITY {
                    *sum = exponentials(simd, row, *top, &mut []);
                }
            }
            for (top, sum) in tops.chunks_exact_mut(lanes).zip(sums.chunks_exact(lanes)) {
                (Lanes::load(simd, top) + Lanes::load(simd, sum).ln()).store(top);
            }
            out.copy_from_slice(&tops[..out.len()]);
        }
    }
}
