//! The loss and its gradients as text. What is printed is read off the graph; there are no formulas here.

mod canonical;
mod derivation;
mod html;
mod notation;
mod recurrence;
mod report;
mod transposes;
mod typeset;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Role, Shape, Symbol, subscript};
use crate::differentiate::Step;
use crate::graph::{Gradient, Graph, NodeId, Op};
use crate::operations::{
    BROADCAST, DOT, Kind, RECIP, RECIP_OR_ZERO, ROW_SUMS, SCALE_ROWS, SOFTMAX_RESIDUAL, SQ, SQRT, TANH_SLOPE,
};
pub(crate) use canonical::canonical;
pub(crate) use derivation::waypoints;
pub(crate) use html::html;
pub(crate) use notation::Notation;
pub(crate) use report::{LONG_LABEL, Report, report};
pub(crate) use typeset::latex;

/// Explanation of a loss in the generated module.
#[derive(Default)]
pub(crate) struct Explanation {
    /// `‖E‖²  where E = tanh(X W) A − Y`
    pub(crate) formula: String,
    /// The name of each parameter and its gradient.
    pub(crate) gradients: Vec<(String, String)>,
    /// The name that each of these parameters has in formulas.
    pub(crate) letters: Vec<String>,
    /// The names that both use, each with its shape and its definition.
    pub(crate) intermediates: Vec<(String, Shape, String)>,
}

/// The steps of a derivation, in a graph of their own.
pub(crate) struct Trace {
    pub(crate) graph: Graph,
    pub(crate) steps: Vec<Step>,
    /// Parameters, each with the factor of its differential in dL, which is its gradient.
    pub(crate) totals: Vec<(NodeId, NodeId)>,
    /// The values that have names.
    pub(crate) waypoints: Vec<(NodeId, Symbol)>,
    /// True if there are more steps than are shown.
    pub(crate) is_cut: bool,
}

impl Trace {
    /// Every node of it, in a fixed order.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        let named = self.waypoints.iter().map(|(id, _)| *id);
        let totals = self.totals.iter().flat_map(|(parameter, total)| [*parameter, *total]);
        named.chain(self.steps.iter().flat_map(Step::nodes)).chain(totals).collect()
    }

    /// The trace in another graph, with other nodes, which come in the order of [`nodes`](Self::nodes).
    pub(crate) fn moved(&self, graph: Graph, nodes: Vec<NodeId>) -> Self {
        let mut nodes = nodes.into_iter();
        let waypoints = moved_waypoints(&self.waypoints, &mut nodes);
        let steps = self.steps.iter().filter_map(|step| step.moved(&mut nodes)).collect();
        let totals = moved_pairs(&self.totals, &mut nodes);
        Self { graph, steps, totals, waypoints, is_cut: self.is_cut }
    }
}

fn moved_waypoints(waypoints: &[(NodeId, Symbol)], nodes: &mut impl Iterator<Item = NodeId>) -> Vec<(NodeId, Symbol)> {
    waypoints.iter().zip(nodes).map(|((_, name), id)| (id, *name)).collect()
}

fn moved_pairs(pairs: &[(NodeId, NodeId)], nodes: &mut impl Iterator<Item = NodeId>) -> Vec<(NodeId, NodeId)> {
    pairs.iter().filter_map(|_| Some((nodes.next()?, nodes.next()?))).collect()
}

/// Steps of a derivation that are shown: those of a deep loss repeat themselves.
pub(crate) const MAX_DERIVATION_STEPS: usize = 24;

/// The derivation, in all its forms.
#[derive(Default)]
pub(crate) struct Derivation {
    /// The lines as text.
    pub(crate) text: String,
    /// The lines as LaTeX, for `\\begin{align*}`.
    pub(crate) latex: String,
    /// The lines as rows of an HTML table.
    pub(crate) html: String,
}

/// Differentials along a direction, in a graph of their own.
pub(crate) struct Tangents {
    pub(crate) graph: Graph,
    /// Values with names, and their differentials.
    pub(crate) steps: Vec<(NodeId, NodeId)>,
    /// The results, each with its name.
    pub(crate) results: Vec<(String, Option<NodeId>)>,
    /// The rule by which they come, if it is another one than the definition of a differential.
    pub(crate) rule: Option<&'static str>,
    /// The values that have names.
    pub(crate) waypoints: Vec<(NodeId, Symbol)>,
}

