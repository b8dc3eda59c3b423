//! Rust that is not in the language: a mistake with a cure where one is likely. What stands inside of it is read all
//! the same, so that its own mistakes show.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{BinOp, Block, Stmt};

use super::expression::Reader;
use super::loops;
use crate::base::Place;
use crate::diagnostics::messages;
use crate::syntax::{Expr, ExprKind, text_of};

impl Reader<'_> {
    /// An operator that the language lacks.
    pub(super) fn operator(&mut self, op: BinOp) {
        let at = Place::of(&op);
        let what = format!("`{}`", op.to_token_stream());
        let mistake = match op {
            BinOp::BitXor(_) => messages::not_a_power(at, "^", None),
            BinOp::Ne(_) => {
                messages::not_in_the_language(at, &what).cure("`1 - (a == b)` is 1 where they differ, and 0 elsewhere")
            }
            BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_) => {
                if self.loops > 0 {
                    return;
                }
                messages::not_in_the_language(at, &what)
                    .because("only a name is assigned to, by a statement of its own")
            }
            _ => messages::not_in_the_language(at, &what),
        };
        self.report(mistake);
    }

    /// Rust that is not in the language.
    pub(super) fn rust(&mut self, expr: &syn::Expr) -> Expr {
        use syn::Expr as E;
        let not = messages::not_in_the_language;
        let whole = Place::of(expr);
        match expr {
            E::ForLoop(it) => return self.a_loop(expr, "`for` inside of an expression", &[&it.expr], &it.body),
            E::While(it) => return self.a_loop(expr, "`while`", &[&it.cond], &it.body),
            E::Loop(it) => return self.a_loop(expr, "`loop`", &[], &it.body),
            E::If(it) => {
                let cure = selection(it).unwrap_or_else(|| CHOICE.to_owned());
                self.report(not(whole, "`if`").cure(cure));
                self.branches(it);
            }
            E::Match(_) => self.report(not(whole, "`match`").cure(CHOICE)),
            E::Closure(it) => {
                self.report(messages::closure_without_name(whole));
                return self.unknown_with(expr, &[&it.body]);
            }
            E::Index(it) => {
                if self.loops > 0 {
                    return self.unknown_with(expr, &[&it.expr]);
                }
                let array = self.expression(&it.expr);
                let place = array.place.to(whole);
                return Expr { kind: ExprKind::Index(Box::new(array), loops::index(&it.index)), place };
            }
            E::Block(it) => {
                self.report(not(whole, "a block").cure("give its value a name, by `let`"));
                self.block(&it.block);
            }
            E::Unsafe(it) => {
                self.report(not(it.unsafe_token.span.into(), "`unsafe`"));
                self.block(&it.block);
            }
            E::Assign(it) => {
                if self.loops == 0 {
                    let why = "only a name is assigned to, by a statement of its own";
                    self.report(not(it.eq_token.span.into(), "this `=`").because(why));
                }
                return self.unknown_with(expr, &[&it.right]);
            }
            E::Cast(it) => {
                let inner = self.expression(&it.expr);
                let mistake = not(it.as_token.span.into(), "`as`").because("all numbers are of one type");
                self.report(mistake.cure(format!("write `{}`", inner.brief())));
                return inner;
            }
            E::Try(it) => {
                self.report(not(it.question_token.span.into(), "`?`").because("nothing in it fails"));
                return self.expression(&it.expr);
            }
            E::Return(it) => {
                let cure = "end the loss with the expression itself, without `return` and without `;`";
                self.report(not(it.return_token.span.into(), "`return`").cure(cure));
                return self.unknown_with(expr, it.expr.as_deref().as_slice());
            }
            E::Macro(it) => {
                let name = text_of(it.mac.path.to_token_stream());
                self.report(not(whole, &format!("the macro `{name}!`")));
            }
            E::Field(it) => {
                let receiver = self.expression(&it.base);
                let member = it.member.to_token_stream().to_string();
                self.report(messages::field(whole, &member, &receiver));
            }
            E::Array(_) | E::Repeat(_) => self.report(not(whole, "an array").cure(PASS)),
            E::Tuple(_) => self.report(not(whole, "a tuple").because("every value is a matrix")),
            E::Struct(_) => self.report(not(whole, "a struct").because("every value is a matrix")),
            E::Range(_) | E::Break(_) | E::Continue(_) if self.loops > 0 => {}
            E::Range(_) => self.report(not(whole, "a range")),
            E::Let(_) => self.report(not(whole, "`let` in a condition")),
            E::Break(_) => self.report(not(whole, "`break`")),
            E::Continue(_) => self.report(not(whole, "`continue`")),
            E::Infer(_) => self.report(not(whole, "`_`").because("every value is written out")),
            E::Async(_) => self.report(not(whole, "`async`")),
            E::Await(_) => self.report(not(whole, "`.await`")),
            E::Const(_) => self.report(not(whole, "`const`")),
            E::RawAddr(_) => self.report(not(whole, "`&raw`")),
            E::TryBlock(_) => self.report(not(whole, "`try`")),
            E::Yield(_) => self.report(not(whole, "`yield`")),
            _ => return self.unknown_construct(expr),
        }
        Self::unknown(whole)
    }

    fn a_loop(&mut self, expr: &syn::Expr, word: &str, head: &[&syn::Expr], body: &Block) -> Expr {
        let place = Place::of(expr);
        let rows = rows_indexed(body);
        let cure = format!("write whole matrices: the sum over {rows} is `sum(...)` or `norm_sq(...)`");
        self.report(messages::not_in_the_language(place, word).cure(cure));
        self.inside_of_loop(head, body);
        Self::unknown(place)
    }

    /// A loop over what is neither written out nor an array.
    pub(super) fn loop_over(&mut self, expr: &syn::Expr, it: &syn::ExprForLoop) {
        let found = text_of(it.expr.to_token_stream());
        self.report(messages::loop_bounds(Place::of(expr), &found, &rows_indexed(&it.body)));
        self.inside_of_loop(&[&it.expr], &it.body);
    }

    fn inside_of_loop(&mut self, head: &[&syn::Expr], body: &Block) {
        self.loops += 1;
        for part in head {
            self.expression(part);
        }
        self.block(body);
        self.loops -= 1;
    }

    /// The branches of a choice that has been reported, with its `else if`s.
    fn branches(&mut self, choice: &syn::ExprIf) {
        self.block(&choice.then_branch);
        match choice.else_branch.as_ref().map(|(_, other)| &**other) {
            Some(syn::Expr::If(other)) => self.branches(other),
            Some(syn::Expr::Block(other)) => self.block(&other.block),
            _ => {}
        }
    }

    /// The statements of a block that is not in the language, for the mistakes inside of it.
    fn block(&mut self, block: &Block) {
        for statement in &block.stmts {
            match statement {
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        self.expression(&init.expr);
                    }
                }
                Stmt::Expr(syn::Expr::Verbatim(nothing), _) if nothing.is_empty() => {}
                Stmt::Expr(expr, _) => {
                    self.expression(expr);
                }
                Stmt::Item(_) | Stmt::Macro(_) => {}
            }
        }
    }
}

