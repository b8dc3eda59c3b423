//! An order of nodes that depends on what they compute, and not on when they were made: where a formula may be written in
//! several ways, it chooses one.

use std::cmp::Ordering;

use super::{Graph, NodeId, Op, Operation};
use crate::base::{Role, Shape};

/// Key that is compared first. It is known when a node is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Weight {
    /// The number of the last differential in it, from 1 on.
    differential: usize,
    /// True if it is more than a coefficient, which is a product or quotient of numbers, sizes and scalar arguments.
    is_computed: bool,
    /// Number of its operations, written out.
    size: u64,
    /// Depth of its operations in one another: it tells apart nodes that have too many operations to count.
    depth: u32,
}

impl Graph {
    pub(super) fn weigh(&self, op: Op, operands: &[NodeId], shape: Shape) -> Weight {
        let differential = match op {
            Op::Argument(i) if matches!(self.inputs[i].role, Role::StandIn | Role::Direction) => i + 1,
            _ => 0,
        };
        let is_product = match op {
            Op::Call(operation) => operation.is_of_factors(),
            _ => differential == 0,
        };
        let weights = || operands.iter().map(|operand| self.node(*operand).weight);
        Weight {
            differential: weights().map(|weight| weight.differential).max().unwrap_or(0).max(differential),
            is_computed: !shape.is_scalar() || !is_product || weights().any(|weight| weight.is_computed),
            size: weights().fold(1, |sum, weight| sum.saturating_add(weight.size)),
            depth: weights().map(|weight| weight.depth).max().map_or(0, |depth| depth + 1),
        }
    }

    /// True if a node is a number, a size or a scalar argument, or a product or quotient of these.
    pub(crate) fn is_coefficient(&self, id: NodeId) -> bool {
        !self.node(id).weight.is_computed
    }

    /// Which of two nodes a formula shows first: the larger one, and of two as large the one whose first difference comes
    /// first in the alphabet. `Equal` only for the same node, where operands that may change places are in this order.
    pub(crate) fn compare(&self, a: NodeId, b: NodeId) -> Ordering {
        let (mut a, mut b) = (a, b);
        loop {
            if a == b {
                return Ordering::Equal;
            }
            let (one, other) = (self.node(a), self.node(b));
            let here = other.weight.cmp(&one.weight).then_with(|| self.compare_roots(one.op, other.op));
            let sizes = |shape: Shape| (shape.rows, shape.columns);
            let here = here.then_with(|| sizes(one.shape).cmp(&sizes(other.shape)));
            if here != Ordering::Equal {
                return here;
            }
            match one.operands.iter().zip(&other.operands).find(|(left, right)| left != right) {
                Some((left, right)) => (a, b) = (*left, *right),
                None => return one.operands.len().cmp(&other.operands.len()),
            }
        }
    }

    /// Puts operands that may change places in order: coefficients stand before what they are coefficients of.
    pub(super) fn sort_operands(&self, operation: &dyn Operation, shape: Shape, operands: &mut [NodeId]) {
        let are_scalars = shape.is_scalar() && operation.is_of_factors();
        operands.sort_by(|a, b| {
            let first = self.node(*a).weight.cmp(&self.node(*b).weight);
            if are_scalars { first.then_with(|| self.compare(*a, *b)) } else { self.compare(*a, *b) }
        });
    }

    fn compare_roots(&self, a: Op, b: Op) -> Ordering {
        match (a, b) {
            (Op::Argument(i), Op::Argument(j)) => {
                self.inputs[i].name.as_str().cmp(self.inputs[j].name.as_str()).then(i.cmp(&j))
            }
            (Op::Constant(x), Op::Constant(y)) => x.total_cmp(&y),
            (Op::Size(p), Op::Size(q)) => p.to_string().cmp(&q.to_string()),
            (Op::Call(f), Op::Call(g)) => f.name().cmp(g.name()),
            _ => kind(a).cmp(&kind(b)),
        }
    }
}

/// Numbers stand before sizes, and sizes before what varies.
fn kind(op: Op) -> u8 {
    match op {
        Op::Constant(_) => 0,
        Op::Size(_) => 1,
        Op::Argument(_) => 2,
        Op::Call(_) => 3,
    }
}
