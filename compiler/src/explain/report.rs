//! Report of a module on itself, besides its formulas: shapes, schedule, cost, assumptions.

use super::{Explanation, notation};
use crate::base::{Cost, Role};
use crate::graph::Graph;
use crate::operations::Kind;
use crate::schedule::{Buffer, BufferRole, Planned, flops_in_words};
use crate::syntax::Spec;

/// Report in words.
#[derive(Default)]
pub(crate) struct Report {
    /// Arguments and intermediates: name, shape, and what it is.
    pub(crate) shapes: Vec<[String; 3]>,
    /// How the rows are walked, what is kept where, and what it costs: a sentence each.
    pub(crate) schedule: Vec<String>,
    /// Kinks, edges of domains, and what is done there.
    pub(crate) assumptions: Vec<String>,
}

/// Reports on a loss and on the programs of its value and gradient.
pub(crate) fn report(spec: &Spec, explanation: &Explanation, value: &Planned, gradient: &Planned) -> Report {
    let mut shapes = Vec::new();
    for argument in spec.arguments.iter().filter(|argument| argument.is_first()) {
        let role = if argument.role == Role::Param { "parameter" } else { "data" };
        shapes.push([argument.declared_name().to_string(), argument.declared_type(), role.to_owned()]);
    }
    let named = explanation.intermediates.iter();
    shapes.extend(named.map(|(name, shape, definition)| [name.clone(), shape.to_string(), definition.clone()]));
    let mut schedule = walked(gradient);
    schedule.push(format!(
        "{} floating-point operations; {} for the value alone.",
        flops_in_words(gradient),
        flops_in_words(value)
    ));
    schedule.push(format!(
        "{} elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
        least_elements(spec)
    ));
    Report { shapes, schedule, assumptions: assumptions(&value.graph) }
}

/// Elements that must be read or written at least once: the data, the parameters and the gradient.
fn least_elements(spec: &Spec) -> Cost {
    let counted = spec.arguments.iter().map(|argument| {
        let elements = Cost::size(argument.shape.rows).times(&Cost::size(argument.shape.columns));
        let times = if argument.role == Role::Param { 2.0 } else { 1.0 };
        elements.times(&Cost::number(times))
    });
    counted.fold(Cost::default(), |sum, elements| sum.plus(&elements))
}

/// How the rows are walked, and which values are kept where.
fn walked(planned: &Planned) -> Vec<String> {
    let program = &planned.program;
    let Some(axis) = program.stream else {
        return vec!["Nothing is streamed: every intermediate is kept whole.".to_owned()];
    };
    let passes = match program.passes() {
        0 => return vec![format!("Nothing is streamed along `{axis}`: every intermediate is kept whole.")],
        1 => "One pass".to_owned(),
        passes => format!("{passes} passes"),
    };
    let mut sentences = vec![format!(
        "{passes} over `{axis}`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008."
    )];
    let notation = notation(&planned.graph);
    let labels: Vec<_> = program.buffers.iter().map(|buffer| notation.text(buffer.node)).collect();
    let named = |of: &dyn Fn(&Buffer) -> bool| {
        let mut names: Vec<String> = Vec::new();
        for (_, label) in program.buffers.iter().zip(&labels).filter(|(buffer, _)| of(buffer)) {
            let shown = if label.chars().count() <= LONG_LABEL { label.as_str() } else { "…" };
            if !names.iter().any(|name| name == shown) {
                names.push(shown.to_owned());
            }
        }
        names.join(", ")
    };
    let is_local = |buffer: &Buffer| matches!(buffer.role, BufferRole::RowLocal(_)) && buffer.memory.is_some();
    let is_sum = |buffer: &Buffer| matches!(buffer.role, BufferRole::Sum(_));
    let lists = [
        ("Of each block", named(&is_local)),
        ("Summed over the blocks", named(&is_sum)),
        ("Kept of all rows", named(&|buffer| buffer.role == BufferRole::Kept)),
        ("Computed beside the passes", named(&|buffer| buffer.role == BufferRole::Resident)),
    ];
    sentences.extend(
        lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| format!("{what}: {names}.")),
    );
    sentences
}

/// Characters of a formula in a list, or beside what it says, at most.
pub(crate) const LONG_LABEL: usize = 40;

/// Assumptions that are documented of the functions in the loss.
fn assumptions(graph: &Graph) -> Vec<String> {
    let mut notes = Vec::new();
    for id in graph.ids() {
        let (name, note) = match graph.kind(id) {
            Some(Kind::Pointwise(row)) if row.is_function => (row.name, row.note),
            Some(Kind::Routine(row)) if row.is_function => (row.name, row.note),
            _ => continue,
        };
        let Some(note) = note else { continue };
        let text = format!("`{name}`: {note}.");
        if !notes.contains(&text) {
            notes.push(text);
        }
    }
    notes
}
