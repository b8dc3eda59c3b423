//! Recurrences: the call that runs one step after the other.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::StatementEmitter;
use super::loops::{Expression, map_type};
use crate::emit::tokens::{code, number};
use crate::operations::{Direction, Kind, Recurrence};
use crate::schedule::{Location, Source, Target};

/// The order of steps, as the runtime calls it.
pub(super) fn direction(direction: Direction) -> TokenStream {
    match direction {
        Direction::Forwards => quote! { rt::Direction::Forwards },
        Direction::Backwards => quote! { rt::Direction::Backwards },
    }
}

impl StatementEmitter<'_, '_> {
    pub(super) fn recurrence(&mut self, recurrence: &Recurrence, operands: &[Source], out: Target) -> TokenStream {
        let Target::Buffer(buffer) = out else { return TokenStream::new() };
        let node = self.program.buffers[buffer].node;
        let Some(Kind::Routine(row)) = self.graph.kind(node) else { return TokenStream::new() };
        let step = self.step(recurrence);
        let given = operands.iter().zip(row.operands).map(|(&source, letters)| {
            let (kind, value) = match (source.from, *letters) {
                (Location::Scalar(id), _) => ("Number", self.scalar(id)),
                (_, b"1j") => ("Line", self.view(source)),
                (_, b"t1") => ("Each", self.view(source)),
                _ => ("Rows", self.view(source)),
            };
            let kind = format_ident!("{}", kind);
            quote! { rt::Given::#kind(#value) }
        });
        let direction = direction(recurrence.direction);
        let (steps, lanes) = (self.context.size(recurrence.steps), self.context.size(recurrence.lanes));
        let (n, m) = (Literal::usize_unsuffixed(operands.len()), Literal::usize_unsuffixed(recurrence.next.len()));
        let out = self.view_mut(buffer);
        quote! {
            rt::recurrence::<T, _, #n, #m>(isa, #direction, (#steps, #lanes), [#(#given),*], #out, &#step);
        }
    }

    /// The type that has the step of a recurrence, which is defined unless the module has it.
    fn step(&mut self, recurrence: &Recurrence) -> Ident {
        let Recurrence { operands, constants, calls, next, .. } = recurrence;
        let key = Expression {
            operands: *operands,
            constants: constants.iter().map(|value| value.to_bits()).collect(),
            steps: calls.iter().map(|(operation, read)| (operation.name(), read.clone())).collect(),
            results: next.iter().map(|&state| [state, usize::MAX]).collect(),
        };
        let variable = |number: usize| format_ident!("t{}", number);
        let numbers = constants.iter().map(|value| {
            let value = number(*value);
            quote! { rt::Lanes::constant(simd, #value) }
        });
        let computed = calls.iter().map(|(operation, read)| {
            let read: Vec<_> = read.iter().map(|&number| variable(number).to_token_stream()).collect();
            code(*operation, &read)
        });
        let lets = numbers.chain(computed).enumerate().map(|(k, value)| {
            let name = variable(operands + k);
            quote! { let #name = #value; }
        });
        let read: Vec<Ident> = (0..*operands).map(variable).collect();
        let results: Vec<_> = next.iter().map(|&state| variable(state).to_token_stream()).collect();
        let doc = quote! { #[doc = " One step of a recurrence."] };
        self.emitter.loops.named(key, |name| map_type(&doc, name, &read, &lets.collect::<Vec<_>>(), &results))
    }
}
