//! Stable forms: equal functions without cancellation, overflow or a logarithm of what was just exponentiated.

use crate::graph::NodeId;
use crate::operations::{
    ABS, ADD, BROADCAST, COLUMN_SUMS, COSH, DIGAMMA, DIGAMMA_DIFFERENCE, DIV, EXP, EXPM1, EXPREL, HADAMARD, LGAMMA,
    LGAMMA_DIFFERENCE, LN, LOG_COSH, LOG1MEXP, LOG1P, LOGADDEXP, LSE, LSE_COLUMNS, LSE_ROWS, NEG, NORM_OF_SQUARE,
    Operation, RECIP, ROW_SUMS, SIGMOID, SOFTMAX_ROWS, SOFTPLUS, SQ, SQRT, SUB, SUM,
};
use crate::rewrite::Rewriter;
use crate::rewrite::flat::is_flat;

/// ln, of what has a logarithm of its own.
pub(super) fn logarithms(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, LOG1P) {
        // ln(1 + eᶻ) = softplus(z), ln(1 − eᶻ) = log1mexp(−z)
        return match (r.is(a, EXP), r.is(a, NEG)) {
            (Some([z]), _) => Some(r.call(SOFTPLUS, [z])),
            (_, Some([e])) => {
                let [z] = r.is(e, EXP)?;
                Some(negated(r, LOG1MEXP, z))
            }
            _ => None,
        };
    }
    let [a] = r.is(id, LN)?;
    if let Some([z]) = r.is(a, EXP) {
        return Some(z);
    }
    if let Some([z]) = r.is(a, SIGMOID) {
        // ln σ(z) = −softplus(−z)
        let z = negated(r, SOFTPLUS, z);
        return Some(r.call(NEG, [z]));
    }
    if let Some([z]) = r.is(a, SOFTMAX_ROWS) {
        // ln softmax(z) = z − lse(z) 1ᵀ
        let lse = r.call(LSE_ROWS, [z]);
        let lse = r.broadcast(lse, r.graph.shape(z));
        return Some(r.call(SUB, [z, lse]));
    }
    if let Some([e]) = r.is(a, NEG) {
        // ln(1 − eᶻ), after the difference became −expm1(z)
        let [z] = r.is(e, EXPM1)?;
        return Some(negated(r, LOG1MEXP, z));
    }
    if let Some([one, b]) = r.is(a, SUB) {
        return (r.uniform(one) == Some(1.0)).then(|| negated(r, LOG1P, b));
    }
    if let Some(z) = one_plus(r, a) {
        return Some(r.call(LOG1P, [z]));
    }
    if let Some([x, y]) = two_exponentials(r, a) {
        return Some(r.call(LOGADDEXP, [x, y]));
    }
    if let Some([z]) = r.is(a, COSH) {
        return Some(r.call(LOG_COSH, [z]));
    }
    sum_of_exponentials(r, a)
}

/// ln Σ eᶻ = lse(z), and of a mean: lse(z) − ln n.
fn sum_of_exponentials(r: &mut Rewriter, a: NodeId) -> Option<NodeId> {
    if let Some(lse) = lse_of(r, a) {
        return Some(lse);
    }
    if let Some([sum, n]) = r.is(a, DIV) {
        let lse = lse_of(r, sum)?;
        let n = r.call(LN, [n]);
        return Some(r.call(SUB, [lse, n]));
    }
    let (s, sum) = r.scaled(a)?;
    let lse = lse_of(r, sum)?;
    let s = r.call(LN, [s]);
    let s = r.broadcast(s, r.graph.shape(a));
    Some(r.call(ADD, [lse, s]))
}

/// The logarithm of `a`, if it is a sum of exponentials: of all elements, of each row, or of each column.
fn lse_of(r: &mut Rewriter, a: NodeId) -> Option<NodeId> {
    for (sum, lse) in [(SUM, LSE), (ROW_SUMS, LSE_ROWS), (COLUMN_SUMS, LSE_COLUMNS)] {
        let Some([e]) = r.is(a, sum) else { continue };
        let [z] = r.is(e, EXP)?;
        return Some(r.call(lse, [z]));
    }
    None
}

/// The x and y of eˣ + eʸ.
fn two_exponentials(r: &Rewriter, id: NodeId) -> Option<[NodeId; 2]> {
    let [a, b] = r.is(id, ADD)?;
    let ([x], [y]) = (r.is(a, EXP)?, r.is(b, EXP)?);
    Some([x, y])
}

