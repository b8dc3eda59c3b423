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

use core::cell::Cell;
use core::marker::PhantomData;
use core::ops::Range;
#[cfg(feature = "rayon")]
use std::error::Error as _;
#[cfg(feature = "rayon")]
use std::sync::OnceLock;
use std::time::Instant;

use crate::buffer::Buffer;
use crate::element::Element;
use crate::error::Error;
use crate::number::count;
use crate::simd::Isa;
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
const ROW_STEP: usize = 48;

/// Bytes of row-local values that a block may have: what a core's second-level cache keeps beside the parameters.
const BLOCK_BYTES: usize = 512 * 1024;

thread_local! {
    static CUTS: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// Runs `make`, which makes losses, with their rows cut into about `chunks` chunks with blocks of `block` rows at most: a test
/// reaches the merging of chunks with a few rows.
pub fn with_cuts<R>(chunks: usize, block: usize, make: impl FnOnce() -> R) -> R {
    /// Sets back what was there before, also behind a panic.
    struct Before(Option<(usize, usize)>);

    impl Drop for Before {
        fn drop(&mut self) {
            CUTS.set(self.0);
        }
    }

    let _before = Before(CUTS.replace(Some((chunks, block))));
    make()
}

impl Plan {
    /// For `rows` rows, of whose row-local values a row has `widths` elements of type `T`; `sums` are the rows and columns
    /// of what each chunk adds up, and `work` is the operations of the whole pass, of arithmetic and of memory.
    #[must_use]
    pub fn new<T: Element>(rows: usize, widths: &[usize], sums: &[(usize, usize)], work: f64) -> Self {
        Self::of_bytes((size_of::<T>(), T::PADDING), rows, widths, sums, work)
    }

    /// Plans for elements of `size` bytes, whose rows are padded to a multiple of `padding`.
    fn of_bytes(
        (size, padding): (usize, usize),
        rows: usize,
        widths: &[usize],
        sums: &[(usize, usize)],
        work: f64,
    ) -> Self {
        /// As many chunks as keep dozens of cores busy.
        const MOST_CHUNKS: usize = 64;
        /// Operations of a chunk, at least: about 20 µs, compared with which waking a thread is cheap.
        const WORTH: f64 = 2e6;
        /// Operations of a chunk for each element of its sums: to clear and merge it takes a tenth of that at most.
        const OF_SUM: f64 = 2000.0;
        let block = block_rows(size, rows, widths);
        let padded = |&(rows, columns): &(usize, usize)| {
            count(rows) * columns.checked_next_multiple_of(padding).map_or(f64::INFINITY, count)
        };
        let each = WORTH.max(OF_SUM * sums.iter().map(padded).sum::<f64>());
        let mut chunks = 1;
        while 2 * chunks <= MOST_CHUNKS && work >= each * count(2 * chunks) && 2 * chunks * ROW_STEP <= rows {
            chunks *= 2;
        }
        let chunk = if chunks == 1 { rows } else { rows.div_ceil(chunks).next_multiple_of(ROW_STEP) }.max(1);
        if let Some((chunks, block)) = CUTS.get() {
            let chunk = rows.div_ceil(chunks.max(1)).max(1);
            return Self { rows, block: block.clamp(1, chunk), chunk, chunks: rows.div_ceil(chunk).max(1) };
        }
        // Blocks of a chunk are equally high, but for rounding.
        let blocks = chunk.div_ceil(block.max(1)).max(1);
        let even = chunk.div_ceil(blocks);
        let block = if blocks == 1 || even < ROW_STEP { even } else { even.next_multiple_of(ROW_STEP) };
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
        let at = |i: usize| self.rows.min(i.saturating_mul(self.chunk));
        at(i)..at(i + 1)
    }

    /// The blocks of the rows of a chunk.
    pub fn blocks(&self, rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let block = self.block.max(1);
        rows.clone().step_by(block).map(move |start| start..rows.end.min(start + block))
    }
}

/// How many of `rows` rows, of elements of `size` bytes, fit a block.
fn block_rows(size: usize, rows: usize, widths: &[usize]) -> usize {
    const MIN_BLOCK_ROWS: usize = 12;
    let elements = widths.iter().fold(0, |sum: usize, width| sum.saturating_add(*width));
    let fitting = BLOCK_BYTES / elements.saturating_mul(size).max(1);
    // Rows as wide as there are samples, of pairs of them, make smaller blocks than a tile is efficient with.
    let block = if fitting < ROW_STEP {
        fitting.max(MIN_BLOCK_ROWS)
    } else {
        (fitting / ROW_STEP * ROW_STEP).min(1024 / ROW_STEP * ROW_STEP)
    };
    block.min(rows)
}

/// The threads that a pass may use: those of the pool that it is called in; one, if no pool can be used.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "rayon")]
    return if has_pool() { rayon::current_num_threads() } else { 1 };
    #[cfg(not(feature = "rayon"))]
    1
}

