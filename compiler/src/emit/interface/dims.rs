//! `Dims` and `Sizes`: the dimensions that are known at run time.

use proc_macro2::TokenStream;
use quote::quote;

use crate::base::{Dim, Symbol};
use crate::emit::Context;

/// `Dims`, and `Sizes` if some dimension is in no data argument.
pub(super) fn dims(context: &Context<'_>) -> TokenStream {
    let fields: Vec<_> = context.dims.iter().map(|dim| context.field(*dim)).collect();
    let docs = context.dims.iter().map(|dim| format!("`{dim}`."));
    let texts = context.dims.iter().map(ToString::to_string);
    let given = given(context);
    let sizes = (!given.is_empty()).then(|| {
        let fields = given.iter().map(|dim| context.field(*dim));
        let docs = given.iter().map(|dim| format!("`{dim}`."));
        quote! {
            /// The sizes that no data argument tells.
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct Sizes {
                #(#[doc = #docs] pub #fields: usize,)*
            }
        }
    });
    quote! {
        /// The sizes of the dimensions that are known at run time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Dims {
            #(#[doc = #docs] pub #fields: usize,)*
        }

        impl Dims {
            fn check(&self, found: &Self) -> Result<(), Error> {
                #(if found.#fields != self.#fields {
                    return Err(Error::Parameters {
                        dimension: #texts,
                        found: found.#fields,
                        expected: self.#fields,
                    });
                })*
                Ok(())
            }
        }

        #sizes
    }
}

/// The dimensions that no data argument has.
pub(in crate::emit) fn given(context: &Context<'_>) -> Vec<Symbol> {
    let in_data = |dim: Symbol| context.data().any(|argument| argument.tells(Dim::Named(dim)));
    context.dims.iter().copied().filter(|dim| !in_data(*dim)).collect()
}
