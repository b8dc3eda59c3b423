//! Maxima of rows and columns, and log-sum-exps of columns. NaN is larger than any number: a maximum never hides one.

use crate::math::Math;
use crate::number::count;
use crate::simd::{Isa, Lanes, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// Each of them, compiled once for each element type.
pub trait Maxima: Scalar {
    /// The largest element of each row, to the entries of a line.
    fn row_max(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>);
    /// 1 at the first of the largest elements of each row, 0 elsewhere.
    fn row_max_mask(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>);
    /// The largest element of each column, and of what is known of the rows before.
    fn column_max(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>);
    /// ln Σ exp(z) of each column, and of what is known of the rows before.
    fn lse_columns(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>);
}

macro_rules! maxima {
    ($($t:ty)*) => {$(
        impl Maxima for $t {
            fn row_max(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(RowMax { a, out });
            }
            fn row_max_mask(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(RowMaxMask { a, out });
            }
            fn column_max(isa: Isa, a: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(ColumnMax { a, out });
            }
            fn lse_columns(isa: Isa, z: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(LseColumns { z, out });
            }
        }
    )*};
}

maxima! { f32 f64 }

/// The largest element of each row, to the entries of a line.
pub fn row_max<T: Maxima>(isa: Isa, a: View<'_, T>, out: ViewMut<'_, T>) {
    T::row_max(isa, a, out);
}

/// 1 at the first of the largest elements of each row, 0 elsewhere.
pub fn row_max_mask<T: Maxima>(isa: Isa, a: View<'_, T>, out: ViewMut<'_, T>) {
    T::row_max_mask(isa, a, out);
}

/// The largest element of each column, and of what is known of the rows before.
pub fn column_max<T: Maxima>(isa: Isa, a: View<'_, T>, out: ViewMut<'_, T>) {
    T::column_max(isa, a, out);
}

/// ln Σ exp(z) of each column, and of what is known of the rows before.
pub fn lse_columns<T: Maxima>(isa: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    T::lse_columns(isa, z, out);
}

/// Row numbers are stored in two parts, each of which an f32 holds exactly.
const ROW_PART: usize = 1 << 20;

fn parts<T: Scalar>(i: usize) -> [T; 2] {
    [i / ROW_PART, i % ROW_PART].map(|part| T::from_f64(count(part)))
}

/// Each column's largest element, and the row in which it stands first, in two parts: -inf where there is none yet.
pub fn column_top<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    let none = T::from_f64(f64::NEG_INFINITY);
    for i in 0..a.rows() {
        let [high, low] = parts(first + i);
        for (j, &x) in a.row(i).iter().enumerate() {
            let top = out.row_mut(0)[j];
            if is_larger(x, top) || out.row_mut(1)[j] == none {
                out.row_mut(0)[j] = x;
                out.row_mut(1)[j] = high;
                out.row_mut(2)[j] = low;
            }
        }
    }
}

/// Adds what [`column_top`] found in later rows.
pub fn merge_top<T: Scalar>(_: Isa, later: View<'_, T>, mut out: ViewMut<'_, T>) {
    let none = T::from_f64(f64::NEG_INFINITY);
    for j in 0..later.columns() {
        let x = later.row(0)[j];
        if later.row(1)[j] != none && (is_larger(x, out.row_mut(0)[j]) || out.row_mut(1)[j] == none) {
            for k in 0..3 {
                out.row_mut(k)[j] = later.row(k)[j];
            }
        }
    }
}

/// 1 where [`column_top`] found a column's largest element, 0 elsewhere.
pub fn column_max_mask<T: Scalar>(_: Isa, first: usize, top: View<'_, T>, mut out: ViewMut<'_, T>) {
    let (high, low) = (top.row(1), top.row(2));
    for i in 0..out.rows() {
        let own = parts(first + i);
        for ((out, &high), &low) in out.row_mut(i).iter_mut().zip(high).zip(low) {
            *out = T::from_f64(if [high, low] == own { 1.0 } else { 0.0 });
        }
    }
}

fn is_nan<T: Scalar>(x: T) -> bool {
    x.to_f64().is_nan()
}

pub(super) fn is_larger<T: Scalar>(x: T, than: T) -> bool {
    x > than || (is_nan(x) && !is_nan(than))
}

/// The larger of both, NaN if one of them is.
#[inline(always)]
fn larger<T: Scalar, S: Simd>(x: Lanes<T, S>, top: Lanes<T, S>) -> Lanes<T, S> {
    top.equal(top).select(x.at_least(top), top)
}

