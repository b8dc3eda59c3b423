//! From a [`Spec`] to a [`Graph`]: names, calls, shapes.
//!
//! What has a mistake in it has no node, and whatever uses it has none either, so that one mistake is reported once.

mod labels;
mod operators;
#[cfg(test)]
mod tests;
mod used;

use std::collections::HashSet;

use crate::graph::{Dim, Graph, Input, NodeId, Op, Shape};
use crate::library;
use crate::mistake::Mistakes;
use crate::mistakes::{self, Known, Unused};
use crate::operations::{self, ADD, HADAMARD, Kind, NEG, Operation, SUB};
use crate::place::Place;
use crate::spec::{self, Argument, BinaryOp, Expr, ExprKind, Let, Role, Spec};
use crate::symbol::Symbol;

/// The graph of a spec, and its loss. Sound only if no mistake was reported.
pub(crate) fn lower(spec: &Spec, mistakes: &mut Mistakes) -> (Graph, NodeId) {
    let input = |a: &Argument| Input { name: a.name, role: a.role, shape: a.shape, kind: a.kind };
    let inputs = spec.arguments.iter().map(input).collect();
    if spec.arguments.iter().all(|argument| argument.role == Role::Data) {
        let at = spec.name.span().into();
        mistakes.report(mistakes::nothing_to_differentiate(at, &spec.name.to_string(), &spec.arguments));
    }
    let before = mistakes.len();
    let mut lowering = Lowering {
        graph: Graph::new(inputs),
        spec,
        mistakes,
        scope: Vec::new(),
        used: HashSet::new(),
        reported: HashSet::new(),
        unused: used::unused_arguments(spec),
        inlining: None,
    };
    lowering.arguments();
    for binding in &spec.lets {
        lowering.binding(binding);
    }
    let loss = lowering.result();
    let Lowering { mut graph, used, .. } = lowering;
    if spec.body_is_sound && mistakes.len() == before {
        used::check_used(spec, &graph, loss, &used, mistakes);
    }
    let loss = loss.unwrap_or_else(|| graph.constant(0.0));
    (graph, loss)
}

/// A name and its value; none if there is a mistake in it.
struct Binding {
    name: Symbol,
    node: Option<NodeId>,
    /// The text of the value of a `let`.
    value: Option<String>,
}

struct Lowering<'s, 'm> {
    graph: Graph,
    spec: &'s Spec,
    mistakes: &'m mut Mistakes,
    scope: Vec<Binding>,
    used: HashSet<Symbol>,
    /// Names and functions that have been reported as unknown: once is enough.
    reported: HashSet<Symbol>,
    unused: Vec<Unused>,
    /// The call that is being replaced by the body of a library function.
    inlining: Option<Place>,
}

impl Lowering<'_, '_> {
    fn arguments(&mut self) {
        for (i, argument) in self.spec.arguments.iter().enumerate() {
            self.graph.written_at(argument.name_place.to(argument.place));
            let known = argument.shape != Shape::UNKNOWN;
            let node = self.graph.argument(i);
            self.scope.push(Binding { name: argument.name, node: known.then_some(node), value: None });
        }
    }

    fn binding(&mut self, binding: &Let) {
        let name = binding.name;
        if self.scope.iter().any(|known| known.name == name) {
            let is_argument = self.spec.arguments.iter().any(|argument| argument.name == name);
            self.mistakes.report(mistakes::shadowed_name(binding.name_place, name, is_argument));
        } else if self.dimension(name) {
            let mistake = mistakes::name_for_two_things(binding.name_place, name, "a dimension", "a `let`");
            self.mistakes.report(mistake);
        }
        let mut node = self.expression(&binding.value);
        if binding.declared.is_some_and(|(wanted, _)| wanted != Shape::UNKNOWN) {
            node = self.numbers(&binding.value, node, "a matrix");
        }
        if let (Some(value), Some((wanted, at))) = (node, binding.declared)
            && !wanted.fits(self.graph.shape(value))
        {
            let (found, parts) = (self.graph.shape(value), self.parts(&binding.value));
            self.mistakes.report(mistakes::declared_shape(at, name, wanted, found, &parts));
            node = None;
        }
        if let Some(node) = node
            && matches!(self.graph.node(node).op, Op::Call(_))
        {
            self.graph.name(node, name);
        }
        self.scope.push(Binding { name, node, value: Some(binding.value.to_string()) });
    }

