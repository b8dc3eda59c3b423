//! Recurrences: states that each step makes from those of the step before, an element at a time.
//!
//! A step is an elementwise expression, of which a loss brings along the code ([`Map`]): its operands are the states, then what
//! the step reads; its results are the states after it. All else that a loss computes in its steps depends on no state, or is read off
//! the states when they are all there, and so is computed elsewhere, for all steps at once.

use core::marker::PhantomData;

use crate::kernels::map::Map;
use crate::simd::{Isa, Lanes, Mask, Plain, Scalar, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// The order of the steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Row t of the result has the states before step t, and the last row those after the last step.
    Forwards,
    /// The last step is the first one: row t has the states after step t, and the last row those that the loop begins with.
    Backwards,
}

/// An operand of a step; of the states, the values that the loop begins with.
#[derive(Clone, Copy)]
pub enum Given<'a, T> {
    /// A number, for all steps and elements.
    Number(f64),
    /// A row, for all steps.
    Line(View<'a, T>),
    /// A number for each step.
    Each(View<'a, T>),
    /// A row for each step.
    Rows(View<'a, T>),
}

impl<T> Given<'_, T> {
    fn fits(&self, steps: usize, lanes: usize) -> bool {
        match self {
            Self::Number(_) => true,
            Self::Line(view) => (view.rows(), view.columns()) == (1, lanes),
            Self::Each(view) => (view.rows(), view.columns()) == (1, steps),
            Self::Rows(view) => (view.rows(), view.columns()) == (steps, lanes),
        }
    }
}

/// Elements from which a step reads an operand.
#[derive(Clone, Copy)]
struct Cursor<T> {
    // Invariant: element (t, j) stands at `from + t * step + j` if it is wide, and at `from + t * step` otherwise.
    from: *const T,
    step: isize,
    is_wide: bool,
}

impl<T: Scalar> Cursor<T> {
    /// The elements of step `t` from lane `j` on: a vector, or those of `mask`.
    ///
    /// # Safety
    /// The operand has step `t`, and from lane `j` on a vector, or the elements of `mask`.
    #[inline(always)]
    unsafe fn load<S: Simd>(self, simd: S, t: usize, j: usize, mask: Option<Mask<T, S>>) -> Lanes<T, S> {
        let from = self.from.wrapping_offset(t.cast_signed() * self.step);
        match mask {
            // SAFETY: the operand has one element for step t, by the caller's promise.
            _ if !self.is_wide => Lanes::splat(simd, unsafe { *from }),
            // SAFETY: the caller's promise.
            None => unsafe { Lanes::load_ptr(simd, from.wrapping_add(j)) },
            // SAFETY: as above.
            Some(mask) => unsafe { Lanes::load_masked(mask, from.wrapping_add(j)) },
        }
    }
}

/// Writes the states before and after all `size.0` steps, of `size.1` elements each, to the rows of `out`; several states stand side
/// by side.
///
/// # Panics
/// If an operand or the result has another shape: a mistake of the expansion, not of its user.
#[inline]
pub fn recurrence<T, F, const N: usize, const M: usize>(
    isa: Isa,
    direction: Direction,
    size: (usize, usize),
    given: [Given<'_, T>; N],
    mut out: ViewMut<'_, T>,
    step: &F,
) where
    T: Scalar,
    F: Map<T, N, M>,
{
    let (steps, lanes) = size;
    // A state of one element each is a line.
    let stride = if M * lanes == 1 && out.rows() == 1 && out.columns() == steps + 1 {
        1
    } else {
        assert!((out.rows(), out.columns()) == (steps + 1, M * lanes), "a trajectory of {size:?}");
        out.stride()
    };
    assert!(given.iter().all(|given| given.fits(steps, lanes)), "operands of a recurrence of {size:?}");
    let begins = |given: &Given<'_, T>| matches!(given, Given::Number(_) | Given::Line(_));
    assert!(N >= M && given[..M].iter().all(begins), "states before a recurrence of {size:?}");
    let numbers = given.map(|given| if let Given::Number(x) = given { T::from_f64(x) } else { T::default() });
    let mut cursors = [Cursor { from: numbers.as_ptr(), step: 0, is_wide: false }; N];
    for (k, (cursor, given)) in cursors.iter_mut().zip(&given).enumerate() {
        *cursor = match given {
            Given::Number(_) => Cursor { from: &raw const numbers[k], step: 0, is_wide: false },
            Given::Line(view) => Cursor { from: view.as_ptr(), step: 0, is_wide: true },
            Given::Each(view) => Cursor { from: view.as_ptr(), step: 1, is_wide: false },
            Given::Rows(view) => Cursor { from: view.as_ptr(), step: view.stride(), is_wide: true },
        };
    }
    let run = Run { direction, steps, lanes, cursors, out: out.as_mut_ptr(), stride, step, lent: PhantomData };
    if const { F::PLAIN } { run.run(Plain {}) } else { isa.run(run) }
}

/// A recurrence that is run.
struct Run<'f, T, F, const N: usize, const M: usize> {
    direction: Direction,
    steps: usize,
    lanes: usize,
    // Invariant: each has an element for each step and lane, and the first `M` are read at step 0 alone.
    cursors: [Cursor<T>; N],
    // Invariant: `steps + 1` rows of `M * lanes` elements, `stride` apart, may be written.
    out: *mut T,
    stride: usize,
    step: &'f F,
    lent: PhantomData<&'f mut [T]>,
}

/// Lanes whose states stay in L1 from one step to the next.
const BLOCK: usize = 512;

impl<T, F, const N: usize, const M: usize> Vectorized for Run<'_, T, F, N, M>
where
    T: Scalar,
    F: Map<T, N, M>,
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if self.lanes <= Lanes::<T, S>::count() {
            self.narrow(simd);
        } else {
            for first in (0..self.lanes).step_by(BLOCK) {
                self.wide(simd, first, self.lanes.min(first + BLOCK));
            }
        }
    }
}

