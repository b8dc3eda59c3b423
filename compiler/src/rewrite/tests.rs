//! The normal form of expressions, as formulas; and the promise of every rule that it changes no value.

use super::{Rewriter, rewrites, rules};
use crate::base::{Dim, Symbol};
use crate::compile::front;
use crate::diagnostics::{Mistake, Mistakes};
use crate::dual::Dense;
use crate::explain::as_it_is;
use crate::graph::{Graph, NodeId};
use crate::reference::interpret::{Sizes, interpret, size_of};

/// The loss `body` of matrices x, y (N x D), w (D x D) and p, q (D x 3), a vector v (D) and a scalar s.
fn parse(body: &str) -> (Graph, NodeId) {
    let mut mistakes = Mistakes::default();
    let source = format!(
        "fn loss(x: Matrix<N, D>, y: Matrix<N, D>, p: Matrix<D, 3>, q: Matrix<D, 3>, #[param] w: Matrix<D, D>, \
         #[param] v: Vector<D>, #[param] s: Scalar) \
         -> Scalar {{ {body} + 0 * (sum(x) + sum(y) + sum(w) + sum(v) + s + sum(p) + sum(q)) }}"
    );
    let item = source.parse().expect("tokens");
    let parsed = front(proc_macro2::TokenStream::new(), item, &mut mistakes);
    let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
    let (_, graph, loss) = parsed.unwrap_or_else(|| panic!("{texts:?}"));
    // Only the part before the sum that makes every argument used.
    let body = graph.operands(loss)[0];
    (graph, body)
}

fn value(graph: &Graph, root: NodeId) -> Dense {
    let sizes: Sizes = [(Dim::Named(Symbol::new("N")), 3), (Dim::Named(Symbol::new("D")), 2)].into_iter().collect();
    value_at(graph, root, &sizes)
}

fn value_at(graph: &Graph, root: NodeId, sizes: &Sizes) -> Dense {
    let inputs: Vec<_> = graph
        .inputs
        .iter()
        .enumerate()
        .map(|(k, input)| {
            let (rows, columns) = size_of(input.shape, sizes);
            let element = |i: usize| (0.3 + 0.7 * f64::from(u32::try_from(i + 3 * k).unwrap_or(0))).sin();
            Dense::new(rows, columns, (0..rows * columns).map(|i| element(i).into()).collect())
        })
        .collect();
    interpret(graph, sizes, &inputs, &[root]).remove(0)
}

/// The normal form of `body` prints as `formula`, and has the same value.
fn check(body: &str, formula: &str) {
    let (graph, root) = parse(body);
    let (simple, roots) = super::simplify(&graph, &[root]);
    assert_eq!(as_it_is(&simple, roots[0]), formula, "{body}");
    let (before, after) = (value(&graph, root).values[0].value, value(&simple, roots[0]).values[0].value);
    let close = (before - after).abs() <= 1e-14 * before.abs().max(1.0) || before.is_nan() && after.is_nan();
    assert!(close, "{body}: {before} became {after}");
    let (again, roots_again) = super::simplify(&simple, &roots);
    assert_eq!(again.len(), simple.len(), "{body}: the normal form has a normal form");
    assert_eq!(as_it_is(&again, roots_again[0]), formula);
}

