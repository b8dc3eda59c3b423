//! `sample_norms`: the norm of what each sample adds to the gradient, without any gradient of a sample.
//!
//! A gradient that is a sum over samples, Xᵀ G = Σ xᵢ gᵢᵀ, has the terms xᵢ gᵢᵀ, of which
//! ⟨xᵢ gᵢᵀ, x′ᵢ g′ᵢᵀ⟩ = (xᵢ · x′ᵢ) (gᵢ · g′ᵢ): sums of the rows of X ⊙ X′ and of G ⊙ G′ are all that it takes.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Api, Choice, Forms, Formula, Made, Output, Request, Shows, Takes};
use crate::base::{Dim, Role, Shape};
use crate::diagnostics::{Mistakes, messages};
use crate::explain;
use crate::graph::{Gradient, Graph, NodeId};
use crate::operations::{
    ADD, COLUMN_SUMS, DIV, DOT, HADAMARD, MATMUL, NEG, RECIP, ROW_SUMS, SQRT, SUB, SUM, SUM_BY, TRANSPOSE, labelled,
};
use crate::rewrite;
use crate::schedule::Roots;

pub(super) static SAMPLE_NORMS: Request = Request {
    options: &[Choice { word: "sample_norms", takes: Takes::Nothing, method, check: None }],
    names: ("Samples", "samples"),
    title: "The norm of each sample's gradient",
    formula: Formula {
        constant: "SAMPLE_NORMS",
        doc: "The norm of what each sample adds to the gradient.",
        of: "the norm of each sample's gradient",
        shows: Shows::Output,
    },
    reads: &[],
    writes: Output::Samples,
    derive,
    derivation: |_, made| explain::results(&made.graph, made.outputs(""), "‖u vᵀ‖ = ‖u‖ ‖v‖"),
    state: super::stateless,
};

fn derive(forms: &Forms<'_>, mistakes: &mut Mistakes) -> Option<Made> {
    let place = forms.spec.asked("sample_norms")?.place;
    let mistake = match norms(forms) {
        Ok(Some(request)) => return Some(request),
        Ok(None) => messages::no_samples(place),
        Err((i, why)) => {
            let samples = forms.stream.map_or_else(String::new, |axis| axis.to_string());
            messages::not_a_sum_over_samples(place, forms.spec.arguments[i].label(), &samples, &why)
        }
    };
    mistakes.report(mistake);
    None
}

/// The norms of samples; none without samples. If it can't be, the parameter where it can't, and why.
pub(crate) fn norms(forms: &Forms<'_>) -> Result<Option<Made>, (usize, String)> {
    let Some((axis, norms)) = forms.stream.zip(forms.numbers(Role::Sample).first().copied()) else {
        return Ok(None);
    };
    let graph = forms.with_inputs(&forms.derived.graph);
    let (graph, root) = along_axis(&graph, &forms.derived.gradients, axis)?;
    let roots = Roots { values: Vec::new(), gradients: vec![Gradient { argument: norms, node: Some(root) }] };
    Ok(Some(forms.made(&SAMPLE_NORMS, &graph, &roots)))
}

fn method(api: &Api<'_>) -> TokenStream {
    let Api { params, .. } = api;
    let run = super::run(&SAMPLE_NORMS, &quote! { &mut self.norms });
    quote! {
        /// For each sample the norm of what it adds to the gradient, over all parameters, without any gradient of a
        /// sample. What no sample adds, such as a penalty's gradient, does not count.
        ///
        /// # Errors
        /// If `params` was made for other sizes.
        pub fn sample_norms(&mut self, params: &#params) -> Result<&[T], Error> {
            self.dims.check(&params.dims)?;
            #run?;
            Ok(self.norms.flat.as_slice())
        }
    }
}

/// The term that row i adds to a gradient: `factor` times the outer product of row i of `left` and row i of `right`.
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
    /// A one in the column that the labels say; the term is 0 where one is missing.
    OneHot(NodeId),
    /// A one in column i: the gradient has a row for each sample.
    Own,
}

