//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums; a loss of several passes has `accumulate_2`, … with `between_1`, … before them. The runtime cuts a pass into
//! chunks of rows, which threads may share: each has sums of its own, and they are merged in a fixed order.

use std::collections::{BTreeSet, HashMap};

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
    /// The pass whose statements are emitted, if it is one.
    pass: Option<Written>,
}

/// What a pass writes of all rows, or adds up over them.
struct Written {
    kept: Vec<usize>,
    /// Parameters with a row for each sample.
    gradients: Vec<usize>,
    sums: Vec<usize>,
    scalars: Vec<NodeId>,
}

impl Written {
    fn new(program: &Program, statements: &[Statement]) -> Self {
        let of_role = |is: fn(&BufferRole) -> bool| {
            let written = statements.iter().flat_map(Statement::writes);
            let all: BTreeSet<usize> = written.filter(|&buffer| is(&program.buffers[buffer].role)).collect();
            all.into_iter().collect()
        };
        let mut sinks = Vec::new();
        let mut scalars = Vec::new();
        for statement in statements {
            match statement.bare() {
                Statement::Map(map) => sinks.extend(map.results.iter().map(|(_, sink)| *sink)),
                Statement::Call { out: Target::Scalar(id), .. } => scalars.push(*id),
                _ => {}
            }
        }
        let mut gradients = Vec::new();
        for sink in sinks {
            match sink {
                Sink::Gradient(argument) => gradients.push(argument),
                Sink::Sum(id) => scalars.push(id),
                Sink::Store(_) | Sink::ColumnSums(_) | Sink::RowSums(_) => {}
            }
        }
        gradients.sort_unstable();
        gradients.dedup();
        scalars.sort_unstable();
        scalars.dedup();
        let (kept, sums) = (|role: &_| matches!(role, BufferRole::Kept), |role: &_| matches!(role, BufferRole::Sum(_)));
        Self { kept: of_role(kept), gradients, sums: of_role(sums), scalars }
    }
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
    let mut emitter = Emitter { context, graph, program, names, kind, fields, loops: Vec::new(), pass: None };
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

    fn type_of(&self, part: &str) -> Ident {
        format_ident!("{}{}", self.type_name(), part)
    }

