//! Loops over layers, assignments, and indices of arrays.

use quote::ToTokens;
use syn::{BinOp, ExprForLoop, Lit, Pat, RangeLimits, Stmt};

use super::body::{item, local_statement, plain_names};
use super::expression::Reader;
use super::types::Dimensions;
use crate::base::{Place, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::syntax::{Assign, BinaryOp, Expr, ExprKind, For, Index, IndexValue, Over, Statement, text_of};

/// True if `expr` is a statement: an assignment to a name, or a loop.
pub(super) fn is_statement(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::ForLoop(_) => true,
        syn::Expr::Assign(it) => target(&it.left).is_some(),
        syn::Expr::Binary(it) => combines(it.op).is_some() && target(&it.left).is_some(),
        _ => false,
    }
}

/// The statement that `expr` is; none after a mistake.
pub(super) fn statement(expr: &syn::Expr, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Option<Statement> {
    match expr {
        syn::Expr::ForLoop(it) => a_loop(expr, it, dimensions, mistakes).map(Statement::For),
        syn::Expr::Assign(it) => {
            let (name, name_place) = target(&it.left)?;
            let value = Reader::new(mistakes).expression(&it.right);
            Some(Statement::Assign(Assign { name, name_place, value }))
        }
        syn::Expr::Binary(it) => {
            let ((name, name_place), op) = (target(&it.left)?, combines(it.op)?);
            let right = Reader::new(mistakes).expression(&it.right);
            let left = Expr::name(name, name_place);
            let kind = ExprKind::Binary(op, Box::new(left), Box::new(right));
            Some(Statement::Assign(Assign { name, name_place, value: Expr { kind, place: Place::of(expr) } }))
        }
        _ => None,
    }
}

fn target(expr: &syn::Expr) -> Option<(Symbol, Place)> {
    match expr {
        syn::Expr::Path(path) if path.qself.is_none() => {
            path.path.get_ident().map(|name| (Symbol::new(&name.to_string()), name.span().into()))
        }
        syn::Expr::Group(inner) => target(&inner.expr),
        _ => None,
    }
}

/// `+` of `+=`.
fn combines(op: BinOp) -> Option<BinaryOp> {
    match op {
        BinOp::AddAssign(_) => Some(BinaryOp::Add),
        BinOp::SubAssign(_) => Some(BinaryOp::Sub),
        BinOp::MulAssign(_) => Some(BinaryOp::Mul),
        BinOp::DivAssign(_) => Some(BinaryOp::Div),
        _ => None,
    }
}

fn a_loop(expr: &syn::Expr, it: &ExprForLoop, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Option<For> {
    let Some(over) = over(&it.expr) else {
        Reader::new(mistakes).loop_over(expr, it);
        return None;
    };
    if let Some(label) = &it.label {
        mistakes.report(messages::not_in_the_language(Place::of(label), "the label of a loop").cure("remove it"));
    }
    let names = match &*it.pat {
        Pat::Wild(_) => Vec::new(),
        pattern => plain_names(pattern, "the variable of a loop", mistakes),
    };
    let place = Place::from(it.for_token.span).to(Place::of(&it.expr));
    if matches!(over, Over::Numbers(first, end) if first >= end) {
        mistakes.report(messages::empty_loop(place));
    }
    let before = mistakes.len();
    let mut body = Vec::new();
    for statement in &it.body.stmts {
        match statement {
            Stmt::Expr(syn::Expr::Verbatim(nothing), _) if nothing.is_empty() => {}
            Stmt::Local(local) => body.extend(local_statement(local, dimensions, mistakes)),
            Stmt::Expr(expr, _) if is_statement(expr) => body.extend(self::statement(expr, dimensions, mistakes)),
            Stmt::Expr(expr, _) => {
                let before = mistakes.len();
                let value = Reader::new(mistakes).expression(expr);
                if mistakes.len() == before {
                    mistakes.report(messages::statement_without_effect(value.place, &value));
                }
            }
            Stmt::Item(_) | Stmt::Macro(_) => item(statement, mistakes),
        }
    }
    if mistakes.len() == before && body.iter().all(|statement| statement.assigns().is_empty()) {
        mistakes.report(messages::loop_without_effect(place));
    }
    Some(For { variable: names.first().copied(), over, body, place })
}

/// The range or the array that a loop runs over; `None` if that is not known here.
fn over(expr: &syn::Expr) -> Option<Over> {
    match expr {
        syn::Expr::Group(inner) => over(&inner.expr),
        syn::Expr::Paren(inner) => over(&inner.expr),
        syn::Expr::Path(_) => target(expr).map(|(name, place)| Over::Array(name, place)),
        syn::Expr::Range(range) => {
            let first = range.start.as_deref().map_or(Some(0), whole_number)?;
            let end = range.end.as_deref()?;
            if let (Some((end, less)), RangeLimits::HalfOpen(_)) = (size(end), range.limits) {
                let first = u64::try_from(first).ok()?;
                return Some(Over::Steps { first, end, less, place: Place::of(expr) });
            }
            let last = whole_number(end)?;
            match range.limits {
                RangeLimits::HalfOpen(_) => Some(Over::Numbers(first, last)),
                RangeLimits::Closed(_) => Some(Over::Numbers(first, last.checked_add(1)?)),
            }
        }
        _ => None,
    }
}

/// `T`, `T - 1`: a name of a size, as names of sizes are written, less a number.
fn size(expr: &syn::Expr) -> Option<(Symbol, u64)> {
    match expr {
        syn::Expr::Group(inner) => size(&inner.expr),
        syn::Expr::Paren(inner) => size(&inner.expr),
        syn::Expr::Path(_) => {
            let (name, _) = target(expr)?;
            name.as_str().starts_with(char::is_uppercase).then_some((name, 0))
        }
        syn::Expr::Binary(it) if matches!(it.op, BinOp::Sub(_)) => {
            let (name, less) = size(&it.left)?;
            Some((name, less.checked_add(u64::try_from(whole_number(&it.right)?).ok()?)?))
        }
        _ => None,
    }
}

fn whole_number(expr: &syn::Expr) -> Option<i64> {
    match expr {
        syn::Expr::Group(inner) => whole_number(&inner.expr),
        syn::Expr::Paren(inner) => whole_number(&inner.expr),
        syn::Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if matches!(number.suffix(), "" | "usize") => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Reads the index that `expr` is in brackets.
pub(super) fn index(expr: &syn::Expr) -> Index {
    Index { value: index_value(expr), text: text_of(expr.to_token_stream()), place: Place::of(expr) }
}

fn index_value(expr: &syn::Expr) -> IndexValue {
    if let Some(number) = whole_number(expr) {
        return IndexValue::Number(number);
    }
    match expr {
        syn::Expr::Group(inner) => index_value(&inner.expr),
        syn::Expr::Paren(inner) => index_value(&inner.expr),
        syn::Expr::Path(_) => target(expr).map_or(IndexValue::Other, |(name, _)| IndexValue::Name(name)),
        syn::Expr::Binary(it) => {
            let op = match it.op {
                BinOp::Add(_) => BinaryOp::Add,
                BinOp::Sub(_) => BinaryOp::Sub,
                BinOp::Mul(_) => BinaryOp::Mul,
                _ => return IndexValue::Other,
            };
            IndexValue::Binary(op, Box::new(index_value(&it.left)), Box::new(index_value(&it.right)))
        }
        syn::Expr::Range(it) => range(it).unwrap_or(IndexValue::Other),
        syn::Expr::Tuple(it) => IndexValue::Several(it.elems.iter().map(index_value).collect()),
        syn::Expr::Array(it) => IndexValue::Several(it.elems.iter().map(index_value).collect()),
        _ => IndexValue::Other,
    }
}

/// `2..5`, with or without bounds; `None` if they are no numbers.
fn range(range: &syn::ExprRange) -> Option<IndexValue> {
    let bound = |bound: Option<&syn::Expr>| match bound {
        Some(bound) => whole_number(bound).and_then(|number| u64::try_from(number).ok()).map(Some),
        None => Some(None),
    };
    let (start, end) = (bound(range.start.as_deref())?, bound(range.end.as_deref())?);
    let end = match range.limits {
        RangeLimits::HalfOpen(_) => end,
        RangeLimits::Closed(_) => Some(end?.checked_add(1)?),
    };
    Some(IndexValue::Range(start, end))
}
