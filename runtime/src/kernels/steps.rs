//! Long elementwise loops, one operation after the other.
//!
//! rustc takes longer for an expression the longer it is, and more than in proportion. A loop of hundreds of operations is therefore
//! not one expression but a table: each of its steps says which operation it is, which registers it reads and which one it writes.
//! A register is a strip of [`STRIP`] elements in cache, so that finding the code of a step costs little compared with the
//! vectors that the step computes. A loss brings along the code of each *different* operation.
//!
//! ```text
//! for each row, for each strip of columns:
//!     copy the operands to their registers
//!     for each step: a strip of its operation
//!     copy or add up the results
//! ```

use core::marker::PhantomData;

use super::Kernels;
use crate::buffer::Buffer;
use crate::simd::{Isa, Lanes, Plain, Scalar, Simd, Vectorized};
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
pub trait Operations<T: Scalar> {
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

impl<T: Scalar, S: Simd> Strip<'_, T, S> {
    /// Computes the result from the first `N` operands. Without iterators, each of which is many calls in a debug build.
    #[inline(always)]
    pub fn map<const N: usize>(self, operation: impl Fn([Lanes<T, S>; N]) -> Lanes<T, S>) {
        const { assert!(N <= 3) };
        let mut at = 0;
        while at < self.count {
            let mut operands = [Lanes::constant(self.simd, 0.0); N];
            let mut k = 0;
            while k < N {
                // SAFETY: the vector that begins at `at` holds elements below `count`.
                operands[k] = unsafe { Lanes::load_ptr(self.simd, self.operands[k].wrapping_add(at)) };
                k += 1;
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

impl<T: Scalar> Operand<'_, T> {
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

impl<T: Scalar> Outlet<'_, T> {
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
fn sum<T: Scalar>(values: &[T]) -> f64 {
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
pub fn steps<'a, T: Kernels, O: Operations<T>>(
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

impl<T: Scalar> Walk<'_, '_, T> {
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
            // Once at least: the sum of a row of no columns is written too.
            for j in (0..columns.max(1)).step_by(STRIP) {
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
fn as_one_row<T: Scalar>(
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
fn code<T: Scalar, O: Operations<T>>(isa: Isa, table: &Table, registers: &mut [T], count: usize) {
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

impl<T: Scalar, O: Operations<T>> Vectorized for Run<'_, T, O> {
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

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small integers are exact")]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::random::Random;

    /// a + b, a b + c and 1 + a, by number, in vectors or in plain Rust.
    struct Arithmetic<const PLAIN: bool>;

    impl<T: Scalar, const IS_PLAIN: bool> Operations<T> for Arithmetic<IS_PLAIN> {
        const PLAIN: bool = IS_PLAIN;

        #[inline(always)]
        fn step<S: Simd>(operation: u32, strip: Strip<'_, T, S>) {
            match operation {
                0 => strip.map(|[a, b]| a + b),
                1 => strip.map(|[a, b, c]| a.mul_add(b, c)),
                _ => strip.map(|[a]| a + Lanes::constant(a.simd(), 1.0)),
            }
        }
    }

    /// 1 + (a + row) scalar + column, for the operands in registers 0 to 3.
    static TABLE: Table = Table::new(&[[0, 4, 0, 1, 0], [1, 4, 4, 3, 2], [2, 5, 4, 0, 0]]);

    /// Numbers that have sums without rounding.
    fn integers<T: Scalar>(random: &mut Random, count: usize) -> Vec<T> {
        (0..count).map(|_| T::from_f64(f64::from(u32::try_from(random.below(9)).unwrap()) - 4.0)).collect()
    }

    /// A matrix that owns its rows, whose padding is NaN.
    fn matrix<T: Scalar>(random: &mut Random, padding: usize, (rows, columns): (usize, usize)) -> (Vec<T>, usize) {
        let stride = columns + padding;
        let mut values = vec![T::from_f64(f64::NAN); rows * stride];
        for i in 0..rows {
            values[i * stride..][..columns].copy_from_slice(&integers::<T>(random, columns));
        }
        (values, stride)
    }

    fn check<T: Kernels, O: Operations<T>>(isa: Isa, shape: (usize, usize), padding: usize) {
        let (rows, columns) = shape;
        let mut random = Random(11);
        let (a, stride) = matrix::<T>(&mut random, padding, shape);
        let (row, column) = (integers::<T>(&mut random, columns), integers::<T>(&mut random, rows));
        let scalar = 3.0;
        let view = View::padded(&a, rows, columns, stride);
        let mut expected = Vec::new();
        for (i, of_row) in column.iter().enumerate() {
            let elements = view.row(i).iter().zip(&row);
            expected.extend(elements.map(|(a, of_column)| (*a + *of_column).to_f64() * scalar + of_row.to_f64() + 1.0));
        }
        let seven = T::from_f64(7.0);
        let (mut whole, mut total) = (vec![seven; rows * stride], 2.0);
        let (mut by_columns, mut by_rows) = (vec![seven; columns], vec![seven; rows]);
        let mut memory = Buffer::<T>::new(6, STRIP).unwrap();
        // Values that an earlier loop has left.
        memory.fill(T::from_f64(f64::NAN));
        steps::<T, O>(
            isa,
            shape,
            &mut [
                Operand::Whole(view),
                Operand::Row(View::line(&row)),
                Operand::Column(View::line(&column)),
                Operand::Scalar(scalar),
            ],
            &mut [
                (5, Outlet::Store(ViewMut::padded(&mut whole, rows, columns, stride))),
                (5, Outlet::Sum(&mut total)),
                (5, Outlet::ColumnSums(ViewMut::line(&mut by_columns))),
                (5, Outlet::RowSums(ViewMut::line(&mut by_rows))),
            ],
            &TABLE,
            &mut memory,
        );
        let context = format!("{isa:?} {} {shape:?}, padded by {padding}", T::NAME);
        let at = |i: usize, j: usize| expected[i * columns + j];
        for i in 0..rows {
            for j in 0..columns {
                assert_eq!(whole[i * stride + j].to_f64(), at(i, j), "{context}");
            }
            // Written, also of no columns.
            assert_eq!(by_rows[i].to_f64(), (0..columns).map(|j| at(i, j)).sum::<f64>(), "{context}");
            assert!(whole[i * stride..][columns..stride].iter().all(|x| *x == seven), "{context}");
        }
        // Added to what is there.
        for (j, sum) in by_columns.iter().enumerate() {
            assert_eq!(sum.to_f64(), 7.0 + (0..rows).map(|i| at(i, j)).sum::<f64>(), "{context}");
        }
        assert_eq!(total, 2.0 + expected.iter().sum::<f64>(), "{context}");
    }

    /// All rows as one: matrices that are dense, a number, and the sum of all.
    fn check_flat<T: Kernels, O: Operations<T>>(isa: Isa, shape: (usize, usize)) {
        static SUM: Table = Table::new(&[[0, 3, 0, 1, 0], [0, 3, 3, 2, 0]]);
        let (rows, columns) = shape;
        let mut random = Random(12);
        let (a, b) = (integers::<T>(&mut random, rows * columns), integers::<T>(&mut random, rows * columns));
        let (mut whole, mut total) = (vec![T::default(); rows * columns], 0.0);
        let mut memory = Buffer::<T>::new(4, STRIP).unwrap();
        steps::<T, O>(
            isa,
            shape,
            &mut [
                Operand::Whole(View::new(&a, rows, columns)),
                Operand::Whole(View::new(&b, rows, columns)),
                Operand::Scalar(2.0),
            ],
            &mut [(3, Outlet::Store(ViewMut::new(&mut whole, rows, columns))), (3, Outlet::Sum(&mut total))],
            &SUM,
            &mut memory,
        );
        let expected: Vec<T> = a.iter().zip(&b).map(|(a, b)| *a + *b + T::from_f64(2.0)).collect();
        assert_eq!(whole, expected, "{isa:?} {} {shape:?}", T::NAME);
        assert_eq!(total, expected.iter().map(|x| x.to_f64()).sum::<f64>(), "{isa:?} {} {shape:?}", T::NAME);
    }

    #[test]
    fn every_strip_of_every_row_is_computed() {
        let columns: &[usize] = if cfg!(miri) { &[0, 5, 65] } else { &[0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 130] };
        for isa in Isa::available() {
            for rows in [0, 1, 3] {
                for &columns in columns {
                    for padding in [0, 3] {
                        check::<f32, Arithmetic<false>>(isa, (rows, columns), padding);
                        check::<f64, Arithmetic<false>>(isa, (rows, columns), padding);
                        check::<f64, Arithmetic<true>>(isa, (rows, columns), padding);
                    }
                    check_flat::<f32, Arithmetic<false>>(isa, (rows, columns));
                    check_flat::<f64, Arithmetic<true>>(isa, (rows, columns));
                }
            }
        }
    }

    /// The message of the panic in a loop over a row of one element whose operands are two numbers.
    fn refused(table: &Table, result: usize, registers: usize) -> Option<String> {
        let mut total = 0.0;
        let ended = catch_unwind(AssertUnwindSafe(|| {
            steps::<f64, Arithmetic<false>>(
                Isa::Scalar,
                (1, 1),
                &mut [Operand::Scalar(1.0), Operand::Scalar(2.0)],
                &mut [(result, Outlet::Sum(&mut total))],
                table,
                &mut Buffer::new(registers, STRIP).unwrap(),
            );
        }));
        ended.err().map(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn registers_that_memory_does_not_have_are_refused() {
        static ADD: Table = Table::new(&[[0, 2, 0, 1, 0]]);
        // The largest number of a register, one more than which is 0 where a usize has 32 bits.
        static LARGEST: Table = Table::new(&[[0, u32::MAX, 0, 1, 0]]);
        static READS_LARGEST: Table = Table::new(&[[0, 2, 0, 1, u32::MAX]]);
        static NONE: Table = Table::new(&[]);
        assert_eq!(refused(&ADD, 2, 3), None);
        let all = [
            (&ADD, 2, 2),
            (&ADD, 3, 3),
            (&LARGEST, 2, 3),
            (&READS_LARGEST, 2, 3),
            // As many registers are more bytes than there are, and one more than the last is none.
            (&ADD, usize::MAX, 3),
            (&ADD, usize::MAX / STRIP, 3),
            (&ADD, usize::MAX / STRIP + 1, 3),
            // Each operand has a register, also one that no step reads.
            (&NONE, 0, 1),
        ];
        for (table, result, registers) in all {
            let why = refused(table, result, registers).unwrap_or_default();
            assert!(why.contains("registers don't fit"), "{} {result} {registers}: {why:?}", table.registers);
        }
    }

    /// `steps` asks before, and no table that an expansion makes has as many registers; `code` asks again, since what it does
    /// without is undefined.
    #[test]
    fn a_strip_outside_of_the_registers_is_refused() {
        let run = |registers: usize, memory: usize, count: usize| {
            let table = Table { steps: &[], registers };
            let mut memory = vec![0.0; memory];
            let code = || code::<f64, Arithmetic<false>>(Isa::Scalar, &table, &mut memory, count);
            catch_unwind(AssertUnwindSafe(code)).is_ok()
        };
        assert!(run(2, 2 * STRIP, STRIP));
        assert!(!run(2, 2 * STRIP - 1, STRIP));
        assert!(!run(2, 2 * STRIP, STRIP + 1));
        // A product with STRIP that wraps is small.
        assert!(!run(usize::MAX / STRIP + 1, 2 * STRIP, STRIP));
        assert!(!run(usize::MAX, 2 * STRIP, STRIP));
    }

    #[test]
    fn operands_and_results_of_other_shapes_are_refused() {
        static COPY: Table = Table::new(&[[2, 1, 0, 0, 0]]);
        let shape = (2, 3);
        for own in [(2, 3), (2, 2), (3, 3), (1, 3), (1, 2), (3, 2), (2, 1), (1, 6), (0, 3)] {
            let (rows, columns) = own;
            let values = [1.0; 9];
            let view = View::new(&values, rows, columns);
            let read = [Operand::Whole(view), Operand::Row(view), Operand::Column(view)].map(|x| x.fits(shape));
            let mut lent = [[0.0; 9]; 3];
            let [a, b, c] = lent.each_mut().map(|values| ViewMut::new(values, rows, columns));
            let written = [Outlet::Store(a), Outlet::ColumnSums(b), Outlet::RowSums(c)].map(|x| x.fits(shape));
            assert_eq!(read, [own == (2, 3), own == (1, 3), own == (1, 2)], "{own:?}");
            assert_eq!(written, read, "{own:?}");
        }
        let run = |columns: usize, entries: usize| {
            let (mut out, mut memory) = ([0.0; 9], Buffer::new(2, STRIP).unwrap());
            let results = &mut [(1, Outlet::ColumnSums(ViewMut::line(&mut out[..entries])))];
            let operands = &mut [Operand::Row(View::line(&[1.0; 9][..columns]))];
            let run = || steps::<f64, Arithmetic<false>>(Isa::Scalar, shape, operands, results, &COPY, &mut memory);
            catch_unwind(AssertUnwindSafe(run)).is_ok()
        };
        assert!(run(3, 3) && !run(3, 2) && !run(3, 4) && !run(2, 3) && !run(4, 3));
    }
}
