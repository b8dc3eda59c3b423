//! Names that the loss does not use.

use rustc_hash::FxHashSet as HashSet;

use crate::base::{Place, Role, Shape, Symbol};
use crate::diagnostics::Mistakes;
use crate::diagnostics::messages::{self, Unused};
use crate::graph::{Graph, NodeId, Op};
use crate::syntax::{Expr, Spec, Statement};

/// Names in expressions. A `let` is known by where it stands as well, since another one, or an argument, may have its name.
#[derive(Clone, Default)]
pub(super) struct Used {
    names: HashSet<Symbol>,
    lets: HashSet<(Symbol, (usize, usize))>,
}

impl Used {
    /// An argument, an array, a function.
    pub(super) fn insert(&mut self, name: Symbol) {
        self.names.insert(name);
    }

    pub(super) fn insert_let(&mut self, name: Symbol, at: Place) {
        self.lets.insert((name, at.order()));
    }

    fn contains(&self, name: Symbol) -> bool {
        self.names.contains(&name)
    }

    /// The `let`s of `statements` that nothing names.
    fn idle_lets(&self, statements: &[Statement]) -> Vec<(Symbol, Place)> {
        let of_one = |statement: &Statement| match statement {
            Statement::Let(binding) => {
                let is_used = self.lets.contains(&(binding.name, binding.name_place.order()));
                if is_used { Vec::new() } else { vec![(binding.name, binding.name_place)] }
            }
            Statement::Closure(closure) if self.contains(closure.name) => Vec::new(),
            Statement::Closure(closure) => vec![(closure.name, closure.name_place)],
            Statement::Assign(_) => Vec::new(),
            Statement::For(it) => self.idle_lets(&it.body),
        };
        statements.iter().flat_map(of_one).collect()
    }
}

/// The arguments that no expression names.
pub(super) fn unused_arguments(spec: &Spec) -> Vec<Unused> {
    let named = named(spec);
    let is_unused = |name: Symbol| !named.contains(&name);
    let arguments = spec.arguments.iter().filter(|argument| argument.element.is_none() && !argument.is_labels());
    arguments.filter(|a| is_unused(a.name)).map(|a| (a.name, a.shape)).collect()
}

fn named(spec: &Spec) -> HashSet<Symbol> {
    let values = spec.statements.iter().flat_map(Statement::expressions).chain([&spec.result]);
    values.flat_map(Expr::names).collect()
}

/// Arguments and `let`s that do nothing, and parameters that the loss does not reach.
pub(super) fn check_used(spec: &Spec, graph: &Graph, loss: Option<NodeId>, used: &Used, mistakes: &mut Mistakes) {
    for function in spec.functions.iter().filter(|function| !used.contains(function.name)) {
        mistakes.report(messages::unused_function(function.name_place, function.name));
    }
    let mut idle_let = false;
    for (name, place) in used.idle_lets(&spec.statements) {
        mistakes.report(messages::unused_let(place, name));
        idle_let = true;
    }
    check_mutable(spec, mistakes);
    let reached = loss.map(|loss| reached(graph, loss));
    // A loss of unknown shape, because of a mistake in an argument, has no nodes to follow.
    let depends = |i: usize, is_used: bool| reached.as_ref().map_or(is_used, |reached| reached.contains(&i));
    // Of an array, the first element that does nothing speaks for the others.
    let mut arrays: HashSet<Symbol> = HashSet::default();
    for (i, argument) in spec.arguments.iter().enumerate() {
        let is_used = used.contains(argument.name);
        if arrays.contains(&argument.declared_name()) {
            continue;
        }
        // Of elements whose type is a mistake, one stands for all.
        let is_known = argument.element.is_none() || argument.shape != Shape::UNKNOWN;
        let before = mistakes.len();
        let whole = argument.element.filter(|element| !used.contains(element.array));
        let name = whole.map_or(argument.label(), |element| element.array);
        match argument.role {
            // Elements of data may be left out one by one: they cost nothing, and one that no formula needs is no mistake.
            Role::Data if argument.element.is_some() && whole.is_none() => {}
            Role::Data if !is_used => mistakes.report(messages::unused_argument(argument, name)),
            // A parameter that only an idle `let` uses is idle because of it.
            // Labels that are marked as a parameter have been reported.
            Role::Param if argument.is_labels() || !is_known => {}
            Role::Param if !(depends(i, is_used) || is_used && idle_let) => {
                mistakes.report(messages::unused_parameter(argument, name));
            }
            _ => {}
        }
        if mistakes.len() != before {
            arrays.insert(argument.declared_name());
        }
    }
}

/// Names that are declared as `mut`, and that nothing is assigned to.
fn check_mutable(spec: &Spec, mistakes: &mut Mistakes) {
    let assigned: HashSet<Symbol> = spec.statements.iter().flat_map(Statement::assigns).collect();
    for (name, place) in spec.statements.iter().flat_map(Statement::mutable) {
        if !assigned.contains(&name) {
            mistakes.report(messages::unused_mut(place, name));
        }
    }
}

/// Arguments and `let`s of a function that nothing names.
pub(super) fn check_named(spec: &Spec, used: &Used, mistakes: &mut Mistakes) {
    for argument in spec.arguments.iter().filter(|argument| !used.contains(argument.name)) {
        mistakes.report(messages::unused_argument(argument, argument.label()));
    }
    for (name, place) in used.idle_lets(&spec.statements) {
        mistakes.report(messages::unused_let(place, name));
    }
}

/// The numbers of the arguments that `root` depends on.
fn reached(graph: &Graph, root: NodeId) -> HashSet<usize> {
    let needed = graph.needed(&[root]);
    let arguments = graph.ids().filter(|id| needed[id.index()]).filter_map(|id| match graph.node(id).op {
        Op::Argument(i) => Some(i),
        Op::Constant(_) | Op::Size(_) | Op::Call(_) => None,
    });
    arguments.collect()
}
