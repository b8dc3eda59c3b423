//! An output in the expansion: a function of its name, and a module of its name with the types that the function takes and makes.

use proc_macro2::TokenStream;
use quote::quote;

use super::interface::{self, data_generics};
use super::kernel::{self, Loops};
use super::{Context, flops};
use crate::base::Symbol;
use crate::explain;
use crate::outputs::Output;
use crate::requests::Quantity;
use crate::schedule::Planned;

/// The function and the module of an output. Loops that it alone has stay in `loops`: modules of several outputs may share them.
pub(super) fn output(output: &Output, plan: &Planned, loops: &mut Loops) -> TokenStream {
    let context = Context::new(&output.spec, output.arguments.clone(), &[&plan.program]);
    let kernel = kernel::without_loops(&context, plan, Quantity::Output, loops);
    module(&context, output, plan, &kernel)
}

/// The function and the module, without code of kernels.
pub(super) fn interface(output: &Output) -> TokenStream {
    let nothing = Planned::default();
    let context = Context::new(&output.spec, output.arguments.clone(), &[]);
    module(&context, output, &nothing, &TokenStream::new())
}

/// Types and statements by which an output of one kind, a scalar, a vector or a matrix, is handed over.
struct Handed {
    /// The type that is returned.
    owned: TokenStream,
    /// The method that writes into memory of the caller; none for a scalar.
    write: Option<TokenStream>,
    /// Statements that compute the value and return it, where `params` is in scope.
    compute: TokenStream,
}

