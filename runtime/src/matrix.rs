//! Matrices that the caller owns, read in place: any strides, no copy.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

use crate::error::Error;
use crate::view::View;

/// A borrowed matrix with any strides: rows first, columns first, every other row, a transpose.
///
/// ```
/// use frobenius::MatrixRef;
///
/// let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let x = MatrixRef::new(&values, 2, 3)?;
/// assert_eq!(x.get(1, 0), Some(4.0));
/// assert_eq!(x.t().get(0, 1), Some(4.0));
/// assert!(MatrixRef::new(&values, 2, 4).is_err());
/// # Ok::<(), frobenius::Error>(())
/// ```
pub struct MatrixRef<'a, T> {
    // Invariant: for all i < rows and j < columns, `start + i * row_stride + j * column_stride` is an
    // initialised element that lives, and is not written, for 'a. A stride that no two elements are apart by is 0 or 1.
    start: *const T,
    rows: usize,
    columns: usize,
    row_stride: isize,
    column_stride: isize,
    borrow: PhantomData<&'a [T]>,
}

// SAFETY: a MatrixRef is a shared borrow of elements, and may go where `&[T]` may.
unsafe impl<T: Sync> Send for MatrixRef<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for MatrixRef<'_, T> {}

impl<T> Clone for MatrixRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for MatrixRef<'_, T> {}

impl<'a, T> MatrixRef<'a, T> {
    /// A matrix whose rows follow each other in `values`.
    ///
    /// # Errors
    /// If `values` does not have `rows * columns` elements.
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> Result<Self, Error> {
        check_length(values.len(), rows, columns)?;
        Self::strided(values, (rows, columns), (columns, 1))
    }

    /// A matrix whose columns follow each other in `values`, as Fortran, Julia and nalgebra store it.
    ///
    /// # Errors
    /// If `values` does not have `rows * columns` elements.
    pub fn column_major(values: &'a [T], rows: usize, columns: usize) -> Result<Self, Error> {
        Ok(MatrixRef::new(values, columns, rows).map_err(|_| Error::Length { found: values.len(), rows, columns })?.t())
    }

    /// A matrix whose element (i, j) is `values[i * strides.0 + j * strides.1]`. A stride may be 0: the
    /// same row, or the same column, again and again.
    ///
    /// # Errors
    /// If an element would lie outside of `values`.
    pub fn strided(values: &'a [T], shape: (usize, usize), strides: (usize, usize)) -> Result<Self, Error> {
        let (rows, columns) = shape;
        if rows > 0 && columns > 0 {
            let last = (rows - 1)
                .checked_mul(strides.0)
                .zip((columns - 1).checked_mul(strides.1))
                .and_then(|(down, right)| down.checked_add(right));
            if last.is_none_or(|last| last >= values.len()) {
                return Err(Error::Strides { length: values.len(), shape, strides });
            }
        }
        // A stride that is walked reaches an element of a slice, so it fits; another one is not looked at.
        let strides = (strides.0.cast_signed(), strides.1.cast_signed());
        // SAFETY: the last element lies within `values`, and so do those before it.
        Ok(unsafe { Self::from_raw(values.as_ptr(), rows, columns, strides) })
    }

    /// A matrix by pointer and strides, which may be negative.
    ///
    /// # Safety
    /// For all i < `rows` and j < `columns`, `start + i * strides.0 + j * strides.1` is an initialised
    /// element of one allocation that lives, and is not written, for `'a`.
    #[must_use]
    pub unsafe fn from_raw(start: *const T, rows: usize, columns: usize, strides: (isize, isize)) -> Self {
        // A stride that is never walked may be any number, whose multiples do not fit.
        let row_stride = if rows > 1 && columns > 0 { strides.0 } else { 0 };
        let column_stride = if columns > 1 && rows > 0 { strides.1 } else { 1 };
        Self { start, rows, columns, row_stride, column_stride, borrow: PhantomData }
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

    /// Row `i`, from 0; `None` after the last one.
    #[must_use]
    pub fn row(&self, i: usize) -> Option<VectorRef<'a, T>> {
        (i < self.rows).then(|| VectorRef { line: self.row_range(i..i + 1) })
    }

