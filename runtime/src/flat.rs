//! The parameters of a loss, or their gradient: one flat buffer, and a view of each.

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

/// `P` matrices, one after the other, each a row after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat<T, const P: usize> {
    values: Vec<T>,
    shapes: [Extent; P],
    // Invariant: part k is values[ends[k - 1]..ends[k]], with as many elements as its shape has.
    ends: [usize; P],
}

impl<T: Scalar, const P: usize> Flat<T, P> {
    /// Zeros.
    ///
    /// # Errors
    /// [`Error::Overflow`] if they are larger than memory.
    pub fn zeros(shapes: [Extent; P]) -> Result<Self, Error> {
        let ends = ends(shapes)?;
        let length = ends.last().copied().unwrap_or(0);
        Ok(Self { values: zeroed("a vector of all parameters", length, 1)?, shapes, ends })
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
        Ok(Self { values, shapes, ends })
    }

    /// All elements.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// All elements, to write.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values
    }

    fn start(&self, k: usize) -> usize {
        if k == 0 { 0 } else { self.ends[k - 1] }
    }

    /// The elements of part `k`.
    #[must_use]
    pub fn part(&self, k: usize) -> &[T] {
        &self.values[self.start(k)..self.ends[k]]
    }

    /// The elements of part `k`, to write.
    pub fn part_mut(&mut self, k: usize) -> &mut [T] {
        let start = self.start(k);
        &mut self.values[start..self.ends[k]]
    }

    /// Part `k` as kernels read it; a vector is one row.
    #[must_use]
    pub fn view(&self, k: usize) -> View<'_, T> {
        let (rows, columns) = self.shapes[k].of_view();
        View::new(self.part(k), rows, columns)
    }

    /// Every part as kernels write it.
    pub fn views_mut(&mut self) -> [ViewMut<'_, T>; P] {
        let mut rest = self.values.as_mut_slice();
        let (ends, shapes) = (self.ends, self.shapes);
        core::array::from_fn(|k| {
            let start = if k == 0 { 0 } else { ends[k - 1] };
            let (part, tail) = core::mem::take(&mut rest).split_at_mut(ends[k] - start);
            rest = tail;
            let (rows, columns) = shapes[k].of_view();
            ViewMut::new(part, rows, columns)
        })
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

    /// Part `k` as users write it.
    pub fn matrix_mut(&mut self, k: usize) -> MatrixMut<'_, T> {
        let Extent { rows, columns, .. } = self.shapes[k];
        MatrixMut::of(self.part_mut(k), rows, columns)
    }

    /// Part `k`, a scalar.
    #[must_use]
    pub fn scalar(&self, k: usize) -> T {
        self.part(k).first().copied().unwrap_or_default()
    }

    /// Part `k`, a scalar, to write.
    pub fn scalar_mut(&mut self, k: usize) -> &mut T {
        &mut self.part_mut(k)[0]
    }
}

fn ends<const P: usize>(shapes: [Extent; P]) -> Result<[usize; P], Error> {
    let mut ends = [0; P];
    let mut length = 0usize;
    for (end, Extent { rows, columns, .. }) in ends.iter_mut().zip(shapes) {
        let sum = rows.checked_mul(columns).and_then(|part| length.checked_add(part));
        length = sum.ok_or(Error::Overflow { what: "a parameter", rows, columns })?;
        *end = length;
    }
    Ok(ends)
}

/// Memory of the caller that one matrix or vector is written to, each row after the other.
pub struct FlatMut<'a, T> {
    // Invariant: as many elements as the shape has.
    values: &'a mut [T],
    shape: Extent,
}

impl<'a, T> FlatMut<'a, T> {
    /// Memory for a vector of `rows` or of `columns` elements.
    ///
    /// # Errors
    /// [`Error::Shape`] if it has another length.
    pub fn line(
        values: &'a mut [T],
        (rows, columns): (usize, usize),
        name: &'static str,
        declared: &'static str,
    ) -> Result<Self, Error> {
        let found = if columns == 1 { (values.len(), 1) } else { (1, values.len()) };
        Self { values, shape: Extent::line(rows, columns) }.checked(found, name, declared)
    }

    /// Memory for a matrix.
    ///
    /// # Errors
    /// [`Error::Shape`] if it has another shape.
    pub fn matrix(
        values: MatrixMut<'a, T>,
        (rows, columns): (usize, usize),
        name: &'static str,
        declared: &'static str,
    ) -> Result<Self, Error>
    where
        T: Copy,
    {
        let found = (values.rows(), values.columns());
        Self { values: values.into_slice(), shape: Extent::matrix(rows, columns) }.checked(found, name, declared)
    }

    fn checked(self, found: (usize, usize), argument: &'static str, declared: &'static str) -> Result<Self, Error> {
        let expected = (self.shape.rows, self.shape.columns);
        if found == expected {
            return Ok(self);
        }
        let expected = (Some(expected.0), Some(expected.1));
        Err(Error::Shape { argument, declared, found, expected, because: String::new() })
    }

    /// The elements of its only part, to write.
    pub fn part_mut(&mut self, _: usize) -> &mut [T] {
        self.values
    }

    /// Its only part as kernels write it.
    pub fn views_mut(&mut self) -> [ViewMut<'_, T>; 1] {
        let (rows, columns) = self.shape.of_view();
        [ViewMut::new(self.values, rows, columns)]
    }
}
