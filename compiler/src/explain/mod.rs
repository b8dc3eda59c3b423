//! The loss and its gradients as text. What is printed is read off the graph; there are no formulas here.

mod notation;

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId, Op};
use crate::operations::{BROADCAST, Kind};
pub(crate) use notation::Notation;

/// What the generated module says of itself.
pub(crate) struct Explanation {
    /// `‖E‖²  where E = tanh(X W) A − Y`
    pub(crate) formula: String,
    /// The name of each parameter and its gradient.
    pub(crate) gradients: Vec<(String, String)>,
}

pub(crate) fn explain(graph: &Graph, loss: NodeId, gradients: &[(usize, Option<NodeId>)]) -> Explanation {
    let notation = Notation::new(graph, names(graph));
    Explanation {
        formula: statement(graph, &notation, loss),
        gradients: gradients
            .iter()
            .map(|&(argument, node)| {
                let text = node.map_or_else(|| "0".to_owned(), |node| statement(graph, &notation, node));
                (graph.inputs[argument].name.to_string(), text)
            })
            .collect(),
    }
}

/// A node, and what the names in it stand for.
fn statement(graph: &Graph, notation: &Notation<'_>, root: NodeId) -> String {
    let mut text = notation.definition(root);
    let mut pending: BTreeSet<NodeId> = notation.names_within(root);
    let mut definitions = Vec::new();
    while let Some(id) = pending.pop_last() {
        if matches!(graph.node(id).op, Op::Call(_)) {
            definitions.push(format!("{} = {}", notation.text(id), notation.definition(id)));
            pending.extend(notation.names_within(id));
        }
    }
    if !definitions.is_empty() {
        definitions.reverse();
        text.push_str("  where ");
        text.push_str(&definitions.join(", "));
    }
    text
}

/// Names for printing: the arguments', the user's `let`s, and H, H₁, … for functions that are used more than once.
fn names(graph: &Graph) -> Vec<Option<String>> {
    let mut names: Vec<Option<String>> = vec![None; graph.len()];
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let raw: BTreeSet<&str> = graph
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .chain(graph.names().iter().map(|(_, name)| name.as_str()))
        .collect();
    for id in graph.ids() {
        let Some(name) = graph.name_of(id) else { continue };
        let shape = graph.shape(id);
        let capital = capitalised(name.as_str());
        // `x` and `X` stay apart.
        let name = if shape.is_scalar() || shape.is_line() || raw.contains(capital.as_str()) {
            name.to_string()
        } else {
            capital
        };
        if taken.insert(name.clone()) {
            names[id.index()] = Some(name);
        }
    }
    let mut count = 0;
    for id in graph.ids() {
        let users = graph.ids().filter(|&user| graph.operands(user).contains(&id)).count();
        let function = matches!(graph.kind(id), Some(Kind::Pointwise(row)) if row.flops >= 10);
        if names[id.index()].is_none() && users > 1 && function && graph.is(id, BROADCAST).is_none() {
            let letter = if graph.shape(id).is_line() || graph.shape(id).is_scalar() { "h" } else { "H" };
            let mut name = letter.to_owned();
            while taken.contains(&name) || raw.contains(name.as_str()) {
                count += 1;
                name = format!("{letter}{}", subscript(count));
            }
            taken.insert(name.clone());
            names[id.index()] = Some(name);
        }
    }
    names
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn subscript(number: usize) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|d| char::from_u32(0x2080 + d)).unwrap_or(c);
    number.to_string().chars().map(digit).collect()
}
