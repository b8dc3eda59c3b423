//! The norm of what each sample adds to the gradient, without any gradient of a sample.
//!
//! A gradient that is a sum over samples, Xᵀ G = Σ xᵢ gᵢᵀ, has the terms xᵢ gᵢᵀ, of which
//! ⟨xᵢ gᵢᵀ, x′ᵢ g′ᵢᵀ⟩ = (xᵢ · x′ᵢ) (gᵢ · g′ᵢ): sums of the rows of X ⊙ X′ and of G ⊙ G′ are all that it takes.

use crate::graph::{Dim, Graph, NodeId, Shape};
use crate::operations::{
    ADD, COLUMN_SUMS, DIV, DOT, HADAMARD, MATMUL, NEG, RECIP, ROW_SUMS, SCATTER, SQRT, SUB, SUM, TRANSPOSE,
};
use crate::simplify;

/// What row i adds to a gradient: `factor` times the outer product of row i of `left` and row i of `right`.
#[derive(Clone, Copy)]
struct Term {
    factor: NodeId,
    left: Left,
    right: NodeId,
}

#[derive(Clone, Copy, PartialEq)]
enum Left {
    /// 1
    One,
    Rows(NodeId),
    /// A one in the column that the labels say.
    OneHot(NodeId),
    /// A one in column i: the gradient has a row for each sample.
    Own,
}

/// The norms as a vector along `axis`, and the graph that has it; or the parameter where that is not possible, and why.
pub(super) fn norms(
    graph: &Graph,
    gradients: &[(usize, Option<NodeId>)],
    axis: Dim,
) -> Result<(Graph, NodeId), (usize, String)> {
    let known: Vec<_> = gradients.iter().filter_map(|(_, node)| *node).collect();
    let (graph, nodes) = simplify::orient(graph, &known, Some(axis));
    let mut samples = Samples { has_axis: has_axis(&graph, axis), graph, axis };
    let mut total: Option<NodeId> = None;
    let parameters = gradients.iter().filter(|(_, node)| node.is_some()).map(|(i, _)| *i);
    for (i, node) in parameters.zip(nodes) {
        let terms = samples.terms(node).map_err(|why| (i, why))?;
        let Some(sum) = samples.squared(&terms).map_err(|why| (i, why))? else { continue };
        total = Some(total.map_or(sum, |total| samples.graph.call(ADD, [total, sum])));
    }
    let Samples { mut graph, .. } = samples;
    let zero = graph.constant(0.0);
    let none = graph.broadcast(zero, Shape::new(axis, Dim::ONE));
    let root = total.map_or(none, |total| graph.call(SQRT, [total]));
    Ok((graph, root))
}

/// Which nodes depend on something that has the axis.
fn has_axis(graph: &Graph, axis: Dim) -> Vec<bool> {
    let mut has: Vec<bool> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let shape = graph.shape(id);
        let own = shape.rows == axis || shape.columns == axis;
        has.push(own || graph.operands(id).iter().any(|operand| has[operand.index()]));
    }
    has
}

struct Samples {
    graph: Graph,
    axis: Dim,
    has_axis: Vec<bool>,
}

impl Samples {
    fn depends(&self, id: NodeId) -> bool {
        self.has_axis.get(id.index()).copied().unwrap_or(true)
    }

    /// Whether row i of `id` is of sample i.
    fn has_rows(&self, id: NodeId) -> bool {
        let shape = self.graph.shape(id);
        shape.rows == self.axis && shape.columns != self.axis
    }

    /// The terms of a gradient; what no sample adds is none.
    fn terms(&mut self, id: NodeId) -> Result<Vec<Term>, String> {
        if !self.depends(id) {
            return Ok(Vec::new());
        }
        let factor = self.graph.constant(1.0);
        let own = |left, right| Ok(vec![Term { factor, left, right }]);
        if self.has_rows(id) {
            return own(Left::Own, id);
        }
        let operands = self.graph.operands(id).to_vec();
        let is = |samples: &Self, operation| samples.graph.is(id, operation).is_some();
        match *operands.as_slice() {
            [a, b] if is(self, ADD) || is(self, SUB) => {
                let (mut terms, mut others) = (self.terms(a)?, self.terms(b)?);
                if is(self, SUB) {
                    self.scale(&mut others, |graph, factor| graph.call(NEG, [factor]));
                }
                terms.append(&mut others);
                Ok(terms)
            }
            [a] if is(self, NEG) => {
                let mut terms = self.terms(a)?;
                self.scale(&mut terms, |graph, factor| graph.call(NEG, [factor]));
                Ok(terms)
            }
            [a, b] if is(self, HADAMARD) => {
                let Some((scalar, rest)) = self.scalar(a).map(|s| (s, b)).or_else(|| self.scalar(b).map(|s| (s, a)))
                else {
                    return self.unknown(id);
                };
                let mut terms = self.terms(rest)?;
                self.scale(&mut terms, |graph, factor| graph.call(HADAMARD, [factor, scalar]));
                Ok(terms)
            }
            [a, b] if is(self, DIV) => {
                let Some(scalar) = self.scalar(b) else { return self.unknown(id) };
                let mut terms = self.terms(a)?;
                let scalar = self.graph.call(RECIP, [scalar]);
                self.scale(&mut terms, |graph, factor| graph.call(HADAMARD, [factor, scalar]));
                Ok(terms)
            }
            [a] if is(self, TRANSPOSE) => {
                let terms = self.terms(a)?;
                let turned = terms.into_iter().map(turned).collect::<Option<Vec<_>>>();
                turned.map_or_else(|| self.unknown(id), Ok)
            }
            [a, b] if is(self, MATMUL) => self.product(id, a, b),
            [a] if is(self, COLUMN_SUMS) && self.has_rows(a) => own(Left::One, a),
            [a] if is(self, SUM) && self.has_rows(a) => {
                let sums = self.row_sums(a);
                own(Left::One, sums)
            }
            [a, b] if is(self, DOT) && self.has_rows(a) && self.has_rows(b) => {
                let product = self.graph.call(HADAMARD, [a, b]);
                let sums = self.row_sums(product);
                own(Left::One, sums)
            }
            [g, labels] if is(self, SCATTER) && self.has_rows(g) => own(Left::OneHot(labels), g),
            _ => self.unknown(id),
        }
    }

