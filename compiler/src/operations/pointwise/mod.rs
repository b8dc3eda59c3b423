//! Pointwise operations: the fields that a row of [`POINTWISE`] may leave out, and the operation that each row makes.

mod formula;
mod table;

use super::{Binds, Code, Kind, Operation, Parity, Pointwise, Wanted};
use crate::base::{Dim, Shape};
use crate::dual::Dual;
use crate::graph::{Graph, NodeId};

pub(crate) use table::*;

const ROW: Pointwise = Pointwise {
    name: "",
    signature: "",
    operands: &["a"],
    defaults: &[],
    is_function: true,
    commutes: false,
    parity: Parity::Neither,
    derivatives: &[],
    evaluate: |_| Dual::NAN,
    notation: None,
    binds: Binds::Atom,
    code: Code::Infix(""),
    flops: 1,
    is_named_in_formulas: false,
    definition: None,
    domain: "all numbers",
    note: None,
};

/// A row for the function `name` of the runtime and its operands; the last ones may have defaults.
macro_rules! function {
    ($name:ident $first:ident $($rest:ident)* $(, $default:ident = $value:literal)*) => {
        Pointwise {
            name: stringify!($name),
            signature: concat!(
                stringify!($name), "(", stringify!($first), ": Matrix<R, C>"
                $(, ", ", stringify!($rest), ": Matrix<R, C>")* $(, ", ", stringify!($default), ": Scalar = ", $value)*,
                ") -> Matrix<R, C>"
            ),
            operands: &[stringify!($first) $(, stringify!($rest))* $(, stringify!($default))*],
            defaults: &[$($value),*],
            code: Code::Method(stringify!($name)),
            ..ROW
        }
    };
}

/// A row for what only derivatives call.
macro_rules! internal {
    ($($function:tt)*) => {
        Pointwise { is_function: false, ..function!($($function)*) }
    };
}

use {function, internal};

impl Pointwise {
    /// The formula that takes the place of a call.
    pub(crate) fn formula(&self) -> Option<&'static str> {
        match self.code {
            Code::Formula(formula) => Some(formula),
            _ => None,
        }
    }

    /// True if a scalar may stand for any operand. Operators have rules of their own.
    pub(crate) fn repeats_scalars(&self) -> bool {
        self.arity() > 1 && matches!(self.code, Code::Method(_) | Code::Formula(_))
    }

    /// The formula `formula` of a row, of these operands and, in a derivative, of the value.
    pub(crate) fn build(
        &self,
        graph: &mut Graph,
        formula: &str,
        operands: &[NodeId],
        value: Option<NodeId>,
        shape: Shape,
    ) -> Option<NodeId> {
        // Operands first: that of `xlogy` which is called y is not the value.
        let names = self.operands.iter().copied().zip(operands.iter().copied());
        let names: Vec<_> = names.chain(value.map(|value| ("value", value))).collect();
        formula::build(graph, formula, &names, shape)
    }
}

impl Operation for Pointwise {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &'static str {
        self.signature
    }

    fn arity(&self) -> usize {
        self.operands.len()
    }

    fn commutes(&self) -> bool {
        self.commutes
    }

    fn is_of_factors(&self) -> bool {
        [HADAMARD, DIV, SQ, NEG, RECIP].contains(&(self as &dyn Operation))
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
        let derivative = self.build(graph, formula, &operands, Some(node), graph.shape(node))?;
        Some(graph.call(HADAMARD, [g, derivative]))
    }

    fn rule(&self, k: usize) -> Option<&'static str> {
        match self.derivatives.get(k) {
            None | Some(&("0" | "1" | "-1")) => None,
            _ if self as &dyn Operation == HADAMARD => Some("G : (A ⊙ B) = (G ⊙ B) : A"),
            _ => Some("G : (f′(A) ⊙ dA) = (G ⊙ f′(A)) : dA"),
        }
    }

    /// If no derivative in what moves depends on what moves. That says it of operators alone: a function may be constant
    /// between jumps, or have a derivative that is not that of its value.
    fn is_affine(&self, moving: &[usize]) -> bool {
        let names = || moving.iter().filter_map(|&k| self.operands.get(k)).copied().chain(["value"]);
        let depends = |formula: &str| {
            let mut words = formula.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| names().any(|name| name == word))
        };
        let of_operand = |&k: &usize| self.derivatives.get(k).is_some_and(|formula| !depends(formula));
        moving.is_empty() || (matches!(self.code, Code::Infix(_) | Code::Prefix(_)) && moving.iter().all(of_operand))
    }

    fn kind(&'static self) -> Kind {
        Kind::Pointwise(self)
    }
}
