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
    let mut numbers: Vec<usize> = Vec::with_capacity(operations.len());
    let (mut piece, mut step) = (0, None);
    while numbers.len() < operations.len() {
        let (at, rest) = (numbers.len(), &operations[numbers.len()..]);
        // As long as the one before, while that comes again.
        let same = step.filter(|&step: &usize| repeats(&operations[at - step..], step, step.min(rest.len())));
        step = same.or_else(|| repeated(rest));
        let end = step.unwrap_or(USUAL).min(rest.len());
        let parts = end.div_ceil(USUAL);
        for part in 0..parts {
            let count = (part + 1) * end / parts - part * end / parts;
            numbers.resize(numbers.len() + count, piece);
            piece += 1;
        }
    }
    numbers
}

/// The length with which most of what comes next comes again; nothing, if too little does.
fn repeated(operations: &[&str]) -> Option<usize> {
    let begins = |&step: &usize| matches(operations, step, BEGINNING) == BEGINNING;
    let candidates = STEP.take_while(|step| 2 * step <= operations.len()).filter(begins);
    // In thousandths; of equal ones, the shortest.
    let best = candidates.min_by_key(|&step| 1000 - 1000 * matches(operations, step, step) / step);
    best.filter(|&step| repeats(operations, step, step))
}

/// Whether the next `count` operations come again `step` operations later. Rules of simplification reach across steps, so that not
/// all do.
fn repeats(operations: &[&str], step: usize, count: usize) -> bool {
    5 * matches(operations, step, count) >= 4 * count
}

/// How many of the next `count` operations come again `step` operations later.
fn matches(operations: &[&str], step: usize, count: usize) -> usize {
    let again = operations.get(step..).unwrap_or_default();
    operations.iter().zip(again).take(count).filter(|(a, b)| core::ptr::eq(a.as_ptr(), b.as_ptr())).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Operations of which each is another one.
    const NAMES: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];

    /// A linear congruence's names, which repeat after thousands.
    fn without_period(count: usize) -> Vec<&'static str> {
        let numbers = std::iter::successors(Some(1_usize), |x| Some((1_664_525 * x + 1_013_904_223) % (1 << 32)));
        numbers.take(count).map(|x| NAMES[(x >> 16) % 11]).collect()
    }

    #[test]
    fn a_loop_of_usual_length_stays_whole() {
        assert!(pieces(&["a"; MOST]).iter().all(|piece| *piece == 0));
        assert!(pieces(&[]).is_empty());
    }

    #[test]
    fn steps_are_pieces() {
        // Squares modulo 11 repeat after eleven, twos between them after three: together after 33.
        let step: Vec<_> = (0..33).map(|i| if i % 3 == 0 { NAMES[0] } else { NAMES[i * i % 11] }).collect();
        let operations = step.repeat(9);
        let pieces = pieces(&operations);
        assert!(pieces.iter().enumerate().all(|(i, piece)| *piece == i / 33), "{pieces:?}");
    }

    #[test]
    fn long_steps_are_several_pieces_each() {
        let step = without_period(200);
        let pieces = pieces(&step.repeat(4));
        let of_step = pieces[199] + 1;
        assert!((3..=5).contains(&of_step), "{of_step}");
        assert!((200..800).all(|i| pieces[i] == pieces[i - 200] + of_step), "{pieces:?}");
    }

    #[test]
    fn what_does_not_repeat_is_cut_all_the_same() {
        let pieces = pieces(&without_period(1000));
        for piece in 0..=pieces[999] {
            assert!(pieces.iter().filter(|of| **of == piece).count() <= MOST, "piece {piece}");
        }
        assert!(pieces.is_sorted() && pieces[999] >= 9);
    }
}
