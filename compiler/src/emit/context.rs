//! What every part of the expansion asks: paths, sizes, arguments.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use crate::graph::{Dim, Shape};
use crate::spec::{Argument, Role, Spec};
use crate::symbol::Symbol;

/// The spec, with the names that the expansion has for things.
pub(crate) struct Context<'a> {
    pub(crate) spec: &'a Spec,
    /// The path of what the runtime has for expansions.
    pub(crate) rt: TokenStream,
    /// Run-time dimensions in order of appearance.
    pub(crate) dims: Vec<Symbol>,
    pub(crate) stream: Option<Dim>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(spec: &'a Spec, stream: Option<Dim>) -> Self {
        let krate = &spec.options.krate;
        let mut dims = Vec::new();
        for argument in &spec.arguments {
            for dim in argument.dims() {
                if let Dim::Named(name) = dim
                    && !dims.contains(&name)
                {
                    dims.push(name);
                }
            }
        }
        Self { spec, rt: quote! { #krate::__rt_0_1 }, dims, stream }
    }

    /// The path of an item of the runtime that users know too.
    pub(crate) fn public(&self, item: &str) -> TokenStream {
        let krate = &self.spec.options.krate;
        let item = Ident::new(item, Span::call_site());
        quote! { #krate::#item }
    }

    /// The field of `Dims` for a run-time dimension.
    pub(crate) fn field(dim: Symbol) -> Ident {
        let name = dim.as_str().to_lowercase();
        syn::parse_str(&name).unwrap_or_else(|_| format_ident!("r#{}", name))
    }

    /// The names of the function's surroundings, which const expressions use.
    pub(crate) fn outer_names(&self) -> TokenStream {
        if self.spec.const_dims.is_empty() {
            TokenStream::new()
        } else {
            quote! { use super::*; }
        }
    }

    /// The number of a run-time dimension.
    pub(crate) fn number(&self, dim: Symbol) -> usize {
        self.dims.iter().position(|known| *known == dim).unwrap_or(0)
    }

    /// A dimension's size, where `dims: &Dims` is in scope.
    pub(crate) fn size(&self, dim: Dim) -> TokenStream {
        match dim {
            Dim::Named(name) => {
                let field = Self::field(name);
                quote! { dims.#field }
            }
            fixed => self.fixed_size(fixed),
        }
    }

    /// A size that is known at compile time.
    pub(crate) fn fixed_size(&self, dim: Dim) -> TokenStream {
        match dim {
            Dim::Size(size) => {
                let literal = Literal::u64_unsuffixed(size);
                quote! { #literal }
            }
            Dim::Const(text) => {
                if let Some((_, tokens)) = self.spec.const_dims.iter().find(|(known, _)| *known == text) {
                    return quote! { { #tokens } };
                }
                let name = Ident::new(text.as_str(), Span::call_site());
                quote! { #name }
            }
            Dim::Named(_) | Dim::Unknown => quote! { 0 },
        }
    }

    /// Rows and columns of a kernel's view, in which every vector is one row.
    pub(crate) fn view_shape(&self, shape: Shape) -> (TokenStream, TokenStream) {
        if shape.columns.is_one() {
            (quote! { 1 }, self.size(shape.rows))
        } else {
            (self.size(shape.rows), self.size(shape.columns))
        }
    }

    /// Whether only a block of rows of this shape is seen at a time.
    pub(crate) fn is_streamed(&self, shape: Shape) -> bool {
        self.stream.is_some_and(|axis| shape.rows == axis || shape.columns == axis)
    }

    pub(crate) fn data(&self) -> impl Iterator<Item = &'a Argument> {
        self.spec.arguments.iter().filter(|argument| argument.role == Role::Data)
    }

    pub(crate) fn params(&self) -> impl Iterator<Item = &'a Argument> {
        self.spec.arguments.iter().filter(|argument| argument.role == Role::Param)
    }

    /// The number of a parameter among the parameters.
    pub(crate) fn part(&self, argument: usize) -> Literal {
        let before = self.spec.arguments.iter().take(argument).filter(|argument| argument.role == Role::Param).count();
        Literal::usize_unsuffixed(before)
    }

    pub(crate) fn ident(name: Symbol) -> Ident {
        syn::parse_str(name.as_str()).unwrap_or_else(|_| Ident::new("argument", Span::call_site()))
    }

    /// `const K: usize` for each const generic, and `K`.
    pub(crate) fn generics(&self) -> (TokenStream, TokenStream) {
        let names: Vec<_> = self.spec.generics.iter().map(|(name, _)| Self::ident(*name)).collect();
        let types = self.spec.generics.iter().map(|(_, ty)| ty);
        (quote! { #(const #names: #types,)* }, quote! { #(#names,)* })
    }

    /// Whether data are borrowed, so that types have a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        self.data().any(Self::is_borrowed)
    }

    /// Whether an argument is lent by the caller, and not passed by value.
    pub(crate) fn is_borrowed(argument: &Argument) -> bool {
        argument.is_labels() || !argument.shape.is_scalar()
    }

    /// `'a, T,` as far as the data need them.
    pub(crate) fn data_parameters(&self) -> (Option<TokenStream>, Option<TokenStream>) {
        let numbers = self.data().any(|argument| !argument.is_labels());
        (self.borrows().then(|| quote! { 'a, }), numbers.then(|| quote! { T, }))
    }
}
