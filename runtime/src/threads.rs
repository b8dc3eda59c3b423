//! A pass over the rows by any number of threads, with the same bits for each.
//!
//! Rows are cut into chunks by a rule of the shapes alone. Every chunk begins sums of its own, and those of two
//! neighbours are merged, in a fixed tree. Who computes a chunk does not matter, so threads (rayon's) only decide when:
//!
//! ```text
//! chunks:   0   1   2   3   4   5   6   7
//!            \ /     \ /     \ /     \ /
//!             +       +       +       +
//!               \   /           \   /
//!                 +               +
//!                      \     /
//!                         +
//! ```
//!
//! Row-local buffers belong to whoever computes: two for each thread, so that one that is interrupted does not keep the
//! others waiting for long.

use core::ops::Range;
use std::time::Instant;

use crate::__rt_0_1::count;
use crate::buffer::Buffer;
use crate::simd::{Element, Isa, Lanes, Simd, Vectorized};
use crate::view::{View, ViewMut};

/// How the rows of a loss are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    rows: usize,
    /// Rows of a block.
    block: usize,
    /// Rows of a chunk, but for the last one.
    chunk: usize,
    chunks: usize,
}

/// Rows of blocks are multiples of this: of every tile's rows (4 and 6) and of the vectors that a line of results is
/// stored in.
const STEP: usize = 48;

/// Bytes of row-local values that a block may have: what a core's second-level cache keeps beside the parameters.
const BLOCK_BYTES: usize = 512 * 1024;

impl Plan {
    /// For `rows` rows, of whose row-local values a row has `widths` elements of type `T`; `sums` are the rows and columns
    /// of what each chunk adds up, and `work` is the operations of the whole pass, of arithmetic and of memory.
    #[must_use]
    pub fn new<T: Element>(rows: usize, widths: &[usize], sums: &[(usize, usize)], work: f64) -> Self {
        /// As many chunks as keep dozens of cores busy.
        const MOST: usize = 64;
        /// Operations of a chunk, at least: about 20 µs, beside which waking a thread is little.
        const WORTH: f64 = 2e6;
        /// Operations of a chunk for each element of its sums: to clear and merge it takes a tenth of that at most.
        const OF_SUM: f64 = 2000.0;
        let block = block_rows::<T>(rows, widths);
        let padded = |&(rows, columns): &(usize, usize)| {
            count(rows) * columns.checked_next_multiple_of(T::PADDING).map_or(f64::INFINITY, count)
        };
        let each = WORTH.max(OF_SUM * sums.iter().map(padded).sum::<f64>());
        let mut chunks = 1;
        while 2 * chunks <= MOST && work >= each * count(2 * chunks) && 2 * chunks * STEP <= rows {
            chunks *= 2;
        }
        let chunk = if chunks == 1 { rows } else { rows.div_ceil(chunks).next_multiple_of(STEP) }.max(1);
        // Blocks of a chunk are equally high, but for rounding.
        let blocks = chunk.div_ceil(block.max(1)).max(1);
        let even = chunk.div_ceil(blocks);
        let block = if blocks == 1 || even < STEP { even } else { even.next_multiple_of(STEP) };
        Self { rows, block, chunk, chunks: rows.div_ceil(chunk).max(1) }
    }

    /// Rows of a block.
    #[must_use]
    pub fn block(&self) -> usize {
        self.block
    }

    /// How many chunks there are: at least one.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.chunks
    }

    /// How many sets of row-local buffers to make: two for each thread.
    #[must_use]
    pub fn workers(&self) -> usize {
        const EACH: usize = 2;
        let threads = threads();
        if threads == 1 { 1 } else { self.chunks.min(EACH * threads) }
    }

    /// The rows of chunk `i`.
    fn rows(&self, i: usize) -> Range<usize> {
        let at = |i: usize| self.rows.min(i * self.chunk);
        at(i)..at(i + 1)
    }

    /// The blocks of the rows of a chunk.
    pub fn blocks(&self, rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let block = self.block.max(1);
        rows.clone().step_by(block).map(move |start| start..rows.end.min(start + block))
    }
}

/// How many of `rows` rows fit a block.
fn block_rows<T>(rows: usize, widths: &[usize]) -> usize {
    const LEAST: usize = 12;
    let elements = widths.iter().fold(0, |sum: usize, width| sum.saturating_add(*width));
    let fitting = BLOCK_BYTES / elements.saturating_mul(size_of::<T>()).max(1);
    // Rows as wide as there are samples, of pairs of them, make smaller blocks than a tile is efficient with.
    let block = if fitting < STEP { fitting.max(LEAST) } else { (fitting / STEP * STEP).min(1024 / STEP * STEP) };
    block.min(rows)
}

/// The threads that a pass may use: those of the pool that it is called in.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    1
}

/// Runs `work` on each thread of the pool, at the same time, and returns how many seconds that took.
pub(crate) fn on_all_threads(work: impl Fn(usize) + Sync) -> f64 {
    #[cfg(feature = "rayon")]
    if threads() > 1 {
        // Once before, so that no thread has to be woken.
        rayon::broadcast(|_| ());
        let begin = Instant::now();
        rayon::broadcast(|context| work(context.index()));
        return begin.elapsed().as_secs_f64();
    }
    let begin = Instant::now();
    work(0);
    begin.elapsed().as_secs_f64()
}

