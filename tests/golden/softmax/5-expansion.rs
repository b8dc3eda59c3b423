///
///# The loss and its gradient
///
///```text
///L = (1 / N) sum(CE(X W + 1 b, y)) + 0.01 ‖W‖²
///dL/dW = (1 / N) Xᵀ (softmax(X W + 1 b) − onehot(y)) + 0.02 W
///dL/db = (1 / N) 1ᵀ (softmax(X W + 1 b) − onehot(y))
///```
///
///# The derivation
///
///A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.
///
///```text
///dL = (1 / N) sum(dg) + 0.02 ⟨dW, W⟩                      [L = (1 / N) sum(g) + 0.01 ‖W‖²]
///   = (1 / N) sum(dg) + 0.02 W : dW                       [G : (A ⊙ B) = (G ⊙ B) : A, d(A : B) = B : dA + A : dB, sum(A) = 1 1ᵀ : A]
///(1 / N) sum(dg) = (1 / N) sum(((X dW + 1 db) ⊙ G₁) 1)    [g = CE(G, y), G = X W + 1 b, G₁ = softmax(G) − onehot(y)]
///         = (1 / N) Xᵀ G₁ : dW + (1 / N) 1ᵀ G₁ : db       [G : D f(A)[dA] = D f(A)*[G] : dA, G : (a 1ᵀ) = G 1 : a, G : A B = Aᵀ G : B]
///⇒ dL/dW = (1 / N) Xᵀ G₁ + 0.02 W
///⇒ dL/db = (1 / N) 1ᵀ G₁
///```
///
///# How it is computed
///
///One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.
///
///Of each block: X W + 1 b, CE(X W + 1 b, y), softmax(X W + 1 b) − onehot(y).
///
///Summed over the blocks: 1ᵀ (softmax(X W + 1 b) − onehot(y)), Xᵀ (softmax(X W + 1 b) − onehot(y)).
///
///Computed beside the passes: 0.02 W.
///
///4 C D N + 4 C D + 22 C N + C + N floating-point operations; 2 C D N + C D + 21 C N + N for the value alone.
///
///2 C D + D N + 2 C + N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.
///
///| | shape | |
///|---|---|---|
///| `x` | `Matrix<N, D>` | data |
///| `y` | `Labels<N, C>` | data |
///| `w` | `Matrix<D, C>` | parameter |
///| `b` | `RowVector<C>` | parameter |
///
///- `cross_entropy`: `lse(z) - z[y]` of each row, in a form that loses nothing where the labelled class is nearly certain.
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
mod softmax {
    use ::core::prelude::rust_2021::*;
    use ::frobenius::__rt_0_1 as rt;
    use rt::prelude::{
        Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut,
        MatrixRef, PhantomData, Range, Report, String, Vec, VectorRef, mem,
    };
    /// The loss, as the compiler understood it.
    pub const FORMULA: &str = "(1 / N) sum(CE(X W + 1 b, y)) + 0.01 ‖W‖²";
    /// The name of each parameter, and the gradient in it.
    pub const GRADIENTS: &[(&str, &str)] = &[
        ("w", "(1 / N) Xᵀ (softmax(X W + 1 b) − onehot(y)) + 0.02 W"),
        ("b", "(1 / N) 1ᵀ (softmax(X W + 1 b) − onehot(y))"),
    ];
    /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
    pub const DERIVATION: &str = "dL = (1 / N) sum(dg) + 0.02 ⟨dW, W⟩                      [L = (1 / N) sum(g) + 0.01 ‖W‖²]\n   = (1 / N) sum(dg) + 0.02 W : dW                       [G : (A ⊙ B) = (G ⊙ B) : A, d(A : B) = B : dA + A : dB, sum(A) = 1 1ᵀ : A]\n(1 / N) sum(dg) = (1 / N) sum(((X dW + 1 db) ⊙ G₁) 1)    [g = CE(G, y), G = X W + 1 b, G₁ = softmax(G) − onehot(y)]\n         = (1 / N) Xᵀ G₁ : dW + (1 / N) 1ᵀ G₁ : db       [G : D f(A)[dA] = D f(A)*[G] : dA, G : (a 1ᵀ) = G 1 : a, G : A B = Aᵀ G : B]\n⇒ dL/dW = (1 / N) Xᵀ G₁ + 0.02 W\n⇒ dL/db = (1 / N) 1ᵀ G₁";
    /// `FORMULA` in LaTeX, for mathematics mode.
    pub const FORMULA_LATEX: &str = "\\frac{1}{N} \\operatorname{sum} \\left( \\operatorname{CE} \\left( X W + \\mathbf{1} b , y \\right) \\right) + 0.01 \\lVert W \\rVert^{2}";
    /// `GRADIENTS` in LaTeX, for mathematics mode.
    pub const GRADIENTS_LATEX: &[(&str, &str)] = &[
        (
            "w",
            "\\frac{1}{N} X^{\\top} \\left( \\operatorname{softmax} \\left( X W + \\mathbf{1} b \\right) - \\operatorname{onehot} \\left( y \\right) \\right) + 0.02 W",
        ),
        (
            "b",
            "\\frac{1}{N} \\mathbf{1}^{\\top} \\left( \\operatorname{softmax} \\left( X W + \\mathbf{1} b \\right) - \\operatorname{onehot} \\left( y \\right) \\right)",
        ),
    ];
    /// `DERIVATION` in LaTeX, with the package amsmath.
    pub const DERIVATION_LATEX: &str = "\\begin{align*}\n\\mathrm{d}L &= \\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}g \\right) + 0.02 \\langle \\mathrm{d}W , W \\rangle && L = \\frac{1}{N} \\operatorname{sum} \\left( g \\right) + 0.01 \\lVert W \\rVert^{2} \\\\\n &= \\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}g \\right) + 0.02 W : \\mathrm{d}W && G : \\left( A \\odot B \\right) = \\left( G \\odot B \\right) : A , d \\left( A : B \\right) = B : \\mathrm{d}A + A : \\mathrm{d}B , \\operatorname{sum} \\left( A \\right) = \\mathbf{1} \\mathbf{1}^{\\top} : A \\\\\n\\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}g \\right) &= \\frac{1}{N} \\operatorname{sum} \\left( \\left( \\left( X \\mathrm{d}W + \\mathbf{1} \\mathrm{d}b \\right) \\odot G_{1} \\right) \\mathbf{1} \\right) && g = \\operatorname{CE} \\left( G , y \\right) , G = X W + \\mathbf{1} b , G_{1} = \\operatorname{softmax} \\left( G \\right) - \\operatorname{onehot} \\left( y \\right) \\\\\n &= \\frac{1}{N} X^{\\top} G_{1} : \\mathrm{d}W + \\frac{1}{N} \\mathbf{1}^{\\top} G_{1} : \\mathrm{d}b && G : D f \\left( A \\right) \\left[ \\mathrm{d}A \\right] = D f \\left( A \\right)^{*} \\left[ G \\right] : \\mathrm{d}A , G : \\left( a \\mathbf{1}^{\\top} \\right) = G \\mathbf{1} : a , G : A B = A^{\\top} G : B \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}W &= \\frac{1}{N} X^{\\top} G_{1} + 0.02 W \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}b &= \\frac{1}{N} \\mathbf{1}^{\\top} G_{1}\n\\end{align*}";
    /// Arguments and intermediates: the name of each, its shape, and what it is.
    pub const SHAPES: &[(&str, &str, &str)] = &[
        ("x", "Matrix<N, D>", "data"),
        ("y", "Labels<N, C>", "data"),
        ("w", "Matrix<D, C>", "parameter"),
        ("b", "RowVector<C>", "parameter"),
    ];
    /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
    pub const SCHEDULE: &[&str] = &[
        "One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Of each block: X W + 1 b, CE(X W + 1 b, y), softmax(X W + 1 b) − onehot(y).",
        "Summed over the blocks: 1ᵀ (softmax(X W + 1 b) − onehot(y)), Xᵀ (softmax(X W + 1 b) − onehot(y)).",
        "Computed beside the passes: 0.02 W.",
        "4 C D N + 4 C D + 22 C N + C + N floating-point operations; 2 C D N + C D + 21 C N + N for the value alone.",
        "2 C D + D N + 2 C + N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
    pub const ASSUMPTIONS: &[&str] = &[
        "`cross_entropy`: `lse(z) - z[y]` of each row, in a form that loses nothing where the labelled class is nearly certain.",
    ];
    /// All of this as a part of an HTML page, in MathML.
    pub const HTML: &str = "<section class=\"loss\">\n<h2>softmax</h2>\n<p class=\"formula\"><math><mi>L</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>CE</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo>+</mo><mi>𝟏</mi><mi>b</mi><mo>,</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>0.01</mn><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>W</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup></math></p>\n<h3>Gradients</h3>\n<table class=\"gradients\">\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>W</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>softmax</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo>+</mo><mi>𝟏</mi><mi>b</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>onehot</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>0.02</mn><mi>W</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>b</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>softmax</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo>+</mo><mi>𝟏</mi><mi>b</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>onehot</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n<tr><td class=\"left\"><math><mi mathvariant=\"normal\">d</mi><mi>L</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>g</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>0.02</mn><mrow><mo fence=\"true\" stretchy=\"false\">⟨</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>,</mo><mi>W</mi><mo fence=\"true\" stretchy=\"false\">⟩</mo></mrow></math></td><td class=\"why\"><math><mi>L</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>g</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>0.01</mn><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>W</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>g</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>+</mo><mn>0.02</mn><mi>W</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi>A</mi><mo>,</mo><mi>d</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>:</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>B</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>+</mo><mi>A</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>B</mi><mo>,</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi>A</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>g</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>+</mo><mi>𝟏</mi><mi mathvariant=\"normal\">d</mi><mi>b</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><msub><mi>G</mi><mn>1</mn></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>𝟏</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>g</mi><mo>=</mo><mi>CE</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>G</mi><mo>=</mo><mi>X</mi><mi>W</mi><mo>+</mo><mi>𝟏</mi><mi>b</mi><mo>,</mo><msub><mi>G</mi><mn>1</mn></msub><mo>=</mo><mi>softmax</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>onehot</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>1</mn></msub><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>+</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>1</mn></msub><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>b</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mi>D</mi><mi>f</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>=</mo><mi>D</mi><mi>f</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>*</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>a</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>G</mi><mi>𝟏</mi><mo>:</mo><mi>a</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>1</mn></msub><mo>+</mo><mn>0.02</mn><mi>W</mi></math></td><td class=\"why\"></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>b</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>1</mn></msub></math></td><td class=\"why\"></td></tr>\n</table>\n<h3>Shapes</h3>\n<table class=\"shapes\">\n<tr><td><math><mi>x</mi></math></td><td><code>Matrix&lt;N, D&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>y</mi></math></td><td><code>Labels&lt;N, C&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>w</mi></math></td><td><code>Matrix&lt;D, C&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>b</mi></math></td><td><code>RowVector&lt;C&gt;</code></td><td>parameter</td></tr>\n</table>\n<h3>Computation</h3>\n<p>One pass over N, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.</p>\n<p>Of each block: X W + 1 b, CE(X W + 1 b, y), softmax(X W + 1 b) − onehot(y).</p>\n<p>Summed over the blocks: 1ᵀ (softmax(X W + 1 b) − onehot(y)), Xᵀ (softmax(X W + 1 b) − onehot(y)).</p>\n<p>Computed beside the passes: 0.02 W.</p>\n<p>4 C D N + 4 C D + 22 C N + C + N floating-point operations; 2 C D N + C D + 21 C N + N for the value alone.</p>\n<p>2 C D + D N + 2 C + N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.</p>\n<h3>Assumptions</h3>\n<ul>\n<li>cross_entropy: lse(z) - z[y] of each row, in a form that loses nothing where the labelled class is nearly certain.</li>\n</ul>\n</section>\n";
    ///The sizes of the dimensions that are known at run time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Dims {
        ///`N`.
        pub n: usize,
        ///`D`.
        pub d: usize,
        ///`C`.
        pub c: usize,
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
            if found.c != self.c {
                return Err(Error::Parameters {
                    dimension: "C",
                    found: found.c,
                    expected: self.c,
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
        ///`C`.
        pub c: usize,
    }
    impl From<Dims> for ParamDims {
        fn from(dims: Dims) -> Self {
            Self { d: dims.d, c: dims.c }
        }
    }
    ///The sizes that no data argument tells.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Sizes {
        ///`C`.
        pub c: usize,
    }
    ///Data that the loss reads and does not differentiate. Nothing is copied.
    #[derive(Clone, Copy, Debug)]
    pub struct Data<'a, T> {
        ///`Matrix<N, D>`.
        pub x: MatrixRef<'a, T>,
        ///`Labels<N, C>`.
        pub y: Labels<'a>,
    }
    /// The data in the form that the passes read.
    #[allow(dead_code, reason = "of some data, only the size matters")]
    struct Inputs<'a, T> {
        x: rt::Input<'a, T>,
        y: rt::LabelInput<'a>,
    }
    ///The parameters, or the gradient in them: one flat buffer, and a view of each.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Params<T> {
        dims: ParamDims,
        flat: rt::Flat<T, 2>,
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
        ///`w: Matrix<D, C>`.
        #[must_use]
        pub fn w(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(0)
        }
        ///`w: Matrix<D, C>`, to write.
        pub fn w_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(0)
        }
        ///`b: RowVector<C>`.
        #[must_use]
        pub fn b(&self) -> VectorRef<'_, T> {
            self.flat.vector(1)
        }
        ///`b: RowVector<C>`, to write.
        pub fn b_mut(&mut self) -> &mut [T] {
            self.flat.part_mut(1)
        }
        fn shapes(dims: &ParamDims) -> [rt::Extent; 2] {
            [rt::Extent::matrix(dims.d, dims.c), rt::Extent::line(1, dims.c)]
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
            shapes.give(2, "C", sizes.c);
            shapes
                .argument(
                    "x",
                    "Matrix<N, D>",
                    (data.x.rows(), data.x.columns()),
                    (rt::Size::Named(0), rt::Size::Named(1)),
                )?;
            shapes
                .argument(
                    "y",
                    "Labels<N, C>",
                    (data.y.len(), 1),
                    (rt::Size::Named(0), rt::Size::Fixed(1)),
                )?;
            let dims = Dims {
                n: shapes.size(0),
                d: shapes.size(1),
                c: shapes.size(2),
            };
            let cost = cost::<T>(&dims);
            let plan = rt::Plan::new::<
                T,
            >(
                dims.n,
                &[dims.d, 1, dims.c, 1, dims.c],
                &[(1, dims.c), (dims.d, dims.c)],
                cost.flops + 4.0 * cost.bytes,
            );
            let inputs = Inputs {
                x: rt::Input::streamed(data.x),
                y: rt::LabelInput::new("y", "Labels<N, C>", data.y, dims.c)?,
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
        let gradient = rt::count(dims.c) + 4.0 * rt::count(dims.c) * rt::count(dims.d)
            + 4.0 * rt::count(dims.c) * rt::count(dims.d) * rt::count(dims.n)
            + 22.0 * rt::count(dims.c) * rt::count(dims.n) + rt::count(dims.n);
        let value = rt::count(dims.c) * rt::count(dims.d)
            + 2.0 * rt::count(dims.c) * rt::count(dims.d) * rt::count(dims.n)
            + 21.0 * rt::count(dims.c) * rt::count(dims.n) + rt::count(dims.n);
        let data = rt::count(dims.n) * rt::count(dims.d)
            + rt::count(dims.n) * rt::count(1);
        let params = rt::count(dims.d) * rt::count(dims.c)
            + rt::count(1) * rt::count(dims.c);
        Cost::new(
            gradient,
            value,
            (data + 2.0 * params) * rt::count(mem::size_of::<T>()),
        )
    }
    /// Values that live for a whole call.
    struct Value<T> {
        packed_w: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t7: f64,
        t8: f64,
        t5: f64,
        t6: f64,
        t9: f64,
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
                packed_w: Default::default(),
                is_hoisted: false,
                t7: 0.0,
                t8: 0.0,
                t5: 0.0,
                t6: 0.0,
                t9: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.packed_w.make(dims.d, dims.c, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| ValueSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| ValueBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.packed_w.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct ValueSums<T> {
        t5: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            Ok(Self {
                t5: 0.0,
                element: PhantomData,
            })
        }
        fn bytes(&self) -> usize {
            0
        }
    }
    /// Values of one block of rows.
    struct ValueBlock<T> {
        /// X W + 1 b: Matrix<N, C>, one block.
        t3: rt::Buffer<T>,
        /// CE(X W + 1 b, y): Vector<N>, one block.
        t4: rt::Buffer<T>,
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
                t3: rt::Buffer::EMPTY,
                t4: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t3.make(block, dims.c, &mut outcome);
            made.t4.make(1, block, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t3.bytes() + self.t4.bytes() + self.copy_x.bytes()
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
            self.t7 = 0.0;
            rt::map(
                isa,
                (dims.d, dims.c),
                params.flat.view(0),
                rt::Sum(&mut self.t7),
                &Loop1,
            );
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            self.t8 = 0.01 * self.t7;
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
                self.t5 = first.t5;
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
            self.t6 = self.t5 / rt::count(dims.n);
            self.t9 = self.t6 + self.t8;
            self.is_hoisted = true;
            self.t9
        }
    }
    /// Sums over the rows: sum(CE(X W + 1 b, y)).
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
            sums.t5 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            sums.t5 += later.t5;
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
            let block_y = inputs.y.rows(rows.clone());
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.c),
                (rt::ProductPiece::new(), rt::Row(params.flat.view(1))),
                rt::Store(block.t3.first_rows_mut(count)),
                &Loop2,
            );
            rt::cross_entropy(
                isa,
                block.t3.first_rows(count),
                block_y,
                block.t4.first_entries_mut(count),
            );
            rt::map(
                isa,
                (1, count),
                block.t4.first_entries(count),
                rt::Sum(&mut sums.t5),
                &Loop3,
            );
        }
    }
    /// ‖W‖².
    struct Loop1;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop1 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [w,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            [w * w]
        }
    }
    /// X W + 1 b.
    struct Loop2;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop2 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            t2,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t3 = xw + t2;
            [t3]
        }
    }
    /// sum(CE(X W + 1 b, y)).
    struct Loop3;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop3 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t4,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            [t4]
        }
    }
    /// Values that live for a whole call.
    struct Gradient<T> {
        /// 0.02 W: Matrix<D, C>.
        t11: rt::Buffer<T>,
        /// 1ᵀ (softmax(X W + 1 b) − onehot(y)): RowVector<C>, a sum over the blocks.
        t14: rt::Buffer<T>,
        /// Xᵀ (softmax(X W + 1 b) − onehot(y)): Matrix<D, C>, a sum over the blocks.
        t18: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t7: f64,
        t8: f64,
        t12: f64,
        t5: f64,
        t6: f64,
        t9: f64,
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
                t11: rt::Buffer::EMPTY,
                t14: rt::Buffer::EMPTY,
                t18: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                is_hoisted: false,
                t7: 0.0,
                t8: 0.0,
                t12: 0.0,
                t5: 0.0,
                t6: 0.0,
                t9: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t11.make(dims.d, dims.c, &mut outcome);
            made.t14.make(1, dims.c, &mut outcome);
            made.t18.make(dims.d, dims.c, &mut outcome);
            made.packed_w.make(dims.d, dims.c, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| GradientSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| GradientBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t11.bytes() + self.t14.bytes() + self.t18.bytes()
                + self.packed_w.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct GradientSums<T> {
        /// 1ᵀ (softmax(X W + 1 b) − onehot(y)): RowVector<C>, a sum over the blocks.
        t14: rt::Buffer<T>,
        /// Xᵀ (softmax(X W + 1 b) − onehot(y)): Matrix<D, C>, a sum over the blocks.
        t18: rt::Buffer<T>,
        t5: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            let mut made = Self {
                t14: rt::Buffer::EMPTY,
                t18: rt::Buffer::EMPTY,
                t5: 0.0,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            if !is_first {
                made.t14.make(1, dims.c, &mut outcome);
            }
            if !is_first {
                made.t18.make(dims.d, dims.c, &mut outcome);
            }
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t14.bytes() + self.t18.bytes()
        }
    }
    /// Values of one block of rows.
    struct GradientBlock<T> {
        /// X W + 1 b: Matrix<N, C>, one block.
        t3: rt::Buffer<T>,
        /// CE(X W + 1 b, y): Vector<N>, one block.
        t4: rt::Buffer<T>,
        /// softmax(X W + 1 b) − onehot(y): Matrix<N, C>, one block.
        t13: rt::Buffer<T>,
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
                t3: rt::Buffer::EMPTY,
                t4: rt::Buffer::EMPTY,
                t13: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.t3.make(block, dims.c, &mut outcome);
            made.t4.make(1, block, &mut outcome);
            made.t13.make(block, dims.c, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.t3.bytes() + self.t4.bytes() + self.t13.bytes() + self.copy_x.bytes()
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
                self.t12 = 1.0 / rt::count(dims.n);
            }
            self.t7 = 0.0;
            rt::map(
                isa,
                (dims.d, dims.c),
                params.flat.view(0),
                (rt::Sum(&mut self.t7), rt::Store(self.t11.view_mut())),
                &Loop4,
            );
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            self.t8 = 0.01 * self.t7;
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
                mem::swap(&mut first.t14, &mut self.t14);
                mem::swap(&mut first.t18, &mut self.t18);
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
                mem::swap(&mut first.t14, &mut self.t14);
                mem::swap(&mut first.t18, &mut self.t18);
                self.t5 = first.t5;
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
            self.t6 = self.t5 / rt::count(dims.n);
            self.t9 = self.t6 + self.t8;
            {
                let [_, mut gradient_b] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (1, dims.c),
                    (self.t14.view(), rt::Scalar(self.t12)),
                    rt::Store(gradient_b.reborrow()),
                    &Loop5,
                );
            }
            {
                let [mut gradient_w, _] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.d, dims.c),
                    ((self.t11.view(), self.t18.view()), rt::Scalar(self.t12)),
                    rt::Store(gradient_w.reborrow()),
                    &Loop6,
                );
            }
            self.is_hoisted = true;
            self.t9
        }
    }
    /// Sums over the rows: 1ᵀ (softmax(X W + 1 b) − onehot(y)), Xᵀ (softmax(X W + 1 b) − onehot(y)), sum(CE(X W + 1 b, y)).
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
            sums.t14.clear();
            sums.t18.clear();
            sums.t5 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.t14, &mut sums.t14);
            rt::add(self.isa, &later.t18, &mut sums.t18);
            sums.t5 += later.t5;
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
            let block_y = inputs.y.rows(rows.clone());
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.c),
                (rt::ProductPiece::new(), rt::Row(params.flat.view(1))),
                rt::Store(block.t3.first_rows_mut(count)),
                &Loop2,
            );
            rt::cross_entropy_and_residual(
                isa,
                block.t3.first_rows(count),
                block_y,
                block.t4.first_entries_mut(count),
                block.t13.first_rows_mut(count),
            );
            rt::map(
                isa,
                (1, count),
                block.t4.first_entries(count),
                rt::Sum(&mut sums.t5),
                &Loop3,
            );
            rt::map(
                isa,
                (count, dims.c),
                block.t13.first_rows(count),
                rt::ColumnSums(sums.t14.view_mut()),
                &Loop3,
            );
            T::product_t(isa, block_x, block.t13.first_rows(count), sums.t18.view_mut());
        }
    }
    /// ‖W‖², 0.02 W.
    struct Loop4;
    impl<T: rt::Element> rt::Map<T, 1, 2> for Loop4 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [w,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 2] {
            let t10 = rt::Lanes::constant(simd, 0.02);
            let t11 = t10 * w;
            [w * w, t11]
        }
    }
    struct Loop5;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop5 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t14,
            t15,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t16 = t15 * t14;
            [t16]
        }
    }
    struct Loop6;
    impl<T: rt::Element> rt::Map<T, 3, 1> for Loop6 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t11,
            t18,
            t19,
            ]: [rt::Lanes<T, S>; 3],
        ) -> [rt::Lanes<T, S>; 1] {
            let t20 = t19 * t18;
            let t21 = t11 + t20;
            [t21]
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
            Vec::from([("w", dims.d, dims.c), ("b", 1, dims.c)])
        }
    }
}
