//! Long elementwise loops, one operation after the other.
//!
//! rustc takes longer for an expression the longer it is, and more than in proportion. A loop of hundreds of operations is therefore
//! not one expression but a table: each of its steps says which operation it is, which registers it reads and which one it writes.
//! A register is a strip of [`STRIP`] elements in cache, so that finding the code of a step costs little beside the vectors
//! that the step computes. A loss brings along the code of each *different* operation.
//!
//! ```text
//! for each row, for each strip of columns:
//!     copy the operands to their registers
//!     for each step: a strip of its operation
//!     copy or add up the results
//! ```

use core::marker::PhantomData;

use crate::buffer::Buffer;
use crate::simd::{Element, Isa, Lanes, Plain, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// Elements of a register: a multiple of every vector's.
pub const STRIP: usize = 64;

/// The steps of a loop.
pub struct Table {
    // Invariant: every register of a step is below `registers`.
    steps: &'static [[u32; 5]],
    registers: usize,
}

impl Table {
    /// A step is the number of its operation, its result's register, and those of up to three operands.
    #[must_use]
    pub const fn new(steps: &'static [[u32; 5]]) -> Self {
        let mut registers = 0;
        let mut i = 0;
        while i < steps.len() {
            let mut k = 1;
            while k < 5 {
                let register = steps[i][k] as usize;
                registers = if register < registers { registers } else { register.saturating_add(1) };
                k += 1;
            }
            i += 1;
        }
        Self { steps, registers }
    }
}

/// The operations of a loss's long loops, by number.
pub trait Operations<T: Element> {
    /// True if they are compiled in plain Rust alone, as for [`Map::PLAIN`](super::map::Map::PLAIN).
    const PLAIN: bool;
    /// Computes one step. Implementations are `#[inline(always)]`.
    fn step<S: Simd>(operation: u32, strip: Strip<'_, T, S>);
}

/// The registers of one step.
pub struct Strip<'r, T, S> {
    simd: S,
    // Invariant: as many whole vectors as hold `count` elements may be read at each operand, and written at the result.
    operands: [*const T; 3],
    result: *mut T,
    count: usize,
    registers: PhantomData<&'r mut [T]>,
}

impl<T: Element, S: Simd> Strip<'_, T, S> {
    /// Computes the result from the first `N` operands.
    #[inline(always)]
    pub fn map<const N: usize>(self, operation: impl Fn([Lanes<T, S>; N]) -> Lanes<T, S>) {
        const { assert!(N <= 3) };
        let mut at = 0;
        while at < self.count {
            let mut operands = [Lanes::constant(self.simd, 0.0); N];
            for (operand, from) in operands.iter_mut().zip(self.operands) {
                // SAFETY: the vector that begins at `at` holds elements below `count`.
                *operand = unsafe { Lanes::load_ptr(self.simd, from.wrapping_add(at)) };
            }
            // SAFETY: as above. A result may take the place of an operand, whose vector has been read.
            unsafe { operation(operands).store_ptr(self.result.wrapping_add(at)) };
            at += Lanes::<T, S>::count();
        }
    }
}

/// An operand of a long loop, for the register of its number.
pub enum Operand<'a, T> {
    /// An element for each element.
    Whole(View<'a, T>),
    /// A row, repeated.
    Row(View<'a, T>),
    /// A vector, repeated for every column.
    Column(View<'a, T>),
    /// A number.
    Scalar(f64),
}

/// Where a result of a long loop goes.
pub enum Outlet<'a, T> {
    /// Written, element by element.
    Store(ViewMut<'a, T>),
    /// Added up, in f64.
    Sum(&'a mut f64),
    /// Each column is added to an entry of a line.
    ColumnSums(ViewMut<'a, T>),
    /// The sum of each row is an entry of a line.
    RowSums(ViewMut<'a, T>),
}

impl<T: Element> Operand<'_, T> {
    fn fits(&self, (rows, columns): (usize, usize)) -> bool {
        match self {
            Self::Whole(view) => (view.rows(), view.columns()) == (rows, columns),
            Self::Row(view) => (view.rows(), view.columns()) == (1, columns),
            Self::Column(view) => (view.rows(), view.columns()) == (1, rows),
            Self::Scalar(_) => true,
        }
    }

    /// All rows as one row; nothing where they stand apart.
    fn flat(&self) -> Option<Self> {
        match self {
            Self::Whole(view) => view.flat().map(Self::Whole),
            Self::Scalar(x) => Some(Self::Scalar(*x)),
            Self::Row(_) | Self::Column(_) => None,
        }
    }

    /// Writes the elements of row `i` from column `j` on.
    fn read(&self, (i, j): (usize, usize), register: &mut [T]) {
        match self {
            Self::Whole(view) => register.copy_from_slice(&view.row(i)[j..j + register.len()]),
            Self::Row(view) => register.copy_from_slice(&view.row(0)[j..j + register.len()]),
            Self::Column(view) => register.fill(view.row(0)[i]),
            // There from the beginning.
            Self::Scalar(_) => {}
        }
    }
}

impl<T: Element> Outlet<'_, T> {
    fn fits(&self, (rows, columns): (usize, usize)) -> bool {
        match self {
            Self::Store(view) => (view.rows(), view.columns()) == (rows, columns),
            Self::Sum(_) => true,
            Self::ColumnSums(view) => (view.rows(), view.columns()) == (1, columns),
            Self::RowSums(view) => (view.rows(), view.columns()) == (1, rows),
        }
    }

    fn is_flat(&self) -> bool {
        match self {
            Self::Store(view) => view.rows() <= 1 || view.stride() == view.columns(),
            Self::Sum(_) => true,
            Self::ColumnSums(_) | Self::RowSums(_) => false,
        }
    }

    /// Takes the elements of row `i` from column `j` on.
    fn write(&mut self, (i, j): (usize, usize), register: &[T]) {
        match self {
            Self::Store(view) => view.rest_mut(i)[j..j + register.len()].copy_from_slice(register),
            Self::Sum(total) => **total += sum(register),
            Self::ColumnSums(view) => {
                for (sum, x) in view.row_mut(0)[j..].iter_mut().zip(register) {
                    *sum += *x;
                }
            }
            Self::RowSums(view) => {
                let entry = &mut view.row_mut(0)[i];
                let before = if j == 0 { 0.0 } else { entry.to_f64() };
                *entry = T::from_f64(before + sum(register));
            }
        }
    }
}

/// The sum in f64, of eight sums that a vector may hold.
fn sum<T: Element>(values: &[T]) -> f64 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += x.to_f64();
        }
    }
    for (sum, x) in sums.iter_mut().zip(rest) {
        *sum += x.to_f64();
    }
    sums.iter().sum()
}

