//! Results of elementwise loops: stored, or summed.

use super::run::Tail;
use crate::simd::{Lanes, Mask, Scalar, Simd};
use crate::view::ViewMut;

/// Writes a result, element by element.
pub struct Store<'a, T>(pub ViewMut<'a, T>);
/// Adds all elements of a result to a number.
pub struct Sum<'a>(pub &'a mut f64);
/// Adds each column of a result to an entry of a line.
pub struct ColumnSums<'a, T>(pub ViewMut<'a, T>);
/// Writes the sum of each row of a result to an entry of a line.
pub struct RowSums<'a, T>(pub ViewMut<'a, T>);

/// Results of a loop: one, or a pair of results, as for [`Sources`].
pub trait Sinks<T: Scalar> {
    /// Sums on their way.
    type State<S: Simd>;
    /// These sinks, lent for a shorter time.
    type Lent<'a>: Sinks<T>
    where
        Self: 'a;
    /// Lends the sinks for a part of the loop.
    fn lend(&mut self) -> Self::Lent<'_>;
    /// How many results there are.
    const COUNT: usize = 1;
    /// True if every sink has the shape of the loop.
    fn fit(&self, rows: usize, columns: usize) -> bool;
    /// True if the rows of each stand one after the other, without padding, or it is one sum of all: then all rows may be walked
    /// as one long row.
    #[inline(always)]
    fn are_flat(&self) -> bool {
        false
    }
    /// Nothing summed yet.
    fn start<S: Simd>(simd: S) -> Self::State<S>;
    /// Takes the results of `results[k..]` from (i, j) on.
    ///
    /// # Safety
    /// As for [`Sources::load`], of row `i`.
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        at: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    );
    /// Row `i` is complete, or its first columns are, or, later, further ones.
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, _simd: S, _state: &mut Self::State<S>, _i: usize, _is_first: bool) {}
    /// The loop is complete.
    #[inline(always)]
    fn end<S: Simd>(&mut self, _state: &mut Self::State<S>) {}
}

impl<T: Scalar> Sinks<T> for () {
    type State<S: Simd> = ();
    type Lent<'a> = ();
    const COUNT: usize = 0;

    #[inline(always)]
    fn lend(&mut self) {}
    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn start<S: Simd>(_: S) {}
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        (): &mut (),
        _: (usize, usize),
        _: Option<Tail<T, S>>,
        _: &[Lanes<T, S>],
        _: usize,
    ) {
    }
}

impl<T: Scalar, A: Sinks<T>, B: Sinks<T>> Sinks<T> for (A, B) {
    type State<S: Simd> = (A::State<S>, B::State<S>);
    type Lent<'a>
        = (A::Lent<'a>, B::Lent<'a>)
    where
        Self: 'a;
    const COUNT: usize = A::COUNT + B::COUNT;

    #[inline(always)]
    fn lend(&mut self) -> Self::Lent<'_> {
        (self.0.lend(), self.1.lend())
    }
    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.0.fit(rows, columns) && self.1.fit(rows, columns)
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.0.are_flat() && self.1.are_flat()
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        (A::start(simd), B::start(simd))
    }
    #[inline(always)]
    unsafe fn take<S: Simd>(
        &mut self,
        state: &mut Self::State<S>,
        at: (usize, usize),
        tail: Option<Tail<T, S>>,
        results: &[Lanes<T, S>],
        k: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { self.0.take(&mut state.0, at, tail, results, k) };
        // SAFETY: the caller's promise.
        unsafe { self.1.take(&mut state.1, at, tail, results, k + A::COUNT) };
    }
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S, state: &mut Self::State<S>, i: usize, is_first: bool) {
        self.0.end_row(simd, &mut state.0, i, is_first);
        self.1.end_row(simd, &mut state.1, i, is_first);
    }
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        self.0.end(&mut state.0);
        self.1.end(&mut state.1);
    }
}

/// [`Sinks::lend`] of one sink: its type for a shorter time, and how it is made.
macro_rules! lend {
    ($lent:ty, $this:ident => $sink:expr) => {
        type Lent<'a>
            = $lent
        where
            Self: 'a;

        #[inline(always)]
        fn lend(&mut $this) -> Self::Lent<'_> {
            $sink
        }
    };
}

/// [`Sinks::take`] of one sink: `take!(self, state, at, tail, result => …)`.
macro_rules! take {
    ($this:ident, $state:pat, $at:pat, $tail:pat, $result:ident => $body:block) => {
        #[inline(always)]
        unsafe fn take<S: Simd>(
            &mut $this,
            $state: &mut Self::State<S>,
            $at: (usize, usize),
            $tail: Option<Tail<T, S>>,
            results: &[Lanes<T, S>],
            k: usize,
        ) {
            let $result = results[k];
            $body
        }
    };
}

