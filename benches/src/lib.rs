//! What the benchmarks share: the machine's limit, and medians of interleaved repetitions. See README.md.

use std::hint::black_box;
use std::time::Instant;

use frobenius::__rt_0_1::{Isa, Lanes, Simd, Vectorized};
use frobenius::Element;

/// Chains of multiplications and additions without memory: what the arithmetic of one thread can reach, in GFLOP/s.
pub struct Peak<T> {
    steps: usize,
    start: T,
}

/// Sums in flight: more than two units with a latency of four cycles need, and fewer than registers.
const CHAINS: usize = 12;

impl<T: Element> Vectorized for Peak<T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        let mut sums = [Lanes::<T, S>::splat(simd, self.start); CHAINS];
        let (a, b) = (Lanes::constant(simd, 0.999), Lanes::constant(simd, 1e-3));
        for _ in 0..self.steps {
            for sum in &mut sums {
                *sum = sum.mul_add(a, b);
            }
        }
        let mut total = Lanes::constant(simd, 0.0);
        for sum in sums {
            total = total + sum;
        }
        total.sum()
    }
}

/// The peak of one thread, now.
#[must_use]
pub fn peak<T: Element>(isa: Isa) -> f64 {
    const STEPS: usize = 1 << 16;
    let lanes = isa.run(Width::<T>(core::marker::PhantomData));
    let begin = Instant::now();
    black_box(isa.run(Peak { steps: STEPS, start: black_box(T::from_f64(0.5)) }));
    count(2 * CHAINS * lanes * STEPS) / begin.elapsed().as_secs_f64() / 1e9
}

struct Width<T>(core::marker::PhantomData<T>);

impl<T: Element> Vectorized for Width<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        Lanes::<T, S>::count()
    }
}

/// The middle of `values`.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A size as a number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no size here has 2^53 elements")]
pub fn count(size: usize) -> f64 {
    size as f64
}
