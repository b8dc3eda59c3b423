//! Sums and maxima over the lanes of several vectors at once.
//!
//! Adding up the lanes of one vector of L takes log₂ L steps, each a shuffle and an addition that wait for each other, and
//! ends in one number. Two vectors can share a step: one keeps its even lanes and the other its odd ones,
//!
//! ```text
//! a₀ a₁ a₂ a₃    a₀ b₁ a₂ b₃      a₀ + a₁   b₁ + b₂   a₂ + a₃   b₃ + b₀
//! b₀ b₁ b₂ b₃ →  b₀ a₁ b₂ a₃, →
//!                turned by one
//! ```
//!
//! and so on with steps of 2, 4, …, each between vectors that hold as many sums: after all of them, lane r has the sum of
//! vector r. What is left of the steps when there is one vector only, it takes alone.

use super::{Element, Lanes, Simd};

/// What lanes are combined by.
pub(crate) trait Fold {
    fn fold<T: Element, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S>;
}

/// Their sum.
pub(crate) struct Plus;

impl Fold for Plus {
    #[inline(always)]
    fn fold<T: Element, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a + b
    }
}

/// The largest of them; any number if one is NaN.
pub(crate) struct Largest;

impl Fold for Largest {
    #[inline(always)]
    fn fold<T: Element, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a.at_least(b)
    }
}

/// The lanes of each vector, combined.
#[inline(always)]
pub(crate) fn fold_each<F: Fold, T: Element, S: Simd, const R: usize>(vectors: [Lanes<T, S>; R]) -> [T; R] {
    const { assert!(R <= 8) };
    let lanes = Lanes::<T, S>::count();
    let mut results = [T::default(); R];
    // As many at a time as a vector has lanes.
    for (results, vectors) in results.chunks_mut(lanes).zip(vectors.chunks(lanes)) {
        let mut folded = [vectors[0]; 8];
        folded[..vectors.len()].copy_from_slice(vectors);
        let (mut count, mut step) = (vectors.len().next_power_of_two(), 1);
        while count > 1 {
            count /= 2;
            for m in 0..count {
                let (a, b) = (folded[2 * m], folded[2 * m + 1]);
                let keeps = Lanes::has_bit(a.simd(), step);
                let turned = keeps.select(a, b).turned(step);
                folded[m] = F::fold(keeps.select(b, a), turned);
            }
            step *= 2;
        }
        let mut whole = folded[0];
        while step < lanes {
            whole = F::fold(whole, whole.turned(step));
            step *= 2;
        }
        // A vector's lanes, of which some may be no results: that is faster than to store a part.
        let mut all = [T::default(); 16];
        whole.store(&mut all);
        results.copy_from_slice(&all[..results.len()]);
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, Vectorized};

    struct Each<const R: usize>;

    impl<const R: usize> Vectorized for Each<R> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            check::<f32, S, R>(simd);
            check::<f64, S, R>(simd);
        }
    }

    /// Lane l of vector r is 1000 r + 2ˡ, in which any lane that is lost, or counted twice, shows.
    #[inline(always)]
    fn check<T: Element, S: Simd, const R: usize>(simd: S) {
        let lanes = Lanes::<T, S>::count();
        let mut vectors = [Lanes::constant(simd, 0.0); R];
        let (mut sums, mut tops) = ([0.0; R], [f64::NEG_INFINITY; R]);
        for (r, vector) in vectors.iter_mut().enumerate() {
            let mut values = [T::default(); 16];
            for (l, value) in values.iter_mut().take(lanes).enumerate() {
                let l = i32::try_from((l + 3 * r) % lanes).unwrap();
                let x = 1000.0 * f64::from(u32::try_from(r).unwrap()) + 2_f64.powi(l);
                *value = T::from_f64(x);
                sums[r] += x;
                tops[r] = tops[r].max(x);
            }
            *vector = Lanes::load(simd, &values);
        }
        // Sums of integers below 2²⁴, in any order.
        assert!(fold_each::<Plus, T, S, R>(vectors).map(T::to_f64).iter().eq(&sums));
        assert!(fold_each::<Largest, T, S, R>(vectors).map(T::to_f64).iter().eq(&tops));
    }

    #[test]
    fn every_lane_counts_once_and_for_its_own_vector() {
        for isa in Isa::available() {
            isa.run(Each::<1>);
            isa.run(Each::<2>);
            isa.run(Each::<3>);
            isa.run(Each::<4>);
            isa.run(Each::<8>);
        }
    }
}