/// eᶻ divided by its sum: of each row, each column, or all elements.
pub(super) fn softmaxes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    quotients(r, id).into_iter().find_map(|(e, sum)| softmax(r, e, sum))
}

/// The ways in which `id` is a quotient of two nodes. Scalars and sums of rows are inverted before they divide.
fn quotients(r: &mut Rewriter, id: NodeId) -> Vec<(NodeId, NodeId)> {
    if let Some([a, b]) = r.is(id, DIV) {
        return vec![(a, b)];
    }
    let Some([a, b]) = r.is(id, HADAMARD) else { return Vec::new() };
    let mut quotients = Vec::new();
    for (numerator, inverse) in [(a, b), (b, a)] {
        let inner = r.repeated(inverse).unwrap_or(inverse);
        let divisor = match (r.is(inner, RECIP), r.is(inner, DIV)) {
            (Some([divisor]), _) => divisor,
            (_, Some([one, divisor])) if r.uniform(one) == Some(1.0) => divisor,
            _ => continue,
        };
        quotients.push((numerator, r.broadcast(divisor, r.graph.shape(id))));
    }
    quotients
}

fn softmax(r: &mut Rewriter, e: NodeId, sum: NodeId) -> Option<NodeId> {
    let [z] = r.is(e, EXP)?;
    if let Some([x, y]) = two_exponentials(r, sum) {
        // eˣ / (eˣ + eʸ) = σ(x − y)
        let other = if x == z { y } else { x };
        let difference = r.call(SUB, [z, other]);
        return (x == z || y == z).then(|| r.call(SIGMOID, [difference]));
    }
    let sum = r.repeated(sum).unwrap_or(sum);
    let shape = r.graph.shape(z);
    if r.is(sum, ROW_SUMS) == Some([e]) && r.graph.shape(sum).columns != shape.columns {
        return Some(r.call(SOFTMAX_ROWS, [z]));
    }
    for (operation, lse) in [(COLUMN_SUMS, LSE_COLUMNS), (SUM, LSE)] {
        if r.is(sum, operation) == Some([e]) {
            let lse = r.call(lse, [z]);
            let lse = r.broadcast(lse, shape);
            let exponent = r.call(SUB, [z, lse]);
            return Some(r.call(EXP, [exponent]));
        }
    }
    None
}

/// The z of 1 + z.
fn one_plus(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, ADD)?;
    if r.uniform(a) == Some(1.0) { Some(b) } else { (r.uniform(b) == Some(1.0)).then_some(a) }
}

/// f(−z)
fn negated(r: &mut Rewriter, function: &'static dyn Operation, z: NodeId) -> NodeId {
    let z = r.call(NEG, [z]);
    r.call(function, [z])
}

/// Exponentials in sums, differences and exponentials of logarithms.
pub(super) fn exponentials(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, EXP) {
        // e^(ln x) = x
        if let Some([x]) = r.is(a, LN) {
            return Some(x);
        }
        // e^(z − lse(z) 1ᵀ) = softmax(z)
        let [z, lse] = r.is(a, SUB)?;
        let lse = r.is(lse, BROADCAST).map_or(lse, |[inner]: [NodeId; 1]| inner);
        let [inner] = r.is(lse, LSE_ROWS)?;
        return (inner == z).then(|| r.call(SOFTMAX_ROWS, [z]));
    }
    if let Some([a, b]) = r.is(id, ADD) {
        let (one, e) = if r.uniform(a).is_some() { (a, b) } else { (b, a) };
        let [z] = r.is(e, EXP)?;
        return (r.uniform(one) == Some(-1.0)).then(|| r.call(EXPM1, [z]));
    }
    let [a, b] = r.is(id, SUB)?;
    if let Some([z]) = r.is(a, EXP).filter(|_| r.uniform(b) == Some(1.0)) {
        return Some(r.call(EXPM1, [z]));
    }
    if r.uniform(a) != Some(1.0) {
        return None;
    }
    if let Some([z]) = r.is(b, EXP) {
        let e = r.call(EXPM1, [z]);
        return Some(r.call(NEG, [e]));
    }
    // 1 − σ(z) = σ(−z)
    let [z] = r.is(b, SIGMOID)?;
    Some(negated(r, SIGMOID, z))
}

