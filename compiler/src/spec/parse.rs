//! From Rust's syntax to a [`Spec`], never stopping at a mistake.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Block, FnArg, GenericParam, Ident, Item, ItemFn, Local, Pat, ReturnType, Safety, Signature, Stmt, Type};

use super::expression::Reader;
use super::types::{self, Dimensions};
use super::{Argument, Expr, ExprKind, Let, Options, Spec, Stream, attributes, nesting, text};
use crate::graph::{Dim, Shape};
use crate::mistake::Mistakes;
use crate::mistakes;
use crate::place::Place;
use crate::symbol::Symbol;

/// The spec that stands in `item`; `None` if there is nothing to go on with.
pub(crate) fn parse(arguments: TokenStream, item: TokenStream, mistakes: &mut Mistakes) -> Option<Spec> {
    for tokens in [&arguments, &item] {
        if let Some(place) = nesting::too_deep(tokens) {
            mistakes.report(mistakes::nested_too_deeply(place));
            return None;
        }
    }
    let (options, stream_place) = attributes::options(arguments, mistakes);
    let function = read_function(item, mistakes)?;
    let mut dimensions = Dimensions::default();
    let generics = generics(&function.sig, &mut dimensions, mistakes);
    modifiers(&function.sig, mistakes);
    let attributes = attributes::of_function(function.attrs, mistakes);
    if function.sig.ident.to_string().starts_with("r#") {
        mistakes.report(mistakes::plain_name(function.sig.ident.span().into(), &function.sig.ident.to_string()));
    }
    let arguments = read_arguments(&function.sig, &mut dimensions, mistakes);
    let returns_scalar = result_type(&function.sig, &mut dimensions, mistakes);
    let before = mistakes.len();
    attributes_inside(function.block.to_token_stream(), mistakes);
    let (lets, result) = body(&function.block, &mut dimensions, mistakes);
    let body_is_sound = mistakes.len() == before;
    check_names(&arguments, &dimensions, mistakes);
    check_stream(&options, stream_place, &arguments, mistakes);
    Some(Spec {
        name: function.sig.ident,
        visibility: function.vis,
        attributes,
        generics,
        const_dims: dimensions.constants,
        options,
        arguments,
        lets,
        result,
        returns_scalar,
        body_is_sound,
    })
}

fn read_function(item: TokenStream, mistakes: &mut Mistakes) -> Option<ItemFn> {
    let error = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => return Some(function),
        Err(error) => error,
    };
    // At the end of the input, syn points at the macro call.
    let at = match error.span() {
        end if end.source_text().is_none() => Place::of(&item),
        inside => inside.into(),
    };
    match syn::parse2::<Item>(item) {
        Ok(other) if !matches!(other, Item::Fn(_) | Item::Verbatim(_)) => {
            let (word, at) = keyword(&other);
            mistakes.report(mistakes::not_a_function(at, &word));
        }
        _ => mistakes.report(mistakes::unreadable(at, &error)),
    }
    None
}

/// The word that an item begins with, after attributes and visibility: `struct`, `impl`, …
fn keyword(item: &Item) -> (String, Place) {
    let words = ["struct", "enum", "mod", "impl", "trait", "const", "static", "type", "use", "union", "extern", "macro_rules"];
    for token in item.to_token_stream() {
        if let TokenTree::Ident(ident) = &token {
            let text = ident.to_string();
            if words.contains(&text.as_str()) {
                return (text, ident.span().into());
            }
        }
    }
    ("macro".to_owned(), Place::of(item))
}

