//! Attributes: the options of `#[loss(…)]`, the attributes of the function and of its arguments.

use proc_macro2::{Group, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprRange, ExprUnary, Ident, Lit, LitInt, Path, RangeLimits, Token, UnOp};

use super::depth;
use crate::base::{Place, Role, Symbol};
use crate::diagnostics::{Mistake, Mistakes, messages};
use crate::requests::{self, Choice, Takes};
use crate::syntax::{Asked, Options, Stream, TestedAt, text_of};

/// `name = value` or `name(list)`, with anything as the value or list.
struct OptionTokens {
    name: Ident,
    value: Option<TokenStream>,
    list: Option<Group>,
}

impl Parse for OptionTokens {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = Ident::parse_any(input)?;
        if input.peek(syn::token::Paren) {
            return Ok(Self { name, value: None, list: Some(input.parse()?) });
        }
        if !input.peek(Token![=]) {
            return Ok(Self { name, value: None, list: None });
        }
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(Self { name, value: Some(value), list: None })
    }
}

/// The options in `#[loss(…)]`, and where `stream` names its dimension.
pub(super) fn options(arguments: TokenStream, mistakes: &mut Mistakes) -> (Options, Option<Place>) {
    let mut options = Options::default();
    let mut stream_place = None;
    let mut seen: Vec<String> = Vec::new();
    let parsed = match Punctuated::<OptionTokens, Token![,]>::parse_terminated.parse2(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            mistakes.report(messages::unreadable(error.span().into(), &error));
            return (options, None);
        }
    };
    for option in parsed {
        let (name, at) = (option.name.to_string(), Place::from(option.name.span()));
        if seen.contains(&name) {
            mistakes.report(messages::option_twice(at, &name));
            continue;
        }
        let value = option.value.unwrap_or_default();
        let at_value = if value.is_empty() { at } else { Place::of(&value) };
        let at_value = option.list.as_ref().map_or(at_value, Place::of);
        match name.as_str() {
            "with" => match option.list.as_ref().and_then(paths) {
                Some(paths) => options.with = named(&paths, mistakes),
                None => mistakes.report(messages::option_value(at_value, &name, "a list of functions", "with(swish)")),
            },
            "outputs" => match option.list.as_ref().and_then(idents) {
                Some(names) => options.outputs = once(names, messages::output_twice, mistakes),
                None => mistakes.report(messages::option_value(
                    at_value,
                    &name,
                    "a list of names that `let`s give",
                    "outputs(scores)",
                )),
            },
            "crate" => match syn::parse2::<Path>(value) {
                Ok(path) if path.segments.iter().all(|segment| segment.arguments.is_none()) => {
                    options.krate = seen_from_inside(path);
                }
                _ => mistakes.report(messages::option_value(
                    at_value,
                    &name,
                    "the path of a crate",
                    "crate = ::frobenius",
                )),
            },
            "stream" => match syn::parse2::<Ident>(value) {
                Ok(dim) if dim == "none" => options.stream = Stream::Nothing,
                Ok(dim) => {
                    options.stream = Stream::Along(Symbol::new(&dim.to_string()));
                    stream_place = Some(at_value);
                }
                Err(_) => {
                    mistakes.report(messages::option_value(at_value, &name, "a dimension, or `none`", "stream = N"));
                }
            },
            "test" if option.list.is_some() => match option.list.as_ref().and_then(tested_at) {
                Some(tested_at) => (options.test, options.tested_at) = (true, tested_at),
                None => mistakes.report(messages::option_value(
                    at_value,
                    &name,
                    "a word by itself, or a list of sizes and of ranges of elements",
                    "test(N = 40, x = 0.5..2.0)",
                )),
            },
            "test" | "bench" if value.is_empty() && option.list.is_none() => {
                let wanted = if name == "test" { &mut options.test } else { &mut options.bench };
                *wanted = true;
            }
            "test" | "bench" => mistakes.report(messages::option_value(at_value, &name, WORD, &name)),
            _ => {
                if let Some(choice) = requests::option(&name) {
                    options.asked.extend(asked(choice, &value, option.list.as_ref(), at_value, mistakes));
                } else {
                    let mut known: Vec<_> = OPTIONS.into_iter().chain(requests::words()).collect();
                    known.sort_unstable();
                    mistakes.report(messages::unknown_option(at, &name, &known));
                }
            }
        }
        seen.push(name);
    }
    (options, stream_place)
}

