//! Fused elementwise loops: one pass over all operands, any number of results and sums.
//!
//! ```text
//! for each row, for each vector of columns:
//!     load the sources (a matrix, or a row, a column or a scalar repeated)
//!     evaluate the expression, which is the only part that a loss brings along
//!     hand each result to its sink (store it, or add it to a sum)
//! ```
//!
//! Where an operand is a product that nothing else reads, the loop is the product's epilogue ([`product_map`]): it
//! runs over one piece of the product after the other, while each is in L1.
//!
//! Sums over all elements go through vectors of `T` for a few hundred additions at most and through f64 from
//! there on, so that a loss in f32 over a million rows keeps its digits.

use core::marker::PhantomData;

use super::{Kernels, Packed};
use crate::simd::{self, Isa, Lanes, Mask, Plain, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// An elementwise expression: `N` operands, `M` results.
pub trait Map<T: simd::Scalar, const N: usize, const M: usize> {
    /// True if the loop is compiled in plain Rust alone, whatever the instruction set: in a debug build, where vectors are no
    /// registers and each of their operations is a call, they would be most of what the crate compiles.
    const PLAIN: bool;
    /// The results for one vector of each operand. Implementations are `#[inline(always)]`.
    fn map<S: Simd>(&self, simd: S, operands: [Lanes<T, S>; N]) -> [Lanes<T, S>; M];
}

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

/// The product of [`product_map`], of which one piece is there at a time.
#[derive(Clone, Copy)]
pub struct Piece<T> {
    /// Element (i, j) of the product stands at `origin + i * stride + j`, if it is in the piece.
    origin: *const T,
    stride: isize,
    /// True if its rows stand one after the other.
    is_flat: bool,
}

impl<T> Piece<T> {
    /// Nothing yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "an operand that is nothing is no value to begin with")]
    pub fn new() -> Self {
        Self { origin: core::ptr::null(), stride: 0, is_flat: false }
    }
}

/// Writes a result, element by element.
pub struct Store<'a, T>(pub ViewMut<'a, T>);
/// Adds all elements of a result to a number.
pub struct Sum<'a>(pub &'a mut f64);
/// Adds each column of a result to an entry of a line.
pub struct ColumnSums<'a, T>(pub ViewMut<'a, T>);
/// Writes the sum of each row of a result to an entry of a line.
pub struct RowSums<'a, T>(pub ViewMut<'a, T>);

/// The last vector of a row, of which only some lanes are elements.
#[derive(Clone, Copy)]
pub struct Tail<T: simd::Scalar, S: Simd> {
    mask: Mask<T, S>,
    count: usize,
}

impl<T: simd::Scalar, S: Simd> Tail<T, S> {
    /// `vector` with zeros in the lanes that are no elements.
    #[inline(always)]
    fn keep(tail: Option<Self>, vector: Lanes<T, S>) -> Lanes<T, S> {
        match tail {
            None => vector,
            Some(tail) => vector.first(tail.count),
        }
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
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        simd: S,
        row: *const T,
        j: usize,
        tail: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        let from = row.wrapping_add(j);
        into[k] = match tail {
            // SAFETY: the view fits, so its row, or all of them as one, has a vector's elements from column j on.
            None => unsafe { Lanes::load_ptr(simd, from) },
            // SAFETY: as above, for the elements of the tail.
            Some(tail) => unsafe { Lanes::load_masked(tail.mask, from) },
        };
    }
}

impl<T: simd::Scalar> Sources<T> for Piece<T> {
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
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        simd: S,
        row: *const T,
        j: usize,
        tail: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        let from = row.wrapping_add(j);
        into[k] = match tail {
            // SAFETY: a vector's elements of the row are in the piece, by the caller's promise.
            None => unsafe { Lanes::load_ptr(simd, from) },
            // SAFETY: as above, for the elements of the tail.
            Some(tail) => unsafe { Lanes::load_masked(tail.mask, from) },
        };
    }
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
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        simd: S,
        row: *const T,
        j: usize,
        tail: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { self.0.load(simd, row, j, tail, into, k) };
    }
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
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        _: S,
        value: Lanes<T, S>,
        _: usize,
        _: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        into[k] = value;
    }
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
    #[inline(always)]
    unsafe fn load<S: Simd>(
        &self,
        _: S,
        value: Lanes<T, S>,
        _: usize,
        _: Option<Tail<T, S>>,
        into: &mut [Lanes<T, S>],
        k: usize,
    ) {
        into[k] = value;
    }
}

