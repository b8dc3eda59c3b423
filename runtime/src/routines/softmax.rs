//! Operators on each row by itself, by way of the row's maximum: nothing overflows.
//!
//! A row is short and in cache: it is read once for its maximum, once for the exponentials and their sum. Rows are taken
//! several at a time, so that the lanes of their maxima, and of their sums, are combined together. What needs the same
//! exponentials is computed together: log-sum-exp and softmax, cross-entropy and its residual.

use core::ops::Range;

use super::Compiled;
use crate::math::Math;
use crate::simd::{Isa, Lanes, Largest, Mask, Plus, Scalar, Simd, Vectorized, fold_each};
use crate::view::{View, ViewMut};

/// exp(z - lse(z)) of each row.
pub fn softmax_rows<T: Compiled>(isa: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    T::log_sum_exp(isa, z, None, Some(out));
}

/// ln Σ exp(z) of each row, to the entries of a line.
pub fn lse_rows<T: Compiled>(isa: Isa, z: View<'_, T>, out: ViewMut<'_, T>) {
    T::log_sum_exp(isa, z, Some(out), None);
}

/// [`lse_rows`] and [`softmax_rows`].
pub fn lse_and_softmax_rows<T: Compiled>(isa: Isa, z: View<'_, T>, lse: ViewMut<'_, T>, softmax: ViewMut<'_, T>) {
    T::log_sum_exp(isa, z, Some(lse), Some(softmax));
}

/// ln(eᵇᵉᶠᵒʳᵉ + Σ exp(z)) over all elements: rows are added to what was known of the rows before.
#[must_use]
pub fn lse<T: Compiled>(isa: Isa, z: View<'_, T>, before: f64) -> f64 {
    (0..z.rows()).fold(before, |sum, i| {
        let mut line = [T::default()];
        lse_rows(isa, z.row_range(i..i + 1), ViewMut::line(&mut line));
        add_exp(sum, line[0].to_f64())
    })
}

/// ln(eᵃ + eᵇ).
#[must_use]
pub fn add_exp(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if high.is_infinite() { high } else { high + (low - high).exp().ln_1p() }
}

/// `vector`, which begins at column `j`, with `instead` at the column `skip`.
#[inline(always)]
fn skipping<T: Scalar, S: Simd>(vector: Lanes<T, S>, j: usize, skip: Option<usize>, instead: f64) -> Lanes<T, S> {
    let Some(skip) = skip else { return vector };
    let simd = vector.simd();
    let lane = skip.checked_sub(j).filter(|lane| *lane < Lanes::<T, S>::count());
    let lane = lane.and_then(|lane| u8::try_from(lane).ok()).map_or(-1.0, f64::from);
    Lanes::numbers(simd).equal(Lanes::constant(simd, lane)).select(Lanes::constant(simd, instead), vector)
}

/// The largest elements by lanes, but for the column `skip`; -inf if there is none, any number if one is NaN.
#[inline(always)]
pub(super) fn largest<T: Scalar, S: Simd>(simd: S, row: &[T], skip: Option<usize>) -> Lanes<T, S> {
    let lanes = Lanes::<T, S>::count();
    let mut top = Lanes::constant(simd, f64::NEG_INFINITY);
    let whole = row.len() / lanes * lanes;
    for j in (0..whole).step_by(lanes) {
        let z = skipping(Lanes::load(simd, &row[j..][..lanes]), j, skip, f64::NEG_INFINITY);
        top = z.at_least(top);
    }
    if whole < row.len() {
        let z = skipping(Lanes::load_partial(simd, &row[whole..]), whole, skip, f64::NEG_INFINITY);
        top = Mask::first(simd, row.len() - whole).select(z.at_least(top), top);
    }
    top
}

/// Σ exp(z - top) by lanes, but for the column `skip`, and each exponential to `out` if it is as long as the row.
#[inline(always)]
pub(super) fn exponentials<T: Math, S: Simd>(
    simd: S,
    row: &[T],
    skip: Option<usize>,
    top: T,
    out: &mut [T],
) -> Lanes<T, S> {
    let lanes = Lanes::<T, S>::count();
    let top = Lanes::splat(simd, top);
    let mut sum = Lanes::constant(simd, 0.0);
    let stores = out.len() == row.len();
    let whole = row.len() / lanes * lanes;
    for j in (0..whole).step_by(lanes) {
        let e = (Lanes::load(simd, &row[j..][..lanes]) - top).exp();
        sum = sum + skipping(e, j, skip, 0.0);
        if stores {
            e.store(&mut out[j..][..lanes]);
        }
    }
    if whole < row.len() {
        let e = (Lanes::load_partial(simd, &row[whole..]) - top).exp();
        sum = sum + skipping(e, whole, skip, 0.0).first(row.len() - whole);
        if stores {
            e.store_partial(&mut out[whole..]);
        }
    }
    sum
}

