//! Loops over sizes against the same loops written out by hand, in value, gradient and Hessian.
#![expect(clippy::cast_precision_loss, reason = "sizes of tests are small")]

use crate::reference::Reference;

/// Numbers between 0.1 and 0.9.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| 0.1 + 0.8 * ((i * 7919 + seed * 104_729) % 997) as f64 / 997.0).collect()
}

/// Compares value and gradient of `source` with `expected`, a function of all elements of its arguments, and the gradient with central
/// differences of it; and the Hessian with differences of the gradient.
fn check(source: &str, sizes: &[(&str, usize)], expected: impl Fn(&[Vec<f64>]) -> f64) {
    let reference = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let count = |i: usize| {
        let (rows, columns) = reference.shape(i, sizes);
        rows * columns
    };
    let inputs: Vec<Vec<f64>> = (0..reference.arguments().len()).map(|i| numbers(count(i), i + 1)).collect();
    let found = reference.evaluate(sizes, &inputs);
    let value = expected(&inputs);
    assert!((found.value - value).abs() <= 1e-12 * (1.0 + value.abs()), "{source}\n{sizes:?}: {} {value}", found.value);
    let dual = reference.by_dual_numbers(sizes, &inputs);
    assert!((dual.value - value).abs() <= 1e-12 * (1.0 + value.abs()), "{sizes:?}: {} {value}", dual.value);
    for (own, other) in found.gradients.iter().flatten().zip(dual.gradients.iter().flatten()) {
        assert!((own - other).abs() <= 1e-10 * (1.0 + other.abs()), "{source}\n{sizes:?}: {found:?} {dual:?}");
    }
    let direction: Vec<Vec<f64>> =
        reference.parameters().into_iter().map(|i| numbers(inputs[i].len(), i + 50)).collect();
    let along = reference.along(sizes, &inputs, &direction);
    let by_duals = reference.along_by_dual_numbers(sizes, &inputs, &direction);
    assert!((along.slope - by_duals.slope).abs() <= 1e-10 * (1.0 + by_duals.slope.abs()), "{along:?} {by_duals:?}");
    for (own, other) in along.product.iter().flatten().zip(by_duals.product.iter().flatten()) {
        assert!((own - other).abs() <= 1e-9 * (1.0 + other.abs()), "{source}\n{sizes:?}: {along:?} {by_duals:?}");
    }
}

#[test]
fn garch_is_its_loop() {
    let source =
        "fn garch(y: Vector<T>, #[param] omega: Scalar, #[param] alpha: Scalar, #[param] beta: Scalar) -> Scalar {
        let mut h = omega / (3 - alpha - beta);
        let mut l = 0;
        for t in 0..T {
            l += 0.5 * (ln(h) + sq(y[t]) / h);
            h = omega + alpha * sq(y[t]) + beta * h;
        }
        l
    }";
    for steps in [0, 1, 2, 7] {
        check(source, &[("T", steps)], |inputs| {
            let [y, omega, alpha, beta] = inputs else { unreachable!() };
            let (omega, alpha, beta) = (omega[0], alpha[0], beta[0]);
            let (mut h, mut l) = (omega / (3.0 - alpha - beta), 0.0);
            for y in y {
                l += 0.5 * (h.ln() + y * y / h);
                h = omega + alpha * y * y + beta * h;
            }
            l
        });
    }
}

/// Sizes of loops that begin, end or turn over something.
const STEPS: [usize; 5] = [0, 1, 2, 3, 9];

#[test]
fn two_states_that_need_each_other_are_one_recurrence() {
    // Holt's linear trend, with the one-step-ahead errors.
    let source =
        "fn holt(y: Vector<T>, #[param] alpha: Scalar, #[param] beta: Scalar, #[param] start: Scalar) -> Scalar {
        let mut level = start;
        let mut trend = 0.1 * start;
        let mut l = 0;
        for t in 0..T {
            let ahead = level + trend;
            l += sq(y[t] - ahead);
            let new = ahead + alpha * (y[t] - ahead);
            trend = trend + beta * (new - level - trend);
            level = new;
        }
        l + 0.3 * level * trend
    }";
    for steps in STEPS {
        check(source, &[("T", steps)], |inputs| {
            let [y, alpha, beta, start] = inputs else { unreachable!() };
            let (alpha, beta, start) = (alpha[0], beta[0], start[0]);
            let (mut level, mut trend, mut l) = (start, 0.1 * start, 0.0);
            for y in y {
                let ahead = level + trend;
                l += (y - ahead) * (y - ahead);
                let new = ahead + alpha * (y - ahead);
                trend += beta * (new - level - trend);
                level = new;
            }
            l + 0.3 * level * trend
        });
    }
}

