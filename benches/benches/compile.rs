//! What a loss costs whoever compiles it: its expansion, and the build of a crate with many. See README.md.

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
    let text = json!({ "machine": machine, "expansions": expansions, "builds": builds });
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

/// Times builds of crates: of what they depend on, from nothing, and of themselves after that.
fn builds() -> Result<Vec<Value>, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(folder.join("src"))?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let runtime = root.join("runtime");
    let manifest = format!(
        "[package]\nname = \"losses\"\nedition = \"2024\"\n\n[dependencies]\nfrobenius = {{ path = {:?} }}\n\n[workspace]\n",
        runtime.display().to_string()
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    // The same versions as here.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    println!("{:<34} {:>10} {:>10} {:>10}", "build of", "check", "dev", "release");
    let mut results = Vec::new();
    let mut line = |what: String, times: Vec<Vec<f64>>| {
        let texts: Vec<_> =
            times.iter().map(|times| format!(" {:>10}", seconds(median(times.iter().copied())))).collect();
        println!("{what:<34}{}", texts.concat());
        results.push(json!({ "build": what, "check": times[0], "dev": times[1], "release": times[2] }));
    };
    let commands: [&[&str]; 3] = [&["check"], &["build"], &["build", "--release"]];
    std::fs::write(folder.join("src/main.rs"), source(0)?)?;
    let mut of_tree = Vec::new();
    for command in commands {
        of_tree.push(vec![cargo(&folder, command)?]);
    }
    line("all dependencies, from nothing".to_owned(), of_tree);
    for (count, repetitions) in LOSSES {
        let mut times = vec![Vec::new(); commands.len()];
        for _ in 0..repetitions {
            for (command, times) in commands.iter().zip(&mut times) {
                // Written anew, so that it is built anew.
                std::fs::write(folder.join("src/main.rs"), source(count)?)?;
                times.push(cargo(&folder, command)?);
            }
        }
        line(format!("{count} loss{}, after these", if count == 1 { "" } else { "es" }), times);
    }
    println!();
    Ok(results)
}

/// How long a command of cargo takes there, in seconds.
fn cargo(folder: &Path, command: &[&str]) -> Result<f64, Box<dyn Error>> {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let begin = Instant::now();
    let output = Command::new(program)
        .args(command)
        .args(["--offline", "--target-dir", "target"])
        .current_dir(folder)
        // As the first build is: what the build before it left is not used.
        .env("CARGO_INCREMENTAL", "0")
        .stdin(Stdio::null())
        .output()?;
    let time = begin.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(time)
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
