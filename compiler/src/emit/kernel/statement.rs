//! Statements: each is one call of a primitive, between views of what it reads and writes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::{Emitter, StatementEmitter};
use crate::base::Role;
use crate::emit::context::Form;
use crate::emit::names;
use crate::emit::tokens::{fill, formula, number, order, path};
use crate::graph::{NodeId, Op};
use crate::operations::Kind;
use crate::schedule::{Buffer, BufferRole, Location, Routine, Source, Statement, Target};

impl Emitter<'_> {
    /// The block of an input.
    pub(super) fn variable(field: &Ident) -> Ident {
        format_ident!("block_{}", field)
    }

    /// The data argument that `source` is, and how it is read.
    pub(super) fn data_form(&self, source: Source) -> Option<(usize, Form)> {
        let (i, transposed) = match source.from {
            Location::Argument(i) => (i, false),
            Location::Transposed(i) => (i, true),
            Location::Buffer(_) | Location::Scalar(_) | Location::ProductPiece => return None,
        };
        let is_data = self.context.arguments[i].role == Role::Data;
        is_data.then_some((i, Form { transposed, rows: source.rows }))
    }

    /// True of a value that is a line in memory and a column to a routine: its letters say that it is a matrix, which has one column here.
    pub(super) fn is_column(&self, node: NodeId, letters: [u8; 2]) -> bool {
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

    /// The numbers of parameters, or of results; in a step, which is lent them alone, they are the value of that name itself.
    fn flat(&self, of: &Ident) -> TokenStream {
        if self.step.is_some() {
            quote! { #of }
        } else {
            quote! { #of.flat }
        }
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
            let flat = self.flat(&Ident::new("gradient", Span::call_site()));
            quote! { let [#(#patterns),*] = #flat.views_mut(); }
        } else {
            TokenStream::new()
        }
    }
}

impl StatementEmitter<'_, '_> {
    /// A source as a kernel reads it.
    pub(super) fn view(&self, source: Source) -> TokenStream {
        if let Some((i, form)) = self.data_form(source) {
            let field = self.context.input(i, form);
            if form.rows {
                let variable = Emitter::variable(&field);
                return quote! { #variable };
            }
            return quote! { inputs.#field.whole() };
        }
        let (view, is_line) = match source.from {
            Location::Argument(i) if self.context.is_given(i) => {
                let given = names::value(self.context.arguments[i].name);
                return quote! { #given };
            }
            Location::Argument(i) | Location::Transposed(i) => {
                let (index, argument) = (self.context.part(i), &self.context.arguments[i]);
                let flat = Ident::new(
                    if argument.role == Role::Direction { "direction" } else { "params" },
                    Span::call_site(),
                );
                let flat = self.flat(&flat);
                (quote! { #flat.view(#index) }, argument.shape.is_line())
            }
            Location::Buffer(buffer) => {
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
            Location::Scalar(_) | Location::ProductPiece => (quote! { rt::View::line(&[]) }, true),
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
        self.pass.is_some_and(|written| written.kept.contains(&buffer))
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
            Statement::MatVec { a, w, out } => {
                let (a, w, out) = (self.view(*a), self.view(*w), self.view_mut(*out));
                quote! { T::dots(isa, #a, #w, #out); }
            }
            Statement::MatTVec { a, e, out } => {
                let clear = self.clear(*out, 0.0);
                let (a, e, out) = (self.view(*a), self.view(*e), self.view_mut(*out));
                quote! { #clear T::scaled_rows(isa, #a, #e, #out); }
            }
            Statement::Transpose { a, out } => {
                let (a, out) = (self.view(*a), self.view_mut(*out));
                quote! { T::transpose(#a, #out); }
            }
            Statement::Call { routine, operands, out, also } => {
                if let Some(recurrence) = self.graph.recurrence(routine.node) {
                    self.recurrence(recurrence, operands, *out)
                } else if self.graph.step_program(routine.node).is_some() {
                    self.step_program(routine.node, operands, *out)
                } else {
                    self.call(*routine, operands, *out, *also)
                }
            }
            Statement::Scalar { out } => {
                let (name, value) = (self.names.of(*out).clone(), self.scalar_formula(*out));
                quote! { self.#name = #value; }
            }
            Statement::ScalarGradient { from, parameter } => {
                let (value, index) = (self.scalar(*from), self.output_part(*parameter));
                let flat = self.flat(&Ident::new("gradient", Span::call_site()));
                quote! { *#flat.scalar_mut(#index) = T::from_f64(#value); }
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
        let home = self.pass.map_or_else(|| quote! { self }, |_| quote! { whole });
        quote! { &#home.#field }
    }

    fn call(&self, routine: Routine, operands: &[Source], out: Target, also: Option<usize>) -> TokenStream {
        let name = path(routine.name);
        let operator = routine.custom.map(|custom| {
            let operator = names::operator(custom.name);
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
            Location::Scalar(id) if letters(k) == *b"11" => self.scalar(id),
            Location::Scalar(id) => {
                let value = self.scalar(id);
                quote! { rt::View::line(&[T::from_f64(#value)]) }
            }
            _ => {
                let view = self.view(source);
                let is_labels =
                    matches!(self.graph.node(node).op, Op::Argument(i) if self.context.arguments[i].is_labels());
                if self.is_column(node, letters(k)) && !is_labels {
                    quote! { #view.as_column() }
                } else {
                    view
                }
            }
        });
        let scratch = routine.scratch.map(|_| {
            let field = self.scratch_field(routine);
            let home = self.pass.map_or_else(|| quote! { self }, |_| quote! { block });
            quote! { &mut #home.#field, }
        });
        match out {
            Target::Buffer(buffer) => {
                let clear = routine.start.map(|start| self.clear(buffer, start));
                let second = also.map(|also| (also, self.program.buffers[also].node));
                let results = [(buffer, routine.node)].into_iter().chain(second).map(|(buffer, node)| {
                    let view = self.view_mut(buffer);
                    if self.is_column(node, self.result(node)) {
                        quote! { #view.as_column() }
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
                        let field = self.context.input(i, Form { transposed: false, rows: false });
                        quote! { inputs.#field }
                    }
                    Role::Direction => quote! { direction.flat.scalar(#index).to_f64() },
                    Role::Step => quote! { steps[#index] },
                    Role::StandIn | Role::Fixed => names::value(argument.name).to_token_stream(),
                    Role::Param | Role::Sample | Role::Output => {
                        let flat = self.flat(&Ident::new("params", Span::call_site()));
                        quote! { #flat.scalar(#index).to_f64() }
                    }
                }
            }
            Op::Call(_) => self.scalar_home(id),
        }
    }

    fn scalar_formula(&self, id: NodeId) -> TokenStream {
        let operands: Vec<_> = self.graph.operands(id).iter().map(|&operand| self.scalar(operand)).collect();
        formula(self.graph, id, &operands)
    }
}
