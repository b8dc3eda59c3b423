//! Outputs: values of the loss that `outputs(…)` names, computed by themselves on data of one's own, without the rest of the loss.
//!
//! An output is a loss in small: of the arguments it has the parameters and the data that its value is made of, and its graph is
//! planned and emitted as that of the loss is.

use crate::base::{ArgumentKind, Dim, Place, Role, Shape, Symbol};
use crate::diagnostics::messages::is_item;
use crate::explain;
use crate::graph::{Gradient, Graph, Input, Moved, NodeId, Op};
use crate::rewrite;
use crate::schedule::Roots;
use crate::syntax::{Argument, Options, Spec, Stream};

/// A value of the loss, as a loss in small.
pub(crate) struct Output {
    /// The loss in small: those arguments that the value is made of.
    pub(crate) spec: Spec,
    /// These arguments, and the output.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) shape: Shape,
    pub(crate) graph: Graph,
    pub(crate) roots: Roots,
    /// Formula of the value.
    pub(crate) formula: String,
}

/// The outputs of a loss.
pub(crate) fn outputs(spec: &Spec, graph: &Graph, named: &[(Symbol, NodeId)]) -> Vec<Output> {
    named.iter().filter_map(|&(name, node)| output(spec, graph, name, node)).collect()
}

fn output(spec: &Spec, graph: &Graph, name: Symbol, node: NodeId) -> Option<Output> {
    let (graph, root) = graph.compact(&[node]);
    let (root, shape) = (*root.first()?, graph.shape(*root.first()?));
    let kept = arguments(spec, name, &graph);
    let spec = small(spec, name, &kept);
    let mut arguments = spec.arguments.clone();
    arguments.push(written(&spec, name, shape)?);
    let (graph, moved) = with_arguments(&graph, &kept, &arguments);
    let (graph, roots) = rewrite::simplify(&graph, &[moved.of(root)]);
    let root = *roots.first()?;
    let formula = explain::explain(&graph, root, &[]).formula;
    let roots = if shape == Shape::SCALAR {
        Roots { values: vec![root], gradients: Vec::new() }
    } else {
        let written = Gradient { argument: arguments.len() - 1, node: Some(root) };
        Roots { values: Vec::new(), gradients: vec![written] }
    };
    Some(Output { spec, arguments, shape, graph, roots, formula })
}

/// The numbers of the arguments that an output has: the parameters, the data that its statements name, and what tells a size that
/// none of these tells.
fn arguments(spec: &Spec, name: Symbol, graph: &Graph) -> Vec<usize> {
    let mut kept = named(spec, name);
    let mut sizes: Vec<Symbol> = Vec::new();
    for id in graph.ids() {
        let shape = graph.shape(id);
        sizes.extend([shape.rows, shape.columns].into_iter().flat_map(Dim::names));
        match graph.node(id).op {
            Op::Argument(i) => kept.push(i),
            Op::Size(dim) => sizes.extend(dim.names()),
            Op::Constant(_) | Op::Call(_) => {}
        }
    }
    for size in sizes.into_iter().map(Dim::Named) {
        if !kept.iter().any(|&i| spec.arguments[i].dims().any(|own| own == size)) {
            let tells = spec.arguments.iter().find(|argument| argument.tells(size)).map(Argument::declared_name);
            let all = spec.arguments.iter().enumerate();
            kept.extend(all.filter(|(_, argument)| Some(argument.declared_name()) == tells).map(|(i, _)| i));
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The numbers of the parameters, and of the data that the statements behind `name` have.
fn named(spec: &Spec, name: Symbol) -> Vec<usize> {
    let behind = spec.behind(name);
    let is_kept = |argument: &Argument| argument.role == Role::Param || behind.contains(&argument.declared_name());
    spec.arguments.iter().enumerate().filter(|(_, argument)| is_kept(argument)).map(|(i, _)| i).collect()
}

/// The loss in small, with those of the arguments whose numbers are `kept`.
fn small(spec: &Spec, name: Symbol, kept: &[usize]) -> Spec {
    let arguments: Vec<_> = kept.iter().map(|&i| spec.arguments[i].clone()).collect();
    let has = |dim: Symbol| {
        let mut own = arguments.iter().flat_map(Argument::dims);
        own.any(|own| own == Dim::Named(dim) || own == Dim::Const(dim))
    };
    let stream = match spec.options.stream {
        Stream::Along(dim) if !has(dim) => Stream::Chosen,
        stream => stream,
    };
    Spec {
        name: syn::parse_str(name.as_str()).unwrap_or_else(|_| spec.name.clone()),
        visibility: syn::Visibility::Inherited,
        attributes: Vec::new(),
        generics: spec.generics.clone(),
        const_dims: spec.const_dims.clone(),
        options: Options { krate: spec.options.krate.clone(), stream, ..Options::default() },
        arguments,
        statements: Vec::new(),
        result: spec.result.clone(),
        returns_scalar: false,
        returns: Shape::UNKNOWN,
        functions: Vec::new(),
        has_receiver: false,
        body_is_sound: true,
    }
}

/// The output as an argument, which is written.
fn written(spec: &Spec, name: Symbol, shape: Shape) -> Option<Argument> {
    let any = spec.arguments.first()?.clone();
    Some(Argument { name, role: Role::Output, shape, kind: ArgumentKind::Numbers, element: None, ..any })
}

/// `graph` with the `arguments`, the first of which are those that the numbers `kept` have in it; and where its nodes are there.
fn with_arguments(graph: &Graph, kept: &[usize], arguments: &[Argument]) -> (Graph, Moved) {
    let input = |a: &Argument| Input { name: a.label(), role: a.role, shape: a.shape, kind: a.kind };
    let mut to = Graph::new(arguments.iter().map(input).collect());
    let moved = graph.map_into(&mut to, |to, id, moved| match graph.node(id).op {
        Op::Argument(i) => Some(to.argument(kept.iter().position(|&known| known == i)?)),
        Op::Constant(_) | Op::Size(_) | Op::Call(_) => Some(to.copy(graph, id, |operand| moved.of(operand))),
    });
    (to, moved)
}

/// The outputs of a loss with mistakes in it, by what its statements say, and those `shapes` that are known all the same: of the
/// others, a matrix is what most are. Names that have been reported have none.
pub(crate) fn likely(spec: &Spec, shapes: &[(Symbol, Shape)]) -> Vec<Output> {
    let one = |&(name, _): &(Symbol, Place)| {
        let known = shapes.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape);
        let shape = known.or_else(|| spec.declared(name)).unwrap_or(Shape::UNKNOWN);
        let spec = small(spec, name, &named(spec, name));
        let (arguments, graph, roots) = (spec.arguments.clone(), Graph::default(), Roots::default());
        Output { spec, arguments, shape, graph, roots, formula: String::new() }
    };
    let all = &spec.options.outputs;
    let has_name = |(i, (name, _)): &(usize, &(Symbol, Place))| {
        !is_item(name.as_str()) && !all[..*i].iter().any(|(other, _)| other == name)
    };
    all.iter().enumerate().filter(has_name).map(|(_, output)| one(output)).collect()
}
