//! One node as matrix algebra.

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId, Op};
use crate::operations::Binds::{self, Atom, Product, Sign, Sum};
use crate::operations::{
    ADD, BROADCAST, DIV, DOT, HADAMARD, IDENTITY, Kind, NEG, NORM_OF_SQUARE, RECIP, RECIP_OR_ZERO, Routine, SQ, SUB,
    TRANSPOSE,
};

/// The names of the nodes that have one.
pub(crate) struct Notation<'g> {
    pub(super) graph: &'g Graph,
    names: Vec<Option<String>>,
}

impl<'g> Notation<'g> {
    pub(crate) fn new(graph: &'g Graph, names: Vec<Option<String>>) -> Self {
        Self { graph, names }
    }

    /// The name of a node, or its formula.
    pub(crate) fn text(&self, id: NodeId) -> String {
        self.print(id).0
    }

    /// The name of a node, if it has one.
    pub(crate) fn name(&self, id: NodeId) -> Option<&str> {
        self.names[id.index()].as_deref()
    }

    /// `H = tanh(X W)`, or the formula of a node without a name.
    pub(crate) fn equation(&self, id: NodeId) -> String {
        let formula = self.definition(id);
        match self.name(id) {
            Some(name) if name != formula => format!("{name} = {formula}"),
            _ => formula,
        }
    }

    /// The formula of a node, in the names of others.
    pub(crate) fn definition(&self, id: NodeId) -> String {
        if self.graph.operation(id).is_some() { self.formula(id).0 } else { self.text(id) }
    }

    /// The name of a scalar, or its formula in brackets if it is a sum or a quotient.
    pub(super) fn coefficient(&self, id: NodeId) -> String {
        let is_quotient = self.is_quotient(id) && !self.has_name(id);
        self.wrapped(id, if is_quotient { Atom } else { Product })
    }

    fn is_quotient(&self, id: NodeId) -> bool {
        [DIV, RECIP, RECIP_OR_ZERO].into_iter().any(|operation| self.graph.is(id, operation).is_some())
    }

    pub(super) fn has_name(&self, id: NodeId) -> bool {
        self.names[id.index()].is_some()
    }

    /// The name of a node, or its formula in brackets if it is a sum or an elementwise product.
    pub(super) fn factor(&self, id: NodeId) -> String {
        self.wrapped(id, Product)
    }

    /// The named nodes that the formula of `id` shows.
    pub(crate) fn names_within(&self, id: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<NodeId> = self.graph.stated(id).to_vec();
        while let Some(id) = open.pop() {
            if self.names[id.index()].is_some() {
                found.insert(id);
            } else {
                open.extend(self.graph.stated(id));
            }
        }
        found
    }

    fn print(&self, id: NodeId) -> (String, Binds) {
        match &self.names[id.index()] {
            Some(name) => (name.clone(), Atom),
            None => self.formula(id),
        }
    }

    fn formula(&self, id: NodeId) -> (String, Binds) {
        let node = self.graph.node(id);
        let operation = match node.op {
            Op::Argument(i) => return (self.graph.inputs[i].name.to_string(), Atom),
            Op::Constant(value) => return (number(value), if value < 0.0 { Sign } else { Atom }),
            Op::Size(dim) => return (dim.to_string(), Atom),
            Op::Call(operation) => operation,
        };
        if let Some(special) = self.special(id) {
            return special;
        }
        let (template, binds) = match operation.kind() {
            Kind::Pointwise(row) => (row.notation, row.binds),
            Kind::Multilinear(row) => (Some(row.notation), row.binds),
            Kind::Routine(row) => (row.notation, row.binds),
        };
        let stated = self.graph.stated(id);
        let mut text = template.map_or_else(
            || {
                let holes: Vec<String> = (0..stated.len()).map(|k| format!("{{{k}}}")).collect();
                format!("{}({})", operation.name(), holes.join(", "))
            },
            str::to_owned,
        );
        let is_call = template.is_none();
        for (k, &operand) in stated.iter().enumerate() {
            let hole = format!("{{{k}}}");
            // Between brackets anything may stand; after a minus sign a sum may not.
            let bracketed = is_call || is_bracketed(&text, &hole);
            if k > 0 && operation.name() == SUB.name() {
                let (operand, inner) = self.print(operand);
                text = text.replace(&hole, &if inner <= Sum { format!("({operand})") } else { operand });
                continue;
            }
            // A ⊙ B ⊙ C
            if operation.name() == HADAMARD.name() && self.shows_hadamard(operand) {
                text = text.replace(&hole, &self.print(operand).0);
                continue;
            }
            // (A B)⁻¹ C
            let raised = text.contains(&format!("{hole}⁻"));
            let least = if bracketed {
                Sum
            } else if raised {
                Atom
            } else {
                binds
            };
            text = text.replace(&hole, &self.wrapped(operand, least));
        }
        (text, binds)
    }

