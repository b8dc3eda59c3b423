//! Tangents of every operation, alone and in gradients, against dual numbers.

use std::collections::BTreeSet;

use super::moves;
use crate::base::{Dim, Role, Symbol};
use crate::compile::front;
use crate::derive::{derive, trace};
use crate::diagnostics::Mistakes;
use crate::dual::Dense;
use crate::graph::{Graph, NodeId, Op};
use crate::reference::Reference;
use crate::reference::interpret::{Sizes, interpret, size_of};
use crate::syntax::Spec;

/// Numbers in (0.2, 1.2) of a linear congruence.
fn numbers(count: usize, seed: &mut u32) -> Vec<f64> {
    let next = |_| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.2 + f64::from(*seed) / f64::from(u32::MAX)
    };
    (0..count).map(next).collect()
}

/// The gradient, the slope and the product with the Hessian of a loss of `w: Matrix<N, K>`, `s: Matrix<K, K>`, `v: Vector<N>` and labels.
fn compare(expression: &str) -> Result<(), String> {
    let mut source = "fn f(".to_owned();
    let arguments = [
        ("w", "#[param] w: Matrix<N, K>"),
        ("s", "#[param] s: Matrix<K, K>"),
        ("v", "#[param] v: Vector<N>"),
        ("x", "x: Matrix<N, D>"),
        ("u", "#[param] u: Matrix<D, K>"),
        ("y", "y: Labels<N, K>"),
        ("some", "some: Option<Labels<N, K>>"),
    ];
    let words: Vec<&str> = expression.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let used: Vec<_> = arguments.iter().filter(|(name, _)| words.contains(name)).map(|(_, text)| *text).collect();
    source.push_str(&used.join(", "));
    source.push_str(") -> Scalar { ");
    source.push_str(expression);
    source.push_str(" }");
    let reference = Reference::parse(&source).map_err(|mistakes| format!("{source}\n{mistakes}"))?;
    let sizes = [("N", 5), ("K", 3), ("D", 4)];
    let mut seed = 3;
    let count = reference.arguments().len();
    let inputs: Vec<Vec<f64>> = (0..count)
        .map(|i| {
            let (rows, columns) = reference.shape(i, &sizes);
            match reference.classes(i, &sizes) {
                Some(_) if reference.may_miss(i) => vec![2.0, -1.0, 1.0, -1.0, 2.0],
                Some(_) => vec![2.0, 0.0, 1.0, 1.0, 2.0],
                None => numbers(rows * columns, &mut seed),
            }
        })
        .collect();
    let directions: Vec<_> = reference.parameters().into_iter().map(|i| numbers(inputs[i].len(), &mut seed)).collect();
    let found = reference.along(&sizes, &inputs, &directions);
    let expected = reference.along_by_dual_numbers(&sizes, &inputs, &directions);
    let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * (1.0 + expected.abs());
    if !near(found.slope, expected.slope) {
        return Err(format!("{expression}: the slope is {} instead of {}", found.slope, expected.slope));
    }
    let (derived, dual) = (reference.evaluate(&sizes, &inputs), reference.by_dual_numbers(&sizes, &inputs));
    for (found, expected) in derived.gradients.iter().flatten().zip(dual.gradients.iter().flatten()) {
        if !near(*found, *expected) {
            return Err(format!("{expression}: the gradient has {found} instead of {expected}"));
        }
    }
    for (found, expected) in found.product.iter().flatten().zip(expected.product.iter().flatten()) {
        if !near(*found, *expected) {
            return Err(format!("{expression}: the product with the Hessian has {found} instead of {expected}"));
        }
    }
    // Straight there, and by way of what does not move.
    let steps: Vec<f64> = (0..8).map(|i| f64::from(i) / 16.0).collect();
    let (values, slopes) = reference.line_search(&sizes, &inputs, &directions, &steps);
    for (&t, (value, slope)) in steps.iter().zip(values.into_iter().zip(slopes)) {
        let mut there = inputs.clone();
        for (i, direction) in reference.parameters().into_iter().zip(&directions) {
            there[i].iter_mut().zip(direction).for_each(|(x, v)| *x += t * v);
        }
        let expected = reference.along_by_dual_numbers(&sizes, &there, &directions).slope;
        if !near(value, reference.value(&sizes, &there)) || !near(slope, expected) {
            return Err(format!(
                "{expression}: the search has {value} and {slope} at {t}, where the slope is {expected}"
            ));
        }
    }
    Ok(())
}

