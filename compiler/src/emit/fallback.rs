//! The API of a loss with mistakes in it, without its code: code that uses the loss still compiles, so that its own mistakes
//! show, and an editor knows the types. Nothing of it is ever run.
//!
//! It is the interface of a sound loss, from which bodies and private items are taken.

use core::mem;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, GenericParam, Generics, ImplItem, Item, ItemImpl, Visibility};

use super::requests::Requested;
use super::{Context, constants, interface, objective, outputs, requests};
use crate::base::{Role, Shape, Symbol};
use crate::diagnostics::messages::is_reserved;
use crate::explain::{Derivation, Explanation, Report};
use crate::outputs::likely;
use crate::parse::too_deep;
use crate::requests::{Explained, asked};
use crate::schedule::Planned;
use crate::syntax::{Argument, Spec};

/// An item below `#[loss]` that is no function: it stays, unless it is too deep to be read.
pub(crate) fn other_item(item: TokenStream) -> TokenStream {
    if too_deep(&item).is_some() {
        return TokenStream::new();
    }
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(_) | Item::Verbatim(_)) | Err(_) => TokenStream::new(),
        Ok(_) => item,
    }
}

/// The module of a loss, with bodies that are never run. Of some outputs, the `shapes` are known.
pub(crate) fn fallback(spec: &Spec, shapes: &[(Symbol, Shape)]) -> TokenStream {
    if spec.has_receiver {
        return TokenStream::new();
    }
    let mut context = Context::new(spec, nameable(spec), &[]);
    let mut fields: Vec<String> = Vec::new();
    context.dims.retain(|dim| {
        let field = dim.as_str().to_lowercase();
        let is_new = syn::parse_str::<syn::Ident>(&field).is_ok() && !fields.contains(&field);
        fields.push(field);
        is_new
    });
    let Context { rt, .. } = &context;
    let (visibility, module, attributes) = (&spec.visibility, &spec.name, &spec.attributes);
    let (public, known) = (without_code(public(&context, shapes)), super::tokens::known_names());
    quote! {
        #(#attributes)*
        #[allow(
            dead_code,
            missing_docs,
            non_upper_case_globals,
            unreachable_pub,
            unused_imports,
            unused_variables,
            clippy::all,
            clippy::nursery,
            clippy::pedantic,
        )]
        #visibility mod #module {
            use ::core::prelude::rust_2021::*;
            use #rt as rt;
            #known

            #public
        }
    }
}

