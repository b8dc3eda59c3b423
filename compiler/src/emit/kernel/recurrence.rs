//! Recurrences: the call that runs one step after the other.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::Emitter;
use super::loops::{Expression, map_type};
use crate::emit::tokens::{code, number};
use crate::operations::{Direction, Kind, Operation, Recurrence, Scalar};
use crate::schedule::{Location, Source, Target};

impl Emitter<'_> {
    pub(super) fn recurrence(&mut self, recurrence: &Recurrence, operands: &[Source], out: Target) -> TokenStream {
        let Target::Buffer(buffer) = out else { return TokenStream::new() };
        let node = self.program.buffers[buffer].node;
        let Some(Kind::Routine(row)) = self.graph.kind(node) else { return TokenStream::new() };
        let step = self.step(recurrence, operands.len());
        let given = operands.iter().zip(row.operands).map(|(&source, letters)| match (source.from, *letters) {
            (Location::Scalar(id), _) => {
                let value = self.scalar(id);
                quote! { rt::Given::Number(#value) }
            }
            (_, b"1j") => {
                let view = self.view(source);
                quote! { rt::Given::Line(#view) }
            }
            (_, b"t1") => {
                let view = self.view(source);
                quote! { rt::Given::Each(#view) }
            }
            _ => {
                let view = self.view(source);
                quote! { rt::Given::Rows(#view) }
            }
        });
        let order = match recurrence.direction {
            Direction::Forwards => quote! { Forwards },
            Direction::Backwards => quote! { Backwards },
        };
        let (steps, lanes) = (self.context.size(recurrence.steps), self.context.size(recurrence.lanes));
        let (n, m) = (Literal::usize_unsuffixed(operands.len()), Literal::usize_unsuffixed(recurrence.next.len()));
        let out = self.view_mut(buffer);
        quote! {
            rt::recurrence::<T, _, #n, #m>(isa, rt::Order::#order, (#steps, #lanes), [#(#given),*], #out, &#step);
        }
    }

    /// The type that has the step of a recurrence, which is defined unless the module has it.
    fn step(&mut self, recurrence: &Recurrence, operands: usize) -> Ident {
        let constant = |scalar: &Scalar| if let Scalar::Constant(value) = scalar { Some(*value) } else { None };
        let constants: Vec<f64> = recurrence.step.iter().filter_map(constant).collect();
        // Operands come first, then constants, then what is computed.
        let (mut next_constant, mut next_step) = (operands, operands + constants.len());
        let numbered = |next: &mut usize| {
            *next += 1;
            *next - 1
        };
        let number = |scalar: &Scalar| match scalar {
            Scalar::Argument(i) => *i,
            Scalar::Constant(_) => numbered(&mut next_constant),
            Scalar::Call(..) => numbered(&mut next_step),
        };
        let numbers: Vec<usize> = recurrence.step.iter().map(number).collect();
        let calls: Vec<(&'static dyn Operation, Vec<usize>)> = recurrence
            .step
            .iter()
            .filter_map(|scalar| match scalar {
                Scalar::Call(operation, read) => Some((*operation, read.iter().map(|&k| numbers[k]).collect())),
                Scalar::Argument(_) | Scalar::Constant(_) => None,
            })
            .collect();
        let key = Expression {
            operands,
            constants: constants.iter().map(|value| value.to_bits()).collect(),
            steps: calls.iter().map(|(operation, read)| (operation.name(), read.clone())).collect(),
            results: recurrence.next.iter().map(|&state| [numbers[state], usize::MAX]).collect(),
        };
        let variable = |number: usize| format_ident!("t{}", number);
        let defined = constants.iter().enumerate().map(|(k, value)| {
            let (name, value) = (variable(operands + k), self::number(*value));
            quote! { let #name = rt::Lanes::constant(simd, #value); }
        });
        let first = operands + constants.len();
        let steps = calls.iter().enumerate().map(|(k, (operation, read))| {
            let read: Vec<_> = read.iter().map(|&number| variable(number).to_token_stream()).collect();
            let (name, value) = (variable(first + k), code(*operation, &read));
            quote! { let #name = #value; }
        });
        let lets: Vec<_> = defined.chain(steps).collect();
        let read: Vec<Ident> = (0..operands).map(variable).collect();
        let results: Vec<_> = recurrence.next.iter().map(|&state| variable(numbers[state]).to_token_stream()).collect();
        let doc = quote! { #[doc = " One step of a recurrence."] };
        self.loops.named(key, |name| map_type(&doc, name, &read, &lets, &results))
    }
}
