//! The loss and its gradients as text. What is printed is read off the graph; there are no formulas here.

mod notation;

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, NodeId, Op};
use crate::operations::{BROADCAST, Kind};
use crate::symbol::subscript;
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
        if definitions.len() == MOST {
            definitions.push("…".to_owned());
            break;
        }
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
    let mut users = vec![0usize; graph.len()];
    let mut helps = vec![false; graph.len()];
    for id in graph.ids().rev() {
        // A factorisation that others only compute with is shown nowhere.
        if helps[id.index()] && users[id.index()] == 0 {
            continue;
        }
        for operand in graph.stated(id) {
            users[operand.index()] += 1;
        }
        for operand in graph.operands(id).iter().skip(graph.stated(id).len()) {
            helps[operand.index()] = true;
        }
    }
    // How many operations a formula would show, if only what has a name so far is not written out.
    let mut length = vec![0usize; graph.len()];
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    // How many operations stand in one another.
    let mut depth = vec![0usize; graph.len()];
    for id in graph.ids() {
        let shown = |operand: &NodeId| if names[operand.index()].is_some() { 1 } else { length[operand.index()] };
        length[id.index()] = 1 + graph.stated(id).iter().map(shown).sum::<usize>();
        let within = |operand: &NodeId| if names[operand.index()].is_some() { 0 } else { depth[operand.index()] };
        depth[id.index()] = 1 + graph.stated(id).iter().map(within).max().unwrap_or(0);
        let is_deep = depth[id.index()] > DEEP;
        let is_function = matches!(graph.kind(id), Some(Kind::Pointwise(row)) if row.flops >= 10);
        // Without the second case, the gradient of a deep composition would be written out in each of its own uses.
        let deserves = is_function || length[id.index()] > LONG;
        let deserves = is_deep || (deserves && users[id.index()] >= 2);
        if names[id.index()].is_some() || !deserves || graph.is(id, BROADCAST).is_some() {
            continue;
        }
        let small = graph.shape(id).is_line() || graph.shape(id).is_scalar();
        let letter = match (is_function, small) {
            (true, true) => "h",
            (true, false) => "H",
            (false, true) => "g",
            (false, false) => "G",
        };
        let free = |name: &String| !taken.contains(name) && !raw.contains(name.as_str());
        // Numbers below were tried before.
        let next = numbers.entry(letter).or_insert(0);
        let numbered = (*next..).inspect(|k| *next = k + 1);
        let mut numbered =
            numbered.map(|k| if k == 0 { letter.to_owned() } else { format!("{letter}{}", subscript(k)) });
        if let Some(name) = numbered.find(free) {
            taken.insert(name.clone());
            names[id.index()] = Some(name);
        }
    }
    names
}

/// Definitions that are written below a formula: the gradients of a deep loss would repeat all of it.
const MOST: usize = 24;
/// Operations in a formula from which on it gets a name, if it is used more than once.
const LONG: usize = 8;

/// Operations in one another from which on one gets a name in any case: what prints them recurses.
const DEEP: usize = 60;

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::compile::{derive, front};
    use crate::mistake::Mistakes;

    /// Each layer uses its argument twice: written out, the gradient would double with every layer.
    #[test]
    fn formulas_of_deep_losses_stay_short() {
        let mut source = "fn deep(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar { let z0 = x * w; ".to_owned();
        for layer in 0..40 {
            write!(source, "let z{} = hadamard(z{layer}, sigmoid(z{layer})) * w; ", layer + 1).expect("memory");
        }
        source.push_str("norm_sq(z40) }");
        let mut mistakes = Mistakes::default();
        let item = source.parse().expect("tokens");
        let (spec, graph, loss) = front(proc_macro2::TokenStream::new(), item, &mut mistakes).expect("a sound loss");
        let derived = derive(&spec, &graph, loss);
        assert!(derived.graph.len() <= 4 * graph.len() + 10, "{} nodes of {}", derived.graph.len(), graph.len());
        let explanation = super::explain(&derived.graph, derived.loss, &derived.gradients);
        assert!(explanation.gradients[0].1.len() < 40 * 400, "{}", explanation.gradients[0].1.len());
    }
}