/// The norms as a vector along `axis`, and the graph that has it; or the parameter where that is not possible, and why.
fn along_axis(graph: &Graph, gradients: &[Gradient], axis: Dim) -> Result<(Graph, NodeId), (usize, String)> {
    let known: Vec<_> = gradients.iter().filter_map(|gradient| gradient.node).collect();
    let (graph, nodes) = rewrite::orient(graph, &known, Some(axis));
    let mut samples = Samples { has_axis: has_axis(&graph, axis), graph, axis };
    let mut total: Option<NodeId> = None;
    let parameters = gradients.iter().filter(|gradient| gradient.node.is_some()).map(|gradient| gradient.argument);
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

    /// True if row i of `id` is of sample i.
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
                let transposed = terms.into_iter().map(transposed).collect::<Option<Vec<_>>>();
                transposed.map_or_else(|| self.unknown(id), Ok)
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
            [g, labels] if is(self, SUM_BY) && self.has_rows(g) => {
                own(Left::OneHot(labels), labelled(&mut self.graph, g, labels))
            }
            _ => self.unknown(id),
        }
    }

    fn unknown(&self, id: NodeId) -> Result<Vec<Term>, String> {
        let what = self.graph.operation(id).map_or("a value", |operation| operation.shown());
        Err(format!("it has `{what}` of what all samples add up to"))
    }

    fn product(&mut self, id: NodeId, a: NodeId, b: NodeId) -> Result<Vec<Term>, String> {
        let factor = self.graph.constant(1.0);
        let transposed = self.graph.transpose(a);
        if self.has_rows(transposed) && self.has_rows(b) {
            return Ok(vec![Term { factor, left: Left::Rows(transposed), right: b }]);
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
                term.left = Left::Rows(self.graph.call(MATMUL, [left, transposed]));
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
fn transposed(term: Term) -> Option<Term> {
    match term.left {
        Left::Rows(left) => Some(Term { left: Left::Rows(term.right), right: left, ..term }),
        // (1ᵀ G)ᵀ has the same numbers.
        Left::One => Some(term),
        Left::OneHot(_) | Left::Own => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_word;
    use super::Forms;
    use crate::base::{Dim, Symbol};
    use crate::compile::front;
    use crate::derive::derive;
    use crate::diagnostics::Mistakes;
    use crate::reference::Reference;

    const N: usize = 6;
    const SIZES: [(&str, usize); 3] = [("N", N), ("D", 4), ("K", 3)];

    /// Numbers between -0.5 and 0.5, or classes.
    fn inputs(reference: &Reference) -> Vec<Vec<f64>> {
        let mut state = 5u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state) / f64::from(u32::MAX)
        };
        let of = |i: usize| {
            let (rows, columns) = reference.shape(i, &SIZES);
            let is_class = reference.classes(i, &SIZES).is_some();
            (0..rows * columns).map(|_| if is_class { (3.0 * next()).floor() } else { next() - 0.5 }).collect()
        };
        (0..reference.arguments().len()).map(of).collect()
    }

    /// The norms by the graph, and by the gradient of each row, where that is `times` what a row adds to the gradient.
    fn compare(source: &str, times: f64) {
        let reference = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let inputs = inputs(&reference);
        let found = reference.sample_norms(&SIZES, &inputs, "N").unwrap_or_else(|why| panic!("{source}: {why}"));
        let one: Vec<(&str, usize)> =
            SIZES.iter().map(|&(name, size)| (name, if name == "N" { 1 } else { size })).collect();
        assert_eq!(found.len(), N);
        for (i, found) in found.into_iter().enumerate() {
            let row_of = |k: usize| {
                let (rows, columns) = reference.shape(k, &one);
                let is_row = reference.shape(k, &SIZES).0 != rows;
                if is_row { inputs[k][i * columns..][..columns].to_vec() } else { inputs[k].clone() }
            };
            let row: Vec<_> = (0..inputs.len()).map(row_of).collect();
            let gradient = reference.evaluate(&one, &row).gradients.concat();
            let expected = gradient.iter().map(|x| x * x).sum::<f64>().sqrt() / times;
            assert!((found - expected).abs() <= 1e-12, "{source}, row {i}: {found} instead of {expected}");
        }
    }

    #[test]
    fn norms_are_those_of_gradients_of_single_rows() {
        for source in [
            "fn f(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar { norm_sq(tanh(x * w + b) - y) }",
            // One parameter in two places.
            "fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar { norm_sq(tanh(x * w) * w.t() - x) }",
            "fn f(x: Matrix<N, D>, #[param] a: Matrix<D, K>, #[param] b: Matrix<K, D>) -> Scalar { norm_sq(x * (a * b) - x) }",
            "fn f(c: Labels<N, K>, #[param] w: Matrix<K, D>) -> Scalar { sum(exp(gather(w, c))) }",
            "fn f(x: Matrix<N, D>, c: Labels<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
                sum(cross_entropy(x * w + b, c))
            }",
            "fn f(x: Matrix<N, D>, #[param] u: Matrix<N, K>, #[param] v: Matrix<D, K>) -> Scalar { norm_sq(u * v.t() - x) }",
        ] {
            compare(source, 1.0);
        }
        let mean = "fn f(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar { mean(sq(x * w - y)) }";
        compare(mean, 6.0);
    }

    #[test]
    fn what_is_no_sum_over_samples_is_refused() {
        let source = "fn f(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar { norm_sq(tanh(x.t() * y) - w) }";
        let reference = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let why = reference.sample_norms(&SIZES, &inputs(&reference), "N").expect_err("no sum");
        assert!(why.contains("tanh"), "{why}");
    }

    /// Products with the Hessian take the pass that the gradient takes, and products of data and parameters are
    /// computed once for all steps of a search.
    #[test]
    fn requests_walk_the_rows_as_often_as_the_gradient() {
        use crate::schedule::{Statement, plan};
        let source =
            "fn f(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, K>) -> Scalar {
            norm_sq(tanh(x * w) * a - y)
        }";
        let item = source.parse().expect("tokens");
        let mut mistakes = Mistakes::default();
        let (spec, graph, loss) = front(proc_macro2::TokenStream::new(), item, &mut mistakes).expect("a sound loss");
        let derived = derive(&spec, &graph, loss);
        let stream = Some(Dim::Named(Symbol::new("N")));
        let forms = Forms { spec: &spec, written: (&graph, loss), derived: &derived, stream };
        let made = |word| by_word(word, &forms).expect("a request");
        for made in [made("jvp"), made("hvp")] {
            let planned = plan(&[(&made.graph, made.roots)], spec.options.stream);
            assert_eq!(planned[0].program.passes(), 1);
        }
        let search = made("line_search");
        let planned = plan(&[(&search.graph, search.roots)], spec.options.stream);
        assert_eq!(planned[0].program.passes(), 1);
        let products =
            planned[0].program.statements().filter(|statement| matches!(statement, Statement::Product { .. }));
        // X W and X V, and for each of eight steps H A and what its tangent takes.
        let count = products.count();
        assert!(count <= 2 + 8 * 3, "{count} products");
    }
}