    /// Column `j`, from 0; `None` after the last one.
    #[must_use]
    pub fn column(&self, j: usize) -> Option<VectorRef<'a, T>> {
        self.t().row(j)
    }

    /// The rows of `range`, read in place; `None` if it is not within the matrix.
    ///
    /// ```
    /// use frobenius::MatrixRef;
    ///
    /// let rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    /// let x = MatrixRef::from(&rows);
    /// let last = x.slice_rows(1..3).expect("within three rows");
    /// assert_eq!((last.rows(), last.get(0, 1)), (2, Some(4.0)));
    /// assert!(x.slice_rows(2..4).is_none());
    /// assert_eq!(x.column(1).map(|y| y.to_vec()), Some(vec![2.0, 4.0, 6.0]));
    /// ```
    #[must_use]
    pub fn slice_rows(&self, range: Range<usize>) -> Option<Self> {
        (range.start <= range.end && range.end <= self.rows).then(|| self.row_range(range))
    }

    /// The transpose: the same elements, read the other way round.
    #[must_use]
    pub fn t(&self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..*self
        }
    }

    #[inline]
    fn reference(&self, i: usize, j: usize) -> &'a T {
        assert!(i < self.rows && j < self.columns, "({i}, {j}) in {} x {}", self.rows, self.columns);
        let offset = i.cast_signed() * self.row_stride + j.cast_signed() * self.column_stride;
        // SAFETY: i and j were just checked, so this is an element by the invariant of `self`.
        unsafe { &*self.start.offset(offset) }
    }

    /// The elements as rows of unit stride, if that is how they lie.
    pub(crate) fn as_view(&self) -> Option<View<'a, T>> {
        (self.column_stride == 1 || self.columns <= 1).then(|| {
            // SAFETY: the invariant of `self`, with a column stride of 1 (or a single column).
            unsafe { View::from_raw(self.start, self.rows, self.columns, self.row_stride) }
        })
    }

    /// As [`MatrixRef::new`], for a slice that is known to have the right length.
    pub(crate) fn of(values: &'a [T], rows: usize, columns: usize) -> Self {
        assert_eq!(rows.checked_mul(columns), Some(values.len()), "a matrix of {rows} rows and {columns} columns");
        // SAFETY: the elements of the slice, as many as that is.
        unsafe { Self::from_raw(values.as_ptr(), rows, columns, (columns.cast_signed(), 1)) }
    }

    /// The rows of `range`, which must lie within the matrix.
    pub(crate) fn row_range(&self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.rows, "rows {range:?} of {}", self.rows);
        let offset = if range.is_empty() { 0 } else { range.start.cast_signed() * self.row_stride };
        let row_stride = if range.len() > 1 { self.row_stride } else { 0 };
        let column_stride = if range.is_empty() { 1 } else { self.column_stride };
        let start = self.start.wrapping_offset(offset);
        Self { start, rows: range.len(), row_stride, column_stride, ..*self }
    }
}

impl<T: Copy> MatrixRef<'_, T> {
    /// The element of row `i` and column `j`, both from 0; `None` outside of the matrix.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<T> {
        (i < self.rows && j < self.columns).then(|| self.element(i, j))
    }

    /// The elements, a row after the other.
    #[must_use]
    pub fn to_vec(&self) -> Vec<T> {
        (0..self.rows).flat_map(|i| (0..self.columns).map(move |j| self.element(i, j))).collect()
    }

    #[inline]
    pub(crate) fn element(&self, i: usize, j: usize) -> T {
        *self.reference(i, j)
    }
}

impl<T: fmt::Debug> fmt::Debug for MatrixRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = (0..self.rows).map(|i| (0..self.columns).map(|j| self.reference(i, j)).collect::<Vec<_>>());
        f.debug_list().entries(rows).finish()
    }
}

/// A borrowed vector with any stride. Whether it stands or lies is the loss's affair.
///
/// ```
/// use frobenius::VectorRef;
///
/// let y = VectorRef::from(&[1.0, 2.0, 3.0]);
/// assert_eq!((y.len(), y.get(2)), (3, Some(3.0)));
/// ```
pub struct VectorRef<'a, T> {
    line: MatrixRef<'a, T>,
}

