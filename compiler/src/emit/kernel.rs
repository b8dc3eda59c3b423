//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums; a loss of several passes has `accumulate_2`, … with `between_1`, … before them. The runtime cuts a pass into
//! chunks of rows, which threads may share: each has sums of its own, and they are merged in a fixed order.

use rustc_hash::FxHashMap as HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::context::Form;
use super::loops::Loops;
use super::names::{self, Names};
use super::pass::Written;
use super::summary::LONG;
use crate::base::Role;
use crate::explain::{self, Notation};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{Code, Kind};
use crate::requests::{Input, LINE_SEARCH_STEPS, Output, Quantity};
use crate::schedule::{Buffer, BufferRole, From, Planned, Program, Routine, Source, Statement, Target, is_pass};

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
    /// The field of each buffer that has memory of its own.
    fields: Vec<Ident>,
    pub(super) loops: &'a mut Loops,
    /// The pass whose statements are emitted, if it is one.
    pub(super) pass: Option<Written>,
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
    let notation = explain::notation(&plan.graph);
    let names = Names::new(&plan.graph, &notation);
    let (graph, program) = (&plan.graph, &plan.program);
    let fields = fields(&names, program);
    let mut emitter = Emitter { context, graph, program, notation, names, quantity, fields, loops, pass: None };
    let workspace = emitter.workspace();
    let passes = emitter.passes();
    let loops = loops.definitions();
    quote! { #workspace #passes #(#loops)* }
}

