//! From programs to the module that stands where the function was. The expansion is safe code, and product: it is
//! meant to be read.
//!
//! This folder, the methods in `requests` and the rendering of mistakes are the only places with `quote!`.

mod callback;
mod context;
mod fallback;
mod flops;
mod interface;
mod kernel;
mod names;
mod objective;
mod outputs;
mod requests;
mod tokens;
#[cfg(test)]
mod words;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::explain::{self, Derivation, Explanation, Report};
use crate::operations::Domain;
use crate::outputs::Output;
use crate::requests::{Explained, Quantity};
use crate::schedule::{self, Planned, Program, Statement};
use crate::syntax::{Argument, Spec};

pub(crate) use callback::{provider, query};
pub(crate) use context::Context;
pub(crate) use fallback::{fallback, other_item};
use kernel::Loops;

/// The module of a loss.
///
/// The first two kernels are those of the value and of the gradient; `arguments` are those of the spec, and then what
/// derivatives on request have of their own.
pub(crate) fn module(
    spec: &Spec,
    arguments: Vec<Argument>,
    kernels: &[(Quantity, Planned)],
    outputs: &[(Output, Planned)],
    explanation: &Explanation,
    derivation: &Derivation,
    explained: &[Explained],
) -> TokenStream {
    let [(_, value), (_, gradient), ..] = kernels else { return TokenStream::new() };
    let of_loss: Vec<_> = kernels.iter().map(|(_, plan)| &plan.program).collect();
    let context = Context::new(spec, arguments, &of_loss);
    let plans = || kernels.iter().map(|(_, plan)| plan).chain(outputs.iter().map(|(_, plan)| plan));
    let steps: Vec<Planned> = plans().flat_map(steps_of).collect();
    let programs: Vec<_> = plans().chain(&steps).map(|plan| &plan.program).collect();
    let Context { rt, .. } = &context;
    let (name, visibility, attributes) = (&spec.name, &spec.visibility, &spec.attributes);
    let report = explain::report(spec, explanation, value, gradient);
    let docs = documentation(explanation, derivation, explained, &report);
    let requested = explained.iter().map(|Explained { request, derivation, .. }| (request.title, derivation));
    let html = explain::html(&spec.name.to_string(), explanation, derivation, requested, &report);
    let constants = constants(explanation, derivation, &report, &html);
    let requested = requests::requested(kernels);
    let interface = interface::interface(&context, value, gradient, &requested);
    let methods = requests::methods(&context, &requested);
    let formulas = requests::all_constants(explained);
    let (tested, others): (Vec<_>, Vec<_>) =
        kernels.iter().partition(|(quantity, _)| *quantity == Quantity::Unfused && !spec.options.bench);
    let mut loops = Loops::default();
    let kernel =
        |(quantity, plan): &(Quantity, Planned), loops: &mut Loops| kernel::kernel(&context, plan, *quantity, loops);
    let emitted: Vec<_> = others.into_iter().map(|one| kernel(one, &mut loops)).collect();
    let outputs: Vec<_> = outputs.iter().map(|(output, plan)| outputs::output(output, plan, &mut loops)).collect();
    let loops_of_outputs = loops.definitions();
    // Last: what only a test needs is defined for it alone, and what others have too is there.
    let tested: Vec<_> = tested.into_iter().map(|one| kernel(one, &mut loops)).collect();
    let operations = loops.steps.operations();
    let bench = spec.options.bench.then(|| interface::bench(&context));
    let objective = objective::objective(&context);
    let test = spec.options.test.then(|| objective::test(&context, &tested));
    let outer_sizes = context.outer_sizes();
    let needs = features(&programs).into_iter().map(|feature| {
        let name = format_ident!("needs_{}", feature);
        quote! { rt::#name!(); }
    });
    let (operators, known) = (operators(&programs), tokens::known_names());
    quote! {
        #(#attributes)*
        #docs
        #[allow(
            clippy::all,
            clippy::nursery,
            clippy::pedantic,
            non_snake_case,
            non_upper_case_globals,
            unreachable_pub,
            unused_imports,
            unused_variables,
            unused_mut,
            unused_qualifications,
            unnameable_test_items,
            reason = "generated code"
        )]
        #visibility mod #name {
            use ::core::prelude::rust_2021::*;
            use #rt as rt;
            #known

            #(#needs)*
            #operators
            #outer_sizes
            #constants
            #formulas
            #interface
            #methods
            #(#emitted)*
            #(#outputs)*
            #(#loops_of_outputs)*
            #operations
            #bench
            #objective
            #test
        }
    }
}

/// The programs of the steps of recurrences.
fn steps_of(plan: &Planned) -> Vec<Planned> {
    let nodes = schedule::step_programs(&plan.graph, &plan.program);
    nodes.filter_map(|node| plan.graph.step_program(node)).map(schedule::step).collect()
}

