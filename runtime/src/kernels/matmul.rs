//! Products of matrices (GEMM), c = a b: `a` is rows × d, `b` is d × k in panels (see `pack`), `c` is rows × k.
//!
//! ```text
//! for each panel of columns of b:
//!     for each block of steps of the contraction:
//!         for each tile of rows (see `tile`):
//!             c[tile] = or += a[tile, block] * b[block, panel]
//! ```
//!
//! The block of the panel stays in cache while all rows pass over it. The tile reads a's rows in place, each as a
//! stream of its own.
//!
//! Where the result goes through an elementwise loop, it is made in pieces that stay in L1, and each piece goes through the loop
//! while it is there: the loop is the product's epilogue.
//!
//! Few long columns of b are lines: each row of a is multiplied by each of them, see [`matvec`](super::matvec).

use core::mem::MaybeUninit;

use super::Epilogue;
use super::matvec::{lines, times_of_lines};
use super::pack::Packed;
use super::prefetch::Prefetch;
use super::tile::{Along, FETCH, Left, Right, Target, Update, highest, sweep, widest};
use crate::simd::{Lanes, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// Bytes of a panel that all rows pass over before the next are read.
///
/// A tile of 6 × 4 vectors needs 21 bytes of its panel a cycle, which comes from L2 as well as from L1: blocks of
/// 16 to 64 KB, that stay in L1, were up to 5 % slower, since they read and write c more often; the whole panel
/// at once loses 15 % for d = 6000, where the panel and a's rows no longer share L2.
const BLOCK_BYTES: usize = 128 << 10;

/// c = a b.
pub(super) struct Product<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) b: &'a Packed<T>,
    pub(super) c: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, mut c } = self;
        assert_eq!((a.rows(), a.columns(), b.columns()), (c.rows(), b.rows(), c.columns()));
        let Some(panels) = Panels::new::<S>(a, b) else {
            let mut ahead = Prefetch::first_half(a, times_of_lines::<T, S>(a, b));
            return lines(simd, a, b, c, &mut ahead);
        };
        let mut ahead = panels.ahead::<S>(a);
        let (start, row) = (c.as_mut_ptr(), c.stride());
        let mut column = 0;
        while let Some(panel) = panels.at::<S>(column) {
            // SAFETY: a has as many rows as c, in each of which `row` elements may be written; and the panel begins before
            // the last of its columns.
            unsafe { panel.multiply(simd, a, start.wrapping_add(panel.column), row, row - panel.column, &mut ahead) };
            column += panel.width;
        }
    }
}

/// Bytes of a piece of the result: with what a loop reads and writes beside it, it stays in L1.
const PIECE_BYTES: usize = 12 << 10;

/// A multiple of the heights of all tiles.
const PIECE_ROWS: usize = 24;

/// Memory for a piece.
#[repr(C, align(64))]
struct Scratch([MaybeUninit<u8>; PIECE_BYTES]);

/// a b, piece by piece.
pub(super) struct ProductThrough<'a, 'e, T> {
    pub(super) a: View<'a, T>,
    pub(super) b: &'a Packed<T>,
    pub(super) epilogue: Epilogue<'e, T>,
}

impl<T: Scalar> Vectorized for ProductThrough<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, epilogue } = self;
        assert_eq!(a.columns(), b.rows());
        if b.columns() == 0 {
            // Rows of no elements have sums, too.
            return epilogue((0, 0), View::new(&[], a.rows(), 0));
        }
        let mut scratch = Scratch([MaybeUninit::uninit(); PIECE_BYTES]);
        let start: *mut T = scratch.0.as_mut_ptr().cast();
        let room = PIECE_BYTES / size_of::<T>();
        let lanes = Lanes::<T, S>::count();
        let Some(panels) = Panels::new::<S>(a, b) else {
            let mut ahead = Prefetch::first_half(a, times_of_lines::<T, S>(a, b));
            // SAFETY: zeros are elements, and there is room for so many.
            let scratch = unsafe {
                start.write_bytes(0, room);
                core::slice::from_raw_parts_mut(start, room)
            };
            let rows = rows_of_piece::<T>(a.rows(), b.columns());
            let mut i = 0;
            while i < a.rows() {
                let part = a.row_range(i..a.rows().min(i + rows));
                let mut piece = ViewMut::new(scratch, part.rows(), b.columns());
                lines(simd, part, b, piece.reborrow(), &mut ahead);
                epilogue((i, 0), piece.as_view());
                i += rows;
            }
            return;
        };
        let mut ahead = panels.ahead::<S>(a);
        let mut column = 0;
        while let Some(panel) = panels.at::<S>(column) {
            // Narrow rows would leave a part of every vector of the loop empty.
            let row = if b.columns() < lanes { b.columns() } else { panel.width };
            let rows = rows_of_piece::<T>(a.rows(), row);
            let mut i = 0;
            while i < a.rows() {
                let part = a.row_range(i..a.rows().min(i + rows));
                // SAFETY: the scratch has room for as many rows of `row` elements.
                unsafe { panel.multiply(simd, part, start, row, row, &mut ahead) };
                let columns = panel.width.min(b.columns() - panel.column);
                // SAFETY: the product has just written `row` elements of each of these rows.
                let piece = unsafe { View::from_raw(start, part.rows(), columns, row.cast_signed()) };
                epilogue((i, panel.column), piece);
                i += rows;
            }
            column += panel.width;
        }
    }
}

