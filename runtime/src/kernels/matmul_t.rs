//! Products of matrices with the first one transposed (GEMM), c += aᵀ b: `a` is rows × d, `b` is rows × k, `c` is d × k; the
//! contraction runs down the rows.
//!
//! ```text
//! for each block of rows:
//!     for each panel of columns of b, up to V vectors:
//!         for each tile of columns of a (see `tile`):
//!             c[tile, panel] += Σ over the rows r of the block: a[r, tile] ⊗ b[r, panel]
//! ```
//!
//! The tile of c stays in registers over the block, so c is touched once a block, not once a row. Neither factor is
//! copied: the panel of b, a strip of its rows, stays in L1 while the tiles pass over it, and a
//! cache line of a's row serves the tiles of the columns in it, one after the other.

//!
//! Where b has fewer columns than fill a vector, the vectors lie along a's columns instead: cᵀ += bᵀ a.

use super::prefetch::Prefetch;
use super::tile::{
    Down, DownToTheEdge, FETCH, Left, Right, Target, Update, highest, highest_transposed, sweep, widest,
};
use crate::simd::{Lanes, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// Rows that are contracted at a time; up to one and a half times as many at the end.
///
/// 128 rows of four vectors are 32 KB of L1. For 512 × 784 and 512 × 128 that made 177 GFLOP/s of 163 without blocks;
/// 64 and 48 rows were no faster. Copying the panel of b to a contiguous scratch, and prefetching c or a's next
/// columns, gained nothing beyond the noise (2 %).
const BLOCK: usize = 128;

/// Like [`BLOCK`], where the factors are exchanged: tiles are few, and adding them to the transpose is slow.
const EXCHANGED_BLOCK: usize = 512;

/// c += aᵀ b.
pub(super) struct ProductT<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) b: View<'a, T>,
    pub(super) c: ViewMut<'a, T>,
}

impl<T: Scalar> Vectorized for ProductT<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, mut c } = self;
        assert_eq!((a.columns(), a.rows(), b.columns()), (c.rows(), b.rows(), c.columns()));
        let lanes = Lanes::<T, S>::count();
        // Multiplications of a row.
        let (straight, across) = (a.columns() * b.columns().div_ceil(lanes), b.columns() * a.columns().div_ceil(lanes));
        let exchanged = 5 * across < 4 * straight;
        let size = if exchanged { EXCHANGED_BLOCK } else { BLOCK };
        let (tiled, in_vectors) = if exchanged { (b.columns(), a.columns()) } else { (a.columns(), b.columns()) };
        let update = if exchanged { Update::AddTransposed } else { Update::Add };
        let most = if exchanged { widest_transposed::<S>(tiled) } else { widest::<S>() };
        let tiles = tiled.div_ceil(highest_transposed::<S>(most)) * in_vectors.div_ceil(most * lanes);
        let mut ahead = Prefetch::second_half(a, tiles * (a.rows() / FETCH));
        let mut l = 0;
        while l < a.rows() {
            let steps = if a.rows() - l > size + size / 2 { size } else { a.rows() - l };
            let (a, b) = (a.row_range(l..l + steps), b.row_range(l..l + steps));
            let (a, b) = if exchanged { (b, a) } else { (a, b) };
            block(simd, a, b, c.reborrow(), (update, most), &mut ahead);
            l += steps;
        }
    }
}

/// How many vectors wide the tiles of a transposed c of `rows` columns are: two, if only a tile of two is as high as those.
#[inline(always)]
fn widest_transposed<S: Simd>(rows: usize) -> usize {
    let most = widest::<S>();
    if highest::<S>(most) < rows && rows <= highest_transposed::<S>(2) { 2 } else { most }
}

/// c += aᵀ b, or cᵀ += aᵀ b, for shapes that fit, in tiles of `most` vectors at most.
#[inline(always)]
fn block<T: Scalar, S: Simd>(
    simd: S,
    a: View<'_, T>,
    b: View<'_, T>,
    mut c: ViewMut<'_, T>,
    (update, most): (Update, usize),
    ahead: &mut Prefetch<T>,
) {
    let lanes = Lanes::<T, S>::count();
    let (rows, columns, steps) = (a.columns(), b.columns(), a.rows());
    let mut j = 0;
    while j < columns {
        // A last vector that may not be read whole is a panel of its own.
        let whole = ((b.width() - j) / lanes).min((columns - j).div_ceil(lanes)).min(most);
        let width = whole.max(1) * lanes;
        let left = Left { start: a.as_ptr(), stride: a.stride() };
        let right = Right { start: b.as_ptr().wrapping_add(j), stride: b.stride(), last: (columns - j).min(lanes) };
        // The part of the last vector that may be written ends at c's stride, or at its last row.
        let (at, end) = if update == Update::AddTransposed { (j * c.stride(), columns) } else { (j, c.stride()) };
        let target = Target {
            start: c.as_mut_ptr().wrapping_add(at),
            row: c.stride(),
            last: (end - (j + width - lanes)).min(lanes),
            update,
        };
        macro_rules! of_width {
            ($($v:literal)*) => {
                $(if const { $v <= widest::<S>() } && whole == $v {
                    // SAFETY: as above, but $v vectors are within b's width.
                    unsafe { sweep::<T, S, Down, $v>(simd, (rows, steps), left, right, target, ahead) };
                })*
            };
        }
        if whole == 0 {
            // SAFETY: c has as many rows and columns as a and b have columns, or, transposed, b and a (asserted by the
            // caller, and by `row_range`), and they have `steps` rows; fewer than a vector's elements are left of b's
            // columns, and are `last`; c's stride is at least its columns, which are more than j + width - lanes, and its
            // `last` ends there, or, transposed, at its last row.
            unsafe { sweep::<T, S, DownToTheEdge, 1>(simd, (rows, steps), left, right, target, ahead) };
        }
        of_width! { 1 2 3 4 }
        j += width;
    }
}
