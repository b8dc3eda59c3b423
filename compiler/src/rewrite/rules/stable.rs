//! Stable forms: equal functions without cancellation, overflow or a logarithm of what was just exponentiated.

use crate::graph::NodeId;
use crate::operations::{
    ABS, ADD, BROADCAST, COLUMN_SUMS, COSH, DIGAMMA, DIGAMMA_DIFFERENCE, DIV, EXP, EXPM1, EXPREL, HADAMARD, LGAMMA,
    LGAMMA_DIFFERENCE, LN, LOG_COSH, LOG1MEXP, LOG1P, LOGADDEXP, LSE, LSE_COLUMNS, LSE_ROWS, NEG, NORM_OF_SQUARE,
    Operation, RECIP, ROW_SUMS, SIGMOID, SOFTMAX_ROWS, SOFTPLUS, SQ, SQRT, SUB, SUM,
};
use crate::rewrite::Rewriter;
use crate::rewrite::flat::is_flat;

/// The operand of ln.
fn of_ln(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    r.is(id, LN).map(|[a]| a)
}

pub(super) fn log1p_of_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, LOG1P)?;
    let [z] = r.is(a, EXP)?;
    Some(r.call(SOFTPLUS, [z]))
}

pub(super) fn log1p_of_negative_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, LOG1P)?;
    let [e] = r.is(a, NEG)?;
    let [z] = r.is(e, EXP)?;
    Some(negated(r, LOG1MEXP, z))
}

pub(super) fn ln_of_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    r.is(of_ln(r, id)?, EXP).map(|[z]| z)
}

pub(super) fn ln_of_sigmoid(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [z] = r.is(of_ln(r, id)?, SIGMOID)?;
    let z = negated(r, SOFTPLUS, z);
    Some(r.call(NEG, [z]))
}

pub(super) fn ln_of_softmax(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [z] = r.is(of_ln(r, id)?, SOFTMAX_ROWS)?;
    let lse = r.call(LSE_ROWS, [z]);
    let lse = r.broadcast(lse, r.graph.shape(z));
    Some(r.call(SUB, [z, lse]))
}

/// ln(1 − eᶻ), after the difference became −expm1(z).
pub(super) fn ln_of_negative_expm1(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [e] = r.is(of_ln(r, id)?, NEG)?;
    let [z] = r.is(e, EXPM1)?;
    Some(negated(r, LOG1MEXP, z))
}

pub(super) fn ln_of_one_minus(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let b = one_minus(r, of_ln(r, id)?)?;
    Some(negated(r, LOG1P, b))
}

pub(super) fn ln_of_one_plus(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let z = one_plus(r, of_ln(r, id)?)?;
    Some(r.call(LOG1P, [z]))
}

pub(super) fn ln_of_two_exponentials(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [x, y] = two_exponentials(r, of_ln(r, id)?)?;
    Some(r.call(LOGADDEXP, [x, y]))
}

pub(super) fn ln_of_cosh(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [z] = r.is(of_ln(r, id)?, COSH)?;
    Some(r.call(LOG_COSH, [z]))
}

pub(super) fn ln_of_sum(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_ln(r, id)?;
    lse_of(r, a)
}

pub(super) fn ln_of_mean(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [sum, n] = r.is(of_ln(r, id)?, DIV)?;
    let lse = lse_of(r, sum)?;
    let n = r.call(LN, [n]);
    Some(r.call(SUB, [lse, n]))
}

pub(super) fn ln_of_scaled_sum(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_ln(r, id)?;
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

pub(super) fn exponential_of_ln(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, EXP)?;
    r.is(a, LN).map(|[x]| x)
}

pub(super) fn exponential_of_log_softmax(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, EXP)?;
    let [z, lse] = r.is(a, SUB)?;
    let lse = r.is(lse, BROADCAST).map_or(lse, |[inner]: [NodeId; 1]| inner);
    let [inner] = r.is(lse, LSE_ROWS)?;
    (inner == z).then(|| r.call(SOFTMAX_ROWS, [z]))
}

pub(super) fn minus_one_plus_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, ADD)?;
    let (one, e) = if r.uniform(a).is_some() { (a, b) } else { (b, a) };
    let [z] = r.is(e, EXP)?;
    (r.uniform(one) == Some(-1.0)).then(|| r.call(EXPM1, [z]))
}

pub(super) fn exponential_minus_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, SUB)?;
    let [z] = r.is(a, EXP).filter(|_| r.uniform(b) == Some(1.0))?;
    Some(r.call(EXPM1, [z]))
}

/// The a of 1 − a.
fn one_minus(r: &Rewriter, id: NodeId) -> Option<NodeId> {
    let [one, a] = r.is(id, SUB)?;
    (r.uniform(one) == Some(1.0)).then_some(a)
}

pub(super) fn one_minus_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [z] = r.is(one_minus(r, id)?, EXP)?;
    let e = r.call(EXPM1, [z]);
    Some(r.call(NEG, [e]))
}

pub(super) fn one_minus_sigmoid(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [z] = r.is(one_minus(r, id)?, SIGMOID)?;
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

pub(super) fn inverse_of_one_plus_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, RECIP)?;
    let [z] = r.is(one_plus(r, a)?, EXP)?;
    Some(negated(r, SIGMOID, z))
}

pub(super) fn over_one_plus_exponential(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DIV)?;
    let [z] = r.is(one_plus(r, b)?, EXP)?;
    let sigmoid = negated(r, SIGMOID, z);
    Some(r.call(HADAMARD, [a, sigmoid]))
}

pub(super) fn exponential_times_sigmoid(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, HADAMARD)?;
    let (e, s) = if r.is::<1>(a, EXP).is_some() { (a, b) } else { (b, a) };
    let ([z], [y]) = (r.is(e, EXP)?, r.is(s, SIGMOID)?);
    (r.call(NEG, [z]) == y).then(|| r.call(SIGMOID, [z]))
}

pub(super) fn square_of_magnitude(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SQ)?;
    let [x] = r.is(a, ABS).or_else(|| r.is(a, NEG))?;
    Some(r.call(SQ, [x]))
}

pub(super) fn magnitude_of_positive(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, ABS)?;
    (r.is::<1>(a, ABS).is_some() || r.is::<1>(a, SQ).is_some()).then_some(a)
}

pub(super) fn magnitude_of_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, ABS)?;
    let [x] = r.is(a, NEG)?;
    Some(r.call(ABS, [x]))
}

pub(super) fn square_of_norm(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SQ)?;
    r.is(a, NORM_OF_SQUARE).map(|[inner]| inner)
}

pub(super) fn root_of_square(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SQRT)?;
    let [e] = r.is(a, SQ)?;
    Some(r.call(ABS, [e]))
}

pub(super) fn root_of_flat(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, SQRT)?;
    is_flat(&r.graph, a).then(|| r.call(NORM_OF_SQUARE, [a]))
}
