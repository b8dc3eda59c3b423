//! Recurrences as textbooks write them: hₜ₊₁ = …, from h₀ = … on, or λₜ = … down from the last step.

use super::notation::Notation;
use crate::base::Symbol;
use crate::graph::NodeId;
use crate::operations::{Binds, Direction, Recurrence, Routine};
use crate::recurrence::step_of;

/// Marks of what belongs to a step, and of what belongs to the next one.
const STEP: &str = "ₜ";
const NEXT: &str = "ₜ₊₁";

impl Notation<'_> {
    /// The equations of a recurrence, which is a call of `row`, and what its states begin with.
    pub(super) fn recurrence(&self, id: NodeId, row: &Routine, recurrence: &Recurrence) -> String {
        let Recurrence { names, direction, steps, .. } = recurrence;
        let (before, after, first) = match direction {
            Direction::Forwards => (STEP, NEXT, "₀".to_owned()),
            Direction::Backwards => (NEXT, STEP, format!("_{}", steps.to_string().replace(' ', ""))),
        };
        let (initial, read) = self.graph.operands(id).split_at(names.len());
        let (_, letters) = row.operands.split_at(names.len());
        let states = names.iter().map(|name| format!("{name}{before}"));
        let read = read.iter().zip(letters).map(|(&operand, letters)| {
            let text = self.wrapped(operand, Binds::Atom);
            if letters[0] == b't' { text + STEP } else { text }
        });
        let (mut step, next) = step_of(recurrence);
        for (input, name) in step.inputs.iter_mut().zip(states.chain(read)) {
            input.name = Symbol::new(&name);
        }
        let inner = Notation::new(&step, vec![None; step.len()]);
        let equations = names.iter().zip(next).map(|(name, id)| format!("{name}{after} = {}", inner.text(id)));
        let begin = names.iter().zip(initial).map(|(name, &id)| format!("{name}{first} = {}", self.text(id)));
        format!("({})", equations.chain(begin).collect::<Vec<_>>().join(", "))
    }
}
