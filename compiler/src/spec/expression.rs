//! Expressions: names, numbers, `-`, `+ - * /`, parentheses, calls and `.t()`. All other Rust is a mistake, with
//! a cure where one is likely; what stands inside of it is read all the same, so that its own mistakes show.

use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{BinOp, Block, ExprCall, ExprLit, ExprMethodCall, Lit, Stmt, Token, UnOp};

use super::{BinaryOp, Expr, ExprKind, text};
use crate::mistake::{Mistake, Mistakes};
use crate::mistakes;
use crate::place::Place;
use crate::symbol::Symbol;

/// Reads the expressions of one body.
pub(super) struct Reader<'m> {
    pub(super) mistakes: &'m mut Mistakes,
    /// Inside of a loop, indices, ranges and assignments are not reported: they go when the loop goes.
    loops: u32,
}

impl<'m> Reader<'m> {
    pub(super) fn new(mistakes: &'m mut Mistakes) -> Self {
        Self { mistakes, loops: 0 }
    }

    pub(super) fn expression(&mut self, expr: &syn::Expr) -> Expr {
        match expr {
            syn::Expr::Group(inner) => self.expression(&inner.expr),
            syn::Expr::Paren(inner) => {
                let place = Place { first: inner.paren_token.span.open(), last: inner.paren_token.span.close() };
                Expr { place, ..self.expression(&inner.expr) }
            }
            syn::Expr::Path(path) => self.name(path),
            syn::Expr::Lit(literal) => self.literal(literal),
            syn::Expr::Unary(unary) => match unary.op {
                UnOp::Neg(minus) => {
                    let inner = self.expression(&unary.expr);
                    let place = Place::from(minus.span).to(inner.place);
                    Expr { kind: ExprKind::Neg(Box::new(inner)), place }
                }
                UnOp::Deref(star) => self.without_prefix(star.span, "`*` in front of an operand", &unary.expr),
                UnOp::Not(not) => {
                    self.report(mistakes::not_in_the_language(not.span.into(), "`!`"));
                    self.unknown_with(expr, [&*unary.expr])
                }
                _ => self.unknown_construct(expr),
            },
            syn::Expr::Reference(reference) => {
                self.without_prefix(reference.and_token.span, "`&`", &reference.expr)
            }
            syn::Expr::Binary(binary) => self.binary(expr, binary),
            syn::Expr::Call(call) => self.call(expr, call),
            syn::Expr::MethodCall(call) => self.method(expr, call),
            _ => self.rust(expr),
        }
    }

    fn report(&mut self, mistake: Mistake) {
        self.mistakes.report(mistake);
    }

    fn unknown(place: Place) -> Expr {
        Expr { kind: ExprKind::Unknown, place }
    }

