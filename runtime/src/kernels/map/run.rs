//! The loop itself, over all of a shape or over one piece of a product after the other.

use core::marker::PhantomData;

use super::{Sinks, Sources};
use crate::kernels::{Kernels, Packed};
use crate::simd::{Isa, Lanes, Mask, Plain, Scalar, Simd, Vectorized};
use crate::view::View;

/// An elementwise expression: `N` operands, `M` results.
pub trait Map<T: Scalar, const N: usize, const M: usize> {
    /// True if the loop is compiled in plain Rust alone, whatever the instruction set: in a debug build, where vectors are no
    /// registers and each of their operations is a call, they would be most of what the crate compiles.
    const PLAIN: bool;
    /// The results for one vector of each operand. Implementations are `#[inline(always)]`.
    fn map<S: Simd>(&self, simd: S, operands: [Lanes<T, S>; N]) -> [Lanes<T, S>; M];
}

/// The last vector of a row, of which only some lanes are elements.
#[derive(Clone, Copy)]
pub struct Tail<T: Scalar, S: Simd> {
    pub(super) mask: Mask<T, S>,
    count: usize,
}

impl<T: Scalar, S: Simd> Tail<T, S> {
    /// `vector` with zeros in the lanes that are no elements.
    #[inline(always)]
    pub(super) fn keep(tail: Option<Self>, vector: Lanes<T, S>) -> Lanes<T, S> {
        match tail {
            None => vector,
            Some(tail) => vector.first(tail.count),
        }
    }
}

/// Vectors of a row that are summed by themselves, if it has more: long rows are cut there.
const LONG_ROW: usize = 256;

/// Runs `body` over `shape`.0 rows of `shape`.1 elements.
///
/// # Panics
/// If a source or a sink has another shape: a mistake of the expansion, not of its user.
///
/// A loop over a [`ProductPiece`](super::ProductPiece) does not compile, since no product is there to take one of:
///
/// ```compile_fail,E0080
/// use frobenius_runtime::__rt_0_1::{Element, Isa, Lanes, Map, ProductPiece, Simd, Sum, map};
///
/// struct Same;
///
/// impl<T: Element> Map<T, 1, 1> for Same {
///     const PLAIN: bool = true;
///     fn map<S: Simd>(&self, _: S, operands: [Lanes<T, S>; 1]) -> [Lanes<T, S>; 1] {
///         operands
///     }
/// }
///
/// let mut sum = 0.0;
/// map::<f64, _, _, _, 1, 1>(Isa::Scalar, (1, 8), ProductPiece::new(), Sum(&mut sum), &Same);
/// ```
#[inline]
pub fn map<T, A, B, F, const N: usize, const M: usize>(isa: Isa, shape: (usize, usize), sources: A, sinks: B, body: &F)
where
    T: Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    const { assert!(A::COUNT == N && B::COUNT == M && !A::HAS_PIECE) };
    if !(sources.fit(shape.0, shape.1) && sinks.fit(shape.0, shape.1)) {
        misfit(shape);
    }
    let shape = as_one_row(shape, &sources, &sinks).unwrap_or(shape);
    run(isa, Section { at: (0, 0), shape, sources, sinks, body, element: PhantomData });
}

/// Like [`map`], where one operand, the [`ProductPiece`](super::ProductPiece), is the product of `a` and `b`, of which
/// nothing else is kept.
///
/// # Panics
/// If an operand, the product or a sink has another shape: a mistake of the expansion, not of its user.
#[inline]
pub fn product_map<T, A, B, F, const N: usize, const M: usize>(
    isa: Isa,
    (a, b): (View<'_, T>, &Packed<T>),
    shape: (usize, usize),
    mut sources: A,
    mut sinks: B,
    body: &F,
) where
    T: Kernels,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    const { assert!(A::COUNT == N && B::COUNT == M) };
    if !(sources.fit(shape.0, shape.1) && sinks.fit(shape.0, shape.1)) {
        misfit(shape);
    }
    if (a.rows(), b.columns()) != shape {
        misfit(shape);
    }
    T::product_through(isa, a, b, &mut |at, piece| {
        // SAFETY: the loop below reads what is in the piece.
        unsafe { sources.take(at, piece) };
        let part = (piece.rows(), piece.columns());
        let flat = if part.1 == shape.1 { as_one_row(part, &sources, &sinks) } else { None };
        let shape = flat.unwrap_or(part);
        run(isa, Section { at, shape, sources, sinks: sinks.lend(), body, element: PhantomData });
    });
}