/// How many of `rows` rows that begin every `row` elements are a piece. A division takes as long as a small piece does.
#[inline(always)]
fn rows_of_piece<T>(rows: usize, row: usize) -> usize {
    let room = PIECE_BYTES / size_of::<T>();
    if rows.saturating_mul(row) <= room { rows } else { (room / row / PIECE_ROWS * PIECE_ROWS).max(1) }
}

/// The panels of b.
struct Panels<'b, T> {
    values: &'b [T],
    depth: usize,
    columns: usize,
}

/// One of them.
struct Panel<'b, T> {
    values: &'b [T],
    depth: usize,
    /// Where it begins, and how wide it is, in whole vectors.
    column: usize,
    width: usize,
}

impl<'b, T: Scalar> Panels<'b, T> {
    /// `None` if b is in lines.
    #[inline(always)]
    fn new<S: Simd>(a: View<'_, T>, b: &'b Packed<T>) -> Option<Self> {
        Some(Self { values: b.panels::<S>()?, depth: a.columns(), columns: b.columns() })
    }

    /// The part of a's next block that the product prefetches on its way.
    #[inline(always)]
    fn ahead<S: Simd>(&self, a: View<'_, T>) -> Prefetch<T> {
        let most = widest::<S>();
        let panels = self.columns.div_ceil(most * Lanes::<T, S>::count());
        Prefetch::first_half(a, a.rows() / highest::<S>(most) * (self.depth / FETCH) * panels)
    }

    /// The panel that begins at `column`, if there is one.
    #[inline(always)]
    fn at<S: Simd>(&self, column: usize) -> Option<Panel<'b, T>> {
        let Self { values, depth, columns } = *self;
        if column >= columns {
            return None;
        }
        let lanes = Lanes::<T, S>::count();
        let width = (columns - column).div_ceil(lanes).min(widest::<S>()) * lanes;
        Some(Panel { values: &values[column * depth..][..width * depth], depth, column, width })
    }
}

impl<T: Scalar> Panel<'_, T> {
    /// a times the panel, to rows that begin every `row` elements from `start` on.
    ///
    /// # Safety
    /// For each row of a, `end` elements may be written and read from where its result begins, and `end` is more than the
    /// panel's width without its last vector.
    #[inline(always)]
    unsafe fn multiply<S: Simd>(
        &self,
        simd: S,
        a: View<'_, T>,
        start: *mut T,
        row: usize,
        end: usize,
        ahead: &mut Prefetch<T>,
    ) {
        let Self { values, depth, width, .. } = *self;
        let lanes = Lanes::<T, S>::count();
        let block = BLOCK_BYTES / (width * size_of::<T>());
        let mut l = 0;
        // At least once: without steps, the result is zero.
        while l == 0 || l < depth {
            let steps = (depth - l).min(block);
            let left = Left { start: a.as_ptr().wrapping_add(l), stride: a.stride() };
            let right = Right {
                start: values[l * width..][..steps * width].as_ptr(),
                stride: width.cast_signed(),
                last: lanes,
            };
            let target = Target {
                start,
                row,
                last: (end - (width - lanes)).min(lanes),
                update: if l == 0 { Update::Set } else { Update::Add },
            };
            macro_rules! of_width {
                ($($v:literal)*) => {
                    // A panel has at most as many vectors as the widest tile.
                    $(
                        if const { $v <= widest::<S>() } && width == $v * lanes {
                            // SAFETY: a has columns up to l + steps <= depth, since the panel is of a factor with
                            // as many rows; the slice of the panel has steps lines of $v vectors; and `last` ends at `end`.
                            unsafe { sweep::<T, S, Along, $v>(simd, (a.rows(), steps), left, right, target, ahead) }
                        }
                    )*
                };
            }
            of_width! { 1 2 3 4 }
            l += steps.max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_room_for_its_rows_however_many_there_are() {
        for rows in [1, 100, 1 << 60, usize::MAX] {
            for row in [1, 3, 16, 64] {
                let piece = rows_of_piece::<f32>(rows, row);
                assert!(piece > 0 && piece <= rows && piece * row <= PIECE_BYTES / 4, "{rows} {row}: {piece}");
            }
        }
    }
}