#[test]
fn rows_before_and_after_the_step_are_read() {
    // An autoregression of order 2 with moving averages, whose errors feed back.
    let source = "fn arma(y: Vector<T>, #[param] a: Scalar, #[param] b: Scalar, #[param] c: Scalar) -> Scalar {
        let mut e = 0;
        let mut l = 0;
        for t in 2..T {
            e = y[t] - a * y[t - 1] - b * y[t - 2] - c * tanh(e);
            l += sq(e) + 0.01 * t * e;
        }
        for t in 0..T - 1 {
            l += 0.1 * a * y[t + 1] * y[t];
        }
        l
    }";
    for steps in STEPS {
        check(source, &[("T", steps)], |inputs| {
            let [y, a, b, c] = inputs else { unreachable!() };
            let (a, b, c) = (a[0], b[0], c[0]);
            let (mut e, mut l) = (0.0_f64, 0.0);
            for t in 2..y.len().max(2) {
                e = y[t] - a * y[t - 1] - b * y[t - 2] - c * e.tanh();
                l += e * e + 0.01 * t as f64 * e;
            }
            for t in 1..y.len() {
                l += 0.1 * a * y[t] * y[t - 1];
            }
            l
        });
    }
}

#[test]
fn states_may_be_rows_and_columns() {
    // Cards side by side: a memory of each, with shared and own parameters, seen at some reviews.
    let source = "fn cards(gap: Matrix<T, N>, seen: Matrix<T, N>, #[param] ease: RowVector<N>, #[param] gain: Scalar, #[param] own: Vector<N>) -> Scalar {
        let mut s = exp(ease);
        let mut v = 0.5 * own;
        let mut l = 0;
        for t in 0..T {
            let p = exp(-gap[t] / s);
            l += dot(seen[t], p);
            s = select(seen[t] > 0.5, hadamard(s, 1 + gain * (1 - p)), 0.5 * s);
            v = v * 0.9 + own * gain;
        }
        l + sum(v) + sum(s)
    }";
    for (steps, cards) in [(0, 3), (1, 1), (2, 5), (9, 4)] {
        check(source, &[("T", steps), ("N", cards)], |inputs| {
            let [gap, seen, ease, gain, own] = inputs else { unreachable!() };
            let mut total = 0.0;
            for n in 0..cards {
                let (mut s, mut v) = (ease[n].exp(), 0.5 * own[n]);
                for t in 0..steps {
                    let (gap, seen) = (gap[t * cards + n], seen[t * cards + n]);
                    let p = (-gap / s).exp();
                    total += seen * p;
                    s = if seen > 0.5 { s * (1.0 + gain[0] * (1.0 - p)) } else { 0.5 * s };
                    v = v * 0.9 + own[n] * gain[0];
                }
                total += v + s;
            }
            total
        });
    }
}

#[test]
fn products_that_do_not_feed_back_are_taken_of_all_steps() {
    let source = "fn mixed(x: Matrix<T, D>, y: Vector<T>, #[param] w: Matrix<D, K>, #[param] v: Vector<K>) -> Scalar {
        let mut h = 0 * v.t();
        let mut l = 0;
        let mut total = 0 * v;
        for t in 0..T {
            h = 0.5 * h + tanh(x[t] * w);
            l += sq(y[t] - h * v);
            total += h.t();
        }
        l + norm_sq(total)
    }";
    for steps in STEPS {
        check(source, &[("T", steps), ("D", 2), ("K", 3)], |inputs| {
            let [x, y, w, v] = inputs else { unreachable!() };
            let (mut h, mut l, mut total) = ([0.0; 3], 0.0, [0.0; 3]);
            for t in 0..steps {
                for k in 0..3 {
                    h[k] = 0.5 * h[k] + (x[2 * t] * w[k] + x[2 * t + 1] * w[3 + k]).tanh();
                    total[k] += h[k];
                }
                let error = y[t] - (0..3).map(|k| h[k] * v[k]).sum::<f64>();
                l += error * error;
            }
            l + total.iter().map(|x| x * x).sum::<f64>()
        });
    }
}