/// Panics about a mistake of the expansion; compiled once, and not with each loop.
#[cold]
#[inline(never)]
fn misfit(shape: (usize, usize)) -> ! {
    panic!("operands of another shape than the loop, which has {shape:?}")
}

/// All rows as one, where nothing keeps them apart: narrow rows would leave a part of every vector empty.
#[inline]
fn as_one_row<T: Scalar>(
    (rows, columns): (usize, usize),
    sources: &impl Sources<T>,
    sinks: &impl Sinks<T>,
) -> Option<(usize, usize)> {
    (sources.are_flat() && sinks.are_flat()).then(|| (1, rows * columns))
}

/// Runs a section with `isa`, or in plain Rust if the loop is compiled in no other way.
#[inline]
fn run<T, A, B, F, const N: usize, const M: usize>(isa: Isa, section: Section<'_, A, B, F, T, N, M>)
where
    T: Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    if const { F::PLAIN } { section.run(Plain {}) } else { isa.run(section) }
}

/// A section of a loop, or all of it: `shape` elements from `at` on.
struct Section<'f, A, B, F, T, const N: usize, const M: usize> {
    at: (usize, usize),
    shape: (usize, usize),
    sources: A,
    sinks: B,
    body: &'f F,
    element: PhantomData<T>,
}

impl<T, A, B, F, const N: usize, const M: usize> Vectorized for Section<'_, A, B, F, T, N, M>
where
    T: Scalar,
    A: Sources<T>,
    B: Sinks<T>,
    F: Map<T, N, M>,
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (first, begin) = self.at;
        let (rows, columns) = self.shape;
        let lanes = Lanes::<T, S>::count();
        let (whole, end) = (begin + columns / lanes * lanes, begin + columns);
        let tail = (whole < end).then(|| Tail { mask: Mask::first(simd, end - whole), count: end - whole });
        let mut state = B::start(simd);
        let mut operands = [Lanes::constant(simd, 0.0); N];
        // Long rows are cut, so that their sums round as little as sums of sums do.
        let mut from = begin;
        while from < end || from == begin {
            let to = end.min(from + LONG_ROW * lanes);
            for i in first..first + rows {
                let cursor = self.sources.row(simd, i);
                let mut j = from;
                // The expression is there once, for whole vectors and for the rest: it is the most of what a loss compiles.
                while j < to {
                    // SAFETY: sources and sinks fit the loop that this is a part of, which was checked, or all rows of the
                    // part as one; and j + lanes <= end, or the tail has the columns from j on. What is a piece of a product
                    // has all of the part.
                    unsafe {
                        if j < whole {
                            self.sources.load(simd, cursor, j, None, &mut operands, 0);
                        } else {
                            self.sources.load(simd, cursor, j, tail, &mut operands, 0);
                        }
                    }
                    let results = self.body.map(simd, operands);
                    // SAFETY: as above.
                    unsafe {
                        if j < whole {
                            self.sinks.take(&mut state, (i, j), None, &results, 0);
                        } else {
                            self.sinks.take(&mut state, (i, j), tail, &results, 0);
                        }
                    }
                    j += lanes;
                }
                self.sinks.end_row(simd, &mut state, i, from == 0);
            }
            from += LONG_ROW * lanes;
        }
        self.sinks.end(&mut state);
    }
}
