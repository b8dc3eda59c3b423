//! The order of the products in a chain of matrices.
//!
//! A chain is a product of matrices with all the products inside of it that only chains need, through transposes. The
//! derivation leaves its products in the order in which they came; another order may take fewer operations. Chains that
//! share products are ordered together, for what each of them costs depends on what the others compute anyway.
//! Where one order never takes more operations than the other, whatever the sizes are, it is taken. Where the
//! sizes decide, both orders stay, as the operands of [`EITHER`].
//!
//! This comes last: a choice is never differentiated, and formulas show the chain as it was.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::base::{Cost, Dim, Shape};
use crate::graph::{Graph, Moved, NodeId};
use crate::operations::{ADD, EITHER, HADAMARD, MATMUL, TRANSPOSE};

/// Factors of a chain, beyond which products are taken as they are: the orders of eight are 429.
const LONGEST: usize = 8;

/// The products of a chain, in some order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Tree {
    /// A node, or its transpose.
    Factor(NodeId, bool),
    Product(Rc<Tree>, Rc<Tree>),
}

impl Tree {
    fn factors(&self, into: &mut Vec<(NodeId, bool)>) {
        match self {
            Self::Factor(id, transposed) => into.push((*id, *transposed)),
            Self::Product(a, b) => {
                a.factors(into);
                b.factors(into);
            }
        }
    }

    fn transposed(&self) -> Self {
        match self {
            Self::Factor(id, transposed) => Self::Factor(*id, !transposed),
            Self::Product(a, b) => Self::Product(Rc::new(b.transposed()), Rc::new(a.transposed())),
        }
    }

    fn shape(&self, graph: &Graph) -> Shape {
        match self {
            Self::Factor(id, false) => graph.shape(*id),
            Self::Factor(id, true) => graph.shape(*id).t(),
            Self::Product(a, b) => Shape::new(a.shape(graph).rows, b.shape(graph).columns),
        }
    }

    /// All products in it. One and its transpose are the same.
    fn products(&self, into: &mut BTreeSet<Self>) {
        if let Self::Product(a, b) = self {
            a.products(into);
            b.products(into);
            into.insert(self.clone().min(self.transposed()));
        }
    }
}

/// A chain that may be computed in another order.
struct Chain {
    root: NodeId,
    first: Tree,
    second: Tree,
    /// The chains that share products, by the number of the first of them.
    group: usize,
}

/// The graph with its chains in the order that takes the fewest operations.
pub(crate) fn order_products(graph: &Graph, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut chains = chains(graph, roots);
    join(&mut chains);
    let decisions: Vec<_> = chains.iter().map(|chain| decide(graph, &chains, chain.group)).collect();
    let (ordered, moved) = graph.map(|to, id, moved| {
        let first = to.copy(graph, id, |operand| moved.of(operand));
        let Some((chain, decision)) = chains.iter().zip(&decisions).find(|(chain, _)| chain.root == id) else {
            return Some(first);
        };
        to.derived_by("order of products");
        Some(match decision {
            Decision::First => first,
            Decision::Second => build(to, &chain.second, moved),
            Decision::AtRunTime(difference) => {
                let difference = scalar(to, difference);
                let second = build(to, &chain.second, moved);
                to.call(EITHER, [difference, first, second])
            }
        })
    });
    ordered.compact(&moved.all(roots))
}

/// A product of matrices, none of which is a line: with vectors, the order is settled.
fn is_product(graph: &Graph, id: NodeId) -> bool {
    let is_matrix = |id| !graph.shape(id).is_line() && !graph.shape(id).is_scalar();
    graph.is(id, MATMUL).is_some_and(|operands| operands.iter().all(|&operand| is_matrix(operand)))
}

