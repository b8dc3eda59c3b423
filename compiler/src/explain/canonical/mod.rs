//! One form to print: what may be written in several ways is written in one.
//!
//! Kernels keep the order of operations that the user wrote, since a sum in another order rounds differently. Formulas need
//! not: here sums and products are taken apart and put together again in [order](Order), with
//! numbers collected, and signs outside.

mod order;
mod products;
mod signs;
mod sums;

use rustc_hash::FxHashSet as HashSet;

use crate::graph::{Graph, NodeId, Op};
use crate::operations::{
    ADD, BROADCAST, COLUMN_SUMS, DIAG, DOT, HADAMARD, IDENTITY, INVERSE, Kind, MATMUL, NEG, Operation, POW, POW_SLOPE,
    ROW_SUMS, SCALE_COLUMNS, SCALE_ROWS, SOLVE, SOLVE_T, SQUARED_DISTANCES, SUB, TRANSPOSE,
};
use crate::rewrite;
use order::{Order, Sorted};
use products::{inner, line_sums, product};
use signs::{DEPTH, difference, negative, parity};
use sums::sum;

type Rewriter = rewrite::Rewriter<Order>;
type Rule = rewrite::Rule<Order>;

const RULES: &[Rule] = &[
    Rule { name: "sum in order", why: "a + b is b + a, and 2 a + a is 3 a", apply: sum },
    Rule { name: "parity", why: "f(−a) is f(a) or −f(a)", apply: parity },
    Rule {
        name: "product in order", why: "a ⊙ b is b ⊙ a, and numbers and signs stand before both", apply: product
    },
    Rule { name: "sums of lines", why: "diag(v) A 1 = v ⊙ A 1, and A diag(v) 1 = A vᵀ", apply: line_sums },
    Rule { name: "inverse", why: "what is solved is printed as a product with the inverse", apply: inverse },
    Rule { name: "slope of a power", why: "p aᵖ⁻¹ is printed as what it is", apply: slope },
    Rule { name: "inner product", why: "⟨A ⊙ B, C⟩ = ⟨A, B ⊙ C⟩, and ⟨A, I⟩ = tr(A)", apply: inner },
    Rule { name: "transposed product", why: "(Aᵀ B)ᵀ = Bᵀ A: fewer transposes", apply: transposed },
];

/// Factors that are taken apart at most: more are left as they are.
const MAX_FACTORS: usize = 64;

/// The form of `roots` that is printed. What has a name, and what is in `atoms`, is not taken apart where others use it.
pub(crate) fn canonical(graph: &Graph, roots: &[NodeId], atoms: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut kept: HashSet<NodeId> = atoms.iter().copied().collect();
    kept.extend(graph.ids().filter(|id| matches!(graph.node(*id).op, Op::Call(_)) && graph.name_of(*id).is_some()));
    let mut rewriter = Rewriter::new(graph.empty_like(), RULES, None);
    let roots = rewriter.rewrite_with(graph, roots, |r, old, new| if kept.contains(&old) { r.keep(new) } else { new });
    ordered(&mut rewriter, &roots)
}