/// Does both, at the same time if there are threads.
fn both(a: impl FnOnce() + Send, b: impl FnOnce() + Send) {
    #[cfg(feature = "rayon")]
    rayon::join(a, b);
    #[cfg(not(feature = "rayon"))]
    {
        a();
        b();
    }
}

/// What a pass writes of all rows: a value that is kept, or the gradient of a parameter with a row for each sample.
pub struct Part<'a, T> {
    values: ViewMut<'a, T>,
    is_line: bool,
    /// The row that stands first.
    first: usize,
}

impl<'a, T> Part<'a, T> {
    /// The rows of a matrix.
    #[must_use]
    pub fn matrix(values: ViewMut<'a, T>) -> Self {
        Self { values, is_line: false, first: 0 }
    }

    /// The entries of a vector.
    #[must_use]
    pub fn line(values: ViewMut<'a, T>) -> Self {
        Self { values, is_line: true, first: 0 }
    }

    /// The rows, or the entries, of `range`, to write.
    pub fn rows_mut(&mut self, range: Range<usize>) -> ViewMut<'_, T> {
        let range = range.start - self.first..range.end - self.first;
        if self.is_line { self.values.entries_mut(range) } else { self.values.rows_mut(range) }
    }

    /// The rows, or the entries, of `range`.
    #[must_use]
    pub fn rows(&self, range: Range<usize>) -> View<'_, T> {
        let range = range.start - self.first..range.end - self.first;
        let all = self.values.as_view();
        if self.is_line { all.entries(range) } else { all.row_range(range) }
    }

    /// What stands before row `at`, and the rest.
    fn split(self, at: usize) -> (Self, Self) {
        let Self { values, is_line, first } = self;
        let (before, after) = if is_line { values.split_entries(at - first) } else { values.split_rows(at - first) };
        (Self { values: before, is_line, first }, Self { values: after, is_line, first: at })
    }
}

/// What a loss does with a chunk.
pub trait Pass<T, const K: usize>: Sync {
    /// The sums of a chunk.
    type Sums: Send;
    /// Row-local buffers.
    type Block: Send;
    /// Begins `sums` and adds the rows.
    fn chunk(&self, sums: &mut Self::Sums, block: &mut Self::Block, parts: &mut [Part<'_, T>; K], rows: Range<usize>);
    /// Adds the sums of a later chunk.
    fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums);
}

/// Computes all chunks of a pass; the first of `sums` has the result.
///
/// `sums` has one for each chunk, and `blocks` at least one.
///
/// # Panics
/// If there are none: an operator of the user's has panicked in this loss before, and its memory is lost.
pub fn pass<T: Element, P: Pass<T, K>, const K: usize>(
    pass: &P,
    plan: &Plan,
    sums: &mut [P::Sums],
    blocks: &mut [P::Block],
    parts: [Part<'_, T>; K],
) {
    assert!(!sums.is_empty() && !blocks.is_empty(), "a loss is used again whose own operator has panicked");
    range(pass, plan, 0, sums, blocks, parts);
}

/// The chunks from `first` on, as many as there are `sums`.
fn range<T: Element, P: Pass<T, K>, const K: usize>(
    pass: &P,
    plan: &Plan,
    first: usize,
    sums: &mut [P::Sums],
    blocks: &mut [P::Block],
    mut parts: [Part<'_, T>; K],
) {
    match (sums, blocks) {
        ([], _) | (_, []) => {}
        ([sums], [block, ..]) => pass.chunk(sums, block, &mut parts, plan.rows(first)),
        (sums, blocks) => {
            let half = sums.len().div_ceil(2);
            let (left, right) = sums.split_at_mut(half);
            let (before, after) = split(parts, plan.rows(first + half).start);
            if blocks.len() == 1 {
                range(pass, plan, first, left, blocks, before);
                range(pass, plan, first + half, right, blocks, after);
            } else {
                let (near, far) = blocks.split_at_mut(blocks.len().div_ceil(2));
                both(
                    || range(pass, plan, first, left, near, before),
                    || range(pass, plan, first + half, right, far, after),
                );
            }
            if let (Some(own), Some(later)) = (left.first_mut(), right.first_mut()) {
                pass.merge(own, later);
            }
        }
    }
}

fn split<T, const K: usize>(parts: [Part<'_, T>; K], at: usize) -> ([Part<'_, T>; K], [Part<'_, T>; K]) {
    let mut rest = [const { None }; K];
    let before = parts.map(|part| part.split(at));
    let mut slots = rest.iter_mut();
    let before = before.map(|(before, after)| {
        if let Some(slot) = slots.next() {
            *slot = Some(after);
        }
        before
    });
    // Every one was filled.
    let after = rest.map(|part| part.unwrap_or_else(|| Part::matrix(ViewMut::new(&mut [], 0, 0))));
    (before, after)
}

/// Adds the sums of a later chunk to those of an earlier one.
pub fn add<T: Element>(isa: Isa, later: &Buffer<T>, sums: &mut Buffer<T>) {
    isa.run(Add { later: later.as_slice(), sums: sums.as_mut_slice() });
}

struct Add<'a, T> {
    later: &'a [T],
    sums: &'a mut [T],
}

impl<T: Element> Vectorized for Add<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // Buffers are whole vectors.
        let lanes = Lanes::<T, S>::count();
        for (sums, later) in self.sums.chunks_exact_mut(lanes).zip(self.later.chunks_exact(lanes)) {
            (Lanes::load(simd, sums) + Lanes::load(simd, later)).store(sums);
        }
    }
}
