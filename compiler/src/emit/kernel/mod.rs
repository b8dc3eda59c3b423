//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums; a loss of several passes has `accumulate_2`, … with `between_1`, … before them. The runtime cuts a pass into
//! chunks of rows, which threads may share: each has sums of its own, and they are merged in a fixed order.

mod loops;
mod memory;
mod pass;
mod recurrence;
mod statement;
mod step_program;
mod steps;

use std::ops::Deref;

use rustc_hash::FxHashMap as HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::names::Names;
use super::tokens::numbered;
use crate::base::Role;
use crate::explain::LONG_LABEL;
use crate::explain::{self, Notation};
use crate::graph::{Graph, NodeId};
use crate::requests::{Input, LINE_SEARCH_STEPS, Output, Quantity};
use crate::schedule::{Planned, Program, Statement, is_pass, step_programs};
pub(super) use loops::Loops;
use pass::Written;
use steps::LongLoop;

/// Arguments that a function of a kernel takes besides the parameters: as it declares them, and as it passes them on.
#[derive(Clone)]
pub(super) struct Extra {
    /// Arguments that are only read: names and types, where `#lifetime` is that of borrows.
    read: Vec<(Ident, TokenStream)>,
    gradient: Option<TokenStream>,
}

impl Extra {
    /// `direction: &Params<T>, gradient: &mut Params<T>,`
    pub(super) fn declared(&self) -> TokenStream {
        let read = self.read_with(&TokenStream::new());
        let gradient = self.gradient.iter();
        quote! { #read #(gradient: &mut #gradient,)* }
    }

    /// Declares the arguments that are only read, with a lifetime.
    pub(super) fn read_with(&self, lifetime: &TokenStream) -> TokenStream {
        let (names, types): (Vec<_>, Vec<_>) = self.read.iter().map(|(name, ty)| (name, ty)).unzip();
        quote! { #(#names: & #lifetime #types,)* }
    }

    /// `direction,`
    pub(super) fn names(&self) -> TokenStream {
        let names = self.read.iter().map(|(name, _)| name);
        quote! { #(#names,)* }
    }

    /// `direction, gradient,`
    pub(super) fn given(&self) -> TokenStream {
        let names = self.names();
        let gradient = self.gradient.iter().map(|_| quote! { gradient, });
        quote! { #names #(#gradient)* }
    }
}

pub(super) struct Emitter<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) graph: &'a Graph,
    pub(super) program: &'a Program,
    pub(super) notation: Notation<'a>,
    pub(super) names: Names,
    pub(super) quantity: Quantity,
    /// The name of the step of a recurrence, if that is what is emitted.
    step: Option<Ident>,
    /// The field of each buffer that has memory of its own.
    fields: Vec<Ident>,
    pub(super) loops: &'a mut Loops,
    long_loops: Vec<LongLoop<'a>>,
}

/// An emitter of statements: of those of a stage, whose values are all in the workspace, or of those of a pass, in which chunks have
/// sums, and blocks values, of their own.
pub(super) struct StatementEmitter<'e, 'a> {
    emitter: &'e mut Emitter<'a>,
    /// The results of the pass, if it is one.
    pass: Option<&'e Written>,
}

impl<'a> Deref for StatementEmitter<'_, 'a> {
    type Target = Emitter<'a>;

    fn deref(&self) -> &Emitter<'a> {
        self.emitter
    }
}

/// A field for each buffer. A value that several passes compute has a buffer in each.
fn fields(names: &Names, program: &Program) -> Vec<Ident> {
    let mut twins: HashMap<NodeId, usize> = HashMap::default();
    let mut fields = Vec::with_capacity(program.buffers.len());
    for (i, buffer) in program.buffers.iter().enumerate() {
        let name = names.of(buffer.node);
        let twin = twins.entry(buffer.node).or_default();
        fields.push(if *twin == 0 { name.clone() } else { format_ident!("again{}_{}", *twin, name) });
        if buffer.memory == Some(i) {
            *twin += 1;
        }
    }
    fields
}