/// The nodes that `roots` reach, in the order in which formulas show them, after the arguments.
fn ordered(r: &mut Rewriter, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let in_order: Vec<_> = r.graph.ids().collect::<Vec<_>>().into_iter().map(|id| r.in_order(id)).collect();
    let (graph, atoms) = (&r.graph, &r.atoms);
    let mut users = vec![0_usize; graph.len()];
    for root in roots {
        users[root.index()] += 1;
    }
    let mut arguments = Vec::new();
    for id in graph.ids().rev() {
        if users[id.index()] == 0 {
            continue;
        }
        graph.operands(id).iter().for_each(|operand| users[operand.index()] += 1);
        if let Op::Argument(i) = graph.node(id).op {
            arguments.push((i, id));
        }
    }
    arguments.sort_unstable();
    let mut to = Sorted::like(graph);
    let mut moved: Vec<Option<NodeId>> = vec![None; graph.len()];
    let arguments = arguments.into_iter().map(|(_, id)| id);
    let mut open: Vec<NodeId> = arguments.chain(roots.iter().copied()).rev().collect();
    // A node that is shown by name, or several times, keeps its sign.
    let mut kept = HashSet::default();
    while let Some(&id) = open.last() {
        let before = open.len();
        let operands = in_order[id.index()].iter().rev();
        open.extend(operands.filter(|operand| moved[operand.index()].is_none()));
        if open.len() > before && moved[id.index()].is_none() {
            continue;
        }
        open.truncate(before - 1);
        if moved[id.index()].is_some() {
            continue;
        }
        let node = graph.node(id);
        let mut new = match node.op {
            Op::Call(operation) => {
                let operands: Vec<_> = node.operands.iter().filter_map(|operand| moved[operand.index()]).collect();
                to.call_as(operation, &operands, node.shape)
            }
            _ => to.graph.copy(graph, id, |operand| operand),
        };
        if let Some(&[a]) = to.graph.is(new, NEG) {
            let negated = match to.graph.is(a, SUB) {
                Some(_) if !atoms.contains(&graph.operands(id)[0]) => Some(difference(&mut to, &kept, a)),
                _ => negative(&mut to, &kept, a, DEPTH),
            };
            new = negated.unwrap_or(new);
        }
        if let Some(&[a, b]) = to.graph.is(new, SUB)
            && let Some(b) = negative(&mut to, &kept, b, DEPTH)
        {
            new = to.call_as(ADD, &[a, b], node.shape);
        }
        if atoms.contains(&id) || users[id.index()] > 1 {
            kept.insert(new);
        }
        moved[id.index()] = Some(new);
    }
    for &(id, name) in graph.names() {
        if let Some(id) = moved[id.index()] {
            to.graph.name(id, name);
        }
    }
    let roots: Vec<_> = roots.iter().filter_map(|root| moved[root.index()]).collect();
    to.graph.compact(&roots)
}

fn slope(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, p] = r.is(id, POW_SLOPE)?;
    let one = r.constant(1.0);
    let one = r.broadcast(one, r.graph.shape(p));
    let less = r.call(SUB, [p, one]);
    let power = r.call(POW, [a, less]);
    Some(r.call(HADAMARD, [p, power]))
}

fn transposed(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let is_transpose = |r: &Rewriter, a| r.is::<1>(a, TRANSPOSE).is_some();
    if let Some([a]) = r.is(id, TRANSPOSE) {
        for (sums, others) in [(COLUMN_SUMS, ROW_SUMS), (ROW_SUMS, COLUMN_SUMS)] {
            let Some([a]) = r.is(a, sums) else { continue };
            let a = r.transpose(a);
            return Some(r.call(others, [a]));
        }
        return transposed_inside(r, a);
    }
    let [a, b] = r.pair(id, DOT)?;
    // ⟨Aᵀ u, v⟩ = ⟨A v, u⟩
    for (a, v) in [(a, b), (b, a)] {
        let Some([a, u]) = r.is(a, MATMUL).filter(|&[_, u]| r.graph.shape(u).columns.is_one()) else { continue };
        if is_transpose(r, a) {
            let a = r.transpose(a);
            let image = r.call(MATMUL, [a, v]);
            return Some(r.call(DOT, [image, u]));
        }
    }
    // ⟨Aᵀ, B⟩ = ⟨A, Bᵀ⟩
    if is_transpose(r, a) == is_transpose(r, b) {
        return None;
    }
    let (inner, other) = if is_transpose(r, a) { (r.transpose(a), b) } else { (r.transpose(b), a) };
    r.compare(inner, other).is_lt().then(|| {
        let other = r.transpose(other);
        r.call(DOT, [inner, other])
    })
}

/// The transpose of a sum or a product as one of transposes, if that has no more of them.
fn transposed_inside(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if is_symmetric(&r.graph, id, DEPTH) {
        return Some(id);
    }
    if let Some((s, a)) = r.scaled(id) {
        let a = r.transpose(a);
        return Some(r.scale(s, a));
    }
    if let Some([a]) = r.is(id, NEG) {
        let a = r.transpose(a);
        return Some(r.call(NEG, [a]));
    }
    if let Some([v, a]) = r.is(id, SCALE_ROWS) {
        let (v, a) = (r.transpose(v), r.transpose(a));
        return Some(r.call(SCALE_COLUMNS, [a, v]));
    }
    let operation = [MATMUL, ADD, SUB].into_iter().find(|operation| r.is::<2>(id, *operation).is_some())?;
    let [a, b] = r.is(id, operation)?;
    let (as_it_is, inside) = transposes(r, id, DEPTH);
    // A sum stays as it is where it may be one that stands elsewhere too.
    let least = if operation == MATMUL { inside } else { inside + 1 };
    if least > as_it_is + 1 {
        return None;
    }
    let (a, b) = (r.transpose(a), r.transpose(b));
    Some(r.call(operation, if operation == MATMUL { [b, a] } else { [a, b] }))
}

