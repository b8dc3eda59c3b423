//! Meaning of specs: the value of the graph that comes out, against values by hand.

use rustc_hash::FxHashMap as HashMap;
use std::fmt::Write;

use quote::ToTokens;

use crate::base::{Dim, Symbol};
use crate::compile::front;
use crate::derive::derive;
use crate::diagnostics::{Mistake, Mistakes};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::{Graph, LOOKS, NodeId};
use crate::reference::interpret::interpret;
use crate::syntax::{Spec, Stream};

/// Arguments that a body may name, each with its value.
const ARGUMENTS: [(&str, &str, &[f64]); 7] = [
    ("x", "Matrix<N, D>", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
    ("v", "Vector<N>", &[1.0, -1.0]),
    ("r", "RowVector<D>", &[10.0, 20.0, 30.0]),
    ("c", "Matrix<N, 1>", &[7.0, 8.0]),
    ("s", "Scalar", &[2.0]),
    ("q", "[Scalar; 3]", &[2.0, 3.0, 5.0]),
    ("#[param] w", "Vector<{ 1 + 2 }>", &[1.0, 0.0, -1.0]),
];

fn read(source: &str) -> (Spec, Graph, NodeId) {
    let mut mistakes = Mistakes::default();
    let (arguments, item) = source.split_once('|').expect("options | function");
    let read = front(arguments.parse().expect("tokens"), item.parse().expect("tokens"), &mut mistakes);
    let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
    read.unwrap_or_else(|| panic!("{source}: {texts:?}"))
}

/// Asserts the value of a body, to which a term in `w` is added so that there is a parameter.
fn check(body: &str, expected: f64) {
    let (lets, result) = body.rsplit_once(';').map_or(("", body), |(lets, result)| (lets, result));
    let named = |name: &str| body.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name);
    let arguments: Vec<_> = ARGUMENTS.into_iter().filter(|(name, ..)| name.starts_with('#') || named(name)).collect();
    let declared: Vec<String> = arguments.iter().map(|(name, ty, _)| format!("{name}: {ty}")).collect();
    let semicolon = if lets.is_empty() { "" } else { ";" };
    let source = format!("|fn f({}) -> Scalar {{ {lets}{semicolon} {result} + 0 * sum(w) }}", declared.join(", "));
    let (_, graph, loss) = read(&source);
    let sizes = HashMap::from_iter([
        (Dim::Named(Symbol::new("N")), 2),
        (Dim::Named(Symbol::new("D")), 3),
        (Dim::Const(Symbol::new("{ 1 + 2 }")), 3),
    ]);
    let inputs: Vec<Dense> = arguments
        .iter()
        .flat_map(|(name, _, values)| {
            let (rows, columns) = match *name {
                "x" => (2, 3),
                "r" => (1, 3),
                "q" => (1, 1),
                _ => (values.len(), 1),
            };
            let matrix =
                |values: &[f64]| Dense::new(rows, columns, values.iter().map(|&value| Dual::from(value)).collect());
            values.chunks(rows * columns).map(matrix).collect::<Vec<_>>()
        })
        .collect();
    let found =
        interpret(&graph, &sizes, &inputs, &[loss]).first().map(|value| value.values[0].value).expect("one value");
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{source}: {found} instead of {expected}");
}

#[test]
fn operators_have_their_precedence() {
    check("1 + 2 * 3 - 4 / 2", 5.0);
    check("(1 + 2) * -(3 - 5) / 4", 1.5);
    check("10 - 4 - 3", 3.0);
    check("16 / 4 / 2", 2.0);
    check("-s * s", -4.0);
    check("1e-3 + 0x10", 16.001);
}

#[test]
fn a_scalar_scales_and_is_added_to_every_element() {
    check("sum(s * x)", 42.0);
    check("sum(x * s)", 42.0);
    check("sum(x + s)", 33.0);
    check("sum(s - x)", -9.0);
    check("sum(x / s)", 10.5);
    check("sum(12 / x)", 12.0 * (1.0 + 0.5 + 1.0 / 3.0 + 0.25 + 0.2 + 1.0 / 6.0));
    check("sum(x) / sum(v * s + 3)", 3.5);
}

#[test]
fn a_vector_is_added_to_every_column_and_a_row_vector_to_every_row() {
    check("sum(hadamard(x, x + v))", 91.0 + (1.0 + 2.0 + 3.0) - (4.0 + 5.0 + 6.0));
    check("sum(hadamard(x, v - x))", -91.0 + 6.0 - 15.0);
    check("sum(hadamard(x, x + r))", 91.0 + 5.0 * 10.0 + 7.0 * 20.0 + 9.0 * 30.0);
    check("sum(hadamard(x, r - x))", -91.0 + 460.0);
}

#[test]
fn a_matrix_of_one_column_is_a_vector() {
    check("sum(hadamard(v, c))", -1.0);
    check("dot(x + c, x)", 91.0 + 7.0 * 6.0 + 8.0 * 15.0);
}

