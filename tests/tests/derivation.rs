//! Is the derivation what a person would write? Do losses that are the same print the same?

use frobenius::prelude::*;

#[loss]
fn seed(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let e = tanh(x * w) * a - y;
    norm_sq(e)
}

#[test]
fn the_seed_is_derived_in_frobenius_products() {
    let lines = [
        "dL = 2 ⟨dE, E⟩                          [L = ‖E‖²]",
        "   = 2 E : dE                           [d(A : B) = B : dA + A : dB]",
        "2 E : dE = 2 E : (dH A + H dA)          [E = H A − Y]",
        "         = 2 E Aᵀ : dH + 2 Hᵀ E : dA    [G : A B = G Bᵀ : A, G : A B = Aᵀ G : B]",
        "2 E Aᵀ : dH = 2 E Aᵀ : (X dW ⊙ H′)      [H = tanh(X W), H′ = 1 − H ⊙ H]",
        "         = 2 Xᵀ (E Aᵀ ⊙ H′) : dW        [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : A B = Aᵀ G : B]",
        "⇒ dL/dW = 2 Xᵀ (E Aᵀ ⊙ H′)",
        "⇒ dL/dA = 2 Hᵀ E",
    ];
    assert_eq!(seed::DERIVATION, lines.join("\n"));
    assert_eq!(seed::FORMULA, "‖E‖²  where H = tanh(X W), E = H A − Y");
    assert_eq!(seed::GRADIENTS[0].1, "2 Xᵀ (E Aᵀ ⊙ H′)  where H = tanh(X W), H′ = 1 − H ⊙ H, E = H A − Y");
    assert_eq!(
        seed::GRADIENTS_LATEX[1].1,
        r"2 H^{\top} E \quad\text{where}\quad H = \operatorname{tanh} \left( X W \right) , E = H A - Y"
    );
    assert!(
        seed::DERIVATION_LATEX.contains(r"2 E : \mathrm{d}E &= 2 E : \left( \mathrm{d}H A + H \mathrm{d}A \right)")
    );
    assert!(seed::HTML.contains("<msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup>"), "{}", seed::HTML);
}

/// Logistic regression, and all that it can compute beyond the gradient.
#[loss(jvp, hvp, ggn = z, line_search, sample_norms, data_gradient(x))]
fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    sum(softplus(z) - hadamard(y, z))
}

#[test]
fn what_is_beyond_the_gradient_is_derived() {
    let slope = [
        "dz = X v_w                 [z = X w]",
        "dh = dz ⊙ h′               [h = softplus(z), h′ = σ(z)]",
        "⇒ dL = sum(dh − dz ⊙ y)",
    ];
    let product =
        ["dz = X v_w            [z = X w]", "dh = dz ⊙ h′          [h = σ(z), h′ = σ(−z) ⊙ h]", "⇒ d(dL/dw) = Xᵀ dh"];
    let line = [
        "⇒ L(t1) = sum(softplus(g) − g ⊙ y)    [W + t V for W, z = X w, g = t1 X v_w + z]",
        "⇒ dL/dt1 = sum((σ(g) − y) ⊙ X v_w)",
    ];
    assert_eq!(logistic::SLOPE_DERIVATION, slope.join("\n"));
    assert_eq!(logistic::HVP_DERIVATION, product.join("\n"));
    assert_eq!(logistic::GGN_DERIVATION, "⇒ GGN_w = Xᵀ (X v_w ⊙ σ(−z) ⊙ σ(z))    [M′ᵀ h″ M′ V for h(M(W)), z = X w]");
    assert_eq!(logistic::LINE_SEARCH_DERIVATION, line.join("\n"));
    assert_eq!(
        logistic::SAMPLE_NORMS_DERIVATION,
        "⇒ norms = √((σ(z) − y)⊙² ⊙ (X ⊙ X) 1)    [‖u vᵀ‖ = ‖u‖ ‖v‖, z = X w]"
    );
    assert!(
        logistic::DATA_GRADIENT_DERIVATION.ends_with("⇒ dL/dX = (h′ − y) wᵀ"),
        "{}",
        logistic::DATA_GRADIENT_DERIVATION
    );
    assert!(
        logistic::HVP_DERIVATION_LATEX.contains(r"\mathrm{d}h &= \mathrm{d}z \odot h'"),
        "{}",
        logistic::HVP_DERIVATION_LATEX
    );
}

