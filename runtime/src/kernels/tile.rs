//! The tile that both products are made of: a rectangle of c in registers, while the contraction runs.
//!
//! ```text
//! for each step l of the contraction:
//!     line = V vectors of b, at l
//!     for each row m of the tile:
//!         tile[m] += a[m, l] * line
//! c = tile, or c += tile
//! ```
//!
//! Each element of a is a broadcast operand, so a is read where it lies, in whichever direction it is
//! contracted: `product` steps along its rows, `product_t` down its columns. A step makes M V multiplications
//! of M elements and V vectors.

use core::marker::PhantomData;

use super::prefetch::Prefetch;
use crate::simd::{Lanes, Mask, Plain, Scalar, Simd, Vectorized, outlined, unrolled};

/// True if the vectors of `S` are arrays in plain Rust: no instruction set has as few registers of four lanes.
///
/// A constant, so that tiles that an instruction set never uses are not compiled for it.
#[inline(always)]
const fn is_plain<S: Simd>() -> bool {
    S::REGISTER_COUNT == Plain::REGISTER_COUNT && S::F32_LANES == Plain::F32_LANES
}

/// Few tiles, and small ones: in a debug build no vector is a register, and a tile is only what it takes to compile.
const FEW: bool = cfg!(debug_assertions);

/// How many vectors wide the widest tile is.
#[inline(always)]
pub(super) const fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 && !FEW { 4 } else { 2 }
}

/// How many rows the highest tile of `vectors` vectors has.
///
/// The tile, a line of b and a broadcast element share the registers: 6 × 4 of 32, 6 × 2 of 16. Two
/// multiplications a cycle with a latency of four cycles need eight sums in flight, so a tile of one vector has
/// eight rows; 12 and 16 rows were no faster. Plain Rust has no fused operation and needs registers for the products,
/// too: tiles of 4 × 2 were better than 2 × 2 and 5 × 2.
#[inline(always)]
pub(super) const fn highest<S: Simd>(vectors: usize) -> usize {
    if FEW {
        2
    } else if is_plain::<S>() {
        [4, 4, 1, 1][vectors - 1]
    } else if S::REGISTER_COUNT >= 32 {
        [8, 8, 8, 6][vectors - 1]
    } else {
        [8, 6, 4, 3][vectors - 1]
    }
}

/// Height of the highest tile that is added to the transpose of c: tiles of two vectors are as high as the ten classes of a classifier,
/// so that a is read once. Elsewhere 12 × 2 was 2 % slower than 8 × 2.
#[inline(always)]
pub(super) const fn highest_transposed<S: Simd>(vectors: usize) -> usize {
    if vectors == 2 && S::REGISTER_COUNT >= 32 && !is_plain::<S>() && !FEW { 12 } else { highest::<S>(vectors) }
}

/// How high the tiles of a way may be.
const fn highest_of<S: Simd, W: Way>(vectors: usize) -> usize {
    if W::ALONG_ROWS { highest::<S>(vectors) } else { highest_transposed::<S>(vectors) }
}

/// Steps that share the arithmetic of addresses, in full tiles; without it, tiles of 6 × 4 reach 84 % of the
/// machine's multiplications instead of 89 %. Low tiles are the last ones of a block, and plain ones are slow anyway:
/// there it would only cost time to compile.
#[inline(always)]
const fn unroll<S: Simd>(height: usize) -> usize {
    if height >= 6 && !is_plain::<S>() { FETCH } else { 1 }
}

/// Which way the contraction runs. A type, so that LLVM knows the unit strides of each way.
pub(super) trait Way {
    /// Along the rows of a, with b in panels of just the tile's width; else down the columns of a, with b in rows.
    const ALONG_ROWS: bool;
    /// True if only some elements of the last vector of a line of b may be read.
    const MASKED: bool;
}

/// Steps between two times that the next block is asked for.
pub(super) const FETCH: usize = 4;

macro_rules! ways {
    ($($(#[$doc:meta])* $name:ident: $along_rows:literal, $masked:literal;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl Way for $name {
            const ALONG_ROWS: bool = $along_rows;
            const MASKED: bool = $masked;
        }
    )*};
}
ways! {
    /// Along the rows of a; b is packed.
    Along: true, false;
    /// Down the columns of a, and of b.
    Down: false, false;
    /// Down the columns of a, and of b, whose rows end within the tile.
    DownToTheEdge: false, true;
}

/// The left factor: its rows, of unit stride, begin every `stride` elements from `start` on.
pub(super) struct Left<T> {
    pub(super) start: *const T,
    pub(super) stride: isize,
}

impl<T> Left<T> {
    /// Elements from row m of a tile to the next.
    #[inline(always)]
    fn row<W: Way>(self) -> isize {
        if W::ALONG_ROWS { self.stride } else { 1 }
    }

    /// Elements from a step of the contraction to the next.
    #[inline(always)]
    fn step<W: Way>(self) -> isize {
        if W::ALONG_ROWS { 1 } else { self.stride }
    }
}

