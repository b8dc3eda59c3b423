//! The right factor of a product, laid out as the microkernel reads it; and transposition.
//!
//! A panel is a strip of columns, as wide as the widest tile; the last one is as wide as its columns need, in whole
//! vectors. Panels stand one after the other, and within a panel its rows: element (l, t) of the panel that
//! begins at column j of a factor of d rows stands at j d + l width + t. Columns of padding are zero.
//!
//! A factor of few columns that are long is laid out as lines instead: column t stands at t width, where the width is
//! that of whole vectors, and ends with zeros.

use super::tile::widest;
use crate::buffer::Buffer;
use crate::error::Error;
use crate::matrix::MatrixRef;
use crate::simd::{Lanes, Mask, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// The choice between a matrix and its transpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transposed {
    /// As it is.
    No,
    /// Its transpose.
    Yes,
}

/// The right factor of a product, in panels.
pub struct Packed<T> {
    // As many elements as the panels of any instruction set need: its rows are padded to the widest vector.
    buffer: Buffer<T>,
    layout: Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Nothing was packed.
    Empty,
    /// Panels of so many columns.
    Panels(usize),
    /// Lines for vectors of so many lanes.
    Lines(usize),
}

impl<T> Default for Packed<T> {
    /// Room for nothing.
    fn default() -> Self {
        Self { buffer: Buffer::default(), layout: Layout::Empty }
    }
}

impl<T: Scalar> Packed<T> {
    /// Room for a factor of `rows` × `columns` on every instruction set.
    ///
    /// # Errors
    /// [`Error::Overflow`] if it is larger than memory.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        Ok(Self { buffer: Buffer::padded(rows, columns)?, layout: Layout::Empty })
    }

    /// Makes this one room for such a factor, unless something has failed before.
    #[inline(never)]
    pub fn make(&mut self, rows: usize, columns: usize, outcome: &mut Result<(), Error>) {
        if outcome.is_ok() {
            *outcome = Self::new(rows, columns).map(|made| *self = made);
        }
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

    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.buffer.bytes()
    }

    /// The panels of `S`, if the factor is laid out so.
    pub(super) fn panels<S: Simd>(&self) -> Option<&[T]> {
        let panel = widest::<S>() * Lanes::<T, S>::count();
        (self.layout == Layout::Panels(panel)).then(|| self.buffer.as_slice())
    }

    /// The lines of `S`, one for each column, each as long as [`Packed::width`] says.
    pub(super) fn lines<S: Simd>(&self) -> &[T] {
        assert_eq!(
            self.layout,
            Layout::Lines(Lanes::<T, S>::count()),
            "packed for another instruction set, or not at all"
        );
        &self.buffer.as_slice()[..self.columns() * self.width::<S>()]
    }

    /// How long a line is.
    pub(super) fn width<S: Simd>(&self) -> usize {
        self.rows().next_multiple_of(Lanes::<T, S>::count())
    }
}

/// True if vectors lie along the contraction: for a factor of few columns, which would fill a part of a vector, and long ones,
/// so that adding up the lanes is little. The factor has `rows` × `columns`.
fn is_in_lines(rows: usize, columns: usize, lanes: usize) -> bool {
    /// Vector operations that add up a vector's lanes.
    const REDUCE: usize = 8;
    let (panels, lines) = (rows * columns.div_ceil(lanes), columns * (rows.div_ceil(lanes) + REDUCE));
    5 * lines < 4 * panels
}

/// packed = b, or bᵀ.
pub(super) struct Pack<'a, T> {
    pub(super) b: View<'a, T>,
    pub(super) transposed: Transposed,
    pub(super) packed: &'a mut Packed<T>,
}