/// The user's operators, by their names, and a test that the parts of each belong together.
fn operators(programs: &[&Program]) -> TokenStream {
    let statements = programs.iter().flat_map(|program| program.statements());
    let named: BTreeMap<_, _> = statements
        .filter_map(|statement| match statement {
            Statement::Call { routine, .. } => routine.custom.map(|custom| (custom.name, custom.domain)),
            _ => None,
        })
        .collect();
    let all = named.into_iter().map(|(name, domain)| {
        let (operator, outer, text) = (names::operator(name), Context::ident(name), name.to_string());
        let test = format_ident!("the_adjoint_of_{}_belongs_to_it", operator);
        let check = match domain {
            Domain::Rows => quote! { check_rows },
            Domain::Matrix => quote! { check_matrix },
        };
        quote! {
            use super::#outer as #operator;

            #[cfg(test)]
            #[test]
            fn #test() -> Result<(), String> {
                rt::#check::<#operator>(#text)
            }
        }
    });
    quote! { #(#all)* }
}

/// The features of the runtime that the programs need: without one, its macro is the error that says so.
fn features(programs: &[&Program]) -> BTreeSet<&'static str> {
    let statements = programs.iter().flat_map(|program| program.statements());
    statements
        .filter_map(|statement| match statement.bare() {
            Statement::Call { routine, .. } => routine.feature,
            _ => None,
        })
        .collect()
}

fn constants(explanation: &Explanation, derivation: &Derivation, report: &Report, html: &str) -> TokenStream {
    let formula = &explanation.formula;
    let gradients = explanation.gradients.iter().map(|(name, text)| quote! { (#name, #text) });
    let formula_latex = explain::latex(formula);
    let gradients_latex = explanation.gradients.iter().map(|(name, text)| {
        let text = explain::latex(text);
        quote! { (#name, #text) }
    });
    let Derivation { text, latex, .. } = derivation;
    let Report { shapes, schedule, assumptions } = report;
    let shapes = shapes.iter().map(|[name, shape, what]| quote! { (#name, #shape, #what) });
    quote! {
        /// The loss, as the compiler understood it.
        pub const FORMULA: &str = #formula;
        /// The name of each parameter, and the gradient in it.
        pub const GRADIENTS: &[(&str, &str)] = &[#(#gradients),*];
        /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
        pub const DERIVATION: &str = #text;
        /// `FORMULA` in LaTeX, for mathematics mode.
        pub const FORMULA_LATEX: &str = #formula_latex;
        /// `GRADIENTS` in LaTeX, for mathematics mode.
        pub const GRADIENTS_LATEX: &[(&str, &str)] = &[#(#gradients_latex),*];
        /// `DERIVATION` in LaTeX, with the package amsmath.
        pub const DERIVATION_LATEX: &str = #latex;
        /// Arguments and intermediates: the name of each, its shape, and what it is.
        pub const SHAPES: &[(&str, &str, &str)] = &[#(#shapes),*];
        /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
        pub const SCHEDULE: &[&str] = &[#(#schedule),*];
        /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
        pub const ASSUMPTIONS: &[&str] = &[#(#assumptions),*];
        /// All of this as a part of an HTML page, in MathML.
        pub const HTML: &str = #html;
    }
}

/// Documentation of the module that `cargo doc` shows below the user's own words.
fn documentation(
    explanation: &Explanation,
    derivation: &Derivation,
    explained: &[Explained],
    report: &Report,
) -> TokenStream {
    let mut lines = vec![
        String::new(),
        "# The loss and its gradient".to_owned(),
        String::new(),
        "```text".to_owned(),
        format!("L = {}", explanation.formula),
    ];
    let gradients = explanation.letters.iter().zip(&explanation.gradients);
    lines.extend(gradients.map(|(letter, (_, text))| format!("dL/d{letter} = {text}")));
    lines.extend(["```", "", "# The derivation", "", DERIVATION_LETTERS, "", "```text"].map(str::to_owned));
    lines.extend(derivation.text.lines().map(str::to_owned));
    lines.push("```".to_owned());
    for Explained { request, derivation, .. } in explained {
        lines.extend(["", &format!("# {}", request.title), "", "```text"].map(str::to_owned));
        lines.extend(derivation.text.lines().map(str::to_owned));
        lines.push("```".to_owned());
    }
    lines.extend(["", "# How it is computed", ""].map(str::to_owned));
    lines.extend(report.schedule.iter().flat_map(|sentence| [sentence.clone(), String::new()]));
    lines.extend(["| | shape | |", "|---|---|---|"].map(str::to_owned));
    let cell = |text: &str| text.replace('|', "\\|");
    lines.extend(report.shapes.iter().map(|[name, shape, what]| format!("| `{name}` | `{shape}` | {} |", cell(what))));
    if !report.assumptions.is_empty() {
        lines.push(String::new());
        lines.extend(report.assumptions.iter().map(|note| format!("- {note}")));
    }
    quote! { #(#[doc = #lines])* }
}

/// Notation in the lines of a derivation.
const DERIVATION_LETTERS: &str = "A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.";
