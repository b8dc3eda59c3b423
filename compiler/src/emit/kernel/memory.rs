//! The types that a kernel keeps its memory in: what lives for a whole call, the sums of a chunk of rows, and row-local
//! memory.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::pass::Written;
use crate::emit::tokens::{path, sum};
use crate::graph::NodeId;
use crate::schedule::{Buffer, BufferRole, Routine, Statement, is_pass, step_programs};

/// A field of a type that is emitted.
struct Field {
    name: Ident,
    ty: TokenStream,
    /// The value at first.
    begun: TokenStream,
    /// Statement that makes the field out of that, where `dims` is in scope; nothing, if it is complete.
    made: Option<TokenStream>,
    doc: Option<String>,
    /// The bytes that it has beyond the type itself.
    bytes: Option<TokenStream>,
}

impl Field {
    fn new(name: &Ident, ty: TokenStream, begun: TokenStream) -> Self {
        Self { name: name.clone(), ty, begun, made: None, doc: None, bytes: None }
    }

    /// A field that is empty at first, and that `made` makes.
    fn made(name: &Ident, ty: TokenStream, made: TokenStream) -> Self {
        let empty = quote! { Default::default() };
        Self { made: Some(made), ..Self::new(name, ty, empty) }
    }

    fn with_bytes(mut self) -> Self {
        let name = &self.name;
        self.bytes = Some(quote! { self.#name.bytes() });
        self
    }
}
impl Emitter<'_> {
    /// The types of what lives for the whole call, of the sums of a chunk, and of row-local memory.
    pub(super) fn workspace(&self) -> TokenStream {
        let program = self.program;
        let own = |(i, buffer): &(usize, &Buffer)| buffer.memory == Some(*i);
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
            Field::made(&field, quote! { rt::Packed<T> }, quote! { made.#field.make(#rows, #columns, &mut outcome); })
                .with_bytes()
        });
        let scalar = |id: NodeId| Field::new(self.names.of(id), quote! { f64 }, quote! { 0.0 });
        let prepared = Ident::new("is_hoisted", Span::call_site());
        let mut prepared = Field::new(&prepared, quote! { bool }, quote! { false });
        prepared.doc = Some(" True once everything that depends on the data alone has been computed.".to_owned());
        let is_local = |role| matches!(role, BufferRole::RowLocal(_));
        let mut whole = of_role(&|role| !is_local(role));
        whole.extend(packs);
        whole.extend(self.scratch(false));
        whole.extend(self.strips(false));
        whole.extend(self.step_fields());
        whole.push(prepared);
        whole.extend(program.scalars.iter().map(|&id| scalar(id)));
        let mut sums: Vec<_> = of_role(&|role| matches!(role, BufferRole::Sum(_)));
        // The first chunk borrows the sums of the whole.
        for field in &mut sums {
            field.made = field.made.as_ref().map(|made| quote! { if !is_first { #made } });
        }
        sums.extend(in_passes.iter().map(|&id| scalar(id)));
        let mut local = of_role(&is_local);
        local.extend(self.stagings());
        local.extend(self.scratch(true));
        local.extend(self.strips(true));
        let (sums_type, block_type) = (self.type_of("Sums"), self.type_of("Block"));
        let (_, used) = self.context.generics();
        let inputs = self.context.borrows().then(|| quote! { <'_, T> });
        if program.stream.is_some() {
            let make_sums = quote! { rt::each(plan.chunks(), |i| #sums_type::new(dims, i == 0))? };
            let make_blocks = quote! { rt::each(plan.workers(), |_| #block_type::new(dims, plan.block(), inputs))? };
            let lists = [("chunks", &sums_type, make_sums), ("blocks", &block_type, make_blocks)];
            whole.extend(lists.map(|(name, ty, made)| {
                let name = Ident::new(name, Span::call_site());
                let made = quote! { made.#name = #made; };
                let mut field = Field::made(&name, quote! { Vec<#ty<T, #used>> }, made);
                field.bytes = Some(quote! { self.#name.iter().map(|part| part.bytes()).sum::<usize>() });
                field
            }));
        }
        let (doc, arguments) = match self.step {
            None => (" Values that live for a whole call.", quote! { plan: &rt::Plan, inputs: &Inputs #inputs }),
            Some(_) => (" Values of one step.", TokenStream::new()),
        };
        let whole = self.structure("", doc, &whole, &arguments);
        let parts = program.stream.map(|_| {
            let sums = self.structure("Sums", " The sums of a chunk of rows.", &sums, &quote! { is_first: bool });
            let block = self.structure(
                "Block",
                " Values of one block of rows.",
                &local,
                &quote! { block: usize, inputs: &Inputs #inputs },
            );
            quote! { #sums #block }
        });
        quote! { #whole #parts }
    }

    /// A type of fields, with `new` and `bytes`.
    fn structure(&self, part: &str, doc: &str, fields: &[Field], arguments: &TokenStream) -> TokenStream {
        let name = self.type_of(part);
        let (declared, used) = self.context.generics();
        let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
        let docs = fields.iter().map(|field| field.doc.iter());
        let docs = docs.map(|mut doc| doc.next().map(|doc| quote! { #[doc = #doc] }));
        let (types, begun) = (fields.iter().map(|field| &field.ty), fields.iter().map(|field| &field.begun));
        let made = fields.iter().filter_map(|field| field.made.as_ref());
        let bytes: Vec<_> = fields.iter().filter_map(|field| field.bytes.clone()).collect();
        let bytes = sum(&bytes, "0");
        let begun = quote! { Self { #(#names: #begun,)* element: PhantomData } };
        let made: Vec<_> = made.collect();
        let body = if made.is_empty() {
            quote! { Ok(#begun) }
        } else {
            quote! {
                let mut made = #begun;
                let mut outcome = Ok(());
                #(#made)*
                outcome.map(|()| made)
            }
        };
        quote! {
            #[doc = #doc]
            struct #name<T, #declared> {
                #(#docs #names: #types,)*
                element: PhantomData<T>,
            }

            impl<T: rt::Element, #declared> #name<T, #used> {
                #[inline(never)]
                fn new(dims: &Dims, #arguments) -> Result<Self, Error> {
                    #body
                }

                fn bytes(&self) -> usize {
                    #bytes
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
        let name = self.field(i);
        let mut field =
            Field::made(&name, quote! { rt::Buffer<T> }, quote! { made.#name.make(#size, &mut outcome); }).with_bytes();
        field.begun = quote! { rt::Buffer::EMPTY };
        let value = match self.shown(buffer.node) {
            Some(formula) => format!("{formula}: {}", buffer.shape),
            None => buffer.shape.to_string(),
        };
        let kept = match buffer.role {
            BufferRole::Resident => "",
            BufferRole::Kept => ", written block by block",
            BufferRole::RowLocal(_) => ", one block",
            BufferRole::Sum(_) => ", a sum over the blocks",
        };
        field.doc = Some(format!(" {value}{kept}."));
        field
    }

    /// Where blocks of data are copied to, if their rows are not of unit stride.
    fn stagings(&self) -> Vec<Field> {
        let passes = self.program.stages.iter().enumerate().filter(|(stage, _)| is_pass(*stage));
        let read: BTreeSet<_> = passes.flat_map(|(_, statements)| self.streamed(statements)).collect();
        let fields = read.into_iter().filter(|(i, _)| !self.context.arguments[*i].is_labels()).map(|(i, form)| {
            let field = self.context.input(i, form);
            let method = if self.context.arguments[i].shape.is_line() {
                quote! { stage_line }
            } else {
                quote! { stage }
            };
            let name = Self::staging(&field);
            let made = quote! { inputs.#field.#method(block, &mut made.#name, &mut outcome); };
            Field::made(&name, quote! { rt::Staging<T> }, made).with_bytes()
        });
        fields.collect()
    }

    pub(super) fn staging(field: &Ident) -> Ident {
        format_ident!("copy_{}", field)
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

    /// Memory of the steps of recurrences.
    fn step_fields(&self) -> impl Iterator<Item = Field> + '_ {
        step_programs(self.graph, self.program).map(|node| {
            let (ty, (_, used)) = (self.step_type(node), self.context.generics());
            let made = quote! { #ty::new(dims)? };
            Field::new(&self.step_field(node), quote! { #ty<T, #used> }, made).with_bytes()
        })
    }

    /// Registers of long loops: of those in passes, or of the others.
    fn strips(&self, in_passes: bool) -> Option<Field> {
        let count = self.registers(in_passes);
        let (name, size) = (Ident::new("registers", Span::call_site()), Literal::usize_unsuffixed(count));
        let made = quote! { made.#name.make(#size, rt::STRIP, &mut outcome); };
        (count > 0).then(|| Field::made(&name, quote! { rt::Buffer<T> }, made).with_bytes())
    }

    pub(super) fn scratch_field(&self, routine: Routine) -> Ident {
        format_ident!("scratch_{}", self.names.of(routine.node))
    }
}
