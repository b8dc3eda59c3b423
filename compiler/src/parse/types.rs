//! Types and dimensions: `Matrix<N, 784>` to a [`Shape`].

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, GenericArgument, Lit, PathArguments, Stmt, Type};

use crate::base::{ArgumentKind, Dim, Place, Shape, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::syntax::text_of;

/// Names and constants that the dimensions of a spec refer to.
#[derive(Default)]
pub(super) struct Dimensions {
    /// The const generics of the function.
    pub(super) generics: Vec<(Symbol, Place)>,
    /// The tokens of each dimension in braces, by the text that its [`Dim::Const`] holds.
    pub(super) constants: Vec<(Symbol, TokenStream)>,
    /// The names, where they stand first.
    pub(super) names: Vec<(Symbol, Place)>,
}

impl Dimensions {
    fn is_generic(&self, name: Symbol) -> bool {
        self.generics.iter().any(|(known, _)| *known == name)
    }
}

/// The shape that `ty` says; unknown, or unknown in part, after a mistake.
pub(super) fn shape(ty: &Type, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Shape {
    match argument(ty, dimensions, mistakes) {
        (shape, ArgumentKind::Numbers) => shape,
        (_, ArgumentKind::Labels { .. }) => unknown_type(ty, mistakes).0,
    }
}

/// The most elements that an array may have: each is an argument, and a loop over them is written out.
const LONGEST: usize = 4096;

/// The type of the elements and their number, if `ty` is an array; the number is `None` after a mistake.
pub(super) fn array<'t>(ty: &'t Type, mistakes: &mut Mistakes) -> Option<(&'t Type, Option<usize>)> {
    let array = match ty {
        Type::Group(inner) => return array(&inner.elem, mistakes),
        Type::Paren(inner) => return array(&inner.elem, mistakes),
        Type::Array(array) => array,
        _ => return None,
    };
    let length = match &array.len {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(length) if matches!(length.suffix(), "" | "usize") => length.base10_parse::<usize>().ok(),
            _ => None,
        },
        _ => None,
    };
    let at = Place::of(&array.len);
    match length {
        Some(1..=LONGEST) => {}
        Some(0) => mistakes.report(messages::empty_array(at)),
        Some(_) => mistakes.report(messages::long_array(at, LONGEST)),
        None => mistakes.report(messages::array_length(at, &text_of(array.len.to_token_stream()))),
    }
    Some((&array.elem, length.filter(|length| (1..=LONGEST).contains(length))))
}