#[test]
fn differences_of_lgamma_are_one_function() {
    check("sum(lgamma(y + s) - lgamma(s))", "sum(lgamma_difference(Y, s))");
    check("sum(lgamma(s + y) - lgamma(s))", "sum(lgamma_difference(Y, s))");
    check("sum(lgamma(s) - lgamma(s + y))", "−sum(lgamma_difference(Y, s))");
    check("sum(lgamma(x + y) - lgamma(x))", "sum(lgamma_difference(Y, X))");
    check("sum(lgamma(x + y) - lgamma(y))", "sum(lgamma_difference(X, Y))");
    check("sum(-lgamma(x) + lgamma(x + y))", "sum(lgamma_difference(Y, X))");
    check("lgamma(s + 1) - lgamma(s)", "lgamma_difference(1, s)");
    check("sum(lgamma(y + s) - lgamma(y + 1) - lgamma(s))", "sum(lgamma_difference(Y, s) − lgamma(Y + 1))");
    check("sum(lgamma(y + 1) + lgamma(s) - lgamma(y + s))", "sum(lgamma(Y + 1) − lgamma_difference(Y, s))");
    check("sum(exp(y) - (lgamma(s) - x - lgamma(y + s)))", "sum(exp(Y) + X + lgamma_difference(Y, s))");
    check("sum(lgamma(x + y + s) - lgamma(x + s))", "sum(lgamma_difference(Y, X + s))");
    check("sum(lgamma(x - y) - lgamma(x))", "sum(lgamma_difference(−Y, X))");
    check("sum(lgamma(y + 1 + s) - lgamma(y + 1))", "sum(lgamma_difference(s, Y + 1))");
    check("sum(digamma(y + s) - digamma(s))", "sum(ψ(s + Y) − ψ(s))");
    // A sum that is not the other one and more, and one sign.
    check("sum(lgamma(y + 1) - lgamma(s))", "sum(lgamma(Y + 1) − lgamma(s))");
    check("sum(lgamma(y + 2) - lgamma(s + 1))", "sum(lgamma(Y + 2) − lgamma(s + 1))");
    check("sum(lgamma(y + s) + lgamma(s))", "sum(lgamma(Y + s) + lgamma(s))");
    check("sum(lgamma(y + s) - digamma(s))", "sum(lgamma(Y + s) − ψ(s))");
}

#[test]
fn exponentials_less_one_are_divided_exactly() {
    check("sum((exp(x) - 1) / x)", "sum(exprel(X))");
    check("sum(expm1(x) / x)", "sum(exprel(X))");
    check("sum((1 - exp(-x)) / x)", "sum(exprel(−X))");
    check("sum((1 - exp(x)) / x)", "−sum(exprel(X))");
    check("sum((exp(x) - 1) / -x)", "−sum(exprel(X))");
    check("(exp(s) - 1) / s", "exprel(s)");
    check("sum(hadamard(1 / x, exp(x) - 1))", "sum(exprel(X))");
    check("sum((1 - exp(-s * x)) / (s * x))", "sum(exprel(−s X))");
    check("sum((1 - exp(-(s * x))) / (s * x))", "sum(exprel(−s X))");
    check("sum((exp(s * x) - 1) / (-s * x))", "−sum(exprel(s X))");
    check("sum((1 - exp(-s * x)) / s)", "⟨X, exprel(−s X)⟩");
    check("sum((exp(2 * x) - 1) / x)", "2 sum(exprel(2 X))");
    check("sum((exp(x) - 1) / y)", "sum(expm1(X) ⊘ Y)");
}

#[test]
fn every_norm_is_one_node() {
    for body in ["norm_sq(x)", "trace(x.t() * x)", "trace(x * x.t())", "dot(x, x)", "sum(hadamard(x, x))", "sum(sq(x))"]
    {
        check(body, "‖X‖²");
    }
    check("v.t() * v", "‖v‖²");
}

#[test]
fn traces_of_products_are_inner_products() {
    check("trace(x.t() * y)", "⟨X, Y⟩");
    check("trace(y * x.t())", "⟨Y, X⟩");
    check("trace(w + w)", "2 tr(W)");
    check("trace(w.t())", "tr(W)");
    check("trace(tanh(w) - w)", "tr(tanh(W)) − tr(W)");
}

#[test]
fn transposes_of_one_product_are_one_node() {
    check("dot(x * w, (w.t() * x.t()).t())", "‖X W‖²");
    check("sum(tanh(x.t()))", "sum(tanh(X))");
}

#[test]
fn scalars_and_signs_leave() {
    check("sum(2 * x)", "2 sum(X)");
    check("sum(-x)", "−sum(X)");
    check("dot(3 * x, 2 * y)", "6 ⟨X, Y⟩");
    check("sum(x / s)", "sum(X) / s");
    check("sum(x + x)", "2 sum(X)");
    check("norm_sq(-x)", "‖X‖²");
}

