//! The cost of a loss for whoever compiles it: its expansion, and the build of a crate with many. See README.md.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use frobenius_benches::measure::{median, seconds, time};
use frobenius_benches::options::Options;
use frobenius_benches::output;
use proc_macro2::TokenStream;
use serde_json::{Value, json};

/// Losses that are larger than those of the cases.
const LARGER: [&str; 4] = [
    "fn deep(x: Matrix<N, K>, y: Matrix<N, K>, #[param] w: [Matrix<K, K>; 8], #[param] b: [RowVector<K>; 8]) -> Scalar {
        let mut h = x;
        for i in 0..8 { h = tanh(h * w[i] + b[i]); }
        norm_sq(h - y)
    }",
    "fn attention(x: Matrix<N, D>, #[param] q: Matrix<D, K>, #[param] k: Matrix<D, K>, #[param] v: Matrix<D, M>) -> Scalar {
        norm_sq(softmax_rows((x * q) * (x * k).t()) * (x * v))
    }",
    "fn normalised(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, C>) -> Scalar {
        mean(cross_entropy(gelu(layer_norm(x * w, 1e-5)) * a, y))
    }",
    "fn process(x: Matrix<N, D>, y: Vector<N>, #[param] s: Scalar, #[param] t: Scalar) -> Scalar {
        let d = squared_distances(x, x);
        let k = exp(-s * d) + t * eye_like(d);
        0.5 * dot(y, solve(k, y)) + 0.5 * logdet(k)
    }",
];

/// The losses of the cases, as they are written.
fn losses() -> Vec<&'static str> {
    let source = include_str!("../src/cases.rs");
    let items = source.split("#[loss]\n").skip(1);
    items.map(|item| item.split_inclusive("\n}\n").next().unwrap_or(item)).chain(LARGER).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse("compile", env!("CARGO_TARGET_TMPDIR"))?;
    let machine = output::machine(1);
    println!("{}\n", output::machine_line(&machine));
    let expansions = if "expansion".contains(&options.filter) { expansions(&options)? } else { Vec::new() };
    let wanted = "build".contains(&options.filter) && !options.test;
    let builds = if wanted { builds()? } else { Vec::new() };
    // Only by its name.
    let workspace = if options.filter == "workspace" { workspace()? } else { Vec::new() };
    let text = json!({ "machine": machine, "expansions": expansions, "builds": builds, "workspace": workspace });
    output::write(&options.json, &serde_json::to_string_pretty(&text)?)?;
    println!("raw numbers in {}", options.json.display());
    Ok(())
}

/// Times the expansion of each loss, in this process.
fn expansions(options: &Options) -> Result<Vec<Value>, Box<dyn Error>> {
    println!("{:<24} {:>10} {:>12}", "expansion of", "time", "its tokens");
    let mut results = Vec::new();
    for loss in losses() {
        let item: TokenStream = loss.parse()?;
        let name = loss.trim_start_matches("fn ").split(['(', '<']).next().unwrap_or_default();
        let expand = || frobenius_compiler::compile(TokenStream::new(), item.clone());
        let expansion = expand().to_string();
        if expansion.contains("compile_error") {
            return Err(format!("`{name}` does not compile: {expansion}").into());
        }
        let mut once = || -> Result<(), std::convert::Infallible> {
            std::hint::black_box(expand());
            Ok(())
        };
        let times: Vec<f64> = (0..options.repetitions).map(|_| time(1, &mut once)).collect::<Result<_, _>>()?;
        let tokens = expansion.split_whitespace().count();
        println!("{name:<24} {:>10} {tokens:>12}", seconds(median(times.iter().copied())));
        results.push(json!({ "loss": name, "tokens": tokens, "seconds": times }));
    }
    println!();
    Ok(results)
}

/// Losses in the crates whose build is timed, and how often it is.
const LOSSES: [(usize, usize); 3] = [(1, 3), (10, 3), (50, 1)];

