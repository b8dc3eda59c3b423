//! The types that users see: dimensions, data, parameters, the loss.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::flops::flops;
use super::kernel::sum;
use super::requests::{self, Requested};
use crate::base::{ArgumentKind, Dim, Shape};
use crate::requests::{State, fields as fields_of};
use crate::schedule::{BufferRole, From, Planned, Program};
use crate::syntax::Argument;

pub(crate) fn interface(
    context: &Context<'_>,
    value: &Planned,
    gradient: &Planned,
    requested: &Requested<'_>,
) -> TokenStream {
    let dims = dims(context);
    let data = data(context);
    let doc = "The parameters, or the gradient in them: one flat buffer, and a view of each.";
    let params = flat_type(context, "Params", doc, &context.params().collect::<Vec<_>>());
    let loss = loss(context, &gradient.program, requested);
    let cost = cost(context, value, gradient);
    quote! { #dims #data #params #loss #cost }
}

/// `Dims`, and `Sizes` if some dimension is in no data argument.
fn dims(context: &Context<'_>) -> TokenStream {
    let fields: Vec<_> = context.dims.iter().map(|dim| context.field(*dim)).collect();
    let docs = context.dims.iter().map(|dim| format!("`{dim}`."));
    let texts = context.dims.iter().map(ToString::to_string);
    let given = given(context);
    let sizes = (!given.is_empty()).then(|| {
        let fields = given.iter().map(|dim| context.field(*dim));
        let docs = given.iter().map(|dim| format!("`{dim}`."));
        quote! {
            /// The sizes that no data argument tells.
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct Sizes {
                #(#[doc = #docs] pub #fields: usize,)*
            }
        }
    });
    quote! {
        /// The sizes of the dimensions that are known at run time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Dims {
            #(#[doc = #docs] pub #fields: usize,)*
        }

        impl Dims {
            fn check(&self, found: &Self) -> Result<(), Error> {
                #(if found.#fields != self.#fields {
                    return Err(Error::Parameters {
                        dimension: #texts,
                        found: found.#fields,
                        expected: self.#fields,
                    });
                })*
                Ok(())
            }
        }

        #sizes
    }
}

/// The dimensions that no data argument has.
pub(crate) fn given(context: &Context<'_>) -> Vec<crate::base::Symbol> {
    let in_data = |dim: crate::base::Symbol| context.data().any(|argument| argument.tells(Dim::Named(dim)));
    context.dims.iter().copied().filter(|dim| !in_data(*dim)).collect()
}