/// Rows that are taken together.
pub(super) const GROUP: usize = 8;

/// The largest element of each row of a group, 0 where all are -inf: their exponentials are zero.
#[inline(always)]
fn tops_of_group<T: Scalar, S: Simd>(simd: S, z: View<'_, T>, group: Range<usize>) -> [T; GROUP] {
    let mut by_lanes = [Lanes::constant(simd, 0.0); GROUP];
    for (i, lanes) in group.zip(&mut by_lanes) {
        *lanes = largest(simd, z.row(i), None);
    }
    finite_tops(fold_each::<Largest, T, S, GROUP>(by_lanes))
}

/// The numbers that are subtracted before exponentials: the largest of each row, but 0 for a row of -inf alone, such as one
/// that is masked.
#[inline(always)]
fn finite_tops<T: Scalar>(mut tops: [T; GROUP]) -> [T; GROUP] {
    for top in &mut tops {
        if top.to_f64() == f64::NEG_INFINITY {
            *top = T::default();
        }
    }
    tops
}

/// The numbers of the rows whose logarithms are taken together.
pub(super) fn blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(LOGARITHMS).map(move |i| i..rows.min(i + LOGARITHMS))
}

/// The numbers of the rows of each group.
pub(super) fn groups(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = rows.end;
    rows.step_by(GROUP).map(move |i| i..end.min(i + GROUP))
}

/// The sums of the exponentials of each row of a group, less `tops` in the exponents and but for the columns `skip`. The
/// exponentials go to `out`, if they are wanted.
#[inline(always)]
pub(super) fn exponentials_of_group<T: Math, S: Simd>(
    simd: S,
    z: View<'_, T>,
    skip: impl Fn(usize) -> Option<usize>,
    tops: [T; GROUP],
    group: Range<usize>,
    mut out: Option<&mut ViewMut<'_, T>>,
) -> [T; GROUP] {
    let mut by_lanes = [Lanes::constant(simd, 0.0); GROUP];
    for ((i, lanes), top) in group.zip(&mut by_lanes).zip(tops) {
        let out: &mut [T] = match &mut out {
            Some(out) => out.row_mut(i),
            None => &mut [],
        };
        *lanes = exponentials(simd, z.row(i), skip(i), top, out);
    }
    fold_each::<Plus, T, S, GROUP>(by_lanes)
}

/// The maxima, the sums of exponentials, and the softmax if it is wanted, of a whole group of rows of at most one vector
/// each, which stays in registers.
#[inline(always)]
fn narrow_group<T: Math, S: Simd>(
    simd: S,
    z: View<'_, T>,
    first: usize,
    softmax: Option<&mut ViewMut<'_, T>>,
) -> ([T; GROUP], [T; GROUP]) {
    let (is_whole, are_there) = (z.columns() == Lanes::<T, S>::count(), Mask::first(simd, z.columns()));
    let mut rows = [Lanes::constant(simd, f64::NEG_INFINITY); GROUP];
    for (r, vector) in rows.iter_mut().enumerate() {
        let row = z.row(first + r);
        let z = if is_whole { Lanes::load(simd, row) } else { Lanes::load_partial(simd, row) };
        *vector = are_there.select(z, *vector);
    }
    let tops = finite_tops(fold_each::<Largest, T, S, GROUP>(rows));
    for (vector, &top) in rows.iter_mut().zip(&tops) {
        let top = Lanes::splat(simd, top);
        // Lanes beyond the row hold its largest element, so that their exponential is 1: one far from 1 takes longer.
        *vector = are_there.select(*vector, top) - top;
    }
    let mut exponentials = T::exp_each(rows);
    for vector in &mut exponentials {
        *vector = are_there.select(*vector, Lanes::constant(simd, 0.0));
    }
    let sums = fold_each::<Plus, T, S, GROUP>(exponentials);
    if let Some(softmax) = softmax {
        for (r, (vector, &sum)) in exponentials.iter().zip(&sums).enumerate() {
            let shares = *vector * Lanes::splat(simd, T::from_f64(1.0) / sum);
            let row = softmax.row_mut(first + r);
            if is_whole { shares.store(row) } else { shares.store_partial(row) }
        }
    }
    (tops, sums)
}

