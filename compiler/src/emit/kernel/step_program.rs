//! Recurrences whose steps are programs: the type that has the memory of a step and runs all of them, and the call of it.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::recurrence::direction;
use super::{Emitter, StatementEmitter, fields, first_time, steps};
use crate::base::{Role, Shape};
use crate::emit::{Context, names};
use crate::explain;
use crate::graph::{Input, NodeId};
use crate::operations::StepProgram;
use crate::requests::Quantity;
use crate::schedule::{Location, Source, Target, step, step_programs};
use crate::syntax::Argument;

impl Emitter<'_> {
    /// The type that runs the steps of the recurrence `node`.
    pub(super) fn step_type(&self, node: NodeId) -> Ident {
        let number = step_programs(self.graph, self.program).position(|known| known == node).unwrap_or(0);
        self.type_of(&format!("Step{}", number + 1))
    }

    /// The field that has its memory.
    pub(super) fn step_field(&self, node: NodeId) -> Ident {
        format_ident!("steps_{}", self.names.of(node))
    }

    /// The type that runs the steps of the recurrence `node`, with its memory.
    pub(super) fn steps_of(&mut self, node: NodeId) -> TokenStream {
        let Some(recurrence) = self.graph.step_program(node) else { return TokenStream::new() };
        let Some(any) = self.context.spec.arguments.first() else { return TokenStream::new() };
        let plan = step(recurrence);
        let (graph, program) = (&plan.graph, &plan.program);
        let argument = |input: &Input| Argument {
            name: input.name,
            role: input.role,
            shape: input.shape,
            kind: input.kind,
            element: None,
            ..any.clone()
        };
        let context = Context::new(self.context.spec, graph.inputs.iter().map(argument).collect(), &[program]);
        let notation = explain::notation(graph);
        let names = names::Names::new(graph, &notation);
        let fields = fields(&names, program);
        let long_loops = steps::long_loops(graph, program);
        let (quantity, step) = (Quantity::Output, Some(self.step_type(node)));
        let loops = &mut *self.loops;
        let mut emitter =
            Emitter { context: &context, graph, program, notation, names, quantity, step, fields, loops, long_loops };
        let workspace = emitter.workspace();
        let run = emitter.run_steps(recurrence);
        quote! { #workspace #run }
    }

    /// The function that runs all steps.
    fn run_steps(&mut self, recurrence: &StepProgram) -> TokenStream {
        let name = self.type_name();
        let (declared, used) = self.context.generics();
        let shapes = recurrence.shapes();
        let states = recurrence.next.len();
        let (states_count, values) = (Literal::usize_unsuffixed(states), Literal::usize_unsuffixed(shapes.len()));
        let extents: Vec<_> = shapes.iter().map(|&shape| self.context.extent(shape)).collect();
        let (mut taken, mut initial, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (i, argument) in self.context.arguments.iter().enumerate() {
            let value = names::value(argument.name);
            let by_step = argument.role == Role::StandIn;
            let ty = if argument.is_labels() {
                quote! { rt::LabelView<'_> }
            } else if argument.shape.is_scalar() && !by_step {
                quote! { f64 }
            } else {
                quote! { rt::View<'_, T> }
            };
            match argument.role {
                Role::Output => continue,
                Role::Param if argument.shape.is_scalar() => {
                    initial.push(quote! { rt::View::line(&[T::from_f64(#value)]) });
                }
                Role::Param => initial.push(quote! { #value }),
                _ if by_step => {
                    let row = self.row(&value, self.context.arguments[i].shape);
                    rows.push(quote! { let #value = #row; });
                }
                _ => {}
            }
            taken.push(quote! { #value: #ty });
        }
        let direction = direction(recurrence.direction);
        let steps = self.context.size(recurrence.steps);
        let (hoisted, each) = self.program.split(0);
        let mut emitted = |statements: Vec<_>| -> Vec<_> {
            statements.into_iter().map(|statement| self.in_stage().statement(statement)).collect()
        };
        let hoisted = first_time(&emitted(hoisted));
        let each = emitted(each);
        quote! {
            impl<T: rt::Element, #declared> #name<T, #used> {
                /// Runs all steps.
                #[inline(never)]
                fn run(&mut self, isa: Isa, dims: &Dims, #(#taken,)* out: rt::ViewMut<'_, T>) {
                    let values = [#(#extents),*];
                    let mut trajectory = rt::Trajectory::<T, #states_count, #values>::new(
                        #direction,
                        #steps,
                        values,
                        [#(#initial),*],
                        out,
                    );
                    // Values that are given are other ones than in the last call.
                    self.is_hoisted = false;
                    while let Some((at, params, mut gradient)) = trajectory.turn() {
                        #(#rows)*
                        #hoisted
                        #(#each)*
                        self.is_hoisted = true;
                    }
                }
            }
        }
    }

    /// The value of a step that is row `at` of a matrix.
    fn row(&self, given: &Ident, shape: Shape) -> TokenStream {
        if shape.is_scalar() {
            return quote! { #given.row(0)[at].to_f64() };
        }
        if shape.is_line() {
            return quote! { rt::View::line(#given.row(at)) };
        }
        let (rows, columns) = self.context.view_shape(shape);
        quote! { rt::View::new(#given.row(at), #rows, #columns) }
    }
}

impl StatementEmitter<'_, '_> {
    /// The call that runs all steps of the recurrence `node`.
    pub(super) fn step_program(&self, node: NodeId, operands: &[Source], out: Target) -> TokenStream {
        let Target::Buffer(buffer) = out else { return TokenStream::new() };
        let given = operands.iter().map(|&source| match source.from {
            Location::Scalar(id) => self.scalar(id),
            _ => self.view(source),
        });
        let (field, out) = (self.step_field(node), self.view_mut(buffer));
        quote! { self.#field.run(isa, dims, #(#given,)* #out); }
    }
}
