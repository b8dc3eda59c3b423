///
///# The loss and its gradient
///
///```text
///L = (1 / N) sum(softplus(z) − z ⊙ y)  where z = X w + b
///dL/dw = (1 / N) Xᵀ (σ(z) − y)  where z = X w + b
///dL/db = (1 / N) sum(σ(z) − y)  where z = X w + b
///```
///
///# The derivation
///
///A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.
///
///```text
///dL = (1 / N) sum(dh − dz ⊙ y)                                   [L = (1 / N) sum(h − z ⊙ y)]
///   = (1 / N) sum(dh) − (1 / N) y : dz                           [G : (A ⊙ B) = (G ⊙ B) : A, sum(A) = 1 1ᵀ : A]
///(1 / N) sum(dh) = (1 / N) sum(dz ⊙ h′)                          [h = softplus(z), h′ = σ(z)]
///         = (1 / N) h′ : dz                                      [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA]
///(1 / N) (h′ − y) : dz = (1 / N) (h′ − y) : (X dw + db)          [z = X w + b]
///         = (1 / N) Xᵀ (h′ − y) : dw + (1 / N) sum(h′ − y) db    [G : (a 1ᵀ) = G 1 : a, G : A B = Aᵀ G : B]
///⇒ dL/dw = (1 / N) Xᵀ (h′ − y)
///⇒ dL/db = (1 / N) sum(h′ − y)
///```
///
///# How it is computed
///
///One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.
///
///Of each block: X w, g.
///
///Summed over the blocks: Xᵀ g.
///
///4 D N + 68 N floating-point operations; 2 D N + 39 N for the value alone.
///
///D N + 2 D + N + 2 elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.
///
///| | shape | |
///|---|---|---|
///| `x` | `Matrix<N, D>` | data |
///| `y` | `Vector<N>` | data |
///| `w` | `Vector<D>` | parameter |
///| `b` | `Scalar` | parameter |
///| `z` | `Vector<N>` | X w + b |
///
///- `softplus`: max(a, 0) + log1p(exp(−|a|)): finite and exact on both sides.
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
mod logistic {
    use ::core::prelude::rust_2021::*;
    use ::frobenius::__rt_0_1 as rt;
    use rt::prelude::{
        Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut,
        MatrixRef, PhantomData, Range, Report, String, Vec, VectorRef, mem,
    };
    /// The loss, as the compiler understood it.
    pub const FORMULA: &str = "(1 / N) sum(softplus(z) − z ⊙ y)  where z = X w + b";
    /// The name of each parameter, and the gradient in it.
    pub const GRADIENTS: &[(&str, &str)] = &[
        ("w", "(1 / N) Xᵀ (σ(z) − y)  where z = X w + b"),
        ("b", "(1 / N) sum(σ(z) − y)  where z = X w + b"),
    ];
    /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
    pub const DERIVATION: &str = "dL = (1 / N) sum(dh − dz ⊙ y)                                   [L = (1 / N) sum(h − z ⊙ y)]\n   = (1 / N) sum(dh) − (1 / N) y : dz                           [G : (A ⊙ B) = (G ⊙ B) : A, sum(A) = 1 1ᵀ : A]\n(1 / N) sum(dh) = (1 / N) sum(dz ⊙ h′)                          [h = softplus(z), h′ = σ(z)]\n         = (1 / N) h′ : dz                                      [G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA]\n(1 / N) (h′ − y) : dz = (1 / N) (h′ − y) : (X dw + db)          [z = X w + b]\n         = (1 / N) Xᵀ (h′ − y) : dw + (1 / N) sum(h′ − y) db    [G : (a 1ᵀ) = G 1 : a, G : A B = Aᵀ G : B]\n⇒ dL/dw = (1 / N) Xᵀ (h′ − y)\n⇒ dL/db = (1 / N) sum(h′ − y)";
    /// `FORMULA` in LaTeX, for mathematics mode.
    pub const FORMULA_LATEX: &str = "\\frac{1}{N} \\operatorname{sum} \\left( \\operatorname{softplus} \\left( z \\right) - z \\odot y \\right) \\quad\\text{where}\\quad z = X w + b";
    /// `GRADIENTS` in LaTeX, for mathematics mode.
    pub const GRADIENTS_LATEX: &[(&str, &str)] = &[
        (
            "w",
            "\\frac{1}{N} X^{\\top} \\left( \\sigma \\left( z \\right) - y \\right) \\quad\\text{where}\\quad z = X w + b",
        ),
        (
            "b",
            "\\frac{1}{N} \\operatorname{sum} \\left( \\sigma \\left( z \\right) - y \\right) \\quad\\text{where}\\quad z = X w + b",
        ),
    ];
    /// `DERIVATION` in LaTeX, with the package amsmath.
    pub const DERIVATION_LATEX: &str = "\\begin{align*}\n\\mathrm{d}L &= \\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}h - \\mathrm{d}z \\odot y \\right) && L = \\frac{1}{N} \\operatorname{sum} \\left( h - z \\odot y \\right) \\\\\n &= \\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}h \\right) - \\frac{1}{N} y : \\mathrm{d}z && G : \\left( A \\odot B \\right) = \\left( G \\odot B \\right) : A , \\operatorname{sum} \\left( A \\right) = \\mathbf{1} \\mathbf{1}^{\\top} : A \\\\\n\\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}h \\right) &= \\frac{1}{N} \\operatorname{sum} \\left( \\mathrm{d}z \\odot h' \\right) && h = \\operatorname{softplus} \\left( z \\right) , h' = \\sigma \\left( z \\right) \\\\\n &= \\frac{1}{N} h' : \\mathrm{d}z && G : \\left( f' \\left( A \\right) \\odot \\mathrm{d}A \\right) = \\left( G \\odot f' \\left( A \\right) \\right) : \\mathrm{d}A \\\\\n\\frac{1}{N} \\left( h' - y \\right) : \\mathrm{d}z &= \\frac{1}{N} \\left( h' - y \\right) : \\left( X \\mathrm{d}w + \\mathrm{d}b \\right) && z = X w + b \\\\\n &= \\frac{1}{N} X^{\\top} \\left( h' - y \\right) : \\mathrm{d}w + \\frac{1}{N} \\operatorname{sum} \\left( h' - y \\right) \\mathrm{d}b && G : \\left( a \\mathbf{1}^{\\top} \\right) = G \\mathbf{1} : a , G : A B = A^{\\top} G : B \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}w &= \\frac{1}{N} X^{\\top} \\left( h' - y \\right) \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}b &= \\frac{1}{N} \\operatorname{sum} \\left( h' - y \\right)\n\\end{align*}";
    /// Arguments and intermediates: the name of each, its shape, and what it is.
    pub const SHAPES: &[(&str, &str, &str)] = &[
        ("x", "Matrix<N, D>", "data"),
        ("y", "Vector<N>", "data"),
        ("w", "Vector<D>", "parameter"),
        ("b", "Scalar", "parameter"),
        ("z", "Vector<N>", "X w + b"),
    ];
    /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
    pub const SCHEDULE: &[&str] = &[
        "One pass over `N`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Of each block: X w, g.",
        "Summed over the blocks: Xᵀ g.",
        "4 D N + 68 N floating-point operations; 2 D N + 39 N for the value alone.",
        "D N + 2 D + N + 2 elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
    pub const ASSUMPTIONS: &[&str] = &[
        "`softplus`: max(a, 0) + log1p(exp(−|a|)): finite and exact on both sides.",
    ];
    /// All of this as a part of an HTML page, in MathML.
    pub const HTML: &str = "<section class=\"loss\">\n<h2>logistic</h2>\n<p class=\"formula\"><math><mi>L</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>softplus</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>z</mi><mo>⊙</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>z</mi><mo>=</mo><mi>X</mi><mi>w</mi><mo>+</mo><mi>b</mi></math></p>\n<h3>Gradients</h3>\n<table class=\"gradients\">\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>w</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>σ</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>z</mi><mo>=</mo><mi>X</mi><mi>w</mi><mo>+</mo><mi>b</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>b</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>σ</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>z</mi><mo>=</mo><mi>X</mi><mi>w</mi><mo>+</mo><mi>b</mi></math></td></tr>\n</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n<tr><td class=\"left\"><math><mi mathvariant=\"normal\">d</mi><mi>L</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo>−</mo><mi mathvariant=\"normal\">d</mi><mi>z</mi><mo>⊙</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>L</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>h</mi><mo>−</mo><mi>z</mi><mo>⊙</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>−</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>y</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>z</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi>A</mi><mo>,</mo><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>𝟏</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi>A</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>z</mi><mo>⊙</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>h</mi><mo>=</mo><mi>softplus</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>=</mo><mi>σ</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>z</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>z</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>⊙</mo><msup><mi>f</mi><mo mathsize=\"140%\">′</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>z</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi mathvariant=\"normal\">d</mi><mi>w</mi><mo>+</mo><mi mathvariant=\"normal\">d</mi><mi>b</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>z</mi><mo>=</mo><mi>X</mi><mi>w</mi><mo>+</mo><mi>b</mi></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>w</mi><mo>+</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi mathvariant=\"normal\">d</mi><mi>b</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>a</mi><msup><mrow><mi>𝟏</mi></mrow><mo>⊤</mo></msup><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>G</mi><mi>𝟏</mi><mo>:</mo><mi>a</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi></math></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>w</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>b</mi></math></td><td><math><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mi>sum</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msup><mi>h</mi><mo mathsize=\"140%\">′</mo></msup><mo>−</mo><mi>y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n</table>\n<h3>Shapes</h3>\n<table class=\"shapes\">\n<tr><td><math><mi>x</mi></math></td><td><code>Matrix&lt;N, D&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>y</mi></math></td><td><code>Vector&lt;N&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>w</mi></math></td><td><code>Vector&lt;D&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>b</mi></math></td><td><code>Scalar</code></td><td>parameter</td></tr>\n<tr><td><math><mi>z</mi></math></td><td><code>Vector&lt;N&gt;</code></td><td><math><mo>=</mo><mi>X</mi><mi>w</mi><mo>+</mo><mi>b</mi></math></td></tr>\n</table>\n<h3>Computation</h3>\n<p>One pass over N, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.</p>\n<p>Of each block: X w, g.</p>\n<p>Summed over the blocks: Xᵀ g.</p>\n<p>4 D N + 68 N floating-point operations; 2 D N + 39 N for the value alone.</p>\n<p>D N + 2 D + N + 2 elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.</p>\n<h3>Assumptions</h3>\n<ul>\n<li>softplus: max(a, 0) + log1p(exp(−|a|)): finite and exact on both sides.</li>\n</ul>\n</section>\n";
    ///The sizes of the dimensions that are known at run time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Dims {
        ///`N`.
        pub n: usize,
        ///`D`.
        pub d: usize,
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
            Ok(())
        }
    }
    ///The sizes that parameters have: one `Params` serves losses of as many rows as one likes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ParamDims {
        ///`D`.
        pub d: usize,
    }
    impl From<Dims> for ParamDims {
        fn from(dims: Dims) -> Self {
            Self { d: dims.d }
        }
    }
    ///Data that the loss reads and does not differentiate. Nothing is copied.
    #[derive(Clone, Copy, Debug)]
    pub struct Data<'a, T> {
        ///`Matrix<N, D>`.
        pub x: MatrixRef<'a, T>,
        ///`Vector<N>`.
        pub y: VectorRef<'a, T>,
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
        ///`w: Vector<D>`.
        #[must_use]
        pub fn w(&self) -> VectorRef<'_, T> {
            self.flat.vector(0)
        }
        ///`w: Vector<D>`, to write.
        pub fn w_mut(&mut self) -> &mut [T] {
            self.flat.part_mut(0)
        }
        ///`b: Scalar`.
        #[must_use]
        pub fn b(&self) -> T {
            self.flat.scalar(1)
        }
        ///`b: Scalar`, to write.
        pub fn b_mut(&mut self) -> &mut T {
            self.flat.scalar_mut(1)
        }
        fn shapes(dims: &ParamDims) -> [rt::Extent; 2] {
            [rt::Extent::line(dims.d, 1), rt::Extent::matrix(1, 1)]
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
        pub fn new(data: Data<'a, T>) -> Result<Self, Error> {
            let mut shapes = rt::Shapes::<2>::default();
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
                    "Vector<N>",
                    (data.y.len(), 1),
                    (rt::Size::Named(0), rt::Size::Fixed(1)),
                )?;
            let dims = Dims {
                n: shapes.size(0),
                d: shapes.size(1),
            };
            let cost = cost::<T>(&dims);
            let plan = rt::Plan::new::<
                T,
            >(dims.n, &[dims.d, 1, 1, 1], &[(dims.d, 1)], cost.flops + 4.0 * cost.bytes);
            let inputs = Inputs {
                x: rt::Input::streamed(data.x),
                y: rt::Input::streamed_line(data.y),
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
        let gradient = 4.0 * rt::count(dims.d) * rt::count(dims.n)
            + 68.0 * rt::count(dims.n);
        let value = 2.0 * rt::count(dims.d) * rt::count(dims.n)
            + 39.0 * rt::count(dims.n);
        let data = rt::count(dims.n) * rt::count(dims.d)
            + rt::count(dims.n) * rt::count(1);
        let params = rt::count(dims.d) * rt::count(1) + rt::count(1) * rt::count(1);
        Cost::new(
            gradient,
            value,
            (data + 2.0 * params) * rt::count(mem::size_of::<T>()),
        )
    }
    /// Values that live for a whole call.
    struct Value<T> {
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t6: f64,
        t7: f64,
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
                is_hoisted: false,
                t6: 0.0,
                t7: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.chunks = rt::each(plan.chunks(), |i| ValueSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| ValueBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct ValueSums<T> {
        t6: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            Ok(Self {
                t6: 0.0,
                element: PhantomData,
            })
        }
        fn bytes(&self) -> usize {
            0
        }
    }
    /// Values of one block of rows.
    struct ValueBlock<T> {
        /// X w: Vector<N>, one block.
        xw: rt::Buffer<T>,
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
                xw: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                copy_y: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.xw.make(1, block, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            inputs.y.stage_line(block, &mut made.copy_y, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.xw.bytes() + self.copy_x.bytes() + self.copy_y.bytes()
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
        ) {}
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
                self.t6 = first.t6;
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
            self.t7 = self.t6 / rt::count(dims.n);
            self.is_hoisted = true;
            self.t7
        }
    }
    /// Sums over the rows: sum(softplus(z) − y ⊙ z).
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
            sums.t6 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            sums.t6 += later.t6;
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
            let block_y = inputs.y.entries(rows.clone(), &mut block.copy_y);
            T::dots(
                isa,
                block_x,
                params.flat.view(0),
                block.xw.first_entries_mut(count),
            );
            rt::map(
                isa,
                (1, count),
                (
                    (block_y, block.xw.first_entries(count)),
                    rt::Scalar(params.flat.scalar(1).to_f64()),
                ),
                rt::Sum(&mut sums.t6),
                &Loop1,
            );
        }
    }
    /// sum(softplus(z) − y ⊙ z).
    struct Loop1;
    impl<T: rt::Element> rt::Map<T, 3, 1> for Loop1 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            xw,
            t2,
            ]: [rt::Lanes<T, S>; 3],
        ) -> [rt::Lanes<T, S>; 1] {
            let z = xw + t2;
            let t3 = rt::Elementwise::softplus(z);
            let t4 = y * z;
            let t5 = t3 - t4;
            [t5]
        }
    }
    /// Values that live for a whole call.
    struct Gradient<T> {
        /// Xᵀ g: Vector<D>, a sum over the blocks.
        x_t_g: rt::Buffer<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        t8: f64,
        t10: f64,
        t6: f64,
        t16: f64,
        t7: f64,
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
                x_t_g: rt::Buffer::EMPTY,
                is_hoisted: false,
                t8: 0.0,
                t10: 0.0,
                t6: 0.0,
                t16: 0.0,
                t7: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.x_t_g.make(1, dims.d, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| GradientSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| GradientBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.x_t_g.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct GradientSums<T> {
        /// Xᵀ g: Vector<D>, a sum over the blocks.
        x_t_g: rt::Buffer<T>,
        t6: f64,
        t16: f64,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            let mut made = Self {
                x_t_g: rt::Buffer::EMPTY,
                t6: 0.0,
                t16: 0.0,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            if !is_first {
                made.x_t_g.make(1, dims.d, &mut outcome);
            }
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.x_t_g.bytes()
        }
    }
    /// Values of one block of rows.
    struct GradientBlock<T> {
        /// X w: Vector<N>, one block.
        xw: rt::Buffer<T>,
        /// g = −1 / N y + (1 / N) σ(z): Vector<N>, one block.
        g: rt::Buffer<T>,
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
                g: rt::Buffer::EMPTY,
                copy_x: Default::default(),
                copy_y: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.xw.make(1, block, &mut outcome);
            made.g.make(1, block, &mut outcome);
            inputs.x.stage(block, &mut made.copy_x, &mut outcome);
            inputs.y.stage_line(block, &mut made.copy_y, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.xw.bytes() + self.g.bytes() + self.copy_x.bytes() + self.copy_y.bytes()
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
                self.t8 = 1.0 / rt::count(dims.n);
                self.t10 = -self.t8;
            }
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
                mem::swap(&mut first.x_t_g, &mut self.x_t_g);
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
                mem::swap(&mut first.x_t_g, &mut self.x_t_g);
                self.t6 = first.t6;
                self.t16 = first.t16;
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
            self.t7 = self.t6 / rt::count(dims.n);
            {
                let [mut gradient_w, _] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (1, dims.d),
                    self.x_t_g.view(),
                    rt::Store(gradient_w.reborrow()),
                    &Loop3,
                );
            }
            *gradient.flat.scalar_mut(1) = T::from_f64(self.t16);
            self.is_hoisted = true;
            self.t7
        }
    }
    /// Sums over the rows: Xᵀ g, sum(softplus(z) − y ⊙ z), sum(g).
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
            sums.x_t_g.clear();
            sums.t6 = 0.0;
            sums.t16 = 0.0;
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {
            rt::add(self.isa, &later.x_t_g, &mut sums.x_t_g);
            sums.t6 += later.t6;
            sums.t16 += later.t16;
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
            let block_y = inputs.y.entries(rows.clone(), &mut block.copy_y);
            T::dots(
                isa,
                block_x,
                params.flat.view(0),
                block.xw.first_entries_mut(count),
            );
            rt::map(
                isa,
                (1, count),
                (
                    (
                        (block_y, block.xw.first_entries(count)),
                        rt::Scalar(params.flat.scalar(1).to_f64()),
                    ),
                    (rt::Scalar(whole.t8), rt::Scalar(whole.t10)),
                ),
                (
                    (rt::Sum(&mut sums.t6), rt::Store(block.g.first_entries_mut(count))),
                    rt::Sum(&mut sums.t16),
                ),
                &Loop2,
            );
            T::scaled_rows(
                isa,
                block_x,
                block.g.first_entries(count),
                sums.x_t_g.view_mut(),
            );
        }
    }
    /// sum(softplus(z) − y ⊙ z), g = −1 / N y + (1 / N) σ(z), sum(g).
    struct Loop2;
    impl<T: rt::Element> rt::Map<T, 5, 3> for Loop2 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            xw,
            t2,
            t9,
            t11,
            ]: [rt::Lanes<T, S>; 5],
        ) -> [rt::Lanes<T, S>; 3] {
            let z = xw + t2;
            let t3 = rt::Elementwise::softplus(z);
            let t4 = y * z;
            let t5 = t3 - t4;
            let t12 = t11 * y;
            let t13 = rt::Elementwise::sigmoid(z);
            let t14 = t9 * t13;
            let g = t12 + t14;
            [t5, g, g]
        }
    }
    /// Xᵀ g.
    struct Loop3;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop3 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [x_t_g,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            [x_t_g]
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
            Vec::from([("w", dims.d, 1), ("b", 1, 1)])
        }
    }
}
