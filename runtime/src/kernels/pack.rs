//! The right factor of a product, laid out as the microkernel reads it.

use crate::buffer::Buffer;
use crate::error::Error;
use crate::simd::Element;
use crate::view::View;

/// Whether a matrix is taken as it is, or its transpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transposed {
    /// As it is.
    No,
    /// Its transpose.
    Yes,
}

/// The right factor of a product.
pub struct Packed<T> {
    buffer: Buffer<T>,
}

impl<T: Element> Packed<T> {
    /// Room for a factor of `rows` × `columns` on every instruction set.
    ///
    /// # Errors
    /// [`Error::Overflow`] if it is larger than memory.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        Ok(Self { buffer: Buffer::new(rows, columns)? })
    }

    /// How many rows the factor has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.buffer.rows()
    }

    /// How many columns the factor has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.buffer.columns()
    }

    pub(super) fn as_view(&self) -> View<'_, T> {
        self.buffer.view()
    }

    pub(super) fn pack(&mut self, b: View<'_, T>, transposed: Transposed) {
        let (rows, columns) = (self.rows(), self.columns());
        match transposed {
            Transposed::No => assert_eq!((b.rows(), b.columns()), (rows, columns)),
            Transposed::Yes => assert_eq!((b.columns(), b.rows()), (rows, columns)),
        }
        let mut to = self.buffer.view_mut();
        for i in 0..rows {
            for j in 0..columns {
                to.row_mut(i)[j] = match transposed {
                    Transposed::No => b.row(i)[j],
                    Transposed::Yes => b.row(j)[i],
                };
            }
        }
    }
}
