//! Dense linear algebra: inverses, solves, determinants, factors, spectral functions.
//!
//! **Factorisations are operands.** `solve(a, b)` and `logdet(a)` have a further operand that no one states,
//! `lu(a)`, which a [helper](super::Helper) makes. Nodes are hash-consed, so one factorisation serves a value, its
//! gradients, and every function of the same matrix. It is a way to compute the function, not a part of what the
//! function is: the adjoints in the factorisation are zero, those in `a` are whole, and definitions don't read it.
//!
//! Adjoints are formulas of Giles, "An extended collection of matrix derivative results" (2008), of Murray,
//! "Differentiation of the Cholesky decomposition" (2016), and of Higham, "Functions of Matrices" (2008).

mod definitions;
#[cfg(test)]
mod tests;

use super::routine::ROUTINE;
use super::structure::{TRIL, TRIU};
use super::{ADD, Binds, DOT, HADAMARD, MATMUL, NEG, Operation, SUB, Wanted};
use crate::base::{Dim, Shape};
use crate::dual::Dense;
use crate::graph::operation::Routine;
use crate::graph::{Graph, NodeId};
use definitions as by_definition;

/// A square matrix in, and one of its shape out, and whatever the factorisation's shape is.
const SQUARE: Routine = Routine {
    operands: &[b"ii"],
    result: b"ii",
    wanted: Wanted::Square(0),
    feature: Some("linalg"),
    flops: 100,
    ..ROUTINE
};
const BY_LU: Routine =
    Routine { operands: &[b"ii", b"ip"], helpers: &[lu], scratch: Some("linalg::SolveScratch"), ..SQUARE };
const BY_EIGH: Routine =
    Routine { operands: &[b"ii", b"ip"], helpers: &[eigh], scratch: Some("linalg::SpectralScratch"), ..SQUARE };
const BY_SVD: Routine = Routine { operands: &[b"ij", b"qj"], helpers: &[svd], wanted: Wanted::Same, ..SQUARE };
/// Linear in the second operand.
const ALONG_SVD: Routine = Routine {
    operands: &[b"ij", b"ij", b"qj"],
    result: b"ij",
    is_function: false,
    linear: &[1],
    scratch: Some("linalg::AlongScratch"),
    ..BY_SVD
};
const SOLVES: Routine = Routine {
    operands: &[b"ii", b"ij", b"ip"],
    result: b"ij",
    shape: Some(solve_shape),
    binds: Binds::Product,
    ..BY_LU
};
const TRIANGULAR: Routine = Routine { operands: &[b"ii", b"ij"], helpers: &[], ..SOLVES };

