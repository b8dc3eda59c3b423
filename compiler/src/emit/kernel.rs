//! The passes: a workspace, and the three parts of an evaluation. Each statement is one call of a primitive.
//!
//! `prepare` is the resident work before the rows, `accumulate` adds one block of rows, `finish` makes the results of the
//! sums. The workspace is all that the three share, so that partial sums of blocks can be merged wherever they were made.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::names::Names;
use super::{Context, Plan};
use crate::graph::{Graph, NodeId, Op, Shape};
use crate::operations::{Code, Kind as Family};
use crate::schedule::{Buffer, BufferRole, Map, Outcome, Repeat, Sink, Source, Statement};

/// Which of the two kernels it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    Gradient,
}

/// The part of an evaluation that a statement stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Resident,
    Rows,
}

struct Emitter<'a> {
    context: &'a Context<'a>,
    graph: &'a Graph,
    plan: &'a Plan<'a>,
    names: Names,
    kind: Kind,
    /// The definitions of loops so far.
    loops: Vec<TokenStream>,
}

/// The workspace type of a program and its passes.
pub(crate) fn kernel(context: &Context<'_>, plan: &Plan<'_>, kind: Kind) -> TokenStream {
    let names = Names::new(plan.graph);
    let mut emitter = Emitter { context, graph: plan.graph, plan, names, kind, loops: Vec::new() };
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
    fn field(&self, buffer: usize) -> &Ident {
        self.names.of(self.plan.program.buffers[self.plan.program.buffers[buffer].memory].node)
    }

    fn pack_field(&self, pack: usize) -> Ident {
        let pack = &self.plan.program.packs[pack];
        let turn = if pack.transposed { "_transposed" } else { "" };
        format_ident!("{}_packed{}", self.names.of(pack.node), turn)
    }

    fn workspace(&self) -> TokenStream {
        let program = self.plan.program;
        let (name, error) = (self.type_name(), self.context.public("Error"));
        let (declared, used) = self.context.generics();
        let own = |(i, buffer): &(usize, &Buffer)| buffer.memory == *i;
        let buffers: Vec<_> = program.buffers.iter().enumerate().filter(own).collect();
        let buffer_names: Vec<_> = buffers.iter().map(|(i, _)| self.field(*i)).collect();
        let buffer_docs = buffers.iter().map(|(_, buffer)| match buffer.role {
            BufferRole::Resident => format!("{}.", buffer.shape),
            BufferRole::RowLocal => format!("One block of {}.", buffer.shape),
            BufferRole::Sum => format!("{}, a sum over the blocks.", buffer.shape),
        });
        let buffer_sizes = buffers.iter().map(|(_, buffer)| {
            let (rows, columns) = self.context.view_shape(buffer.shape);
            match (buffer.role, buffer.shape.is_line()) {
                (BufferRole::RowLocal, true) => quote! { 1, block },
                (BufferRole::RowLocal, false) => quote! { block, #columns },
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
        quote! {
            struct #name<T, #declared> {
                #(#[doc = #buffer_docs] #buffer_names: rt::Buffer<T>,)*
                #(#pack_names: rt::Packed<T>,)*
                #(#scalars: f64,)*
                element: ::core::marker::PhantomData<T>,
            }

            impl<T: rt::Element, #declared> #name<T, #used> {
                fn new(dims: &Dims, block: usize) -> ::core::result::Result<Self, #error> {
                    ::core::result::Result::Ok(Self {
                        #(#buffer_names: rt::Buffer::new(#buffer_sizes)?,)*
                        #(#pack_names: rt::Packed::new(#pack_sizes)?,)*
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

    fn passes(&mut self) -> TokenStream {
        let plan = self.plan;
        let program = plan.program;
        let name = self.type_name();
        let (declared, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let gradient = (self.kind == Kind::Gradient).then(|| quote! { gradient: &mut Params<T, #used>, });
        let pass_gradient = (self.kind == Kind::Gradient).then(|| quote! { gradient, });
        let clears = self.clears();
        let before: Vec<_> = program.before.iter().map(|statement| self.statement(statement, Part::Resident)).collect();
        let rows: Vec<_> = program.rows.iter().map(|statement| self.statement(statement, Part::Rows)).collect();
        let after: Vec<_> = program.after.iter().map(|statement| self.statement(statement, Part::Resident)).collect();
        let zeros = program.zero_gradients.iter().map(|&argument| {
            let part = self.context.part(argument);
            quote! { gradient.flat.part_mut(#part).fill(T::default()); }
        });
        let zeros: Vec<_> = if self.kind == Kind::Gradient { zeros.collect() } else { Vec::new() };
        let reads = self.streamed_arguments();
        let loss = self.scalar(program.loss);
        let arguments = quote! {
            isa: rt::Isa,
            dims: &Dims,
            inputs: &mut Inputs #inputs,
            params: &Params<T, #used>,
            #gradient
        };
        let (walk, accumulate) = match program.stream {
            Some(axis) => {
                let size = self.context.size(axis);
                let walk = quote! {
                    for rows in rt::blocks(#size, block) {
                        self.accumulate(isa, dims, inputs, params, #pass_gradient rows);
                    }
                };
                let accumulate = quote! {
                    /// Adds one block of rows.
                    fn accumulate(&mut self, #arguments rows: ::core::ops::Range<usize>) {
                        let count = rows.len();
                        #(#reads)*
                        #(#rows)*
                    }
                };
                (walk, accumulate)
            }
            None => (TokenStream::new(), TokenStream::new()),
        };
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
                    self.prepare(isa, dims, inputs, params, #pass_gradient);
                    #walk
                    self.finish(isa, dims, inputs, params, #pass_gradient)
                }

                /// What needs no rows; all sums begin at 0.
                fn prepare(&mut self, #arguments) {
                    #(#clears)*
                    #(#before)*
                }

                #accumulate

                /// What needs all rows.
                fn finish(&mut self, #arguments) -> f64 {
                    #(#after)*
                    #(#zeros)*
                    #loss
                }
            }
        }
    }

    /// Sums over the blocks begin at zero.
    fn clears(&self) -> Vec<TokenStream> {
        let program = self.plan.program;
        let buffers =
            program.buffers.iter().enumerate().filter(|(_, buffer)| buffer.role == BufferRole::Sum).map(|(i, _)| {
                let field = self.field(i);
                quote! { self.#field.clear(); }
            });
        let scalars = program.rows.iter().flat_map(|statement| match statement {
            Statement::Map(map) => map.results.iter().filter_map(|(_, sink)| sum_of(*sink)).collect(),
            _ => Vec::new(),
        });
        let scalars = scalars.map(|id| {
            let field = self.names.of(id);
            quote! { self.#field = 0.0; }
        });
        buffers.chain(scalars).collect()
    }

    /// `let x = …;` for each data argument that the pass reads.
    fn streamed_arguments(&self) -> Vec<TokenStream> {
        let mut read: Vec<usize> = Vec::new();
        for statement in &self.plan.program.rows {
            for source in statement.reads() {
                if let Source::Argument(i) = source
                    && !read.contains(&i)
                {
                    read.push(i);
                }
            }
        }
        read.sort_unstable();
        let arguments = read.into_iter().filter_map(|i| {
            let argument = self.context.spec.arguments.get(i)?;
            if argument.role != crate::spec::Role::Data || !self.context.is_streamed(argument.shape) {
                return None;
            }
            let name = self.argument_variable(i);
            let field = Context::ident(argument.name);
            let method = if argument.shape.is_line() {
                quote! { entries }
            } else {
                quote! { rows }
            };
            Some(quote! { let #name = inputs.#field.#method(rows.clone()); })
        });
        arguments.collect()
    }

    fn argument_variable(&self, i: usize) -> Ident {
        let node = self.graph.ids().find(|&id| matches!(self.graph.node(id).op, Op::Argument(j) if j == i));
        node.map_or_else(|| format_ident!("argument{}", i), |id| self.names.of(id).clone())
    }

    /// A source as a kernel reads it.
    fn view(&self, source: Source, part: Part) -> TokenStream {
        match source {
            Source::Argument(i) => {
                let argument = &self.context.spec.arguments[i];
                let streamed = self.context.is_streamed(argument.shape) && part == Part::Rows;
                if argument.role == crate::spec::Role::Data {
                    let field = Context::ident(argument.name);
                    let variable = self.argument_variable(i);
                    return if streamed {
                        quote! { #variable }
                    } else {
                        quote! { inputs.#field.whole() }
                    };
                }
                let index = self.context.part(i);
                match (streamed, argument.shape.is_line()) {
                    (true, true) => quote! { params.flat.view(#index).entries(rows.clone()) },
                    (true, false) => quote! { params.flat.view(#index).row_range(rows.clone()) },
                    (false, _) => quote! { params.flat.view(#index) },
                }
            }
            Source::Buffer(buffer) => {
                let field = self.field(buffer);
                let Buffer { role, shape, .. } = self.plan.program.buffers[buffer];
                match (role, shape.is_line()) {
                    (BufferRole::RowLocal, true) => quote! { self.#field.first_entries(count) },
                    (BufferRole::RowLocal, false) => quote! { self.#field.first_rows(count) },
                    _ => quote! { self.#field.view() },
                }
            }
            // A scalar is never read as a matrix.
            Source::Scalar(_) => quote! { rt::View::line(&[]) },
        }
    }

    fn view_mut(&self, buffer: usize) -> TokenStream {
        let field = self.field(buffer);
        let Buffer { role, shape, .. } = self.plan.program.buffers[buffer];
        match (role, shape.is_line()) {
            (BufferRole::RowLocal, true) => quote! { self.#field.first_entries_mut(count) },
            (BufferRole::RowLocal, false) => quote! { self.#field.first_rows_mut(count) },
            _ => quote! { self.#field.view_mut() },
        }
    }

    /// A resident result of an accumulating kernel begins at zero; sums over blocks were cleared before.
    fn clear(&self, buffer: usize) -> TokenStream {
        let field = self.field(buffer);
        match self.plan.program.buffers[buffer].role {
            BufferRole::Resident => quote! { self.#field.clear(); },
            BufferRole::RowLocal | BufferRole::Sum => TokenStream::new(),
        }
    }

    fn statement(&mut self, statement: &Statement, part: Part) -> TokenStream {
        match statement {
            Statement::Pack { from, pack } => {
                let (from, field) = (self.view(*from, part), self.pack_field(*pack));
                let turn = if self.plan.program.packs[*pack].transposed {
                    quote! { Yes }
                } else {
                    quote! { No }
                };
                quote! { T::pack(isa, #from, rt::Transposed::#turn, &mut self.#field); }
            }
            Statement::Product { a, b, out } => {
                let (a, b, out) = (self.view(*a, part), self.pack_field(*b), self.view_mut(*out));
                quote! { T::product(isa, #a, &self.#b, #out); }
            }
            Statement::ProductT { a, b, out } => {
                let clear = self.clear(*out);
                let (a, b, out) = (self.view(*a, part), self.view(*b, part), self.view_mut(*out));
                quote! { #clear T::product_t(isa, #a, #b, #out); }
            }
            Statement::Dots { a, w, out } => {
                let (a, w, out) = (self.view(*a, part), self.view(*w, part), self.view_mut(*out));
                quote! { T::dots(isa, #a, #w, #out); }
            }
            Statement::ScaledRows { a, e, out } => {
                let clear = self.clear(*out);
                let (a, e, out) = (self.view(*a, part), self.view(*e, part), self.view_mut(*out));
                quote! { #clear T::scaled_rows(isa, #a, #e, #out); }
            }
            Statement::Transpose { a, out } => {
                let (a, out) = (self.view(*a, part), self.view_mut(*out));
                quote! { T::transpose(#a, #out); }
            }
            Statement::Trace { a, out } => {
                let (a, out) = (self.view(*a, part), self.names.of(*out));
                quote! { self.#out = rt::trace(#a); }
            }
            Statement::Identity { s, out } => {
                let (s, out) = (self.scalar(*s), self.view_mut(*out));
                quote! { rt::identity(#s, #out); }
            }
            Statement::Scalar { out } => {
                let (name, value) = (self.names.of(*out).clone(), self.scalar_formula(*out));
                quote! { self.#name = #value; }
            }
            Statement::ScalarGradient { from, parameter } => {
                let (value, index) = (self.scalar(*from), self.context.part(*parameter));
                quote! { *gradient.flat.scalar_mut(#index) = T::from_f64(#value); }
            }
            Statement::Map(map) => self.map(map, part),
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
                if argument.role == crate::spec::Role::Data {
                    let field = Context::ident(argument.name);
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
    fn map(&mut self, map: &Map, part: Part) -> TokenStream {
        let name = format_ident!("{}Loop{}", self.type_name(), self.loops.len());
        let (constants, sources): (Vec<&(NodeId, Source, Repeat)>, Vec<_>) =
            map.sources.iter().partition(|(id, ..)| self.constant(*id).is_some());
        let operands: Vec<_> = sources.iter().map(|(id, ..)| self.names.of(*id)).collect();
        let reads: Vec<_> = sources.iter().map(|(_, source, repeat)| self.read(*source, *repeat, part)).collect();
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
        let clears = map.results.iter().map(|(_, sink)| match (*sink, part) {
            (Sink::Sum(id), Part::Resident) => {
                let field = self.names.of(id);
                quote! { self.#field = 0.0; }
            }
            (Sink::ColumnSums(buffer), _) => self.clear(buffer),
            _ => TokenStream::new(),
        });
        let sinks = map.results.iter().map(|(_, sink)| self.sink(*sink, part));
        let lent = self.lent_gradients(map);
        let shape = self.loop_shape(map.shape, part);
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

    fn read(&self, source: Source, repeat: Repeat, part: Part) -> TokenStream {
        if let Source::Scalar(id) = source {
            let value = self.scalar(id);
            return quote! { rt::Scalar(#value) };
        }
        let view = self.view(source, part);
        match repeat {
            Repeat::Not | Repeat::EveryElement => view,
            Repeat::EveryRow => quote! { rt::Row(#view) },
            Repeat::EveryColumn => quote! { rt::Column(#view) },
        }
    }

    fn sink(&self, sink: Sink, part: Part) -> TokenStream {
        match sink {
            Sink::Store(buffer) => {
                let view = self.view_mut(buffer);
                quote! { rt::Store(#view) }
            }
            Sink::Gradient(argument) => {
                let name = self.gradient_variable(argument);
                let shape = self.context.spec.arguments[argument].shape;
                match (part == Part::Rows && self.context.is_streamed(shape), shape.is_line()) {
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
        let params = arguments.filter(|(_, argument)| argument.role == crate::spec::Role::Param).map(|(i, _)| i);
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

    fn loop_shape(&self, shape: Shape, part: Part) -> TokenStream {
        let streamed = part == Part::Rows && self.context.is_streamed(shape);
        let (rows, columns) = self.context.view_shape(shape);
        match (streamed, shape.is_line()) {
            (true, true) => quote! { (1, count) },
            (true, false) => quote! { (count, #columns) },
            (false, _) => quote! { (#rows, #columns) },
        }
    }
}

fn sum_of(sink: Sink) -> Option<NodeId> {
    match sink {
        Sink::Sum(id) => Some(id),
        Sink::Store(_) | Sink::Gradient(_) | Sink::ColumnSums(_) | Sink::RowSums(_) => None,
    }
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

/// The floating-point operations of each statement, as expressions in `dims`.
pub(crate) fn flops(context: &Context<'_>, plan: &Plan<'_>) -> Vec<TokenStream> {
    let program = plan.program;
    let size = |dim| {
        let size = context.size(dim);
        quote! { rt::count(#size) }
    };
    let elements = |shape: Shape| {
        let (rows, columns) = (size(shape.rows), size(shape.columns));
        quote! { #rows * #columns }
    };
    let product = |out: usize| {
        let node = program.buffers[out].node;
        let result = elements(plan.graph.shape(node));
        let inner = plan.graph.operands(node).first().map(|&a| size(plan.graph.shape(a).columns));
        quote! { 2.0 * #result * #inner }
    };
    let statements = program.before.iter().chain(&program.rows).chain(&program.after);
    let terms = statements.filter_map(|statement| match statement {
        Statement::Product { out, .. }
        | Statement::ProductT { out, .. }
        | Statement::Dots { out, .. }
        | Statement::ScaledRows { out, .. } => Some(product(*out)),
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
        _ => None,
    });
    terms.collect()
}
