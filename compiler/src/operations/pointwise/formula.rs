//! Formulas of one element, as the rows of [`POINTWISE`](super::POINTWISE) state their derivatives.
//!
//! A formula is Rust's syntax over numbers: operands have names, `*` is the product of elements, and every pointwise
//! function may be called. Numbers are repeated to the shape of the operands.

use syn::{BinOp, Expr, Lit, UnOp};

use super::{ADD, DIV, HADAMARD, NEG, POINTWISE, SUB};
use crate::base::Shape;
use crate::graph::{Graph, NodeId};
use crate::operations::Operation;

/// Adds `formula` to the graph, elementwise over `shape`; `None` if it is not a formula.
pub(crate) fn build(graph: &mut Graph, formula: &str, names: &[(&str, NodeId)], shape: Shape) -> Option<NodeId> {
    let parsed = syn::parse_str::<Expr>(formula).ok()?;
    expression(graph, &parsed, names, shape)
}

fn expression(graph: &mut Graph, formula: &Expr, names: &[(&str, NodeId)], shape: Shape) -> Option<NodeId> {
    match formula {
        Expr::Path(path) => {
            let name = path.path.get_ident()?;
            let (_, node) = names.iter().find(|(known, _)| name == known)?;
            Some(graph.broadcast(*node, shape))
        }
        Expr::Lit(literal) => {
            let value = match &literal.lit {
                Lit::Float(value) => value.base10_parse().ok()?,
                Lit::Int(value) => value.base10_parse().ok()?,
                _ => return None,
            };
            let constant = graph.constant(value);
            Some(graph.broadcast(constant, shape))
        }
        Expr::Paren(inner) => expression(graph, &inner.expr, names, shape),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let operand = expression(graph, &unary.expr, names, shape)?;
            Some(graph.call(NEG, [operand]))
        }
        Expr::Binary(binary) => {
            let operation = match binary.op {
                BinOp::Add(_) => ADD,
                BinOp::Sub(_) => SUB,
                BinOp::Mul(_) => HADAMARD,
                BinOp::Div(_) => DIV,
                _ => return None,
            };
            let left = expression(graph, &binary.left, names, shape)?;
            let right = expression(graph, &binary.right, names, shape)?;
            Some(graph.call(operation, [left, right]))
        }
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let name = function.path.get_ident()?;
            let row = POINTWISE.iter().find(|row| name == row.name)?;
            let operands: Option<Vec<_>> =
                call.args.iter().map(|argument| expression(graph, argument, names, shape)).collect();
            let operands = operands.filter(|operands| operands.len() == row.arity())?;
            match row.formula() {
                Some(formula) => row.build(graph, formula, &operands, None, shape),
                None => Some(graph.call_slice(row as &'static dyn Operation, &operands)),
            }
        }
        _ => None,
    }
}