impl Tangents {
    /// Every node of it, in a fixed order.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        let named = self.waypoints.iter().map(|(id, _)| *id);
        let both = self.steps.iter().flat_map(|(node, differential)| [*node, *differential]);
        named.chain(both).chain(self.results.iter().filter_map(|(_, node)| *node)).collect()
    }

    /// The tangents in another graph, with other nodes, which come in the order of [`nodes`](Self::nodes).
    pub(crate) fn moved(&self, graph: Graph, nodes: Vec<NodeId>) -> Self {
        let mut nodes = nodes.into_iter();
        let waypoints = moved_waypoints(&self.waypoints, &mut nodes);
        let steps = moved_pairs(&self.steps, &mut nodes);
        let result = |(name, node): &(String, Option<NodeId>)| (name.clone(), node.and_then(|_| nodes.next()));
        let results = self.results.iter().map(result).collect();
        Self { graph, steps, results, rule: self.rule, waypoints }
    }
}

/// Prints tangents as a derivation, step by step.
pub(crate) fn tangents(tangents: &Tangents) -> Derivation {
    let atoms: Vec<_> = tangents.waypoints.iter().map(|(id, _)| *id).collect();
    let own = primes(&tangents.graph);
    let Canonical { graph, roots, primes } =
        Canonical::new(&tangents.graph, &tangents.nodes(), &atoms, &own, |_| Naming::Lines);
    Derivation::of(&derivation::tangent_lines(&tangents.moved(graph, roots), &primes))
}

/// Prints results that come by `rule`, in one line each, with the definitions of the names in it.
pub(crate) fn results(graph: &Graph, results: Vec<(String, Option<NodeId>)>, rule: &'static str) -> Derivation {
    tangents(&Tangents { graph: graph.clone(), steps: Vec::new(), results, rule: Some(rule), waypoints: Vec::new() })
}

/// The derivatives of functions in a graph, which have names of their own.
pub(crate) fn derivatives(graph: &Graph) -> Vec<NodeId> {
    primes(graph).into_iter().map(|(_, derivative)| derivative).collect()
}

impl Derivation {
    fn of(lines: &[derivation::Line]) -> Self {
        Self { text: derivation::text(lines), latex: derivation::latex(lines), html: derivation::html(lines) }
    }
}

/// Prints a trace as a derivation, step by step. It ends with `…` if the trace is cut.
pub(crate) fn derivation(trace: &Trace) -> Derivation {
    let atoms: Vec<_> = trace.waypoints.iter().map(|(id, _)| *id).collect();
    let own = primes(&trace.graph);
    let Canonical { graph, roots, primes } =
        Canonical::new(&trace.graph, &trace.nodes(), &atoms, &own, |_| Naming::Lines);
    let mut lines = derivation::lines(&trace.moved(graph, roots), &primes);
    if trace.is_cut {
        lines.push(derivation::Line { left: String::new(), right: "…".to_owned(), why: String::new() });
    }
    Derivation::of(&lines)
}

pub(crate) fn explain(graph: &Graph, loss: NodeId, gradients: &[Gradient]) -> Explanation {
    let primes = primes(graph);
    let known = gradients.iter().filter_map(|gradient| gradient.node);
    let roots: Vec<_> = [loss].into_iter().chain(known).collect();
    let Canonical { graph, roots, primes } =
        Canonical::new(graph, &roots, &[], &primes, |roots| Naming::Formulas(roots));
    let names = further_names(&graph, letters(&graph), Naming::Formulas(&roots));
    let notation = Notation::new(&graph, with_primes(&graph, names, &primes));
    let mut roots = roots.into_iter();
    let mut next = || roots.next().map_or_else(|| "0".to_owned(), |root| statement(&graph, &notation, root));
    let formula = next();
    let gradient = |&Gradient { argument, node }: &Gradient| {
        (graph.inputs[argument].name.to_string(), node.map_or_else(|| "0".to_owned(), |_| next()))
    };
    let letters = gradients.iter().map(|gradient| letter(&graph, gradient.argument)).collect();
    let gradients = gradients.iter().map(gradient).collect();
    let named = graph.ids().filter(|id| notation.has_name(*id) && graph.operation(*id).is_some());
    let intermediates = named.map(|id| (notation.text(id), graph.shape(id), notation.definition(id))).collect();
    Explanation { formula, gradients, letters, intermediates }
}

/// A node as it is in the graph, and what the names in it stand for.
#[cfg(test)]
pub(crate) fn as_it_is(graph: &Graph, root: NodeId) -> String {
    statement(graph, &notation(graph), root)
}

