//! Expressions and tokens as compact text, for messages: always ASCII punctuation, one line, few parentheses.
//!
//! A macro and a test get equal text, which `TokenStream::to_string` does not promise.

use std::fmt::{self, Write};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{BinaryOp, Comparison, Expr, ExprKind};

/// Longer expressions are shortened where they stand inside of a sentence.
const SENTENCE: usize = 40;

/// How tightly the outermost operator binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Comparison,
    Sum,
    Product,
    Sign,
    Call,
}

impl BinaryOp {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Compare(Comparison::Greater) => ">",
            Self::Compare(Comparison::Less) => "<",
            Self::Compare(Comparison::GreaterEqual) => ">=",
            Self::Compare(Comparison::LessEqual) => "<=",
            Self::Compare(Comparison::Equal) => "==",
        }
    }

    fn binds(self) -> Binds {
        match self {
            Self::Add | Self::Sub => Binds::Sum,
            Self::Mul | Self::Div => Binds::Product,
            Self::Compare(_) => Binds::Comparison,
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(self, Calls::Written))
    }
}

impl Expr {
    /// For a sentence: what is long has its arguments, and then its operands, left out.
    pub(crate) fn brief(&self) -> String {
        let written = self.to_string();
        if written.len() <= SENTENCE {
            return written;
        }
        let elided = text(self, Calls::Elided);
        if elided.len() <= SENTENCE { elided } else { outermost(self) }
    }
}

/// Ways to show calls: with their arguments written out, or elided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Calls {
    Written,
    Elided,
}

fn binds(expr: &Expr) -> Binds {
    match &expr.kind {
        ExprKind::Neg(_) => Binds::Sign,
        ExprKind::Binary(op, ..) => op.binds(),
        ExprKind::Number(value) if value.is_sign_negative() => Binds::Sign,
        ExprKind::Name(_)
        | ExprKind::Number(_)
        | ExprKind::Index(..)
        | ExprKind::Transpose(_)
        | ExprKind::Part(..)
        | ExprKind::Call { .. }
        | ExprKind::Unknown => Binds::Call,
    }
}

fn text(expr: &Expr, calls: Calls) -> String {
    match &expr.kind {
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Number(value) => number(*value),
        ExprKind::Neg(inner) => format!("-{}", parenthesised(inner, Binds::Sign, calls)),
        ExprKind::Binary(op, left, right) => {
            // a < b < c is not Rust's.
            let least = if op.binds() == Binds::Comparison { Binds::Sum } else { op.binds() };
            let left = parenthesised(left, least, calls);
            // a - (b - c), a * (b * c): what stands on the right binds tighter, or is in parentheses.
            let tighter = match op.binds() {
                Binds::Comparison => Binds::Sum,
                Binds::Sum => Binds::Product,
                _ => Binds::Sign,
            };
            format!("{left} {} {}", op.symbol(), parenthesised(right, tighter, calls))
        }
        ExprKind::Transpose(inner) => format!("{}.t()", parenthesised(inner, Binds::Call, calls)),
        ExprKind::Part(inner, part) => format!("{}{part}", parenthesised(inner, Binds::Call, calls)),
        ExprKind::Call { function, .. } if calls == Calls::Elided => format!("{function}(...)"),
        ExprKind::Call { function, arguments, .. } => {
            let arguments: Vec<_> = arguments.iter().map(|argument| text(argument, calls)).collect();
            format!("{function}({})", arguments.join(", "))
        }
        ExprKind::Index(array, index) => format!("{}[{}]", parenthesised(array, Binds::Call, calls), index.text),
        ExprKind::Unknown => "...".to_owned(),
    }
}

fn parenthesised(expr: &Expr, at_least: Binds, calls: Calls) -> String {
    let inner = text(expr, calls);
    if binds(expr) < at_least { format!("({inner})") } else { inner }
}

/// Only the outermost operation.
fn outermost(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Neg(_) => "-(...)".to_owned(),
        ExprKind::Binary(op, ..) => format!("... {} ...", op.symbol()),
        ExprKind::Transpose(_) => "(...).t()".to_owned(),
        ExprKind::Part(_, part) => format!("(...){part}"),
        ExprKind::Call { function, .. } => format!("{function}(...)"),
        ExprKind::Index(..) => "...[...]".to_owned(),
        ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Unknown => text(expr, Calls::Elided),
    }
}

