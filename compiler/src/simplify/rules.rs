//! The rules, in the order in which they are tried.

use super::flat::is_flat;
use super::products::{self, outer_factors};
use super::{Rewriter, Rule, arrange, linalg, stable};
use crate::base::Shape;
use crate::dual::Dual;
use crate::graph::NodeId;
use crate::operations::{
    ABS, ADD, COLUMN_SUMS, DIV, DOT, EITHER, GREATER, HADAMARD, IDENTITY, Kind, LESS, MATMUL, NEG, NORM_OF_SQUARE,
    Operation, POW, POW_SLOPE, Primitive, RECIP, ROW_SUMS, RSQRT, SELECT, SQ, SQRT, SUB, SUM, TRACE, TRANSPOSE,
};

/// Operations of one operand through which a scalar factor passes.
const LINEAR: [&dyn Operation; 5] = [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE];
/// Operations of two operands through which a scalar factor of either passes.
const BILINEAR: [&dyn Operation; 2] = [MATMUL, DOT];

pub(crate) const RULES: &[Rule] = &[
    Rule { name: "samples in rows", why: "what is walked row by row has its samples in rows", apply: orientation },
    Rule { name: "constants", why: "a number is computed once, by the compiler", apply: constants },
    Rule { name: "nothing to repeat", why: "a broadcast of a broadcast is one", apply: repeat_once },
    Rule { name: "once for all elements", why: "f(1 s) = 1 f(s): what is repeated is computed once", apply: uniform },
    Rule { name: "neutral elements", why: "a + 0 = a, 1 a = a, −(−a) = a", apply: neutral },
    Rule { name: "one choice", why: "both branches of one condition are one selection", apply: choices },
    Rule { name: "signs", why: "a sign moves out of sums and products, where it meets others", apply: signs },
    Rule { name: "one element", why: "sums and traces of a scalar are the scalar", apply: one_element },
    Rule { name: "like terms", why: "T + T = 2 T, s A + s B = s (A + B)", apply: like_terms },
    Rule { name: "division by a scalar", why: "A / s = (1 / s) A: one division instead of many", apply: quotient },
    Rule {
        name: "a scalar factor leaves",
        why: "f(s A) = s f(A): fewer products, and a scalar that is known late does not hold up the rows",
        apply: scalar_factor,
    },
    Rule {
        name: "whole powers",
        why: "a whole power is products, ½ and −½ are roots: cheaper, and defined below 0",
        apply: powers,
    },
    Rule {
        name: "masks",
        why: "mask(G) ⊙ D = mask(G ⊙ D): what is not taken is 0 after the product, were D infinite there",
        apply: masks,
    },
    Rule { name: "transposes", why: "(AB)ᵀ is AB: a transpose moves to where it costs nothing", apply: transposes },
    Rule { name: "trace of a product", why: "tr(AB) = ⟨Aᵀ, B⟩ costs n², forming AB costs n³", apply: trace },
    Rule {
        name: "Frobenius product", why: "Σ A ⊙ B = ⟨A, B⟩: the canonical form of the loss", apply: frobenius
    },
    Rule {
        name: "sums of what is repeated",
        why: "⟨A, 1 s⟩ = s Σ A: nothing is built to be summed",
        apply: repeated_sums,
    },
    Rule {
        name: "entry by entry",
        why: "diag(v) A and u vᵀ are elementwise, and fuse with what uses them",
        apply: entries,
    },
    Rule {
        name: "diagonal matrix",
        why: "diag(v) A scales rows, and the diagonal of A B is that of no product",
        apply: arrange::diagonals,
    },
    Rule { name: "the same elements", why: "sums don't ask in which order elements stand", apply: arrange::arranged },
    Rule { name: "outer product", why: "u vᵀ is elementwise, and fuses with what uses it", apply: outer },
    Rule {
        name: "distributive law",
        why: "A B + A C = A (B + C): one product instead of two",
        apply: products::distributive,
    },
    Rule {
        name: "product of factors",
        why: "⟨U Vᵀ, P Qᵀ⟩ = ⟨Uᵀ P, Vᵀ Q⟩: two small products, and nothing as large as U Vᵀ",
        apply: products::factored,
    },
    Rule { name: "sums of a product", why: "(A B) 1 = A (B 1): vectors instead of the product", apply: products::sums },
    Rule { name: "rank one", why: "⟨u vᵀ, B⟩ = ⟨u, B v⟩: u vᵀ is not formed", apply: products::rank_one },
    Rule {
        name: "product with what is repeated",
        why: "A (1 r) = (A 1) r: a sum instead of a product",
        apply: products::repeated_factors,
    },
    Rule { name: "association", why: "(A B) v = A (B v): vectors first", apply: association },
    Rule {
        name: "one by one",
        why: "of a number, the functions of matrices are those of numbers",
        apply: linalg::one_by_one,
    },
    Rule {
        name: "inverse in a product",
        why: "A⁻¹ B is solved for: one factorisation, and no inverse is formed",
        apply: linalg::products,
    },
    Rule {
        name: "solve",
        why: "signs, scalars, transposes and inverses leave, so that fewer are solved for, with one factorisation",
        apply: linalg::solves,
    },
    Rule { name: "function of a transpose", why: "f(Aᵀ) is f(A), or its transpose", apply: linalg::functions },
    Rule { name: "symmetric", why: "Aᵀ = A: what is transposed is computed once", apply: linalg::symmetric },
    Rule {
        name: "norm",
        why: "the root of what vanishes flatly, such as ⟨E, E⟩, is a norm: its gradient at 0 is 0 and not NaN",
        apply: norm,
    },
    Rule {
        name: "logarithm",
        why: "ln of exponentials, their sums, σ and softmax neither overflows nor underflows",
        apply: stable::logarithms,
    },
    Rule { name: "exponential", why: "eᶻ − 1 and 1 − σ(z) don't cancel", apply: stable::exponentials },
    Rule {
        name: "relative exponential",
        why: "(eᶻ − 1) / z = exprel(z), which is 1 at 0, and whose derivative does not cancel",
        apply: stable::relative_exponentials,
    },
    Rule {
        name: "difference of lgamma",
        why: "ln Γ(s + y) − ln Γ(s) loses all that the two agree in, which is most where s is large",
        apply: stable::gamma_differences,
    },
    Rule {
        name: "sigmoid", why: "1 / (1 + e⁻ᶻ) overflows on the way to 0, σ(z) does not", apply: stable::sigmoids
    },
    Rule {
        name: "softmax",
        why: "eᶻ / Σ eᶻ overflows on the way, a softmax does not; of two, it is σ",
        apply: stable::softmaxes,
    },
    Rule {
        name: "magnitude",
        why: "√(x²) = |x| without overflow, and its derivative at 0 is 0",
        apply: stable::magnitudes,
    },
];