/// The notation of a graph as it is.
pub(crate) fn notation(graph: &Graph) -> Notation<'_> {
    Notation::new(
        graph,
        with_primes(graph, further_names(graph, letters(graph), Naming::Formulas(&[])), &primes(graph)),
    )
}

/// A graph in the form that is printed.
struct Canonical {
    graph: Graph,
    roots: Vec<NodeId>,
    /// Functions, and their derivatives.
    primes: Vec<(NodeId, NodeId)>,
}

impl Canonical {
    /// `atoms` have names of their own; further ones are given by `naming`, of the roots.
    fn new(
        graph: &Graph,
        roots: &[NodeId],
        atoms: &[NodeId],
        primes: &[(NodeId, NodeId)],
        naming: fn(&[NodeId]) -> Naming<'_>,
    ) -> Self {
        let derivatives = primes.iter().map(|(_, derivative)| *derivative);
        let atoms: Vec<_> = atoms.iter().copied().chain(derivatives).collect();
        let both = primes.iter().flat_map(|(function, derivative)| [*function, *derivative]);
        let all: Vec<_> = roots.iter().copied().chain(both).collect();
        let (mut graph, mut moved) = canonical(graph, &all, &atoms);
        let mut pairs = transposes::pairs(&graph);
        if !pairs.is_empty() {
            let names = further_names(&graph, letters(&graph), naming(&moved[..roots.len()]));
            let lengths = lengths(&graph, &names);
            // A name for M is worth more than its formula twice.
            pairs.retain(|&[first, second]| {
                let is_long = names[first.index()].is_some() || lengths[first.index()] > SHORT_FORMULA;
                is_long && graph.name_of(second).is_none()
            });
            (graph, moved) = transposes::shared(&graph, &pairs, &moved);
        }
        let primes = moved_pairs(primes, &mut moved.split_off(roots.len()).into_iter());
        Self { graph, roots: moved, primes }
    }
}

/// A node, and what the names in it stand for.
fn statement(graph: &Graph, notation: &Notation<'_>, root: NodeId) -> String {
    let mut text = notation.definition(root);
    let mut pending: BTreeSet<NodeId> = notation.names_within(root);
    let mut definitions: Vec<String> = Vec::new();
    while let Some(id) = pending.pop_last() {
        if definitions.len() == MAX_DEFINITIONS {
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
        // H′ behind H.
        for i in 0..definitions.len() {
            let base = definitions[i].split_once("′ = ").map(|(name, _)| format!("{name} = "));
            if let Some(at) = base.and_then(|base| definitions.iter().position(|other| other.starts_with(&base)))
                && at < i
            {
                definitions[at + 1..=i].rotate_right(1);
            }
        }
        text.push_str("  where ");
        text.push_str(&definitions.join(", "));
    }
    text
}

/// The names of arguments, and the user's `let`s: matrices have capitals.
fn letters(graph: &Graph) -> Vec<Option<String>> {
    let mut names: Vec<Option<String>> = vec![None; graph.len()];
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let raw = raw_names(graph);
    for id in graph.ids() {
        let Some(name) = graph.name_of(id) else { continue };
        let shape = graph.shape(id);
        let is_stand_in = matches!(graph.node(id).op, Op::Argument(i) if graph.inputs[i].role == Role::StandIn);
        let capital = capitalised(name.as_str());
        // `x` and `X` stay apart.
        let as_it_is = is_stand_in || shape.is_scalar() || shape.is_line() || raw.contains(capital.as_str());
        let name = if as_it_is { name.to_string() } else { capital };
        if taken.insert(name.clone()) {
            names[id.index()] = Some(name);
        }
    }
    names
}

/// The name of an argument in formulas, which may not show it.
fn letter(graph: &Graph, argument: usize) -> String {
    let mut graph = graph.clone();
    let id = graph.argument(argument);
    letters(&graph)[id.index()].clone().unwrap_or_else(|| graph.inputs[argument].name.to_string())
}

/// The names of arguments and `let`s as the user wrote them.
fn raw_names(graph: &Graph) -> BTreeSet<&str> {
    let inputs = graph.inputs.iter().map(|input| input.name.as_str());
    // L is the loss itself.
    inputs.chain(["L"]).chain(graph.names().iter().map(|(_, name)| name.as_str())).collect()
}

/// The functions in a graph whose derivatives are there as well, and these.
fn primes(graph: &Graph) -> Vec<(NodeId, NodeId)> {
    let mut builder = graph.clone();
    let mut primes = Vec::new();
    for id in graph.ids() {
        let Some(Kind::Pointwise(row)) = graph.kind(id) else { continue };
        let (&[_], &[formula]) = (graph.operands(id), row.derivatives) else { continue };
        if !is_function(graph, id) || graph.shape(id).is_scalar() {
            continue;
        }
        let operands = graph.operands(id).to_vec();
        let Some(derivative) = row.build(&mut builder, formula, &operands, Some(id), graph.shape(id)) else { continue };
        let is_there = derivative.index() < graph.len() && graph.is(derivative, BROADCAST).is_none();
        if is_there && matches!(graph.node(derivative).op, Op::Call(_)) {
            primes.push((id, derivative));
        }
    }
    primes
}

/// The derivative of a function with a name has that name with a prime: H′ beside H = tanh(Z).
fn with_primes(graph: &Graph, mut names: Vec<Option<String>>, primes: &[(NodeId, NodeId)]) -> Vec<Option<String>> {
    for &(function, derivative) in primes {
        let prime = names[function.index()].as_ref().map(|name| format!("{name}′"));
        let is_call = matches!(graph.node(derivative).op, Op::Call(_));
        if names[derivative.index()].is_none() && is_call {
            names[derivative.index()] = prime;
        }
    }
    names
}

/// True if a node is a function of each element that is more than an operator.
fn is_function(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.kind(id), Some(Kind::Pointwise(row)) if row.is_named_in_formulas)
}

