//! c = a b: `a` is rows × d, `b` is d × k in panels (see `pack`), `c` is rows × k.
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
//! Few long columns of b are lines: each row of a is multiplied by each of them, see [`narrow`](super::narrow).

use super::ahead::Ahead;
use super::narrow::lines;
use super::pack::Packed;
use super::tile::{Along, FETCH, Left, Right, Target, Update, highest, sweep, widest};
use crate::simd::{Element, Lanes, Simd, Vectorized};
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

impl<T: Element> Vectorized for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, mut c } = self;
        assert_eq!((a.rows(), a.columns(), b.columns()), (c.rows(), b.rows(), c.columns()));
        let Some(panels) = b.panels::<S>() else {
            return lines(simd, a, b, c);
        };
        let depth = b.rows();
        let lanes = Lanes::<T, S>::count();
        let most = widest::<S>();
        let times = a.rows() / highest::<S>(most) * (depth / FETCH) * c.columns().div_ceil(most * lanes);
        let mut ahead = Ahead::first_half(a, times);
        let mut j = 0;
        while j < c.columns() {
            let vectors = (c.columns() - j).div_ceil(lanes).min(most);
            let width = vectors * lanes;
            let block = BLOCK_BYTES / (width * size_of::<T>());
            let panel = &panels[j * depth..][..width * depth];
            let mut l = 0;
            // At least once: without steps, c is zero.
            while l == 0 || l < depth {
                let steps = (depth - l).min(block);
                let left = Left { start: a.as_ptr().wrapping_add(l), stride: a.stride() };
                let right = Right {
                    start: panel[l * width..][..steps * width].as_ptr(),
                    stride: width.cast_signed(),
                    last: lanes,
                };
                let target = Target {
                    start: c.as_mut_ptr().wrapping_add(j),
                    row: c.stride(),
                    last: (c.stride() - (j + width - lanes)).min(lanes),
                    update: if l == 0 { Update::Set } else { Update::Add },
                };
                macro_rules! of_width {
                    ($($v:literal)*) => {
                        // A panel has at most as many vectors as the widest tile.
                        $(
                            if const { $v <= widest::<S>() } && vectors == $v {
                                // SAFETY: a has as many rows as c, and columns up to l + steps <= depth (asserted
                                // above); the slice of the panel has steps lines of $v vectors; c's stride is at least its
                                // columns, which are more than j + width - lanes, and `last` ends at the stride.
                                unsafe { sweep::<T, S, Along, $v>(simd, (c.rows(), steps), left, right, target, &mut ahead) }
                            }
                        )*
                    };
                }
                of_width! { 1 2 3 4 }
                l += steps.max(1);
            }
            j += width;
        }
    }
}
