//! Products taken apart into numbers, scalars, divisors and matrices, and put together in order.

use super::{MAX_FACTORS, Rewriter};
use crate::base::Shape;
use crate::graph::{NodeId, Op};
use crate::operations::{
    BROADCAST, COLUMN_SUMS, DIV, DOT, HADAMARD, IDENTITY, Kind, MATMUL, NEG, Operation, POW, RECIP, RECIP_OR_ZERO,
    RELU, ROW_SUMS, SCALE_COLUMNS, SCALE_ROWS, SQ, STEP, SUM, TRACE, TRANSPOSE,
};

/// Operations of one operand that are linear.
pub(super) const LINEAR: [&dyn Operation; 6] = [TRANSPOSE, SUM, ROW_SUMS, COLUMN_SUMS, TRACE, BROADCAST];

/// number × scalars / divisors × elementwise product of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    pub(super) number: f64,
    /// Arguments and sizes that are scalars.
    pub(super) scalars: Vec<NodeId>,
    pub(super) divisors: Vec<NodeId>,
    /// Computed factors, scalars too.
    pub(super) others: Vec<NodeId>,
}

impl Product {
    fn of(others: Vec<NodeId>) -> Self {
        Self { number: 1.0, others, ..Self::default() }
    }

    pub(super) fn times(&mut self, other: Self) {
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
    pub(super) fn has_coefficient(&self) -> bool {
        self.number.to_bits() != 1.0_f64.to_bits() || !self.scalars.is_empty() || !self.divisors.is_empty()
    }

    /// Everything but the number and the others, taken away.
    fn without_others(mut self) -> (Self, Vec<NodeId>) {
        let others = std::mem::take(&mut self.others);
        (self, others)
    }

    pub(super) fn is_number(&self) -> bool {
        self.scalars.is_empty() && self.divisors.is_empty() && self.others.is_empty()
    }
}

/// `id` as a product, where it is in normal form.
pub(super) fn factors(r: &mut Rewriter, id: NodeId) -> Product {
    let mut product = Product { number: 1.0, ..Product::default() };
    let mut open = vec![id];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        let shape = r.graph.shape(node);
        if let Some([a, b]) = r.pair(node, HADAMARD).filter(|_| count < MAX_FACTORS) {
            open.extend([b, a]);
        } else if let Some([a]) = r.is(node, NEG) {
            product.number = -product.number;
            open.push(a);
        } else if let Some(scalar) = r.repeated(node).filter(|&inner| r.graph.shape(inner).is_scalar()) {
            open.push(scalar);
        } else if let Some(line) = r.repeated(node).filter(|_| count < MAX_FACTORS) {
            let (coefficient, lines) = factors(r, line).without_others();
            product.times(coefficient);
            // The scalar factors of a line are scalars.
            let lines = lines.into_iter().map(|line| r.graph.broadcast(line, shape));
            let lines: Vec<_> = lines.collect();
            for line in lines {
                match r.repeated(line) {
                    Some(scalar) if r.graph.shape(scalar).is_scalar() => product.times(factors(r, scalar)),
                    _ => product.others.push(line),
                }
            }
        } else if let Some([a, p]) = r.is(node, POW).filter(|_| count < MAX_FACTORS) {
            match r.uniform(p).and_then(whole) {
                Some(times) => open.extend(std::iter::repeat_n(a, times)),
                None => product.times(factor(r, node)),
            }
        } else if let Some([u, a]) = r.is(node, SCALE_ROWS) {
            open.extend([a, r.broadcast(u, shape)]);
        } else if let Some([a, v]) = r.is(node, SCALE_COLUMNS) {
            open.extend([r.broadcast(v, shape), a]);
        } else if let Some([u, v]) = r.is(node, MATMUL).filter(|_| is_outer(r, node)) {
            open.extend([v, u].map(|line| r.broadcast(line, shape)));
        } else if let Some([a]) = r.is(node, SQ).filter(|_| count < MAX_FACTORS) {
            open.extend([a, a]);
        } else if let Some([a, b]) = r.is(node, DIV) {
            product.times(quotient(r, a, b));
        } else if let Some([b]) = r.is(node, RECIP_OR_ZERO).filter(|_| shape.is_scalar()) {
            let one = r.constant(1.0);
            product.times(quotient(r, one, b));
        } else {
            product.times(factor(r, node));
        }
    }
    product.cancel();
    // max(a, 0) is 0 where a is not positive.
    let positive: Vec<_> = product.others.iter().filter_map(|other| r.is::<1>(*other, RELU)).collect();
    product.others.retain(|other| !r.is::<1>(*other, STEP).is_some_and(|step| positive.contains(&step)));
    product.scalars = r.sorted(product.scalars);
    product.divisors = r.sorted(product.divisors);
    product.others = r.sorted(product.others);
    product
}

