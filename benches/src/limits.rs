//! What the machine can do, measured with the vectors of the library: multiply-adds, reading, elementwise functions.
//! Each uses all threads of rayon's current pool.

use core::marker::PhantomData;
use std::hint::black_box;

use frobenius::__rt_0_1::{Elementwise, Isa, Lanes, Map, Simd, Store, Vectorized, View, ViewMut, list, map};
use frobenius::Element;

use crate::measure::{Clock, count};

/// Runs `work` on each thread of the current pool and returns how long that took, in seconds.
fn on_all_threads(work: impl Fn(usize) + Sync) -> f64 {
    if rayon::current_num_threads() == 1 {
        let clock = Clock::start();
        work(0);
        return clock.seconds();
    }
    // Once before, so that no thread has to be woken.
    rayon::broadcast(|_| ());
    let clock = Clock::start();
    rayon::broadcast(|context| work(context.index()));
    clock.seconds()
}

/// Chains of multiplications and additions without memory.
struct Chains<T> {
    steps: usize,
    start: T,
}

/// Sums in flight: more than two units with a latency of four cycles need, and fewer than registers.
const CHAINS: usize = 12;

impl<T: Element> Vectorized for Chains<T> {
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
        total(simd, &sums)
    }
}

#[inline(always)]
fn total<T: Element, S: Simd>(simd: S, sums: &[Lanes<T, S>]) -> f64 {
    let mut total = Lanes::constant(simd, 0.0);
    for sum in sums {
        total = total + *sum;
    }
    total.sum()
}

struct Width<T>(PhantomData<T>);

impl<T: Element> Vectorized for Width<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        Lanes::<T, S>::count()
    }
}

/// Multiply-adds of all threads, in operations a second.
#[must_use]
pub fn peak<T: Element>(isa: Isa, quick: bool) -> f64 {
    let steps = if quick { 1 << 8 } else { 1 << 18 };
    let lanes = isa.run(Width::<T>(PhantomData));
    let time = on_all_threads(|_| {
        black_box(isa.run(Chains { steps, start: black_box(T::from_f64(0.5)) }));
    });
    count(2 * CHAINS * lanes * steps * rayon::current_num_threads()) / time
}

/// Adds up slices: the fastest loop that reads them.
struct Read<'a, T> {
    slices: &'a [&'a [T]],
    times: u32,
}

impl<T: Element> Vectorized for Read<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        const LOADS: usize = 8;
        let lanes = Lanes::<T, S>::count();
        let mut sums = [Lanes::<T, S>::constant(simd, 0.0); LOADS];
        for _ in 0..self.times {
            for slice in black_box(self.slices) {
                let mut chunks = slice.chunks_exact(LOADS * lanes);
                for chunk in &mut chunks {
                    for (i, sum) in sums.iter_mut().enumerate() {
                        *sum = *sum + Lanes::load(simd, &chunk[i * lanes..(i + 1) * lanes]);
                    }
                }
                for chunk in chunks.remainder().chunks(lanes) {
                    sums[0] = sums[0] + Lanes::load_partial(simd, chunk);
                }
            }
        }
        total(simd, &sums)
    }
}

/// Reads all `slices` so many times, each thread its share, and returns the bytes a second.
#[must_use]
pub fn read<T: Element>(isa: Isa, slices: &[&[T]], times: u32) -> f64 {
    let threads = rayon::current_num_threads();
    let share = |thread: usize| -> Vec<&[T]> {
        let part = |slice: &&'_ [T]| slice.len() * thread / threads..slice.len() * (thread + 1) / threads;
        slices.iter().map(|slice| &slice[part(slice)]).collect()
    };
    let shares: Vec<_> = (0..threads).map(share).collect();
    let time = on_all_threads(|thread| {
        black_box(isa.run(Read { slices: &shares[thread], times }));
    });
    let bytes: usize = slices.iter().map(|slice| size_of_val(*slice)).sum();
    count(bytes) * f64::from(times) / time
}

macro_rules! functions {
    ($($(#[$doc:meta])* $function:ident $name:literal |$x:ident| $value:expr;)*) => {
        /// An elementwise function whose rate is measured.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Function {
            $($(#[$doc])* $function,)*
        }

        impl Function {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$function),*];

            /// The name that it has in the language.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$function => $name,)*
                }
            }

            /// Evaluations of all threads, a second: from a slice in the first-level cache to another.
            #[must_use]
            pub fn rate<T: Element>(self, isa: Isa, quick: bool) -> f64 {
                match self {
                    $(Self::$function => {
                        struct Body;

                        impl<T: Element> Map<T, 1, 1> for Body {
                            #[inline(always)]
                            fn map<S: Simd>(&self, _: S, [$x]: [Lanes<T, S>; 1]) -> [Lanes<T, S>; 1] {
                                [$value]
                            }
                        }

                        rate::<T>(isa, quick, &Body)
                    })*
                }
            }
        }
    };
}

functions! {
    /// tanh x.
    Tanh "tanh" |x| x.tanh();
    /// eˣ.
    Exp "exp" |x| x.exp();
    /// The natural logarithm.
    Ln "ln" |x| x.ln();
    /// 1 / (1 + e⁻ˣ).
    Sigmoid "sigmoid" |x| x.sigmoid();
    /// ln(1 + eˣ).
    Softplus "softplus" |x| x.softplus();
    /// x² / 2 up to 1, and |x| − 1/2 from there on.
    Huber "huber" |x| {
        let (magnitude, one, half) = (x.abs(), x.number(1.0), x.number(0.5));
        magnitude.where_less(one, half * x * x, magnitude - half)
    };
}

fn rate<T: Element>(isa: Isa, quick: bool, body: &(impl Map<T, 1, 1> + Sync)) -> f64 {
    const LENGTH: usize = 2048;
    let times = if quick { 1 } else { 512 };
    let start: Vec<T> = (0..LENGTH).map(|i| T::from_f64(0.01 + 3.0 * count(i) / count(LENGTH))).collect();
    let time = on_all_threads(|_| {
        let mut results = vec![T::default(); LENGTH];
        for _ in 0..times {
            let from = View::line(black_box(&start));
            map::<T, _, _, _, 1, 1>(isa, (1, LENGTH), list!(from), list!(Store(ViewMut::line(&mut results))), body);
            black_box(&mut results);
        }
    });
    count(LENGTH * times * rayon::current_num_threads()) / time
}
