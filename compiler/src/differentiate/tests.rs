//! Tangents of every operation, alone and in gradients, against dual numbers.

use crate::reference::Reference;

/// Numbers in (0.2, 1.2) of a linear congruence.
fn numbers(count: usize, seed: &mut u32) -> Vec<f64> {
    let next = |_| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.2 + f64::from(*seed) / f64::from(u32::MAX)
    };
    (0..count).map(next).collect()
}

/// The slope and the product with the Hessian of a loss of `w: Matrix<N, K>`, `s: Matrix<K, K>`, `v: Vector<N>` and labels.
fn compare(expression: &str) -> Result<(), String> {
    let mut source = "fn f(".to_owned();
    let arguments = [
        ("w", "#[param] w: Matrix<N, K>"),
        ("s", "#[param] s: Matrix<K, K>"),
        ("v", "#[param] v: Vector<N>"),
        ("x", "x: Matrix<N, D>"),
        ("u", "#[param] u: Matrix<D, K>"),
        ("y", "y: Labels<N, K>"),
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
