//! The library compared with others, on the same inputs and for the same result. See README.md.

mod burn;
mod candle;
mod closed;
mod python;

use std::error::Error;

use ::burn::backend::{Autodiff, NdArray};
use ::burn::tensor::backend::AutodiffBackend;
use frobenius_benches::cases::{self, Case, Evaluate, Family, Number, Values};
use frobenius_benches::measure::{calls, median, seconds, time};
use frobenius_benches::options::Options;
use frobenius_benches::output;
use ndarray::NdFloat;
use serde_json::{Value, json};

use self::closed::{Closed, Faer, Ndarray, Obvious};
use self::python::Python;

/// An error of a peer.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Another way to a loss and its gradient.
pub(crate) trait Peer<T> {
    /// Value and gradient.
    fn evaluate(&mut self) -> Result<f64, Failure>;
    /// The gradient that was computed last, in the order of the parameters.
    fn gradient(&mut self) -> Result<Vec<T>, Failure>;
    /// Seconds of one of so many calls in a row.
    fn time(&mut self, calls: u32) -> Result<f64, Failure> {
        time(calls, || self.evaluate().map(|_| ()))
    }
}

/// Numbers as all peers have them.
pub(crate) trait Real:
    Number + NdFloat + faer::traits::ComplexField + candle_core::WithDType + ::burn::tensor::Element
{
    /// The backend of burn.
    type Burn: AutodiffBackend<FloatElem = Self>;
    /// How far results may be from each other, relative to the largest element.
    const TOLERANCE: f64;
    fn wide(self) -> f64;
    fn half() -> Self;
    fn two() -> Self;
    fn at_least(self, least: Self) -> Self;
    fn at_most(self, most: Self) -> Self;
}

macro_rules! real {
    ($($t:ident $tolerance:literal)*) => {$(
        impl Real for $t {
            type Burn = Autodiff<NdArray<$t>>;
            const TOLERANCE: f64 = $tolerance;
            fn wide(self) -> f64 {
                self.into()
            }
            fn half() -> Self {
                0.5
            }
            fn two() -> Self {
                2.0
            }
            fn at_least(self, least: Self) -> Self {
                self.max(least)
            }
            fn at_most(self, most: Self) -> Self {
                self.min(most)
            }
        }
    )*};
}

// Sums over a million rows in f32, in whatever order a peer adds.
real! { f32 2e-3 f64 1e-9 }

/// The shapes of the parameters.
pub(crate) fn parameter_shapes(case: &Case) -> impl Iterator<Item = (usize, usize)> + '_ {
    case.inputs.iter().filter(|input| input.is_parameter).map(|input| (input.rows, input.columns))
}

struct Own<'a, T>(Box<dyn Evaluate<T> + 'a>);

impl<T: Real> Peer<T> for Own<'_, T> {
    fn evaluate(&mut self) -> Result<f64, Failure> {
        Ok(self.0.evaluate()?)
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        Ok(self.0.gradient().to_vec())
    }
}

/// Name and evaluation of each peer, the library first.
type Contestants<'a, T> = Vec<(String, Box<dyn Peer<T> + 'a>)>;

fn contestants<'a, T: Real>(case: &Case, values: &'a Values<T>) -> Result<Contestants<'a, T>, Failure> {
    Ok(vec![
        ("frobenius".into(), Box::new(Own(T::open(case, values)?))),
        ("ndarray".into(), Box::new(Obvious::open(case, values)?)),
        ("nd reused".into(), Box::new(Closed::<T, Ndarray>::open(case, values)?)),
        ("faer".into(), Box::new(Closed::<T, Faer>::open(case, values)?)),
        ("candle".into(), Box::new(candle::Candle::open(case, values)?)),
        ("burn".into(), Box::new(burn::Burn::<T::Burn>::open(case, values))),
    ])
}

