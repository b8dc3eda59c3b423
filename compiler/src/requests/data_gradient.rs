//! `data_gradient(x, y)`: the gradient in data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Api, Choice, Forms, Formula, Made, Output, Request, Shows, Takes};
use crate::derive::trace_to;
use crate::diagnostics::Mistakes;
use crate::differentiate::reverse;
use crate::explain;
use crate::graph::Gradient;
use crate::schedule::Roots;

const WORD: &str = "data_gradient";

pub(super) static DATA_GRADIENT: Request = Request {
    options: &[Choice { word: WORD, takes: Takes::Data { example: "data_gradient(x)" }, method, check: None }],
    names: ("Inward", "inward"),
    title: "The gradient in data",
    formula: Formula {
        constant: "DATA_GRADIENT",
        doc: "The name of each data argument, and the gradient in it.",
        of: "the gradient in data",
        shows: Shows::Outputs,
    },
    reads: &[],
    writes: Output::Data,
    derive,
    derivation: |forms, made| {
        let wanted: Vec<_> = made.roots.gradients.iter().map(|gradient| gradient.argument).collect();
        explain::derivation(&trace_to(&forms.derived.value_graph, forms.derived.value, &wanted))
    },
    state: super::stateless,
};

fn derive(forms: &Forms<'_>, mistakes: &mut Mistakes) -> Option<Made> {
    let wanted = forms.data(WORD, mistakes);
    if wanted.is_empty() {
        return None;
    }
    let mut graph = forms.with_inputs(&forms.derived.value_graph);
    let gradients = reverse(&mut graph, forms.derived.value, &wanted);
    let gradients = wanted.into_iter().zip(gradients).map(|(argument, node)| Gradient { argument, node }).collect();
    Some(forms.made(&DATA_GRADIENT, &graph, &Roots { values: Vec::new(), gradients }))
}

fn method(api: &Api<'_>) -> TokenStream {
    of_data(api, &DATA_GRADIENT, WORD, "Writes the gradient in the data that `data_gradient` names.")
}

/// The method `name` of a request that writes something in the shapes of data.
pub(super) fn of_data(api: &Api<'_>, request: &Request, name: &str, doc: &str) -> TokenStream {
    let Api { params, generics, .. } = api;
    let name = format_ident!("{name}");
    let run = super::run(request, &quote! { out });
    quote! {
        #[doc = #doc]
        ///
        /// # Errors
        /// If `params` or `out` was made for other sizes; `out` is untouched then.
        pub fn #name(
            &mut self,
            params: &#params,
            out: &mut DataGradient<T, #generics>,
        ) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            self.dims.check_data(&out.dims)?;
            #run.map(|_| ())
        }
    }
}
