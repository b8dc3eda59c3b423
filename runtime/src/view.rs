//! Operands and results of kernels: rows of unit stride, in the caller's memory or in a [`Buffer`](crate::buffer::Buffer).

use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;

/// Rows of unit stride, to read: an R × C matrix. A vector is one row, 1 × C.
pub struct View<'a, T> {
    // Invariant: for all i < rows, the `width` elements from `start + i * stride` are initialised, live and
    // are not written for 'a; where `width` is 0, `start` is aligned and not null, and `stride` 0 if there are several rows; and
    // columns <= width.
    start: *const T,
    rows: usize,
    columns: usize,
    stride: isize,
    width: usize,
    /// How many rows stand behind these and are read next: a hint, and nothing that may be read through this view.
    following: usize,
    borrow: PhantomData<&'a [T]>,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for View<'_, T> {}

// SAFETY: a View is a shared borrow of elements, and may go where `&[T]` may.
unsafe impl<T: Sync> Send for View<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for View<'_, T> {}

impl<'a, T> View<'a, T> {
    /// A `rows` × `columns` matrix: its rows one after the other in `values`, which has at least as many elements.
    ///
    /// # Panics
    /// If `values` has fewer than `rows * columns` elements.
    #[must_use]
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> Self {
        Self::padded(values, rows, columns, columns)
    }

    /// One row: 1 × `values.len()`.
    #[must_use]
    pub fn line(values: &'a [T]) -> Self {
        Self::new(values, 1, values.len())
    }

    /// Rows that begin every `stride` elements of `values` and may be read up to there.
    pub(crate) fn padded(values: &'a [T], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(columns <= stride && rows.checked_mul(stride).is_some_and(|needed| needed <= values.len()));
        let (start, stride) = (values.as_ptr(), stride.cast_signed());
        Self { start, rows, columns, stride, width: stride.cast_unsigned(), following: 0, borrow: PhantomData }
    }

    /// Rows by pointer; none of them is read past its `columns`.
    ///
    /// # Safety
    /// For all i < `rows` and j < `columns`, `start + i * stride + j` is an initialised element of one
    /// allocation that lives, and is not written, for `'a`.
    pub(crate) unsafe fn from_raw(start: *const T, rows: usize, columns: usize, stride: isize) -> Self {
        // Of no elements, the pointer may be anything and the stride lead anywhere: rows of no elements are slices too.
        let (start, stride) = if rows == 0 || columns == 0 {
            (NonNull::<T>::dangling().as_ptr().cast_const(), 0)
        } else {
            (start, stride)
        };
        Self { start, rows, columns, stride, width: columns, following: 0, borrow: PhantomData }
    }

    /// R, how many rows it has.
    #[inline(always)]
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// C, how many columns it has.
    #[inline(always)]
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Elements from a row to the next.
    #[inline(always)]
    pub(crate) fn stride(&self) -> isize {
        self.stride
    }

    /// How many elements of a row may be read: its columns, and what it is padded with.
    #[inline(always)]
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// These rows, as those of a matrix whose next `rows` rows are read after them.
    pub(crate) fn followed_by(self, rows: usize) -> Self {
        Self { following: rows, ..self }
    }

    /// How many rows stand behind these and are read next.
    #[inline(always)]
    pub(crate) fn following(&self) -> usize {
        self.following
    }

    /// The first element. For all i < `rows`, `width` elements may be read from `start + i * stride`.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *const T {
        self.start
    }

    /// Row `i`, with its padding.
    #[inline(always)]
    pub(crate) fn padded_row(&self, i: usize) -> &'a [T] {
        assert!(i < self.rows);
        // SAFETY: i < rows, so these are elements by the invariant of `self`, or none at `start`.
        unsafe { core::slice::from_raw_parts(self.start.offset(i.cast_signed() * self.stride), self.width) }
    }

    /// Row `i`: as many elements as the view has columns.
    ///
    /// # Panics
    /// If there is no row `i`.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [T] {
        &self.padded_row(i)[..self.columns]
    }

    /// The elements of `range` of a vector: 1 × `range.len()`.
    ///
    /// # Panics
    /// If they are not all there, or there is no row.
    #[must_use]
    pub fn entries(&self, range: Range<usize>) -> View<'a, T> {
        View::line(&self.row(0)[range])
    }

    /// A vector, 1 × C, as a matrix of one column, C × 1.
    ///
    /// # Panics
    /// If there is no row.
    #[must_use]
    pub fn as_column(&self) -> View<'a, T> {
        let entries = self.row(0);
        View::new(entries, entries.len(), 1)
    }

    /// All rows as one, if they stand one after the other.
    pub(crate) fn flat(&self) -> Option<Self> {
        let stands = self.rows <= 1 || self.stride == self.columns.cast_signed();
        let columns = self.rows * self.columns;
        // The elements of all rows are one after the other, and of one row they are what they were.
        stands.then_some(Self { rows: 1, columns, width: columns, following: 0, ..*self })
    }

    /// The rows of `range`: `range.len()` × C.
    ///
    /// # Panics
    /// If they are not all there.
    #[must_use]
    pub fn row_range(&self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.rows);
        let offset = if range.is_empty() { 0 } else { range.start.cast_signed() * self.stride };
        Self { start: self.start.wrapping_offset(offset), rows: range.len(), following: 0, ..*self }
    }
}

