//! Every elementwise function: the rows against dual numbers, and dual numbers against differences.

use super::{POINTWISE, Parity, Pointwise};
use crate::base::{ArgumentKind, Role, Shape, Symbol};
use crate::differentiate::reverse;
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::{Graph, Input, NodeId};
use crate::reference::interpret::{Sizes, interpret};
use crate::rewrite::simplify;

/// Where a function is tested: in its domain, far out on both sides, and close to where formulas cancel.
fn samples(name: &str) -> Vec<Vec<f64>> {
    let everywhere: [f64; 21] = [
        -30.3, -19.7, -10.2, -4.4, -2.9, -1.7, -0.9, -0.45, -1e-2, -1e-4, 1e-4, 1e-2, 0.3, 0.7, 1.2, 2.2, 2.8, 4.1,
        9.6, 19.2, 33.1,
    ];
    let one = |points: &[f64]| points.iter().map(|&a| vec![a]).collect();
    let pairs = |first: &[f64], second: &[f64]| {
        first.iter().flat_map(|&a| second.iter().map(move |&b| vec![a, b])).collect::<Vec<_>>()
    };
    let unit = [1e-8, 1e-3, 0.1, 0.3, 0.49, 0.51, 0.7, 0.98];
    let positive = [1e-8, 1e-3, 0.2, 0.7, 1.0, 1.4, 3.0, 12.5, 300.0];
    match name {
        "sqrt" | "ln" | "rsqrt" | "norm_of_square" | "xlogx" | "entropy" => one(&positive),
        "log1mexp" => one(&[1e-10, 1e-3, 0.3, 0.69, 0.7, 2.0, 40.0, 300.0]),
        "log1p" => one(&[-0.99, -0.5, -1e-9, 1e-9, 0.2, 3.0, 1e5]),
        "asin" | "acos" | "atanh" => one(&[-0.98, -0.6, -1e-5, 1e-5, 0.3, 0.8, 0.98]),
        "acosh" => one(&[1.02, 1.3, 2.5, 1e4]),
        "logit" => one(&unit),
        "trigamma" => one(&[1e-3, 0.2, 0.9, 1.1, 1.9, 2.2, 5.5, 17.0, 1e3]),
        "lgamma" | "digamma" => one(&[1e-3, 0.2, 0.9, 1.1, 1.9, 2.2, 5.5, 17.0, 1e3, -0.3, -2.6]),
        "polygamma" => pairs(&[1.0, 2.0, 3.0, 5.0], &[1e-2, 0.3, 1.0, 2.5, 8.0, 30.0, 200.0]),
        "lgamma_difference" | "digamma_difference" => {
            pairs(&[1e-3, 0.3, 1.0, 2.5, 40.0], &[1e-2, 0.3, 1.7, 2.9, 8.0, 200.0])
        }
        "polygamma_difference" => {
            let pairs = pairs(&[1e-3, 0.3, 2.5, 40.0], &[1e-2, 0.3, 1.4, 8.0, 200.0]);
            [1.0, 2.0, 5.0].iter().flat_map(|&n| pairs.iter().map(move |pair| vec![n, pair[0], pair[1]])).collect()
        }
        "exprel_derivative" => pairs(&[1.0, 2.0, 5.0], &[-30.3, -4.4, -0.9, -1e-4, 1e-2, 0.7, 2.2, 9.6, 33.1]),
        "spherical_bessel" => pairs(&[1.0, 2.0, 3.0], &[-7.3, -0.4, 1e-3, 0.2, 0.9, 2.6, 4.7, 12.0]),
        "ndtri" => one(&[1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.3, 0.499, 0.501, 0.7, 0.98]),
        "erfinv" => one(&[-0.97, -0.6, -1e-3, -1e-9, 1e-9, 0.3, 0.5, 0.9, 0.95]),
        "log_bessel_i0" | "bessel_ratio" | "bessel_ratio_slope" => {
            one(&[-30.3, -2.9, -0.45, -1e-3, 1e-3, 0.3, 0.9, 2.2, 7.9, 8.1, 33.1, 500.0, 1e5])
        }
        // Its derivative is a difference of what differs little elsewhere.
        "bessel_ratio_curvature" => one(&[-4.1, -0.9, 0.7, 2.2, 6.0]),
        "tan" => one(&[-1.2, -0.3, 1e-5, 0.8, 1.4, 4.0]),
        "gaussian" | "erf" => one(&[-6.1, -2.0, -0.3, 1e-3, 0.7, 3.3, 12.0]),
        "pow" => pairs(&[1e-3, 0.4, 1.7, 20.0], &[-2.5, -0.3, 0.6, 1.9, 4.2]),
        "xlogy" => pairs(&[-2.0, 0.3, 5.0], &positive),
        "tanh_slope" => everywhere.iter().map(|&a| vec![a, a.tanh()]).collect(),
        "logaddexp" => pairs(&[-800.0, -3.0, 0.1, 40.0], &[-790.5, -2.5, 0.3, 41.0]),
        "leaky_relu" | "prelu" => pairs(&everywhere, &[0.01, 0.3]),
        "elu" | "celu" => pairs(&[-9.0, -1.5, -0.1, 0.2, 3.0, 900.0], &[0.6, 1.0, 1.7]),
        "softshrink" | "hardshrink" => pairs(&everywhere, &[0.5, 2.0]),
        "huber" | "smooth_abs" => pairs(&everywhere, &[0.1, 1.0, 5.0]),
        "clip" => everywhere.iter().map(|&a| vec![a, -1.1, 2.3]).collect(),
        "select" => everywhere.iter().map(|&a| vec![a, 2.0, 3.0]).collect(),
        "exp" | "silu" | "expm1" | "mish" | "softplus" | "log_sigmoid" | "sigmoid" | "selu" => {
            let far = [-90.0, -600.0, -17.5, 89.0, 600.0];
            everywhere.iter().chain(&far).map(|&a| vec![a]).collect()
        }
        _ => {
            let row = POINTWISE.iter().find(|row| row.name == name).expect("a row");
            match row.operands.len() {
                1 => one(&everywhere),
                _ => pairs(&[-7.1, -1.3, 0.4, 2.6], &[-6.4, -0.2, 1.1, 3.7]),
            }
        }
    }
}

