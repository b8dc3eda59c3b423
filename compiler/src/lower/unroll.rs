//! Arrays of arguments, assignments and loops. Loops are written out, turn by turn.

use super::{Binding, Lowering};
use crate::base::{Shape, Symbol};
use crate::diagnostics::messages::{self, IndexedBy};
use crate::graph::NodeId;
use crate::syntax::{Assign, BinaryOp, Expr, ExprKind, For, Index, IndexValue, Over};

impl Lowering<'_, '_> {
    /// The numbers of the arguments that the array `name` is made of, unless a `let` hides it.
    pub(super) fn array(&self, name: Symbol) -> Option<&[usize]> {
        let is_hidden = self.frame.scope.iter().any(|binding| binding.name == name);
        self.frame.arrays.get(&name).filter(|_| !is_hidden).map(Vec::as_slice)
    }

    /// The declared type of the array `name`.
    pub(super) fn array_type(&self, name: Symbol) -> Option<String> {
        let first = *self.array(name)?.first()?;
        self.spec.arguments.get(first).map(crate::syntax::Argument::declared_type)
    }

    pub(super) fn is_loop_variable(&self, name: Symbol) -> bool {
        self.frame.loops.iter().any(|(variable, _)| *variable == name) || self.time_of(name).is_some()
    }

    /// `w[i + 1]`
    pub(super) fn index(&mut self, expr: &Expr, array: &Expr, index: &Index) -> Option<NodeId> {
        if let Some(offset) = self.time_offset(&index.value) {
            return self.row_of_step(expr, array, index, offset);
        }
        let elements = match &array.kind {
            ExprKind::Name(name) => self.array(*name).map(|elements| (*name, elements.len())),
            _ => None,
        };
        let Some((name, length)) = elements else {
            self.index_of_matrix(expr);
            return None;
        };
        self.frame.used.insert(name);
        let Some(found) = self.index_value(&index.value) else {
            self.mistakes.report(messages::not_an_index(index.place, array, &index.text));
            return None;
        };
        let inside = usize::try_from(found).ok().filter(|found| *found < length);
        if inside.is_none() {
            self.mistakes.report(messages::index_out_of_range(expr.place, expr, name, found, length));
        }
        self.element(name, inside?)
    }

    fn element(&mut self, array: Symbol, index: usize) -> Option<NodeId> {
        let number = *self.array(array)?.get(index)?;
        let argument = self.spec.arguments.get(number)?;
        self.frame.used.insert(argument.name);
        let is_known = argument.shape != Shape::UNKNOWN;
        is_known.then(|| self.graph.argument(number))
    }

    pub(super) fn index_value(&self, value: &IndexValue) -> Option<i64> {
        match value {
            IndexValue::Number(number) => Some(*number),
            IndexValue::Name(name) => {
                self.frame.loops.iter().rev().find(|(variable, _)| variable == name).map(|(_, value)| *value)
            }
            IndexValue::Binary(op, left, right) => {
                let (left, right) = (self.index_value(left)?, self.index_value(right)?);
                match op {
                    BinaryOp::Add => left.checked_add(right),
                    BinaryOp::Sub => left.checked_sub(right),
                    BinaryOp::Mul => left.checked_mul(right),
                    BinaryOp::Div | BinaryOp::Compare(_) => None,
                }
            }
            IndexValue::Range(..) | IndexValue::Several(_) | IndexValue::Other => None,
        }
    }

    /// Reports an index of what is no array: `w[0]`, `w[0, 1]`, `w[0][1]`, `z[y]`.
    fn index_of_matrix(&mut self, expr: &Expr) {
        let (mut whole, mut indices) = (expr, Vec::new());
        while let ExprKind::Index(inner, index) = &whole.kind
            && !matches!(inner.kind, ExprKind::Name(name) if self.array(name).is_some())
        {
            whole = inner;
            indices.insert(0, index);
        }
        // The indexed value may have a mistake of its own.
        let Some(node) = self.expression(whole) else { return };
        let axes: Vec<&IndexValue> = indices.iter().flat_map(|index| index.value.axes()).collect();
        let names: Vec<Symbol> = axes.iter().flat_map(|axis| axis.names()).collect();
        let operand = self.operand(whole, node);
        let has_number = axes.iter().any(|axis| matches!(axis, IndexValue::Number(_) | IndexValue::Binary(..)));
        let labels = names.iter().filter(|_| !has_number).find_map(|&name| {
            let labels = self.frame.scope.iter().rev().find(|binding| binding.name == name)?.node?;
            Some((name, self.graph.shape(labels).rows, self.classes(labels)?))
        });
        let by = if self.labels(node).is_some() {
            IndexedBy::Labels
        } else if let Some((labels, length, classes)) = labels {
            let is_gathered =
                operand.shape.rows == classes && (operand.shape.rows, operand.shape.columns) != (length, classes);
            if is_gathered { IndexedBy::Gathered(labels) } else { IndexedBy::Picked(labels) }
        } else if names.iter().any(|&name| self.is_loop_variable(name)) {
            IndexedBy::Loop
        } else {
            IndexedBy::Axes(&axes)
        };
        self.mistakes.report(messages::index_of_matrix(expr.place, &operand, &by));
    }

