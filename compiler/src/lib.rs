//! The compiler behind `frobenius`: from a loss, written as a function of matrices, to its gradient and kernel.
//!
//! This crate has no promises of its own; its users depend on `frobenius`.
#![forbid(unsafe_code)]

mod base;
mod compile;
mod derive;
mod diagnostics;
mod differentiate;
mod dual;
mod emit;
mod explain;
mod graph;
mod lower;
mod operations;
mod outputs;
mod parse;
mod prelude;
mod recurrence;
pub mod reference;
mod requests;
mod rewrite;
mod schedule;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

/// The expansion of `#[loss(arguments)] item`. Never panics.
#[must_use]
pub fn compile(arguments: TokenStream, item: TokenStream) -> TokenStream {
    compile::guarded(|| compile::compile(arguments, item))
}

/// The expansion of `#[function(arguments)] item`. Never panics.
#[must_use]
pub fn function(arguments: &TokenStream, item: TokenStream) -> TokenStream {
    compile::guarded(|| compile::function(arguments, item))
}

/// The expansion of a loss after a function that it uses has told its definition. Never panics.
#[must_use]
pub fn resume(answer: TokenStream) -> TokenStream {
    compile::guarded(|| compile::resume(answer))
}
