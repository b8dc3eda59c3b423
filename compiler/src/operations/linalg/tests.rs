//! Value and gradient of every function, as derived and interpreted, against dual numbers through the definitions,
//! against central differences, and against the published numbers.

use crate::compile::front;
use crate::derive::derive;
use crate::diagnostics::Mistakes;
use crate::graph::NodeId;
use crate::operations::{LU, Operation};
use crate::reference::{Evaluation, Reference};

/// Numbers between -1 and 1.
fn random(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 33).expect("31 bits")) / f64::from(1u32 << 30) - 1.0
    };
    next();
    (0..count).map(|_| next()).collect()
}

/// Diagonally dominant and not symmetric, with positive eigenvalues of its symmetric part.
fn regular(n: usize) -> Vec<f64> {
    let mut a = random(n * n, 1);
    (0..n).for_each(|i| a[i * (n + 1)] += 3.0 + f64::from(u32::try_from(i).expect("small")));
    a
}

fn difference(a: &Evaluation, b: &Evaluation) -> f64 {
    let off = |x: f64, y: f64| (x - y).abs() / y.abs().max(1.0);
    let pairs = a.gradients.iter().flatten().zip(b.gradients.iter().flatten());
    let worst = pairs.map(|(&x, &y)| off(x, y)).fold(off(a.value, b.value), |m, x| if x <= m { m } else { x });
    if worst.is_nan() { f64::INFINITY } else { worst }
}

fn by_differences(loss: &Reference, sizes: &[(&str, usize)], inputs: &[Vec<f64>]) -> Evaluation {
    // The optimal step of a central difference has an error of about (3 ε)^(2/3).
    const STEP: f64 = 1e-5;
    let at = |i: usize, element: usize, step: f64| {
        let mut moved = inputs.to_vec();
        moved[i][element] += step;
        loss.value(sizes, &moved)
    };
    let slope = |i, element| (at(i, element, STEP) - at(i, element, -STEP)) / (2.0 * STEP);
    let gradient = |i: usize| (0..inputs[i].len()).map(|element| slope(i, element)).collect();
    Evaluation { value: loss.value(sizes, inputs), gradients: loss.parameters().into_iter().map(gradient).collect() }
}

