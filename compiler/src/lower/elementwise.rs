//! Functions of each element: checked where they are defined, put in place where they are called.
//!
//! In such a function `*` is the product of elements, and numbers and captured scalars are repeated. What the check
//! accepts can be put in place for operands of any one shape, so that a call has only its operands to check.

use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

use super::{Lowering, operation_of};
use crate::base::{Dim, Place, Shape, Symbol};
use crate::diagnostics::Mistakes;
use crate::diagnostics::messages::{self, Known, Wish};
use crate::graph::{Graph, NodeId};
use crate::operations::{ADD, DIV, HADAMARD, Kind, NEG, SUB};
use crate::prelude::{self, Callable};
use crate::syntax::{BinaryOp, Closure, Expr, ExprKind, Spec, Statement};

/// A function of the user's own, by its name; none if there is a mistake in it.
#[derive(Clone)]
pub(super) struct Function {
    pub(super) name: Symbol,
    pub(super) signature: String,
    pub(super) body: Option<Body>,
    /// Words for it in messages, such as `an earlier closure`, where its name is wanted for something else.
    pub(super) what: &'static str,
}

#[derive(Clone)]
pub(super) enum Body {
    /// A function of each element.
    Elements(Rc<Elementwise>),
    /// A function of matrices, whose dimensions stand for any sizes.
    Matrices(Rc<Spec>),
}

impl Body {
    pub(super) fn arity(&self) -> usize {
        match self {
            Self::Elements(body) => body.parameters.len(),
            Self::Matrices(spec) => spec.arguments.len(),
        }
    }
}

/// A sound function of each element.
pub(crate) struct Elementwise {
    parameters: Vec<Symbol>,
    lets: Vec<(Symbol, Expr)>,
    result: Expr,
    /// The scalars that it names and that are not its own; elements of arrays by what is written, `w[3]`.
    captured: HashMap<Symbol, NodeId>,
    /// The user's functions that it calls.
    functions: HashMap<Symbol, Rc<Elementwise>>,
}

/// A definition that is being checked.
struct Definition<'c> {
    name: Symbol,
    /// Names that it defines, where, and whether each is used.
    locals: Vec<(Symbol, Place, bool)>,
    captured: HashMap<Symbol, NodeId>,
    functions: HashMap<Symbol, Rc<Elementwise>>,
    closure: &'c Closure,
}

impl Definition<'_> {
    fn has_local(&self, name: Symbol) -> bool {
        self.locals.iter().any(|(local, ..)| *local == name)
    }
}

impl Lowering<'_, '_> {
    /// Checks a closure, and gives it its name.
    pub(super) fn define(&mut self, closure: &Closure) {
        let name = closure.name;
        self.check_new_name(name, closure.name_place);
        if prelude::is_function(name.as_str()) {
            self.mistakes.report(messages::function_of_the_language(closure.name_place, name));
        }
        let body = self.check(closure).map(|body| Body::Elements(Rc::new(body)));
        self.frame.functions.push(Function { name, signature: closure.signature(), body, what: "an earlier closure" });
    }

    /// The functions of `with(…)`.
    pub(super) fn functions(&mut self) {
        for function in &self.spec.functions {
            let name = function.name;
            if self.spec.arguments.iter().any(|argument| argument.declared_name() == name) {
                let mistake = messages::name_for_two_things(function.name_place, name, "a function", "an argument");
                self.mistakes.report(mistake);
            } else if self.dimension(name) {
                let mistake = messages::name_for_two_things(function.name_place, name, "a function", "a dimension");
                self.mistakes.report(mistake);
            } else if prelude::is_function(name.as_str()) {
                self.mistakes.report(messages::function_of_the_language(function.name_place, name));
            }
            let signature = function.definition.as_ref().map(|spec| spec.signature()).unwrap_or_default();
            let body = function.definition.as_ref().and_then(imported);
            self.has_broken_function |= body.is_none();
            self.frame.functions.push(Function { name, signature, body, what: "a function in `with(...)`" });
        }
    }

