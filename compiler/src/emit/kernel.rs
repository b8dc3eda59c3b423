//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums; a loss of several passes has `accumulate_2`, … with `between_1`, … before them. The workspace is all that
//! they share, so that partial sums of blocks can be merged wherever they were made.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::context::Form;
use super::names::Names;
use crate::graph::{Graph, NodeId, Op, Shape};
use crate::operations::{Code, Kind as Family};
use crate::schedule::{
    Buffer, BufferRole, From, Map, Outcome, Planned, Program, Repeat, Routine, Sink, Source, Statement, Target, is_pass,
};
use crate::spec::Role;

/// Which of the two kernels it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    Gradient,
}

struct Emitter<'a> {
    context: &'a Context<'a>,
    graph: &'a Graph,
    program: &'a Program,
    names: Names,
    kind: Kind,
    /// The field of each buffer that has memory of its own.
    fields: Vec<Ident>,
    /// The definitions of loops so far.
    loops: Vec<TokenStream>,
}

/// A field for each buffer. A value that several passes compute has a buffer in each.
fn fields(names: &Names, program: &Program) -> Vec<Ident> {
    let mut twins: HashMap<NodeId, usize> = HashMap::new();
    let mut fields = Vec::with_capacity(program.buffers.len());
    for (i, buffer) in program.buffers.iter().enumerate() {
        let name = names.of(buffer.node);
        let twin = twins.entry(buffer.node).or_default();
        fields.push(if *twin == 0 { name.clone() } else { format_ident!("{}_again{}", name, *twin) });
        if buffer.memory == i {
            *twin += 1;
        }
    }
    fields
}

