//! `jvp`: the loss, and its derivative along a direction of the parameters, D f(W)\[V\].

use proc_macro2::TokenStream;
use quote::quote;

use super::{Api, Choice, Formula, Input, Output, Request, Shows, Takes};
use crate::differentiate::forward;
use crate::schedule::Roots;

pub(super) static JVP: Request = Request {
    options: &[Choice { word: "jvp", takes: Takes::Nothing, method, check: Some(check) }],
    names: ("Jvp", "jvp"),
    title: "The slope along V",
    formula: Formula {
        constant: "SLOPE",
        doc: "The slope along a direction, where `V_w` is the direction of the parameter `w`.",
        of: "the slope",
        shows: Shows::Value(1),
    },
    reads: &[Input::Direction],
    writes: Output::Nothing,
    derive: |forms, _| {
        let mut graph = forms.with_inputs(&forms.derived.value_graph);
        let value = forms.derived.value;
        let seeds = forms.seeds(&mut graph);
        let slope = forward(&mut graph, &seeds, &[value]).into_iter().flatten().next();
        let slope = slope.unwrap_or_else(|| graph.constant(0.0));
        Some(forms.made(&JVP, &graph, &Roots { values: vec![value, slope], gradients: Vec::new() }))
    },
    derivation: |forms, _| forms.moves(&forms.derived.value_graph, &[Some(forms.derived.value)], vec!["dL".to_owned()]),
    state: super::stateless,
};

fn method(api: &Api<'_>) -> TokenStream {
    let Api { params, .. } = api;
    let run = super::run(&JVP, &quote! { direction });
    quote! {
        /// The loss, and its derivative along `direction`: the product of the gradient and the direction, without the
        /// gradient. Both are added up in f64.
        ///
        /// # Errors
        /// If `params` or `direction` was made for other sizes.
        pub fn jvp(&mut self, params: &#params, direction: &#params) -> Result<(f64, f64), Error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&direction.dims)?;
            let [value, slope] = #run?;
            Ok((value, slope))
        }
    }
}

fn check() -> TokenStream {
    quote! { case.check_slope(&mut loss, |loss, params, direction| loss.jvp(params, direction))?; }
}