/// Nodes that are to have names, besides arguments and the user's `let`s.
#[derive(Clone, Copy)]
enum Naming<'n> {
    /// Functions and long parts that are used more than once, and shorter ones that one of these formulas repeats.
    Formulas(&'n [NodeId]),
    /// All that is used more than once, since lines of a derivation repeat one another.
    Lines,
    /// Every function and routine: the steps of a derivation.
    Steps,
}

impl Naming<'_> {
    /// True for each node that is to have a name from a length of [`SHORT_FORMULA`] on.
    fn repeated(self, graph: &Graph) -> Vec<bool> {
        let roots = match self {
            Self::Formulas(roots) => roots,
            Self::Lines => return vec![true; graph.len()],
            Self::Steps => return vec![false; graph.len()],
        };
        // The formulas that show a node, as bits; formulas beyond 64 share these.
        let mut shown = vec![0_u64; graph.len()];
        let mut repeated = vec![false; graph.len()];
        for (i, root) in roots.iter().enumerate() {
            shown[root.index()] |= 1 << (i % 64);
        }
        for id in graph.ids().rev() {
            for operand in shown_operands(graph, id) {
                repeated[operand.index()] |= shown[operand.index()] & shown[id.index()] != 0;
                shown[operand.index()] |= shown[id.index()];
            }
        }
        repeated
    }
}

/// The operands that the formula of a node shows, as often as it does: ‖A‖² shows A once, and H′ = 1 − H ⊙ H does not show
/// what H is a function of.
fn shown_operands(graph: &Graph, id: NodeId) -> &[NodeId] {
    match graph.stated(id) {
        stated @ [a, b] if a == b && graph.is(id, DOT).is_some() => &stated[..1],
        stated if graph.is(id, TANH_SLOPE).is_some() => &stated[1..],
        stated => stated,
    }
}

