//! From a [`Spec`] to a [`Graph`]: names, calls, shapes.
//!
//! An expression with a mistake in it has no node, and whatever uses it has none either, so that one mistake is reported once.

mod calls;
mod elementwise;
mod labels;
mod operators;
mod sizes;
#[cfg(test)]
mod tests;
mod time;
mod unroll;
mod unused;

pub(crate) use elementwise::Elementwise;
use elementwise::Function;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::rc::Rc;

use time::Time;
use unused::Used;

use crate::base::{Dim, Place, Role, Shape, Symbol};
use crate::diagnostics::Mistakes;
use crate::diagnostics::messages::{self, Known, Unused};
use crate::graph::{Graph, Input, NodeId};
use crate::operations::{ADD, DIV, EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, Operation, SUB};
use crate::prelude;
use crate::syntax::{Argument, BinaryOp, Comparison, Expr, ExprKind, Let, Spec, Statement};

/// The mistakes in a function that losses call, and what it is if it is a function of each element.
pub(crate) fn check_definition(spec: &Spec, mistakes: &mut Mistakes) -> Option<Elementwise> {
    let name = Symbol::new(&spec.name.to_string());
    let before = mistakes.len();
    if prelude::is_function(name.as_str()) {
        mistakes.report(messages::function_of_the_language(spec.name.span().into(), name));
    }
    if let Some(closure) = spec.as_closure() {
        return Lowering::new(spec, mistakes).check(&closure);
    }
    let mut lowering = Lowering::new(spec, mistakes);
    lowering.arguments();
    for statement in &spec.statements {
        lowering.statement(statement);
    }
    let result = lowering.expression(&spec.result);
    if let Some(result) = lowering.numbers(&spec.result, result, "a value") {
        let shape = lowering.graph.shape(result);
        if !shape.fits(spec.returns) {
            let mistake = messages::returned_shape(spec.result.place, spec.returns, shape);
            lowering.mistakes.report(mistake);
        }
    }
    let used = lowering.frame.used;
    if spec.body_is_sound && mistakes.len() == before {
        unused::check_named(spec, &used, mistakes);
    }
    None
}

/// A spec as a graph.
pub(crate) struct Lowered {
    pub(crate) graph: Graph,
    pub(crate) loss: NodeId,
    /// The value of each output that the options name.
    pub(crate) outputs: Vec<(Symbol, NodeId)>,
}

impl Lowered {
    /// The shape of each output.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = (Symbol, Shape)> {
        self.outputs.iter().map(|&(name, node)| (name, self.graph.shape(node)))
    }
}

/// The graph of a spec, its loss and its outputs. Sound only if no mistake was reported, and if no function that it uses has
/// one of its own.
pub(crate) fn lower(spec: &Spec, mistakes: &mut Mistakes) -> Option<Lowered> {
    if spec.arguments.iter().all(|argument| argument.role == Role::Data) {
        let at = spec.name.span().into();
        mistakes.report(messages::nothing_to_differentiate(at, &spec.name.to_string(), &spec.arguments));
    }
    let before = mistakes.len();
    let mut lowering = Lowering::new(spec, mistakes);
    lowering.arguments();
    lowering.functions();
    for statement in &spec.statements {
        lowering.statement(statement);
    }
    let loss = lowering.result();
    let outputs = spec.options.outputs.iter().filter_map(|&(name, place)| Some((name, lowering.output(name, place)?)));
    let outputs = outputs.collect();
    let Lowering { mut graph, frame, has_broken_function, .. } = lowering;
    if spec.body_is_sound && mistakes.len() == before {
        unused::check_used(spec, &graph, loss, &frame.used, mistakes);
    }
    let loss = loss.unwrap_or_else(|| graph.constant(0.0));
    (!has_broken_function).then_some(Lowered { graph, loss, outputs })
}

/// A name and its value; none if there is a mistake in it.
struct Binding {
    name: Symbol,
    node: Option<NodeId>,
    /// The text of the value of a `let`.
    value: Option<String>,
    /// True for a `let mut`.
    is_mutable: bool,
    /// Where the `let` stands; none if it is no `let`.
    place: Option<Place>,
}

