//! A matrix that owns its elements: what outputs are returned as.

use core::fmt;
use core::marker::PhantomData;

use crate::error::Error;
use crate::matrix::{MatrixMut, MatrixRef, ReadMatrix, check_length};

/// A matrix of its own, each row after the other: what [an output](crate#outputs) of a loss is returned as.
///
/// ```
/// use frobenius::{Matrix, MatrixRef};
///
/// let mut z = Matrix::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3)?;
/// assert_eq!((z.rows(), z.columns(), z.get(1, 0)), (2, 3, Some(4.0)));
/// assert_eq!(z.row(1), Some([4.0, 5.0, 6.0].as_slice()));
/// // It is read in place where data are wanted.
/// let x: MatrixRef<'_, f64> = (&z).into();
/// assert_eq!(x.t().get(2, 1), Some(6.0));
/// # Ok::<(), frobenius::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Matrix<T> {
    // Invariant: rows * columns elements.
    values: Vec<T>,
    rows: usize,
    columns: usize,
}

impl<T: Copy + Default> Matrix<T> {
    /// All elements 0.
    ///
    /// # Errors
    /// [`Error::Overflow`] if it is larger than memory.
    pub fn zeros(rows: usize, columns: usize) -> Result<Self, Error> {
        Ok(Self { values: zeros(rows, columns)?, rows, columns })
    }
}

impl<T: Copy> Matrix<T> {
    /// The matrix that has `values` as its elements, a row after the other.
    ///
    /// # Errors
    /// [`Error::Length`] if `values` does not have `rows * columns` elements.
    pub fn from_vec(values: Vec<T>, rows: usize, columns: usize) -> Result<Self, Error> {
        check_length(values.len(), rows, columns)?;
        Ok(Self { values, rows, columns })
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
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<T> {
        self.row(i)?.get(j).copied()
    }

    /// Row `i`, from 0; `None` after the last one.
    #[must_use]
    pub fn row(&self, i: usize) -> Option<&[T]> {
        let start = i.checked_mul(self.columns).filter(|_| i < self.rows)?;
        self.values.get(start..start + self.columns)
    }

    /// The elements, a row after the other.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// The elements, a row after the other.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.values
    }

    /// The matrix, to write.
    pub fn as_mut(&mut self) -> MatrixMut<'_, T> {
        MatrixMut::of(&mut self.values, self.rows, self.columns)
    }
}

impl<T> ReadMatrix<Matrix<T>> for PhantomData<T> {
    type Element = T;
    fn matrix(source: &Matrix<T>) -> MatrixRef<'_, T> {
        MatrixRef::of(&source.values, source.rows, source.columns)
    }
}

impl<T: fmt::Debug> fmt::Debug for Matrix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        MatrixRef::from(self).fmt(f)
    }
}

/// Zeros for an output.
///
/// # Errors
/// [`Error::Overflow`] if they are larger than memory.
pub fn zeros<T: Copy + Default>(rows: usize, columns: usize) -> Result<Vec<T>, Error> {
    zeroed("an output", rows, columns)
}

/// As many zeros as a matrix has elements; `what` they are, for the error if they are larger than memory.
pub(crate) fn zeroed<T: Copy + Default>(what: &'static str, rows: usize, columns: usize) -> Result<Vec<T>, Error> {
    let overflow = Error::Overflow { what, rows, columns };
    let mut values = Vec::new();
    let length = rows.checked_mul(columns).filter(|&length| values.try_reserve_exact(length).is_ok());
    values.resize(length.ok_or(overflow)?, T::default());
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_is_none_and_what_is_too_large_an_error() {
        let none = Matrix::<f32>::zeros(3, 0).expect("no elements");
        assert_eq!((none.row(2), none.row(3), none.get(0, 0)), (Some([].as_slice()), None, None));
        assert_eq!(none.row(usize::MAX), None);
        assert!(Matrix::from_vec(vec![1.0; 5], 2, 3).is_err());
        for (rows, columns) in [(usize::MAX, 2), (usize::MAX / 8, 1)] {
            let what = "an output";
            assert_eq!(Matrix::<f64>::zeros(rows, columns), Err(Error::Overflow { what, rows, columns }));
        }
    }
}
