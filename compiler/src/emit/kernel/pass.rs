//! A pass over the rows: what it is to the runtime, which cuts it into chunks, and the function that hands it over.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{Emitter, StatementEmitter};
use crate::emit::context::Form;
use crate::emit::tokens::{fill, number, numbered, path};
use crate::graph::NodeId;
use crate::operations::Kind;
use crate::schedule::{BufferRole, Program, Sink, Statement, Target};

/// Results of a pass: values that it writes for all rows, and sums over them.
pub(super) struct Written {
    pub(super) kept: Vec<usize>,
    /// Parameters with a row for each sample.
    pub(super) gradients: Vec<usize>,
    pub(super) sums: Vec<usize>,
    pub(super) scalars: Vec<NodeId>,
}

impl Written {
    pub(super) fn new(program: &Program, statements: &[Statement]) -> Self {
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
impl Emitter<'_> {
    /// A pass: what it is to the runtime, and the function that hands it over.
    pub(super) fn pass(&mut self, stage: usize, statements: &[Statement]) -> (TokenStream, TokenStream) {
        let number = stage.div_ceil(2);
        let written = Written::new(self.program, statements);
        let function = self.handing_over(&written, number);
        (self.definition(&written, number, statements), function)
    }

    fn pass_type(&self, number: usize) -> Ident {
        numbered(&format!("{}Pass", self.type_name()), number, 1)
    }

    /// Names, within the pass, of the values that it writes for all rows.
    fn parts(&self, written: &Written) -> Vec<Ident> {
        let kept = written.kept.iter().map(|&buffer| self.field(buffer));
        kept.chain(written.gradients.iter().map(|&argument| self.gradient_variable(argument))).collect()
    }

    /// The function of the whole that lends the first chunk its sums, and all chunks what they write of all rows.
    fn handing_over(&self, written: &Written, number: usize) -> TokenStream {
        let (method, ty) = (numbered("pass", number, 1), self.pass_type(number));
        let (_, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        let extra = self.extra();
        let (gradient, also) = (extra.declared(), extra.names());
        let sums: Vec<_> = written.sums.iter().map(|&buffer| self.field(buffer)).collect();
        let scalars: Vec<_> = written.scalars.iter().map(|&id| self.names.of(id).clone()).collect();
        let kept: Vec<_> = written.kept.iter().map(|&buffer| self.field(buffer)).collect();
        let part = |is_line: bool, view: &TokenStream| {
            let kind = Ident::new(if is_line { "line" } else { "matrix" }, Span::call_site());
            quote! { rt::LentRows::#kind(#view) }
        };
        let kept_parts =
            written.kept.iter().zip(&kept).map(|(&buffer, field)| {
                part(self.program.buffers[buffer].shape.is_line(), &quote! { #field.view_mut() })
            });
        let gradient_parts = written.gradients.iter().map(|&argument| {
            let name = self.gradient_variable(argument);
            part(self.context.arguments[argument].shape.is_line(), &quote! { #name })
        });
        let parts = kept_parts.chain(gradient_parts);
        let lent = self.lent_gradients(|i| written.gradients.contains(&i));
        let of_first = |statements: TokenStream| {
            let code = quote! { if let Some(first) = chunks.first_mut() { #statements } };
            if statements.is_empty() { TokenStream::new() } else { code }
        };
        let swap = quote! { #(mem::swap(&mut first.#sums, &mut self.#sums);)* };
        let (lend, take) = (of_first(swap.clone()), of_first(quote! { #swap #(self.#scalars = first.#scalars;)* }));
        quote! {
            /// Adds all rows.
            #[inline(never)]
            fn #method(
                &mut self,
                isa: Isa,
                dims: &Dims,
                plan: &rt::Plan,
                inputs: &Inputs #inputs,
                params: &Params<T, #used>,
                #gradient
            ) {
                let mut chunks = mem::take(&mut self.chunks);
                let mut blocks = mem::take(&mut self.blocks);
                #(let mut #kept = mem::take(&mut self.#kept);)*
                #lend
                #lent
                let pass = #ty { whole: &*self, isa, dims, plan, inputs, params, #also };
                rt::pass(&pass, plan, &mut chunks, &mut blocks, [#(#parts),*]);
                #take
                #(self.#kept = #kept;)*
                self.chunks = chunks;
                self.blocks = blocks;
            }
        }
    }

    /// Statements that set the sums of a chunk to their start values.
    fn starts(&self, written: &Written) -> Vec<TokenStream> {
        let clears = written.sums.iter().map(|&buffer| {
            let BufferRole::Sum(start) = self.program.buffers[buffer].role else { return TokenStream::new() };
            let field = self.field(buffer);
            fill(&quote! { sums.#field }, start)
        });
        let starts = written.scalars.iter().map(|id| {
            let start = self.program.sums.iter().find(|(sum, _)| sum == id).map_or(0.0, |(_, start)| *start);
            let (field, start) = (self.names.of(*id), number(start));
            quote! { sums.#field = #start; }
        });
        clears.chain(starts).collect()
    }

    /// Statements that add the sums of a later chunk.
    fn merges(&self, written: &Written) -> Vec<TokenStream> {
        let merges = written.sums.iter().map(|&buffer| {
            let field = self.field(buffer);
            match self.merge(self.program.buffers[buffer].node) {
                None => quote! { rt::add(self.isa, &later.#field, &mut sums.#field); },
                Some(name) => {
                    let (name, node) = (path(name), self.program.buffers[buffer].node);
                    let as_column = self.is_column(node, self.result(node)).then(|| quote! { .as_column() });
                    quote! { rt::#name(self.isa, later.#field.view()#as_column, sums.#field.view_mut()#as_column); }
                }
            }
        });
        let scalar_merges = written.scalars.iter().map(|&id| {
            let field = self.names.of(id);
            match self.merge(id) {
                None => quote! { sums.#field += later.#field; },
                Some(name) if self.result(id) == *b"11" => {
                    let name = path(name);
                    quote! { sums.#field = rt::#name(sums.#field, later.#field); }
                }
                Some(name) => {
                    let name = path(name);
                    quote! {{
                        let (later, mut one) = ([T::from_f64(later.#field)], [T::from_f64(sums.#field)]);
                        rt::#name(self.isa, rt::View::line(&later), rt::ViewMut::line(&mut one));
                        sums.#field = one[0].to_f64();
                    }}
                }
            }
        });
        merges.chain(scalar_merges).collect()
    }

    /// The type of a pass, which computes chunks.
    fn definition(&mut self, written: &Written, number: usize, statements: &[Statement]) -> TokenStream {
        let (whole, sums_type, block_type) = (self.type_name(), self.type_of("Sums"), self.type_of("Block"));
        let (ty, accumulate) = (self.pass_type(number), numbered("accumulate", number, 1));
        let (declared, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'a, T> });
        let (starts, merges, parts) = (self.starts(written), self.merges(written), self.parts(written));
        let count = Literal::usize_unsuffixed(parts.len());
        let reads = self.streamed_arguments(statements);
        let sums =
            written.sums.iter().map(|&buffer| self.program.buffers[buffer].node).chain(written.scalars.iter().copied());
        let sums: Vec<_> = sums.filter_map(|id| self.shown(id)).collect();
        let doc = (!sums.is_empty()).then(|| {
            let doc = format!(" Sums over the rows: {}.", sums.join(", "));
            quote! { #[doc = #doc] }
        });
        let mut body = StatementEmitter { emitter: self, pass: Some(written) };
        let statements: Vec<_> = statements.iter().map(|statement| body.statement(statement)).collect();
        let extra = self.extra();
        let (fields, also) = (extra.read_with(&quote! { 'p }), extra.names());
        let data = self.context.borrows().then(|| quote! { 'a, });
        let any = self.context.borrows().then(|| quote! { '_, });
        quote! {
            #doc
            struct #ty<'p, #data T, #declared> {
                whole: &'p #whole<T, #used>,
                isa: Isa,
                dims: &'p Dims,
                plan: &'p rt::Plan,
                inputs: &'p Inputs #inputs,
                params: &'p Params<T, #used>,
                #fields
            }

            impl<T: rt::Element, #declared> rt::Pass<T, #count> for #ty<'_, #any T, #used> {
                type Sums = #sums_type<T, #used>;
                type Block = #block_type<T, #used>;

                fn chunk(
                    &self,
                    sums: &mut Self::Sums,
                    block: &mut Self::Block,
                    parts: &mut [rt::LentRows<'_, T>; #count],
                    rows: Range<usize>,
                ) {
                    #(#starts)*
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
                #[inline(never)]
                fn #accumulate(
                    &self,
                    sums: &mut #sums_type<T, #used>,
                    block: &mut #block_type<T, #used>,
                    parts: &mut [rt::LentRows<'_, T>; #count],
                    rows: Range<usize>,
                ) {
                    let Self { whole, isa, dims, inputs, params, #also .. } = *self;
                    let [#(#parts),*] = parts;
                    let count = rows.len();
                    #(#reads)*
                    #(#statements)*
                }
            }
        }
    }

    /// Name of the runtime's function that merges the sums of two chunks, if it is not addition.
    fn merge(&self, id: NodeId) -> Option<&'static str> {
        match self.graph.kind(id) {
            Some(Kind::Routine(row)) => row.merge,
            _ => None,
        }
    }

    /// The data arguments of which statements read a block.
    pub(super) fn streamed(&self, statements: &[Statement]) -> BTreeSet<(usize, Form)> {
        let read = statements.iter().flat_map(Statement::reads).filter(|source| source.rows);
        read.filter_map(|source| self.data_form(source)).collect()
    }

    /// `let x_block = …;` for each data argument of which the pass reads a block.
    fn streamed_arguments(&self, statements: &[Statement]) -> Vec<TokenStream> {
        let arguments = self.streamed(statements).into_iter().map(|(i, form)| {
            let field = self.context.input(i, form);
            let (variable, copy) = (Self::variable(&field), Self::staging(&field));
            let argument = &self.context.arguments[i];
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
}
