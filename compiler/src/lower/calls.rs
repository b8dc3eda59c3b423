//! Calls: of operations, of the prelude's functions, of the user's own.

use std::rc::Rc;

use super::elementwise::{Body, Function};
use super::{Binding, Frame, Lowering};
use crate::base::{Place, Symbol};
use crate::diagnostics::Mistakes;
use crate::diagnostics::messages::{self, Known};
use crate::graph::{Graph, NodeId};
use crate::operations::{Custom, Domain, HADAMARD, IDENTITY, Kind, Operation};
use crate::parse;
use crate::prelude::{self, Callable, OfShape};
use crate::syntax::{Expr, ExprKind, Spec};

impl Lowering<'_, '_> {
    pub(super) fn call(&mut self, expr: &Expr, function: Symbol, at: Place, arguments: &[Expr]) -> Option<NodeId> {
        let callable = Callable::find(function.as_str());
        if let Some(Callable::Operator(domain)) = callable {
            return self.operator(expr, function, domain, arguments);
        }
        if let Some(Callable::OfSizes(what)) = callable
            && self.function(function).is_none()
        {
            return self.of_sizes(expr, function, what, arguments);
        }
        let operands: Vec<Option<NodeId>> = arguments.iter().map(|argument| self.expression(argument)).collect();
        if let Some(own) = self.function(function).cloned() {
            self.frame.used.insert(function);
            return self.call_own(expr, &own, arguments, operands);
        }
        let Some(callable) = callable else {
            self.unknown_function(function, at);
            return None;
        };
        let signature = callable.signature();
        let body = match callable {
            Callable::Written(source) => Some(self.written(source)?),
            _ => None,
        };
        let arity = match callable {
            Callable::Operation(operation) => operation.stated(),
            _ => body.as_ref().map_or(1, |body| body.arguments.len()),
        };
        let left_out = self.left_out(callable, operands.len());
        if arity != operands.len() + left_out.len() {
            let given = operands.len();
            self.mistakes.report(messages::argument_count(expr.place, function, signature, arity, given));
            return None;
        }
        let mut nodes: Vec<NodeId> = operands.into_iter().collect::<Option<_>>()?;
        let counts = matches!(callable, Callable::OfShape(what) if what.counts());
        let takes_labels = |k| match callable {
            Callable::Operation(operation) => operation.takes_labels(k),
            _ => body.as_ref().is_some_and(|body| body.takes_labels(k)),
        };
        if !counts && !self.kinds_fit(expr, takes_labels, signature, arguments, &nodes) {
            return None;
        }
        nodes.extend(left_out);
        match callable {
            Callable::Operation(operation) => self.operation(expr, function, operation, arguments, &nodes),
            Callable::Written(_) => {
                let body = body?;
                let fits = self.fits_declaration(function, signature, &body, arguments, &nodes);
                if fits { self.inline(expr.place, &body, &nodes) } else { None }
            }
            Callable::OfShape(what) => self.of_shape(expr, function, what, &arguments[0], *nodes.first()?),
            Callable::OfSizes(_) | Callable::Operator(_) => None,
        }
    }

    /// The function of the language with the source `source`, which is read once.
    pub(super) fn written(&mut self, source: &'static str) -> Option<Rc<Spec>> {
        if let Some(known) = self.written.get(source) {
            return Some(known.clone());
        }
        let body = Rc::new(read_prelude(source)?);
        self.written.insert(source, body.clone());
        Some(body)
    }

    fn of_shape(
        &mut self,
        expr: &Expr,
        function: Symbol,
        what: OfShape,
        argument: &Expr,
        node: NodeId,
    ) -> Option<NodeId> {
        let shape = self.graph.shape(node);
        let filled = |graph: &mut Graph, value| {
            let value = graph.constant(value);
            graph.broadcast(value, shape)
        };
        Some(match what {
            OfShape::Size => self.size(node),
            OfShape::Rows => self.graph.size(shape.rows),
            OfShape::Columns => self.graph.size(self.graph.letters(node).columns),
            OfShape::Zeros => filled(&mut self.graph, 0.0),
            OfShape::Ones => filled(&mut self.graph, 1.0),
            OfShape::Eye if shape.rows.fits(shape.columns) => {
                let one = self.graph.constant(1.0);
                self.graph.call_as(IDENTITY, &[one], shape)
            }
            OfShape::Eye => {
                let operand = self.operand(argument, node);
                let parts = self.parts(argument);
                self.mistakes.report(messages::not_square(expr.place, function, &operand, &parts));
                return None;
            }
        })
    }

    /// The last operands of a call that states `given`, if the function has values for them.
    pub(super) fn left_out(&mut self, function: Callable, given: usize) -> Vec<NodeId> {
        let Callable::Operation(operation) = function else { return Vec::new() };
        let Kind::Pointwise(row) = operation.kind() else { return Vec::new() };
        let count = row.arity().saturating_sub(given).min(row.defaults.len());
        row.defaults[row.defaults.len() - count..].iter().map(|&value| self.graph.constant(value)).collect()
    }