#[test]
fn neutral_elements_vanish() {
    check("sum(1 * x + 0)", "sum(X)");
    check("sum(-(-x))", "sum(X)");
    check("sum(tanh(0 - x))", "sum(tanh(−X))");
    check("sum(x / 1)", "sum(X)");
}

#[test]
fn nothing_is_built_to_be_summed() {
    check("sum(x + 1 - 1)", "sum(X + 1 − 1)");
    check("sum(v * v.t())", "sum(v)²");
}

#[test]
fn functions_have_their_stable_form() {
    check("sum(1 - sigmoid(x))", "sum(σ(−X))");
    check("sum(ln(1 + exp(x)))", "sum(softplus(X))");
    check("sum(ln(sigmoid(x)))", "−sum(softplus(−X))");
    check("sqrt(norm_sq(x))", "‖X‖");
    check("sq(norm(x))", "‖X‖²");
}

#[test]
fn logarithms_meet_exponentials() {
    check("sum(ln(exp(x)))", "sum(X)");
    check("sum(exp(ln(sq(x))))", "‖X‖²");
    check("sum(ln(1 - sigmoid(x)))", "−sum(softplus(X))");
    check("sum(log1p(exp(x)))", "sum(softplus(X))");
    check("sum(ln(sq(x) + 1))", "sum(log1p(X ⊙ X))");
    check("sum(ln(1 - sigmoid(x) / 2))", "sum(log1p(−0.5 σ(X)))");
    check("sum(exp(x) - 1)", "sum(expm1(X))");
    check("sum(1 - exp(x))", "−sum(expm1(X))");
    check("sum(ln(1 - exp(-sq(x))))", "sum(log1mexp(X ⊙ X))");
    check("ln(sum(exp(x)))", "lse(X)");
    check("ln(mean(exp(x)))", "lse(X) − ln(N D)");
    check("ln(2 * sum(exp(x)))", "lse(X) + 0.6931471805599453");
    check("sum(tanh(ln(softmax_rows(x))))", "sum(tanh(X − lse_rows(X) 1ᵀ))");
    check("sum(tanh(exp(x - lse_rows(x))))", "sum(tanh(softmax(X)))");
    // Of another matrix, it is no softmax.
    check("sum(tanh(exp(x - lse_rows(y))))", "sum(tanh(exp(X − lse_rows(Y) 1ᵀ)))");
}

#[test]
fn quotients_of_exponentials_are_sigmoids() {
    check("sum(1 / (1 + exp(-x)))", "sum(σ(X))");
    check("sum(recip(exp(x) + 1))", "sum(σ(−X))");
    check("sum(exp(x) / (1 + exp(x)))", "sum(σ(X))");
    check("sum(x / (1 + exp(-x)))", "⟨X, σ(X)⟩");
    check("1 / (1 + exp(-s))", "σ(s)");
    check("sum(1 / (2 + exp(x)))", "sum(1 ⊘ (2 + exp(X)))");
    // Of another matrix, it is no quotient.
    check("sum(tanh(hadamard(exp(x), sigmoid(y))))", "sum(tanh(exp(X) ⊙ σ(Y)))");
}

#[test]
fn magnitudes_meet_squares() {
    check("sum(sqrt(sq(x)))", "sum(|X|)");
    check("sum(tanh(sq(abs(x))))", "sum(tanh(X ⊙ X))");
    check("sum(sq(-x))", "‖X‖²");
    check("sum(abs(-abs(x)))", "sum(|X|)");
    check("sqrt(s * s)", "|s|");
}

#[test]
fn products_with_one_factor_in_common_are_one() {
    check("norm_sq(x * w + y * w)", "‖(X + Y) W‖²");
    check("norm_sq(w * p - w * q)", "‖W (P − Q)‖²");
    check("norm_sq(x * p + y * q)", "‖X P + Y Q‖²");
    check("sum(tanh(hadamard(x, y) + hadamard(sin(x), x)))", "sum(tanh(X ⊙ (Y + sin(X))))");
    // The product is needed in any case.
    check("norm_sq(x * p + x * q) + sum(tanh(x * p))", "‖X P + X Q‖² + sum(tanh(X P))");
}

