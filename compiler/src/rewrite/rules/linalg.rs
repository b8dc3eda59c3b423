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

/// The operand of a call of one of `operations` on a line.
fn of_line<const N: usize>(r: &Rewriter, id: NodeId, operations: [&'static dyn Operation; N]) -> Option<NodeId> {
    let [a] = operations.into_iter().find_map(|operation| stated(&r.graph, id, operation))?;
    r.graph.shape(a).is_line().then_some(a)
}

pub(super) fn norm_of_line(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_line(r, id, [NUCLEAR_NORM, SPECTRAL_NORM])?;
    let square = r.call(DOT, [a, a]);
    Some(r.call(NORM_OF_SQUARE, [square]))
}

pub(super) fn pseudoinverse_of_line(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_line(r, id, [PINV])?;
    let square = r.call(DOT, [a, a]);
    let factor = r.call(RECIP_OR_ZERO, [square]);
    let a = r.transpose(a);
    Some(r.scale(factor, a))
}

/// A routine of a scalar, and what else it is given.
fn of_scalar(r: &Rewriter, id: NodeId) -> Option<(&'static dyn Operation, NodeId, Option<NodeId>)> {
    let operation = r.graph.operation(id)?;
    let Kind::Routine(_) = operation.kind() else { return None };
    let a = *r.graph.stated(id).first()?;
    r.graph.shape(a).is_scalar().then(|| (operation, a, r.graph.stated(id).get(1).copied()))
}

pub(super) fn determinant_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, a, _) = of_scalar(r, id)?;
    [DET, EIGVALS_SYM].contains(&operation).then_some(a)
}

pub(super) fn logdet_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, a, _) = of_scalar(r, id)?;
    (operation == LOGDET).then(|| {
        let a = r.call(ABS, [a]);
        r.call(LN, [a])
    })
}

pub(super) fn solve_with_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, a, b) = of_scalar(r, id)?;
    let b = b.filter(|_| SOLVES.iter().any(|(solve, ..)| *solve == operation))?;
    let a = r.broadcast(a, r.graph.shape(b));
    Some(r.call(DIV, [b, a]))
}

pub(super) fn lyapunov_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, a, b) = of_scalar(r, id)?;
    let b = b.filter(|_| operation == LYAPUNOV)?;
    let two = r.constant(2.0);
    let a = r.call(HADAMARD, [two, a]);
    Some(r.call(DIV, [b, a]))
}

pub(super) fn function_of_scalar(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, a, _) = of_scalar(r, id)?;
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
    let (_, function) = functions.into_iter().find(|(matrix, _)| *matrix == operation)?;
    Some(r.call(function, [a]))
}

pub(super) fn identity_times(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = stated(&r.graph, id, MATMUL)?;
    let [s] = stated(&r.graph, a, IDENTITY)?;
    Some(r.scale(s, b))
}

pub(super) fn times_identity(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = stated(&r.graph, id, MATMUL)?;
    let [s] = stated(&r.graph, b, IDENTITY)?;
    Some(r.scale(s, a))
}

/// Operation that solves in place of a factor that is an inverse, and the matrix that it is the inverse of.
type Inverse = Option<(&'static dyn Operation, NodeId)>;

/// The factors of a product, and the inverses that they are, unless both are of one matrix: that inverse is needed as it is.
fn inverses(r: &Rewriter, id: NodeId) -> Option<([NodeId; 2], [Inverse; 2])> {
    let operands: [NodeId; 2] = stated(&r.graph, id, MATMUL)?;
    let inverses = operands.map(|operand| inverse_of(&r.graph, operand));
    match inverses {
        [Some((_, a)), Some((_, b))] if a == b => None,
        _ => Some((operands, inverses)),
    }
}

pub(super) fn inverse_times(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let ([_, b], [left, _]) = inverses(r, id)?;
    let (solve, a) = left.filter(|(_, a)| few(r, *a, r.graph.shape(b).columns))?;
    Some(r.call(solve, [a, b]))
}

/// B A⁻¹ = (A⁻ᵀ Bᵀ)ᵀ
pub(super) fn times_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let ([a, _], [_, right]) = inverses(r, id)?;
    let (solve, b) = right.filter(|(_, b)| few(r, *b, r.graph.shape(a).rows))?;
    let other = if solve == SOLVE { SOLVE_T } else { SOLVE };
    let a = r.transpose(a);
    let x = r.call(other, [b, a]);
    Some(r.transpose(x))
}

pub(super) fn solution_times_column(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = stated(&r.graph, id, MATMUL)?;
    let (solve, _, _, [m, x]) = solve(r, a).filter(|_| r.graph.shape(b).columns.is_one())?;
    let x = r.call(MATMUL, [x, b]);
    Some(r.call(solve, [m, x]))
}

/// uᵀ (A⁻¹ B) = (A⁻ᵀ u)ᵀ B
pub(super) fn row_times_solution(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = stated(&r.graph, id, MATMUL)?;
    let (_, other, _, [m, x]) = solve(r, b).filter(|_| r.graph.shape(a).rows.is_one())?;
    let u = r.transpose(a);
    let u = r.call(other, [m, u]);
    let u = r.transpose(u);
    Some(r.call(MATMUL, [u, x]))
}

/// True if that many right-hand sides are solved for, rather than multiplied by an inverse: a line, as many as the
/// matrix has itself, a number that is written out. Rows of data are not: their product with an inverse is computed row
/// by row, but a solve needs all of them at once.
fn few(r: &Rewriter, a: NodeId, sides: Dim) -> bool {
    matches!(sides, Dim::Size(_)) || sides == r.graph.shape(a).rows
}

