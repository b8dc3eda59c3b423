//! `Dims`, `ParamDims` and `Sizes`: the dimensions that are known at run time.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::base::{Dim, Symbol};
use crate::emit::Context;

/// `Dims`, those of the parameters, and `Sizes` if some dimension is in no data argument.
pub(super) fn dims(context: &Context<'_>) -> TokenStream {
    let all = sizes(context, "Dims", "The sizes of the dimensions that are known at run time.", &context.dims);
    let of_params = of_params(context);
    let fields: Vec<_> = of_params.iter().map(|dim| context.field(*dim)).collect();
    let doc = "The sizes that parameters have: one `Params` serves losses of as many rows as one likes.";
    let params = sizes(context, "ParamDims", doc, &of_params);
    let check = check(context);
    let given = given(context);
    let given = (!given.is_empty()).then(|| sizes(context, "Sizes", "The sizes that no data argument tells.", &given));
    quote! {
        #all
        #check
        #params

        impl From<Dims> for ParamDims {
            fn from(dims: Dims) -> Self {
                Self { #(#fields: dims.#fields,)* }
            }
        }

        #given
    }
}

/// A type that has a size for each of `dims`.
pub(in crate::emit) fn sizes(context: &Context<'_>, name: &str, doc: &str, dims: &[Symbol]) -> TokenStream {
    let name = format_ident!("{name}");
    let fields = dims.iter().map(|dim| context.field(*dim));
    let docs = dims.iter().map(|dim| format!("`{dim}`."));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct #name {
            #(#[doc = #docs] pub #fields: usize,)*
        }
    }
}

/// `Dims::check`, which compares the sizes that parameters have.
pub(in crate::emit) fn check(context: &Context<'_>) -> TokenStream {
    compared(context, "check", "ParamDims", &of_params(context))
}

/// `Dims::check_data`, which compares all sizes, for what has the shapes of data.
pub(in crate::emit) fn check_data(context: &Context<'_>) -> TokenStream {
    compared(context, "check_data", "Dims", &context.dims)
}

/// A method of `Dims` that compares some of its sizes with those of another type.
fn compared(context: &Context<'_>, method: &str, with: &str, dims: &[Symbol]) -> TokenStream {
    let (method, with) = (format_ident!("{method}"), format_ident!("{with}"));
    let fields = dims.iter().map(|dim| context.field(*dim));
    let texts = dims.iter().map(ToString::to_string);
    quote! {
        impl Dims {
            fn #method(&self, found: &#with) -> Result<(), Error> {
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
    }
}

/// The dimensions that parameters have.
pub(in crate::emit) fn of_params(context: &Context<'_>) -> Vec<Symbol> {
    let of_one = |dim: &Symbol| context.params().any(|argument| argument.dims().any(|own| own == Dim::Named(*dim)));
    context.dims.iter().copied().filter(of_one).collect()
}

/// The dimensions that no data argument has.
pub(in crate::emit) fn given(context: &Context<'_>) -> Vec<Symbol> {
    let in_data = |dim: Symbol| context.data().any(|argument| argument.tells(Dim::Named(dim)));
    context.dims.iter().copied().filter(|dim| !in_data(*dim)).collect()
}