/// The right factor: its rows, one for each step of the contraction, begin every `stride` elements from `start` on.
pub(super) struct Right<T> {
    pub(super) start: *const T,
    /// Not used where b is packed: V vectors.
    pub(super) stride: isize,
    /// How many elements of the last vector may be read, if it is masked.
    pub(super) last: usize,
}

/// The result: vector v of row m stands at `start + m * row`, v vectors on. Of a transposed tile, element t of row m
/// stands at `start + m + t * row`.
pub(super) struct Target<T> {
    pub(super) start: *mut T,
    pub(super) row: usize,
    /// How many elements of the last vector of a row may be written; the others are full.
    pub(super) last: usize,
    pub(super) update: Update,
}

/// The way in which the elements of the result change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Update {
    /// Elements are replaced.
    Set,
    /// Sums are added to the elements.
    Add,
    /// Elements are added to those of the transpose of c.
    AddTransposed,
}

macro_rules! copies {
    ($($t:ident)*) => {$(
        impl<T> Clone for $t<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $t<T> {}
    )*};
}
copies! { Left Right Target }

/// `rows` rows of c, V vectors wide: in tiles of nearly equal height, so that none is low unless all are.
///
/// Each width and way is compiled as a function of its own: with all widths in one, LLVM takes twice as long.
///
/// # Safety
/// For all m < `rows`, l < `depth` and v < V: element (m, l) of `a` may be read; vector v of step l of `b` may be
/// read, of the last one only `b.last` elements if the way is masked; vector v of row m of `c` may be written, and
/// read if it is added to, of the last one only `c.last` elements; or, if the tile is transposed, as many elements of each
/// column m < `rows` of `c`.
#[inline(always)]
pub(super) unsafe fn sweep<T: Scalar, S: Simd, W: Way, const V: usize>(
    simd: S,
    (rows, depth): (usize, usize),
    a: Left<T>,
    b: Right<T>,
    c: Target<T>,
    ahead: &mut Prefetch<T>,
) {
    *ahead = outlined(simd, Sweep::<T, W, V> { way: PhantomData, rows, depth, a, b, c, ahead: *ahead });
}

/// The arguments of [`sweep`], by whose caller's promise one is made.
struct Sweep<T, W, const V: usize> {
    way: PhantomData<W>,
    rows: usize,
    depth: usize,
    a: Left<T>,
    b: Right<T>,
    c: Target<T>,
    ahead: Prefetch<T>,
}

impl<T: Scalar, W: Way, const V: usize> Vectorized for Sweep<T, W, V> {
    type Output = Prefetch<T>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Prefetch<T> {
        let Self { rows, depth, mut a, b, mut c, mut ahead, .. } = self;
        let transposed = c.update == Update::AddTransposed;
        let highest = if transposed { highest_of::<S, W>(V) } else { highest::<S>(V) };
        let tiles = rows.div_ceil(highest);
        if tiles == 0 {
            return ahead;
        }
        let (height, higher) = (rows / tiles, rows % tiles);
        for (height, tiles) in [(height + 1, higher), (height, tiles - higher)] {
            macro_rules! of_height {
                ($($m:literal)*) => {
                    // There are no tiles that are higher.
                    $(if const { $m <= highest_of::<S, W>(V) } && height == $m {
                        // SAFETY: tiles of both heights have `rows` rows together, and those of the first are passed.
                        unsafe { column::<T, S, W, $m, V>(simd, (tiles, depth), a, b, c, &mut ahead) };
                    })*
                };
            }
            of_height! { 1 2 3 4 5 6 7 8 9 10 11 12 }
            a.start = a.start.wrapping_offset((height * tiles).cast_signed() * a.row::<W>());
            c.start = c.start.wrapping_add(height * tiles * if transposed { 1 } else { c.row });
        }
        ahead
    }
}

/// `tiles` tiles of M rows, one below the other.
///
/// # Safety
/// That of [`sweep`], for `tiles` * M rows.
#[inline(always)]
unsafe fn column<T: Scalar, S: Simd, W: Way, const M: usize, const V: usize>(
    simd: S,
    (tiles, depth): (usize, usize),
    mut a: Left<T>,
    b: Right<T>,
    mut c: Target<T>,
    ahead: &mut Prefetch<T>,
) {
    for _ in 0..tiles {
        // SAFETY: these are M of the `tiles` * M rows.
        let tile = unsafe { contract::<T, S, W, M, V>(simd, depth, a, b, ahead) };
        a.start = a.start.wrapping_offset(M.cast_signed() * a.row::<W>());
        if const { !W::ALONG_ROWS } && c.update == Update::AddTransposed {
            // SAFETY: as above.
            unsafe { add_transposed(tile, c) };
            c.start = c.start.wrapping_add(M);
        } else {
            // SAFETY: as above.
            unsafe { write(simd, tile, c) };
            c.start = c.start.wrapping_add(M * c.row);
        }
    }
}

