//! The texts of STYLE.md, section 6, word for word, except where a later part of the language says more.

use crate::compile::front;

/// Asserts the texts of all mistakes in `source`, in the order of the source.
fn check(source: &str, expected: &[&str]) {
    let (attribute, item) = source.split_once(']').expect("an attribute");
    let arguments = attribute.trim_start_matches("#[loss").trim_matches(['(', ')']);
    let mut mistakes = crate::diagnostics::Mistakes::default();
    front(arguments.parse().expect("tokens"), item.parse().expect("tokens"), &mut mistakes);
    let found: Vec<String> = mistakes.sorted().into_iter().map(crate::diagnostics::Mistake::text).collect();
    assert_eq!(found.join("\n----\n"), expected.join("\n----\n"), "{source}");
}

#[test]
fn inner_dimensions() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<K, D>, #[param] a: Matrix<K, M>) -> Scalar {
            norm_sq(tanh(x * w) * a - y)
        }",
        &["cannot multiply `x * w`: `x` has `D` columns, but `w` has `K` rows

  x: Matrix<N, D>
  w: Matrix<K, D>

help: transpose the second factor: `x * w.t()`"],
    );
}

#[test]
fn different_shapes() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
            let h = tanh(x * w);
            norm_sq(h - y)
        }",
        &["cannot subtract `y` from `h`: `h` has `K` columns, but `y` has `M`

  h = tanh(x * w): Matrix<N, K>
  y:               Matrix<N, M>

help: `a: Matrix<K, M>` would fit in between: `h * a - y`"],
    );
}

#[test]
fn an_inequality_is_one_less_an_equality() {
    let source = |inequality: &str| {
        format!(
            "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, D>, #[param] w: Scalar) -> Scalar {{ w * sum({inequality}) }}"
        )
    };
    check(
        &source("x != y"),
        &["`!=` is not part of the language of losses

help: `1 - (a == b)` is 1 where they differ, and 0 elsewhere"],
    );
    check(&source("1 - (x == y)"), &[]);
}

#[test]
fn matrix_product_for_hadamard() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
            let e = x * w - y;
            sum(e * e)
        }",
        &["cannot multiply `e` by itself: it has `M` columns, but `N` rows

  e = x * w - y: Matrix<N, M>

help: `*` is the matrix product; elementwise it is `hadamard(e, e)`, whose sum is `norm_sq(e)`"],
    );
}

#[test]
fn matrix_product_for_hadamard_or_without_transpose() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, #[param] q: Matrix<D, K>, #[param] k: Matrix<D, K>) -> Scalar {
            norm_sq((x * q) * (x * k))
        }",
        &["cannot multiply `x * q * (x * k)`: `x * q` has `K` columns, but `x * k` has `N` rows

  x * q: Matrix<N, K>
  x * k: Matrix<N, K>

help: `*` is the matrix product; elementwise it is `hadamard(x * q, x * k)`, whose sum is `dot(x * q, x * k)`; of each row with each row it is `x * q * (x * k).t()`"],
    );
}

#[test]
fn broadcast_direction() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>, #[param] b: Vector<K>) -> Scalar {
            norm_sq(x * w + b - y)
        }",
        &["cannot add `b` to `x * w`: a Vector is added to every column, and these have `N` elements, not `K`

  x * w: Matrix<N, K>
  b:     Vector<K>

help: to add it to every row, declare `b: RowVector<K>`"],
    );
}

#[test]
fn loss_is_not_a_scalar() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar { x * w - y }",
        &["a loss is a Scalar, but this is a Matrix<N, M>

help: reduce it, for example `norm_sq(x * w - y)`"],
    );
}

#[test]
fn unknown_function() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
            norm_sq(tahn(x * w) - y)
        }",
        &["unknown function `tahn`\n\nhelp: did you mean `tanh`?"],
    );
}

#[test]
fn argument_count() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, m: Matrix<N, D>, #[param] w: Matrix<N, D>) -> Scalar {
            norm_sq(hadamard(m) - x + w)
        }",
        &["`hadamard` takes 2 arguments, but 1 was given

  hadamard(a: Matrix<R, C>, b: Matrix<R, C>) -> Matrix<R, C>"],
    );
}

