//! The result of a comparison of vectors.

use pulp::Simd;

use super::{Lanes, Scalar};

/// The lanes for which a comparison holds.
#[derive(Clone, Copy, Debug)]
pub struct Mask<T: Scalar, S: Simd> {
    pub(super) simd: S,
    pub(super) mask: T::MaskVector<S>,
}

impl<T: Scalar, S: Simd> Mask<T, S> {
    /// The first `count` lanes; all of them where there are fewer.
    #[inline(always)]
    #[must_use]
    pub(crate) fn first(simd: S, count: usize) -> Self {
        Self { simd, mask: T::first_lanes(simd, count) }
    }

    /// `a` where the comparison holds, `b` elsewhere.
    #[inline(always)]
    #[must_use]
    pub fn select(self, a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a.wrap(T::select(self.simd, self.mask, a.vector, b.vector))
    }

    /// Where both comparisons hold.
    #[inline(always)]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { simd: self.simd, mask: T::both(self.simd, self.mask, other.mask) }
    }

    /// True if the comparison holds in every lane.
    #[inline(always)]
    #[must_use]
    pub fn all(self) -> bool {
        T::all(self.simd, self.mask)
    }

    /// True if the comparison holds in any lane.
    #[inline(always)]
    #[must_use]
    pub fn any(self) -> bool {
        T::any(self.simd, self.mask)
    }
}
