//! Addition of what two chunks of rows have added up.

use crate::simd::{Lanes, Scalar, Simd, Vectorized};

/// sums += terms, both of whole vectors.
pub(super) struct Add<'a, T> {
    pub(super) terms: &'a [T],
    pub(super) sums: &'a mut [T],
}

impl<T: Scalar> Vectorized for Add<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = Lanes::<T, S>::count();
        for (sums, terms) in self.sums.chunks_exact_mut(lanes).zip(self.terms.chunks_exact(lanes)) {
            (Lanes::load(simd, sums) + Lanes::load(simd, terms)).store(sums);
        }
    }
}