/// Functions whose derivative is stated to be another one than that of the value: differences say nothing of it.
fn is_straight_through(row: &Pointwise) -> bool {
    row.name.starts_with("ste_") || row.name == "stop_gradient"
}

/// Operands that are whole numbers, or determined by another one.
fn is_fixed(row: &Pointwise, k: usize) -> bool {
    matches!(
        (row.name, k),
        ("polygamma" | "polygamma_difference" | "spherical_bessel" | "exprel_derivative", 0) | ("tanh_slope", 1)
    )
}

/// A graph with the operands of `row` as scalars.
fn operands(row: &Pointwise) -> (Graph, Vec<NodeId>) {
    let names = row.operands.iter();
    let inputs = names
        .map(|name| Input {
            name: Symbol::new(name),
            role: Role::Param,
            kind: ArgumentKind::Numbers,
            shape: Shape::SCALAR,
        })
        .collect();
    let mut graph = Graph::new(inputs);
    let nodes = (0..row.operands.len()).map(|i| graph.argument(i)).collect();
    (graph, nodes)
}

/// The call of `row`, or the formula that takes its place.
fn call(row: &'static Pointwise, graph: &mut Graph, nodes: &[NodeId]) -> NodeId {
    match row.formula() {
        Some(formula) => row.build(graph, formula, nodes, None, Shape::SCALAR).expect("a formula"),
        None => graph.call_slice(row, nodes),
    }
}

/// The derivative of `root` in operand `k`, simplified as kernels have it; 0 if there is none.
fn derivative(graph: &mut Graph, root: NodeId, k: usize) -> NodeId {
    reverse(graph, root, &[k]).remove(0).unwrap_or_else(|| graph.constant(0.0))
}