fn orientation(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT).filter(|&[a, _]| r.lies(a)) {
        // Of ⟨X, Zᵀ⟩ with data X, which lies: ⟨Xᵀ, Z⟩.
        let crossed = |x| r.is::<1>(x, TRANSPOSE).is_some();
        return (crossed(a) != crossed(b)).then(|| {
            let (a, b) = (r.transpose(a), r.transpose(b));
            r.call(DOT, [a, b])
        });
    }
    if let Some([a, b]) = r.is(id, MATMUL) {
        let data = r.lies(a) && r.is::<1>(a, TRANSPOSE).is_none();
        return (r.lies(id) || data).then(|| {
            let (a, b) = (r.transpose(a), r.transpose(b));
            let product = r.call(MATMUL, [b, a]);
            r.transpose(product)
        });
    }
    let operation = r.graph.operation(id).filter(|_| r.lies(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let operands: Vec<_> = r.graph.operands(id).to_vec().into_iter().map(|a| r.transpose(a)).collect();
    let standing = r.call_slice(operation, &operands);
    Some(r.transpose(standing))
}

fn constants(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Pointwise(row) = r.graph.operation(id)?.kind() else { return None };
    let values: Option<Vec<_>> =
        r.graph.operands(id).iter().map(|&operand| r.graph.constant_value(operand).map(Dual::from)).collect();
    let value = (row.evaluate)(&values?).value;
    Some(r.constant(value))
}

fn repeat_once(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let inner = r.repeated(r.repeated(id)?)?;
    // A column made of a scalar, then a matrix made of the column, is the scalar repeated.
    let shape = r.graph.shape(id);
    r.graph.shape(inner).is_scalar().then(|| r.broadcast(inner, shape))
}

fn uniform(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let operation = r.graph.operation(id)?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let repeated: Option<Vec<_>> = r.graph.operands(id).to_vec().iter().map(|&operand| r.repeated(operand)).collect();
    let repeated = repeated?;
    let mut shape = Shape::SCALAR;
    for &operand in &repeated {
        let own = r.graph.shape(operand);
        if shape.is_scalar() {
            shape = own;
        } else if !own.is_scalar() && own != shape {
            return None;
        }
    }
    let operands: Vec<_> = repeated.into_iter().map(|operand| r.broadcast(operand, shape)).collect();
    let once = r.call_slice(operation, &operands);
    Some(r.broadcast(once, r.graph.shape(id)))
}

fn neutral(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, ADD) {
        return if r.uniform(a) == Some(0.0) { Some(b) } else { (r.uniform(b) == Some(0.0)).then_some(a) };
    }
    if let Some([a, b]) = r.is(id, SUB) {
        return if r.uniform(b) == Some(0.0) { Some(a) } else { (r.uniform(a) == Some(0.0)).then(|| r.call(NEG, [b])) };
    }
    if let Some([a, b]) = r.is(id, HADAMARD) {
        let (factor, other) = if r.uniform(a).is_some() { (r.uniform(a)?, b) } else { (r.uniform(b)?, a) };
        return match factor {
            1.0 => Some(other),
            -1.0 => Some(r.call(NEG, [other])),
            _ => None,
        };
    }
    if let Some([a, b]) = r.is(id, DIV) {
        return (r.uniform(b) == Some(1.0)).then_some(a);
    }
    let [a] = r.is(id, NEG)?;
    r.is(a, NEG).map(|[inner]| inner)
}