/// The chains whose order is worth a thought.
fn chains(graph: &Graph, roots: &[NodeId]) -> Vec<Chain> {
    // Products that something else than a chain needs are computed as they are, and are factors to others.
    let mut needed = vec![false; graph.len()];
    for root in roots {
        needed[root.index()] = true;
    }
    for id in graph.ids().rev() {
        let passes_on = is_product(graph, id) || (graph.is(id, TRANSPOSE).is_some() && !needed[id.index()]);
        if !passes_on {
            graph.operands(id).iter().for_each(|operand| needed[operand.index()] = true);
        }
    }
    let mut chains = Vec::new();
    for id in graph.ids().filter(|id| is_product(graph, *id) && needed[id.index()]) {
        let mut count = 0;
        let first = product(graph, &needed, id, false, &mut count);
        let mut factors = Vec::new();
        first.factors(&mut factors);
        if factors.len() < 3 {
            continue;
        }
        if let Some(second) = alternative(graph, &first, &factors) {
            let group = chains.len();
            chains.push(Chain { root: id, first, second, group });
        }
    }
    chains
}

/// The part of a chain that `id` is, in the order of the graph: a product of it, or a factor. It is read as its transpose if
/// it is `transposed`.
fn tree(graph: &Graph, needed: &[bool], id: NodeId, transposed: bool, count: &mut usize) -> Tree {
    let (inner, is_transpose) = match graph.is(id, TRANSPOSE) {
        Some(&[inner]) if !needed[id.index()] => (inner, true),
        _ => (id, false),
    };
    let is_open = !needed[inner.index()] && *count < LONGEST && is_product(graph, inner);
    if is_open {
        product(graph, needed, inner, transposed != is_transpose, count)
    } else {
        factor(graph, id, transposed)
    }
}

/// A product of a chain, which has so far as many products as `count` says.
fn product(graph: &Graph, needed: &[bool], id: NodeId, transposed: bool, count: &mut usize) -> Tree {
    let Some(&[a, b]) = graph.is(id, MATMUL) else { return factor(graph, id, transposed) };
    *count += 1;
    let (a, b) = if transposed { (b, a) } else { (a, b) };
    let a = tree(graph, needed, a, transposed, count);
    Tree::Product(Rc::new(a), Rc::new(tree(graph, needed, b, transposed, count)))
}

fn factor(graph: &Graph, id: NodeId, transposed: bool) -> Tree {
    match graph.is(id, TRANSPOSE) {
        Some(&[inner]) => Tree::Factor(inner, !transposed),
        _ => Tree::Factor(id, transposed),
    }
}

/// The best other order at some sizes: all of them alike, or one of them much larger or much smaller than the others.
fn alternative(graph: &Graph, first: &Tree, factors: &[(NodeId, bool)]) -> Option<Tree> {
    let shapes: Vec<Shape> =
        factors.iter().map(|&(id, transposed)| Tree::Factor(id, transposed).shape(graph)).collect();
    let dims: BTreeSet<Dim> = shapes.iter().flat_map(|shape| [shape.rows, shape.columns]).collect();
    let own = total(graph, &[first]);
    let mut best: Option<(Tree, Cost)> = None;
    for (special, size) in std::iter::once((None, 1.0)).chain(
        dims.iter().filter(|dim| !matches!(dim, Dim::Size(_))).flat_map(|&dim| [(Some(dim), 4096.0), (Some(dim), 2.0)]),
    ) {
        let at = |dim: Dim| Cost::size(dim).at(|dim| if Some(dim) == special { size } else { 64.0 });
        let other = best_order(factors, &shapes, at);
        let cost = total(graph, &[&other]);
        if other == *first || own.never_above(&cost) {
            continue;
        }
        if best.as_ref().is_none_or(|(_, known)| cost.never_above(known)) {
            best = Some((other, cost));
        }
    }
    best.map(|(tree, _)| tree)
}

