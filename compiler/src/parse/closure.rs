//! Closures: functions of each element.

use quote::ToTokens;
use syn::{ExprClosure, Local, Pat, ReturnType, Stmt};

use super::body::{plain_names, read_let};
use super::expression::Reader;
use super::types::Dimensions;
use crate::base::{Place, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::syntax::{Closure, Expr, ExprKind, Let};

/// The closure that `expr` is.
pub(super) fn of(expr: &syn::Expr) -> Option<&ExprClosure> {
    match expr {
        syn::Expr::Closure(closure) => Some(closure),
        syn::Expr::Paren(inner) => of(&inner.expr),
        syn::Expr::Group(inner) => of(&inner.expr),
        _ => None,
    }
}

/// `let h = |z| …;`; one for each name if it is no plain name, so that those who call it make no mistake.
pub(super) fn read(
    local: &Local,
    closure: &ExprClosure,
    dimensions: &mut Dimensions,
    mistakes: &mut Mistakes,
) -> Vec<Closure> {
    let before = mistakes.len();
    let pattern = match &local.pat {
        Pat::Type(typed) => {
            let mistake = messages::not_in_the_language(Place::of(&typed.ty), "the type of a closure");
            mistakes.report(mistake.cure("remove it: the closure is applied to each element of its arguments"));
            &*typed.pat
        }
        other => other,
    };
    let names = plain_names(pattern, "a `let`", mistakes);
    modifiers(closure, mistakes);
    let parameters = parameters(closure, mistakes);
    let (mut lets, mut result) = body(&closure.body, dimensions, mistakes);
    if names.len() != 1 {
        lets.clear();
        result.kind = ExprKind::Unknown;
    }
    let is_sound = mistakes.len() == before;
    let one = |(name, name_place)| Closure {
        name,
        name_place,
        parameters: parameters.clone(),
        lets: lets.clone(),
        result: result.clone(),
        is_sound,
    };
    names.into_iter().map(one).collect()
}

/// Reports the words that Rust allows around a closure, and that say nothing here.
fn modifiers(closure: &ExprClosure, mistakes: &mut Mistakes) {
    let words = [
        (closure.lifetimes.as_ref().map(Place::of), "`for<...>`"),
        (closure.constness.as_ref().map(Place::of), "`const`"),
        (closure.asyncness.as_ref().map(Place::of), "`async`"),
        (closure.capture.as_ref().map(Place::of), "`move`"),
    ];
    for (at, what) in words {
        if let Some(at) = at {
            mistakes.report(messages::not_in_the_language(at, what).cure("remove it"));
        }
    }
}

fn parameters(closure: &ExprClosure, mistakes: &mut Mistakes) -> Vec<(Symbol, Place)> {
    let mut parameters: Vec<(Symbol, Place)> = Vec::new();
    for input in &closure.inputs {
        let pattern = match input {
            Pat::Type(typed) => {
                element_type(&typed.ty, mistakes);
                &*typed.pat
            }
            other => other,
        };
        for (name, place) in plain_names(pattern, "an argument of a closure", mistakes) {
            if parameters.iter().any(|(known, _)| *known == name) {
                mistakes.report(messages::duplicate_argument(place, name));
            } else {
                parameters.push((name, place));
            }
        }
    }
    if let ReturnType::Type(_, ty) = &closure.output {
        element_type(ty, mistakes);
    }
    parameters
}

/// The type of an element: `Scalar`, if it is written at all.
fn element_type(ty: &syn::Type, mistakes: &mut Mistakes) {
    let written = super::text_of(ty.to_token_stream());
    if written != "Scalar" && !written.ends_with("::Scalar") {
        mistakes.report(messages::closure_of_matrices(Place::of(ty), &written));
    }
}

/// The value of a closure: an expression, or a block of `let`s with one at the end.
fn body(expr: &syn::Expr, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Vec<Let>, Expr) {
    let syn::Expr::Block(block) = expr else { return (Vec::new(), Reader::new(mistakes).expression(expr)) };
    let unknown = Expr { kind: ExprKind::Unknown, place: Place::of(expr) };
    let Some((Stmt::Expr(result, None), before)) = block.block.stmts.split_last() else {
        return (Vec::new(), Reader::new(mistakes).expression(expr));
    };
    let mut lets = Vec::new();
    for statement in before {
        match statement {
            Stmt::Expr(syn::Expr::Verbatim(nothing), _) if nothing.is_empty() => {}
            Stmt::Local(local) if local.init.as_ref().is_none_or(|init| of(&init.expr).is_none()) => {
                lets.extend(read_let(local, dimensions, mistakes));
            }
            // Reported with its block.
            _ => {
                Reader::new(mistakes).expression(expr);
                return (Vec::new(), unknown);
            }
        }
    }
    let result = Reader::new(mistakes).expression(result);
    (lets, result)
}