#[rustfmt::skip]
table! { TABLE: Routine;
    LU = Routine { name: "lu", signature: "lu(a: Matrix<N, N>) -> Matrix<N, N + 1>", is_function: false,
        result: b"ip", shape: Some(|shapes| with_line(shapes, 0)), evaluate: by_definition::lu,
        notation: Some("lu({0})"), runs: "linalg::lu", scratch: Some("linalg::LuScratch"), ..SQUARE };
    INVERSE = Routine { name: "inverse", signature: "inverse(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: inverse_adjoint, evaluate: |v, out| by_definition::solve(v[0], &Dense::identity(v[0].rows), out),
        notation: Some("{0}⁻¹"), runs: "linalg::inverse", note: Some("inf or NaN for a singular matrix"), ..BY_LU };
    SOLVE = Routine { name: "solve", signature: "solve(a: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>",
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE_T, Side::Straight, None),
        evaluate: |v, out| by_definition::solve(v[0], v[1], out),
        notation: Some("{0}⁻¹ {1}"), runs: "linalg::solve", note: Some("inf or NaN for a singular matrix"), ..SOLVES };
    SOLVE_T = Routine { name: "solve_t", signature: "solve_t(a: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>", is_function: false,
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE, Side::Crossed, None),
        evaluate: |v, out| by_definition::solve(&v[0].t(), v[1], out),
        notation: Some("{0}⁻ᵀ {1}"), runs: "linalg::solve_t", ..SOLVES };
    SOLVE_LOWER = Routine { name: "solve_lower", signature: "solve_lower(l: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>",
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE_LOWER_T, Side::Straight, Some(TRIL)),
        evaluate: |v, out| by_definition::solve(&v[0].lower(), v[1], out),
        notation: Some("tril({0})⁻¹ {1}"), runs: "linalg::solve_lower",
        note: Some("only the lower triangle is read, and has a gradient; inf or NaN where its diagonal is 0"), ..TRIANGULAR };
    SOLVE_LOWER_T = Routine { name: "solve_lower_t", signature: "solve_lower_t(l: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>",
        is_function: false,
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE_LOWER, Side::Crossed, Some(TRIL)),
        evaluate: |v, out| by_definition::solve(&v[0].lower().t(), v[1], out),
        notation: Some("tril({0})⁻ᵀ {1}"), runs: "linalg::solve_lower_t", ..TRIANGULAR };
    SOLVE_UPPER = Routine { name: "solve_upper", signature: "solve_upper(u: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>",
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE_UPPER_T, Side::Straight, Some(TRIU)),
        evaluate: |v, out| by_definition::solve(&v[0].t().lower().t(), v[1], out),
        notation: Some("triu({0})⁻¹ {1}"), runs: "linalg::solve_upper",
        note: Some("only the upper triangle is read, and has a gradient; inf or NaN where its diagonal is 0"), ..TRIANGULAR };
    SOLVE_UPPER_T = Routine { name: "solve_upper_t", signature: "solve_upper_t(u: Matrix<N, N>, b: Matrix<N, M>) -> Matrix<N, M>",
        is_function: false,
        adjoint: |graph, node, k, g| solve_adjoint(graph, node, k, g, SOLVE_UPPER, Side::Crossed, Some(TRIU)),
        evaluate: |v, out| by_definition::solve(&v[0].t().lower(), v[1], out),
        notation: Some("triu({0})⁻ᵀ {1}"), runs: "linalg::solve_upper_t", ..TRIANGULAR };
    HALF_LOWER = Routine { name: "half_lower", signature: "half_lower(a: Matrix<N, N>) -> Matrix<N, N>", is_function: false,
        adjoint: |graph, _, _, g| Some(graph.call(HALF_LOWER, [g])),
        evaluate: |v, out| *out = v[0].half_lower(), notation: Some("Φ({0})"), runs: "linalg::half_lower", flops: 1,
        note: Some("Φ: the lower triangle, with half of the diagonal"), ..SQUARE };
    LOGDET = Routine { name: "logdet", signature: "logdet(a: Matrix<N, N>) -> Scalar", result: b"11",
        adjoint: |graph, node, k, g| {
            let a = stated(graph, node, k)?;
            let inverse = graph.call(INVERSE, [a]);
            let inverse = graph.transpose(inverse);
            Some(scaled(graph, g, inverse))
        },
        evaluate: |v, out| out.values[0] = by_definition::logdet(v[0]),
        notation: Some("ln |det {0}|"), runs: "linalg::logdet", scratch: None,
        note: Some("the logarithm of the absolute value of the determinant: -inf for a singular matrix"), ..BY_LU };
    DET = Routine { name: "det", signature: "det(a: Matrix<N, N>) -> Scalar", result: b"11",
        adjoint: |graph, node, k, g| {
            let a = stated(graph, node, k)?;
            let cofactors = graph.call(COFACTORS, [a]);
            Some(scaled(graph, g, cofactors))
        },
        evaluate: |v, out| out.values[0] = by_definition::det(v[0]),
        notation: Some("det({0})"), runs: "linalg::det", scratch: None, ..BY_LU };
    COFACTORS = Routine { name: "cofactors", signature: "cofactors(a: Matrix<N, N>) -> Matrix<N, N>", is_function: false,
        adjoint: cofactors_adjoint, evaluate: |v, out| by_definition::cofactors(v[0], out),
        notation: Some("cof({0})"), runs: "linalg::cofactors", scratch: Some("linalg::CofactorScratch"),
        note: Some("the matrix of cofactors, which is det(A) A⁻ᵀ where A is regular: exact at singular matrices too"), ..SQUARE };
    CHOLESKY = Routine { name: "cholesky", signature: "cholesky(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: cholesky_adjoint, evaluate: |v, out| by_definition::cholesky(&v[0].symmetric(), out),
        notation: Some("chol({0})"), runs: "linalg::cholesky", scratch: Some("linalg::CholeskyScratch"),
        note: Some("the lower triangular factor of the symmetric part (A + Aᵀ) / 2, so that its gradient is symmetric; \
               NaN if that is not positive definite"), ..SQUARE };
    EIGH = Routine { name: "eigh", signature: "eigh(a: Matrix<N, N>) -> Matrix<N, N + 1>", is_function: false,
        result: b"ip", shape: Some(|shapes| with_line(shapes, 0)), evaluate: |_, out| out.values.fill(f64::NAN.into()),
        notation: Some("eigh({0})"), runs: "linalg::eigh", scratch: Some("linalg::EighScratch"), ..SQUARE };
    EIGVALS_SYM = Routine { name: "eigvals_sym", signature: "eigvals_sym(a: Matrix<N, N>) -> Vector<N>", result: b"i1",
        adjoint: |graph, node, k, g| { let a = stated(graph, node, k)?; Some(graph.call(EIGENVECTORS_TIMES, [a, g])) },
        evaluate: |v, out| by_definition::eigenvalues(&v[0].symmetric(), out),
        notation: Some("λ({0})"), runs: "linalg::eigvals_sym", scratch: None,
        note: Some("the eigenvalues of the symmetric part (A + Aᵀ) / 2, the smallest first; where some are equal, the \
               gradient is right for symmetric functions of them"), ..BY_EIGH };
    EIGENVECTORS_TIMES = Routine { name: "eigenvectors_times", is_function: false,
        signature: "eigenvectors_times(a: Matrix<N, N>, d: Vector<N>) -> Matrix<N, N>", operands: &[b"ii", b"i1", b"ip"],
        adjoint: |graph, node, k, g| by_eigenvectors(graph, node, k, g, EIGENVALUES_ALONG),
        evaluate: |v, out| by_definition::eigenvectors_times(v[0], v[1], out),
        notation: Some("V({0}) diag({1}) V({0})ᵀ"), binds: Binds::Product, runs: "linalg::eigenvectors_times", ..BY_EIGH };
    EIGENVALUES_ALONG = Routine { name: "eigenvalues_along", is_function: false,
        signature: "eigenvalues_along(a: Matrix<N, N>, e: Matrix<N, N>) -> Vector<N>", operands: &[b"ii", b"ii", b"ip"], result: b"i1",
        adjoint: |graph, node, k, g| by_eigenvectors(graph, node, k, g, EIGENVECTORS_TIMES),
        evaluate: |v, out| by_definition::eigenvalues_along(v[0], v[1], out),
        notation: Some("Dλ({0})[{1}]"), runs: "linalg::eigenvalues_along", ..BY_EIGH };
    SQRTM = Routine { name: "sqrtm", signature: "sqrtm(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, node, k, g| { let a = stated(graph, node, k)?; Some(graph.call(SQRTM_ADJOINT, [a, g])) },
        evaluate: |v, out| *out = by_definition::sqrtm(&v[0].symmetric()),
        notation: Some("{0}^½"), runs: "linalg::sqrtm",
        note: Some("the square root of the symmetric part (A + Aᵀ) / 2; NaN if that is not positive semidefinite, and an \
               infinite gradient where it is singular"), ..BY_EIGH };
    SQRTM_ADJOINT = Routine { name: "sqrtm_adjoint", is_function: false, operands: &[b"ii", b"ii", b"ip"],
        signature: "sqrtm_adjoint(a: Matrix<N, N>, g: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: sqrtm_second_adjoint,
        evaluate: |v, out| by_definition::sqrtm_adjoint(&v[0].symmetric(), &v[1].symmetric(), out),
        notation: Some("Dsqrtm({0})[{1}]"), runs: "linalg::sqrtm_adjoint", ..BY_EIGH };
    LOGM_SPD = Routine { name: "logm_spd", signature: "logm_spd(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, node, k, g| { let a = stated(graph, node, k)?; Some(graph.call(LOGM_SPD_ADJOINT, [a, g])) },
        evaluate: |v, out| *out = by_definition::logm(&v[0].symmetric()),
        notation: Some("logm({0})"), runs: "linalg::logm_spd",
        note: Some("the logarithm of the symmetric part (A + Aᵀ) / 2; NaN if that is not positive definite"), ..BY_EIGH };
    LOGM_SPD_ADJOINT = Routine { name: "logm_spd_adjoint", is_function: false, operands: &[b"ii", b"ii", b"ip"],
        signature: "logm_spd_adjoint(a: Matrix<N, N>, g: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, node, k, g| self_adjoint(graph, node, k, g, LOGM_SPD_ADJOINT),
        evaluate: |v, out| *out = by_definition::logm_adjoint(&v[0].symmetric(), &v[1].symmetric()),
        notation: Some("Dlogm({0})[{1}]"), runs: "linalg::logm_spd_adjoint", ..BY_EIGH };
    EXPM = Routine { name: "expm", signature: "expm(a: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, node, k, g| {
            let a = stated(graph, node, k)?;
            let a = graph.transpose(a);
            Some(graph.call(EXPM_DERIVATIVE, [a, g]))
        },
        evaluate: |v, out| *out = by_definition::expm(v[0]),
        notation: Some("expm({0})"), runs: "linalg::expm", scratch: Some("linalg::ExpmScratch"), ..SQUARE };
    EXPM_DERIVATIVE = Routine { name: "expm_derivative", is_function: false, operands: &[b"ii", b"ii"],
        signature: "expm_derivative(a: Matrix<N, N>, e: Matrix<N, N>) -> Matrix<N, N>",
        adjoint: |graph, node, k, g| {
            if k == 0 { return not_derived(graph, node, k); }
            let a = stated(graph, node, 0)?;
            let a = graph.transpose(a);
            Some(graph.call(EXPM_DERIVATIVE, [a, g]))
        },
        evaluate: |v, out| *out = by_definition::expm_derivative(v[0], v[1]),
        notation: Some("Dexpm({0})[{1}]"), runs: "linalg::expm_derivative", scratch: Some("linalg::ExpmDerivativeScratch"), ..SQUARE };
    LYAPUNOV = Routine { name: "lyapunov", signature: "lyapunov(a: Matrix<N, N>, q: Matrix<N, N>) -> Matrix<N, N>",
        operands: &[b"ii", b"ii"], shape: Some(two_squares),
        adjoint: lyapunov_adjoint, evaluate: |v, out| by_definition::lyapunov(v[0], v[1], out),
        notation: Some("lyapunov({0}, {1})"), runs: "linalg::lyapunov", scratch: Some("linalg::LyapunovScratch"),
        note: Some("the X of A X + X Aᵀ = Q, where the real parts of all eigenvalues of A have one sign; NaN elsewhere"), ..SQUARE };
    SVD = Routine { name: "svd", signature: "svd(x: Matrix<M, N>) -> Matrix<M + N + 1, N>", is_function: false,
        operands: &[b"ij"], result: b"qj", helpers: &[], shape: Some(svd_shape), evaluate: |_, out| out.values.fill(f64::NAN.into()),
        notation: Some("svd({0})"), runs: "linalg::svd", scratch: Some("linalg::SvdScratch"), ..BY_SVD };
    NUCLEAR_NORM = Routine { name: "nuclear_norm", signature: "nuclear_norm(x: Matrix<M, N>) -> Scalar", result: b"11",
        adjoint: |graph, node, k, g| {
            let x = stated(graph, node, k)?;
            let polar = graph.call(POLAR, [x]);
            Some(scaled(graph, g, polar))
        },
        evaluate: |v, out| out.values[0] = by_definition::nuclear_norm(v[0]),
        notation: Some("nuclear_norm({0})"), runs: "linalg::nuclear_norm",
        note: Some("the sum of the singular values; of its subgradients the one that is 0 where those are 0"), ..BY_SVD };
    SPECTRAL_NORM = Routine { name: "spectral_norm", signature: "spectral_norm(x: Matrix<M, N>) -> Scalar", result: b"11",
        adjoint: |graph, node, k, g| {
            let x = stated(graph, node, k)?;
            let top = graph.call(TOP_SINGULAR, [x]);
            Some(scaled(graph, g, top))
        },
        evaluate: |v, out| out.values[0] = by_definition::spectral_norm(v[0]),
        notation: Some("spectral_norm({0})"), runs: "linalg::spectral_norm",
        note: Some("the largest singular value; where several are largest, the gradient is that of one of them"), ..BY_SVD };
    POLAR = Routine { name: "polar", signature: "polar(x: Matrix<M, N>) -> Matrix<M, N>", is_function: false, result: b"ij",
        adjoint: |graph, node, k, g| { let x = stated(graph, node, k)?; Some(graph.call(POLAR_ALONG, [x, g])) },
        evaluate: |v, out| by_definition::polar(v[0], out),
        notation: Some("polar({0})"), runs: "linalg::polar", scratch: Some("linalg::SingularScratch"), ..BY_SVD };
    POLAR_ALONG = Routine { name: "polar_along", signature: "polar_along(x: Matrix<M, N>, e: Matrix<M, N>) -> Matrix<M, N>",
        adjoint: |graph, node, k, g| self_adjoint(graph, node, k, g, POLAR_ALONG),
        evaluate: |v, out| by_definition::along(v[0], v[1], by_definition::polar, out),
        notation: Some("Dpolar({0})[{1}]"), runs: "linalg::polar_along", ..ALONG_SVD };
    TOP_SINGULAR = Routine { name: "top_singular", signature: "top_singular(x: Matrix<M, N>) -> Matrix<M, N>", is_function: false,
        result: b"ij", adjoint: |graph, node, k, g| { let x = stated(graph, node, k)?; Some(graph.call(TOP_SINGULAR_ALONG, [x, g])) },
        evaluate: |v, out| by_definition::top_singular(v[0], out),
        notation: Some("u₁({0}) v₁({0})ᵀ"), binds: Binds::Product, runs: "linalg::top_singular", ..BY_SVD };
    TOP_SINGULAR_ALONG = Routine { name: "top_singular_along", signature: "top_singular_along(x: Matrix<M, N>, e: Matrix<M, N>) -> Matrix<M, N>",
        adjoint: |graph, node, k, g| self_adjoint(graph, node, k, g, TOP_SINGULAR_ALONG),
        evaluate: |v, out| by_definition::along(v[0], v[1], by_definition::top_singular, out),
        notation: Some("D(u₁ v₁ᵀ)({0})[{1}]"), runs: "linalg::top_singular_along", ..ALONG_SVD };
    PINV = Routine { name: "pinv", signature: "pinv(x: Matrix<M, N>) -> Matrix<N, M>", result: b"ji",
        adjoint: pinv_adjoint, evaluate: |v, out| by_definition::pinv(v[0], out),
        notation: Some("{0}⁺"), runs: "linalg::pinv", scratch: Some("linalg::SingularScratch"),
        note: Some("singular values below max(M, N) ε σ₁ count as 0; the gradient is that of a constant rank"), ..BY_SVD };
}