/// Options that ask for no derivative.
const OPTIONS: [&str; 6] = ["bench", "crate", "outputs", "stream", "test", "with"];

/// An option that takes nothing, in a message.
const WORD: &str = "a word by itself";

/// The derivative that an option asks for, unless what follows its word is not what it takes.
fn asked(
    choice: &'static Choice,
    value: &TokenStream,
    list: Option<&Group>,
    at_value: Place,
    mistakes: &mut Mistakes,
) -> Option<Asked> {
    let (names, wanted, example) = match choice.takes {
        Takes::Nothing => ((value.is_empty() && list.is_none()).then(Vec::new), WORD, choice.word),
        Takes::Name { wanted, example } => {
            let name = syn::parse2::<Ident>(value.clone()).ok().filter(|_| list.is_none());
            (name.map(|name| vec![(Symbol::new(&name.to_string()), at_value)]), wanted, example)
        }
        Takes::Data { example } => (list.and_then(idents), "a list of data arguments", example),
    };
    let Some(names) = names else {
        mistakes.report(messages::option_value(at_value, choice.word, wanted, example));
        return None;
    };
    let of_data = matches!(choice.takes, Takes::Data { .. });
    Some(Asked { option: choice.word, names, of_data, place: at_value })
}

/// Sizes and ranges that `test(…)` lists; `None` if it lists nothing, or a size of 0, or a range that is empty.
fn tested_at(list: &Group) -> Option<Vec<(Symbol, TestedAt, Place)>> {
    let named = Punctuated::<OptionTokens, Token![,]>::parse_terminated.parse2(list.stream()).ok()?;
    let read = |named: OptionTokens| {
        let (name, place) = (Symbol::new(&named.name.to_string()), Place::from(named.name.span()));
        let value = named.value?;
        if let Ok(size) = syn::parse2::<LitInt>(value.clone()) {
            let size = size.base10_parse().ok().filter(|&size| size > 0)?;
            return Some((name, TestedAt::Size(size), place));
        }
        let ExprRange { start, limits: RangeLimits::HalfOpen(_), end, .. } = syn::parse2(value).ok()? else {
            return None;
        };
        let (low, high) = (number(&*start?)?, number(&*end?)?);
        (low < high).then_some((name, TestedAt::Range(low, high), place))
    };
    let read: Vec<_> = named.into_iter().map(read).collect::<Option<_>>()?;
    (!read.is_empty()).then_some(read)
}

/// The number that `expression` is, with or without a sign.
fn number(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|x| -x),
        _ => None,
    }
}

/// The paths that `with(…)` lists; `None` if it lists nothing, or anything that is no path.
fn paths(list: &Group) -> Option<Vec<Path>> {
    let paths = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.stream()).ok()?;
    let is_plain = |path: &Path| path.segments.iter().all(|segment| segment.arguments.is_none());
    (!paths.is_empty() && paths.iter().all(is_plain)).then(|| paths.into_iter().collect())
}

/// The names that a list has; `None` if it lists nothing, or anything that is no name.
fn idents(list: &Group) -> Option<Vec<(Symbol, Place)>> {
    let one = |path: &Path| Some((Symbol::new(&path.get_ident()?.to_string()), Place::of(path)));
    paths(list)?.iter().map(one).collect()
}

/// The functions at `paths`, by the names that the loss calls them by.
fn named(paths: &[Path], mistakes: &mut Mistakes) -> Vec<(Symbol, Place)> {
    let last = |path: &Path| Some((Symbol::new(&path.segments.last()?.ident.to_string()), Place::of(path)));
    once(paths.iter().filter_map(last).collect(), messages::function_twice, mistakes)
}