impl Emitter<'_> {
    pub(super) fn type_name(&self) -> Ident {
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
            Output::Nothing => None,
            Output::Parameters => Some(quote! { Params<T, #used> }),
            Output::Samples => Some(quote! { Norms<T> }),
            Output::Data => Some(quote! { DataGradient<T, #used> }),
        };
        Extra { read, gradient }
    }

    /// The arguments that the gradient is of.
    fn outputs(&self) -> Vec<usize> {
        let of_role = |role: Role| {
            let all = self.context.arguments.iter().enumerate();
            all.filter(move |(_, argument)| argument.role == role).map(|(i, _)| i).collect()
        };
        match self.quantity.writes() {
            Output::Samples => of_role(Role::Sample),
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
        let values: Vec<_> = program.values.iter().map(|&id| self.scalar(id)).collect();
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
            let (once, each) = program.split(stage);
            let mut emitted = |statements: Vec<&Statement>| -> Vec<_> {
                statements.into_iter().map(|statement| self.statement(statement)).collect()
            };
            let once = first_time(&emitted(once));
            let each = emitted(each);
            let statements = quote! { #once #(#each)* };
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
                        self.is_prepared = true;
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
        Some(self.notation.equation(id)).filter(|text| text.chars().count() <= LONG)
    }

    /// The block of an input.
    pub(super) fn variable(field: &Ident) -> Ident {
        format_ident!("block_{}", field)
    }

    /// The data argument that `source` is, and how it is read.
    pub(super) fn data_form(&self, source: Source) -> Option<(usize, Form)> {
        let (i, turned) = match source.from {
            From::Argument(i) => (i, false),
            From::Turned(i) => (i, true),
            From::Buffer(_) | From::Scalar(_) | From::Piece => return None,
        };
        let is_data = self.context.arguments[i].role == Role::Data;
        is_data.then_some((i, Form { turned, rows: source.rows }))
    }

    /// A source as a kernel reads it.
    pub(super) fn view(&self, source: Source) -> TokenStream {
        if let Some((i, form)) = self.data_form(source) {
            let field = self.context.input(i, form);
            if form.rows {
                let variable = Self::variable(&field);
                return quote! { #variable };
            }
            return quote! { inputs.#field.whole() };
        }
        let (view, is_line) = match source.from {
            From::Argument(i) | From::Turned(i) => {
                let (index, argument) = (self.context.part(i), &self.context.arguments[i]);
                let flat = Ident::new(
                    if argument.role == Role::Direction { "direction" } else { "params" },
                    Span::call_site(),
                );
                (quote! { #flat.flat.view(#index) }, argument.shape.is_line())
            }
            From::Buffer(buffer) => {
                let (field, home) = (self.field(buffer), self.home(buffer));
                let Buffer { role, shape, .. } = self.program.buffers[buffer];
                match (role, shape.is_line()) {
                    (BufferRole::RowLocal(_), true) => return quote! { #home.first_entries(count) },
                    (BufferRole::RowLocal(_), false) => return quote! { #home.first_rows(count) },
                    (BufferRole::Kept, _) if self.is_lent(buffer) => return quote! { #field.rows(rows.clone()) },
                    (_, is_line) => (quote! { #home.view() }, is_line),
                }
            }
            // A scalar, or a piece, is never read as a matrix.
            From::Scalar(_) | From::Piece => (quote! { rt::View::line(&[]) }, true),
        };
        match (source.rows, is_line) {
            (true, true) => quote! { #view.entries(rows.clone()) },
            (true, false) => quote! { #view.row_range(rows.clone()) },
            (false, _) => view,
        }
    }

    pub(super) fn view_mut(&self, buffer: usize) -> TokenStream {
        let (field, home) = (self.field(buffer), self.home(buffer));
        let Buffer { role, shape, .. } = self.program.buffers[buffer];
        match (role, shape.is_line()) {
            (BufferRole::RowLocal(_), true) => quote! { #home.first_entries_mut(count) },
            (BufferRole::RowLocal(_), false) => quote! { #home.first_rows_mut(count) },
            (BufferRole::Kept, _) => quote! { #field.rows_mut(rows.clone()) },
            (BufferRole::Resident | BufferRole::Sum(_), _) => quote! { #home.view_mut() },
        }
    }

    /// True if the pass lends chunks their rows of a kept value.
    fn is_lent(&self, buffer: usize) -> bool {
        self.pass.as_ref().is_some_and(|written| written.kept.contains(&buffer))
    }

    /// Where a buffer is: in the whole, in the sums of a chunk, or in row-local memory.
    pub(super) fn home(&self, buffer: usize) -> TokenStream {
        let field = self.field(buffer);
        match (&self.pass, self.program.buffers[buffer].role) {
            (None, _) => quote! { self.#field },
            (Some(_), BufferRole::RowLocal(_)) => quote! { block.#field },
            (Some(written), _) if written.sums.contains(&buffer) => quote! { sums.#field },
            (Some(_), _) => quote! { whole.#field },
        }
    }

    /// Where a computed scalar is.
    pub(super) fn scalar_home(&self, id: NodeId) -> TokenStream {
        let name = self.names.of(id);
        match &self.pass {
            None => quote! { self.#name },
            Some(written) if written.scalars.contains(&id) => quote! { sums.#name },
            Some(_) => quote! { whole.#name },
        }
    }

    /// A resident result of an accumulating kernel begins at zero; sums over blocks were cleared before.
    pub(super) fn clear(&self, buffer: usize, start: f64) -> TokenStream {
        match self.program.buffers[buffer].role {
            BufferRole::Resident => fill(&self.home(buffer), start),
            BufferRole::Kept | BufferRole::RowLocal(_) | BufferRole::Sum(_) => TokenStream::new(),
        }
    }

    pub(super) fn statement(&mut self, statement: &Statement) -> TokenStream {
        match statement {
            Statement::Pack { from, pack } => {
                let (from, field) = (self.view(*from), self.pack_field(*pack));
                let turn = if self.program.packs[*pack].transposed {
                    quote! { Yes }
                } else {
                    quote! { No }
                };
                quote! { T::pack(isa, #from, rt::Transposed::#turn, &mut self.#field); }
            }
            Statement::Product { a, b, out } => {
                let (a, b, out) = (self.view(*a), self.pack(*b), self.view_mut(*out));
                quote! { T::product(isa, #a, #b, #out); }
            }
            Statement::ProductT { a, b, out } => {
                let clear = self.clear(*out, 0.0);
                let (a, b, out) = (self.view(*a), self.view(*b), self.view_mut(*out));
                quote! { #clear T::product_t(isa, #a, #b, #out); }
            }
            Statement::Dots { a, w, out } => {
                let (a, w, out) = (self.view(*a), self.view(*w), self.view_mut(*out));
                quote! { T::dots(isa, #a, #w, #out); }
            }
            Statement::ScaledRows { a, e, out } => {
                let clear = self.clear(*out, 0.0);
                let (a, e, out) = (self.view(*a), self.view(*e), self.view_mut(*out));
                quote! { #clear T::scaled_rows(isa, #a, #e, #out); }
            }
            Statement::Transpose { a, out } => {
                let (a, out) = (self.view(*a), self.view_mut(*out));
                quote! { T::transpose(#a, #out); }
            }
            Statement::Call { routine, operands, out, also } => self.call(*routine, operands, *out, *also),
            Statement::Scalar { out } => {
                let (name, value) = (self.names.of(*out).clone(), self.scalar_formula(*out));
                quote! { self.#name = #value; }
            }
            Statement::ScalarGradient { from, parameter } => {
                let (value, index) = (self.scalar(*from), self.output_part(*parameter));
                quote! { *gradient.flat.scalar_mut(#index) = T::from_f64(#value); }
            }
            Statement::Map(map) => self.map(map),
            Statement::Guarded(guarded) => {
                let (difference, holds) = (self.scalar(guarded.difference), order(guarded.first));
                let statement = self.statement(&guarded.statement);
                quote! {
                    if #difference #holds 0.0 {
                        #statement
                    }
                }
            }
        }
    }

    /// A packed factor, to read.
    pub(super) fn pack(&self, pack: usize) -> TokenStream {
        let field = self.pack_field(pack);
        let home = self.pass.as_ref().map_or_else(|| quote! { self }, |_| quote! { whole });
        quote! { &#home.#field }
    }

    fn call(&self, routine: Routine, operands: &[Source], out: Target, also: Option<usize>) -> TokenStream {
        let name = path(routine.name);
        let operator = routine.own.map(|own| {
            let operator = names::operator(own.name);
            quote! { ::<#operator, T> }
        });
        let name = quote! { #name #operator };
        let in_rows = match out {
            Target::Buffer(buffer) => !matches!(self.program.buffers[buffer].role, BufferRole::Resident),
            Target::Scalar(id) => self.program.sums.iter().any(|(sum, _)| *sum == id),
        };
        let offset = routine.offset.then(|| {
            if in_rows {
                quote! { rows.start, }
            } else {
                quote! { 0, }
            }
        });
        let letters = |k: usize| match self.graph.kind(routine.node) {
            Some(Kind::Routine(row)) => row.operands.get(k).map_or(*b"11", |letters| **letters),
            _ => *b"11",
        };
        let nodes = self.graph.operands(routine.node);
        let operands = operands.iter().zip(nodes).enumerate().map(|(k, (&source, &node))| match source.from {
            From::Scalar(id) if letters(k) == *b"11" => self.scalar(id),
            From::Scalar(id) => {
                let value = self.scalar(id);
                quote! { rt::View::line(&[T::from_f64(#value)]) }
            }
            _ => {
                let view = self.view(source);
                let is_labels = self.graph.letters(node) != self.graph.shape(node);
                if self.stands(node, letters(k)) && !is_labels {
                    quote! { #view.standing() }
                } else {
                    view
                }
            }
        });
        let scratch = routine.scratch.map(|_| {
            let field = self.scratch_field(routine);
            let home = self.pass.as_ref().map_or_else(|| quote! { self }, |_| quote! { block });
            quote! { &mut #home.#field, }
        });
        match out {
            Target::Buffer(buffer) => {
                let clear = routine.start.map(|start| self.clear(buffer, start));
                let second = also.map(|also| (also, self.program.buffers[also].node));
                let results = [(buffer, routine.node)].into_iter().chain(second).map(|(buffer, node)| {
                    let view = self.view_mut(buffer);
                    if self.stands(node, self.result(node)) {
                        quote! { #view.standing() }
                    } else {
                        view
                    }
                });
                quote! { #clear rt::#name(isa, #offset #(#operands,)* #(#results,)* #scratch); }
            }
            Target::Scalar(id) => {
                let home = self.scalar_home(id);
                let before = routine.start.map(|start| if in_rows { home.clone() } else { number(start) });
                if self.result(routine.node) == *b"11" {
                    let before = before.map(|before| quote! { #before, });
                    return quote! { #home = rt::#name(isa, #offset #(#operands,)* #before #scratch); };
                }
                // The one element of a matrix, or of a line.
                let before = before.unwrap_or_else(|| number(0.0));
                quote! {{
                    let mut one = [T::from_f64(#before)];
                    rt::#name(isa, #offset #(#operands,)* rt::ViewMut::line(&mut one), #scratch);
                    #home = one[0].to_f64();
                }}
            }
        }
    }

    /// True of a value that is a line in memory and a column to a routine: its letters say that it is a matrix, which has one column here.
    pub(super) fn stands(&self, node: NodeId, letters: [u8; 2]) -> bool {
        let shape = self.graph.shape(node);
        letters[1] != b'1' && shape.is_line() && shape.columns.is_one()
    }

    /// The shape of a routine's result, as its row says it.
    pub(super) fn result(&self, id: NodeId) -> [u8; 2] {
        match self.graph.kind(id) {
            Some(Kind::Routine(row)) => *row.result,
            _ => *b"11",
        }
    }

    /// The value of a scalar node as an `f64`.
    pub(super) fn scalar(&self, id: NodeId) -> TokenStream {
        match self.graph.node(id).op {
            Op::Constant(value) => number(value),
            Op::Size(dim) => {
                let size = self.context.size(dim);
                quote! { rt::count(#size) }
            }
            Op::Argument(i) => {
                let argument = &self.context.arguments[i];
                let index = self.context.part(i);
                match argument.role {
                    Role::Data => {
                        let field = self.context.input(i, Form { turned: false, rows: false });
                        quote! { inputs.#field }
                    }
                    Role::Direction => quote! { direction.flat.scalar(#index).to_f64() },
                    Role::Step => quote! { steps[#index] },
                    Role::Param | Role::Sample | Role::StandIn => quote! { params.flat.scalar(#index).to_f64() },
                }
            }
            Op::Call(_) => self.scalar_home(id),
        }
    }

    fn scalar_formula(&self, id: NodeId) -> TokenStream {
        let operands: Vec<_> = self.graph.operands(id).iter().map(|&operand| self.scalar(operand)).collect();
        formula(self.graph, id, &operands)
    }

    pub(super) fn gradient_variable(&self, argument: usize) -> Ident {
        format_ident!("gradient_{}", names::value(self.context.arguments[argument].name))
    }

    /// `let [mut gradient_w, _] = gradient.flat.views_mut();` if gradients are written.
    pub(super) fn lent_gradients(&self, written: impl Fn(usize) -> bool) -> TokenStream {
        let outputs = self.outputs();
        let patterns: Vec<_> = outputs
            .iter()
            .map(|&i| {
                let name = self.gradient_variable(i);
                if written(i) {
                    quote! { mut #name }
                } else {
                    quote! { _ }
                }
            })
            .collect();
        if outputs.into_iter().any(&written) {
            quote! { let [#(#patterns),*] = gradient.flat.views_mut(); }
        } else {
            TokenStream::new()
        }
    }
}
/// Code of the statements that depend on the data alone, which runs in the first call only.
fn first_time(statements: &[TokenStream]) -> TokenStream {
    if statements.is_empty() {
        return TokenStream::new();
    }
    quote! {
        if !self.is_prepared {
            #(#statements)*
        }
    }
}

/// Makes all elements of a buffer a number.
pub(super) fn fill(buffer: &TokenStream, value: f64) -> TokenStream {
    if value == 0.0 {
        return quote! { #buffer.clear(); };
    }
    let value = number(value);
    quote! { #buffer.fill(T::from_f64(#value)); }
}

/// A sum of terms, or `none` of no terms.
pub(super) fn sum(terms: &[TokenStream], none: &str) -> TokenStream {
    if terms.is_empty() { path(none) } else { joined(terms, "+") }
}

/// Expressions with an operator between them.
pub(super) fn joined(terms: &[TokenStream], operator: &str) -> TokenStream {
    let operator = path(operator);
    let between = terms.iter().skip(1).map(|term| quote! { #operator #term });
    terms.first().cloned().into_iter().chain(between).collect()
}

/// A name in the runtime, such as `linalg::inverse`.
pub(super) fn path(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// `name`, or `name_2` for a number above `plain`.
pub(super) fn numbered(name: &str, number: usize, plain: usize) -> Ident {
    if number <= plain { format_ident!("{}", name) } else { format_ident!("{}_{}", name, number) }
}

/// A number as Rust writes it; one that the compiler folded may be infinite.
pub(super) fn number(value: f64) -> TokenStream {
    if !value.is_finite() {
        let name = Ident::new(if value.is_nan() { "NAN" } else { "INFINITY" }, Span::call_site());
        let sign = (value == f64::NEG_INFINITY).then(|| quote! { - });
        return quote! { #sign f64::#name };
    }
    let magnitude = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() {
        quote! { -#magnitude }
    } else {
        quote! { #magnitude }
    }
}

/// A pointwise operation on operands that are vectors or numbers.
pub(super) fn formula(graph: &Graph, id: NodeId, operands: &[TokenStream]) -> TokenStream {
    let Some(Kind::Pointwise(row)) = graph.kind(id) else {
        return operands.first().cloned().unwrap_or_default();
    };
    let operator = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
    match (row.code, operands) {
        (Code::Infix(text), [a, b]) => {
            let operator = operator(text);
            quote! { #a #operator #b }
        }
        (Code::Prefix(text), [a]) => {
            let operator = operator(text);
            quote! { #operator #a }
        }
        (Code::Method(name), operands) => {
            let name = Ident::new(name, Span::call_site());
            quote! { rt::Elementwise::#name(#(#operands),*) }
        }
        _ => TokenStream::new(),
    }
}

/// Comparison with 0 under which a way is taken, for the cost of the second way minus that of the first.
pub(super) fn order(first: bool) -> TokenStream {
    if first {
        quote! { >= }
    } else {
        quote! { < }
    }
}
