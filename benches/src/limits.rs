//! Limits of the machine, measured with the vectors of the library: multiply-adds, reading, elementwise functions.
//! Each uses all threads of rayon's current pool.

use std::hint::black_box;

use frobenius::__rt_0_1::{Chains, Elementwise, Isa, Lanes, Map, Read, Simd, Store, View, ViewMut, map};
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

/// Multiply-adds of all threads, in operations a second.
#[must_use]
pub fn peak<T: Element>(isa: Isa, quick: bool) -> f64 {
    let steps = if quick { 1 << 8 } else { 1 << 18 };
    let chains = || Chains { steps, start: black_box(T::from_f64(0.5)) };
    let time = on_all_threads(|_| {
        black_box(isa.run(chains()));
    });
    chains().operations(isa) * count(rayon::current_num_threads()) / time
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
                            const PLAIN: bool = false;

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
            map::<T, _, _, _, 1, 1>(isa, (1, LENGTH), from, Store(ViewMut::line(&mut results)), body);
            black_box(&mut results);
        }
    });
    count(LENGTH * times * rayon::current_num_threads()) / time
}