/// Runs a table over `shape`.0 rows of `shape`.1 elements. Operand k is register k; a result is in the register that stands with it;
/// `memory` has a row of [`STRIP`] elements for each register.
///
/// # Panics
/// If an operand or an outlet has another shape, or the memory fewer registers: a mistake of the expansion, not of its user.
#[inline]
pub fn steps<'a, T: Element, O: Operations<T>>(
    isa: Isa,
    shape: (usize, usize),
    operands: &mut [Operand<'a, T>],
    results: &mut [(usize, Outlet<'a, T>)],
    table: &Table,
    memory: &mut Buffer<T>,
) {
    T::walk(isa, Walk { shape, operands, results, table, memory, code: code::<T, O> });
}

/// The loop around the steps: as much as all losses have in common, and compiled with the kernels.
pub struct Walk<'w, 'a, T> {
    shape: (usize, usize),
    operands: &'w mut [Operand<'a, T>],
    results: &'w mut [(usize, Outlet<'a, T>)],
    table: &'w Table,
    memory: &'w mut Buffer<T>,
    /// One strip of all steps.
    code: fn(Isa, &Table, &mut [T], usize),
}

impl<T: Element> Walk<'_, '_, T> {
    pub(super) fn run(self, isa: Isa) {
        let Self { shape, operands, results, table, memory, code } = self;
        let fits = operands.iter().all(|operand| operand.fits(shape)) && results.iter().all(|(_, out)| out.fits(shape));
        let used = results.iter().map(|(register, _)| register.saturating_add(1)).max().unwrap_or(0);
        let registers = memory.as_mut_slice();
        assert!(
            fits && table.registers.max(used).max(operands.len()) <= registers.len() / STRIP,
            "a loop over {shape:?} whose operands, results or registers don't fit"
        );
        let (rows, columns) = as_one_row(shape, operands, results).unwrap_or(shape);
        for (operand, register) in operands.iter().zip(registers.chunks_exact_mut(STRIP)) {
            if let Operand::Scalar(x) = operand {
                register.fill(T::from_f64(*x));
            }
        }
        for i in 0..rows {
            for j in (0..columns).step_by(STRIP) {
                let count = STRIP.min(columns - j);
                for (operand, register) in operands.iter().zip(registers.chunks_exact_mut(STRIP)) {
                    operand.read((i, j), &mut register[..count]);
                }
                code(isa, table, registers, count);
                for (register, out) in &mut *results {
                    out.write((i, j), &registers[*register * STRIP..][..count]);
                }
            }
        }
    }
}

/// Makes all rows one, where nothing keeps them apart: narrow rows would leave a part of every strip empty.
fn as_one_row<T: Element>(
    (rows, columns): (usize, usize),
    operands: &mut [Operand<'_, T>],
    results: &[(usize, Outlet<'_, T>)],
) -> Option<(usize, usize)> {
    let flat = operands.iter().all(|operand| operand.flat().is_some()) && results.iter().all(|(_, out)| out.is_flat());
    flat.then(|| {
        for operand in operands {
            *operand = operand.flat().unwrap_or(Operand::Scalar(0.0));
        }
        (1, rows * columns)
    })
}

/// One strip, in vectors of `isa`, or in plain Rust if the operations are compiled in no other way.
fn code<T: Element, O: Operations<T>>(isa: Isa, table: &Table, registers: &mut [T], count: usize) {
    assert!(table.registers <= registers.len() / STRIP && count <= STRIP);
    let run = Run { table, registers, count, operations: PhantomData::<O> };
    if const { O::PLAIN } { run.run(Plain {}) } else { isa.run(run) }
}

struct Run<'r, T, O> {
    table: &'r Table,
    registers: &'r mut [T],
    count: usize,
    operations: PhantomData<O>,
}

impl<T: Element, O: Operations<T>> Vectorized for Run<'_, T, O> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let registers = self.registers.as_mut_ptr();
        for &[operation, result, operands @ ..] in self.table.steps {
            // In the slice: the table's registers are, which was checked, and STRIP is a multiple of a vector.
            let at = |register: u32| registers.wrapping_add(register as usize * STRIP);
            let operands = operands.map(|register| at(register).cast_const());
            let strip = Strip { simd, operands, result: at(result), count: self.count, registers: PhantomData };
            O::step(operation, strip);
        }
    }
}
