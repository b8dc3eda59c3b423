//! Tier 2: functions of each element. A function is a row; everything else is derived from it.
//!
//! Derivatives are formulas in the language of [`scalar`](super::scalar): `a` and `b` are the operands, `y` is the
//! value. They are chosen to lose nothing where the value saturates: σ′ is `y * sigmoid(-a)`, not `y * (1 - y)`,
//! which is 0 from a = 17 on in f32.

use super::{Kind, Operation, Wanted, scalar};
use crate::dual::Dual;
use crate::graph::{Dim, Graph, NodeId, Shape};

/// A function of each element of its operands, which have one shape.
pub(crate) struct Pointwise {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) arity: usize,
    pub(crate) is_function: bool,
    pub(crate) commutes: bool,
    /// The derivative in each operand.
    pub(crate) derivatives: &'static [&'static str],
    /// The definition, for the interpreter; written independently of the derivative.
    pub(crate) evaluate: fn(&[Dual]) -> Dual,
    /// How it is written: the operands stand for `{0}` and `{1}`.
    pub(crate) notation: &'static str,
    /// How tightly it binds: 1 sums, 2 products, 3 signs, 4 calls.
    pub(crate) binds: u8,
    /// How the expansion says it.
    pub(crate) code: Code,
    /// Floating-point operations of one element, for the schedule and [`cost`]. A function that costs more than
    /// a few is computed once and stored where several loops need it.
    pub(crate) flops: u32,
    /// What is documented: value at a kink, at the edge of the domain.
    pub(crate) note: &'static str,
}