fn all(expressions: &[&str]) {
    let wrong: Vec<String> = expressions.iter().filter_map(|expression| compare(expression).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_multilinear_operations() {
    all(&[
        "norm_sq(x * u * s)",
        "norm_sq(tanh(x * u) * s - w)",
        "sq(dot(w, w)) + cube(sum(w))",
        "norm_sq(column_sums(sq(w))) + norm_sq(row_sums(sq(w)))",
        "sq(trace(s * s))",
        "norm_sq(scale_rows(v, sq(w)))",
        "norm_sq(scale_columns(w, column_sums(w)))",
        "norm_sq(outer(v, v) * w)",
        "norm(x * u - w)",
        "norm_sq(w.t() * w * s)",
        "trace(s * w.t() * w * s)",
        "norm_sq(w / 3 + v)",
        "dot(v, w * column_sums(w).t())",
    ]);
}

#[test]
fn of_elementwise_functions() {
    all(&[
        "sum(w / sq(w + 1)) * sum(recip(w))",
        "sum(pow(w, 2.5)) + sum(hypot(w, x * u))",
        "sum(logaddexp(w, x * u)) + sum(xlogy(w, x * u))",
        "sum(select(w - 0.5, sq(w), exp(w)))",
        "sum(max(w, x * u)) + sum(sq(clip(w, 0.3, 0.8)))",
        "sum(softplus(w)) + sum(gelu(w)) + sum(silu(w)) + sum(tanh(w)) + sum(atan2(w, x * u))",
        "sum(lgamma(w)) + sum(erf(w)) + sum(log_ndtr(w)) + sum(sinc(w))",
        "sum(huber(w, 0.5)) + sum(relu(w - 0.5))",
    ]);
}

#[test]
fn of_rows_labels_maxima_and_scans() {
    all(&[
        "sum(sq(softmax_rows(w)))",
        "norm_sq(log_softmax_rows(w))",
        "sum(sq(lse_rows(w))) + sq(lse(v))",
        "norm_sq(lse_columns(w))",
        "sum(sq(cross_entropy(w, y)))",
        "norm_sq(pick(sq(w), y)) + norm_sq(gather(sq(s), y))",
        "norm_sq(row_max(sq(w))) + norm_sq(column_max(sq(w)))",
        "norm_sq(cumsum(sq(w))) + norm_sq(cumulative_lse(w))",
        "sum(exp(-squared_distances(w, s)))",
        "norm_sq(normalize_rows(w))",
    ]);
}

#[test]
fn of_labels_that_may_be_missing() {
    all(&[
        "sum(sq(cross_entropy(w, some)))",
        "sum(exp(cross_entropy(x * u, some))) / sum(has_label(some))",
        "norm_sq(pick(sq(w), some)) + norm_sq(gather(sq(s), some) - w)",
        "sum(exp(gather(s, some))) + sum(exp(pick(w, some)))",
        "sum(sq(sum_by(sq(w), some))) + sum(exp(mean_by(exp(v), some))) * sum(count_by(some))",
        "sum(exp(row_sums(sq(gather(max_by(sq(w), some), some)))))",
        "sum(sin(select(count_by(some), lse_by(sq(v), some), 0)))",
        "norm_sq(softmax_by(sq(w), some) - w) + sum(exp(softmax_by(v, some)))",
    ]);
}

#[test]
fn of_arrangements() {
    all(&[
        "norm_sq(differences(sq(w))) + sum(exp(differences(v)))",
        "norm_sq(concat_rows(sq(w), s)) + sum(exp(concat_columns(w, sq(v))))",
        "sum(exp(kron(s, w)))",
        "sum(exp(khatri_rao(w, s)))",
        "norm_sq(tril(sq(s))) + sum(exp(triu(s))) + norm_sq(off_diagonal(sq(s)))",
        "dot(diagonal(sq(s)), column_sums(w).t()) + sum(exp(diag(v)))",
        "norm_sq(vec_rows(sq(w)))",
    ]);
}

#[test]
fn of_linear_algebra() {
    all(&[
        "norm_sq(inverse(s * s.t() + w.t() * w))",
        "logdet(w.t() * w)",
        "trace(inverse(s))",
        "logdet(w.t() * w) + trace(inverse(w.t() * w) * s)",
        "trace(sqrtm(w.t() * w)) + norm_sq(sqrtm(w.t() * w + s))",
        "norm_sq(solve(s + w.t() * w, w.t()))",
        "sq(logdet(w.t() * w + s))",
        "sq(det(w.t() * w))",
        "norm_sq(cholesky(w.t() * w))",
        "norm_sq(solve_lower(s, w.t())) + norm_sq(solve_upper(s, w.t()))",
        "norm_sq(pinv(w))",
        "nuclear_norm(w) + sq(spectral_norm(w.t()))",
        "sq(nuclear_norm(w.t())) + spectral_norm(s)",
        "norm_sq(lyapunov(w.t() * w, s))",
    ]);
}

/// A second derivative that nobody has stated is NaN, and never silently wrong; the slope needs none.
#[test]
fn of_what_is_not_known_are_nan() {
    for expression in ["norm_sq(expm(s))", "norm_sq(logm_spd(w.t() * w))", "sum(exp(eigvals_sym(s)))"] {
        let error = compare(expression).expect_err(expression);
        assert!(error.contains("the product with the Hessian has NaN"), "{error}");
    }
}

/// A loss whose values have several users, within a step of its derivation and in several of them.
fn with_names() -> (Spec, Graph, NodeId) {
    let source =
        "fn f(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
        let z = x * w + b;
        let h = tanh(z);
        let e = hadamard(h, z) + exp(h) - y;
        sum(exp(e)) + norm_sq(h) + dot(sin(e), cos(e))
    }";
    let item = source.parse().expect("tokens");
    front(proc_macro2::TokenStream::new(), item, &mut Mistakes::default()).expect("a sound loss")
}

/// The stand-ins for differentials in `root`.
fn stand_ins(graph: &Graph, root: NodeId) -> BTreeSet<NodeId> {
    let (mut open, mut seen, mut found) = (vec![root], BTreeSet::new(), BTreeSet::new());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match graph.node(id).op {
            Op::Argument(i) if graph.inputs[i].role == Role::StandIn => drop(found.insert(id)),
            _ => open.extend(graph.operands(id)),
        }
    }
    found
}