    /// The function of the user's own that is called `name`.
    pub(super) fn function(&self, name: Symbol) -> Option<&Function> {
        self.frame.functions.iter().rev().find(|function| function.name == name)
    }

    pub(super) fn check(&mut self, closure: &Closure) -> Option<Elementwise> {
        let before = self.mistakes.len();
        let mut definition = Definition {
            name: closure.name,
            locals: Vec::new(),
            captured: HashMap::default(),
            functions: HashMap::default(),
            closure,
        };
        for &(name, place) in &closure.parameters {
            self.check_name_of_local(name, place);
            definition.locals.push((name, place, false));
        }
        let mut is_sound = closure.is_sound;
        for binding in &closure.lets {
            self.check_name_of_local(binding.name, binding.name_place);
            is_sound &= self.check_elements(&binding.value, &mut definition);
            definition.locals.push((binding.name, binding.name_place, false));
        }
        is_sound &= self.check_elements(&closure.result, &mut definition);
        if !is_sound || self.mistakes.len() != before {
            return None;
        }
        for &(name, place, is_used) in &definition.locals {
            if !is_used {
                let is_parameter = closure.parameters.iter().any(|(parameter, _)| *parameter == name);
                let mistake = if is_parameter {
                    messages::unused_function_argument(place, closure.name, name)
                } else {
                    messages::unused_let(place, name)
                };
                self.mistakes.report(mistake);
            }
        }
        let lets = closure.lets.iter().map(|binding| (binding.name, binding.value.clone()));
        Some(Elementwise {
            parameters: closure.parameters.iter().map(|(name, _)| *name).collect(),
            lets: lets.collect(),
            result: closure.result.clone(),
            captured: definition.captured,
            functions: definition.functions,
        })
    }

    /// Reports a name inside of a function that is a dimension. Any other name from outside is hidden, as in Rust.
    fn check_name_of_local(&mut self, name: Symbol, at: Place) {
        if self.dimension(name) {
            self.mistakes.report(messages::name_for_two_things(at, name, "a dimension", "a name inside of a function"));
        }
    }