/// How the expansion says a pointwise operation, on vectors and on scalars alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    /// `a + b`
    Infix(&'static str),
    /// `-a`
    Prefix(&'static str),
    /// `a.tanh()`
    Method(&'static str),
}

const ROW: Pointwise = Pointwise {
    name: "",
    signature: "",
    arity: 1,
    is_function: true,
    commutes: false,
    derivatives: &[],
    evaluate: |_| Dual::NAN,
    notation: "",
    binds: 4,
    code: Code::Infix(""),
    flops: 1,
    note: "",
};

macro_rules! pointwise {
    ($($constant:ident = $row:expr;)*) => {
        $(#[allow(dead_code, reason = "not every row is built by name")]
        pub(crate) const $constant: &'static dyn Operation = {
            static ROW_OF: Pointwise = $row;
            &ROW_OF
        };)*
        /// Every row.
        pub(crate) static POINTWISE: &[&Pointwise] = &[$({ static ROW_OF: Pointwise = $row; &ROW_OF }),*];
    };
}

#[rustfmt::skip]
pointwise! {
    ADD = Pointwise { name: "add", signature: "a + b", arity: 2, is_function: false, commutes: true, derivatives: &["1", "1"],
        evaluate: |v| v[0] + v[1], notation: "{0} + {1}", binds: 1, code: Code::Infix("+"), ..ROW };
    SUB = Pointwise { name: "sub", signature: "a - b", arity: 2, is_function: false, derivatives: &["1", "-1"],
        evaluate: |v| v[0] - v[1], notation: "{0} − {1}", binds: 1, code: Code::Infix("-"), ..ROW };
    NEG = Pointwise { name: "neg", signature: "-a", is_function: false, derivatives: &["-1"],
        evaluate: |v| -v[0], notation: "−{0}", binds: 3, code: Code::Prefix("-"), ..ROW };
    HADAMARD = Pointwise { name: "hadamard", signature: "hadamard(a: Matrix<R, C>, b: Matrix<R, C>) -> Matrix<R, C>", arity: 2,
        commutes: true, derivatives: &["b", "a"],
        evaluate: |v| v[0] * v[1], notation: "{0} ⊙ {1}", binds: 2, code: Code::Infix("*"), ..ROW };
    DIV = Pointwise { name: "div", signature: "a / b", arity: 2, is_function: false, derivatives: &["1 / b", "-(y / b)"],
        evaluate: |v| v[0] / v[1], notation: "{0} ⊘ {1}", binds: 2, code: Code::Infix("/"), flops: 4, ..ROW };
    SQ = Pointwise { name: "sq", signature: "sq(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["2 * a"],
        evaluate: |v| v[0] * v[0], notation: "sq({0})", code: Code::Method("sq"), ..ROW };
    SQRT = Pointwise { name: "sqrt", signature: "sqrt(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["0.5 / y"],
        evaluate: |v| v[0].sqrt(), notation: "√{0}", binds: 3, code: Code::Method("sqrt"), flops: 6,
        note: "NaN below 0; the derivative at 0 is infinite, but that of a norm, `sqrt(norm_sq(e))`, is 0 where e = 0", ..ROW };
    NORM_OF_SQUARE = Pointwise { name: "norm_of_square", signature: "norm_of_square(a: Scalar) -> Scalar", is_function: false,
        derivatives: &["0.5 * recip_or_zero(y)"],
        evaluate: |v| v[0].sqrt(), notation: "√{0}", binds: 3, code: Code::Method("sqrt"), flops: 6,
        note: "the square root of a sum of squares: a norm, whose subgradient at 0 is taken as 0", ..ROW };
    RECIP = Pointwise { name: "recip", signature: "recip(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["-sq(y)"],
        evaluate: |v| Dual::from(1.0) / v[0], notation: "1 ⊘ {0}", binds: 2, code: Code::Method("recip"), flops: 4, ..ROW };
    RECIP_OR_ZERO = Pointwise { name: "recip_or_zero", signature: "recip_or_zero(a: Scalar) -> Scalar", is_function: false,
        derivatives: &["-sq(y)"],
        evaluate: |v| if v[0].value == 0.0 { Dual::from(0.0) } else { Dual::from(1.0) / v[0] },
        notation: "1 ⊘ {0}", binds: 2, code: Code::Method("recip_or_zero"), flops: 4,
        note: "0 at 0", ..ROW };
    ABS = Pointwise { name: "abs", signature: "abs(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["sign(a)"],
        evaluate: |v| v[0].abs(), notation: "abs({0})", code: Code::Method("abs"), note: "the derivative at 0 is taken as 0", ..ROW };
    SIGN = Pointwise { name: "sign", signature: "sign(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["0"],
        evaluate: |v| v[0].sign(), notation: "sign({0})", code: Code::Method("sign"), note: "0 at 0", ..ROW };
    STEP = Pointwise { name: "step", signature: "step(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["0"],
        evaluate: |v| v[0].step(), notation: "step({0})", code: Code::Method("step"), note: "1 above 0, 0 at 0 and below", ..ROW };
    RELU = Pointwise { name: "relu", signature: "relu(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["step(a)"],
        evaluate: |v| v[0] * v[0].step(), notation: "relu({0})", code: Code::Method("relu"), note: "the derivative at 0 is taken as 0", ..ROW };
    EXP = Pointwise { name: "exp", signature: "exp(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["y"],
        evaluate: |v| v[0].exp(), notation: "exp({0})", code: Code::Method("exp"), flops: 15, ..ROW };
    LN = Pointwise { name: "ln", signature: "ln(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["1 / a"],
        evaluate: |v| v[0].ln(), notation: "ln({0})", code: Code::Method("ln"), flops: 20,
        note: "-inf at 0, NaN below", ..ROW };
    TANH = Pointwise { name: "tanh", signature: "tanh(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["1 - sq(y)"],
        evaluate: |v| v[0].tanh(), notation: "tanh({0})", code: Code::Method("tanh"), flops: 25,
        note: "the derivative is 1 - tanh², with an absolute error of an ulp of 1", ..ROW };
    SIGMOID = Pointwise { name: "sigmoid", signature: "sigmoid(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["y * sigmoid(-a)"],
        evaluate: |v| v[0].sigmoid(), notation: "σ({0})", code: Code::Method("sigmoid"), flops: 25, ..ROW };
    SOFTPLUS = Pointwise { name: "softplus", signature: "softplus(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["sigmoid(a)"],
        evaluate: |v| v[0].softplus(), notation: "softplus({0})", code: Code::Method("softplus"), flops: 35,
        note: "max(a, 0) + log1p(exp(-|a|)): finite and exact on both sides", ..ROW };
    SIN = Pointwise { name: "sin", signature: "sin(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["cos(a)"],
        evaluate: |v| v[0].sin(), notation: "sin({0})", code: Code::Method("sin"), flops: 20, ..ROW };
    COS = Pointwise { name: "cos", signature: "cos(a: Matrix<R, C>) -> Matrix<R, C>", derivatives: &["-sin(a)"],
        evaluate: |v| v[0].cos(), notation: "cos({0})", code: Code::Method("cos"), flops: 20, ..ROW };
}

impl Operation for Pointwise {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &'static str {
        self.signature
    }

    fn arity(&self) -> usize {
        self.arity
    }

    fn commutes(&self) -> bool {
        self.commutes
    }

    fn is_function(&self) -> bool {
        self.is_function
    }

    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted> {
        let Some((&first, rest)) = operands.split_first() else { return Err(Wanted::Same) };
        let mut shape = first;
        for &other in rest {
            if !shape.fits(other) {
                return Err(Wanted::Same);
            }
            let known = |a, b| if a == Dim::Unknown { b } else { a };
            shape = Shape::new(known(shape.rows, other.rows), known(shape.columns, other.columns));
        }
        Ok(shape)
    }

    /// ⟨G, f′(A) ⊙ dA⟩ = ⟨G ⊙ f′(A), dA⟩.
    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
        let formula = self.derivatives.get(k)?;
        match *formula {
            "0" => return None,
            "1" => return Some(g),
            "-1" => return Some(graph.call(NEG, [g])),
            _ => {}
        }
        let operands = graph.operands(node).to_vec();
        let mut names = vec![("y", node)];
        names.extend(["a", "b"].into_iter().zip(operands));
        let derivative = scalar::build(graph, formula, &names, graph.shape(node))?;
        Some(graph.call(HADAMARD, [g, derivative]))
    }

    fn kind(&'static self) -> Kind {
        Kind::Pointwise(self)
    }
}
