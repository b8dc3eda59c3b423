//! The explanation of a loss as a part of an HTML page.

use std::fmt::Write;

use crate::explain::{self, Derivation, Explanation};
use crate::spec::{Role, Spec};

/// A section with the loss, its gradients, the derivation, shapes, `remarks` and `assumptions`.
pub(super) fn html(
    spec: &Spec,
    explanation: &Explanation,
    derivation: &Derivation,
    remarks: &[String],
    assumptions: &[String],
) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write!(page, "<section class=\"loss\">\n<h2>{}</h2>\n", escaped(&spec.name.to_string()));
    let _ = writeln!(page, "<p class=\"formula\">{}</p>", explain::mathml(&format!("L = {}", explanation.formula)));
    page.push_str("<h3>Gradients</h3>\n<table class=\"gradients\">\n");
    for (name, text) in &explanation.gradients {
        let left = format!(
            "<math><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>{}</mi></mrow></mfrac></math>",
            escaped(name)
        );
        let _ =
            writeln!(page, "<tr><td class=\"left\">{left}</td><td>{}</td></tr>", explain::mathml(&format!("= {text}")));
    }
    let _ = write!(page, "</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n{}</table>\n", derivation.html);
    page.push_str("<h3>Shapes</h3>\n<table class=\"shapes\">\n");
    for argument in spec.arguments.iter().filter(|argument| argument.is_first()) {
        let role = if argument.role == Role::Param { "parameter" } else { "data" };
        let (name, ty) = (argument.declared_name().to_string(), argument.declared_type());
        let _ = writeln!(
            page,
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{role}</td></tr>",
            escaped(&name),
            escaped(&ty)
        );
    }
    page.push_str("</table>\n");
    for remark in remarks {
        let _ = writeln!(page, "<p>{}</p>", escaped(remark).replace('`', ""));
    }
    if !assumptions.is_empty() {
        page.push_str("<h3>Assumptions</h3>\n<ul>\n");
        for note in assumptions {
            let _ = writeln!(page, "<li>{}</li>", escaped(note.trim_start_matches("- ")).replace('`', ""));
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
