//! Suggestions in messages, tried out. On the specs of the tests of messages, each suggested piece of code is to be
//! Rust, other than the code that it replaces, and sound in its place.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;

use super::foreign;
use crate::compile::front;
use crate::diagnostics::{Mistake, Mistakes};

/// Mistakes of which the tests of texts have no whole loss.
const OTHERS: [&str; 4] = [
    "#[loss] fn f(#[param] w: Matrix<3, 4>, v: Vector<3>, r: RowVector<4>, s: Scalar) -> Scalar {
        sum(w[0]) + w[0][1] + w[(2, 3)] + sum(w[1..]) + sum(w[.., ..2]) + v[1] + r[2] + s[0] + sum((w + 1)[2])
    }",
    "#[loss] fn f(x: Matrix<N, 4>, y: Labels<N, 4>, l: Labels<N, 5>, #[param] w: Matrix<5, 3>) -> Scalar {
        sum(x[y]) + sum(x[.., y]) + sum(w[l]) + sum(x[.., 1])
    }",
    "#[loss] fn f(x: Matrix<N, D>, u: RowVector<N>, #[param] w: Vector<D>) -> Scalar {
        sum(x * w + u) + sum(x * x) + sum(diag(x.t() * x)) + sum(tahn(x)) + norm_squared(x) + x.sum() + w.len
    }",
    "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
        cross_entropy(x * w, y) + f64::exp(x) + np.exp(x) + (x * w).powi(2) + &x - *y + (x as f64) + 2.0f64 + if x > 1 { y } else { 0 }
    }",
];

/// The text of a file, or of one spec, of which some functions are losses.
struct Source(String);

impl Source {
    /// The mistakes in each loss; `None` if the text is not Rust.
    fn mistakes(&self) -> Option<Vec<Vec<Mistake>>> {
        let file = syn::parse_file(&self.0).ok()?;
        let mut all = Vec::new();
        for item in file.items {
            let syn::Item::Fn(mut function) = item else { continue };
            let Some(at) = function.attrs.iter().position(|attribute| attribute.path().is_ident("loss")) else {
                continue;
            };
            let options = match function.attrs.remove(at).meta {
                syn::Meta::List(list) => list.tokens,
                _ => TokenStream::new(),
            };
            let mut mistakes = Mistakes::default();
            front(options, function.to_token_stream(), &mut mistakes);
            all.push(mistakes.sorted().into_iter().cloned().collect());
        }
        Some(all)
    }

    /// With `code` in place of the bytes of `range`.
    fn with(&self, range: &std::ops::Range<usize>, code: &str) -> Self {
        Self(format!("{}{code}{}", &self.0[..range.start], &self.0[range.end..]))
    }
}

/// The cases of the user's messages, and the specs and bodies in the tests beside this file.
fn corpus() -> Vec<Source> {
    let mut corpus = Vec::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui/cases");
    for folder in std::fs::read_dir(cases).expect("the cases of messages") {
        for case in std::fs::read_dir(folder.expect("a folder").path()).expect("cases") {
            let case = case.expect("a case").path();
            if case.extension().is_some_and(|ending| ending == "rs") {
                corpus.push(Source(std::fs::read_to_string(case).expect("a case")));
            }
        }
    }
    let mut texts: Vec<String> = OTHERS.iter().map(ToString::to_string).collect();
    literals(include_str!("tests.rs").parse().expect("Rust"), &mut texts);
    for text in texts {
        if text.starts_with("#[loss") {
            corpus.push(Source(text));
        } else if syn::parse_str::<syn::Expr>(&text).is_ok_and(|body| !matches!(body, syn::Expr::Path(_))) {
            corpus.push(Source(format!(
                "#[loss]
                fn f(x: Matrix<N, D>, k: Matrix<D, D>, t: Vector<N>, #[param] w: Vector<D>) -> Scalar {{
                    let used = sum(x) + sum(k) + sum(t) + sum(w);
                    used + sum({text})
                }}"
            )));
        }
    }
    corpus
}

