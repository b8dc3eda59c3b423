//! Data arguments: read in place where their rows have unit stride, copied block by block where not.

use core::ops::Range;

use crate::buffer::Buffer;
use crate::error::Error;
use crate::matrix::{MatrixRef, VectorRef};
use crate::simd::Element;
use crate::view::View;

/// A data argument of a loss.
pub struct Input<'a, T> {
    source: MatrixRef<'a, T>,
    /// A block of rows, or everything, in unit stride; only if `source` is not.
    copy: Option<Buffer<T>>,
}

impl<'a, T: Element> Input<'a, T> {
    /// A matrix that is read `block` rows at a time.
    ///
    /// # Errors
    /// [`Error::Overflow`] if a copy of a block is larger than memory.
    pub fn streamed(source: MatrixRef<'a, T>, block: usize) -> Result<Self, Error> {
        let copy = match source.as_view() {
            Some(_) => None,
            None => Some(Buffer::new(block.min(source.rows()), source.columns())?),
        };
        Ok(Self { source, copy })
    }

    /// A vector that is read `block` elements at a time.
    ///
    /// # Errors
    /// As for [`Input::streamed`].
    pub fn streamed_line(source: VectorRef<'a, T>, block: usize) -> Result<Self, Error> {
        let source = source.as_row();
        let copy = match source.as_view() {
            Some(_) => None,
            None => Some(Buffer::new(1, block.min(source.columns()))?),
        };
        Ok(Self { source, copy })
    }

    /// A matrix that is read as a whole; a copy is made now, once, if its rows are not of unit stride.
    ///
    /// # Errors
    /// [`Error::Overflow`] if a copy is larger than memory.
    pub fn resident(source: MatrixRef<'a, T>) -> Result<Self, Error> {
        let mut input = Self::streamed(source, source.rows())?;
        if let Some(copy) = &mut input.copy {
            fill(copy, source);
        }
        Ok(input)
    }

    /// A vector that is read as a whole.
    ///
    /// # Errors
    /// As for [`Input::resident`].
    pub fn resident_line(source: VectorRef<'a, T>) -> Result<Self, Error> {
        Self::resident(source.as_row())
    }

    /// The rows of one block of a streamed matrix.
    pub fn rows(&mut self, rows: Range<usize>) -> View<'_, T> {
        let part = self.source.row_range(rows);
        match &mut self.copy {
            None => whole_view(part),
            Some(copy) => {
                fill(copy, part);
                copy.first_rows(part.rows())
            }
        }
    }

    /// The elements of one block of a streamed vector.
    pub fn entries(&mut self, entries: Range<usize>) -> View<'_, T> {
        let part = self.source.t().row_range(entries).t();
        match &mut self.copy {
            None => whole_view(part),
            Some(copy) => {
                fill(copy, part);
                copy.first_entries(part.columns())
            }
        }
    }

    /// All of a resident argument.
    #[must_use]
    pub fn whole(&self) -> View<'_, T> {
        self.copy.as_ref().map_or_else(|| whole_view(self.source), Buffer::view)
    }
}

fn whole_view<T>(source: MatrixRef<'_, T>) -> View<'_, T> {
    // A part of a source of unit stride has unit stride, and no other source comes here without its copy.
    source.as_view().unwrap_or_else(|| View::new(&[], 0, 0))
}

/// Copies `source` into the first rows of `copy`, in squares that stay in cache whichever way `source` lies.
fn fill<T: Element>(copy: &mut Buffer<T>, source: MatrixRef<'_, T>) {
    const SIDE: usize = 16;
    let (rows, columns) = (source.rows(), source.columns());
    let mut to =
        if copy.rows() == 1 && rows == 1 { copy.first_entries_mut(columns) } else { copy.first_rows_mut(rows) };
    for top in (0..rows).step_by(SIDE) {
        for left in (0..columns).step_by(SIDE) {
            for i in top..rows.min(top + SIDE) {
                let row = to.row_mut(i);
                for (j, element) in row.iter_mut().enumerate().take(columns.min(left + SIDE)).skip(left) {
                    *element = source.element(i, j);
                }
            }
        }
    }
}
