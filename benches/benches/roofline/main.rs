//! Each case compared with what the machine can do, measured between its repetitions. See README.md.

mod plot;

use std::error::Error;

use frobenius::Isa;
use frobenius_benches::cases::{self, Case, Number, Values};
use frobenius_benches::limits::{self, Function};
use frobenius_benches::measure::{calls, count, median, seconds, time};
use frobenius_benches::options::{Options, processors};
use frobenius_benches::output;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse("roofline", env!("CARGO_TARGET_TMPDIR"))?;
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let machine = output::machine(options.threads);
    println!("{}\n", output::machine_line(&machine));
    let mut numbers = vec![1, processors(), options.threads];
    numbers.sort_unstable();
    numbers.dedup();
    println!("{:>7} {:>3} {:>10}  GB/s of reading\n{:>23} 10⁹ evaluations/s", "threads", "T", "GFLOP/s", "");
    let mut limits = Vec::new();
    for threads in numbers {
        let pool = pool(threads)?;
        limits.push(pool.install(|| of_machine::<f32>(options.test)));
        limits.push(pool.install(|| of_machine::<f64>(options.test)));
    }
    println!("\n{:<32} {:>3} {:>10} {:>9} {:>8} {:>6}  of the bound", "case", "T", "time", "GFLOP/s", "GB/s", "part");
    let mut results = Vec::new();
    for case in cases::all(options.test) {
        // One case after the other, so that the arguments of one exist at a time.
        let pool = pool(options.threads)?;
        let of_case = pool.install(|| -> Result<_, frobenius::Error> {
            Ok([run::<f32>(&case, &options)?, run::<f64>(&case, &options)?])
        })?;
        results.extend(of_case.into_iter().flatten());
    }
    let svg = plot::roofline(&limits, &results, options.threads)?;
    let text = serde_json::to_string_pretty(&json!({ "machine": machine, "limits": limits, "cases": results }))?;
    output::write(&options.json, &text)?;
    output::write(&options.svg, &svg)?;
    println!("\nraw numbers in {}, picture in {}", options.json.display(), options.svg.display());
    Ok(())
}

/// Sizes that reading is measured at: well within each level of the caches, and far beyond.
const FOOTPRINTS: [(&str, usize); 4] = [("32 KB", 32 << 10), ("1 MB", 1 << 20), ("32 MB", 32 << 20), ("1 GB", 1 << 30)];

/// The limits of as many threads as the current pool has.
fn of_machine<T: Number>(quick: bool) -> Value {
    const REPETITIONS: usize = 7;
    let isa = Isa::detect();
    let repeated = |work: &dyn Fn() -> f64| median((0..if quick { 1 } else { REPETITIONS }).map(|_| work()));
    let threads = rayon::current_num_threads();
    let peak = repeated(&|| limits::peak::<T>(isa, quick)) / 1e9;
    let largest = if quick { 1 << 20 } else { 1 << 30 };
    let memory = vec![T::from_f64(1.0); largest / size_of::<T>()];
    let reads: Vec<_> = FOOTPRINTS
        .iter()
        .filter(|(_, bytes)| *bytes <= largest)
        .map(|&(name, bytes)| {
            // As many bytes for each thread, in which it has its own cache; in all no more than there are.
            let bytes = (bytes * threads).min(largest);
            let slice = &memory[..bytes / size_of::<T>()];
            let times = u32::try_from((if quick { 1 } else { 64 << 20 }) / bytes).unwrap_or(1).max(1);
            let rate = repeated(&|| limits::read(isa, &[slice], times)) / 1e9;
            json!({ "footprint": name, "gbytes_per_s": rate })
        })
        .collect();
    let rates: Vec<_> = Function::ALL
        .iter()
        .map(|function| {
            let rate = repeated(&|| function.rate::<T>(isa, quick)) / 1e9;
            json!({ "function": function.name(), "gevaluations_per_s": rate })
        })
        .collect();
    let list = |values: &[Value], name: &str, rate: &str| {
        let text = |value: &Value| {
            format!("{} {:.3}", value[name].as_str().unwrap_or(""), value[rate].as_f64().unwrap_or(f64::NAN))
        };
        values.iter().map(text).collect::<Vec<_>>().join(", ")
    };
    let reading = list(&reads, "footprint", "gbytes_per_s");
    println!("{threads:>7} {:>3} {peak:>10.1}  {reading}", T::NAME);
    println!("{:>23} {}", "", list(&rates, "function", "gevaluations_per_s"));
    json!({ "threads": threads, "precision": T::NAME, "peak_gflops": peak, "reading": reads, "functions": rates })
}