/// The sum over the contraction, in registers.
///
/// # Safety
/// That of [`sweep`] for `a` and `b`, for M rows.
#[inline(always)]
unsafe fn contract<T: Scalar, S: Simd, W: Way, const M: usize, const V: usize>(
    simd: S,
    depth: usize,
    mut a: Left<T>,
    mut b: Right<T>,
    ahead: &mut Prefetch<T>,
) -> [[Lanes<T, S>; V]; M] {
    let mut tile = [[Lanes::splat(simd, T::default()); V]; M];
    let together = const { unroll::<S>(M) };
    for group in 0..depth / together {
        if together == FETCH || group % FETCH == 0 {
            ahead.prefetch();
        }
        for _ in 0..together {
            // SAFETY: one of the together * (depth / together) steps, which are at most `depth`.
            unsafe { step::<T, S, W, M, V>(simd, &mut tile, &mut a, &mut b) };
        }
    }
    for _ in 0..depth % together {
        // SAFETY: one of the `depth` steps: those above are passed.
        unsafe { step::<T, S, W, M, V>(simd, &mut tile, &mut a, &mut b) };
    }
    tile
}

/// One step of the contraction, after which `a` and `b` begin at the next.
///
/// # Safety
/// That of [`sweep`] for `a` and `b`, for M rows and the step 0.
#[inline(always)]
unsafe fn step<T: Scalar, S: Simd, W: Way, const M: usize, const V: usize>(
    simd: S,
    tile: &mut [[Lanes<T, S>; V]; M],
    a: &mut Left<T>,
    b: &mut Right<T>,
) {
    let mut line = [Lanes::splat(simd, T::default()); V];
    unrolled!(J < V, 4, {
        let from = b.start.wrapping_add(J * Lanes::<T, S>::count());
        line[J] = if W::MASKED && J + 1 == V {
            // SAFETY: the first `last` elements of the last vector, by the caller's promise.
            unsafe { Lanes::load_masked(Mask::first(simd, b.last), from) }
        } else {
            // SAFETY: vector J < V, by the caller's promise.
            unsafe { Lanes::load_ptr(simd, from) }
        };
    });
    unrolled!(I < M, 12, {
        // SAFETY: element I < M, by the caller's promise.
        let factor = Lanes::splat(simd, unsafe { *a.start.wrapping_offset(I.cast_signed() * a.row::<W>()) });
        unrolled!(J < V, 4, {
            tile[I][J] = factor.mul_add(line[J], tile[I][J]);
        });
    });
    a.start = a.start.wrapping_offset(a.step::<W>());
    let stride = if W::ALONG_ROWS { (V * Lanes::<T, S>::count()).cast_signed() } else { b.stride };
    b.start = b.start.wrapping_offset(stride);
}

/// c = tile, or c += tile.
///
/// # Safety
/// That of [`sweep`] for `c`, for M rows.
#[inline(always)]
unsafe fn write<T: Scalar, S: Simd, const M: usize, const V: usize>(
    simd: S,
    mut tile: [[Lanes<T, S>; V]; M],
    c: Target<T>,
) {
    let lanes = Lanes::<T, S>::count();
    let mask = Mask::first(simd, c.last);
    let is_partial = c.last < lanes;
    if c.update == Update::Add {
        unrolled!(I < M, 12, {
            unrolled!(J < V, 4, {
                let at = c.start.wrapping_add(I * c.row + J * lanes);
                let before = if J + 1 == V && is_partial {
                    // SAFETY: the first `last` elements of the last vector of row I, by the caller's promise.
                    unsafe { Lanes::load_masked(mask, at) }
                } else {
                    // SAFETY: vector J of row I, which is full, by the caller's promise.
                    unsafe { Lanes::load_ptr(simd, at) }
                };
                tile[I][J] = before + tile[I][J];
            });
        });
    }
    unrolled!(I < M, 12, {
        unrolled!(J < V, 4, {
            let at = c.start.wrapping_add(I * c.row + J * lanes);
            if J + 1 == V && is_partial {
                // SAFETY: as above.
                unsafe { tile[I][J].store_masked(mask, at) };
            } else {
                // SAFETY: as above.
                unsafe { tile[I][J].store_ptr(at) };
            }
        });
    });
}

/// cᵀ += tile: element t of row m is added to column m of row t.
///
/// # Safety
/// That of [`sweep`] for a transposed `c`, for M rows.
#[inline(always)]
unsafe fn add_transposed<T: Scalar, S: Simd, const M: usize, const V: usize>(
    tile: [[Lanes<T, S>; V]; M],
    c: Target<T>,
) {
    /// Elements of the widest line of the widest tile: 4 vectors of 16.
    const WIDEST_LINE: usize = 64;
    let lanes = Lanes::<T, S>::count();
    let mut lines = [[T::default(); WIDEST_LINE]; M];
    unrolled!(I < M, 12, {
        unrolled!(J < V, 4, {
            tile[I][J].store(&mut lines[I][J * lanes..][..lanes]);
        });
    });
    #[expect(clippy::needless_range_loop, reason = "t is a row of c as well")]
    for t in 0..(V - 1) * lanes + c.last {
        unrolled!(I < M, 12, {
            let at = c.start.wrapping_add(t * c.row + I);
            // SAFETY: one of as many elements of column I < M as the tile's line has.
            unsafe { *at += lines[I][t] };
        });
    }
}