/// Names for printing: those that nodes have already, and H, H₁, … for functions, G, G₁, … for other parts, as `naming`
/// says.
fn further_names(graph: &Graph, mut names: Vec<Option<String>>, naming: Naming<'_>) -> Vec<Option<String>> {
    let repeated = naming.repeated(graph);
    let every = matches!(naming, Naming::Steps);
    let mut taken: BTreeSet<String> = names.iter().flatten().cloned().collect();
    let raw = raw_names(graph);
    let mut users = vec![0usize; graph.len()];
    let mut helps = vec![false; graph.len()];
    for id in graph.ids().rev() {
        // A factorisation that others only compute with is shown nowhere.
        if helps[id.index()] && users[id.index()] == 0 {
            continue;
        }
        for operand in shown_operands(graph, id) {
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
        let is_function = is_function(graph, id);
        let is_routine = matches!(graph.kind(id), Some(Kind::Routine(_)));
        // Without the second case, the gradient of a deep composition would be written out in each of its own uses.
        let is_residual = graph.is(id, SOFTMAX_RESIDUAL).is_some();
        let is_repeated = repeated[id.index()];
        let least = if is_repeated { SHORT_FORMULA } else { LONG_FORMULA };
        let deserves = is_function || (is_residual && is_repeated) || length[id.index()] > least;
        let deserves = is_deep || (deserves && users[id.index()] >= 2) || (every && (is_function || is_routine));
        if names[id.index()].is_some() || graph.is(id, BROADCAST).is_some() {
            continue;
        }
        if let Some(hat) = hat(graph, &names, id).filter(|hat| taken.insert(hat.clone())) {
            names[id.index()] = Some(hat);
            continue;
        }
        if !deserves {
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

/// How many operations the formula of each node shows, if what has a name is not written out in it.
fn lengths(graph: &Graph, names: &[Option<String>]) -> Vec<usize> {
    let mut lengths = vec![0usize; graph.len()];
    for id in graph.ids() {
        let shown = |operand: &NodeId| if names[operand.index()].is_some() { 1 } else { lengths[operand.index()] };
        lengths[id.index()] = 1 + graph.stated(id).iter().map(shown).sum::<usize>();
    }
    lengths
}

/// Û for diag(1 ⊘ √((U ⊙ U) 1)) U: the matrix whose rows are those of U, of length 1.
fn hat(graph: &Graph, names: &[Option<String>], id: NodeId) -> Option<String> {
    let &[factors, a] = graph.is(id, SCALE_ROWS)? else { return None };
    let norms = graph.is(factors, RECIP).or_else(|| graph.is(factors, RECIP_OR_ZERO))?[0];
    let sums = graph.is(norms, SQRT)?[0];
    let squares = graph.is(sums, ROW_SUMS)?[0];
    let base = graph.is(squares, SQ)?[0];
    let name =
        names[a.index()].as_ref().filter(|name| base == a && name.chars().next().is_some_and(char::is_uppercase))?;
    let mut letters = name.chars();
    let first = letters.next()?;
    let rest = letters.as_str();
    // One letter, and a number below it.
    rest.chars().all(|c| ('₀'..='₉').contains(&c)).then(|| format!("{first}\u{302}{rest}"))
}

/// Definitions that are written below a formula: the gradients of a deep loss would repeat all of it.
const MAX_DEFINITIONS: usize = 24;
/// Operations in a formula from which on it gets a name, if it is used more than once.
const LONG_FORMULA: usize = 8;
/// Operations from which on it gets a name, if one formula, or lines that repeat one another, show it several times.
const SHORT_FORMULA: usize = 5;

/// Operations in one another from which on one gets a name in any case: what prints them recurses.
const DEEP: usize = 60;

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::compile::front;
    use crate::derive::derive;
    use crate::diagnostics::Mistakes;

    /// The gradient of a loss of x, y and w, which is its only parameter.
    fn gradient(body: &str) -> String {
        let source = format!(
            "fn f(x: Matrix<D, D>, y: Vector<D>, #[param] w: Matrix<D, D>) -> Scalar {{ {body} + 0 * sum(x + y) }}"
        );
        let mut mistakes = Mistakes::default();
        let item = source.parse().expect("tokens");
        let (spec, graph, loss) = front(proc_macro2::TokenStream::new(), item, &mut mistakes).expect("a sound loss");
        let derived = derive(&spec, &graph, loss);
        super::explain(&derived.graph, derived.loss, &derived.gradients).gradients[0].1.clone()
    }

    #[test]
    fn a_matrix_and_its_transpose_are_written_once() {
        assert_eq!(
            gradient("sum(exp(solve(w + w.t(), y)))"),
            "−(G + Gᵀ)  where g = (Wᵀ + W)⁻¹ y, h = exp(g), G = g hᵀ (Wᵀ + W)⁻¹"
        );
        assert_eq!(
            gradient("sum(exp(inverse(w - w.t() + eye(D)) * x))"),
            "G₁ᵀ − G₁  where G = (I + W − Wᵀ)⁻¹, H = exp(G X), G₁ = Gᵀ H Xᵀ Gᵀ"
        );
        assert_eq!(gradient("norm_sq((w + w.t()) * x)"), "2 (G + Gᵀ)  where G = (Wᵀ + W) X Xᵀ");
        // A name would be longer than what it stands for.
        assert_eq!(gradient("dot(x, w + w.t()) + dot(w * y, y)"), "y yᵀ + Xᵀ + X");
    }

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