#[test]
fn argument_count_with_defaults() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, #[param] w: Matrix<N, D>) -> Scalar { sum(elu(x, 1, w)) }",
        &["`elu` takes 2 arguments, but 3 were given

  elu(a: Matrix<R, C>, alpha: Scalar = 1.0) -> Matrix<R, C>"],
    );
}

#[test]
fn different_shapes_of_three() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<N, D>) -> Scalar { sum(clip(x, 0, y)) + sum(w) }",
        &["`clip` needs operands of one shape: `x` has `D` columns, but `y` has `M`

  x: Matrix<N, D>
  y: Matrix<N, M>

help: if `D` and `M` are always equal, give them one name"],
    );
}

#[test]
fn nothing_to_differentiate() {
    check(
        "#[loss] fn squared(x: Matrix<N, D>, y: Matrix<N, M>, w: Matrix<D, M>) -> Scalar { norm_sq(x * w - y) }",
        &["nothing to differentiate: no argument of `squared` is a `#[param]`

help: mark what is fitted, for example `#[param] w: Matrix<D, M>`"],
    );
}

#[test]
fn unused_parameter() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>, #[param] b: RowVector<M>) -> Scalar {
            norm_sq(x * w - y)
        }",
        &["the loss does not depend on the parameter `b`, so its gradient is always 0

help: use it, or remove the argument"],
    );
}

#[test]
fn not_square() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar { trace(x * w) }",
        &["`trace` needs a square matrix, but `x * w` is a Matrix<N, K>

  x: Matrix<N, D>
  w: Matrix<D, K>

help: if `N` and `K` are always equal, give them one name"],
    );
}

/// Three mistakes, three errors; that `e ^ 2` is called `sq(e)` here is the one difference to STYLE.md.
#[test]
fn not_in_the_language() {
    check(
        "#[loss] fn squared(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
            let mut total = 0.0;
            for i in 0..n {
                total += (x[i] * w - y[i]) ^ 2;
            }
            total
        }",
        &[
            "a loop runs over an array of arguments, from one written number to another, as in `0..49`, or over a size of data, as in `0..N`; found `0..n`

help: write whole matrices: the sum over the rows of `x` is `sum(...)` or `norm_sq(...)`",
            "`^` is not a power

help: `sq(e)` is the elementwise square, `norm_sq(e)` the sum of squares",
        ],
    );
}

#[test]
fn one_mistake_one_error() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<M, K>) -> Scalar {
            let h = tanh(x * W);
            norm_sq(h * a - y)
        }",
        &["unknown name `W`

  in scope: x, y, w, a

help: did you mean `w`?"],
    );
}

/// The cures of the mistakes in a loss of `x: Matrix<N, D>`, `k: Matrix<D, D>`, `t: Vector<N>`, `w: Vector<D>`.
fn cures(body: &str) -> Vec<Option<String>> {
    let item = format!(
        "fn f(x: Matrix<N, D>, k: Matrix<D, D>, t: Vector<N>, #[param] w: Vector<D>) -> Scalar {{
            let used = sum(x) + sum(k) + sum(t) + sum(w);
            used + {body}
        }}"
    );
    let mut mistakes = crate::diagnostics::Mistakes::default();
    front(proc_macro2::TokenStream::new(), item.parse().expect("tokens"), &mut mistakes);
    mistakes.sorted().into_iter().map(|mistake| mistake.help.clone()).collect()
}

