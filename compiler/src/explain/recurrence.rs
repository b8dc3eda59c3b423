//! Recurrences as textbooks write them: hₜ₊₁ = …, from h₀ = … on, or λₜ = … down from the last step.

use super::notation::Notation;
use crate::base::Symbol;
use crate::graph::NodeId;
use crate::operations::{Binds, Direction, Recurrence};

/// Marks of what belongs to a step, and of what belongs to the next one.
const STEP: &str = "ₜ";
const NEXT: &str = "ₜ₊₁";

impl Notation<'_> {
    /// The equations of a recurrence, and what its states begin with.
    pub(super) fn recurrence(&self, id: NodeId, recurrence: &'static Recurrence) -> String {
        let (before, after, first) = match recurrence.direction {
            Direction::Forwards => (STEP, NEXT, "₀".to_owned()),
            Direction::Backwards => (NEXT, STEP, format!("_{}", recurrence.steps.to_string().replace(' ', ""))),
        };
        let operands = self.graph.operands(id);
        let (initial, given) = operands.split_at(recurrence.next.len());
        let states = recurrence.names.iter().map(|name| Symbol::new(&format!("{name}{before}")));
        let letters = self.letters(id);
        let read = given.iter().enumerate().map(|(k, &operand)| {
            let changes = letters.get(initial.len() + k).is_some_and(|letters| letters[0] == b't');
            let text = self.wrapped(operand, Binds::Atom);
            Symbol::new(&if changes { format!("{text}{STEP}") } else { text })
        });
        let (step, next) = crate::recurrence::graph_of(recurrence, states.chain(read).collect());
        let inner = Notation::new(&step, vec![None; step.len()]);
        let equations =
            recurrence.names.iter().zip(next).map(|(name, id)| format!("{name}{after} = {}", inner.text(id)));
        let begin =
            recurrence.names.iter().zip(initial).map(|(name, &id)| format!("{name}{first} = {}", self.text(id)));
        format!("({})", equations.chain(begin).collect::<Vec<_>>().join(", "))
    }

    /// The letters of the operands of a recurrence.
    fn letters(&self, id: NodeId) -> &'static [&'static [u8; 2]] {
        match self.graph.kind(id) {
            Some(crate::operations::Kind::Routine(row)) => row.operands,
            _ => &[],
        }
    }
}
