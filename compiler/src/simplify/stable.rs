//! The same function without cancellation, overflow or a logarithm of what was just exponentiated.

use super::Rewriter;
use crate::graph::NodeId;
use crate::operations::{
    ABS, ADD, BROADCAST, COLUMN_SUMS, COSH, DIV, EXP, EXPM1, HADAMARD, LN, LOG_COSH, LOG1MEXP, LOG1P, LOGADDEXP, LSE,
    LSE_COLUMNS, LSE_ROWS, NEG, Operation, RECIP, ROW_SUMS, SIGMOID, SOFTMAX_ROWS, SOFTPLUS, SQ, SQRT, SUB, SUM,
};

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
    let (e, sum) = if let Some([e, sum]) = r.is(id, DIV) {
        (e, sum)
    } else {
        // A scalar, or a row's sum, was inverted first.
        let [a, b] = r.is(id, HADAMARD)?;
        let inverse = |r: &Rewriter, x: NodeId| {
            let inner = r.repeated(x).unwrap_or(x);
            if let Some([sum]) = r.is(inner, RECIP) {
                return Some(sum);
            }
            r.is(inner, DIV).filter(|[one, _]| r.uniform(*one) == Some(1.0)).map(|[_, sum]: [NodeId; 2]| sum)
        };
        match (inverse(r, a), inverse(r, b)) {
            (Some(sum), _) if r.is::<1>(b, EXP).is_some() => (b, sum),
            (_, Some(sum)) => (a, sum),
            _ => return None,
        }
    };
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