/// True if a thread would do what is handed to the pool.
///
/// None would in a child made by `fork`, which has only the thread that forked: its first wait for the global pool of the parent
/// would be its last. Nor would one where the system gives no thread to that pool, about which rayon panics.
#[cfg(feature = "rayon")]
fn has_pool() -> bool {
    /// The process that the global pool is in, or none.
    static GLOBAL: OnceLock<Option<u32>> = OnceLock::new();
    // On a thread of a pool there is one. Where there are no threads, rayon's pool is the caller's own, and there are no processes.
    if rayon::current_thread_index().is_some() || cfg!(target_family = "wasm") {
        return true;
    }
    let process = GLOBAL.get_or_init(|| {
        // An error without a source says that the pool is there already.
        let failed = rayon::ThreadPoolBuilder::new().build_global().is_err_and(|error| error.source().is_some());
        (!failed).then(std::process::id)
    });
    *process == Some(std::process::id())
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

/// Output of a pass that covers all rows: a value that is kept, or the gradient of a parameter with a row for each sample.
pub struct LentRows<'a, T> {
    values: ViewMut<'a, T>,
    is_line: bool,
    /// The row that stands first.
    first: usize,
}

impl<'a, T> LentRows<'a, T> {
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

    /// How many rows, or entries, there are.
    fn count(&self) -> usize {
        // A line of no rows has no entries, however many columns it has.
        if self.is_line { self.values.rows().min(1) * self.values.columns() } else { self.values.rows() }
    }

    /// The rows, or the entries, of `range`.
    #[must_use]
    pub fn rows(&self, range: Range<usize>) -> View<'_, T> {
        let range = range.start - self.first..range.end - self.first;
        let all = self.values.as_view();
        if self.is_line { all.entries(range) } else { all.row_range(range) }
    }
}

/// The work of a loss on a chunk.
pub trait Pass<T, const K: usize>: Sync {
    /// The sums of a chunk.
    type Sums: Send;
    /// Row-local buffers.
    type Block: Send;
    /// Begins `sums` and adds the rows.
    fn chunk(
        &self,
        sums: &mut Self::Sums,
        block: &mut Self::Block,
        parts: &mut [LentRows<'_, T>; K],
        rows: Range<usize>,
    );
    /// Adds the sums of a later chunk.
    fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums);
}

