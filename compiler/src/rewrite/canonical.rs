//! One form to print: what may be written in several ways is written in one.
//!
//! Kernels keep the order of operations that the user wrote, since a sum in another order rounds differently. Formulas need
//! not: here sums and products are taken apart and put together again in [order](crate::graph::Graph::compare), with
//! numbers collected, and signs outside.

use rustc_hash::FxHashSet as HashSet;

use super::{Rewriter, Rule};
use crate::base::Shape;
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{
    ADD, BROADCAST, COLUMN_SUMS, DIV, DOT, HADAMARD, IDENTITY, INVERSE, Kind, MATMUL, NEG, Operation, POW, POW_SLOPE,
    Parity, RECIP, ROW_SUMS, SCALE_COLUMNS, SCALE_ROWS, SOLVE, SOLVE_T, SQ, SUB, SUM, TRACE, TRANSPOSE,
};

const RULES: &[Rule] = &[
    Rule { name: "sum in order", why: "a + b is b + a, and 2 a + a is 3 a", apply: sum },
    Rule { name: "parity", why: "f(−a) is f(a) or −f(a)", apply: parity },
    Rule {
        name: "product in order", why: "a ⊙ b is b ⊙ a, and numbers and signs stand before both", apply: product
    },
    Rule { name: "inverse", why: "what is solved is printed as a product with the inverse", apply: inverse },
    Rule { name: "slope of a power", why: "p aᵖ⁻¹ is printed as what it is", apply: slope },
    Rule { name: "inner product", why: "⟨A ⊙ B, C⟩ = ⟨A, B ⊙ C⟩, and ⟨A, I⟩ = tr(A)", apply: inner },
    Rule { name: "transposed product", why: "(Aᵀ B)ᵀ = Bᵀ A: fewer transposes", apply: turned },
];

/// Factors that are taken apart at most: more are left as they are.
const MOST: usize = 64;

/// Factors of factors in which a sign looks for a difference.
const DEPTH: usize = 6;

/// The form of `roots` that is printed. What has a name, and what is in `atoms`, is not taken apart where others use it.
pub(crate) fn canonical(graph: &Graph, roots: &[NodeId], atoms: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut kept: HashSet<NodeId> = atoms.iter().copied().collect();
    kept.extend(graph.ids().filter(|id| matches!(graph.node(*id).op, Op::Call(_)) && graph.name_of(*id).is_some()));
    let mut rewriter = Rewriter::new(graph.sorted_like(), RULES, None);
    let roots = rewriter.rewrite(graph, roots, &kept);
    ordered(&rewriter, &roots)
}

fn slope(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, p] = r.is(id, POW_SLOPE)?;
    let one = r.constant(1.0);
    let one = r.broadcast(one, r.graph.shape(p));
    let less = r.call(SUB, [p, one]);
    let power = r.call(POW, [a, less]);
    Some(r.call(HADAMARD, [p, power]))
}

/// The nodes that `roots` reach, in the order in which formulas show them, after the arguments.
fn ordered(r: &Rewriter, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let graph = &r.graph;
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
    let mut to = graph.sorted_like();
    let mut moved: Vec<Option<NodeId>> = vec![None; graph.len()];
    let arguments = arguments.into_iter().map(|(_, id)| id);
    let mut open: Vec<NodeId> = arguments.chain(roots.iter().copied()).rev().collect();
    // A node that is shown by name, or several times, keeps its sign.
    let mut kept = HashSet::default();
    while let Some(&id) = open.last() {
        let before = open.len();
        let operands = graph.operands(id).iter().rev();
        open.extend(operands.filter(|operand| moved[operand.index()].is_none()));
        if open.len() > before && moved[id.index()].is_none() {
            continue;
        }
        open.truncate(before - 1);
        if moved[id.index()].is_some() {
            continue;
        }
        let mut new = to.copy(graph, id, |operand| moved[operand.index()].unwrap_or(operand));
        if let Some(&[a]) = to.is(new, NEG) {
            let negated = match to.is(a, SUB) {
                Some(_) if !r.atoms.contains(&graph.operands(id)[0]) => Some(difference(&mut to, &kept, a)),
                _ => negative(&mut to, &kept, a, DEPTH),
            };
            new = negated.unwrap_or(new);
        }
        if let Some(&[a, b]) = to.is(new, SUB)
            && let Some(b) = negative(&mut to, &kept, b, DEPTH)
        {
            new = to.call(ADD, [a, b]);
        }
        if r.atoms.contains(&id) || users[id.index()] > 1 {
            kept.insert(new);
        }
        moved[id.index()] = Some(new);
    }
    for &(id, name) in graph.names() {
        if let Some(id) = moved[id.index()] {
            to.name(id, name);
        }
    }
    let roots: Vec<_> = roots.iter().filter_map(|root| moved[root.index()]).collect();
    to.compact(&roots)
}