/// Results of a loop: one, or a pair of results, as for [`Sources`].
pub trait Sinks<T: simd::Scalar> {
    /// Sums on their way.
    type State<S: Simd>;
    /// These sinks, lent for a shorter time.
    type Lent<'a>: Sinks<T>
    where
        Self: 'a;
    /// Lends the sinks for a part of the loop.
    fn lend(&mut self) -> Self::Lent<'_>;
    /// How many results there are.
    const COUNT: usize = 1;
    /// True if every sink has the shape of the loop.
    fn fit(&self, rows: usize, columns: usize) -> bool;
    /// True if the rows of each stand one after the other, without padding, or it is one sum of all: then all rows may be walked
    /// as one long row.
    #[inline(always)]
    fn are_flat(&self) -> bool {
        false
    }
    /// Nothing summed yet.
    fn start<S: Simd>(simd: S) -> Self::State<S>;
    /// Takes the results of `results[k..]` from (i, j) on.
    ///
    /// # Safety
    /// As for [`Sources::load`], of row `i`.
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        at: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    );
    /// Row `i` is complete, or its first columns are, or, later, further ones.
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, _simd: S, _state: &mut Self::State<S>, _i: usize, _is_first: bool) {}
    /// The loop is complete.
    #[inline(always)]
    fn end<S: Simd>(&mut self, _state: &mut Self::State<S>) {}
}

impl<T: simd::Scalar> Sinks<T> for () {
    type State<S: Simd> = ();
    type Lent<'a> = ();
    const COUNT: usize = 0;

    #[inline(always)]
    fn lend(&mut self) {}
    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn start<S: Simd>(_: S) {}
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        (): &mut (),
        _: (usize, usize),
        _: Option<Tail<T, S>>,
        _: &[Lanes<T, S>],
        _: usize,
    ) {
    }
}

impl<T: simd::Scalar, A: Sinks<T>, B: Sinks<T>> Sinks<T> for (A, B) {
    type State<S: Simd> = (A::State<S>, B::State<S>);
    type Lent<'a>
        = (A::Lent<'a>, B::Lent<'a>)
    where
        Self: 'a;
    const COUNT: usize = A::COUNT + B::COUNT;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        (self.0.lend(), self.1.lend())
    }
    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.0.fit(rows, columns) && self.1.fit(rows, columns)
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.0.are_flat() && self.1.are_flat()
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        (A::start(simd), B::start(simd))
    }
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        at: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { self.0.take(&mut state.0, at, tail, results, k) };
        // SAFETY: the caller's promise.
        unsafe { self.1.take(&mut state.1, at, tail, results, k + A::COUNT) };
    }
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S, state: &mut Self::State<S>, i: usize, is_first: bool) {
        self.0.end_row(simd, &mut state.0, i, is_first);
        self.1.end_row(simd, &mut state.1, i, is_first);
    }
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        self.0.end(&mut state.0);
        self.1.end(&mut state.1);
    }
}

impl<T: simd::Scalar> Sinks<T> for Store<'_, T> {
    type State<S: Simd> = ();
    type Lent<'a>
        = Store<'a, T>
    where
        Self: 'a;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        Store(self.0.reborrow())
    }
    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.0.rows() == rows && self.0.columns() == columns
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.0.stride() == self.0.columns()
    }
    #[inline(always)]
    fn start<S: Simd>(_: S) {}
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        (): &mut (),
        (i, j): (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        let result = results[k];
        let to = self.0.as_mut_ptr().wrapping_add(i * self.0.stride() + j);
        match tail {
            // SAFETY: the view fits, so its row i, or all of them as one, has a vector's elements from column j on.
            None => unsafe { result.store_ptr(to) },
            // SAFETY: as above, for the elements of the tail.
            Some(tail) => unsafe { result.store_masked(tail.mask, to) },
        }
    }
}

/// Vectors of `T` that are added before the sum moves on to f64.
const FLUSH: usize = 64;

/// Vectors of a row whose sum is one of the row's.
const LONG: usize = 256;

impl<T: simd::Scalar> Sinks<T> for Sum<'_> {
    type State<S: Simd> = (Lanes<T, S>, usize);
    type Lent<'a>
        = Sum<'a>
    where
        Self: 'a;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        Sum(self.0)
    }
    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        (Lanes::constant(simd, 0.0), 0)
    }
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        _: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        let result = results[k];
        state.0 = state.0 + Tail::keep(tail, result);
        state.1 += 1;
        if state.1 == FLUSH {
            *self.0 += state.0.sum();
            *state = <Self as Sinks<T>>::start(result.simd());
        }
    }
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        *self.0 += state.0.sum();
    }
}

