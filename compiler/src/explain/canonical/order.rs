//! An order of nodes that depends on what they compute, and not on when they were made: where a formula may be written in
//! several ways, it chooses one.

use std::cmp::Ordering;

use super::Rewriter;
use crate::base::{Role, Shape};
use crate::graph::{Graph, NodeId, Op, Operation};

/// The order of the nodes of one graph, in a table beside it that grows with it.
#[derive(Default)]
pub(crate) struct Order(Vec<Entry>);

/// A node, as the order sees it.
struct Entry {
    weight: Weight,
    /// Its operands; those that may change places are in order.
    operands: Vec<NodeId>,
}

/// Key that is compared first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Weight {
    /// The number of the last differential in it, from 1 on.
    differential: usize,
    /// True if it is more than a coefficient, which is a product or quotient of numbers, sizes and scalar arguments.
    is_computed: bool,
    /// Number of its operations, written out.
    size: u64,
    /// Depth of its operations in one another: it tells apart nodes that have too many operations to count.
    depth: u32,
}

impl Order {
    /// Takes up the nodes that were made since it was last called.
    fn extend(&mut self, graph: &Graph) {
        for id in graph.ids_from(self.0.len()) {
            let node = graph.node(id);
            let weight = self.weigh(graph, node.op, &node.operands, node.shape);
            let mut operands = node.operands.clone();
            if let Op::Call(operation) = node.op {
                self.sort_operands(graph, operation, node.shape, &mut operands);
            }
            self.0.push(Entry { weight, operands });
        }
    }

    fn weight(&self, id: NodeId) -> Weight {
        self.0[id.index()].weight
    }

    fn weigh(&self, graph: &Graph, op: Op, operands: &[NodeId], shape: Shape) -> Weight {
        let differential = match op {
            Op::Argument(i) if matches!(graph.inputs[i].role, Role::StandIn | Role::Direction) => i + 1,
            _ => 0,
        };
        let is_product = match op {
            Op::Call(operation) => operation.is_of_factors(),
            _ => differential == 0,
        };
        let weights = || operands.iter().map(|operand| self.weight(*operand));
        Weight {
            differential: weights().map(|weight| weight.differential).max().unwrap_or(0).max(differential),
            is_computed: !shape.is_scalar() || !is_product || weights().any(|weight| weight.is_computed),
            size: weights().fold(1, |sum, weight| sum.saturating_add(weight.size)),
            depth: weights().map(|weight| weight.depth).max().map_or(0, |depth| depth + 1),
        }
    }

    /// Which of two nodes a formula shows first: the larger one, and of two as large the one whose first difference comes
    /// first in the alphabet. `Equal` only for the same node.
    fn compare(&self, graph: &Graph, a: NodeId, b: NodeId) -> Ordering {
        let (mut a, mut b) = (a, b);
        loop {
            if a == b {
                return Ordering::Equal;
            }
            let (one, other) = (graph.node(a), graph.node(b));
            let here = self.weight(b).cmp(&self.weight(a)).then_with(|| compare_roots(graph, one.op, other.op));
            let sizes = |shape: Shape| (shape.rows, shape.columns);
            let here = here.then_with(|| sizes(one.shape).cmp(&sizes(other.shape)));
            if here != Ordering::Equal {
                return here;
            }
            let (left, right) = (&self.0[a.index()].operands, &self.0[b.index()].operands);
            match left.iter().zip(right).find(|(left, right)| left != right) {
                Some((left, right)) => (a, b) = (*left, *right),
                None => return left.len().cmp(&right.len()),
            }
        }
    }

    /// Puts operands that may change places in order: coefficients stand before what they are coefficients of.
    fn sort_operands(&self, graph: &Graph, operation: &dyn Operation, shape: Shape, operands: &mut [NodeId]) {
        if !operation.commutes() {
            return;
        }
        let are_scalars = shape.is_scalar() && operation.is_of_factors();
        operands.sort_by(|a, b| {
            let first = self.weight(*a).cmp(&self.weight(*b));
            if are_scalars { first.then_with(|| self.compare(graph, *a, *b)) } else { self.compare(graph, *a, *b) }
        });
    }
}

impl Rewriter {
    /// `nodes` in the order in which a formula shows them.
    pub(super) fn sorted(&mut self, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        self.own.extend(&self.graph);
        nodes.sort_by(|a, b| self.own.compare(&self.graph, *a, *b));
        nodes
    }

    pub(super) fn compare(&mut self, a: NodeId, b: NodeId) -> Ordering {
        self.own.extend(&self.graph);
        self.own.compare(&self.graph, a, b)
    }

    /// The operands of `id` in order, if it is a call of `operation`, whose two operands may change places.
    pub(super) fn pair(&mut self, id: NodeId, operation: &'static dyn Operation) -> Option<[NodeId; 2]> {
        self.is::<2>(id, operation)?;
        self.in_order(id).try_into().ok()
    }

    /// The operands of `id`; those that may change places are in order.
    pub(super) fn in_order(&mut self, id: NodeId) -> Vec<NodeId> {
        self.own.extend(&self.graph);
        self.own.0[id.index()].operands.clone()
    }

    /// True if a node is a number, a size or a scalar argument, or a product or quotient of these.
    pub(super) fn is_coefficient(&mut self, id: NodeId) -> bool {
        self.own.extend(&self.graph);
        !self.own.weight(id).is_computed
    }
}

/// A graph whose operands stand in order, where they may change places.
pub(super) struct Sorted {
    pub(super) graph: Graph,
    order: Order,
}

impl Sorted {
    /// An empty graph with the inputs of `graph`.
    pub(super) fn like(graph: &Graph) -> Self {
        Self { graph: graph.empty_like(), order: Order::default() }
    }

    pub(super) fn call_as(&mut self, operation: &'static dyn Operation, operands: &[NodeId], shape: Shape) -> NodeId {
        let mut operands = operands.to_vec();
        self.order.extend(&self.graph);
        self.order.sort_operands(&self.graph, operation, shape, &mut operands);
        self.graph.call_as(operation, &operands, shape)
    }
}

fn compare_roots(graph: &Graph, a: Op, b: Op) -> Ordering {
    match (a, b) {
        (Op::Argument(i), Op::Argument(j)) => {
            graph.inputs[i].name.as_str().cmp(graph.inputs[j].name.as_str()).then(i.cmp(&j))
        }
        (Op::Constant(x), Op::Constant(y)) => x.total_cmp(&y),
        (Op::Size(p), Op::Size(q)) => p.to_string().cmp(&q.to_string()),
        (Op::Call(f), Op::Call(g)) => f.name().cmp(g.name()),
        _ => kind(a).cmp(&kind(b)),
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
