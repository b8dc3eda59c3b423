//! Derivatives on request in the expansion: their formulas, their methods, and the memory of `Loss` that they use.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::{Context, flops, interface};
use crate::explain::{Derivation, Explanation};
use crate::requests::{Explained, Formula, Output, Quantity, Request, Shows, State, fields};
use crate::schedule::Planned;

/// The requests of a loss, and their programs.
pub(super) type Requested<'a> = [(&'static Request, &'a Planned)];

/// The requests among kernels.
pub(super) fn requested(kernels: &[(Quantity, Planned)]) -> Vec<(&'static Request, &Planned)> {
    let requests = kernels.iter().filter_map(|(quantity, plan)| match quantity {
        Quantity::Requested(request) => Some((*request, plan)),
        Quantity::Value | Quantity::Gradient | Quantity::Unfused | Quantity::Output => None,
    });
    requests.collect()
}

/// State that `Loss` holds for its requests: a kernel of each, the plan by which it cuts the rows, and memory.
///
/// The plans are statements before the rest.
pub(super) fn state(context: &Context<'_>, requested: &Requested<'_>) -> (TokenStream, State) {
    let mut plans = TokenStream::new();
    let mut state = State { fields: TokenStream::new(), made: TokenStream::new(), bytes: TokenStream::new() };
    let mut add = |State { fields, made, bytes }: State| {
        state.fields.extend(fields);
        state.made.extend(made);
        state.bytes.extend(quote! { + #bytes });
    };
    for (request, plan) in requested {
        let (plan, state) = kernel(context, request, plan);
        plans.extend(plan);
        add(state);
    }
    for (request, _) in requested {
        (request.state)(&context.api()).into_iter().for_each(&mut add);
    }
    if let Some(plan) = writes(requested, Output::Samples) {
        add(norms(context, plan));
    }
    (plans, state)
}

/// The program of the first request that writes `output`, whose type stands in the expansion once.
fn writes<'a>(requested: &Requested<'a>, output: Output) -> Option<&'a Planned> {
    requested.iter().find(|(request, _)| request.writes == output).map(|(_, plan)| *plan)
}

/// The plan of a request's kernel, as a statement, and the kernel.
fn kernel(context: &Context<'_>, request: &Request, plan: &Planned) -> (TokenStream, State) {
    let (_, used) = context.generics();
    let ty = Ident::new(request.names.0, Span::call_site());
    let (name, cut) = fields(request);
    let flops = flops::flops(context, plan);
    // A plan of its own: blocks of what has more values of each row have fewer rows.
    let plan = interface::plan(context, &plan.program, &flops);
    let state = State {
        fields: quote! { #name: #ty<T, #used>, #cut: rt::Plan, },
        made: quote! { #name: #ty::new(&dims, &#cut, &inputs)?, #cut, },
        bytes: quote! { self.#name.bytes() },
    };
    (quote! { let #cut = #plan; }, state)
}

/// A number for each sample.
fn norms(context: &Context<'_>, plan: &Planned) -> State {
    let rows = plan.program.stream.map_or_else(|| quote! { 0 }, |axis| context.size(axis));
    State {
        fields: quote! { norms: Norms<T>, },
        made: quote! {
            norms: Norms { flat: rt::Flat::zeros([rt::Extent::line(#rows, 1)])? },
        },
        bytes: quote! { mem::size_of_val(self.norms.flat.as_slice()) },
    }
}

/// The formulas of a request, and its derivation, as text.
fn constants(request: &Request, explanation: &Explanation, derivation: &Derivation) -> TokenStream {
    let Formula { constant, doc, of, shows } = &request.formula;
    let Derivation { text, latex, .. } = derivation;
    let formula = match shows {
        Shows::Value(_) => Some(explanation.formula.as_str()),
        Shows::Output => Some(explanation.gradients.first().map_or("", |(_, text)| text)),
        Shows::Outputs => None,
    };
    let (ty, formula) = if let Some(formula) = formula {
        (quote! { &str }, quote! { #formula })
    } else {
        let all = explanation.gradients.iter().map(|(name, text)| quote! { (#name, #text) });
        (quote! { &[(&str, &str)] }, quote! { &[#(#all),*] })
    };
    let [constant, text_name, latex_name] =
        ["", "_DERIVATION", "_DERIVATION_LATEX"].map(|end| format_ident!("{constant}{end}"));
    let text_doc =
        format!("How {of} comes from the loss, with reasons in brackets; `V_w` is the direction of the parameter `w`.");
    let latex_doc = format!("`{text_name}` in LaTeX, with the package amsmath.");
    quote! {
        #[doc = #doc]
        pub const #constant: #ty = #formula;
        #[doc = #text_doc]
        pub const #text_name: &str = #text;
        #[doc = #latex_doc]
        pub const #latex_name: &str = #latex;
    }
}

/// The constants of all that could be explained.
pub(super) fn all_constants(explained: &[Explained]) -> TokenStream {
    let constants = explained.iter().filter_map(|Explained { request, explanation, derivation }| {
        Some(constants(request, explanation.as_ref()?, derivation))
    });
    constants.collect()
}

/// The methods, and the types that only they have.
pub(super) fn methods(context: &Context<'_>, requested: &Requested<'_>) -> TokenStream {
    if requested.is_empty() {
        return TokenStream::new();
    }
    let (declared, used) = interface::data_generics(context, &quote! { rt::Element });
    let api = context.api();
    let choices = requested.iter().flat_map(|(request, _)| request.asked(context.spec));
    let methods = choices.map(|(choice, _)| (choice.method)(&api));
    let samples = writes(requested, Output::Samples).map(|_| {
        quote! {
            /// A number for each sample.
            struct Norms<T> {
                flat: rt::Flat<T, 1>,
            }
        }
    });
    let data = writes(requested, Output::Data).map(|_| {
        let arguments: Vec<_> = context.data_outputs().collect();
        let doc = "The gradient in data: one flat buffer, and a view of each.";
        let (made, check) =
            (interface::flat_type(context, ["DataGradient", "Dims", doc], &arguments), interface::check_data(context));
        quote! { #made #check }
    });
    quote! {
        #samples
        #data

        impl #declared Loss #used {
            #(#methods)*
        }
    }
}