/// Divides each row of a group.
#[inline(always)]
pub(super) fn divide_group<T: Scalar, S: Simd>(
    simd: S,
    out: &mut ViewMut<'_, T>,
    group: Range<usize>,
    divisors: [T; GROUP],
) {
    for (i, divisor) in group.zip(divisors) {
        scale(simd, out.row_mut(i), T::from_f64(1.0) / divisor);
    }
}

/// Multiplies each element by `factor`.
#[inline(always)]
fn scale<T: Scalar, S: Simd>(simd: S, row: &mut [T], factor: T) {
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

/// Rows whose logarithms are taken together: groups, and whole vectors of any instruction set.
pub(super) const LOGARITHMS: usize = 64;

pub(super) struct LogSumExp<'a, T> {
    pub(super) z: View<'a, T>,
    pub(super) lse: Option<ViewMut<'a, T>>,
    pub(super) softmax: Option<ViewMut<'a, T>>,
}

impl<T: Math> Vectorized for LogSumExp<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { z, mut lse, mut softmax } = self;
        assert!(lse.as_ref().is_none_or(|lse| (lse.rows(), lse.columns()) == (1, z.rows())));
        assert!(softmax.as_ref().is_none_or(|softmax| (softmax.rows(), softmax.columns()) == (z.rows(), z.columns())));
        let one = T::from_f64(1.0);
        for block in blocks(z.rows()) {
            let (mut tops, mut sums) = ([one; LOGARITHMS], [one; LOGARITHMS]);
            let parts = tops.as_chunks_mut::<GROUP>().0.iter_mut().zip(sums.as_chunks_mut::<GROUP>().0);
            for (group, (tops, sums)) in groups(block.clone()).zip(parts) {
                if const { !S::IS_SCALAR } && z.columns() <= Lanes::<T, S>::count() && group.len() == GROUP {
                    (*tops, *sums) = narrow_group(simd, z, group.start, softmax.as_mut());
                    continue;
                }
                *tops = tops_of_group(simd, z, group.clone());
                *sums = exponentials_of_group(simd, z, |_| None, *tops, group.clone(), softmax.as_mut());
                if let Some(softmax) = &mut softmax {
                    divide_group(simd, softmax, group, *sums);
                }
            }
            if let Some(lse) = &mut lse {
                let lanes = Lanes::<T, S>::count();
                for (top, sum) in tops.chunks_exact_mut(lanes).zip(sums.chunks_exact(lanes)) {
                    (Lanes::load(simd, top) + Lanes::load(simd, sum).ln()).store(top);
                }
                let count = block.len();
                lse.row_mut(0)[block].copy_from_slice(&tops[..count]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__rt_0_1::{cross_entropy, cross_entropy_and_residual, softmax_residual};
    use crate::element::Element;
    use crate::labels::LabelInput;

    /// Rows of numbers of which some are far apart; the last row is -inf.
    fn rows<T: Element>(count: usize, columns: usize) -> Vec<T> {
        let mut random = crate::random::Random(7);
        let spread = |i: usize| if (i / columns).is_multiple_of(3) { 200.0 } else { 3.0 };
        let numbers = (0..count * columns)
            .map(|i| T::from_f64(spread(i) * (f64::from(u32::try_from(random.below(2001)).unwrap()) / 1000.0 - 1.0)));
        let mut values: Vec<T> = numbers.collect();
        values[(count - 1) * columns..].fill(T::from_f64(f64::NEG_INFINITY));
        values
    }

    /// Σ exp(z - top) of a row without the column `skip`, where the difference is rounded.
    fn sum<T: Element>(row: &[T], top: f64, skip: Option<usize>) -> f64 {
        let terms = row.iter().enumerate().filter(|(j, _)| Some(*j) != skip);
        terms.map(|(_, z)| T::from_f64(z.to_f64() - top).to_f64().exp()).sum()
    }

    fn close<T: Element>(found: T, expected: f64, size: f64, context: &str) {
        let unit = if T::NAME == "f32" { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let error = (found.to_f64() - expected).abs();
        let tiny = f64::from(f32::MIN_POSITIVE);
        assert!(error <= 8.0 * unit * size.max(tiny), "{context}: {found:?}, {expected}");
    }

    fn check<T: Element>(isa: Isa, count: usize, columns: usize) {
        let values = rows::<T>(count, columns);
        let z = View::new(&values, count, columns);
        let labels: Vec<u32> = (0..count).map(|i| u32::try_from((3 * i + i / columns) % columns).unwrap()).collect();
        let labels = LabelInput::new("y", "Labels<N, C>", (&labels).into(), columns).unwrap();
        let labels = labels.whole();
        let line = || vec![T::default(); count];
        let matrix = || vec![T::default(); count * columns];
        let (mut lse, mut softmax, mut entropy, mut residual) = (line(), matrix(), line(), matrix());
        lse_and_softmax_rows(isa, z, ViewMut::line(&mut lse), ViewMut::new(&mut softmax, count, columns));
        let residual_out = ViewMut::new(&mut residual, count, columns);
        cross_entropy_and_residual(isa, z, labels, ViewMut::line(&mut entropy), residual_out);
        for (i, row) in values.chunks(columns).enumerate() {
            let context = format!("{isa:?} {}, row {i} of {count} x {columns}", T::NAME);
            let top = row.iter().fold(f64::NEG_INFINITY, |top, z| top.max(z.to_f64()));
            if !top.is_finite() {
                // The softmax of such a row is not specified.
                assert!(lse[i].to_f64() < f64::MIN, "{context}");
                continue;
            }
            let total = sum(row, top, None);
            close(lse[i], top + total.ln(), top.abs().max(1.0), &context);
            let own = labels.get(i).unwrap();
            let others = sum(row, top, Some(own));
            let own_less = row[own].to_f64() - top;
            let expected = if own_less == 0.0 { others.ln_1p() } else { total.ln() - own_less };
            close(entropy[i], expected, expected.max(own_less.abs()), &context);
            for (j, z) in row.iter().enumerate() {
                let share = sum(&[*z], top, None) / total;
                close(softmax[i * columns + j], share, share, &context);
                let less = if j == own { -others / total } else { share };
                close(residual[i * columns + j], less, less.abs(), &context);
            }
        }
        // Alone they have the same bits.
        let (mut line, mut matrix) = (line(), matrix());
        let bits = |values: &[T]| values.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
        lse_rows(isa, z, ViewMut::line(&mut line));
        assert_eq!(bits(&line), bits(&lse));
        softmax_rows(isa, z, ViewMut::new(&mut matrix, count, columns));
        assert_eq!(bits(&matrix), bits(&softmax));
        cross_entropy(isa, z, labels, ViewMut::line(&mut line));
        assert_eq!(bits(&line), bits(&entropy));
        softmax_residual(isa, z, labels, ViewMut::new(&mut matrix, count, columns));
        assert_eq!(bits(&matrix), bits(&residual));
    }

    /// The definition, at its limits: chunks of rows that are masked, or that have overflown.
    #[test]
    fn exponentials_are_added_where_they_are_infinite_or_zero() {
        let inf = f64::INFINITY;
        for (a, b, expected) in
            [(-inf, -inf, -inf), (inf, inf, inf), (inf, -inf, inf), (3.0, inf, inf), (3.0, -inf, 3.0)]
        {
            assert_eq!([add_exp(a, b), add_exp(b, a)].map(f64::to_bits), [expected.to_bits(); 2], "{a} {b}");
        }
        assert!(add_exp(f64::NAN, 1.0).is_nan() && add_exp(1.0, f64::NAN).is_nan());
        for isa in Isa::available() {
            let rows = [-inf, -inf, 1.0, -inf];
            let halves = [0..1, 1..2].map(|half| lse(isa, View::new(&rows, 2, 2).row_range(half), -inf));
            assert_eq!(halves.map(f64::to_bits), [-inf, 1.0].map(f64::to_bits));
        }
    }

    #[test]
    fn rows_of_every_width_have_their_sums_and_shares() {
        for isa in Isa::available() {
            // An interpreter, a thousand times as slow, has a few of each kind.
            let counts: &[usize] = if cfg!(miri) { &[1, 8, 21] } else { &[1, 3, 8, 21, 70] };
            let widths: &[usize] = if cfg!(miri) { &[1, 3, 17] } else { &[1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 31, 33] };
            for &count in counts {
                for &columns in widths {
                    check::<f32>(isa, count, columns);
                    check::<f64>(isa, count, columns);
                }
            }
        }
    }
}
