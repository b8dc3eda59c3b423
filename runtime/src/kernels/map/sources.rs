//! Operands of elementwise loops.

use super::run::Tail;
use crate::simd::{self, Lanes, Simd};
use crate::view::View;

/// A row vector, repeated for every row.
pub struct Row<'a, T>(pub View<'a, T>);
/// A vector, repeated for every column: entry i is the operand of row i.
pub struct Column<'a, T>(pub View<'a, T>);
/// A scalar, repeated for every element.
#[derive(Clone, Copy)]
pub struct Scalar(pub f64);

impl<T> Clone for Row<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Row<'_, T> {}
impl<T> Clone for Column<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Column<'_, T> {}

/// The product of [`product_map`](super::product_map), of which one piece is there at a time.
#[derive(Clone, Copy)]
pub struct ProductPiece<T> {
    /// Element (i, j) of the product stands at `origin + i * stride + j`, if it is in the piece.
    origin: *const T,
    stride: isize,
    /// True if its rows stand one after the other.
    is_flat: bool,
}

impl<T> ProductPiece<T> {
    /// Nothing yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "an operand that is nothing is no value to begin with")]
    pub fn new() -> Self {
        Self { origin: core::ptr::null(), stride: 0, is_flat: false }
    }
}

/// Operands of a loop: one, or a pair of operands, so that a loop has any number of them. Pairs are nested as evenly as can
/// be: their types are as deep as the logarithm of that number.
pub trait Sources<T: simd::Scalar>: Copy {
    /// The part of an operand that is fixed while the columns of a row are walked: a pointer, or a number in all lanes.
    type Cursor<S: Simd>: Copy;
    /// How many operands there are.
    const COUNT: usize = 1;
    /// True if one is the product, of which nothing can be read before a piece is taken.
    const HAS_PIECE: bool = false;
    /// True if every operand has the shape of the loop.
    fn fit(&self, rows: usize, columns: usize) -> bool;
    /// True if the rows of each stand one after the other, without padding, or it is the same everywhere: then all rows may be
    /// walked as one long row.
    #[inline(always)]
    fn are_flat(&self) -> bool {
        false
    }
    /// If one is the product, takes the piece of it that begins at `(i, j)`.
    ///
    /// # Safety
    /// Until the next piece is taken, only its elements are read.
    #[inline(always)]
    unsafe fn take(&mut self, _at: (usize, usize), _piece: View<'_, T>) {}
    /// The start of row `i`.
    fn row<S: Simd>(&self, simd: S, i: usize) -> Self::Cursor<S>;
    /// The operands from column `j` on, to `into[k..]`.
    ///
    /// # Safety
    /// The operands fit a loop that has the cursor's row, and from column `j` on a vector, or the elements of `tail`; or
    /// they are flat, and so many elements stand behind the row's element `j`. Those of the product are in its piece.
    unsafe fn load<S: Simd>(
        &self,
        simd: S,
        cursor: Self::Cursor<S>,
        j: usize,
        tail: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    );
}

impl<T: simd::Scalar> Sources<T> for () {
    type Cursor<S: Simd> = ();
    const COUNT: usize = 0;

    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn row<S: Simd>(&self, _: S, _: usize) {}
    #[inline(always)]
    unsafe fn load<S: Simd>(&self, _: S, (): (), _: usize, _: Option<Tail<T, S>>, _: &mut [Lanes<T, S>], _: usize) {}
}

impl<T: simd::Scalar, A: Sources<T>, B: Sources<T>> Sources<T> for (A, B) {
    type Cursor<S: Simd> = (A::Cursor<S>, B::Cursor<S>);
    const COUNT: usize = A::COUNT + B::COUNT;
    const HAS_PIECE: bool = A::HAS_PIECE || B::HAS_PIECE;

    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.0.fit(rows, columns) && self.1.fit(rows, columns)
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.0.are_flat() && self.1.are_flat()
    }
    #[inline(always)]
    unsafe fn take(&mut self, at: (usize, usize), piece: View<'_, T>) {
        // SAFETY: the caller's promise.
        unsafe { self.0.take(at, piece) };
        // SAFETY: the caller's promise.
        unsafe { self.1.take(at, piece) };
    }
    #[inline(always)]
    fn row<S: Simd>(&self, simd: S, i: usize) -> Self::Cursor<S> {
        (self.0.row(simd, i), self.1.row(simd, i))
    }
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        simd: S,
        cursor: Self::Cursor<S>,
        j: usize,
        tail: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { self.0.load(simd, cursor.0, j, tail, into, k) };
        // SAFETY: the caller's promise.
        unsafe { self.1.load(simd, cursor.1, j, tail, into, k + A::COUNT) };
    }
}

