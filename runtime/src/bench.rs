//! Measuring a loss of one's own: compared with what the machine can do, and with the same operations without fusion.

use core::fmt::{self, Display, Formatter};
use core::hint::black_box;
use std::time::Instant;

use crate::cost::Cost;
use crate::element::Element;
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Lanes, Simd, Vectorized};
use crate::threads::{on_all_threads, threads};

/// Measurements of a loss by `bench`, which `#[loss(bench)]` asks for. Printed, they are two lines of text.
///
/// Times are of one call, rates of all threads; each is the median of repetitions, in which the loss, its unfused reference and
/// the machine take turns.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The name of the loss.
    pub name: &'static str,
    /// `f32` or `f64`.
    pub element: &'static str,
    /// The instruction set.
    pub isa: Isa,
    /// Threads of the pool that it was measured in.
    pub threads: usize,
    /// Seconds of a call of value and gradient.
    pub time: f64,
    /// Seconds of value and gradient by the same operations one after the other, each over whole matrices.
    pub unfused: f64,
    /// Floating-point operations and bytes of a call.
    pub cost: Cost,
    /// Floating-point operations a second that the machine can do, as multiply-adds in registers.
    pub peak: f64,
    /// Bytes a second that it can read, of as much memory as the loss needs.
    pub bandwidth: f64,
    /// The largest difference between the gradient and that of the reference, as a part of the largest element.
    pub difference: f64,
}

impl Report {
    /// The seconds that no program can beat: of the operations at the machine's peak, or of reading at its bandwidth.
    #[must_use]
    pub fn bound(&self) -> f64 {
        (self.cost.flops / self.peak).max(self.cost.bytes / self.bandwidth)
    }

    #[doc(hidden)]
    #[must_use]
    pub fn compared<T: Element>(self, gradient: &[T], reference: &[T]) -> Self {
        let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let scale = largest(&mut reference.iter().map(|x| x.to_f64().abs()));
        let error = largest(&mut gradient.iter().zip(reference).map(|(a, b)| (a.to_f64() - b.to_f64()).abs()));
        Self { difference: if error == 0.0 { 0.0 } else { error / scale }, ..self }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, element, isa, threads, time, cost, .. } = self;
        let s = if *threads == 1 { "" } else { "s" };
        let limit = if cost.bytes / self.bandwidth > cost.flops / self.peak {
            format!("reading at {:.1} GB/s", self.bandwidth / 1e9)
        } else {
            format!("{:.0} GFLOP/s", self.peak / 1e9)
        };
        writeln!(
            f,
            "{name}: {} for value and gradient in {element} ({}, {threads} thread{s}), {:.0} % of what {limit} allow",
            Seconds(*time),
            isa.name(),
            100.0 * self.bound() / time,
        )?;
        write!(
            f,
            "{:width$}  {:.1} times as fast as the same operations unfused ({}), which agree to {:.0e}",
            "",
            self.unfused / time,
            Seconds(self.unfused),
            self.difference,
            width = name.len(),
        )
    }
}

/// A time as people read it.
struct Seconds(f64);

impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(seconds) = *self;
        match seconds {
            s if s < 1e-6 => write!(f, "{:.0} ns", s * 1e9),
            s if s < 1e-3 => write!(f, "{:.1} µs", s * 1e6),
            s if s < 1.0 => write!(f, "{:.2} ms", s * 1e3),
            s => write!(f, "{s:.2} s"),
        }
    }
}

/// Measures a loss and its reference, which return their values.
///
/// # Errors
/// That of the first call.
pub fn bench<T: Element>(
    name: &'static str,
    isa: Isa,
    cost: Cost,
    mut fused: impl FnMut() -> Result<f64, Error>,
    mut unfused: impl FnMut() -> Result<f64, Error>,
) -> Result<Report, Error> {
    const REPETITIONS: usize = 15;
    // More than any cache, so that losses of much data are compared with memory; the caches, if there is less.
    const MOST_BYTES: f64 = 256e6;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 256 MB, and positive")]
    let bytes = cost.bytes.clamp(4096.0, MOST_BYTES) as usize;
    let memory = vec![T::from_f64(0.5); bytes / size_of::<T>()];
    let short = |bytes: usize| u32::try_from((1 << 24) / bytes).unwrap_or(1).max(1);
    let reading = short(bytes);
    let (inner, inner_unfused) = (calls(&mut fused)?, calls(&mut unfused)?);
    let mut samples = [const { Vec::new() }; 4];
    for _ in 0..REPETITIONS {
        let measured = [
            time(inner, &mut fused),
            time(inner_unfused, &mut unfused),
            peak::<T>(isa),
            read::<T>(isa, &memory, reading),
        ];
        for (samples, sample) in samples.iter_mut().zip(measured) {
            samples.push(sample);
        }
    }
    let [time, unfused, peak, bandwidth] = samples.map(median);
    let (element, threads) = (T::NAME, threads());
    Ok(Report { name, element, isa, threads, time, unfused, cost, peak, bandwidth, difference: 0.0 })
}