    pub(super) fn assign(&mut self, assign: &Assign) {
        let Assign { name, name_place, value } = assign;
        let binding = self.frame.scope.iter().rposition(|binding| binding.name == *name);
        let is_mutable = binding.and_then(|at| self.frame.scope.get(at)).is_some_and(|binding| binding.is_mutable);
        if !is_mutable {
            let known = binding.is_some() || self.function(*name).is_some() || self.array(*name).is_some();
            if known || self.is_loop_variable(*name) {
                let is_let = binding.and_then(|at| self.frame.scope.get(at)).is_some_and(|known| known.value.is_some());
                self.mistakes.report(messages::assigned_constant(*name_place, *name, is_let));
            } else {
                // Reported as any unknown name is.
                self.name(&Expr::name(*name, *name_place), *name, &[]);
            }
            self.expression(value);
            return;
        }
        let node = self.expression(value);
        let mut node = self.numbers(value, node, "a matrix");
        let before = binding.and_then(|at| self.frame.scope.get(at)).and_then(|binding| binding.node);
        if let (Some(old), Some(new)) = (before, node)
            && !self.graph.shape(old).fits(self.graph.shape(new))
        {
            let (shape, found, parts) = (self.graph.shape(old), self.graph.shape(new), self.parts(value));
            self.mistakes.report(messages::assigned_shape(value.place, *name, shape, found, &parts));
            node = None;
        }
        if let Some(node) = node {
            self.call_by(node, *name);
        }
        // After a mistake in the value before, nothing more is said.
        let node = if before.is_some() { node } else { None };
        if let Some(binding) = binding.and_then(|at| self.frame.scope.get_mut(at)) {
            binding.node = node;
            binding.value = Some(value.to_string());
        }
    }

    pub(super) fn a_loop(&mut self, it: &For) {
        let before = self.mistakes.len();
        if let Some((name, place)) = it.variable {
            self.check_new_name(name, place);
        }
        let turns = match it.over {
            Over::Numbers(first, end) => first..end,
            Over::Steps { first, end, less, place } => {
                self.steps_of(it, first, (end, less), place);
                if self.mistakes.len() != before {
                    self.forget(it);
                }
                return;
            }
            Over::Array(name, place) => {
                let length = self.array(name).map(<[usize]>::len);
                let Some(length) = length else {
                    let expr = Expr::name(name, place);
                    if let Some(node) = self.expression(&expr) {
                        let declared = self.labels(node).unwrap_or_else(|| self.graph.shape(node).to_string());
                        self.mistakes.report(messages::loop_over_matrix(place, name, &declared));
                    }
                    self.forget(it);
                    return;
                };
                self.frame.used.insert(name);
                0..i64::try_from(length).unwrap_or(i64::MAX)
            }
        };
        for turn in turns {
            let begun = self.turn(it, |lowering| match (it.variable, &it.over) {
                (Some((name, _)), Over::Numbers(..)) => lowering.frame.loops.push((name, turn)),
                (Some((name, _)), Over::Array(array, _)) => {
                    let node = usize::try_from(turn).ok().and_then(|turn| lowering.element(*array, turn));
                    lowering.frame.scope.push(Binding { name, node, value: None, is_mutable: false, place: None });
                }
                (None, _) | (_, Over::Steps { .. }) => {}
            });
            if begun.is_none() {
                break;
            }
            if matches!(it.over, Over::Numbers(..)) && it.variable.is_some() {
                self.frame.loops.pop();
            }
            // A mistake in one turn is a mistake in all.
            if self.mistakes.len() != before {
                break;
            }
        }
        if self.mistakes.len() != before {
            self.forget(it);
        }
    }

    /// One turn of a loop, which `begin`s with its variable; what the body introduces is gone after it. `None` if there are too many
    /// expressions in all.
    pub(super) fn turn(&mut self, it: &For, begin: impl FnOnce(&mut Self)) -> Option<()> {
        let (scope, functions) = (self.frame.scope.len(), self.frame.functions.len());
        self.deeper(it.place)?;
        begin(self);
        for statement in &it.body {
            self.statement(statement);
        }
        self.depth -= 1;
        self.frame.scope.truncate(scope);
        self.frame.functions.truncate(functions);
        Some(())
    }

    /// After a mistake in a loop, nothing is known of what it assigns to.
    pub(super) fn forget(&mut self, it: &For) {
        for name in it.body.iter().flat_map(crate::syntax::Statement::assigns) {
            self.frame.used.insert(name);
            for binding in self.frame.scope.iter_mut().filter(|binding| binding.name == name && binding.is_mutable) {
                binding.node = None;
            }
        }
    }

    /// Calls a node by the name that is given to it; what has the name already is counted.
    pub(super) fn call_by(&mut self, node: NodeId, name: Symbol) {
        if self.frame.inlining.is_some() || !matches!(self.graph.node(node).op, crate::graph::Op::Call(_)) {
            return;
        }
        let count = self.named.entry(name).or_insert(0);
        let numbered =
            if *count == 0 { name } else { Symbol::new(&format!("{name}{}", crate::base::subscript(*count))) };
        *count += 1;
        self.graph.name(node, numbered);
    }
}