/// The order that takes the fewest operations at given sizes, by dynamic programming over what is between brackets
/// (Cormen, Leiserson, Rivest and Stein, section 15.2).
fn best_order(factors: &[(NodeId, bool)], shapes: &[Shape], size: impl Fn(Dim) -> f64) -> Tree {
    let n = factors.len();
    let mut best: Vec<Vec<(f64, Rc<Tree>)>> =
        factors.iter().map(|&(id, transposed)| vec![(0.0, Rc::new(Tree::Factor(id, transposed)))]).collect();
    // best[i][k] is that of the k + 1 factors from i on.
    for length in 2..=n {
        for i in 0..=n - length {
            let cost = |split: usize| {
                let (left, right) = (&best[i][split - 1], &best[i + split][length - split - 1]);
                let product =
                    size(shapes[i].rows) * size(shapes[i + split].rows) * size(shapes[i + length - 1].columns);
                (left.0 + right.0 + product, Tree::Product(left.1.clone(), right.1.clone()))
            };
            // The first of equals, so that the result is always the same.
            let (total, tree) =
                (2..length).map(cost).fold(cost(1), |best, new| if new.0 < best.0 { new } else { best });
            best[i].push((total, Rc::new(tree)));
        }
    }
    best[0][n - 1].1.as_ref().clone()
}

/// The operations of all the products in `trees`, each counted once.
fn total(graph: &Graph, trees: &[&Tree]) -> Cost {
    let mut products = BTreeSet::new();
    for tree in trees {
        tree.products(&mut products);
    }
    products.iter().fold(Cost::default(), |sum, product| match product {
        Tree::Product(a, b) => sum.plus(&Cost::product(a.shape(graph), b.shape(graph))),
        Tree::Factor(..) => sum,
    })
}

/// Puts chains with products in common into one group.
fn join(chains: &mut [Chain]) {
    let products: Vec<BTreeSet<Tree>> = chains
        .iter()
        .map(|chain| {
            let mut products = BTreeSet::new();
            chain.first.products(&mut products);
            chain.second.products(&mut products);
            products
        })
        .collect();
    for i in 1..chains.len() {
        for j in 0..i {
            let (a, b) = (chains[i].group, chains[j].group);
            if a != b && !products[i].is_disjoint(&products[j]) {
                chains.iter_mut().filter(|chain| chain.group == a).for_each(|chain| chain.group = b);
            }
        }
    }
}

/// The order in which the chains of a group are computed.
enum Decision {
    First,
    Second,
    /// Left to run time, by the cost of the second order minus that of the first.
    AtRunTime(Cost),
}

fn decide(graph: &Graph, chains: &[Chain], group: usize) -> Decision {
    let members: Vec<_> = chains.iter().filter(|chain| chain.group == group).collect();
    let first = total(graph, &members.iter().map(|chain| &chain.first).collect::<Vec<_>>());
    let second = total(graph, &members.iter().map(|chain| &chain.second).collect::<Vec<_>>());
    if first.never_above(&second) {
        Decision::First
    } else if second.never_above(&first) {
        Decision::Second
    } else {
        Decision::AtRunTime(second.minus(&first))
    }
}

fn build(graph: &mut Graph, tree: &Tree, moved: &Moved) -> NodeId {
    match tree {
        Tree::Factor(id, false) => moved.of(*id),
        Tree::Factor(id, true) => graph.transpose(moved.of(*id)),
        Tree::Product(a, b) => {
            let (a, b) = (build(graph, a, moved), build(graph, b, moved));
            match (graph.is(a, TRANSPOSE), graph.is(b, TRANSPOSE)) {
                (Some(&[a]), Some(&[b])) => {
                    let product = graph.call(MATMUL, [b, a]);
                    graph.transpose(product)
                }
                _ => graph.call(MATMUL, [a, b]),
            }
        }
    }
}

/// A cost as a node.
fn scalar(graph: &mut Graph, cost: &Cost) -> NodeId {
    let mut sum: Option<NodeId> = None;
    for (factors, count) in cost.terms() {
        let mut product = graph.constant(count);
        for &factor in factors {
            let size = graph.size(factor);
            product = graph.call(HADAMARD, [product, size]);
        }
        sum = Some(match sum {
            Some(sum) => graph.call(ADD, [sum, product]),
            None => product,
        });
    }
    sum.unwrap_or_else(|| graph.constant(0.0))
}
