//! The API of a loss without its code, which stands beside the mistakes: what uses the loss still compiles, so that
//! its own mistakes show, and an editor knows the types. Nothing of it is ever run.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Item;

use crate::emit::generic;
use crate::graph::{Dim, Shape};
use crate::mistakes::RESERVED;
use crate::spec::{Argument, Role, Spec, Wanted, too_deep};

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

/// The module of a loss: what [`emit`](crate::emit) makes, with bodies that are never run.
pub(crate) fn stub(spec: &Spec) -> TokenStream {
    if spec.has_receiver {
        return TokenStream::new();
    }
    let (visibility, module, attributes) = (&spec.visibility, &spec.name, &spec.attributes);
    let constants = quote! {
        pub const FORMULA: &str = "";
        pub const GRADIENTS: &[(&str, &str)] = &[];
    };
    let formulas = formulas(spec);
    let dims = dims(spec);
    let data = data(spec);
    let params = flat_type(spec, "Params", |argument| argument.role == Role::Param);
    let outputs: Vec<usize> = spec.data_outputs().collect();
    let data_gradient = (!outputs.is_empty()).then(|| {
        let all = |argument: &Argument| outputs.iter().any(|&i| spec.arguments[i].name == argument.name);
        flat_type(spec, "DataGradient", all)
    });
    let loss = loss(spec);
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

            #constants
            #formulas
            #dims
            #data
            #params
            #data_gradient
            #loss
        }
    }
}

