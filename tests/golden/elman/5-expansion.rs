///
///# The loss and its gradient
///
///```text
///L = ‖rows(G, 1) V − Y‖²  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)
///dL/dW = Xᵀ G₂  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), G₁ = pad((rows(G, 1) V − Y) Vᵀ, 1), G₂ = rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0)
///dL/dU = rows(G, 0)ᵀ G₂  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), G₁ = pad((rows(G, 1) V − Y) Vᵀ, 1), G₂ = rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0)
///dL/dV = 2 rows(G, 1)ᵀ (rows(G, 1) V − Y)  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)
///```
///
///# The derivation
///
///A : B is the sum of the elements of A ⊙ B. Reasons stand in brackets; the letters of rules stand for any matrices.
///
///```text
///dL = 2 ⟨dG₁ V + G₁ dV, G₁ V − Y⟩                 [L = ‖G₁ V − Y‖²]
///   = 2 G₂ : dG₁ + 2 G₁ᵀ (G₁ V − Y) : dV          [d(A : B) = B : dA + A : dB, G : A B = G Bᵀ : A, G : A B = Aᵀ G : B, G₂ = (G₁ V − Y) Vᵀ]
///2 G₂ : dG₁ = 2 G₂ : rows(dG, 1)                  [G₁ = rows(G, 1)]
///         = 2 pad(G₂, 1) : dG                     [G : D f(A)[dA] = D f(A)*[G] : dA]
///2 pad(G₂, 1) : dG = 2 pad(G₂, 1) : (h₁ₜ = tanh((X W)ₜ + hₜ U), dhₜ₊₁ = ((X dW)ₜ + dhₜ U + hₜ dU) ⊙ (1 − h₁ₜ ⊙ h₁ₜ), dh₀ = dh)    [G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)]
///         = rows(columns(G₃, 0), 0) : dh + Xᵀ rows(columns(G₃, K), 0) : dW + rows(G, 0)ᵀ rows(columns(G₃, K), 0) : dU    [G : D f(A)[dA] = D f(A)*[G] : dA, G : A B = Aᵀ G : B, G₃ = (h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(pad(G₂, 1), 0))ₜ, λ_T = 2 rows(pad(G₂, 1), T))]
///⇒ dL/dW = Xᵀ rows(columns(G₃, K), 0)
///⇒ dL/dU = rows(G, 0)ᵀ rows(columns(G₃, K), 0)
///⇒ dL/dV = 2 G₁ᵀ (G₁ V − Y)
///```
///
///# How it is computed
///
///One pass over `T`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.
///
///Kept of all rows: X W.
///
///Computed beside the passes: h, (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), …, G, G Vᵀ, pad(G Vᵀ, 1), rows(pad(G Vᵀ, 1), T), 2 rows(pad(G Vᵀ, 1), T), rows(pad(G Vᵀ, 1), 0), 2 rows(pad(G Vᵀ, 1), 0), G₁, Xᵀ G₁.
///
///4 D K T + 8 K² T + 6 K M T + K M + 71 K T + 2 M T + 8 K floating-point operations; 2 D K T + 2 K² T + 2 K M T + 27 K T + 2 M T + K for the value alone.
///
///2 D K + D T + 2 K² + 2 K M + M T elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.
///
///| | shape | |
///|---|---|---|
///| `x` | `Matrix<T, D>` | data |
///| `y` | `Matrix<T, M>` | data |
///| `w` | `Matrix<D, K>` | parameter |
///| `u` | `Matrix<K, K>` | parameter |
///| `v` | `Matrix<K, M>` | parameter |
///| `h` | `RowVector<K>` | 0 |
///| `G` | `Matrix<T + 1, K>` | (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h) |
///| `l₁` | `Scalar` | ‖rows(G, 1) V − Y‖² |
///| `G₁` | `Matrix<T + 1, K>` | pad((rows(G, 1) V − Y) Vᵀ, 1) |
///| `G₂` | `Matrix<T, K>` | rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0) |
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
mod elman {
    use ::core::prelude::rust_2021::*;
    use ::frobenius::__rt_0_1 as rt;
    use rt::prelude::{
        Cost, Element as _, Error, Isa, Kernels as _, Labels, Matrix, MatrixMut,
        MatrixRef, PhantomData, Range, Report, String, Vec, VectorRef, mem,
    };
    /// The loss, as the compiler understood it.
    pub const FORMULA: &str = "‖rows(G, 1) V − Y‖²  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)";
    /// The name of each parameter, and the gradient in it.
    pub const GRADIENTS: &[(&str, &str)] = &[
        (
            "w",
            "Xᵀ G₂  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), G₁ = pad((rows(G, 1) V − Y) Vᵀ, 1), G₂ = rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0)",
        ),
        (
            "u",
            "rows(G, 0)ᵀ G₂  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), G₁ = pad((rows(G, 1) V − Y) Vᵀ, 1), G₂ = rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0)",
        ),
        (
            "v",
            "2 rows(G, 1)ᵀ (rows(G, 1) V − Y)  where h = 0, G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)",
        ),
    ];
    /// How the gradients come from the loss, line by line, with reasons in brackets. A : B is the sum of the elements of A ⊙ B.
    pub const DERIVATION: &str = "dL = 2 ⟨dG₁ V + G₁ dV, G₁ V − Y⟩                 [L = ‖G₁ V − Y‖²]\n   = 2 G₂ : dG₁ + 2 G₁ᵀ (G₁ V − Y) : dV          [d(A : B) = B : dA + A : dB, G : A B = G Bᵀ : A, G : A B = Aᵀ G : B, G₂ = (G₁ V − Y) Vᵀ]\n2 G₂ : dG₁ = 2 G₂ : rows(dG, 1)                  [G₁ = rows(G, 1)]\n         = 2 pad(G₂, 1) : dG                     [G : D f(A)[dA] = D f(A)*[G] : dA]\n2 pad(G₂, 1) : dG = 2 pad(G₂, 1) : (h₁ₜ = tanh((X W)ₜ + hₜ U), dhₜ₊₁ = ((X dW)ₜ + dhₜ U + hₜ dU) ⊙ (1 − h₁ₜ ⊙ h₁ₜ), dh₀ = dh)    [G = (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)]\n         = rows(columns(G₃, 0), 0) : dh + Xᵀ rows(columns(G₃, K), 0) : dW + rows(G, 0)ᵀ rows(columns(G₃, K), 0) : dU    [G : D f(A)[dA] = D f(A)*[G] : dA, G : A B = Aᵀ G : B, G₃ = (h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(pad(G₂, 1), 0))ₜ, λ_T = 2 rows(pad(G₂, 1), T))]\n⇒ dL/dW = Xᵀ rows(columns(G₃, K), 0)\n⇒ dL/dU = rows(G, 0)ᵀ rows(columns(G₃, K), 0)\n⇒ dL/dV = 2 G₁ᵀ (G₁ V − Y)";
    /// `FORMULA` in LaTeX, for mathematics mode.
    pub const FORMULA_LATEX: &str = "\\lVert \\operatorname{rows} \\left( G , 1 \\right) V - Y \\rVert^{2} \\quad\\text{where}\\quad h = 0 , G = \\left( h_{t+1} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , h_{0} = h \\right)";
    /// `GRADIENTS` in LaTeX, for mathematics mode.
    pub const GRADIENTS_LATEX: &[(&str, &str)] = &[
        (
            "w",
            "X^{\\top} G_{2} \\quad\\text{where}\\quad h = 0 , G = \\left( h_{t+1} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , h_{0} = h \\right) , G_{1} = \\operatorname{pad} \\left( \\left( \\operatorname{rows} \\left( G , 1 \\right) V - Y \\right) V^{\\top} , 1 \\right) , G_{2} = \\operatorname{rows} \\left( \\operatorname{columns} \\left( \\left( h_{1t} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , δ_{t} = \\lambda_{t+1} \\odot \\left( 1 - h_{1t} \\odot h_{1t} \\right) , \\lambda_{t} = δ_{t} U^{\\top} + \\left( 2 \\operatorname{rows} \\left( G_{1} , 0 \\right) \\right) _{t} , \\lambda_{T} = 2 \\operatorname{rows} \\left( G_{1} , T \\right) \\right) , K \\right) , 0 \\right)",
        ),
        (
            "u",
            "\\operatorname{rows} \\left( G , 0 \\right)^{\\top} G_{2} \\quad\\text{where}\\quad h = 0 , G = \\left( h_{t+1} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , h_{0} = h \\right) , G_{1} = \\operatorname{pad} \\left( \\left( \\operatorname{rows} \\left( G , 1 \\right) V - Y \\right) V^{\\top} , 1 \\right) , G_{2} = \\operatorname{rows} \\left( \\operatorname{columns} \\left( \\left( h_{1t} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , δ_{t} = \\lambda_{t+1} \\odot \\left( 1 - h_{1t} \\odot h_{1t} \\right) , \\lambda_{t} = δ_{t} U^{\\top} + \\left( 2 \\operatorname{rows} \\left( G_{1} , 0 \\right) \\right) _{t} , \\lambda_{T} = 2 \\operatorname{rows} \\left( G_{1} , T \\right) \\right) , K \\right) , 0 \\right)",
        ),
        (
            "v",
            "2 \\operatorname{rows} \\left( G , 1 \\right)^{\\top} \\left( \\operatorname{rows} \\left( G , 1 \\right) V - Y \\right) \\quad\\text{where}\\quad h = 0 , G = \\left( h_{t+1} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , h_{0} = h \\right)",
        ),
    ];
    /// `DERIVATION` in LaTeX, with the package amsmath.
    pub const DERIVATION_LATEX: &str = "\\begin{align*}\n\\mathrm{d}L &= 2 \\langle \\mathrm{d}G_{1} V + G_{1} \\mathrm{d}V , G_{1} V - Y \\rangle && L = \\lVert G_{1} V - Y \\rVert^{2} \\\\\n &= 2 G_{2} : \\mathrm{d}G_{1} + 2 G_{1}^{\\top} \\left( G_{1} V - Y \\right) : \\mathrm{d}V && d \\left( A : B \\right) = B : \\mathrm{d}A + A : \\mathrm{d}B , G : A B = G B^{\\top} : A , G : A B = A^{\\top} G : B , G_{2} = \\left( G_{1} V - Y \\right) V^{\\top} \\\\\n2 G_{2} : \\mathrm{d}G_{1} &= 2 G_{2} : \\operatorname{rows} \\left( \\mathrm{d}G , 1 \\right) && G_{1} = \\operatorname{rows} \\left( G , 1 \\right) \\\\\n &= 2 \\operatorname{pad} \\left( G_{2} , 1 \\right) : \\mathrm{d}G && G : D f \\left( A \\right) \\left[ \\mathrm{d}A \\right] = D f \\left( A \\right)^{*} \\left[ G \\right] : \\mathrm{d}A \\\\\n2 \\operatorname{pad} \\left( G_{2} , 1 \\right) : \\mathrm{d}G &= 2 \\operatorname{pad} \\left( G_{2} , 1 \\right) : \\left( h_{1t} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , \\mathrm{d}h_{t+1} = \\left( \\left( X \\mathrm{d}W \\right) _{t} + \\mathrm{d}h_{t} U + h_{t} \\mathrm{d}U \\right) \\odot \\left( 1 - h_{1t} \\odot h_{1t} \\right) , \\mathrm{d}h_{0} = \\mathrm{d}h \\right) && G = \\left( h_{t+1} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , h_{0} = h \\right) \\\\\n &= \\operatorname{rows} \\left( \\operatorname{columns} \\left( G_{3} , 0 \\right) , 0 \\right) : \\mathrm{d}h + X^{\\top} \\operatorname{rows} \\left( \\operatorname{columns} \\left( G_{3} , K \\right) , 0 \\right) : \\mathrm{d}W + \\operatorname{rows} \\left( G , 0 \\right)^{\\top} \\operatorname{rows} \\left( \\operatorname{columns} \\left( G_{3} , K \\right) , 0 \\right) : \\mathrm{d}U && G : D f \\left( A \\right) \\left[ \\mathrm{d}A \\right] = D f \\left( A \\right)^{*} \\left[ G \\right] : \\mathrm{d}A , G : A B = A^{\\top} G : B , G_{3} = \\left( h_{1t} = \\operatorname{tanh} \\left( \\left( X W \\right) _{t} + h_{t} U \\right) , δ_{t} = \\lambda_{t+1} \\odot \\left( 1 - h_{1t} \\odot h_{1t} \\right) , \\lambda_{t} = δ_{t} U^{\\top} + \\left( 2 \\operatorname{rows} \\left( \\operatorname{pad} \\left( G_{2} , 1 \\right) , 0 \\right) \\right) _{t} , \\lambda_{T} = 2 \\operatorname{rows} \\left( \\operatorname{pad} \\left( G_{2} , 1 \\right) , T \\right) \\right) \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}W &= X^{\\top} \\operatorname{rows} \\left( \\operatorname{columns} \\left( G_{3} , K \\right) , 0 \\right) \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}U &= \\operatorname{rows} \\left( G , 0 \\right)^{\\top} \\operatorname{rows} \\left( \\operatorname{columns} \\left( G_{3} , K \\right) , 0 \\right) \\\\\n\\Rightarrow \\mathrm{d}L / \\mathrm{d}V &= 2 G_{1}^{\\top} \\left( G_{1} V - Y \\right)\n\\end{align*}";
    /// Arguments and intermediates: the name of each, its shape, and what it is.
    pub const SHAPES: &[(&str, &str, &str)] = &[
        ("x", "Matrix<T, D>", "data"),
        ("y", "Matrix<T, M>", "data"),
        ("w", "Matrix<D, K>", "parameter"),
        ("u", "Matrix<K, K>", "parameter"),
        ("v", "Matrix<K, M>", "parameter"),
        ("h", "RowVector<K>", "0"),
        ("G", "Matrix<T + 1, K>", "(hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h)"),
        ("l₁", "Scalar", "‖rows(G, 1) V − Y‖²"),
        ("G₁", "Matrix<T + 1, K>", "pad((rows(G, 1) V − Y) Vᵀ, 1)"),
        (
            "G₂",
            "Matrix<T, K>",
            "rows(columns((h₁ₜ = tanh((X W)ₜ + hₜ U), δₜ = λₜ₊₁ ⊙ (1 − h₁ₜ ⊙ h₁ₜ), λₜ = δₜ Uᵀ + (2 rows(G₁, 0))ₜ, λ_T = 2 rows(G₁, T)), K), 0)",
        ),
    ];
    /// How the rows are walked, what is kept where, how many operations that takes, and how many elements it moves.
    pub const SCHEDULE: &[&str] = &[
        "One pass over `T`, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.",
        "Kept of all rows: X W.",
        "Computed beside the passes: h, (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), …, G, G Vᵀ, pad(G Vᵀ, 1), rows(pad(G Vᵀ, 1), T), 2 rows(pad(G Vᵀ, 1), T), rows(pad(G Vᵀ, 1), 0), 2 rows(pad(G Vᵀ, 1), 0), G₁, Xᵀ G₁.",
        "4 D K T + 8 K² T + 6 K M T + K M + 71 K T + 2 M T + 8 K floating-point operations; 2 D K T + 2 K² T + 2 K M T + 27 K T + 2 M T + K for the value alone.",
        "2 D K + D T + 2 K² + 2 K M + M T elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.",
    ];
    /// Assumptions of the functions of the loss: at kinks, at the edges of their domains.
    pub const ASSUMPTIONS: &[&str] = &[];
    /// All of this as a part of an HTML page, in MathML.
    pub const HTML: &str = "<section class=\"loss\">\n<h2>elman</h2>\n<p class=\"formula\"><math><mi>L</mi><mo>=</mo><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup><mtext>&#8195;where&#8195;</mtext><mi>h</mi><mo>=</mo><mn>0</mn><mo>,</mo><mi>G</mi><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></p>\n<h3>Gradients</h3>\n<table class=\"gradients\">\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>W</mi></mrow></mfrac></math></td><td><math><mo>=</mo><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>2</mn></msub><mtext>&#8195;where&#8195;</mtext><mi>h</mi><mo>=</mo><mn>0</mn><mo>,</mo><mi>G</mi><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>G</mi><mn>1</mn></msub><mo>=</mo><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msup><mrow><mi>V</mi></mrow><mo>⊤</mo></msup><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>G</mi><mn>2</mn></msub><mo>=</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>λ</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>⊙</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>⊙</mo><msub><mi>h</mi><mi>1t</mi></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>λ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>δ</mi><mi>t</mi></msub><msup><mrow><mi>U</mi></mrow><mo>⊤</mo></msup><mo>+</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>,</mo><msub><mi>λ</mi><mi>T</mi></msub><mo>=</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mi>T</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>U</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mi>rows</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>⊤</mo></msup><msub><mi>G</mi><mn>2</mn></msub><mtext>&#8195;where&#8195;</mtext><mi>h</mi><mo>=</mo><mn>0</mn><mo>,</mo><mi>G</mi><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>G</mi><mn>1</mn></msub><mo>=</mo><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msup><mrow><mi>V</mi></mrow><mo>⊤</mo></msup><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>G</mi><mn>2</mn></msub><mo>=</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>λ</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>⊙</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>⊙</mo><msub><mi>h</mi><mi>1t</mi></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>λ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>δ</mi><mi>t</mi></msub><msup><mrow><mi>U</mi></mrow><mo>⊤</mo></msup><mo>+</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>,</mo><msub><mi>λ</mi><mi>T</mi></msub><mo>=</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mi>T</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"><math><mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>L</mi></mrow><mrow><mi mathvariant=\"normal\">d</mi><mi>V</mi></mrow></mfrac></math></td><td><math><mo>=</mo><mn>2</mn><mi>rows</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mtext>&#8195;where&#8195;</mtext><mi>h</mi><mo>=</mo><mn>0</mn><mo>,</mo><mi>G</mi><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n</table>\n<h3>Derivation</h3>\n<table class=\"derivation\">\n<tr><td class=\"left\"><math><mi mathvariant=\"normal\">d</mi><mi>L</mi></math></td><td><math><mo>=</mo><mn>2</mn><mrow><mo fence=\"true\" stretchy=\"false\">⟨</mo><mi mathvariant=\"normal\">d</mi><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>+</mo><msub><mi>G</mi><mn>1</mn></msub><mi mathvariant=\"normal\">d</mi><mi>V</mi><mo>,</mo><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">⟩</mo></mrow></math></td><td class=\"why\"><math><mi>L</mi><mo>=</mo><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mn>2</mn><msub><mi>G</mi><mn>2</mn></msub><mo>:</mo><mi mathvariant=\"normal\">d</mi><msub><mi>G</mi><mn>1</mn></msub><mo>+</mo><mn>2</mn><msup><mrow><msub><mi>G</mi><mn>1</mn></msub></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>V</mi></math></td><td class=\"why\"><math><mi>d</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo>:</mo><mi>B</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>=</mo><mi>B</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>+</mo><mi>A</mi><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>B</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><mi>G</mi><msup><mrow><mi>B</mi></mrow><mo>⊤</mo></msup><mo>:</mo><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi><mo>,</mo><msub><mi>G</mi><mn>2</mn></msub><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msup><mrow><mi>V</mi></mrow><mo>⊤</mo></msup></math></td></tr>\n<tr><td class=\"left\"><math><mn>2</mn><msub><mi>G</mi><mn>2</mn></msub><mo>:</mo><mi mathvariant=\"normal\">d</mi><msub><mi>G</mi><mn>1</mn></msub></math></td><td><math><mo>=</mo><mn>2</mn><msub><mi>G</mi><mn>2</mn></msub><mo>:</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi mathvariant=\"normal\">d</mi><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><msub><mi>G</mi><mn>1</mn></msub><mo>=</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mn>2</mn><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>2</mn></msub><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>G</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mi>D</mi><mi>f</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>=</mo><mi>D</mi><mi>f</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>*</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi></math></td></tr>\n<tr><td class=\"left\"><math><mn>2</mn><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>2</mn></msub><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>G</mi></math></td><td><math><mo>=</mo><mn>2</mn><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>2</mn></msub><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi mathvariant=\"normal\">d</mi><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><mi mathvariant=\"normal\">d</mi><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi mathvariant=\"normal\">d</mi><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>⊙</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>⊙</mo><msub><mi>h</mi><mi>1t</mi></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi mathvariant=\"normal\">d</mi><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"><math><mi>G</mi><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"></td><td><math><mo>=</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>3</mn></msub><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>h</mi><mo>+</mo><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>3</mn></msub><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi><mo>+</mo><mi>rows</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>⊤</mo></msup><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>3</mn></msub><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>U</mi></math></td><td class=\"why\"><math><mi>G</mi><mo>:</mo><mi>D</mi><mi>f</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>=</mo><mi>D</mi><mi>f</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>A</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>*</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">[</mo><mi>G</mi><mo fence=\"true\" stretchy=\"false\">]</mo></mrow><mo>:</mo><mi mathvariant=\"normal\">d</mi><mi>A</mi><mo>,</mo><mi>G</mi><mo>:</mo><mi>A</mi><mi>B</mi><mo>=</mo><msup><mrow><mi>A</mi></mrow><mo>⊤</mo></msup><mi>G</mi><mo>:</mo><mi>B</mi><mo>,</mo><msub><mi>G</mi><mn>3</mn></msub><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>λ</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>⊙</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>⊙</mo><msub><mi>h</mi><mi>1t</mi></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>λ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>δ</mi><mi>t</mi></msub><msup><mrow><mi>U</mi></mrow><mo>⊤</mo></msup><mo>+</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>2</mn></msub><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>,</mo><msub><mi>λ</mi><mi>T</mi></msub><mo>=</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>2</mn></msub><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>T</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>W</mi></math></td><td><math><mo>=</mo><msup><mrow><mi>X</mi></mrow><mo>⊤</mo></msup><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>3</mn></msub><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>U</mi></math></td><td><math><mo>=</mo><mi>rows</mi><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></mrow><mo>⊤</mo></msup><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>3</mn></msub><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n<tr><td class=\"left\"><math><mo>⇒</mo><mi mathvariant=\"normal\">d</mi><mi>L</mi><mo>/</mo><mi mathvariant=\"normal\">d</mi><mi>V</mi></math></td><td><math><mo>=</mo><mn>2</mn><msup><mrow><msub><mi>G</mi><mn>1</mn></msub></mrow><mo>⊤</mo></msup><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td><td class=\"why\"></td></tr>\n</table>\n<h3>Shapes</h3>\n<table class=\"shapes\">\n<tr><td><math><mi>x</mi></math></td><td><code>Matrix&lt;T, D&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>y</mi></math></td><td><code>Matrix&lt;T, M&gt;</code></td><td>data</td></tr>\n<tr><td><math><mi>w</mi></math></td><td><code>Matrix&lt;D, K&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>u</mi></math></td><td><code>Matrix&lt;K, K&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>v</mi></math></td><td><code>Matrix&lt;K, M&gt;</code></td><td>parameter</td></tr>\n<tr><td><math><mi>h</mi></math></td><td><code>RowVector&lt;K&gt;</code></td><td><math><mo>=</mo><mn>0</mn></math></td></tr>\n<tr><td><math><mi>G</mi></math></td><td><code>Matrix&lt;T + 1, K&gt;</code></td><td><math><mo>=</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>h</mi><mn>0</mn></msub><mo>=</mo><mi>h</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td><math><msub><mi>l</mi><mn>1</mn></msub></math></td><td><code>Scalar</code></td><td><math><mo>=</mo><msup><mrow><mrow><mo fence=\"true\" stretchy=\"false\">‖</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">‖</mo></mrow></mrow><mo>2</mo></msup></math></td></tr>\n<tr><td><math><msub><mi>G</mi><mn>1</mn></msub></math></td><td><code>Matrix&lt;T + 1, K&gt;</code></td><td><math><mo>=</mo><mi>pad</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>G</mi><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mi>V</mi><mo>−</mo><mi>Y</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msup><mrow><mi>V</mi></mrow><mo>⊤</mo></msup><mo>,</mo><mn>1</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n<tr><td><math><msub><mi>G</mi><mn>2</mn></msub></math></td><td><code>Matrix&lt;T, K&gt;</code></td><td><math><mo>=</mo><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>columns</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>=</mo><mi>tanh</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mi>X</mi><mi>W</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>+</mo><msub><mi>h</mi><mi>t</mi></msub><mi>U</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>λ</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>⊙</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>1</mn><mo>−</mo><msub><mi>h</mi><mi>1t</mi></msub><mo>⊙</mo><msub><mi>h</mi><mi>1t</mi></msub><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><msub><mi>λ</mi><mi>t</mi></msub><mo>=</mo><msub><mi>δ</mi><mi>t</mi></msub><msup><mrow><mi>U</mi></mrow><mo>⊤</mo></msup><mo>+</mo><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><msub><mi></mi><mi>t</mi></msub><mo>,</mo><msub><mi>λ</mi><mi>T</mi></msub><mo>=</mo><mn>2</mn><mi>rows</mi><mrow><mo fence=\"true\" stretchy=\"false\">(</mo><msub><mi>G</mi><mn>1</mn></msub><mo>,</mo><mi>T</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mi>K</mi><mo fence=\"true\" stretchy=\"false\">)</mo></mrow><mo>,</mo><mn>0</mn><mo fence=\"true\" stretchy=\"false\">)</mo></mrow></math></td></tr>\n</table>\n<h3>Computation</h3>\n<p>One pass over T, in blocks of as many rows as have 512 KiB of row-local values and data, 12 to 1008.</p>\n<p>Kept of all rows: X W.</p>\n<p>Computed beside the passes: h, (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h), …, G, G Vᵀ, pad(G Vᵀ, 1), rows(pad(G Vᵀ, 1), T), 2 rows(pad(G Vᵀ, 1), T), rows(pad(G Vᵀ, 1), 0), 2 rows(pad(G Vᵀ, 1), 0), G₁, Xᵀ G₁.</p>\n<p>4 D K T + 8 K² T + 6 K M T + K M + 71 K T + 2 M T + 8 K floating-point operations; 2 D K T + 2 K² T + 2 K M T + 27 K T + 2 M T + K for the value alone.</p>\n<p>2 D K + D T + 2 K² + 2 K M + M T elements, of 4 bytes in f32 and 8 in f64, are read or written at least once.</p>\n</section>\n";
    ///The sizes of the dimensions that are known at run time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Dims {
        ///`T`.
        pub t: usize,
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
        ///`Matrix<T, D>`.
        pub x: MatrixRef<'a, T>,
        ///`Matrix<T, M>`.
        pub y: MatrixRef<'a, T>,
    }
    /// The data in the form that the passes read.
    #[allow(dead_code, reason = "of some data, only the size matters")]
    struct Inputs<'a, T> {
        x: rt::Input<'a, T>,
        rows_x: rt::Input<'a, T>,
        y: rt::Input<'a, T>,
    }
    ///The parameters, or the gradient in them: one flat buffer, and a view of each.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Params<T> {
        dims: ParamDims,
        flat: rt::Flat<T, 3>,
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
        ///`u: Matrix<K, K>`.
        #[must_use]
        pub fn u(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(1)
        }
        ///`u: Matrix<K, K>`, to write.
        pub fn u_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(1)
        }
        ///`v: Matrix<K, M>`.
        #[must_use]
        pub fn v(&self) -> MatrixRef<'_, T> {
            self.flat.matrix(2)
        }
        ///`v: Matrix<K, M>`, to write.
        pub fn v_mut(&mut self) -> MatrixMut<'_, T> {
            self.flat.matrix_mut(2)
        }
        fn shapes(dims: &ParamDims) -> [rt::Extent; 3] {
            [
                rt::Extent::matrix(dims.d, dims.k),
                rt::Extent::matrix(dims.k, dims.k),
                rt::Extent::matrix(dims.k, dims.m),
            ]
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
                    "Matrix<T, D>",
                    (data.x.rows(), data.x.columns()),
                    (rt::Size::Named(0), rt::Size::Named(1)),
                )?;
            shapes
                .argument(
                    "y",
                    "Matrix<T, M>",
                    (data.y.rows(), data.y.columns()),
                    (rt::Size::Named(0), rt::Size::Named(2)),
                )?;
            let dims = Dims {
                t: shapes.size(0),
                d: shapes.size(1),
                m: shapes.size(2),
                k: shapes.size(3),
            };
            let cost = cost::<T>(&dims);
            let plan = rt::Plan::new::<
                T,
            >(dims.t, &[dims.d], &[], cost.flops + 4.0 * cost.bytes);
            let inputs = Inputs {
                x: rt::Input::resident(data.x)?,
                rows_x: rt::Input::streamed(data.x),
                y: rt::Input::resident(data.y)?,
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
        let gradient = 4.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.t)
            + 8.0 * rt::count(dims.k)
            + 8.0 * rt::count(dims.k) * rt::count(dims.k) * rt::count(dims.t)
            + rt::count(dims.k) * rt::count(dims.m)
            + 6.0 * rt::count(dims.k) * rt::count(dims.m) * rt::count(dims.t)
            + 71.0 * rt::count(dims.k) * rt::count(dims.t)
            + 2.0 * rt::count(dims.m) * rt::count(dims.t);
        let value = 2.0 * rt::count(dims.d) * rt::count(dims.k) * rt::count(dims.t)
            + rt::count(dims.k)
            + 2.0 * rt::count(dims.k) * rt::count(dims.k) * rt::count(dims.t)
            + 2.0 * rt::count(dims.k) * rt::count(dims.m) * rt::count(dims.t)
            + 27.0 * rt::count(dims.k) * rt::count(dims.t)
            + 2.0 * rt::count(dims.m) * rt::count(dims.t);
        let data = rt::count(dims.t) * rt::count(dims.d)
            + rt::count(dims.t) * rt::count(dims.m);
        let params = rt::count(dims.d) * rt::count(dims.k)
            + rt::count(dims.k) * rt::count(dims.k)
            + rt::count(dims.k) * rt::count(dims.m);
        Cost::new(
            gradient,
            value,
            (data + 2.0 * params) * rt::count(mem::size_of::<T>()),
        )
    }
    /// Values that live for a whole call.
    struct Value<T> {
        /// h = 0: RowVector<K>.
        h: rt::Buffer<T>,
        /// X W: Matrix<T, K>, written block by block.
        xw: rt::Buffer<T>,
        /// (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h): Matrix<T + 1, K>.
        t2: rt::Buffer<T>,
        /// Matrix<T, K>.
        t3: rt::Buffer<T>,
        /// Matrix<T, M>.
        t4: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        packed_v: rt::Packed<T>,
        steps_t2: ValueStep1<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        l1: f64,
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
                h: rt::Buffer::EMPTY,
                xw: rt::Buffer::EMPTY,
                t2: rt::Buffer::EMPTY,
                t3: rt::Buffer::EMPTY,
                t4: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                packed_v: Default::default(),
                steps_t2: ValueStep1::new(dims)?,
                is_hoisted: false,
                l1: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.h.make(1, dims.k, &mut outcome);
            made.xw.make(dims.t, dims.k, &mut outcome);
            made.t2.make((dims.t + 1), dims.k, &mut outcome);
            made.t3.make(dims.t, dims.k, &mut outcome);
            made.t4.make(dims.t, dims.m, &mut outcome);
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.packed_v.make(dims.k, dims.m, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| ValueSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| ValueBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.h.bytes() + self.xw.bytes() + self.t2.bytes() + self.t3.bytes()
                + self.t4.bytes() + self.packed_w.bytes() + self.packed_v.bytes()
                + self.steps_t2.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct ValueSums<T> {
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            Ok(Self { element: PhantomData })
        }
        fn bytes(&self) -> usize {
            0
        }
    }
    /// Values of one block of rows.
    struct ValueBlock<T> {
        copy_rows_x: rt::Staging<T>,
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
                copy_rows_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            inputs.rows_x.stage(block, &mut made.copy_rows_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.copy_rows_x.bytes()
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
            if !self.is_hoisted {
                rt::map(isa, (1, dims.k), (), rt::Store(self.h.view_mut()), &Loop1);
            }
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            T::pack(isa, params.flat.view(2), rt::Transposed::No, &mut self.packed_v);
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
            let mut xw = mem::take(&mut self.xw);
            let pass = ValuePass {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(
                &pass,
                plan,
                &mut chunks,
                &mut blocks,
                [rt::LentRows::matrix(xw.view_mut())],
            );
            self.xw = xw;
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
            self.steps_t2
                .run(
                    isa,
                    dims,
                    self.h.view(),
                    params.flat.view(1),
                    self.xw.view(),
                    self.t2.view_mut(),
                );
            rt::slice_rows(isa, self.t2.view(), 1.0, self.t3.view_mut());
            T::product(isa, self.t3.view(), &self.packed_v, self.t4.view_mut());
            self.l1 = 0.0;
            rt::map(
                isa,
                (dims.t, dims.m),
                (inputs.y.whole(), self.t4.view()),
                rt::Sum(&mut self.l1),
                &Loop2,
            );
            self.is_hoisted = true;
            self.l1
        }
    }
    struct ValuePass<'p, 'a, T> {
        whole: &'p Value<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 1> for ValuePass<'_, '_, T> {
        type Sums = ValueSums<T>;
        type Block = ValueBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 1],
            rows: Range<usize>,
        ) {
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {}
    }
    impl<T: rt::Element> ValuePass<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate(
            &self,
            sums: &mut ValueSums<T>,
            block: &mut ValueBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 1],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [xw] = parts;
            let count = rows.len();
            let block_rows_x = inputs.rows_x.rows(rows.clone(), &mut block.copy_rows_x);
            T::product(isa, block_rows_x, &whole.packed_w, xw.rows_mut(rows.clone()));
        }
    }
    /// Values of one step.
    struct ValueStep1<T> {
        /// state1 Given1: RowVector<K>.
        state1given1: rt::Buffer<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> ValueStep1<T> {
        #[inline(never)]
        fn new(dims: &Dims) -> Result<Self, Error> {
            let mut made = Self {
                state1given1: rt::Buffer::EMPTY,
                is_hoisted: false,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.state1given1.make(1, dims.k, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.state1given1.bytes()
        }
    }
    impl<T: rt::Element> ValueStep1<T> {
        /// Runs all steps.
        #[inline(never)]
        fn run(
            &mut self,
            isa: Isa,
            dims: &Dims,
            state1: rt::View<'_, T>,
            given1: rt::View<'_, T>,
            given2: rt::View<'_, T>,
            out: rt::ViewMut<'_, T>,
        ) {
            let values = [rt::Extent::line(1, dims.k)];
            let mut trajectory = rt::Trajectory::<
                T,
                1,
                1,
            >::new(rt::Direction::Forwards, dims.t, values, [state1], out);
            self.is_hoisted = false;
            while let Some((at, params, mut gradient)) = trajectory.turn() {
                let given2 = rt::View::line(given2.row(at));
                self.state1given1.clear();
                T::scaled_rows(
                    isa,
                    given1,
                    params.view(0),
                    self.state1given1.view_mut(),
                );
                {
                    let [mut gradient_made1] = gradient.views_mut();
                    rt::map(
                        isa,
                        (1, dims.k),
                        (given2, self.state1given1.view()),
                        rt::Store(gradient_made1.reborrow()),
                        &Loop3,
                    );
                }
                self.is_hoisted = true;
            }
        }
    }
    /// h = 0.
    struct Loop1;
    impl<T: rt::Element> rt::Map<T, 0, 1> for Loop1 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            []: [rt::Lanes<T, S>; 0],
        ) -> [rt::Lanes<T, S>; 1] {
            let h = rt::Lanes::constant(simd, 0.0);
            [h]
        }
    }
    struct Loop2;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop2 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            t4,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t5 = t4 - y;
            [t5 * t5]
        }
    }
    /// h₁ = tanh(given2 + state1 Given1).
    struct Loop3;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop3 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [given2,
            state1given1,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t2 = given2 + state1given1;
            let h1 = rt::Elementwise::tanh(t2);
            [h1]
        }
    }
    /// Values that live for a whole call.
    struct Gradient<T> {
        /// h = 0: RowVector<K>.
        h: rt::Buffer<T>,
        /// X W: Matrix<T, K>, written block by block.
        xw: rt::Buffer<T>,
        /// (hₜ₊₁ = tanh((X W)ₜ + hₜ U), h₀ = h): Matrix<T + 1, K>.
        t2: rt::Buffer<T>,
        /// Matrix<T, K>.
        t3: rt::Buffer<T>,
        /// Matrix<T, M>.
        t4: rt::Buffer<T>,
        /// Matrix<T, M>.
        g: rt::Buffer<T>,
        /// G Vᵀ: Matrix<T, K>.
        gv_t: rt::Buffer<T>,
        /// Matrix<K, M>.
        t10: rt::Buffer<T>,
        /// pad(G Vᵀ, 1): Matrix<T + 1, K>.
        t13: rt::Buffer<T>,
        /// rows(pad(G Vᵀ, 1), T): RowVector<K>.
        t14: rt::Buffer<T>,
        /// 2 rows(pad(G Vᵀ, 1), T): RowVector<K>.
        t16: rt::Buffer<T>,
        /// Matrix<T, K>.
        t17: rt::Buffer<T>,
        /// rows(pad(G Vᵀ, 1), 0): Matrix<T, K>.
        t18: rt::Buffer<T>,
        /// 2 rows(pad(G Vᵀ, 1), 0): Matrix<T, K>.
        t19: rt::Buffer<T>,
        /// Matrix<T + 1, K + K>.
        t20: rt::Buffer<T>,
        /// Matrix<T + 1, K>.
        t21: rt::Buffer<T>,
        /// Matrix<T, K>.
        g1: rt::Buffer<T>,
        /// Matrix<K, K>.
        t24: rt::Buffer<T>,
        /// Xᵀ G₁: Matrix<D, K>.
        x_t_g1: rt::Buffer<T>,
        packed_w: rt::Packed<T>,
        packed_v: rt::Packed<T>,
        transposed_v: rt::Packed<T>,
        steps_t2: GradientStep1<T>,
        steps_t20: GradientStep2<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        l1: f64,
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
                h: rt::Buffer::EMPTY,
                xw: rt::Buffer::EMPTY,
                t2: rt::Buffer::EMPTY,
                t3: rt::Buffer::EMPTY,
                t4: rt::Buffer::EMPTY,
                g: rt::Buffer::EMPTY,
                gv_t: rt::Buffer::EMPTY,
                t10: rt::Buffer::EMPTY,
                t13: rt::Buffer::EMPTY,
                t14: rt::Buffer::EMPTY,
                t16: rt::Buffer::EMPTY,
                t17: rt::Buffer::EMPTY,
                t18: rt::Buffer::EMPTY,
                t19: rt::Buffer::EMPTY,
                t20: rt::Buffer::EMPTY,
                t21: rt::Buffer::EMPTY,
                g1: rt::Buffer::EMPTY,
                t24: rt::Buffer::EMPTY,
                x_t_g1: rt::Buffer::EMPTY,
                packed_w: Default::default(),
                packed_v: Default::default(),
                transposed_v: Default::default(),
                steps_t2: GradientStep1::new(dims)?,
                steps_t20: GradientStep2::new(dims)?,
                is_hoisted: false,
                l1: 0.0,
                chunks: Default::default(),
                blocks: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.h.make(1, dims.k, &mut outcome);
            made.xw.make(dims.t, dims.k, &mut outcome);
            made.t2.make((dims.t + 1), dims.k, &mut outcome);
            made.t3.make(dims.t, dims.k, &mut outcome);
            made.t4.make(dims.t, dims.m, &mut outcome);
            made.g.make(dims.t, dims.m, &mut outcome);
            made.gv_t.make(dims.t, dims.k, &mut outcome);
            made.t10.make(dims.k, dims.m, &mut outcome);
            made.t13.make((dims.t + 1), dims.k, &mut outcome);
            made.t14.make(1, dims.k, &mut outcome);
            made.t16.make(1, dims.k, &mut outcome);
            made.t17.make(dims.t, dims.k, &mut outcome);
            made.t18.make(dims.t, dims.k, &mut outcome);
            made.t19.make(dims.t, dims.k, &mut outcome);
            made.t20.make((dims.t + 1), (dims.k + dims.k), &mut outcome);
            made.t21.make((dims.t + 1), dims.k, &mut outcome);
            made.g1.make(dims.t, dims.k, &mut outcome);
            made.t24.make(dims.k, dims.k, &mut outcome);
            made.x_t_g1.make(dims.d, dims.k, &mut outcome);
            made.packed_w.make(dims.d, dims.k, &mut outcome);
            made.packed_v.make(dims.k, dims.m, &mut outcome);
            made.transposed_v.make(dims.m, dims.k, &mut outcome);
            made.chunks = rt::each(plan.chunks(), |i| GradientSums::new(dims, i == 0))?;
            made.blocks = rt::each(
                plan.workers(),
                |_| GradientBlock::new(dims, plan.block(), inputs),
            )?;
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.h.bytes() + self.xw.bytes() + self.t2.bytes() + self.t3.bytes()
                + self.t4.bytes() + self.g.bytes() + self.gv_t.bytes() + self.t10.bytes()
                + self.t13.bytes() + self.t14.bytes() + self.t16.bytes()
                + self.t17.bytes() + self.t18.bytes() + self.t19.bytes()
                + self.t20.bytes() + self.t21.bytes() + self.g1.bytes()
                + self.t24.bytes() + self.x_t_g1.bytes() + self.packed_w.bytes()
                + self.packed_v.bytes() + self.transposed_v.bytes()
                + self.steps_t2.bytes() + self.steps_t20.bytes()
                + self.chunks.iter().map(|part| part.bytes()).sum::<usize>()
                + self.blocks.iter().map(|part| part.bytes()).sum::<usize>()
        }
    }
    /// The sums of a chunk of rows.
    struct GradientSums<T> {
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientSums<T> {
        #[inline(never)]
        fn new(dims: &Dims, is_first: bool) -> Result<Self, Error> {
            Ok(Self { element: PhantomData })
        }
        fn bytes(&self) -> usize {
            0
        }
    }
    /// Values of one block of rows.
    struct GradientBlock<T> {
        copy_rows_x: rt::Staging<T>,
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
                copy_rows_x: Default::default(),
                element: PhantomData,
            };
            let mut outcome = Ok(());
            inputs.rows_x.stage(block, &mut made.copy_rows_x, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.copy_rows_x.bytes()
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
                rt::map(isa, (1, dims.k), (), rt::Store(self.h.view_mut()), &Loop1);
            }
            T::pack(isa, params.flat.view(0), rt::Transposed::No, &mut self.packed_w);
            T::pack(isa, params.flat.view(2), rt::Transposed::No, &mut self.packed_v);
            T::pack(
                isa,
                params.flat.view(2),
                rt::Transposed::Yes,
                &mut self.transposed_v,
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
            let mut xw = mem::take(&mut self.xw);
            let pass = GradientPass {
                whole: &*self,
                isa,
                dims,
                plan,
                inputs,
                params,
            };
            rt::pass(
                &pass,
                plan,
                &mut chunks,
                &mut blocks,
                [rt::LentRows::matrix(xw.view_mut())],
            );
            self.xw = xw;
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
            self.steps_t2
                .run(
                    isa,
                    dims,
                    self.h.view(),
                    params.flat.view(1),
                    self.xw.view(),
                    self.t2.view_mut(),
                );
            rt::slice_rows(isa, self.t2.view(), 1.0, self.t3.view_mut());
            rt::slice_rows(isa, self.t2.view(), 0.0, self.t17.view_mut());
            T::product(isa, self.t3.view(), &self.packed_v, self.t4.view_mut());
            self.l1 = 0.0;
            rt::map(
                isa,
                (dims.t, dims.m),
                (inputs.y.whole(), self.t4.view()),
                (rt::Store(self.g.view_mut()), rt::Sum(&mut self.l1)),
                &Loop4,
            );
            T::product(isa, self.g.view(), &self.transposed_v, self.gv_t.view_mut());
            self.t10.clear();
            T::product_t(isa, self.t3.view(), self.g.view(), self.t10.view_mut());
            {
                let [_, _, mut gradient_v] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.k, dims.m),
                    self.t10.view(),
                    rt::Store(gradient_v.reborrow()),
                    &Loop5,
                );
            }
            rt::pad_rows(isa, self.gv_t.view(), 1.0, self.t13.view_mut());
            rt::slice_rows(isa, self.t13.view(), rt::count(dims.t), self.t14.view_mut());
            rt::slice_rows(isa, self.t13.view(), 0.0, self.t18.view_mut());
            rt::map(
                isa,
                (1, dims.k),
                self.t14.view(),
                rt::Store(self.t16.view_mut()),
                &Loop5,
            );
            rt::map(
                isa,
                (dims.t, dims.k),
                self.t18.view(),
                rt::Store(self.t19.view_mut()),
                &Loop5,
            );
            self.steps_t20
                .run(
                    isa,
                    dims,
                    self.t16.view(),
                    self.t17.view(),
                    params.flat.view(1),
                    self.xw.view(),
                    self.t19.view(),
                    self.t20.view_mut(),
                );
            rt::slice_columns(
                isa,
                self.t20.view(),
                rt::count(dims.k),
                self.t21.view_mut(),
            );
            rt::slice_rows(isa, self.t21.view(), 0.0, self.g1.view_mut());
            self.t24.clear();
            T::product_t(isa, self.t17.view(), self.g1.view(), self.t24.view_mut());
            self.x_t_g1.clear();
            T::product_t(isa, inputs.x.whole(), self.g1.view(), self.x_t_g1.view_mut());
            {
                let [mut gradient_w, _, _] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.d, dims.k),
                    self.x_t_g1.view(),
                    rt::Store(gradient_w.reborrow()),
                    &Loop6,
                );
            }
            {
                let [_, mut gradient_u, _] = gradient.flat.views_mut();
                rt::map(
                    isa,
                    (dims.k, dims.k),
                    self.t24.view(),
                    rt::Store(gradient_u.reborrow()),
                    &Loop6,
                );
            }
            self.is_hoisted = true;
            self.l1
        }
    }
    struct GradientPass<'p, 'a, T> {
        whole: &'p Gradient<T>,
        isa: Isa,
        dims: &'p Dims,
        plan: &'p rt::Plan,
        inputs: &'p Inputs<'a, T>,
        params: &'p Params<T>,
    }
    impl<T: rt::Element> rt::Pass<T, 1> for GradientPass<'_, '_, T> {
        type Sums = GradientSums<T>;
        type Block = GradientBlock<T>;
        fn chunk(
            &self,
            sums: &mut Self::Sums,
            block: &mut Self::Block,
            parts: &mut [rt::LentRows<'_, T>; 1],
            rows: Range<usize>,
        ) {
            for rows in self.plan.blocks(rows) {
                self.accumulate(sums, block, parts, rows);
            }
        }
        fn merge(&self, sums: &mut Self::Sums, later: &mut Self::Sums) {}
    }
    impl<T: rt::Element> GradientPass<'_, '_, T> {
        /// Adds one block of rows.
        #[inline(never)]
        fn accumulate(
            &self,
            sums: &mut GradientSums<T>,
            block: &mut GradientBlock<T>,
            parts: &mut [rt::LentRows<'_, T>; 1],
            rows: Range<usize>,
        ) {
            let Self { whole, isa, dims, inputs, params, .. } = *self;
            let [xw] = parts;
            let count = rows.len();
            let block_rows_x = inputs.rows_x.rows(rows.clone(), &mut block.copy_rows_x);
            T::product(isa, block_rows_x, &whole.packed_w, xw.rows_mut(rows.clone()));
        }
    }
    /// Values of one step.
    struct GradientStep1<T> {
        /// state1 Given1: RowVector<K>.
        state1given1: rt::Buffer<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientStep1<T> {
        #[inline(never)]
        fn new(dims: &Dims) -> Result<Self, Error> {
            let mut made = Self {
                state1given1: rt::Buffer::EMPTY,
                is_hoisted: false,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.state1given1.make(1, dims.k, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.state1given1.bytes()
        }
    }
    impl<T: rt::Element> GradientStep1<T> {
        /// Runs all steps.
        #[inline(never)]
        fn run(
            &mut self,
            isa: Isa,
            dims: &Dims,
            state1: rt::View<'_, T>,
            given1: rt::View<'_, T>,
            given2: rt::View<'_, T>,
            out: rt::ViewMut<'_, T>,
        ) {
            let values = [rt::Extent::line(1, dims.k)];
            let mut trajectory = rt::Trajectory::<
                T,
                1,
                1,
            >::new(rt::Direction::Forwards, dims.t, values, [state1], out);
            self.is_hoisted = false;
            while let Some((at, params, mut gradient)) = trajectory.turn() {
                let given2 = rt::View::line(given2.row(at));
                self.state1given1.clear();
                T::scaled_rows(
                    isa,
                    given1,
                    params.view(0),
                    self.state1given1.view_mut(),
                );
                {
                    let [mut gradient_made1] = gradient.views_mut();
                    rt::map(
                        isa,
                        (1, dims.k),
                        (given2, self.state1given1.view()),
                        rt::Store(gradient_made1.reborrow()),
                        &Loop3,
                    );
                }
                self.is_hoisted = true;
            }
        }
    }
    /// Values of one step.
    struct GradientStep2<T> {
        /// given1 Given2: RowVector<K>.
        given1given2: rt::Buffer<T>,
        /// state1 ⊙ h₁′: RowVector<K>.
        t4: rt::Buffer<T>,
        /// (state1 ⊙ h₁′) Given2ᵀ: RowVector<K>.
        t6: rt::Buffer<T>,
        /// True once everything that depends on the data alone has been computed.
        is_hoisted: bool,
        element: PhantomData<T>,
    }
    impl<T: rt::Element> GradientStep2<T> {
        #[inline(never)]
        fn new(dims: &Dims) -> Result<Self, Error> {
            let mut made = Self {
                given1given2: rt::Buffer::EMPTY,
                t4: rt::Buffer::EMPTY,
                t6: rt::Buffer::EMPTY,
                is_hoisted: false,
                element: PhantomData,
            };
            let mut outcome = Ok(());
            made.given1given2.make(1, dims.k, &mut outcome);
            made.t4.make(1, dims.k, &mut outcome);
            made.t6.make(1, dims.k, &mut outcome);
            outcome.map(|()| made)
        }
        fn bytes(&self) -> usize {
            self.given1given2.bytes() + self.t4.bytes() + self.t6.bytes()
        }
    }
    impl<T: rt::Element> GradientStep2<T> {
        /// Runs all steps.
        #[inline(never)]
        fn run(
            &mut self,
            isa: Isa,
            dims: &Dims,
            state1: rt::View<'_, T>,
            given1: rt::View<'_, T>,
            given2: rt::View<'_, T>,
            given3: rt::View<'_, T>,
            given4: rt::View<'_, T>,
            out: rt::ViewMut<'_, T>,
        ) {
            let values = [rt::Extent::line(1, dims.k), rt::Extent::line(1, dims.k)];
            let mut trajectory = rt::Trajectory::<
                T,
                1,
                2,
            >::new(rt::Direction::Backwards, dims.t, values, [state1], out);
            self.is_hoisted = false;
            while let Some((at, params, mut gradient)) = trajectory.turn() {
                let given1 = rt::View::line(given1.row(at));
                let given3 = rt::View::line(given3.row(at));
                let given4 = rt::View::line(given4.row(at));
                self.given1given2.clear();
                T::scaled_rows(isa, given2, given1, self.given1given2.view_mut());
                {
                    let [_, mut gradient_made2] = gradient.views_mut();
                    rt::map(
                        isa,
                        (1, dims.k),
                        ((params.view(0), given3), self.given1given2.view()),
                        (
                            rt::Store(self.t4.view_mut()),
                            rt::Store(gradient_made2.reborrow()),
                        ),
                        &Loop7,
                    );
                }
                T::dots(isa, given2, self.t4.view(), self.t6.view_mut());
                {
                    let [mut gradient_made1, _] = gradient.views_mut();
                    rt::map(
                        isa,
                        (1, dims.k),
                        (given4, self.t6.view()),
                        rt::Store(gradient_made1.reborrow()),
                        &Loop8,
                    );
                }
                self.is_hoisted = true;
            }
        }
    }
    /// l₁ = ‖G‖².
    struct Loop4;
    impl<T: rt::Element> rt::Map<T, 2, 2> for Loop4 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [y,
            t4,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 2] {
            let g = t4 - y;
            [g, g * g]
        }
    }
    struct Loop5;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop5 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [t10,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            let t11 = rt::Lanes::constant(simd, 2.0);
            let t12 = t11 * t10;
            [t12]
        }
    }
    /// Xᵀ G₁.
    struct Loop6;
    impl<T: rt::Element> rt::Map<T, 1, 1> for Loop6 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [x_t_g1,
            ]: [rt::Lanes<T, S>; 1],
        ) -> [rt::Lanes<T, S>; 1] {
            [x_t_g1]
        }
    }
    /// state1 ⊙ h₁′, state1 ⊙ h₁′.
    struct Loop7;
    impl<T: rt::Element> rt::Map<T, 3, 2> for Loop7 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [state1,
            given3,
            given1given2,
            ]: [rt::Lanes<T, S>; 3],
        ) -> [rt::Lanes<T, S>; 2] {
            let t2 = given3 + given1given2;
            let h1 = rt::Elementwise::tanh(t2);
            let h1_prime = rt::Elementwise::tanh_slope(t2, h1);
            let t4 = state1 * h1_prime;
            [t4, t4]
        }
    }
    /// (state1 ⊙ h₁′) Given2ᵀ + given4.
    struct Loop8;
    impl<T: rt::Element> rt::Map<T, 2, 1> for Loop8 {
        const PLAIN: bool = ::core::cfg!(debug_assertions);
        #[inline(always)]
        fn map<S: rt::Simd>(
            &self,
            simd: S,
            [given4,
            t6,
            ]: [rt::Lanes<T, S>; 2],
        ) -> [rt::Lanes<T, S>; 1] {
            let t7 = t6 + given4;
            [t7]
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
            Vec::from([
                ("w", dims.d, dims.k),
                ("u", dims.k, dims.k),
                ("v", dims.k, dims.m),
            ])
        }
    }
}
