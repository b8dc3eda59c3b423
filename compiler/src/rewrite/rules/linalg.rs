//! Rules of dense linear algebra. Operands that helpers make are rebuilt by the calls, and shared.

use crate::base::Dim;
use crate::graph::{Graph, NodeId};
use crate::operations::{
    ABS, CHOLESKY, DET, DIV, DOT, EIGENVECTORS_TIMES, EIGVALS_SYM, EXP, EXPM, HADAMARD, IDENTITY, INVERSE, Kind, LN,
    LOGDET, LOGM_SPD, LYAPUNOV, MATMUL, NEG, NORM_OF_SQUARE, NUCLEAR_NORM, Operation, PINV, RECIP, RECIP_OR_ZERO,
    SOLVE, SOLVE_LOWER, SOLVE_LOWER_T, SOLVE_T, SOLVE_UPPER, SOLVE_UPPER_T, SPECTRAL_NORM, SQRT, SQRTM, TRACE,
    TRANSPOSE,
};
use crate::rewrite::Rewriter;

/// Solves, each with that of the transposed matrix and that which it is of a transpose that is written out.
const SOLVES: [(&dyn Operation, &dyn Operation, &dyn Operation); 6] = [
    (SOLVE, SOLVE_T, SOLVE_T),
    (SOLVE_T, SOLVE, SOLVE),
    (SOLVE_LOWER, SOLVE_LOWER_T, SOLVE_UPPER_T),
    (SOLVE_LOWER_T, SOLVE_LOWER, SOLVE_UPPER),
    (SOLVE_UPPER, SOLVE_UPPER_T, SOLVE_LOWER_T),
    (SOLVE_UPPER_T, SOLVE_UPPER, SOLVE_LOWER),
];

/// The operands that a call of `operation` states.
fn stated<const N: usize>(graph: &Graph, id: NodeId, operation: &'static dyn Operation) -> Option<[NodeId; N]> {
    graph.is(id, operation)?;
    graph.stated(id).try_into().ok()
}

fn transposed(graph: &Graph, id: NodeId) -> Option<NodeId> {
    stated::<1>(graph, id, TRANSPOSE).map(|[inner]| inner)
}

/// The A of A⁻¹ or A⁻ᵀ, and what solves for it.
fn inverse_of(graph: &Graph, id: NodeId) -> Option<(&'static dyn Operation, NodeId)> {
    if let Some([a]) = stated(graph, id, INVERSE) {
        return Some((SOLVE, a));
    }
    let [a] = stated(graph, transposed(graph, id)?, INVERSE)?;
    Some((SOLVE_T, a))
}

pub(super) fn one_by_one(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id)?;
    let Kind::Routine(_) = operation.kind() else { return None };
    let a = *r.graph.stated(id).first()?;
    let b = r.graph.stated(id).get(1).copied();
    let shape = r.graph.shape(a);
    let is = |other: &'static dyn Operation| operation == other;
    if shape.is_line() && (is(NUCLEAR_NORM) || is(SPECTRAL_NORM)) {
        let square = r.call(DOT, [a, a]);
        return Some(r.call(NORM_OF_SQUARE, [square]));
    }
    if shape.is_line() && is(PINV) {
        let square = r.call(DOT, [a, a]);
        let factor = r.call(RECIP_OR_ZERO, [square]);
        let a = r.transpose(a);
        return Some(r.scale(factor, a));
    }
    if !shape.is_scalar() {
        return None;
    }
    if is(DET) || is(EIGVALS_SYM) {
        return Some(a);
    }
    if is(LOGDET) {
        let a = r.call(ABS, [a]);
        return Some(r.call(LN, [a]));
    }
    if SOLVES.iter().any(|(solve, ..)| is(*solve)) {
        let b = b?;
        let a = r.broadcast(a, r.graph.shape(b));
        return Some(r.call(DIV, [b, a]));
    }
    if is(LYAPUNOV) {
        let two = r.constant(2.0);
        let a = r.call(HADAMARD, [two, a]);
        return Some(r.call(DIV, [b?, a]));
    }
    let functions = [
        (INVERSE, RECIP),
        (CHOLESKY, SQRT),
        (SQRTM, SQRT),
        (LOGM_SPD, LN),
        (EXPM, EXP),
        (PINV, RECIP_OR_ZERO),
        (NUCLEAR_NORM, ABS),
        (SPECTRAL_NORM, ABS),
    ];
    let (_, function) = functions.into_iter().find(|(matrix, _)| is(*matrix))?;
    Some(r.call(function, [a]))
}

