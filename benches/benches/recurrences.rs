//! Loops over time beside plain Rust loops whose gradients were derived by hand: value and gradient in f64 on one thread, each the
//! fastest of many calls, after both have been compared.
//!
//!     cargo bench -p frobenius-benches --bench recurrences

use frobenius::prelude::*;
use frobenius_benches::measure::{Clock, count, seconds};

#[loss]
fn garch(y: Vector<T>, #[param] omega: Scalar, #[param] alpha: Scalar, #[param] beta: Scalar) -> Scalar {
    let mut h = omega / (1 - alpha - beta);
    let mut l = 0;
    for t in 0..T {
        l += 0.5 * (ln(h) + sq(y[t]) / h);
        h = omega + alpha * sq(y[t]) + beta * h;
    }
    l
}

fn garch_by_hand(y: &[f64], p: &[f64], gradient: &mut [f64], states: &mut [f64]) -> f64 {
    let [omega, alpha, beta] = [p[0], p[1], p[2]];
    let rest = 1.0 - alpha - beta;
    let (mut h, mut l) = (omega / rest, 0.0);
    for (state, y) in states.iter_mut().zip(y) {
        *state = h;
        l += 0.5 * (h.ln() + y * y / h);
        h = omega + alpha * y * y + beta * h;
    }
    let mut cotangent = 0.0;
    let [mut by_omega, mut by_alpha, mut by_beta] = [0.0; 3];
    for (h, y) in states.iter().zip(y).rev() {
        by_omega += cotangent;
        by_alpha += cotangent * y * y;
        by_beta += cotangent * h;
        cotangent = beta * cotangent + 0.5 * (1.0 - y * y / h) / h;
    }
    let through = cotangent * omega / (rest * rest);
    gradient.copy_from_slice(&[by_omega + cotangent / rest, by_alpha + through, by_beta + through]);
    l
}

#[loss]
fn elman(
    x: Matrix<T, D>,
    y: Matrix<T, M>,
    #[param] w: Matrix<D, K>,
    #[param] u: Matrix<K, K>,
    #[param] b: RowVector<K>,
    #[param] v: Matrix<K, M>,
) -> Scalar {
    let mut h = zeros(1, K);
    let mut l = 0;
    for t in 0..T {
        h = tanh(x[t] * w + h * u + b);
        l += norm_sq(h * v - y[t]);
    }
    l
}

/// `out` += a row times a matrix.
fn add_product(row: &[f64], matrix: &[f64], out: &mut [f64]) {
    for (x, matrix_row) in row.iter().zip(matrix.chunks_exact(out.len())) {
        out.iter_mut().zip(matrix_row).for_each(|(out, a)| *out += x * a);
    }
}

/// `out` += a column times a row.
fn add_outer(column: &[f64], row: &[f64], out: &mut [f64]) {
    for (x, out) in column.iter().zip(out.chunks_exact_mut(row.len())) {
        out.iter_mut().zip(row).for_each(|(out, a)| *out += x * a);
    }
}

/// A row times the transpose of a matrix.
fn by_rows(matrix: &[f64], row: &[f64], out: &mut [f64]) {
    for (out, a) in out.iter_mut().zip(matrix.chunks_exact(row.len())) {
        *out = a.iter().zip(row).map(|(a, b)| a * b).sum();
    }
}

/// Sizes of an Elman network: inputs, states, outputs.
struct Elman {
    d: usize,
    k: usize,
    m: usize,
}

impl Elman {
    fn by_hand(&self, [x, y]: [&[f64]; 2], p: &[f64], gradient: &mut [f64], memory: &mut [f64]) -> f64 {
        let Self { d, k, m } = *self;
        let (w, rest) = p.split_at(d * k);
        let (u, rest) = rest.split_at(k * k);
        let (b, v) = rest.split_at(k);
        let steps = x.len() / d;
        let (states, errors) = memory.split_at_mut((steps + 1) * k);
        states[..k].fill(0.0);
        let mut l = 0.0;
        for t in 0..steps {
            let (before, after) = states[t * k..][..2 * k].split_at_mut(k);
            after.copy_from_slice(b);
            add_product(&x[t * d..][..d], w, after);
            add_product(before, u, after);
            for h in &mut *after {
                *h = h.tanh();
            }
            let error = &mut errors[t * m..][..m];
            error.iter_mut().zip(&y[t * m..]).for_each(|(error, y)| *error = -y);
            add_product(after, v, error);
            l += error.iter().map(|e| e * e).sum::<f64>();
        }
        gradient.fill(0.0);
        let (by_w, rest) = gradient.split_at_mut(d * k);
        let (by_u, rest) = rest.split_at_mut(k * k);
        let (by_b, by_v) = rest.split_at_mut(k);
        let (mut cotangent, mut delta) = (vec![0.0; k], vec![0.0; k]);
        for t in (0..steps).rev() {
            let (before, after) = states[t * k..][..2 * k].split_at(k);
            let error: Vec<f64> = errors[t * m..][..m].iter().map(|e| 2.0 * e).collect();
            add_outer(after, &error, by_v);
            by_rows(v, &error, &mut delta);
            for ((delta, cotangent), h) in delta.iter_mut().zip(&cotangent).zip(after) {
                *delta = (*delta + cotangent) * (1.0 - h * h);
            }
            by_b.iter_mut().zip(&delta).for_each(|(b, delta)| *b += delta);
            add_outer(&x[t * d..][..d], &delta, by_w);
            add_outer(before, &delta, by_u);
            by_rows(u, &delta, &mut cotangent);
        }
        l
    }
}