/// The shape and the kind of an argument of type `ty`.
pub(super) fn argument(ty: &Type, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> (Shape, ArgumentKind) {
    let path = match ty {
        Type::Group(inner) => return argument(&inner.elem, dimensions, mistakes),
        Type::Paren(inner) => return argument(&inner.elem, dimensions, mistakes),
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return unknown_type(ty, mistakes),
    };
    let Some(last) = path.segments.last() else {
        return unknown_type(ty, mistakes);
    };
    let arguments: Vec<&GenericArgument> = match &last.arguments {
        PathArguments::None => Vec::new(),
        PathArguments::AngleBracketed(bracketed) => bracketed.args.iter().collect(),
        PathArguments::Parenthesized(_) => return unknown_type(ty, mistakes),
    };
    let name = last.ident.to_string();
    let wanted = match name.as_str() {
        "Option" => return optional(ty, &arguments, dimensions, mistakes),
        "Matrix" | "Labels" => 2,
        "Vector" | "RowVector" => 1,
        "Scalar" => 0,
        _ => return unknown_type(ty, mistakes),
    };
    if arguments.len() != wanted {
        mistakes.report(messages::too_few_dimensions(Place::of(ty), &name, arguments.len()));
    }
    let mut dims = arguments.into_iter().map(|argument| dim(argument, dimensions, mistakes));
    let mut next = || dims.next().unwrap_or(Dim::Unknown);
    let mut kind = ArgumentKind::Numbers;
    let shape = match name.as_str() {
        "Matrix" => Shape::new(next(), next()),
        "Vector" => Shape::new(next(), Dim::ONE),
        "RowVector" => Shape::new(Dim::ONE, next()),
        "Labels" => {
            let rows = next();
            kind = ArgumentKind::Labels { classes: next(), may_miss: false };
            Shape::new(rows, Dim::ONE)
        }
        _ => Shape::SCALAR,
    };
    // Dimensions in excess are read as well: their own mistakes show.
    dims.for_each(drop);
    (shape, kind)
}

/// `Option<Labels<N, C>>`.
fn optional(
    ty: &Type,
    arguments: &[&GenericArgument],
    dimensions: &mut Dimensions,
    mistakes: &mut Mistakes,
) -> (Shape, ArgumentKind) {
    // Of other types, there is nothing to say but that they are not labels.
    let mut own = Mistakes::default();
    let inner = match arguments {
        [GenericArgument::Type(inner)] => Some(argument(inner, dimensions, &mut own)),
        _ => None,
    };
    if let Some((shape, ArgumentKind::Labels { classes, may_miss: false })) = inner {
        mistakes.extend(own.into_iter());
        return (shape, ArgumentKind::Labels { classes, may_miss: true });
    }
    let of_numbers = own.is_empty() && inner.is_some_and(|(_, kind)| kind == ArgumentKind::Numbers);
    mistakes.report(messages::only_labels_may_be_missing(Place::of(ty), ty, of_numbers));
    (Shape::UNKNOWN, ArgumentKind::Numbers)
}

fn unknown_type(ty: &Type, mistakes: &mut Mistakes) -> (Shape, ArgumentKind) {
    mistakes.report(messages::not_a_matrix_type(Place::of(ty), ty));
    (Shape::UNKNOWN, ArgumentKind::Numbers)
}

fn dim(argument: &GenericArgument, dimensions: &mut Dimensions, mistakes: &mut Mistakes) -> Dim {
    let at = Place::of(argument);
    let read = match argument {
        GenericArgument::Type(ty) => named(ty, at, dimensions),
        GenericArgument::Const(expr) => constant(expr, dimensions),
        _ => None,
    };
    read.unwrap_or_else(|| {
        let found = text_of(argument.to_token_stream());
        mistakes.report(messages::lower_case_dimension(at, &found));
        Dim::Unknown
    })
}

/// `N`: a const generic, or a size known at run time.
fn named(ty: &Type, at: Place, dimensions: &mut Dimensions) -> Option<Dim> {
    let path = match ty {
        Type::Group(inner) => return named(&inner.elem, at, dimensions),
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return None,
    };
    let ident = path.get_ident()?;
    let text = ident.to_string();
    let name = Symbol::new(&text);
    if dimensions.is_generic(name) {
        return Some(Dim::Const(name));
    }
    if !text.starts_with(|first: char| first.is_ascii_uppercase()) || text == "Self" {
        return None;
    }
    if !dimensions.names.iter().any(|(known, _)| *known == name) {
        dimensions.names.push((name, at));
    }
    Some(Dim::Named(name))
}

/// `784`, `{ 784 }`, `{ K }`, `{ 2 * K + 1 }`.
fn constant(expr: &Expr, dimensions: &mut Dimensions) -> Option<Dim> {
    match expr {
        Expr::Group(inner) => constant(&inner.expr, dimensions),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(size) if matches!(size.suffix(), "" | "usize") => size.base10_parse().ok().map(Dim::Size),
            _ => None,
        },
        Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => {
            let tokens = match block.block.stmts.as_slice() {
                [] => return None,
                [Stmt::Expr(Expr::Lit(literal), None)] => return constant(&Expr::Lit(literal.clone()), dimensions),
                [Stmt::Expr(inner, None)] => inner.to_token_stream(),
                _ => expr.to_token_stream(),
            };
            if let Some(generic) = single_name(&tokens).filter(|name| dimensions.is_generic(*name)) {
                return Some(Dim::Const(generic));
            }
            let text = Symbol::new(&text_of(expr.to_token_stream()));
            if !dimensions.constants.iter().any(|(known, _)| *known == text) {
                dimensions.constants.push((text, tokens));
            }
            Some(Dim::Const(text))
        }
        _ => None,
    }
}

fn single_name(tokens: &TokenStream) -> Option<Symbol> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), None) => Some(Symbol::new(&name.to_string())),
        _ => None,
    }
}
