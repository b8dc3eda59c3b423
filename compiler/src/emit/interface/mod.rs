//! The types that users see: dimensions, data, parameters, the loss.

mod cost;
mod data;
mod dims;
mod loss;
mod params;

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::requests::Requested;
use crate::schedule::Planned;
pub(super) use cost::{bytes, plan};
pub(super) use data::data;
pub(super) use dims::{check, check_data, given, of_params, sizes};
pub(super) use loss::{bench, checked, inputs};
pub(super) use params::flat_type;

/// All of them.
pub(super) fn interface(
    context: &Context<'_>,
    value: &Planned,
    gradient: &Planned,
    requested: &Requested<'_>,
) -> TokenStream {
    let dims = dims::dims(context);
    let data = data(context, "Data that the loss reads and does not differentiate. Nothing is copied.");
    let doc = "The parameters, or the gradient in them: one flat buffer, and a view of each.";
    let params = flat_type(context, ["Params", "ParamDims", doc], &context.params().collect::<Vec<_>>());
    let loss = loss::loss(context, &gradient.program, requested);
    let cost = cost::cost(context, value, gradient);
    quote! { #dims #data #params #loss #cost }
}

/// `<'a, T, const K: usize>` as declared, and `<'a, T, K>` as used, for types that hold data.
pub(in crate::emit) fn data_generics(context: &Context<'_>, bound: &TokenStream) -> (TokenStream, TokenStream) {
    let (declared, used) = context.generics();
    let lifetime = context.borrows().then(|| quote! { 'a, });
    (quote! { <#lifetime T: #bound, #declared> }, quote! { <#lifetime T, #used> })
}
