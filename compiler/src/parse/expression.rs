//! Expressions: names, numbers, `-`, `+ - * /`, parentheses, calls and `.t()`. All other Rust is a mistake.

use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{BinOp, ExprCall, ExprLit, ExprMethodCall, Lit, Token, UnOp};

use crate::base::{Place, Symbol};
use crate::diagnostics::{Mistake, Mistakes, messages};
use crate::syntax::{BinaryOp, Comparison, Expr, ExprKind, Part, text_of};

/// Reads the expressions of one body.
pub(super) struct Reader<'m> {
    pub(super) mistakes: &'m mut Mistakes,
    /// Inside of a loop, indices, ranges and assignments are not reported: they go when the loop goes.
    pub(super) loops: u32,
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
                    self.report(messages::not_in_the_language(not.span.into(), "`!`"));
                    self.unknown_with(expr, &[&unary.expr])
                }
                _ => self.unknown_construct(expr),
            },
            syn::Expr::Reference(reference) => self.without_prefix(reference.and_token.span, "`&`", &reference.expr),
            syn::Expr::Binary(binary) => self.binary(expr, binary),
            syn::Expr::Call(call) => self.call(expr, call),
            syn::Expr::MethodCall(call) => self.method(expr, call),
            _ => self.rust(expr),
        }
    }

    pub(super) fn report(&mut self, mistake: Mistake) {
        self.mistakes.report(mistake);
    }

    pub(super) fn unknown(place: Place) -> Expr {
        Expr { kind: ExprKind::Unknown, place }
    }

    /// Unknown as a whole, but the mistakes inside of `parts` are reported.
    pub(super) fn unknown_with(&mut self, expr: &syn::Expr, parts: &[&syn::Expr]) -> Expr {
        for part in parts {
            self.expression(part);
        }
        Self::unknown(Place::of(expr))
    }

    pub(super) fn unknown_construct(&mut self, expr: &syn::Expr) -> Expr {
        let place = Place::of(expr);
        self.report(messages::not_in_the_language(place, "this"));
        Self::unknown(place)
    }

    /// `&x`, `*x`: read as `x`.
    fn without_prefix(&mut self, prefix: Span, what: &str, operand: &syn::Expr) -> Expr {
        let inner = self.expression(operand);
        if self.loops == 0 {
            self.report(
                messages::not_in_the_language(prefix.into(), what)
                    .because("nothing is copied anyhow")
                    .cure(format!("write `{}`", inner.brief())),
            );
        }
        Expr { place: Place::from(prefix).to(inner.place), ..inner }
    }

    fn name(&mut self, path: &syn::ExprPath) -> Expr {
        let place = Place::of(path);
        let Some(name) = path.path.get_ident().filter(|_| path.qself.is_none()) else {
            let written = text_of(path.to_token_stream());
            self.report(
                messages::not_in_the_language(place, &format!("the path `{written}`"))
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
                if self.loops == 0 {
                    self.report(messages::not_in_the_language(place, &what).because("literals are numbers"));
                }
                return Self::unknown(place);
            }
        };
        if !suffix.is_empty() {
            self.report(messages::number_suffix(place, digits, suffix));
        }
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Expr { kind: ExprKind::Number(value), place },
            _ => {
                self.report(messages::number_too_large(place));
                Self::unknown(place)
            }
        }
    }

    fn binary(&mut self, expr: &syn::Expr, binary: &syn::ExprBinary) -> Expr {
        // Rust reads `a ** 2` as `a * (*2)`.
        if let (BinOp::Mul(_), syn::Expr::Unary(syn::ExprUnary { op: UnOp::Deref(star), expr: exponent, .. })) =
            (&binary.op, &*binary.right)
        {
            let (base, exponent) = (self.expression(&binary.left), self.expression(exponent));
            let at = Place { first: Place::of(&binary.op).first, last: star.span };
            let base = last_factor(&binary.left, &base);
            self.report(messages::not_a_power(at, "**", Some((base, &exponent))));
            return Self::unknown(Place::of(expr));
        }
        let op = match binary.op {
            BinOp::Add(_) => BinaryOp::Add,
            BinOp::Sub(_) => BinaryOp::Sub,
            BinOp::Mul(_) => BinaryOp::Mul,
            BinOp::Div(_) => BinaryOp::Div,
            other => {
                let Some(comparison) = comparison(other) else {
                    self.operator(other);
                    return self.unknown_with(expr, &[&binary.left, &binary.right]);
                };
                BinaryOp::Compare(comparison)
            }
        };
        let (left, right) = (self.expression(&binary.left), self.expression(&binary.right));
        let place = left.place.to(right.place);
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), place }
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
                    let mistake = messages::not_in_the_language(callee.place, "a call of what is not a function");
                    self.report(mistake.cure("a product is written with `*`"));
                }
                return self.unknown_with(expr, &call.args.iter().collect::<Vec<_>>());
            }
        };
        let Some(name) = function.path.get_ident() else {
            let last = function.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            let at = Place::of(function);
            self.report(messages::function_path(at, &text_of(function.to_token_stream()), &last));
            return self.unknown_with(expr, &call.args.iter().collect::<Vec<_>>());
        };
        let arguments = self.arguments(&call.args);
        let function_place = Place::from(name.span());
        let place = Place { first: name.span(), last: close };
        Expr { kind: ExprKind::Call { function: Symbol::new(&name.to_string()), function_place, arguments }, place }
    }

    fn method(&mut self, expr: &syn::Expr, call: &ExprMethodCall) -> Expr {
        if is_module(&call.receiver) {
            let last = call.method.to_string();
            let path = format!("{}.{last}", text_of(call.receiver.to_token_stream()));
            let at = Place::of(&call.receiver).to(call.method.span().into());
            self.report(messages::function_path(at, &path, &last));
            return self.unknown_with(expr, &call.args.iter().collect::<Vec<_>>());
        }
        let receiver = self.expression(&call.receiver);
        if let (true, Some(syn::Expr::Range(range))) = (call.args.len() == 1, call.args.first())
            && (call.method == "rows" || call.method == "columns")
        {
            return self.part(receiver, call, range);
        }
        let arguments = self.arguments(&call.args);
        let place = Place { first: receiver.place.first, last: call.paren_token.span.close() };
        if call.method == "t" && arguments.is_empty() && call.turbofish.is_none() {
            return Expr { kind: ExprKind::Transpose(Box::new(receiver)), place };
        }
        // Iterators and indices in a loop go when the loop goes.
        if self.loops == 0 {
            let at = Place::from(call.method.span());
            self.report(messages::unknown_method(at, &call.method.to_string(), &receiver, &arguments));
        }
        Self::unknown(Place::of(expr))
    }
}

