//! From Rust's syntax to a [`Spec`], never stopping at a mistake.

mod attributes;
mod body;
mod closure;
mod collisions;
mod depth;
mod expression;
mod loops;
mod types;
mod unsupported;

use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, Item, ItemFn, ReturnType, Safety, Signature, Type, WhereClause};

use crate::base::{Place, Role, Shape, Symbol};
use crate::diagnostics::{Mistake, Mistakes, messages};
use crate::syntax::{Argument, Element, Function, Options, Spec, text_of};
use types::Dimensions;

pub(crate) use attributes::wanted_functions;
pub(crate) use depth::too_deep;

/// The spec that stands in `item`; `None` if there is nothing to go on with.
pub(crate) fn parse(arguments: TokenStream, item: TokenStream, mistakes: &mut Mistakes) -> Option<Spec> {
    parse_with(arguments, item, Vec::new(), mistakes)
}

/// Like [`parse`], with the definitions of the functions that `with(…)` names, in its order.
pub(crate) fn parse_with(
    arguments: TokenStream,
    item: TokenStream,
    definitions: Vec<TokenStream>,
    mistakes: &mut Mistakes,
) -> Option<Spec> {
    for tokens in [&arguments, &item] {
        if let Some(place) = too_deep(tokens) {
            mistakes.report(messages::nested_too_deeply(place));
            return None;
        }
    }
    let (options, stream_place) = attributes::options(arguments, mistakes);
    let function = read_function(item, mistakes)?;
    let mut definitions = definitions.into_iter();
    let functions = options.with.iter().map(|&(name, name_place)| {
        let mut elsewhere = Mistakes::default();
        let read = definitions.next().and_then(|tokens| definition(tokens, &mut elsewhere));
        let definition = read.filter(|_| elsewhere.is_empty()).map(Rc::new);
        Function { name, name_place, definition }
    });
    let functions = functions.collect();
    let spec = read(function, options, mistakes, result_type);
    collisions::check_stream(&spec.options, stream_place, &spec.arguments, mistakes);
    collisions::check_test(&spec.options, &spec.arguments, mistakes);
    Some(Spec { functions, ..spec })
}

/// A function that losses may call; `None` if there is nothing to go on with.
pub(crate) fn definition(item: TokenStream, mistakes: &mut Mistakes) -> Option<Spec> {
    let mut own = Mistakes::default();
    let spec = match too_deep(&item) {
        Some(place) => {
            own.report(messages::nested_too_deeply(place));
            None
        }
        None => read_function(item, &mut own).map(|mut function| {
            let generics = std::mem::take(&mut function.sig.generics);
            let parameters = generics.params.iter().map(Place::of);
            for place in parameters.chain(generics.where_clause.as_ref().map(place_of_clause)) {
                own.report(messages::generic_function(place));
            }
            for attribute in function.sig.inputs.iter().flat_map(attributes_of) {
                if attribute.path().is_ident("param") {
                    own.report(messages::param_in_function(Place::of(attribute)));
                }
            }
            for input in &function.sig.inputs {
                if let FnArg::Typed(input) = input
                    && types::array(&input.ty, &mut Mistakes::default()).is_some()
                {
                    own.report(messages::array_in_function(Place::of(&input.ty)));
                }
            }
            read(function, Options::default(), &mut own, any_result_type)
        }),
    };
    mistakes.extend(own.into_iter().map(Mistake::in_function));
    spec
}

fn attributes_of(input: &FnArg) -> &[syn::Attribute] {
    match input {
        FnArg::Typed(input) => &input.attrs,
        FnArg::Receiver(receiver) => &receiver.attrs,
    }
}

/// How the type of the result is read: its shape, and whether it is what is wanted.
type ReadResult = fn(&Signature, &mut Dimensions, &mut Mistakes) -> (Shape, bool);