/// Names that mean something, and where: those of the loss, or of the body of a function while that is inlined.
#[derive(Default)]
struct Frame {
    scope: Vec<Binding>,
    used: Used,
    /// The call in the loss that is being replaced by the body of a function.
    inlining: Option<Place>,
    /// The user's own functions.
    functions: Vec<Function>,
    /// The numbers of the arguments that each array is made of.
    arrays: HashMap<Symbol, Vec<usize>>,
    /// The loops that are being unrolled, outer ones first: variable and turn.
    loops: Vec<(Symbol, i64)>,
    /// The loop over a size that is being lowered.
    time: Option<Time>,
    /// In the body of a function that is inlined: its own sizes, and which they are here.
    sizes: Option<Vec<(Dim, Dim)>>,
}

struct Lowering<'s, 'm> {
    graph: Graph,
    spec: &'s Spec,
    mistakes: &'m mut Mistakes,
    frame: Frame,
    /// Names and functions that have been reported as unknown: once is enough.
    reported: HashSet<Symbol>,
    unused: Vec<Unused>,
    /// A function has a mistake in it that is reported where it is defined.
    has_broken_function: bool,
    /// How deep the expression is that is being lowered, with what is put in place of calls.
    depth: usize,
    /// Number of expressions that have been lowered.
    steps: usize,
    /// Number of nodes that have been given a name.
    named: HashMap<Symbol, usize>,
    /// The functions of the language that have been called, by their sources.
    written: HashMap<&'static str, Rc<Spec>>,
}

/// The operation that compares.
fn operation_of(comparison: Comparison) -> &'static dyn Operation {
    match comparison {
        Comparison::Greater => GREATER,
        Comparison::Less => LESS,
        Comparison::GreaterEqual => GREATER_EQUAL,
        Comparison::LessEqual => LESS_EQUAL,
        Comparison::Equal => EQUAL,
    }
}

/// Expressions in expressions: what is put in place of calls may nest deeper than anything that is written.
const MAX_DEPTH: usize = 1000;
/// Expressions in all, with what is put in place of calls.
const MAX_EXPRESSIONS: usize = 100_000;

impl<'s, 'm> Lowering<'s, 'm> {
    fn new(spec: &'s Spec, mistakes: &'m mut Mistakes) -> Self {
        let input = |a: &Argument| Input { name: a.label(), role: a.role, shape: a.shape, kind: a.kind };
        let inputs = spec.arguments.iter().map(input).collect();
        Self {
            graph: Graph::new(inputs),
            spec,
            mistakes,
            frame: Frame::default(),
            reported: HashSet::default(),
            unused: unused::unused_arguments(spec),
            has_broken_function: false,
            depth: 0,
            steps: 0,
            written: HashMap::default(),
            // A `let` that hides an argument is printed by another name.
            named: spec.arguments.iter().map(|argument| (argument.declared_name(), 1)).collect(),
        }
    }

    fn arguments(&mut self) {
        for (i, argument) in self.spec.arguments.iter().enumerate() {
            let known = argument.shape != Shape::UNKNOWN;
            let node = self.graph.argument(i);
            if let Some(element) = argument.element {
                self.frame.arrays.entry(element.array).or_default().push(i);
                continue;
            }
            let node = known.then_some(node);
            self.frame.scope.push(Binding { name: argument.name, node, value: None, is_mutable: false, place: None });
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let(binding) => self.binding(binding),
            Statement::Closure(closure) => self.define(closure),
            Statement::Assign(assign) => self.assign(assign),
            Statement::For(it) => self.a_loop(it),
        }
    }

    /// Reports a name that something else has already.
    fn check_new_name(&mut self, name: Symbol, at: Place) {
        // Names of an inlined function were checked where it is defined.
        if self.frame.inlining.is_some() {
            return;
        }
        let is_known =
            self.function(name).is_some() || self.frame.arrays.contains_key(&name) || self.is_loop_variable(name);
        if is_known || self.frame.scope.iter().any(|known| known.name == name) {
            let earlier = if let Some(function) = self.function(name) {
                function.what
            } else if self.spec.arguments.iter().any(|argument| argument.declared_name() == name) {
                "the argument"
            } else if self.is_loop_variable(name) {
                "the variable of a loop"
            } else {
                "an earlier `let`"
            };
            self.mistakes.report(messages::shadowed_name(at, name, earlier));
        } else if self.dimension(name) {
            self.mistakes.report(messages::name_for_two_things(at, name, "a dimension", "a `let`"));
        }
    }