/// −`id`, if a difference in it takes the sign: B − A for A − B, and X (B − A) for X (A − B). It is looked for in so many
/// factors of factors.
fn negative(graph: &mut Graph, kept: &HashSet<NodeId>, id: NodeId, within: usize) -> Option<NodeId> {
    if within == 0 || kept.contains(&id) {
        return None;
    }
    let operation = graph.operation(id)?;
    let mut operands = graph.operands(id).to_vec();
    let shape = graph.shape(id);
    if graph.is(id, SUB).is_some() {
        return Some(difference(graph, kept, id));
    }
    let mut products = [HADAMARD, MATMUL, DOT, SCALE_ROWS, SCALE_COLUMNS].into_iter().chain(LINEAR);
    if !products.any(|known| known.name() == operation.name()) {
        return None;
    }
    let (k, new) = operands.iter().enumerate().find_map(|(k, a)| Some((k, negative(graph, kept, *a, within - 1)?)))?;
    // ⟨A, A⟩ has two signs.
    if operands.iter().filter(|operand| **operand == operands[k]).count() > 1 {
        return None;
    }
    operands[k] = new;
    Some(graph.call_as(operation, &operands, shape))
}

/// −`id`, which is a difference: what it subtracts, and less what it adds.
fn difference(graph: &mut Graph, kept: &HashSet<NodeId>, id: NodeId) -> NodeId {
    let shape = graph.shape(id);
    let (mut added, mut subtracted) = (Vec::new(), Vec::new());
    let mut rest = id;
    loop {
        let is_open = rest == id || !kept.contains(&rest);
        if let Some(&[a, b]) = graph.is(rest, SUB).filter(|_| is_open) {
            subtracted.push(b);
            rest = a;
        } else if let Some(&[a, b]) = graph.is(rest, ADD).filter(|_| is_open) {
            added.push(b);
            rest = a;
        } else {
            added.push(rest);
            break;
        }
    }
    let positive = subtracted.into_iter().rev().reduce(|sum, term| graph.call_as(ADD, &[sum, term], shape));
    let terms = added.into_iter().rev();
    positive.map_or(id, |positive| terms.fold(positive, |sum, term| graph.call_as(SUB, &[sum, term], shape)))
}

/// Which sign a sum has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// The one that it came with.
    Kept,
    /// The one that makes its first term without a coefficient positive, unless a number is among them: 1 − a keeps its
    /// sign.
    OfFirst,
    /// Like [`OfFirst`](Self::OfFirst), for the operand of an even function: a number is made positive.
    OfNumber,
}

/// number × scalars / divisors × elementwise product of the others.
#[derive(Clone, Debug, Default)]
struct Product {
    number: f64,
    /// Arguments and sizes that are scalars.
    scalars: Vec<NodeId>,
    divisors: Vec<NodeId>,
    /// Computed factors, scalars too.
    others: Vec<NodeId>,
}

impl Product {
    fn of(others: Vec<NodeId>) -> Self {
        Self { number: 1.0, others, ..Self::default() }
    }

    fn times(&mut self, other: Self) {
        self.number *= other.number;
        self.scalars.extend(other.scalars);
        self.divisors.extend(other.divisors);
        self.others.extend(other.others);
    }

    /// s / s is 1.
    fn cancel(&mut self) {
        let divisors = std::mem::take(&mut self.divisors);
        for divisor in divisors {
            let Self { scalars, others, divisors, .. } = self;
            let mut both = [scalars, others].into_iter();
            let place = both.find_map(|nodes| Some((nodes.iter().position(|node| *node == divisor)?, nodes)));
            match place {
                Some((i, nodes)) => drop(nodes.remove(i)),
                None => divisors.push(divisor),
            }
        }
    }

    /// True if it is more than the product of its `others`.
    fn has_coefficient(&self) -> bool {
        self.number.to_bits() != 1.0_f64.to_bits() || !self.scalars.is_empty() || !self.divisors.is_empty()
    }

    /// Everything but the number and the others, taken away.
    fn without_others(mut self) -> (Self, Vec<NodeId>) {
        let others = std::mem::take(&mut self.others);
        (self, others)
    }