/// As many calls as take a millisecond, which is far above what a clock can tell.
fn calls<R>(call: &mut impl FnMut() -> Result<R, Error>) -> Result<u32, Error> {
    call()?;
    let once = time(1, call);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10000")]
    let calls = (1e-3 / once).clamp(1.0, 10_000.0) as u32;
    Ok(calls)
}

/// Seconds of one of so many calls.
fn time<R>(calls: u32, call: &mut impl FnMut() -> R) -> f64 {
    let begin = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    begin.elapsed().as_secs_f64() / f64::from(calls)
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Chains of multiplications and additions without memory.
pub struct Chains<T> {
    /// Multiply-adds of each chain.
    pub steps: usize,
    /// The number that chains begin with, hidden from the compiler.
    pub start: T,
}

impl<T: Element> Chains<T> {
    /// Floating-point operations that running them takes.
    #[must_use]
    pub fn operations(&self, isa: Isa) -> f64 {
        count(2 * CHAINS * isa.run(Width::<T>(core::marker::PhantomData)) * self.steps)
    }
}

/// Sums in flight: more than two units with a latency of four cycles need, and fewer than registers.
const CHAINS: usize = 12;

/// Steps of the chains that take about a millisecond.
const PEAK_STEPS: usize = 1 << 18;

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

struct Width<T>(core::marker::PhantomData<T>);

impl<T: Element> Vectorized for Width<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        Lanes::<T, S>::count()
    }
}

/// Multiply-adds of all threads, in operations a second.
fn peak<T: Element>(isa: Isa) -> f64 {
    let chains = || Chains { steps: PEAK_STEPS, start: black_box(T::from_f64(0.5)) };
    let time = on_all_threads(|_| {
        black_box(isa.run(chains()));
    });
    chains().operations(isa) * count(threads()) / time
}

/// Adds up slices: the fastest loop that reads them.
pub struct Read<'a, T> {
    /// The slices to read.
    pub slices: &'a [&'a [T]],
    /// How often.
    pub times: u32,
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
                    for (sum, part) in sums.iter_mut().zip(chunk.chunks_exact(lanes)) {
                        *sum = *sum + Lanes::load(simd, part);
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

/// Reads a slice so many times, each thread its share, and returns the bytes a second that that is.
fn read<T: Element>(isa: Isa, slice: &[T], times: u32) -> f64 {
    let threads = threads();
    let time = on_all_threads(|thread| {
        let share = slice.get(slice.len() * thread / threads..slice.len() * (thread + 1) / threads).unwrap_or_default();
        black_box(isa.run(Read { slices: &[share], times }));
    });
    count(size_of_val(slice)) * f64::from(times) / time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_two_lines() {
        let report = Report {
            name: "two_layer",
            element: "f32",
            isa: Isa::Scalar,
            threads: 2,
            time: 2e-5,
            unfused: 5e-5,
            cost: Cost::new(1e6, 4e5, 1e5),
            peak: 1e11,
            bandwidth: 2e10,
            difference: 0.0,
        };
        let report = report.compared(&[1.0, 4.0], &[1.0, 5.0]);
        assert_eq!(
            report.to_string(),
            "two_layer: 20.0 µs for value and gradient in f32 (scalar, 2 threads), 50 % of what 100 GFLOP/s allow\n           \
             2.5 times as fast as the same operations unfused (50.0 µs), which agree to 2e-1"
        );
        let report = Report { bandwidth: 5e9, ..report };
        assert!(report.to_string().contains("100 % of what reading at 5.0 GB/s allow"));
    }

    #[test]
    fn the_machine_has_rates() {
        let isa = Isa::detect();
        assert!(peak::<f32>(isa) > 0.0);
        assert!(read::<f64>(isa, &[1.0; 100], 2) > 0.0);
        assert!((isa.run(Read { slices: &[&[1.0; 100], &[2.0; 3]], times: 2 }) - 212.0).abs() < 1e-9);
    }
}
