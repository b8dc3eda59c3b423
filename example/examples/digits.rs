//! Fits a network with one hidden layer to handwritten digits, by a kernel that the macro derives from two lines.
//!
//! ```text
//! cargo run --release --example digits
//! ```
//!
//! Data: UCI Optical Recognition of Handwritten Digits, CC BY 4.0; see `data/README.md`.

use std::error::Error;
use std::io::Read;
use std::time::{Duration, Instant};

use frobenius::{Matrix, prelude::*};
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array2, Axis};
use plotters::prelude::*;

/// Squared error of a network with one hidden layer.
#[loss(outputs(scores))]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let scores = tanh(x * w) * a;
    norm_sq(scores - y) / size(y)
}

const CLASSES: usize = 10;
const HIDDEN: usize = 64;
const STEPS: usize = 400;
/// Every fifth digit is held out.
const FOLDS: usize = 5;
const CURVE: &str = "digits.svg";

fn main() -> Result<(), Box<dyn Error>> {
    let (pixels, labels) = digits()?;
    let (test, train): (Vec<_>, Vec<_>) = (0..labels.len()).partition(|i| i % FOLDS == FOLDS - 1);
    let (x, y) = (pixels.select(Axis(0), &train), one_hot(&labels, &train));
    let (held_out, classes) = (pixels.select(Axis(0), &test), test.iter().map(|&i| labels[i]).collect::<Vec<_>>());
    println!("{} digits to learn from, {} held out", train.len(), test.len());
    println!("L    = {}", two_layer::FORMULA);
    for (name, gradient) in two_layer::GRADIENTS {
        println!("dL/d{name} = {gradient}");
    }

    let data = two_layer::Data { x: (&x).into(), y: (&y).into() };
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k: HIDDEN })?;
    let mut params = start(&loss.dims())?;
    let mut gradient = loss.params()?;
    let mut model = two_layer::scores::Output::new(two_layer::scores::Data { x: (&held_out).into() }, &params)?;
    let mut adam = Adam::new(params.as_slice().len());
    let mut curve = Vec::with_capacity(STEPS);
    let mut spent = Duration::ZERO;
    let bar = ProgressBar::new(STEPS as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos:>3}/{len} steps, {msg}, {eta} left")?);
    for _ in 0..STEPS {
        let begin = Instant::now();
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        spent += begin.elapsed();
        adam.step(params.as_mut_slice(), gradient.as_slice());
        let accuracy = accuracy(&model.compute(&params)?, &classes);
        curve.push((value, accuracy));
        bar.set_message(format!("loss {value:.4}, accuracy {:.1} %", 100.0 * accuracy));
        bar.inc(1);
    }
    bar.finish();

    let (value, accuracy) = curve.last().copied().unwrap_or_default();
    let each = spent / u32::try_from(STEPS)?;
    let rate = two_layer::cost::<f32>(&loss.dims()).flops / each.as_secs_f64() / 1e9;
    println!("loss {value:.5}, accuracy on the held-out digits {:.1} %", 100.0 * accuracy);
    println!("{each:.1?} for each value and gradient, {rate:.1} GFLOP/s");
    plot(&curve)?;
    println!("learning curve in {CURVE}");
    Ok(())
}

/// The pixels of each digit, scaled to 0..1, with a last column of ones for the bias; and its class.
fn digits() -> Result<(Array2<f32>, Vec<usize>), Box<dyn Error>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(include_bytes!("data/digits.csv.gz").as_slice()).read_to_string(&mut text)?;
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let mut numbers = line.split(',').map(str::parse::<u8>).collect::<Result<Vec<_>, _>>()?;
        labels.push(usize::from(numbers.pop().ok_or("an empty line in the data")?));
        pixels.extend(numbers.iter().map(|&pixel| f32::from(pixel) / 16.0));
        pixels.push(1.0);
    }
    Ok((Array2::from_shape_vec((labels.len(), pixels.len() / labels.len()), pixels)?, labels))
}

fn one_hot(labels: &[usize], rows: &[usize]) -> Array2<f32> {
    Array2::from_shape_fn((rows.len(), CLASSES), |(i, j)| f32::from(labels[rows[i]] == j))
}

/// Small weights of either sign from a fixed sequence, so that every run learns the same.
fn start(dims: &two_layer::Dims) -> Result<two_layer::Params<f32>, frobenius::Error> {
    let mut params = two_layer::Params::zeros(*dims)?;
    let mut state = 1u32;
    for value in params.as_mut_slice() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = 0.4 * (f32::from((state >> 16) as u16) / f32::from(u16::MAX) - 0.5);
    }
    Ok(params)
}

/// The part of the digits whose largest score is that of their class.
fn accuracy(scores: &Matrix<f32>, labels: &[usize]) -> f64 {
    let right = labels.iter().enumerate().filter(|&(i, label)| {
        let row = scores.row(i).into_iter().flatten().enumerate();
        row.max_by(|a, b| a.1.total_cmp(b.1)).map(|(class, _)| class) == Some(*label)
    });
    ratio(right.count(), labels.len())
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred digits")]
fn ratio(part: usize, all: usize) -> f64 {
    part as f64 / all as f64
}

/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

impl Adam {
    fn new(length: usize) -> Self {
        Self { mean: vec![0.0; length], square: vec![0.0; length], steps: 0 }
    }

    fn step(&mut self, params: &mut [f32], gradient: &[f32]) {
        const RATE: f32 = 0.01;
        self.steps += 1;
        let (first, second) = (1.0 - 0.9f32.powi(self.steps), 1.0 - 0.999f32.powi(self.steps));
        for (((p, g), m), v) in params.iter_mut().zip(gradient).zip(&mut self.mean).zip(&mut self.square) {
            *m = 0.9 * *m + 0.1 * g;
            *v = 0.999 * *v + 0.001 * g * g;
            *p -= RATE * (*m / first) / ((*v / second).sqrt() + 1e-8);
        }
    }
}

/// Loss and held-out accuracy over the steps.
fn plot(curve: &[(f64, f64)]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(CURVE, (720, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let top = curve.iter().map(|point| point.0).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(&area)
        .caption("Two layers on handwritten digits", ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .right_y_label_area_size(52)
        .build_cartesian_2d(0..curve.len(), 0.0..top)?
        .set_secondary_coord(0..curve.len(), 0.0..1.0);
    chart.configure_mesh().x_desc("step").y_desc("loss").draw()?;
    chart.configure_secondary_axes().y_desc("accuracy").draw()?;
    let losses = curve.iter().enumerate().map(|(step, point)| (step, point.0));
    let accuracies = curve.iter().enumerate().map(|(step, point)| (step, point.1));
    let key = |color: RGBColor| move |(x, y): (i32, i32)| PathElement::new([(x, y), (x + 16, y)], color);
    chart.draw_series(LineSeries::new(losses, &RED))?.label("loss").legend(key(RED));
    chart.draw_secondary_series(LineSeries::new(accuracies, &BLUE))?.label("held-out accuracy").legend(key(BLUE));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::MiddleRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    area.present()?;
    Ok(())
}