    /// A function of each element on operands of one shape.
    pub(super) fn of_elements(&mut self, operation: &'static dyn Operation, operands: &[NodeId]) -> Option<NodeId> {
        let shape = operands.first().map(|&operand| self.graph.shape(operand))?;
        match operation.kind() {
            Kind::Pointwise(row) if row.formula().is_some() => {
                row.build(&mut self.graph, row.formula()?, operands, None, shape)
            }
            _ => Some(self.graph.call_slice(operation, operands)),
        }
    }

    /// `row_operator(Name, z)`: an operator of the user's own, of which the name is all that is known here.
    fn operator(&mut self, expr: &Expr, function: Symbol, domain: Domain, arguments: &[Expr]) -> Option<NodeId> {
        let (_, signature) = domain.signature();
        let [operator, operand] = arguments else {
            // Their own mistakes show.
            for argument in arguments.iter().skip(1) {
                self.expression(argument);
            }
            let given = arguments.len();
            self.mistakes.report(messages::argument_count(expr.place, function, signature, 2, given));
            return None;
        };
        let value = self.expression(operand);
        let ExprKind::Name(name) = operator.kind else {
            self.mistakes.report(messages::operator_is_no_name(operator.place, operator, signature));
            return None;
        };
        if self.frame.scope.iter().any(|binding| binding.name == name) {
            self.mistakes.report(messages::operator_is_no_name(operator.place, operator, signature));
            return None;
        }
        let value = value?;
        if !self.kinds_fit(expr, |_| false, signature, &arguments[1..], &[value]) {
            return None;
        }
        Some(self.graph.call(Custom::apply(name, domain).operation(), [value]))
    }

    /// A call of a function of the user's own.
    fn call_own(
        &mut self,
        expr: &Expr,
        own: &Function,
        arguments: &[Expr],
        operands: Vec<Option<NodeId>>,
    ) -> Option<NodeId> {
        let body = own.body.as_ref()?;
        if body.arity() != operands.len() {
            let (wanted, given) = (body.arity(), operands.len());
            self.mistakes.report(messages::argument_count(expr.place, own.name, &own.signature, wanted, given));
            return None;
        }
        let nodes: Vec<NodeId> = operands.into_iter().collect::<Option<_>>()?;
        let takes_labels = |k: usize| match body {
            Body::Elements(_) => false,
            Body::Matrices(spec) => spec.takes_labels(k),
        };
        if !self.kinds_fit(expr, takes_labels, &own.signature, arguments, &nodes) {
            return None;
        }
        match body {
            Body::Elements(body) => self.apply(expr, own.name, body, arguments, &nodes),
            Body::Matrices(body) => self.apply_to_matrices(expr, own, body, arguments, &nodes),
        }
    }

    /// Reports a function that there is not, once.
    pub(super) fn unknown_function(&mut self, name: Symbol, at: Place) {
        let known = if self.frame.scope.iter().any(|binding| binding.name == name) {
            Known::Value
        } else if self.is_introduced(name) {
            Known::Later
        } else {
            Known::Nothing
        };
        self.no_function(name, at, known);
    }

    /// Reports a call of what is `known` as something else, once.
    pub(super) fn no_function(&mut self, name: Symbol, at: Place, known: Known) {
        let binding = self.frame.scope.iter().rev().find(|binding| binding.name == name);
        let has_mistake = binding.is_some_and(|binding| binding.node.is_none());
        if has_mistake || !self.reported.insert(name) {
            return;
        }
        let own = self.frame.functions.iter().map(|function| function.name.as_str());
        let functions: Vec<&str> = own.chain(prelude::all_functions()).collect();
        self.mistakes.report(messages::unknown_function(at, name, known, &functions));
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

    /// The body of a function of the prelude, with `nodes` for its arguments.
    pub(super) fn inline(&mut self, place: Place, body: &Spec, nodes: &[NodeId]) -> Option<NodeId> {
        let arguments = body.arguments.iter().zip(nodes);
        let inner = arguments.map(|(argument, &node)| Binding {
            name: argument.name,
            node: Some(node),
            value: None,
            is_mutable: false,
            place: None,
        });
        let sizes = body.arguments.iter().zip(nodes).flat_map(|(argument, &node)| {
            let shape = self.graph.letters(node);
            argument.dims().zip([shape.rows, shape.columns, shape.columns])
        });
        let frame = Frame {
            scope: inner.collect(),
            inlining: Some(self.frame.inlining.unwrap_or(place)),
            sizes: Some(sizes.collect()),
            ..Frame::default()
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        for statement in &body.statements {
            self.statement(statement);
        }
        let result = self.expression(&body.result);
        self.frame = outer;
        result
    }
}

/// A function of the prelude, as a spec.
fn read_prelude(source: &'static str) -> Option<Spec> {
    let tokens = source.parse().ok()?;
    // Nothing in it is a mistake: a test reads them all.
    parse::parse(proc_macro2::TokenStream::new(), tokens, &mut Mistakes::default())
}