fn signs(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let negated = |r: &Rewriter, a| r.is(a, NEG).map(|[inner]: [NodeId; 1]| inner);
    if let Some([a, b]) = r.is(id, ADD) {
        if let Some(b) = negated(r, b) {
            return Some(r.call(SUB, [a, b]));
        }
        let a = negated(r, a)?;
        return Some(r.call(SUB, [b, a]));
    }
    if let Some([a, b]) = r.is(id, SUB) {
        if let Some(b) = negated(r, b) {
            return Some(r.call(ADD, [a, b]));
        }
        let a = negated(r, a)?;
        let sum = r.call(ADD, [a, b]);
        return Some(r.call(NEG, [sum]));
    }
    if let Some([a]) = r.is(id, NEG) {
        if let Some([a, b]) = r.is(a, SUB) {
            return Some(r.call(SUB, [b, a]));
        }
        let (s, a) = r.scaled(a)?;
        let s = r.graph.constant_value(s)?;
        let s = r.constant(-s);
        return Some(r.scale(s, a));
    }
    for operation in [HADAMARD, DIV, MATMUL, DOT] {
        let Some([a, b]) = r.is(id, operation) else { continue };
        let (left, right) = (negated(r, a), negated(r, b));
        if left.is_none() && right.is_none() {
            return None;
        }
        let positive = r.call(operation, [left.unwrap_or(a), right.unwrap_or(b)]);
        return Some(if left.is_some() && right.is_some() { positive } else { r.call(NEG, [positive]) });
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let a = negated(r, a)?;
        let positive = r.call(operation, [a]);
        return Some(r.call(NEG, [positive]));
    }
    None
}

fn one_element(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        return r.graph.shape(a).is_scalar().then(|| r.call(HADAMARD, [a, b]));
    }
    for operation in [ROW_SUMS, COLUMN_SUMS] {
        let line = r.is(id, operation).filter(|&[a]| r.graph.shape(id).is_scalar() && !r.graph.shape(a).is_scalar());
        if let Some([a]) = line {
            return Some(r.call(SUM, [a]));
        }
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let shape = r.graph.shape(a);
        let same = shape.is_scalar()
            || (operation == ROW_SUMS && shape.columns.is_one())
            || (operation == COLUMN_SUMS && shape.rows.is_one());
        return same.then_some(a);
    }
    None
}

fn like_terms(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [a, b]) =
        r.is(id, ADD).map(|operands| (ADD, operands)).or_else(|| r.is(id, SUB).map(|operands| (SUB, operands)))?;
    let one = r.constant(1.0);
    let (s, left) = r.scaled(a).unwrap_or((one, a));
    let (t, right) = r.scaled(b).unwrap_or((one, b));
    if left == right {
        let factor = r.call(operation, [s, t]);
        return Some(r.scale(factor, left));
    }
    if s == t && s != one {
        let sum = r.call(operation, [left, right]);
        return Some(r.scale(s, sum));
    }
    None
}