/// The loss `body` of square matrices a (regular) and c, b (N x M), a vector v and x (M x N).
fn parse(body: &str) -> Reference {
    let source = format!(
        "fn loss(#[param] a: Matrix<N, N>, #[param] c: Matrix<N, N>, #[param] b: Matrix<N, M>, #[param] v: Vector<N>, \
         #[param] x: Matrix<M, N>) -> Scalar {{ {body} + 0.1 * (sum(a) + sum(c) + sum(b) + sum(v) + sum(x)) }}"
    );
    Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn inputs(n: usize, m: usize) -> Vec<Vec<f64>> {
    vec![regular(n), random(n * n, 2), random(n * m, 3), random(n, 4), random(m * n, 5)]
}

fn check(body: &str) {
    let loss = parse(body);
    for (n, m) in [(3, 2), (1, 2), (4, 5), (2, 0), (0, 2)] {
        let (sizes, inputs) = ([("N", n), ("M", m)], inputs(n, m));
        let derived = loss.evaluate(&sizes, &inputs);
        let off = difference(&derived, &loss.by_dual_numbers(&sizes, &inputs));
        assert!(off < 1e-9, "{body}: {off} off dual numbers at {n} x {m}");
        let off = difference(&derived, &by_differences(&loss, &sizes, &inputs));
        // Of the values, 1e-16 / 1e-5 remains; of the third derivative, 1e-10.
        assert!(off < 1e-7, "{body}: {off} off differences at {n} x {m}");
    }
}

#[test]
fn inverses_and_solves() {
    for body in [
        "dot(inverse(a), c)",
        "sum(sin(inverse(a)))",
        "norm_sq(solve(a, b))",
        "dot(c * v, solve(a, v))",
        "dot(solve(a.t(), v), v)",
        "sum(inverse(a) * b)",
        "norm_sq(x * inverse(a))",
        "norm_sq(v.t() * inverse(a))",
        "trace(inverse(a) * c)",
        "trace(solve(a, c) * solve(a.t(), c))",
        "dot(v, inverse(a) * inverse(a) * v)",
        "norm_sq(solve(2 * a, -b))",
        "norm_sq(inverse(a * a.t()) * v)",
        "dot(v, solve(c * c.t() + a + a.t(), v)) + logdet(c * c.t() + a + a.t())",
    ] {
        check(body);
    }
}

#[test]
fn triangles() {
    for body in [
        "norm_sq(solve_lower(a, b))",
        "norm_sq(solve_upper(a, b))",
        "norm_sq(solve_lower(a.t(), v))",
        "norm_sq(solve_upper(a.t(), v))",
        "dot(solve_upper(a, solve_lower(a, c)), c)",
    ] {
        check(body);
    }
}

#[test]
fn determinants() {
    for body in [
        "logdet(a)",
        "det(a)",
        "det(c)",
        "logdet(a.t())",
        "sq(det(c + a) / 400)",
        "det(inverse(a)) + logdet(inverse(a))",
    ] {
        check(body);
    }
}

#[test]
fn cholesky_factors() {
    for body in [
        "dot(cholesky(a), c)",
        "sum(sin(cholesky(c * c.t() + a)))",
        "norm_sq(solve_lower(cholesky(a), b))",
        "dot(cholesky(a.t()), c)",
    ] {
        check(body);
    }
}

#[test]
fn spectral_functions() {
    for body in [
        "dot(eigvals_sym(a), v)",
        "dot(sqrtm(a), c)",
        "trace(sqrtm(a))",
        "dot(logm_spd(a), c)",
        "trace(logm_spd(a + c * c.t()))",
        "dot(expm(c), a)",
        "trace(expm(a / 2))",
        "dot(lyapunov(a, c), a)",
        "norm_sq(lyapunov(a.t(), c))",
    ] {
        check(body);
    }
}

#[test]
fn singular_values() {
    for body in [
        "nuclear_norm(x) + spectral_norm(x)",
        "nuclear_norm(b) * spectral_norm(b.t())",
        "dot(pinv(x), b)",
        "norm_sq(pinv(b) * v)",
        "nuclear_norm(v) + spectral_norm(v.t()) + sum(pinv(v))",
    ] {
        check(body);
    }
}

/// λ(A) = (2, 2, 5), up to rotations: what the gradient is of a symmetric function of the eigenvalues is known.
#[test]
fn equal_eigenvalues_have_the_limit() {
    // 2 I + u uᵀ with u = (1, 1, 1).
    let a: Vec<f64> = (0..9).map(|k| if k % 4 == 0 { 3.0 } else { 1.0 }).collect();
    for body in ["sum(exp(eigvals_sym(a)))", "trace(sqrtm(a))", "dot(sqrtm(a), c)", "dot(logm_spd(a), c)"] {
        let (loss, sizes) = (parse(body), [("N", 3), ("M", 1)]);
        let mut inputs = inputs(3, 1);
        inputs[0].clone_from(&a);
        let derived = loss.evaluate(&sizes, &inputs);
        let off = difference(&derived, &by_differences(&loss, &sizes, &inputs));
        assert!(off < 1e-7, "{body}: {off}");
    }
}

#[test]
fn the_determinant_of_a_singular_matrix_has_its_gradient() {
    let (loss, sizes) = (parse("det(a)"), [("N", 3), ("M", 1)]);
    let mut inputs = inputs(3, 1);
    for singular in [[1., 2., 3., 2., 4., 6., 1., 0., 1.], [1., 2., 3., 2., 4., 6., 3., 6., 9.], [0.; 9]] {
        inputs[0] = singular.to_vec();
        let derived = loss.evaluate(&sizes, &inputs);
        let off = difference(&derived, &by_differences(&loss, &sizes, &inputs));
        assert!(off < 1e-8, "{off}");
    }
}

#[test]
fn singular_matrices_do_not_panic() {
    let sizes = [("N", 2), ("M", 3)];
    let mut inputs = inputs(2, 3);
    inputs[0] = vec![1.0, 2.0, 2.0, 4.0];
    for body in ["sum(inverse(a))", "sum(solve(a, b))", "sum(solve_lower(a - a, b))", "sum(cholesky(a - 9 * a))"] {
        let value = parse(body).evaluate(&sizes, &inputs).value;
        assert!(!value.is_finite(), "{body}: {value}");
    }
    assert!(parse("logdet(a)").evaluate(&sizes, &inputs).value < -30.0);
}

/// Numbers are matrices of one element.
#[test]
fn numbers_are_matrices() {
    let source = "fn loss(#[param] s: Scalar, #[param] t: Scalar, r: RowVector<3>) -> Scalar {
        sum(solve(s, r)) + inverse(t) + logdet(s) * det(t) + cholesky(s) + sqrtm(t) * logm_spd(s) + expm(t)
            + nuclear_norm(s) * spectral_norm(t) + pinv(s) + lyapunov(s, t) + sum(eigvals_sym(s)) + solve_upper(s, t)
    }";
    let loss = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let inputs = [vec![1.7], vec![0.6], vec![0.1, 0.2, 0.4]];
    let off = difference(&loss.evaluate(&[], &inputs), &loss.by_dual_numbers(&[], &inputs));
    assert!(off < 1e-12, "{off}");
}