impl<T> Clone for VectorRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for VectorRef<'_, T> {}

impl<'a, T> VectorRef<'a, T> {
    /// Every `stride`-th of `values`, `length` of them.
    ///
    /// # Errors
    /// If an element would lie outside of `values`.
    pub fn strided(values: &'a [T], length: usize, stride: usize) -> Result<Self, Error> {
        Ok(Self { line: MatrixRef::strided(values, (1, length), (0, stride))? })
    }

    /// A vector by pointer and stride, which may be negative.
    ///
    /// # Safety
    /// For all i < `length`, `start + i * stride` is an initialised element of one allocation that
    /// lives, and is not written, for `'a`.
    #[must_use]
    pub unsafe fn from_raw(start: *const T, length: usize, stride: isize) -> Self {
        // SAFETY: the caller's promise, for a single row.
        Self { line: unsafe { MatrixRef::from_raw(start, 1, length, (0, stride)) } }
    }

    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.line.columns()
    }

    /// True if it has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The vector as one row.
    pub(crate) fn as_row(&self) -> MatrixRef<'a, T> {
        self.line
    }
}

impl<T> VectorRef<'_, T> {
    /// The elements of `range`, read in place; `None` if it is not within the vector.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        let column = self.line.t().slice_rows(range)?;
        Some(Self { line: column.t() })
    }
}

impl<T: Copy> VectorRef<'_, T> {
    /// The elements, from the first to the last.
    ///
    /// ```
    /// use frobenius::VectorRef;
    ///
    /// let y = VectorRef::from(&[1.0, 2.0, 3.0, 4.0]);
    /// let inner = y.slice(1..3).expect("within four elements");
    /// assert_eq!(inner.iter().sum::<f64>(), 5.0);
    /// ```
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + '_ {
        (0..self.len()).map(|i| self.line.element(0, i))
    }

    /// Element `i`, from 0; `None` past the end.
    #[must_use]
    pub fn get(&self, i: usize) -> Option<T> {
        self.line.get(0, i)
    }

    /// The elements in order.
    #[must_use]
    pub fn to_vec(&self) -> Vec<T> {
        self.line.to_vec()
    }
}

impl<T: fmt::Debug> fmt::Debug for VectorRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|i| self.line.reference(0, i))).finish()
    }
}

/// A source that is read in place as a matrix of `T` by `MatrixRef::from(&x)`, or `(&x).into()`: `PhantomData<T>` has the
/// trait, since rustc tells the message of a trait only where it is not the converted type that lacks it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Source}` is not read as a matrix",
    label = "write `MatrixRef::new(&values, rows, columns)?`, where `values` has all elements, a row after the other"
)]
pub trait ReadMatrix<Source: ?Sized> {
    type Element;
    fn matrix(source: &Source) -> MatrixRef<'_, Self::Element>;
}

/// Reads arrays of rows, and with the feature `ndarray` its arrays.
impl<'a, T, Source: ?Sized> From<&'a Source> for MatrixRef<'a, T>
where
    PhantomData<T>: ReadMatrix<Source, Element = T>,
{
    fn from(source: &'a Source) -> Self {
        PhantomData::<T>::matrix(source)
    }
}

impl<T, const C: usize> ReadMatrix<[[T; C]]> for PhantomData<T> {
    type Element = T;
    fn matrix(source: &[[T; C]]) -> MatrixRef<'_, T> {
        // SAFETY: the elements of a slice of arrays, one after the other.
        unsafe { MatrixRef::from_raw(source.as_ptr().cast(), source.len(), C, (C.cast_signed(), 1)) }
    }
}

impl<T, const R: usize, const C: usize> ReadMatrix<[[T; C]; R]> for PhantomData<T> {
    type Element = T;
    fn matrix(source: &[[T; C]; R]) -> MatrixRef<'_, T> {
        source.as_slice().into()
    }
}

impl<T, const C: usize> ReadMatrix<Vec<[T; C]>> for PhantomData<T> {
    type Element = T;
    fn matrix(source: &Vec<[T; C]>) -> MatrixRef<'_, T> {
        source.as_slice().into()
    }
}