const CHOICE: &str = "a choice for each element is `select(c, a, b)`: `a` where `c` is above 0, `b` elsewhere";
const PASS: &str = "pass it as an argument of type `Vector<N>` or `Matrix<N, D>`";

/// A choice for each element in place of `choice`, if that is one between two expressions by a comparison.
fn selection(choice: &syn::ExprIf) -> Option<String> {
    let only = |block: &Block| match block.stmts.as_slice() {
        [Stmt::Expr(value, None)] => Some(text_of(value.to_token_stream())),
        _ => None,
    };
    let syn::Expr::Binary(syn::ExprBinary { left, op, right, .. }) = &*choice.cond else { return None };
    let compares = matches!(op, BinOp::Gt(_) | BinOp::Lt(_) | BinOp::Ge(_) | BinOp::Le(_) | BinOp::Eq(_));
    let (_, otherwise) = choice.else_branch.as_ref()?;
    let syn::Expr::Block(otherwise) = &**otherwise else { return None };
    let (a, b) = (only(&choice.then_branch)?, only(&otherwise.block)?);
    let [left, op, right] = [left.to_token_stream(), op.to_token_stream(), right.to_token_stream()].map(text_of);
    compares.then(|| format!("a choice for each element is `select({left} {op} {right}, {a}, {b})`"))
}

/// The rows that a loop with this body most likely runs over, in words.
fn rows_indexed(body: &Block) -> String {
    let indexed = first_indexed(body.to_token_stream());
    indexed.map_or_else(|| "all rows".to_owned(), |name| format!("the rows of `{name}`"))
}

/// The first name with an index: `x` in `x[i] * w`.
fn first_indexed(tokens: TokenStream) -> Option<String> {
    let mut before = None;
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            match before {
                Some(TokenTree::Ident(name)) if group.delimiter() == Delimiter::Bracket => {
                    return Some(name.to_string());
                }
                _ => {}
            }
            if let Some(found) = first_indexed(group.stream()) {
                return Some(found);
            }
        }
        before = Some(token);
    }
    None
}
