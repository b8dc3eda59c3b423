//! From programs to the module that stands where the function was. The expansion is safe code, and product: it is
//! meant to be read.
//!
//! This folder, the stub and the rendering of mistakes are the only places with `quote!`.

mod beyond;
mod context;
mod flops;
mod functions;
mod interface;
mod kernel;
mod names;
mod objective;
mod page;
mod pass;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::explain::{self, Derivation, Explanation};
use crate::graph::Graph;
use crate::operations::{Domain, Kind as Family};
use crate::schedule::{Buffer, BufferRole, Planned, Program, Statement};
use crate::spec::{Argument, Role, Spec};

pub(crate) use context::Context;
pub(crate) use functions::{ask, teller};
pub(crate) use kernel::{Kind, STEPS};

/// The module of a loss.
///
/// The first two kernels are those of the value and of the gradient; `arguments` are those of the spec, and then what
/// derivatives on request have of their own.
pub(crate) fn module(
    spec: &Spec,
    arguments: Vec<Argument>,
    kernels: &[(Kind, Planned)],
    explanation: &Explanation,
    derivation: &Derivation,
    formulas: &[(Kind, Explanation)],
) -> TokenStream {
    let [(_, value), (_, gradient), ..] = kernels else { return TokenStream::new() };
    let programs: Vec<_> = kernels.iter().map(|(_, plan)| &plan.program).collect();
    let context = Context::new(spec, arguments, &programs);
    let Context { rt, .. } = &context;
    let (name, visibility, attributes) = (&spec.name, &spec.visibility, &spec.attributes);
    let docs = documentation(spec, &value.graph, &gradient.program, explanation, derivation);
    let html = page::html(spec, explanation, derivation, &[walked(&gradient.program)], &notes(&value.graph));
    let constants = constants(explanation, derivation, &html);
    let requested: Vec<_> = kernels.iter().filter(|(kind, _)| kind.is_requested()).collect();
    let interface = interface::interface(&context, value, gradient, &requested);
    let beyond = beyond::methods(&context, &requested);
    let formulas = formulas.iter().map(|(kind, explanation)| beyond::constant(*kind, explanation));
    let emitted = kernels.iter().map(|(kind, plan)| kernel::kernel(&context, plan, *kind));
    let bench = spec.options.bench.then(|| interface::bench(&context));
    let objective = objective::objective(&context);
    let test = spec.options.test.then(|| objective::test(&context));
    let outer_names = context.outer_names();
    let needs = features(&programs).into_iter().map(|feature| {
        let name = format_ident!("needs_{}", feature);
        quote! { rt::#name!(); }
    });
    let operators = operators(&context, &programs);
    quote! {
        #(#attributes)*
        #docs
        #[allow(
            clippy::all,
            clippy::pedantic,
            non_snake_case,
            unreachable_pub,
            unused_imports,
            unused_variables,
            unused_mut,
            unused_qualifications,
            unnameable_test_items,
            reason = "generated code"
        )]
        #visibility mod #name {
            #outer_names
            use #rt as rt;
            use rt::{Element as _, Kernels as _};

            #(#needs)*
            #operators
            #constants
            #(#formulas)*
            #interface
            #beyond
            #(#emitted)*
            #bench
            #objective
            #test
        }
    }
}