/// How many transposes the formula of a node shows, and how many that of its transpose shows if they are inside of it.
fn transposes(r: &Rewriter, id: NodeId, within: usize) -> (usize, usize) {
    if within == 0 {
        return (0, 1);
    }
    let below = |a| transposes(r, a, within - 1);
    if let Some([a]) = r.is(id, TRANSPOSE) {
        let (count, _) = below(a);
        return (count + 1, count);
    }
    if is_symmetric(&r.graph, id, within) || r.graph.is(id, INVERSE).is_some() {
        return (0, 0);
    }
    if let Some((_, a)) = r.scaled(id) {
        return below(a);
    }
    if let Some([_, a]) = r.is(id, SCALE_ROWS) {
        return below(a);
    }
    if let Some([a]) = r.is(id, NEG) {
        return below(a);
    }
    let both = [MATMUL, ADD, SUB].into_iter().find_map(|operation| r.is::<2>(id, operation));
    let Some([a, b]) = both else { return (0, 1) };
    let (a, b) = (below(a), below(b));
    // The transpose of a part may stay outside of it.
    let inside = |(count, inside): (usize, usize)| inside.min(count + 1);
    (a.0 + b.0, inside(a) + inside(b))
}

/// True if a matrix is its own transpose, as its formula shows.
pub(super) fn is_symmetric(graph: &Graph, id: NodeId, within: usize) -> bool {
    let shape = graph.shape(id);
    if within == 0 || shape.rows != shape.columns {
        return false;
    }
    if graph.is(id, IDENTITY).is_some() || graph.is(id, DIAG).is_some() {
        return true;
    }
    let symmetric = |a: &NodeId| is_symmetric(graph, *a, within - 1);
    let mutual = |a: NodeId, b: NodeId| {
        graph.is(a, TRANSPOSE).is_some_and(|o| o[0] == b) || graph.is(b, TRANSPOSE).is_some_and(|o| o[0] == a)
    };
    if graph.is(id, MATMUL).is_some() {
        // A Aᵀ, and A S Aᵀ.
        let mut chain = Vec::new();
        let mut open = id;
        while let Some(&[a, b]) = graph.is(open, MATMUL).filter(|_| chain.len() < MAX_FACTORS) {
            chain.push(b);
            open = a;
        }
        chain.push(open);
        let same = |a: NodeId, b: NodeId| mutual(a, b) || (a == b && symmetric(&a));
        return chain.iter().zip(chain.iter().rev()).all(|(a, b)| same(*a, *b));
    }
    if let Some(&[a, b, ..]) = graph.is(id, SQUARED_DISTANCES) {
        return a == b;
    }
    if graph.is(id, INVERSE).is_some() {
        return symmetric(&graph.operands(id)[0]);
    }
    if let Some(&[a]) = graph.is(id, BROADCAST) {
        return graph.shape(a).is_scalar();
    }
    // A + Aᵀ
    if graph.is(id, ADD).is_some_and(|operands| mutual(operands[0], operands[1])) {
        return true;
    }
    matches!(graph.kind(id), Some(Kind::Pointwise(_))) && graph.operands(id).iter().all(symmetric)
}

fn inverse(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let stated = r.graph.stated(id).to_vec();
    let of = |operation: &'static dyn Operation| r.graph.is(id, operation).is_some() && !r.atoms.contains(&id);
    let (is_solved, is_turned) = (of(SOLVE), of(SOLVE_T));
    let &[a, b] = stated.as_slice() else { return None };
    if !is_solved && !is_turned {
        return None;
    }
    let inverse = r.call(INVERSE, [a]);
    let inverse = if is_turned { r.transpose(inverse) } else { inverse };
    Some(r.call(MATMUL, [inverse, b]))
}
