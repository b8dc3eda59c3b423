//! Writes a gallery of losses as an HTML page: each with its source, formula, gradients, derivation, shapes and assumptions,
//! typeset in `MathML`. The page needs no network and no script.
//!
//! ```text
//! cargo run --example explain            # writes explain.html
//! cargo run --example explain -- FILE
//! cargo run --example explain -- docs/src/derivation.svg    # the picture of README: one loss and its derivation
//! ```

mod losses;
mod picture;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use losses::GALLERY;

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
    let is_picture = file.extension().is_some_and(|extension| extension == "svg");
    let page = if is_picture { picture::picture() } else { page() };
    // A reader never sees half a page.
    let draft = file.with_extension("html.part");
    fs::write(&draft, page).map_err(|error| format!("{} can't be written: {error}", draft.display()))?;
    fs::rename(&draft, &file).map_err(|error| format!("{} can't be written: {error}", file.display()))?;
    let losses = if is_picture { 1 } else { GALLERY.len() };
    println!("{losses} losses, derived, in {}", file.display());
    Ok(())
}

fn page() -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Losses and their gradients</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>Losses and their gradients</h1>\n<p>Derived by frobenius. A : B is the \
         sum of the elements of A ⊙ B, their elementwise product; ⊘ divides element by element, and a power of ⊙ is one of each element. \
         A 1 are the sums of the rows of A, 1ᵀ A those of its columns, and v 1ᵀ repeats v in each column. [a &gt; b] is 1 where a &gt; b \
         and 0 elsewhere; Û has the rows of U, scaled to length 1. ′ is a derivative; D h(Z)[V] is a derivative along V, and D h(Z)*[G] \
         its adjoint.</p>\n"
    );
    for entry in GALLERY {
        let (head, rest) = entry.html.split_once("</h2>\n").unwrap_or(("", entry.html));
        page.push_str(head);
        page.push_str("</h2>\n<pre>");
        page.push_str(&source(entry.name).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        page.push_str("</pre>\n");
        page.push_str(rest);
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The loss as it stands in its file, with its comment.
fn source(name: &str) -> &'static str {
    const FILE: &str = include_str!("losses.rs");
    let Some(start) = FILE.find(&format!("\nfn {name}(")) else { return "" };
    let begin = FILE[..start].rfind("\n\n").map_or(0, |blank| blank + 2);
    let end = FILE[start..].find("\n}\n").map_or(FILE.len(), |end| start + end + 2);
    &FILE[begin..end]
}
