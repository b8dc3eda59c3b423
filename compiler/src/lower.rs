//! From a [`Spec`] to a [`Graph`]: names, calls, shapes.
//!
//! What has a mistake in it has no node, and whatever uses it has none either, so that one mistake is reported once.

use std::collections::HashSet;

use crate::graph::{Dim, Graph, Input, NodeId, Op, Shape};
use crate::library;
use crate::mistake::Mistakes;
use crate::mistakes::{self, Known, Operand, Unused, Wish};
use crate::operations::{self, ADD, DIV, HADAMARD, MATMUL, NEG, Operation, SUB, Wanted};
use crate::place::Place;
use crate::spec::{self, BinaryOp, Expr, ExprKind, Let, Role, Spec};
use crate::symbol::Symbol;

/// The graph of a spec, and its loss. Sound only if no mistake was reported.
pub(crate) fn lower(spec: &Spec, mistakes: &mut Mistakes) -> (Graph, NodeId) {
    let inputs = spec.arguments.iter().map(|a| Input { name: a.name, role: a.role, shape: a.shape }).collect();
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
        unused: unused_arguments(spec),
        inlining: None,
    };
    lowering.arguments();
    for binding in &spec.lets {
        lowering.binding(binding);
    }
    let loss = lowering.result();
    let Lowering { mut graph, used, .. } = lowering;
    if spec.body_is_sound && mistakes.len() == before {
        check_used(spec, &graph, loss, &used, mistakes);
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
        if let (Some(value), Some((wanted, at))) = (node, binding.declared)
            && !wanted.fits(self.graph.shape(value))
        {
            let operand = self.operand(&binding.value, value);
            self.mistakes.report(mistakes::declared_shape(at, name, wanted, &operand));
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
        let loss = self.expression(&self.spec.result)?;
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
                let operand = self.expression(inner)?;
                self.at(expr.place);
                Some(match self.graph.constant_value(operand) {
                    Some(value) => self.graph.constant(-value),
                    None => self.graph.call(NEG, [operand]),
                })
            }
            ExprKind::Binary(op, left, right) => {
                let nodes = (self.expression(left), self.expression(right));
                let (Some(a), Some(b)) = nodes else { return None };
                self.at(expr.place);
                match op {
                    BinaryOp::Add => self.sum(expr, *op, ADD, (left, a), (right, b)),
                    BinaryOp::Sub => self.sum(expr, *op, SUB, (left, a), (right, b)),
                    BinaryOp::Mul => self.product(expr, (left, a), (right, b)),
                    BinaryOp::Div => self.quotient(expr, (left, a), (right, b)),
                }
            }
            ExprKind::Transpose(inner) => {
                let operand = self.expression(inner)?;
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
        self.spec.arguments.iter().any(|argument| is(argument.shape.rows) || is(argument.shape.columns))
    }

    /// `+` and `-`: one shape, or a scalar, a row vector or a vector with what it is broadcast to.
    fn sum(
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
            mistakes::broadcast_direction(expr.place, op, &x, &y)
        } else {
            mistakes::different_shapes(expr.place, Wish::Operator(op), &x, &y, &self.unused)
        };
        self.mistakes.report(mistake);
        None
    }

    /// `*`: scaling if an operand is a scalar, the matrix product otherwise.
    fn product(&mut self, expr: &Expr, (left, a): (&Expr, NodeId), (right, b): (&Expr, NodeId)) -> Option<NodeId> {
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
            mistakes::matrix_product_for_hadamard(expr.place, &x, &y)
        } else {
            mistakes::inner_dimensions(expr.place, &x, &y, &self.unused)
        };
        self.mistakes.report(mistake);
        None
    }

    /// `/`: elementwise, where one of the two may be a scalar.
    fn quotient(&mut self, expr: &Expr, (left, a): (&Expr, NodeId), (right, b): (&Expr, NodeId)) -> Option<NodeId> {
        let (of_a, of_b) = (self.graph.shape(a), self.graph.shape(b));
        if !of_a.is_scalar() && !of_b.is_scalar() && !of_a.fits(of_b) {
            let (x, y) = (self.operand(left, a), self.operand(right, b));
            let wish = Wish::Operator(BinaryOp::Div);
            self.mistakes.report(mistakes::different_shapes(expr.place, wish, &x, &y, &self.unused));
            return None;
        }
        let shape = if of_a.is_scalar() { of_b } else { of_a };
        let (a, b) = (self.graph.broadcast(a, shape), self.graph.broadcast(b, shape));
        Some(self.graph.call(DIV, [a, b]))
    }

    fn call(&mut self, expr: &Expr, function: Symbol, at: Place, arguments: &[Expr]) -> Option<NodeId> {
        let operands: Vec<Option<NodeId>> = arguments.iter().map(|argument| self.expression(argument)).collect();
        let source = library::source(function.as_str());
        let operation = operations::function(function.as_str());
        let body = source.and_then(read_library);
        let (signature, arity) = match (&body, source, operation) {
            (Some(body), Some(source), _) => (library::signature(source), body.arguments.len()),
            (_, _, Some(operation)) => (operation.signature(), operation.arity()),
            _ if function.as_str() == library::SIZE => (library::SIZE_SIGNATURE, 1),
            _ => {
                if self.reported.insert(function) {
                    let is_name = self.scope.iter().any(|binding| binding.name == function);
                    let functions = library::all_functions();
                    self.mistakes.report(mistakes::unknown_function(at, function, is_name, functions));
                }
                return None;
            }
        };
        if arity != operands.len() {
            let given = operands.len();
            self.mistakes.report(mistakes::argument_count(expr.place, function, signature, arity, given));
            return None;
        }
        let nodes: Vec<NodeId> = operands.into_iter().collect::<Option<_>>()?;
        self.at(expr.place);
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

    fn operation(
        &mut self,
        expr: &Expr,
        function: Symbol,
        operation: &'static dyn Operation,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> Option<NodeId> {
        let shapes: Vec<Shape> = nodes.iter().map(|&node| self.graph.shape(node)).collect();
        let Err(wanted) = operation.shape(&shapes) else { return Some(self.graph.call_slice(operation, nodes)) };
        let operands: Vec<Operand<'_>> =
            arguments.iter().zip(nodes).map(|(argument, &node)| self.operand(argument, node)).collect();
        let mistake = match (wanted, operands.as_slice()) {
            (Wanted::Square(k), operands) => {
                let operand = operands.get(k)?;
                let parts = self.parts(operand.expr);
                mistakes::not_square(expr.place, function, operand, &parts)
            }
            (Wanted::Inner, [x, w]) => mistakes::inner_dimensions(expr.place, x, w, &self.unused),
            (_, [a, b, ..]) => mistakes::different_shapes(expr.place, Wish::Call(function), a, b, &self.unused),
            _ => return None,
        };
        self.mistakes.report(mistake);
        None
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

    /// `expr` as messages show it.
    fn operand<'e>(&self, expr: &'e Expr, node: NodeId) -> Operand<'e> {
        let binding = match &expr.kind {
            ExprKind::Name(name) => self.scope.iter().rev().find(|binding| binding.name == *name),
            _ => None,
        };
        let value = binding.and_then(|binding| binding.value.clone());
        let is_argument = binding.is_some() && value.is_none();
        Operand { expr, shape: self.graph.shape(node), value, is_argument }
    }

    /// The names in `expr`, or its one operand.
    fn parts<'e>(&self, expr: &'e Expr) -> Vec<Operand<'e>> {
        let mut leaves = Vec::new();
        leaves_of(expr, &mut leaves);
        let node = |leaf: &Expr| match &leaf.kind {
            ExprKind::Name(name) => self.scope.iter().rev().find(|binding| binding.name == *name)?.node,
            _ => None,
        };
        leaves.into_iter().filter_map(|leaf| Some(self.operand(leaf, node(leaf)?))).collect()
    }
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
        ExprKind::Neg(inner) | ExprKind::Transpose(inner) => leaves_of(inner, leaves),
        ExprKind::Binary(_, left, right) => {
            leaves_of(left, leaves);
            leaves_of(right, leaves);
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| leaves_of(argument, leaves)),
        ExprKind::Number(_) | ExprKind::Unknown => {}
    }
}