    fn result(&mut self) -> Option<NodeId> {
        let loss = self.expression(&self.spec.result);
        let loss = self.numbers(&self.spec.result, loss, "a loss")?;
        let shape = self.graph.shape(loss);
        if !shape.fits(Shape::SCALAR) && self.spec.returns_scalar {
            let result = &self.spec.result;
            self.mistakes.report(mistakes::loss_is_not_a_scalar(result.place, result, shape));
            return None;
        }
        Some(loss)
    }

    fn expression(&mut self, expr: &Expr) -> Option<NodeId> {
        match &expr.kind {
            ExprKind::Name(name) => self.name(expr, *name),
            ExprKind::Number(value) => {
                self.at(expr.place);
                Some(self.graph.constant(*value))
            }
            ExprKind::Neg(inner) => {
                let operand = self.expression(inner);
                let [operand] = self.all_numbers(expr, [(inner, operand)])?;
                self.at(expr.place);
                Some(match self.graph.constant_value(operand) {
                    Some(value) => self.graph.constant(-value),
                    None => self.graph.call(NEG, [operand]),
                })
            }
            ExprKind::Binary(op, left, right) => {
                let nodes = [(&**left, self.expression(left)), (&**right, self.expression(right))];
                let [a, b] = self.all_numbers(expr, nodes)?;
                self.at(expr.place);
                match op {
                    BinaryOp::Add => self.sum(expr, *op, ADD, (left, a), (right, b)),
                    BinaryOp::Sub => self.sum(expr, *op, SUB, (left, a), (right, b)),
                    BinaryOp::Mul => self.product(expr, (left, a), (right, b)),
                    BinaryOp::Div => self.quotient(expr, (left, a), (right, b)),
                }
            }
            ExprKind::Transpose(inner) => {
                let operand = self.expression(inner);
                let [operand] = self.all_numbers(expr, [(inner, operand)])?;
                self.at(expr.place);
                Some(self.graph.transpose(operand))
            }
            ExprKind::Call { function, function_place, arguments } => {
                self.call(expr, *function, *function_place, arguments)
            }
            ExprKind::Unknown => None,
        }
    }

    /// Nodes made from now on stand at `place`, or at the call of the library function that they belong to.
    fn at(&mut self, place: Place) {
        self.graph.written_at(self.inlining.unwrap_or(place));
    }

    fn name(&mut self, expr: &Expr, name: Symbol) -> Option<NodeId> {
        // The last one: after a mistake, a name may stand for two values.
        if let Some(binding) = self.scope.iter().rev().find(|binding| binding.name == name) {
            self.used.insert(name);
            return binding.node;
        }
        if self.reported.insert(name) {
            let known = if self.dimension(name) {
                Known::Dimension
            } else if self.spec.lets.iter().any(|binding| binding.name == name) {
                Known::Later
            } else if library::is_function(name.as_str()) {
                Known::Function
            } else {
                Known::Nothing
            };
            let scope: Vec<Symbol> = self.scope.iter().map(|binding| binding.name).collect();
            self.mistakes.report(mistakes::unknown_name(expr.place, name, known, &scope));
        }
        None
    }

    /// Whether `name` is a dimension of an argument.
    fn dimension(&self, name: Symbol) -> bool {
        let is = |dim| matches!(dim, Dim::Named(known) | Dim::Const(known) if known == name);
        let in_type = self.spec.arguments.iter().any(|argument| argument.dims().any(is));
        in_type || self.spec.generics.iter().any(|(generic, _)| *generic == name)
    }