/// The largest element; -inf if there is none.
#[inline(always)]
fn largest<T: Scalar, S: Simd>(simd: S, row: &[T]) -> T {
    let lanes = Lanes::<T, S>::count();
    let mut all = T::from_f64(f64::NEG_INFINITY);
    let mut top = Lanes::splat(simd, all);
    let mut chunks = row.chunks_exact(lanes);
    for chunk in &mut chunks {
        top = larger(Lanes::load(simd, chunk), top);
    }
    let mut take = |x: T| {
        if is_larger(x, all) {
            all = x;
        }
    };
    top.for_each(&mut take);
    chunks.remainder().iter().copied().for_each(take);
    all
}

struct RowMax<'a, T> {
    a: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for RowMax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, mut out } = self;
        assert_eq!((out.rows(), a.rows()), (1, out.columns()));
        for (i, out) in out.row_mut(0).iter_mut().enumerate() {
            *out = largest(simd, a.row(i));
        }
    }
}

struct RowMaxMask<'a, T> {
    a: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for RowMaxMask<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, mut out } = self;
        for i in 0..a.rows() {
            let (row, out) = (a.row(i), out.row_mut(i));
            let top = largest(simd, row);
            out.fill(T::default());
            if let Some(j) = row.iter().position(|&x| x == top || (is_nan(x) && is_nan(top))) {
                out[j] = T::from_f64(1.0);
            }
        }
    }
}

struct ColumnMax<'a, T> {
    a: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for ColumnMax<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, mut out } = self;
        strips(a, &mut out, |column| {
            let known = column.known(simd);
            column.fold(simd, known, |top, x| larger(x, top))
        });
    }
}

struct LseColumns<'a, T> {
    z: View<'a, T>,
    out: ViewMut<'a, T>,
}

impl<T: Math> Vectorized for LseColumns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, mut out } = self;
        strips(z, &mut out, |column| {
            let least = Lanes::constant(simd, f64::NEG_INFINITY);
            let known = column.known(simd);
            let top = column.fold(simd, known, |top, x| larger(x, top));
            // Columns of -inf alone, such as those that are masked, have the sum 0.
            let top = top.equal(least).select(Lanes::constant(simd, 0.0), top);
            let sum = column.fold(simd, (known - top).exp(), |sum, x| sum + (x - top).exp());
            top + sum.ln()
        });
    }
}

/// A few neighbouring columns, and what is known of each.
struct Strip<'s, T> {
    a: View<'s, T>,
    known: &'s [T],
    start: usize,
}

impl<T: Scalar> Strip<'_, T> {
    #[inline(always)]
    fn known<S: Simd>(&self, simd: S) -> Lanes<T, S> {
        Lanes::load(simd, self.known)
    }

    /// Combines `first` with each row's elements.
    #[inline(always)]
    fn fold<S: Simd>(
        &self,
        simd: S,
        first: Lanes<T, S>,
        step: impl Fn(Lanes<T, S>, Lanes<T, S>) -> Lanes<T, S>,
    ) -> Lanes<T, S> {
        let part = self.start..self.start + self.known.len();
        (0..self.a.rows()).fold(first, |sum, i| step(sum, Lanes::load(simd, &self.a.row(i)[part.clone()])))
    }
}