fn value(graph: &Graph, root: NodeId, at: &[f64]) -> f64 {
    let inputs: Vec<_> = at.iter().map(|&a| Dense::new(1, 1, vec![a.into()])).collect();
    let (graph, roots) = simplify(graph, &[root]);
    interpret(&graph, &Sizes::default(), &inputs, &roots)[0].values[0].value
}

/// `row` at `at`, with its slope along operand `k`.
fn dual(row: &Pointwise, at: &[f64], k: usize) -> Dual {
    let along = |(i, &a): (usize, &f64)| Dual::new(a, if i == k { 1.0 } else { 0.0 });
    (row.evaluate)(&at.iter().enumerate().map(along).collect::<Vec<_>>())
}

/// All failures, since one formula may fail at many points.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn unless_near(&mut self, found: f64, expected: f64, relative: f64, absolute: f64, what: &str) {
        let near = (found - expected).abs() <= relative * expected.abs() + absolute;
        if !near && found.to_bits() != expected.to_bits() {
            self.0.push(format!("{what}: {found:e} is not {expected:e}"));
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "{}", self.0.join("\n"));
    }
}

/// Every row, operand and sample.
fn each(mut check: impl FnMut(&'static Pointwise, &[f64], usize)) {
    for row in &POINTWISE {
        for at in samples(row.name) {
            for k in (0..at.len()).filter(|&k| !is_fixed(row, k)) {
                check(row, &at, k);
            }
        }
    }
}

#[test]
fn derivatives_agree_with_dual_numbers_in_every_digit_that_counts() {
    let mut wrong = Wrong::default();
    each(|row, at, k| {
        let what = format!("{} at {at:?} along {}", row.name, row.operands[k]);
        let expected = dual(row, at, k);
        let (mut graph, nodes) = operands(row);
        let stated = row.derivatives[k];
        let node = graph.call_slice(row, &nodes);
        let stated = row.build(&mut graph, stated, &nodes, Some(node), Shape::SCALAR).expect(stated);
        wrong.unless_near(value(&graph, stated, at), expected.slope, 1e-11, 1e-300, &what);
        let root = call(row, &mut graph, &nodes);
        wrong.unless_near(value(&graph, root, at), expected.value, 1e-12, 1e-300, &what);
        let derived = derivative(&mut graph, root, k);
        wrong.unless_near(value(&graph, derived, at), expected.slope, 1e-11, 1e-300, &what);
    });
}

/// (f(x + h) − f(x − h)) / 2h, and its error in the size of f.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> (f64, f64) {
    let h = 1e-5 * x.abs().min(1.0);
    let (above, below) = (f(x + h), f(x - h));
    ((above - below) / (2.0 * h), 1e-15 * above.abs().max(below.abs()) / h)
}

#[test]
fn dual_numbers_agree_with_differences() {
    let mut wrong = Wrong::default();
    each(|row, at, k| {
        if is_straight_through(row) {
            return;
        }
        let moved = |a: f64| {
            let mut at = at.to_vec();
            at[k] = a;
            at
        };
        let what = format!("{} at {at:?} along {}", row.name, row.operands[k]);
        let (slope, error) = difference(|a| dual(row, &moved(a), k).value, at[k]);
        wrong.unless_near(dual(row, at, k).slope, slope, 1e-6, 20.0 * error + 1e-12, &what);
    });
}