/// One repetition of a case, and the limits just before it; each a second.
struct Repetition {
    peak: f64,
    bandwidth: f64,
    rates: Vec<f64>,
    time: f64,
}

/// The least time that each limit leaves a case.
struct Bounds {
    arithmetic: f64,
    reading: f64,
    functions: f64,
}

impl Bounds {
    fn of(case: &Case, bytes: f64, limits: &Repetition) -> Self {
        let evaluations = case.evaluations.iter().zip(&limits.rates);
        Self {
            arithmetic: case.flops / limits.peak,
            reading: bytes / limits.bandwidth,
            functions: evaluations.map(|((_, count), rate)| count / rate).sum(),
        }
    }

    fn largest(&self) -> f64 {
        self.arithmetic.max(self.reading).max(self.functions)
    }
}

/// Measures a case and prints its line; nothing if the filter excludes it.
fn run<T: Number>(case: &Case, options: &Options) -> Result<Option<Value>, frobenius::Error> {
    let name = case.name();
    if !format!("{name} {}", T::NAME).contains(&options.filter) {
        return Ok(None);
    }
    let isa = Isa::detect();
    let values: Values<T> = case.values();
    let mut loss = T::open(case, &values)?;
    let cost = loss.cost();
    let value = loss.evaluate()?;
    let inner = if options.test { 1 } else { calls(time(1, || loss.evaluate().map(|_| ()))?) };
    // The arguments themselves are read, so that both find them in the same caches.
    let mut slices: Vec<&[T]> = values.data.iter().map(|matrix| matrix.numbers.as_slice()).collect();
    slices.push(&values.parameters);
    let footprint: usize = slices.iter().map(|slice| size_of_val(*slice)).sum();
    let times = if options.test { 1 } else { u32::try_from((64 << 20) / footprint).unwrap_or(1).max(1) };
    let mut repetitions = Vec::new();
    for _ in 0..options.repetitions {
        let mut limits = Repetition {
            peak: limits::peak::<T>(isa, options.test),
            rates: case.evaluations.iter().map(|(function, _)| function.rate::<T>(isa, options.test)).collect(),
            bandwidth: limits::read(isa, &slices, times),
            time: 0.0,
        };
        limits.time = time(inner, || loss.evaluate().map(|_| ()))?;
        repetitions.push(limits);
    }
    let middle = |of: &dyn Fn(&Repetition) -> f64| median(repetitions.iter().map(of));
    let bounds = |repetition: &Repetition| Bounds::of(case, cost.bytes, repetition);
    let part = middle(&|repetition| bounds(repetition).largest() / repetition.time);
    let parts = [
        ("arithmetic", middle(&|repetition| bounds(repetition).arithmetic / repetition.time)),
        ("reading", middle(&|repetition| bounds(repetition).reading / repetition.time)),
        ("functions", middle(&|repetition| bounds(repetition).functions / repetition.time)),
    ];
    let bound = parts.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or("", |(name, _)| *name);
    let duration = middle(&|repetition| repetition.time);
    let (gflops, gbytes) = (case.flops / duration / 1e9, cost.bytes / duration / 1e9);
    println!(
        "{name:<32} {:>3} {:>10} {gflops:>9.1} {gbytes:>8.2} {:>4.0} %  {bound}",
        T::NAME,
        seconds(duration),
        100.0 * part
    );
    let raw: Vec<_> = repetitions
        .iter()
        .map(|r| {
            let names = case.evaluations.iter().map(|(function, _)| function.name());
            json!({
                "seconds": r.time,
                "peak_flops_per_s": r.peak,
                "read_bytes_per_s": r.bandwidth,
                "evaluations_per_s": names.zip(&r.rates).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Some(json!({
        "case": name,
        "precision": T::NAME,
        "sizes": case.sizes,
        "value": value,
        "footprint_bytes": count(footprint),
        "least_bytes": cost.bytes,
        "product_flops": case.flops,
        "flops_of_the_schedule": cost.flops,
        "evaluations": case.evaluations.iter().map(|(f, count)| (f.name(), *count)).collect::<Vec<_>>(),
        "calls_in_a_repetition": inner,
        "seconds": duration,
        "gflops": gflops,
        "gbytes_per_s": gbytes,
        "part_of_bound": part,
        "parts": parts.to_vec(),
        "bound": bound,
        "repetitions": raw,
    })))
}