/// The crates whose build is timed, by what they are called; and how often.
const PROGRAMS: [(&str, &str, usize); 3] = [
    ("two layers", include_str!("compile/two_layer.rs"), 3),
    ("a forward algorithm of 8 steps", include_str!("compile/forward.rs"), 3),
    ("15 steps of spaced repetition", include_str!("compile/spaced_repetition.rs"), 1),
];

/// The profile that README advises for debug builds.
const ADVISED: &str =
    "\n[profile.dev.package.frobenius-runtime]\nopt-level = 3\ndebug = false\ndebug-assertions = false\n";

/// Times builds of crates: of what they depend on, from nothing, and of themselves after that.
fn builds() -> Result<Vec<Value>, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(folder.join("src"))?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let library = root.join("frobenius");
    let manifest = format!(
        "[package]\nname = \"losses\"\nedition = \"2024\"\n\n[dependencies]\nfrobenius = {{ path = {:?} }}\n\n[workspace]\n",
        library.display().to_string()
    );
    // Dependencies have the same versions as here.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    println!("{:<40} {:>20} {:>20} {:>20}", "build of, wall and processor time", "check", "dev", "release");
    let mut results = Vec::new();
    let mut line = |what: &str, times: [Vec<Spent>; 3]| {
        let texts: Vec<_> = times
            .iter()
            .map(|times| match times.as_slice() {
                [] => format!(" {:>20}", ""),
                times => {
                    let of = |part: fn(&Spent) -> f64| seconds(median(times.iter().map(part)));
                    format!(" {:>20}", format!("{} {}", of(|spent| spent.wall), of(|spent| spent.processor)))
                }
            })
            .collect();
        println!("{what:<40}{}", texts.concat());
        let all = |times: &[Spent]| times.iter().map(|spent| [spent.wall, spent.processor]).collect::<Vec<_>>();
        results
            .push(json!({ "build": what, "check": all(&times[0]), "dev": all(&times[1]), "release": all(&times[2]) }));
    };
    let commands: [&[&str]; 3] = [&["check"], &["build"], &["build", "--release"]];
    let write = |source: &str| std::fs::write(folder.join("src/main.rs"), source);
    // From nothing, with the first example.
    std::fs::write(folder.join("Cargo.toml"), format!("{manifest}{ADVISED}"))?;
    write(PROGRAMS[0].1)?;
    line("README's example, as it advises", [vec![], vec![cargo(&folder, commands[1])?], vec![]]);
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut of_tree = [vec![], vec![], vec![]];
    for (command, times) in commands.iter().zip(&mut of_tree) {
        std::fs::remove_dir_all(folder.join("target"))?;
        times.push(cargo(&folder, command)?);
    }
    // Builds that follow find all dependencies made.
    for command in commands {
        cargo(&folder, command)?;
    }
    line("README's example, from nothing", of_tree);
    let counted = LOSSES.into_iter().map(|(count, repetitions)| {
        let what = format!("{count} loss{}, after these", if count == 1 { "" } else { "es" });
        Ok((what, source(count)?, repetitions))
    });
    let counted = counted.collect::<Result<Vec<_>, std::fmt::Error>>()?;
    let named = PROGRAMS.map(|(what, source, repetitions)| (what.to_owned(), source.to_owned(), repetitions));
    for (what, source, repetitions) in named.into_iter().chain(counted) {
        let mut times = [vec![], vec![], vec![]];
        for _ in 0..repetitions {
            for (command, times) in commands.iter().zip(&mut times) {
                // Written anew, so that it is built anew.
                write(&source)?;
                times.push(cargo(&folder, command)?);
            }
        }
        line(&what, times);
    }
    println!();
    Ok(results)
}