    /// Forms that depend on the operands: norms, squares, scalings and repetitions.
    fn special(&self, id: NodeId) -> Option<(String, Binds)> {
        let graph = self.graph;
        if let Some(Kind::Routine(Routine { recurrence: Some(recurrence), .. })) = graph.kind(id) {
            return Some((self.recurrence(id, recurrence), Atom));
        }
        if let Some(&[a]) = graph.is(id, NORM_OF_SQUARE)
            && let Some(&[e, _]) = graph.is(a, DOT).filter(|_| self.names[a.index()].is_none())
        {
            return Some((format!("‖{}‖", self.wrapped(e, Sum)), Atom));
        }
        if let Some(&[a, b]) = graph.is(id, DOT) {
            return (a == b).then(|| (format!("‖{}‖²", self.wrapped(a, Sum)), Atom));
        }
        if let Some(&[a]) = graph.is(id, SQ) {
            let (text, binds) = self.print(a);
            return match (graph.shape(id).is_scalar(), binds >= Atom) {
                (true, _) => Some((format!("{}²", self.wrapped(a, Atom)), Atom)),
                (false, true) => Some((format!("{text} ⊙ {text}"), Product)),
                (false, false) => None,
            };
        }
        if let Some(&[a]) = graph.is(id, TRANSPOSE) {
            let text = self.wrapped(a, Atom);
            return text.strip_suffix("⁻¹").map(|base| (format!("{base}⁻ᵀ"), Atom));
        }
        if graph.is(id, IDENTITY).is_some_and(|operands| graph.constant_value(operands[0]) == Some(1.0)) {
            return Some(("I".to_owned(), Atom));
        }
        if let Some(&[a]) = graph.is(id, NEG) {
            // −2 A B: the sign of a product is that of its first factor.
            let (text, binds) = self.print(a);
            let is_signed = text.starts_with('−');
            return Some((
                if binds >= Product && !is_signed { format!("−{text}") } else { format!("−({text})") },
                Sign,
            ));
        }
        if let Some(&[a, b]) = graph.is(id, DIV).filter(|_| graph.shape(id).is_scalar()) {
            return Some((format!("{} / {}", self.wrapped(a, Product), self.wrapped(b, Atom)), Product));
        }
        let reciprocal = graph.is(id, RECIP).or_else(|| graph.is(id, RECIP_OR_ZERO));
        if let Some(&[a]) = reciprocal.filter(|_| graph.shape(id).is_scalar()) {
            return Some((format!("1 / {}", self.wrapped(a, Atom)), Product));
        }
        if let Some(&[a, b]) = graph.is(id, HADAMARD) {
            if graph.shape(id).is_scalar() {
                // (1 / N) λ, and 2 (−λ).
                let second = if self.print(b).0.starts_with('−') { Atom } else { Product };
                let second = if second == Atom { self.wrapped(b, Atom) } else { self.coefficient(b) };
                return Some((format!("{} {second}", self.coefficient(a)), Product));
            }
            let scalar = |x: NodeId| graph.is(x, BROADCAST).map(|o| o[0]).filter(|&s| graph.shape(s).is_scalar());
            let (s, other) = match (scalar(a), scalar(b)) {
                (Some(s), _) => (s, b),
                (None, Some(s)) => (s, a),
                (None, None) => return None,
            };
            // 2 (A ⊙ B), but 2 Xᵀ E.
            let least =
                if graph.is(other, HADAMARD).is_some() || graph.is(other, ADD).is_some() { Atom } else { Product };
            // (2 / N) Xᵀ E: what is divided ends there.
            return Some((format!("{} {}", self.coefficient(s), self.wrapped(other, least)), Product));
        }
        if let Some(&[a]) = graph.is(id, BROADCAST) {
            let (own, full) = (graph.shape(a), graph.shape(id));
            return Some(match (own.is_scalar(), own.rows == full.rows) {
                (true, _) => self.print(a),
                (false, true) => (format!("{} 1ᵀ", self.wrapped(a, Product)), Product),
                (false, false) => (format!("1 {}", self.wrapped(a, Product)), Product),
            });
        }
        None
    }