#[test]
fn products_of_factors_are_not_formed() {
    check("norm_sq(p * q.t())", "⟨Pᵀ P, Qᵀ Q⟩");
    check("dot(p * q.t(), q * p.t())", "⟨Pᵀ Q, Qᵀ P⟩");
    check("sum(hadamard(p * p.t(), q * q.t()))", "‖Pᵀ Q‖²");
    check("norm_sq(x * p)", "‖X P‖²");
    check("norm_sq(p * q.t() - w)", "‖P Qᵀ − W‖²");
    check("norm_sq(p * q.t()) + sum(tanh(p * q.t()))", "‖P Qᵀ‖² + sum(tanh(P Qᵀ))");
}

#[test]
fn sums_of_products_need_no_product() {
    check("sum(x * p)", "⟨(1ᵀ X)ᵀ, P 1⟩");
    check("sum(tanh(lse_rows(x) - mean(x * p)))", "sum(tanh(lse_rows(X) − ⟨(1ᵀ X)ᵀ, P 1⟩ / (N 3)))");
    check("sum(x * p) + sum(tanh(x * p))", "sum(X P) + sum(tanh(X P))");
}

#[test]
fn outer_products_are_not_formed() {
    check("dot(v * v.t(), w)", "⟨v, W v⟩");
    check("dot(w, v * (w * v).t())", "⟨v, W W v⟩");
    check("norm_sq(v * (w * v).t())", "‖W v‖² ‖v‖²");
    check("trace(v * (w * v).t())", "⟨v, W v⟩");
    check("trace(w * v * v.t())", "⟨W v, v⟩");
}

/// The gradient of `body` in w.
fn gradient(body: &str) -> String {
    let (mut graph, root) = parse(body);
    let (simple, roots) = super::simplify(&graph, &[root]);
    graph = simple;
    let w = graph.inputs.iter().position(|input| input.name.as_str() == "w").expect("an argument");
    let Some(gradient) = crate::differentiate::reverse(&mut graph, roots[0], &[w])[0] else { return "0".to_owned() };
    let (simple, roots) = super::simplify(&graph, &[gradient]);
    as_it_is(&simple, roots[0])
}

#[test]
fn additive_constants_have_no_gradient() {
    let plain = gradient("sum(tanh(x * w))");
    assert_eq!(gradient("sum(tanh(x * w) + 3) + 7 * size(x) + norm_sq(y)"), plain);
    assert_eq!(gradient("sum(tanh(x * w)) + sum(tanh(y)) / s"), plain);
    assert_eq!(gradient("sum(sign(x * w))"), "0");
    // 0 ln(A) is NaN where A is negative: what the loss is there stays visible.
    check("0 * sum(ln(x))", "0 sum(ln(X))");
}

#[test]
fn gradients_share_their_products() {
    assert_eq!(gradient("sum(tanh(x * w)) + sum(sigmoid(x * w))").matches("Xᵀ").count(), 1);
    assert_eq!(gradient("sum(x * w)"), "(1ᵀ X)ᵀ 1ᵀ");
}

#[test]
fn inverses_are_solved_for() {
    check("norm_sq(inverse(w) * v)", "‖W⁻¹ v‖²");
    check("norm_sq(w * inverse(w + 1))", "‖(W + 1)⁻ᵀ Wᵀ‖²");
    check("norm_sq(v.t() * inverse(w))", "‖W⁻ᵀ v‖²");
    check("v.t() * inverse(w) * v", "⟨W⁻ᵀ v, v⟩");
    check("trace(inverse(w) * (w + 1))", "⟨W⁻ᵀ, W + 1⟩");
    check("sum(inverse(inverse(w)))", "sum(W)");
    check("sum(inverse(2 * w))", "0.5 sum(W⁻¹)");
    check("sum(solve(w.t(), v))", "sum(W⁻ᵀ v)");
    check("sum(solve(inverse(w), v))", "sum(W v)");
    check("sum(solve(w, -2 * v))", "−2 sum(W⁻¹ v)");
    // Rows of data are multiplied by an inverse: that needs one row at a time.
    check("norm_sq(x * inverse(w))", "‖X W⁻¹‖²");
}