/// The user's operators, by their names, and a test that the parts of each belong together.
fn operators(context: &Context<'_>, programs: &[&Program]) -> TokenStream {
    let statements = programs.iter().flat_map(|program| program.statements());
    let named: BTreeMap<_, _> = statements
        .filter_map(|statement| match statement {
            Statement::Call { routine, .. } => routine.own.map(|own| (own.name, own.domain)),
            _ => None,
        })
        .collect();
    let Context { rt, .. } = context;
    let all = named.into_iter().map(|(name, domain)| {
        let (operator, text) = (Context::ident(name), name.to_string());
        let test = format_ident!("the_adjoint_of_{}_belongs_to_it", text.to_lowercase());
        let check = match domain {
            Domain::Rows => quote! { check_rows },
            Domain::Matrix => quote! { check_matrix },
        };
        quote! {
            use super::#operator;

            #[cfg(test)]
            #[test]
            fn #test() -> ::core::result::Result<(), ::std::string::String> {
                #rt::#check::<#operator>(#text)
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

fn constants(explanation: &Explanation, derivation: &Derivation, html: &str) -> TokenStream {
    let formula = &explanation.formula;
    let gradients = explanation.gradients.iter().map(|(name, text)| quote! { (#name, #text) });
    let formula_latex = explain::latex(formula);
    let gradients_latex = explanation.gradients.iter().map(|(name, text)| {
        let text = explain::latex(text);
        quote! { (#name, #text) }
    });
    let Derivation { text, latex, .. } = derivation;
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
        /// All of this as a part of an HTML page, in MathML, with the shapes and the schedule.
        pub const HTML: &str = #html;
    }
}

/// What `cargo doc` shows of the module, below the user's own words.
fn documentation(
    spec: &Spec,
    graph: &Graph,
    program: &Program,
    explanation: &Explanation,
    derivation: &Derivation,
) -> TokenStream {
    let mut lines = vec![
        String::new(),
        "# The loss and its gradient".to_owned(),
        String::new(),
        "```text".to_owned(),
        format!("L = {}", explanation.formula),
    ];
    lines.extend(explanation.gradients.iter().map(|(name, text)| format!("dL/d{name} = {text}")));
    lines.extend(["```".to_owned(), String::new()]);
    lines.extend(
        ["# The derivation", "", "A : B is the sum of the elements of A ⊙ B.", "", "```text"].map(str::to_owned),
    );
    lines.extend(derivation.text.lines().map(str::to_owned));
    lines.extend(["```", "", "# How it is computed", ""].map(str::to_owned));
    lines.push(walked(program));
    lines.push(String::new());
    lines.push("| argument | shape | role |".to_owned());
    lines.push("|---|---|---|".to_owned());
    for argument in spec.arguments.iter().filter(|argument| argument.is_first()) {
        let role = match argument.role {
            Role::Param => "parameter",
            _ => "data",
        };
        lines.push(format!("| `{}` | `{}` | {role} |", argument.declared_name(), argument.declared_type()));
    }
    let mut notes: Vec<String> = notes(graph);
    if !notes.is_empty() {
        lines.push(String::new());
        lines.append(&mut notes);
    }
    quote! { #(#[doc = #lines])* }
}

/// How the rows are walked, in a sentence.
fn walked(program: &Program) -> String {
    match program.stream {
        Some(axis) => {
            let local = |buffer: &&Buffer| matches!(buffer.role, BufferRole::RowLocal(_));
            let (passes, local) = (program.passes(), program.buffers.iter().filter(local).count());
            let kept = program.buffers.iter().filter(|buffer| buffer.role == BufferRole::Kept).count();
            let passes = if passes == 1 { "One pass".to_owned() } else { format!("{passes} passes") };
            let kept = if kept == 0 { String::new() } else { format!("; {kept} values of all rows are kept") };
            format!("{passes} over `{axis}`, block by block; {local} row-local buffers{kept}.")
        }
        None => "Nothing is streamed: every intermediate is kept whole.".to_owned(),
    }
}

/// What is documented of the functions in the loss: kinks, edges of domains.
fn notes(graph: &Graph) -> Vec<String> {
    let mut notes = Vec::new();
    for id in graph.ids() {
        let (name, note) = match graph.kind(id) {
            Some(Family::Pointwise(row)) => (row.name, row.note),
            Some(Family::Routine(row)) => (row.name, row.note),
            Some(Family::Multilinear(_)) | None => continue,
        };
        let text = format!("- `{name}`: {note}.");
        if !note.is_empty() && !notes.contains(&text) {
            notes.push(text);
        }
    }
    notes
}