    /// Reports a name of a value that is taken by something else than a value. A value of this name is hidden from here on, as in
    /// Rust.
    fn check_name_of_value(&mut self, name: Symbol, at: Place) {
        if self.function(name).is_some() || self.is_loop_variable(name) || self.dimension(name) {
            self.check_new_name(name, at);
        }
    }

    fn binding(&mut self, binding: &Let) {
        let name = binding.name;
        self.check_name_of_value(name, binding.name_place);
        let mut node = self.expression(&binding.value);
        // An inlined function has other dimensions than those it was declared with.
        let declared = binding.declared.filter(|_| self.frame.inlining.is_none());
        if declared.is_some_and(|(wanted, _)| wanted != Shape::UNKNOWN) {
            node = self.numbers(&binding.value, node, "a matrix");
        }
        if let (Some(value), Some((wanted, at))) = (node, declared)
            && !wanted.fits(self.graph.shape(value))
        {
            let (found, parts) = (self.graph.shape(value), self.parts(&binding.value));
            self.mistakes.report(messages::declared_shape(at, name, wanted, found, &parts));
            node = None;
        }
        if binding.mutable.is_some() {
            node = self.numbers(&binding.value, node, "a matrix");
        }
        if let Some(node) = node {
            self.call_by(node, name);
        }
        // Of what is put in place, messages show nothing.
        let value = self.frame.inlining.is_none().then(|| binding.value.to_string());
        let (is_mutable, place) = (binding.mutable.is_some(), Some(binding.name_place));
        self.frame.scope.push(Binding { name, node, value, is_mutable, place });
    }

    /// The value that a `let` gives the name, where the body ends.
    fn output(&mut self, name: Symbol, place: Place) -> Option<NodeId> {
        let lets = self.frame.scope.iter().filter_map(|binding| Some((binding.name, binding.place?, binding.node)));
        let lets: Vec<_> = lets.collect();
        let Some(&(_, at, node)) = lets.iter().rev().find(|(known, ..)| *known == name) else {
            let mut known: Vec<_> = lets.into_iter().map(|(name, ..)| name).collect();
            known.dedup();
            self.mistakes.report(messages::unknown_output(place, name, &known));
            return None;
        };
        self.frame.used.insert_let(name, at);
        if let Some(declared) = node.and_then(|node| self.labels(node)) {
            self.mistakes.report(messages::output_is_labels(place, name, &declared));
            return None;
        }
        node
    }

    fn result(&mut self) -> Option<NodeId> {
        let loss = self.expression(&self.spec.result);
        let loss = self.numbers(&self.spec.result, loss, "a loss")?;
        let shape = self.graph.shape(loss);
        if !shape.fits(Shape::SCALAR) && self.spec.returns_scalar {
            let result = &self.spec.result;
            self.mistakes.report(messages::loss_is_not_a_scalar(result.place, result, shape));
            return None;
        }
        Some(loss)
    }

    fn expression(&mut self, expr: &Expr) -> Option<NodeId> {
        self.deeper(expr.place)?;
        let node = self.expression_within(expr);
        self.depth -= 1;
        node
    }

    /// One expression more, inside of others; `None`, reported once, if there are too many.
    fn deeper(&mut self, place: Place) -> Option<()> {
        let at = self.frame.inlining.unwrap_or(place);
        if self.steps >= MAX_EXPRESSIONS {
            if self.steps == MAX_EXPRESSIONS {
                self.steps += 1;
                self.mistakes.report(messages::too_large(at, MAX_EXPRESSIONS));
            }
            return None;
        }
        if self.depth >= MAX_DEPTH {
            self.steps = MAX_EXPRESSIONS + 1;
            self.mistakes.report(messages::nested_too_deeply(at));
            return None;
        }
        self.steps += 1;
        self.depth += 1;
        Some(())
    }