#[test]
fn a_state_may_keep_what_another_one_was() {
    // `k` needs `h`, which needs itself, and is assigned before it.
    let source = "fn kept(y: Vector<T>, #[param] a: Scalar) -> Scalar {
        let mut h = a;
        let mut k = 2 * a;
        let mut l = 0;
        for t in 0..T {
            l += h * k;
            k = sin(h);
            h = 0.5 * h + a * y[t];
        }
        l + k
    }";
    for steps in STEPS {
        check(source, &[("T", steps)], |inputs| {
            let [y, a] = inputs else { unreachable!() };
            let (mut h, mut k, mut l) = (a[0], 2.0 * a[0], 0.0);
            for y in y {
                l += h * k;
                k = h.sin();
                h = 0.5 * h + a[0] * y;
            }
            l + k
        });
    }
}

#[test]
fn formulas_are_those_of_textbooks() {
    let source = "fn smooth(y: Vector<T>, #[param] a: Scalar, #[param] s: Scalar) -> Scalar {
        let mut h = s;
        let mut l = 0;
        for t in 0..T {
            l += sq(y[t] - h);
            h = a * h + y[t];
        }
        l
    }";
    let printed = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}")).printed(&[]);
    assert!(printed.formula.contains("(hₜ₊₁ = a hₜ + yₜ, h₀ = s)"), "{}", printed.formula);
    let gradients: String = printed.gradients.iter().map(|(_, text)| text.as_str()).collect();
    assert!(gradients.contains("λ_T = 0)"), "{gradients}");
}

#[test]
fn formulas_of_steps_have_their_names() {
    let source = "fn mixed(x: Matrix<T, K>, #[param] u: Matrix<K, K>, #[param] s: RowVector<K>) -> Scalar {
        let mut h = s;
        for t in 0..T {
            let gate = sigmoid(h * u);
            h = hadamard(gate, x[t] - h) + h;
        }
        norm_sq(h)
    }";
    let printed = Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}")).printed(&[]);
    let expected = "(gateₜ = σ(hₜ U), hₜ₊₁ = gateₜ ⊙ (Xₜ − hₜ) + hₜ, h₀ = s)";
    assert!(printed.formula.contains(expected), "{}", printed.formula);
    let (_, gradient) = &printed.gradients[0];
    let expected =
        "(gateₜ = σ(hₜ U), δₜ = λₜ₊₁ ⊙ (Xₜ − hₜ) ⊙ gateₜ ⊙ σ(−hₜ U), λₜ = λₜ₊₁ − λₜ₊₁ ⊙ gateₜ + δₜ Uᵀ, λ_T = 2 h₁)";
    assert!(gradient.contains(expected), "{gradient}");
}

/// A product of a row and a matrix, which has `columns` columns.
fn row_times(row: &[f64], matrix: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).map(|j| row.iter().enumerate().map(|(i, x)| x * matrix[i * columns + j]).sum()).collect()
}

#[test]
fn states_are_mixed_by_products() {
    // An Elman network, which reads its state before and after the step.
    let source = "fn elman(x: Matrix<T, D>, y: Matrix<T, M>, #[param] w: Matrix<D, K>, #[param] u: Matrix<K, K>,
        #[param] b: RowVector<K>, #[param] v: Matrix<K, M>) -> Scalar {
        let mut h = 0.3 * b;
        let mut l = 0;
        for t in 0..T {
            let before = h;
            h = tanh(x[t] * w + h * u + b);
            l += norm_sq(h * v - y[t]) + 0.1 * dot(before, h);
        }
        l + 0.2 * norm_sq(h)
    }";
    for steps in STEPS {
        check(source, &[("T", steps), ("D", 2), ("M", 2), ("K", 3)], |inputs| {
            let [x, y, w, u, b, v] = inputs else { unreachable!() };
            let mut h: Vec<f64> = b.iter().map(|b| 0.3 * b).collect();
            let mut l = 0.0;
            for t in 0..steps {
                let (own, back) = (row_times(&x[2 * t..2 * t + 2], w, 3), row_times(&h, u, 3));
                let new: Vec<f64> = (0..3).map(|j| (own[j] + back[j] + b[j]).tanh()).collect();
                let out = row_times(&new, v, 2);
                l += (0..2).map(|j| (out[j] - y[2 * t + j]).powi(2)).sum::<f64>();
                l += 0.1 * h.iter().zip(&new).map(|(a, b)| a * b).sum::<f64>();
                h = new;
            }
            l + 0.2 * h.iter().map(|h| h * h).sum::<f64>()
        });
    }
}

