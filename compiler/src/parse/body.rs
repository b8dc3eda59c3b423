//! The body of a loss: `let`s, and the expression at the end.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Block, Ident, Local, Pat, Stmt};

use super::expression::Reader;
use super::keyword;
use super::types::{self, Dimensions};
use super::{closure, loops};
use crate::base::{Place, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::syntax::{Expr, ExprKind, Let, Statement, text_of};

/// Attributes in the body: none of them would have an effect.
pub(super) fn attributes_inside(tokens: TokenStream, mistakes: &mut Mistakes) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            (TokenTree::Group(group), _) => attributes_inside(group.stream(), mistakes),
            (TokenTree::Punct(mark), Some(TokenTree::Group(group))) if mark.as_char() == '#' => {
                let is_doc = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
                if !is_doc {
                    let at = Place { first: mark.span(), last: group.span_close() };
                    mistakes.report(messages::not_in_the_language(at, "an attribute inside of a loss"));
                }
            }
            _ => {}
        }
    }
}

/// The statements before the result, and the expression at the end.
pub(super) fn body(block: &Block, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Vec<Statement>, Expr) {
    let mut statements = Vec::new();
    let mut result = None;
    let mut last_is_mistake = false;
    let count = block.stmts.len();
    for (i, statement) in block.stmts.iter().enumerate() {
        let before = mistakes.len();
        match statement {
            // A `;` on its own.
            Stmt::Expr(syn::Expr::Verbatim(nothing), _) if nothing.is_empty() => continue,
            Stmt::Local(local) => statements.extend(local_statement(local, dimensions, mistakes)),
            Stmt::Expr(expr, _) if loops::is_statement(expr) => {
                statements.extend(loops::statement(expr, dimensions, mistakes));
            }
            Stmt::Expr(expr, None) if i + 1 == count => result = Some(Reader::new(mistakes).expression(expr)),
            Stmt::Expr(expr, semicolon) => {
                let value = Reader::new(mistakes).expression(expr);
                let is_last = i + 1 == count;
                if is_last && mistakes.len() == before {
                    let place = semicolon.map_or(value.place, |semicolon| Place::from(semicolon.span));
                    mistakes.report(messages::no_result(place, Some(&value)));
                } else if mistakes.len() == before {
                    mistakes.report(messages::statement_without_effect(value.place, &value));
                }
            }
            Stmt::Item(_) | Stmt::Macro(_) => item(statement, mistakes),
        }
        last_is_mistake = mistakes.len() != before && !matches!(statement, Stmt::Local(_));
    }
    let brace = block.brace_token.span;
    let whole = Place { first: brace.open(), last: brace.close() };
    if result.is_none() && !last_is_mistake {
        mistakes.report(messages::no_result(whole, None));
    }
    (statements, result.unwrap_or(Expr { kind: ExprKind::Unknown, place: whole }))
}

/// An item or a macro call inside of a body.
pub(super) fn item(statement: &Stmt, mistakes: &mut Mistakes) {
    match statement {
        Stmt::Item(item) => {
            let (word, at) = keyword(item);
            mistakes.report(messages::not_in_the_language(at, &format!("`{word}` inside of a loss")));
        }
        Stmt::Macro(call) => {
            let name = text_of(call.mac.path.to_token_stream());
            mistakes.report(messages::not_in_the_language(Place::of(call), &format!("the macro `{name}!`")));
        }
        Stmt::Local(_) | Stmt::Expr(..) => {}
    }
}

/// A `let`: of a value, or of a closure.
pub(super) fn local_statement(local: &Local, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<Statement> {
    if let Some(closure) = local.init.as_ref().and_then(|init| closure::of(&init.expr)) {
        return closure::read(local, closure, dimensions, mistakes).into_iter().map(Statement::Closure).collect();
    }
    read_let(local, dimensions, mistakes).into_iter().map(Statement::Let).collect()
}

pub(super) fn read_let(local: &Local, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<Let> {
    let (pattern, declared) = match &local.pat {
        Pat::Type(typed) => {
            let shape = types::shape(&typed.ty, dimensions, mistakes);
            (&*typed.pat, Some((shape, Place::of(&typed.ty))))
        }
        other => (other, None),
    };
    let mut pattern = pattern.clone();
    let mutable = match &mut pattern {
        Pat::Ident(name) => name.mutability.take().map(|word| Place::from(word.span)),
        _ => None,
    };
    let names = plain_names(&pattern, "a `let`", mistakes);
    let mut value = Expr { kind: ExprKind::Unknown, place: Place::of(local) };
    match &local.init {
        None => mistakes.report(messages::let_without_value(Place::of(local))),
        Some(init) => {
            value = Reader::new(mistakes).expression(&init.expr);
            if let Some((word, _)) = &init.diverge {
                mistakes.report(messages::not_in_the_language(word.span.into(), "`else`"));
            }
        }
    }
    if names.len() != 1 {
        value.kind = ExprKind::Unknown;
    }
    let one = |(name, name_place)| Let { name, name_place, mutable, declared, value: value.clone() };
    names.into_iter().map(one).collect()
}

/// The name in a pattern that is nothing but a name. Of other patterns, all names: what uses them is no mistake.
pub(super) fn plain_names(pattern: &Pat, what: &str, mistakes: &mut Mistakes) -> Vec<(Symbol, Place)> {
    let Pat::Ident(pattern) = pattern else {
        mistakes.report(messages::not_a_plain_name(Place::of(pattern), what));
        let mut names = Vec::new();
        words(pattern.to_token_stream(), &mut names);
        return names;
    };
    if let Some(mutability) = pattern.mutability {
        let mistake = messages::not_in_the_language(mutability.span.into(), "`mut`");
        mistakes.report(mistake.because("every name has one value"));
    }
    if let Some(by_ref) = pattern.by_ref {
        mistakes.report(messages::not_in_the_language(by_ref.span.into(), "`ref`").because("nothing is copied anyhow"));
    }
    if let Some((at, inner)) = &pattern.subpat {
        mistakes.report(messages::not_in_the_language(Place::from(at.span).to(Place::of(inner)), "`@`"));
    }
    let text = pattern.ident.to_string();
    let is_plain = pattern.ident.unraw() == text && !text.starts_with('_');
    if !is_plain {
        mistakes.report(messages::plain_name(pattern.ident.span().into(), &text));
    }
    vec![(Symbol::new(&text), pattern.ident.span().into())]
}

/// All words in `tokens` that could be names.
fn words(tokens: TokenStream, names: &mut Vec<(Symbol, Place)>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) if syn::parse_str::<Ident>(&word.to_string()).is_ok() => {
                names.push((Symbol::new(&word.to_string()), word.span().into()));
            }
            TokenTree::Group(group) => words(group.stream(), names),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