#[test]
fn shapes_and_costs_are_told() {
    let shapes = [
        ("x", "Matrix<N, D>", "data"),
        ("y", "Matrix<N, M>", "data"),
        ("w", "Matrix<D, K>", "parameter"),
        ("a", "Matrix<K, M>", "parameter"),
        ("H", "Matrix<N, K>", "tanh(X W)"),
        ("E", "Matrix<N, M>", "H A − Y"),
        ("H′", "Matrix<N, K>", "1 − H ⊙ H"),
    ];
    let schedule = [
        "One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Of each block: X W, H, E, E Aᵀ ⊙ H′.",
        "Summed over the blocks: Hᵀ E, Xᵀ (E Aᵀ ⊙ H′).",
        "4 D K N + 6 K M N + D K + K M + 34 K N + 2 M N floating-point operations; 2 D K N + 2 K M N + 25 K N + 2 M N for the \
         value alone.",
        "2 D K + D N + 2 K M + M N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    assert_eq!(seed::SHAPES, shapes);
    assert_eq!(seed::SCHEDULE, schedule);
    let softplus = "`softplus`: max(a, 0) + log1p(exp(−|a|)): finite and exact on both sides.";
    assert_eq!(logistic::ASSUMPTIONS, [softplus]);
}

/// Each pair is one loss, written in two ways: all that is printed is the same.
macro_rules! same {
    ($($test:ident: $one:expr, $other:expr;)*) => {$(
        mod $test {
            use super::*;

            #[loss]
            fn one(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
                $one
            }

            #[loss]
            fn other(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
                $other
            }

            #[test]
            fn is_printed_the_same() {
                assert_eq!(one::FORMULA, other::FORMULA);
                assert_eq!(one::GRADIENTS, other::GRADIENTS);
                assert_eq!(one::DERIVATION, other::DERIVATION);
                assert_eq!(one::DERIVATION_LATEX, other::DERIVATION_LATEX);
            }
        }
    )*};
}

same! {
    a_trace_and_a_norm: trace((x * w - y).t() * (x * w - y)), norm_sq(x * w - y);
    a_formula_and_its_function: sum(ln(1 + exp(x * w - y))), sum(softplus(x * w - y));
    transposes: norm_sq((w.t() * x.t()).t() - y), norm_sq(x * w - y);
    a_ratio: sum(sq(x * w - y) / 2), 0.5 * norm_sq(x * w - y);
    summands: norm_sq(x * w - y) + 0.1 * norm_sq(w), 0.1 * norm_sq(w) + norm_sq(x * w - y);
    summands_of_summands: sum(tanh(x * w + (y + 1))), sum(tanh(1 + (y + x * w)));
    factors: dot(y, x * w), sum(hadamard(x * w, y));
    three_factors: sum(hadamard(hadamard(y, tanh(x * w)), x * w)), sum(hadamard(tanh(x * w), hadamard(x * w, y)));
    signs: norm_sq(y - x * w), norm_sq(x * w - y);
    signs_of_functions: sum(abs(y - x * w)) + sum(cos(y)), sum(cos(-y)) + sum(abs(x * w - y));
    signs_outside: -dot(y, y - x * w), dot(x * w - y, y);
    like_terms: norm_sq(x * w + y + y), norm_sq(2 * y + x * w);
    numbers: 2 * (0.5 * norm_sq(w)) + dot(y, x * w) / 4, 0.25 * dot(x * w, y) + norm_sq(w);
    functions_in_another_order: dot(tanh(x * w), y) + sum(sin(x * w)) + norm_sq(tanh(x * w)),
        norm_sq(tanh(x * w)) + (sum(sin(x * w)) + dot(y, tanh(x * w)));
    quotients: sum((x * w) / 3 / sum(y)), sum(x * w) / (3 * sum(y));
}

#[loss]
fn with_a_norm(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    norm(x * w - y)
}

#[test]
fn quotients_end_where_they_end() {
    assert_eq!(with_a_norm::GRADIENTS[0].1, "(1 / ‖X W − Y‖) Xᵀ (X W − Y)");
}

/// Names of one's own that a derivation has for something else.
#[loss]
fn with_other_names(x: Matrix<N, D>, dw: Matrix<D, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let l = x * (w - dw);
    norm_sq(l)
}

#[test]
fn names_stay_apart() {
    assert_eq!(with_other_names::FORMULA, "‖l‖²  where l = X (W − Dw)");
    assert!(
        with_other_names::DERIVATION.ends_with("= 2 Xᵀ l : δW    [G : A B = Aᵀ G : B]\n⇒ dL/δW = 2 Xᵀ l"),
        "{}",
        with_other_names::DERIVATION
    );
}
