//! The explanation of a loss as a part of an HTML page.

use std::fmt::Write;

use super::report::Report;
use super::typeset::{derivative_in, mathml};
use super::{Derivation, Explanation};

/// A section with the loss, its gradients, the derivation, derivatives on request, and the report.
pub(crate) fn html<'d>(
    name: &str,
    explanation: &Explanation,
    derivation: &Derivation,
    requested: impl Iterator<Item = (&'d str, &'d Derivation)>,
    report: &Report,
) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write!(page, "<section class=\"loss\">\n<h2>{}</h2>\n", escaped(name));
    let _ = writeln!(page, "<p class=\"formula\">{}</p>", mathml(&format!("L = {}", explanation.formula)));
    page.push_str("<h3>Gradients</h3>\n<table class=\"gradients\">\n");
    for (letter, (_, text)) in explanation.letters.iter().zip(&explanation.gradients) {
        let left = derivative_in(letter);
        let _ = writeln!(page, "<tr><td class=\"left\">{left}</td><td>{}</td></tr>", mathml(&format!("= {text}")));
    }
    let _ = write!(page, "</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n{}</table>\n", derivation.html);
    for (title, derivation) in requested {
        let _ = write!(page, "<h3>{title}</h3>\n<table class=\"derivation\">\n{}</table>\n", derivation.html);
    }
    page.push_str("<h3>Shapes</h3>\n<table class=\"shapes\">\n");
    for [name, shape, what] in &report.shapes {
        let what =
            if matches!(what.as_str(), "data" | "parameter") { what.clone() } else { mathml(&format!("= {what}")) };
        let _ =
            writeln!(page, "<tr><td>{}</td><td><code>{}</code></td><td>{what}</td></tr>", mathml(name), escaped(shape));
    }
    page.push_str("</table>\n<h3>Computation</h3>\n");
    for sentence in &report.schedule {
        let _ = writeln!(page, "<p>{}</p>", escaped(sentence).replace('`', ""));
    }
    if !report.assumptions.is_empty() {
        page.push_str("<h3>Assumptions</h3>\n<ul>\n");
        for note in &report.assumptions {
            let _ = writeln!(page, "<li>{}</li>", escaped(note).replace('`', ""));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n");
    page
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
