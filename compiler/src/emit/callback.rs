//! How functions reach the losses that use them. A macro sees no item but its own, so a function becomes a macro that
//! tells its definition to whoever asks, and a loss asks one after the other before it is compiled.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Path, Visibility};

use crate::syntax::Spec;

/// The question of a loss to the first of `functions`; `known` are the definitions that it has.
pub(crate) fn query(
    krate: &Path,
    arguments: &TokenStream,
    item: &TokenStream,
    known: &[TokenTree],
    functions: &[Path],
) -> TokenStream {
    let Some(first) = functions.first() else { return TokenStream::new() };
    quote! { #first! { [#krate::__loss] { #arguments } { #item } { #(#known)* } } }
}

/// The macro of a function: it tells `definition` to the macro that is named in the question.
pub(crate) fn provider(spec: &Spec, definition: &TokenStream) -> TokenStream {
    let (name, attributes) = (&spec.name, &spec.attributes);
    // A macro without `#[macro_export]` can't leave its crate.
    let visibility = match &spec.visibility {
        Visibility::Public(_) => quote! { pub(crate) },
        other => quote! { #other },
    };
    quote! {
        #(#attributes)*
        #[allow(unused_macros, reason = "as with any function")]
        macro_rules! #name {
            ([$($asker:tt)*] $($question:tt)*) => { $($asker)*! { { #definition } $($question)* } };
        }

        #[allow(unused_imports, reason = "as with any function")]
        #visibility use #name;
    }
}
