//! Data arguments: read in place where their rows have unit stride, copied block by block where not.

use core::ops::Range;

use crate::buffer::Buffer;
use crate::element::Element;
use crate::error::Error;
use crate::matrix::{MatrixRef, VectorRef};
use crate::view::View;

/// A data argument of a loss.
pub struct Input<'a, T> {
    source: MatrixRef<'a, T>,
    /// Everything, in unit stride: only if `source` is not, and is read as a whole.
    copy: Option<Buffer<T>>,
}

/// Where a block of rows is copied to, if the argument's rows are not of unit stride.
pub struct Staging<T>(Option<Buffer<T>>);

impl<T> Default for Staging<T> {
    /// None.
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Element> Staging<T> {
    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, Buffer::bytes)
    }
}

impl<'a, T: Element> Input<'a, T> {
    /// A matrix that is read block by block.
    #[must_use]
    pub fn streamed(source: MatrixRef<'a, T>) -> Self {
        Self { source, copy: None }
    }

    /// A vector that is read block by block.
    #[must_use]
    pub fn streamed_line(source: VectorRef<'a, T>) -> Self {
        Self::streamed(source.as_row())
    }

    /// A matrix that is read as a whole; a copy is made now, once, if its rows are not of unit stride.
    ///
    /// # Errors
    /// [`Error::Overflow`] if a copy is larger than memory.
    #[inline(never)]
    pub fn resident(source: MatrixRef<'a, T>) -> Result<Self, Error> {
        if source.as_view().is_some() {
            return Ok(Self::streamed(source));
        }
        let mut copy = Buffer::new(source.rows(), source.columns())?;
        fill(&mut copy, source);
        Ok(Self { source, copy: Some(copy) })
    }

    /// A vector that is read as a whole.
    ///
    /// # Errors
    /// As for [`Input::resident`].
    pub fn resident_line(source: VectorRef<'a, T>) -> Result<Self, Error> {
        Self::resident(source.as_row())
    }

    /// Makes `staging` memory for `block` rows of a matrix, unless something has failed before.
    #[inline(never)]
    pub fn stage(&self, block: usize, staging: &mut Staging<T>, outcome: &mut Result<(), Error>) {
        self.stage_shape(block.min(self.source.rows()), self.source.columns(), staging, outcome);
    }

    /// Makes `staging` memory for `block` elements of a vector, unless something has failed before.
    #[inline(never)]
    pub fn stage_line(&self, block: usize, staging: &mut Staging<T>, outcome: &mut Result<(), Error>) {
        self.stage_shape(1, block.min(self.source.columns()), staging, outcome);
    }

    fn stage_shape(&self, rows: usize, columns: usize, staging: &mut Staging<T>, outcome: &mut Result<(), Error>) {
        if self.source.as_view().is_none() && outcome.is_ok() {
            *outcome = Buffer::new(rows, columns).map(|made| staging.0 = Some(made));
        }
    }

    /// The rows of one block of a streamed matrix.
    #[inline(never)]
    pub fn rows<'s>(&'s self, rows: Range<usize>, staging: &'s mut Staging<T>) -> View<'s, T> {
        let next = (self.source.rows() - rows.end).min(rows.len());
        let part = self.source.row_range(rows);
        match &mut staging.0 {
            None => whole_view(part).followed_by(next),
            Some(copy) => {
                fill(copy, part);
                copy.first_rows(part.rows())
            }
        }
    }

    /// The elements of one block of a streamed vector.
    #[inline(never)]
    pub fn entries<'s>(&'s self, entries: Range<usize>, staging: &'s mut Staging<T>) -> View<'s, T> {
        let part = self.source.t().row_range(entries).t();
        match &mut staging.0 {
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

/// Copies `source` into the first rows of `copy`.
fn fill<T: Element>(copy: &mut Buffer<T>, source: MatrixRef<'_, T>) {
    let (rows, columns) = (source.rows(), source.columns());
    let to = if copy.rows() == 1 && rows == 1 { copy.first_entries_mut(columns) } else { copy.first_rows_mut(rows) };
    T::gather(source, to);
}
