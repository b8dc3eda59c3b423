//! The `#[loss]` attribute. All of the work is in `frobenius-compiler`; use it through `frobenius`.

use proc_macro::TokenStream;

/// Compiles a loss, written as a function of matrices, to a module with its value and gradient.
///
/// See the documentation of `frobenius` for the language and for what the module holds.
#[proc_macro_attribute]
pub fn loss(arguments: TokenStream, item: TokenStream) -> TokenStream {
    frobenius_compiler::compile(arguments.into(), item.into()).into()
}