fn lu(graph: &mut Graph, operands: &[NodeId]) -> NodeId {
    graph.call(LU, [operands[0]])
}

fn eigh(graph: &mut Graph, operands: &[NodeId]) -> NodeId {
    graph.call(EIGH, [operands[0]])
}

fn svd(graph: &mut Graph, operands: &[NodeId]) -> NodeId {
    graph.call(SVD, [operands[0]])
}

/// n x (n + 1): a factor, and a line of numbers beside it.
fn with_line(shapes: &[Shape], k: usize) -> Result<Shape, Wanted> {
    let a = shapes.get(k).filter(|a| a.rows.fits(a.columns)).ok_or(Wanted::Square(k))?;
    Ok(Shape::new(a.rows, a.rows.plus(Dim::ONE)))
}

/// The left singular vectors, below them the right ones, below them the values.
fn svd_shape(shapes: &[Shape]) -> Result<Shape, Wanted> {
    let x = shapes.first().ok_or(Wanted::Same)?;
    Ok(Shape::new(x.rows.plus(x.columns).plus(Dim::ONE), x.columns))
}

fn solve_shape(shapes: &[Shape]) -> Result<Shape, Wanted> {
    let [a, b, ..] = shapes else { return Err(Wanted::Inner) };
    if !a.rows.fits(a.columns) {
        return Err(Wanted::Square(0));
    }
    if !a.columns.fits(b.rows) {
        return Err(Wanted::Inner);
    }
    Ok(Shape::new(if a.rows == Dim::Unknown { b.rows } else { a.rows }, b.columns))
}

