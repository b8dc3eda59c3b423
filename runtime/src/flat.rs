//! The parameters of a loss, or their gradient: one flat buffer, and a view of each.

use core::marker::PhantomData;

use crate::error::Error;
use crate::matrix::{MatrixMut, MatrixRef, VectorRef};
use crate::owned::zeroed;
use crate::simd::Scalar;
use crate::view::{View, ViewMut};

/// How large a parameter is, and how kernels see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    rows: usize,
    columns: usize,
    /// Declared as a vector, which kernels take as one row. A matrix that happens to have one column is none.
    is_line: bool,
}

impl Extent {
    /// A matrix.
    #[must_use]
    pub fn matrix(rows: usize, columns: usize) -> Self {
        Self { rows, columns, is_line: false }
    }

    /// A vector, column or row.
    #[must_use]
    pub fn line(rows: usize, columns: usize) -> Self {
        Self { rows, columns, is_line: true }
    }

    /// Rows and columns of a kernel's view.
    fn of_view(self) -> (usize, usize) {
        if self.is_line { (1, self.rows * self.columns) } else { (self.rows, self.columns) }
    }
}

/// `P` matrices, one after the other, each a row after the other, in memory of one's own or lent.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat<T, const P: usize, V = Vec<T>> {
    values: V,
    shapes: [Extent; P],
    // Invariant: part k is values[ends[k - 1]..ends[k]], with as many elements as its shape has.
    ends: [usize; P],
    elements: PhantomData<T>,
}

/// Memory of the caller that one matrix or vector is written to.
pub type FlatMut<'a, T> = Flat<T, 1, &'a mut [T]>;

impl<T: Scalar, const P: usize> Flat<T, P> {
    /// Zeros.
    ///
    /// # Errors
    /// [`Error::Overflow`] if they are larger than memory.
    pub fn zeros(shapes: [Extent; P]) -> Result<Self, Error> {
        let ends = ends(shapes)?;
        let length = ends.last().copied().unwrap_or(0);
        Ok(Self { values: zeroed("a vector of all parameters", length, 1)?, shapes, ends, elements: PhantomData })
    }

    /// The parameters that `values` hold, in order.
    ///
    /// # Errors
    /// [`Error::Length`] if there are more or fewer.
    pub fn from_vec(shapes: [Extent; P], values: Vec<T>) -> Result<Self, Error> {
        let ends = ends(shapes)?;
        let length = ends.last().copied().unwrap_or(0);
        if values.len() != length {
            return Err(Error::Length { found: values.len(), rows: length, columns: 1 });
        }
        Ok(Self { values, shapes, ends, elements: PhantomData })
    }
}

impl<T: Scalar, const P: usize, V: AsRef<[T]>> Flat<T, P, V> {
    /// Parts of lent memory.
    pub(crate) fn lent(values: V, shapes: [Extent; P], ends: [usize; P]) -> Self {
        assert_eq!(ends.last().copied().unwrap_or(0), values.as_ref().len(), "elements of {shapes:?}");
        Self { values, shapes, ends, elements: PhantomData }
    }

    /// All elements.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self.values.as_ref()
    }

    fn start(&self, k: usize) -> usize {
        if k == 0 { 0 } else { self.ends[k - 1] }
    }

    /// The elements of part `k`.
    #[must_use]
    pub fn part(&self, k: usize) -> &[T] {
        &self.values.as_ref()[self.start(k)..self.ends[k]]
    }

    /// Part `k` as kernels read it; a vector is one row.
    #[must_use]
    pub fn view(&self, k: usize) -> View<'_, T> {
        let (rows, columns) = self.shapes[k].of_view();
        View::new(self.part(k), rows, columns)
    }

    /// Part `k` as users read it.
    #[must_use]
    pub fn matrix(&self, k: usize) -> MatrixRef<'_, T> {
        let Extent { rows, columns, .. } = self.shapes[k];
        MatrixRef::of(self.part(k), rows, columns)
    }

    /// Part `k`, a vector, as users read it.
    #[must_use]
    pub fn vector(&self, k: usize) -> VectorRef<'_, T> {
        self.part(k).into()
    }

    /// Part `k`, a scalar.
    #[must_use]
    pub fn scalar(&self, k: usize) -> T {
        self.part(k).first().copied().unwrap_or_default()
    }
}