/// Rows of unit stride, to write: an R × C matrix. A vector is one row, 1 × C.
pub struct ViewMut<'a, T> {
    values: &'a mut [T],
    rows: usize,
    columns: usize,
    // Invariant: columns <= stride, and rows * stride <= values.len().
    stride: usize,
}

impl<'a, T> ViewMut<'a, T> {
    /// A `rows` × `columns` matrix: its rows one after the other in `values`, which has at least as many elements.
    ///
    /// # Panics
    /// If `values` has fewer than `rows * columns` elements.
    #[must_use]
    pub fn new(values: &'a mut [T], rows: usize, columns: usize) -> Self {
        Self::padded(values, rows, columns, columns)
    }

    /// One row: 1 × `values.len()`.
    #[must_use]
    pub fn line(values: &'a mut [T]) -> Self {
        let columns = values.len();
        Self::new(values, 1, columns)
    }

    /// Rows that begin every `stride` elements of `values` and may be written up to there.
    pub(crate) fn padded(values: &'a mut [T], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(columns <= stride && rows.checked_mul(stride).is_some_and(|needed| needed <= values.len()));
        Self { values, rows, columns, stride }
    }

    /// R, how many rows it has.
    #[inline(always)]
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// C, how many columns it has.
    #[inline(always)]
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Elements from a row to the next, all of which may be written.
    #[inline(always)]
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// The first element; `stride` elements may be written from each row's start.
    #[inline(always)]
    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.values.as_mut_ptr()
    }

    /// Row `i`, with its padding.
    #[inline(always)]
    pub(crate) fn padded_row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows);
        &mut self.values[i * self.stride..][..self.stride]
    }

    /// Rows `i` and `i + 1`, to write.
    ///
    /// # Panics
    /// If there is no row `i + 1`.
    pub(crate) fn neighbours_mut(&mut self, i: usize) -> (&mut [T], &mut [T]) {
        assert!(i + 1 < self.rows);
        let (first, second) = self.values[i * self.stride..][..2 * self.stride].split_at_mut(self.stride);
        (&mut first[..self.columns], &mut second[..self.columns])
    }

    /// Row `i`, to write: as many elements as the view has columns.
    ///
    /// # Panics
    /// If there is no row `i`.
    #[inline(always)]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        let columns = self.columns;
        &mut self.padded_row_mut(i)[..columns]
    }

    /// Row `i` and all that stands behind it, to write.
    pub(crate) fn rest_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.values[i * self.stride..]
    }

    /// The rows of `range`, to write: `range.len()` × C.
    ///
    /// # Panics
    /// If they are not all there.
    pub fn rows_mut(&mut self, range: Range<usize>) -> ViewMut<'_, T> {
        assert!(range.start <= range.end && range.end <= self.rows);
        let part = &mut self.values[range.start * self.stride..range.end * self.stride];
        ViewMut { values: part, rows: range.len(), columns: self.columns, stride: self.stride }
    }

    /// The elements of `range` of a vector, to write: 1 × `range.len()`.
    ///
    /// # Panics
    /// If they are not all there, or there is no row.
    pub fn entries_mut(&mut self, range: Range<usize>) -> ViewMut<'_, T> {
        let columns = range.len();
        ViewMut::new(&mut self.row_mut(0)[range], 1, columns)
    }

    /// A vector, 1 × C, as a matrix of one column, C × 1.
    ///
    /// # Panics
    /// If there is no row, and C is not 0.
    #[must_use]
    pub fn as_column(self) -> Self {
        let (values, columns) = (self.values, self.columns);
        ViewMut::new(&mut values[..columns], columns, 1)
    }

    /// Lends the rows for a shorter time.
    #[inline(always)]
    pub fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { values: self.values, rows: self.rows, columns: self.columns, stride: self.stride }
    }

    /// Lends the rows for reading.
    #[inline(always)]
    #[must_use]
    pub fn as_view(&self) -> View<'_, T> {
        View::padded(self.values, self.rows, self.columns, self.stride)
    }
}