/// The workspace type of a program and its passes, and those loops that no kernel before has.
pub(crate) fn kernel(context: &Context<'_>, plan: &Planned, quantity: Quantity, loops: &mut Loops) -> TokenStream {
    let kernel = without_loops(context, plan, quantity, loops);
    let loops = loops.definitions();
    quote! { #kernel #(#loops)* }
}

/// The workspace type of a program and its passes, whose new loops stay in `loops`.
pub(crate) fn without_loops(
    context: &Context<'_>,
    plan: &Planned,
    quantity: Quantity,
    loops: &mut Loops,
) -> TokenStream {
    let notation = explain::notation(&plan.graph);
    let names = Names::new(&plan.graph, &notation);
    let (graph, program) = (&plan.graph, &plan.program);
    let fields = fields(&names, program);
    let long_loops = steps::long_loops(graph, program);
    let step = None;
    let mut emitter = Emitter { context, graph, program, notation, names, quantity, step, fields, loops, long_loops };
    let workspace = emitter.workspace();
    let passes = emitter.passes();
    let of_steps: Vec<_> = step_programs(graph, program).map(|node| emitter.steps_of(node)).collect();
    quote! { #workspace #passes #(#of_steps)* }
}

impl<'a> Emitter<'a> {
    pub(super) fn type_name(&self) -> Ident {
        if let Some(name) = &self.step {
            return name.clone();
        }
        Ident::new(self.quantity.names().0, Span::call_site())
    }

    pub(super) fn extra(&self) -> Extra {
        let (_, used) = self.context.generics();
        let name = |text: &str| Ident::new(text, Span::call_site());
        let mut read = Vec::new();
        if self.quantity.reads(Input::Direction) {
            read.push((name("direction"), quote! { Params<T, #used> }));
        }
        if self.quantity.reads(Input::Steps) {
            let count = Literal::usize_unsuffixed(LINE_SEARCH_STEPS);
            read.push((name("steps"), quote! { [f64; #count] }));
        }
        let gradient = match self.quantity.writes() {
            Output::Parameters => Some(quote! { Params<T, #used> }),
            Output::Samples => Some(quote! { Norms<T> }),
            Output::Data => Some(quote! { DataGradient<T, #used> }),
            Output::Value if self.program.values.is_empty() => Some(quote! { Written<'_, T> }),
            // A scalar is returned.
            Output::Value | Output::Nothing => None,
        };
        Extra { read, gradient }
    }

    /// The emitter of statements that are not in a pass.
    fn in_stage(&mut self) -> StatementEmitter<'_, 'a> {
        StatementEmitter { emitter: self, pass: None }
    }

    /// The arguments that the gradient is of.
    fn outputs(&self) -> Vec<usize> {
        let of_role = |role: Role| {
            let all = self.context.arguments.iter().enumerate();
            all.filter(move |(_, argument)| argument.role == role).map(|(i, _)| i).collect()
        };
        match self.quantity.writes() {
            Output::Samples => of_role(Role::Sample),
            Output::Value => of_role(Role::Output),
            Output::Data => self.context.spec.data_outputs().collect(),
            Output::Parameters | Output::Nothing => of_role(Role::Param),
        }
    }

    /// The number of an argument among those that the gradient is of.
    fn output_part(&self, argument: usize) -> Literal {
        Literal::usize_unsuffixed(self.outputs().iter().position(|&i| i == argument).unwrap_or(0))
    }

    /// The field that holds a buffer: that of the buffer whose memory it uses.
    pub(super) fn field(&self, buffer: usize) -> Ident {
        self.fields[self.program.buffers[buffer].memory.unwrap_or(buffer)].clone()
    }

    pub(super) fn pack_field(&self, pack: usize) -> Ident {
        let pack = &self.program.packs[pack];
        let turn = if pack.transposed { "transposed" } else { "packed" };
        format_ident!("{}_{}", turn, self.names.of(pack.node))
    }

    pub(super) fn type_of(&self, part: &str) -> Ident {
        format_ident!("{}{}", self.type_name(), part)
    }

    fn passes(&mut self) -> TokenStream {
        let program = self.program;
        let name = self.type_name();
        let (declared, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let common = quote! { isa: Isa, dims: &Dims, inputs: &Inputs #inputs, params: &Params<T, #used>, };
        let is_gradient = self.quantity.writes() != Output::Nothing;
        let extra = self.extra();
        let (gradient, pass_gradient) = (extra.declared(), extra.given());
        let zeros = program.zero_gradients.iter().map(|&argument| {
            let part = self.output_part(argument);
            quote! { gradient.flat.part_mut(#part).fill(T::default()); }
        });
        let zeros: Vec<_> = if is_gradient { zeros.collect() } else { Vec::new() };
        let values: Vec<_> = program.values.iter().map(|&id| self.in_stage().scalar(id)).collect();
        let (result, result_type) = match values.as_slice() {
            [value] => (value.clone(), quote! { f64 }),
            values => {
                let count = Literal::usize_unsuffixed(values.len());
                (quote! { [#(#values),*] }, quote! { [f64; #count] })
            }
        };
        let intact = program.stream.map(|_| quote! { rt::intact(&self.chunks)?; });
        let last = program.stages.len() - 1;
        let mut functions = Vec::new();
        let mut types = Vec::new();
        let mut calls = Vec::new();
        for (stage, statements) in program.stages.iter().enumerate() {
            if is_pass(stage) {
                let (made, function) = self.pass(stage, statements);
                types.push(made);
                functions.push(function);
                let name = numbered("pass", stage.div_ceil(2), 1);
                let call = quote! { self.#name(isa, dims, plan, inputs, params, #pass_gradient); };
                calls.push(if program.split(stage).1.is_empty() { first_time(&[call]) } else { call });
                continue;
            }
            let (hoisted, each) = program.split(stage);
            let mut emitted = |statements: Vec<&Statement>| -> Vec<_> {
                statements.into_iter().map(|statement| self.in_stage().statement(statement)).collect()
            };
            let hoisted = first_time(&emitted(hoisted));
            let each = emitted(each);
            let statements = quote! { #hoisted #(#each)* };
            if stage == 0 {
                functions.push(quote! {
                    /// Computes everything that needs no rows.
                    #[inline(never)]
                    fn prepare(&mut self, #common #gradient) {
                        #statements
                    }
                });
                calls.push(quote! { self.prepare(isa, dims, inputs, params, #pass_gradient); });
            } else if stage != last {
                let name = numbered("between", stage / 2, 0);
                functions.push(quote! {
                    /// Computes everything that needs the sums of the last pass.
                    #[inline(never)]
                    fn #name(&mut self, #common #gradient) {
                        #statements
                    }
                });
                calls.push(quote! { self.#name(isa, dims, inputs, params, #pass_gradient); });
            }
            if stage == last {
                let statements = if stage == 0 { TokenStream::new() } else { statements };
                functions.push(quote! {
                    /// Computes everything that needs all rows.
                    #[inline(never)]
                    fn finish(&mut self, #common #gradient) -> #result_type {
                        #statements
                        #(#zeros)*
                        self.is_hoisted = true;
                        #result
                    }
                });
                calls.push(quote! {
                    Ok(self.finish(isa, dims, inputs, params, #pass_gradient))
                });
            }
        }
        quote! {
            impl<T: rt::Element, #declared> #name<T, #used> {
                fn run(
                    &mut self,
                    isa: Isa,
                    dims: &Dims,
                    plan: &rt::Plan,
                    inputs: &Inputs #inputs,
                    params: &Params<T, #used>,
                    #gradient
                ) -> Result<#result_type, Error> {
                    #intact
                    #(#calls)*
                }

                #(#functions)*
            }

            #(#types)*
        }
    }

    /// A node as formulas show it; nothing, if that is long.
    pub(super) fn shown(&self, id: NodeId) -> Option<String> {
        Some(self.notation.equation(id)).filter(|text| text.chars().count() <= LONG_LABEL)
    }
}

/// Code of the statements that depend on the data alone, which runs in the first call only.
fn first_time(statements: &[TokenStream]) -> TokenStream {
    if statements.is_empty() {
        return TokenStream::new();
    }
    quote! {
        if !self.is_hoisted {
            #(#statements)*
        }
    }
}