    fn is_number(&self) -> bool {
        self.scalars.is_empty() && self.divisors.is_empty() && self.others.is_empty()
    }
}

fn sorted(r: &Rewriter, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
    nodes.sort_by(|a, b| r.graph.compare(*a, *b));
    nodes
}

/// Operations of one operand that are linear.
const LINEAR: [&dyn Operation; 6] = [TRANSPOSE, SUM, ROW_SUMS, COLUMN_SUMS, TRACE, BROADCAST];

/// `id` as a product, where it is in normal form.
fn factors(r: &mut Rewriter, id: NodeId) -> Product {
    let mut product = Product { number: 1.0, ..Product::default() };
    let mut open = vec![id];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        let shape = r.graph.shape(node);
        if let Some([a, b]) = r.is(node, HADAMARD).filter(|_| count < MOST) {
            open.extend([b, a]);
        } else if let Some([a]) = r.is(node, NEG) {
            product.number = -product.number;
            open.push(a);
        } else if let Some(scalar) = r.repeated(node).filter(|&inner| r.graph.shape(inner).is_scalar()) {
            open.push(scalar);
        } else if let Some([u, a]) = r.is(node, SCALE_ROWS) {
            open.extend([a, r.broadcast(u, shape)]);
        } else if let Some([a, v]) = r.is(node, SCALE_COLUMNS) {
            open.extend([r.broadcast(v, shape), a]);
        } else if let Some([u, v]) = r.is(node, MATMUL).filter(|_| is_outer(r, node)) {
            open.extend([v, u].map(|line| r.broadcast(line, shape)));
        } else if let Some([a]) = r.is(node, SQ).filter(|_| shape.is_scalar() && count < MOST) {
            open.extend([a, a]);
        } else if let Some([a, b]) = r.is(node, DIV).filter(|_| shape.is_scalar()) {
            product.times(quotient(r, a, b, shape));
        } else {
            product.times(factor(r, node));
        }
    }
    product.cancel();
    product.scalars = sorted(r, product.scalars);
    product.divisors = sorted(r, product.divisors);
    product.others = sorted(r, product.others);
    product
}

/// True if a product of matrices is u vᵀ.
fn is_outer(r: &Rewriter, id: NodeId) -> bool {
    let shape = r.graph.shape(id);
    r.is::<2>(id, MATMUL).is_some_and(|[u, _]| r.graph.shape(u).columns.is_one())
        && !shape.is_line()
        && !shape.is_scalar()
}

fn factor(r: &Rewriter, id: NodeId) -> Product {
    match r.graph.node(id).op {
        Op::Constant(number) if number.is_finite() => Product { number, ..Product::default() },
        Op::Argument(_) | Op::Size(_) if r.graph.is_coefficient(id) => {
            Product { number: 1.0, scalars: vec![id], ..Product::default() }
        }
        _ => Product::of(vec![id]),
    }
}

/// `id`, whose operands are in normal form, as a product: the coefficients of its operands leave.
fn opened(r: &mut Rewriter, id: NodeId) -> Option<Product> {
    let shape = r.graph.shape(id);
    let operation = r.graph.operation(id)?;
    let is = |known: &&'static dyn Operation| known.name() == operation.name();
    if let Some([a]) = r.is(id, SQ).filter(|_| !shape.is_scalar()) {
        let inner = factors(r, a);
        let number = inner.number * inner.number;
        let a = composed(r, Product { number: 1.0, ..inner }, shape);
        let square = r.graph.call(SQ, [a]);
        return Some(Product { number, ..Product::of(vec![square]) });
    }
    if let Some([a, b]) = r.is(id, DIV) {
        return Some(quotient(r, a, b, shape));
    }
    if let Some([b]) = r.is(id, RECIP) {
        let one = r.constant(1.0);
        return Some(quotient(r, one, b, shape));
    }
    let is_scalar = |r: &Rewriter, a: NodeId| r.graph.shape(a).is_scalar();
    let linear: &[usize] = match operation.kind() {
        Kind::Routine(row) => row.linear,
        _ if LINEAR.iter().any(is) && !is_scalar(r, r.graph.operands(id)[0]) => &[0],
        _ if [MATMUL, DOT].iter().any(is) && !is_outer(r, id) => &[0, 1],
        _ => &[],
    };
    let stated = r.graph.stated(id).to_vec();
    let mut operands = stated.clone();
    let mut product = Product::of(Vec::new());
    for &k in linear {
        let Some(&a) = stated.get(k) else { continue };
        let (coefficient, others) = factors(r, a).without_others();
        if coefficient.has_coefficient() && !others.is_empty() {
            operands[k] = composed(r, Product::of(others), r.graph.shape(a));
            product.times(coefficient);
        }
    }
    if !product.has_coefficient() {
        return None;
    }
    let call = r.graph.call_as_stated(operation, &operands, shape);
    let inner = r.normalise(call);
    product.times(factors(r, inner));
    Some(product)
}