pub(super) fn products(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = stated(&r.graph, id, MATMUL)?;
    if let Some([s]) = stated(&r.graph, a, IDENTITY) {
        return Some(r.scale(s, b));
    }
    if let Some([s]) = stated(&r.graph, b, IDENTITY) {
        return Some(r.scale(s, a));
    }
    let (left, right) = (inverse_of(&r.graph, a), inverse_of(&r.graph, b));
    if let (Some((_, a)), Some((_, b))) = (left, right)
        && a == b
    {
        // The inverse is needed as it is.
        return None;
    }
    if let Some((solve, a)) = left.filter(|(_, a)| few(r, *a, r.graph.shape(b).columns)) {
        return Some(r.call(solve, [a, b]));
    }
    if let Some((solve, b)) = right.filter(|(_, b)| few(r, *b, r.graph.shape(a).rows)) {
        // B A⁻¹ = (A⁻ᵀ Bᵀ)ᵀ
        let other = if solve == SOLVE { SOLVE_T } else { SOLVE };
        let a = r.transpose(a);
        let x = r.call(other, [b, a]);
        return Some(r.transpose(x));
    }
    // (A⁻¹ B) v = A⁻¹ (B v), and uᵀ (A⁻¹ B) = (A⁻ᵀ u)ᵀ B.
    for (solve, crossed, _) in SOLVES {
        if let Some([m, x]) = stated(&r.graph, a, solve).filter(|_| r.graph.shape(b).columns.is_one()) {
            let x = r.call(MATMUL, [x, b]);
            return Some(r.call(solve, [m, x]));
        }
        if let Some([m, x]) = stated(&r.graph, b, solve).filter(|_| r.graph.shape(a).rows.is_one()) {
            let u = r.transpose(a);
            let u = r.call(crossed, [m, u]);
            let u = r.transpose(u);
            return Some(r.call(MATMUL, [u, x]));
        }
    }
    None
}

/// True if that many right-hand sides are solved for, rather than multiplied by an inverse: a line, as many as the
/// matrix has itself, a number that is written out. Rows of data are not: their product with an inverse is computed row
/// by row, but a solve needs all of them at once.
fn few(r: &Rewriter, a: NodeId, sides: Dim) -> bool {
    matches!(sides, Dim::Size(_)) || sides == r.graph.shape(a).rows
}

pub(super) fn solves(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    for (solve, crossed, of_transpose) in SOLVES {
        if let Some([b]) = stated(&r.graph, id, TRACE)
            && solve == SOLVE
        {
            return trace(r, b);
        }
        let Some([a, b]) = stated(&r.graph, id, solve) else { continue };
        if let Some(a) = transposed(&r.graph, a) {
            return Some(r.call(of_transpose, [a, b]));
        }
        if let Some([b]) = stated(&r.graph, b, NEG) {
            let x = r.call(solve, [a, b]);
            return Some(r.call(NEG, [x]));
        }
        if let Some((s, b)) = r.scaled(b) {
            let x = r.call(solve, [a, b]);
            return Some(r.scale(s, x));
        }
        let straight = solve == SOLVE;
        if !straight && solve != SOLVE_T {
            return None;
        }
        if let Some([inner]) = stated(&r.graph, a, INVERSE) {
            let inner = if straight { inner } else { r.transpose(inner) };
            return Some(r.call(MATMUL, [inner, b]));
        }
        if let Some([s]) = stated(&r.graph, b, IDENTITY) {
            let inverse = r.call(INVERSE, [a]);
            let inverse = if straight { inverse } else { r.transpose(inverse) };
            return Some(r.scale(s, inverse));
        }
        return (!straight && is_symmetric(&r.graph, a, DEPTH)).then(|| r.call(crossed, [a, b]));
    }
    None
}