/// The type that a data argument is given as.
fn data_type(argument: &Argument) -> TokenStream {
    if argument.is_labels() {
        return quote! { Labels<'a> };
    }
    let shape = argument.shape;
    if shape.is_scalar() {
        return quote! { T };
    }
    if shape.is_line() {
        quote! { VectorRef<'a, T> }
    } else {
        quote! { MatrixRef<'a, T> }
    }
}

/// `<'a, T, const K: usize>` as declared, and `<'a, T, K>` as used, for types that hold data.
pub(super) fn data_generics(context: &Context<'_>, bound: &TokenStream) -> (TokenStream, TokenStream) {
    let (declared, used) = context.generics();
    let lifetime = context.borrows().then(|| quote! { 'a, });
    (quote! { <#lifetime T: #bound, #declared> }, quote! { <#lifetime T, #used> })
}

fn data(context: &Context<'_>) -> TokenStream {
    let (lifetime, numbers) = context.data_parameters();
    let any = context.data().next().is_some();
    let (declared, _) = context.generics();
    let fields = context.data().filter(|argument| argument.is_first()).map(|argument| {
        let (name, ty) = (Context::ident(argument.declared_name()), data_type(argument));
        let ty = match argument.element.map(|element| Literal::usize_unsuffixed(element.length)) {
            Some(length) => quote! { [#ty; #length] },
            None => ty,
        };
        let doc = format!("`{}`.", argument.declared_type());
        quote! { #[doc = #doc] pub #name: #ty, }
    });
    let inputs = context.data_inputs().map(|(argument, _, field)| {
        let ty = if argument.is_labels() {
            quote! { rt::LabelInput<'a> }
        } else if argument.shape.is_scalar() {
            quote! { f64 }
        } else {
            quote! { rt::Input<'a, T> }
        };
        quote! { #field: #ty, }
    });
    let element = element_is_unused(context).then(|| quote! { _element: PhantomData<&'a T>, });
    let inputs_generics = context.borrows().then(|| quote! { <'a, T> });
    let public = any.then(|| {
        quote! {
            /// Data that the loss reads and does not differentiate. Nothing is copied.
            #[derive(Clone, Copy, Debug)]
            pub struct Data<#lifetime #numbers #declared> {
                #(#fields)*
            }
        }
    });
    quote! {
        #public

        /// The data in the form that the passes read.
        #[allow(dead_code, reason = "of some data, only the size matters")]
        struct Inputs #inputs_generics {
            #(#inputs)*
            #element
        }
    }
}

/// True if `Inputs` has a type of numbers, but no matrix of them.
fn element_is_unused(context: &Context<'_>) -> bool {
    let is_matrix = |argument: &Argument| !argument.is_labels() && !argument.shape.is_scalar();
    context.borrows() && !context.data().any(is_matrix)
}

/// A type of one flat buffer that has the shapes of some arguments.
pub(super) fn flat_type(context: &Context<'_>, name: &str, doc: &str, arguments: &[&Argument]) -> TokenStream {
    let name = format_ident!("{}", name);
    let (declared, used) = context.generics();
    let count = Literal::usize_unsuffixed(arguments.len());
    let shapes = arguments.iter().map(|argument| {
        let (rows, columns) = (context.size(argument.shape.rows), context.size(argument.shape.columns));
        if argument.shape.is_line() {
            quote! { rt::Extent::line(#rows, #columns) }
        } else {
            quote! { rt::Extent::matrix(#rows, #columns) }
        }
    });
    let accessors = arguments.iter().enumerate().map(|(k, argument)| accessors(k, argument));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name<T, #declared> {
            dims: Dims,
            flat: rt::Flat<T, #count>,
        }

        impl<T: rt::Element, #declared> #name<T, #used> {
            /// All elements 0.
            ///
            /// # Errors
            /// If they are larger than memory.
            pub fn zeros(dims: Dims) -> Result<Self, Error> {
                Ok(Self { dims, flat: rt::Flat::zeros(Self::shapes(&dims))? })
            }

            /// The elements that `values` has: one matrix after the other, each a row after the other.
            ///
            /// # Errors
            /// If `values` has more elements, or fewer.
            pub fn from_vec(dims: Dims, values: Vec<T>) -> Result<Self, Error> {
                Ok(Self { dims, flat: rt::Flat::from_vec(Self::shapes(&dims), values)? })
            }

            /// The sizes that it was made for.
            #[must_use]
            pub fn dims(&self) -> Dims {
                self.dims
            }

            /// All elements: one matrix after the other, each a row after the other.
            #[must_use]
            pub fn as_slice(&self) -> &[T] {
                self.flat.as_slice()
            }

            /// All elements, to write.
            pub fn as_mut_slice(&mut self) -> &mut [T] {
                self.flat.as_mut_slice()
            }

            #(#accessors)*

            fn shapes(dims: &Dims) -> [rt::Extent; #count] {
                [#(#shapes),*]
            }
        }
    }
}

/// `w()` and `w_mut()`.
fn accessors(k: usize, argument: &Argument) -> TokenStream {
    if !argument.is_first() {
        return TokenStream::new();
    }
    let name = Context::ident(argument.declared_name());
    let name_mut = format_ident!("{}_mut", argument.declared_name().as_str());
    let k = Literal::usize_unsuffixed(k);
    let declared = format!("`{}: {}`", argument.declared_name(), argument.declared_type());
    let (doc, doc_mut) = (format!("{declared}."), format!("{declared}, to write."));
    let (read, write, read_type, write_type) = if argument.shape.is_scalar() {
        (quote! { scalar }, quote! { scalar_mut }, quote! { T }, quote! { &mut T })
    } else if argument.shape.is_line() {
        (quote! { vector }, quote! { part_mut }, quote! { VectorRef<'_, T> }, quote! { &mut [T] })
    } else {
        (quote! { matrix }, quote! { matrix_mut }, quote! { MatrixRef<'_, T> }, quote! { MatrixMut<'_, T> })
    };
    if let Some(length) = argument.element.map(|element| Literal::usize_unsuffixed(element.length)) {
        let (doc, doc_mut) = (format!("Element `i` of {doc}"), format!("Element `i` of {doc_mut}"));
        return quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #name(&self, i: usize) -> Option<#read_type> {
                if i < #length { Some(self.flat.#read(#k + i)) } else { None }
            }

            #[doc = #doc_mut]
            pub fn #name_mut(&mut self, i: usize) -> Option<#write_type> {
                if i < #length { Some(self.flat.#write(#k + i)) } else { None }
            }
        };
    }
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #name(&self) -> #read_type {
            self.flat.#read(#k)
        }

        #[doc = #doc_mut]
        pub fn #name_mut(&mut self) -> #write_type {
            self.flat.#write(#k)
        }
    }
}

fn loss(context: &Context<'_>, program: &Program, requested: &Requested<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_names) = context.generics();
    let (lifetime, numbers) = context.data_parameters();
    let inputs = context.borrows().then(|| quote! { <'a, T> });
    let has_data = context.data().next().is_some();
    let data_argument = has_data.then(|| quote! { data: Data<#lifetime #numbers #const_names>, });
    let given = given(context);
    let sizes_argument = (!given.is_empty()).then(|| quote! { sizes: Sizes, });
    let (plans, State { fields, made, bytes }) = requests::state(context, requested);
    let make = make(context, program, &plans, &made);
    let names = requested.iter().map(|(request, _)| fields_of(request).0);
    quote! {
        /// The loss of some data: value and gradient, without allocation.
        pub struct Loss #declared {
            dims: Dims,
            plan: rt::Plan,
            isa: Isa,
            inputs: Inputs #inputs,
            value: Value<T, #const_names>,
            gradient: Gradient<T, #const_names>,
            #fields
        }

        impl #declared Loss #used {
            /// Checks every shape and makes every buffer, for as many threads as the pool has that this is called in.
            ///
            /// # Errors
            /// If shapes don't fit each other or the loss, or if a buffer is larger than memory.
            pub fn new(#data_argument #sizes_argument) -> Result<Self, Error> {
                #make
            }

            /// The sizes of this loss.
            #[must_use]
            pub fn dims(&self) -> Dims {
                self.dims
            }

            /// Memory that the loss holds beside its data: blocks of rows, packed parameters, sums.
            #[must_use]
            pub fn workspace_bytes(&self) -> usize {
                self.value.bytes() + self.gradient.bytes() #bytes
            }

            /// Parameters of the right sizes, all 0.
            ///
            /// # Errors
            /// If they are larger than memory.
            pub fn params(&self) -> Result<Params<T, #const_names>, Error> {
                Params::zeros(self.dims)
            }

            /// The loss, added up in f64.
            ///
            /// # Errors
            /// If `params` was made for other sizes.
            pub fn value(&mut self, params: &Params<T, #const_names>) -> Result<f64, Error> {
                self.dims.check(&params.dims)?;
                self.value.run(self.isa, &self.dims, &self.plan, &self.inputs, params)
            }

            /// Writes the gradient.
            ///
            /// # Errors
            /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
            pub fn gradient(
                &mut self,
                params: &Params<T, #const_names>,
                gradient: &mut Params<T, #const_names>,
            ) -> Result<(), Error> {
                self.value_and_gradient(params, gradient).map(|_| ())
            }

            /// The loss, added up in f64; writes the gradient.
            ///
            /// # Errors
            /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
            pub fn value_and_gradient(
                &mut self,
                params: &Params<T, #const_names>,
                gradient: &mut Params<T, #const_names>,
            ) -> Result<f64, Error> {
                self.dims.check(&params.dims)?;
                self.dims.check(&gradient.dims)?;
                self.gradient.run(self.isa, &self.dims, &self.plan, &self.inputs, params, gradient)
            }

            /// Uses `isa` from now on, which tests and comparisons do; the best one is the default.
            #[must_use]
            pub fn with_isa(mut self, isa: Isa) -> Self {
                self.isa = isa;
                // Values kept of the data may have the layout that the instruction set before this one needs.
                self.value.is_prepared = false;
                self.gradient.is_prepared = false;
                #(self.#names.is_prepared = false;)*
                self
            }
        }
    }
}

/// `Loss::bench`.
pub(crate) fn bench(context: &Context<'_>) -> TokenStream {
    let (declared, used) = data_generics(context, &quote! { rt::Element });
    let (_, const_names) = context.generics();
    let name = context.spec.name.to_string();
    quote! {
        impl #declared Loss #used {
            /// Measures value and gradient at `params`: their time, the part of what the machine could do in it, and how
            /// much longer the same operations take one after the other, each over whole matrices.
            ///
            /// That reference keeps every intermediate, so it needs their memory. Takes about two seconds.
            ///
            /// # Errors
            /// If `params` was made for other sizes, or if there is not enough memory.
            pub fn bench(&mut self, params: &Params<T, #const_names>) -> Result<Report, Error> {
                self.dims.check(&params.dims)?;
                let (mut gradient, mut reference) = (self.params()?, self.params()?);
                let mut unfused = Unfused::new(&self.dims, &self.plan, &self.inputs)?;
                let cost = cost::<T, #const_names>(&self.dims);
                let (isa, dims, plan, inputs) = (self.isa, &self.dims, &self.plan, &self.inputs);
                let fused = &mut self.gradient;
                let report = rt::bench::<T>(
                    #name,
                    isa,
                    cost,
                    || fused.run(isa, dims, plan, inputs, params, &mut gradient),
                    || unfused.run(isa, dims, plan, inputs, params, &mut reference),
                )?;
                Ok(report.compared(gradient.as_slice(), reference.as_slice()))
            }
        }
    }
}

/// A data argument, as `Data` has it.
fn given_as(argument: &Argument) -> TokenStream {
    let name = Context::ident(argument.declared_name());
    let index = argument.element.map(|element| {
        let index = Literal::usize_unsuffixed(element.index);
        quote! { [#index] }
    });
    quote! { data.#name #index }
}

/// The body of `Loss::new`.
fn make(context: &Context<'_>, program: &Program, plans: &TokenStream, made: &TokenStream) -> TokenStream {
    let count = Literal::usize_unsuffixed(context.dims.len());
    let gives = given(context).into_iter().map(|dim| {
        let (number, field, name) =
            (Literal::usize_unsuffixed(context.number(dim)), context.field(dim), dim.to_string());
        quote! { shapes.give(#number, #name, sizes.#field); }
    });
    let checks = context.data().filter(|argument| Context::is_borrowed(argument)).map(|argument| {
        let given = given_as(argument);
        let (text, declared) = (argument.label().to_string(), argument.type_text());
        let size = |dim| match dim {
            Dim::Named(name) => {
                let number = Literal::usize_unsuffixed(context.number(name));
                quote! { rt::Size::Named(#number) }
            }
            fixed => {
                let size = context.fixed_size(fixed);
                quote! { rt::Size::Fixed(#size) }
            }
        };
        let (rows, columns) = (size(argument.shape.rows), size(argument.shape.columns));
        let found = if argument.shape.columns.is_one() {
            quote! { (#given.len(), 1) }
        } else if argument.shape.rows.is_one() {
            quote! { (1, #given.len()) }
        } else {
            quote! { (#given.rows(), #given.columns()) }
        };
        quote! { shapes.argument(#text, #declared, #found, (#rows, #columns))?; }
    });
    let fields = context.dims.iter().map(|dim| {
        let (field, number) = (context.field(*dim), Literal::usize_unsuffixed(context.number(*dim)));
        quote! { #field: shapes.size(#number), }
    });
    let inputs = context.data_inputs().map(|(argument, form, field)| {
        let given = given_as(argument);
        if let ArgumentKind::Labels(classes) = argument.kind {
            let (text, declared) = (argument.label().to_string(), argument.type_text());
            let classes = context.size(classes);
            return quote! {
                #field: rt::LabelInput::new(#text, #declared, #given, #classes)?,
            };
        }
        if argument.shape.is_scalar() {
            return quote! { #field: #given.to_f64(), };
        }
        let source = if form.turned {
            quote! { #given.t() }
        } else {
            quote! { #given }
        };
        match (form.rows, argument.shape.is_line()) {
            (true, false) => quote! { #field: rt::Input::streamed(#source), },
            (true, true) => quote! { #field: rt::Input::streamed_line(#source), },
            (false, false) => quote! { #field: rt::Input::resident(#source)?, },
            (false, true) => quote! { #field: rt::Input::resident_line(#source)?, },
        }
    });
    let element = element_is_unused(context).then(|| quote! { _element: PhantomData, });
    let (_, used) = context.generics();
    let plan = plan(context, program, &quote! { cost.flops });
    quote! {
        let mut shapes = rt::Shapes::<#count>::default();
        #(#gives)*
        #(#checks)*
        let dims = Dims { #(#fields)* };
        let cost = cost::<T, #used>(&dims);
        let plan = #plan;
        #plans
        let inputs = Inputs { #(#inputs)* #element };
        Ok(Self {
            value: Value::new(&dims, &plan, &inputs)?,
            gradient: Gradient::new(&dims, &plan, &inputs)?,
            #made
            dims,
            plan,
            isa: Isa::detect(),
            inputs,
        })
    }
}

/// The plan by which the rows are cut, for `flops` operations, where `dims` and `cost` are in scope.
pub(super) fn plan(context: &Context<'_>, program: &Program, flops: &TokenStream) -> TokenStream {
    let Some(axis) = program.stream else { return quote! { rt::Plan::new::<T>(0, &[], &[], 0.0) } };
    let width = |shape: Shape| {
        let other = if shape.rows == axis { shape.columns } else { shape.rows };
        context.size(other)
    };
    let read = program.statements().flat_map(crate::schedule::Statement::reads).filter(|source| source.rows);
    let mut arguments: Vec<usize> = read
        .filter_map(|source| match source.from {
            From::Argument(i) | From::Turned(i) => Some(i),
            From::Buffer(_) | From::Scalar(_) | From::Piece => None,
        })
        .collect();
    arguments.sort_unstable();
    arguments.dedup();
    let arguments = arguments.into_iter().map(|i| context.arguments[i].shape);
    let buffers = program
        .buffers
        .iter()
        .enumerate()
        .filter(|(i, buffer)| matches!(buffer.role, BufferRole::RowLocal(_)) && buffer.memory == Some(*i))
        .map(|(_, buffer)| buffer.shape);
    let widths = arguments.chain(buffers).map(width);
    let rows = context.size(axis);
    let sums = program.buffers.iter().filter(|buffer| matches!(buffer.role, BufferRole::Sum(_))).map(|buffer| {
        let (rows, columns) = (context.size(buffer.shape.rows), context.size(buffer.shape.columns));
        quote! { (#rows, #columns) }
    });
    quote! { rt::Plan::new::<T>(#rows, &[#(#widths),*], &[#(#sums),*], #flops + 4.0 * cost.bytes) }
}

/// `cost`: operations from the schedule, bytes from the arguments.
fn cost(context: &Context<'_>, value: &Planned, gradient: &Planned) -> TokenStream {
    let (declared, _) = context.generics();
    let (value, gradient) = (flops(context, value), flops(context, gradient));
    let elements = |shape: Shape| {
        let (rows, columns) = (context.size(shape.rows), context.size(shape.columns));
        quote! { rt::count(#rows) * rt::count(#columns) }
    };
    let of = |arguments: &mut dyn Iterator<Item = &Argument>| {
        sum(&arguments.map(|argument| elements(argument.shape)).collect::<Vec<_>>(), "0.0")
    };
    let (data, params) = (of(&mut context.data()), of(&mut context.params()));
    quote! {
        /// The cost of one call of `value_and_gradient` in elements of type `T`.
        #[must_use]
        pub fn cost<T: rt::Element, #declared>(dims: &Dims) -> Cost {
            let gradient = #gradient;
            let value = #value;
            let data = #data;
            let params = #params;
            Cost::new(gradient, value, (data + 2.0 * params) * rt::count(mem::size_of::<T>()))
        }
    }
}