fn read(function: ItemFn, options: Options, mistakes: &mut Mistakes, read_result: ReadResult) -> Spec {
    let mut dimensions = Dimensions::default();
    let generics = generics(&function.sig, &mut dimensions, mistakes);
    modifiers(&function.sig, mistakes);
    let attributes = attributes::of_function(function.attrs, mistakes);
    if function.sig.ident.to_string().starts_with("r#") {
        mistakes.report(messages::plain_name(function.sig.ident.span().into(), &function.sig.ident.to_string()));
    }
    let arguments = read_arguments(&function.sig, &mut dimensions, mistakes);
    let (returns, returns_scalar) = read_result(&function.sig, &mut dimensions, mistakes);
    let before = mistakes.len();
    body::attributes_inside(function.block.to_token_stream(), mistakes);
    let (statements, result) = body::body(&function.block, &mut dimensions, mistakes);
    let body_is_sound = mistakes.len() == before;
    collisions::check_names(&arguments, &dimensions, &options, mistakes);
    let has_receiver = function.sig.receiver().is_some();
    Spec {
        name: function.sig.ident,
        visibility: function.vis,
        attributes,
        generics,
        const_dims: dimensions.constants,
        options,
        arguments,
        statements,
        result,
        returns_scalar,
        returns,
        functions: Vec::new(),
        has_receiver,
        body_is_sound,
    }
}

fn read_function(item: TokenStream, mistakes: &mut Mistakes) -> Option<ItemFn> {
    let error = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => return Some(function),
        Err(error) => error,
    };
    if let Ok(function) = syn::parse2(bracketed(item.clone())) {
        return Some(function);
    }
    // At the end of the input, syn points at the macro call.
    let at = match error.span() {
        end if end.source_text().is_none() => Place::of(&item),
        inside => inside.into(),
    };
    match syn::parse2::<Item>(item) {
        Ok(other) if !matches!(other, Item::Fn(_) | Item::Verbatim(_)) => {
            let (word, at) = keyword(&other);
            mistakes.report(messages::not_a_function(at, &word));
        }
        _ => mistakes.report(messages::unreadable(at, &error)),
    }
    None
}

/// `w[0, 1]` as `w[(0, 1)]`, which is Rust, so that the body is read and the index reported as one.
fn bracketed(tokens: TokenStream) -> TokenStream {
    let mut is_indexed = false;
    let one = |token| {
        let TokenTree::Group(group) = token else {
            is_indexed = matches!(&token, TokenTree::Ident(_));
            return token;
        };
        let is_list = |token: TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
        let (delimiter, stream) = (group.delimiter(), bracketed(group.stream()));
        let is_index = is_indexed && delimiter == Delimiter::Bracket && stream.clone().into_iter().any(is_list);
        is_indexed = delimiter != Delimiter::Brace;
        let stream = if is_index {
            let mut inner = Group::new(Delimiter::Parenthesis, stream);
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        } else {
            stream
        };
        let mut read = Group::new(delimiter, stream);
        read.set_span(group.span());
        TokenTree::Group(read)
    };
    tokens.into_iter().map(one).collect()
}

/// The word that an item begins with, after attributes and visibility: `struct`, `impl`, …
pub(super) fn keyword(item: &Item) -> (String, Place) {
    let words = [
        "fn",
        "struct",
        "enum",
        "mod",
        "impl",
        "trait",
        "const",
        "static",
        "type",
        "use",
        "union",
        "extern",
        "macro_rules",
    ];
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
            mistakes.report(messages::is_generic(at, &text_of(parameter.to_token_stream())));
            continue;
        };
        let name = Symbol::new(&parameter.ident.to_string());
        let is_usize = matches!(&parameter.ty, Type::Path(path) if path.path.is_ident("usize"));
        if !is_usize || parameter.default.is_some() || !parameter.attrs.is_empty() {
            mistakes.report(messages::is_generic(at, &text_of(parameter.to_token_stream())));
        }
        if generics.iter().all(|(known, _)| *known != name) {
            generics.push((name, parameter.ty.clone()));
            dimensions.generics.push((name, parameter.ident.span().into()));
        }
    }
    if let Some(clause) = &signature.generics.where_clause {
        mistakes.report(messages::is_generic(place_of_clause(clause), "where"));
    }
    generics
}

