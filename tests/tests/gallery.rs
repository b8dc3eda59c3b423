//! Texts of the gallery, compared with those that were accepted: `INSTA_UPDATE=always cargo test -p frobenius-tests --test
//! gallery` accepts what is printed now. `FROBENIUS_BLESS=1` in its place writes the picture of README anew.

#[path = "../../example/examples/explain/losses.rs"]
mod losses;
#[path = "../../example/examples/explain/picture.rs"]
mod picture;

use std::fmt::Write;
use std::path::Path;

use frobenius_tests::reader::Printed;
use frobenius_tests::{Case, Reference};

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

/// Losses whose gradients have a matrix and its transpose, which is written once.
#[test]
fn sums_of_a_matrix_and_its_transpose_are_read_back() {
    for body in [
        "sum(exp(solve(w + w.t(), y)))",
        "sum(exp(inverse(w - w.t() + eye(D)) * x))",
        "norm_sq(tanh(w + w.t()) * x) + dot(y, w * y)",
        "2 * sum(softplus((w + w.t()) * x)) - 3 * norm_sq((w - 2 * w.t()) * x * x)",
        "logdet(w * w.t() + x * x.t()) + trace(w * x * w.t() * x)",
        "sum(lse_rows(w * x * w.t())) + sum(sq(squared_distances(w, w)))",
        "sum(exp(diag(y) * (w + w.t()) * diag(y)))",
    ] {
        let source = format!(
            "fn f(x: Matrix<D, D>, y: Vector<D>, #[param] w: Matrix<D, D>) -> Scalar {{ {body} + 0 * sum(x + y) }}"
        );
        let reference = Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{body}: {mistakes}"));
        let case = Case::new(&reference, &[("D", 3)], (0.1, 0.9), false);
        let read = Printed::new(&reference, |name| (case.values::<f64>(name), case.shape(name)));
        let computed = reference.evaluate(&case.sizes, &case.inputs);
        let printed = reference.printed(&[]);
        let checked = read.check_formula(&printed.formula, computed.value);
        let checked = checked.and_then(|()| read.check_gradient(0, &printed.gradients[0].1, &computed.gradients[0]));
        checked.unwrap_or_else(|wrong| panic!("{body}: {wrong}"));
    }
}

/// Compares a text of the repository with the one that is made now, or writes that.
fn stands_in(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if std::env::var_os("FROBENIUS_BLESS").is_some() {
        std::fs::write(&path, text).expect("a file of the repository");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "{file} is not what is made now: FROBENIUS_BLESS=1 cargo test -p frobenius-tests --test gallery"
    );
}

/// The picture of README is what the example draws, and the documentation of the library has it as the data of a link.
#[test]
fn the_picture_of_readme_is_what_the_derivation_is() {
    let svg = picture::picture();
    stands_in("docs/src/derivation.svg", &svg);
    let data = svg.bytes().fold(String::new(), |mut data, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~:/=',;".contains(&byte) {
            data.push(char::from(byte));
        } else {
            let _ = write!(data, "%{byte:02X}");
        }
        data
    });
    stands_in("frobenius/derivation.svg.txt", &data);
}