/// The workspace type of a program and its passes.
pub(crate) fn kernel(context: &Context<'_>, plan: &Planned, kind: Kind) -> TokenStream {
    let names = Names::new(&plan.graph);
    let (graph, program) = (&plan.graph, &plan.program);
    let fields = fields(&names, program);
    let mut emitter = Emitter { context, graph, program, names, kind, fields, loops: Vec::new() };
    let workspace = emitter.workspace();
    let passes = emitter.passes();
    let loops = &emitter.loops;
    quote! { #workspace #passes #(#loops)* }
}

impl Emitter<'_> {
    fn type_name(&self) -> Ident {
        Ident::new(if self.kind == Kind::Value { "Value" } else { "Gradient" }, Span::call_site())
    }

    /// The field that holds a buffer: that of the buffer whose memory it uses.
    fn field(&self, buffer: usize) -> Ident {
        self.fields[self.program.buffers[buffer].memory].clone()
    }

    fn pack_field(&self, pack: usize) -> Ident {
        let pack = &self.program.packs[pack];
        let turn = if pack.transposed { "_transposed" } else { "" };
        format_ident!("{}_packed{}", self.names.of(pack.node), turn)
    }

    fn workspace(&self) -> TokenStream {
        let program = self.program;
        let (name, error) = (self.type_name(), self.context.public("Error"));
        let (declared, used) = self.context.generics();
        let own = |(i, buffer): &(usize, &Buffer)| buffer.memory == *i;
        let buffers: Vec<_> = program.buffers.iter().enumerate().filter(own).collect();
        let buffer_names: Vec<_> = buffers.iter().map(|(i, _)| self.field(*i)).collect();
        let buffer_docs = buffers.iter().map(|(_, buffer)| match buffer.role {
            BufferRole::Resident => format!("{}.", buffer.shape),
            BufferRole::Kept => format!("{}, written block by block.", buffer.shape),
            BufferRole::RowLocal(_) => format!("One block of {}.", buffer.shape),
            BufferRole::Sum(_) => format!("{}, a sum over the blocks.", buffer.shape),
        });
        let buffer_sizes = buffers.iter().map(|(_, buffer)| {
            let (rows, columns) = self.context.view_shape(buffer.shape);
            match (buffer.role, buffer.shape.is_line()) {
                (BufferRole::RowLocal(_), true) => quote! { 1, block },
                (BufferRole::RowLocal(_), false) => quote! { block, #columns },
                _ => quote! { #rows, #columns },
            }
        });
        let pack_names: Vec<_> = (0..program.packs.len()).map(|pack| self.pack_field(pack)).collect();
        let pack_sizes = program.packs.iter().map(|pack| {
            let shape = self.graph.shape(pack.node);
            let shape = if pack.transposed { shape.t() } else { shape };
            let (rows, columns) = (self.context.size(shape.rows), self.context.size(shape.columns));
            quote! { #rows, #columns }
        });
        let scalars: Vec<_> = program.scalars.iter().map(|&id| self.names.of(id)).collect();
        let (scratch, made): (Vec<_>, Vec<_>) = self.scratch().unzip();
        quote! {
            struct #name<T, #declared> {
                #(#[doc = #buffer_docs] #buffer_names: rt::Buffer<T>,)*
                #(#pack_names: rt::Packed<T>,)*
                #(#scratch,)*
                #(#scalars: f64,)*
                element: ::core::marker::PhantomData<T>,
            }

            impl<T: rt::Element, #declared> #name<T, #used> {
                fn new(dims: &Dims, block: usize) -> ::core::result::Result<Self, #error> {
                    ::core::result::Result::Ok(Self {
                        #(#buffer_names: rt::Buffer::new(#buffer_sizes)?,)*
                        #(#pack_names: rt::Packed::new(#pack_sizes)?,)*
                        #(#made,)*
                        #(#scalars: 0.0,)*
                        element: ::core::marker::PhantomData,
                    })
                }

                fn bytes(&self) -> usize {
                    0 #(+ self.#buffer_names.bytes())* #(+ self.#pack_names.bytes())*
                }
            }
        }
    }

    /// Memory of routines: the declaration of each field, and its value.
    fn scratch(&self) -> impl Iterator<Item = (TokenStream, TokenStream)> + '_ {
        self.program.statements().filter_map(|statement| {
            let Statement::Call { routine, .. } = statement.bare() else { return None };
            let ty = path(routine.scratch?);
            let field = self.scratch_field(*routine);
            let shape = self.graph.shape(*self.graph.operands(routine.node).first()?);
            let (rows, columns) = (self.context.size(shape.rows), self.context.size(shape.columns));
            Some((quote! { #field: rt::#ty }, quote! { #field: rt::#ty::new(#rows, #columns)? }))
        })
    }

    fn scratch_field(&self, routine: Routine) -> Ident {
        format_ident!("{}_scratch", self.names.of(routine.node))
    }

    fn passes(&mut self) -> TokenStream {
        let program = self.program;
        let name = self.type_name();
        let (declared, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let gradient = (self.kind == Kind::Gradient).then(|| quote! { gradient: &mut Params<T, #used>, });
        let pass_gradient = (self.kind == Kind::Gradient).then(|| quote! { gradient, });
        let arguments = quote! {
            isa: rt::Isa,
            dims: &Dims,
            inputs: &mut Inputs #inputs,
            params: &Params<T, #used>,
            #gradient
        };
        let clears = self.clears();
        let zeros = program.zero_gradients.iter().map(|&argument| {
            let part = self.context.part(argument);
            quote! { gradient.flat.part_mut(#part).fill(T::default()); }
        });
        let zeros: Vec<_> = if self.kind == Kind::Gradient { zeros.collect() } else { Vec::new() };
        let loss = self.scalar(program.loss);
        let last = program.stages.len() - 1;
        let mut functions = Vec::new();
        let mut calls = Vec::new();
        for (stage, statements) in program.stages.iter().enumerate() {
            let statements: Vec<_> = statements.iter().map(|statement| self.statement(statement)).collect();
            if is_pass(stage) {
                let size = program.stream.map_or_else(|| quote! { 0 }, |axis| self.context.size(axis));
                let name = numbered("accumulate", stage.div_ceil(2), 1);
                let reads = self.streamed_arguments(&program.stages[stage]);
                functions.push(quote! {
                    /// Adds one block of rows.
                    fn #name(&mut self, #arguments rows: ::core::ops::Range<usize>) {
                        let count = rows.len();
                        #(#reads)*
                        #(#statements)*
                    }
                });
                calls.push(quote! {
                    for rows in rt::blocks(#size, block) {
                        self.#name(isa, dims, inputs, params, #pass_gradient rows);
                    }
                });
            } else if stage == 0 {
                functions.push(quote! {
                    /// What needs no rows; all sums begin.
                    fn prepare(&mut self, #arguments) {
                        #(#clears)*
                        #(#statements)*
                    }
                });
                calls.push(quote! { self.prepare(isa, dims, inputs, params, #pass_gradient); });
            } else if stage != last {
                let name = numbered("between", stage / 2, 0);
                functions.push(quote! {
                    /// What needs the sums of the last pass.
                    fn #name(&mut self, #arguments) {
                        #(#statements)*
                    }
                });
                calls.push(quote! { self.#name(isa, dims, inputs, params, #pass_gradient); });
            }
            if stage == last {
                let statements = if stage == 0 { Vec::new() } else { statements };
                functions.push(quote! {
                    /// What needs all rows.
                    fn finish(&mut self, #arguments) -> f64 {
                        #(#statements)*
                        #(#zeros)*
                        #loss
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
                    block: usize,
                    inputs: &mut Inputs #inputs,
                    params: &Params<T, #used>,
                    #gradient
                ) -> f64 {
                    #(#calls)*
                }

                #(#functions)*
            }
        }
    }

    /// What sums over the blocks begin at.
    fn clears(&self) -> Vec<TokenStream> {
        let buffers = self.program.buffers.iter().enumerate().filter_map(|(i, buffer)| match buffer.role {
            BufferRole::Sum(start) => Some(self.begin(i, start)),
            _ => None,
        });
        let scalars = self.program.sums.iter().map(|&(id, start)| {
            let (field, start) = (self.names.of(id), number(start));
            quote! { self.#field = #start; }
        });
        buffers.chain(scalars).collect()
    }

    fn begin(&self, buffer: usize, start: f64) -> TokenStream {
        let field = self.field(buffer);
        if start == 0.0 {
            return quote! { self.#field.clear(); };
        }
        let start = number(start);
        quote! { self.#field.fill(T::from_f64(#start)); }
    }

    /// `let x = …;` for each data argument of which the pass reads a block.
    fn streamed_arguments(&self, statements: &[Statement]) -> Vec<TokenStream> {
        let mut read: Vec<(usize, Form)> = statements
            .iter()
            .flat_map(Statement::reads)
            .filter(|source| source.rows)
            .filter_map(|source| self.data_form(source))
            .collect();
        read.sort_unstable();
        read.dedup();
        let arguments = read.into_iter().map(|(i, form)| {
            let field = self.context.input(i, form);
            let variable = Self::variable(&field);
            let argument = &self.context.spec.arguments[i];
            let method = if argument.shape.is_line() && !argument.is_labels() {
                quote! { entries }
            } else {
                quote! { rows }
            };
            quote! { let #variable = inputs.#field.#method(rows.clone()); }
        });
        arguments.collect()
    }

    /// The block of an input.
    fn variable(field: &Ident) -> Ident {
        format_ident!("{}_block", field)
    }

    /// The data argument that `source` is, and how it is read.
    fn data_form(&self, source: Source) -> Option<(usize, Form)> {
        let (i, turned) = match source.from {
            From::Argument(i) => (i, false),
            From::Turned(i) => (i, true),
            From::Buffer(_) | From::Scalar(_) => return None,
        };
        let is_data = self.context.spec.arguments[i].role == Role::Data;
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
                let index = self.context.part(i);
                (quote! { params.flat.view(#index) }, self.context.spec.arguments[i].shape.is_line())
            }
            From::Buffer(buffer) => {
                let field = self.field(buffer);
                let Buffer { role, shape, .. } = self.program.buffers[buffer];
                match (role, shape.is_line()) {
                    (BufferRole::RowLocal(_), true) => return quote! { self.#field.first_entries(count) },
                    (BufferRole::RowLocal(_), false) => return quote! { self.#field.first_rows(count) },
                    (_, is_line) => (quote! { self.#field.view() }, is_line),
                }
            }
            // A scalar is never read as a matrix.
            From::Scalar(_) => (quote! { rt::View::line(&[]) }, true),
        };
        match (source.rows, is_line) {
            (true, true) => quote! { #view.entries(rows.clone()) },
            (true, false) => quote! { #view.row_range(rows.clone()) },
            (false, _) => view,
        }
    }

    fn view_mut(&self, buffer: usize) -> TokenStream {
        let field = self.field(buffer);
        let Buffer { role, shape, .. } = self.program.buffers[buffer];
        match (role, shape.is_line()) {
            (BufferRole::RowLocal(_), true) => quote! { self.#field.first_entries_mut(count) },
            (BufferRole::RowLocal(_), false) => quote! { self.#field.first_rows_mut(count) },
            (BufferRole::Kept, true) => quote! { self.#field.view_mut().entries_mut(rows.clone()) },
            (BufferRole::Kept, false) => quote! { self.#field.view_mut().rows_mut(rows.clone()) },
            (BufferRole::Resident | BufferRole::Sum(_), _) => quote! { self.#field.view_mut() },
        }
    }

    /// A resident result of an accumulating kernel begins at zero; sums over blocks were cleared before.
    fn clear(&self, buffer: usize, start: f64) -> TokenStream {
        match self.program.buffers[buffer].role {
            BufferRole::Resident => self.begin(buffer, start),
            BufferRole::Kept | BufferRole::RowLocal(_) | BufferRole::Sum(_) => TokenStream::new(),
        }
    }

    fn statement(&mut self, statement: &Statement) -> TokenStream {
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
                let (a, b, out) = (self.view(*a), self.pack_field(*b), self.view_mut(*out));
                quote! { T::product(isa, #a, &self.#b, #out); }
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
            Statement::Call { routine, operands, out } => self.call(*routine, operands, *out),
            Statement::Scalar { out } => {
                let (name, value) = (self.names.of(*out).clone(), self.scalar_formula(*out));
                quote! { self.#name = #value; }
            }
            Statement::ScalarGradient { from, parameter } => {
                let (value, index) = (self.scalar(*from), self.context.part(*parameter));
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

    fn call(&self, routine: Routine, operands: &[Source], out: Target) -> TokenStream {
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
            quote! { &mut self.#field, }
        });
        let result = match self.graph.kind(routine.node) {
            Some(Family::Routine(row)) => *row.result,
            _ => *b"11",
        };
        match out {
            Target::Buffer(buffer) => {
                let clear = routine.start.map(|start| self.clear(buffer, start));
                let view = self.view_mut(buffer);
                let out = if stands(routine.node, result) {
                    quote! { #view.standing() }
                } else {
                    view
                };
                quote! { #clear rt::#name(isa, #offset #(#operands,)* #out, #scratch); }
            }
            Target::Scalar(id) => {
                let field = self.names.of(id);
                let before = routine.start.map(|start| {
                    let start = number(start);
                    if in_rows {
                        quote! { self.#field }
                    } else {
                        start
                    }
                });
                if result == *b"11" {
                    let before = before.map(|before| quote! { #before, });
                    return quote! { self.#field = rt::#name(isa, #offset #(#operands,)* #before #scratch); };
                }
                // The one element of a matrix, or of a line.
                let before = before.unwrap_or_else(|| number(0.0));
                quote! {{
                    let mut one = [T::from_f64(#before)];
                    rt::#name(isa, #offset #(#operands,)* rt::ViewMut::line(&mut one), #scratch);
                    self.#field = one[0].to_f64();
                }}
            }
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
                let argument = &self.context.spec.arguments[i];
                if argument.role == Role::Data {
                    let field = self.context.input(i, Form { turned: false, rows: false });
                    quote! { inputs.#field }
                } else {
                    let index = self.context.part(i);
                    quote! { params.flat.scalar(#index).to_f64() }
                }
            }
            Op::Call(_) => {
                let name = self.names.of(id);
                quote! { self.#name }
            }
        }
    }

    fn scalar_formula(&self, id: NodeId) -> TokenStream {
        let operands: Vec<_> = self.graph.operands(id).iter().map(|&operand| self.scalar(operand)).collect();
        formula(self.graph, id, &operands)
    }

    /// An elementwise loop: its expression as a type, and the call that runs it.
    fn map(&mut self, map: &Map) -> TokenStream {
        let name = format_ident!("{}Loop{}", self.type_name(), self.loops.len());
        let (constants, sources): (Vec<&(NodeId, Source, Repeat)>, Vec<_>) =
            map.sources.iter().partition(|(id, ..)| self.constant(*id).is_some());
        let operands: Vec<_> = sources.iter().map(|(id, ..)| self.names.of(*id)).collect();
        let reads: Vec<_> = sources.iter().map(|(_, source, repeat)| self.read(*source, *repeat)).collect();
        let constants = constants.iter().filter_map(|(id, ..)| {
            let (name, value) = (self.names.of(*id), number(self.constant(*id)?));
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
        let definition = quote! {
            struct #name;

            impl<T: rt::Element> rt::Map<T, #n, #m> for #name {
                #[inline(always)]
                fn map<S: rt::Simd>(&self, simd: S, [#(#operands),*]: [rt::Lanes<T, S>; #n]) -> [rt::Lanes<T, S>; #m] {
                    #(#constants)*
                    #(#steps)*
                    [#(#results),*]
                }
            }
        };
        let clears = map.results.iter().map(|(_, sink)| match *sink {
            Sink::Sum(id) if !self.program.sums.iter().any(|(sum, _)| *sum == id) => {
                let field = self.names.of(id);
                quote! { self.#field = 0.0; }
            }
            Sink::ColumnSums(buffer) => self.clear(buffer, 0.0),
            _ => TokenStream::new(),
        });
        let sinks = map.results.iter().map(|(_, sink)| self.sink(*sink, map.rows));
        let lent = self.lent_gradients(map);
        let shape = self.loop_shape(map);
        let call = quote! {
            #(#clears)*
            {
                #lent
                rt::map::<T, _, _, _, #n, #m>(isa, #shape, rt::list!(#(#reads),*), rt::list!(#(#sinks),*), &#name);
            }
        };
        self.loops.push(definition);
        call
    }

    /// The number that a node is, wherever it is read.
    fn constant(&self, id: NodeId) -> Option<f64> {
        let inner = self.graph.is(id, crate::operations::BROADCAST).and_then(|operands| operands.first().copied());
        self.graph.constant_value(inner.unwrap_or(id))
    }

    fn read(&self, source: Source, repeat: Repeat) -> TokenStream {
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
                let shape = self.context.spec.arguments[argument].shape;
                match (rows, shape.is_line()) {
                    (true, true) => quote! { rt::Store(#name.entries_mut(rows.clone())) },
                    (true, false) => quote! { rt::Store(#name.rows_mut(rows.clone())) },
                    (false, _) => quote! { rt::Store(#name.reborrow()) },
                }
            }
            Sink::Sum(id) => {
                let field = self.names.of(id);
                quote! { rt::Sum(&mut self.#field) }
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

    fn gradient_variable(&self, argument: usize) -> Ident {
        format_ident!("gradient_{}", self.context.spec.arguments[argument].name.as_str())
    }

    /// `let [mut gradient_w, _] = gradient.flat.views_mut();` if the loop writes gradients.
    fn lent_gradients(&self, map: &Map) -> TokenStream {
        let written = |i: usize| map.results.iter().any(|(_, sink)| *sink == Sink::Gradient(i));
        let arguments = self.context.spec.arguments.iter().enumerate();
        let params = arguments.filter(|(_, argument)| argument.role == Role::Param).map(|(i, _)| i);
        let patterns: Vec<_> = params
            .clone()
            .map(|i| {
                let name = self.gradient_variable(i);
                if written(i) {
                    quote! { mut #name }
                } else {
                    quote! { _ }
                }
            })
            .collect();
        if params.clone().any(written) {
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

/// A name in the runtime, such as `linalg::inverse`.
fn path(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// `name`, or `name_2` for a number above `plain`.
fn numbered(name: &str, number: usize, plain: usize) -> Ident {
    if number <= plain { format_ident!("{}", name) } else { format_ident!("{}_{}", name, number) }
}

/// A number as Rust writes it; one that the compiler folded may be infinite.
fn number(value: f64) -> TokenStream {
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
fn formula(graph: &Graph, id: NodeId, operands: &[TokenStream]) -> TokenStream {
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
fn order(first: bool) -> TokenStream {
    if first {
        quote! { >= }
    } else {
        quote! { < }
    }
}

/// The floating-point operations of each statement, as expressions in `dims`.
pub(crate) fn flops(context: &Context<'_>, plan: &Planned) -> Vec<TokenStream> {
    plan.program.statements().filter_map(|statement| statement_flops(context, plan, statement, None)).collect()
}

/// The operations of a statement that computes `node`, or what its buffer is for.
fn statement_flops(
    context: &Context<'_>,
    plan: &Planned,
    statement: &Statement,
    node: Option<NodeId>,
) -> Option<TokenStream> {
    let program = &plan.program;
    let size = |dim| {
        let size = context.size(dim);
        quote! { rt::count(#size) }
    };
    let elements = |shape: Shape| {
        let (rows, columns) = (size(shape.rows), size(shape.columns));
        quote! { #rows * #columns }
    };
    let product = |out: usize| {
        let node = node.unwrap_or(program.buffers[out].node);
        let result = elements(plan.graph.shape(node));
        let inner = plan.graph.operands(node).first().map(|&a| size(plan.graph.shape(a).columns));
        quote! { 2.0 * #result * #inner }
    };
    match statement {
        Statement::Product { out, .. }
        | Statement::ProductT { out, .. }
        | Statement::Dots { out, .. }
        | Statement::ScaledRows { out, .. } => Some(product(*out)),
        Statement::Call { routine, .. } => {
            let operand = plan.graph.operands(routine.node).first()?;
            let (each, elements) = (f64::from(routine.flops), elements(plan.graph.shape(*operand)));
            (each > 0.0).then(|| quote! { #each * #elements })
        }
        Statement::Map(map) => {
            let each: u32 = map
                .body
                .iter()
                .map(|&id| match plan.graph.kind(id) {
                    Some(Family::Pointwise(row)) => row.flops,
                    _ => 0,
                })
                .sum();
            let sums =
                map.results.iter().filter(|(_, sink)| !matches!(sink, Sink::Store(_) | Sink::Gradient(_))).count();
            let total = Literal::f64_unsuffixed(f64::from(each) + f64::from(u32::try_from(sums).unwrap_or(0)));
            let elements = elements(map.shape);
            Some(quote! { #total * #elements })
        }
        Statement::Guarded(guarded) => {
            let flops = statement_flops(context, plan, &guarded.statement, Some(guarded.node))?;
            let (difference, holds) = (of_sizes(context, &plan.graph, guarded.difference), order(guarded.first));
            Some(quote! { (if #difference #holds 0.0 { #flops } else { 0.0 }) })
        }
        _ => None,
    }
}

/// A scalar that sizes alone decide, as an expression in `dims`.
fn of_sizes(context: &Context<'_>, graph: &Graph, id: NodeId) -> TokenStream {
    match graph.node(id).op {
        Op::Constant(value) => number(value),
        Op::Size(dim) => {
            let size = context.size(dim);
            quote! { rt::count(#size) }
        }
        Op::Argument(_) => quote! { 0.0 },
        Op::Call(_) => {
            let operands: Vec<_> = graph.operands(id).iter().map(|&a| of_sizes(context, graph, a)).collect();
            let value = formula(graph, id, &operands);
            quote! { (#value) }
        }
    }
}