/// Where a `where` stands. A clause of nothing prints as nothing.
fn place_of_clause(clause: &WhereClause) -> Place {
    if clause.predicates.is_empty() { Place::of(&clause.where_token) } else { Place::of(clause) }
}

/// `async`, `unsafe` and the like.
fn modifiers(signature: &Signature, mistakes: &mut Mistakes) {
    let mut report = |span: Option<Span>, word| {
        if let Some(span) = span {
            mistakes.report(messages::is_async(span.into(), word));
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
        mistakes.report(messages::not_in_the_language(Place::of(variadic), "`...`"));
    }
}

fn read_arguments(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for input in &signature.inputs {
        let input = match input {
            FnArg::Typed(input) => input,
            FnArg::Receiver(receiver) => {
                mistakes.report(messages::has_receiver(Place::of(receiver)));
                continue;
            }
        };
        let role = attributes::of_argument(&input.attrs, mistakes);
        let array = types::array(&input.ty, mistakes);
        let (element, length) = array.map_or((&*input.ty, None), |(element, length)| (element, Some(length)));
        let (shape, kind) = types::argument(element, dimensions, mistakes);
        if role == Role::Param
            && kind.classes().is_some()
            && input.attrs.iter().any(|attribute| attribute.path().is_ident("param"))
        {
            mistakes.report(messages::labels_are_data(Place::of(input)));
        }
        let names = body::plain_names(&input.pat, "an argument", mistakes);
        let shape = if names.len() == 1 { shape } else { Shape::UNKNOWN };
        for (name, name_place) in names {
            if arguments.iter().any(|known| known.declared_name() == name) {
                mistakes.report(messages::duplicate_argument(name_place, name));
                continue;
            }
            let place = Place::of(input);
            let Some(length) = length else {
                arguments.push(Argument { name, role, shape, kind, element: None, place, name_place });
                continue;
            };
            // Of an array whose length is a mistake, any element stands for all.
            let shape = if length.is_some() { shape } else { Shape::UNKNOWN };
            let length = length.unwrap_or(1);
            for index in 0..length {
                // The user's names do not begin with `_`.
                let own = Symbol::new(&format!("_{name}_{index}"));
                let element = Some(Element { array: name, index, length });
                arguments.push(Argument { name: own, role, shape, kind, element, place, name_place });
            }
        }
    }
    arguments
}

/// Reports a result that isn't a `Scalar`; whether it is one.
fn result_type(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Shape, bool) {
    let ReturnType::Type(_, ty) = &signature.output else {
        let close = signature.paren_token.span.close();
        mistakes.report(messages::result_type(Place::of(&signature.ident).to(close.into()), None));
        return (Shape::UNKNOWN, false);
    };
    // A type that can't be read is as wrong as one that is no scalar: one message for both.
    let shape = types::shape(ty, dimensions, &mut Mistakes::default());
    let is_scalar = shape.is_scalar() && text_of(ty.to_token_stream()).ends_with("Scalar");
    if !is_scalar {
        mistakes.report(messages::result_type(Place::of(ty), Some(&text_of(ty.to_token_stream()))));
    }
    (shape, is_scalar)
}

/// The shape of the result of a function.
fn any_result_type(signature: &Signature, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Shape, bool) {
    let ReturnType::Type(_, ty) = &signature.output else {
        let close = signature.paren_token.span.close();
        mistakes.report(messages::function_without_result(Place::of(&signature.ident).to(close.into())));
        return (Shape::UNKNOWN, false);
    };
    let shape = types::shape(ty, dimensions, mistakes);
    (shape, shape.is_scalar())
}