/// Whether `small` is added to every element, every row or every column of `large`.
fn spreads(small: Shape, large: Shape) -> bool {
    let to_rows = small.rows.is_one() && small.columns.fits(large.columns);
    let to_columns = small.columns.is_one() && small.rows.fits(large.rows);
    small.is_scalar() || (to_rows && !large.is_line()) || (to_columns && !large.is_line())
}

/// A library function, as a spec.
fn read_library(source: &'static str) -> Option<Spec> {
    let tokens = source.parse().ok()?;
    // Nothing in it is a mistake: a test reads them all.
    spec::parse(proc_macro2::TokenStream::new(), tokens, &mut Mistakes::default())
}

/// The arguments that no expression names.
fn unused_arguments(spec: &Spec) -> Vec<Unused> {
    let named = named(spec);
    let is_unused = |name: Symbol| !named.contains(&name);
    spec.arguments.iter().filter(|a| is_unused(a.name)).map(|a| (a.name, a.shape)).collect()
}

fn named(spec: &Spec) -> HashSet<Symbol> {
    let values = spec.lets.iter().map(|binding| &binding.value).chain([&spec.result]);
    values.flat_map(Expr::names).collect()
}

/// Arguments and `let`s that do nothing, and parameters that the loss does not reach.
fn check_used(spec: &Spec, graph: &Graph, loss: Option<NodeId>, used: &HashSet<Symbol>, mistakes: &mut Mistakes) {
    let mut idle_let = false;
    for binding in spec.lets.iter().filter(|binding| !used.contains(&binding.name)) {
        mistakes.report(mistakes::unused_let(binding.name_place, binding.name));
        idle_let = true;
    }
    let reached = loss.map(|loss| reached(graph, loss)).unwrap_or_default();
    for (i, argument) in spec.arguments.iter().enumerate() {
        let is_used = used.contains(&argument.name);
        match argument.role {
            Role::Data if !is_used => mistakes.report(mistakes::unused_argument(argument)),
            // What only an idle `let` uses is idle because of it.
            Role::Param if !reached.contains(&i) && !(is_used && idle_let) => {
                mistakes.report(mistakes::unused_parameter(argument));
            }
            Role::Data | Role::Param => {}
        }
    }
}

/// The numbers of the arguments that `root` depends on.
fn reached(graph: &Graph, root: NodeId) -> HashSet<usize> {
    let mut arguments = HashSet::new();
    let mut seen = HashSet::from([root]);
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if let Op::Argument(i) = graph.node(id).op {
            arguments.insert(i);
        }
        open.extend(graph.operands(id).iter().filter(|&&operand| seen.insert(operand)));
    }
    arguments
}
