//! Golden files: five losses after every stage, in `tests/golden`. They show what a change does to what the compiler makes, and
//! are a tour of it. `FROBENIUS_BLESS=1 cargo test -p frobenius-compiler golden` writes them.

use std::path::Path;

use proc_macro2::TokenStream;

use super::dump;
use crate::compile::{self, front, plans};
use crate::derive::derive;
use crate::diagnostics::Mistakes;

const LOSSES: [(&str, &str); 5] = [
    (
        "two_layer",
        "fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
            let h = tanh(x * w);
            let e = h * a - y;
            norm_sq(e)
        }",
    ),
    (
        "logistic",
        "fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
            let z = x * w + b;
            sum(softplus(z) - hadamard(y, z)) / rows(x)
        }",
    ),
    (
        "softmax",
        "fn softmax(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
            mean(cross_entropy(x * w + b, y)) + 0.01 * norm_sq(w)
        }",
    ),
    // The mean has to be there before the first deviation can be: two passes over the rows.
    (
        "spread",
        "fn spread(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
            let z = tanh(x * w);
            sum(ln(1 + column_variances(z)))
        }",
    ),
    // A state that a product mixes: each step is a program.
    (
        "elman",
        "fn elman(x: Matrix<T, D>, y: Matrix<T, M>, #[param] w: Matrix<D, K>, #[param] u: Matrix<K, K>, #[param] v: Matrix<K, M>) -> Scalar {
            let mut h = zeros(1, K);
            let mut l = 0;
            for t in 0..T {
                h = tanh(x[t] * w + h * u);
                l += norm_sq(h * v - y[t]);
            }
            l
        }",
    ),
];

/// The loss after each stage: the name of the file, and its text.
fn stages(source: &str) -> [(&'static str, String); 5] {
    let item: TokenStream = source.parse().expect("tokens");
    let (spec, written, loss) = front(TokenStream::new(), item.clone(), &mut Mistakes::default()).expect("no mistakes");
    let derived = derive(&spec, &written, loss);
    let gradients =
        derived.gradients.iter().map(|it| (format!("gradient in {}", spec.arguments[it.argument].label()), it.node));
    let roots: Vec<_> = [("loss".to_owned(), Some(derived.loss))].into_iter().chain(gradients).collect();
    let planned = plans(&spec, &derived);
    let planned = planned.last().expect("the program of the gradient");
    [
        ("1-spec.txt", dump::spec(&spec)),
        ("2-graph.txt", dump::graph(&written, &[("loss".to_owned(), Some(loss))])),
        ("3-gradient.txt", dump::graph(&derived.graph, &roots)),
        ("4-program.txt", format!("{}\n{}", dump::graph(&planned.graph, &[]), dump::program(planned))),
        ("5-expansion.rs", dump::rust(compile::compile(TokenStream::new(), item))),
    ]
}

#[test]
fn each_stage_makes_what_its_golden_file_says() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let bless = std::env::var_os("FROBENIUS_BLESS").is_some();
    let mut others = Vec::new();
    for (name, source) in LOSSES {
        for (stage, text) in stages(source) {
            let path = all.join(name).join(stage);
            if bless {
                std::fs::create_dir_all(all.join(name)).expect("a folder");
                std::fs::write(&path, &text).expect("a file");
            }
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            let first = golden.lines().zip(text.lines()).position(|(golden, made)| golden != made);
            if golden != text {
                let line = first.unwrap_or(golden.lines().count().min(text.lines().count()));
                let made = text.lines().nth(line).unwrap_or_default();
                others.push(format!("{name}/{stage}:{}: now `{}`", line + 1, made.trim()));
            }
        }
    }
    assert!(others.is_empty(), "{}\nFROBENIUS_BLESS=1 writes tests/golden anew", others.join("\n"));
}
