//! Texts of the gallery, compared with those that were accepted: `INSTA_UPDATE=always cargo test -p frobenius-tests --test
//! gallery` accepts what is printed now.

#[path = "../../example/examples/explain/losses.rs"]
mod losses;

use std::fmt::Write;

#[test]
fn formulas_and_derivations_are_stable() {
    let mut text = String::new();
    for loss in losses::GALLERY {
        let _ = writeln!(text, "{}\n\nL = {}", loss.name, loss.formula);
        for (name, gradient) in loss.gradients {
            let _ = writeln!(text, "dL/d{name} = {gradient}");
        }
        let _ = writeln!(text, "\n{}\n\n{}\n", loss.derivation, loss.latex);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn pages_are_stable() {
    let html: String = losses::GALLERY.iter().map(|loss| loss.html).collect();
    // Tags that are not closed would not be typeset.
    for tag in ["math", "mrow", "msup", "msub", "msubsup", "msqrt", "table", "section"] {
        let (opened, closed) = (html.matches(&format!("<{tag}>")).count(), html.matches(&format!("</{tag}>")).count());
        let with_class = html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened + with_class, closed, "<{tag}>");
    }
    insta::assert_snapshot!(html);
}