fn two_squares(shapes: &[Shape]) -> Result<Shape, Wanted> {
    let [a, q] = *shapes else { return Err(Wanted::Same) };
    if !a.rows.fits(a.columns) {
        return Err(Wanted::Square(0));
    }
    if a.fits(q) { Ok(a) } else { Err(Wanted::Same) }
}

/// Operand `k` of `node`, unless a helper made it.
fn stated(graph: &Graph, node: NodeId, k: usize) -> Option<NodeId> {
    graph.stated(node).get(k).copied()
}

/// The scalar `s` times `a`.
fn scaled(graph: &mut Graph, s: NodeId, a: NodeId) -> NodeId {
    let s = graph.broadcast(s, graph.shape(a));
    graph.call(HADAMARD, [s, a])
}

/// The cotangent of what is a derivative already, where no formula for it is known: a silent 0 would be worse.
fn not_derived(graph: &mut Graph, node: NodeId, k: usize) -> Option<NodeId> {
    let shape = graph.shape(stated(graph, node, k)?);
    let nan = graph.constant(f64::NAN);
    Some(graph.broadcast(nan, shape))
}

/// −Yᵀ G Yᵀ.
fn inverse_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    stated(graph, node, k)?;
    let y = graph.transpose(node);
    let left = graph.call(MATMUL, [y, g]);
    let both = graph.call(MATMUL, [left, y]);
    Some(graph.call(NEG, [both]))
}