/// Sets each strip of the line `out` to what `column` makes of it and of the rows.
#[inline(always)]
fn strips<T: Scalar, S: Simd>(a: View<'_, T>, out: &mut ViewMut<'_, T>, column: impl Fn(&Strip<'_, T>) -> Lanes<T, S>) {
    let lanes = Lanes::<T, S>::count();
    let out = out.row_mut(0);
    assert_eq!(out.len(), a.columns());
    for (k, known) in out.chunks_mut(lanes).enumerate() {
        let result = column(&Strip { a, known, start: k * lanes });
        result.store(known);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "masks and maxima are exact")]
mod tests {
    use super::*;

    /// Rows 1 and 3 have the largest element of the first column; all of the second are NaN or less; the third is -inf.
    const A: [f64; 12] = [
        1.0,
        f64::NAN,
        f64::NEG_INFINITY, //
        7.0,
        2.0,
        f64::NEG_INFINITY, //
        -3.0,
        f64::NAN,
        f64::NEG_INFINITY, //
        7.0,
        9.0,
        f64::NEG_INFINITY,
    ];

    #[test]
    fn the_first_of_equal_elements_is_found_in_whichever_block_it_is() {
        for isa in Isa::available() {
            for block in 1..=4 {
                let mut top = [f64::NEG_INFINITY; 9];
                let mut largest = [f64::NEG_INFINITY; 3];
                for first in (0..4).step_by(block) {
                    let rows = View::new(&A, 4, 3).row_range(first..4.min(first + block));
                    column_top(isa, first, rows, ViewMut::new(&mut top, 3, 3));
                    column_max(isa, rows, ViewMut::line(&mut largest));
                }
                assert!(largest[0] == 7.0 && largest[1].is_nan() && largest[2] == f64::NEG_INFINITY);
                let mut mask = [f64::NAN; 12];
                column_max_mask(isa, 0, View::new(&top, 3, 3), ViewMut::new(&mut mask, 4, 3));
                assert_eq!(mask, [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "blocks of {block}");
            }
            let mut mask = [f64::NAN; 12];
            row_max_mask(isa, View::new(&A, 3, 4), ViewMut::new(&mut mask, 3, 4));
            assert_eq!(mask, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
        }
    }

    #[test]
    fn the_first_of_equal_elements_of_a_row_is_found_wherever_it_stands() {
        for isa in Isa::available() {
            for width in [2, 3, 7, 8, 9, 16, 17, 33] {
                for first in 0..width - 1 {
                    for top in [5.0, f64::NAN, f64::INFINITY] {
                        let mut row: Vec<f64> = (0..width).map(|j| -count(j)).collect();
                        row[first..].fill(top);
                        let (mut mask, mut largest) = (vec![f64::NAN; width], [0.0]);
                        row_max_mask(isa, View::new(&row, 1, width), ViewMut::new(&mut mask, 1, width));
                        row_max(isa, View::new(&row, 1, width), ViewMut::line(&mut largest));
                        assert!(
                            mask.iter().enumerate().all(|(j, &x)| x == if j == first { 1.0 } else { 0.0 }),
                            "{row:?}"
                        );
                        assert!(largest[0] == top || largest[0].is_nan() && top.is_nan(), "{row:?}");
                    }
                }
            }
        }
    }

    /// Whichever rows are a chunk of their own, even none, of equal elements the first one is found.
    #[test]
    fn chunks_are_merged_as_if_they_were_one() {
        for isa in Isa::available() {
            for cut in 0..=4 {
                let all = View::new(&A, 4, 3);
                let (mut top, mut largest) = ([[f64::NEG_INFINITY; 9]; 2], [[f64::NEG_INFINITY; 3]; 2]);
                for (rows, (top, largest)) in [0..cut, cut..4].into_iter().zip(top.iter_mut().zip(&mut largest)) {
                    column_top(isa, rows.start, all.row_range(rows.clone()), ViewMut::new(top, 3, 3));
                    column_max(isa, all.row_range(rows), ViewMut::line(largest));
                }
                let [mut first, later] = top;
                merge_top(isa, View::new(&later, 3, 3), ViewMut::new(&mut first, 3, 3));
                let [mut top, later] = largest;
                column_max(isa, View::line(&later), ViewMut::line(&mut top));
                assert!(top[0] == 7.0 && top[1].is_nan() && top[2] == f64::NEG_INFINITY, "cut at {cut}");
                let mut mask = [f64::NAN; 12];
                column_max_mask(isa, 0, View::new(&first, 3, 3), ViewMut::new(&mut mask, 4, 3));
                assert_eq!(mask, [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "cut at {cut}");
            }
        }
    }

    /// Columns of -inf, with NaN, and of numbers, in blocks of every height.
    #[test]
    fn log_sum_exps_of_columns_are_those_of_all_blocks() {
        let z = [
            1.0,
            f64::NEG_INFINITY,
            3.0,
            -800.0,
            f64::NEG_INFINITY,
            f64::NAN,
            2.0,
            f64::NEG_INFINITY,
            0.5,
            1.0,
            f64::NEG_INFINITY,
            4.0,
        ];
        // ln(2 e + e² + e⁻⁸⁰⁰)
        let expected = (2.0 * 1.0_f64.exp() + 2.0_f64.exp()).ln();
        for isa in Isa::available() {
            for block in 1..=4 {
                let mut sums = [f64::NEG_INFINITY; 3];
                for first in (0..4).step_by(block) {
                    let rows = View::new(&z, 4, 3).row_range(first..4.min(first + block));
                    lse_columns(isa, rows, ViewMut::line(&mut sums));
                }
                assert!((sums[0] - expected).abs() <= 1e-15 * expected, "{sums:?}");
                assert!(sums[1] == f64::NEG_INFINITY && sums[2].is_nan(), "{sums:?}");
            }
        }
    }

    #[test]
    fn row_numbers_beyond_the_integers_of_f32_are_exact() {
        let first = (1 << 25) + 1;
        let mut top = [f32::NEG_INFINITY; 3];
        column_top(Isa::detect(), first, View::new(&[0.0f32, 5.0], 2, 1), ViewMut::new(&mut top, 3, 1));
        let mut mask = [0.0f32; 4];
        column_max_mask(Isa::detect(), first - 1, View::new(&top, 3, 1), ViewMut::new(&mut mask, 4, 1));
        assert_eq!(mask, [0.0, 0.0, 1.0, 0.0]);
    }
}