impl<T: simd::Scalar> Sinks<T> for ColumnSums<'_, T> {
    /// All columns, if a vector holds them: a row need not wait for what the one before has written.
    type State<S: Simd> = Lanes<T, S>;
    type Lent<'a>
        = ColumnSums<'a, T>
    where
        Self: 'a;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        ColumnSums(self.0.reborrow())
    }
    #[inline(always)]
    fn fit(&self, _: usize, columns: usize) -> bool {
        self.0.rows() == 1 && self.0.columns() == columns
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        Lanes::constant(simd, 0.0)
    }
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        (_, j): (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        let result = results[k];
        if self.0.columns() <= Lanes::<T, S>::count() {
            *state = *state + result;
            return;
        }
        // SAFETY: the line fits, so it has a vector's elements from column j on, or those of the tail.
        unsafe { self.add(j, tail.map(|tail| tail.mask), result) };
    }
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        if self.0.columns() <= Lanes::<T, S>::count() {
            let mask = Mask::first(state.simd(), self.0.columns());
            // SAFETY: the mask holds for the line's elements.
            unsafe { self.add(0, Some(mask), *state) };
        }
    }
}

impl<T: simd::Scalar> ColumnSums<'_, T> {
    /// Adds a vector, or the lanes of `mask`, to the line from column `j` on.
    ///
    /// # Safety
    /// The line has a vector's elements from column `j` on, or those that `mask` holds for.
    #[inline(always)]
    unsafe fn add<S: Simd>(&mut self, j: usize, mask: Option<Mask<T, S>>, result: Lanes<T, S>) {
        let to = self.0.as_mut_ptr().wrapping_add(j);
        match mask {
            None => {
                // SAFETY: the caller's promise.
                let before = unsafe { Lanes::load_ptr(result.simd(), to) };
                // SAFETY: as above.
                unsafe { (before + result).store_ptr(to) };
            }
            Some(mask) => {
                // SAFETY: the caller's promise.
                let before = unsafe { Lanes::load_masked(mask, to) };
                // SAFETY: as above.
                unsafe { (before + result).store_masked(mask, to) };
            }
        }
    }
}

impl<T: simd::Scalar> Sinks<T> for RowSums<'_, T> {
    type State<S: Simd> = Lanes<T, S>;
    type Lent<'a>
        = RowSums<'a, T>
    where
        Self: 'a;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        RowSums(self.0.reborrow())
    }
    #[inline(always)]
    fn fit(&self, rows: usize, _: usize) -> bool {
        self.0.rows() == 1 && self.0.columns() == rows
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        Lanes::constant(simd, 0.0)
    }
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        _: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        let result = results[k];
        *state = *state + Tail::keep(tail, result);
    }
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S, state: &mut Self::State<S>, i: usize, is_first: bool) {
        let sum = &mut self.0.row_mut(0)[i];
        let before = if is_first { T::default() } else { *sum };
        *sum = before + state.reduce();
        *state = Self::start(simd);
    }
}

/// Runs `body` over `shape`.0 rows of `shape`.1 elements.
///
/// # Panics
/// If a source or a sink has another shape: a mistake of the expansion, not of its user.
///
/// A loop over a [`Piece`] does not compile, since no product is there to take one of:
///
/// ```compile_fail,E0080
/// use frobenius_runtime::__rt_0_1::{Element, Isa, Lanes, Map, Piece, Simd, Sum, map};
///
/// struct Same;
///
/// impl<T: Element> Map<T, 1, 1> for Same {
///     const PLAIN: bool = true;
///     fn map<S: Simd>(&self, _: S, operands: [Lanes<T, S>; 1]) -> [Lanes<T, S>; 1] {
///         operands
///     }
/// }
///
/// let mut sum = 0.0;
/// map::<f64, _, _, _, 1, 1>(Isa::Scalar, (1, 8), Piece::new(), Sum(&mut sum), &Same);
/// ```
#[inline]
pub fn map<T, A, B, F, const N: usize, const M: usize>(isa: Isa, shape: (usize, usize), sources: A, sinks: B, body: &F)
where
    T: simd::Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    const { assert!(A::COUNT == N && B::COUNT == M && !A::HAS_PIECE) };
    if !(sources.fit(shape.0, shape.1) && sinks.fit(shape.0, shape.1)) {
        misfit(shape);
    }
    let shape = as_one_row(shape, &sources, &sinks).unwrap_or(shape);
    run(isa, Part { at: (0, 0), shape, sources, sinks, body, element: PhantomData });
}