impl Reader<'_> {
    /// `a.rows(2..5)`
    fn part(&mut self, receiver: Expr, call: &ExprMethodCall, range: &syn::ExprRange) -> Expr {
        let place = Place { first: receiver.place.first, last: call.paren_token.span.close() };
        let number = |bound: &Option<Box<syn::Expr>>| match bound.as_deref() {
            Some(syn::Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => number.base10_parse::<u64>().ok(),
            _ => None,
        };
        let half_open = matches!(range.limits, syn::RangeLimits::HalfOpen(_));
        match (number(&range.start), number(&range.end)) {
            (Some(start), Some(end)) if start < end && half_open => {
                let part = Part { of_columns: call.method == "columns", start, end };
                Expr { kind: ExprKind::Part(Box::new(receiver), part), place }
            }
            _ => {
                self.report(messages::part_bounds(Place::of(range), &call.method.to_string()));
                Self::unknown(place)
            }
        }
    }
}

/// `np`, `torch.nn.functional`: where functions stand in other languages.
fn is_module(expr: &syn::Expr) -> bool {
    const MODULES: [&str; 10] = ["np", "numpy", "torch", "F", "nn", "tf", "jax", "jnp", "scipy", "math"];
    match expr {
        syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| MODULES.iter().any(|module| name == module)),
        syn::Expr::Field(field) => is_module(&field.base),
        _ => false,
    }
}

/// `c` of `a * b / -c`: what a power after it would be one of.
fn last_factor<'e>(written: &syn::Expr, read: &'e Expr) -> &'e Expr {
    match (written, &read.kind) {
        (syn::Expr::Binary(binary), ExprKind::Binary(_, _, right)) => last_factor(&binary.right, right),
        (syn::Expr::Unary(unary), ExprKind::Neg(inner)) => last_factor(&unary.expr, inner),
        _ => read,
    }
}

/// The comparison that `op` is, if the language has it.
fn comparison(op: BinOp) -> Option<Comparison> {
    match op {
        BinOp::Gt(_) => Some(Comparison::Greater),
        BinOp::Lt(_) => Some(Comparison::Less),
        BinOp::Ge(_) => Some(Comparison::GreaterEqual),
        BinOp::Le(_) => Some(Comparison::LessEqual),
        BinOp::Eq(_) => Some(Comparison::Equal),
        _ => None,
    }
}