#[test]
fn functions_of_transposes_are_those_of_the_matrix() {
    check("logdet(w.t())", "ln |det W|");
    check("logdet(inverse(w))", "−ln |det W|");
    check("det(w.t()) + sum(inverse(w.t()))", "det(W) + sum(W⁻¹)");
    check("sum(solve_lower(w.t(), v))", "sum(triu(W)⁻ᵀ v)");
    check("nuclear_norm(v)", "‖v‖");
    check("norm_sq(inverse(w * w.t()) * v)", "‖(W Wᵀ)⁻¹ v‖²");
    check("norm_sq(inverse((w * w.t()).t()) * v)", "‖(W Wᵀ)⁻¹ v‖²");
    check("logdet(s)", "ln(|s|)");
}

#[test]
fn whole_powers_are_products() {
    check("sum(pow(x, 0))", "N D");
    check("sum(pow(x, 1))", "sum(X)");
    check("sum(pow(x, 2))", "‖X‖²");
    check("sum(tanh(pow(x, 3)))", "sum(tanh(X ⊙ X ⊙ X))");
    check("sum(tanh(pow(x, -1)))", "sum(tanh(1 ⊘ X))");
    check("sum(tanh(pow(exp(x), 0.5)))", "sum(tanh(√exp(X)))");
    check("sum(tanh(pow(sq(x), 0.5)))", "sum(tanh(|X|))");
}

#[test]
fn softmax_is_found_in_every_spelling() {
    for body in [
        "scale_rows(1 / row_sums(exp(x)), exp(x))",
        "scale_rows(recip(row_sums(exp(x))), exp(x))",
        "exp(x - lse_rows(x))",
    ] {
        check(&format!("sum(tanh({body}))"), "sum(tanh(softmax(X)))");
        check(&format!("sum(tanh(ln({body})))"), "sum(tanh(X − lse_rows(X) 1ᵀ))");
    }
    check("sum(tanh(exp(x) / sum(exp(x))))", "sum(tanh(exp(X − lse(X))))");
    check("sum(tanh(ln(exp(x) / sum(exp(x)))))", "sum(tanh(X − lse(X)))");
    check("sum(tanh(ln(scale_columns(exp(x), 1 / column_sums(exp(x))))))", "sum(tanh(X − 1 lse_columns(X)))");
    check("sum(tanh(exp(x) / (exp(y) + exp(x))))", "sum(tanh(σ(X − Y)))");
    check("sum(tanh(ln(exp(y) + exp(x))))", "sum(tanh(logaddexp(Y, X)))");
    check("sum(ln(cosh(x)))", "sum(log_cosh(X))");
    // The sums of another matrix make no softmax.
    check("sum(tanh(scale_rows(1 / row_sums(exp(y)), exp(x))))", "sum(tanh((1 ⊘ exp(Y) 1) 1ᵀ ⊙ exp(X)))");
}

#[test]
fn masks_leave_products() {
    check("sum(hadamard(select(x, y, 0), tanh(x)))", "sum({Y ⊙ tanh(X) if X > 0, 0 otherwise})");
    check("sum(tanh(hadamard(select(x, y, 0), tanh(y))))", "sum(tanh({Y ⊙ tanh(Y) if X > 0, 0 otherwise}))");
    check("sum(tanh(hadamard(-(3 * select(x, 0, y)), x)))", "sum(tanh(−3 {0 if X > 0, Y ⊙ X otherwise}))");
    check("sum(tanh(select(x, 0, y) / y))", "sum(tanh({0 if X > 0, Y ⊘ Y otherwise}))");
    check("sum(tanh(hadamard(y, select(x, 0, y) + y)))", "sum(tanh({0 if X > 0, Y ⊙ Y otherwise} + Y ⊙ Y))");
    check("sum(tanh(select(x, y, 0) + select(x, 0, tanh(y))))", "sum(tanh({Y if X > 0, tanh(Y) otherwise}))");
    check("sum(select(greater(x, 0), y, x))", "sum({Y if X > 0, X otherwise})");
    check("sum(select(less(0, x), y, x))", "sum({Y if X > 0, X otherwise})");
}