/// Computes all chunks of a pass; the first of `sums` has the result.
///
/// `sums` has one for each chunk, and `blocks` at least one.
///
/// # Panics
/// If there are none, or if a part has fewer rows than the plan: a mistake of the expansion, not of its user.
pub fn pass<T: Element, P: Pass<T, K>, const K: usize>(
    pass: &P,
    plan: &Plan,
    sums: &mut [P::Sums],
    blocks: &mut [P::Block],
    parts: [LentRows<'_, T>; K],
) {
    assert!(!sums.is_empty() && !blocks.is_empty(), "a pass without memory");
    assert!(parts.iter().all(|part| part.count() >= plan.rows), "what a pass writes has fewer rows than it reads");
    // Asked only where it matters: a small loss takes no longer than asking does.
    let workers = 0..if sums.len() == 1 || threads() == 1 { 1 } else { blocks.len() };
    let chunks = 0..sums.len();
    let work = Lent {
        pass,
        plan: *plan,
        sums: sums.as_mut_ptr(),
        blocks: blocks.as_mut_ptr(),
        parts: parts.map(Whole::new),
        lifetime: PhantomData,
    };
    // SAFETY: `work` has just these chunks and blocks, borrowed until it returns.
    unsafe { range(&work, chunks, workers) };
}

/// Finds the memory of a pass where it belongs: a panic in a pass, of an operator of the user's, loses it.
///
/// # Errors
/// [`Error::Panicked`] if it is lost.
pub fn intact<S>(sums: &[S]) -> Result<(), Error> {
    if sums.is_empty() { Err(Error::Panicked) } else { Ok(()) }
}

/// Work of [`range`], whatever the types of a loss are: the tree is compiled once, in this crate.
trait Chunks: Sync {
    /// Computes chunk `number` with the buffers of `block`.
    ///
    /// # Safety
    /// Both exist, and nobody else uses either at the same time.
    unsafe fn chunk(&self, number: usize, block: usize);
    /// Adds the sums of chunk `later` to those of chunk `number`.
    ///
    /// # Safety
    /// Both exist and are different, and nobody else uses either at the same time.
    unsafe fn merge(&self, number: usize, later: usize);
}

/// The chunks of `chunks`, whose sums the first of them has afterwards.
///
/// # Safety
/// Chunks and blocks exist, and nobody else uses either at the same time.
unsafe fn range(work: &dyn Chunks, chunks: Range<usize>, blocks: Range<usize>) {
    if chunks.len() <= 1 {
        // SAFETY: the caller's promise.
        return unsafe { work.chunk(chunks.start, blocks.start) };
    }
    let half = chunks.start + chunks.len().div_ceil(2);
    let (left, right) = (chunks.start..half, half..chunks.end);
    if blocks.len() == 1 {
        // SAFETY: the caller's promise; one after the other, they may use the same block.
        unsafe { range(work, left, blocks.clone()) };
        // SAFETY: as above.
        unsafe { range(work, right, blocks) };
    } else {
        let middle = blocks.start + blocks.len().div_ceil(2);
        let (near, far) = (blocks.start..middle, middle..blocks.end);
        both(
            // SAFETY: the caller's promise; the halves have no chunk and no block in common.
            || unsafe { range(work, left, near) },
            // SAFETY: as above.
            || unsafe { range(work, right, far) },
        );
    }
    // SAFETY: the caller's promise; both halves are complete.
    unsafe { work.merge(chunks.start, half) };
}

/// The memory of a pass, of which each chunk borrows its own.
struct Lent<'l, T, P: Pass<T, K>, const K: usize> {
    pass: &'l P,
    plan: Plan,
    sums: *mut P::Sums,
    blocks: *mut P::Block,
    parts: [Whole<T>; K],
    lifetime: PhantomData<&'l mut [T]>,
}

// SAFETY: what a chunk borrows mutably no other one does at the same time (the promise of `Chunks`), and it may be sent to
// another thread; the pass is shared, and may be.
unsafe impl<T: Send, P: Pass<T, K>, const K: usize> Sync for Lent<'_, T, P, K> {}

impl<T: Element, P: Pass<T, K>, const K: usize> Chunks for Lent<'_, T, P, K> {
    unsafe fn chunk(&self, number: usize, block: usize) {
        let rows = self.plan.rows(number);
        // SAFETY: the caller's promise.
        let (sums, block) = unsafe { (&mut *self.sums.add(number), &mut *self.blocks.add(block)) };
        // SAFETY: no two chunks have a row in common, and the parts have all rows of the plan, as `pass` asserts.
        let mut parts = self.parts.each_ref().map(|part| unsafe { part.rows(rows.clone()) });
        self.pass.chunk(sums, block, &mut parts, rows);
    }

    unsafe fn merge(&self, number: usize, later: usize) {
        // SAFETY: the caller's promise.
        let (sums, later) = unsafe { (&mut *self.sums.add(number), &mut *self.sums.add(later)) };
        self.pass.merge(sums, later);
    }
}

/// A [`LentRows`] whose rows are lent one by one.
struct Whole<T> {
    start: *mut T,
    columns: usize,
    /// Elements from a row to the next.
    stride: usize,
    is_line: bool,
}