impl<T: Scalar, const P: usize, V: AsRef<[T]> + AsMut<[T]>> Flat<T, P, V> {
    /// All elements, to write.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.values.as_mut()
    }

    /// The elements of part `k`, to write.
    pub fn part_mut(&mut self, k: usize) -> &mut [T] {
        let start = self.start(k);
        let end = self.ends[k];
        &mut self.values.as_mut()[start..end]
    }

    /// Every part as kernels write it.
    pub fn views_mut(&mut self) -> [ViewMut<'_, T>; P] {
        let (ends, shapes) = (self.ends, self.shapes);
        let mut rest = self.values.as_mut();
        core::array::from_fn(|k| {
            let start = if k == 0 { 0 } else { ends[k - 1] };
            let (part, tail) = core::mem::take(&mut rest).split_at_mut(ends[k] - start);
            rest = tail;
            let (rows, columns) = shapes[k].of_view();
            ViewMut::new(part, rows, columns)
        })
    }

    /// Part `k` as users write it.
    pub fn matrix_mut(&mut self, k: usize) -> MatrixMut<'_, T> {
        let Extent { rows, columns, .. } = self.shapes[k];
        MatrixMut::of(self.part_mut(k), rows, columns)
    }

    /// Part `k`, a scalar, to write.
    pub fn scalar_mut(&mut self, k: usize) -> &mut T {
        &mut self.part_mut(k)[0]
    }
}

/// Where parts of these shapes end.
///
/// # Errors
/// [`Error::Overflow`] if they are larger than memory.
pub(crate) fn ends<const P: usize>(shapes: [Extent; P]) -> Result<[usize; P], Error> {
    let mut ends = [0; P];
    let mut length = 0usize;
    for (end, Extent { rows, columns, .. }) in ends.iter_mut().zip(shapes) {
        let sum = rows.checked_mul(columns).and_then(|part| length.checked_add(part));
        length = sum.ok_or(Error::Overflow { what: "a parameter", rows, columns })?;
        *end = length;
    }
    Ok(ends)
}

impl<'a, T: Scalar> FlatMut<'a, T> {
    /// Memory for a vector of `rows` or of `columns` elements.
    ///
    /// # Errors
    /// [`Error::Shape`] if it has another length.
    pub fn of_line(
        values: &'a mut [T],
        (rows, columns): (usize, usize),
        name: &'static str,
        declared: &'static str,
    ) -> Result<Self, Error> {
        let found = if columns == 1 { (values.len(), 1) } else { (1, values.len()) };
        Self::checked(values, Extent::line(rows, columns), found, name, declared)
    }

    /// Memory for a matrix.
    ///
    /// # Errors
    /// [`Error::Shape`] if it has another shape.
    pub fn of_matrix(
        values: MatrixMut<'a, T>,
        (rows, columns): (usize, usize),
        name: &'static str,
        declared: &'static str,
    ) -> Result<Self, Error> {
        let found = (values.rows(), values.columns());
        Self::checked(values.into_slice(), Extent::matrix(rows, columns), found, name, declared)
    }

    fn checked(
        values: &'a mut [T],
        shape: Extent,
        found: (usize, usize),
        argument: &'static str,
        declared: &'static str,
    ) -> Result<Self, Error> {
        let expected = (shape.rows, shape.columns);
        if found == expected {
            let ends = ends([shape])?;
            return Ok(Self::lent(values, [shape], ends));
        }
        let expected = (Some(expected.0), Some(expected.1));
        Err(Error::Shape { argument, declared, found, expected, because: String::new() })
    }
}
