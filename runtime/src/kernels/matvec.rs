//! Products with one vector (GEMV): ⟨row i of a, w⟩ for every row, and Σᵢ eᵢ (row i of a); and with a few.
//!
//! As matrix products they have a single column, or a few, and tiles along it would be mostly empty. Here the vectors
//! lie along the rows of a, and several rows are taken at once:
//!
//! ```text
//! for each group of R rows:                     for each group of R rows:
//!     for each vector of w:                         for each vector of out:
//!         for each row r: sum[r] += a[r] * w            out += Σᵣ e[r] * a[r]
//!     out[r] = the sum of sum[r]'s lanes
//! ```
//!
//! so that a vector of w or out serves R multiplications. Both read a once, from the first row to the last.

use core::ops::Range;

use super::pack::Packed;
use super::prefetch::Prefetch;
use crate::simd::{Lanes, Mask, Plus, Scalar, Simd, Vectorized, fold_each, outlined, unrolled};
use crate::view::{View, ViewMut};

/// Calls `$group::<R>` for rows in groups of R = 8, and of 4, 2 and 1 for those that are left.
///
/// Eight rows are eight sums in flight, as many as two multiplications a cycle with a latency of four cycles need.
macro_rules! in_groups {
    ($rows:expr, |$i:ident, $r:ident| $group:expr) => {{
        let rows: usize = $rows;
        let mut $i = 0;
        while rows - $i >= 8 {
            const $r: usize = 8;
            $group;
            $i += $r;
        }
        if rows - $i >= 4 {
            const $r: usize = 4;
            $group;
            $i += $r;
        }
        if rows - $i >= 2 {
            const $r: usize = 2;
            $group;
            $i += $r;
        }
        if rows - $i >= 1 {
            const $r: usize = 1;
            $group;
        }
    }};
}

/// `out_i` = ⟨row i of a, w⟩.
pub(super) struct MatVec<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) w: View<'a, T>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for MatVec<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, w, mut out } = self;
        assert_eq!((w.rows(), out.rows(), w.columns(), out.columns()), (1, 1, a.columns(), a.rows()));
        let (row, stride, columns) = (a.as_ptr(), a.stride(), a.columns());
        let out = out.row_mut(0);
        let mut ahead = Prefetch::first_quarter(a, times::<T, S>(a));
        in_groups!(a.rows(), |i, R| {
            let first = row.wrapping_offset(i.cast_signed() * stride);
            // SAFETY: the R rows from i on are rows of a, and w has as many columns: asserted above.
            let sums = unsafe { dots::<T, S, R>(simd, first, stride, w.as_ptr(), columns, &mut ahead) };
            out[i..][..R].copy_from_slice(&sums);
        });
    }
}

/// Vectors that a has, in groups of eight rows.
#[inline(always)]
fn times<T: Scalar, S: Simd>(a: View<'_, T>) -> usize {
    a.rows() / 8 * a.columns().div_ceil(Lanes::<T, S>::count())
}

/// ⟨row r, w⟩ for R rows.
///
/// # Safety
/// `columns` elements may be read from `w`, and from `a + r * stride` for all r < R.
#[inline(always)]
unsafe fn dots<T: Scalar, S: Simd, const R: usize>(
    simd: S,
    a: *const T,
    stride: isize,
    w: *const T,
    columns: usize,
    ahead: &mut Prefetch<T>,
) -> [T; R] {
    let lanes = Lanes::<T, S>::count();
    let row = |r: usize| a.wrapping_offset(r.cast_signed() * stride);
    let mut sums = [Lanes::splat(simd, T::default()); R];
    let mut j = 0;
    while j + lanes <= columns {
        // SAFETY: j + lanes <= columns.
        let factor = unsafe { Lanes::load_ptr(simd, w.wrapping_add(j)) };
        unrolled!(I < R, 8, {
            // SAFETY: as above, in row I < R.
            let x = unsafe { Lanes::load_ptr(simd, row(I).wrapping_add(j)) };
            sums[I] = x.mul_add(factor, sums[I]);
        });
        ahead.prefetch();
        j += lanes;
    }
    if j < columns {
        ahead.prefetch();
        let mask = Mask::first(simd, columns - j);
        // SAFETY: the mask holds for columns - j elements.
        let factor = unsafe { Lanes::load_masked(mask, w.wrapping_add(j)) };
        unrolled!(I < R, 8, {
            // SAFETY: as above, in row I < R.
            let x = unsafe { Lanes::load_masked(mask, row(I).wrapping_add(j)) };
            sums[I] = x.mul_add(factor, sums[I]);
        });
    }
    fold_each::<Plus, T, S, R>(sums)
}

/// `out_j` += Σᵢ `e_i` `a_ij`.
pub(super) struct MatTVec<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) e: View<'a, T>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for MatTVec<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, e, mut out } = self;
        assert_eq!((e.rows(), out.rows(), e.columns(), out.columns()), (1, 1, a.rows(), a.columns()));
        let (row, stride, columns) = (a.as_ptr(), a.stride(), a.columns());
        let (e, to) = (e.row(0), out.as_mut_ptr());
        let mut ahead = Prefetch::second_quarter(a, times::<T, S>(a));
        in_groups!(a.rows(), |i, R| {
            let first = row.wrapping_offset(i.cast_signed() * stride);
            // SAFETY: the R rows from i on are rows of a, and out has as many columns: asserted above.
            unsafe { scaled_rows::<T, S, R>(simd, first, stride, &e[i..][..R], to, columns, &mut ahead) };
        });
    }
}

