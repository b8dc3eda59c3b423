//! The elementwise functions compared with those of std and libm, one element after the other, in one run.
//!
//! ```text
//! cargo bench --bench functions
//! ```

use std::hint::black_box;
use std::time::Instant;

use frobenius::__rt_0_1::{Elementwise, Lanes, Simd, Vectorized};
use frobenius::{Element, Isa};
use frobenius_benches::measure::{count, median};

/// In the first-level cache, or the second with the results.
const ELEMENTS: usize = 4096;
const REPETITIONS: usize = 41;
/// How often the elements are gone through in a repetition: about a tenth of a millisecond.
const ROUNDS: usize = 8;

/// One of the functions, as a type.
trait Function {
    fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S>;
}

struct Over<'a, T, F> {
    input: &'a [T],
    output: &'a mut [T],
    function: core::marker::PhantomData<F>,
}

impl<T: Element, F: Function> Vectorized for Over<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = Lanes::<T, S>::count();
        for (from, to) in self.input.chunks_exact(lanes).zip(self.output.chunks_exact_mut(lanes)) {
            F::of(Lanes::load(simd, from)).store(to);
        }
    }
}

/// Inputs of one precision, and the times that were measured with them, in ns per element.
struct Times<T> {
    input: Vec<T>,
    output: Vec<T>,
    ours: Vec<f64>,
    std: Vec<f64>,
}

impl<T: Element> Times<T> {
    fn new([low, high]: [f64; 2]) -> Self {
        let mut state = 1_u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            T::from_f64(low + (high - low) * f64::from(state) / f64::from(u32::MAX))
        };
        let input = (0..ELEMENTS).map(next).collect();
        Self { input, output: vec![T::default(); ELEMENTS], ours: Vec::new(), std: Vec::new() }
    }

    /// One more repetition of both.
    fn repeat<F: Function>(&mut self, isa: Isa, rounds: usize, std: impl Fn(T) -> T) {
        let (input, output) = (&self.input, &mut self.output);
        let mut time = |run: &mut dyn FnMut(&[T], &mut [T])| {
            let begin = Instant::now();
            for _ in 0..rounds {
                run(black_box(input), black_box(output));
            }
            begin.elapsed().as_secs_f64() * 1e9 / count(rounds * ELEMENTS)
        };
        let ours = time(&mut |input, output| isa.run(Over { input, output, function: core::marker::PhantomData::<F> }));
        self.ours.push(ours);
        self.std.push(time(&mut |input, output| {
            for (&x, y) in input.iter().zip(output) {
                *y = std(x);
            }
        }));
    }

    /// The medians, and how many of ours fit into one of std's.
    fn summary(self) -> [f64; 3] {
        let (ours, std) = (median(self.ours), median(self.std));
        [ours, std, std / ours]
    }
}

macro_rules! functions {
    ($($name:ident $range:expr, $single:expr, $double:expr;)*) => {
        fn main() {
            // `cargo test` runs benchmarks as well: only that they run.
            let quick = std::env::args().any(|argument| argument == "--test");
            let (repetitions, rounds) = if quick { (1, 1) } else { (REPETITIONS, ROUNDS) };
            let isa = Isa::detect();
            println!("ns per element, {}", isa.name());
            println!("{:>20} {:>8} {:>8} {:>6}   {:>8} {:>8} {:>6}", "", "f32", "std", "ratio", "f64", "std", "ratio");
            $({
                struct Subject;

                impl Function for Subject {
                    #[inline(always)]
                    fn of<T: Element, S: Simd>(x: Lanes<T, S>) -> Lanes<T, S> {
                        Elementwise::$name(x)
                    }
                }
                let (mut single, mut double) = (Times::<f32>::new($range), Times::<f64>::new($range));
                for _ in 0..repetitions {
                    single.repeat::<Subject>(isa, rounds, $single);
                    double.repeat::<Subject>(isa, rounds, $double);
                }
                let ([a, b, c], [d, e, f]) = (single.summary(), double.summary());
                println!(
                    "{:>20} {a:>8.2} {b:>8.2} {c:>6.1}   {d:>8.2} {e:>8.2} {f:>6.1}",
                    stringify!($name)
                );
            })*
        }
    };
}

const SQRT_HALF: f64 = core::f64::consts::FRAC_1_SQRT_2;
const SQRT_HALF_SINGLE: f32 = core::f32::consts::FRAC_1_SQRT_2;

// Where std lacks the function, what one would write with it.
functions! {
    exp [-20.0, 20.0], f32::exp, f64::exp;
    expm1 [-20.0, 20.0], f32::exp_m1, f64::exp_m1;
    ln [1e-3, 1e3], f32::ln, f64::ln;
    log1p [-0.9, 10.0], f32::ln_1p, f64::ln_1p;
    tanh [-4.0, 4.0], f32::tanh, f64::tanh;
    sigmoid [-10.0, 10.0], |x| 1.0 / (1.0 + (-x).exp()), |x| 1.0 / (1.0 + (-x).exp());
    softplus [-10.0, 10.0], |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), |x| x.max(0.0) + (-x.abs()).exp().ln_1p();
    sin [-10.0, 10.0], f32::sin, f64::sin;
    cos [-10.0, 10.0], f32::cos, f64::cos;
    erf [-4.0, 4.0], libm::erff, libm::erf;
    erfc [-4.0, 4.0], libm::erfcf, libm::erfc;
    ndtr [-6.0, 6.0], |x| 0.5 * libm::erfcf(-x * SQRT_HALF_SINGLE), |x| 0.5 * libm::erfc(-x * SQRT_HALF);
    log_ndtr [-6.0, 6.0], |x| (0.5 * libm::erfcf(-x * SQRT_HALF_SINGLE)).ln(), |x| (0.5 * libm::erfc(-x * SQRT_HALF)).ln();
    inverse_mills [-6.0, 6.0],
        |x| 0.797_884_6 * (-0.5 * x * x).exp() / libm::erfcf(-x * SQRT_HALF_SINGLE),
        |x| 0.797_884_560_802_865_4 * (-0.5 * x * x).exp() / libm::erfc(-x * SQRT_HALF);
    inverse_mills_excess [-6.0, 6.0],
        |x| 0.797_884_6 * (-0.5 * x * x).exp() / libm::erfcf(-x * SQRT_HALF_SINGLE) + x,
        |x| 0.797_884_560_802_865_4 * (-0.5 * x * x).exp() / libm::erfc(-x * SQRT_HALF) + x;
    sinh [-4.0, 4.0], f32::sinh, f64::sinh;
    cosh [-4.0, 4.0], f32::cosh, f64::cosh;
    tan [-10.0, 10.0], f32::tan, f64::tan;
    asinh [-10.0, 10.0], f32::asinh, f64::asinh;
    acosh [1.0, 10.0], f32::acosh, f64::acosh;
    atanh [-1.0, 1.0], f32::atanh, f64::atanh;
    asin [-1.0, 1.0], f32::asin, f64::asin;
    acos [-1.0, 1.0], f32::acos, f64::acos;
    atan [-10.0, 10.0], f32::atan, f64::atan;
    lgamma [0.1, 20.0], libm::lgammaf, libm::lgamma;
}
