//! From programs to the module that stands where the function was. The expansion is safe code, and product: it is
//! meant to be read.
//!
//! This folder, the stub and the rendering of mistakes are the only places with `quote!`.

mod context;
mod functions;
mod interface;
mod kernel;
mod names;

use proc_macro2::TokenStream;
use quote::quote;

use crate::explain::Explanation;
use crate::graph::Graph;
use crate::operations::Kind;
use crate::schedule::{BufferRole, Program};
use crate::spec::{Role, Spec};

pub(crate) use context::Context;
pub(crate) use functions::{ask, teller};

/// A program and the graph that it computes.
pub(crate) struct Plan<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) program: &'a Program,
}

/// The module of a loss.
pub(crate) fn module(spec: &Spec, value: &Plan<'_>, gradient: &Plan<'_>, explanation: &Explanation) -> TokenStream {
    let context = Context::new(spec, gradient.program.stream);
    let Context { rt, .. } = &context;
    let (name, visibility, attributes) = (&spec.name, &spec.visibility, &spec.attributes);
    let docs = documentation(spec, value.graph, gradient.program, explanation);
    let constants = constants(explanation);
    let interface = interface::interface(&context, value, gradient);
    let value_kernel = kernel::kernel(&context, value, kernel::Kind::Value);
    let gradient_kernel = kernel::kernel(&context, gradient, kernel::Kind::Gradient);
    let outer_names = context.outer_names();
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
            reason = "generated code"
        )]
        #visibility mod #name {
            #outer_names
            use #rt as rt;
            use rt::{Element as _, Kernels as _, ScalarMath as _};

            #constants
            #interface
            #value_kernel
            #gradient_kernel
        }
    }
}

fn constants(explanation: &Explanation) -> TokenStream {
    let formula = &explanation.formula;
    let gradients = explanation.gradients.iter().map(|(name, text)| quote! { (#name, #text) });
    quote! {
        /// The loss, as the compiler understood it.
        pub const FORMULA: &str = #formula;
        /// The name of each parameter, and the gradient in it.
        pub const GRADIENTS: &[(&str, &str)] = &[#(#gradients),*];
    }
}

/// What `cargo doc` shows of the module, below the user's own words.
fn documentation(spec: &Spec, graph: &Graph, program: &Program, explanation: &Explanation) -> TokenStream {
    let mut lines = vec![
        String::new(),
        "# The loss and its gradient".to_owned(),
        String::new(),
        "```text".to_owned(),
        format!("L = {}", explanation.formula),
    ];
    lines.extend(explanation.gradients.iter().map(|(name, text)| format!("dL/d{name} = {text}")));
    lines.extend(["```".to_owned(), String::new()]);
    lines.push(match program.stream {
        Some(axis) => format!(
            "One pass over `{axis}`, block by block; {} row-local buffers.",
            program.buffers.iter().filter(|buffer| buffer.role == BufferRole::RowLocal).count()
        ),
        None => "Nothing is streamed: every intermediate is kept whole.".to_owned(),
    });
    lines.push(String::new());
    lines.push("| argument | shape | role |".to_owned());
    lines.push("|---|---|---|".to_owned());
    for argument in spec.arguments.iter().filter(|argument| argument.is_first()) {
        let role = match argument.role {
            Role::Data => "data",
            Role::Param => "parameter",
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

/// What is documented of the functions in the loss: kinks, edges of domains.
fn notes(graph: &Graph) -> Vec<String> {
    let mut notes = Vec::new();
    for id in graph.ids() {
        if let Some(Kind::Pointwise(row)) = graph.kind(id) {
            let note = format!("- `{}`: {}.", row.name, row.note);
            if !row.note.is_empty() && !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