impl<T: Scalar> Vectorized for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { b, transposed, packed } = self;
        let (rows, columns) = (packed.rows(), packed.columns());
        let shape = match transposed {
            Transposed::No => (b.rows(), b.columns()),
            Transposed::Yes => (b.columns(), b.rows()),
        };
        assert_eq!(shape, (rows, columns));
        let lanes = Lanes::<T, S>::count();
        if is_in_lines(rows, columns, lanes) {
            packed.layout = Layout::Lines(lanes);
            let width = packed.width::<S>();
            for (t, line) in packed.buffer.as_mut_slice().chunks_exact_mut(width).take(columns).enumerate() {
                let (line, padding) = line.split_at_mut(rows);
                padding.fill(T::default());
                match transposed {
                    Transposed::No => line.iter_mut().enumerate().for_each(|(l, to)| *to = b.row(l)[t]),
                    Transposed::Yes => line.copy_from_slice(b.row(t)),
                }
            }
            return;
        }
        let panel = widest::<S>() * lanes;
        packed.layout = Layout::Panels(panel);
        let mut panels = packed.buffer.as_mut_slice();
        for j in (0..columns).step_by(panel) {
            let valid = (columns - j).min(panel);
            let width = valid.next_multiple_of(lanes);
            let panel;
            (panel, panels) = panels.split_at_mut(rows * width);
            match transposed {
                Transposed::No => copy(simd, b, j, valid, panel, width),
                Transposed::Yes => copy_transposed(b, j, valid, panel, width),
            }
        }
    }
}

/// Columns j to j + valid of b, vector by vector.
#[inline(always)]
fn copy<T: Scalar, S: Simd>(simd: S, b: View<'_, T>, j: usize, valid: usize, panel: &mut [T], width: usize) {
    let lanes = Lanes::<T, S>::count();
    for (l, to) in panel.chunks_exact_mut(width).enumerate() {
        let from = &b.row(l)[j..j + valid];
        for (from, to) in from.chunks(lanes).zip(to.chunks_exact_mut(lanes)) {
            let vector = if from.len() == lanes {
                Lanes::load(simd, from)
            } else {
                // SAFETY: the mask holds for the elements of `from`.
                unsafe { Lanes::load_masked(Mask::first(simd, from.len()), from.as_ptr()) }
            };
            vector.store(to);
        }
    }
}

/// Rows j to j + valid of b, each as a column.
#[inline(always)]
fn copy_transposed<T: Scalar>(b: View<'_, T>, j: usize, valid: usize, panel: &mut [T], width: usize) {
    /// Rows of a panel that are written at a time: 64 rows of 256 bytes stay in L1 while a column after the other is
    /// written through them.
    const STRIP: usize = 64;
    for (strip, panel) in panel.chunks_mut(STRIP * width).enumerate() {
        for t in 0..valid {
            let from = &b.row(j + t)[strip * STRIP..];
            for (to, &from) in panel.chunks_exact_mut(width).zip(from) {
                to[t] = from;
            }
        }
        if valid < width {
            panel.chunks_exact_mut(width).for_each(|to| to[valid..].fill(T::default()));
        }
    }
}

/// Rows and columns of a block of a transposition: it lies in registers or L1 whatever the strides are.
const BLOCK: usize = 8;

/// out = aᵀ, block by block.
pub(super) fn transpose<T: Scalar>(a: View<'_, T>, mut out: ViewMut<'_, T>) {
    assert_eq!((a.rows(), a.columns()), (out.columns(), out.rows()));
    for i in (0..a.rows()).step_by(BLOCK) {
        let height = BLOCK.min(a.rows() - i);
        for j in (0..a.columns()).step_by(BLOCK) {
            let width = BLOCK.min(a.columns() - j);
            if (height, width) == (BLOCK, BLOCK) {
                let mut block = [[T::default(); BLOCK]; BLOCK];
                for r in 0..BLOCK {
                    for (line, x) in block.iter_mut().zip(&a.row(i + r)[j..j + BLOCK]) {
                        line[r] = *x;
                    }
                }
                for (c, line) in block.iter().enumerate() {
                    out.row_mut(j + c)[i..i + BLOCK].copy_from_slice(line);
                }
            } else {
                for r in i..i + height {
                    for c in j..j + width {
                        out.row_mut(c)[r] = a.row(r)[c];
                    }
                }
            }
        }
    }
}

/// out = a, in squares that stay in cache whichever way `a` lies.
pub(super) fn gather<T: Scalar>(a: MatrixRef<'_, T>, mut out: ViewMut<'_, T>) {
    const SIDE: usize = 16;
    let (rows, columns) = (a.rows(), a.columns());
    for top in (0..rows).step_by(SIDE) {
        for left in (0..columns).step_by(SIDE) {
            for i in top..rows.min(top + SIDE) {
                let row = out.row_mut(i);
                for (j, element) in row.iter_mut().enumerate().take(columns.min(left + SIDE)).skip(left) {
                    *element = a.element(i, j);
                }
            }
        }
    }
}