    fn call(&mut self, expr: &Expr, function: Symbol, at: Place, arguments: &[Expr]) -> Option<NodeId> {
        let operands: Vec<Option<NodeId>> = arguments.iter().map(|argument| self.expression(argument)).collect();
        let source = library::source(function.as_str());
        let operation = operations::function(function.as_str());
        let body = source.and_then(read_library);
        let (signature, arity) = match (&body, source, operation) {
            (Some(body), Some(source), _) => (library::signature(source), body.arguments.len()),
            (_, _, Some(operation)) => (operation.signature(), operation.stated()),
            _ if function.as_str() == library::SIZE => (library::SIZE_SIGNATURE, 1),
            _ => {
                let binding = self.scope.iter().rev().find(|binding| binding.name == function);
                let is_name = binding.is_some();
                let has_mistake = binding.is_some_and(|binding| binding.node.is_none());
                if !has_mistake && self.reported.insert(function) {
                    let functions: Vec<&str> = library::all_functions().collect();
                    self.mistakes.report(mistakes::unknown_function(at, function, is_name, &functions));
                }
                return None;
            }
        };
        let defaults = match operation.map(<dyn Operation>::kind) {
            Some(Kind::Pointwise(row)) => row.defaults,
            _ => &[],
        };
        let left_out = arity.saturating_sub(operands.len()).min(defaults.len());
        if arity != operands.len() + left_out {
            let given = operands.len();
            self.mistakes.report(mistakes::argument_count(expr.place, function, signature, arity, given));
            return None;
        }
        let mut nodes: Vec<NodeId> = operands.into_iter().collect::<Option<_>>()?;
        if function.as_str() != library::SIZE && !self.kinds_fit(expr, operation, signature, arguments, &nodes) {
            return None;
        }
        self.at(expr.place);
        nodes.extend(defaults[defaults.len() - left_out..].iter().map(|&value| self.graph.constant(value)));
        if let Some(body) = body {
            return self.inline(expr.place, &body, &nodes);
        }
        match (operation, nodes.as_slice()) {
            (Some(operation), _) => self.operation(expr, function, operation, arguments, &nodes),
            (None, [operand]) => Some(self.size(*operand)),
            (None, _) => None,
        }
    }

    /// The number of elements.
    fn size(&mut self, operand: NodeId) -> NodeId {
        let shape = self.graph.shape(operand);
        let (rows, columns) = (self.graph.size(shape.rows), self.graph.size(shape.columns));
        match (self.graph.constant_value(rows), self.graph.constant_value(columns)) {
            (Some(rows), Some(columns)) => self.graph.constant(rows * columns),
            (_, Some(1.0)) => rows,
            (Some(1.0), _) => columns,
            _ => self.graph.call(HADAMARD, [rows, columns]),
        }
    }

    /// The body of a library function, with `nodes` for its arguments.
    fn inline(&mut self, place: Place, body: &Spec, nodes: &[NodeId]) -> Option<NodeId> {
        let arguments = body.arguments.iter().zip(nodes);
        let inner = arguments.map(|(argument, &node)| Binding { name: argument.name, node: Some(node), value: None });
        let outer = std::mem::replace(&mut self.scope, inner.collect());
        let outer_used = self.used.clone();
        let outer_place = self.inlining;
        self.inlining = Some(outer_place.unwrap_or(place));
        for binding in &body.lets {
            let node = self.expression(&binding.value);
            self.scope.push(Binding { name: binding.name, node, value: None });
        }
        let result = self.expression(&body.result);
        (self.scope, self.used, self.inlining) = (outer, outer_used, outer_place);
        result
    }
}

/// A library function, as a spec.
fn read_library(source: &'static str) -> Option<Spec> {
    let tokens = source.parse().ok()?;
    // Nothing in it is a mistake: a test reads them all.
    spec::parse(proc_macro2::TokenStream::new(), tokens, &mut Mistakes::default())
}