    fn unknown(&self, id: NodeId) -> Result<Vec<Term>, String> {
        let what = self.graph.operation(id).map_or("a value", |operation| operation.name());
        Err(format!("it has `{what}` of what all samples add up to"))
    }

    fn product(&mut self, id: NodeId, a: NodeId, b: NodeId) -> Result<Vec<Term>, String> {
        let factor = self.graph.constant(1.0);
        let crossed = self.graph.transpose(a);
        if self.has_rows(crossed) && self.has_rows(b) {
            return Ok(vec![Term { factor, left: Left::Rows(crossed), right: b }]);
        }
        // (Σ xᵢ gᵢᵀ) B = Σ xᵢ (Bᵀ gᵢ)ᵀ, and A (Σ xᵢ gᵢᵀ) = Σ (A xᵢ) gᵢᵀ.
        if !self.depends(b) {
            let mut terms = self.terms(a)?;
            for term in &mut terms {
                term.right = self.graph.call(MATMUL, [term.right, b]);
            }
            return Ok(terms);
        }
        if !self.depends(a) {
            let mut terms = self.terms(b)?;
            for term in &mut terms {
                let Left::Rows(left) = term.left else { return self.unknown(id) };
                term.left = Left::Rows(self.graph.call(MATMUL, [left, crossed]));
            }
            return Ok(terms);
        }
        self.unknown(id)
    }

    /// The scalar that every element of `id` is.
    fn scalar(&self, id: NodeId) -> Option<NodeId> {
        if self.graph.shape(id).is_scalar() {
            return Some(id);
        }
        let &[inner] = self.graph.is(id, crate::operations::BROADCAST)? else { return None };
        self.graph.shape(inner).is_scalar().then_some(inner)
    }

    fn scale(&mut self, terms: &mut [Term], by: impl Fn(&mut Graph, NodeId) -> NodeId) {
        for term in terms {
            term.factor = by(&mut self.graph, term.factor);
        }
    }

    fn row_sums(&mut self, a: NodeId) -> NodeId {
        if self.graph.shape(a).columns.is_one() { a } else { self.graph.call(ROW_SUMS, [a]) }
    }

    /// Row i of `a` times row i of `b`, for each i.
    fn row_products(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let product = self.graph.call(HADAMARD, [a, b]);
        self.row_sums(product)
    }

    /// ‖Σ of the terms‖² for each sample.
    fn squared(&mut self, terms: &[Term]) -> Result<Option<NodeId>, String> {
        let mut total: Option<NodeId> = None;
        for a in terms {
            for b in terms {
                let rights = self.row_products(a.right, b.right);
                let product = match (a.left, b.left) {
                    (Left::Rows(x), Left::Rows(y)) => {
                        let lefts = self.row_products(x, y);
                        self.graph.call(HADAMARD, [lefts, rights])
                    }
                    (x, y) if x == y => rights,
                    _ => return Err("its terms are of different kinds".to_owned()),
                };
                let factor = self.graph.call(HADAMARD, [a.factor, b.factor]);
                let factor = self.graph.broadcast(factor, self.graph.shape(product));
                let scaled = self.graph.call(HADAMARD, [factor, product]);
                total = Some(total.map_or(scaled, |total| self.graph.call(ADD, [total, scaled])));
            }
        }
        Ok(total)
    }
}

/// The term of the transpose.
fn turned(term: Term) -> Option<Term> {
    match term.left {
        Left::Rows(left) => Some(Term { left: Left::Rows(term.right), right: left, ..term }),
        // 1ᵀ G turned has the same numbers.
        Left::One => Some(term),
        Left::OneHot(_) | Left::Own => None,
    }
}