#[loss]
fn hmm(seen: Labels<T, 6>, #[param] start: RowVector<S>, #[param] a: Matrix<S, S>, #[param] e: Matrix<S, 6>) -> Scalar {
    let step = log_softmax_rows(a);
    let emitted = gather(log_softmax_rows(e).t(), seen);
    let mut alpha = log_softmax_rows(start);
    for t in 0..T {
        alpha = lse_columns(alpha.t() + step) + emitted[t];
    }
    -lse(alpha)
}

/// Symbols that are seen.
const SYMBOLS: usize = 6;

fn log_softmax(z: &[f64]) -> Vec<f64> {
    let most = z.iter().copied().fold(f64::MIN, f64::max);
    let all = z.iter().map(|z| (z - most).exp()).sum::<f64>().ln() + most;
    z.iter().map(|z| z - all).collect()
}

fn hmm_by_hand(seen: &[u8], states: usize, p: &[f64], gradient: &mut [f64], alphas: &mut [f64]) -> f64 {
    let s = states;
    let (start, rest) = p.split_at(s);
    let (a, e) = rest.split_at(s * s);
    let start = log_softmax(start);
    let a: Vec<f64> = a.chunks_exact(s).flat_map(log_softmax).collect();
    let e: Vec<f64> = e.chunks_exact(SYMBOLS).flat_map(log_softmax).collect();
    alphas[..s].copy_from_slice(&start);
    for (t, &symbol) in seen.iter().enumerate() {
        let (before, after) = alphas[t * s..][..2 * s].split_at_mut(s);
        for (j, after) in after.iter_mut().enumerate() {
            let terms = || before.iter().enumerate().map(|(i, alpha)| alpha + a[i * s + j]);
            let most = terms().fold(f64::MIN, f64::max);
            let sum: f64 = terms().map(|term| (term - most).exp()).sum();
            *after = sum.ln() + most + e[j * SYMBOLS + usize::from(symbol)];
        }
    }
    let last = &alphas[seen.len() * s..][..s];
    let probabilities = log_softmax(last);
    let l = probabilities[0] - last[0];
    let mut cotangent: Vec<f64> = probabilities.iter().map(|p| -p.exp()).collect();
    gradient.fill(0.0);
    let (by_start, rest) = gradient.split_at_mut(s);
    let (by_a, by_e) = rest.split_at_mut(s * s);
    for (t, &symbol) in seen.iter().enumerate().rev() {
        let (before, after) = alphas[t * s..][..2 * s].split_at(s);
        let mut earlier = vec![0.0; s];
        for j in 0..s {
            let own = j * SYMBOLS + usize::from(symbol);
            by_e[own] += cotangent[j];
            for i in 0..s {
                let share = cotangent[j] * (before[i] + a[i * s + j] + e[own] - after[j]).exp();
                earlier[i] += share;
                by_a[i * s + j] += share;
            }
        }
        cotangent = earlier;
    }
    by_start.copy_from_slice(&cotangent);
    let through_softmax = |gradient: &mut [f64], z: &[f64]| {
        let all: f64 = gradient.iter().sum();
        gradient.iter_mut().zip(z).for_each(|(gradient, z)| *gradient -= all * z.exp());
    };
    through_softmax(by_start, &start);
    by_a.chunks_exact_mut(s).zip(a.chunks_exact(s)).for_each(|(gradient, z)| through_softmax(gradient, z));
    by_e.chunks_exact_mut(SYMBOLS).zip(e.chunks_exact(SYMBOLS)).for_each(|(gradient, z)| through_softmax(gradient, z));
    l
}

/// Numbers in (0, 1).
fn numbers(length: usize, seed: usize) -> Vec<f64> {
    let at = |i: usize| count((i * 7919 + seed * 104_729) % 997);
    (0..length).map(|i| (0.5 + at(i)) / 997.0).collect()
}