/// a / b as a product.
fn quotient(r: &mut Rewriter, a: NodeId, b: NodeId, shape: Shape) -> Product {
    let mut product = factors(r, a);
    let below = factors(r, b);
    if below.number == 0.0 {
        let call = r.graph.call(DIV, [a, b]);
        return Product::of(vec![call]);
    }
    product.number /= below.number;
    product.divisors.extend(below.scalars);
    product.scalars.extend(below.divisors);
    let (scalars, others): (Vec<_>, Vec<_>) =
        below.others.into_iter().partition(|other| r.graph.shape(*other).is_scalar());
    product.divisors.extend(scalars);
    if !others.is_empty() {
        let above = std::mem::take(&mut product.others);
        let below = composed(r, Product::of(others), shape);
        let ratio = if above.is_empty() {
            r.graph.call(RECIP, [below])
        } else {
            let above = composed(r, Product::of(above), shape);
            r.graph.call(DIV, [above, below])
        };
        product.others.push(ratio);
    }
    product
}

/// The nodes of a product, in order, with the sign outermost.
fn composed(r: &mut Rewriter, product: Product, shape: Shape) -> NodeId {
    let Product { number, scalars, divisors, others } = product;
    if number == 0.0 {
        let zero = r.constant(0.0);
        return r.graph.broadcast(zero, shape);
    }
    let (computed, matrices): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|other| r.graph.shape(*other).is_scalar());
    let coefficient = coefficient(r, number.abs(), scalars, divisors, computed);
    let result = match (coefficient, elementwise(r, matrices, shape)) {
        (Some(coefficient), Some(matrices)) => {
            let factor = r.graph.broadcast(coefficient, shape);
            r.graph.call(HADAMARD, [factor, matrices])
        }
        (None, Some(matrices)) => matrices,
        (coefficient, None) => {
            let scalar = coefficient.unwrap_or_else(|| r.constant(1.0));
            r.graph.broadcast(scalar, shape)
        }
    };
    match r.graph.constant_value(result) {
        _ if number > 0.0 => result,
        Some(value) => r.constant(-value),
        None => r.graph.call(NEG, [result]),
    }
}

/// The elementwise product of some nodes in order, where a ⊙ a is a square.
fn product_of(r: &mut Rewriter, nodes: Vec<NodeId>) -> Option<NodeId> {
    let mut nodes = sorted(r, nodes);
    let mut i = 0;
    while i + 1 < nodes.len() {
        if nodes[i] == nodes[i + 1] {
            nodes.remove(i);
            nodes[i] = r.graph.call(SQ, [nodes[i]]);
        }
        i += 1;
    }
    nodes.into_iter().reduce(|product, node| r.graph.call(HADAMARD, [product, node]))
}

/// number × scalars / divisors × what is computed; none for 1.
fn coefficient(
    r: &mut Rewriter,
    number: f64,
    scalars: Vec<NodeId>,
    divisors: Vec<NodeId>,
    computed: Vec<NodeId>,
) -> Option<NodeId> {
    let times = |r: &mut Rewriter, a: Option<NodeId>, b: Option<NodeId>| match (a, b) {
        (Some(a), Some(b)) => Some(r.graph.call(HADAMARD, [a, b])),
        (a, b) => a.or(b),
    };
    let number = (number.to_bits() != 1.0_f64.to_bits()).then(|| r.constant(number));
    let scalars = product_of(r, scalars);
    let mut coefficient = times(r, number, scalars);
    if let Some(below) = product_of(r, divisors) {
        let above = coefficient.unwrap_or_else(|| r.constant(1.0));
        coefficient = Some(r.graph.call(DIV, [above, below]));
    }
    let computed = product_of(r, computed);
    times(r, coefficient, computed)
}

