//! `line_search`: f(W + t V) and its derivative in t, for several t in one pass over the data.
//!
//! A value that is affine in the step, such as X (W + t V), becomes X W + t (X V), whose terms all steps share.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Api, Choice, Forms, Formula, Input, Made, Output, Request, Shows, Takes};
use crate::base::Role;
use crate::differentiate::{along, forward};
use crate::explain;
use crate::schedule::Roots;

/// Steps along a direction that one pass over the rows evaluates.
pub(crate) const LINE_SEARCH_STEPS: usize = 8;

pub(super) static LINE_SEARCH: Request = Request {
    options: &[Choice { word: "line_search", takes: Takes::Nothing, method, check: None }],
    names: ("Line", "line"),
    title: "Along the line W + t V",
    formula: Formula {
        constant: "LINE_SEARCH",
        doc: "The loss at the step `t1` along a direction.",
        of: "the loss along a line, and its slope,",
        shows: Shows::Value(0),
    },
    reads: &[Input::Direction, Input::Steps],
    writes: Output::Nothing,
    derive: |forms, _| Some(derive(forms)),
    derivation: |_, Made { graph, roots, .. }| {
        let values = roots.values.first().zip(roots.values.get(LINE_SEARCH_STEPS));
        let both =
            values.map(|(value, slope)| vec![("L(t1)".to_owned(), Some(*value)), ("dL/dt1".to_owned(), Some(*slope))]);
        explain::results(graph, both.unwrap_or_default(), "W + t V for W")
    },
    state: super::stateless,
};

fn derive(forms: &Forms<'_>) -> Made {
    let mut graph = forms.with_inputs(&forms.derived.value_graph);
    let seeds = forms.seeds(&mut graph);
    let steps: Vec<_> = forms.numbers(Role::Step).into_iter().map(|i| graph.argument(i)).collect();
    let mut values: Vec<_> = Vec::new();
    for value in along(&mut graph, &seeds, &steps, &[forms.derived.value]) {
        values.extend(value);
    }
    let one = graph.constant(1.0);
    for (step, value) in steps.into_iter().zip(values.clone()) {
        let slope = forward(&mut graph, &[(step, one)], &[value]).into_iter().flatten().next();
        values.push(slope.unwrap_or_else(|| graph.constant(0.0)));
    }
    forms.made(&LINE_SEARCH, &graph, &Roots { values, gradients: Vec::new() })
}

fn method(api: &Api<'_>) -> TokenStream {
    let Api { params, .. } = api;
    let count = Literal::usize_unsuffixed(LINE_SEARCH_STEPS);
    let run = super::run(&LINE_SEARCH, &quote! { direction, &all });
    let doc = format!(
        "The loss at `params + t * direction`, and its derivative in `t`, for each `t` in `steps`: {LINE_SEARCH_STEPS} steps take \
         one pass over the data, in which products of data and parameters are computed once."
    );
    quote! {
        #[doc = #doc]
        ///
        /// # Errors
        /// If `params` or `direction` was made for other sizes, or if `values` or `slopes` is not as long as `steps`.
        pub fn line_search(
            &mut self,
            params: &#params,
            direction: &#params,
            steps: &[f64],
            values: &mut [f64],
            slopes: &mut [f64],
        ) -> Result<(), Error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            for found in [values.len(), slopes.len()] {
                if found != steps.len() {
                    return Err(Error::Length { found, rows: steps.len(), columns: 1 });
                }
            }
            let results = values.chunks_mut(#count).zip(slopes.chunks_mut(#count));
            for (steps, (values, slopes)) in steps.chunks(#count).zip(results) {
                // Steps that the last chunk lacks are filled with its first step, which is computed again.
                let mut all = [steps[0]; #count];
                all[..steps.len()].copy_from_slice(steps);
                let found = #run?;
                values.copy_from_slice(&found[..values.len()]);
                slopes.copy_from_slice(&found[#count..][..slopes.len()]);
            }
            Ok(())
        }
    }
}