/// (eᶻ − 1) / x where z is a multiple of x: (z/x) exprel(z).
pub(super) fn relative_exponentials(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    quotients(r, id).into_iter().find_map(|(e, x)| relative_exponential(r, e, x))
}

fn relative_exponential(r: &mut Rewriter, e: NodeId, x: NodeId) -> Option<NodeId> {
    let [z] = r.is(e, EXPM1)?;
    let (opposite_of_z, opposite_of_x) = (opposite(r, z), opposite(r, x));
    for (multiple, x, is_negative) in [(z, x, false), (opposite_of_z, x, true), (z, opposite_of_x, true)] {
        let factor = match r.is(multiple, HADAMARD) {
            _ if multiple == x => None,
            Some([a, b]) if a == x => Some(b),
            Some([a, b]) if b == x => Some(a),
            _ => continue,
        };
        let value = r.call(EXPREL, [z]);
        let value = factor.map_or(value, |factor| r.call(HADAMARD, [factor, value]));
        return Some(if is_negative { r.call(NEG, [value]) } else { value });
    }
    None
}

/// −z, where its sign may be that of a scalar factor.
fn opposite(r: &mut Rewriter, z: NodeId) -> NodeId {
    let positive = r.scaled(z).and_then(|(s, a)| r.is(s, NEG).map(|[s]: [NodeId; 1]| (s, a)));
    match positive {
        Some((s, a)) => r.scale(s, a),
        None => r.call(NEG, [z]),
    }
}

/// A term of a sum, and whether it is subtracted. A broadcast is named by its operand.
type Term = (NodeId, bool);

/// A node of the sums and signs that a sum is made of.
#[derive(Clone, Copy)]
struct Part {
    id: NodeId,
    term: Term,
    /// Where the sum stands that this is an operand of.
    of: usize,
    is_second: bool,
    is_term: bool,
}

/// Bound on the nodes of a sum that are looked at, those closest to its root, so that long sums take time in proportion.
const MOST_PARTS: usize = 32;

/// Nodes of the sum `id`, from the root down.
fn parts(r: &Rewriter, id: NodeId) -> Vec<Part> {
    let part = |id, minus, of, is_second| {
        let term = (r.repeated(id).unwrap_or(id), minus);
        Part { id, term, of, is_second, is_term: true }
    };
    let mut parts = vec![part(id, false, 0, false)];
    let mut at = 0;
    while at < parts.len().min(MOST_PARTS) {
        let (inner, minus) = parts[at].term;
        let operands = if let Some([a]) = r.is(inner, NEG) {
            [Some((a, !minus)), None]
        } else if let Some([a, b]) = r.is(inner, ADD) {
            [Some((a, minus)), Some((b, minus))]
        } else if let Some([a, b]) = r.is(inner, SUB) {
            [Some((a, minus)), Some((b, !minus))]
        } else {
            [None, None]
        };
        parts[at].is_term = operands[0].is_none();
        let operands = operands.into_iter().flatten().enumerate();
        parts.extend(operands.map(|(k, (id, minus))| part(id, minus, at, k > 0)));
        at += 1;
    }
    parts.truncate(MOST_PARTS);
    parts
}

/// The sum `id` with `new` in place of one of its terms, or without that, and nothing if that is all of it.
fn with_term(r: &mut Rewriter, id: NodeId, term: Term, new: Option<NodeId>) -> Option<NodeId> {
    let parts = parts(r, id);
    let mut at = parts.iter().position(|part| part.is_term && part.term == term)?;
    let mut now = new.map(|new| r.broadcast(new, r.graph.shape(parts[at].id)));
    while at > 0 {
        let of = parts[at].of;
        let (sum, shape) = (parts[of].term.0, r.graph.shape(parts[of].id));
        let changed = if r.is::<1>(sum, NEG).is_some() {
            now.map(|now| r.call(NEG, [now]))
        } else {
            let operation = if r.is::<2>(sum, SUB).is_some() { SUB } else { ADD };
            let [a, b] = r.is(sum, operation)?;
            Some(match (now, parts[at].is_second) {
                (Some(now), false) => r.call(operation, [now, b]),
                (Some(now), true) => r.call(operation, [a, now]),
                (None, false) if operation == SUB => r.call(NEG, [b]),
                (None, false) => b,
                (None, true) => a,
            })
        };
        now = changed.map(|changed| r.broadcast(changed, shape));
        at = of;
    }
    now
}