/// The product of matrices, with u vᵀ, diag(u) A and A diag(v) for what is repeated along rows or columns.
fn elementwise(r: &mut Rewriter, matrices: Vec<NodeId>, shape: Shape) -> Option<NodeId> {
    let (mut column, mut row, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for node in matrices {
        match r.repeated(node) {
            Some(line) if r.graph.shape(line).columns.is_one() => column.push(line),
            Some(line) if r.graph.shape(line).rows.is_one() => row.push(line),
            _ => others.push(node),
        }
    }
    let (column, others, row) = (product_of(r, column), product_of(r, others), product_of(r, row));
    match (column, others, row) {
        (None, None, None) => None,
        (Some(line), None, None) | (None, None, Some(line)) => Some(r.graph.broadcast(line, shape)),
        (Some(u), None, Some(v)) => Some(r.graph.call_as(MATMUL, &[u, v], shape)),
        (u, Some(mut matrices), v) => {
            if let Some(u) = u {
                matrices = r.graph.call_as(SCALE_ROWS, &[u, matrices], shape);
            }
            if let Some(v) = v {
                matrices = r.graph.call_as(SCALE_COLUMNS, &[matrices, v], shape);
            }
            Some(matrices)
        }
    }
}

fn product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let product = match opened(r, id) {
        Some(product) => product,
        None => factors(r, id),
    };
    let is_unit = !product.has_coefficient() && product.others == [id];
    (product.number.is_finite() && !is_unit).then(|| composed(r, product, r.graph.shape(id)))
}

/// The terms of a sum, of which no two are alike.
fn terms(r: &mut Rewriter, id: NodeId) -> Vec<Product> {
    let mut terms: Vec<Product> = Vec::new();
    let mut open = vec![(id, 1.0)];
    let mut count = 0;
    while let Some((node, sign)) = open.pop() {
        count += 1;
        if count < MOST {
            if let Some([a, b]) = r.is(node, ADD) {
                open.extend([(b, sign), (a, sign)]);
                continue;
            }
            if let Some([a, b]) = r.is(node, SUB) {
                open.extend([(b, -sign), (a, sign)]);
                continue;
            }
            if let Some([a]) = r.is(node, NEG) {
                open.push((a, -sign));
                continue;
            }
        }
        let mut term = factors(r, node);
        term.number *= sign;
        let same = |other: &&mut Product| {
            other.scalars == term.scalars && other.divisors == term.divisors && other.others == term.others
        };
        match terms.iter_mut().find(same) {
            Some(other) => other.number += term.number,
            None => terms.push(term),
        }
    }
    terms.retain(|term| term.number != 0.0);
    terms
}

fn sum(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if r.is::<2>(id, ADD).is_none() && r.is::<2>(id, SUB).is_none() {
        return None;
    }
    let shape = r.graph.shape(id);
    let terms = terms(r, id);
    if terms.iter().any(|term| !term.number.is_finite()) {
        return None;
    }
    Some(total(r, terms, shape, Sign::OfFirst))
}

/// A term of a sum: a node, times a number.
struct Term {
    node: NodeId,
    number: f64,
    /// True if it is the number alone.
    is_number: bool,
    /// True if it has no coefficient, and is not repeated: of A − s B, and A − a 1ᵀ, the sign is that of A.
    is_bare: bool,
}

/// The sum of some terms.
fn total(r: &mut Rewriter, terms: Vec<Product>, shape: Shape, sign: Sign) -> NodeId {
    let mut common = match terms.as_slice() {
        [] => Product::default(),
        [term] => return composed(r, term.clone(), shape),
        [first, rest @ ..] => {
            let size = first.number.abs();
            let all = |same: &dyn Fn(&Product) -> bool| rest.iter().all(same);
            let number = if all(&|term| term.number.abs().to_bits() == size.to_bits()) { size } else { 1.0 };
            let has_others = terms.iter().all(|term| !term.others.is_empty());
            if has_others && all(&|term| term.scalars == first.scalars && term.divisors == first.divisors) {
                Product { number, others: Vec::new(), ..first.clone() }
            } else {
                Product { number, ..Product::default() }
            }
        }
    };
    let mut keyed: Vec<Term> = Vec::with_capacity(terms.len());
    for mut term in terms {
        if !common.scalars.is_empty() || !common.divisors.is_empty() {
            (term.scalars, term.divisors) = (Vec::new(), Vec::new());
        }
        let number = term.number / common.number;
        term.number = 1.0;
        let is_repeated = matches!(term.others.as_slice(), &[other] if r.repeated(other).is_some());
        let is_bare = number.abs().to_bits() == 1.0_f64.to_bits() && !term.has_coefficient() && !is_repeated;
        let is_number = term.is_number();
        keyed.push(Term { node: composed(r, term, shape), number, is_number, is_bare });
    }
    keyed.sort_by(|a, b| a.is_number.cmp(&b.is_number).then_with(|| r.graph.compare(a.node, b.node)));
    let constant = keyed.iter().find(|term| term.is_number);
    let leading = keyed.iter().find(|term| term.is_bare).or(keyed.first());
    let is_negative = match (sign, constant) {
        (Sign::Kept, _) => false,
        (Sign::OfNumber, Some(constant)) => constant.number < 0.0,
        (Sign::OfFirst, Some(_)) => keyed.iter().all(|term| term.number < 0.0),
        (_, None) => leading.is_some_and(|term| term.number < 0.0),
    };
    let flip = if is_negative { -1.0 } else { 1.0 };
    let mut result: Option<NodeId> = None;
    for positive in [true, false] {
        for term in keyed.iter().filter(|term| (term.number * flip > 0.0) == positive) {
            let mut scaled = factors(r, term.node);
            scaled.number *= term.number.abs();
            let node = composed(r, scaled, shape);
            result = Some(match result {
                None if positive => node,
                None => r.graph.call(NEG, [node]),
                Some(sum) => r.graph.call(if positive { ADD } else { SUB }, [sum, node]),
            });
        }
    }
    common.others.extend(result);
    common.number *= flip;
    composed(r, common, shape)
}