/// Like [`map`], where one operand, the [`Piece`], is the product of `a` and `b`, of which nothing else is kept.
///
/// # Panics
/// If an operand, the product or a sink has another shape: a mistake of the expansion, not of its user.
#[inline]
pub fn product_map<T, A, B, F, const N: usize, const M: usize>(
    isa: Isa,
    (a, b): (View<'_, T>, &Packed<T>),
    shape: (usize, usize),
    mut sources: A,
    mut sinks: B,
    body: &F,
) where
    T: Kernels,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    const { assert!(A::COUNT == N && B::COUNT == M) };
    if !(sources.fit(shape.0, shape.1) && sinks.fit(shape.0, shape.1)) {
        misfit(shape);
    }
    if (a.rows(), b.columns()) != shape {
        misfit(shape);
    }
    T::product_through(isa, a, b, &mut |at, piece| {
        // SAFETY: the loop below reads what is in the piece.
        unsafe { sources.take(at, piece) };
        let part = (piece.rows(), piece.columns());
        let flat = if part.1 == shape.1 { as_one_row(part, &sources, &sinks) } else { None };
        let shape = flat.unwrap_or(part);
        run(isa, Part { at, shape, sources, sinks: sinks.lend(), body, element: PhantomData });
    });
}

/// Panics about a mistake of the expansion; compiled once, and not with each loop.
#[cold]
#[inline(never)]
fn misfit(shape: (usize, usize)) -> ! {
    panic!("operands of another shape than the loop, which has {shape:?}")
}

/// All rows as one, where nothing keeps them apart: narrow rows would leave a part of every vector empty.
#[inline]
fn as_one_row<T: simd::Scalar>(
    (rows, columns): (usize, usize),
    sources: &impl Sources<T>,
    sinks: &impl Sinks<T>,
) -> Option<(usize, usize)> {
    (sources.are_flat() && sinks.are_flat()).then(|| (1, rows * columns))
}

/// Runs a part with `isa`, or in plain Rust if the loop is compiled in no other way.
#[inline]
fn run<T, A, B, F, const N: usize, const M: usize>(isa: Isa, part: Part<'_, A, B, F, T, N, M>)
where
    T: simd::Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    if const { F::PLAIN } { part.run(Plain {}) } else { isa.run(part) }
}

/// A part of a loop, or all of it: `shape` elements from `at` on.
struct Part<'f, A, B, F, T, const N: usize, const M: usize> {
    at: (usize, usize),
    shape: (usize, usize),
    sources: A,
    sinks: B,
    body: &'f F,
    element: PhantomData<T>,
}

impl<T, A, B, F, const N: usize, const M: usize> Vectorized for Part<'_, A, B, F, T, N, M>
where
    T: simd::Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (first, begin) = self.at;
        let (rows, columns) = self.shape;
        let lanes = Lanes::<T, S>::count();
        let (whole, end) = (begin + columns / lanes * lanes, begin + columns);
        let tail = (whole < end).then(|| Tail { mask: Mask::first(simd, end - whole), count: end - whole });
        let mut state = B::start(simd);
        let mut operands = [Lanes::constant(simd, 0.0); N];
        // Long rows are cut, so that their sums round as little as sums of sums do.
        let mut from = begin;
        while from < end || from == begin {
            let to = end.min(from + LONG * lanes);
            for i in first..first + rows {
                let cursor = self.sources.row(simd, i);
                let mut j = from;
                // The expression is there once, for whole vectors and for the rest: it is the most of what a loss compiles.
                while j < to {
                    // SAFETY: sources and sinks fit the loop that this is a part of, which was checked, or all rows of the
                    // part as one; and j + lanes <= end, or the tail has the columns from j on. What is a piece of a product
                    // has all of the part.
                    unsafe {
                        if j < whole {
                            self.sources.load(simd, cursor, j, None, &mut operands, 0);
                        } else {
                            self.sources.load(simd, cursor, j, tail, &mut operands, 0);
                        }
                    }
                    let results = self.body.map(simd, operands);
                    // SAFETY: as above.
                    unsafe {
                        if j < whole {
                            self.sinks.take(&mut state, (i, j), None, &results, 0);
                        } else {
                            self.sinks.take(&mut state, (i, j), tail, &results, 0);
                        }
                    }
                    j += lanes;
                }
                self.sinks.end_row(simd, &mut state, i, from == 0);
            }
            from += LONG * lanes;
        }
        self.sinks.end(&mut state);
    }
}