/// A cure says what was meant: never the text that it replaces, another loss, or an unlike function.
#[test]
fn cures_say_what_was_meant() {
    for (body, replaced, expected) in [
        ("sum(t - t.t())", "t - t.t()", "`t * ones_like(t.t()) - ones_like(t) * t.t()`"),
        ("sum(t * x)", "t * x", "`scale_rows(t, x)`"),
        ("sum(diag(k))", "diag(k)", "`diagonal(k)`"),
        ("sum(if t > 1 { t } else { 0 })", "", "`select(t > 1, t, 0)`"),
        ("sum(2 * t ** 2)", "t ** 2", "`sq(t)`"),
        ("sum(t ** 3)", "t ** 3", "`pow(t, 3)`"),
        ("sum(-t ** (t + 1))", "t ** (t + 1)", "`pow(t, t + 1)`"),
        ("sum(t.powi(3))", "t.powi(3)", "`pow(t, 3)`"),
        ("sum(x[0])", "x[0]", "`x.rows(0..1)`"),
        ("logsumexp(x)", "logsumexp(x)", "`lse_rows(a)`"),
        ("sum(mean_rows(x))", "mean_rows(x)", "`row_means(a)`"),
        ("sum(np.exp(x))", "np.exp(x)", "`exp(...)`"),
        ("sum(F.log_softmax(x))", "F.log_softmax(x)", "`log_softmax_rows(a)`"),
        ("np.linalg.norm(x)", "np.linalg.norm(x)", "`norm(...)`"),
        ("torch.nn.functional.smooth_l1_loss(x, x)", "", "`sum(huber(a - b, 1))`"),
    ] {
        let found = cures(body);
        let [Some(cure)] = found.as_slice() else { panic!("{body}: {found:?}") };
        assert!(cure.contains(expected), "{body}: {cure}");
        assert!(!cure.contains(&format!("`{replaced}`")), "{body}: {cure}");
    }
}

/// The cures of the mistakes in a loss of these arguments.
fn cures_of(arguments: &str, body: &str) -> Vec<String> {
    let item = format!("fn f({arguments}) -> Scalar {{ {body} }}");
    let mut mistakes = crate::diagnostics::Mistakes::default();
    front(proc_macro2::TokenStream::new(), item.parse().expect("tokens"), &mut mistakes);
    mistakes.sorted().into_iter().map(|mistake| mistake.help.clone().unwrap_or(mistake.headline.clone())).collect()
}

#[test]
fn an_index_of_a_matrix_is_a_part_of_it() {
    let arguments = "#[param] w: Matrix<3, 4>, v: Vector<3>, r: RowVector<4>, s: Scalar, x: Matrix<N, 4>, y: Labels<N, 4>, l: Labels<M, 3>";
    for (indexed, expected) in [
        ("w[0]", "write `w.rows(0..1)`"),
        ("w[0, 1]", "write `w.rows(0..1).columns(1..2)`"),
        ("w[(0, 1)]", "write `w.rows(0..1).columns(1..2)`"),
        ("w[[0, 1]]", "write `w.rows(0..1).columns(1..2)`"),
        ("w[0][1]", "write `w.rows(0..1).columns(1..2)`"),
        ("(w + 1)[2]", "write `(w + 1).rows(2..3)`"),
        ("w[1..]", "write `w.rows(1..3)`"),
        ("w[.., 0..=1]", "write `w.columns(0..2)`"),
        ("w[3]", "`w` has 3 rows: there is no `.rows(3..4)`"),
        ("w[0, 4]", "`w` has 4 columns: there is no `.columns(4..5)`"),
        ("v[2]", "write `v.rows(2..3)`"),
        ("r[2]", "write `r.columns(2..3)`"),
        ("s[0]", "it is one number: write `s`"),
        ("x[5]", "where the number of rows is written out, it is `x.rows(5..6)`"),
        ("x[.., 1]", "write `x.columns(1..2)`"),
        ("x[y]", "of each row, the element that its label says is `pick(x, y)`"),
        ("x[.., y]", "of each row, the element that its label says is `pick(x, y)`"),
        ("w[l]", "the row of each label is `gather(w, l)`"),
        ("w[l, ..]", "the row of each label is `gather(w, l)`"),
        ("y[0]", super::labels::USES),
        (
            "w[s]",
            "rows and columns are taken by numbers that are written out, in `.rows(a..b)` and `.columns(a..b)`; the sum over all is `sum(...)`",
        ),
        (
            "w[i, j]",
            "rows and columns are taken by numbers that are written out, in `.rows(a..b)` and `.columns(a..b)`; the sum over all is `sum(...)`",
        ),
    ] {
        assert_eq!(cures_of(arguments, &format!("sum({indexed})")), [expected], "{indexed}");
    }
    for (indexed, expected) in [
        ("w[i]", "[RowVector<4>; 3]"),
        ("v[i]", "[Scalar; 3]"),
        ("r[i + 1]", "[Scalar; 4]"),
        ("x[i]", "[RowVector<4>; 3]"),
    ] {
        let body = format!("let mut a = 0; for i in 0..3 {{ a += sum({indexed}); }} a");
        let expected =
            format!("what a loop takes one by one is declared as an array of arguments, such as `{expected}`");
        assert_eq!(cures_of(arguments, &body), [expected], "{indexed}");
    }
}