/// Derivative strings have derivatives themselves: reverse over the derivative, against differences of dual numbers.
#[test]
fn second_derivatives_agree_with_differences() {
    let mut wrong = Wrong::default();
    each(|row, at, k| {
        // Third derivatives of tanh and of log_ndtr. The first one counts on its second operand to move with the first.
        if matches!(row.name, "tanh_slope" | "inverse_mills_excess") {
            return;
        }
        for j in (0..at.len()).filter(|&j| !is_fixed(row, j)) {
            let what = format!("{} at {at:?} along {} and {}", row.name, row.operands[k], row.operands[j]);
            let (mut graph, nodes) = operands(row);
            let root = call(row, &mut graph, &nodes);
            let first = derivative(&mut graph, root, k);
            let second = derivative(&mut graph, first, j);
            let found = value(&graph, second, at);
            let moved = |a: f64| {
                let mut at = at.to_vec();
                at[j] = a;
                at
            };
            let (expected, error) = difference(|a| dual(row, &moved(a), k).slope, at[j]);
            wrong.unless_near(found, expected, 1e-6, 20.0 * error + 1e-12, &what);
        }
    });
}

/// The points at which popular forms fail, with values of mpmath at 30 digits: f, f′, f″.
#[test]
fn stable_forms_hold_where_others_fail() {
    let mut wrong = Wrong::default();
    for (name, at, expected) in REFERENCES {
        let row = POINTWISE.iter().find(|row| row.name == *name).expect("a row");
        let (mut graph, nodes) = operands(row);
        let root = call(row, &mut graph, &nodes);
        let first = derivative(&mut graph, root, 0);
        let second = derivative(&mut graph, first, 0);
        for (order, (root, expected)) in [root, first, second].into_iter().zip(expected).enumerate() {
            let what = format!("derivative {order} of {name} at {at:e}");
            wrong.unless_near(value(&graph, root, &[*at]), *expected, 2e-13, 0.0, &what);
        }
    }
}

/// Name, point, value, first and second derivative.
type Reference = (&'static str, f64, [f64; 3]);
include!("reference_values.rs");

#[test]
fn signs_leave_functions_as_their_rows_say() {
    let mut seen = 0;
    for row in &POINTWISE {
        for sample in samples(row.name) {
            let at = |sign: f64| {
                let first = |(k, x): (usize, &f64)| Dual::from(if k == 0 { sign * x } else { *x });
                (row.evaluate)(&sample.iter().enumerate().map(first).collect::<Vec<_>>()).value
            };
            let (value, mirrored) = (at(1.0), at(-1.0));
            let expected = match row.parity {
                Parity::Neither => continue,
                Parity::Even => value,
                Parity::Odd => -value,
            };
            assert!((mirrored - expected).abs() <= 1e-15 * value.abs(), "{}({sample:?})", row.name);
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

/// At kinks every function has the derivatives that its row documents, which dual numbers need not say.
#[test]
fn kinks_have_the_derivatives_that_are_documented() {
    let mut wrong = Wrong::default();
    let kinks: [(&str, &[f64], &[f64]); 10] = [
        ("max", &[1.5, 1.5], &[0.5, 0.5]),
        ("max", &[-0.0, 0.0], &[0.5, 0.5]),
        ("min", &[1.5, 1.5], &[0.5, 0.5]),
        ("min", &[0.0, -0.0], &[0.5, 0.5]),
        ("clip", &[-1.5, -1.5, 2.5], &[0.0, 1.0, 0.0]),
        ("clip", &[2.5, -1.5, 2.5], &[0.0, 0.0, 1.0]),
        ("relu", &[0.0], &[0.0]),
        ("abs", &[0.0], &[0.0]),
        ("sign", &[0.0], &[0.0]),
        ("select", &[0.0, 2.0, 3.0], &[0.0, 0.0, 1.0]),
    ];
    for (name, at, expected) in kinks {
        let row = POINTWISE.iter().find(|row| row.name == name).expect("a row");
        for (k, &expected) in expected.iter().enumerate() {
            let (mut graph, nodes) = operands(row);
            let root = call(row, &mut graph, &nodes);
            let slope = derivative(&mut graph, root, k);
            wrong.unless_near(
                value(&graph, slope, at) + 0.0,
                expected,
                0.0,
                0.0,
                &format!("{name} at {at:?} along {k}"),
            );
        }
    }
}