/// The time of the fastest of many calls.
fn fastest(mut call: impl FnMut() -> Result<f64, Error>) -> Result<f64, Error> {
    let mut best = f64::INFINITY;
    for _ in 0..100 {
        let clock = Clock::start();
        std::hint::black_box(call()?);
        best = best.min(clock.seconds());
    }
    Ok(best)
}

/// Compares both, and prints their times.
fn compared(
    name: &str,
    mut ours: impl FnMut(&mut [f64]) -> Result<f64, Error>,
    mut by_hand: impl FnMut(&mut [f64]) -> f64,
    parameters: usize,
) -> Result<(), Error> {
    let (mut found, mut expected) = (vec![0.0; parameters], vec![0.0; parameters]);
    let (value, wanted) = (ours(&mut found)?, by_hand(&mut expected));
    let scale = expected.iter().fold(1.0_f64, |most, x| most.max(x.abs()));
    let worst = found.iter().zip(&expected).fold(0.0_f64, |worst, (a, b)| worst.max((a - b).abs()));
    assert!((value - wanted).abs() < 1e-9 * wanted.abs() && worst < 1e-9 * scale, "{name}: {value} {wanted}, {worst}");
    let (own, other) = (fastest(|| ours(&mut found))?, fastest(|| Ok(by_hand(&mut expected)))?);
    println!("| {name} | {} | {} | {:.2} |", seconds(own), seconds(other), other / own);
    Ok(())
}

fn main() -> Result<(), Error> {
    // Cargo's own arguments are of no use here; a test of the benchmark takes less data.
    let steps = if std::env::args().any(|argument| argument == "--test") { 50 } else { 5000 };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|_| Error::Overflow {
        what: "a pool of one thread",
        rows: 1,
        columns: 1,
    })?;
    pool.install(|| {
        println!("| loss | frobenius | by hand | ratio |\n|---|---|---|---|");
        let y = numbers(steps, 1);
        let mut loss = garch::Loss::new(garch::Data { y: (&y).into() })?;
        let params = garch::Params::from_vec(loss.dims(), vec![0.1, 0.2, 0.5])?;
        let (mut gradient, mut states) = (loss.params()?, vec![0.0; steps]);
        let ours = |out: &mut [f64]| {
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            out.copy_from_slice(gradient.as_slice());
            Ok(value)
        };
        compared(
            &format!("GARCH(1,1), {steps} steps"),
            ours,
            |out| garch_by_hand(&y, &[0.1, 0.2, 0.5], out, &mut states),
            3,
        )?;
        for (d, k, m) in [(8, 8, 2), (16, 32, 4), (32, 128, 4)] {
            let steps = steps / 5;
            let (x, y) = (numbers(steps * d, 1), numbers(steps * m, 2));
            let data = elman::Data { x: MatrixRef::new(&x, steps, d)?, y: MatrixRef::new(&y, steps, m)? };
            let mut loss = elman::Loss::new(data, elman::Sizes { k })?;
            let parameters = loss.params()?.as_slice().len();
            let p: Vec<f64> = numbers(parameters, 3).iter().map(|p| (p - 0.5) / count(k).sqrt()).collect();
            let params = elman::Params::from_vec(loss.dims(), p.clone())?;
            let (mut gradient, mut memory) = (loss.params()?, vec![0.0; (steps + 1) * k + steps * m]);
            let ours = |out: &mut [f64]| {
                let value = loss.value_and_gradient(&params, &mut gradient)?;
                out.copy_from_slice(gradient.as_slice());
                Ok(value)
            };
            let name = format!("Elman, {steps} steps, D = {d}, K = {k}, M = {m}");
            let by_hand = |out: &mut [f64]| Elman { d, k, m }.by_hand([&x, &y], &p, out, &mut memory);
            compared(&name, ours, by_hand, parameters)?;
        }
        for s in [5, 20] {
            let steps = 2 * steps / 5;
            let seen: Vec<u8> = (0..steps).map(|i| u8::try_from(i * i % SYMBOLS).unwrap_or(0)).collect();
            let mut loss = hmm::Loss::new(hmm::Data { seen: (&seen).into() }, hmm::Sizes { s })?;
            let parameters = loss.params()?.as_slice().len();
            let p = numbers(parameters, 3);
            let params = hmm::Params::from_vec(loss.dims(), p.clone())?;
            let (mut gradient, mut alphas) = (loss.params()?, vec![0.0; (steps + 1) * s]);
            let ours = |out: &mut [f64]| {
                let value = loss.value_and_gradient(&params, &mut gradient)?;
                out.copy_from_slice(gradient.as_slice());
                Ok(value)
            };
            let name = format!("hidden Markov model, {steps} steps, {s} states");
            compared(&name, ours, |out| hmm_by_hand(&seen, s, &p, out, &mut alphas), parameters)?;
        }
        Ok(())
    })
}
