//! Context of the expansion: the paths, sizes and arguments that every part of it asks for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

use super::names;
use crate::base::{Dim, Role, Shape, Symbol};
use crate::requests::Api;
use crate::schedule::{Location, Program, Statement};
use crate::syntax::{Argument, Spec};

/// The spec, with the names that the expansion has for things.
pub(crate) struct Context<'a> {
    pub(crate) spec: &'a Spec,
    /// The arguments of the user's, and then those that derivatives on request have of their own.
    pub(crate) arguments: Vec<Argument>,
    /// The path of what the runtime has for expansions.
    pub(crate) rt: TokenStream,
    /// Run-time dimensions in order of appearance.
    pub(crate) dims: Vec<Symbol>,
    /// Their fields of `Dims`, as far as they were asked for: an identifier is parsed.
    fields: RefCell<HashMap<Symbol, Ident>>,
    /// The identifier of each argument.
    values: Vec<Ident>,
    /// Forms in which the passes read each data argument.
    forms: BTreeSet<(usize, Form)>,
}

/// How a data argument is read: each form is an input of its own, which copies only what does not lie as kernels need it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    /// True if its transpose is read.
    pub(crate) transposed: bool,
    /// Block by block.
    pub(crate) rows: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn new(spec: &'a Spec, arguments: Vec<Argument>, programs: &[&Program]) -> Self {
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
        let statements = programs.iter().flat_map(|program| program.statements());
        let forms = statements.flat_map(Statement::reads).filter_map(|source| match source.from {
            Location::Argument(i) => Some((i, Form { transposed: false, rows: source.rows })),
            Location::Transposed(i) => Some((i, Form { transposed: true, rows: source.rows })),
            Location::Buffer(_) | Location::Scalar(_) | Location::ProductPiece => None,
        });
        let mut forms: BTreeSet<_> = forms.collect();
        for (i, argument) in arguments.iter().enumerate() {
            // An argument that nothing reads has its shape checked all the same.
            if argument.role == Role::Data && !forms.iter().any(|(read, _)| *read == i) {
                forms.insert((i, Form { transposed: false, rows: false }));
            }
        }
        let values = arguments.iter().map(|argument| names::value(argument.name)).collect();
        let rt = quote! { #krate::__rt_0_1 };
        Self { spec, arguments, rt, dims, fields: RefCell::default(), values, forms }
    }

    /// The field of `Dims` for a run-time dimension; of a keyword, which is a mistake, any identifier.
    pub(crate) fn field(&self, dim: Symbol) -> Ident {
        let parsed = || {
            let name = dim.as_str().to_lowercase();
            syn::parse_str(&name).unwrap_or_else(|_| format_ident!("{name}_"))
        };
        self.fields.borrow_mut().entry(dim).or_insert_with(parsed).clone()
    }

    /// Names and types that the methods of requests are written with.
    pub(crate) fn api(&self) -> Api<'a> {
        let (_, generics) = self.generics();
        Api { params: quote! { Params<T, #generics> }, generics, spec: self.spec }
    }

    /// Const expressions, which use the names of the function's surroundings: in a module where there are no others.
    pub(crate) fn outer_sizes(&self) -> Option<TokenStream> {
        if self.spec.const_dims.is_empty() {
            return None;
        }
        let generics = self.spec.generics.iter().map(|(name, _)| Self::ident(*name));
        let generics = quote! { #(const #generics: ::core::primitive::usize,)* };
        let sizes = self.spec.const_dims.iter().enumerate().map(|(number, (_, tokens))| {
            let name = outer_size(number);
            quote! {
                pub(super) fn #name<#generics>() -> ::core::primitive::usize {
                    #tokens
                }
            }
        });
        Some(quote! {
            /// The sizes that are expressions.
            mod outer {
                use super::super::*;

                #(#sizes)*
            }
        })
    }

    /// The number of a run-time dimension.
    pub(crate) fn number(&self, dim: Symbol) -> usize {
        self.dims.iter().position(|known| *known == dim).unwrap_or(0)
    }

    /// The number of a run-time dimension, as code has it.
    pub(crate) fn number_literal(&self, dim: Symbol) -> Literal {
        Literal::usize_unsuffixed(self.number(dim))
    }

    /// A dimension's size, where `dims: &Dims` is in scope.
    pub(crate) fn size(&self, dim: Dim) -> TokenStream {
        match dim {
            Dim::Named(name) => {
                let field = self.field(name);
                quote! { dims.#field }
            }
            Dim::Plus([a, b]) => {
                let (a, b) = (self.size(*a), self.size(*b));
                quote! { (#a + #b) }
            }
            Dim::Times([a, b]) => {
                let (a, b) = (self.size(*a), self.size(*b));
                // A size too large for memory is an error when memory is asked for.
                quote! { usize::saturating_mul(#a, #b) }
            }
            Dim::Less((size, count)) => {
                let (size, count) = (self.size(*size), Literal::u64_unsuffixed(*count));
                quote! { ::core::primitive::usize::saturating_sub(#size, #count) }
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
                let Some(number) = self.spec.const_dims.iter().position(|(known, _)| *known == text) else {
                    return names::generic(text).to_token_stream();
                };
                let (name, (_, used)) = (outer_size(number), self.generics());
                quote! { outer::#name::<#used>() }
            }
            Dim::Named(_) | Dim::Plus(_) | Dim::Times(_) | Dim::Less(_) | Dim::Unknown => quote! { 0 },
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

    /// How argument `i` is read.
    pub(crate) fn forms(&self, i: usize) -> impl Iterator<Item = Form> {
        self.forms.iter().filter(move |(argument, _)| *argument == i).map(|(_, form)| *form)
    }

    /// The field of `Inputs` that has argument `i` in some form.
    pub(crate) fn input(&self, i: usize, form: Form) -> Ident {
        let value = &self.values[i];
        if self.forms(i).next() == Some(form) {
            return value.clone();
        }
        let transposed = if form.transposed { "transposed_" } else { "" };
        let rows = if form.rows { "rows" } else { "whole" };
        format_ident!("{}{}_{}", transposed, rows, value)
    }

    /// Every input of the passes: a data argument in one form, and its field.
    pub(crate) fn data_inputs(&self) -> impl Iterator<Item = (&Argument, Form, Ident)> {
        self.forms.iter().filter_map(|&(i, form)| {
            let argument = self.arguments.get(i).filter(|argument| argument.role == Role::Data)?;
            Some((argument, form, self.input(i, form)))
        })
    }

    /// True for a value that a step of a recurrence is given, which is a variable of its name.
    pub(crate) fn is_given(&self, argument: usize) -> bool {
        self.arguments.get(argument).is_some_and(|argument| matches!(argument.role, Role::StandIn | Role::Fixed))
    }

    /// How large a value of this shape is, and how kernels see it.
    pub(crate) fn extent(&self, shape: Shape) -> TokenStream {
        let (rows, columns) = (self.size(shape.rows), self.size(shape.columns));
        if shape.is_line() {
            quote! { rt::Extent::line(#rows, #columns) }
        } else {
            quote! { rt::Extent::matrix(#rows, #columns) }
        }
    }

    pub(crate) fn data(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.role == Role::Data)
    }

    /// The data arguments that a request differentiates by.
    pub(crate) fn data_outputs(&self) -> impl Iterator<Item = &Argument> {
        self.data().filter(|argument| !argument.is_labels() && self.spec.options.names_data(argument.declared_name()))
    }

    pub(crate) fn params(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.role == Role::Param)
    }

    /// The number of an argument among those of its role: of a parameter among the parameters.
    pub(crate) fn part(&self, argument: usize) -> Literal {
        let role = self.arguments.get(argument).map(|argument| argument.role);
        let before = self.arguments.iter().take(argument).filter(|argument| Some(argument.role) == role).count();
        Literal::usize_unsuffixed(before)
    }

    pub(crate) fn ident(name: Symbol) -> Ident {
        syn::parse_str(name.as_str()).unwrap_or_else(|_| Ident::new("argument", Span::call_site()))
    }

    /// `const K: usize` for each const generic, and `K`.
    pub(crate) fn generics(&self) -> (TokenStream, TokenStream) {
        // One that is called like the type of the numbers has been reported.
        let generics: Vec<_> = self.spec.generics.iter().filter(|(name, _)| name.as_str() != "T").collect();
        let names: Vec<_> = generics.iter().map(|(name, _)| names::generic(*name)).collect();
        let types = generics.iter().map(|(_, ty)| ty);
        (quote! { #(const #names: #types,)* }, quote! { #(#names,)* })
    }

    /// True if data are borrowed, so that types have a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        self.data().any(Self::is_borrowed)
    }

    /// True if an argument is lent by the caller, and not passed by value.
    pub(crate) fn is_borrowed(argument: &Argument) -> bool {
        argument.is_labels() || !argument.shape.is_scalar()
    }

    /// `'a, T,` as far as the data need them.
    pub(crate) fn data_parameters(&self) -> (Option<TokenStream>, Option<TokenStream>) {
        let numbers = self.data().any(|argument| !argument.is_labels());
        (self.borrows().then(|| quote! { 'a, }), numbers.then(|| quote! { T, }))
    }
}

/// The function of a const expression.
fn outer_size(number: usize) -> Ident {
    format_ident!("__size_{}", number)
}
