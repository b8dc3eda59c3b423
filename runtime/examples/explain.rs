//! Writes a gallery of losses as an HTML page: each with its source, formula, gradients, derivation, shapes and assumptions,
//! typeset in `MathML`. The page needs no network and no script.
//!
//! ```text
//! cargo run --example explain            # writes explain.html
//! cargo run --example explain -- FILE
//! ```

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use frobenius::operator::RowOperator;
use frobenius::prelude::*;

/// ‖h(X W) A − Y‖²: where this library began.
#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let h = tanh(x * w);
    let e = h * a - y;
    norm_sq(e)
}

/// h(h(h(X W₀) W₁) W₂), as a trace.
#[loss]
fn deep(x: Matrix<N, D>, y: Matrix<N, D>, #[param] w: [Matrix<D, D>; 3]) -> Scalar {
    let mut h = x;
    for l in 0..3 {
        h = tanh(h * w[l]);
    }
    let e = h - y;
    trace(e * e.t())
}

/// Logistic regression with a ridge.
#[loss]
fn logistic(x: Matrix<N, D>, y: Vector<N>, lambda: Scalar, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    sum(softplus(z) - hadamard(y, z)) + lambda * norm_sq(w)
}

/// Softmax regression: class indices, and never a one-hot matrix.
#[loss]
fn classes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
    let z = x * w + b;
    mean(cross_entropy(z, y))
}

/// Factors of a matrix of which some elements are known.
#[loss]
fn factors(r: Matrix<N, M>, mask: Matrix<N, M>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>) -> Scalar {
    let e = hadamard(mask, u * v.t() - r);
    norm_sq(e) + 0.1 * (norm_sq(u) + norm_sq(v))
}

/// A mixture of Gaussians with unit variances.
#[loss]
fn mixture(x: Matrix<N, D>, #[param] c: Matrix<K, D>, #[param] l: RowVector<K>) -> Scalar {
    let z = l - 0.5 * squared_distances(x, c);
    -sum(lse_rows(z))
}

/// One head of attention.
#[loss]
fn attention(
    x: Matrix<N, D>,
    t: Matrix<N, M>,
    #[param] q: Matrix<D, K>,
    #[param] k: Matrix<D, K>,
    #[param] v: Matrix<D, M>,
) -> Scalar {
    let s = (x * q) * (x * k).t();
    let p = softmax_rows(s);
    let e = p * (x * v) - t;
    0.5 * norm_sq(e)
}

/// A network whose layer is normalised.
#[loss]
fn normalised(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let z = layer_norm(x * w, 0.00001);
    norm_sq(z - y)
}

/// An elementwise function of one's own.
#[loss]
fn swish(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z| z * sigmoid(z);
    norm_sq(h(x * w) - y)
}

/// Each element times the next one, around the row.
#[expect(dead_code, reason = "the page shows its derivation, and evaluates nothing")]
struct Cyclic;

impl RowOperator for Cyclic {
    fn apply<T: Element>(z: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            out[i] = z[i] * z[(i + 1) % z.len()];
        }
    }
    fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            let next = (i + 1) % z.len();
            out[i] = v[i] * z[next] + z[i] * v[next];
        }
    }
    fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            let (next, before) = ((i + 1) % z.len(), (i + z.len() - 1) % z.len());
            out[i] = g[i] * z[next] + g[before] * z[before];
        }
    }
}

/// A function that is not elementwise, with its derivative as an operator.
#[loss]
fn operator(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = row_operator(Cyclic, x * w);
    norm_sq(h - y)
}

/// Huber's loss, with a kink in its derivative.
#[loss]
fn robust(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
    let e = x * w + b - y;
    mean(huber(e, 1.5))
}

/// Cox's partial likelihood: the samples are in the order of their times, the last one first.
#[loss]
fn survival(x: Matrix<N, D>, event: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    dot(event, cumulative_lse(z) - z)
}

/// The losses on the page: the name of each, and what its module says of it.
const GALLERY: [(&str, &str); 12] = [
    ("two_layer", two_layer::HTML),
    ("deep", deep::HTML),
    ("logistic", logistic::HTML),
    ("classes", classes::HTML),
    ("factors", factors::HTML),
    ("mixture", mixture::HTML),
    ("attention", attention::HTML),
    ("normalised", normalised::HTML),
    ("swish", swish::HTML),
    ("operator", operator::HTML),
    ("robust", robust::HTML),
    ("survival", survival::HTML),
];

const STYLE: &str = "
body { font: 16px/1.5 Georgia, serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
h1, h2, h3 { font-weight: normal; }
h2 { border-top: 1px solid #bbb; padding-top: 1em; margin-top: 2em; }
h3 { font-size: 1em; font-style: italic; margin-bottom: 0.3em; }
pre { background: #f6f6f3; padding: 0.8em; overflow-x: auto; font-size: 0.85em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td { padding: 0.25em 0.4em; vertical-align: baseline; }
td.left { text-align: right; white-space: nowrap; }
td.why { color: #777; font-size: 0.85em; padding-left: 2em; }
.formula { margin-left: 1em; }
@media print { body { margin: 0; max-width: none; } section { break-inside: avoid-page; } }
";

fn main() -> Result<(), Box<dyn Error>> {
    let file = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "explain.html".to_owned()));
    let page = page();
    // A reader never sees half a page.
    let draft = file.with_extension("html.part");
    fs::write(&draft, page).map_err(|error| format!("{} can't be written: {error}", draft.display()))?;
    fs::rename(&draft, &file).map_err(|error| format!("{} can't be written: {error}", file.display()))?;
    println!("{} losses, derived, in {}", GALLERY.len(), file.display());
    Ok(())
}

fn page() -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Losses and their gradients</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>Losses and their gradients</h1>\n<p>Derived by frobenius. A : B is the \
         sum of the elements of A ⊙ B; ′ is a derivative; D h(Z)[V] is a derivative along V, and D h(Z)*[G] its adjoint.</p>\n"
    );
    for (name, section) in GALLERY {
        let (head, rest) = section.split_once("</h2>\n").unwrap_or(("", section));
        page.push_str(head);
        page.push_str("</h2>\n<pre>");
        page.push_str(&source(name).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        page.push_str("</pre>\n");
        page.push_str(rest);
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The loss as it stands in this file, with its comment.
fn source(name: &str) -> &'static str {
    const FILE: &str = include_str!("explain.rs");
    let Some(start) = FILE.find(&format!("\nfn {name}(")) else { return "" };
    let begin = FILE[..start].rfind("\n\n").map_or(0, |blank| blank + 2);
    let end = FILE[start..].find("\n}\n").map_or(FILE.len(), |end| start + end + 2);
    &FILE[begin..end]
}
