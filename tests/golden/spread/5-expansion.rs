///
///# The loss and its gradient
///
///```text
///L = sum(log1p((1 / N) 1ᵀ (G ⊙ G)))  where Z = tanh(X W), G = Z − (1 / N) 1 1ᵀ Z
///dL/dW = (2 / N) Xᵀ ((G − (1 / N) 1 1ᵀ G) ⊙ Z′) diag(1 ⊘ ((1 / N) 1ᵀ (G ⊙ G) + 1))  where Z = tanh(X W), Z′ = 1 − Z ⊙ Z, G = Z − (1 / N) 1 1ᵀ Z
///```
///
///# The derivation
///
///A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.
///
///```text
///dL = sum(dh)                                              [L = sum(h)]
///sum(dh) = sum((2 / N) (1ᵀ ((dZ − (1 / N) 1 1ᵀ dZ) ⊙ G) ⊘ (g + 1)))    [h = log1p(g), G = Z − (1 / N) 1 1ᵀ Z, g = (1 / N) 1ᵀ (G ⊙ G)]
///        = (2 / N) G₁ diag(1 ⊘ (g + 1)) : dZ               [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : (A ⊙ B) = (G ⊙ B) : A, g : 1ᵀ A = 1 g : A, G : (a 1ᵀ) = G 1 : a, G₁ = G − (1 / N) 1 1ᵀ G]
///(2 / N) G₁ diag(1 ⊘ (g + 1)) : dZ = (2 / N) G₁ diag(1 ⊘ (g + 1)) : (X dW ⊙ Z′)    [Z = tanh(X W), Z′ = 1 − Z ⊙ Z]
///         = (2 / N) Xᵀ (G₁ ⊙ Z′) diag(1 ⊘ (g + 1)) : dW    [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : A B = Aᵀ G : B]
///⇒ dL/dW = (2 / N) Xᵀ (G₁ ⊙ Z′) diag(1 ⊘ (g + 1))
///```
///
///# How it is computed
///
///4 passes over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.
///
///Of each block: (2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′.
///
///Summed over the blocks: 1ᵀ Z, 1ᵀ (G ⊙ G), 1ᵀ G₁, Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′).
///
///Computed beside the passes: (1 / N) 1ᵀ Z, (1 / N) (1 ⊘ (1 + (1 / N) 1ᵀ (G ⊙ G))), (−2 / N) 1ᵀ G₁.
///
///10 D K N + 120 K N + 35 K floating-point operations; 4 D K N + 54 K N + 28 K for the value alone.
///
///2 D K + D N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.
///
///| | shape | |
///|---|---|---|
///| `x` | `Matrix<N, D>` | data |
///| `w` | `Matrix<D, K>` | parameter |
///| `Z` | `Matrix<N, K>` | tanh(X W) |
///| `G` | `Matrix<N, K>` | Z − (1 / N) 1 1ᵀ Z |
///| `Z′` | `Matrix<N, K>` | 1 − Z ⊙ Z |
///
///- `log1p`: −∞ at −1, NaN below.
#[allow(
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unused_imports,
    unused_variables,
    unused_mut,
    unused_qualifications,
    unnameable_test_items,
    reason = "generated code"
)]
mod spread {
    use ::core::prelude::rust_2021::*;
    use ::frobenius::__rt_0_1 as rt;
    use rt::prelude::{
        Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut,
        MatrixRef, PhantomData, Range, Report, String, Vec, VectorRef, mem,
    };
    /// The loss, as the compiler understood it.
    pub const FORMULA: &str = "sum(log1p((1 / N) 1ᵀ (G ⊙ G)))  where Z = tanh(X W), G = Z − (1 / N) 1 1ᵀ Z";
    /// The name of each parameter, and the gradient in it.
    pub const GRADIENTS: &[(&str, &str)] = &[
        (
            "w",
            "(2 / N) Xᵀ ((G − (1 / N) 1 1ᵀ G) ⊙ Z′) diag(1 ⊘ ((1 / N) 1ᵀ (G ⊙ G) + 1))  where Z = tanh(X W), Z′ = 1 − Z ⊙ Z, G = Z − (1 / N) 1 1ᵀ Z",
        ),
    ];
    /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
    pub const DERIVATION: &str = "dL = sum(dh)                                              [L = sum(h)]\nsum(dh) = sum((2 / N) (1ᵀ ((dZ − (1 / N) 1 1ᵀ dZ) ⊙ G) ⊘ (g + 1)))    [h = log1p(g), G = Z − (1 / N) 1 1ᵀ Z, g = (1 / N) 1ᵀ (G ⊙ G)]\n        = (2 / N) G₁ diag(1 ⊘ (g + 1)) : dZ               [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : (A ⊙ B) = (G ⊙ B) : A, g : 1ᵀ A = 1 g : A, G : (a 1ᵀ) = G 1 : a, G₁ = G − (1 / N) 1 1ᵀ G]\n(2 / N) G₁ diag(1 ⊘ (g + 1)) : dZ = (2 / N) G₁ diag(1 ⊘ (g + 1)) : (X dW ⊙ Z′)    [Z = tanh(X W), Z′ = 1 − Z ⊙ Z]\n         = (2 / N) Xᵀ (G₁ ⊙ Z′) diag(1 ⊘ (g + 1)) : dW    [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : A B = Aᵀ G : B]\n⇒ dL/dW = (2 / N) Xᵀ (G₁ ⊙ Z′) diag(1 ⊘ (g + 1))";
    /// `FORMULA` in LaTeX, for mathematics mode.
    pub const FORMULA_LATEX: &str = "\\operatorname{sum} \\left( \\operatorname{log1p} \\left( \\frac{1}{N} \\mathbf{1}^{\\top} \\left( G \\odot G \\right) \\right) \\right) \\quad\\text{where}\\quad Z = \\operatorname{tanh} \\left( X W \\right) , G = Z - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} Z";
    /// `GRADIENTS` in LaTeX, for mathematics mode.
    pub const GRADIENTS_LATEX: &[(&str, &str)] = &[
        (
            "w",
            "\\frac{2}{N} X^{\\top} \\left( \\left( G - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} G \\right) \\odot Z' \\right) \\operatorname{diag} \\left( 1 \\oslash \\left( \\frac{1}{N} \\mathbf{1}^{\\top} \\left( G \\odot G \\right) + 1 \\right) \\right) \\quad\\text{where}\\quad Z = \\operatorname{tanh} \\left( X W \\right) , Z' = 1 - Z \\odot Z , G = Z - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} Z",
        ),
    ];
    /// `DERIVATION` in LaTeX, with the package amsmath.
    pub const DERIVATION_LATEX: &str = "\\begin{align*}\n\\mathrm{d}L &= \\operatorname{sum} \\left( \\mathrm{d}h \\right) && L = \\operatorname{sum} \\left( h \\right) \\\\\n\\operatorname{sum} \\left( \\mathrm{d}h \\right) &= \\operatorname{sum} \\left( \\frac{2}{N} \\left( \\mathbf{1}^{\\top} \\left( \\left( \\mathrm{d}Z - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} \\mathrm{d}Z \\right) \\odot G \\right) \\oslash \\left( g + 1 \\right) \\right) \\right) && h = \\operatorname{log1p} \\left( g \\right) , G = Z - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} Z , g = \\frac{1}{N} \\mathbf{1}^{\\top} \\left( G \\odot G \\right) \\\\\n &= \\frac{2}{N} G_{1} \\operatorname{diag} \\left( 1 \\oslash \\left( g + 1 \\right) \\right) : \\mathrm{d}Z && G : \\left( f' \\left( A \\right) \\odot \\mathrm{d}A \\right) = \\left( G \\odot f' \\left( A \\right) \\right) : \\mathrm{d}A , G : \\left( A \\odot B \\right) = \\left( G \\odot B \\right) : A , g : \\mathbf{1}^{\\top} A = \\mathbf{1} g : A , G : \\left( a \\mathbf{1}^{\\top} \\right) = G \\mathbf{1} : a , G_{1} = G - \\frac{1}{N} \\mathbf{1} \\mathbf{1}^{\\top} G \\\\\n\\frac{2}{N} G_{1} \\operatorname{diag} \\left( 1 \\oslash \\left( g + 1 \\right) \\right) : \\mathrm{d}Z &= \\frac{2}{N} G_{1} \\operatorname{diag} \\left( 1 \\oslash \\left( g + 1 \\right) \\right) : \\left( X \\mathrm{d}W \\odot Z' \\right) && Z = \\operatorname{tanh} \\left( X W \\right) , Z' = 1 - Z \\odot Z \\\\\n &= \\frac{2}{N} X^{\\top} \\left( G_{1} \\odot Z' \\right) \\operatorname{diag} \\left( 1 \\oslash \\left( g + 1 \\right) \\right) : \\mathrm{d}W && G : \\left( f' \\left( A \\right) \\odot \\mathrm{d}A \\right) = \\left( G \\odot f' \\left( A \\right) \\right) : \\mathrm{d}A , G : A B = A^{\\top} G : B \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}W &= \\frac{2}{N} X^{\\top} \\left( G_{1} \\odot Z' \\right) \\operatorname{diag} \\left( 1 \\oslash \\left( g + 1 \\right) \\right)\n\\end{align*}";
    /// Arguments and intermediates: the name of each, its shape, and what it is.
    pub const SHAPES: &[(&str, &str, &str)] = &[
        ("x", "Matrix<N, D>", "data"),
        ("w", "Matrix<D, K>", "parameter"),
        ("Z", "Matrix<N, K>", "tanh(X W)"),
        ("G", "Matrix<N, K>", "Z − (1 / N) 1 1ᵀ Z"),
        ("Z′", "Matrix<N, K>", "1 − Z ⊙ Z"),
    ];
    /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
    pub const SCHEDULE: &[&str] = &[
        "4 passes over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Of each block: (2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′.",
        "Summed over the blocks: 1ᵀ Z, 1ᵀ (G ⊙ G), 1ᵀ G₁, Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′).",
        "Computed beside the passes: (1 / N) 1ᵀ Z, (1 / N) (1 ⊘ (1 + (1 / N) 1ᵀ (G ⊙ G))), (−2 / N) 1ᵀ G₁.",
        "10 D K N + 120 K N + 35 K floating-point operations; 4 D K N + 54 K N + 28 K for the value alone.",
        "2 D K + D N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
    pub const ASSUMPTIONS: &[&str] = &["`log1p`: −∞ at −1, NaN below."];
    /// All of this as a part of an HTML page, in MathML.
    pub const HTML: &str = "<section class=\"loss\">\n<h2>spread</h2>\n<p class=\"formula\"><math><mi>L</mi><mo>=</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>log1p</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>Z</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>G</mi><mo>=</mo><mi>Z</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>Z</mi></math></p>\n<h3>Gradients</h3>\n<table class=\"gradients\">\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>W</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>Z</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo>=</mo><mn>1</mn><mo>−</mo><mi>Z</mi><mo>⊙</mo><mi>Z</mi><mo>,</mo><mi>G</mi><mo>=</mo><mi>Z</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>Z</mi></math></td></tr>\n</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n<tr><td class=\"left\"><math><mi mathvariant=\"normal\">d</mi><mi>L</mi></math></td><td><math><mo>=</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>L</mi><mo>=</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"><math><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td><math><mo>=</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>Z</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi mathvariant=\"normal\">d</mi><mi>Z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>h</mi><mo>=</mo><mi>log1p</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>G</mi><mo>=</mo><mi>Z</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>Z</mi><mo>,</mo><mi>g</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msub><mi>G</mi><mn>1</mn></msub><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>Z</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi>A</mi><mo>,</mo><mi>g</mi><mo>:</mo><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>A</mi><mo>=</mo><mi>𝟏</mi><mi>g</mi><mo>:</mo><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>a</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>G</mi><mi>𝟏</mi><mo>:</mo><mi>a</mi><mo>,</mo><msub><mi>G</mi><mn>1</mn></msub><mo>=</mo><mi>G</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>G</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msub><mi>G</mi><mn>1</mn></msub><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>Z</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msub><mi>G</mi><mn>1</mn></msub><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>⊙</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>Z</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo>=</mo><mn>1</mn><mo>−</mo><mi>Z</mi><mo>⊙</mo><mi>Z</mi></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>⊙</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>2</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>⊙</mo><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>diag</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>⊘</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo>+</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n</table>\n<h3>Shapes</h3>\n<table class=\"shapes\">\n<tr><td><math><mi>x</mi></math></td><td><code>Matrix&lt;N, D&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>w</mi></math></td><td><code>Matrix&lt;D, K&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>Z</mi></math></td><td><code>Matrix&lt;N, K&gt;</code></td><td><math><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td><math><mi>G</mi></math></td><td><code>Matrix&lt;N, K&gt;</code></td><td><math><mo>=</mo><mi>Z</mi><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mi>Z</mi></math></td></tr>\n<tr><td><math><msup><mi>Z</mi><mo mathsize=\"140%\">′</mo></msup></math></td><td><code>Matrix&lt;N, K&gt;</code></td><td><math><mo>=</mo><mn>1</mn><mo>−</mo><mi>Z</mi><mo>⊙</mo><mi>Z</mi></math></td></tr>\n</table>\n<h3>Computation</h3>\n<p>4 passes over N, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.</p>\n<p>Of each block: (2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′.</p>\n<p>Summed over the blocks: 1ᵀ Z, 1ᵀ (G ⊙ G), 1ᵀ G₁, Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′).</p>\n<p>Computed beside the passes: (1 / N) 1ᵀ Z, (1 / N) (1 ⊘ (1 + (1 / N) 1ᵀ (G ⊙ G))), (−2 / N) 1ᵀ G₁.</p>\n<p>10 D K N + 120 K N + 35 K floating-point operations; 4 D K N + 54 K N + 28 K for the value alone.</p>\n<p>2 D K + D N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.</p>\n<h3>Assumptions</h3>\n<ul>\n<li>log1p: −∞ at −1, NaN below.</li>\n</ul>\n</section>\n";
    ///The sizes of the dimensions that are known at run time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Dims {
        ///`N`.
        pub n: usize,
        ///`D`.
        pub d: usize,
        ///`K`.
        pub k: usize,
    }
    impl Dims {
        fn check(&self, found: &ParamDims) -> Result<(), Error> {
            if found.d != self.d {
                return Err(Error::Parameters {
                    dimension: "D",
                    found: found.d,
                    expected: self.d,
                });
            }
            if found.k != self.k {
                return Err(Error::Parameters {
                    dimension: "K",
                    found: found.k,
                    expected: self.k,
                });
            }
            Ok(())
        }
    }
    ///The sizes that parameters have: one `Params` serves losses of as many rows as one likes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ParamDims {
        ///`D`.
        pub d: usize,
        ///`K`.
        pub k: usize,
    }
    impl From<Dims> for ParamDims {
        fn from(dims: Dims) -> Self {
            Self { d: dims.d, k: dims.k }
        }
    }
    ///The sizes that no data argument tells.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Sizes {
        ///`K`.
        pub k: usize,
    }
    ///Data that the loss reads and does not differentiate. Nothing is copied.
    #[derive(Clone, Copy, Debug)]
    pub struct Data<'a, T> {
        ///`Matrix<N, D>`.
        pub x: MatrixRef<'a, T>,
    }
    /// The data in the form that the passes read.
    #[allow(dead_code, reason = "of some data, only the size matters")]
    struct Inputs<'a, T> {
        x: rt::Input<'a, T>,
    }
    ///The parameters, or the gradient in them: one flat buffer, and a view of each.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Params<T> {
        dims: ParamDims,
        flat: rt::Flat<T, 1>,
    }
    impl<T: rt::Element> Params<T> {
        /// All elements 0.
        ///
        /// # Errors
        /// If they are larger than memory.
        pub fn zeros(dims: impl Into<ParamDims>) -> Result<Self, Error> {
            let dims = dims.into();
            Ok(Self {
                dims,
                flat: rt::Flat::zeros(Self::shapes(&dims))?,
            })
        }
        /// The elements that `values` has: one matrix after the other, each a row after the other.
        ///
        /// # Errors
        /// If `values` has more elements, or fewer.
        pub fn from_vec(
            dims: impl Into<ParamDims>,
            values: Vec<T>,
        ) -> Result<Self, Error> {
            let dims = dims.into();
            Ok(Self {
                dims,
                flat: rt::Flat::from_vec(Self::shapes(&dims), values)?,
            })
        }
        /// The sizes that it was made for.
        #[must_use]
        pub fn dims(&self) -> ParamDims {
            self.dims
        }
        /// All elements: one matrix after the other, each a row after the other.
        #[must_use]
        pub fn as_slice(&self) -> &[T] {
            self.flat.as_slice()
        }
        /// All elements, to write.
        pub fn as_mut_slice(&mut self) -> &mut [T] {
            self.flat.as_mut_slice()
        }
        ///`w: Matrix<D, K>`.
        #[must_use]
        pub fn w(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(0)
        }
        ///`w: Matrix<D, K>`, to write.
        pub fn w_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(0)
        }
        fn shapes(dims: &ParamDims) -> [rt::Extent; 1] {
            [rt::Extent::matrix(dims.d, dims.k)]
        }
    }
    /// The loss of some data: value and gradient, without allocation.
    pub struct Loss<'a, T: rt::Element> {
        dims: Dims,
        plan: rt::Plan,
        isa: Isa,
        inputs: Inputs<'a, T>,
        value: Value<T>,
        gradient: Gradient<T>,
    }
    impl<'a, T: rt::Element> Loss<'a, T> {
        /// Checks every shape and makes every buffer, for as many threads as the pool has that this is called in.
        ///
        /// # Errors
        /// If shapes don't fit each other or the loss, or if a buffer is larger than memory.
        pub fn new(data: Data<'a, T>, sizes: Sizes) -> Result<Self, Error> {
            let mut shapes = rt::Shapes::<3>::default();
            shapes.give(2, "K", sizes.k);
            shapes
                .argument(
                    "x",
                    "Matrix<N, D>",
                    (data.x.rows(), data.x.columns()),
                    (rt::Size::Named(0), rt::Size::Named(1)),
                )?;
            let dims = Dims {
                n: shapes.size(0),
                d: shapes.size(1),
                k: shapes.size(2),
            };
            let cost = cost::<T>(&dims);
            let plan = rt::Plan::new::<
                T,
            >(
                dims.n,
                &[dims.d, dims.k],
                &[(1, dims.k), (1, dims.k), (1, dims.k), (dims.d, dims.k)],
                cost.flops + 4.0 * cost.bytes,
            );
            let inputs = Inputs {
                x: rt::Input::streamed(data.x),
            };
            Ok(Self {
                value: Value::new(&dims, &plan, &inputs)?,
                gradient: Gradient::new(&dims, &plan, &inputs)?,
                dims,
                plan,
                isa: Isa::detect(),
                inputs,
            })
        }
        /// The sizes of this loss.
        #[must_use]
        pub fn dims(&self) -> Dims {
            self.dims
        }
        /// Memory that the loss holds beside its data: blocks of rows, packed parameters, sums.
        #[must_use]
        pub fn workspace_bytes(&self) -> usize {
            self.value.bytes() + self.gradient.bytes()
        }
        /// Parameters of the right sizes, all 0.
        ///
        /// # Errors
        /// If they are larger than memory.
        pub fn params(&self) -> Result<Params<T>, Error> {
            Params::zeros(self.dims)
        }
        /// The loss, added up in f64.
        ///
        /// # Errors
        /// If `params` was made for other sizes.
        pub fn value(&mut self, params: &Params<T>) -> Result<f64, Error> {
            self.dims.check(&params.dims)?;
            self.value.run(self.isa, &self.dims, &self.plan, &self.inputs, params)
        }
        /// Writes the gradient.
        ///
        /// # Errors
        /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
        pub fn gradient(
            &mut self,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) -> Result<(), Error> {
            self.value_and_gradient(params, gradient).map(|_| ())
        }
        /// The loss, added up in f64; writes the gradient.
        ///
        /// # Errors
        /// If `params` or `gradient` was made for other sizes; `gradient` is untouched then.
        pub fn value_and_gradient(
            &mut self,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) -> Result<f64, Error> {
            self.dims.check(&params.dims)?;
            self.dims.check(&gradient.dims)?;
            self.gradient
                .run(self.isa, &self.dims, &self.plan, &self.inputs, params, gradient)
        }
        /// Uses `isa` from now on, which tests and comparisons do; the best one is the default.
        #[must_use]
        pub fn with_isa(mut self, isa: Isa) -> Self {
            self.isa = isa;
            self.value.is_hoisted = false;
            self.gradient.is_hoisted = false;
            self
        }
    }
    /// The cost of one call of `value_and_gradient` in elements of type `T`.
    #[must_use]
    pub fn cost<T: rt::Element>(dims: &Dims) -> Cost {
        let gradient = 10.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.n)
            + 35.0 * rt::count(dims.k) + 120.0 * rt::count(dims.k) * rt::count(dims.n);
        let value = 4.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.n)
            + 28.0 * rt::count(dims.k) + 54.0 * rt::count(dims.k) * rt::count(dims.n);
        let data = rt::count(dims.n) * rt::count(dims.d);
        let params = rt::count(dims.d) * rt::count(dims.k);
        Cost::new(
            gradient,
            value,
            (data + 2.0 * params) * rt::count(mem::size_of::<T>()),
        )
    }
    /// Values that live for a whole call.
    struct Value<T> {
        /// 1ᵀ Z: RowVector<K>, a sum over the blocks.
        t2: rt::Buffer<T>,
        /// (1 / N) 1ᵀ Z: RowVector<K>.
        t5: rt::Buffer<T>,
        /// 1ᵀ (Z − 1 (1 / N) 1ᵀ Z)⊙²: RowVector<K>, a sum over the blocks.
        t9: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t3: f64,
        t12: f64,
        chunks: Vec<ValueSums<T>>,
        blocks: Vec<ValueBlock<T>>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> Value<T> {
        #[inline(never)]
        fn new(
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
        ) -> Result<Self, Error> {
            let mut made = Self {
                t2: rt::Buffer::EMPTY,
                t5: rt::Buffer::EMPTY,
                t9: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                is_hoisted: false,
                t3: 0.0,
                t12: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t2.make(1, dims.k, &mut outcome);
            made.t5.make(1, dims.k, &mut outcome);
            made.t9.make(1, dims.k, &mut outcome);
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| ValueSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| ValueBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t2.bytes() + self.t5.bytes() + self.t9.bytes() + self.packed_w.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct ValueSums<T> {
        /// 1ᵀ Z: RowVector<K>, a sum over the blocks.
        t2: rt::Buffer<T>,
        /// 1ᵀ (Z − 1 (1 / N) 1ᵀ Z)⊙²: RowVector<K>, a sum over the blocks.
        t9: rt::Buffer<T>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            let mut made = Self {
                t2: rt::Buffer::EMPTY,
                t9: rt::Buffer::EMPTY,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            if !is_first {
                made.t2.make(1, dims.k, &mut outcome);
            }
            if !is_first {
                made.t9.make(1, dims.k, &mut outcome);
            }
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t2.bytes() + self.t9.bytes()
        }
    }
    /// Values of one block of rows.
    struct ValueBlock<T> {
        copy_x: rt::Staging<T>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueBlock<T> {
        #[inline(never)]
        fn new(
            dims: &Dims,
            block: usize,
            inputs: &Inputs<'_, T>,
        ) -> Result<Self, Error> {
            let mut made = Self {
                copy_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.copy_x.bytes()
        }
    }
    impl<T: rt::Element> Value<T> {
        fn run(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) -> Result<f64, Error> {
            rt::intact(&self.chunks)?;
            self.prepare(isa, dims, inputs, params);
            self.pass(isa, dims, plan, inputs, params);
            self.between_1(isa, dims, inputs, params);
            self.pass_2(isa, dims, plan, inputs, params);
            Ok(self.finish(isa, dims, inputs, params))
        }
        /// Computes everything that needs no rows.
        #[inline(never)]
        fn prepare(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) {
            if !self.is_hoisted {
                self.t3 = 1.0 / rt::count(dims.n);
            }
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t2, &mut self.t2);
            }
            let pass = ValuePass {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t2, &mut self.t2);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs the sums of the last pass.
        #[inline(never)]
        fn between_1(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) {
            rt::map(
                isa,
                (1, dims.k),
                (self.t2.view(), rt::Scalar(self.t3)),
                rt::Store(self.t5.view_mut()),
                &Loop2,
            );
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass_2(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t9, &mut self.t9);
            }
            let pass = ValuePass_2 {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t9, &mut self.t9);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs all rows.
        #[inline(never)]
        fn finish(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
        ) -> f64 {
            self.t12 = 0.0;
            rt::map(
                isa,
                (1, dims.k),
                (rt::Scalar(self.t3), self.t9.view()),
                rt::Sum(&mut self.t12),
                &Loop4,
            );
            self.is_hoisted = true;
            self.t12
        }
    }
    /// Sums over the rows: 1ᵀ Z.
    struct ValuePass<'p, 'a, T> {
        whole: &'p Value<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for ValuePass<'_, '_, T> {
        type Sums = ValueSums<T>;
        type Block = ValueBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t2.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t2, &mut sums.t2);
        }
    }
    impl<T: rt::Element> ValuePass<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate(
            &self,
            sums: &mut ValueSums<T>,
            block: &mut ValueBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                rt::ProductPiece::new(),
                rt::ColumnSums(sums.t2.view_mut()),
                &Loop1,
            );
        }
    }
    /// Sums over the rows: 1ᵀ (Z − 1 (1 / N) 1ᵀ Z)⊙².
    struct ValuePass_2<'p, 'a, T> {
        whole: &'p Value<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for ValuePass_2<'_, '_, T> {
        type Sums = ValueSums<T>;
        type Block = ValueBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t9.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate_2(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t9, &mut sums.t9);
        }
    }
    impl<T: rt::Element> ValuePass_2<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate_2(
            &self,
            sums: &mut ValueSums<T>,
            block: &mut ValueBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                (rt::ProductPiece::new(), rt::Row(whole.t5.view())),
                rt::ColumnSums(sums.t9.view_mut()),
                &Loop3,
            );
        }
    }
    /// 1ᵀ Z.
    struct Loop1;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop1 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            let z = rt::Elementwise::tanh(xw);
            [z]
        }
    }
    /// (1 / N) 1ᵀ Z.
    struct Loop2;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop2 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t2,
            t4,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t5 = t4 * t2;
            [t5]
        }
    }
    /// 1ᵀ (Z − 1 (1 / N) 1ᵀ Z)⊙².
    struct Loop3;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop3 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            t6,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let z = rt::Elementwise::tanh(xw);
            let t7 = z - t6;
            let t8 = rt::Elementwise::sq(t7);
            [t8]
        }
    }
    struct Loop4;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop4 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t4,
            t9,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t10 = t4 * t9;
            let t11 = rt::Elementwise::log1p(t10);
            [t11]
        }
    }
    /// Values that live for a whole call.
    struct Gradient<T> {
        /// 1ᵀ Z: RowVector<K>, a sum over the blocks.
        t2: rt::Buffer<T>,
        /// (1 / N) 1ᵀ Z: RowVector<K>.
        t5: rt::Buffer<T>,
        /// 1ᵀ (G ⊙ G): RowVector<K>, a sum over the blocks.
        t9: rt::Buffer<T>,
        /// (1 / N) (1 ⊘ (1 + (1 / N) 1ᵀ (G ⊙ G))): RowVector<K>.
        t16: rt::Buffer<T>,
        /// 1ᵀ G₁: RowVector<K>, a sum over the blocks.
        t21: rt::Buffer<T>,
        /// (−2 / N) 1ᵀ G₁: RowVector<K>.
        t24: rt::Buffer<T>,
        /// Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′): Matrix<D, K>, a sum over the blocks.
        t30: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t3: f64,
        t22: f64,
        t12: f64,
        chunks: Vec<GradientSums<T>>,
        blocks: Vec<GradientBlock<T>>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> Gradient<T> {
        #[inline(never)]
        fn new(
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
        ) -> Result<Self, Error> {
            let mut made = Self {
                t2: rt::Buffer::EMPTY,
                t5: rt::Buffer::EMPTY,
                t9: rt::Buffer::EMPTY,
                t16: rt::Buffer::EMPTY,
                t21: rt::Buffer::EMPTY,
                t24: rt::Buffer::EMPTY,
                t30: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                is_hoisted: false,
                t3: 0.0,
                t22: 0.0,
                t12: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t2.make(1, dims.k, &mut outcome);
            made.t5.make(1, dims.k, &mut outcome);
            made.t9.make(1, dims.k, &mut outcome);
            made.t16.make(1, dims.k, &mut outcome);
            made.t21.make(1, dims.k, &mut outcome);
            made.t24.make(1, dims.k, &mut outcome);
            made.t30.make(dims.d, dims.k, &mut outcome);
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| GradientSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| GradientBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t2.bytes() + self.t5.bytes() + self.t9.bytes() + self.t16.bytes()
                + self.t21.bytes() + self.t24.bytes() + self.t30.bytes()
                + self.packed_w.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct GradientSums<T> {
        /// 1ᵀ Z: RowVector<K>, a sum over the blocks.
        t2: rt::Buffer<T>,
        /// 1ᵀ (G ⊙ G): RowVector<K>, a sum over the blocks.
        t9: rt::Buffer<T>,
        /// 1ᵀ G₁: RowVector<K>, a sum over the blocks.
        t21: rt::Buffer<T>,
        /// Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′): Matrix<D, K>, a sum over the blocks.
        t30: rt::Buffer<T>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            let mut made = Self {
                t2: rt::Buffer::EMPTY,
                t9: rt::Buffer::EMPTY,
                t21: rt::Buffer::EMPTY,
                t30: rt::Buffer::EMPTY,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            if !is_first {
                made.t2.make(1, dims.k, &mut outcome);
            }
            if !is_first {
                made.t9.make(1, dims.k, &mut outcome);
            }
            if !is_first {
                made.t21.make(1, dims.k, &mut outcome);
            }
            if !is_first {
                made.t30.make(dims.d, dims.k, &mut outcome);
            }
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t2.bytes() + self.t9.bytes() + self.t21.bytes() + self.t30.bytes()
        }
    }
    /// Values of one block of rows.
    struct GradientBlock<T> {
        /// (2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′: Matrix<N, K>, one block.
        t28: rt::Buffer<T>,
        copy_x: rt::Staging<T>,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientBlock<T> {
        #[inline(never)]
        fn new(
            dims: &Dims,
            block: usize,
            inputs: &Inputs<'_, T>,
        ) -> Result<Self, Error> {
            let mut made = Self {
                t28: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t28.make(block, dims.k, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t28.bytes() + self.copy_x.bytes()
        }
    }
    impl<T: rt::Element> Gradient<T> {
        fn run(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) -> Result<f64, Error> {
            rt::intact(&self.chunks)?;
            self.prepare(isa, dims, inputs, params, gradient);
            self.pass(isa, dims, plan, inputs, params, gradient);
            self.between_1(isa, dims, inputs, params, gradient);
            self.pass_2(isa, dims, plan, inputs, params, gradient);
            self.between_2(isa, dims, inputs, params, gradient);
            self.pass_3(isa, dims, plan, inputs, params, gradient);
            self.between_3(isa, dims, inputs, params, gradient);
            self.pass_4(isa, dims, plan, inputs, params, gradient);
            Ok(self.finish(isa, dims, inputs, params, gradient))
        }
        /// Computes everything that needs no rows.
        #[inline(never)]
        fn prepare(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            if !self.is_hoisted {
                self.t3 = 1.0 / rt::count(dims.n);
                self.t22 = -2.0 / rt::count(dims.n);
            }
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t2, &mut self.t2);
            }
            let pass = GradientPass {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t2, &mut self.t2);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs the sums of the last pass.
        #[inline(never)]
        fn between_1(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            rt::map(
                isa,
                (1, dims.k),
                (self.t2.view(), rt::Scalar(self.t3)),
                rt::Store(self.t5.view_mut()),
                &Loop2,
            );
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass_2(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t9, &mut self.t9);
            }
            let pass = GradientPass_2 {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t9, &mut self.t9);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs the sums of the last pass.
        #[inline(never)]
        fn between_2(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            self.t12 = 0.0;
            rt::map(
                isa,
                (1, dims.k),
                (rt::Scalar(self.t3), self.t9.view()),
                (rt::Sum(&mut self.t12), rt::Store(self.t16.view_mut())),
                &Loop5,
            );
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass_3(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t21, &mut self.t21);
            }
            let pass = GradientPass_3 {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t21, &mut self.t21);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs the sums of the last pass.
        #[inline(never)]
        fn between_3(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            rt::map(
                isa,
                (1, dims.k),
                (self.t21.view(), rt::Scalar(self.t22)),
                rt::Store(self.t24.view_mut()),
                &Loop2,
            );
        }
        /// Adds all rows.
        #[inline(never)]
        fn pass_4(
            &mut self,
            isa: Isa,
            dims: &Dims,
            plan: &rt::Plan,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) {
            let mut chunks = mem::take(&mut self.chunks);
            let mut blocks = mem::take(&mut self.blocks);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t30, &mut self.t30);
            }
            let pass = GradientPass_4 {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(&pass, plan, &mut chunks, &mut blocks, []);
            if let Some(first) = chunks.first_mut() {
                mem::swap(&mut first.t30, &mut self.t30);
            }
            self.chunks = chunks;
            self.blocks = blocks;
        }
        /// Computes everything that needs all rows.
        #[inline(never)]
        fn finish(
            &mut self,
            isa: Isa,
            dims: &Dims,
            inputs: &Inputs<'_, T>,
            params: &Params<T>,
            gradient: &mut Params<T>,
        ) -> f64 {
            {
                let [mut gradient_w] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.d, dims.k),
                    self.t30.view(),
                    rt::Store(gradient_w.reborrow()),
                    &Loop8,
                );
            }
            self.is_hoisted = true;
            self.t12
        }
    }
    /// Sums over the rows: 1ᵀ Z.
    struct GradientPass<'p, 'a, T> {
        whole: &'p Gradient<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for GradientPass<'_, '_, T> {
        type Sums = GradientSums<T>;
        type Block = GradientBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t2.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t2, &mut sums.t2);
        }
    }
    impl<T: rt::Element> GradientPass<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate(
            &self,
            sums: &mut GradientSums<T>,
            block: &mut GradientBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                rt::ProductPiece::new(),
                rt::ColumnSums(sums.t2.view_mut()),
                &Loop1,
            );
        }
    }
    /// Sums over the rows: 1ᵀ (G ⊙ G).
    struct GradientPass_2<'p, 'a, T> {
        whole: &'p Gradient<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for GradientPass_2<'_, '_, T> {
        type Sums = GradientSums<T>;
        type Block = GradientBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t9.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate_2(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t9, &mut sums.t9);
        }
    }
    impl<T: rt::Element> GradientPass_2<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate_2(
            &self,
            sums: &mut GradientSums<T>,
            block: &mut GradientBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                (rt::ProductPiece::new(), rt::Row(whole.t5.view())),
                rt::ColumnSums(sums.t9.view_mut()),
                &Loop3,
            );
        }
    }
    /// Sums over the rows: 1ᵀ G₁.
    struct GradientPass_3<'p, 'a, T> {
        whole: &'p Gradient<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for GradientPass_3<'_, '_, T> {
        type Sums = GradientSums<T>;
        type Block = GradientBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t21.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate_3(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t21, &mut sums.t21);
        }
    }
    impl<T: rt::Element> GradientPass_3<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate_3(
            &self,
            sums: &mut GradientSums<T>,
            block: &mut GradientBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                (
                    (rt::ProductPiece::new(), rt::Row(whole.t5.view())),
                    rt::Row(whole.t16.view()),
                ),
                rt::ColumnSums(sums.t21.view_mut()),
                &Loop6,
            );
        }
    }
    /// Sums over the rows: Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′).
    struct GradientPass_4<'p, 'a, T> {
        whole: &'p Gradient<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 0> for GradientPass_4<'_, '_, T> {
        type Sums = GradientSums<T>;
        type Block = GradientBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            sums.t30.clear();
            for rows in self.plan.blocks(rows) {
                self.accumulate_4(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t30, &mut sums.t30);
        }
    }
    impl<T: rt::Element> GradientPass_4<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate_4(
            &self,
            sums: &mut GradientSums<T>,
            block: &mut GradientBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 0],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [] = parts;
            let count = rows.len();
            let block_x = inputs.x.rows(rows.clone(), &mut block.copy_x);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                (
                    (rt::ProductPiece::new(), rt::Row(whole.t5.view())),
                    (rt::Row(whole.t16.view()), rt::Row(whole.t24.view())),
                ),
                rt::Store(block.t28.first_rows_mut(count)),
                &Loop7,
            );
            T::product_t(isa, block_x, block.t28.first_rows(count), sums.t30.view_mut());
        }
    }
    /// sum(log1p((1 / N) 1ᵀ (G ⊙ G))), (1 / N) (1 ⊘ (1 + (1 / N) 1ᵀ (G ⊙ G))).
    struct Loop5;
    impl<T: rt::Element> rt::Map<T, 2, 2> for Loop5 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t4,
            t9,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 2] {
            let t13 = rt::Lanes::constant(simd, 1.0);
            let t10 = t4 * t9;
            let t11 = rt::Elementwise::log1p(t10);
            let t14 = t13 + t10;
            let t15 = rt::Elementwise::recip(t14);
            let t16 = t15 * t4;
            [t11, t16]
        }
    }
    /// 1ᵀ G₁.
    struct Loop6;
    impl<T: rt::Element> rt::Map<T, 3, 1> for Loop6 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            t6,
            t17,
            ]: [rt::Lanes<T, S>; 3],
        ) -> [rt::Lanes<T, S>; 1] {
            let z = rt::Elementwise::tanh(xw);
            let g = z - t6;
            let g1 = t17 * g;
            [g1]
        }
    }
    /// (2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′.
    struct Loop7;
    impl<T: rt::Element> rt::Map<T, 4, 1> for Loop7 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            t6,
            t17,
            t25,
            ]: [rt::Lanes<T, S>; 4],
        ) -> [rt::Lanes<T, S>; 1] {
            let t18 = rt::Lanes::constant(simd, 2.0);
            let z = rt::Elementwise::tanh(xw);
            let g = z - t6;
            let g1 = t17 * g;
            let t20 = t18 * g1;
            let t26 = t20 + t25;
            let z_prime = rt::Elementwise::tanh_slope(xw, z);
            let t28 = t26 * z_prime;
            [t28]
        }
    }
    /// Xᵀ ((2 G₁ + 1 (−2 / N) 1ᵀ G₁) ⊙ Z′).
    struct Loop8;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop8 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t30,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            [t30]
        }
    }
    impl<'a, T: rt::Element> rt::Objective for Loss<'a, T> {
        type Element = T;
        type Params = Params<T>;
        fn params(&self) -> Result<Self::Params, Error> {
            self.params()
        }
        fn value(&mut self, params: &Self::Params) -> Result<f64, Error> {
            self.value(params)
        }
        fn value_and_gradient(
            &mut self,
            params: &Self::Params,
            gradient: &mut Self::Params,
        ) -> Result<f64, Error> {
            self.value_and_gradient(params, gradient)
        }
    }
    impl<T: rt::Element> rt::Parameters for Params<T> {
        type Element = T;
        fn as_slice(&self) -> &[T] {
            self.as_slice()
        }
        fn as_mut_slice(&mut self) -> &mut [T] {
            self.as_mut_slice()
        }
        fn extents(&self) -> Vec<(&'static str, usize, usize)> {
            let dims = &self.dims;
            Vec::from([("w", dims.d, dims.k)])
        }
    }
}
