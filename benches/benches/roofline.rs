//! The two-layer loss beside the machine's arithmetic peak, in one run.
//!
//! ```text
//! cargo bench --bench roofline
//! ```

use std::time::Instant;

use frobenius::prelude::*;
use frobenius::{Element, Isa};
use frobenius_benches::{median, peak};

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

const CASES: [[usize; 4]; 6] = [
    [19200, 784, 128, 16],
    [100_000, 64, 32, 1],
    [100_000, 32, 8, 1],
    [1024, 256, 256, 64],
    [256, 64, 32, 8],
    [32, 8, 16, 4],
];
const REPETITIONS: usize = 15;

fn main() -> Result<(), Error> {
    // `cargo test` runs benchmarks as well: only that they run.
    let quick = std::env::args().any(|argument| argument == "--test");
    println!(
        "{:>6} {:>6} {:>4} {:>4} {:>3} {:>10} {:>9} {:>9} {:>6}",
        "N", "D", "K", "M", "T", "time", "GFLOP/s", "peak", "part"
    );
    for case in CASES {
        run::<f32>(case, quick)?;
        run::<f64>(case, quick)?;
    }
    Ok(())
}

fn run<T: Element>([n, d, k, m]: [usize; 4], quick: bool) -> Result<(), Error> {
    let isa = Isa::detect();
    let n = if quick { n.min(100) } else { n };
    let fill = |length: usize, seed: u32| -> Vec<T> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            T::from_f64(f64::from(state) / f64::from(u32::MAX) - 0.5)
        };
        (0..length).map(next).collect()
    };
    let (x, y) = (fill(n * d, 1), fill(n * m, 2));
    let data = two_layer::Data { x: MatrixRef::new(&x, n, d)?, y: MatrixRef::new(&y, n, m)? };
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k })?;
    let params = two_layer::Params::from_vec(loss.dims(), fill(d * k + k * m, 3))?;
    let mut gradient = loss.params()?;
    loss.value_and_gradient(&params, &mut gradient)?;
    let flops = two_layer::cost::<T>(&loss.dims()).flops;
    // Short cases are repeated until a repetition takes about a millisecond.
    let begin = Instant::now();
    loss.value_and_gradient(&params, &mut gradient)?;
    let inner = if quick { 1 } else { calls_in_a_millisecond(begin.elapsed().as_secs_f64()) };
    let (mut times, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..if quick { 1 } else { REPETITIONS } {
        peaks.push(peak::<T>(isa));
        let begin = Instant::now();
        for _ in 0..inner {
            loss.value_and_gradient(&params, &mut gradient)?;
        }
        times.push(begin.elapsed().as_secs_f64() / f64::from(inner));
    }
    let (time, peak) = (median(times), median(peaks));
    let rate = flops / time / 1e9;
    println!(
        "{n:>6} {d:>6} {k:>4} {m:>4} {:>3} {:>7.1} µs {rate:>9.1} {peak:>9.1} {:>4.0} %",
        T::NAME,
        time * 1e6,
        100.0 * rate / peak
    );
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
fn calls_in_a_millisecond(seconds: f64) -> u32 {
    (1e-3 / seconds).clamp(1.0, 1000.0) as u32
}
