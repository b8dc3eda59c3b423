//! `Data`, and `Inputs`, the form that the passes read it in.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::Context;
use crate::syntax::Argument;

/// Both types; `doc` is that of the first, which there is only if there are data.
pub(in crate::emit) fn data(context: &Context<'_>, doc: &str) -> TokenStream {
    let (lifetime, numbers) = context.data_parameters();
    let any = context.data().next().is_some();
    let (declared, _) = context.generics();
    let fields = context.data().filter(|argument| argument.is_first()).map(|argument| {
        let (name, ty) = (Context::ident(argument.declared_name()), data_type(argument));
        let ty = match argument.element.map(|element| Literal::usize_unsuffixed(element.length)) {
            Some(length) => quote! { [#ty; #length] },
            None => ty,
        };
        let doc = format!("`{}`.", argument.declared_type());
        quote! { #[doc = #doc] pub #name: #ty, }
    });
    let inputs = context.data_inputs().map(|(argument, _, field)| {
        let ty = if argument.is_labels() {
            quote! { rt::LabelInput<'a> }
        } else if argument.shape.is_scalar() {
            quote! { f64 }
        } else {
            quote! { rt::Input<'a, T> }
        };
        quote! { #field: #ty, }
    });
    let element = element_is_unused(context).then(|| quote! { _element: PhantomData<&'a T>, });
    let inputs_generics = context.borrows().then(|| quote! { <'a, T> });
    let public = any.then(|| {
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug)]
            pub struct Data<#lifetime #numbers #declared> {
                #(#fields)*
            }
        }
    });
    quote! {
        #public

        /// The data in the form that the passes read.
        #[allow(dead_code, reason = "of some data, only the size matters")]
        struct Inputs #inputs_generics {
            #(#inputs)*
            #element
        }
    }
}

/// The type that a data argument is given as.
fn data_type(argument: &Argument) -> TokenStream {
    if argument.is_labels() {
        return quote! { Labels<'a> };
    }
    let shape = argument.shape;
    if shape.is_scalar() {
        return quote! { T };
    }
    if shape.is_line() {
        quote! { VectorRef<'a, T> }
    } else {
        quote! { MatrixRef<'a, T> }
    }
}

/// True if `Inputs` has a type of numbers, but no matrix of them.
pub(super) fn element_is_unused(context: &Context<'_>) -> bool {
    let is_matrix = |argument: &Argument| !argument.is_labels() && !argument.shape.is_scalar();
    context.borrows() && !context.data().any(is_matrix)
}

/// A data argument, as `Data` has it.
pub(super) fn given_as(argument: &Argument) -> TokenStream {
    let name = Context::ident(argument.declared_name());
    let index = argument.element.map(|element| {
        let index = Literal::usize_unsuffixed(element.index);
        quote! { [#index] }
    });
    quote! { data.#name #index }
}
