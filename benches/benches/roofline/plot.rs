//! The roofline: operations a byte against operations a second, with the roofs of the machine.

use std::error::Error;

use plotters::prelude::*;
use serde_json::Value;

const SIZE: (u32, u32) = (1400, 800);
/// Room at the right, in which the numbers of the points are explained.
const LEGEND: u32 = 270;
/// Operations a byte, from the left edge to the right one.
const INTENSITY: std::ops::Range<f64> = 0.05..2000.0;

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or(f64::NAN)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The picture, from what was measured on so many threads.
pub(crate) fn roofline(limits: &[Value], cases: &[Value], threads: usize) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    draw(&SVGBackend::with_string(&mut svg, SIZE).into_drawing_area(), limits, cases, threads)?;
    Ok(svg)
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    limits: &[Value],
    cases: &[Value],
    threads: usize,
) -> Result<(), Box<dyn Error>> {
    area.fill(&WHITE)?;
    let own: Vec<_> = limits.iter().filter(|limit| limit["threads"].as_u64() == u64::try_from(threads).ok()).collect();
    let highest = own.iter().map(|limit| number(limit, "peak_gflops")).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(format!("Value and gradient, {threads} thread(s)"), ("sans-serif", 22))
        .margin(14)
        .margin_right(LEGEND)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(INTENSITY.log_scale(), (0.2..2.0 * highest).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("operations of products / byte of data, parameters and gradient")
        .y_desc("GFLOP/s")
        .light_line_style(WHITE)
        .draw()?;
    for (limit, colour) in own.iter().zip([BLUE, RED]) {
        let (peak, precision) = (number(limit, "peak_gflops"), text(limit, "precision"));
        let mut roof = |from: f64, name: &str, slope: Option<f64>| {
            let height = |x: f64| slope.map_or(peak, |slope| (slope * x).min(peak));
            // On axes of logarithms, two straight lines.
            let knee = slope.map_or(from, |slope| (peak / slope).max(from));
            let points = [from, knee, INTENSITY.end];
            chart.draw_series(LineSeries::new(points.map(|x| (x, height(x))), colour.mix(0.6)))?;
            let place = (from * 1.15, height(from * 1.15) * 1.12);
            let label = Text::new(name.to_owned(), place, ("sans-serif", 13).into_font().color(&colour));
            chart.draw_series([label]).map(|_| ())
        };
        roof(200.0, &format!("{precision} multiply-adds: {peak:.0} GFLOP/s"), None)?;
        // Reading is as fast in either precision.
        for reading in limit["reading"].as_array().into_iter().flatten().filter(|_| precision == "f32") {
            let rate = number(reading, "gbytes_per_s");
            let left = INTENSITY.start.max(0.25 / rate);
            roof(left, &format!("{}: {rate:.0} GB/s", text(reading, "footprint")), Some(rate))?;
        }
    }
    for (i, case) in cases.iter().enumerate() {
        let colour = if text(case, "precision") == "f32" { BLUE } else { RED };
        let place = (number(case, "product_flops") / number(case, "least_bytes"), number(case, "gflops"));
        chart.draw_series([Circle::new(place, 4, colour.filled())])?;
        let label = (place.0 * 1.05, place.1 * 1.02);
        chart.draw_series([Text::new(format!("{}", i + 1), label, ("sans-serif", 13))])?;
        let line = format!("{:>2} {} {}", i + 1, text(case, "case"), text(case, "precision"));
        let left = i32::try_from(SIZE.0 - LEGEND)? + 10;
        let top = 40 + 13 * i32::try_from(i)?;
        area.draw(&Text::new(line, (left, top), ("sans-serif", 11).into_font().color(&colour)))?;
    }
    area.present()?;
    Ok(())
}