/// out += Σᵣ e[r] (row r), for R rows.
///
/// # Safety
/// `columns` elements may be read from `a + r * stride` for all r < R, and read and written from `out` on.
#[inline(always)]
unsafe fn scaled_rows<T: Scalar, S: Simd, const R: usize>(
    simd: S,
    a: *const T,
    stride: isize,
    e: &[T],
    out: *mut T,
    columns: usize,
    ahead: &mut Prefetch<T>,
) {
    let lanes = Lanes::<T, S>::count();
    let row = |r: usize| a.wrapping_offset(r.cast_signed() * stride);
    let zero = Lanes::splat(simd, T::default());
    let mut factors = [zero; R];
    unrolled!(I < R, 8, {
        factors[I] = Lanes::splat(simd, e[I]);
    });
    let mut j = 0;
    while j + lanes <= columns {
        let mut xs = [zero; R];
        unrolled!(I < R, 8, {
            // SAFETY: j + lanes <= columns, in row I < R.
            xs[I] = unsafe { Lanes::load_ptr(simd, row(I).wrapping_add(j)) };
        });
        let to = out.wrapping_add(j);
        // SAFETY: j + lanes <= columns.
        let before = unsafe { Lanes::load_ptr(simd, to) };
        // SAFETY: as above.
        unsafe { (before + combine(xs, factors)).store_ptr(to) };
        ahead.prefetch();
        j += lanes;
    }
    if j < columns {
        ahead.prefetch();
        let mask = Mask::first(simd, columns - j);
        let mut xs = [zero; R];
        unrolled!(I < R, 8, {
            // SAFETY: the mask holds for columns - j elements, in row I < R.
            xs[I] = unsafe { Lanes::load_masked(mask, row(I).wrapping_add(j)) };
        });
        let to = out.wrapping_add(j);
        // SAFETY: the mask holds for columns - j elements.
        let before = unsafe { Lanes::load_masked(mask, to) };
        // SAFETY: as above.
        unsafe { (before + combine(xs, factors)).store_masked(mask, to) };
    }
}

/// Σᵣ e[r] x[r], in two chains. `out` joins afterwards, so that a group of rows waits for one addition of the one before.
#[inline(always)]
fn combine<T: Scalar, S: Simd, const R: usize>(x: [Lanes<T, S>; R], e: [Lanes<T, S>; R]) -> Lanes<T, S> {
    let mut even = x[0] * e[0];
    if const { R == 1 } {
        return even;
    }
    let mut odd = x[1] * e[1];
    unrolled!(I < R / 2, 4, {
        if I != 0 {
            even = x[2 * I].mul_add(e[2 * I], even);
            odd = x[2 * I + 1].mul_add(e[2 * I + 1], odd);
        }
    });
    even + odd
}

/// How many groups of nearly equal size `columns` lines are taken in.
#[inline(always)]
fn groups_of_lines<S: Simd>(columns: usize) -> usize {
    let most = if S::REGISTER_COUNT >= 32 { 5 } else { 3 };
    columns.div_ceil(most).max(1)
}

/// How often [`lines`] has the opportunity to ask for a part of a's next block.
#[inline(always)]
pub(super) fn times_of_lines<T: Scalar, S: Simd>(a: View<'_, T>, b: &Packed<T>) -> usize {
    a.rows().div_ceil(4) * groups_of_lines::<S>(b.columns()) * (b.rows() / (TOGETHER * Lanes::<T, S>::count()))
}

/// Vectors of a row that share the arithmetic of addresses, and of fetching ahead.
const TOGETHER: usize = 2;

/// c = a b, where b is in lines: vectors lie along them, and their lanes are added up at the end.
///
/// Tiles of R rows and K lines, so that R + K vectors serve R K multiplications: 4 × 5 of 32 registers, 3 × 3 of 16.
#[inline(always)]
pub(super) fn lines<T: Scalar, S: Simd>(
    simd: S,
    a: View<'_, T>,
    b: &Packed<T>,
    mut c: ViewMut<'_, T>,
    ahead: &mut Prefetch<T>,
) {
    let mut i = 0;
    macro_rules! rows_of_height {
        ($($r:literal)*) => {$(
            let end = i + (a.rows() - i) / $r * $r;
            if i < end {
                let work = Lines::<T, $r> { a, b, c: c.reborrow(), rows: i..end, ahead: *ahead };
                *ahead = outlined(simd, work);
                i = end;
            }
        )*};
    }
    if const { S::REGISTER_COUNT >= 32 } {
        rows_of_height! { 4 2 1 }
    } else {
        rows_of_height! { 3 1 }
    }
    debug_assert_eq!(i, a.rows());
}