/// The interface of the loss, by programs that compute nothing.
fn public(context: &Context<'_>, shapes: &[(Symbol, Shape)]) -> TokenStream {
    let (nothing, unknown) = (Planned::default(), Explanation::default());
    let requested: Vec<_> = asked(context.spec).map(|request| (request, &nothing)).collect();
    let requested: &Requested<'_> = &requested;
    let constants = constants(&unknown, &Derivation::default(), &Report::default(), "");
    let explained = requested.iter().map(|(request, _)| Explained {
        request,
        explanation: Some(Explanation::default()),
        derivation: Derivation::default(),
    });
    let formulas = requests::all_constants(&explained.collect::<Vec<_>>());
    let interface = interface::interface(context, &nothing, &nothing, requested);
    let methods = requests::methods(context, requested);
    let bench = context.spec.options.bench.then(|| interface::bench(context));
    let objective = objective::objective(context);
    let outputs = likely(context.spec, shapes).iter().map(outputs::interface).collect::<Vec<_>>();
    quote! { #(#outputs)* #constants #formulas #interface #methods #bench #objective }
}

/// The arguments that fields and methods can be called by: names that can't have been reported.
fn nameable(spec: &Spec) -> Vec<Argument> {
    let is_accessor = |name: &str| spec.arguments.iter().any(|other| name == other.accessors()[1]);
    let has_name = |&(i, argument): &(usize, &Argument)| {
        let name = argument.declared_name();
        let has_accessor = argument.role == Role::Param || spec.options.names_data(name);
        let is_first = |other: &&Argument| other.declared_name() != name || other.element.is_some();
        syn::parse_str::<syn::Ident>(name.as_str()).is_ok()
            && !(has_accessor && (is_reserved(argument) || is_accessor(name.as_str())))
            && spec.arguments.iter().take(i).all(|other| is_first(&other))
    };
    spec.arguments.iter().enumerate().filter(has_name).map(|(_, argument)| argument.clone()).collect()
}

/// Public items alone, and those of traits, with bodies that are never run, and types without fields that are private.
fn without_code(items: TokenStream) -> TokenStream {
    let Ok(file) = syn::parse2::<syn::File>(items) else { return TokenStream::new() };
    let items = file.items.into_iter().filter_map(public_part);
    quote! { #(#items)* }
}

/// An item as far as others can name it.
fn public_part(item: Item) -> Option<Item> {
    match item {
        Item::Const(item) => is_public(&item.vis).then_some(Item::Const(item)),
        Item::Fn(mut item) => {
            *item.block = unimplemented();
            is_public(&item.vis).then_some(Item::Fn(item))
        }
        Item::Impl(item) => Some(Item::Impl(without_bodies(item))),
        Item::Mod(mut item) if is_public(&item.vis) => {
            if let Some((_, items)) = &mut item.content {
                *items = mem::take(items).into_iter().filter_map(public_part).collect();
            }
            Some(Item::Mod(item))
        }
        // Names that the module of an output has from that of the loss.
        Item::Use(item) => Some(Item::Use(item)),
        Item::Struct(mut item) if is_public(&item.vis) => {
            if !item.fields.iter().all(|field| is_public(&field.vis)) {
                item.fields = Fields::Named(nothing_of(&item.generics));
            }
            Some(Item::Struct(item))
        }
        _ => None,
    }
}

fn without_bodies(mut item: ItemImpl) -> ItemImpl {
    let is_trait = item.trait_.is_some();
    item.items.retain_mut(|item| match item {
        ImplItem::Fn(function) => {
            function.block = unimplemented();
            is_trait || is_public(&function.vis)
        }
        _ => true,
    });
    item
}

fn unimplemented() -> syn::Block {
    syn::parse_quote! { { ::core::unimplemented!() } }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// A field that uses all lifetimes and types.
fn nothing_of(generics: &Generics) -> syn::FieldsNamed {
    let used = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Lifetime(lifetime) => {
            let lifetime = &lifetime.lifetime;
            Some(quote! { & #lifetime (), })
        }
        GenericParam::Type(ty) => {
            let name = &ty.ident;
            Some(quote! { #name, })
        }
        GenericParam::Const(_) => None,
    });
    let name = format_ident!("nothing");
    syn::parse_quote! { { #name: PhantomData<(#(#used)*)> } }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use quote::ToTokens;
    use syn::ItemMod;

    use super::*;
    use crate::compile::{compile, front};
    use crate::diagnostics::Mistakes;

    /// Items of a module that users can name: constants, fields, and the signatures of functions.
    fn api(module: TokenStream) -> BTreeSet<String> {
        let file: syn::File = syn::parse2(module).expect("Rust");
        let [Item::Mod(module)] = file.items.as_slice() else { panic!("one module") };
        items(module)
    }

    fn items(module: &ItemMod) -> BTreeSet<String> {
        let mut api = BTreeSet::new();
        let is_named = |name: &str| {
            ["Data", "DataGradient", "Dims", "Loss", "Output", "ParamDims", "Params", "Sizes"].contains(&name)
        };
        for item in module.content.iter().flat_map(|(_, items)| items) {
            match item {
                Item::Const(item) if is_public(&item.vis) => {
                    api.insert(format!("{}: {}", item.ident, item.ty.to_token_stream()));
                }
                Item::Mod(item) if is_public(&item.vis) => {
                    api.extend(items(item).into_iter().map(|own| format!("{}: {own}", item.ident)));
                }
                Item::Fn(item) if is_public(&item.vis) => drop(api.insert(item.sig.to_token_stream().to_string())),
                Item::Struct(item) if is_public(&item.vis) => {
                    let fields = item.fields.iter().filter(|field| is_public(&field.vis));
                    let fields = fields
                        .map(|field| format!("{}: {}", field.ident.to_token_stream(), field.ty.to_token_stream()));
                    let fields: Vec<_> = fields.collect();
                    api.insert(format!("{}{} {fields:?}", item.ident, item.generics.to_token_stream()));
                }
                Item::Impl(item) => {
                    let of = item.self_ty.to_token_stream().to_string();
                    if !of.split_whitespace().next().is_some_and(is_named) {
                        continue;
                    }
                    let a_trait = item.trait_.as_ref().map(|(path, _)| path.to_token_stream().to_string());
                    let functions = item.items.iter().filter_map(|inner| match inner {
                        ImplItem::Fn(function) => Some(function),
                        _ => None,
                    });
                    for function in functions.filter(|function| a_trait.is_some() || is_public(&function.vis)) {
                        let signature = &function.sig;
                        api.insert(
                            format!("{of} as {a_trait:?}: {}", signature.to_token_stream()).replace("mut self", "self"),
                        );
                    }
                }
                _ => {}
            }
        }
        api
    }

    #[test]
    fn what_stands_beside_mistakes_is_the_api_of_the_loss() {
        let options = "outputs(z), jvp, hvp, hessian, hessian_diagonal, ggn = z, line_search, sample_norms, data_gradient(x), data_curvature(s), bench";
        let source = "pub fn all<const C: usize>(x: Matrix<N, D>, k: Labels<N, C>, s: Scalar, #[param] w: Matrix<D, C>,
            #[param] b: [RowVector<C>; 3], #[param] v: Vector<H>) -> Scalar {
            let z = x * w + b[0] + b[1] + b[2]; sum(cross_entropy(z, k)) + s * norm_sq(v)
        }";
        let (options, item): (TokenStream, TokenStream) =
            (options.parse().expect("tokens"), source.parse().expect("tokens"));
        let (spec, ..) = front(options.clone(), item.clone(), &mut Mistakes::default()).expect("a sound loss");
        let (fallback, sound) = (api(fallback(&spec, &[])), api(compile(options, item)));
        assert!(sound.len() > 60, "{sound:#?}");
        let others: Vec<_> = fallback.symmetric_difference(&sound).collect();
        assert!(others.is_empty(), "{others:#?}");
    }
}
