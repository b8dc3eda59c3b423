//! `cost`, and how it cuts the rows.

use proc_macro2::TokenStream;
use quote::quote;

use crate::base::Shape;
use crate::emit::Context;
use crate::emit::flops::flops;
use crate::emit::tokens::sum;
use crate::schedule::{BufferRole, Location, Planned, Program};
use crate::syntax::Argument;

/// The plan by which the rows are cut, for `flops` operations, where `dims` and `cost` are in scope.
pub(in crate::emit) fn plan(context: &Context<'_>, program: &Program, flops: &TokenStream) -> TokenStream {
    let Some(axis) = program.stream else { return quote! { rt::Plan::new::<T>(0, &[], &[], 0.0) } };
    let width = |shape: Shape| {
        let other = if shape.rows == axis { shape.columns } else { shape.rows };
        context.size(other)
    };
    let read = program.statements().flat_map(crate::schedule::Statement::reads).filter(|source| source.rows);
    let mut arguments: Vec<usize> = read
        .filter_map(|source| match source.from {
            Location::Argument(i) | Location::Transposed(i) => Some(i),
            Location::Buffer(_) | Location::Scalar(_) | Location::ProductPiece => None,
        })
        .collect();
    arguments.sort_unstable();
    arguments.dedup();
    let arguments = arguments.into_iter().map(|i| context.arguments[i].shape);
    let buffers = program
        .buffers
        .iter()
        .enumerate()
        .filter(|(i, buffer)| matches!(buffer.role, BufferRole::RowLocal(_)) && buffer.memory == Some(*i))
        .map(|(_, buffer)| buffer.shape);
    let widths = arguments.chain(buffers).map(width);
    let rows = context.size(axis);
    let sums = program.buffers.iter().filter(|buffer| matches!(buffer.role, BufferRole::Sum(_))).map(|buffer| {
        let (rows, columns) = (context.size(buffer.shape.rows), context.size(buffer.shape.columns));
        quote! { (#rows, #columns) }
    });
    quote! { rt::Plan::new::<T>(#rows, &[#(#widths),*], &[#(#sums),*], #flops + 4.0 * cost.bytes) }
}

/// The elements that arguments have, as a number, where `dims` is in scope.
fn elements(context: &Context<'_>, arguments: &mut dyn Iterator<Item = &Argument>) -> TokenStream {
    let of_one = |argument: &Argument| {
        let (rows, columns) = (context.size(argument.shape.rows), context.size(argument.shape.columns));
        quote! { rt::count(#rows) * rt::count(#columns) }
    };
    sum(&arguments.map(of_one).collect::<Vec<_>>(), "0.0")
}

/// The bytes that all arguments have.
pub(in crate::emit) fn bytes(context: &Context<'_>) -> TokenStream {
    let elements = elements(context, &mut context.arguments.iter());
    quote! { (#elements) * rt::count(mem::size_of::<T>()) }
}

/// `cost`: operations from the schedule, bytes from the arguments.
pub(super) fn cost(context: &Context<'_>, value: &Planned, gradient: &Planned) -> TokenStream {
    let (declared, _) = context.generics();
    let (value, gradient) = (flops(context, value), flops(context, gradient));
    let (data, params) = (elements(context, &mut context.data()), elements(context, &mut context.params()));
    quote! {
        /// The cost of one call of `value_and_gradient` in elements of type `T`.
        #[must_use]
        pub fn cost<T: rt::Element, #declared>(dims: &Dims) -> Cost {
            let gradient = #gradient;
            let value = #value;
            let data = #data;
            let params = #params;
            Cost::new(gradient, value, (data + 2.0 * params) * rt::count(mem::size_of::<T>()))
        }
    }
}