impl<T> Whole<T> {
    fn new(part: LentRows<'_, T>) -> Self {
        let LentRows { mut values, is_line, .. } = part;
        let (columns, stride) = (values.columns(), values.stride());
        Self { start: values.as_mut_ptr(), columns, stride, is_line }
    }

    /// The rows, or the entries, of `rows`.
    ///
    /// # Safety
    /// There are as many, and nobody else uses them for `'r`, for which they live.
    unsafe fn rows<'r>(&self, rows: Range<usize>) -> LentRows<'r, T> {
        let stride = if self.is_line { 1 } else { self.stride };
        // SAFETY: each of the rows has `stride` elements, by the invariant of ViewMut, and the caller promises the rest.
        let values =
            unsafe { core::slice::from_raw_parts_mut(self.start.add(rows.start * stride), rows.len() * stride) };
        let values = if self.is_line {
            ViewMut::line(values)
        } else {
            ViewMut::padded(values, rows.len(), self.columns, stride)
        };
        LentRows { values, is_line: self.is_line, first: rows.start }
    }
}

/// Collects what `make` makes of each number below `count`; nothing, if one fails.
///
/// # Errors
/// The first of `make`; [`Error::Overflow`] if they are larger than memory.
pub fn each<P>(count: usize, mut make: impl FnMut(usize) -> Result<P, Error>) -> Result<Vec<P>, Error> {
    let mut all = Vec::new();
    all.try_reserve_exact(count).map_err(|_| Error::Overflow { what: "a workspace", rows: count, columns: 1 })?;
    for i in 0..count {
        all.push(make(i)?);
    }
    Ok(all)
}