/// The order of the products of `body`, a loss of matrices a (N x D), u (D x R), v (R x K), b (2 x 300), c (300 x 4),
/// d (4 x 5), and whether the sizes decide it.
fn order(body: &str) -> (String, usize) {
    let mut mistakes = Mistakes::default();
    let source = format!(
        "fn loss(a: Matrix<N, D>, u: Matrix<D, R>, v: Matrix<R, K>, b: Matrix<2, 300>, c: Matrix<300, 4>, \
         d: Matrix<4, 5>, #[param] s: Scalar) -> Scalar \
         {{ {body} + 0 * (s + sum(a) + sum(u) + sum(v) + sum(b) + sum(c) + sum(d)) }}"
    );
    let item = source.parse().expect("tokens");
    let parsed = front(proc_macro2::TokenStream::new(), item, &mut mistakes);
    let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
    let (_, graph, loss) = parsed.unwrap_or_else(|| panic!("{texts:?}"));
    let (graph, roots) = super::simplify(&graph, &[graph.operands(loss)[0]]);
    let (ordered, roots_ordered) = super::order_products(&graph, &roots);
    let sizes: Sizes = [("N", 6), ("D", 5), ("R", 2), ("K", 4)]
        .into_iter()
        .map(|(name, size)| (Dim::Named(Symbol::new(name)), size))
        .collect();
    let (before, after) = (value_at(&graph, roots[0], &sizes), value_at(&ordered, roots_ordered[0], &sizes));
    let (before, after) = (before.values[0].value, after.values[0].value);
    assert!((before - after).abs() <= 1e-13 * before.abs().max(1.0), "{body}: {before} became {after}");
    let choices = ordered.ids().filter(|&id| ordered.is(id, crate::operations::EITHER).is_some()).count();
    // Of a choice, the formula shows the second way.
    let shown = ordered.ids().rev().find_map(|id| ordered.is(id, crate::operations::EITHER).map(|ways| ways[2]));
    (as_it_is(&ordered, shown.unwrap_or(roots_ordered[0])), choices)
}

#[test]
fn chains_are_ordered_by_their_cost() {
    // The sizes are written out: 2 300 4 + 2 4 5 multiplications, not 300 4 5 + 2 300 5.
    assert_eq!(order("sum(tanh(b * (c * d)))"), ("sum(tanh(B C D))".to_owned(), 0));
    assert_eq!(order("sum(tanh(b * c * d))"), ("sum(tanh(B C D))".to_owned(), 0));
    assert_eq!(order("sum(tanh(d.t() * c.t() * b.t()))"), ("sum(tanh(B C D))".to_owned(), 0));
    // Nothing is known of the sizes.
    assert_eq!(order("sum(tanh(a * u * v))").1, 1);
    assert_eq!(order("sum(tanh(a.t() * a * u))").1, 1);
    // Read through a transpose, a chain has its factors the other way round.
    assert_eq!(order("sum(tanh(v * (a * u * v).t()))").1, 1);
    // Two factors have one order, and what others need is not computed another way.
    assert_eq!(order("sum(tanh(a * u))").1, 0);
    assert_eq!(order("sum(tanh(a * u * v)) + sum(tanh(a * u))").1, 0);
}

#[test]
fn norms_of_lines_are_norms() {
    check("norm_21(x) + sum(sq(column_norms(x)))", "sum(√((X ⊙ X) 1)) + ‖X‖²");
    check("sum(sqrt(sq(x)))", "sum(|X|)");
    check("sum(row_norms(v))", "sum(|v|)");
    check("sum(row_norms(v.t()))", "‖v‖");
}

#[test]
fn what_is_elementwise_is_written_so() {
    check("sum(scale_rows(v, w))", "⟨W 1, v⟩");
    check("sum(outer(v, v))", "sum(v)²");
    check("sum(sin(scale_columns(w, v.t())))", "sum(sin(W ⊙ 1 vᵀ))");
}