/// `names`, where `twice` is reported of one that has been there.
fn once(
    names: Vec<(Symbol, Place)>,
    twice: fn(Place, Symbol) -> Mistake,
    mistakes: &mut Mistakes,
) -> Vec<(Symbol, Place)> {
    for (i, &(name, place)) in names.iter().enumerate() {
        if names[..i].iter().any(|(known, _)| *known == name) {
            mistakes.report(twice(place, name));
        }
    }
    names
}

/// The functions that the options ask for, and the path of the runtime; `None` if they ask for none, or for what is
/// reported when the options are read.
pub(crate) fn wanted_functions(arguments: TokenStream) -> Option<(Path, Vec<Path>)> {
    if depth::too_deep(&arguments).is_some() {
        return None;
    }
    let parsed = Punctuated::<OptionTokens, Token![,]>::parse_terminated.parse2(arguments).ok()?;
    let mut krate = Options::default().krate;
    let mut wanted = None;
    for option in parsed {
        if option.name == "with" && wanted.is_none() {
            wanted = Some(option.list.as_ref().and_then(paths)?);
        } else if option.name == "crate" {
            krate = syn::parse2(option.value?).ok()?;
        }
    }
    Some((krate, wanted?))
}

/// The path as it is written in the module of the loss, one level down.
fn seen_from_inside(mut path: Path) -> Path {
    let outside = Ident::new("super", proc_macro2::Span::call_site());
    match path.segments.first_mut() {
        Some(first) if path.leading_colon.is_none() && first.ident == "self" => first.ident = outside,
        Some(first) if path.leading_colon.is_none() && first.ident == "super" => {
            path.segments.insert(0, outside.into());
        }
        _ => {}
    }
    path
}

impl Default for Options {
    fn default() -> Self {
        let frobenius = Ident::new("frobenius", proc_macro2::Span::call_site());
        let mut krate = Path::from(frobenius);
        krate.leading_colon = Some(<Token![::]>::default());
        Self {
            krate,
            stream: Stream::Chosen,
            with: Vec::new(),
            bench: false,
            test: false,
            tested_at: Vec::new(),
            asked: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

/// Attributes that mean on a module what they mean on a function.
const KEPT: [&str; 9] = ["doc", "cfg", "cfg_attr", "allow", "warn", "deny", "expect", "forbid", "deprecated"];
/// Tools whose attributes may stand anywhere.
const TOOLS: [&str; 3] = ["clippy", "rustfmt", "diagnostic"];

/// The attributes of the function that go on the module; the others are mistakes.
pub(super) fn of_function(attributes: Vec<Attribute>, mistakes: &mut Mistakes) -> Vec<Attribute> {
    let mut kept = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        let tool = path
            .segments
            .first()
            .is_some_and(|segment| path.segments.len() > 1 && TOOLS.iter().any(|tool| segment.ident == tool));
        if tool || KEPT.iter().any(|name| path.is_ident(name)) {
            kept.push(attribute);
        } else {
            mistakes.report(messages::attribute_on_loss(Place::of(&attribute), &name_of(&attribute)));
        }
    }
    kept
}

/// The role that the attributes of an argument give it.
pub(super) fn of_argument(attributes: &[Attribute], mistakes: &mut Mistakes) -> Role {
    let mut role = Role::Data;
    for attribute in attributes {
        let (at, name) = (Place::of(attribute), name_of(attribute));
        let plain = matches!(attribute.meta, syn::Meta::Path(_));
        match (name.as_str(), plain) {
            ("doc", _) => {}
            ("param", true) if role == Role::Data => role = Role::Param,
            ("param", true) => mistakes.report(messages::param_twice(at)),
            ("param", false) => {
                role = Role::Param;
                mistakes.report(messages::param_takes_nothing(at));
            }
            _ => {
                // Most likely it was meant as `#[param]`; if so, a loss without parameters is no second mistake.
                role = Role::Param;
                mistakes.report(messages::attribute_on_argument(at, &name));
            }
        }
    }
    role
}

fn name_of(attribute: &Attribute) -> String {
    text_of(attribute.path().to_token_stream())
}