    /// The text of `id`, in brackets if it binds less tightly than `least`.
    pub(super) fn wrapped(&self, id: NodeId, least: Binds) -> String {
        let (text, binds) = self.print(id);
        if binds < least || (least == Product && self.is_pointwise_product(id)) { format!("({text})") } else { text }
    }

    /// X (A ⊙ B): the elementwise product is bracketed inside of another one.
    fn is_pointwise_product(&self, id: NodeId) -> bool {
        self.names[id.index()].is_none()
            && (self.is_product_of_its_own(id)
                || self.shows_hadamard(id)
                || self.is_quotient(id)
                || self.graph.is(id, NEG).is_some())
            && !self.graph.shape(id).is_scalar()
            && !self.scaling(id)
    }

    /// True if `id` is written as A ⊙ B.
    fn shows_hadamard(&self, id: NodeId) -> bool {
        let is_product = self.graph.is(id, HADAMARD).is_some() && !self.scaling(id);
        let is_square = self.graph.is(id, SQ).is_some_and(|operands| self.print(operands[0]).1 >= Atom);
        !self.has_name(id) && !self.graph.shape(id).is_scalar() && (is_product || is_square)
    }

    /// True if `id` is written with the sign of another product: A ⊗ B, A ∘ B, A : B.
    fn is_product_of_its_own(&self, id: NodeId) -> bool {
        let Some(Kind::Routine(row)) = self.graph.kind(id) else { return false };
        row.notation.is_some_and(|notation| notation.contains(['⊗', '∘', ':', 'Σ']))
    }

    fn scaling(&self, id: NodeId) -> bool {
        let scalar =
            |x: &NodeId| self.graph.is(*x, BROADCAST).is_some_and(|operands| self.graph.shape(operands[0]).is_scalar());
        self.graph.is(id, HADAMARD).is_some_and(|operands| operands.iter().any(scalar))
    }
}

/// True if `hole` stands between brackets or commas.
fn is_bracketed(text: &str, hole: &str) -> bool {
    let Some((before, after)) = text.split_once(hole) else { return false };
    before.ends_with(['(', '[', '⟨']) || before.ends_with(", ") && after.starts_with([')', ']', '⟩', ','])
}

/// Digits from which on a number is shown as what it is the reciprocal of, if that is whole.
const LONG: usize = 8;
/// Beyond this, too many numbers are nearly the reciprocal of some whole one.
const LARGEST: f64 = 1e4;

fn number(value: f64) -> String {
    if value.to_bits() == std::f64::consts::PI.to_bits() {
        return "π".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "−∞".to_owned() } else { "∞".to_owned() };
    }
    if value < 0.0 {
        return format!("−{}", number(-value));
    }
    let text = format!("{value}");
    let whole = (1.0 / value).round();
    let is_reciprocal = text.len() > LONG && whole <= LARGEST && (whole.recip() - value).abs() <= f64::EPSILON * value;
    if is_reciprocal { format!("(1 / {whole})") } else { text }
}