/// The arguments of [`lines`] for tiles of R rows.
///
/// Each height is compiled as a function of its own, which all callers share: with all tiles in one, LLVM's passes over
/// loops took most of the time of this crate.
struct Lines<'a, T, const R: usize> {
    a: View<'a, T>,
    b: &'a Packed<T>,
    c: ViewMut<'a, T>,
    /// A multiple of R rows.
    rows: Range<usize>,
    ahead: Prefetch<T>,
}

impl<T: Scalar, const R: usize> Vectorized for Lines<'_, T, R> {
    type Output = Prefetch<T>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Prefetch<T> {
        let Self { a, b, mut c, rows, mut ahead } = self;
        let (lines, width, columns) = (b.lines::<S>(), b.width::<S>(), b.columns());
        let groups = groups_of_lines::<S>(columns);
        // As many lines as all rows of the tile have.
        assert!(rows.end <= a.rows() && rows.end <= c.rows() && b.rows() == a.columns());
        for i in rows.step_by(R) {
            let first = a.as_ptr().wrapping_offset(i.cast_signed() * a.stride());
            let mut t = 0;
            for group in 0..groups {
                // Of nearly equal size.
                let end = (group + 1) * columns / groups;
                let part = &lines[t * width..end * width];
                macro_rules! of_size {
                    ($($k:literal)*) => {$(
                        if const { $k < 4 || S::REGISTER_COUNT >= 32 } && end - t == $k {
                            // SAFETY: the R rows from i on are rows of a, which has as many columns as b rows: asserted
                            // above; and `part` has $k lines of `width`, which is b's rows up to whole vectors.
                            let sums = unsafe {
                                tile::<T, S, R, $k>(simd, (first, a.stride()), part.as_ptr(), b.rows(), &mut ahead)
                            };
                            for (r, sums) in sums.iter().enumerate() {
                                c.row_mut(i + r)[t..end].copy_from_slice(sums);
                            }
                        }
                    )*};
                }
                of_size! { 1 2 3 4 5 }
                t = end;
            }
        }
        ahead
    }
}

/// ⟨row r, line k⟩ for R rows and K lines.
///
/// # Safety
/// For all r < R and k < K, `columns` elements may be read from `a + r * stride`, and as many from `lines + k * width`, up to
/// whole vectors, where `width` is `columns` up to whole vectors.
#[inline(always)]
unsafe fn tile<T: Scalar, S: Simd, const R: usize, const K: usize>(
    simd: S,
    (a, stride): (*const T, isize),
    lines: *const T,
    columns: usize,
    ahead: &mut Prefetch<T>,
) -> [[T; K]; R] {
    let lanes = Lanes::<T, S>::count();
    let width = columns.next_multiple_of(lanes);
    let zero = Lanes::splat(simd, T::default());
    let mut sums = [[zero; K]; R];
    let mut j = 0;
    while j + TOGETHER * lanes <= columns {
        ahead.prefetch();
        for _ in 0..TOGETHER {
            let mut xs = [zero; R];
            unrolled!(I < R, 4, {
                // SAFETY: j + lanes <= columns, in row I < R.
                xs[I] = unsafe { Lanes::load_ptr(simd, a.wrapping_offset(I.cast_signed() * stride).wrapping_add(j)) };
            });
            // SAFETY: j + lanes <= width, in lines k < K.
            unsafe { add_products(simd, &mut sums, xs, lines.wrapping_add(j), width) };
            j += lanes;
        }
    }
    while j < columns {
        let mask = Mask::first(simd, columns - j);
        let mut xs = [zero; R];
        unrolled!(I < R, 4, {
            // SAFETY: the mask holds for columns - j elements at most, in row I < R.
            xs[I] = unsafe { Lanes::load_masked(mask, a.wrapping_offset(I.cast_signed() * stride).wrapping_add(j)) };
        });
        // SAFETY: as above.
        unsafe { add_products(simd, &mut sums, xs, lines.wrapping_add(j), width) };
        j += lanes;
    }
    let mut dots = [[T::default(); K]; R];
    unrolled!(J < K, 8, {
        let mut of_line = [zero; R];
        unrolled!(I < R, 4, {
            of_line[I] = sums[I][J];
        });
        let of_line = fold_each::<Plus, T, S, R>(of_line);
        unrolled!(I < R, 4, {
            dots[I][J] = of_line[I];
        });
    });
    dots
}

/// Adds to each row's sums the products of `xs`, a vector of each row, and of the lines.
///
/// # Safety
/// For all k < K, a vector may be read from `lines + k * width`.
#[inline(always)]
unsafe fn add_products<T: Scalar, S: Simd, const R: usize, const K: usize>(
    simd: S,
    sums: &mut [[Lanes<T, S>; K]; R],
    xs: [Lanes<T, S>; R],
    lines: *const T,
    width: usize,
) {
    unrolled!(J < K, 8, {
        // SAFETY: a vector of line J < K.
        let line = unsafe { Lanes::load_ptr(simd, lines.wrapping_add(J * width)) };
        unrolled!(I < R, 4, {
            sums[I][J] = xs[I].mul_add(line, sums[I][J]);
        });
    });
}