/// Adds the sums of a later chunk to those of an earlier one.
pub fn add<T: Element>(isa: Isa, later: &Buffer<T>, sums: &mut Buffer<T>) {
    T::accumulate(isa, later.as_slice(), sums.as_mut_slice());
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "numbers of rows, and sums of halves, are exact")]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    struct Ones;

    impl Pass<f64, 1> for Ones {
        type Sums = f64;
        type Block = ();
        fn chunk(&self, sums: &mut f64, (): &mut (), [part]: &mut [LentRows<'_, f64>; 1], rows: Range<usize>) {
            part.rows_mut(rows.clone()).row_mut(0).fill(1.0);
            *sums = count(rows.len());
        }
        fn merge(&self, sums: &mut f64, later: &mut f64) {
            *sums += *later;
        }
    }

    #[test]
    fn a_line_without_its_row_has_no_entries_to_write() {
        let plan = Plan::new::<f64>(100, &[1], &[], 0.0);
        let write = |part: LentRows<'_, f64>| {
            let mut sums = [0.0];
            let ended = catch_unwind(AssertUnwindSafe(|| pass(&Ones, &plan, &mut sums, &mut [()], [part])));
            ended.map(|()| sums[0])
        };
        assert!(write(LentRows::line(ViewMut::new(&mut [], 0, 100))).is_err());
        let mut entries = vec![0.0; 100];
        assert_eq!(write(LentRows::line(ViewMut::line(&mut entries))).unwrap().to_bits(), 100.0_f64.to_bits());
        assert_eq!(entries, [1.0; 100]);
    }

    #[test]
    fn chunks_beyond_the_rows_have_none_of_them() {
        let plan = with_cuts(2, 5, || Plan::new::<f64>(10, &[1], &[], 0.0));
        for i in [2, 3, usize::MAX / 2, usize::MAX - 1] {
            assert_eq!(plan.rows(i), 10..10, "{i}");
        }
    }

    /// Rows in one chunk and in several, with a last one that is shorter, and as tests cut them.
    fn plans() -> Vec<Plan> {
        let mut plans = Vec::new();
        for rows in [0, 1, 2, 47, 48, 49, 95, 96, 97, 1000, 12_289, 100_003] {
            for (widths, work) in [(&[3][..], 0.0), (&[3], 5e6), (&[700, 33], 1e9), (&[20_000], 1e12)] {
                plans.push(Plan::new::<f32>(rows, widths, &[(1, 1)], work));
                plans.push(Plan::new::<f64>(rows, widths, &[(10, 10), (3, 100)], work));
            }
            for (chunks, block) in [(1, 1), (2, 5), (7, 64), (64, 1)] {
                plans.push(with_cuts(chunks, block, || Plan::new::<f64>(rows, &[3], &[], 0.0)));
            }
        }
        plans
    }

    #[test]
    fn every_row_is_in_one_block_of_one_chunk() {
        let mut several = 0;
        for plan in plans() {
            let chunks: Vec<_> = (0..plan.chunks()).map(|i| plan.rows(i)).collect();
            assert!(chunks.iter().cloned().flatten().eq(0..plan.rows), "{plan:?}");
            for chunk in chunks {
                assert!(plan.blocks(chunk.clone()).flatten().eq(chunk.clone()), "{plan:?}");
                assert!(plan.blocks(chunk).all(|block| block.len() <= plan.block()), "{plan:?}");
            }
            several += usize::from(plan.chunks() > 1);
        }
        assert!(several > 50, "{several}");
        // Work for many threads is cut, and a little is not.
        assert_eq!(Plan::new::<f64>(100_000, &[3], &[], 1e12).chunks(), 64);
        assert_eq!(Plan::new::<f64>(100_000, &[3], &[], 1e6).chunks(), 1);
        // Beside sums that take as long to merge as all rows, too.
        assert_eq!(Plan::new::<f64>(100_000, &[3], &[(1000, 1000)], 1e9).chunks(), 1);
    }

    /// Lists the rows that it is given, and writes their numbers.
    struct Numbers<'p>(&'p Plan);

    impl Pass<f64, 2> for Numbers<'_> {
        type Sums = Vec<usize>;
        type Block = ();

        fn chunk(&self, sums: &mut Vec<usize>, (): &mut (), parts: &mut [LentRows<'_, f64>; 2], rows: Range<usize>) {
            sums.clear();
            for rows in self.0.blocks(rows) {
                let [matrix, line] = parts;
                for (k, i) in rows.clone().enumerate() {
                    matrix.rows_mut(rows.clone()).row_mut(k).fill(count(i));
                    line.rows_mut(rows.clone()).row_mut(0)[k] = count(i);
                    assert!(
                        matrix.rows(i..i + 1).row(0).iter().chain(line.rows(i..i + 1).row(0)).all(|x| *x == count(i))
                    );
                }
                sums.extend(rows);
            }
        }

        fn merge(&self, sums: &mut Vec<usize>, later: &mut Vec<usize>) {
            sums.append(later);
        }
    }

    /// However many row-local buffers there are, chunks are computed once each and merged in the order of their rows.
    #[test]
    fn chunks_are_computed_once_and_merged_in_order() {
        for plan in plans() {
            for workers in [1, 2, 3, 5, 64] {
                let (mut matrix, mut line) = (Buffer::new(plan.rows, 3).unwrap(), Buffer::new(1, plan.rows).unwrap());
                // Numbers as an earlier call may have left them.
                let mut sums = vec![vec![usize::MAX; 3]; plan.chunks()];
                let parts = [LentRows::matrix(matrix.view_mut()), LentRows::line(line.view_mut())];
                pass(&Numbers(&plan), &plan, &mut sums, &mut vec![(); workers.min(plan.chunks())], parts);
                assert!(sums[0].iter().copied().eq(0..plan.rows), "{plan:?} by {workers}");
                for i in 0..plan.rows {
                    assert!(matrix.view().row(i).iter().chain([&line.view().row(0)[i]]).all(|x| *x == count(i)));
                }
            }
        }
    }

    #[test]
    fn sums_of_chunks_are_added_beside_what_is_there() {
        for isa in Isa::available() {
            let (mut sums, mut later) = (Buffer::<f64>::new(3, 17).unwrap(), Buffer::new(3, 17).unwrap());
            sums.fill(2.0);
            later.fill(0.5);
            assert!(sums.as_slice().iter().all(|x| *x == 2.0));
            add(isa, &later, &mut sums);
            assert!((0..3).flat_map(|i| sums.view().row(i).to_vec()).all(|x| x == 2.5));
            sums.clear();
            assert!(sums.as_slice().iter().all(|x| *x == 0.0));
        }
    }
}