/// ln Γ(s + y) − ln Γ(s), the two anywhere in a sum, and of ψ.
pub(super) fn gamma_differences(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let is_difference = r.is::<2>(id, SUB).is_some();
    let [a, b] = r.is(id, SUB).or_else(|| r.is(id, ADD))?;
    for (function, difference) in [(LGAMMA, LGAMMA_DIFFERENCE), (DIGAMMA, DIGAMMA_DIFFERENCE)] {
        // Each side has none by itself, or would not be in normal form.
        let right = calls(r, b, function);
        let left = if right.is_empty() { Vec::new() } else { calls(r, a, function) };
        for (&left, &(right, of_right)) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            let (left, of_left) = left;
            let right = (right.0, right.1 != is_difference);
            if left.1 == right.1 {
                continue;
            }
            for (long, of_long, short, of_short) in [(left, of_left, right, of_right), (right, of_right, left, of_left)]
            {
                let Some(y) = beyond(r, of_long, of_short) else { continue };
                let s = r.repeated(of_short).unwrap_or(of_short);
                let s = r.broadcast(s, r.graph.shape(of_long));
                let new = r.call(difference, [y, s]);
                let sum = with_term(r, id, long, Some(new))?;
                return with_term(r, sum, short, None);
            }
        }
    }
    None
}

/// The terms of the sum `id` that are calls of `function`, and of what.
fn calls(r: &Rewriter, id: NodeId, function: &'static dyn Operation) -> Vec<(Term, NodeId)> {
    let terms = parts(r, id).into_iter().filter(|part| part.is_term);
    terms.filter_map(|part| r.is(part.term.0, function).map(|[of]| (part.term, of))).collect()
}

/// The y of `sum` = `part` + y.
fn beyond(r: &mut Rewriter, sum: NodeId, part: NodeId) -> Option<NodeId> {
    let terms = |r: &Rewriter, id| -> Vec<Term> {
        parts(r, id).into_iter().filter(|part| part.is_term).map(|part| part.term).collect()
    };
    let (of_sum, of_part) = (terms(r, sum), terms(r, part));
    if of_part.len() >= of_sum.len() || !of_part.iter().all(|term| of_sum.contains(term)) {
        return None;
    }
    of_part.into_iter().try_fold(sum, |rest, term| with_term(r, rest, term, None))
}

/// 1 / (1 + e⁻ᶻ) = σ(z), a / (1 + eᶻ) = a σ(−z), and eᶻ σ(−z) = σ(z).
pub(super) fn sigmoids(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, RECIP) {
        let [z] = r.is(one_plus(r, a)?, EXP)?;
        return Some(negated(r, SIGMOID, z));
    }
    if let Some([a, b]) = r.is(id, DIV) {
        let [z] = r.is(one_plus(r, b)?, EXP)?;
        let sigmoid = negated(r, SIGMOID, z);
        return Some(r.call(HADAMARD, [a, sigmoid]));
    }
    let [a, b] = r.is(id, HADAMARD)?;
    let (e, s) = if r.is::<1>(a, EXP).is_some() { (a, b) } else { (b, a) };
    let ([z], [y]) = (r.is(e, EXP)?, r.is(s, SIGMOID)?);
    (r.call(NEG, [z]) == y).then(|| r.call(SIGMOID, [z]))
}

/// √(x²) = |x|, |x|² = x², ||x|| = |−x| = |x|.
pub(super) fn magnitudes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, SQRT) {
        let [x] = r.is(a, SQ)?;
        return Some(r.call(ABS, [x]));
    }
    if let Some([a]) = r.is(id, SQ) {
        let [x] = r.is(a, ABS).or_else(|| r.is(a, NEG))?;
        return Some(r.call(SQ, [x]));
    }
    let [a] = r.is(id, ABS)?;
    if r.is::<1>(a, ABS).is_some() || r.is::<1>(a, SQ).is_some() {
        return Some(a);
    }
    let [x] = r.is(a, NEG)?;
    Some(r.call(ABS, [x]))
}

pub(super) fn norm(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, SQ) {
        return r.is(a, NORM_OF_SQUARE).map(|[inner]| inner);
    }
    let [a] = r.is(id, SQRT)?;
    if let Some([e]) = r.is(a, SQ) {
        return Some(r.call(ABS, [e]));
    }
    is_flat(&r.graph, a).then(|| r.call(NORM_OF_SQUARE, [a]))
}
