//! Memory of a loss: made once, in [`Loss::new`](crate#what-the-macro-makes), aligned to cache lines.

use crate::error::Error;
use crate::simd::Scalar;
use crate::view::{View, ViewMut};

/// A cache line, which is also the widest vector.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u64; 8]);

/// A matrix in memory of its own, zero at first. Each row begins at a cache line and may be read and
/// written up to the next one; what stands in that padding is never part of a result. Rows that are shorter than a
/// cache line stand one after the other instead, so that elementwise loops can take them as one.
pub struct Buffer<T> {
    lines: Vec<Line>,
    rows: usize,
    columns: usize,
    stride: usize,
    element: core::marker::PhantomData<T>,
}

/// The memory of `rows` rows that begin every `stride` elements, `padding` of which are a line: compiled once, here, for all
/// types.
fn lines(rows: usize, columns: usize, stride: Option<usize>, padding: usize) -> Result<(Vec<Line>, usize), Error> {
    let overflow = Error::Overflow { what: "a workspace", rows, columns };
    let Some((stride, elements)) = stride.and_then(|stride| Some((stride, stride.checked_mul(rows)?))) else {
        return Err(overflow);
    };
    let mut lines = Vec::new();
    let count = elements.div_ceil(padding);
    lines.try_reserve_exact(count).map_err(|_| overflow)?;
    lines.resize(count, Line([0; 8]));
    Ok((lines, stride))
}

fn clear(lines: &mut [Line]) {
    lines.fill(Line([0; 8]));
}

impl<T> Default for Buffer<T> {
    /// Nothing.
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T> Buffer<T> {
    /// Nothing. A constant, since one of hundreds of buffers takes no memory of a debug build's stack while it is made.
    pub const EMPTY: Self =
        Self { lines: Vec::new(), rows: 0, columns: 0, stride: 0, element: core::marker::PhantomData };
}

impl<T: Scalar> Buffer<T> {
    /// A matrix of zeros.
    ///
    /// # Errors
    /// [`Error::Overflow`] if it is larger than memory.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let stride = if columns < T::PADDING { Some(columns) } else { columns.checked_next_multiple_of(T::PADDING) };
        Self::with_stride(rows, columns, stride)
    }

    /// Makes this one a matrix of zeros, unless something has failed before. Whoever has hundreds of buffers asks once, after
    /// all of them, whether one could not be made: each question by itself would have a branch, and room on a debug build's stack.
    #[inline(never)]
    pub fn make(&mut self, rows: usize, columns: usize, outcome: &mut Result<(), Error>) {
        if outcome.is_ok() {
            *outcome = Self::new(rows, columns).map(|made| *self = made);
        }
    }

    /// Like [`Buffer::new`], but short rows begin at cache lines, too.
    ///
    /// # Errors
    /// As for [`Buffer::new`].
    pub(crate) fn padded(rows: usize, columns: usize) -> Result<Self, Error> {
        Self::with_stride(rows, columns, columns.checked_next_multiple_of(T::PADDING))
    }

    fn with_stride(rows: usize, columns: usize, stride: Option<usize>) -> Result<Self, Error> {
        let (lines, stride) = lines(rows, columns, stride, T::PADDING)?;
        Ok(Self { lines, rows, columns, stride, element: core::marker::PhantomData })
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All elements, with the padding.
    pub(crate) fn as_slice(&self) -> &[T] {
        // SAFETY: a Line is T::PADDING elements of T (64 bytes), for which every bit pattern is a value.
        unsafe { core::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * T::PADDING) }
    }

    /// All elements, with the padding.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as in `as_slice`; every bit pattern of T is one of a Line too.
        unsafe { core::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.lines.len() * T::PADDING) }
    }

    /// The whole matrix.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        self.first_rows(self.rows)
    }

    /// The whole matrix, to write.
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        self.first_rows_mut(self.rows)
    }

    /// The first `rows` rows: the part of a block's buffer that a shorter, last block uses.
    #[must_use]
    pub fn first_rows(&self, rows: usize) -> View<'_, T> {
        View::padded(self.as_slice(), rows, self.columns, self.stride)
    }

    /// The first `rows` rows, to write.
    pub fn first_rows_mut(&mut self, rows: usize) -> ViewMut<'_, T> {
        let (columns, stride) = (self.columns, self.stride);
        ViewMut::padded(self.as_mut_slice(), rows, columns, stride)
    }

    /// The first `columns` elements of a vector's buffer, which is one row.
    #[must_use]
    pub fn first_entries(&self, columns: usize) -> View<'_, T> {
        View::padded(self.as_slice(), 1, columns, self.stride)
    }

    /// The first `columns` elements of a vector's buffer, to write.
    pub fn first_entries_mut(&mut self, columns: usize) -> ViewMut<'_, T> {
        let stride = self.stride;
        ViewMut::padded(self.as_mut_slice(), 1, columns, stride)
    }

    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(self.lines.as_slice())
    }

    /// Makes every element `value`.
    pub fn fill(&mut self, value: T) {
        self.as_mut_slice().fill(value);
    }

    /// Makes every element zero.
    pub fn clear(&mut self) {
        clear(&mut self.lines);
    }
}