/// tr(A⁻¹ B) = ⟨A⁻ᵀ, B⟩: the inverse is what the gradient needs, too.
fn trace(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (a, b, crossed) = match (stated(&r.graph, id, SOLVE), stated(&r.graph, id, SOLVE_T)) {
        (Some([a, b]), _) => (a, b, true),
        (_, Some([a, b])) => (a, b, false),
        _ => return None,
    };
    let inverse = r.call(INVERSE, [a]);
    let inverse = if crossed { r.transpose(inverse) } else { inverse };
    Some(r.call(DOT, [inverse, b]))
}

pub(super) fn functions(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    for function in [LOGDET, DET, NUCLEAR_NORM, SPECTRAL_NORM, EIGVALS_SYM, CHOLESKY, SQRTM, LOGM_SPD] {
        if let Some([a]) = stated(&r.graph, id, function)
            && let Some(a) = transposed(&r.graph, a)
        {
            return Some(r.call(function, [a]));
        }
    }
    for function in [INVERSE, PINV, EXPM] {
        if let Some([a]) = stated(&r.graph, id, function)
            && let Some(a) = transposed(&r.graph, a)
        {
            let value = r.call(function, [a]);
            return Some(r.transpose(value));
        }
    }
    if let Some([a]) = stated(&r.graph, id, INVERSE) {
        if let Some([a]) = stated(&r.graph, a, INVERSE) {
            return Some(a);
        }
        let (s, a) = r.scaled(a)?;
        let one = r.constant(1.0);
        let s = r.call(DIV, [one, s]);
        let inverse = r.call(INVERSE, [a]);
        return Some(r.scale(s, inverse));
    }
    if let Some([a]) = stated(&r.graph, id, LOGDET) {
        let [a] = stated(&r.graph, a, INVERSE)?;
        let value = r.call(LOGDET, [a]);
        return Some(r.call(NEG, [value]));
    }
    let [a] = stated(&r.graph, id, DET)?;
    let [a] = stated(&r.graph, a, INVERSE)?;
    let value = r.call(DET, [a]);
    Some(r.call(RECIP, [value]))
}

pub(super) fn symmetric(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    transposed(&r.graph, id).filter(|&a| is_symmetric(&r.graph, a, DEPTH))
}

/// Depth below a node to which its symmetry is looked for.
const DEPTH: u32 = 8;

/// True if the form of `id` says that it is its own transpose: A Aᵀ, s I, sums of such, u uᵀ, A + Aᵀ, and functions of these.
fn is_symmetric(graph: &Graph, id: NodeId, depth: u32) -> bool {
    let shape = graph.shape(id);
    if shape.is_scalar() {
        return true;
    }
    if depth == 0 || shape.rows != shape.columns {
        return false;
    }
    let inner = |a: NodeId| is_symmetric(graph, a, depth - 1);
    let crossed = |a, b| transposed(graph, a) == Some(b) || transposed(graph, b) == Some(a);
    let repeated = |a| graph.is(a, crate::operations::BROADCAST).map(|operands| operands[0]);
    let Some(operation) = graph.operation(id) else { return false };
    match (operation.kind(), graph.stated(id)) {
        (Kind::Pointwise(row), &[a, b]) if row.commutes => {
            let lines = repeated(a).zip(repeated(b));
            crossed(a, b) || lines.is_some_and(|(a, b)| crossed(a, b)) || inner(a) && inner(b)
        }
        (Kind::Pointwise(_), operands) => operands.iter().all(|&a| inner(a)),
        (Kind::Multilinear(_), &[a, b]) => graph.is(id, MATMUL).is_some() && crossed(a, b),
        (Kind::Multilinear(_), &[_]) => {
            graph.is(id, IDENTITY).is_some()
                || repeated(id).is_some_and(|a| graph.shape(a).is_scalar())
                || transposed(graph, id).is_some_and(inner)
        }
        (Kind::Routine(_), &[a, ..]) => {
            let always = [SQRTM, LOGM_SPD, EIGENVECTORS_TIMES].contains(&operation);
            let as_operand = [INVERSE, EXPM, PINV].contains(&operation);
            always || as_operand && inner(a)
        }
        _ => false,
    }
}
