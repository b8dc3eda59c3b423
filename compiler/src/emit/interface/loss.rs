//! `Loss`: how it is made, and its methods.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::cost::plan;
use super::data::{element_is_unused, given_as};
use super::data_generics;
use super::dims::given;
use crate::base::{ArgumentKind, Dim};
use crate::emit::Context;
use crate::emit::requests::{self, Requested};
use crate::requests::{State, fields as fields_of};
use crate::schedule::Program;

pub(super) fn loss(context: &Context<'_>, program: &Program, requested: &Requested<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_names) = context.generics();
    let (lifetime, numbers) = context.data_parameters();
    let inputs = context.borrows().then(|| quote! { <'a, T> });
    let has_data = context.data().next().is_some();
    let data_argument = has_data.then(|| quote! { data: Data<#lifetime #numbers #const_names>, });
    let given = given(context);
    let sizes_argument = (!given.is_empty()).then(|| quote! { sizes: Sizes, });
    let (plans, State { fields, made, bytes }) = requests::state(context, requested);
    let make = make(context, program, &plans, &made);
    let names = requested.iter().map(|(request, _)| fields_of(request).0);
    quote! {
        /// The loss of some data: value and gradient, without allocation.
        pub struct Loss #declared {
            dims: Dims,
            plan: rt::Plan,
            isa: Isa,
            inputs: Inputs #inputs,
            value: Value<T, #const_names>,
            gradient: Gradient<T, #const_names>,
            #fields
        }

        impl #declared Loss #used {
            /// Checks every shape and makes every buffer, for as many threads as the pool has that this is called in.
            ///
            /// # Errors
            /// If shapes don't fit each other or the loss, or if a buffer is larger than memory.
            pub fn new(#data_argument #sizes_argument) -> Result<Self, Error> {
                #make
            }

            /// The sizes of this loss.
            #[must_use]
            pub fn dims(&self) -> Dims {
                self.dims
            }

            /// Memory that the loss holds beside its data: blocks of rows, packed parameters, sums.
            #[must_use]
            pub fn workspace_bytes(&self) -> usize {
                self.value.bytes() + self.gradient.bytes() #bytes
            }

            /// Parameters of the right sizes, all 0.
            ///
            /// # Errors
            /// If they are larger than memory.
            pub fn params(&self) -> Result<Params<T, #const_names>, Error> {
                Params::zeros(self.dims)
            }

            /// The loss, added up in f64.
            ///
            /// # Errors
            /// If `params` was made for other sizes.
            pub fn value(&mut self, params: &Params<T, #const_names>) -> Result<f64, Error> {
                self.dims.check(&params.dims)?;
                self.value.run(self.isa, &self.dims, &self.plan, &self.inputs, params)
            }

            /// Writes the gradient.
            ///
            /// # Errors
            /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
            pub fn gradient(
                &mut self,
                params: &Params<T, #const_names>,
                gradient: &mut Params<T, #const_names>,
            ) -> Result<(), Error> {
                self.value_and_gradient(params, gradient).map(|_| ())
            }

            /// The loss, added up in f64; writes the gradient.
            ///
            /// # Errors
            /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
            pub fn value_and_gradient(
                &mut self,
                params: &Params<T, #const_names>,
                gradient: &mut Params<T, #const_names>,
            ) -> Result<f64, Error> {
                self.dims.check(&params.dims)?;
                self.dims.check(&gradient.dims)?;
                self.gradient.run(self.isa, &self.dims, &self.plan, &self.inputs, params, gradient)
            }

            /// Uses `isa` from now on, which tests and comparisons do; the best one is the default.
            #[must_use]
            pub fn with_isa(mut self, isa: Isa) -> Self {
                self.isa = isa;
                // Values kept of the data may have the layout that the instruction set before this one needs.
                self.value.is_hoisted = false;
                self.gradient.is_hoisted = false;
                #(self.#names.is_hoisted = false;)*
                self
            }
        }
    }
}

/// `Loss::bench`.
pub(in crate::emit) fn bench(context: &Context<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_names) = context.generics();
    let name = context.spec.name.to_string();
    quote! {
        impl #declared Loss #used {
            /// Measures value and gradient at `params`: their time, the part of what the machine could do in it, and how
            /// much longer the same operations take one after the other, each over whole matrices.
            ///
            /// That reference keeps every intermediate, so it needs their memory. Takes about two seconds.
            ///
            /// # Errors
            /// If `params` was made for other sizes, or if there is not enough memory.
            pub fn bench(&mut self, params: &Params<T, #const_names>) -> Result<Report, Error> {
                self.dims.check(&params.dims)?;
                let (mut gradient, mut reference) = (self.params()?, self.params()?);
                let mut unfused = Unfused::new(&self.dims, &self.plan, &self.inputs)?;
                let cost = cost::<T, #const_names>(&self.dims);
                let (isa, dims, plan, inputs) = (self.isa, &self.dims, &self.plan, &self.inputs);
                let fused = &mut self.gradient;
                let report = rt::bench::<T>(
                    #name,
                    isa,
                    cost,
                    || fused.run(isa, dims, plan, inputs, params, &mut gradient),
                    || unfused.run(isa, dims, plan, inputs, params, &mut reference),
                )?;
                Ok(report.compared(gradient.as_slice(), reference.as_slice()))
            }
        }
    }
}