/// How often each operation is called in the normal form of the loss and its gradients.
fn calls(source: &str, operation: &'static dyn Operation) -> usize {
    let mut mistakes = Mistakes::default();
    let item = source.parse().expect("tokens");
    let (spec, graph, loss) = front(proc_macro2::TokenStream::new(), item, &mut mistakes).expect("a sound loss");
    let derived = derive(&spec, &graph, loss);
    let is = |id: &NodeId| derived.graph.operation(*id) == Some(operation);
    derived.graph.ids().filter(is).count()
}

/// y' K⁻¹ y + ln det K and the gradient: one factorisation, one solve, one inverse.
#[test]
fn a_matrix_is_factored_once() {
    let source = "fn gp(y: Vector<N>, #[param] b: Matrix<N, N>) -> Scalar {
        let k = b * b.t() + 1;
        0.5 * dot(y, solve(k, y)) + 0.5 * logdet(k)
    }";
    assert_eq!(calls(source, LU), 1);
    assert_eq!(calls(source, super::SOLVE) + calls(source, super::SOLVE_T), 1);
    assert_eq!(calls(source, super::INVERSE), 1);
    let source = "fn solves(y: Vector<N>, #[param] k: Matrix<N, N>) -> Scalar {
        dot(y, inverse(k) * y) + logdet(k.t()) + det(k) + norm_sq(solve(k.t(), y))
    }";
    assert_eq!(calls(source, LU), 1);
}

struct Published(serde_json::Value);

impl Published {
    fn read(number: u32) -> Self {
        let path = format!("{}/../tests/data/conformance/{number}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).expect("a JSON file"))
    }

    fn numbers(&self, group: &str, name: &str) -> Option<Vec<f64>> {
        let entries = self.0[group].as_object()?;
        let (_, entry) = entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(entry["data"].as_array()?.iter().map(|x| x.as_f64().expect("a number")).collect())
    }
}

#[test]
fn published_losses() {
    let sizes = [("N", 7), ("D", 4)];
    for (number, source) in [
        (
            55,
            "fn ica(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
            let z = x * w.t();
            sum(z + softplus(-2 * z) - LN_2) - 7 * logdet(w)
        }",
        ),
        (
            61,
            "fn gp(y: Vector<N>, i: Matrix<N, N>, #[param] b: Matrix<N, N>) -> Scalar {
            let k = b * b.t() + 0.5 * i;
            0.5 * y.t() * inverse(k) * y + 0.5 * logdet(k)
        }",
        ),
        (63, "fn lasso(sm: Matrix<D, D>, #[param] t: Matrix<D, D>) -> Scalar { trace(sm * t) - logdet(t) }"),
        (
            64,
            "fn covariance(c: Matrix<D, D>, #[param] t: Matrix<D, D>) -> Scalar {
            3.5 * logdet(t) + 0.5 * trace(inverse(t) * c)
        }",
        ),
        (71, "fn smoothed(i: Matrix<D, D>, #[param] x: Matrix<N, D>) -> Scalar { trace(sqrtm(x.t() * x + 0.1 * i)) }"),
        (72, "fn norms(#[param] x: Matrix<N, D>) -> Scalar { spectral_norm(x) + 0.5 * nuclear_norm(x) }"),
        (89, "fn mix(#[param] m: Matrix<D, D>) -> Scalar { trace(inverse(m)) + det(m) }"),
        (
            90,
            "fn mvn(x: Matrix<N, D>, i: Matrix<D, D>, #[param] mu: RowVector<D>, #[param] l: Matrix<D, D>) -> Scalar {
            0.5 * norm_sq(solve_lower(l, (x - mu).t())) + 7 * logdet(hadamard(l, i))
        }",
        ),
    ] {
        let published = Published::read(number);
        let source = source.replace("LN_2", &std::f64::consts::LN_2.to_string());
        let loss = Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let inputs = loss.arguments().into_iter().enumerate().map(|(i, name)| {
            let (rows, columns) = loss.shape(i, &sizes);
            let identity = || (0..rows * columns).map(|k| f64::from(u8::from(k % (columns + 1) == 0))).collect();
            let published = |group| published.numbers(group, name);
            published("inputs").or_else(|| published("params")).unwrap_or_else(identity)
        });
        let inputs: Vec<Vec<f64>> = inputs.collect();
        let names = loss.arguments();
        let gradient = |i: usize| published.numbers("gradient", names[i]).expect("a gradient");
        let expected = Evaluation {
            value: published.0["value"].as_f64().expect("a value"),
            gradients: loss.parameters().into_iter().map(gradient).collect(),
        };
        let off = difference(&loss.evaluate(&sizes, &inputs), &expected);
        assert!(off < 1e-10, "{number}: {off} off the published numbers");
        let off = difference(&loss.by_dual_numbers(&sizes, &inputs), &expected);
        assert!(off < 1e-10, "{number}: dual numbers are {off} off the published ones");
    }
}
