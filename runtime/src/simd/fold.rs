//! Sums and maxima over the lanes of several vectors at once.
//!
//! Adding up the lanes of one vector of L takes log₂ L steps, each a shuffle and an addition that wait for each other, and
//! ends in one number. Two vectors can share a step: one keeps its even lanes and the other its odd ones,
//!
//! ```text
//! a₀ a₁ a₂ a₃    a₀ b₁ a₂ b₃      a₀ + a₁   b₁ + b₂   a₂ + a₃   b₃ + b₀
//! b₀ b₁ b₂ b₃ →  b₀ a₁ b₂ a₃, →
//!                rotated by one
//! ```
//!
//! and so on with steps of 2, 4, …, each between vectors that hold as many sums: after all of them, lane r has the sum of
//! vector r. What is left of the steps when there is one vector only, it takes alone.

use super::{Lanes, Scalar, Simd};

/// The operation that combines lanes.
pub(crate) trait Fold {
    fn fold<T: Scalar, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S>;
}

/// Their sum.
pub(crate) struct Plus;

impl Fold for Plus {
    #[inline(always)]
    fn fold<T: Scalar, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a + b
    }
}

/// The largest of them; any number if one is NaN.
pub(crate) struct Largest;

impl Fold for Largest {
    #[inline(always)]
    fn fold<T: Scalar, S: Simd>(a: Lanes<T, S>, b: Lanes<T, S>) -> Lanes<T, S> {
        a.at_least(b)
    }
}

/// The lanes of each vector, combined.
#[inline(always)]
pub(crate) fn fold_each<F: Fold, T: Scalar, S: Simd, const R: usize>(vectors: [Lanes<T, S>; R]) -> [T; R] {
    let lanes = Lanes::<T, S>::count();
    let mut folded = [vectors[0]; 8];
    unrolled!(I < R, 8, {
        folded[I] = vectors[I];
    });
    // Steps between two vectors: as many as there are of either.
    unrolled!(LEVEL < 3, 4, {
        if const { R.next_power_of_two() } >> LEVEL > 1 && 1 << LEVEL < lanes {
            unrolled!(I < R.next_power_of_two() >> (LEVEL + 1), 4, {
                let (a, b) = (folded[2 * I], folded[2 * I + 1]);
                let keeps = Lanes::has_bit(a.simd(), 1 << LEVEL);
                let rotated = keeps.select(a, b).rotated(1 << LEVEL);
                folded[I] = F::fold(keeps.select(b, a), rotated);
            });
        }
    });
    // Steps that are left to a single vector.
    unrolled!(LEVEL < 4, 4, {
        if 1 << LEVEL >= const { R.next_power_of_two() } && 1 << LEVEL < lanes {
            folded[0] = F::fold(folded[0], folded[0].rotated(1 << LEVEL));
        }
    });
    // Whole vectors, of which some lanes may be no results: that is faster than to store a part.
    let mut all = [T::default(); 16];
    unrolled!(I < R, 8, {
        if I == 0 || I * lanes < R {
            folded[I].store(&mut all[I * lanes..]);
        }
    });
    let mut results = [T::default(); R];
    results.copy_from_slice(&all[..R]);
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Element;
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