impl<T, F, const N: usize, const M: usize> Run<'_, T, F, N, M>
where
    T: Scalar,
    F: Map<T, N, M>,
{
    /// The row that the loop begins with.
    #[inline(always)]
    fn begin(&self) -> usize {
        if self.direction == Direction::Forwards { 0 } else { self.steps }
    }

    /// For turn `i`, the step that it takes and the row that it writes.
    #[inline(always)]
    fn turn(&self, i: usize) -> (usize, usize) {
        match self.direction {
            Direction::Forwards => (i, i + 1),
            Direction::Backwards => (self.steps - 1 - i, self.steps - 1 - i),
        }
    }

    /// Where state `k` of row `row` is, from lane `j` on.
    #[inline(always)]
    fn place(&self, row: usize, k: usize, j: usize) -> *mut T {
        self.out.wrapping_add(row * self.stride + k * self.lanes + j)
    }

    /// All lanes in one vector: the states stay in registers.
    #[inline(always)]
    fn narrow<S: Simd>(&self, simd: S) {
        let mask = Mask::first(simd, self.lanes);
        let mut operands = [Lanes::constant(simd, 0.0); N];
        for (operand, cursor) in operands.iter_mut().zip(self.cursors).take(M) {
            // SAFETY: the invariant of `cursors`; the mask has all lanes.
            *operand = unsafe { cursor.load(simd, 0, 0, Some(mask)) };
        }
        for (k, state) in operands.iter().take(M).enumerate() {
            // SAFETY: the invariant of `out`: its first row, or its last one.
            unsafe { state.store_masked(mask, self.place(self.begin(), k, 0)) };
        }
        for i in 0..self.steps {
            let (t, row) = self.turn(i);
            for (operand, cursor) in operands.iter_mut().zip(self.cursors).skip(M) {
                // SAFETY: the invariant of `cursors`, where t < steps.
                *operand = unsafe { cursor.load(simd, t, 0, Some(mask)) };
            }
            let states = self.step.map(simd, operands);
            for (k, state) in states.into_iter().enumerate() {
                operands[k] = state;
                // SAFETY: the invariant of `out`, where row <= steps.
                unsafe { state.store_masked(mask, self.place(row, k, 0)) };
            }
        }
    }

    /// Lanes from `first` to `end`: vectors of a step don't wait for each other, and find the states before in cache.
    #[inline(always)]
    fn wide<S: Simd>(&self, simd: S, first: usize, end: usize) {
        let count = Lanes::<T, S>::count();
        let tail = Mask::first(simd, (end - first) % count);
        let mut operands = [Lanes::constant(simd, 0.0); N];
        let mut before = self.begin();
        for j in (first..end).step_by(count) {
            let mask = (j + count > end).then_some(tail);
            for k in 0..M {
                // SAFETY: the invariants of `cursors` and `out`: lanes from j on, a vector or those that are left.
                unsafe {
                    let state = self.cursors[k].load(simd, 0, j, mask);
                    self.write(state, before, k, j, mask);
                }
            }
        }
        for i in 0..self.steps {
            let (t, row) = self.turn(i);
            for j in (first..end).step_by(count) {
                let mask = (j + count > end).then_some(tail);
                for (k, (operand, cursor)) in operands.iter_mut().zip(self.cursors).enumerate() {
                    let cursor = if k < M {
                        Cursor { from: self.place(before, k, 0).cast_const(), step: 0, is_wide: true }
                    } else {
                        cursor
                    };
                    // SAFETY: the invariant of `cursors`, and states of the row before, which has been written.
                    *operand = unsafe { cursor.load(simd, t, j, mask) };
                }
                let states = self.step.map(simd, operands);
                for (k, state) in states.into_iter().enumerate() {
                    // SAFETY: the invariant of `out`, where row <= steps.
                    unsafe { self.write(state, row, k, j, mask) };
                }
            }
            before = row;
        }
    }

    /// Writes state `k` to a row, from lane `j` on.
    ///
    /// # Safety
    /// The row is one of `steps + 1`, and has from lane `j` on a vector, or the elements of `mask`.
    #[inline(always)]
    unsafe fn write<S: Simd>(&self, state: Lanes<T, S>, row: usize, k: usize, j: usize, mask: Option<Mask<T, S>>) {
        let to = self.place(row, k, j);
        match mask {
            // SAFETY: the caller's promise.
            None => unsafe { state.store_ptr(to) },
            // SAFETY: the caller's promise.
            Some(mask) => unsafe { state.store_masked(mask, to) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Buffer;

    /// Two states that need each other, of which one is read with all kinds of operands.
    struct Step;

    impl<T: Scalar> Map<T, 6, 2> for Step {
        const PLAIN: bool = false;

        #[inline(always)]
        fn map<S: Simd>(&self, _: S, [a, b, number, line, each, rows]: [Lanes<T, S>; 6]) -> [Lanes<T, S>; 2] {
            [number * a + each * b, line * b - rows * a]
        }
    }

    fn value(i: usize) -> f64 {
        f64::from(u32::try_from(i * 7919 % 997).expect("below 997")) / 997.0 - 0.4
    }

    /// Every element of a trajectory against the loop as it is defined, in vectors of every kind: lanes that are fewer than a
    /// vector's, a rest, and several blocks.
    fn agree<T: Scalar>(tolerance: f64) {
        let of = |count: usize, seed: usize| (0..count).map(|i| T::from_f64(value(i + seed))).collect::<Vec<T>>();
        for (steps, lanes) in [(0, 3), (1, 1), (7, 1), (9, 5), (3, 16), (5, 37), (2, BLOCK + 9), (4, 0)] {
            let (line, each, rows) = (of(lanes, 1), of(steps, 2), of(steps * lanes, 3));
            let begin = of(lanes, 4);
            let given = [
                Given::Line(View::line(&begin)),
                Given::Number(0.3),
                Given::Number(0.7),
                Given::Line(View::line(&line)),
                Given::Each(View::line(&each)),
                Given::Rows(View::new(&rows, steps, lanes)),
            ];
            for (isa, direction) in
                Isa::available().into_iter().flat_map(|isa| [(isa, Direction::Forwards), (isa, Direction::Backwards)])
            {
                let mut out = Buffer::<T>::EMPTY;
                let mut outcome = Ok(());
                out.make(steps + 1, 2 * lanes, &mut outcome);
                outcome.expect("a small buffer");
                recurrence(isa, direction, (steps, lanes), given, out.view_mut(), &Step);
                for lane in 0..lanes {
                    let mut states = [begin[lane].to_f64(), 0.3];
                    for i in 0..=steps {
                        let row = if direction == Direction::Forwards { i } else { steps - i };
                        let found = [0, 1].map(|k| out.view().row(row)[k * lanes + lane].to_f64());
                        let near = |k: usize| (found[k] - states[k]).abs() <= tolerance;
                        assert!(near(0) && near(1), "{found:?} {states:?}, row {row}, lane {lane} of {lanes}, {isa:?}");
                        if i < steps {
                            let t = if direction == Direction::Forwards { row } else { row - 1 };
                            let [a, b] = states;
                            let (each, rows) = (each[t].to_f64(), rows[t * lanes + lane].to_f64());
                            states = [0.7 * a + each * b, line[lane].to_f64() * b - rows * a];
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn trajectories_are_those_of_the_loop() {
        agree::<f64>(1e-14);
        agree::<f32>(1e-6);
    }
}