    /// True if `expr` is a function of each element. Parts of it that are not are reported.
    fn check_elements(&mut self, expr: &Expr, definition: &mut Definition<'_>) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.check_captured(expr, *name, definition),
            ExprKind::Number(_) => true,
            ExprKind::Neg(inner) => self.check_elements(inner, definition),
            ExprKind::Binary(_, left, right) => {
                let left = self.check_elements(left, definition);
                self.check_elements(right, definition) && left
            }
            ExprKind::Part(inner, part) => {
                if self.check_elements(inner, definition) {
                    let mistake = messages::not_elementwise(expr.place, &format!("`{part}`"), definition.name);
                    self.mistakes.report(mistake);
                }
                false
            }
            ExprKind::Transpose(inner) => {
                if self.check_elements(inner, definition) {
                    let mistake = messages::not_elementwise(expr.place, "`.t()`", definition.name);
                    self.mistakes.report(mistake);
                }
                false
            }
            ExprKind::Call { function, function_place, arguments } => {
                let mut is_sound = true;
                for argument in arguments {
                    is_sound &= self.check_elements(argument, definition);
                }
                self.check_called(expr, *function, *function_place, arguments.len(), definition) && is_sound
            }
            ExprKind::Index(array, index) if self.is_element(array, definition) => {
                // A name of the function's own hides the variable of a loop, and is no whole number.
                if index.value.names().into_iter().any(|name| definition.has_local(name)) {
                    self.mistakes.report(messages::not_an_index(index.place, array, &index.text));
                    return false;
                }
                let Some(node) = self.index(expr, array, index) else { return false };
                self.capture(expr, Symbol::new(&expr.to_string()), node, definition)
            }
            ExprKind::Index(array, _) => {
                // The indexed value may be unknown.
                let is_known = match array.kind {
                    ExprKind::Unknown => false,
                    ExprKind::Name(name) if !definition.has_local(name) => self.name(array, name, &[]).is_some(),
                    _ => true,
                };
                if is_known {
                    let mistake = messages::not_elementwise(expr.place, &format!("`{expr}`"), definition.name);
                    self.mistakes.report(mistake);
                }
                false
            }
            ExprKind::Unknown => false,
        }
    }

    fn check_captured(&mut self, expr: &Expr, name: Symbol, definition: &mut Definition<'_>) -> bool {
        if let Some((.., is_used)) = definition.locals.iter_mut().rfind(|(known, ..)| *known == name) {
            *is_used = true;
            return true;
        }
        if !self.frame.scope.iter().any(|binding| binding.name == name) {
            if definition.closure.lets.iter().any(|binding| binding.name == name) {
                let scope: Vec<Symbol> = definition.locals.iter().map(|(name, ..)| *name).collect();
                self.mistakes.report(messages::unknown_name(expr.place, name, Known::Later, &scope));
                return false;
            }
            if name == definition.name {
                self.mistakes.report(messages::function_as_value(expr.place, name));
                return false;
            }
        }
        if let Some(declared) = self.array_type(name).filter(|declared| !declared.starts_with("[Scalar;")) {
            self.mistakes.report(messages::captured_matrix(expr.place, definition.name, name, &declared));
            return false;
        }
        let locals: Vec<Symbol> = definition.locals.iter().map(|(name, ..)| *name).collect();
        let Some(node) = self.name(expr, name, &locals) else { return false };
        self.capture(expr, name, node, definition)
    }

    /// True if an index of `array` is an element of an array of arguments.
    fn is_element(&self, array: &Expr, definition: &Definition<'_>) -> bool {
        matches!(array.kind, ExprKind::Name(name) if self.array(name).is_some() && !definition.has_local(name))
    }

    /// Makes `node`, which is called `name`, known inside of a function, if it is a scalar.
    fn capture(&mut self, expr: &Expr, name: Symbol, node: NodeId, definition: &mut Definition<'_>) -> bool {
        let declared = self.labels(node).unwrap_or_else(|| self.graph.shape(node).to_string());
        if declared != Shape::SCALAR.to_string() {
            if self.graph.shape(node).is_known() {
                let mistake = messages::captured_matrix(expr.place, definition.name, name, &declared);
                self.mistakes.report(mistake);
            }
            return false;
        }
        definition.captured.insert(name, node);
        true
    }

    fn check_called(
        &mut self,
        expr: &Expr,
        name: Symbol,
        at: Place,
        given: usize,
        definition: &mut Definition<'_>,
    ) -> bool {
        if let Some(function) = self.function(name).filter(|_| !definition.has_local(name)).cloned() {
            self.frame.used.insert(name);
            let Some(body) = function.body else { return false };
            let Body::Elements(elements) = &body else {
                let mistake = messages::not_elementwise(at, &format!("`{name}`"), definition.name);
                self.mistakes.report(mistake);
                return false;
            };
            if body.arity() != given {
                let mistake = messages::argument_count(expr.place, name, &function.signature, body.arity(), given);
                self.mistakes.report(mistake);
                return false;
            }
            definition.functions.insert(name, elements.clone());
            return true;
        }
        if name == definition.name && !prelude::is_function(name.as_str()) {
            self.mistakes.report(messages::recursive_function(expr.place, name));
            return false;
        }
        let Some(callable) = Callable::find(name.as_str()) else {
            if definition.has_local(name) {
                self.no_function(name, at, Known::Value);
            } else {
                self.unknown_function(name, at);
            }
            return false;
        };
        let given = given + self.left_out(callable, given).len();
        let Some((signature, arity)) = self.of_each_element(callable) else {
            let mistake = messages::not_elementwise(at, &format!("`{name}`"), definition.name);
            self.mistakes.report(mistake);
            return false;
        };
        if arity != given {
            self.mistakes.report(messages::argument_count(expr.place, name, signature, arity, given));
        }
        arity == given
    }

    /// A call of a function of each element with `nodes` for its arguments.
    pub(super) fn apply(
        &mut self,
        expr: &Expr,
        name: Symbol,
        body: &Rc<Elementwise>,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> Option<NodeId> {
        let mut large: Option<(&Expr, NodeId)> = None;
        for (argument, &node) in arguments.iter().zip(nodes) {
            let shape = self.graph.shape(node);
            match large {
                _ if shape.is_scalar() => {}
                None => large = Some((argument, node)),
                Some((first, other)) if !self.graph.shape(other).fits(shape) => {
                    let (a, b) = (self.operand(first, other), self.operand(argument, node));
                    let mistake = messages::different_shapes(expr.place, Wish::Call(name), &a, &b, &self.unused);
                    self.mistakes.report(mistake);
                    return None;
                }
                Some(_) => {}
            }
        }
        let shape = large.map_or(Shape::SCALAR, |(_, node)| self.graph.shape(node));
        let outer_place = self.frame.inlining;
        self.frame.inlining = Some(outer_place.unwrap_or(expr.place));
        let result = self.put_in_place(body, nodes);
        self.frame.inlining = outer_place;
        let result = result?;
        Some(self.graph.broadcast(result, shape))
    }

    /// A call of a function of matrices with `nodes` for its arguments.
    pub(super) fn apply_to_matrices(
        &mut self,
        expr: &Expr,
        own: &Function,
        body: &Rc<Spec>,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> Option<NodeId> {
        if !self.fits_declaration(own.name, &own.signature, body, arguments, nodes) {
            return None;
        }
        self.inline(expr.place, body, nodes)
    }

    /// True if `nodes` have the shapes that a function declares, in which each name is one size.
    pub(super) fn fits_declaration(
        &mut self,
        name: Symbol,
        signature: &str,
        body: &Spec,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> bool {
        let mut known: HashMap<Dim, Dim> = HashMap::default();
        for ((wanted, argument), &node) in body.arguments.iter().zip(arguments).zip(nodes) {
            let (shape, classes) = (self.graph.shape(node), self.classes(node));
            let fits = |shape: Shape, known: &mut HashMap<Dim, Dim>| {
                let found = [shape.rows, shape.columns].into_iter().chain(classes);
                wanted.dims().zip(found).all(|(wanted, found)| match wanted {
                    Dim::Named(_) => known.entry(wanted).or_insert(found).fits(found),
                    fixed => fixed.fits(found),
                })
            };
            let mut before = known.clone();
            if !fits(shape, &mut known) {
                let operand = self.operand(argument, node);
                let transpose_fits = classes.is_none() && fits(shape.t(), &mut before);
                let wanted = wanted.type_text();
                let mistake =
                    messages::argument_type(argument.place, name, &wanted, &operand, signature, transpose_fits);
                self.mistakes.report(mistake);
                return false;
            }
        }
        true
    }

    fn put_in_place(&mut self, body: &Rc<Elementwise>, nodes: &[NodeId]) -> Option<NodeId> {
        let mut values = body.captured.clone();
        values.extend(body.parameters.iter().copied().zip(nodes.iter().copied()));
        for (name, value) in &body.lets {
            let node = self.elements(value, body, &values)?;
            values.insert(*name, node);
        }
        self.elements(&body.result, body, &values)
    }

    /// `expr` of each element. Scalars stay scalars for as long as they meet no matrix.
    fn elements(&mut self, expr: &Expr, body: &Rc<Elementwise>, values: &HashMap<Symbol, NodeId>) -> Option<NodeId> {
        self.deeper(expr.place)?;
        let node = self.elements_within(expr, body, values);
        self.depth -= 1;
        node
    }

    fn elements_within(
        &mut self,
        expr: &Expr,
        body: &Rc<Elementwise>,
        values: &HashMap<Symbol, NodeId>,
    ) -> Option<NodeId> {
        match &expr.kind {
            ExprKind::Name(name) => values.get(name).copied(),
            ExprKind::Number(value) => Some(self.graph.constant(*value)),
            ExprKind::Neg(inner) => {
                let operand = self.elements(inner, body, values)?;
                Some(self.negative(operand))
            }
            ExprKind::Binary(op, left, right) => {
                let operation = match op {
                    BinaryOp::Add => ADD,
                    BinaryOp::Sub => SUB,
                    BinaryOp::Mul => HADAMARD,
                    BinaryOp::Div => DIV,
                    BinaryOp::Compare(comparison) => operation_of(*comparison),
                };
                let operands = [self.elements(left, body, values)?, self.elements(right, body, values)?];
                let operands = repeated(&mut self.graph, &operands);
                Some(self.graph.call_slice(operation, &operands))
            }
            ExprKind::Call { function, arguments, .. } => {
                let operands: Option<Vec<NodeId>> =
                    arguments.iter().map(|argument| self.elements(argument, body, values)).collect();
                let mut operands = operands?;
                if let Some(function) = body.functions.get(function) {
                    return self.put_in_place(function, &operands);
                }
                let callable = Callable::find(function.as_str())?;
                operands.extend(self.left_out(callable, operands.len()));
                let operands = repeated(&mut self.graph, &operands);
                match callable {
                    Callable::Operation(operation) => self.of_elements(operation, &operands),
                    Callable::Written(source) => {
                        let body = self.written(source)?;
                        self.inline(expr.place, &body, &operands)
                    }
                    Callable::OfShape(_) | Callable::OfSizes(_) | Callable::Operator(_) => None,
                }
            }
            ExprKind::Index(..) => values.get(&Symbol::new(&expr.to_string())).copied(),
            ExprKind::Transpose(_) | ExprKind::Part(..) | ExprKind::Unknown => None,
        }
    }

    /// The signature and the number of arguments of a function of the language, if it is one of each element.
    fn of_each_element(&mut self, callable: Callable) -> Option<(&'static str, usize)> {
        match callable {
            Callable::Operation(operation) => {
                matches!(operation.kind(), Kind::Pointwise(_)).then(|| (operation.signature(), operation.arity()))
            }
            Callable::Written(source) => {
                let body = self.written(source)?;
                let mut all = body.statements.iter().flat_map(Statement::expressions).chain([&body.result]);
                all.all(|expr| self.is_elementwise(expr)).then(|| (callable.signature(), body.arguments.len()))
            }
            Callable::OfShape(_) | Callable::OfSizes(_) | Callable::Operator(_) => None,
        }
    }

    /// True if an expression of the prelude is made of functions of each element, without a product of matrices.
    fn is_elementwise(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Number(_) => true,
            ExprKind::Neg(inner) => self.is_elementwise(inner),
            ExprKind::Binary(op, left, right) => {
                let scales = *op != BinaryOp::Mul || left.names().is_empty() || right.names().is_empty();
                scales && self.is_elementwise(left) && self.is_elementwise(right)
            }
            ExprKind::Call { function, arguments, .. } => {
                let callable = Callable::find(function.as_str());
                callable.is_some_and(|callable| self.of_each_element(callable).is_some())
                    && arguments.iter().all(|argument| self.is_elementwise(argument))
            }
            ExprKind::Transpose(_) | ExprKind::Part(..) | ExprKind::Index(..) | ExprKind::Unknown => false,
        }
    }

    pub(super) fn negative(&mut self, operand: NodeId) -> NodeId {
        match self.graph.constant_value(operand) {
            Some(value) => self.graph.constant(-value),
            None => self.graph.call(NEG, [operand]),
        }
    }
}

/// A definition that was checked where it stands, and is silently ignored if it has mistakes.
fn imported(spec: &Rc<Spec>) -> Option<Body> {
    let mut mistakes = Mistakes::default();
    let elements = super::check_definition(spec, &mut mistakes);
    if !mistakes.is_empty() {
        return None;
    }
    Some(elements.map_or_else(|| Body::Matrices(spec.clone()), |body| Body::Elements(Rc::new(body))))
}

/// The operands, with scalars repeated to the shape of the others.
fn repeated(graph: &mut Graph, operands: &[NodeId]) -> Vec<NodeId> {
    let shapes = operands.iter().map(|&operand| graph.shape(operand));
    let shape = shapes.into_iter().find(|shape| !shape.is_scalar()).unwrap_or(Shape::SCALAR);
    operands
        .iter()
        .map(|&operand| if graph.shape(operand).is_scalar() { graph.broadcast(operand, shape) } else { operand })
        .collect()
}
