//! Tokens that all parts of an expansion are made of: numbers, names, sums, and pointwise formulas.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::graph::{Graph, NodeId};
use crate::operations::{Code, Kind, Operation};

/// Names that a module has from the runtime's prelude. They are listed, since rustc writes the names of a glob with their paths in errors.
pub(super) fn known_names() -> TokenStream {
    quote! {
        use rt::prelude::{
            Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut, MatrixRef, PhantomData, Range, Report, String, Vec,
            VectorRef, mem,
        };
    }
}

/// Makes all elements of a buffer a number.
pub(super) fn fill(buffer: &TokenStream, value: f64) -> TokenStream {
    if value == 0.0 {
        return quote! { #buffer.clear(); };
    }
    let value = number(value);
    quote! { #buffer.fill(T::from_f64(#value)); }
}

/// A sum of terms, or `none` of no terms.
pub(super) fn sum(terms: &[TokenStream], none: &str) -> TokenStream {
    if terms.is_empty() { path(none) } else { joined(terms, "+") }
}

/// Expressions with an operator between them.
pub(super) fn joined(terms: &[TokenStream], operator: &str) -> TokenStream {
    let operator = path(operator);
    let between = terms.iter().skip(1).map(|term| quote! { #operator #term });
    terms.first().cloned().into_iter().chain(between).collect()
}

/// A name in the runtime, such as `linalg::inverse`.
pub(super) fn path(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// `name`, or `name_2` for a number above `plain`.
pub(super) fn numbered(name: &str, number: usize, plain: usize) -> Ident {
    if number <= plain { format_ident!("{}", name) } else { format_ident!("{}_{}", name, number) }
}

/// A number as Rust writes it; one that the compiler folded may be infinite.
pub(super) fn number(value: f64) -> TokenStream {
    if !value.is_finite() {
        let name = Ident::new(if value.is_nan() { "NAN" } else { "INFINITY" }, Span::call_site());
        let sign = (value == f64::NEG_INFINITY).then(|| quote! { - });
        return quote! { #sign f64::#name };
    }
    let magnitude = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() {
        quote! { -#magnitude }
    } else {
        quote! { #magnitude }
    }
}

/// A pointwise operation on operands that are vectors or numbers.
pub(super) fn formula(graph: &Graph, id: NodeId, operands: &[TokenStream]) -> TokenStream {
    match graph.operation(id) {
        Some(operation) => code(operation, operands),
        None => operands.first().cloned().unwrap_or_default(),
    }
}

/// An elementwise operation on operands that are vectors or numbers.
pub(super) fn code(operation: &'static dyn Operation, operands: &[TokenStream]) -> TokenStream {
    let Kind::Pointwise(row) = operation.kind() else {
        return operands.first().cloned().unwrap_or_default();
    };
    let operator = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
    match (row.code, operands) {
        (Code::Infix(text), [a, b]) => {
            let operator = operator(text);
            quote! { #a #operator #b }
        }
        (Code::Prefix(text), [a]) => {
            let operator = operator(text);
            quote! { #operator #a }
        }
        (Code::Method(name), operands) => {
            let name = Ident::new(name, Span::call_site());
            quote! { rt::Elementwise::#name(#(#operands),*) }
        }
        _ => TokenStream::new(),
    }
}

/// Comparison with 0 under which a way is taken, for the cost of the second way minus that of the first.
pub(super) fn order(first: bool) -> TokenStream {
    if first {
        quote! { >= }
    } else {
        quote! { < }
    }
}
