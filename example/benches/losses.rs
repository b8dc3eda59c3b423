//! `cargo bench -p frobenius-example`: the time of this crate's losses, at the sizes that it uses them with.

use frobenius::prelude::*;
use frobenius_example::{logistic, two_layer};

fn main() -> Result<(), Error> {
    // `cargo test --benches` asks only whether it runs.
    let n = if std::env::args().any(|argument| argument == "--test") { 100 } else { 20_000 };
    let (d, m, k) = (64, 4, 32);
    let (x, y) = (values(n * d, 1), values(n * m, 2));
    let x = MatrixRef::new(&x, n, d)?;

    let data = two_layer::Data { x, y: MatrixRef::new(&y, n, m)? };
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k })?;
    let params = two_layer::Params::from_vec(loss.dims(), values(d * k + k * m, 3))?;
    println!("{}", loss.bench(&params)?);

    let labels: Vec<f32> = y.iter().take(n).map(|y| if *y > 0.0 { 1.0 } else { 0.0 }).collect();
    let mut loss = logistic::Loss::new(logistic::Data { x, y: (&labels).into() })?;
    let params = logistic::Params::from_vec(loss.dims(), values(d, 4))?;
    println!("{}", loss.bench(&params)?);
    Ok(())
}

/// Numbers around 0 that are the same each time.
fn values(count: usize, seed: u16) -> Vec<f32> {
    (1..)
        .step_by(7919)
        .take(count)
        .map(|i: u64| f32::from((i * u64::from(seed) % 1009) as u16) / 1009.0 - 0.5)
        .collect()
}