/// The elements of a row from column `j` on: a vector, or those of `tail`.
///
/// # Safety
/// The elements may be read.
#[inline(always)]
unsafe fn elements<T: simd::Scalar, S: Simd>(
    simd: S,
    row: *const T,
    j: usize,
    tail: Option<Tail<T, S>>,
) -> Lanes<T, S> {
    let from = row.wrapping_add(j);
    match tail {
        // SAFETY: the caller's promise.
        None => unsafe { Lanes::load_ptr(simd, from) },
        // SAFETY: the caller's promise, of the elements that the mask holds for.
        Some(tail) => unsafe { Lanes::load_masked(tail.mask, from) },
    }
}

/// [`Sources::load`] of one operand: `load!(simd, cursor, j, tail => vector)`, where the vector's safety is the caller's promise.
macro_rules! load {
    ($simd:pat, $cursor:pat, $j:pat, $tail:pat => $vector:expr) => {
        #[inline(always)]
        #[allow(unused_unsafe, reason = "a number that is in all lanes is read safely")]
        unsafe fn load<S: Simd>(
            &self,
            $simd: S,
            $cursor: Self::Cursor<S>,
            $j: usize,
            $tail: Option<Tail<T, S>>,
            into: &mut [Lanes<T, S>],
            k: usize,
        ) {
            // SAFETY: the caller's promise, of which the implementation says why it is enough.
            into[k] = unsafe { $vector };
        }
    };
}

impl<T: simd::Scalar> Sources<T> for View<'_, T> {
    type Cursor<S: Simd> = *const T;

    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.rows() == rows && self.columns() == columns
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.stride() == self.columns().cast_signed()
    }
    #[inline(always)]
    fn row<S: Simd>(&self, _: S, i: usize) -> *const T {
        self.as_ptr().wrapping_offset(i.cast_signed() * self.stride())
    }
    // The view fits, so its row, or all of them as one, has a vector's elements from column j on.
    load!(simd, row, j, tail => elements(simd, row, j, tail));
}

impl<T: simd::Scalar> Sources<T> for ProductPiece<T> {
    type Cursor<S: Simd> = *const T;
    const HAS_PIECE: bool = true;

    /// The shape of the product is what [`product_map`] checks.
    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.is_flat
    }
    #[inline(always)]
    unsafe fn take(&mut self, (i, j): (usize, usize), piece: View<'_, T>) {
        self.stride = piece.stride();
        self.origin = piece.as_ptr().wrapping_offset(-(i.cast_signed() * self.stride)).wrapping_sub(j);
        self.is_flat = piece.stride() == piece.columns().cast_signed();
    }
    #[inline(always)]
    fn row<S: Simd>(&self, _: S, i: usize) -> *const T {
        self.origin.wrapping_offset(i.cast_signed() * self.stride)
    }
    // A vector's elements of the row are in the piece.
    load!(simd, row, j, tail => elements(simd, row, j, tail));
}

impl<T: simd::Scalar> Sources<T> for Row<'_, T> {
    type Cursor<S: Simd> = *const T;

    #[inline(always)]
    fn fit(&self, _: usize, columns: usize) -> bool {
        self.0.fit(1, columns)
    }
    #[inline(always)]
    fn row<S: Simd>(&self, simd: S, _: usize) -> *const T {
        Sources::row(&self.0, simd, 0)
    }
    load!(simd, row, j, tail => elements(simd, row, j, tail));
}

impl<T: simd::Scalar> Sources<T> for Column<'_, T> {
    type Cursor<S: Simd> = Lanes<T, S>;

    #[inline(always)]
    fn fit(&self, rows: usize, _: usize) -> bool {
        self.0.fit(1, rows)
    }
    #[inline(always)]
    fn row<S: Simd>(&self, simd: S, i: usize) -> Lanes<T, S> {
        Lanes::splat(simd, self.0.row(0)[i])
    }
    load!(_, value, _, _ => value);
}

impl<T: simd::Scalar> Sources<T> for Scalar {
    type Cursor<S: Simd> = Lanes<T, S>;

    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn row<S: Simd>(&self, simd: S, _: usize) -> Lanes<T, S> {
        Lanes::constant(simd, self.0)
    }
    load!(_, value, _, _ => value);
}