#[test]
fn diagonal_matrices_are_not_formed() {
    check("trace(diag(v))", "sum(v)");
    check("sum(diag(2 * v)) + sum(diagonal(diag(v)))", "3 sum(v)");
    check("norm_sq(diag(v) * w)", "‖v 1ᵀ ⊙ W‖²");
    check("norm_sq(w * diag(v))", "‖W ⊙ 1 vᵀ‖²");
    check("norm_sq(diagonal(w * w))", "‖(W ⊙ Wᵀ) 1‖²");
    check("dot(diag(v), w)", "⟨v, diagonal(W)⟩");
    check("sum(vec_rows(x)) + dot(vec_rows(x), vec_rows(y))", "sum(X) + ⟨X, Y⟩");
}

/// The graph of a loss of the letters of equations that has `sides` in it, and their nodes.
fn sides(sides: [&str; 2]) -> Result<(Graph, [NodeId; 2]), String> {
    let letters = rules::LETTERS;
    let declared = letters.split(", ").filter_map(|letter| letter.split_once(": "));
    let used = |(name, ty): (&str, &str)| {
        if ty.starts_with("Labels") { format!("rows({name})") } else { format!("sum({name})") }
    };
    let all: Vec<_> = declared.map(used).collect();
    let [left, right] = sides;
    let source = format!(
        "fn loss({letters}, #[param] c: Scalar) -> Scalar {{ \
         let left_side = 0 + c + c + ({left}); let right_side = 0 + c + c + ({right}); \
         sum(left_side) + sum(right_side) + {} }}",
        all.join(" + ")
    );
    let mut mistakes = Mistakes::default();
    let parsed = front(proc_macro2::TokenStream::new(), source.parse().expect("tokens"), &mut mistakes);
    let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
    let (_, graph, _) = parsed.ok_or_else(|| texts.join("\n"))?;
    let node = |name: &str| {
        let (node, _) = graph.names().iter().find(|(_, known)| known.as_str() == name).expect("a name");
        // It was added to something, so that it is a node of its own.
        graph.operands(*node)[1]
    };
    let nodes = ["left_side", "right_side"].map(node);
    Ok((graph, nodes))
}

