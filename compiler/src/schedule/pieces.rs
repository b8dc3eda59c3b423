//! Where a long loop is cut.
//!
//! The time that rustc takes for a loop grows faster than its length, and its frame in a debug build with it. A loop of more
//! than [`MOST`] operations is cut into several, which hand values on through memory that stays in cache. It is long
//! because steps repeat: time steps that were written out, or layers. So it is cut where they do, and pieces that are the
//! same but for names share one expression, which is compiled once.

use core::ops::Range;

/// Operations that one loop may have.
const MOST: usize = 160;
/// Operations of a piece, about.
const USUAL: usize = 96;
/// Operations of a step that is looked for.
const STEP: Range<usize> = 16..512;
/// Operations by which a step is found: it begins again where they do.
const BEGINNING: usize = 6;

/// The number of the piece of each operation of a loop; all 0 for a loop that stays whole.
pub(crate) fn pieces(operations: &[&str]) -> Vec<usize> {
    if operations.len() <= MOST {
        return vec![0; operations.len()];
    }
    let mut numbers = Vec::with_capacity(operations.len());
    let (mut rest, mut piece, mut step) = (operations, 0, None);
    while !rest.is_empty() {
        // As long as the one before, while that repeats.
        let same = step.filter(|&step| repeats(rest, step));
        step = same.or_else(|| repeated(rest));
        let end = step.unwrap_or(USUAL).min(rest.len());
        let parts = end.div_ceil(USUAL);
        for part in 0..parts {
            let count = (part + 1) * end / parts - part * end / parts;
            numbers.resize(numbers.len() + count, piece);
            piece += 1;
        }
        rest = &rest[end..];
    }
    numbers
}

/// The length with which most of what comes next comes again; nothing, if too little does.
fn repeated(operations: &[&str]) -> Option<usize> {
    let begins = |&step: &usize| matches(operations, step, BEGINNING) == BEGINNING;
    let candidates = STEP.take_while(|step| 2 * step <= operations.len()).filter(begins);
    // In thousandths; of equal ones, the shortest.
    let best = candidates.min_by_key(|&step| 1000 - 1000 * matches(operations, step, step) / step);
    best.filter(|&step| repeats(operations, step))
}

/// Whether the next `step` operations come again after them. Rules of simplification reach across steps, so that not all do.
fn repeats(operations: &[&str], step: usize) -> bool {
    2 * step <= operations.len() && 5 * matches(operations, step, step) >= 4 * step
}

/// How many of the next `count` operations come again `step` operations later.
fn matches(operations: &[&str], step: usize, count: usize) -> usize {
    let again = operations.get(step..).unwrap_or_default();
    operations.iter().zip(again).take(count).filter(|(a, b)| core::ptr::eq(a.as_ptr(), b.as_ptr())).count()
}