/// How an output of its shape is handed over.
fn handed(context: &Context<'_>, output: &Output) -> Handed {
    let (_, used) = context.generics();
    let run = |written: TokenStream| quote! { self.kernel.run(self.isa, &self.dims, &self.plan, &self.inputs, params, #written) };
    if output.shape.is_scalar() {
        let run = run(TokenStream::new());
        return Handed { owned: quote! { f64 }, write: None, compute: quote! { self.dims.check(&params.dims)?; #run } };
    }
    let (rows, columns) = (context.size(output.shape.rows), context.size(output.shape.columns));
    let (name, declared) = (output.spec.name.to_string(), output.shape.to_string());
    let (owned, taken, made, lent, flat) = if output.shape.is_line() {
        (
            quote! { Vec<T> },
            quote! { &mut [T] },
            quote! { let mut out = rt::zeros(#rows, #columns)?; },
            quote! { &mut out },
            quote! { rt::FlatMut::of_line(out, (#rows, #columns), #name, #declared)? },
        )
    } else {
        (
            quote! { Matrix<T> },
            quote! { MatrixMut<'_, T> },
            quote! { let mut out = Matrix::zeros(#rows, #columns)?; },
            quote! { out.as_mut() },
            quote! { rt::FlatMut::of_matrix(out, (#rows, #columns), #name, #declared)? },
        )
    };
    let run = run(quote! { &mut Written { flat: #flat } });
    let doc = format!("Writes `{name}: {declared}` into `out`.");
    let write = quote! {
        #[doc = #doc]
        ///
        /// # Errors
        /// If `params` was made for other sizes, or if `out` has another shape; `out` is untouched then.
        pub fn write(&mut self, params: &Params<T, #used>, out: #taken) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            let dims = &self.dims;
            #run.map(|_| ())
        }
    };
    let compute = quote! {
        let dims = &self.dims;
        #made
        self.write(params, #lent)?;
        Ok(out)
    };
    Handed { owned, write: Some(write), compute }
}

/// The function `name`, and the module `name` around its kernel.
fn module(context: &Context<'_>, output: &Output, plan: &Planned, kernel: &TokenStream) -> TokenStream {
    let (name, formula) = (&output.spec.name, &output.formula);
    let formula_latex = explain::latex(formula);
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_used) = context.generics();
    let (lifetime, numbers) = context.data_parameters();
    let data = context.data().next().map(|_| quote! { Data<#lifetime #numbers #const_used> });
    let (outer_data, data_argument) = (data.iter(), data.iter());
    let lent = data.as_ref().map(|_| quote! { data, });
    let inputs_type = context.borrows().then(|| quote! { <'a, T> });
    let Handed { owned, write, compute } = handed(context, output);
    let written = write.as_ref().map(|_| {
        quote! {
            /// The output, in memory of the caller.
            struct Written<'o, T> {
                flat: rt::FlatMut<'o, T>,
            }
        }
    });
    let dims = interface::sizes(context, "Dims", "The sizes of this output.", &context.dims);
    let (check, data_type) = (
        interface::check(context),
        interface::data(context, &format!("Data that `{name}` is made of. Nothing is copied.")),
    );
    let gives = interface::of_params(context).into_iter().map(|dim: Symbol| {
        let (number, text, field) = (context.number_literal(dim), dim.to_string(), context.field(dim));
        quote! { shapes.of_params(#number, #text, params.dims.#field); }
    });
    let (checked, inputs) = (interface::checked(context, &gives.collect()), interface::inputs(context));
    let (flops, bytes) = (flops::flops(context, plan), interface::bytes(context));
    let plan = interface::plan(context, &plan.program, &quote! { cost.flops });
    let what = format!("`{}: {}`", name, output.shape);
    let text = format!("{what}, which is {formula}, of any data.");
    let module_doc = format!("{what}: its formula, and what computes it again and again without allocation.");
    let formula_doc = format!("`{name}`, as the compiler understood it.");
    quote! {
        #[doc = #text]
        ///
        /// # Errors
        /// If shapes don't fit each other, or if a buffer is larger than memory.
        pub fn #name #declared(
            #(data: self::#name::#outer_data,)*
            params: &Params<T, #const_used>,
        ) -> Result<#owned, Error> {
            self::#name::Output::new(#lent params)?.compute(params)
        }

        #[doc = #module_doc]
        pub mod #name {
            use super::*;

            #[doc = #formula_doc]
            pub const FORMULA: &str = #formula;
            /// `FORMULA` in LaTeX, for mathematics mode.
            pub const FORMULA_LATEX: &str = #formula_latex;

            #dims
            #check
            #data_type

            /// The output of some data.
            pub struct Output #declared {
                dims: Dims,
                plan: rt::Plan,
                isa: Isa,
                inputs: Inputs #inputs_type,
                kernel: Kernel<T, #const_used>,
            }

            impl #declared Output #used {
                /// Checks every shape and makes every buffer, for as many threads as the pool has that this is called in.
                ///
                /// # Errors
                /// If shapes don't fit each other or those of `params`, or if a buffer is larger than memory.
                pub fn new(#(data: #data_argument,)* params: &Params<T, #const_used>) -> Result<Self, Error> {
                    #checked
                    let cost = Cost::new(#flops, 0.0, #bytes);
                    let plan = #plan;
                    #inputs
                    Ok(Self { kernel: Kernel::new(&dims, &plan, &inputs)?, dims, plan, isa: Isa::detect(), inputs })
                }

                /// Memory that it holds beside its data: blocks of rows, packed parameters, sums.
                #[must_use]
                pub fn workspace_bytes(&self) -> usize {
                    self.kernel.bytes()
                }

                /// The sizes of this output.
                #[must_use]
                pub fn dims(&self) -> Dims {
                    self.dims
                }

                #write

                /// Computes the output.
                ///
                /// # Errors
                /// If `params` was made for other sizes, or if the output is larger than memory.
                pub fn compute(&mut self, params: &Params<T, #const_used>) -> Result<#owned, Error> {
                    #compute
                }

                /// Uses `isa` from now on, which tests and comparisons do; the best one is the default.
                #[must_use]
                pub fn with_isa(mut self, isa: Isa) -> Self {
                    self.isa = isa;
                    self.kernel.is_hoisted = false;
                    self
                }
            }

            #written
            #kernel
        }
    }
}