#[test]
fn columns_are_mixed_by_products() {
    let source =
        "fn linear(x: Matrix<T, K>, #[param] a: Matrix<K, K>, #[param] s: Vector<K>, #[param] c: Vector<K>) -> Scalar {
        let mut h = s;
        let mut l = 0;
        for t in 0..T {
            h = a * h + x[t].t();
            l += dot(c, h) + sum(h) * t;
        }
        l
    }";
    for steps in STEPS {
        check(source, &[("T", steps), ("K", 3)], |inputs| {
            let [x, a, s, c] = inputs else { unreachable!() };
            let mut h = s.clone();
            let mut l = 0.0;
            for t in 0..steps {
                h = (0..3).map(|i| (0..3).map(|j| a[3 * i + j] * h[j]).sum::<f64>() + x[3 * t + i]).collect();
                l += (0..3).map(|i| h[i] * (c[i] + t as f64)).sum::<f64>();
            }
            l
        });
    }
}

#[test]
fn matrices_are_states() {
    // Covariances of a filter, whose likelihood is added up where they are.
    let source = "fn filter(y: Matrix<T, 2>, #[param] f: Matrix<3, 3>, #[param] h: Matrix<2, 3>, #[param] q: Vector<3>,
        #[param] r: Vector<2>, #[param] start: Vector<3>) -> Scalar {
        let mut x = start;
        let mut p = diag(q);
        let mut l = 0;
        for t in 0..T {
            let x_ahead = f * x;
            let p_ahead = f * p * f.t() + diag(q);
            let s = h * p_ahead * h.t() + diag(r);
            let e = y[t].t() - h * x_ahead;
            let gain = p_ahead * h.t() * inverse(s);
            l += logdet(s) + dot(e, solve(s, e));
            x = x_ahead + gain * e;
            p = p_ahead - gain * h * p_ahead;
        }
        l
    }";
    let product = |a: &[f64], b: &[f64], inner: usize| -> Vec<f64> {
        let (rows, columns) = (a.len() / inner, b.len() / inner);
        let at = |i: usize, j: usize| (0..inner).map(|k| a[i * inner + k] * b[k * columns + j]).sum();
        (0..rows * columns).map(|n| at(n / columns, n % columns)).collect()
    };
    let transposed = |a: &[f64], columns: usize| -> Vec<f64> {
        let rows = a.len() / columns;
        (0..a.len()).map(|n| a[(n % rows) * columns + n / rows]).collect()
    };
    for steps in STEPS {
        check(source, &[("T", steps)], |inputs| {
            let [y, f, h, q, r, start] = inputs else { unreachable!() };
            let diag = |v: &[f64]| -> Vec<f64> {
                let n = v.len();
                (0..n * n).map(|k| if k / n == k % n { v[k / n] } else { 0.0 }).collect()
            };
            let add =
                |a: &[f64], b: &[f64], sign: f64| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a + sign * b).collect() };
            let (mut x, mut p, mut l) = (start.clone(), diag(q), 0.0);
            for t in 0..steps {
                let x_ahead = product(f, &x, 3);
                let p_ahead = add(&product(&product(f, &p, 3), &transposed(f, 3), 3), &diag(q), 1.0);
                let to = product(&p_ahead, &transposed(h, 3), 3);
                let s = add(&product(h, &to, 3), &diag(r), 1.0);
                let e = add(&y[2 * t..2 * t + 2], &product(h, &x_ahead, 3), -1.0);
                let det = s[0] * s[3] - s[1] * s[2];
                let inverse = [s[3] / det, -s[1] / det, -s[2] / det, s[0] / det];
                let gain = product(&to, &inverse, 2);
                let solved = product(&inverse, &e, 2);
                l += det.ln() + e[0] * solved[0] + e[1] * solved[1];
                x = add(&x_ahead, &product(&gain, &e, 2), 1.0);
                p = add(&p_ahead, &product(&product(&gain, h, 2), &p_ahead, 3), -1.0);
            }
            l
        });
    }
}

#[test]
fn equal_loops_of_two_losses_keep_their_names() {
    for state in ["h", "level"] {
        for step in [format!("0.5 * {state} + y[t]"), format!("tanh({state} * u) + y[t]")] {
            let source = format!(
                "fn named(y: Matrix<T, 2>, #[param] s: RowVector<2>, #[param] u: Matrix<2, 2>) -> Scalar {{
                    let mut {state} = s;
                    for t in 0..T {{
                        {state} = {step};
                    }}
                    sum({state}) + sum(u)
                }}"
            );
            let printed = Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{mistakes}")).printed(&[]);
            assert!(printed.formula.contains(&format!("{state}ₜ₊₁ = ")), "{}", printed.formula);
        }
    }
}