/// The texts that stand in quotes.
fn literals(tokens: TokenStream, texts: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), texts),
            TokenTree::Literal(literal) => {
                texts.extend(syn::parse2::<syn::LitStr>(literal.to_token_stream()).map(|text| text.value()));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// True if `code` is a piece of a spec: an expression, a type, a declaration, a statement, an attribute.
fn is_rust(code: &str) -> bool {
    let code = code.replace("...", "x");
    let statement = code.trim_end_matches(';').to_owned() + ";";
    syn::parse_str::<syn::Expr>(&code).is_ok()
        || syn::parse_str::<syn::Type>(&code).is_ok()
        || syn::parse_str::<syn::FnArg>(&code).is_ok()
        || syn::parse_str::<syn::ReturnType>(&code).is_ok()
        || syn::parse_str::<syn::GenericParam>(&code).is_ok()
        || syn::Block::parse_within.parse_str(&statement).is_ok()
        || syn::Attribute::parse_outer.parse_str(&code).is_ok()
        || syn::parse_str::<syn::Expr>(&format!("x{code}")).is_ok()
}

/// The code that `help` says to write: what follows `write`, `it is` and the like, or a colon.
fn suggested(help: &str) -> Vec<&str> {
    const BEFORE: [&str; 6] = ["write", "did you mean", "the function", "is", "example", ":"];
    let pieces: Vec<&str> = help.split('`').collect();
    let is_suggested = |pair: &&[&str]| BEFORE.iter().any(|word| pair[0].trim_end().ends_with(word));
    pieces.windows(2).step_by(2).filter(is_suggested).map(|pair| pair[1]).collect()
}

/// The words in `code` that are names of values.
fn names(code: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut tokens = code.into_iter().peekable();
    let mut after_dot = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Group(group) => found.extend(names(group.stream())),
            TokenTree::Ident(name) if !after_dot && !matches!(tokens.peek(), Some(TokenTree::Group(_))) => {
                found.insert(name.to_string());
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '.');
    }
    found
}

/// Stretches of neighbouring tokens that contain `at`, the shortest first.
fn around(tokens: TokenStream, at: &std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for tree in &trees {
        if let TokenTree::Group(group) = tree {
            let range = group.span().byte_range();
            if range.start <= at.start && at.end <= range.end {
                found.extend(around(group.stream(), at));
            }
        }
    }
    for (i, first) in trees.iter().enumerate() {
        let start = first.span().byte_range().start;
        for last in trees.iter().skip(i) {
            let end = last.span().byte_range().end;
            if start <= at.start && at.end <= end && end - start < 120 {
                found.push(start..end);
            }
        }
    }
    found.sort_by_key(ExactSizeIterator::len);
    found
}

/// True if the loss has fewer mistakes with `code` in place of something around `at`, and none that it did not have. A
/// name that was misspelt may have hidden another mistake.
fn is_sound_in_place(
    source: &Source,
    loss: usize,
    before: &[Mistake],
    mistake: &Mistake,
    at: &std::ops::Range<usize>,
    code: &str,
) -> bool {
    let is_name = syn::parse_str::<syn::Ident>(code).is_ok();
    let is_closed = matches!(syn::parse_str(code), Ok(syn::Expr::Path(_) | syn::Expr::Block(_) | syn::Expr::Lit(_)));
    let code = if is_closed { code.to_owned() } else { format!("({code})") };
    let known: BTreeSet<&str> = before.iter().map(|mistake| mistake.headline.as_str()).collect();
    around(source.0.parse().expect("tokens"), at).into_iter().any(|range| {
        let is_piece = syn::parse_str::<syn::Expr>(&source.0[range.clone()]).is_ok();
        if !is_piece && range != *at {
            return false;
        }
        let after = source.with(&range, &code).mistakes().and_then(|losses| losses.into_iter().nth(loss));
        after.is_some_and(|after| {
            let is_cured = after.iter().all(|left| left.headline != mistake.headline);
            let is_sound = after.iter().all(|left| known.contains(left.headline.as_str()));
            is_cured && is_name || after.len() < before.len() && is_sound
        })
    })
}

#[test]
fn what_is_suggested_is_sound_in_its_place() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for source in corpus() {
        let Some(losses) = source.mistakes() else { continue };
        let words = names(source.0.parse().expect("tokens"));
        for (loss, before) in losses.iter().enumerate() {
            for mistake in before {
                let Some(help) = &mistake.help else { continue };
                let at = mistake.at.first.byte_range().start..mistake.at.last.byte_range().end;
                if at.is_empty() || foreign::is_general(help) {
                    continue;
                }
                let written = source.0.get(at.clone()).unwrap_or_default();
                for code in suggested(help) {
                    let plain = |text: &str| text.split_whitespace().collect::<String>();
                    let is_code = syn::parse_str::<syn::Expr>(code).is_ok();
                    let fault = if !is_rust(code) {
                        "is not Rust"
                    } else if plain(code) == plain(written) {
                        "is what was written"
                    } else if !is_code || !names(code.parse().expect("tokens")).is_subset(&words) {
                        // A declaration, a statement, or an example.
                        continue;
                    } else if !is_sound_in_place(&source, loss, before, mistake, &at, code) {
                        "is wrong in its place"
                    } else {
                        tried += 1;
                        continue;
                    };
                    wrong.push(format!("`{code}` {fault}: `{written}`: {}", mistake.text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(tried > 50, "{tried}");
}