/// A source that is read in place as a vector of `T` by `VectorRef::from(&y)`, or `(&y).into()`, like [`ReadMatrix`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Source}` is not read as a vector",
    label = "write `VectorRef::from(&values)`, where `values` is a slice, an array or a `Vec` of `f32` or `f64`"
)]
pub trait ReadVector<Source: ?Sized> {
    type Element;
    fn vector(source: &Source) -> VectorRef<'_, Self::Element>;
}

/// Reads slices, arrays and `Vec`s, and with the feature `ndarray` its arrays.
impl<'a, T, Source: ?Sized> From<&'a Source> for VectorRef<'a, T>
where
    PhantomData<T>: ReadVector<Source, Element = T>,
{
    fn from(source: &'a Source) -> Self {
        PhantomData::<T>::vector(source)
    }
}

impl<T> ReadVector<[T]> for PhantomData<T> {
    type Element = T;
    fn vector(source: &[T]) -> VectorRef<'_, T> {
        // SAFETY: the elements of a slice, one after the other.
        unsafe { VectorRef::from_raw(source.as_ptr(), source.len(), 1) }
    }
}

impl<T, const N: usize> ReadVector<[T; N]> for PhantomData<T> {
    type Element = T;
    fn vector(source: &[T; N]) -> VectorRef<'_, T> {
        source.as_slice().into()
    }
}

impl<T> ReadVector<Vec<T>> for PhantomData<T> {
    type Element = T;
    fn vector(source: &Vec<T>) -> VectorRef<'_, T> {
        source.as_slice().into()
    }
}

/// An error unless a slice of `found` elements is a matrix of these rows and columns.
pub(crate) fn check_length(found: usize, rows: usize, columns: usize) -> Result<(), Error> {
    if rows.checked_mul(columns) == Some(found) { Ok(()) } else { Err(Error::Length { found, rows, columns }) }
}

/// A matrix with rows of unit stride that can be written: what [the parameters](crate#what-the-macro-makes) lend.
pub struct MatrixMut<'a, T> {
    values: &'a mut [T],
    rows: usize,
    columns: usize,
}

impl<'a, T: Copy> MatrixMut<'a, T> {
    /// A matrix whose rows follow each other in `values`.
    ///
    /// # Errors
    /// If `values` does not have `rows * columns` elements.
    pub fn new(values: &'a mut [T], rows: usize, columns: usize) -> Result<Self, Error> {
        check_length(values.len(), rows, columns)?;
        Ok(Self { values, rows, columns })
    }

    /// As [`MatrixMut::new`], for a slice that is known to have the right length.
    pub(crate) fn of(values: &'a mut [T], rows: usize, columns: usize) -> Self {
        Self { values, rows, columns }
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

    /// The element of row `i` and column `j`, both from 0; `None` outside of the matrix.
    pub fn get_mut(&mut self, i: usize, j: usize) -> Option<&mut T> {
        let is_inside = i < self.rows() && j < self.columns;
        if is_inside { self.values.get_mut(i * self.columns + j) } else { None }
    }

    /// The elements, a row after the other.
    #[must_use]
    pub fn into_slice(self) -> &'a mut [T] {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_read_in_place_whatever_the_strides() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        let rows = MatrixRef::new(&values, 6, 4).expect("24 elements");
        let columns = MatrixRef::column_major(&values, 6, 4).expect("24 elements");
        let every_other = MatrixRef::strided(&values, (3, 2), (8, 3)).expect("within 24 elements");
        for x in [rows, columns, every_other, rows.t(), every_other.t()] {
            for start in 0..=x.rows() {
                for end in start..=x.rows() {
                    let part = x.slice_rows(start..end).expect("within the rows");
                    let expected: Vec<f64> =
                        (start..end).flat_map(|i| (0..x.columns()).map(move |j| x.element(i, j))).collect();
                    assert_eq!((part.to_vec(), part.rows()), (expected, end - start));
                }
            }
            for j in 0..x.columns() {
                let column = x.column(j).expect("a column");
                let expected: Vec<f64> = (0..x.rows()).map(|i| x.element(i, j)).collect();
                assert_eq!((column.to_vec(), column.iter().len()), (expected.clone(), x.rows()));
                assert_eq!(column.slice(1..x.rows()).expect("within it").to_vec(), expected[1..]);
            }
            assert!(x.row(x.rows()).is_none() && x.column(x.columns()).is_none());
            assert!(x.slice_rows(0..x.rows() + 1).is_none());
        }
        let y = VectorRef::from(&values);
        assert_eq!(y.slice(3..3).map(|none| none.len()), Some(0));
        assert!(y.slice(20..25).is_none());
    }

