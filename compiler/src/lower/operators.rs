//! Operators and operations: what their operands' shapes have to be.

use super::Lowering;
use crate::base::{Dim, Shape, Symbol};
use crate::diagnostics::messages::{self, Operand, Wish};
use crate::graph::NodeId;
use crate::operations::{HADAMARD, Kind, MATMUL, Operation, SLICE_COLUMNS, SLICE_ROWS, Wanted};
use crate::syntax::{BinaryOp, Expr, ExprKind, Part};

impl Lowering<'_, '_> {
    /// `+` and `-`: one shape, or a scalar, a row vector or a vector with what it is broadcast to.
    pub(super) fn sum(
        &mut self,
        expr: &Expr,
        op: BinaryOp,
        operation: &'static dyn Operation,
        (left, a): (&Expr, NodeId),
        (right, b): (&Expr, NodeId),
    ) -> Option<NodeId> {
        let (of_a, of_b) = (self.graph.shape(a), self.graph.shape(b));
        if of_a.fits(of_b) {
            return Some(self.graph.call(operation, [a, b]));
        }
        if spreads(of_a, of_b) {
            let a = self.graph.broadcast(a, of_b);
            return Some(self.graph.call(operation, [a, b]));
        }
        if spreads(of_b, of_a) {
            let b = self.graph.broadcast(b, of_a);
            return Some(self.graph.call(operation, [a, b]));
        }
        let is_matrix = |shape: Shape| !shape.is_line() && !shape.is_scalar();
        let line_and_matrix = (of_a.is_line() && is_matrix(of_b)) || (is_matrix(of_a) && of_b.is_line());
        let (x, y) = (self.operand(left, a), self.operand(right, b));
        let mistake = if line_and_matrix {
            messages::broadcast_direction(expr.place, op, &x, &y)
        } else {
            messages::different_shapes(expr.place, Wish::Operator(op), &x, &y, &self.unused)
        };
        self.mistakes.report(mistake);
        None
    }

    /// `*`: scaling if an operand is a scalar, the matrix product otherwise.
    pub(super) fn product(
        &mut self,
        expr: &Expr,
        (left, a): (&Expr, NodeId),
        (right, b): (&Expr, NodeId),
    ) -> Option<NodeId> {
        let (of_a, of_b) = (self.graph.shape(a), self.graph.shape(b));
        if of_a.is_scalar() || of_b.is_scalar() {
            let shape = if of_a.is_scalar() { of_b } else { of_a };
            let (a, b) = (self.graph.broadcast(a, shape), self.graph.broadcast(b, shape));
            return Some(self.graph.call(HADAMARD, [a, b]));
        }
        if MATMUL.shape(&[of_a, of_b]).is_ok() {
            return Some(self.graph.call(MATMUL, [a, b]));
        }
        let (x, y) = (self.operand(left, a), self.operand(right, b));
        let mistake = if of_a == of_b {
            messages::matrix_product_for_hadamard(expr.place, &x, &y)
        } else {
            messages::inner_dimensions(expr.place, &x, &y, &self.unused)
        };
        self.mistakes.report(mistake);
        None
    }

    /// `/` and comparisons: elementwise, where one of the two may be a scalar.
    pub(super) fn elementwise(
        &mut self,
        expr: &Expr,
        op: BinaryOp,
        operation: &'static dyn Operation,
        (left, a): (&Expr, NodeId),
        (right, b): (&Expr, NodeId),
    ) -> Option<NodeId> {
        let (of_a, of_b) = (self.graph.shape(a), self.graph.shape(b));
        if !of_a.is_scalar() && !of_b.is_scalar() && !of_a.fits(of_b) {
            let (x, y) = (self.operand(left, a), self.operand(right, b));
            let wish = Wish::Operator(op);
            self.mistakes.report(messages::different_shapes(expr.place, wish, &x, &y, &self.unused));
            return None;
        }
        let shape = if of_a.is_scalar() { of_b } else { of_a };
        let (a, b) = (self.graph.broadcast(a, shape), self.graph.broadcast(b, shape));
        Some(self.graph.call(operation, [a, b]))
    }

    pub(super) fn operation(
        &mut self,
        expr: &Expr,
        function: Symbol,
        operation: &'static dyn Operation,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> Option<NodeId> {
        let repeated = self.repeated(operation, nodes);
        let nodes = repeated.as_deref().unwrap_or(nodes);
        let shapes: Vec<Shape> = nodes.iter().map(|&node| self.graph.letters(node)).collect();
        let wanted = match (operation.shape(&shapes), operation.kind()) {
            (Ok(_), Kind::Pointwise(_)) => return self.of_elements(operation, nodes),
            (Ok(_), _) => return Some(self.graph.call_slice(operation, nodes)),
            (Err(wanted), _) => wanted,
        };
        let operands: Vec<Operand<'_>> =
            arguments.iter().zip(nodes).map(|(argument, &node)| self.operand(argument, node)).collect();
        let mistake = match (wanted, operands.as_slice()) {
            (Wanted::Square(k), operands) => {
                let operand = operands.get(k)?;
                let parts = self.parts(operand.expr);
                messages::not_square(expr.place, function, operand, &parts)
            }
            (Wanted::Inner, [x, w]) => messages::inner_dimensions(expr.place, x, w, &self.unused),
            (Wanted::Signature, operands) => {
                messages::operand_shapes(expr.place, function, operation.signature(), operands)
            }
            (_, operands) => {
                // Of several, the first two that are no scalars and differ.
                let [a, b] = differing(operands)?;
                messages::different_shapes(expr.place, Wish::Call(function), a, b, &self.unused)
            }
        };
        self.mistakes.report(mistake);
        None
    }