impl<T: Scalar> Sinks<T> for Store<'_, T> {
    type State<S: Simd> = ();
    lend!(Store<'a, T>, self => Store(self.0.reborrow()));

    #[inline(always)]
    fn fit(&self, rows: usize, columns: usize) -> bool {
        self.0.rows() == rows && self.0.columns() == columns
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        self.0.stride() == self.0.columns()
    }
    #[inline(always)]
    fn start<S: Simd>(_: S) {}
    take!(self, (), (i, j), tail, result => {
        let to = self.0.as_mut_ptr().wrapping_add(i * self.0.stride() + j);
        match tail {
            // SAFETY: the view fits, so its row i, or all of them as one, has a vector's elements from column j on.
            None => unsafe { result.store_ptr(to) },
            // SAFETY: as above, for the elements of the tail.
            Some(tail) => unsafe { result.store_masked(tail.mask, to) },
        }
    });
}

/// Vectors of `T` that are added before the sum moves on to f64.
const FLUSH: usize = 64;

impl<T: Scalar> Sinks<T> for Sum<'_> {
    type State<S: Simd> = (Lanes<T, S>, usize);
    lend!(Sum<'a>, self => Sum(self.0));

    #[inline(always)]
    fn fit(&self, _: usize, _: usize) -> bool {
        true
    }
    #[inline(always)]
    fn are_flat(&self) -> bool {
        true
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        (Lanes::constant(simd, 0.0), 0)
    }
    take!(self, state, _, tail, result => {
        state.0 = state.0 + Tail::keep(tail, result);
        state.1 += 1;
        if state.1 == FLUSH {
            *self.0 += state.0.sum();
            *state = <Self as Sinks<T>>::start(result.simd());
        }
    });
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        *self.0 += state.0.sum();
    }
}

impl<T: Scalar> Sinks<T> for ColumnSums<'_, T> {
    /// All columns, if a vector holds them: a row need not wait for what the one before has written.
    type State<S: Simd> = Lanes<T, S>;
    lend!(ColumnSums<'a, T>, self => ColumnSums(self.0.reborrow()));

    #[inline(always)]
    fn fit(&self, _: usize, columns: usize) -> bool {
        self.0.rows() == 1 && self.0.columns() == columns
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        Lanes::constant(simd, 0.0)
    }
    take!(self, state, (_, j), tail, result => {
        if self.0.columns() <= Lanes::<T, S>::count() {
            *state = *state + result;
            return;
        }
        // SAFETY: the line fits, so it has a vector's elements from column j on, or those of the tail.
        unsafe { self.add(j, tail.map(|tail| tail.mask), result) };
    });
    #[inline(always)]
    fn end<S: Simd>(&mut self, state: &mut Self::State<S>) {
        if self.0.columns() <= Lanes::<T, S>::count() {
            let mask = Mask::first(state.simd(), self.0.columns());
            // SAFETY: the mask holds for the line's elements.
            unsafe { self.add(0, Some(mask), *state) };
        }
    }
}

impl<T: Scalar> ColumnSums<'_, T> {
    /// Adds a vector, or the lanes of `mask`, to the line from column `j` on.
    ///
    /// # Safety
    /// The line has a vector's elements from column `j` on, or those that `mask` holds for.
    #[inline(always)]
    unsafe fn add<S: Simd>(&mut self, j: usize, mask: Option<Mask<T, S>>, result: Lanes<T, S>) {
        let to = self.0.as_mut_ptr().wrapping_add(j);
        match mask {
            None => {
                // SAFETY: the caller's promise.
                let before = unsafe { Lanes::load_ptr(result.simd(), to) };
                // SAFETY: as above.
                unsafe { (before + result).store_ptr(to) };
            }
            Some(mask) => {
                // SAFETY: the caller's promise.
                let before = unsafe { Lanes::load_masked(mask, to) };
                // SAFETY: as above.
                unsafe { (before + result).store_masked(mask, to) };
            }
        }
    }
}

impl<T: Scalar> Sinks<T> for RowSums<'_, T> {
    type State<S: Simd> = Lanes<T, S>;
    lend!(RowSums<'a, T>, self => RowSums(self.0.reborrow()));

    #[inline(always)]
    fn fit(&self, rows: usize, _: usize) -> bool {
        self.0.rows() == 1 && self.0.columns() == rows
    }
    #[inline(always)]
    fn start<S: Simd>(simd: S) -> Self::State<S> {
        Lanes::constant(simd, 0.0)
    }
    take!(self, state, _, tail, result => {
        *state = *state + Tail::keep(tail, result);
    });
    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S, state: &mut Self::State<S>, i: usize, is_first: bool) {
        let sum = &mut self.0.row_mut(0)[i];
        let before = if is_first { T::default() } else { *sum };
        *sum = before + state.reduce();
        *state = Self::start(simd);
    }
}