/// The matrix of a solve: as it is, or transposed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Straight,
    Crossed,
}

/// B̄ = A⁻ᵀ G, and Ā = −B̄ Yᵀ or, of A⁻ᵀ B, −Y B̄ᵀ; of a triangle, that part of it.
fn solve_adjoint(
    graph: &mut Graph,
    node: NodeId,
    k: usize,
    g: NodeId,
    other: &'static dyn Operation,
    side: Side,
    part: Option<&'static dyn Operation>,
) -> Option<NodeId> {
    stated(graph, node, k)?;
    let a = stated(graph, node, 0)?;
    let b = graph.call(other, [a, g]);
    if k == 1 {
        return Some(b);
    }
    let (left, right) = if side == Side::Straight { (b, node) } else { (node, b) };
    let right = graph.transpose(right);
    let product = graph.call(MATMUL, [left, right]);
    let product = part.map_or(product, |part| graph.call(part, [product]));
    Some(graph.call(NEG, [product]))
}

/// Of C = det(A) N with N = A⁻ᵀ: ⟨G, C⟩ N − N Gᵀ C. At a singular matrix it is inf or NaN.
fn cofactors_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let a = stated(graph, node, k)?;
    let inverse = graph.call(INVERSE, [a]);
    let n = graph.transpose(inverse);
    let inner = graph.call(DOT, [g, node]);
    let first = scaled(graph, inner, n);
    let g = graph.transpose(g);
    let second = graph.call(MATMUL, [n, g]);
    let second = graph.call(MATMUL, [second, node]);
    Some(graph.call(SUB, [first, second]))
}

