//! What users see of derivatives on request: methods of `Loss`, and the memory that they use.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::kernel::STEPS;
use super::{Context, Kind, flops, interface};
use crate::compile::Told;
use crate::explain::Derivation;
use crate::schedule::Planned;
use crate::spec::Wanted;

/// The fields of `Loss`: a kernel for each request, and how it cuts the rows.
pub(super) fn fields(context: &Context<'_>, requested: &[&(Kind, Planned)]) -> TokenStream {
    let (_, used) = context.generics();
    let kernels = requested.iter().map(|(kind, _)| {
        let (ty, name, plan) = names(*kind);
        quote! { #name: #ty<T, #used>, #plan: rt::Plan, }
    });
    let unit = has_hessian(context).then(|| quote! { unit: Params<T, #used>, column: Params<T, #used>, });
    let norms = has(requested, Kind::SampleNorms).then(|| quote! { norms: Norms<T>, });
    quote! { #(#kernels)* #unit #norms }
}

/// The bytes of those that are no kernels.
pub(super) fn bytes(context: &Context<'_>, requested: &[&(Kind, Planned)]) -> TokenStream {
    let unit = has_hessian(context).then(|| {
        quote! { + ::core::mem::size_of_val(self.unit.as_slice()) + ::core::mem::size_of_val(self.column.as_slice()) }
    });
    let norms = has(requested, Kind::SampleNorms);
    let norms = norms.then(|| quote! { + ::core::mem::size_of_val(self.norms.flat.as_slice()) });
    quote! { #unit #norms }
}

/// What makes them, where `dims`, `inputs` are in scope.
pub(super) fn made(context: &Context<'_>, requested: &[&(Kind, Planned)]) -> TokenStream {
    let kernels = requested.iter().map(|(kind, plan)| {
        let (ty, name, field) = names(*kind);
        let flops = flops::flops(context, plan);
        let cut = interface::plan(context, &plan.program, &quote! { (0.0 #(+ #flops)*) });
        // A plan of its own: blocks of what has more values of each row have fewer rows.
        quote! {
            #name: { let dims = &dims; let plan = #cut; #ty::new(dims, &plan, &inputs)? },
            #field: { let dims = &dims; #cut },
        }
    });
    let unit = has_hessian(context).then(|| quote! { unit: Params::zeros(dims)?, column: Params::zeros(dims)?, });
    let norms = requested.iter().find(|(kind, _)| *kind == Kind::SampleNorms).map(|(_, plan)| {
        let rows = plan.program.stream.map_or_else(|| quote! { 0 }, |axis| context.size(axis));
        quote! {
            norms: { let dims = &dims; Norms { flat: rt::Flat::zeros([rt::Extent::line(#rows, 1)])? } },
        }
    });
    quote! { #(#kernels)* #unit #norms }
}

/// The type of a kernel, its field, and the field of its plan.
fn names(kind: Kind) -> (Ident, Ident, Ident) {
    let (ty, name) = kind.names();
    (format_ident!("{ty}"), format_ident!("{name}"), format_ident!("{name}_plan"))
}

fn has(requested: &[&(Kind, Planned)], kind: Kind) -> bool {
    requested.iter().any(|(known, _)| *known == kind)
}

fn has_hessian(context: &Context<'_>) -> bool {
    context.spec.options.beyond.wants_columns()
}

/// What the derivation of a request is of.
pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Value | Kind::Gradient | Kind::Unfused => "The gradient",
        Kind::Jvp => "The slope along V",
        Kind::Hvp => "The Hessian times V",
        Kind::Ggn => "The Gauss-Newton matrix times V",
        Kind::LineSearch => "Along the line W + t V",
        Kind::SampleNorms => "The norm of each sample's gradient",
        Kind::DataGradient => "The gradient in data",
    }
}

/// What a request computes, and its derivation, as text.
pub(super) fn constants(told: &Told) -> TokenStream {
    let Told { kind, explanation, derivation } = told;
    let Derivation { text, latex, .. } = derivation;
    let derived = |name: &str, what: &str| {
        let (text_name, latex_name) = (format_ident!("{name}_DERIVATION"), format_ident!("{name}_DERIVATION_LATEX"));
        let (text_doc, latex_doc) = (
            format!(
                "How {what} comes from the loss, with reasons in brackets; `V_w` is the direction of the parameter `w`."
            ),
            format!("`{text_name}` in LaTeX, with the package amsmath."),
        );
        quote! {
            #[doc = #text_doc]
            pub const #text_name: &str = #text;
            #[doc = #latex_doc]
            pub const #latex_name: &str = #latex;
        }
    };
    let Some(explanation) = explanation else { return TokenStream::new() };
    let gradients = explanation.gradients.iter().map(|(name, text)| quote! { (#name, #text) });
    let list = |name: &str, doc: &str, what: &str| {
        let (constant, derived) = (format_ident!("{name}"), derived(name, what));
        quote! {
            #[doc = #doc]
            pub const #constant: &[(&str, &str)] = &[#(#gradients),*];
            #derived
        }
    };
    let one = |name: &str, formula: &str, doc: &str, what: &str| {
        let (constant, derived) = (format_ident!("{name}"), derived(name, what));
        quote! {
            #[doc = #doc]
            pub const #constant: &str = #formula;
            #derived
        }
    };
    let formula = &explanation.formula;
    match kind {
        Kind::Jvp => one(
            "SLOPE",
            formula,
            "The slope along a direction, where `V_w` is the direction of the parameter `w`.",
            "the slope",
        ),
        Kind::Hvp => list(
            "HVP",
            "The name of each parameter, and the part of the Hessian times a direction in it.",
            "the product with the Hessian, the differential of the gradient along a direction,",
        ),
        Kind::Ggn => list(
            "GGN",
            "The name of each parameter, and the part of the Gauss-Newton product in it.",
            "the Gauss-Newton product",
        ),
        Kind::LineSearch => one(
            "LINE_SEARCH",
            formula,
            "The loss at the step `t1` along a direction.",
            "the loss along a line, and its slope,",
        ),
        Kind::SampleNorms => {
            let formula = explanation.gradients.first().map_or("", |(_, text)| text);
            one(
                "SAMPLE_NORMS",
                formula,
                "The norm of what each sample adds to the gradient.",
                "the norm of each sample's gradient",
            )
        }
        Kind::DataGradient => {
            list("DATA_GRADIENT", "The name of each data argument, and the gradient in it.", "the gradient in data")
        }
        Kind::Value | Kind::Gradient | Kind::Unfused => TokenStream::new(),
    }
}

/// The methods, and the types that only they have.
pub(super) fn methods(context: &Context<'_>, requested: &[&(Kind, Planned)]) -> TokenStream {
    let beyond = &context.spec.options.beyond;
    let (declared, used) = interface::data_generics(context, &quote! { rt::Element });
    let mut all = Vec::new();
    let mut types = Vec::new();
    for (kind, _) in requested {
        match kind {
            Kind::Jvp => all.push(jvp(context)),
            Kind::Hvp => {
                if beyond.wants(Wanted::Hvp) {
                    all.push(along(context, *kind, "hvp", HVP_DOC));
                }
                if beyond.wants(Wanted::Hessian) {
                    all.push(hessian(context));
                }
                if beyond.wants(Wanted::HessianDiagonal) {
                    all.push(hessian_diagonal(context));
                }
            }
            Kind::Ggn => all.push(along(context, *kind, "ggn", GGN_DOC)),
            Kind::LineSearch => all.push(line_search(context)),
            Kind::SampleNorms => {
                types.push(quote! {
                    /// A number for each sample.
                    struct Norms<T> {
                        flat: rt::Flat<T, 1>,
                    }
                });
                all.push(sample_norms(context));
            }
            Kind::DataGradient => {
                let arguments: Vec<_> = context.spec.data_outputs().map(|i| &context.spec.arguments[i]).collect();
                let doc = "The gradient in data: one flat buffer, and a view of each.";
                types.push(interface::flat_type(context, "DataGradient", doc, &arguments));
                all.push(data_gradient(context));
            }
            Kind::Value | Kind::Gradient | Kind::Unfused => {}
        }
    }
    if all.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #(#types)*

        impl #declared Loss #used {
            #(#all)*
        }
    }
}

const HVP_DOC: &str = "Writes the Hessian times `direction`, over all parameters at once.";
const GGN_DOC: &str = "Writes the Gauss-Newton matrix times `direction`, over all parameters at once: the Hessian of \
                       the outer loss, between Jacobians of the model, without the curvature of the model.";

fn jvp(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    quote! {
        /// The loss, and its derivative along `direction`: the product of the gradient and the direction, without the
        /// gradient. Both are added up in f64.
        ///
        /// # Errors
        /// If `params` or `direction` was made for other sizes.
        pub fn jvp(&mut self, params: &#params, direction: &#params) -> ::core::result::Result<(f64, f64), #error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            let [value, slope] = self.jvp.run(self.isa, &self.dims, &self.jvp_plan, &self.inputs, params, direction)?;
            ::core::result::Result::Ok((value, slope))
        }
    }
}

/// A matrix of second derivatives times a direction.
fn along(context: &Context<'_>, kind: Kind, method: &str, doc: &str) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    let (_, kernel, plan) = names(kind);
    let method = format_ident!("{method}");
    quote! {
        #[doc = #doc]
        ///
        /// # Errors
        /// If `params`, `direction` or `out` was made for other sizes; `out` is untouched then.
        pub fn #method(
            &mut self,
            params: &#params,
            direction: &#params,
            out: &mut #params,
        ) -> ::core::result::Result<(), #error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            self.dims.check(&out.dims)?;
            self.#kernel.run(self.isa, &self.dims, &self.#plan, &self.inputs, params, direction, out).map(|_| ())
        }
    }
}

/// The loop over all columns of the Hessian: `each` has the number of one, `i`, and `self.column`.
fn columns(each: &TokenStream) -> TokenStream {
    quote! {
        self.unit.as_mut_slice().fill(T::default());
        for i in 0..self.unit.as_slice().len() {
            self.unit.as_mut_slice()[i] = T::from_f64(1.0);
            self.hvp.run(
                self.isa, &self.dims, &self.hvp_plan, &self.inputs, params, &self.unit, &mut self.column,
            )?;
            self.unit.as_mut_slice()[i] = T::default();
            #each
        }
    }
}

fn hessian(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    let columns = columns(&quote! {
        hessian[i * count..][..count].copy_from_slice(self.column.as_slice());
    });
    quote! {
        /// Writes the whole Hessian, a row after the other, in the order of `Params::as_slice`; it is made symmetric to
        /// the last bit.
        ///
        /// It takes a product with the Hessian for each parameter: it is for few of them.
        ///
        /// # Errors
        /// If `params` was made for other sizes, or if `hessian` has not as many elements as there are pairs of
        /// parameters; it is untouched then.
        pub fn hessian(&mut self, params: &#params, hessian: &mut [T]) -> ::core::result::Result<(), #error> {
            self.dims.check(&params.dims)?;
            let count = params.as_slice().len();
            if count.checked_mul(count) != ::core::option::Option::Some(hessian.len()) {
                return ::core::result::Result::Err(#error::Length {
                    found: hessian.len(),
                    rows: count,
                    columns: count,
                });
            }
            #columns
            for i in 0..count {
                for j in 0..i {
                    let mean = 0.5 * (hessian[i * count + j].to_f64() + hessian[j * count + i].to_f64());
                    hessian[i * count + j] = T::from_f64(mean);
                    hessian[j * count + i] = T::from_f64(mean);
                }
            }
            ::core::result::Result::Ok(())
        }
    }
}

fn hessian_diagonal(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    let columns = columns(&quote! { diagonal.as_mut_slice()[i] = self.column.as_slice()[i]; });
    quote! {
        /// Writes the diagonal of the Hessian, exactly: the second derivative in each element of the parameters.
        ///
        /// It takes a product with the Hessian for each element: it is for few of them.
        ///
        /// # Errors
        /// If `params` or `diagonal` was made for other sizes; `diagonal` is untouched then.
        pub fn hessian_diagonal(
            &mut self,
            params: &#params,
            diagonal: &mut #params,
        ) -> ::core::result::Result<(), #error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&diagonal.dims)?;
            #columns
            ::core::result::Result::Ok(())
        }
    }
}

fn line_search(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    let count = Literal::usize_unsuffixed(STEPS);
    let doc = format!(
        "The loss at `params + t * direction`, and its derivative in `t`, for each `t` in `steps`: {STEPS} steps take \
         one pass over the data, in which products of data and parameters are computed once."
    );
    quote! {
        #[doc = #doc]
        ///
        /// # Errors
        /// If `params` or `direction` was made for other sizes, or if `values` or `slopes` is not as long as `steps`.
        pub fn line_search(
            &mut self,
            params: &#params,
            direction: &#params,
            steps: &[f64],
            values: &mut [f64],
            slopes: &mut [f64],
        ) -> ::core::result::Result<(), #error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            for found in [values.len(), slopes.len()] {
                if found != steps.len() {
                    return ::core::result::Result::Err(#error::Length { found, rows: steps.len(), columns: 1 });
                }
            }
            let results = values.chunks_mut(#count).zip(slopes.chunks_mut(#count));
            for (steps, (values, slopes)) in steps.chunks(#count).zip(results) {
                // What is left over of the last chunk is computed for its first step again.
                let mut all = [steps[0]; #count];
                all[..steps.len()].copy_from_slice(steps);
                let found =
                    self.line.run(self.isa, &self.dims, &self.line_plan, &self.inputs, params, direction, &all)?;
                values.copy_from_slice(&found[..values.len()]);
                slopes.copy_from_slice(&found[#count..][..slopes.len()]);
            }
            ::core::result::Result::Ok(())
        }
    }
}

fn sample_norms(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    quote! {
        /// For each sample the norm of what it adds to the gradient, over all parameters, without any gradient of a
        /// sample. What no sample adds, such as a penalty's gradient, does not count.
        ///
        /// # Errors
        /// If `params` was made for other sizes.
        pub fn sample_norms(&mut self, params: &#params) -> ::core::result::Result<&[T], #error> {
            self.dims.check(&params.dims)?;
            self.samples.run(self.isa, &self.dims, &self.samples_plan, &self.inputs, params, &mut self.norms)?;
            ::core::result::Result::Ok(self.norms.flat.as_slice())
        }
    }
}

fn data_gradient(context: &Context<'_>) -> TokenStream {
    let (error, params) = (context.public("Error"), params(context));
    let (_, used) = context.generics();
    quote! {
        /// Writes the gradient in the data that the loss was asked to differentiate by.
        ///
        /// # Errors
        /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
        pub fn data_gradient(
            &mut self,
            params: &#params,
            gradient: &mut DataGradient<T, #used>,
        ) -> ::core::result::Result<(), #error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&gradient.dims)?;
            self.inward.run(self.isa, &self.dims, &self.inward_plan, &self.inputs, params, gradient).map(|_| ())
        }
    }
}

fn params(context: &Context<'_>) -> TokenStream {
    let (_, used) = context.generics();
    quote! { Params<T, #used> }
}
