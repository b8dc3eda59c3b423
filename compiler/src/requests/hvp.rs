//! `hvp`: the Hessian times a direction, D(∇f)(W)\[V\]; `hessian` and `hessian_diagonal`, which are made of such products.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Api, Choice, Formula, Input, Output, Request, Shows, State, Takes};
use crate::differentiate::forward;
use crate::graph::Gradient;
use crate::schedule::Roots;

const WHOLE: Choice = Choice { word: "hessian", takes: Takes::Nothing, method: hessian, check: None };
const DIAGONAL: Choice =
    Choice { word: "hessian_diagonal", takes: Takes::Nothing, method: hessian_diagonal, check: None };

pub(super) static HVP: Request = Request {
    options: &[Choice { word: "hvp", takes: Takes::Nothing, method: hvp, check: Some(check) }, WHOLE, DIAGONAL],
    names: ("Hvp", "hvp"),
    title: "The Hessian times V",
    formula: Formula {
        constant: "HVP",
        doc: "The name of each parameter, and the part of the Hessian times a direction in it.",
        of: "the product with the Hessian, the differential of the gradient along a direction,",
        shows: Shows::Outputs,
    },
    reads: &[Input::Direction],
    writes: Output::Parameters,
    derive: |forms, _| {
        let mut graph = forms.with_inputs(&forms.derived.graph);
        let seeds = forms.seeds(&mut graph);
        let gradients: Vec<_> = forms.derived.gradients.iter().filter_map(|gradient| gradient.node).collect();
        let mut tangents = forward(&mut graph, &seeds, &gradients).into_iter();
        let of = |gradient: &Gradient| Gradient { node: gradient.node.and_then(|_| tangents.next()?), ..*gradient };
        let gradients = forms.derived.gradients.iter().map(of).collect();
        Some(forms.made(&HVP, &graph, &Roots { values: Vec::new(), gradients }))
    },
    derivation: |forms, made| {
        let gradients: Vec<_> = forms.derived.gradients.iter().map(|gradient| gradient.node).collect();
        let names = made.outputs("").into_iter().map(|(name, _)| format!("d(dL/d{name})")).collect();
        forms.moves(&forms.derived.graph, &gradients, names)
    },
    state,
};

/// A direction that is a column of the identity, and the column of the Hessian that it gives.
fn state(api: &Api<'_>) -> Option<State> {
    let columns = [WHOLE, DIAGONAL].iter().any(|choice| api.spec.asked(choice.word).is_some());
    let Api { params, .. } = api;
    columns.then(|| State {
        fields: quote! { unit: #params, column: #params, },
        made: quote! { unit: Params::zeros(dims)?, column: Params::zeros(dims)?, },
        bytes: quote! {
            mem::size_of_val(self.unit.as_slice()) + mem::size_of_val(self.column.as_slice())
        },
    })
}

fn hvp(api: &Api<'_>) -> TokenStream {
    product(api, &HVP, "Writes the Hessian times `direction`, over all parameters at once.")
}

fn check() -> TokenStream {
    quote! { case.check_hessian(&mut loss, |loss, params, direction, out| loss.hvp(params, direction, out))?; }
}

/// The method of a matrix of second derivatives times a direction.
pub(super) fn product(api: &Api<'_>, request: &Request, doc: &str) -> TokenStream {
    let Api { params, .. } = api;
    let (method, _) = super::fields(request);
    let run = super::run(request, &quote! { direction, out });
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
        ) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            self.dims.check(&out.dims)?;
            #run.map(|_| ())
        }
    }
}

/// The loop over all columns of the Hessian: `each` has the number of one, `i`, and `self.column`.
fn columns(each: &TokenStream) -> TokenStream {
    let run = super::run(&HVP, &quote! { &self.unit, &mut self.column });
    quote! {
        self.unit.as_mut_slice().fill(T::default());
        for i in 0..self.unit.as_slice().len() {
            self.unit.as_mut_slice()[i] = T::from_f64(1.0);
            #run?;
            self.unit.as_mut_slice()[i] = T::default();
            #each
        }
    }
}

fn hessian(api: &Api<'_>) -> TokenStream {
    let Api { params, .. } = api;
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
        pub fn hessian(&mut self, params: &#params, hessian: &mut [T]) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            let count = params.as_slice().len();
            if count.checked_mul(count) != Some(hessian.len()) {
                return Err(Error::Length {
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
            Ok(())
        }
    }
}

fn hessian_diagonal(api: &Api<'_>) -> TokenStream {
    let Api { params, .. } = api;
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
        ) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&diagonal.dims)?;
            #columns
            Ok(())
        }
    }
}