/// sym(L⁻ᵀ Φ(Lᵀ tril(G)) L⁻¹).
fn cholesky_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    stated(graph, node, k)?;
    let l = graph.transpose(node);
    let g = graph.call(TRIL, [g]);
    let p = graph.call(MATMUL, [l, g]);
    let p = graph.call(HALF_LOWER, [p]);
    let left = graph.call(SOLVE_LOWER_T, [node, p]);
    let left = graph.transpose(left);
    let both = graph.call(SOLVE_LOWER_T, [node, left]);
    let transposed = graph.transpose(both);
    let sum = graph.call(ADD, [both, transposed]);
    let half = graph.constant(0.5);
    Some(scaled(graph, half, sum))
}

/// Adjoint of an operation that is its own adjoint in the second operand.
fn self_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId, own: &'static dyn Operation) -> Option<NodeId> {
    let a = stated(graph, node, 0)?;
    stated(graph, node, k)?;
    if k == 1 { Some(graph.call(own, [a, g])) } else { not_derived(graph, node, k) }
}

/// With S = √A, S X + X S = G and S P + P S = H: Ā = −Dsqrtm(A)\[P X + X P\] for the cotangent H of X.
fn sqrtm_second_adjoint(graph: &mut Graph, node: NodeId, k: usize, h: NodeId) -> Option<NodeId> {
    let a = stated(graph, node, 0)?;
    stated(graph, node, k)?;
    let p = graph.call(SQRTM_ADJOINT, [a, h]);
    if k == 1 {
        return Some(p);
    }
    let left = graph.call(MATMUL, [p, node]);
    let right = graph.call(MATMUL, [node, p]);
    let sum = graph.call(ADD, [left, right]);
    let back = graph.call(SQRTM_ADJOINT, [a, sum]);
    Some(graph.call(NEG, [back]))
}