fn dot(a: &Dense, b: impl Iterator<Item = f64>) -> f64 {
    a.values.iter().zip(b).map(|(a, b)| a.value * b).sum()
}

/// Each line of a derivation in numbers: the differentials are the slopes of dual numbers, and each step multiplies as much as
/// the one before.
#[test]
fn every_step_of_a_derivation_holds() {
    let (spec, graph, loss) = with_names();
    let shown = trace(&derive(&spec, &graph, loss));
    let sizes: Sizes =
        [("N", 4), ("D", 3), ("K", 2)].into_iter().map(|(name, size)| (Dim::Named(Symbol::new(name)), size)).collect();
    let mut seed = 5;
    let mut inputs: Vec<Dense> = Vec::new();
    for input in &shown.graph.inputs {
        let (rows, columns) = size_of(input.shape, &sizes);
        let mut dense =
            Dense::new(rows, columns, numbers(rows * columns, &mut seed).into_iter().map(Into::into).collect());
        if input.role == Role::Param {
            dense.values.iter_mut().zip(numbers(rows * columns, &mut seed)).for_each(|(x, slope)| x.slope = slope);
        }
        inputs.push(dense);
    }
    let of = |inputs: &[Dense], id: NodeId| interpret(&shown.graph, &sizes, inputs, &[id]).remove(0);
    for &(waypoint, name) in &shown.waypoints {
        let name = format!("d{name}");
        let of_name =
            shown.graph.inputs.iter().position(|input| input.role == Role::StandIn && input.name.as_str() == name);
        let slopes = of(&inputs, waypoint).values.iter().map(|x| x.slope.into()).collect();
        inputs[of_name.expect("a differential")].values = slopes;
    }
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} {expected}");
    };
    let slopes = |id: NodeId| of(&inputs, id).values.into_iter().map(|x| x.slope);
    assert!(shown.steps.len() >= 4, "{}", shown.steps.len());
    for step in &shown.steps {
        for (found, expected) in of(&inputs, step.differential).values.iter().zip(slopes(step.node)) {
            near(found.value, expected);
        }
        let before = dot(&of(&inputs, step.cotangent), slopes(step.node));
        let parts = step.parts.iter().map(|part| {
            dot(&of(&inputs, part.cotangent), of(&inputs, part.differential).values.into_iter().map(|x| x.value))
        });
        near(parts.sum(), before);
        // It is in those of the values before it, and in no others.
        assert_eq!(
            stand_ins(&shown.graph, step.differential),
            step.parts.iter().map(|part| part.differential).collect()
        );
    }
    let totals = shown.totals.iter().map(|&(parameter, total)| dot(&of(&inputs, total), slopes(parameter)));
    near(totals.sum(), slopes(shown.steps[0].node).sum());
}

#[test]
fn what_moves_is_shown_in_what_moved_before() {
    let (spec, mut graph, loss) = with_names();
    let seeds: Vec<_> = spec
        .parameters()
        .map(|i| {
            let parameter = graph.argument(i);
            let shape = graph.shape(parameter);
            (parameter, super::stand_in(&mut graph, shape))
        })
        .collect();
    let waypoints: Vec<_> = graph.names().to_vec();
    let shown = moves(&mut graph, &seeds, &waypoints, &[loss], 24);
    let names = |id: NodeId| -> Vec<&str> {
        stand_ins(&graph, id)
            .into_iter()
            .map(|id| match graph.node(id).op {
                Op::Argument(i) => graph.inputs[i].name.as_str(),
                _ => "",
            })
            .collect()
    };
    let found: Vec<_> = shown.steps.iter().map(|(_, differential)| names(*differential)).collect();
    assert_eq!(found, [vec!["stand-in", "stand-in"], vec!["dz"], vec!["dz", "dh"]]);
    assert_eq!(names(shown.roots[0].expect("it moves")), ["dh", "de"]);
}