    fn expression_within(&mut self, expr: &Expr) -> Option<NodeId> {
        match &expr.kind {
            ExprKind::Name(name) => self.name(expr, *name, &[]),
            ExprKind::Number(value) => Some(self.graph.constant(*value)),
            ExprKind::Neg(inner) => {
                let operand = self.expression(inner);
                let [operand] = self.all_numbers(expr, [(inner, operand)])?;
                Some(self.negative(operand))
            }
            ExprKind::Binary(op, left, right) => {
                let nodes = [(&**left, self.expression(left)), (&**right, self.expression(right))];
                let [a, b] = self.all_numbers(expr, nodes)?;
                match op {
                    BinaryOp::Add => self.sum(expr, *op, ADD, (left, a), (right, b)),
                    BinaryOp::Sub => self.sum(expr, *op, SUB, (left, a), (right, b)),
                    BinaryOp::Mul => self.product(expr, (left, a), (right, b)),
                    BinaryOp::Div => self.elementwise(expr, *op, DIV, (left, a), (right, b)),
                    BinaryOp::Compare(comparison) => {
                        self.elementwise(expr, *op, operation_of(*comparison), (left, a), (right, b))
                    }
                }
            }
            ExprKind::Transpose(inner) => {
                let operand = self.expression(inner);
                let [operand] = self.all_numbers(expr, [(inner, operand)])?;
                Some(self.graph.transpose(operand))
            }
            ExprKind::Call { function, function_place, arguments } => {
                self.call(expr, *function, *function_place, arguments)
            }
            ExprKind::Part(inner, part) => {
                let operand = self.expression(inner);
                let [operand] = self.all_numbers(expr, [(inner, operand)])?;
                self.part(expr, inner, operand, *part)
            }
            ExprKind::Index(array, index) => self.index(expr, array, index),
            ExprKind::Unknown => None,
        }
    }

    /// The value of `name`. In a function, `locals` are its own names.
    fn name(&mut self, expr: &Expr, name: Symbol, locals: &[Symbol]) -> Option<NodeId> {
        // The last one: after a mistake, a name may stand for two values.
        if let Some(binding) = self.frame.scope.iter().rev().find(|binding| binding.name == name) {
            match binding.place {
                Some(place) => self.frame.used.insert_let(name, place),
                None => self.frame.used.insert(name),
            }
            return binding.node;
        }
        if self.function(name).is_some() {
            self.frame.used.insert(name);
            self.mistakes.report(messages::function_as_value(expr.place, name));
            return None;
        }
        if let Some(dim) = self.dimension_of(name) {
            return Some(self.graph.size(dim));
        }
        if let Some(value) = self.constant(name) {
            return Some(self.graph.constant(value));
        }
        if let Some(time) = self.time_of(name) {
            return Some(time);
        }
        if self.is_loop_variable(name) {
            self.mistakes.report(messages::loop_variable_as_value(expr.place, name));
            return None;
        }
        if let Some(declared) = self.array_type(name) {
            self.frame.used.insert(name);
            self.mistakes.report(messages::array_without_index(expr.place, name, &declared));
            return None;
        }
        if self.reported.insert(name) {
            let known = if self.is_introduced(name) {
                Known::Later
            } else if prelude::is_function(name.as_str()) {
                Known::Function
            } else {
                Known::Nothing
            };
            let mut scope: Vec<Symbol> = Vec::new();
            let arguments = self.spec.arguments.iter().map(Argument::declared_name);
            for name in
                arguments.chain(self.frame.scope.iter().map(|binding| binding.name)).chain(locals.iter().copied())
            {
                if !scope.contains(&name) {
                    scope.push(name);
                }
            }
            self.mistakes.report(messages::unknown_name(expr.place, name, known, &scope));
        }
        None
    }

    /// The number that is called `name`, unless something of the loss is.
    fn constant(&self, name: Symbol) -> Option<f64> {
        use std::f64::consts::{E, LN_2, PI};
        const CONSTANTS: [(&str, f64); 4] = [("PI", PI), ("E", E), ("LN_2", LN_2), ("INFINITY", f64::INFINITY)];
        let (_, value) = CONSTANTS.iter().find(|(known, _)| *known == name.as_str())?;
        let is_taken = self.dimension(name)
            || self.frame.arrays.contains_key(&name)
            || self.is_loop_variable(name)
            || self.is_introduced(name);
        // The names of the loss mean nothing in what is put in place.
        (self.frame.inlining.is_some() || !is_taken).then_some(*value)
    }

    /// True if a statement, most likely one further down, introduces `name`.
    fn is_introduced(&self, name: Symbol) -> bool {
        self.spec.statements.iter().flat_map(Statement::introduces).any(|(introduced, _)| introduced == name)
    }

    /// True if `name` is a size.
    fn dimension(&self, name: Symbol) -> bool {
        self.dimension_of(name).is_some()
    }
}