fn parity(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if let Some([a, b]) = r.is(id, DOT) {
        let a = (a == b).then(|| r.upright(a, Sign::OfNumber)).flatten()?;
        return Some(r.call(DOT, [a, a]));
    }
    let operation = r.graph.operation(id)?;
    let Kind::Pointwise(row) = operation.kind() else { return None };
    let mut operands = r.graph.operands(id).to_vec();
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

fn turned(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let crossed = |r: &Rewriter, a| r.is::<1>(a, TRANSPOSE).is_some();
    if let Some([a]) = r.is(id, TRANSPOSE) {
        for (sums, others) in [(COLUMN_SUMS, ROW_SUMS), (ROW_SUMS, COLUMN_SUMS)] {
            let Some([a]) = r.is(a, sums) else { continue };
            let a = r.transpose(a);
            return Some(r.call(others, [a]));
        }
        let [a, b] = r.is(a, MATMUL)?;
        return (crossed(r, a) || crossed(r, b)).then(|| {
            let (a, b) = (r.transpose(a), r.transpose(b));
            r.call(MATMUL, [b, a])
        });
    }
    let [a, b] = r.is(id, DOT)?;
    // ⟨Aᵀ u, v⟩ = ⟨A v, u⟩
    for (a, v) in [(a, b), (b, a)] {
        let Some([a, u]) = r.is(a, MATMUL).filter(|&[_, u]| r.graph.shape(u).columns.is_one()) else { continue };
        if crossed(r, a) {
            let a = r.transpose(a);
            let image = r.call(MATMUL, [a, v]);
            return Some(r.call(DOT, [image, u]));
        }
    }
    // ⟨Aᵀ, B⟩ = ⟨A, Bᵀ⟩
    if crossed(r, a) == crossed(r, b) {
        return None;
    }
    let (inner, other) = if crossed(r, a) { (r.transpose(a), b) } else { (r.transpose(b), a) };
    r.graph.compare(inner, other).is_lt().then(|| {
        let other = r.transpose(other);
        r.call(DOT, [inner, other])
    })
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

fn inner(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let [a, b] = r.is(id, DOT)?;
    let is_identity = |r: &Rewriter, a| {
        r.graph.is(a, IDENTITY).is_some_and(|operands| operands.iter().all(|&one| r.uniform(one) == Some(1.0)))
    };
    if is_identity(r, a) || is_identity(r, b) {
        return Some(r.call(TRACE, [if is_identity(r, a) { b } else { a }]));
    }
    if a == b || !(r.is::<2>(a, HADAMARD).is_some() || r.is::<2>(b, HADAMARD).is_some()) {
        return None;
    }
    // The first factor of all stands on the left.
    let mut product = factors(r, a);
    product.times(factors(r, b));
    if product.has_coefficient() || product.others.iter().any(|other| r.repeated(*other).is_some()) {
        return None;
    }
    let shape = r.graph.shape(a);
    let mut others = sorted(r, product.others).into_iter();
    let first = others.next()?;
    let rest = composed(r, Product::of(others.collect()), shape);
    Some(r.graph.call(DOT, [first, rest]))
}
