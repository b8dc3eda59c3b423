//! Recurrences as textbooks write them: hₜ₊₁ = …, from h₀ = … on, or λₜ = … down from the last step.

use super::notation::Notation;
use crate::base::{Dim, Symbol};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{Binds, Direction, Recurrence, Routine, StepProgram};
use crate::recurrence::{Rows, part_of, step_of};

/// Marks of what belongs to a step, and of what belongs to the next one.
const STEP: &str = "ₜ";
const NEXT: &str = "ₜ₊₁";

/// Marks of states before a step and after it, and of those that a loop begins with.
struct Marks {
    before: &'static str,
    after: &'static str,
    first: String,
}

impl Marks {
    fn of(direction: Direction, steps: Dim) -> Self {
        match direction {
            Direction::Forwards => Self { before: STEP, after: NEXT, first: "₀".to_owned() },
            Direction::Backwards => {
                Self { before: NEXT, after: STEP, first: format!("_{}", steps.to_string().replace(' ', "")) }
            }
        }
    }
}

impl Notation<'_> {
    /// The equations of an elementwise recurrence, which is a call of `row`, and what its states begin with.
    pub(super) fn recurrence(&self, id: NodeId, row: &Routine, recurrence: &Recurrence) -> String {
        let (step, next) = step_of(recurrence);
        let marks = Marks::of(recurrence.direction, recurrence.steps);
        let (_, letters) = row.operands.split_at(next.len());
        let by_step: Vec<bool> = letters.iter().map(|letters| letters[0] == b't').collect();
        self.equations(id, step, &by_step, &recurrence.names, &marks, |names| {
            let made = names.iter().zip(&next).map(|(name, &id)| (format!("{name}{}", marks.after), id));
            made.collect()
        })
    }

    /// The equations of a recurrence whose step is a program, with those of what a step names, and what its states begin with.
    pub(super) fn step_program(&self, id: NodeId, program: &StepProgram) -> String {
        let marks = Marks::of(program.direction, program.steps);
        let states = program.next.len();
        self.equations(id, program.step.clone(), &program.by_step, &program.names[..states], &marks, |names| {
            let is_named = |node: &NodeId| matches!(program.step.node(*node).op, Op::Call(_));
            let named =
                program.step.ids().filter(is_named).filter_map(|node| Some((program.step.name_of(node)?, node)));
            // A state that is assigned twice has its name after the step alone.
            let named = named.filter(|(name, node)| !program.next.contains(node) && !names.contains(name));
            let named: Vec<_> = named.map(|(name, node)| (format!("{name}{STEP}"), node)).collect();
            let made = names.iter().zip(&program.next).map(|(name, &id)| (format!("{name}{}", marks.after), id));
            let kept = program.names[states..].iter().zip(&program.kept);
            // States may be made of what is kept.
            let kept = kept.map(|(name, &id)| (format!("{name}{STEP}"), id));
            named.into_iter().chain(kept).chain(made).collect()
        })
    }

    /// The equations that `made` lists of a step, by names, and what the states of these `names` begin with. A step's arguments are
    /// the operands of node `id`.
    fn equations(
        &self,
        id: NodeId,
        mut step: Graph,
        by_step: &[bool],
        names: &[Symbol],
        marks: &Marks,
        made: impl FnOnce(&[Symbol]) -> Vec<(String, NodeId)>,
    ) -> String {
        let (initial, read) = self.graph.operands(id).split_at(names.len());
        let states = names.iter().map(|name| format!("{name}{}", marks.before));
        let read = read.iter().zip(by_step).map(|(&operand, &by_step)| match part_of(self.graph, operand) {
            Some((name, direction, rows)) if by_step => {
                let is_next = (rows == Rows::Before) == (direction == Direction::Backwards);
                format!("{name}{}", if is_next { NEXT } else { STEP })
            }
            _ if by_step => self.wrapped(operand, Binds::Atom) + STEP,
            _ => self.wrapped(operand, Binds::Atom),
        });
        for (input, name) in step.inputs.iter_mut().zip(states.chain(read)) {
            input.name = Symbol::new(&name);
        }
        let made = made(names);
        let mut known = vec![None; step.len()];
        let mut equations = Vec::new();
        for (name, node) in made {
            let inner = Notation::new(&step, known.clone());
            equations.push(format!("{name} = {}", inner.text(node)));
            if matches!(step.node(node).op, Op::Call(_)) {
                known[node.index()].get_or_insert(name);
            }
        }
        let begin = names.iter().zip(initial).map(|(name, &id)| format!("{name}{} = {}", marks.first, self.text(id)));
        format!("({})", equations.into_iter().chain(begin).collect::<Vec<_>>().join(", "))
    }
}