fn quotient(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, HADAMARD).filter(|_| r.graph.shape(id).is_scalar()) {
        // s (1 / t) = s / t
        let (s, [one, t]) = r.is(b, DIV).map(|ratio| (a, ratio)).or_else(|| r.is(a, DIV).map(|ratio| (b, ratio)))?;
        return (r.uniform(one) == Some(1.0)).then(|| r.call(DIV, [s, t]));
    }
    let [a, b] = r.is(id, DIV)?;
    if r.uniform(a) == Some(1.0) && !r.graph.shape(id).is_scalar() {
        return Some(r.call(RECIP, [b]));
    }
    let s = r.repeated(b).filter(|&s| r.graph.shape(s).is_scalar())?;
    let one = r.constant(1.0);
    let s = r.call(DIV, [one, s]);
    Some(r.scale(s, a))
}

fn scalar_factor(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some((s, a)) = r.scaled(id) {
        let (t, a) = r.scaled(a)?;
        // Scalars that are not numbers stay in the order in which they came.
        if r.graph.shape(id).is_scalar() && r.graph.constant_value(s).is_none() {
            return None;
        }
        let factor = r.call(HADAMARD, [s, t]);
        return Some(r.scale(factor, a));
    }
    for operation in LINEAR {
        let Some([a]) = r.is(id, operation) else { continue };
        let (s, a) = r.scaled(a)?;
        let inner = r.call(operation, [a]);
        return Some(r.scale(s, inner));
    }
    if let Some(Kind::Routine(row)) = r.graph.kind(id) {
        let mut operands = r.graph.stated(id).to_vec();
        let (k, (s, a)) = row.linear.iter().find_map(|&k| Some((k, r.scaled(*operands.get(k)?)?)))?;
        operands[k] = a;
        let shape = r.graph.shape(id);
        let inner = r.graph.call_as_stated(row, &operands, shape);
        let inner = r.normalise(inner);
        return Some(r.scale(s, inner));
    }
    for operation in [HADAMARD, DIV, MATMUL, DOT] {
        let Some([a, b]) = r.is(id, operation) else { continue };
        if let Some((s, a)) = r.scaled(a) {
            let inner = r.call(operation, [a, b]);
            return Some(r.scale(s, inner));
        }
        if operation == DIV {
            return None;
        }
        let (s, b) = r.scaled(b)?;
        let inner = r.call(operation, [a, b]);
        return Some(r.scale(s, inner));
    }
    None
}

/// aᵖ for a number p, by repeated squaring.
fn powers(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    // Beyond this the products cost more than the function.
    const HIGHEST: f64 = 64.0;
    if let Some([a, exponent]) = r.is(id, POW_SLOPE) {
        // p aᵖ⁻¹ for a number p.
        let p = r.uniform(exponent)?;
        let [factor, less] = [p, p - 1.0].map(|number| {
            let number = r.constant(number);
            r.broadcast(number, r.graph.shape(id))
        });
        let power = r.call(POW, [a, less]);
        return Some(if p == 0.0 { factor } else { r.call(HADAMARD, [factor, power]) });
    }
    let [a, exponent] = r.is(id, POW)?;
    let p = r.uniform(exponent)?;
    if p == 0.0 {
        let one = r.constant(1.0);
        return Some(r.broadcast(one, r.graph.shape(id)));
    }
    if [0.5, -0.5].contains(&p) {
        return Some(r.call(if p > 0.0 { SQRT } else { RSQRT }, [a]));
    }
    if p.fract() != 0.0 || p.abs() > HIGHEST {
        return None;
    }
    let (mut left, mut square) = (p.abs(), a);
    let mut product: Option<NodeId> = None;
    loop {
        if left % 2.0 > 0.5 {
            product = Some(product.map_or(square, |product| r.call(HADAMARD, [product, square])));
        }
        left = (left / 2.0).floor();
        if left < 1.0 {
            break;
        }
        square = r.call(SQ, [square]);
    }
    let product = product?;
    Some(if p < 0.0 { r.call(RECIP, [product]) } else { product })
}

/// True if `id` is 0 where a condition does not hold, as the cotangent of a branch is.
fn is_masked(r: &Rewriter, id: NodeId) -> bool {
    let Some([_, a, b]) = r.is(id, SELECT) else { return false };
    [a, b].into_iter().any(|branch| r.uniform(branch) == Some(0.0) || is_masked(r, branch))
}