#[test]
fn products_transposes_and_reductions() {
    check("norm_sq(x * r.t())", (140.0_f64 * 140.0) + (320.0 * 320.0));
    check("v.t() * x * r.t()", 140.0 - 320.0);
    check("sum((v * r).t())", 0.0);
    check("trace(x * x.t())", 91.0);
    check("dot(x, x) - norm_sq(x)", 0.0);
    check("norm(v)", 2.0_f64.sqrt());
    check("mean(x) + mean(s)", 5.5);
    check("size(x) + 10 * size(v) + 100 * size(s) + 1000 * size(x.t() * v)", 3126.0);
    check("let h = x * r.t(); let g = h / 10; sum(sq(g)) + sum(h)", 14.0 * 14.0 + 32.0 * 32.0 + 460.0);
}

#[test]
fn constants_are_numbers() {
    check("2 * PI * E + LN_2", 17.772_615_625_907_077);
    check("exp(-INFINITY) + 1", 1.0);
    check("let turn = |z| sin(z * PI / 2); turn(s - 1) + turn(s - 2)", 1.0);
}

/// A name of the loss is what the loss says it is.
#[test]
fn constants_give_way_to_names() {
    let (_, graph, loss) = read("|fn f(E: Scalar, x: Vector<PI>, #[param] w: Scalar) -> Scalar { w * E + 0 * sum(x) }");
    assert!(graph.ids().all(|id| graph.constant_value(id).is_none_or(|value| value == 0.0)), "{loss:?}");
}

#[test]
fn closures_are_functions_of_each_element() {
    check("let h = |z| z * z; sum(h(x))", 91.0);
    check("let h = |z| 1 / z; sum(h(v)) + sum(h(s))", 0.5);
    check("let h = |a, b| a * b + s; sum(h(x, x)) + sum(h(2, x)) + h(s, 3)", 91.0 + 12.0 + 42.0 + 12.0 + 8.0);
    check(
        "let h = |a, b| { let d = a - b; d * d }; let g = |z| h(z, s) / s; sum(g(x))",
        (1.0 + 0.0 + 1.0 + 4.0 + 9.0 + 16.0) / 2.0,
    );
    check("let h = |z: Scalar| -> Scalar { relu(-z) }; sum(h(v))", 1.0);
}

#[test]
fn a_closure_names_elements_of_arrays() {
    check("let h = |z| z * q[1]; sum(h(x))", 63.0);
    check("let h = |z, a| q[0] * z + a; let g = |z| h(z, q[2]) * q[0]; g(q[1])", 22.0);
    check(
        "let mut a = 1; for i in 0..2 { let h = |z| { let z = z * q[i]; z + q[i + 1] }; a += sum(h(v)); } a",
        1.0 + (5.0 + 1.0) + (8.0 + 2.0),
    );
}

#[test]
fn names_inside_of_a_function_hide_those_from_outside() {
    check("let h = |q| q * q; sum(h(v)) + q[0]", 4.0);
    check("let h = |x, v| x * v; sum(h(v, 3)) + sum(h(x, 2)) + s", 44.0);
    check("let h = |z| { let z = z * s; let z = z + 1; z * z }; sum(h(v))", 10.0);
    check("let h = |z| { let a = s * z; let s = a + 1; s * s }; sum(h(v)) + s", 12.0);
    check("let h = |z| z + 1; let g = |h| h * 2; g(h(s))", 6.0);
}

#[test]
fn a_let_hides_what_had_its_name() {
    check("let v = sq(v + s); sum(v)", 10.0);
    check("let h = x * r.t(); let h = h / 10; let h = sq(h); sum(h)", 14.0 * 14.0 + 32.0 * 32.0);
    check("let mut a = 0; for i in 0..2 { let b = q[i]; let b = b * b; a += b; } a", 13.0);
    check("let b = s; let mut a = 0; for i in 0..2 { let b = b + q[i]; a += b; } a + b", 11.0);
    check("let q = q[0] + q[1]; let s = q * s; s", 10.0);
    check("let mut a = s; a += 1; let b = a; let mut a = b * 10; a += 1; a", 31.0);
}

/// The names of values that were hidden are told apart where formulas are printed.
#[test]
fn hidden_values_have_names_of_their_own() {
    let (_, graph, _) = read(
        "|fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
            let x = sq(x);
            let h = x * w;
            let h = tanh(h);
            norm_sq(h)
        }",
    );
    let names: Vec<&str> = graph.names().iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["x₁", "h", "h₁"]);
}

/// Each one doubles what is written, and what is computed: the calls share all that is equal.
#[test]
fn calls_in_calls_share_their_nodes() {
    let mut lets = "let f0 = |z| z * sigmoid(z);".to_owned();
    for i in 1..8 {
        write!(lets, "let f{i} = |z| f{0}(z) + f{0}(z);", i - 1).expect("memory");
    }
    let (_, graph, _) =
        read(&format!("|fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {{ {lets} norm_sq(f7(x * w)) }}"));
    assert!(graph.len() < 20, "{}", graph.len());
}

