//! Rules of what `select` chooses, and of values that are 0 elsewhere.

use crate::graph::NodeId;
use crate::operations::{ADD, DIV, GREATER, HADAMARD, HAS_LABEL, LESS, NEG, Operation, SELECT, SUB};
use crate::rewrite::Rewriter;

pub(super) fn equal_branches(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [_, a, b] = r.is(id, SELECT)?;
    (a == b).then_some(a)
}

pub(super) fn one_branch(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [c, a, b] = r.is(id, SELECT)?;
    r.uniform(c).map(|c| if c > 0.0 { a } else { b })
}

/// Where no label may be missing, each sample has one.
pub(super) fn all_labelled(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [y] = r.is(id, HAS_LABEL)?;
    let one = r.constant(1.0);
    (!r.graph.may_miss(y)).then(|| r.broadcast(one, r.graph.shape(id)))
}

/// Where a > 0, and 0 < a, is where a is positive.
pub(super) fn where_positive(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [c, a, b] = r.is(id, SELECT)?;
    let [x, bound] = r.is(c, GREATER).or_else(|| r.is(c, LESS).map(|[x, y]: [NodeId; 2]| [y, x]))?;
    (r.uniform(bound) == Some(0.0)).then(|| r.call(SELECT, [x, a, b]))
}

/// mask(A) + mask(B) of one condition; 0 is neutral.
pub(super) fn sum_of_masked(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let (operation, [left, right]) =
        [ADD, SUB].into_iter().find_map(|operation| Some((operation, r.is(id, operation)?)))?;
    let ([c, a, b], [d, x, y]) = (r.is(left, SELECT)?, r.is(right, SELECT)?);
    if c != d || !is_masked(r, left) || !is_masked(r, right) {
        return None;
    }
    let (then, or) = (r.call(operation, [a, x]), r.call(operation, [b, y]));
    Some(r.call(SELECT, [c, then, or]))
}

/// A value that is 0 where a condition does not hold, or where it holds.
struct Masked {
    condition: NodeId,
    zero: NodeId,
    /// The value elsewhere, and where it stands among the operands of `select`.
    value: NodeId,
    place: usize,
}

impl Masked {
    fn of(r: &Rewriter, id: NodeId) -> Option<Self> {
        let [condition, a, b] = r.is(id, SELECT)?;
        match [a, b].map(|branch| r.uniform(branch) == Some(0.0)) {
            [true, false] => Some(Self { condition, zero: a, value: b, place: 2 }),
            [false, true] => Some(Self { condition, zero: b, value: a, place: 1 }),
            _ => None,
        }
    }

    /// `value` under this mask.
    fn with(&self, r: &mut Rewriter, value: NodeId) -> NodeId {
        let mut operands = [self.condition, self.zero, self.zero];
        operands[self.place] = value;
        r.call(SELECT, operands)
    }
}

pub(super) fn masked_negative(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let masked = Masked::of(r, id)?;
    let [inner] = r.is(masked.value, NEG)?;
    let positive = masked.with(r, inner);
    Some(r.call(NEG, [positive]))
}

/// A scalar may be known only after the rows.
pub(super) fn masked_multiple(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let masked = Masked::of(r, id)?;
    let (s, inner) = r.scaled(masked.value)?;
    let inner = masked.with(r, inner);
    Some(r.scale(s, inner))
}

pub(super) fn masked_dividend(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DIV)?;
    if is_masked(r, a) && r.uniform(b).is_none() { masked(r, DIV, a, b) } else { None }
}

pub(super) fn masked_factor(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
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

/// True if `id` is 0 where a condition does not hold, as the cotangent of a branch is.
fn is_masked(r: &Rewriter, id: NodeId) -> bool {
    let Some([_, a, b]) = r.is(id, SELECT) else { return false };
    [a, b].into_iter().any(|branch| r.uniform(branch) == Some(0.0) || is_masked(r, branch))
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