fn masks(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([c, a, b]) = r.is(id, SELECT) {
        // Scalars and signs leave what is masked; a scalar may be known only after the rows.
        let [zero_a, zero_b] = [a, b].map(|branch| r.uniform(branch) == Some(0.0));
        if zero_a == zero_b {
            return None;
        }
        let branch = if zero_a { b } else { a };
        let place = |branch: NodeId| if zero_a { [c, a, branch] } else { [c, branch, b] };
        if let Some([inner]) = r.is(branch, NEG) {
            let positive = r.call(SELECT, place(inner));
            return Some(r.call(NEG, [positive]));
        }
        let (s, inner) = r.scaled(branch)?;
        let inner = r.call(SELECT, place(inner));
        return Some(r.scale(s, inner));
    }
    if let Some([a, b]) = r.is(id, DIV) {
        return if is_masked(r, a) && r.uniform(b).is_none() { masked(r, DIV, a, b) } else { None };
    }
    let [a, b] = r.is(id, HADAMARD)?;
    // A scalar stays outside.
    let is_scalar = |r: &Rewriter, x: NodeId| r.repeated(x).is_some_and(|s| r.graph.shape(s).is_scalar());
    for (mask, other) in [(a, b), (b, a)] {
        if is_scalar(r, other) || r.graph.constant_value(other).is_some() {
            continue;
        }
        if is_masked(r, mask) {
            return masked(r, HADAMARD, mask, other);
        }
        // (mask(G) + H) ⊙ D = mask(G ⊙ D) + H ⊙ D
        for operation in [ADD, SUB] {
            let Some([g, h]) = r.is(mask, operation) else { continue };
            if is_hidden(r, g) || is_hidden(r, h) {
                let (g, h) = (r.call(HADAMARD, [g, other]), r.call(HADAMARD, [h, other]));
                return Some(r.call(operation, [g, h]));
            }
        }
    }
    None
}

/// True if `id` is masked, but for signs and scalars.
pub(super) fn is_hidden(r: &Rewriter, id: NodeId) -> bool {
    if let Some([inner]) = r.is(id, NEG) {
        return is_hidden(r, inner);
    }
    match r.scaled(id) {
        Some((_, inner)) if !r.graph.shape(id).is_scalar() => is_hidden(r, inner),
        _ => is_masked(r, id),
    }
}

/// `operation(mask, other)` with the mask outside.
fn masked(r: &mut Rewriter, operation: &'static dyn Operation, mask: NodeId, other: NodeId) -> Option<NodeId> {
    let [c, a, b] = r.is(mask, SELECT)?;
    let [a, b] = [a, b].map(|branch| match r.uniform(branch) {
        Some(0.0) => branch,
        _ => r.call(operation, [branch, other]),
    });
    Some(r.call(SELECT, [c, a, b]))
}

fn choices(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([c, a, b]) = r.is(id, SELECT) {
        if a == b {
            return Some(a);
        }
        // Where a > 0, and 0 < a, is where a is positive.
        let [x, bound] = r.is(c, GREATER).or_else(|| r.is(c, LESS).map(|[x, y]: [NodeId; 2]| [y, x]))?;
        return (r.uniform(bound) == Some(0.0)).then(|| r.call(SELECT, [x, a, b]));
    }
    let (operation, [left, right]) =
        r.is(id, ADD).map(|operands| (ADD, operands)).or_else(|| r.is(id, SUB).map(|operands| (SUB, operands)))?;
    // mask(A) + mask(B) of one condition; 0 is neutral.
    let ([c, a, b], [d, x, y]) = (r.is(left, SELECT)?, r.is(right, SELECT)?);
    if c != d || !is_masked(r, left) || !is_masked(r, right) {
        return None;
    }
    let (then, or) = (r.call(operation, [a, x]), r.call(operation, [b, y]));
    Some(r.call(SELECT, [c, then, or]))
}

