//! Traits that all losses share, and the test of derivatives that `#[loss(test)]` asks for.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::interface::{data_generics, given};
use super::{Context, names};
use crate::base::ArgumentKind;
use crate::requests;
use crate::syntax::{Argument, TestedAt};

/// The traits of the runtime that a loss and its parameters have.
pub(super) fn objective(context: &Context<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (const_declared, const_names) = context.generics();
    let extents = context.params().map(|argument| {
        let name = argument.label().to_string();
        let (rows, columns) = (context.size(argument.shape.rows), context.size(argument.shape.columns));
        quote! { (#name, #rows, #columns) }
    });
    quote! {
        impl #declared rt::Objective for Loss #used {
            type Element = T;
            type Params = Params<T, #const_names>;

            fn params(&self) -> Result<Self::Params, Error> {
                self.params()
            }

            fn value(&mut self, params: &Self::Params) -> Result<f64, Error> {
                self.value(params)
            }

            fn value_and_gradient(
                &mut self,
                params: &Self::Params,
                gradient: &mut Self::Params,
            ) -> Result<f64, Error> {
                self.value_and_gradient(params, gradient)
            }
        }

        impl<T: rt::Element, #const_declared> rt::Parameters for Params<T, #const_names> {
            type Element = T;

            fn as_slice(&self) -> &[T] {
                self.as_slice()
            }

            fn as_mut_slice(&mut self) -> &mut [T] {
                self.as_mut_slice()
            }

            fn extents(&self) -> Vec<(&'static str, usize, usize)> {
                let dims = &self.dims;
                Vec::from([#(#extents),*])
            }
        }
    }
}

/// The test of `#[loss(test)]`. The kernel of the same operations unfused, which it compares with, is `unfused` unless the
/// module has it anyway.
pub(super) fn test(context: &Context<'_>, unfused: &[TokenStream]) -> TokenStream {
    let name = format_ident!("the_gradient_of_{}_is_right", context.spec.name.to_string().trim_start_matches("r#"));
    let names = context.dims.iter().map(ToString::to_string);
    let axis = context.dims.iter().enumerate().map(|(i, dim)| {
        let (field, number) = (context.field(*dim), Literal::usize_unsuffixed(i));
        quote! { #field: case.size(#number) }
    });
    let consts = context.spec.generics.iter().enumerate().map(|(i, (name, ty))| {
        let given = context.spec.options.tested_at.iter().find_map(|(other, at, _)| match at {
            TestedAt::Size(size) if other == name => Some(*size),
            _ => None,
        });
        let (name, size) = (names::generic(*name), Literal::usize_unsuffixed(given.unwrap_or(3 + i)));
        quote! { const #name: #ty = #size; }
    });
    let (_, const_names) = context.generics();
    let at = context.spec.options.tested_at.iter().map(|(name, at, _)| {
        let name = name.as_str();
        match *at {
            TestedAt::Size(size) => quote! { (#name, rt::TestedAt::Size(#size)) },
            TestedAt::Range(low, high) => quote! { (#name, rt::TestedAt::Range(#low, #high)) },
        }
    });
    let lifetime = context.borrows().then(|| quote! { '_, });
    let made = context.data().map(|argument| random(context, argument));
    let fields = context.data().filter(|argument| argument.is_first()).map(|first| {
        let name = Context::ident(first.declared_name());
        let lent = context
            .data()
            .filter(|argument| argument.declared_name() == first.declared_name())
            .map(|argument| lent(context, argument));
        if first.element.is_some() {
            quote! { #name: [#(#lent),*] }
        } else {
            quote! { #name: #(#lent)* }
        }
    });
    let data = context.data().next().is_some().then(|| quote! { Data { #(#fields),* }, });
    let sizes = given(context);
    let sizes = (!sizes.is_empty()).then(|| {
        let fields = sizes.iter().map(|dim| context.field(*dim));
        quote! { Sizes { #(#fields: dims.#fields),* }, }
    });
    let reference = reference(context);
    let asked = requests::asked(context.spec).flat_map(|request| request.asked(context.spec));
    let checks = asked.filter_map(|(choice, _)| Some((choice.check?)()));
    quote! {
        #[cfg(test)]
        mod unfused {
            use super::*;

            #(#unfused)*
            #reference
        }

        #[cfg(test)]
        #[test]
        fn #name() -> Result<(), String> {
            #(#consts)*
            let at = [#(#at),*];
            rt::check_cases(&[#(#names),*], &at, |case| -> Result<(), Error> {
                let dims = &Dims { #(#axis),* };
                #(#made)*
                let mut loss = Loss::<#lifetime f64, #const_names>::new(#data #sizes)?;
                case.check(&mut loss)?;
                case.check_unfused(&mut loss, |loss, params, out| loss.unfused(params, out))?;
                #(#checks)*
                Ok(())
            })
        }
    }
}

/// Value and gradient by the same operations one after the other, each over whole matrices.
fn reference(context: &Context<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_names) = context.generics();
    let params = quote! { Params<T, #const_names> };
    quote! {
        impl #declared Loss #used {
            pub(super) fn unfused(
                &mut self,
                params: &#params,
                gradient: &mut #params,
            ) -> Result<f64, Error> {
                let mut unfused = Unfused::new(&self.dims, &self.plan, &self.inputs)?;
                unfused.run(self.isa, &self.dims, &self.plan, &self.inputs, params, gradient)
            }
        }
    }
}

/// The variable of the test that owns an argument.
fn variable(argument: &Argument) -> Ident {
    format_ident!("values_{}", names::value(argument.name))
}

/// Random values for an argument.
fn random(context: &Context<'_>, argument: &Argument) -> TokenStream {
    let variable = variable(argument);
    let (rows, columns) = (context.size(argument.shape.rows), context.size(argument.shape.columns));
    match argument.kind {
        ArgumentKind::Labels { classes, may_miss } => {
            let classes = context.size(classes);
            let labels = format_ident!("{}", if may_miss { "optional_labels" } else { "labels" });
            quote! { let #variable = case.#labels(#rows, #classes); }
        }
        ArgumentKind::Numbers => {
            let name = argument.declared_name().to_string();
            quote! { let #variable = case.values(#name, #rows, #columns); }
        }
    }
}

/// The values of an argument in the form that `Data` takes.
fn lent(context: &Context<'_>, argument: &Argument) -> TokenStream {
    let variable = variable(argument);
    let shape = argument.shape;
    if argument.is_labels() {
        return quote! { (&#variable).into() };
    }
    if shape.is_scalar() {
        return quote! { #variable[0] };
    }
    if shape.is_line() {
        return quote! { #variable.as_slice().into() };
    }
    let (rows, columns) = (context.size(shape.rows), context.size(shape.columns));
    quote! { MatrixRef::new(&#variable, #rows, #columns)? }
}
