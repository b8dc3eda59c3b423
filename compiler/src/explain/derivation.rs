//! The derivation, line by line, in Frobenius products: dL = G : dZ, and dZ in the differentials of what Z is made of.

use std::collections::BTreeSet;

use super::notation::Notation;
use super::{Naming, Tangents, Trace, further_names, letters, typeset, with_primes};
use crate::base::Symbol;
use crate::differentiate::{Pairing, Step, differential_of};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{BROADCAST, NEG, Operation};

/// A line: what is the same as the line before it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The left side of the equation; empty if it is the right side of the line before.
    pub(crate) left: String,
    pub(crate) right: String,
    pub(crate) why: String,
}

/// The nodes of a loss that its derivation passes by name: the arguments that are its `ends`, what `let` names, functions that
/// are worth a name. What stands later has its differential shown first.
pub(crate) fn waypoints(graph: &Graph, ends: &[usize]) -> Vec<(NodeId, Symbol)> {
    let names = further_names(graph, letters(graph), Naming::Steps);
    let is_waypoint = |id: &NodeId| match graph.node(*id).op {
        Op::Argument(i) => ends.contains(&i),
        Op::Constant(_) | Op::Size(_) => false,
        Op::Call(_) => true,
    };
    let named = graph.ids().filter(is_waypoint).filter_map(|id| Some((id, names.get(id.index())?.as_ref()?)));
    let named: Vec<_> = named.map(|(id, name)| (id, Symbol::new(name))).collect();
    let (parameters, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|(id, _)| graph.operation(*id).is_none());
    parameters.into_iter().rev().chain(others).collect()
}

/// The lines of the steps, the first of which is that of the loss, and of the gradients at last; `primes` are functions with
/// their derivatives.
pub(super) fn lines(trace: &Trace, primes: &[(NodeId, NodeId)]) -> Vec<Line> {
    let Trace { graph, steps, totals, waypoints, .. } = trace;
    let mut writer = Writer::new(graph, waypoints, primes);
    let mut lines = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let &Step { node, cotangent, differential, .. } = step;
        let name = writer.notation.text(node);
        let name = if i == 0 { "L".to_owned() } else { name };
        let why = vec![format!("{name} = {}", writer.notation.definition(node))];
        let left = if i == 0 { "dL".to_owned() } else { differential_of(graph, Symbol::new(&name)).to_string() };
        let left = writer.named_term(cotangent, node, &left);
        let right = bare(&writer.term(cotangent, node, differential)).to_owned();
        let why = writer.reasons(why, &[node, cotangent, differential]);
        lines.push(Line { left, right, why });
        let right = writer.sum(&step.parts);
        if lines.last().is_some_and(|last| last.right != right) {
            let factors: Vec<_> = step.parts.iter().map(|part| part.cotangent).collect();
            let rules = step.rules.iter().map(|rule| (*rule).to_owned()).collect();
            let why = writer.reasons(rules, &factors);
            lines.push(Line { left: String::new(), right, why });
        }
    }
    for &(parameter, total) in totals {
        let left = format!("⇒ dL/{}", differential_of(graph, Symbol::new(&writer.notation.text(parameter))));
        let right = writer.notation.text(total);
        lines.push(Line { left, right, why: writer.reasons(Vec::new(), &[total]) });
    }
    lines
}

/// The lines of what moves: dZ of each value with a name, and what comes out.
pub(super) fn tangent_lines(tangents: &Tangents, primes: &[(NodeId, NodeId)]) -> Vec<Line> {
    let Tangents { graph, steps, results, rule, waypoints } = tangents;
    let mut writer = Writer::new(graph, waypoints, primes);
    let mut lines = Vec::new();
    for &(node, differential) in steps {
        let name = writer.notation.text(node);
        let why = vec![format!("{name} = {}", writer.notation.definition(node))];
        let left = differential_of(graph, Symbol::new(&name)).to_string();
        let right = writer.notation.text(differential);
        lines.push(Line { left, right, why: writer.reasons(why, &[node, differential]) });
    }
    for (i, (name, node)) in results.iter().enumerate() {
        let why = rule.filter(|_| i == 0).map(str::to_owned).into_iter().collect();
        let right = node.map_or_else(|| "0".to_owned(), |node| writer.notation.text(node));
        let why = writer.reasons(why, node.as_slice());
        lines.push(Line { left: format!("⇒ {name}"), right, why });
    }
    lines
}

struct Writer<'g> {
    graph: &'g Graph,
    notation: Notation<'g>,
    /// The names that are explained, or will be.
    told: BTreeSet<NodeId>,
}

impl<'g> Writer<'g> {
    fn new(graph: &'g Graph, waypoints: &[(NodeId, Symbol)], primes: &[(NodeId, NodeId)]) -> Self {
        let mut names = letters(graph);
        for &(id, name) in waypoints {
            names[id.index()] = Some(name.to_string());
        }
        let names = further_names(graph, with_primes(graph, names, primes), Naming::Lines);
        let notation = Notation::new(graph, with_primes(graph, names, primes));
        Self { graph, notation, told: waypoints.iter().map(|(id, _)| *id).collect() }
    }

    /// The sum of what a step hands on.
    fn sum(&self, parts: &[Pairing]) -> String {
        let mut sum = String::new();
        for &Pairing { differential, cotangent } in parts {
            let term = self.term(cotangent, differential, differential);
            match term.strip_prefix('−') {
                _ if sum.is_empty() => sum = term,
                Some(positive) => sum = format!("{sum} − {positive}"),
                None => sum = format!("{sum} + {term}"),
            }
        }
        sum
    }

