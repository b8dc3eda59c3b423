//! Signs, which stand outside: of functions that are even or odd, and of differences.

use rustc_hash::FxHashSet as HashSet;

use super::Rewriter;
use super::order::Sorted;
use super::products::LINEAR;
use super::sums::{terms, total};
use crate::graph::NodeId;
use crate::operations::{ADD, DOT, HADAMARD, Kind, MATMUL, NEG, Parity, SCALE_COLUMNS, SCALE_ROWS, SUB};

/// Factors of factors in which a sign looks for a difference.
pub(super) const DEPTH: usize = 6;

/// Which sign a sum has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// The one that it came with.
    Kept,
    /// The one that makes its first term without a coefficient positive, unless a number is among them: 1 − a keeps its
    /// sign.
    OfFirst,
    /// Like [`OfFirst`](Self::OfFirst), for the operand of an even function: a number is made positive.
    OfNumber,
}

/// −`id`, if a difference in it takes the sign: B − A for A − B, and X (B − A) for X (A − B). It is looked for in so many
/// factors of factors.
pub(super) fn negative(to: &mut Sorted, kept: &HashSet<NodeId>, id: NodeId, within: usize) -> Option<NodeId> {
    if within == 0 || kept.contains(&id) {
        return None;
    }
    let operation = to.graph.operation(id)?;
    let mut operands = to.graph.operands(id).to_vec();
    let shape = to.graph.shape(id);
    if to.graph.is(id, SUB).is_some() {
        return Some(difference(to, kept, id));
    }
    let mut products = [HADAMARD, MATMUL, DOT, SCALE_ROWS, SCALE_COLUMNS].into_iter().chain(LINEAR);
    if !products.any(|known| known == operation) {
        return None;
    }
    let (k, new) = operands.iter().enumerate().find_map(|(k, a)| Some((k, negative(to, kept, *a, within - 1)?)))?;
    // ⟨A, A⟩ has two signs.
    if operands.iter().filter(|operand| **operand == operands[k]).count() > 1 {
        return None;
    }
    operands[k] = new;
    Some(to.call_as(operation, &operands, shape))
}

/// −`id`, which is a difference: what it subtracts, and less what it adds.
pub(super) fn difference(to: &mut Sorted, kept: &HashSet<NodeId>, id: NodeId) -> NodeId {
    let shape = to.graph.shape(id);
    let (mut added, mut subtracted) = (Vec::new(), Vec::new());
    let mut rest = id;
    loop {
        let is_open = rest == id || !kept.contains(&rest);
        if let Some(&[a, b]) = to.graph.is(rest, SUB).filter(|_| is_open) {
            subtracted.push(b);
            rest = a;
        } else if let Some(&[a, b]) = to.graph.is(rest, ADD).filter(|_| is_open) {
            added.push(b);
            rest = a;
        } else {
            added.push(rest);
            break;
        }
    }
    let positive = subtracted.into_iter().rev().reduce(|sum, term| to.call_as(ADD, &[sum, term], shape));
    let terms = added.into_iter().rev();
    positive.map_or(id, |positive| terms.fold(positive, |sum, term| to.call_as(SUB, &[sum, term], shape)))
}

pub(super) fn parity(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        let a = (a == b).then(|| r.upright(a, Sign::OfNumber)).flatten()?;
        return Some(r.call(DOT, [a, a]));
    }
    let operation = r.graph.operation(id)?;
    let Kind::Pointwise(row) = operation.kind() else { return None };
    let mut operands = r.in_order(id);
    let first = operands.first_mut()?;
    let sign = match row.parity {
        Parity::Neither => return None,
        Parity::Even => Sign::OfNumber,
        Parity::Odd => Sign::OfFirst,
    };
    *first = r.upright(*first, sign)?;
    let positive = r.call_slice(operation, &operands);
    Some(if row.parity == Parity::Odd { r.call(NEG, [positive]) } else { positive })
}

impl Rewriter {
    /// `id`, into which no rule looks from now on. A sum has the sign that it came with.
    pub(super) fn keep(&mut self, id: NodeId) -> NodeId {
        let is_flipped =
            self.is(id, NEG).is_some_and(|[a]| [ADD, SUB].iter().any(|sum| self.is::<2>(a, *sum).is_some()));
        let kept = if is_flipped {
            let (terms, shape) = (terms(self, id), self.graph.shape(id));
            total(self, terms, shape, Sign::Kept)
        } else {
            id
        };
        self.atoms.insert(kept);
        self.normal.insert(kept, kept);
        kept
    }

    /// −a, if `sign` asks for that in place of `a`.
    fn upright(&mut self, a: NodeId, sign: Sign) -> Option<NodeId> {
        if let Some([inner]) = self.is(a, NEG) {
            return Some(inner);
        }
        let shape = self.graph.shape(a);
        if self.is::<2>(a, ADD).is_none() && self.is::<2>(a, SUB).is_none() {
            return None;
        }
        let terms = terms(self, a);
        let total = total(self, terms, shape, sign);
        self.is(total, NEG).map(|[inner]| inner)
    }
}