#[test]
fn what_is_written_differently_is_one_node() {
    let (_, graph, loss) = read(
        "|fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
            let e = x * w;
            norm_sq(e) - dot(x * w, e)
        }",
    );
    let [a, b] = graph.operands(loss) else { panic!("a difference") };
    assert_eq!(a, b);
    let e = graph.operands(*a)[0];
    assert_eq!(graph.name_of(e), Some(Symbol::new("e")));
}

#[test]
fn dimensions_are_names_sizes_generics_or_constants() {
    let (spec, ..) = read(
        "stream = N, crate = self::inner|pub(crate) fn f<const K: usize>(
            x: frobenius::Matrix<N, { 3 }>,
            y: Matrix<{ K }, { 2 * WIDTH }>,
            z: RowVector<784>,
            #[param] w: Vector<K>,
        ) -> frobenius::Scalar {
            norm_sq(x) + norm_sq(y) + norm_sq(z) + norm_sq(w)
        }",
    );
    let shapes: Vec<String> = spec.arguments.iter().map(|argument| argument.shape.to_string()).collect();
    assert_eq!(shapes, ["Matrix<N, 3>", "Matrix<K, { 2 * WIDTH }>", "RowVector<784>", "Vector<K>"]);
    let constants: Vec<_> = spec.const_dims.iter().map(|(text, tokens)| (text.as_str(), tokens.to_string())).collect();
    assert_eq!(constants, [("{ 2 * WIDTH }", "2 * WIDTH".to_owned())]);
    assert_eq!(spec.generics.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["K"]);
    assert_eq!(spec.options.stream, Stream::Along(Symbol::new("N")));
    assert_eq!(spec.options.krate.to_token_stream().to_string(), "super :: inner");
}

/// Layers are written out: ten times as many are ten times as many nodes, and not much more than ten times the work.
#[test]
fn the_work_is_linear_in_the_number_of_layers() {
    let measure = |layers: usize| {
        let source = format!(
            "|fn deep(x: Matrix<N, K>, y: Matrix<N, K>, #[param] w: [Matrix<K, K>; {layers}], #[param] b: [RowVector<K>; {layers}]) -> Scalar {{
                let mut h = x;
                for i in 0..{layers} {{
                    let z = h * w[i] + b[i];
                    h = z * sigmoid(0.5) + tanh(z);
                }}
                norm_sq(h - y)
            }}"
        );
        let start = LOOKS.get();
        let (spec, graph, loss) = read(&source);
        let derived = derive(&spec, &graph, loss);
        assert!(derived.gradients.iter().all(|gradient| gradient.node.is_some()));
        (graph.len(), derived.graph.len(), LOOKS.get() - start)
    };
    let ((few_written, few_derived, short), (written, derived, long)) = (measure(40), measure(400));
    assert!(written < 10 * few_written + 50 && derived < 10 * few_derived + 50, "{written}, {derived} nodes");
    // Quadratic work would be a hundred times.
    assert!(long < 15 * short, "{short} looks at nodes for 40 layers, {long} for 400");
}

/// A function of the prelude is a spec without mistakes, apart from having no parameter.
#[test]
fn functions_of_the_prelude_are_sound() {
    for source in crate::prelude::FUNCTIONS {
        let mut mistakes = Mistakes::default();
        let (arguments, _) = source.split_once(" -> ").expect("a result");
        let (name, arguments) = arguments.trim_start_matches("fn ").split_once('(').expect("arguments");
        let arguments = arguments.trim_end_matches(')');
        let names: Vec<_> = arguments.split(", ").filter_map(|argument| argument.split_once(':')).collect();
        let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
        let call = format!("sum({name}({}))", names.join(", "));
        // Labels are data.
        let loss = format!("fn loss({arguments}, #[param] other: Scalar) -> Scalar {{ {call} + other }}");
        front(proc_macro2::TokenStream::new(), loss.parse().expect("tokens"), &mut mistakes)
            .unwrap_or_else(|| panic!("{loss}"));
        let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
        assert!(texts.is_empty(), "{source}: {texts:?}");
    }
}

#[test]
fn scalars_stand_for_any_operand_of_a_function() {
    check("sum(max(3, x))", 3.0 * 3.0 + 4.0 + 5.0 + 6.0);
    check("sum(clip(x, s, 5))", 2.0 + 2.0 + 3.0 + 4.0 + 5.0 + 5.0);
    check("sum(select(greater(x, s), x, -1))", -2.0 + 3.0 + 4.0 + 5.0 + 6.0);
    check("max(s, 1)", 2.0);
}

#[test]
fn operands_left_out_have_their_defaults() {
    check("sum(leaky_relu(-x)) + sum(leaky_relu(x, 3))", 21.0 - 0.21);
    check("sum(hardshrink(v / 4)) + sum(hardshrink(v, s - 1.5))", 0.0);
}