    /// G : dZ, where dZ is that of `of`, as a node.
    fn term(&self, factor: NodeId, of: NodeId, differential: NodeId) -> String {
        match self.only(NEG, differential).filter(|_| !self.notation.has_name(differential)) {
            Some(positive) => negative(&self.named_term(factor, of, &self.notation.factor(positive))),
            None => self.named_term(factor, of, &self.notation.factor(differential)),
        }
    }

    /// G : dZ, or g dz; with a number in place of G, that times the sum of dZ.
    fn named_term(&self, factor: NodeId, of: NodeId, differential: &str) -> String {
        let graph = self.graph;
        if let Some(positive) = self.only(NEG, factor).filter(|_| !self.notation.has_name(factor)) {
            return negative(&self.named_term(positive, of, differential));
        }
        let number = self.only(BROADCAST, factor).filter(|&inner| graph.shape(inner).is_scalar());
        let (factor, differential) = match (number, graph.shape(of).is_scalar()) {
            (_, true) => (factor, differential.to_owned()),
            (Some(number), false) => (number, format!("sum({})", bare(differential))),
            (None, false) => return format!("{} : {differential}", self.notation.factor(factor)),
        };
        match graph.constant_value(factor) {
            Some(1.0) => differential,
            Some(-1.0) => negative(&differential),
            _ if is_product(&differential) => {
                format!("{} ({differential})", self.notation.coefficient(factor))
            }
            _ => format!("{} {differential}", self.notation.coefficient(factor)),
        }
    }

    /// The operand of a call of `operation`.
    fn only(&self, operation: &'static dyn Operation, id: NodeId) -> Option<NodeId> {
        self.graph.is(id, operation).and_then(|operands| operands.first().copied())
    }

    /// `why`, and what the names in `shown` stand for that have not been seen before.
    fn reasons(&mut self, mut why: Vec<String>, shown: &[NodeId]) -> String {
        let mut pending: BTreeSet<NodeId> = BTreeSet::new();
        for &id in shown {
            pending.extend(self.notation.names_within(id));
            pending.extend(Some(id).filter(|id| self.notation.has_name(*id)));
        }
        let mut definitions = Vec::new();
        while let Some(id) = pending.pop_last() {
            if matches!(self.graph.node(id).op, Op::Call(_)) && self.told.insert(id) {
                definitions.push(format!("{} = {}", self.notation.text(id), self.notation.definition(id)));
                pending.extend(self.notation.names_within(id));
            }
        }
        why.extend(definitions.into_iter().rev());
        why.join(", ")
    }
}

/// −a b for a b, and a b for −a b.
fn negative(product: &str) -> String {
    product.strip_prefix('−').map_or_else(|| format!("−{product}"), str::to_owned)
}

/// True if a text has several factors or terms.
fn is_product(text: &str) -> bool {
    let mut open = 0_i32;
    text.chars().any(|c| {
        match c {
            '(' | '[' | '⟨' | '{' => open += 1,
            ')' | ']' | '⟩' | '}' => open -= 1,
            _ => {}
        }
        c == ' ' && open == 0
    })
}

/// Without the brackets around all of it.
fn bare(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else { return text };
    let mut open = 0_usize;
    for c in inner.chars() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return text,
            ')' => open -= 1,
            _ => {}
        }
    }
    inner
}

/// The lines as text, with the reasons in a column.
pub(crate) fn text(lines: &[Line]) -> String {
    /// Where reasons begin, unless a line is longer.
    const WIDEST: usize = 60;
    let width = |text: &str| text.chars().count();
    let mut indent = 0;
    let mut rows: Vec<(String, &str)> = Vec::new();
    for line in lines {
        if line.left.is_empty() {
            rows.push((format!("{:indent$} = {}", "", line.right), &line.why));
        } else {
            indent = width(&line.left).min(8);
            rows.push((format!("{} = {}", line.left, line.right), &line.why));
        }
    }
    let column = rows.iter().map(|(text, _)| width(text)).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let rows = rows.iter().map(|(text, why)| {
        if why.is_empty() {
            return text.clone();
        }
        format!("{text}{:pad$}    [{why}]", "", pad = column.saturating_sub(width(text)))
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// The lines as LaTeX: equal signs in a column, and the reasons at the right.
pub(crate) fn latex(lines: &[Line]) -> String {
    let rows = lines.iter().map(|Line { left, right, why }| {
        let why = if why.is_empty() { String::new() } else { format!(" && {}", typeset::latex_of_line(why)) };
        format!("{} &= {}{why}", typeset::latex_of_line(left), typeset::latex_of_line(right))
    });
    format!("\\begin{{align*}}\n{}\n\\end{{align*}}", rows.collect::<Vec<_>>().join(" \\\\\n"))
}

/// The lines as rows of an HTML table.
pub(crate) fn html(lines: &[Line]) -> String {
    let math = |text: &str| if text.is_empty() { String::new() } else { typeset::mathml_of_line(text) };
    let rows = lines.iter().map(|Line { left, right, why }| {
        let right = math(&format!("= {right}"));
        format!("<tr><td class=\"left\">{}</td><td>{right}</td><td class=\"why\">{}</td></tr>\n", math(left), math(why))
    });
    rows.collect()
}
