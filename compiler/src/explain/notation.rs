//! One node as matrix algebra.

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId, Op};
use crate::operations::Binds::{self, Atom, Product, Sign, Sum};
use crate::operations::{
    ABS, ADD, BROADCAST, DIV, DOT, EQUAL, GREATER, GREATER_EQUAL, HADAMARD, IDENTITY, Kind, LESS, LESS_EQUAL, NEG,
    NORM_OF_SQUARE, Operation, POW, RECIP, RECIP_OR_ZERO, SCALE_COLUMNS, SELECT, SQ, STEP, SUB, TRANSPOSE,
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
            if k > 0 && operation == SUB {
                let (operand, inner) = self.print(operand);
                text = text.replace(&hole, &if inner <= Sum { format!("({operand})") } else { operand });
                continue;
            }
            // A ⊙ B ⊙ C
            if operation == HADAMARD && self.shows_hadamard(operand) {
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
        if let Some(Kind::Routine(row)) = graph.kind(id)
            && let Some(recurrence) = row.recurrence
        {
            return Some((self.recurrence(id, row, recurrence), Atom));
        }
        if let Some(program) = graph.step_program(id) {
            return Some((self.step_program(id, program), Atom));
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
            let (text, _) = self.print(a);
            return Some(if self.shows_square(id) {
                (format!("{text} ⊙ {text}"), Product)
            } else {
                self.power(a, "²", graph.shape(id).is_scalar())
            });
        }
        if let Some(&[a, p]) = graph.is(id, POW) {
            return Some(self.power(a, &raised(&self.print(self.element(p)).0)?, graph.shape(id).is_scalar()));
        }
        if let Some(&[a]) = graph.is(id, ABS) {
            let text = self.wrapped(a, Sum);
            return (!text.contains(['|', '‖'])).then(|| (format!("|{text}|"), Atom));
        }
        if graph.is(id, STEP).is_some() || self.comparison(id).is_some() {
            return Some((format!("[{}]", self.condition(id)), Atom));
        }
        if graph.is(id, SELECT).is_some() {
            return Some((format!("{{{}}}", self.cases(id)), Atom));
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
        // A diag(v), where v is a column.
        if let Some(&[a, v]) = graph.is(id, SCALE_COLUMNS)
            && let Some(&[v]) = graph.is(v, TRANSPOSE).filter(|_| !self.has_name(v))
        {
            return Some((format!("{} diag({})", self.wrapped(a, Product), self.wrapped(v, Sum)), Product));
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

    /// The elementwise power of a node; of a scalar, the power.
    fn power(&self, base: NodeId, exponent: &str, is_scalar: bool) -> (String, Binds) {
        let base = self.wrapped(base, Atom);
        // A power of a base that ends in one would stand above it.
        let base = if ends_raised(&base) { format!("({base})") } else { base };
        (format!("{base}{}{exponent}", if is_scalar { "" } else { "⊙" }), Atom)
    }

    /// True if the square of a matrix is written as A ⊙ A, which is as short.
    fn shows_square(&self, id: NodeId) -> bool {
        let Some(&[a]) = self.graph.is(id, SQ) else { return false };
        let (text, binds) = self.print(a);
        !self.graph.shape(id).is_scalar() && binds >= Atom && text.chars().count() <= 3
    }

    /// The element that a node repeats, or the node.
    fn element(&self, id: NodeId) -> NodeId {
        match self.graph.is(id, BROADCAST) {
            Some(&[a]) if self.graph.shape(a).is_scalar() && !self.has_name(id) => a,
            _ => id,
        }
    }

    /// a > b, if a node is a comparison.
    fn comparison(&self, id: NodeId) -> Option<String> {
        const SIGNS: [(&dyn Operation, &str); 5] =
            [(GREATER, ">"), (LESS, "<"), (GREATER_EQUAL, "≥"), (LESS_EQUAL, "≤"), (EQUAL, "=")];
        let (operands, sign) =
            SIGNS.iter().find_map(|(operation, sign)| Some((self.graph.is(id, *operation)?, sign)))?;
        // p = 0
        let is_turned = *sign == "=" && self.graph.constant_value(self.element(operands[0])).is_some();
        let [a, b] = [operands[usize::from(is_turned)], operands[usize::from(!is_turned)]];
        let [a, b] = [a, b].map(|operand| self.wrapped(operand, Sum));
        Some(format!("{a} {sign} {b}"))
    }

    /// The condition that is 1 where it holds: that a node is positive, unless it is a condition itself.
    fn condition(&self, id: NodeId) -> String {
        let id = self.element(id);
        if self.has_name(id) {
            return format!("{} > 0", self.print(id).0);
        }
        if let Some(&[a]) = self.graph.is(id, STEP) {
            return self.condition(a);
        }
        if let Some(comparison) = self.comparison(id) {
            return comparison;
        }
        if let Some(&[a, b]) = self.graph.is(id, SUB) {
            let [left, right] = [a, b].map(|operand| self.wrapped(operand, Sum));
            let is_constant = self.graph.constant_value(self.element(a)).is_some();
            return if is_constant { format!("{right} < {left}") } else { format!("{left} > {right}") };
        }
        format!("{} > 0", self.wrapped(id, Sum))
    }

    /// The values of a choice, each with its condition.
    fn cases(&self, id: NodeId) -> String {
        let Some(&[condition, a, b]) = self.graph.is(id, SELECT) else { return self.wrapped(id, Sum) };
        let condition = self.element(condition);
        let holds = match self.graph.is(condition, HADAMARD) {
            Some(&[p, q])
                if !self.has_name(condition)
                    && [p, q].iter().all(|it| self.comparison(self.element(*it)).is_some()) =>
            {
                format!("{} and {}", self.condition(p), self.condition(q))
            }
            _ => self.condition(condition),
        };
        let otherwise = match self.graph.is(b, SELECT) {
            Some(_) if !self.has_name(b) => self.cases(b),
            _ => format!("{} otherwise", self.wrapped(b, Sum)),
        };
        format!("{} if {holds}, {otherwise}", self.wrapped(a, Sum))
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
        !self.has_name(id) && !self.graph.shape(id).is_scalar() && (is_product || self.shows_square(id))
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

/// Letters, digits and signs of exponents, and how they are raised.
#[rustfmt::skip]
pub(super) const RAISED: [(char, char); 26] = [
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'),
    ('9', '⁹'), ('−', '⁻'), ('+', '⁺'), ('a', 'ᵃ'), ('b', 'ᵇ'), ('c', 'ᶜ'), ('d', 'ᵈ'), ('e', 'ᵉ'), ('i', 'ⁱ'),
    ('j', 'ʲ'), ('k', 'ᵏ'), ('m', 'ᵐ'), ('n', 'ⁿ'), ('p', 'ᵖ'), ('r', 'ʳ'), ('s', 'ˢ'), ('t', 'ᵗ'),
];

/// A number, a letter, or both with a sign between them, as an exponent.
fn raised(text: &str) -> Option<String> {
    let is_sign = |c: char| matches!(c, '−' | '+');
    let is_short = text.chars().count() <= 5 && !text.starts_with(is_sign);
    // No name of several letters: that would be a product of powers.
    let words = text.split(' ').all(|word| word.chars().count() == 1 || word.parse::<u32>().is_ok());
    let raise = |c: char| RAISED.iter().find(|(from, _)| *from == c).map(|(_, to)| *to);
    let raised = text.chars().filter(|c| *c != ' ').map(raise).collect::<Option<String>>();
    raised.filter(|_| is_short && words)
}

fn ends_raised(text: &str) -> bool {
    text.ends_with(|c| matches!(c, 'ᵀ' | '½') || RAISED.iter().any(|(_, raised)| *raised == c))
}

/// True if `hole` stands between brackets or commas.
fn is_bracketed(text: &str, hole: &str) -> bool {
    let Some((before, after)) = text.split_once(hole) else { return false };
    before.ends_with(['(', '[', '⟨']) || before.ends_with(", ") && after.starts_with([')', ']', '⟩', ','])
}

/// Digits from which on a number is shown as what it is the reciprocal of, if that is whole.
const MAX_DIGITS: usize = 8;
/// Beyond this, too many numbers are nearly the reciprocal of some whole one.
const MAX_RECIPROCAL: f64 = 1e4;

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
    let is_reciprocal =
        text.len() > MAX_DIGITS && whole <= MAX_RECIPROCAL && (whole.recip() - value).abs() <= f64::EPSILON * value;
    if is_reciprocal { format!("(1 / {whole})") } else { text }
}