/// The const generics; other generics are mistakes.
fn generics(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<(Symbol, Type)> {
    let mut generics: Vec<(Symbol, Type)> = Vec::new();
    for parameter in &signature.generics.params {
        let at = Place::of(parameter);
        let GenericParam::Const(parameter) = parameter else {
            mistakes.report(mistakes::is_generic(at, &text::tokens(parameter.to_token_stream())));
            continue;
        };
        let name = Symbol::new(&parameter.ident.to_string());
        let is_usize = matches!(&parameter.ty, Type::Path(path) if path.path.is_ident("usize"));
        if !is_usize || parameter.default.is_some() || !parameter.attrs.is_empty() {
            mistakes.report(mistakes::is_generic(at, &text::tokens(parameter.to_token_stream())));
        }
        if generics.iter().all(|(known, _)| *known != name) {
            generics.push((name, parameter.ty.clone()));
            dimensions.generics.push((name, parameter.ident.span().into()));
        }
    }
    if let Some(clause) = &signature.generics.where_clause {
        mistakes.report(mistakes::is_generic(Place::of(clause), "where"));
    }
    generics
}

/// `async`, `unsafe` and the like.
fn modifiers(signature: &Signature, mistakes: &mut Mistakes) {
    let mut report = |span: Option<Span>, word| {
        if let Some(span) = span {
            mistakes.report(mistakes::is_async(span.into(), word));
        }
    };
    report(signature.constness.map(|token| token.span), "const");
    report(signature.asyncness.map(|token| token.span), "async");
    match &signature.safety {
        Safety::Safe(token) => report(Some(token.span), "safe"),
        Safety::Unsafe(token) => report(Some(token.span), "unsafe"),
        Safety::Default => {}
    }
    report(signature.abi.as_ref().map(|abi| abi.extern_token.span), "extern");
    if let Some(variadic) = &signature.variadic {
        mistakes.report(mistakes::not_in_the_language(Place::of(variadic), "`...`"));
    }
}

fn read_arguments(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for input in &signature.inputs {
        let input = match input {
            FnArg::Typed(input) => input,
            FnArg::Receiver(receiver) => {
                mistakes.report(mistakes::has_receiver(Place::of(receiver)));
                continue;
            }
        };
        let role = attributes::of_argument(&input.attrs, mistakes);
        let shape = types::shape(&input.ty, dimensions, mistakes);
        let names = plain_names(&input.pat, "an argument", mistakes);
        let shape = if names.len() == 1 { shape } else { Shape::UNKNOWN };
        for (name, name_place) in names {
            if arguments.iter().any(|known| known.name == name) {
                mistakes.report(mistakes::duplicate_argument(name_place, name));
            } else {
                arguments.push(Argument { name, role, shape, place: Place::of(input), name_place });
            }
        }
    }
    arguments
}

/// The name in a pattern that is nothing but a name. Of other patterns, all names: what uses them is no mistake.
fn plain_names(pattern: &Pat, what: &str, mistakes: &mut Mistakes) -> Vec<(Symbol, Place)> {
    let Pat::Ident(pattern) = pattern else {
        mistakes.report(mistakes::not_a_plain_name(Place::of(pattern), what));
        let mut names = Vec::new();
        words(pattern.to_token_stream(), &mut names);
        return names;
    };
    if let Some(mutability) = pattern.mutability {
        let mistake = mistakes::not_in_the_language(mutability.span.into(), "`mut`");
        mistakes.report(mistake.because("every name has one value"));
    }
    if let Some(by_ref) = pattern.by_ref {
        mistakes.report(mistakes::not_in_the_language(by_ref.span.into(), "`ref`").because("nothing is copied anyhow"));
    }
    if let Some((at, inner)) = &pattern.subpat {
        mistakes.report(mistakes::not_in_the_language(Place::from(at.span).to(Place::of(inner)), "`@`"));
    }
    let text = pattern.ident.to_string();
    let is_plain = text == pattern.ident.unraw().to_string() && !text.starts_with('_');
    if !is_plain {
        mistakes.report(mistakes::plain_name(pattern.ident.span().into(), &text));
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

/// Reports a result that isn't a `Scalar`; whether it is one.
fn result_type(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> bool {
    let ReturnType::Type(_, ty) = &signature.output else {
        let close = signature.paren_token.span.close();
        mistakes.report(mistakes::result_type(Place::of(&signature.ident).to(close.into()), None));
        return false;
    };
    // A type that can't be read is as wrong as one that is no scalar: one message for both.
    let shape = types::shape(ty, dimensions, &mut Mistakes::default());
    let is_scalar = shape.is_scalar() && text::tokens(ty.to_token_stream()).ends_with("Scalar");
    if !is_scalar {
        mistakes.report(mistakes::result_type(Place::of(ty), Some(&text::tokens(ty.to_token_stream()))));
    }
    is_scalar
}

/// Attributes in the body: none of them would have an effect.
fn attributes_inside(tokens: TokenStream, mistakes: &mut Mistakes) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            (TokenTree::Group(group), _) => attributes_inside(group.stream(), mistakes),
            (TokenTree::Punct(mark), Some(TokenTree::Group(group))) if mark.as_char() == '#' => {
                let is_doc = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
                if !is_doc {
                    let at = Place { first: mark.span(), last: group.span_close() };
                    mistakes.report(mistakes::not_in_the_language(at, "an attribute inside of a loss"));
                }
            }
            _ => {}
        }
    }
}

/// The `let`s, and the expression at the end.
fn body(block: &Block, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Vec<Let>, Expr) {
    let mut lets = Vec::new();
    let mut result = None;
    let mut last_is_mistake = false;
    let count = block.stmts.len();
    for (i, statement) in block.stmts.iter().enumerate() {
        let before = mistakes.len();
        match statement {
            // A `;` on its own.
            Stmt::Expr(syn::Expr::Verbatim(nothing), _) if nothing.is_empty() => continue,
            Stmt::Local(local) => lets.extend(read_let(local, dimensions, mistakes)),
            Stmt::Expr(expr, None) if i + 1 == count => result = Some(Reader::new(mistakes).expression(expr)),
            Stmt::Expr(expr, semicolon) => {
                let value = Reader::new(mistakes).expression(expr);
                let is_last = i + 1 == count;
                if is_last && mistakes.len() == before {
                    let place = semicolon.map_or(value.place, |semicolon| Place::from(semicolon.span));
                    mistakes.report(mistakes::no_result(place, Some(&value)));
                } else if mistakes.len() == before {
                    mistakes.report(mistakes::statement_without_effect(value.place, &value));
                }
            }
            Stmt::Item(item) => {
                let (word, at) = keyword(item);
                mistakes.report(mistakes::not_in_the_language(at, &format!("`{word}` inside of a loss")));
            }
            Stmt::Macro(call) => {
                let name = text::tokens(call.mac.path.to_token_stream());
                mistakes.report(mistakes::not_in_the_language(Place::of(call), &format!("the macro `{name}!`")));
            }
        }
        last_is_mistake = mistakes.len() != before && !matches!(statement, Stmt::Local(_));
    }
    let brace = block.brace_token.span;
    let whole = Place { first: brace.open(), last: brace.close() };
    if result.is_none() && !last_is_mistake {
        mistakes.report(mistakes::no_result(whole, None));
    }
    (lets, result.unwrap_or(Expr { kind: ExprKind::Unknown, place: whole }))
}

fn read_let(local: &Local, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<Let> {
    let (pattern, declared) = match &local.pat {
        Pat::Type(typed) => {
            let shape = types::shape(&typed.ty, dimensions, mistakes);
            (&*typed.pat, Some((shape, Place::of(&typed.ty))))
        }
        other => (other, None),
    };
    let names = plain_names(pattern, "a `let`", mistakes);
    let mut value = Expr { kind: ExprKind::Unknown, place: Place::of(local) };
    match &local.init {
        None => mistakes.report(mistakes::let_without_value(Place::of(local))),
        Some(init) => {
            value = Reader::new(mistakes).expression(&init.expr);
            if let Some((word, _)) = &init.diverge {
                mistakes.report(mistakes::not_in_the_language(word.span.into(), "`else`"));
            }
        }
    }
    if names.len() != 1 {
        value.kind = ExprKind::Unknown;
    }
    let one = |(name, name_place)| Let { name, name_place, declared, value: value.clone() };
    names.into_iter().map(one).collect()
}

/// Names of dimensions become fields in lower case, and names of parameters become methods.
fn check_names(arguments: &[Argument], dimensions: &Dimensions, mistakes: &mut Mistakes) {
    let mut fields: Vec<(String, Symbol)> = Vec::new();
    for &(name, place) in &dimensions.names {
        let field = name.as_str().to_ascii_lowercase();
        if let Some(argument) = arguments.iter().find(|argument| argument.name == name) {
            mistakes.report(mistakes::name_for_two_things(argument.name_place, name, "a dimension", "an argument"));
        }
        if let Some((_, other)) = fields.iter().find(|(known, _)| *known == field) {
            mistakes.report(mistakes::dimensions_alike(place, *other, name));
        } else if syn::parse_str::<Ident>(&field).is_err() {
            mistakes.report(mistakes::dimension_is_keyword(place, name, &field));
        }
        fields.push((field, name));
    }
    for &(name, place) in &dimensions.generics {
        if name.as_str() == "T" {
            mistakes.report(mistakes::name_for_two_things(place, name, "a const generic", "the type of the numbers"));
        }
        if let Some(argument) = arguments.iter().find(|argument| argument.name == name) {
            mistakes.report(mistakes::name_for_two_things(argument.name_place, name, "a const generic", "an argument"));
        }
        if !is_used(name, arguments, &dimensions.constants) {
            mistakes.report(mistakes::unused_generic(place, name));
        }
    }
    for argument in arguments.iter().filter(|argument| argument.role == super::Role::Param) {
        let twin = format!("{}_mut", argument.name);
        if mistakes::RESERVED.contains(&argument.name.as_str()) || mistakes::RESERVED.contains(&twin.as_str()) {
            mistakes.report(mistakes::reserved_name(argument.name_place, argument.name));
        }
        let is_param = |other: &&Argument| other.role == super::Role::Param && other.name.as_str() == twin;
        if let Some(other) = arguments.iter().find(is_param) {
            mistakes.report(mistakes::name_of_accessor(other.name_place, argument.name, other.name));
        }
    }
}

fn is_used(generic: Symbol, arguments: &[Argument], constants: &[(Symbol, TokenStream)]) -> bool {
    fn names(tokens: TokenStream, generic: Symbol) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(name) => name == generic.as_str(),
            TokenTree::Group(group) => names(group.stream(), generic),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    let in_shape = |argument: &Argument| [argument.shape.rows, argument.shape.columns].contains(&Dim::Const(generic));
    arguments.iter().any(in_shape) || constants.iter().any(|(_, tokens)| names(tokens.clone(), generic))
}

/// The stream axis is a dimension of an argument.
fn check_stream(options: &Options, place: Option<Place>, arguments: &[Argument], mistakes: &mut Mistakes) {
    let (Stream::Along(name), Some(place)) = (options.stream, place) else { return };
    let dims: Vec<Dim> = arguments.iter().flat_map(|a| [a.shape.rows, a.shape.columns]).collect();
    if dims.contains(&Dim::Unknown) || dims.contains(&Dim::Named(name)) || dims.contains(&Dim::Const(name)) {
        return;
    }
    let mut known: Vec<Symbol> = Vec::new();
    for dim in dims {
        if let Dim::Named(name) = dim
            && !known.contains(&name)
        {
            known.push(name);
        }
    }
    mistakes.report(mistakes::unknown_stream(place, name, &known));
}