    /// The operands of a function of several, with scalars repeated to the shape of the others.
    fn repeated(&mut self, operation: &'static dyn Operation, nodes: &[NodeId]) -> Option<Vec<NodeId>> {
        let Kind::Pointwise(row) = operation.kind() else { return None };
        let shapes = nodes.iter().map(|&node| self.graph.shape(node));
        let shape = shapes.into_iter().find(|shape| !shape.is_scalar()).filter(|_| row.repeats_scalars())?;
        let repeat = |&node| {
            if self.graph.shape(node).is_scalar() { self.graph.broadcast(node, shape) } else { node }
        };
        Some(nodes.iter().map(repeat).collect())
    }

    /// Some rows, or columns, of a matrix that has a literal number of them.
    pub(super) fn part(&mut self, expr: &Expr, inner: &Expr, node: NodeId, part: Part) -> Option<NodeId> {
        let shape = self.graph.shape(node);
        let whole = if part.of_columns { shape.columns } else { shape.rows };
        let Dim::Size(size) = whole else {
            if whole != Dim::Unknown {
                let operand = self.operand(inner, node);
                self.mistakes.report(messages::part_of_unknown_size(expr.place, &operand, part));
            }
            return None;
        };
        if part.end > size {
            let operand = self.operand(inner, node);
            self.mistakes.report(messages::part_outside(expr.place, &operand, part));
            return None;
        }
        let length = Dim::Size(part.end - part.start);
        if length == whole {
            return Some(node);
        }
        let (operation, shape) = if part.of_columns {
            (SLICE_COLUMNS, Shape::new(shape.rows, length))
        } else {
            (SLICE_ROWS, Shape::new(length, shape.columns))
        };
        let start = self.graph.size(Dim::Size(part.start));
        Some(self.graph.call_as(operation, &[node, start], shape))
    }

    /// `expr` as messages show it.
    pub(super) fn operand<'e>(&self, expr: &'e Expr, node: NodeId) -> Operand<'e> {
        let binding = match &expr.kind {
            ExprKind::Name(name) => self.frame.scope.iter().rev().find(|binding| binding.name == *name),
            _ => None,
        };
        let value = binding.and_then(|binding| binding.value.clone());
        let is_argument = binding.is_some() && value.is_none();
        Operand { expr, shape: self.graph.shape(node), value, is_argument }
    }

    /// The names in `expr`, or its one operand.
    pub(super) fn parts<'e>(&self, expr: &'e Expr) -> Vec<Operand<'e>> {
        let mut leaves = Vec::new();
        leaves_of(expr, &mut leaves);
        let node = |leaf: &Expr| match &leaf.kind {
            ExprKind::Name(name) => self.frame.scope.iter().rev().find(|binding| binding.name == *name)?.node,
            _ => None,
        };
        leaves.into_iter().filter_map(|leaf| Some(self.operand(leaf, node(leaf)?))).collect()
    }
}

/// Two operands whose shapes differ, though neither is a scalar if there are others.
fn differing<'o, 'e>(operands: &'o [Operand<'e>]) -> Option<[&'o Operand<'e>; 2]> {
    let first = if operands.len() > 2 { operands.iter().find(|a| !a.shape.is_scalar())? } else { operands.first()? };
    let differs = |b: &&Operand<'_>| !b.shape.fits(first.shape) && (operands.len() == 2 || !b.shape.is_scalar());
    operands.iter().find(differs).map(|other| [first, other])
}

/// The names in `expr`, each where it stands first.
fn leaves_of<'e>(expr: &'e Expr, leaves: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Name(name) => {
            let is_known = |leaf: &&Expr| matches!(&leaf.kind, ExprKind::Name(known) if known == name);
            if !leaves.iter().any(is_known) {
                leaves.push(expr);
            }
        }
        ExprKind::Neg(inner) | ExprKind::Transpose(inner) | ExprKind::Part(inner, _) => leaves_of(inner, leaves),
        ExprKind::Binary(_, left, right) => {
            leaves_of(left, leaves);
            leaves_of(right, leaves);
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| leaves_of(argument, leaves)),
        // Its type stands nowhere else.
        ExprKind::Index(..) => leaves.push(expr),
        ExprKind::Number(_) | ExprKind::Unknown => {}
    }
}

/// True if `small` is added to every element, every row or every column of `large`.
fn spreads(small: Shape, large: Shape) -> bool {
    let to_rows = small.rows.is_one() && small.columns.fits(large.columns);
    let to_columns = small.columns.is_one() && small.rows.fits(large.rows);
    small.is_scalar() || (to_rows && !large.is_line()) || (to_columns && !large.is_line())
}