/// True if a product of matrices is u vᵀ.
fn is_outer(r: &Rewriter, id: NodeId) -> bool {
    let shape = r.graph.shape(id);
    r.is::<2>(id, MATMUL).is_some_and(|[u, _]| r.graph.shape(u).columns.is_one())
        && !shape.is_line()
        && !shape.is_scalar()
}

fn factor(r: &mut Rewriter, id: NodeId) -> Product {
    let op = r.graph.node(id).op;
    match op {
        Op::Constant(number) if number.is_finite() => Product { number, ..Product::default() },
        Op::Argument(_) | Op::Size(_) if r.is_coefficient(id) => {
            Product { number: 1.0, scalars: vec![id], ..Product::default() }
        }
        _ => Product::of(vec![id]),
    }
}

/// `id`, whose operands are in normal form, as a product: the coefficients of its operands leave.
fn opened(r: &mut Rewriter, id: NodeId) -> Option<Product> {
    let shape = r.graph.shape(id);
    let operation = r.graph.operation(id)?;
    if let Some([a, b]) = r.is(id, DIV) {
        return Some(quotient(r, a, b));
    }
    if let Some([b]) = r.is(id, RECIP) {
        let one = r.constant(1.0);
        return Some(quotient(r, one, b));
    }
    let is_scalar = |r: &Rewriter, a: NodeId| r.graph.shape(a).is_scalar();
    let linear: &[usize] = match operation.kind() {
        Kind::Routine(row) => row.linear,
        _ if LINEAR.contains(&operation) && !is_scalar(r, r.graph.operands(id)[0]) => &[0],
        _ if [MATMUL, DOT].contains(&operation) && !is_outer(r, id) => &[0, 1],
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

/// a / b as a product: the matrices of b are reciprocals in it.
fn quotient(r: &mut Rewriter, a: NodeId, b: NodeId) -> Product {
    let mut product = factors(r, a);
    let below = factors(r, b);
    if below.number == 0.0 {
        let call = r.graph.call(DIV, [a, b]);
        return Product::of(vec![call]);
    }
    product.number /= below.number;
    product.divisors.extend(below.scalars);
    product.scalars.extend(below.divisors);
    for other in below.others {
        let shape = r.graph.shape(other);
        if shape.is_scalar() {
            product.divisors.push(other);
        } else if let Some([above]) = r.is(other, RECIP) {
            product.others.push(above);
        } else if let Some(line) = r.repeated(other) {
            let reciprocal = r.graph.call(RECIP, [line]);
            product.others.push(r.graph.broadcast(reciprocal, shape));
        } else {
            product.others.push(r.graph.call(RECIP, [other]));
        }
    }
    product
}

/// The nodes of a product, in order, with the sign outermost.
pub(super) fn composed(r: &mut Rewriter, product: Product, shape: Shape) -> NodeId {
    let Product { number, scalars, divisors, others } = product;
    if number == 0.0 {
        let zero = r.constant(0.0);
        return r.graph.broadcast(zero, shape);
    }
    let (computed, matrices): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|other| r.graph.shape(*other).is_scalar());
    let coefficient = coefficient(r, number.abs(), scalars, divisors, computed);
    let result = match (coefficient, elementwise(r, matrices, shape)) {
        (Some(coefficient), Some(matrices)) if r.is::<1>(matrices, RECIP).is_some() => {
            let above = r.graph.broadcast(coefficient, shape);
            let below = r.graph.operands(matrices)[0];
            r.graph.call(DIV, [above, below])
        }
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

/// The elementwise product of some nodes in order, where a ⊙ a is a square, and more of them a power.
fn product_of(r: &mut Rewriter, nodes: Vec<NodeId>) -> Option<NodeId> {
    let nodes = r.sorted(nodes);
    let powers: Vec<_> = nodes
        .chunk_by(|a, b| a == b)
        .map(|same| match (same[0], same.len()) {
            (node, 1) => node,
            (node, 2) => r.graph.call(SQ, [node]),
            (node, times) => {
                #[expect(clippy::cast_precision_loss, reason = "few factors")]
                let times = r.constant(times as f64);
                let times = r.graph.broadcast(times, r.graph.shape(node));
                r.graph.call(POW, [node, times])
            }
        })
        .collect();
    let powers = r.sorted(powers);
    powers.into_iter().reduce(|product, node| r.graph.call(HADAMARD, [product, node]))
}

/// An exponent that is a small whole number.
fn whole(exponent: f64) -> Option<usize> {
    (2..=16_u8).find(|whole| f64::from(*whole).to_bits() == exponent.to_bits()).map(usize::from)
}

/// Like [`product_of`], with the reciprocals among the nodes below a bar.
fn ratio_of(r: &mut Rewriter, nodes: Vec<NodeId>) -> Option<NodeId> {
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for node in nodes {
        match r.is(node, RECIP) {
            Some([a]) => below.push(a),
            None => above.push(node),
        }
    }
    match (product_of(r, above), product_of(r, below)) {
        (above, None) => above,
        (None, Some(below)) => Some(r.graph.call(RECIP, [below])),
        (Some(above), Some(below)) => Some(r.graph.call(DIV, [above, below])),
    }
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
    let [column, others, row] = [column, others, row].map(|nodes| ratio_of(r, nodes));
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

pub(super) fn product(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let product = match opened(r, id) {
        Some(product) => product,
        None => factors(r, id),
    };
    let is_unit = !product.has_coefficient() && product.others == [id];
    (product.number.is_finite() && !is_unit).then(|| composed(r, product, r.graph.shape(id)))
}

/// Sums of the rows of diag(v) A as v ⊙ A 1, and of A diag(v) as A vᵀ; of columns likewise.
pub(super) fn line_sums(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    let of_rows = r.is::<1>(id, ROW_SUMS).is_some();
    let sums = if of_rows { ROW_SUMS } else { COLUMN_SUMS };
    let [a] = r.is(id, sums)?;
    let shape = r.graph.shape(a);
    let (coefficient, others) = factors(r, a).without_others();
    let (mut along, mut across, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for other in others {
        match r.repeated(other) {
            Some(line) if r.graph.shape(line).columns.is_one() == of_rows => along.push(line),
            Some(line) => across.push(line),
            None => rest.push(other),
        }
    }
    if rest.is_empty() || (along.is_empty() && across.is_empty()) {
        return None;
    }
    let rest = composed(r, Product::of(rest), shape);
    let sum = match ratio_of(r, across) {
        None => r.call(sums, [rest]),
        Some(across) => {
            let across = r.transpose(across);
            r.call(MATMUL, if of_rows { [rest, across] } else { [across, rest] })
        }
    };
    let mut result = factors(r, sum);
    result.times(coefficient);
    result.others.extend(along);
    Some(composed(r, result, r.graph.shape(id)))
}

pub(super) fn inner(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
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
    let mut others = r.sorted(product.others).into_iter();
    let first = others.next()?;
    let rest = composed(r, Product::of(others.collect()), shape);
    Some(r.graph.call(DOT, [first, rest]))
}
