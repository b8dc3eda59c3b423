//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums; a loss of several passes has `accumulate_2`, … with `between_1`, … before them. The runtime cuts a pass into
//! chunks of rows, which threads may share: each has sums of its own, and they are merged in a fixed order.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::context::Form;
use super::names::Names;
use super::pass::Written;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{Code, Kind as Family};
use crate::schedule::{
    Buffer, BufferRole, From, Map, Outcome, Planned, Program, Repeat, Routine, Sink, Source, Statement, Target, is_pass,
};
use crate::spec::Role;

/// Which kernel it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    Gradient,
    /// The gradient, one operation after the other.
    Unfused,
    /// Value and slope along a direction.
    Jvp,
    /// The Hessian times a direction.
    Hvp,
    /// The Gauss-Newton matrix times a direction.
    Ggn,
    /// Values and slopes at several steps along a direction.
    LineSearch,
    /// The norms of what samples add to the gradient.
    SampleNorms,
    /// The gradient in data.
    DataGradient,
}

impl Kind {
    /// The name of the type, and of the field of `Loss`.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Value => ("Value", "value"),
            Self::Gradient => ("Gradient", "gradient"),
            Self::Unfused => ("Unfused", "unfused"),
            Self::Jvp => ("Jvp", "jvp"),
            Self::Hvp => ("Hvp", "hvp"),
            Self::Ggn => ("Ggn", "ggn"),
            Self::LineSearch => ("Line", "line"),
            Self::SampleNorms => ("Samples", "samples"),
            Self::DataGradient => ("Inward", "inward"),
        }
    }

    /// What it writes beside the scalars that it returns: the gradients in arguments, or what has their shapes.
    pub(super) fn has_gradient(self) -> bool {
        !matches!(self, Self::Value | Self::Jvp | Self::LineSearch)
    }

    pub(super) fn has_direction(self) -> bool {
        matches!(self, Self::Jvp | Self::Hvp | Self::Ggn | Self::LineSearch)
    }

    /// Whether it is computed on request, by a plan of its own.
    pub(super) fn is_requested(self) -> bool {
        !matches!(self, Self::Value | Self::Gradient | Self::Unfused)
    }
}

/// Steps along a direction that one pass over the rows evaluates.
pub(crate) const STEPS: usize = 8;

/// What a function of a kernel takes beside the parameters: declared, and as another function is given it.
#[derive(Clone)]
pub(super) struct Extra {
    /// Of what is only read: names and types, where `#lifetime` is that of borrows.
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

    /// What is only read, with a lifetime.
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
    pub(super) names: Names,
    pub(super) kind: Kind,
    /// The field of each buffer that has memory of its own.
    fields: Vec<Ident>,
    loops: &'a mut Loops,
    /// The pass whose statements are emitted, if it is one.
    pub(super) pass: Option<Written>,
}
/// A field for each buffer. A value that several passes compute has a buffer in each.
fn fields(names: &Names, program: &Program) -> Vec<Ident> {
    let mut twins: HashMap<NodeId, usize> = HashMap::new();
    let mut fields = Vec::with_capacity(program.buffers.len());
    for (i, buffer) in program.buffers.iter().enumerate() {
        let name = names.of(buffer.node);
        let twin = twins.entry(buffer.node).or_default();
        fields.push(if *twin == 0 { name.clone() } else { format_ident!("{}_again{}", name, *twin) });
        if buffer.memory == Some(i) {
            *twin += 1;
        }
    }
    fields
}

/// The expressions of loops that the module has so far: those of layers, of steps, and of value and gradient are often the same
/// but for names, and are defined, and compiled for a loop over the same operands, once.
#[derive(Default)]
pub(crate) struct Loops {
    names: HashMap<Expression, Ident>,
    /// Definitions that no kernel has been given yet.
    definitions: Vec<TokenStream>,
}