/// Each rule fires on the left side of its equations, whose normal form is that of the right side, and both have one value.
#[test]
fn equations_hold() {
    let sizes: Sizes = [(Dim::Named(Symbol::new("N")), 4), (Dim::Named(Symbol::new("D")), 2)].into_iter().collect();
    let mut wrong = Vec::new();
    for (number, equations) in rules::EQUATIONS.iter().enumerate() {
        let rule = &rules::RULES[number];
        let axis = (rule.name == "samples in rows").then(|| Dim::Named(Symbol::new("N")));
        for &(left, right) in *equations {
            let (graph, nodes) = match sides([left, right]) {
                Ok(found) => found,
                Err(mistakes) => {
                    wrong.push(format!("{}: {left} = {right}: {mistakes}", rule.name));
                    continue;
                }
            };
            let [one, other] = nodes.map(|node| {
                let (rewritten, fired, roots) = rewrites(&graph, &[node], axis);
                (as_it_is(&rewritten, roots[0]), fired, value_at(&rewritten, roots[0], &sizes))
            });
            let values = nodes.map(|node| value_at(&graph, node, &sizes));
            // The right side may be defined where the left one is not.
            let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(1.0) || a.is_nan();
            let close = |a: &Dense, b: &Dense| {
                a.values.len() == b.values.len()
                    && a.values.iter().zip(&b.values).all(|(a, b)| is_near(a.value, b.value))
            };
            if !one.1.iter().any(|fired| fired.rule == number) {
                let names: Vec<_> = one.1.iter().map(|fired| rules::RULES[fired.rule].name).collect();
                wrong.push(format!("{}: {left} = {right}: does not fire, but {names:?}", rule.name));
            }
            if one.0 != other.0 {
                wrong.push(format!("{}: {left} = {right}: {} and {}", rule.name, one.0, other.0));
            }
            if !close(&values[0], &values[1]) || !close(&values[0], &one.2) {
                let values = [&values[0], &values[1], &one.2].map(|value| &value.values);
                wrong.push(format!("{}: {left} = {right}: {values:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where every rule is tried on every node, those that fire are rules of the node's operation.
#[test]
fn rules_fire_on_the_operations_that_they_state() {
    for &(left, _) in rules::EQUATIONS.iter().copied().flatten() {
        let (graph, [node, _]) = sides([left, left]).expect("a sound loss");
        for axis in [None, Some(Dim::Named(Symbol::new("N")))] {
            let mut rewriter = Rewriter::new(graph.empty_like(), rules::RULES, axis);
            rewriter.rewrite_with(&graph, &[node], |_, _, new| new);
            for fired in &rewriter.fired {
                let operation = rewriter.graph.operation(fired.before).expect("a call");
                let name = rules::RULES[fired.rule].name;
                assert!(rules::of(operation).contains(&fired.rule), "{left}: {name}, of {operation:?}");
            }
        }
    }
}

/// A node is from a rule that fired, and not from one that was only tried.
#[test]
fn nodes_come_from_rules_that_fired() {
    for &(left, _) in rules::EQUATIONS.iter().copied().flatten() {
        let (graph, [node, _]) = sides([left, left]).expect("a sound loss");
        for axis in [None, Some(Dim::Named(Symbol::new("N")))] {
            let (rewritten, fired, roots) = rewrites(&graph, &[node], axis);
            let names: Vec<_> = fired.iter().map(|fired| rules::RULES[fired.rule].name).collect();
            let needed = rewritten.needed(&roots);
            for id in rewritten.ids().filter(|id| needed[id.index()]) {
                let origin = rewritten.node(id).origin;
                let node = as_it_is(&rewritten, id);
                assert!(
                    origin == Graph::WRITTEN || names.contains(&origin),
                    "{left}: {node} from {origin}, not {names:?}"
                );
            }
        }
    }
}

/// A rule without an equation is of an operation that only derivatives and the order of products call.
#[test]
fn rules_have_equations() {
    assert_eq!(rules::RULES.len(), rules::EQUATIONS.len());
    let none: Vec<_> =
        rules::RULES.iter().zip(rules::EQUATIONS).filter(|(_, equations)| equations.is_empty()).collect();
    let names: Vec<_> = none.iter().map(|(rule, _)| rule.name).collect();
    assert_eq!(names, ["whole powers", "transposes", "solve"]);
    assert!(rules::RULES.iter().all(|rule| !rule.name.is_empty() && !rule.why.is_empty()));
}

/// For numbers that are finite, nothing changes.
#[test]
fn what_is_not_taken_leaves_finite_gradients_as_they_are() {
    for body in [
        // Where one of two conditions holds, or both do.
        "sum(select(row_sums(x), row_sums(sq(x * w)), 0)) + sum(select(row_sums(y), exp(row_sums(sq(x * w))), 0))",
        "sum(select(x, tanh(x * w), 0) - select(y, 0, sq(x * w)))",
        "sum(select(row_sums(x), lse_rows(sq(x * w)), 0)) - sum(select(row_sums(y), row_max(sq(x * w)), 0))",
        "sum(select(row_sums(x), row_sums(cumsum(sq(x * w))), 0)) + sum(select(column_sums(x), column_sums(sq(x * w)), 0))",
    ] {
        let (graph, root) = parse(body);
        let (mut graph, roots) = super::simplify(&graph, &[root]);
        let w = graph.inputs.iter().position(|input| input.name.as_str() == "w").expect("an argument");
        let gradient = crate::differentiate::reverse(&mut graph, roots[0], &[w])[0].expect("a gradient");
        let (graph, roots) = super::simplify(&graph, &[roots[0], gradient]);
        let (taken, roots_taken) = super::take(&graph, &roots, Some(roots[0]));
        let gradients = [value(&graph, roots[1]), value(&taken, roots_taken[1])];
        for (before, after) in gradients[0].values.iter().zip(&gradients[1].values) {
            assert!((before.value - after.value).abs() <= 1e-13 * before.value.abs().max(1.0), "{body}: {gradients:?}");
        }
    }
}
