//! Names that would collide in the module of the loss, and dimensions that nothing has.

use proc_macro2::{TokenStream, TokenTree};
use syn::Ident;

use super::types::Dimensions;
use crate::base::{Dim, Place, Role, Symbol};
use crate::diagnostics::{Mistakes, messages};
use crate::syntax::{Argument, Options, Stream, TestedAt};

/// Names of dimensions become fields in lower case, and names of parameters become methods.
pub(super) fn check_names(arguments: &[Argument], dimensions: &Dimensions, options: &Options, mistakes: &mut Mistakes) {
    let mut fields: Vec<(String, Symbol)> = Vec::new();
    for &(name, place) in &dimensions.names {
        let field = name.as_str().to_ascii_lowercase();
        if let Some(argument) = arguments.iter().find(|argument| argument.declared_name() == name) {
            mistakes.report(messages::name_for_two_things(argument.name_place, name, "a dimension", "an argument"));
        }
        if let Some((_, other)) = fields.iter().find(|(known, _)| *known == field) {
            mistakes.report(messages::dimensions_alike(place, *other, name));
        } else if syn::parse_str::<Ident>(&field).is_err() {
            mistakes.report(messages::dimension_is_keyword(place, name, &field));
        }
        fields.push((field, name));
    }
    for &(name, place) in &dimensions.generics {
        if name.as_str() == "T" {
            mistakes.report(messages::name_for_two_things(place, name, "a const generic", "the type of the numbers"));
        }
        if let Some(argument) = arguments.iter().find(|argument| argument.declared_name() == name) {
            mistakes.report(messages::name_for_two_things(argument.name_place, name, "a const generic", "an argument"));
        }
        if !is_used(name, arguments, &dimensions.constants) {
            mistakes.report(messages::unused_generic(place, name));
        }
    }
    for (_, tokens) in &dimensions.constants {
        for (name, place) in values_named(tokens.clone()) {
            if dimensions.names.iter().any(|(known, _)| *known == name) {
                mistakes.report(messages::size_in_braces(place, name));
            }
        }
    }
    for &(name, place) in options.outputs.iter().filter(|(name, _)| messages::is_item(name.as_str())) {
        mistakes.report(messages::output_is_reserved(place, name));
    }
    let all = |role| arguments.iter().filter(move |argument| argument.role == role && argument.is_first());
    check_accessors("Params", &all(Role::Param).collect::<Vec<_>>(), mistakes);
    let wanted = |argument: &&Argument| options.names_data(argument.declared_name());
    check_accessors("DataGradient", &all(Role::Data).filter(wanted).collect::<Vec<_>>(), mistakes);
}

/// Arguments to which a type of the expansion gives access, by methods of their names.
fn check_accessors(of: &str, arguments: &[&Argument], mistakes: &mut Mistakes) {
    for argument in arguments {
        let (name, [_, to_write]) = (argument.declared_name(), argument.accessors());
        if messages::is_reserved(argument) {
            mistakes.report(messages::reserved_name(argument.name_place, name, of));
        }
        if let Some(other) = arguments.iter().find(|other| other.declared_name().as_str() == to_write) {
            mistakes.report(messages::name_of_accessor(other.name_place, name, other.declared_name(), of));
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
    let in_type = |argument: &Argument| argument.dims().any(|dim| dim == Dim::Const(generic));
    arguments.iter().any(in_type) || constants.iter().any(|(_, tokens)| names(tokens.clone(), generic))
}

/// The names in `tokens` that stand for values: parts of paths, fields and methods do not.
fn values_named(tokens: TokenStream) -> Vec<(Symbol, Place)> {
    let mut names = Vec::new();
    let mut is_member = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(name) => {
                let is_path = matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
                if !is_member && !is_path {
                    names.push((Symbol::new(&name.to_string()), name.span().into()));
                }
            }
            TokenTree::Group(group) => names.extend(values_named(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        is_member = matches!(&token, TokenTree::Punct(mark) if [':', '.'].contains(&mark.as_char()));
    }
    names
}

/// The stream axis is a dimension of an argument.
pub(super) fn check_stream(options: &Options, place: Option<Place>, arguments: &[Argument], mistakes: &mut Mistakes) {
    let (Stream::Along(name), Some(place)) = (options.stream, place) else {
        return;
    };
    let dims: Vec<Dim> = arguments.iter().flat_map(|a| [a.shape.rows, a.shape.columns]).collect();
    if dims.contains(&Dim::Unknown) || dims.contains(&Dim::Named(name)) || dims.contains(&Dim::Const(name)) {
        return;
    }
    mistakes.report(messages::unknown_stream(place, name, &dimensions(arguments)));
}

/// Reports sizes in `test(…)` of other things than dimensions, and ranges of other things than arguments that are numbers.
pub(super) fn check_test(options: &Options, arguments: &[Argument], mistakes: &mut Mistakes) {
    for &(name, at, place) in &options.tested_at {
        let known: Vec<Symbol> = match at {
            TestedAt::Size(_) => dimensions(arguments),
            TestedAt::Range(..) => {
                let numbers = arguments.iter().filter(|argument| !argument.is_labels() && argument.is_first());
                numbers.map(Argument::declared_name).collect()
            }
        };
        if !known.contains(&name) {
            mistakes.report(messages::unknown_in_test(place, name, at, &known));
        }
    }
}

/// The named dimensions of the arguments, each once.
fn dimensions(arguments: &[Argument]) -> Vec<Symbol> {
    let mut known: Vec<Symbol> = Vec::new();
    for dim in arguments.iter().flat_map(Argument::dims) {
        if let Dim::Named(name) | Dim::Const(name) = dim
            && !known.contains(&name)
        {
            known.push(name);
        }
    }
    known
}
