//! `Params`, and other types of one flat buffer that has the shapes of some arguments.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::emit::Context;
use crate::syntax::Argument;

/// A type of one flat buffer that has the shapes of some arguments.
///
/// `dims` is the type that has its sizes.
pub(in crate::emit) fn flat_type(
    context: &Context<'_>,
    [name, dims, doc]: [&str; 3],
    arguments: &[&Argument],
) -> TokenStream {
    let (name, dims_type) = (format_ident!("{}", name), format_ident!("{}", dims));
    let (declared, used) = context.generics();
    let count = Literal::usize_unsuffixed(arguments.len());
    let shapes = arguments.iter().map(|argument| context.extent(argument.shape));
    let accessors = arguments.iter().enumerate().map(|(k, argument)| accessors(k, argument));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name<T, #declared> {
            dims: #dims_type,
            flat: rt::Flat<T, #count>,
        }

        impl<T: rt::Element, #declared> #name<T, #used> {
            /// All elements 0.
            ///
            /// # Errors
            /// If they are larger than memory.
            pub fn zeros(dims: impl Into<#dims_type>) -> Result<Self, Error> {
                let dims = dims.into();
                Ok(Self { dims, flat: rt::Flat::zeros(Self::shapes(&dims))? })
            }

            /// The elements that `values` has: one matrix after the other, each a row after the other.
            ///
            /// # Errors
            /// If `values` has more elements, or fewer.
            pub fn from_vec(dims: impl Into<#dims_type>, values: Vec<T>) -> Result<Self, Error> {
                let dims = dims.into();
                Ok(Self { dims, flat: rt::Flat::from_vec(Self::shapes(&dims), values)? })
            }

            /// The sizes that it was made for.
            #[must_use]
            pub fn dims(&self) -> #dims_type {
                self.dims
            }

            /// All elements: one matrix after the other, each a row after the other.
            #[must_use]
            pub fn as_slice(&self) -> &[T] {
                self.flat.as_slice()
            }

            /// All elements, to write.
            pub fn as_mut_slice(&mut self) -> &mut [T] {
                self.flat.as_mut_slice()
            }

            #(#accessors)*

            fn shapes(dims: &#dims_type) -> [rt::Extent; #count] {
                [#(#shapes),*]
            }
        }
    }
}

/// `w()` and `w_mut()`.
fn accessors(k: usize, argument: &Argument) -> TokenStream {
    if !argument.is_first() {
        return TokenStream::new();
    }
    let name = Context::ident(argument.declared_name());
    let name_mut = format_ident!("{}_mut", argument.declared_name().as_str());
    let k = Literal::usize_unsuffixed(k);
    let declared = format!("`{}: {}`", argument.declared_name(), argument.declared_type());
    let (doc, doc_mut) = (format!("{declared}."), format!("{declared}, to write."));
    let (read, write, read_type, write_type) = if argument.shape.is_scalar() {
        (quote! { scalar }, quote! { scalar_mut }, quote! { T }, quote! { &mut T })
    } else if argument.shape.is_line() {
        (quote! { vector }, quote! { part_mut }, quote! { VectorRef<'_, T> }, quote! { &mut [T] })
    } else {
        (quote! { matrix }, quote! { matrix_mut }, quote! { MatrixRef<'_, T> }, quote! { MatrixMut<'_, T> })
    };
    if let Some(length) = argument.element.map(|element| Literal::usize_unsuffixed(element.length)) {
        let (doc, doc_mut) = (format!("Element `i` of {doc}"), format!("Element `i` of {doc_mut}"));
        return quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #name(&self, i: usize) -> Option<#read_type> {
                if i < #length { Some(self.flat.#read(#k + i)) } else { None }
            }

            #[doc = #doc_mut]
            pub fn #name_mut(&mut self, i: usize) -> Option<#write_type> {
                if i < #length { Some(self.flat.#write(#k + i)) } else { None }
            }
        };
    }
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #name(&self) -> #read_type {
            self.flat.#read(#k)
        }

        #[doc = #doc_mut]
        pub fn #name_mut(&mut self) -> #write_type {
            self.flat.#write(#k)
        }
    }
}
