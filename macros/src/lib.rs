//! The `#[loss]` and `#[function]` attributes. All of the work is in `frobenius-compiler`; use it through `frobenius`.

use proc_macro::TokenStream;

/// Compiles a loss, written as a function of matrices, to a module with its value and gradient.
///
/// See the documentation of `frobenius` for the language and for what the module holds.
#[proc_macro_attribute]
pub fn loss(arguments: TokenStream, item: TokenStream) -> TokenStream {
    frobenius_compiler::compile(arguments.into(), item.into()).into()
}

/// A function that losses may call: `#[loss(with(swish))]`.
///
/// See the documentation of `frobenius`.
#[proc_macro_attribute]
pub fn function(arguments: TokenStream, item: TokenStream) -> TokenStream {
    frobenius_compiler::function(&arguments.into(), item.into()).into()
}

/// Resumes the expansion of a loss with the definition of a function that it uses. Not for users: it changes with every
/// version.
#[doc(hidden)]
#[proc_macro]
pub fn __loss(answer: TokenStream) -> TokenStream {
    frobenius_compiler::resume(answer.into()).into()
}