fn main() -> Result<(), Failure> {
    let options = Options::parse("peers", env!("CARGO_TARGET_TMPDIR"))?;
    for name in ["RAYON_NUM_THREADS", "CANDLE_NUM_THREADS", "MATMUL_NUM_THREADS", "OMP_NUM_THREADS"] {
        // SAFETY: the process has one thread so far.
        unsafe { std::env::set_var(name, options.threads.to_string()) };
    }
    let machine = output::machine(options.threads);
    println!("{}", output::machine_line(&machine));
    let python = options.python.then(|| Python::start(options.threads)).transpose()?;
    for note in python.iter().flat_map(|python| &python.notes) {
        println!("{note}");
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build()?;
    let (results, wrong) = pool.install(|| all(&options, python))?;
    let text = serde_json::to_string_pretty(&json!({ "machine": machine, "cases": results }))?;
    output::write(&options.json, &text)?;
    println!("\ntime of the library, and times of the others as multiples of it (medians of ratios)");
    println!("raw numbers in {}", options.json.display());
    if wrong > 0 {
        return Err(format!("{wrong} results differ: those peers have no figures").into());
    }
    Ok(())
}

fn all(options: &Options, mut python: Option<Python>) -> Result<(Vec<Value>, usize), Failure> {
    let (mut results, mut wrong) = (Vec::new(), 0);
    let mut header = false;
    for case in cases::all(options.test) {
        if matches!(case.family, Family::Factors | Family::Mixture) {
            continue;
        }
        for result in [
            run::<f32>(&case, options, &mut python, &mut header)?,
            run::<f64>(&case, options, &mut python, &mut header)?,
        ]
        .into_iter()
        .flatten()
        {
            wrong += result["wrong"].as_array().map_or(0, Vec::len);
            results.push(result);
        }
    }
    Ok((results, wrong))
}

fn run<T: Real>(
    case: &Case,
    options: &Options,
    python: &mut Option<Python>,
    header: &mut bool,
) -> Result<Option<Value>, Failure> {
    let name = case.name();
    if !format!("{name} {}", T::NAME).contains(&options.filter) {
        return Ok(None);
    }
    let values: Values<T> = case.values();
    let mut all = contestants(case, &values)?;
    if let Some(python) = python {
        for peer in python.open::<T>(case)? {
            all.push((peer.name(), Box::new(peer)));
        }
    }
    if !std::mem::replace(header, true) {
        let names: Vec<_> = all.iter().skip(1).map(|(name, _)| format!(" {name:>10}")).collect();
        let names = names.concat();
        println!("\n{:<32} {:>3} {:>10}{names}", "case", "T", "frobenius");
    }
    let columns: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    let wrong = drop_wrong::<T>(&mut all)?;
    let mut inner = Vec::new();
    let mut round = 0.0;
    for (_, peer) in &mut all {
        let once = peer.time(1)?;
        inner.push(if options.test { 1 } else { calls(once) });
        round += once.max(2e-3);
    }
    // Slow cases are measured less often, for some 20 seconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let repetitions = options.repetitions.min((20.0 / round).max(3.0) as usize);
    let mut times = vec![Vec::new(); all.len()];
    for _ in 0..repetitions {
        for (((_, peer), times), calls) in all.iter_mut().zip(&mut times).zip(&inner) {
            times.push(peer.time(*calls)?);
        }
    }
    let own = times[0].clone();
    let mut line = format!("{name:<32} {:>3} {:>10}", T::NAME, seconds(median(own.iter().copied())));
    let mut ratios = Vec::new();
    for column in &columns[1..] {
        let measured = all.iter().position(|(name, _)| name == column);
        let ratio = measured.map(|i| median(times[i].iter().zip(&own).map(|(peer, own)| peer / own)));
        line += &ratio.map_or_else(|| format!(" {:>10}", "differs"), |ratio| format!(" {ratio:>9.2}x"));
        ratios.push((column, ratio));
    }
    println!("{line}");
    let raw = all.iter().zip(&times).map(|((name, _), times)| json!({ "peer": name, "seconds": times }));
    Ok(Some(json!({
        "case": name,
        "precision": T::NAME,
        "ratios": ratios,
        "wrong": wrong,
        "repetitions": raw.collect::<Vec<_>>(),
    })))
}

/// Leaves only those whose value and gradient are those of the library; the names of the others.
fn drop_wrong<T: Real>(all: &mut Contestants<'_, T>) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    let mut expected: Option<(f64, Vec<T>)> = None;
    let mut kept = Contestants::new();
    for (name, mut peer) in all.drain(..) {
        let (value, gradient) = (peer.evaluate()?, peer.gradient()?);
        let Some((right, slopes)) = &expected else {
            expected = Some((value, gradient));
            kept.push((name, peer));
            continue;
        };
        let largest = slopes.iter().map(|slope| slope.wide().abs()).fold(0.0, f64::max);
        let distance = slopes.iter().zip(&gradient).map(|(a, b)| (a.wide() - b.wide()).abs()).fold(0.0, f64::max);
        // Written so that a NaN is a difference.
        let same = (value - right).abs() <= T::TOLERANCE * right.abs() && distance <= T::TOLERANCE * largest;
        if same && slopes.len() == gradient.len() {
            kept.push((name, peer));
        } else {
            println!("{name} differs: value {value} for {right}, gradient by {distance:e} of {largest:e}");
            wrong.push(name);
        }
    }
    *all = kept;
    Ok(wrong)
}