/// A call that solves: by what, the other two of its row in [`SOLVES`], and the operands.
type Solve = (&'static dyn Operation, &'static dyn Operation, &'static dyn Operation, [NodeId; 2]);

fn solve(r: &Rewriter, id: NodeId) -> Option<Solve> {
    let operation = r.graph.operation(id)?;
    let (solve, other, of_transpose) = SOLVES.into_iter().find(|(solve, ..)| *solve == operation)?;
    Some((solve, other, of_transpose, stated(&r.graph, id, solve)?))
}

pub(super) fn solve_with_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (_, _, of_transpose, [a, b]) = solve(r, id)?;
    let a = transposed(&r.graph, a)?;
    Some(r.call(of_transpose, [a, b]))
}

pub(super) fn solve_for_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (solve, _, _, [a, b]) = solve(r, id)?;
    let [b] = stated(&r.graph, b, NEG)?;
    let x = r.call(solve, [a, b]);
    Some(r.call(NEG, [x]))
}

pub(super) fn solve_for_multiple(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (solve, _, _, [a, b]) = solve(r, id)?;
    let (s, b) = r.scaled(b)?;
    let x = r.call(solve, [a, b]);
    Some(r.scale(s, x))
}

pub(super) fn solve_with_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (solve, _, _, [a, b]) = solve(r, id).filter(|(solve, ..)| [SOLVE, SOLVE_T].contains(solve))?;
    let [inner] = stated(&r.graph, a, INVERSE)?;
    let inner = if solve == SOLVE { inner } else { r.transpose(inner) };
    Some(r.call(MATMUL, [inner, b]))
}

pub(super) fn solve_for_identity(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (solve, _, _, [a, b]) = solve(r, id).filter(|(solve, ..)| [SOLVE, SOLVE_T].contains(solve))?;
    let [s] = stated(&r.graph, b, IDENTITY)?;
    let inverse = r.call(INVERSE, [a]);
    let inverse = if solve == SOLVE { inverse } else { r.transpose(inverse) };
    Some(r.scale(s, inverse))
}

pub(super) fn solve_with_symmetric(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (_, other, _, [a, b]) = solve(r, id).filter(|(solve, ..)| *solve == SOLVE_T)?;
    is_symmetric(&r.graph, a, DEPTH).then(|| r.call(other, [a, b]))
}

/// tr(A⁻¹ B) = ⟨A⁻ᵀ, B⟩: the inverse is what the gradient needs, too.
pub(super) fn trace_of_solution(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [b] = stated(&r.graph, id, TRACE)?;
    let (solve, _, _, [a, b]) = solve(r, b).filter(|(solve, ..)| [SOLVE, SOLVE_T].contains(solve))?;
    let inverse = r.call(INVERSE, [a]);
    let inverse = if solve == SOLVE { r.transpose(inverse) } else { inverse };
    Some(r.call(DOT, [inverse, b]))
}

/// The function of one of `functions`, and the A of its operand Aᵀ.
fn of_transpose<const N: usize>(
    r: &Rewriter,
    id: NodeId,
    functions: [&'static dyn Operation; N],
) -> Option<(&'static dyn Operation, NodeId)> {
    let function = r.graph.operation(id).filter(|function| functions.contains(function))?;
    let [a] = stated(&r.graph, id, function)?;
    Some((function, transposed(&r.graph, a)?))
}

pub(super) fn same_of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let functions = [LOGDET, DET, NUCLEAR_NORM, SPECTRAL_NORM, EIGVALS_SYM, CHOLESKY, SQRTM, LOGM_SPD];
    let (function, a) = of_transpose(r, id, functions)?;
    Some(r.call(function, [a]))
}

pub(super) fn transpose_of_transpose(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (function, a) = of_transpose(r, id, [INVERSE, PINV, EXPM])?;
    let value = r.call(function, [a]);
    Some(r.transpose(value))
}

/// The A of `function`(A⁻¹).
fn of_inverse(r: &Rewriter, id: NodeId, function: &'static dyn Operation) -> Option<NodeId> {
    let [inverse] = stated(&r.graph, id, function)?;
    stated(&r.graph, inverse, INVERSE).map(|[a]| a)
}

pub(super) fn inverse_of_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    of_inverse(r, id, INVERSE)
}

pub(super) fn inverse_of_multiple(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = stated(&r.graph, id, INVERSE)?;
    let (s, a) = r.scaled(a)?;
    let one = r.constant(1.0);
    let s = r.call(DIV, [one, s]);
    let inverse = r.call(INVERSE, [a]);
    Some(r.scale(s, inverse))
}

pub(super) fn logdet_of_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_inverse(r, id, LOGDET)?;
    let value = r.call(LOGDET, [a]);
    Some(r.call(NEG, [value]))
}

pub(super) fn determinant_of_inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let a = of_inverse(r, id, DET)?;
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
    let are_transposes = |a, b| transposed(graph, a) == Some(b) || transposed(graph, b) == Some(a);
    let repeated = |a| graph.is(a, crate::operations::BROADCAST).map(|operands| operands[0]);
    let Some(operation) = graph.operation(id) else { return false };
    match (operation.kind(), graph.stated(id)) {
        (Kind::Pointwise(row), &[a, b]) if row.commutes => {
            let lines = repeated(a).zip(repeated(b));
            are_transposes(a, b) || lines.is_some_and(|(a, b)| are_transposes(a, b)) || inner(a) && inner(b)
        }
        (Kind::Pointwise(_), operands) => operands.iter().all(|&a| inner(a)),
        (Kind::Multilinear(_), &[a, b]) => graph.is(id, MATMUL).is_some() && are_transposes(a, b),
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