/// A name in braces is a constant's; where it is also the size of data, a constant is not what was meant.
#[test]
fn sizes_of_run_time_are_no_constants() {
    check(
        "#[loss] fn f(#[param] w: Vector<{ N - 1 }>, y: Vector<N>) -> Scalar { sum(w) + sum(y) }",
        &["a size in braces is known when the loss is compiled, and `N` is a size that is known at run time

help: give this size a name of its own; or write `const N: usize` among the generics of the loss"],
    );
    check(
        "#[loss] fn f<const N: usize>(#[param] w: Vector<{ N - 1 }>, y: Vector<N>) -> Scalar { sum(w) + sum(y) }",
        &[],
    );
    check(
        "#[loss] fn f(#[param] w: Vector<{ sizes::N + N::LENGTH + S.N }>, y: Vector<N>) -> Scalar { sum(w) + sum(y) }",
        &[],
    );
}

/// Data that a formula leaves out cost nothing; a parameter that it leaves out is never fitted.
#[test]
fn elements_of_data_may_be_left_out() {
    check("#[loss] fn f(gap: [Scalar; 3], #[param] w: Scalar) -> Scalar { w * gap[1] }", &[]);
    check(
        "#[loss] fn f(gap: [Scalar; 3], #[param] w: Scalar) -> Scalar { sq(w) }",
        &["the argument `gap` is never used\n\nhelp: use it, or remove the argument"],
    );
    check(
        "#[loss] fn f(gap: [Scalar; 3], #[param] w: [Scalar; 2]) -> Scalar { w[1] * gap[1] }",
        &[
            "the loss does not depend on the parameter `w[0]`, so its gradient is always 0\n\nhelp: use it, or remove the argument",
        ],
    );
}

/// Each value is to be used, also where another one has its name.
#[test]
fn hidden_values_are_to_be_used() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar { let x = w; let y = x; let y = tanh(x); sum(y) }",
        &[
            "the argument `x` is never used\n\nhelp: use it, or remove the argument",
            "`y` is never used\n\nhelp: use it, or remove the `let`",
        ],
    );
    check(
        "#[loss] fn f(x: Vector<N>, #[param] w: Scalar) -> Scalar { let h = |z| { let z = 1; z + w }; sum(h(x)) }",
        &["the argument `z` of `h` is never used\n\nhelp: use it, or remove it"],
    );
}

#[test]
fn what_a_function_made_is_summed() {
    check(
        "#[loss] fn f(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar { sq(x * w - y) }",
        &["a loss is a Scalar, but this is a Vector<N>

help: reduce it, for example `sum(sq(x * w - y))`"],
    );
}

#[test]
fn nothing_is_suggested_for_an_unlike_function() {
    for name in ["sort", "prod", "median"] {
        let found = cures(&format!("sum({name}(x))"));
        let [Some(cure)] = found.as_slice() else { panic!("{name}: {found:?}") };
        assert!(!cure.contains("did you mean"), "{name}: {cure}");
    }
    let own = "a function of your own is a `#[function]` that the loss names: `#[loss(with(attend))]`";
    assert_eq!(cures("sum(attend(x))"), [Some(own.to_owned())]);
}

/// In a closure, its own names come first, also in an index.
#[test]
fn elements_in_closures() {
    for (argument, index, expected) in [
        ("i", "i", "an index is a whole number or the variable of a loop, as in `w[3]` or `w[i + 1]`; found `i`"),
        ("z", "4", "`w` has no element 4: its 4 elements are 0 to 3"),
        ("w", "0", "apply it to whole matrices, outside of `h`"),
    ] {
        let arguments = "x: Vector<N>, #[param] w: [Scalar; 4]";
        let body = format!(
            "let mut a = 0; for i in 0..4 {{ let h = |{argument}| {argument} * w[{index}]; a += sum(h(x)); }} a"
        );
        assert_eq!(cures_of(arguments, &body), [expected], "{body}");
    }
    assert_eq!(
        cures_of("x: Vector<N>, #[param] w: Scalar", "let h = |z| z * w * q[1]; sum(h(x))"),
        ["unknown name `q`"]
    );
}