/// Times the commands of the repository, each from nothing, but for the run of the tests, which follows their compilation: minutes.
fn workspace() -> Result<Vec<Value>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("workspace");
    let commands: [(&[&str], bool); 3] = [
        (&["run", "--release", "--example", "digits"], true),
        (&["test", "--workspace", "--no-run"], true),
        (&["test", "--workspace"], false),
    ];
    let mut results = Vec::new();
    println!("{:<40} {:>20}", "wall and processor time of", "");
    for (command, from_nothing) in commands {
        if from_nothing && target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        let what = format!("cargo {}{}", command.join(" "), if from_nothing { "" } else { ", after that" });
        let spent = run(&root, command, &target)?;
        println!("{what:<40} {:>20}", format!("{} {}", seconds(spent.wall), seconds(spent.processor)));
        results.push(json!({ "command": what, "wall": spent.wall, "processor": spent.processor }));
    }
    println!();
    Ok(results)
}

/// Time of a command, in seconds.
struct Spent {
    wall: f64,
    /// Of all its processes; NaN where the system does not tell.
    processor: f64,
}

/// Times a command of cargo in a crate of its own.
fn cargo(folder: &Path, command: &[&str]) -> Result<Spent, Box<dyn Error>> {
    run(folder, command, &folder.join("target"))
}

fn run(folder: &Path, command: &[&str], target: &Path) -> Result<Spent, Box<dyn Error>> {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let (begin, before) = (Instant::now(), children());
    let output = Command::new(program)
        .args(command)
        .arg("--offline")
        // Not an argument: tests that call cargo themselves need a place, too.
        .env("CARGO_TARGET_DIR", target)
        .current_dir(folder)
        // As the first build is: what the build before it left is not used.
        .env("CARGO_INCREMENTAL", "0")
        .stdin(Stdio::null())
        .output()?;
    let spent = Spent { wall: begin.elapsed().as_secs_f64(), processor: children() - before };
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(spent)
}

/// Processor time of all processes that this one has waited for, in seconds: fields 16 and 17 of Linux's /proc/self/stat, in
/// hundredths (proc(5)).
fn children() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may have spaces.
    let fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: Vec<f64> = fields.skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.len() == 2 { ticks.iter().sum::<f64>() / 100.0 } else { f64::NAN }
}

/// A program with so many losses, no two alike, each of which is evaluated in f32.
fn source(count: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from("#![allow(unused_imports)]\nuse frobenius::prelude::*;\n");
    let mut calls = String::new();
    for i in 0..count {
        let c = format!("0.{:03}", i + 100);
        let regression = "x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>";
        let (arguments, body, data) = match i % 5 {
            0 => (
                "x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, 5>, #[param] a: Matrix<5, M>",
                format!("norm_sq(tanh(x * w) * a - y) + {c} * norm_sq(w)"),
                "x: m, y: m",
            ),
            1 => (regression, format!("sum(softplus(x * w) - hadamard(y, x * w)) + {c} * norm_sq(w)"), "x: m, y: v"),
            2 => (regression, format!("sum(huber(x * w - y, {c}))"), "x: m, y: v"),
            3 => (regression, format!("sum(exp({c} * (x * w)) - hadamard(y, x * w))"), "x: m, y: v"),
            _ => (
                "x: Matrix<N, D>, #[param] k: Matrix<5, D>, #[param] l: RowVector<5>",
                format!("-sum(lse_rows(l - {c} * squared_distances(x, k)))"),
                "x: m",
            ),
        };
        write!(text, "\n#[loss]\nfn loss_{i}({arguments}) -> Scalar {{\n    {body}\n}}\n")?;
        write!(
            calls,
            "    let mut loss = loss_{i}::Loss::new(loss_{i}::Data {{ {data} }})?;\n    \
             let (at, mut gradient) = (loss.params()?, loss.params()?);\n    \
             println!(\"{{}}\", loss.value_and_gradient(&at, &mut gradient)?);\n"
        )?;
    }
    write!(
        text,
        "\nfn main() -> Result<(), Error> {{\n    let numbers = vec![0.5f32; 12];\n    \
         let m = MatrixRef::new(&numbers, 4, 3)?;\n    let v: VectorRef<'_, f32> = numbers[..4].into();\n{calls}    \
         let _ = (m, v);\n    Ok(())\n}}\n"
    )?;
    Ok(text)
}