/// The body of `Loss::new`.
fn make(context: &Context<'_>, program: &Program, plans: &TokenStream, made: &TokenStream) -> TokenStream {
    let gives = given(context).into_iter().map(|dim| {
        let (number, name, field) = (context.number_literal(dim), dim.to_string(), context.field(dim));
        quote! { shapes.give(#number, #name, sizes.#field); }
    });
    let (dims, inputs) = (checked(context, &gives.collect()), inputs(context));
    let (_, used) = context.generics();
    let plan = plan(context, program, &quote! { cost.flops });
    quote! {
        #dims
        let cost = cost::<T, #used>(&dims);
        let plan = #plan;
        #plans
        #inputs
        Ok(Self {
            value: Value::new(&dims, &plan, &inputs)?,
            gradient: Gradient::new(&dims, &plan, &inputs)?,
            #made
            dims,
            plan,
            isa: Isa::detect(),
            inputs,
        })
    }
}

/// Statements that compare the data with each other and with the sizes that `gives` says, and make `dims` of them.
pub(in crate::emit) fn checked(context: &Context<'_>, gives: &TokenStream) -> TokenStream {
    let count = Literal::usize_unsuffixed(context.dims.len());
    let checks = context.data().filter(|argument| Context::is_borrowed(argument)).map(|argument| {
        let given = given_as(argument);
        let (text, declared) = (argument.label().to_string(), argument.type_text());
        let size = |dim| match dim {
            Dim::Named(name) => {
                let number = context.number_literal(name);
                quote! { rt::Size::Named(#number) }
            }
            fixed => {
                let size = context.fixed_size(fixed);
                quote! { rt::Size::Fixed(#size) }
            }
        };
        let (rows, columns) = (size(argument.shape.rows), size(argument.shape.columns));
        let found = if argument.shape.columns.is_one() {
            quote! { (#given.len(), 1) }
        } else if argument.shape.rows.is_one() {
            quote! { (1, #given.len()) }
        } else {
            quote! { (#given.rows(), #given.columns()) }
        };
        quote! { shapes.argument(#text, #declared, #found, (#rows, #columns))?; }
    });
    let fields = context.dims.iter().map(|dim| {
        let (field, number) = (context.field(*dim), context.number_literal(*dim));
        quote! { #field: shapes.size(#number), }
    });
    quote! {
        let mut shapes = rt::Shapes::<#count>::default();
        #gives
        #(#checks)*
        let dims = Dims { #(#fields)* };
    }
}

/// The statement that makes `inputs` of the data, where `dims` is in scope.
pub(in crate::emit) fn inputs(context: &Context<'_>) -> TokenStream {
    let inputs = context.data_inputs().map(|(argument, form, field)| {
        let given = given_as(argument);
        if let ArgumentKind::Labels { classes, may_miss } = argument.kind {
            let (text, declared) = (argument.label().to_string(), argument.type_text());
            let classes = context.size(classes);
            let checked = format_ident!("{}", if may_miss { "optional" } else { "new" });
            return quote! {
                #field: rt::LabelInput::#checked(#text, #declared, #given, #classes)?,
            };
        }
        if argument.shape.is_scalar() {
            return quote! { #field: #given.to_f64(), };
        }
        let source = if form.transposed {
            quote! { #given.t() }
        } else {
            quote! { #given }
        };
        match (form.rows, argument.shape.is_line()) {
            (true, false) => quote! { #field: rt::Input::streamed(#source), },
            (true, true) => quote! { #field: rt::Input::streamed_line(#source), },
            (false, false) => quote! { #field: rt::Input::resident(#source)?, },
            (false, true) => quote! { #field: rt::Input::resident_line(#source)?, },
        }
    });
    let element = element_is_unused(context).then(|| quote! { _element: PhantomData, });
    quote! { let inputs = Inputs { #(#inputs)* #element }; }
}