/// Adjoint of an operation that is linear in the second operand by the eigenvectors of the first one, with the adjoint `other`.
fn by_eigenvectors(
    graph: &mut Graph,
    node: NodeId,
    k: usize,
    g: NodeId,
    other: &'static dyn Operation,
) -> Option<NodeId> {
    let a = stated(graph, node, 0)?;
    if k == 1 { Some(graph.call(other, [a, g])) } else { not_derived(graph, node, k) }
}

/// With Aᵀ L + L A = G: Q̄ = L and Ā = −(L Xᵀ + Lᵀ X).
fn lyapunov_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let a = stated(graph, node, 0)?;
    let a = graph.transpose(a);
    let l = graph.call(LYAPUNOV, [a, g]);
    if k == 1 {
        return Some(l);
    }
    let (x, transposed) = (graph.transpose(node), graph.transpose(l));
    let first = graph.call(MATMUL, [l, x]);
    let second = graph.call(MATMUL, [transposed, node]);
    let sum = graph.call(ADD, [first, second]);
    Some(graph.call(NEG, [sum]))
}

/// −Yᵀ G Yᵀ + (I − A Y) Gᵀ Y Yᵀ + Yᵀ Y Gᵀ (I − Y A), where the order of the factors avoids all identities.
fn pinv_adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let a = stated(graph, node, k)?;
    let (y, g_t) = (graph.transpose(node), graph.transpose(g));
    let first = graph.call(MATMUL, [y, g]);
    let first = graph.call(MATMUL, [first, y]);
    let p = graph.call(MATMUL, [node, y]);
    let p = graph.call(MATMUL, [g_t, p]);
    let outside = graph.call(MATMUL, [node, p]);
    let outside = graph.call(MATMUL, [a, outside]);
    let p = graph.call(SUB, [p, outside]);
    let q = graph.call(MATMUL, [y, node]);
    let q = graph.call(MATMUL, [q, g_t]);
    let outside = graph.call(MATMUL, [q, node]);
    let outside = graph.call(MATMUL, [outside, a]);
    let q = graph.call(SUB, [q, outside]);
    let sum = graph.call(ADD, [p, q]);
    Some(graph.call(SUB, [sum, first]))
}