/// `2`, `0.5`, `1e-300`.
#[expect(clippy::float_cmp, reason = "whether the number is whole")]
fn number(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 { format!("{value}") } else { format!("{value:?}") }
}

/// Tokens as a person would write them: `&[f64]`, `consts::K`, `2 * K + 1`.
pub(crate) fn tokens(stream: TokenStream) -> String {
    let mut text = String::new();
    write_tokens(&mut text, stream);
    text
}

/// The token before: what decides about a space.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Word,
    /// An operator with an operand on its left: it gets a space after it.
    Infix,
    /// Anything that its successor stands close to: `&`, `::`, `.`, `<`.
    Close,
    Comma,
}

fn write_tokens(text: &mut String, stream: TokenStream) {
    let mut before = Before::Nothing;
    let mut joint = false;
    for token in stream {
        let after_comma = before == Before::Comma || before == Before::Infix;
        match token {
            TokenTree::Group(group) => {
                let spaced = group.delimiter() == Delimiter::Brace && before == Before::Word;
                if after_comma || spaced {
                    text.push(' ');
                }
                write_group(text, group.delimiter(), group.stream());
                (before, joint) = (Before::Word, false);
            }
            TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                let is_path = mark == ':' && (joint || punct.spacing() == proc_macro2::Spacing::Joint);
                let close = is_path || matches!(mark, '.' | '<' | '>' | '\'' | '?' | '#' | '!' | '@' | '$');
                let next = match mark {
                    ',' | ';' => Before::Comma,
                    ':' if !is_path => Before::Comma,
                    _ if close => Before::Close,
                    _ if before == Before::Word || (joint && before == Before::Infix) => Before::Infix,
                    _ => Before::Close,
                };
                let continues = joint && before != Before::Word;
                if !continues && ((next == Before::Infix && before == Before::Word) || after_comma) {
                    text.push(' ');
                }
                text.push(mark);
                joint = punct.spacing() == proc_macro2::Spacing::Joint;
                before = if continues && before == Before::Infix { Before::Infix } else { next };
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                if before == Before::Word || after_comma {
                    text.push(' ');
                }
                // Writing to a String does not fail.
                let _ = write!(text, "{token}");
                (before, joint) = (Before::Word, false);
            }
        }
    }
}

fn write_group(text: &mut String, delimiter: Delimiter, stream: TokenStream) {
    let (open, close) = match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace if stream.is_empty() => ("{", "}"),
        Delimiter::Brace => ("{ ", " }"),
        Delimiter::None => ("", ""),
    };
    text.push_str(open);
    write_tokens(text, stream);
    text.push_str(close);
}

#[cfg(test)]
mod tests {
    use super::tokens;
    use crate::base::{Place, Symbol};
    use crate::syntax::{BinaryOp, Comparison, Expr};

    #[test]
    fn comparisons_bind_less_than_sums() {
        let at = Place::call_site();
        let [a, b] = ["a", "b"].map(|name| Expr::name(Symbol::new(name), at));
        let is_less = Expr::binary(BinaryOp::Compare(Comparison::Less), &a, &Expr::binary(BinaryOp::Add, &a, &b));
        assert_eq!(is_less.to_string(), "a < a + b");
        assert_eq!(Expr::binary(BinaryOp::Mul, &is_less, &b).to_string(), "(a < a + b) * b");
        let twice = Expr::binary(BinaryOp::Compare(Comparison::GreaterEqual), &is_less, &is_less);
        assert_eq!(twice.to_string(), "(a < a + b) >= (a < a + b)");
    }

    #[test]
    fn tokens_are_written_as_a_person_would() {
        for text in [
            "&[f64]",
            "consts::K",
            "{ 2 * K + 1 }",
            "{ WIDTH - 1 }",
            "&'a mut Vec<Matrix<N, D>>",
            "T: Copy",
            "const K: u32",
            "f(a, b)",
            "Fn(usize) -> f64",
            "-1",
            "{ f(-1) }",
            "{ a << 2 }",
            "ndarray::Array2<f64>",
            "<T as Trait>::Out",
            "[f64; 3]",
        ] {
            let parsed = text.parse().expect("tokens");
            let expected = text.replace(" << ", "<<");
            assert_eq!(tokens(parsed), expected);
        }
    }
}