    /// The types of what lives for the whole call, of the sums of a chunk, and of row-local memory.
    fn workspace(&self) -> TokenStream {
        let program = self.program;
        let own = |(i, buffer): &(usize, &Buffer)| buffer.memory == *i;
        let buffers: Vec<_> = program.buffers.iter().enumerate().filter(own).collect();
        let of_role = |is: &dyn Fn(BufferRole) -> bool| {
            let chosen = buffers.iter().filter(|(_, buffer)| is(buffer.role));
            chosen.map(|(i, buffer)| self.buffer_field(*i, buffer)).collect::<Vec<_>>()
        };
        let in_passes: Vec<NodeId> = program
            .stages
            .iter()
            .enumerate()
            .filter(|(stage, _)| is_pass(*stage))
            .flat_map(|(_, statements)| Written::new(program, statements).scalars)
            .collect();
        let packs = (0..program.packs.len()).map(|pack| {
            let field = self.pack_field(pack);
            let pack = &program.packs[pack];
            let shape = self.graph.shape(pack.node);
            let shape = if pack.transposed { shape.t() } else { shape };
            let (rows, columns) = (self.context.size(shape.rows), self.context.size(shape.columns));
            Field::new(&field, quote! { rt::Packed<T> }, quote! { rt::Packed::new(#rows, #columns)? }).with_bytes()
        });
        let scalar = |id: NodeId| Field::new(self.names.of(id), quote! { f64 }, quote! { 0.0 });
        let is_local = |role| matches!(role, BufferRole::RowLocal(_));
        let mut whole = of_role(&|role| !is_local(role));
        whole.extend(packs);
        whole.extend(self.scratch(false));
        whole.extend(program.scalars.iter().map(|&id| scalar(id)));
        let mut sums: Vec<_> = of_role(&|role| matches!(role, BufferRole::Sum(_)));
        // The first chunk borrows the sums of the whole.
        for field in &mut sums {
            let made = &field.made;
            field.made = quote! { if is_first { rt::Buffer::default() } else { #made } };
        }
        sums.extend(in_passes.iter().map(|&id| scalar(id)));
        let mut local = of_role(&is_local);
        local.extend(self.stagings());
        local.extend(self.scratch(true));
        let (sums_type, block_type) = (self.type_of("Sums"), self.type_of("Block"));
        let (_, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        if program.stream.is_some() {
            let make_sums = quote! { (0..plan.chunks()).map(|i| #sums_type::new(dims, i == 0)).collect::<::core::result::Result<_, _>>()? };
            let make_blocks = quote! { (0..plan.workers()).map(|_| #block_type::new(dims, plan.block(), inputs)).collect::<::core::result::Result<_, _>>()? };
            let lists = [("chunks", &sums_type, make_sums), ("blocks", &block_type, make_blocks)];
            whole.extend(lists.map(|(name, ty, made)| {
                let name = Ident::new(name, Span::call_site());
                let mut field = Field::new(&name, quote! { ::std::vec::Vec<#ty<T, #used>> }, made);
                field.bytes = Some(quote! { self.#name.iter().map(|part| part.bytes()).sum::<usize>() });
                field
            }));
        }
        let whole = self.structure(
            "",
            "What lives for a whole call.",
            &whole,
            &quote! { plan: &rt::Plan, inputs: &Inputs #inputs },
        );
        let parts = program.stream.map(|_| {
            let sums = self.structure("Sums", "The sums of a chunk of rows.", &sums, &quote! { is_first: bool });
            let block = self.structure(
                "Block",
                "What exists of one block of rows.",
                &local,
                &quote! { block: usize, inputs: &Inputs #inputs },
            );
            quote! { #sums #block }
        });
        quote! { #whole #parts }
    }

    /// A type of fields, with `new` and `bytes`.
    fn structure(&self, part: &str, doc: &str, fields: &[Field], arguments: &TokenStream) -> TokenStream {
        let (name, error) = (self.type_of(part), self.context.public("Error"));
        let (declared, used) = self.context.generics();
        let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
        let docs = fields.iter().map(|field| field.doc.iter());
        let docs = docs.map(|mut doc| doc.next().map(|doc| quote! { #[doc = #doc] }));
        let (types, made) = (fields.iter().map(|field| &field.ty), fields.iter().map(|field| &field.made));
        let bytes = fields.iter().filter_map(|field| field.bytes.as_ref());
        quote! {
            #[doc = #doc]
            struct #name<T, #declared> {
                #(#docs #names: #types,)*
                element: ::core::marker::PhantomData<T>,
            }

            impl<T: rt::Element, #declared> #name<T, #used> {
                fn new(dims: &Dims, #arguments) -> ::core::result::Result<Self, #error> {
                    ::core::result::Result::Ok(Self {
                        #(#names: #made,)*
                        element: ::core::marker::PhantomData,
                    })
                }

                fn bytes(&self) -> usize {
                    0 #(+ #bytes)*
                }
            }
        }
    }

    fn buffer_field(&self, i: usize, buffer: &Buffer) -> Field {
        let (rows, columns) = self.context.view_shape(buffer.shape);
        let size = match (buffer.role, buffer.shape.is_line()) {
            (BufferRole::RowLocal(_), true) => quote! { 1, block },
            (BufferRole::RowLocal(_), false) => quote! { block, #columns },
            _ => quote! { #rows, #columns },
        };
        let mut field =
            Field::new(&self.field(i), quote! { rt::Buffer<T> }, quote! { rt::Buffer::new(#size)? }).with_bytes();
        field.doc = Some(match buffer.role {
            BufferRole::Resident => format!("{}.", buffer.shape),
            BufferRole::Kept => format!("{}, written block by block.", buffer.shape),
            BufferRole::RowLocal(_) => format!("One block of {}.", buffer.shape),
            BufferRole::Sum(_) => format!("{}, a sum over the blocks.", buffer.shape),
        });
        field
    }

    /// Where blocks of data are copied to, if their rows are not of unit stride.
    fn stagings(&self) -> Vec<Field> {
        let passes = self.program.stages.iter().enumerate().filter(|(stage, _)| is_pass(*stage));
        let read: BTreeSet<_> = passes.flat_map(|(_, statements)| self.streamed(statements)).collect();
        let fields = read.into_iter().filter(|(i, _)| !self.context.spec.arguments[*i].is_labels()).map(|(i, form)| {
            let field = self.context.input(i, form);
            let method = if self.context.spec.arguments[i].shape.is_line() {
                quote! { staging_line }
            } else {
                quote! { staging }
            };
            let name = Self::staging(&field);
            Field::new(&name, quote! { rt::Staging<T> }, quote! { inputs.#field.#method(block)? }).with_bytes()
        });
        fields.collect()
    }

    fn staging(field: &Ident) -> Ident {
        format_ident!("{}_copy", field)
    }

    /// Memory of routines: of those in passes, or of the others.
    fn scratch(&self, in_passes: bool) -> impl Iterator<Item = Field> + '_ {
        let stages = self.program.stages.iter().enumerate().filter(move |(stage, _)| is_pass(*stage) == in_passes);
        stages.flat_map(|(_, statements)| statements).filter_map(|statement| {
            let Statement::Call { routine, .. } = statement.bare() else { return None };
            let ty = path(routine.scratch?);
            let shape = self.graph.shape(*self.graph.operands(routine.node).first()?);
            let (rows, columns) = (self.context.size(shape.rows), self.context.size(shape.columns));
            let made = quote! { rt::#ty::new(#rows, #columns)? };
            Some(Field::new(&self.scratch_field(*routine), quote! { rt::#ty }, made))
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
        let common = quote! { isa: rt::Isa, dims: &Dims, inputs: &Inputs #inputs, params: &Params<T, #used>, };
        let is_gradient = self.kind == Kind::Gradient;
        let gradient = is_gradient.then(|| quote! { gradient: &mut Params<T, #used>, });
        let pass_gradient = is_gradient.then(|| quote! { gradient, });
        let zeros = program.zero_gradients.iter().map(|&argument| {
            let part = self.context.part(argument);
            quote! { gradient.flat.part_mut(#part).fill(T::default()); }
        });
        let zeros: Vec<_> = if is_gradient { zeros.collect() } else { Vec::new() };
        let loss = self.scalar(program.loss);
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
                calls.push(quote! { self.#name(isa, dims, plan, inputs, params, #pass_gradient); });
                continue;
            }
            let statements: Vec<_> = statements.iter().map(|statement| self.statement(statement)).collect();
            if stage == 0 {
                functions.push(quote! {
                    /// What needs no rows.
                    fn prepare(&mut self, #common #gradient) {
                        #(#statements)*
                    }
                });
                calls.push(quote! { self.prepare(isa, dims, inputs, params, #pass_gradient); });
            } else if stage != last {
                let name = numbered("between", stage / 2, 0);
                functions.push(quote! {
                    /// What needs the sums of the last pass.
                    fn #name(&mut self, #common #gradient) {
                        #(#statements)*
                    }
                });
                calls.push(quote! { self.#name(isa, dims, inputs, params, #pass_gradient); });
            }
            if stage == last {
                let statements = if stage == 0 { Vec::new() } else { statements };
                functions.push(quote! {
                    /// What needs all rows.
                    fn finish(&mut self, #common #gradient) -> f64 {
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
                    plan: &rt::Plan,
                    inputs: &Inputs #inputs,
                    params: &Params<T, #used>,
                    #gradient
                ) -> f64 {
                    #(#calls)*
                }

                #(#functions)*
            }

            #(#types)*
        }
    }

    /// A pass: what it is to the runtime, and the function that hands it over.
    fn pass(&mut self, stage: usize, statements: &[Statement]) -> (TokenStream, TokenStream) {
        let written = Written::new(self.program, statements);
        let number = stage.div_ceil(2);
        let (whole, sums_type, block_type) = (self.type_name(), self.type_of("Sums"), self.type_of("Block"));
        let (method, accumulate) = (numbered("pass", number, 1), numbered("accumulate", number, 1));
        let ty = numbered(&format!("{whole}Pass"), number, 1);
        let (declared, used) = self.context.generics();
        let lifetime = self.context.borrows().then(|| quote! { <'a, T> });
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let is_gradient = self.kind == Kind::Gradient;
        let gradient = is_gradient.then(|| quote! { gradient: &mut Params<T, #used>, });

        // The whole lends the first chunk its sums, and to all of them what they write of all rows.
        let sums: Vec<_> = written.sums.iter().map(|&buffer| self.field(buffer)).collect();
        let scalars: Vec<_> = written.scalars.iter().map(|&id| self.names.of(id).clone()).collect();
        let kept: Vec<_> = written.kept.iter().map(|&buffer| self.field(buffer)).collect();
        let gradients: Vec<_> = written.gradients.iter().map(|&argument| self.gradient_variable(argument)).collect();
        let count = Literal::usize_unsuffixed(kept.len() + gradients.len());
        let part = |is_line: bool, view: &TokenStream| {
            let kind = Ident::new(if is_line { "line" } else { "matrix" }, Span::call_site());
            quote! { rt::Part::#kind(#view) }
        };
        let kept_parts =
            written.kept.iter().zip(&kept).map(|(&buffer, field)| {
                part(self.program.buffers[buffer].shape.is_line(), &quote! { #field.view_mut() })
            });
        let gradient_parts =
            written.gradients.iter().zip(&gradients).map(|(&argument, name)| {
                part(self.context.spec.arguments[argument].shape.is_line(), &quote! { #name })
            });
        let parts = kept_parts.chain(gradient_parts);
        let lent = self.lent_gradients(|i| written.gradients.contains(&i));
        let function = quote! {
            /// Adds all rows.
            fn #method(
                &mut self,
                isa: rt::Isa,
                dims: &Dims,
                plan: &rt::Plan,
                inputs: &Inputs #inputs,
                params: &Params<T, #used>,
                #gradient
            ) {
                let mut chunks = ::core::mem::take(&mut self.chunks);
                let mut blocks = ::core::mem::take(&mut self.blocks);
                #(let mut #kept = ::core::mem::take(&mut self.#kept);)*
                if let ::core::option::Option::Some(first) = chunks.first_mut() {
                    #(::core::mem::swap(&mut first.#sums, &mut self.#sums);)*
                }
                {
                    #lent
                    let pass = #ty { whole: &*self, isa, dims, plan, inputs, params };
                    rt::pass::<T, _, #count>(&pass, plan, &mut chunks, &mut blocks, [#(#parts),*]);
                }
                if let ::core::option::Option::Some(first) = chunks.first_mut() {
                    #(::core::mem::swap(&mut first.#sums, &mut self.#sums);)*
                    #(self.#scalars = first.#scalars;)*
                }
                #(self.#kept = #kept;)*
                self.chunks = chunks;
                self.blocks = blocks;
            }
        };

        let clears = written.sums.iter().map(|&buffer| {
            let BufferRole::Sum(start) = self.program.buffers[buffer].role else { return TokenStream::new() };
            let field = self.field(buffer);
            fill(&quote! { sums.#field }, start)
        });
        let starts = written.scalars.iter().map(|id| {
            let start = self.program.sums.iter().find(|(sum, _)| sum == id).map_or(0.0, |(_, start)| *start);
            let (field, start) = (self.names.of(*id), self::number(start));
            quote! { sums.#field = #start; }
        });
        let clears: Vec<_> = clears.chain(starts).collect();
        let merges = written.sums.iter().map(|&buffer| {
            let field = self.field(buffer);
            match self.merge(self.program.buffers[buffer].node) {
                "" => quote! { rt::add(self.isa, &later.#field, &mut sums.#field); },
                name => {
                    let name = path(name);
                    quote! { rt::#name(self.isa, later.#field.view(), sums.#field.view_mut()); }
                }
            }
        });
        let scalar_merges = written.scalars.iter().map(|&id| {
            let field = self.names.of(id);
            match self.merge(id) {
                "" => quote! { sums.#field += later.#field; },
                name => {
                    let name = path(name);
                    quote! { sums.#field = rt::#name(sums.#field, later.#field); }
                }
            }
        });
        let merges: Vec<_> = merges.chain(scalar_merges).collect();
        let reads = self.streamed_arguments(statements);
        self.pass = Some(written);
        let statements: Vec<_> = statements.iter().map(|statement| self.statement(statement)).collect();
        self.pass = None;
        let data = self.context.borrows().then(|| quote! { 'a, });
        let any = self.context.borrows().then(|| quote! { '_, });
        let made = quote! {
            struct #ty<'p, #data T, #declared> {
                whole: &'p #whole<T, #used>,
                isa: rt::Isa,
                dims: &'p Dims,
                plan: &'p rt::Plan,
                inputs: &'p Inputs #lifetime,
                params: &'p Params<T, #used>,
            }

            impl<T: rt::Element, #declared> rt::Pass<T, #count> for #ty<'_, #any T, #used> {
                type Sums = #sums_type<T, #used>;
                type Block = #block_type<T, #used>;

                fn chunk(
                    &self,
                    sums: &mut Self::Sums,
                    block: &mut Self::Block,
                    parts: &mut [rt::Part<'_, T>; #count],
                    rows: ::core::ops::Range<usize>,
                ) {
                    #(#clears)*
                    for rows in self.plan.blocks(rows) {
                        self.#accumulate(sums, block, parts, rows);
                    }
                }

                fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
                    #(#merges)*
                }
            }

            impl<T: rt::Element, #declared> #ty<'_, #any T, #used> {
                /// Adds one block of rows.
                fn #accumulate(
                    &self,
                    sums: &mut #sums_type<T, #used>,
                    block: &mut #block_type<T, #used>,
                    parts: &mut [rt::Part<'_, T>; #count],
                    rows: ::core::ops::Range<usize>,
                ) {
                    let Self { whole, isa, dims, inputs, params, .. } = *self;
                    let [#(#kept,)* #(#gradients),*] = parts;
                    let count = rows.len();
                    #(#reads)*
                    #(#statements)*
                }
            }
        };
        (made, function)
    }

    /// What merges the sums of two chunks: addition, or a function of the runtime.
    fn merge(&self, id: NodeId) -> &'static str {
        match self.graph.kind(id) {
            Some(Family::Routine(row)) => row.merge,
            _ => "",
        }
    }

    /// The data arguments of which statements read a block.
    fn streamed(&self, statements: &[Statement]) -> BTreeSet<(usize, Form)> {
        let read = statements.iter().flat_map(Statement::reads).filter(|source| source.rows);
        read.filter_map(|source| self.data_form(source)).collect()
    }

    /// `let x_block = …;` for each data argument of which the pass reads a block.
    fn streamed_arguments(&self, statements: &[Statement]) -> Vec<TokenStream> {
        let arguments = self.streamed(statements).into_iter().map(|(i, form)| {
            let field = self.context.input(i, form);
            let (variable, copy) = (Self::variable(&field), Self::staging(&field));
            let argument = &self.context.spec.arguments[i];
            if argument.is_labels() {
                return quote! { let #variable = inputs.#field.rows(rows.clone()); };
            }
            let method = if argument.shape.is_line() {
                quote! { entries }
            } else {
                quote! { rows }
            };
            quote! { let #variable = inputs.#field.#method(rows.clone(), &mut block.#copy); }
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
                let (field, home) = (self.field(buffer), self.home(buffer));
                let Buffer { role, shape, .. } = self.program.buffers[buffer];
                match (role, shape.is_line()) {
                    (BufferRole::RowLocal(_), true) => return quote! { #home.first_entries(count) },
                    (BufferRole::RowLocal(_), false) => return quote! { #home.first_rows(count) },
                    (BufferRole::Kept, _) if self.is_lent(buffer) => return quote! { #field.rows(rows.clone()) },
                    (_, is_line) => (quote! { #home.view() }, is_line),
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
                let home = self.pass.as_ref().map_or_else(|| quote! { self }, |_| quote! { whole });
                quote! { T::product(isa, #a, &#home.#b, #out); }
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
            let home = self.pass.as_ref().map_or_else(|| quote! { self }, |_| quote! { block });
            quote! { &mut #home.#field, }
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
                let home = self.scalar_home(id);
                let before = routine.start.map(|start| if in_rows { home.clone() } else { number(start) });
                if result == *b"11" {
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
            Op::Call(_) => self.scalar_home(id),
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
                let home = self.scalar_home(id);
                quote! { #home = 0.0; }
            }
            Sink::ColumnSums(buffer) => self.clear(buffer, 0.0),
            _ => TokenStream::new(),
        });
        let sinks = map.results.iter().map(|(_, sink)| self.sink(*sink, map.rows));
        // A pass has its rows of them already.
        let lent = if self.pass.is_some() {
            TokenStream::new()
        } else {
            self.lent_gradients(|i| map.results.iter().any(|(_, sink)| *sink == Sink::Gradient(i)))
        };
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

    fn gradient_variable(&self, argument: usize) -> Ident {
        format_ident!("gradient_{}", self.context.spec.arguments[argument].name.as_str())
    }

    /// `let [mut gradient_w, _] = gradient.flat.views_mut();` if gradients are written.
    fn lent_gradients(&self, written: impl Fn(usize) -> bool) -> TokenStream {
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
        if params.clone().any(&written) {
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

/// A field of a type that is emitted.
struct Field {
    name: Ident,
    ty: TokenStream,
    /// What it is made as, where `dims` is in scope.
    made: TokenStream,
    doc: Option<String>,
    /// The bytes that it has beyond the type itself.
    bytes: Option<TokenStream>,
}

impl Field {
    fn new(name: &Ident, ty: TokenStream, made: TokenStream) -> Self {
        Self { name: name.clone(), ty, made, doc: None, bytes: None }
    }

    fn with_bytes(mut self) -> Self {
        let name = &self.name;
        self.bytes = Some(quote! { self.#name.bytes() });
        self
    }
}

/// Makes all elements of a buffer a number.
fn fill(buffer: &TokenStream, value: f64) -> TokenStream {
    if value == 0.0 {
        return quote! { #buffer.clear(); };
    }
    let value = number(value);
    quote! { #buffer.fill(T::from_f64(#value)); }
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
