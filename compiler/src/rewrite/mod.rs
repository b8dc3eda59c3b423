//! Rewriting to a normal form: the same mathematics, stated once, in the cheapest and safest way known.
//!
//! Nodes are rebuilt from first to last, and each new node is rewritten by the first rule that fires until none
//! does. Rules build through [`Rewriter::call`], so what they build is in normal form too. Every rule either makes
//! the graph smaller, or moves scalars, signs and transposes towards the roots, so this ends; a budget guards the
//! compiler against a rule that breaks the promise.

mod chains;
mod flat;
mod rules;
mod taken;
#[cfg(test)]
mod tests;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::base::{Dim, Shape};
use crate::graph::{Graph, NodeId};
use crate::operations::{self, HADAMARD, Operation};
pub(crate) use chains::order_products;
pub(crate) use taken::{selects, take};

/// A directed equality, of rewriters with something of their own.
pub(crate) struct Rule<T: 'static = ()> {
    /// Name of the rule in a derivation.
    pub(crate) name: &'static str,
    /// Purpose of the rule.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by people, and by the test that asks for it"))]
    pub(crate) why: &'static str,
    /// The better node, or `None` for "not mine".
    pub(crate) apply: fn(&mut Rewriter<T>, NodeId) -> Option<NodeId>,
}

/// Rewrites below each node; far more than any rule set that ends needs. Beyond it nodes stay as they are, which tests don't
/// let happen.
const MAX_REWRITES: usize = 200;

/// A rule that fired: its number, the node that it fired on, and what it made of that.
#[cfg(test)]
#[derive(Clone, Copy)]
pub(crate) struct Fired {
    pub(crate) rule: usize,
    pub(crate) before: NodeId,
    pub(crate) after: NodeId,
}

/// The graph that is being built in normal form.
pub(crate) struct Rewriter<T: 'static = ()> {
    pub(crate) graph: Graph,
    rules: &'static [Rule<T>],
    /// The numbers of the rules that fire on an operation, where not all are tried on each.
    of: Option<fn(&'static dyn Operation) -> &'static [usize]>,
    /// Nodes that no rule looks into.
    pub(crate) atoms: HashSet<NodeId>,
    pub(crate) normal: HashMap<NodeId, NodeId>,
    /// Nodes with several users, of which the outside may be one.
    shared: HashSet<NodeId>,
    depth: usize,
    /// The axis of the samples, which is to be that of the rows.
    axis: Option<Dim>,
    #[cfg(test)]
    fired: Vec<Fired>,
    /// Tables of the rules about the graph.
    pub(crate) own: T,
}

/// The normal form of what `roots` need, and the roots in it.
pub(crate) fn simplify(graph: &Graph, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    rewrite(graph, roots, None)
}

/// Like [`simplify`], with `axis` first wherever it can be: a matrix with samples in its columns becomes the transpose
/// of one with samples in its rows.
pub(crate) fn orient(graph: &Graph, roots: &[NodeId], axis: Option<Dim>) -> (Graph, Vec<NodeId>) {
    let is_across = |id| axis.is_some_and(|axis| is_across(graph.shape(id), axis));
    if graph.ids().any(is_across) { rewrite(graph, roots, axis) } else { (graph.clone(), roots.to_vec()) }
}

/// True if a matrix of this shape has `axis` as its columns alone.
fn is_across(shape: Shape, axis: Dim) -> bool {
    shape.columns == axis && shape.rows != axis && !shape.is_line()
}

fn rewrite(graph: &Graph, roots: &[NodeId], axis: Option<Dim>) -> (Graph, Vec<NodeId>) {
    let mut rewriter = Rewriter { of: Some(rules::of), ..Rewriter::new(graph.empty_like(), rules::RULES, axis) };
    let roots = rewriter.rewrite_with(graph, roots, |_, _, new| new);
    rewriter.graph.compact(&roots)
}

/// The rules that fire on the way to the normal form of `roots`, the graph that they fired in, and the roots there.
#[cfg(test)]
pub(crate) fn rewrites(graph: &Graph, roots: &[NodeId], axis: Option<Dim>) -> (Graph, Vec<Fired>, Vec<NodeId>) {
    let mut rewriter = Rewriter { of: Some(rules::of), ..Rewriter::new(graph.empty_like(), rules::RULES, axis) };
    let roots = rewriter.rewrite_with(graph, roots, |_, _, new| new);
    (rewriter.graph, rewriter.fired, roots)
}

/// The name and the purpose of a rule.
#[cfg(test)]
pub(crate) fn rule(number: usize) -> &'static Rule {
    &rules::RULES[number]
}

/// The number of nodes that need each node. The outside counts as one that needs the roots.
fn users(graph: &Graph, roots: &[NodeId]) -> Vec<usize> {
    let mut users = vec![0; graph.len()];
    for id in graph.ids() {
        let operands = graph.operands(id);
        let new = operands.iter().enumerate().filter(|(k, operand)| !operands[..*k].contains(operand));
        new.for_each(|(_, operand)| users[operand.index()] += 1);
    }
    for root in roots {
        users[root.index()] += 1;
    }
    users
}

impl<T> AsMut<Graph> for Rewriter<T> {
    fn as_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }
}

impl<T: Default> Rewriter<T> {
    /// A rewriter that builds in the empty graph `to`.
    pub(crate) fn new(to: Graph, rules: &'static [Rule<T>], axis: Option<Dim>) -> Self {
        let (atoms, normal, shared) = (HashSet::default(), HashMap::default(), HashSet::default());
        Self {
            graph: to,
            rules,
            of: None,
            atoms,
            normal,
            shared,
            depth: 0,
            axis,
            own: T::default(),
            #[cfg(test)]
            fired: Vec::new(),
        }
    }

