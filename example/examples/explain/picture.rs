//! A loss and its derivation as an SVG: the picture of README.

use std::fmt::Write;

use frobenius::prelude::*;

const FORMULAS: f64 = 19.0;
const REASONS: f64 = 14.0;
const CODE: f64 = 12.5;
/// Distance of a line of the derivation from the next.
const LINE: f64 = 31.0;
/// Distance of a line of code from the next.
const CODE_LINE: f64 = 19.0;
const WIDTH: f64 = 920.0;
/// Where the left sides end, and where the reasons begin.
const COLUMNS: (f64, f64) = (158.0, 500.0);

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let h = tanh(x * w);
    let e = h * a - y;
    norm_sq(e)
}

/// The picture: source above, and below it each line of `DERIVATION`, typeset.
pub(crate) fn picture() -> String {
    let source = source();
    let lines: Vec<&str> = two_layer::DERIVATION.lines().collect();
    let code_height = 24.0 + source.lines().fold(0.0, |height, _| height + CODE_LINE);
    let height = 34.0 + lines.iter().fold(code_height, |height, _| height + LINE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <title>A loss, and the derivation of its gradient that frobenius printed</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"8\" fill=\"#fff\" stroke=\"#ddd\"/>\n\
         <rect width=\"{WIDTH}\" height=\"{code_height}\" rx=\"8\" fill=\"#f1f1ee\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{CODE}\" fill=\"#333\">\n"
    );
    for (number, line) in (0u32..).zip(source.lines()) {
        let y = 26.0 + CODE_LINE * f64::from(number);
        let _ = writeln!(svg, "<text x=\"20\" y=\"{y}\" xml:space=\"preserve\">{}</text>", escaped(line));
    }
    let _ = writeln!(
        svg,
        "</g>\n<g font-family=\"'STIX Two Text', 'Cambria Math', Georgia, 'DejaVu Serif', serif\" font-size=\"{FORMULAS}\" fill=\"#111\">"
    );
    let (left_end, reasons) = COLUMNS;
    for (number, line) in (0u32..).zip(&lines) {
        let y = code_height + 36.0 + LINE * f64::from(number);
        let (formula, reason) = line.split_once("  [").unwrap_or((line, ""));
        let (left, right) = formula.split_once("= ").unwrap_or(("", formula));
        let weight = if left.starts_with('⇒') { " fill=\"#0b57a4\"" } else { "" };
        text(&mut svg, (left_end, y), " text-anchor=\"end\"", weight, left.trim());
        text(&mut svg, (left_end + 10.0, y), "", weight, &format!("= {}", right.trim()));
        let small = format!(" font-size=\"{REASONS}\" fill=\"#777\"");
        text(&mut svg, (reasons, y), "", &small, reason.trim_end_matches(']'));
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The loss as it stands in this file.
fn source() -> &'static str {
    const FILE: &str = include_str!("picture.rs");
    let begin = FILE.find("\n#[loss]\n").map_or(0, |at| at + 1);
    let end = FILE[begin..].find("\n}\n").map_or(FILE.len(), |at| begin + at + 2);
    &FILE[begin..end]
}

/// Writes a formula: letters that stand alone are italic, names of functions and the d of a differential are not.
fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, style: &str, formula: &str) {
    if formula.is_empty() {
        return;
    }
    let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\"{anchor}{style} xml:space=\"preserve\">");
    let mut rest = formula;
    while !rest.is_empty() {
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let others = rest[letters..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| letters + at);
        let (word, between) = (&rest[..letters], &rest[letters..others]);
        let (upright, italic) = match word.as_bytes() {
            [letter] if *letter != b'd' => ("", word),
            [b'd', second] if second.is_ascii_uppercase() => word.split_at(1),
            _ => (word, ""),
        };
        svg.push_str(upright);
        if !italic.is_empty() {
            let _ = write!(svg, "<tspan font-style=\"italic\">{italic}</tspan>");
        }
        svg.push_str(&escaped(between));
        rest = &rest[others..];
    }
    svg.push_str("</text>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