fn transposes(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let transposed = |r: &Rewriter, a| r.is(a, TRANSPOSE).map(|[inner]: [NodeId; 1]| inner);
    if let Some([a]) = r.is(id, TRANSPOSE) {
        if let Some(inner) = transposed(r, a) {
            return Some(inner);
        }
        if let Some([inner]) = r.is(a, IDENTITY) {
            return Some(r.graph.call_as(IDENTITY, &[inner], r.graph.shape(a).t()));
        }
        let inner = r.repeated(a)?;
        let inner = r.transpose(inner);
        return Some(r.broadcast(inner, r.graph.shape(id)));
    }
    for operation in BILINEAR {
        let Some([a, b]) = r.is(id, operation) else { continue };
        let (a, b) = (transposed(r, a)?, transposed(r, b)?);
        if r.stands(id) || r.lies(a) || r.lies(b) {
            return None;
        }
        return Some(if operation == MATMUL {
            let product = r.call(MATMUL, [b, a]);
            r.transpose(product)
        } else {
            r.call(DOT, [a, b])
        });
    }
    for (operation, other) in [(SUM, SUM), (TRACE, TRACE), (ROW_SUMS, COLUMN_SUMS), (COLUMN_SUMS, ROW_SUMS)] {
        let Some([a]) = r.is(id, operation) else { continue };
        let a = transposed(r, a)?;
        let sums = r.call(other, [a]);
        return Some(r.transpose(sums));
    }
    if let Some([c, a, b]) = r.is(id, EITHER) {
        let (a, b) = (transposed(r, a)?, transposed(r, b)?);
        let either = r.call(EITHER, [c, a, b]);
        return Some(r.transpose(either));
    }
    let operation = r.graph.operation(id).filter(|_| !r.stands(id))?;
    let Kind::Pointwise(_) = operation.kind() else { return None };
    let operands = r.graph.operands(id).to_vec();
    let crossed = |r: &Rewriter, a| transposed(r, a).is_some();
    if !operands.iter().any(|&a| crossed(r, a)) || !operands.iter().all(|&a| crossed(r, a) || r.repeated(a).is_some()) {
        return None;
    }
    let straight: Vec<_> = operands.into_iter().map(|a| r.transpose(a)).collect();
    let result = r.call_slice(operation, &straight);
    Some(r.transpose(result))
}

fn trace(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a] = r.is(id, TRACE)?;
    for operation in [ADD, SUB] {
        let Some([a, b]) = r.is(a, operation) else { continue };
        let (left, right) = (r.call(TRACE, [a]), r.call(TRACE, [b]));
        return Some(r.call(operation, [left, right]));
    }
    let [a, b] = r.is(a, MATMUL)?;
    let a = r.transpose(a);
    Some(r.call(DOT, [a, b]))
}

fn frobenius(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, SUM) {
        if let Some([a, b]) = r.is(a, HADAMARD) {
            return Some(r.call(DOT, [a, b]));
        }
        let [a] = r.is(a, SQ)?;
        return Some(r.call(DOT, [a, a]));
    }
    if let Some([a, b]) = r.is(id, HADAMARD) {
        return (a == b).then(|| r.call(SQ, [a]));
    }
    let [a, b] = r.is(id, MATMUL)?;
    r.graph.shape(id).is_scalar().then(|| {
        let a = r.transpose(a);
        r.call(DOT, [a, b])
    })
}

fn repeated_sums(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        let (a, inner) = r.repeated(b).map(|b| (a, b)).or_else(|| r.repeated(a).map(|a| (b, a)))?;
        let (own, full) = (r.graph.shape(inner), r.graph.shape(a));
        let sums = match (own.rows == full.rows, own.columns == full.columns) {
            (false, false) => r.call(SUM, [a]),
            (true, _) => r.call(ROW_SUMS, [a]),
            (false, true) => r.call(COLUMN_SUMS, [a]),
        };
        return Some(r.call(DOT, [sums, inner]));
    }
    for operation in [SUM, ROW_SUMS, COLUMN_SUMS] {
        let Some([a]) = r.is(id, operation) else { continue };
        return match r.repeated(a) {
            Some(inner) => Some(sum_of_repeated(r, id, a, inner)),
            None => weighted_sums(r, operation, a),
        };
    }
    if let Some([a, b]) = r.is(id, MATMUL) {
        // All columns of the product are the same, or all rows.
        if let Some(g) = r.repeated(b).filter(|&g| r.graph.shape(g).rows == r.graph.shape(b).rows) {
            let column = r.call(MATMUL, [a, g]);
            return Some(r.broadcast(column, r.graph.shape(id)));
        }
        let g = r.repeated(a).filter(|&g| r.graph.shape(g).columns == r.graph.shape(a).columns)?;
        let row = r.call(MATMUL, [g, b]);
        return Some(r.broadcast(row, r.graph.shape(id)));
    }
    None
}