/// `Dims`, and `Sizes` if some dimension is in no data argument.
fn dims(spec: &Spec) -> TokenStream {
    let structure = |name: &str, fields: &[Ident]| {
        let name = format_ident!("{name}");
        quote! {
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct #name { #(pub #fields: usize,)* }
        }
    };
    let given = given(spec);
    let sizes = (!given.is_empty()).then(|| structure("Sizes", &given));
    let dims = structure("Dims", &run_time_dims(spec));
    quote! { #dims #sizes }
}

fn data(spec: &Spec) -> Option<TokenStream> {
    let (lifetime, numbers) = (lifetime(spec), numbers(spec));
    let (declared, _) = const_generics(spec);
    let fields = data_arguments(spec).filter(|argument| argument.is_first()).filter_map(|argument| {
        let (name, ty) = (ident(argument.declared_name().as_str())?, read_type(argument, spec, &quote! { 'a }));
        let ty = match argument.element.map(|element| element.length) {
            Some(length) => quote! { [#ty; #length] },
            None => ty,
        };
        Some(quote! { pub #name: #ty, })
    });
    let fields: Vec<TokenStream> = fields.collect();
    (!fields.is_empty()).then(|| {
        quote! {
            #[derive(Clone, Copy, Debug)]
            pub struct Data<#lifetime #numbers #declared> { #(#fields)* }
        }
    })
}

fn flat_type(spec: &Spec, name: &str, has: impl Fn(&Argument) -> bool) -> TokenStream {
    let rt = &spec.options.krate;
    let name = format_ident!("{name}");
    let (declared, used) = const_generics(spec);
    let arguments = spec.arguments.iter().filter(|argument| has(argument) && argument.is_first());
    let accessors = arguments.filter_map(|argument| accessors(argument, spec));
    quote! {
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name<T, #declared> {
            values: ::core::marker::PhantomData<T>,
        }

        impl<T: #rt::Element, #declared> #name<T, #used> {
            pub fn zeros(dims: Dims) -> ::core::result::Result<Self, #rt::Error> { ::core::unimplemented!() }
            pub fn from_vec(dims: Dims, values: ::std::vec::Vec<T>) -> ::core::result::Result<Self, #rt::Error> {
                ::core::unimplemented!()
            }
            pub fn dims(&self) -> Dims { ::core::unimplemented!() }
            pub fn as_slice(&self) -> &[T] { ::core::unimplemented!() }
            pub fn as_mut_slice(&mut self) -> &mut [T] { ::core::unimplemented!() }
            #(#accessors)*
        }

    }
}

fn loss(spec: &Spec) -> TokenStream {
    let rt = &spec.options.krate;
    let (lifetime, numbers) = (lifetime(spec), numbers(spec));
    let (declared, used) = const_generics(spec);
    let borrow = if lifetime.is_some() {
        quote! { &'a T }
    } else {
        quote! { T }
    };
    let data = data_arguments(spec).next().map(|_| quote! { data: Data<#lifetime #numbers #used>, });
    let sizes = (!given(spec).is_empty()).then(|| quote! { sizes: Sizes, });
    let params = quote! { Params<T, #used> };
    let bench = spec.options.bench.then(|| {
        quote! {
            pub fn bench(&mut self, params: &#params) -> ::core::result::Result<#rt::Report, #rt::Error> {
                ::core::unimplemented!()
            }
        }
    });
    let beyond = beyond(spec, &params);
    quote! {
        pub struct Loss<#lifetime T, #declared> {
            data: ::core::marker::PhantomData<#borrow>,
        }

        impl<#lifetime T: #rt::Element, #declared> Loss<#lifetime T, #used> {
            pub fn new(#data #sizes) -> ::core::result::Result<Self, #rt::Error> { ::core::unimplemented!() }
            pub fn dims(&self) -> Dims { ::core::unimplemented!() }
            pub fn params(&self) -> ::core::result::Result<#params, #rt::Error> { ::core::unimplemented!() }
            pub fn value(&mut self, params: &#params) -> ::core::result::Result<f64, #rt::Error> {
                ::core::unimplemented!()
            }
            pub fn gradient(
                &mut self,
                params: &#params,
                gradient: &mut #params,
            ) -> ::core::result::Result<(), #rt::Error> {
                ::core::unimplemented!()
            }
            pub fn value_and_gradient(
                &mut self,
                params: &#params,
                gradient: &mut #params,
            ) -> ::core::result::Result<f64, #rt::Error> {
                ::core::unimplemented!()
            }
            pub fn workspace_bytes(&self) -> usize { ::core::unimplemented!() }
            #beyond
            #bench
            pub fn with_isa(self, isa: #rt::Isa) -> Self { ::core::unimplemented!() }
        }

        impl<T: #rt::Element, #declared> #rt::Parameters for #params {
            type Element = T;
            fn as_slice(&self) -> &[T] { ::core::unimplemented!() }
            fn as_mut_slice(&mut self) -> &mut [T] { ::core::unimplemented!() }
            fn extents(&self) -> ::std::vec::Vec<(&'static str, usize, usize)> { ::core::unimplemented!() }
        }

        impl<#lifetime T: #rt::Element, #declared> #rt::Objective for Loss<#lifetime T, #used> {
            type Element = T;
            type Params = #params;
            fn params(&self) -> ::core::result::Result<#params, #rt::Error> { ::core::unimplemented!() }
            fn value(&mut self, params: &#params) -> ::core::result::Result<f64, #rt::Error> {
                ::core::unimplemented!()
            }
            fn value_and_gradient(
                &mut self,
                params: &#params,
                gradient: &mut #params,
            ) -> ::core::result::Result<f64, #rt::Error> {
                ::core::unimplemented!()
            }
        }

        pub fn cost<T: #rt::Element, #declared>(dims: &Dims) -> #rt::Cost { ::core::unimplemented!() }
    }
}

/// The formulas of derivatives on request.
fn formulas(spec: &Spec) -> TokenStream {
    let beyond = &spec.options.beyond;
    let wants_hvp = beyond.wants(Wanted::Hvp) || beyond.wants_columns();
    let text = |is: bool, name: &str| {
        let name = format_ident!("{name}");
        is.then(|| quote! { pub const #name: &str = ""; })
    };
    let list = |is: bool, name: &str| {
        let name = format_ident!("{name}");
        is.then(|| quote! { pub const #name: &[(&str, &str)] = &[]; })
    };
    let all = [
        text(beyond.wants(Wanted::Jvp), "SLOPE"),
        list(wants_hvp, "HVP"),
        list(beyond.ggn.is_some(), "GGN"),
        text(beyond.sample_norms.is_some(), "SAMPLE_NORMS"),
        list(spec.data_outputs().next().is_some(), "DATA_GRADIENT"),
    ];
    all.into_iter().flatten().collect()
}

/// The methods of derivatives on request.
fn beyond(spec: &Spec, params: &TokenStream) -> TokenStream {
    let rt = &spec.options.krate;
    let beyond = &spec.options.beyond;
    let (_, used) = const_generics(spec);
    let method = |is: bool, name: &str, arguments: TokenStream, result: TokenStream| {
        let name = format_ident!("{name}");
        is.then(|| {
            quote! {
                pub fn #name(&mut self, params: &#params, #arguments) -> ::core::result::Result<#result, #rt::Error> {
                    ::core::unimplemented!()
                }
            }
        })
    };
    let product = quote! { direction: &#params, out: &mut #params };
    let search = quote! { direction: &#params, steps: &[f64], values: &mut [f64], slopes: &mut [f64] };
    let inward = quote! { gradient: &mut DataGradient<T, #used> };
    let has_outputs = spec.data_outputs().next().is_some();
    let methods = [
        method(beyond.wants(Wanted::Jvp), "jvp", quote! { direction: &#params }, quote! { (f64, f64) }),
        method(beyond.wants(Wanted::Hvp), "hvp", product.clone(), quote! { () }),
        method(beyond.ggn.is_some(), "ggn", product, quote! { () }),
        method(beyond.wants(Wanted::Hessian), "hessian", quote! { hessian: &mut [T] }, quote! { () }),
        method(
            beyond.wants(Wanted::HessianDiagonal),
            "hessian_diagonal",
            quote! { diagonal: &mut #params },
            quote! { () },
        ),
        method(beyond.wants(Wanted::LineSearch), "line_search", search, quote! { () }),
        method(beyond.sample_norms.is_some(), "sample_norms", TokenStream::new(), quote! { &[T] }),
        method(has_outputs, "data_gradient", inward, quote! { () }),
    ];
    methods.into_iter().flatten().collect()
}

fn data_arguments(spec: &Spec) -> impl Iterator<Item = &Argument> {
    spec.arguments.iter().filter(|argument| argument.role == Role::Data)
}

/// `'a,` if data are borrowed.
fn lifetime(spec: &Spec) -> Option<TokenStream> {
    data_arguments(spec).any(|argument| argument.is_labels() || !argument.shape.is_scalar()).then(|| quote! { 'a, })
}

/// `T,` if data have numbers.
fn numbers(spec: &Spec) -> Option<TokenStream> {
    data_arguments(spec).any(|argument| !argument.is_labels()).then(|| quote! { T, })
}

/// `const K: usize,` for each const generic, and `K,`.
fn const_generics(spec: &Spec) -> (TokenStream, TokenStream) {
    // One that is called like the type of the numbers has been reported.
    let generics = spec.generics.iter().filter(|(name, _)| name.as_str() != "T");
    let names: Vec<Ident> = generics.map(|(name, _)| generic(*name)).collect();
    (quote! { #(const #names: usize,)* }, quote! { #(#names,)* })
}

/// The dimensions that no data argument tells.
fn given(spec: &Spec) -> Vec<Ident> {
    let in_data = fields(data_arguments(spec).flat_map(|argument| [argument.shape.rows, argument.shape.columns]));
    run_time_dims(spec).into_iter().filter(|dim| !in_data.contains(dim)).collect()
}

/// The fields of the dimensions that are known at run time, in the order in which they first appear.
fn run_time_dims(spec: &Spec) -> Vec<Ident> {
    fields(spec.arguments.iter().flat_map(Argument::dims))
}

fn fields(dims: impl Iterator<Item = Dim>) -> Vec<Ident> {
    let mut fields: Vec<Ident> = Vec::new();
    for dim in dims {
        if let Dim::Named(name) = dim
            && let Some(field) = ident(&name.as_str().to_ascii_lowercase())
            && !fields.contains(&field)
        {
            fields.push(field);
        }
    }
    fields
}

/// What holds a value of the argument's shape that is only read.
fn read_type(argument: &Argument, spec: &Spec, lifetime: &TokenStream) -> TokenStream {
    let rt = &spec.options.krate;
    match argument.shape {
        _ if argument.is_labels() => quote! { #rt::Labels<#lifetime> },
        Shape::SCALAR => quote! { T },
        shape if shape.is_line() => quote! { #rt::VectorRef<#lifetime, T> },
        _ => quote! { #rt::MatrixRef<#lifetime, T> },
    }
}

/// `w` and `w_mut`; none for a name that has been reported.
fn accessors(argument: &Argument, spec: &Spec) -> Option<TokenStream> {
    let rt = &spec.options.krate;
    let declared = argument.declared_name().as_str();
    let name = ident(declared)?;
    let twin = format_ident!("{name}_mut");
    let is_accessor = spec.arguments.iter().any(|other| declared == format!("{}_mut", other.declared_name()));
    if is_accessor || RESERVED.contains(&declared) || RESERVED.iter().any(|reserved| twin == reserved) {
        return None;
    }
    let read = read_type(argument, spec, &quote! { '_ });
    let write = match argument.shape {
        Shape::SCALAR => quote! { &mut T },
        shape if shape.is_line() => quote! { &mut [T] },
        _ => quote! { #rt::MatrixMut<'_, T> },
    };
    if argument.element.is_some() {
        return Some(quote! {
            pub fn #name(&self, i: usize) -> ::core::option::Option<#read> { ::core::unimplemented!() }
            pub fn #twin(&mut self, i: usize) -> ::core::option::Option<#write> { ::core::unimplemented!() }
        });
    }
    Some(quote! {
        pub fn #name(&self) -> #read { ::core::unimplemented!() }
        pub fn #twin(&mut self) -> #write { ::core::unimplemented!() }
    })
}

/// An identifier of the user's, unless it is a keyword.
fn ident(name: &str) -> Option<Ident> {
    syn::parse_str(name).ok()
}
