//! The invariants G1, G2, G3 and G5 of a graph, checked between stages in debug builds and tests; the reverse sweep checks G4.

use rustc_hash::FxHashSet as HashSet;

use super::operation::{Kind, Primitive};
use super::{Gradient, Graph, Op};
use crate::base::Shape;

/// The first invariant that does not hold, in words.
pub(crate) fn verify(graph: &Graph, gradients: &[Gradient]) -> Result<(), String> {
    let mut calls = HashSet::default();
    for id in graph.ids() {
        let node = graph.node(id);
        if let Some(late) = node.operands.iter().find(|operand| **operand >= id) {
            return Err(format!("G1: {id:?} uses {late:?}, which does not precede it"));
        }
        let Op::Call(operation) = node.op else { continue };
        if operation.arity() != node.operands.len() {
            return Err(format!("G2: {id:?} calls `{}` with {} operands", operation.name(), node.operands.len()));
        }
        if !calls.insert((operation, &node.operands, node.shape)) {
            return Err(format!("G3: {id:?} calls `{}` as another node does", operation.name()));
        }
        // A broadcast gets the shape that it is asked for; dimensions that no operand tells fit everything.
        let free = matches!(operation.kind(), Kind::Multilinear(row) if row.primitive == Primitive::Broadcast);
        let shapes: Vec<Shape> = node.operands.iter().map(|&operand| graph.letters(operand)).collect();
        if !free && !operation.shape(&shapes).is_ok_and(|shape| shape.fits(node.shape)) {
            return Err(format!("G2: {id:?} calls `{}` on {shapes:?} and has {}", operation.name(), node.shape));
        }
    }
    for &Gradient { argument, node } in gradients {
        let Some(node) = node else { continue };
        let (wanted, found) = (graph.inputs[argument].shape, graph.shape(node));
        if wanted != found {
            return Err(format!("G5: the gradient of argument {argument} has {found} instead of {wanted}"));
        }
    }
    Ok(())
}
