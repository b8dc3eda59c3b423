//! Software prefetch: fetching the next block of a matrix from memory while this one is computed.
//!
//! A block's rows are read twice: forwards, by a product, and for the gradient, by a transposed one. Without this, memory is
//! busy during the first reading only, and the time of all else is added to that of memory. So either reading asks for a
//! half of the block that follows, evenly over its work, one cache line after the other.
//!
//! A program can have fewer requests in flight than the machine's own prefetcher. A product with a vector, which multiplies
//! each line once, waits for its requests and keeps the prefetcher from its work: it asks for a quarter only, and the other
//! half of the block is left to the machine, which the first reading sets going when it comes there. Asking for all of it was up
//! to two fifths slower for a matrix in memory, and an eighth faster for one in the third-level cache (benches/NOTES.md).

use crate::simd::{Scalar, prefetch};
use crate::view::View;

/// Bytes of a cache line.
const LINE: usize = 64;

/// The cache lines of the next block that are left to prefetch.
pub(super) struct Prefetch<T> {
    next: *const T,
    lines: usize,
    /// Lines that are asked for at a time.
    pace: usize,
}

impl<T> Clone for Prefetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Prefetch<T> {}

/// The divisor of the next block, of which each reading by a product with a vector prefetches a part: a quarter; or a half,
/// where rows are no longer than a line and more is computed with it, which was 5 to 10 % faster.
#[inline(always)]
fn share_of_vector<T>(a: View<'_, T>) -> usize {
    if a.stride().unsigned_abs() * size_of::<T>() > LINE { 4 } else { 2 }
}

impl<T: Scalar> Prefetch<T> {
    /// The half of the next block that a product of matrices prefetches while it reads `a` forwards, in `times` times.
    #[inline(always)]
    pub(super) fn first_half(a: View<'_, T>, times: usize) -> Self {
        Self::behind(a, a.rows(), a.following() / 2, times)
    }

    /// The other half of the next block, which the reading of `a` for the gradient prefetches, in `times` times.
    #[inline(always)]
    pub(super) fn second_half(a: View<'_, T>, times: usize) -> Self {
        let half = a.following() / 2;
        Self::behind(a, a.rows() + half, a.following() - half, times)
    }

    /// Like [`first_half`](Self::first_half), for a product with a vector: a quarter, or a half where rows are short.
    #[inline(always)]
    pub(super) fn first_quarter(a: View<'_, T>, times: usize) -> Self {
        Self::behind(a, a.rows(), a.following() / share_of_vector(a), times)
    }

    /// Like [`second_half`](Self::second_half), for a product with a vector: a quarter, or a half where rows are short.
    #[inline(always)]
    pub(super) fn second_quarter(a: View<'_, T>, times: usize) -> Self {
        let part = a.following() / share_of_vector(a);
        Self::behind(a, a.rows() + part, part, times)
    }

    /// `rows` rows from `first` on.
    #[inline(always)]
    fn behind(a: View<'_, T>, first: usize, rows: usize, times: usize) -> Self {
        let next = a.as_ptr().wrapping_offset(first.cast_signed() * a.stride());
        // Rows that lie backwards, or are one, are not followed.
        let lines = rows * usize::try_from(a.stride()).unwrap_or(0) * size_of::<T>() / LINE;
        // A division takes as long as a product of a few rows does, after which nothing follows.
        let pace = if lines == 0 { 0 } else { lines.div_ceil(times.max(1)) };
        Self { next, lines, pace }
    }

    /// Asks for the next lines.
    #[inline(always)]
    pub(super) fn prefetch(&mut self) {
        let now = self.pace.min(self.lines);
        for _ in 0..now {
            prefetch(self.next);
            self.next = self.next.wrapping_add(LINE / size_of::<T>());
        }
        self.lines -= now;
    }
}