    #[test]
    fn arrays_of_rows_are_matrices() {
        let rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let flat = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let expected = MatrixRef::new(&flat, 2, 3).expect("six elements").to_vec();
        assert_eq!(MatrixRef::from(&rows).to_vec(), expected);
        assert_eq!(MatrixRef::from(&rows.to_vec()).to_vec(), expected);
        assert_eq!(MatrixRef::from(&rows[1..]).t().to_vec(), expected[3..]);
        for (rows, columns) in [(0, 3), (2, 0)] {
            let none: MatrixRef<'_, f64> =
                if columns == 0 { MatrixRef::from(&[[]; 2]) } else { MatrixRef::from(&[[0.0; 3]; 0]) };
            assert_eq!((none.rows(), none.columns(), none.to_vec()), (rows, columns, Vec::new()));
        }
    }

    #[test]
    fn elements_outside_are_none_however_far() {
        let mut values = [1.0, 2.0, 3.0, 4.0];
        let mut matrix = MatrixMut::of(&mut values, 2, 2);
        assert_eq!(matrix.get_mut(1, 0), Some(&mut 3.0));
        for (i, j) in [(usize::MAX / 2 + 1, 0), (2, 0), (0, 2)] {
            assert_eq!(matrix.get_mut(i, j), None, "{i}, {j}");
        }
    }

    /// Every way to have rows without an element, or no rows, with strides that are never walked.
    fn empty() -> Vec<MatrixRef<'static, f64>> {
        let far = isize::MAX.cast_unsigned();
        let mut all = vec![
            MatrixRef::column_major(&[], 5, 0).unwrap(),
            MatrixRef::new(&[], 5, 0).unwrap(),
            MatrixRef::strided(&[], (5, 0), (far, far)).unwrap(),
            MatrixRef::strided(&[], (5, 0), (usize::MAX, usize::MAX)).unwrap(),
            MatrixRef::strided(&[1.0], (0, 5), (far, far)).unwrap(),
            // SAFETY: there are no elements.
            unsafe { MatrixRef::from_raw(core::ptr::null(), 5, 0, (isize::MAX, isize::MIN)) },
            // SAFETY: as above.
            unsafe { MatrixRef::from_raw(core::ptr::null(), 0, 5, (isize::MAX, 1)) },
        ];
        all.extend(all.clone().iter().map(MatrixRef::t));
        all
    }

    #[test]
    fn rows_of_no_elements_lie_nowhere() {
        for x in empty() {
            assert_eq!((x.to_vec(), format!("{x:?}").matches("[]").count()), (vec![], x.rows().max(1)));
            assert_eq!(x.row_range(x.rows() / 2..x.rows()).columns(), x.columns());
            let Some(view) = x.as_view() else { continue };
            assert!(view.as_ptr().is_aligned() && !view.as_ptr().is_null());
            for i in 0..view.rows() {
                // The address as well: it would lie outside of what the rows are of.
                assert_eq!((view.row(i), view.row(i).as_ptr()), (&[][..], view.as_ptr()), "{i}");
                assert_eq!(view.row_range(i..view.rows()).row(0), &[]);
            }
            assert_eq!(view.flat().map(|line| line.row(0).len()), Some(0));
        }
    }

    #[test]
    fn a_stride_that_is_not_walked_is_no_number_to_compute_with() {
        let values = [1.0, 2.0, 3.0];
        // SAFETY: one row, whose elements are those of the slice.
        let row = unsafe { MatrixRef::from_raw(values.as_ptr(), 1, 3, (isize::MAX, 1)) };
        assert_eq!(row.as_view().map(|view| (view.stride(), view.row(0))), Some((0, &values[..])));
        assert_eq!(row.t().row_range(1..3).to_vec(), values[1..]);
    }
}