    /// Unknown as a whole, but the mistakes inside of `parts` are reported.
    fn unknown_with<'e>(&mut self, expr: &syn::Expr, parts: impl IntoIterator<Item = &'e syn::Expr>) -> Expr {
        for part in parts {
            self.expression(part);
        }
        Self::unknown(Place::of(expr))
    }

    fn unknown_construct(&mut self, expr: &syn::Expr) -> Expr {
        let place = Place::of(expr);
        self.report(mistakes::not_in_the_language(place, "this"));
        Self::unknown(place)
    }

    /// `&x`, `*x`: read as `x`.
    fn without_prefix(&mut self, prefix: Span, what: &str, operand: &syn::Expr) -> Expr {
        let inner = self.expression(operand);
        if self.loops == 0 {
            self.report(
                mistakes::not_in_the_language(prefix.into(), what)
                    .because("nothing is copied anyhow")
                    .cure(format!("write `{}`", inner.brief())),
            );
        }
        Expr { place: Place::from(prefix).to(inner.place), ..inner }
    }

    fn name(&mut self, path: &syn::ExprPath) -> Expr {
        let place = Place::of(path);
        let Some(name) = path.path.get_ident().filter(|_| path.qself.is_none()) else {
            let written = text::tokens(path.to_token_stream());
            self.report(
                mistakes::not_in_the_language(place, &format!("the path `{written}`"))
                    .cure("pass its value as an argument of type `Scalar`"),
            );
            return Self::unknown(place);
        };
        Expr { kind: ExprKind::Name(Symbol::new(&name.to_string())), place }
    }

    fn literal(&mut self, literal: &ExprLit) -> Expr {
        let place = Place::of(literal);
        let (digits, suffix) = match &literal.lit {
            Lit::Int(number) => (number.base10_digits(), number.suffix()),
            Lit::Float(number) => (number.base10_digits(), number.suffix()),
            other => {
                let written = other.to_token_stream().to_string();
                let what = if written.len() > 20 { "this literal".to_owned() } else { format!("`{written}`") };
                self.report(mistakes::not_in_the_language(place, &what).because("literals are numbers"));
                return Self::unknown(place);
            }
        };
        if !suffix.is_empty() {
            self.report(mistakes::number_suffix(place, digits, suffix));
        }
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Expr { kind: ExprKind::Number(value), place },
            _ => {
                self.report(mistakes::number_too_large(place));
                Self::unknown(place)
            }
        }
    }

    fn binary(&mut self, expr: &syn::Expr, binary: &syn::ExprBinary) -> Expr {
        let op = match binary.op {
            BinOp::Add(_) => BinaryOp::Add,
            BinOp::Sub(_) => BinaryOp::Sub,
            BinOp::Mul(_) => BinaryOp::Mul,
            BinOp::Div(_) => BinaryOp::Div,
            other => {
                self.operator(other);
                return self.unknown_with(expr, [&*binary.left, &*binary.right]);
            }
        };
        let (left, right) = (self.expression(&binary.left), self.expression(&binary.right));
        let place = left.place.to(right.place);
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), place }
    }

    /// An operator that the language lacks.
    fn operator(&mut self, op: BinOp) {
        let at = Place::of(&op);
        let what = format!("`{}`", op.to_token_stream());
        let mistake = match op {
            BinOp::BitXor(_) => mistakes::not_a_power(at),
            BinOp::Eq(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Ne(_) | BinOp::Ge(_) | BinOp::Gt(_) => {
                mistakes::not_in_the_language(at, &what).cure("`step(a - b)` is 1 where `a` is above `b`, and 0 elsewhere")
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
                mistakes::not_in_the_language(at, &what)
                    .because("every name has one value")
                    .cure("give the new value a name of its own, by `let`")
            }
            _ => mistakes::not_in_the_language(at, &what),
        };
        self.report(mistake);
    }

    fn arguments(&mut self, arguments: &Punctuated<syn::Expr, Token![,]>) -> Vec<Expr> {
        arguments.iter().map(|argument| self.expression(argument)).collect()
    }

    fn call(&mut self, expr: &syn::Expr, call: &ExprCall) -> Expr {
        let close = call.paren_token.span.close();
        let function = match &*call.func {
            syn::Expr::Path(path) if path.qself.is_none() => path,
            other => {
                let callee = self.expression(other);
                if !matches!(callee.kind, ExprKind::Unknown) {
                    let mistake = mistakes::not_in_the_language(callee.place, "a call of what is not a function");
                    self.report(mistake.cure("a product is written with `*`"));
                }
                return self.unknown_with(expr, &call.args);
            }
        };
        let Some(name) = function.path.get_ident() else {
            let last = function.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            let at = Place::of(function);
            self.report(mistakes::function_path(at, &text::tokens(function.to_token_stream()), &last));
            return self.unknown_with(expr, &call.args);
        };
        let arguments = self.arguments(&call.args);
        let function_place = Place::from(name.span());
        let place = Place { first: name.span(), last: close };
        Expr { kind: ExprKind::Call { function: Symbol::new(&name.to_string()), function_place, arguments }, place }
    }

    fn method(&mut self, expr: &syn::Expr, call: &ExprMethodCall) -> Expr {
        let receiver = self.expression(&call.receiver);
        let arguments = self.arguments(&call.args);
        let place = Place { first: receiver.place.first, last: call.paren_token.span.close() };
        if call.method == "t" && arguments.is_empty() && call.turbofish.is_none() {
            return Expr { kind: ExprKind::Transpose(Box::new(receiver)), place };
        }
        // Iterators and indices in a loop go when the loop goes.
        if self.loops == 0 {
            let at = Place::from(call.method.span());
            self.report(mistakes::unknown_method(at, &call.method.to_string(), &receiver, &arguments));
        }
        Self::unknown(Place::of(expr))
    }

    /// Rust that is not in the language.
    fn rust(&mut self, expr: &syn::Expr) -> Expr {
        use syn::Expr as E;
        let not = mistakes::not_in_the_language;
        let whole = Place::of(expr);
        match expr {
            E::ForLoop(it) => return self.a_loop(expr, "`for`", &[&it.expr], &it.body),
            E::While(it) => return self.a_loop(expr, "`while`", &[&it.cond], &it.body),
            E::Loop(it) => return self.a_loop(expr, "`loop`", &[], &it.body),
            E::If(it) => {
                self.report(not(whole, "`if`").cure(CHOICE));
                self.block(&it.then_branch);
                return self.unknown_with(expr, it.else_branch.iter().map(|(_, other)| &**other));
            }
            E::Match(_) => self.report(not(whole, "`match`").cure(CHOICE)),
            E::Closure(_) => self.report(mistakes::not_in_the_language_yet(whole, "a closure")),
            E::Index(it) => {
                if self.loops == 0 {
                    let indexed = text::tokens(it.expr.to_token_stream());
                    let what = format!("an index of `{indexed}`");
                    self.report(not(whole, &what).cure("write whole matrices: `sum(...)` is the sum over all elements"));
                }
                return self.unknown_with(expr, [&*it.expr]);
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
                    let cure = "give the new value a name of its own, by `let`";
                    self.report(not(it.eq_token.span.into(), "`=`").because("every name has one value").cure(cure));
                }
                return self.unknown_with(expr, [&*it.right]);
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
                return self.unknown_with(expr, it.expr.as_deref());
            }
            E::Macro(it) => {
                let name = text::tokens(it.mac.path.to_token_stream());
                self.report(not(whole, &format!("the macro `{name}!`")));
            }
            E::Field(it) => {
                let receiver = self.expression(&it.base);
                let member = it.member.to_token_stream().to_string();
                self.report(mistakes::field(whole, &member, &receiver));
            }
            E::Array(_) | E::Repeat(_) => self.report(not(whole, "an array").cure(PASS)),
            E::Tuple(_) => self.report(not(whole, "a tuple").because("every value is a matrix")),
            E::Struct(_) => self.report(not(whole, "a struct").because("every value is a matrix")),
            E::Range(_) if self.loops > 0 => {}
            E::Range(_) => self.report(not(whole, "a range")),
            E::Let(_) => self.report(not(whole, "`let` in a condition")),
            E::Break(_) | E::Continue(_) if self.loops > 0 => {}
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
        let indexed = first_indexed(body.to_token_stream());
        let rows = indexed.map_or_else(|| "all rows".to_owned(), |name| format!("the rows of `{name}`"));
        let cure = format!("write whole matrices: the sum over {rows} is `sum(...)` or `norm_sq(...)`");
        self.report(mistakes::not_in_the_language(place, word).cure(cure));
        self.loops += 1;
        for part in head {
            self.expression(part);
        }
        self.block(body);
        self.loops -= 1;
        Self::unknown(place)
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
                Stmt::Expr(expr, _) => {
                    self.expression(expr);
                }
                Stmt::Item(_) | Stmt::Macro(_) => {}
            }
        }
    }
}

const CHOICE: &str = "choose by arithmetic: `relu(e)` is the larger of `e` and 0, `step(e)` is 1 where `e` is above 0";
const PASS: &str = "pass it as an argument of type `Vector<N>` or `Matrix<N, D>`";

/// The first name with an index: `x` in `x[i] * w`.
fn first_indexed(tokens: proc_macro2::TokenStream) -> Option<String> {
    use proc_macro2::{Delimiter, TokenTree};
    let mut before = None;
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            match before {
                Some(TokenTree::Ident(name)) if group.delimiter() == Delimiter::Bracket => return Some(name.to_string()),
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