/// The expression of a loop without its names: operands, constants, steps are numbered in this order.
#[derive(PartialEq, Eq, Hash)]
struct Expression {
    operands: usize,
    /// As bits.
    constants: Vec<u64>,
    /// The name of each operation, and its operands.
    steps: Vec<(&'static str, Vec<usize>)>,
    /// Each is a node, or the product of two.
    results: Vec<[usize; 2]>,
}

/// The workspace type of a program and its passes, and those loops that no kernel before has.
pub(crate) fn kernel(context: &Context<'_>, plan: &Planned, kind: Kind, loops: &mut Loops) -> TokenStream {
    let names = Names::new(&plan.graph);
    let (graph, program) = (&plan.graph, &plan.program);
    let fields = fields(&names, program);
    let mut emitter = Emitter { context, graph, program, names, kind, fields, loops, pass: None };
    let workspace = emitter.workspace();
    let passes = emitter.passes();
    let loops = core::mem::take(&mut loops.definitions);
    quote! { #workspace #passes #(#loops)* }
}

impl Emitter<'_> {
    pub(super) fn type_name(&self) -> Ident {
        Ident::new(self.kind.names().0, Span::call_site())
    }

    pub(super) fn extra(&self) -> Extra {
        let (_, used) = self.context.generics();
        let name = |text: &str| Ident::new(text, Span::call_site());
        let mut read = Vec::new();
        if self.kind.has_direction() {
            read.push((name("direction"), quote! { Params<T, #used> }));
        }
        if self.kind == Kind::LineSearch {
            let count = Literal::usize_unsuffixed(STEPS);
            read.push((name("steps"), quote! { [f64; #count] }));
        }
        let gradient = match self.kind {
            Kind::Value | Kind::Jvp | Kind::LineSearch => None,
            Kind::Gradient | Kind::Unfused | Kind::Hvp | Kind::Ggn => Some(quote! { Params<T, #used> }),
            Kind::SampleNorms => Some(quote! { Norms<T> }),
            Kind::DataGradient => Some(quote! { DataGradient<T, #used> }),
        };
        Extra { read, gradient }
    }

    /// The arguments that the gradient is of.
    fn outputs(&self) -> Vec<usize> {
        let of_role = |role: Role| {
            let all = self.context.arguments.iter().enumerate();
            all.filter(move |(_, argument)| argument.role == role).map(|(i, _)| i).collect()
        };
        match self.kind {
            Kind::SampleNorms => of_role(Role::Sample),
            Kind::DataGradient => self.context.spec.data_outputs().collect(),
            _ => of_role(Role::Param),
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
        let turn = if pack.transposed { "_transposed" } else { "" };
        format_ident!("{}_packed{}", self.names.of(pack.node), turn)
    }

    pub(super) fn type_of(&self, part: &str) -> Ident {
        format_ident!("{}{}", self.type_name(), part)
    }

    fn passes(&mut self) -> TokenStream {
        let program = self.program;
        let name = self.type_name();
        let (declared, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let common = quote! { isa: rt::Isa, dims: &Dims, inputs: &Inputs #inputs, params: &Params<T, #used>, };
        let is_gradient = self.kind.has_gradient();
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
                    /// What needs no rows.
                    #[inline(never)]
                    fn prepare(&mut self, #common #gradient) {
                        #statements
                    }
                });
                calls.push(quote! { self.prepare(isa, dims, inputs, params, #pass_gradient); });
            } else if stage != last {
                let name = numbered("between", stage / 2, 0);
                functions.push(quote! {
                    /// What needs the sums of the last pass.
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
                    /// What needs all rows.
                    #[inline(never)]
                    fn finish(&mut self, #common #gradient) -> #result_type {
                        #statements
                        #(#zeros)*
                        self.is_prepared = true;
                        #result
                    }
                });
                calls.push(quote! { self.finish(isa, dims, inputs, params, #pass_gradient) });
            }
        }
        quote! {
            impl<T: rt::Element, #declared> #name<T, #used> {
                fn run(
                    &mut self,
                    isa: rt::Isa,
                    dims: &Dims,
                    plan: &rt::Plan,
                    inputs: &Inputs #inputs,
                    params: &Params<T, #used>,
                    #gradient
                ) -> #result_type {
                    #(#calls)*
                }

                #(#functions)*
            }

            #(#types)*
        }
    }

    /// The block of an input.
    pub(super) fn variable(field: &Ident) -> Ident {
        format_ident!("{}_block", field)
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
    fn view(&self, source: Source) -> TokenStream {
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

    fn view_mut(&self, buffer: usize) -> TokenStream {
        let (field, home) = (self.field(buffer), self.home(buffer));
        let Buffer { role, shape, .. } = self.program.buffers[buffer];
        match (role, shape.is_line()) {
            (BufferRole::RowLocal(_), true) => quote! { #home.first_entries_mut(count) },
            (BufferRole::RowLocal(_), false) => quote! { #home.first_rows_mut(count) },
            (BufferRole::Kept, _) => quote! { #field.rows_mut(rows.clone()) },
            (BufferRole::Resident | BufferRole::Sum(_), _) => quote! { #home.view_mut() },
        }
    }

    /// Whether the pass lends chunks their rows of a kept value.
    fn is_lent(&self, buffer: usize) -> bool {
        self.pass.as_ref().is_some_and(|written| written.kept.contains(&buffer))
    }

    /// Where a buffer is: in the whole, in the sums of a chunk, or in row-local memory.
    fn home(&self, buffer: usize) -> TokenStream {
        let field = self.field(buffer);
        match (&self.pass, self.program.buffers[buffer].role) {
            (None, _) => quote! { self.#field },
            (Some(_), BufferRole::RowLocal(_)) => quote! { block.#field },
            (Some(written), _) if written.sums.contains(&buffer) => quote! { sums.#field },
            (Some(_), _) => quote! { whole.#field },
        }
    }

    /// Where a computed scalar is.
    fn scalar_home(&self, id: NodeId) -> TokenStream {
        let name = self.names.of(id);
        match &self.pass {
            None => quote! { self.#name },
            Some(written) if written.scalars.contains(&id) => quote! { sums.#name },
            Some(_) => quote! { whole.#name },
        }
    }

    /// A resident result of an accumulating kernel begins at zero; sums over blocks were cleared before.
    fn clear(&self, buffer: usize, start: f64) -> TokenStream {
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
    fn pack(&self, pack: usize) -> TokenStream {
        let field = self.pack_field(pack);
        let home = self.pass.as_ref().map_or_else(|| quote! { self }, |_| quote! { whole });
        quote! { &#home.#field }
    }

    fn call(&self, routine: Routine, operands: &[Source], out: Target, also: Option<usize>) -> TokenStream {
        let name = path(routine.name);
        let operator = routine.own.map(|own| {
            let operator = Context::ident(own.name);
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
        // To a routine, a standing vector is a column where its letters say that it is a matrix.
        let letters = |k: usize| match self.graph.kind(routine.node) {
            Some(Family::Routine(row)) => row.operands.get(k).map_or(*b"11", |letters| **letters),
            _ => *b"11",
        };
        let stands = |node: NodeId, letters: [u8; 2]| {
            let shape = self.graph.shape(node);
            letters[1] != b'1' && shape.is_line() && shape.columns.is_one()
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
                if stands(node, letters(k)) && !is_labels {
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
                    if stands(node, self.result(node)) {
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

    /// The shape of a routine's result, as its row says it.
    pub(super) fn result(&self, id: NodeId) -> [u8; 2] {
        match self.graph.kind(id) {
            Some(Family::Routine(row)) => *row.result,
            _ => *b"11",
        }
    }

    /// The value of a scalar node as an `f64`.
    fn scalar(&self, id: NodeId) -> TokenStream {
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

    /// An elementwise loop: its expression as a type, and the call that runs it.
    fn map(&mut self, map: &Map) -> TokenStream {
        let (constants, sources): (Vec<&(NodeId, Source, Repeat)>, Vec<_>) =
            map.sources.iter().partition(|(id, ..)| self.constant(*id).is_some());
        let operands: Vec<NodeId> = sources.iter().map(|(id, ..)| *id).collect();
        let constants: Vec<NodeId> = constants.iter().map(|(id, ..)| *id).collect();
        let reads: Vec<_> = sources.iter().map(|(_, source, repeat)| self.read(*source, *repeat)).collect();
        let name = self.expression(map, &operands, &constants);
        let (n, m) = (Literal::usize_unsuffixed(operands.len()), Literal::usize_unsuffixed(map.results.len()));
        let clears = map.results.iter().map(|(_, sink)| match *sink {
            Sink::Sum(id) if !self.program.sums.iter().any(|(sum, _)| *sum == id) => {
                let home = self.scalar_home(id);
                quote! { #home = 0.0; }
            }
            Sink::ColumnSums(buffer) => self.clear(buffer, 0.0),
            _ => TokenStream::new(),
        });
        let (reads, sinks) = (pairs(&reads), map.results.iter().map(|(_, sink)| self.sink(*sink, map.rows)));
        let sinks = pairs(&sinks.collect::<Vec<_>>());
        // A pass has its rows of them already.
        let lent = if self.pass.is_some() {
            TokenStream::new()
        } else {
            self.lent_gradients(|i| map.results.iter().any(|(_, sink)| *sink == Sink::Gradient(i)))
        };
        let shape = self.loop_shape(map);
        let (run, factors) = match map.product {
            None => (quote! { map }, TokenStream::new()),
            Some(product) => {
                let (a, b) = (self.view(product.a), self.pack(product.b));
                (quote! { product_map }, quote! { (#a, #b), })
            }
        };
        let call = quote! {
            #lent
            rt::#run::<T, _, _, _, #n, #m>(isa, #factors #shape, #reads, #sinks, &#name);
        };
        // A function has room for the operands of all its loops at the same time in a debug build; a closure for its own.
        let call = if map.is_piece {
            quote! { (|| { #call })(); }
        } else {
            quote! { { #call } }
        };
        quote! { #(#clears)* #call }
    }

    /// The type that has the expression of a loop, which is defined unless the module has it.
    fn expression(&mut self, map: &Map, operands: &[NodeId], constants: &[NodeId]) -> Ident {
        let numbers: HashMap<NodeId, usize> =
            operands.iter().chain(constants).chain(&map.body).enumerate().map(|(k, &id)| (id, k)).collect();
        let number = |id: &NodeId| numbers.get(id).copied().unwrap_or(usize::MAX);
        let key = Expression {
            operands: operands.len(),
            constants: constants.iter().filter_map(|&id| Some(self.constant(id)?.to_bits())).collect(),
            steps: map
                .body
                .iter()
                .map(|&id| {
                    let Op::Call(operation) = self.graph.node(id).op else { return ("", Vec::new()) };
                    (operation.name(), self.graph.operands(id).iter().map(number).collect())
                })
                .collect(),
            results: map
                .results
                .iter()
                .map(|(outcome, _)| match outcome {
                    Outcome::Node(id) => [number(id), usize::MAX],
                    Outcome::Product(a, b) => [number(a), number(b)],
                })
                .collect(),
        };
        if let Some(name) = self.loops.names.get(&key) {
            return name.clone();
        }
        let name = format_ident!("Loop{}", self.loops.names.len() + 1);
        let definition = self.definition_of_loop(&name, map, operands, constants);
        self.loops.names.insert(key, name.clone());
        self.loops.definitions.push(definition);
        name
    }

    fn definition_of_loop(&self, name: &Ident, map: &Map, operands: &[NodeId], constants: &[NodeId]) -> TokenStream {
        let constants = constants.iter().filter_map(|&id| {
            let (name, value) = (self.names.of(id), number(self.constant(id)?));
            Some(quote! { let #name = rt::Lanes::constant(simd, #value); })
        });
        let steps = map.body.iter().map(|&id| {
            let operands: Vec<_> = self
                .graph
                .operands(id)
                .iter()
                .map(|&operand| {
                    let name = self.names.of(operand);
                    quote! { #name }
                })
                .collect();
            let (name, value) = (self.names.of(id), formula(self.graph, id, &operands));
            quote! { let #name = #value; }
        });
        let results = map.results.iter().map(|(outcome, _)| match outcome {
            Outcome::Node(id) => {
                let name = self.names.of(*id);
                quote! { #name }
            }
            Outcome::Product(a, b) => {
                let (a, b) = (self.names.of(*a), self.names.of(*b));
                quote! { #a * #b }
            }
        });
        let (n, m) = (Literal::usize_unsuffixed(operands.len()), Literal::usize_unsuffixed(map.results.len()));
        let operands = operands.iter().map(|&id| self.names.of(id));
        quote! {
            struct #name;

            impl<T: rt::Element> rt::Map<T, #n, #m> for #name {
                const PLAIN: bool = ::core::cfg!(debug_assertions);

                #[inline(always)]
                fn map<S: rt::Simd>(&self, simd: S, [#(#operands),*]: [rt::Lanes<T, S>; #n]) -> [rt::Lanes<T, S>; #m] {
                    #(#constants)*
                    #(#steps)*
                    [#(#results),*]
                }
            }
        }
    }

    /// The number that a node is, wherever it is read.
    fn constant(&self, id: NodeId) -> Option<f64> {
        let inner = self.graph.is(id, crate::operations::BROADCAST).and_then(|operands| operands.first().copied());
        self.graph.constant_value(inner.unwrap_or(id))
    }

    fn read(&self, source: Source, repeat: Repeat) -> TokenStream {
        if source.from == From::Piece {
            return quote! { rt::Piece::new() };
        }
        if let From::Scalar(id) = source.from {
            let value = self.scalar(id);
            return quote! { rt::Scalar(#value) };
        }
        let view = self.view(source);
        match repeat {
            Repeat::Not | Repeat::EveryElement => view,
            Repeat::EveryRow => quote! { rt::Row(#view) },
            Repeat::EveryColumn => quote! { rt::Column(#view) },
        }
    }

    fn sink(&self, sink: Sink, rows: bool) -> TokenStream {
        match sink {
            Sink::Store(buffer) => {
                let view = self.view_mut(buffer);
                quote! { rt::Store(#view) }
            }
            Sink::Gradient(argument) => {
                let name = self.gradient_variable(argument);
                if rows {
                    quote! { rt::Store(#name.rows_mut(rows.clone())) }
                } else {
                    quote! { rt::Store(#name.reborrow()) }
                }
            }
            Sink::Sum(id) => {
                let home = self.scalar_home(id);
                quote! { rt::Sum(&mut #home) }
            }
            Sink::ColumnSums(buffer) => {
                let view = self.view_mut(buffer);
                quote! { rt::ColumnSums(#view) }
            }
            Sink::RowSums(buffer) => {
                let view = self.view_mut(buffer);
                quote! { rt::RowSums(#view) }
            }
        }
    }

    pub(super) fn gradient_variable(&self, argument: usize) -> Ident {
        format_ident!("gradient_{}", self.context.arguments[argument].name.as_str())
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

    fn loop_shape(&self, map: &Map) -> TokenStream {
        let (rows, columns) = self.context.view_shape(map.shape);
        match (map.rows, map.shape.is_line()) {
            (true, true) => quote! { (1, count) },
            (true, false) => quote! { (count, #columns) },
            (false, _) => quote! { (#rows, #columns) },
        }
    }
}
/// `((a, b), (c, d))`: nested pairs, as evenly as can be.
fn pairs(items: &[TokenStream]) -> TokenStream {
    match items {
        [] => quote! { () },
        [item] => item.clone(),
        items => {
            let (left, right) = items.split_at(items.len().div_ceil(2));
            let (left, right) = (pairs(left), pairs(right));
            quote! { (#left, #right) }
        }
    }
}

/// What depends on the data alone.
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
    let Some(Family::Pointwise(row)) = graph.kind(id) else {
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

/// How what the second way costs beyond the first one compares with 0, where a way is taken.
pub(super) fn order(first: bool) -> TokenStream {
    if first {
        quote! { >= }
    } else {
        quote! { < }
    }
}
