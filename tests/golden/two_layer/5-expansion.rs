///
///# The loss and its gradient
///
///```text
///L = ‖E‖²  where H = tanh(X W), E = H A − Y
///dL/dW = 2 Xᵀ (E Aᵀ ⊙ H′)  where H = tanh(X W), H′ = 1 − H ⊙ H, E = H A − Y
///dL/dA = 2 Hᵀ E  where H = tanh(X W), E = H A − Y
///```
///
///# The derivation
///
///A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.
///
///```text
///dL = 2 ⟨dE, E⟩                          [L = ‖E‖²]
///   = 2 E : dE                           [d(A : B) = B : dA + A : dB]
///2 E : dE = 2 E : (dH A + H dA)          [E = H A − Y]
///         = 2 E Aᵀ : dH + 2 Hᵀ E : dA    [G : A B = G Bᵀ : A, G : A B = Aᵀ G : B]
///2 E Aᵀ : dH = 2 E Aᵀ : (X dW ⊙ H′)      [H = tanh(X W), H′ = 1 − H ⊙ H]
///         = 2 Xᵀ (E Aᵀ ⊙ H′) : dW        [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : A B = Aᵀ G : B]
///⇒ dL/dW = 2 Xᵀ (E Aᵀ ⊙ H′)
///⇒ dL/dA = 2 Hᵀ E
///```
///
///# How it is computed
///
///One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.
///
///Of each block: X W, H, E, E Aᵀ ⊙ H′.
///
///Summed over the blocks: Hᵀ E, Xᵀ (E Aᵀ ⊙ H′).
///
///4 D K N + 6 K M N + D K + K M + 34 K N + 2 M N floating-point operations; 2 D K N + 2 K M N + 25 K N + 2 M N for the value alone.
///
///2 D K + D N + 2 K M + M N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.
///
///| | shape | |
///|---|---|---|
///| `x` | `Matrix<N, D>` | data |
///| `y` | `Matrix<N, M>` | data |
///| `w` | `Matrix<D, K>` | parameter |
///| `a` | `Matrix<K, M>` | parameter |
///| `H` | `Matrix<N, K>` | tanh(X W) |
///| `E` | `Matrix<N, M>` | H A − Y |
///| `H′` | `Matrix<N, K>` | 1 − H ⊙ H |
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
mod two_layer {
    use ::core::prelude::rust_2021::*;
    use ::frobenius::__rt_0_1 as rt;
    use rt::prelude::{
        Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut,
        MatrixRef, PhantomData, Range, Report, String, Vec, VectorRef, mem,
    };
    /// The loss, as the compiler understood it.
    pub const FORMULA: &str = "‖E‖²  where H = tanh(X W), E = H A − Y";
    /// The name of each parameter, and the gradient in it.
    pub const GRADIENTS: &[(&str, &str)] = &[
        (
            "w",
            "2 Xᵀ (E Aᵀ ⊙ H′)  where H = tanh(X W), H′ = 1 − H ⊙ H, E = H A − Y",
        ),
        ("a", "2 Hᵀ E  where H = tanh(X W), E = H A − Y"),
    ];
    /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
    pub const DERIVATION: &str = "dL = 2 ⟨dE, E⟩                          [L = ‖E‖²]\n   = 2 E : dE                           [d(A : B) = B : dA + A : dB]\n2 E : dE = 2 E : (dH A + H dA)          [E = H A − Y]\n         = 2 E Aᵀ : dH + 2 Hᵀ E : dA    [G : A B = G Bᵀ : A, G : A B = Aᵀ G : B]\n2 E Aᵀ : dH = 2 E Aᵀ : (X dW ⊙ H′)      [H = tanh(X W), H′ = 1 − H ⊙ H]\n         = 2 Xᵀ (E Aᵀ ⊙ H′) : dW        [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA, G : A B = Aᵀ G : B]\n⇒ dL/dW = 2 Xᵀ (E Aᵀ ⊙ H′)\n⇒ dL/dA = 2 Hᵀ E";
    /// `FORMULA` in LaTeX, for mathematics mode.
    pub const FORMULA_LATEX: &str = "\\lVert E \\rVert^{2} \\quad\\text{where}\\quad H = \\operatorname{tanh} \\left( X W \\right) , E = H A - Y";
    /// `GRADIENTS` in LaTeX, for mathematics mode.
    pub const GRADIENTS_LATEX: &[(&str, &str)] = &[
        (
            "w",
            "2 X^{\\top} \\left( E A^{\\top} \\odot H' \\right) \\quad\\text{where}\\quad H = \\operatorname{tanh} \\left( X W \\right) , H' = 1 - H \\odot H , E = H A - Y",
        ),
        (
            "a",
            "2 H^{\\top} E \\quad\\text{where}\\quad H = \\operatorname{tanh} \\left( X W \\right) , E = H A - Y",
        ),
    ];
    /// `DERIVATION` in LaTeX, with the package amsmath.
    pub const DERIVATION_LATEX: &str = "\\begin{align*}\n\\mathrm{d}L &= 2 \\langle \\mathrm{d}E , E \\rangle && L = \\lVert E \\rVert^{2} \\\\\n &= 2 E : \\mathrm{d}E && d \\left( A : B \\right) = B : \\mathrm{d}A + A : \\mathrm{d}B \\\\\n2 E : \\mathrm{d}E &= 2 E : \\left( \\mathrm{d}H A + H \\mathrm{d}A \\right) && E = H A - Y \\\\\n &= 2 E A^{\\top} : \\mathrm{d}H + 2 H^{\\top} E : \\mathrm{d}A && G : A B = G B^{\\top} : A , G : A B = A^{\\top} G : B \\\\\n2 E A^{\\top} : \\mathrm{d}H &= 2 E A^{\\top} : \\left( X \\mathrm{d}W \\odot H' \\right) && H = \\operatorname{tanh} \\left( X W \\right) , H' = 1 - H \\odot H \\\\\n &= 2 X^{\\top} \\left( E A^{\\top} \\odot H' \\right) : \\mathrm{d}W && G : \\left( f' \\left( A \\right) \\odot \\mathrm{d}A \\right) = \\left( G \\odot f' \\left( A \\right) \\right) : \\mathrm{d}A , G : A B = A^{\\top} G : B \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}W &= 2 X^{\\top} \\left( E A^{\\top} \\odot H' \\right) \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}A &= 2 H^{\\top} E\n\\end{align*}";
    /// Arguments and intermediates: the name of each, its shape, and what it is.
    pub const SHAPES: &[(&str, &str, &str)] = &[
        ("x", "Matrix<N, D>", "data"),
        ("y", "Matrix<N, M>", "data"),
        ("w", "Matrix<D, K>", "parameter"),
        ("a", "Matrix<K, M>", "parameter"),
        ("H", "Matrix<N, K>", "tanh(X W)"),
        ("E", "Matrix<N, M>", "H A − Y"),
        ("H′", "Matrix<N, K>", "1 − H ⊙ H"),
    ];
    /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
    pub const SCHEDULE: &[&str] = &[
        "One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Of each block: X W, H, E, E Aᵀ ⊙ H′.",
        "Summed over the blocks: Hᵀ E, Xᵀ (E Aᵀ ⊙ H′).",
        "4 D K N + 6 K M N + D K + K M + 34 K N + 2 M N floating-point operations; 2 D K N + 2 K M N + 25 K N + 2 M N for the value alone.",
        "2 D K + D N + 2 K M + M N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
    pub const ASSUMPTIONS: &[&str] = &[];
    /// All of this as a part of an HTML page, in MathML.
    pub const HTML: &str = "<section class=\"loss\">\n<h2>two_layer</h2>\n<p class=\"formula\"><math><mi>L</mi><mo>=</mo><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>E</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup><mtext>&#8195;where&#8195;</mtext><mi>H</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>E</mi><mo>=</mo><mi>H</mi><mi>A</mi><mo>−</mo><mi>Y</mi></math></p>\n<h3>Gradients</h3>\n<table class=\"gradients\">\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>W</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>⊙</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>H</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo>=</mo><mn>1</mn><mo>−</mo><mi>H</mi><mo>⊙</mo><mi>H</mi><mo>,</mo><mi>E</mi><mo>=</mo><mi>H</mi><mi>A</mi><mo>−</mo><mi>Y</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>A</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><mi>H</mi></mrow><mo>⊤</mo></msup><mi>E</mi><mtext>&#8195;where&#8195;</mtext><mi>H</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>E</mi><mo>=</mo><mi>H</mi><mi>A</mi><mo>−</mo><mi>Y</mi></math></td></tr>\n</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n<tr><td class=\"left\"><math><mi mathvariant=\"normal\">d</mi><mi>L</mi></math></td><td><math><mo>=</mo><mn>2</mn><mrow><mo fence=\"true\" stretchy=\"false\">⟨</mo><mi mathvariant=\"normal\">d</mi><mi>E</mi><mo>,</mo><mi>E</mi><mo fence=\"true\" stretchy=\"false\">⟩</mo></mrow></math></td><td class=\"why\"><math><mi>L</mi><mo>=</mo><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>E</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mn>2</mn><mi>E</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>E</mi></math></td><td class=\"why\"><math><mi>d</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>:</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>B</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>+</mo><mi>A</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mn>2</mn><mi>E</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>E</mi></math></td><td><math><mo>=</mo><mn>2</mn><mi>E</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>H</mi><mi>A</mi><mo>+</mo><mi>H</mi><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>E</mi><mo>=</mo><mi>H</mi><mi>A</mi><mo>−</mo><mi>Y</mi></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mn>2</mn><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>H</mi><mo>+</mo><mn>2</mn><msup><mrow><mi>H</mi></mrow><mo>⊤</mo></msup><mi>E</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><mi>G</mi><msup><mrow><mi>B</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mn>2</mn><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>H</mi></math></td><td><math><mo>=</mo><mn>2</mn><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>⊙</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>H</mi><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo>=</mo><mn>1</mn><mo>−</mo><mi>H</mi><mo>⊙</mo><mi>H</mi></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>⊙</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>E</mi><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mo>⊙</mo><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi></math></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><mi>H</mi></mrow><mo>⊤</mo></msup><mi>E</mi></math></td><td class=\"why\"></td></tr>\n</table>\n<h3>Shapes</h3>\n<table class=\"shapes\">\n<tr><td><math><mi>x</mi></math></td><td><code>Matrix&lt;N, D&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>y</mi></math></td><td><code>Matrix&lt;N, M&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>w</mi></math></td><td><code>Matrix&lt;D, K&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>a</mi></math></td><td><code>Matrix&lt;K, M&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>H</mi></math></td><td><code>Matrix&lt;N, K&gt;</code></td><td><math><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td><math><mi>E</mi></math></td><td><code>Matrix&lt;N, M&gt;</code></td><td><math><mo>=</mo><mi>H</mi><mi>A</mi><mo>−</mo><mi>Y</mi></math></td></tr>\n<tr><td><math><msup><mi>H</mi><mo mathsize=\"140%\">′</mo></msup></math></td><td><code>Matrix&lt;N, K&gt;</code></td><td><math><mo>=</mo><mn>1</mn><mo>−</mo><mi>H</mi><mo>⊙</mo><mi>H</mi></math></td></tr>\n</table>\n<h3>Computation</h3>\n<p>One pass over N, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.</p>\n<p>Of each block: X W, H, E, E Aᵀ ⊙ H′.</p>\n<p>Summed over the blocks: Hᵀ E, Xᵀ (E Aᵀ ⊙ H′).</p>\n<p>4 D K N + 6 K M N + D K + K M + 34 K N + 2 M N floating-point operations; 2 D K N + 2 K M N + 25 K N + 2 M N for the value alone.</p>\n<p>2 D K + D N + 2 K M + M N elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.</p>\n</section>\n";
    ///The sizes of the dimensions that are known at run time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Dims {
        ///`N`.
        pub n: usize,
        ///`D`.
        pub d: usize,
        ///`M`.
        pub m: usize,
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
            if found.m != self.m {
                return Err(Error::Parameters {
                    dimension: "M",
                    found: found.m,
                    expected: self.m,
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
        ///`M`.
        pub m: usize,
        ///`K`.
        pub k: usize,
    }
    impl From<Dims> for ParamDims {
        fn from(dims: Dims) -> Self {
            Self {
                d: dims.d,
                m: dims.m,
                k: dims.k,
            }
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
        ///`Matrix<N, M>`.
        pub y: MatrixRef<'a, T>,
    }
    /// The data in the form that the passes read.
    #[allow(dead_code, reason = "of some data, only the size matters")]
    struct Inputs<'a, T> {
        x: rt::Input<'a, T>,
        y: rt::Input<'a, T>,
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
        ///`w: Matrix<D, K>`.
        #[must_use]
        pub fn w(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(0)
        }
        ///`w: Matrix<D, K>`, to write.
        pub fn w_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(0)
        }
        ///`a: Matrix<K, M>`.
        #[must_use]
        pub fn a(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(1)
        }
        ///`a: Matrix<K, M>`, to write.
        pub fn a_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(1)
        }
        fn shapes(dims: &ParamDims) -> [rt::Extent; 2] {
            [rt::Extent::matrix(dims.d, dims.k), rt::Extent::matrix(dims.k, dims.m)]
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
            let mut shapes = rt::Shapes::<4>::default();
            shapes.give(3, "K", sizes.k);
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
                    "Matrix<N, M>",
                    (data.y.rows(), data.y.columns()),
                    (rt::Size::Named(0), rt::Size::Named(2)),
                )?;
            let dims = Dims {
                n: shapes.size(0),
                d: shapes.size(1),
                m: shapes.size(2),
                k: shapes.size(3),
            };
            let cost = cost::<T>(&dims);
            let plan = rt::Plan::new::<
                T,
            >(
                dims.n,
                &[dims.d, dims.m, dims.k, dims.k, dims.m, dims.k],
                &[(dims.k, dims.m), (dims.d, dims.k)],
                cost.flops + 4.0 * cost.bytes,
            );
            let inputs = Inputs {
                x: rt::Input::streamed(data.x),
                y: rt::Input::streamed(data.y),
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
        let gradient = rt::count(dims.d) * rt::count(dims.k)
            + 4.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.n)
            + rt::count(dims.k) * rt::count(dims.m)
            + 6.0 * rt::count(dims.k) * rt::count(dims.m) * rt::count(dims.n)
            + 34.0 * rt::count(dims.k) * rt::count(dims.n)
            + 2.0 * rt::count(dims.m) * rt::count(dims.n);
        let value = 2.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.n)
            + 2.0 * rt::count(dims.k) * rt::count(dims.m) * rt::count(dims.n)
            + 25.0 * rt::count(dims.k) * rt::count(dims.n)
            + 2.0 * rt::count(dims.m) * rt::count(dims.n);
        let data = rt::count(dims.n) * rt::count(dims.d)
            + rt::count(dims.n) * rt::count(dims.m);
        let params = rt::count(dims.d) * rt::count(dims.k)
            + rt::count(dims.k) * rt::count(dims.m);
        Cost::new(
            gradient,
            value,
            (data + 2.0 * params) * rt::count(mem::size_of::<T>()),
        )
    }
    /// Values that live for a whole call.
    struct Value<T> {
        packed_w: rt::Packed<T>,
        packed_a: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t3: f64,
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
                packed_a: Default::default(),
                is_hoisted: false,
                t3: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.packed_a.make(dims.k, dims.m, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| ValueSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| ValueBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.packed_w.bytes() + self.packed_a.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct ValueSums<T> {
        t3: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            Ok(Self {
                t3: 0.0,
                element: PhantomData,
            })
        }
        fn bytes(&self) -> usize {
            0
        }
    }
    /// Values of one block of rows.
    struct ValueBlock<T> {
        /// H = tanh(X W): Matrix<N, K>, one block.
        h: rt::Buffer<T>,
        copy_x: rt::Staging<T>,
        copy_y: rt::Staging<T>,
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
                h: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                copy_y: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.h.make(block, dims.k, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            inputs.y.stage(block, &mut made.copy_y, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.h.bytes() + self.copy_x.bytes() + self.copy_y.bytes()
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
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            T::pack(isa, params.flat.view(1), rt::Transposed::No, &mut self.packed_a);
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
                self.t3 = first.t3;
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
            self.is_hoisted = true;
            self.t3
        }
    }
    /// Sums over the rows: ‖E‖².
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
            sums.t3 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            sums.t3 += later.t3;
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
            let block_y = inputs.y.rows(rows.clone(), &mut block.copy_y);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                rt::ProductPiece::new(),
                rt::Store(block.h.first_rows_mut(count)),
                &Loop1,
            );
            rt::product_map(
                isa,
                (block.h.first_rows(count), &whole.packed_a),
                (count, dims.m),
                (block_y, rt::ProductPiece::new()),
                rt::Sum(&mut sums.t3),
                &Loop2,
            );
        }
    }
    /// H = tanh(X W).
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
            let h = rt::Elementwise::tanh(xw);
            [h]
        }
    }
    /// ‖E‖².
    struct Loop2;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop2 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            ha,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let e = ha - y;
            [e * e]
        }
    }
    /// Values that live for a whole call.
    struct Gradient<T> {
        /// Hᵀ E: Matrix<K, M>, a sum over the blocks.
        h_t_e: rt::Buffer<T>,
        /// Xᵀ (E Aᵀ ⊙ H′): Matrix<D, K>, a sum over the blocks.
        t13: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        packed_a: rt::Packed<T>,
        transposed_a: rt::Packed<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t3: f64,
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
                h_t_e: rt::Buffer::EMPTY,
                t13: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                packed_a: Default::default(),
                transposed_a: Default::default(),
                is_hoisted: false,
                t3: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.h_t_e.make(dims.k, dims.m, &mut outcome);
            made.t13.make(dims.d, dims.k, &mut outcome);
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.packed_a.make(dims.k, dims.m, &mut outcome);
            made.transposed_a.make(dims.m, dims.k, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| GradientSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| GradientBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.h_t_e.bytes() + self.t13.bytes() + self.packed_w.bytes()
                + self.packed_a.bytes() + self.transposed_a.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct GradientSums<T> {
        /// Hᵀ E: Matrix<K, M>, a sum over the blocks.
        h_t_e: rt::Buffer<T>,
        /// Xᵀ (E Aᵀ ⊙ H′): Matrix<D, K>, a sum over the blocks.
        t13: rt::Buffer<T>,
        t3: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            let mut made = Self {
                h_t_e: rt::Buffer::EMPTY,
                t13: rt::Buffer::EMPTY,
                t3: 0.0,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            if !is_first {
                made.h_t_e.make(dims.k, dims.m, &mut outcome);
            }
            if !is_first {
                made.t13.make(dims.d, dims.k, &mut outcome);
            }
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.h_t_e.bytes() + self.t13.bytes()
        }
    }
    /// Values of one block of rows.
    struct GradientBlock<T> {
        /// X W: Matrix<N, K>, one block.
        xw: rt::Buffer<T>,
        /// H = tanh(X W): Matrix<N, K>, one block.
        h: rt::Buffer<T>,
        /// E = H A − Y: Matrix<N, M>, one block.
        e: rt::Buffer<T>,
        /// E Aᵀ ⊙ H′: Matrix<N, K>, one block.
        t11: rt::Buffer<T>,
        copy_x: rt::Staging<T>,
        copy_y: rt::Staging<T>,
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
                xw: rt::Buffer::EMPTY,
                h: rt::Buffer::EMPTY,
                e: rt::Buffer::EMPTY,
                t11: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                copy_y: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.xw.make(block, dims.k, &mut outcome);
            made.h.make(block, dims.k, &mut outcome);
            made.e.make(block, dims.m, &mut outcome);
            made.t11.make(block, dims.k, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            inputs.y.stage(block, &mut made.copy_y, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.xw.bytes() + self.h.bytes() + self.e.bytes() + self.t11.bytes()
                + self.copy_x.bytes() + self.copy_y.bytes()
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
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            T::pack(isa, params.flat.view(1), rt::Transposed::No, &mut self.packed_a);
            T::pack(
                isa,
                params.flat.view(1),
                rt::Transposed::Yes,
                &mut self.transposed_a,
            );
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
                mem::swap(&mut first.h_t_e, &mut self.h_t_e);
                mem::swap(&mut first.t13, &mut self.t13);
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
                mem::swap(&mut first.h_t_e, &mut self.h_t_e);
                mem::swap(&mut first.t13, &mut self.t13);
                self.t3 = first.t3;
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
                let [mut gradient_w, _] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.d, dims.k),
                    self.t13.view(),
                    rt::Store(gradient_w.reborrow()),
                    &Loop6,
                );
            }
            {
                let [_, mut gradient_a] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.k, dims.m),
                    self.h_t_e.view(),
                    rt::Store(gradient_a.reborrow()),
                    &Loop6,
                );
            }
            self.is_hoisted = true;
            self.t3
        }
    }
    /// Sums over the rows: Hᵀ E, Xᵀ (E Aᵀ ⊙ H′), ‖E‖².
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
            sums.h_t_e.clear();
            sums.t13.clear();
            sums.t3 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.h_t_e, &mut sums.h_t_e);
            rt::add(self.isa, &later.t13, &mut sums.t13);
            sums.t3 += later.t3;
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
            let block_y = inputs.y.rows(rows.clone(), &mut block.copy_y);
            rt::product_map(
                isa,
                (block_x, &whole.packed_w),
                (count, dims.k),
                rt::ProductPiece::new(),
                (
                    rt::Store(block.h.first_rows_mut(count)),
                    rt::Store(block.xw.first_rows_mut(count)),
                ),
                &Loop3,
            );
            rt::product_map(
                isa,
                (block.h.first_rows(count), &whole.packed_a),
                (count, dims.m),
                (block_y, rt::ProductPiece::new()),
                (rt::Store(block.e.first_rows_mut(count)), rt::Sum(&mut sums.t3)),
                &Loop4,
            );
            T::product_t(
                isa,
                block.h.first_rows(count),
                block.e.first_rows(count),
                sums.h_t_e.view_mut(),
            );
            rt::product_map(
                isa,
                (block.e.first_rows(count), &whole.transposed_a),
                (count, dims.k),
                (
                    (block.xw.first_rows(count), block.h.first_rows(count)),
                    rt::ProductPiece::new(),
                ),
                rt::Store(block.t11.first_rows_mut(count)),
                &Loop5,
            );
            T::product_t(isa, block_x, block.t11.first_rows(count), sums.t13.view_mut());
        }
    }
    /// H = tanh(X W), X W.
    struct Loop3;
    impl<T: rt::Element> rt::Map<T, 1, 2> for Loop3 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 2] {
            let h = rt::Elementwise::tanh(xw);
            [h, xw]
        }
    }
    /// E = H A − Y, ‖E‖².
    struct Loop4;
    impl<T: rt::Element> rt::Map<T, 2, 2> for Loop4 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            ha,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 2] {
            let e = ha - y;
            [e, e * e]
        }
    }
    /// E Aᵀ ⊙ H′.
    struct Loop5;
    impl<T: rt::Element> rt::Map<T, 3, 1> for Loop5 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [xw,
            h,
            ea_t,
            ]: [rt::Lanes<T, S>; 3],
        ) -> [rt::Lanes<T, S>; 1] {
            let h_prime = rt::Elementwise::tanh_slope(xw, h);
            let t11 = ea_t * h_prime;
            [t11]
        }
    }
    /// 2 Xᵀ (E Aᵀ ⊙ H′).
    struct Loop6;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop6 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t13,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            let t14 = rt::Lanes::constant(simd, 2.0);
            let t15 = t14 * t13;
            [t15]
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
            Vec::from([("w", dims.d, dims.k), ("a", dims.k, dims.m)])
        }
    }
}