/// The sum of `a`, which repeats `inner`: as often as the summed axes are long.
fn sum_of_repeated(r: &mut Rewriter, id: NodeId, a: NodeId, inner: NodeId) -> NodeId {
    let (own, full, result) = (r.graph.shape(inner), r.graph.shape(a), r.graph.shape(id));
    let mut times = r.constant(1.0);
    if own.rows != full.rows && result.rows != full.rows {
        let rows = r.graph.size(full.rows);
        times = r.call(HADAMARD, [times, rows]);
    }
    if own.columns != full.columns && result.columns != full.columns {
        let columns = r.graph.size(full.columns);
        times = r.call(HADAMARD, [times, columns]);
    }
    let mut sums = inner;
    if own.rows == full.rows && result.rows != full.rows {
        sums = r.call(COLUMN_SUMS, [sums]);
    }
    if own.columns == full.columns && result.columns != full.columns {
        sums = r.call(ROW_SUMS, [sums]);
    }
    let sums = r.broadcast(sums, result);
    r.scale(times, sums)
}

/// 1ᵀ (v 1ᵀ ⊙ A) = vᵀ A, and (1 r ⊙ A) 1 = A rᵀ.
fn weighted_sums(r: &mut Rewriter, operation: &'static dyn Operation, a: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(a, HADAMARD)?;
    let full = r.graph.shape(a);
    let (weights, a) = r.repeated(a).map(|w| (w, b)).or_else(|| r.repeated(b).map(|w| (w, a)))?;
    let own = r.graph.shape(weights);
    if operation == COLUMN_SUMS && own.rows == full.rows {
        let weights = r.transpose(weights);
        return Some(r.call(MATMUL, [weights, a]));
    }
    (operation == ROW_SUMS && own.columns == full.columns).then(|| {
        let weights = r.transpose(weights);
        r.call(MATMUL, [a, weights])
    })
}

fn entries(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let Kind::Multilinear(row) = r.graph.kind(id)? else { return None };
    if row.primitive != Primitive::Entries {
        return None;
    }
    let shape = r.graph.shape(id);
    let operands = r.graph.operands(id).to_vec();
    let mut factors = Vec::with_capacity(operands.len());
    for (letters, operand) in row.operands.iter().zip(operands) {
        // A standing vector that goes along the rows lies down.
        let lies = letters[0] != b'1' && letters[0] == row.result[1];
        let factor = if lies { r.transpose(operand) } else { operand };
        factors.push(r.broadcast(factor, shape));
    }
    Some(r.call_slice(HADAMARD, &factors))
}

fn outer(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, MATMUL)?;
    if r.graph.shape(a).columns.is_one() {
        let shape = r.graph.shape(id);
        let (u, v) = (r.broadcast(a, shape), r.broadcast(b, shape));
        return Some(r.call(HADAMARD, [u, v]));
    }
    // A (u vᵀ) = (A u) vᵀ, and (u vᵀ) B = u (vᵀ B).
    if let Some((u, v)) = outer_factors(r, b) {
        let u = r.call(MATMUL, [a, u]);
        return Some(r.call(MATMUL, [u, v]));
    }
    let (u, v) = outer_factors(r, a)?;
    let v = r.call(MATMUL, [v, b]);
    Some(r.call(MATMUL, [u, v]))
}

fn association(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [left, right] = r.is(id, MATMUL)?;
    if let Some([a, b]) = r.is::<2>(left, MATMUL).filter(|_| r.graph.shape(right).columns.is_one()) {
        let inner = r.call(MATMUL, [b, right]);
        return Some(r.call(MATMUL, [a, inner]));
    }
    let [b, c] = r.is::<2>(right, MATMUL).filter(|_| r.graph.shape(left).rows.is_one())?;
    let inner = r.call(MATMUL, [left, b]);
    Some(r.call(MATMUL, [inner, c]))
}

fn norm(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a]) = r.is(id, SQ) {
        return r.is(a, NORM_OF_SQUARE).map(|[inner]| inner);
    }
    let [a] = r.is(id, SQRT)?;
    if let Some([e]) = r.is(a, SQ) {
        return Some(r.call(ABS, [e]));
    }
    is_flat(&r.graph, a).then(|| r.call(NORM_OF_SQUARE, [a]))
}