    /// Rewrites `graph`, and tells where its roots are now. `settled` tells of each node what its normal form becomes.
    pub(crate) fn rewrite_with(
        &mut self,
        graph: &Graph,
        roots: &[NodeId],
        settled: impl Fn(&mut Self, NodeId, NodeId) -> NodeId,
    ) -> Vec<NodeId> {
        let users = users(graph, roots);
        let moved = graph.map_into(self, |this, id, moved| {
            let new = this.graph.copy(graph, id, |operand| moved.of(operand));
            let normal = this.normalise(new);
            let normal = settled(this, id, normal);
            if users[id.index()] > 1 {
                this.shared.insert(normal);
            }
            Some(normal)
        });
        moved.all(roots)
    }

    /// The normal form of `id`.
    pub(crate) fn normalise(&mut self, id: NodeId) -> NodeId {
        if let Some(&normal) = self.normal.get(&id) {
            return normal;
        }
        self.depth += 1;
        // The rule that asks builds on afterwards.
        let origin = self.graph.origin();
        #[cfg(test)]
        assert!(self.depth < MAX_REWRITES, "a node is not in normal form after {MAX_REWRITES} rewrites");
        let better = if self.depth < MAX_REWRITES { self.better(id) } else { None };
        let best = better.map_or(id, |better| self.normalise(better));
        self.depth -= 1;
        self.graph.derived_by(origin);
        self.normal.insert(id, best);
        best
    }

    /// The node that the first rule that fires puts in place of `id`.
    fn better(&mut self, id: NodeId) -> Option<NodeId> {
        let Some(of) = self.of else { return self.first(id, 0..self.rules.len()) };
        let numbers = self.graph.operation(id).map_or(&[][..], of);
        self.first(id, numbers.iter().copied())
    }

    fn first(&mut self, id: NodeId, numbers: impl Iterator<Item = usize>) -> Option<NodeId> {
        for number in numbers {
            let rule = &self.rules[number];
            self.graph.derived_by(rule.name);
            if let Some(better) = (rule.apply)(self, id).filter(|&better| better != id) {
                #[cfg(test)]
                self.fired.push(Fired { rule: number, before: id, after: better });
                return Some(better);
            }
        }
        None
    }

    /// `operation(operands)` in normal form.
    pub(crate) fn call<const N: usize>(&mut self, operation: &'static dyn Operation, operands: [NodeId; N]) -> NodeId {
        let id = self.graph.call(operation, operands);
        self.normalise(id)
    }

    /// `operation(operands)` in normal form.
    pub(crate) fn call_slice(&mut self, operation: &'static dyn Operation, operands: &[NodeId]) -> NodeId {
        let id = self.graph.call_slice(operation, operands);
        self.normalise(id)
    }

    pub(crate) fn broadcast(&mut self, a: NodeId, shape: Shape) -> NodeId {
        let id = self.graph.broadcast(a, shape);
        self.normalise(id)
    }

    pub(crate) fn transpose(&mut self, a: NodeId) -> NodeId {
        let id = self.graph.transpose(a);
        self.normalise(id)
    }

    /// The scalar `s` times `a`.
    pub(crate) fn scale(&mut self, s: NodeId, a: NodeId) -> NodeId {
        let factor = self.broadcast(s, self.graph.shape(a));
        self.call(HADAMARD, [factor, a])
    }

    pub(crate) fn constant(&mut self, value: f64) -> NodeId {
        self.graph.constant(value)
    }

    /// The operands of `id` if it is a call of `operation` with `N` of them.
    pub(crate) fn is<const N: usize>(&self, id: NodeId, operation: &'static dyn Operation) -> Option<[NodeId; N]> {
        let operands = self.graph.is(id, operation)?;
        if self.atoms.contains(&id) { None } else { operands.try_into().ok() }
    }

    /// The node that is repeated, if `id` is a broadcast.
    pub(crate) fn repeated(&self, id: NodeId) -> Option<NodeId> {
        self.is(id, operations::BROADCAST).map(|[a]| a)
    }

    /// True if several nodes need `id`, so that it is computed whatever becomes of one of them.
    pub(crate) fn is_shared(&self, id: NodeId) -> bool {
        self.shared.contains(&id)
    }

    /// True if the elementwise product of `a` and `b` is computed for several nodes.
    pub(crate) fn is_needed_product(&self, a: NodeId, b: NodeId) -> bool {
        self.graph.known_call(HADAMARD, &[a, b], self.graph.shape(a)).is_some_and(|id| self.is_shared(id))
    }

    /// True if `id` has the samples in its columns alone.
    pub(crate) fn has_samples_in_columns(&self, id: NodeId) -> bool {
        self.axis.is_some_and(|axis| is_across(self.graph.shape(id), axis))
    }

    /// True if `id` has the samples in its rows alone: it stays that way.
    pub(crate) fn has_samples_in_rows(&self, id: NodeId) -> bool {
        self.axis.is_some_and(|axis| is_across(self.graph.shape(id).t(), axis))
    }

    /// The number that every element of `id` is.
    pub(crate) fn uniform(&self, id: NodeId) -> Option<f64> {
        self.graph.constant_value(self.repeated(id).unwrap_or(id))
    }

    /// `(s, a)` if `id` is the scalar `s` times the matrix `a`; of a product of scalars, a constant factor.
    pub(crate) fn scaled(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        let [a, b] = self.is(id, HADAMARD)?;
        let factor = |x: NodeId| match self.repeated(x) {
            Some(s) if self.graph.shape(s).is_scalar() => Some(s),
            _ => self.graph.constant_value(x).map(|_| x),
        };
        match (factor(a), factor(b)) {
            (Some(s), _) => Some((s, b)),
            (None, Some(s)) => Some((s, a)),
            (None, None) => None,
        }
    }
}
