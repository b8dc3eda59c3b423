//! The arena of nodes that every stage works on.
//!
//! Invariants, checked by [`verify`]: **G1** operands precede their users, so index order is topological order;
//! **G2** a node's shape is what its operation's shape rule says; **G3** no two nodes are equal;
//! **G4** the cotangent of a node has the node's shape; **G5** a gradient root has its parameter's shape.

mod map;
pub(crate) mod operation;
pub(crate) mod verify;

use rustc_hash::FxHashMap as HashMap;

use crate::base::{ArgumentKind, Dim, Role, Shape, Symbol};

pub(crate) use map::Moved;
pub(crate) use operation::{Kind, Operation};
use operation::{Recurrence, StepProgram};

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct NodeId(u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
thread_local! {
    /// How often this thread has looked at a node: the work of a stage, whatever else the machine does.
    pub(crate) static LOOKS: core::cell::Cell<u64> = const { core::cell::Cell::new(0) };
}

/// The content of a node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    /// Argument number i of the loss.
    Argument(usize),
    /// A number; always a scalar.
    Constant(f64),
    /// The size of a dimension, as a scalar.
    Size(Dim),
    /// An operation on other nodes.
    Call(&'static dyn Operation),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) operands: Vec<NodeId>,
    pub(crate) shape: Shape,
    /// Where it comes from, for golden files: the name of the rule that made it, or [`WRITTEN`](Graph::WRITTEN).
    pub(crate) origin: &'static str,
}

/// Change of the loss by each element of an argument, or another result of the argument's shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Gradient {
    /// The number of the argument.
    pub(crate) argument: usize,
    /// `None` if it is zero everywhere.
    pub(crate) node: Option<NodeId>,
}

impl Gradient {
    /// The gradient in another graph, where the next of `nodes` is its node, unless it has none.
    pub(crate) fn moved(self, nodes: &mut impl Iterator<Item = NodeId>) -> Self {
        Self { node: self.node.and_then(|_| nodes.next()), ..self }
    }
}

/// An argument as the graph knows it.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) name: Symbol,
    pub(crate) role: Role,
    pub(crate) shape: Shape,
    pub(crate) kind: ArgumentKind,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Argument(usize),
    Constant(u64),
    Size(Dim),
    Call(&'static dyn Operation, Vec<NodeId>, Shape),
}

/// Hash-consed nodes: building an equal node again returns the first one.
#[derive(Clone, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Key, NodeId>,
    pub(crate) inputs: Vec<Input>,
    /// The user's `let` names, first one first; a node may have several.
    names: Vec<(NodeId, Symbol)>,
    /// The first name of each node.
    first_names: HashMap<NodeId, Symbol>,
    /// Origin of nodes that are made from now on.
    origin: &'static str,
}

impl Graph {
    pub(crate) fn new(inputs: Vec<Input>) -> Self {
        Self { inputs, origin: Self::WRITTEN, ..Self::default() }
    }

    /// An empty graph with the same inputs.
    pub(crate) fn empty_like(&self) -> Self {
        Self::new(self.inputs.clone())
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        #[cfg(test)]
        LOOKS.with(|looks| looks.set(looks.get() + 1));
        &self.nodes[id.index()]
    }

    pub(crate) fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// The shape that shape rules see: labels have a row for each label and a column for each class.
    pub(crate) fn letters(&self, id: NodeId) -> Shape {
        let shape = self.shape(id);
        match self.node(id).op {
            Op::Argument(i) => self.inputs[i].kind.classes().map_or(shape, |classes| Shape::new(shape.rows, classes)),
            _ => shape,
        }
    }

    /// True if `id` is labels of which some may be missing.
    pub(crate) fn may_miss(&self, id: NodeId) -> bool {
        matches!(self.node(id).op, Op::Argument(i) if self.inputs[i].kind.may_miss())
    }

    pub(crate) fn operands(&self, id: NodeId) -> &[NodeId] {
        &self.node(id).operands
    }

    /// The operands that formulas show: all but those that helpers made.
    pub(crate) fn stated(&self, id: NodeId) -> &[NodeId] {
        let operands = self.operands(id);
        let count = self.operation(id).map_or(operands.len(), |operation| operation.stated().min(operands.len()));
        &operands[..count]
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// All nodes, operands before their users (G1).
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        self.ids_from(0)
    }

    /// All nodes but the first `start`.
    pub(crate) fn ids_from(&self, start: usize) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        let number = |size| u32::try_from(size).unwrap_or(u32::MAX);
        (number(start)..number(self.nodes.len())).map(NodeId)
    }

    /// True for each node that depends on no parameter; of the first ones, that is `known`.
    pub(crate) fn of_data(&self, mut known: Vec<bool>) -> Vec<bool> {
        for id in self.ids().skip(known.len()) {
            let is = match self.node(id).op {
                Op::Argument(i) => self.inputs.get(i).is_some_and(|input| input.role.is_kept()),
                Op::Constant(_) | Op::Size(_) => true,
                Op::Call(_) => self.operands(id).iter().all(|operand| known.get(operand.index()) == Some(&true)),
            };
            known.push(is);
        }
        known
    }

    /// True for each node that `roots` need.
    pub(crate) fn needed(&self, roots: &[NodeId]) -> Vec<bool> {
        let mut needed = vec![false; self.len()];
        for root in roots {
            needed[root.index()] = true;
        }
        for id in self.ids().rev() {
            if needed[id.index()] {
                self.operands(id).iter().for_each(|operand| needed[operand.index()] = true);
            }
        }
        needed
    }

    /// True for each node that depends on one of the arguments of these numbers.
    pub(crate) fn depending_on(&self, arguments: &[usize]) -> Vec<bool> {
        let mut depending: Vec<bool> = Vec::with_capacity(self.len());
        for id in self.ids() {
            let depends = match self.node(id).op {
                Op::Argument(i) => arguments.contains(&i),
                Op::Constant(_) | Op::Size(_) => false,
                Op::Call(_) => self.operands(id).iter().any(|operand| depending[operand.index()]),
            };
            depending.push(depends);
        }
        depending
    }

    /// The operands of `id` if it is a call of `operation`.
    pub(crate) fn is(&self, id: NodeId, operation: &'static dyn Operation) -> Option<&[NodeId]> {
        let node = self.node(id);
        match node.op {
            Op::Call(other) if other == operation => Some(&node.operands),
            _ => None,
        }
    }

    /// The operation that `id` calls.
    pub(crate) fn operation(&self, id: NodeId) -> Option<&'static dyn Operation> {
        match self.node(id).op {
            Op::Call(operation) => Some(operation),
            _ => None,
        }
    }

    /// The family of the operation that `id` calls.
    pub(crate) fn kind(&self, id: NodeId) -> Option<Kind> {
        self.operation(id).map(<dyn Operation>::kind)
    }

    /// The recurrence that `id` is, if its steps are elementwise.
    pub(crate) fn recurrence(&self, id: NodeId) -> Option<&'static Recurrence> {
        match self.kind(id)? {
            Kind::Routine(row) => row.recurrence,
            _ => None,
        }
    }

    /// The recurrence that `id` is, if its steps are programs.
    pub(crate) fn step_program(&self, id: NodeId) -> Option<&'static StepProgram> {
        match self.kind(id)? {
            Kind::Routine(row) => row.step_program,
            _ => None,
        }
    }

    /// The value of `id` if it is a constant.
    pub(crate) fn constant_value(&self, id: NodeId) -> Option<f64> {
        match self.node(id).op {
            Op::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Origin of what the user wrote.
    pub(crate) const WRITTEN: &'static str = "written";

    /// Nodes made from now on come from `rule`.
    pub(crate) fn derived_by(&mut self, rule: &'static str) {
        self.origin = rule;
    }

    /// Origin of the nodes that are made now.
    pub(crate) fn origin(&self) -> &'static str {
        self.origin
    }

    /// A new argument.
    pub(crate) fn add_input(&mut self, input: Input) -> NodeId {
        self.inputs.push(input);
        self.argument(self.inputs.len() - 1)
    }

    pub(crate) fn argument(&mut self, i: usize) -> NodeId {
        let shape = self.inputs[i].shape;
        self.intern(Key::Argument(i), Op::Argument(i), Vec::new(), shape)
    }

    pub(crate) fn constant(&mut self, value: f64) -> NodeId {
        self.intern(Key::Constant(value.to_bits()), Op::Constant(value), Vec::new(), Shape::SCALAR)
    }

    /// The size of `dim`, as a scalar.
    #[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
    pub(crate) fn size(&mut self, dim: Dim) -> NodeId {
        match dim {
            Dim::Size(size) => self.constant(size as f64),
            _ => self.intern(Key::Size(dim), Op::Size(dim), Vec::new(), Shape::SCALAR),
        }
    }

    /// `operation(operands)`. Operands whose shapes don't fit give a node of unknown shape; the front end
    /// has asked the operation's shape rule before, and reported it. Operands that the operation's
    /// [helpers](Operation::helpers) make are added.
    pub(crate) fn call<const N: usize>(&mut self, operation: &'static dyn Operation, operands: [NodeId; N]) -> NodeId {
        self.call_slice(operation, &operands)
    }

    pub(crate) fn call_slice(&mut self, operation: &'static dyn Operation, operands: &[NodeId]) -> NodeId {
        let operands = self.with_helpers(operation, operands);
        let shapes: Vec<_> = operands.iter().map(|&operand| self.letters(operand)).collect();
        let shape = operation.shape(&shapes).unwrap_or(Shape::UNKNOWN);
        self.call_as(operation, &operands, shape)
    }

    fn with_helpers(&mut self, operation: &'static dyn Operation, operands: &[NodeId]) -> Vec<NodeId> {
        let mut all = operands.to_vec();
        if operands.len() == operation.stated() {
            all.extend(operation.helpers().iter().map(|helper| helper(self, operands)));
        }
        all
    }

    /// `operation` of the operands that a call states, with the shape `shape`.
    pub(crate) fn call_as_stated(
        &mut self,
        operation: &'static dyn Operation,
        operands: &[NodeId],
        shape: Shape,
    ) -> NodeId {
        let operands = self.with_helpers(operation, operands);
        self.call_as(operation, &operands, shape)
    }

    /// A call whose shape its operands do not determine: a broadcast.
    pub(crate) fn call_as(&mut self, operation: &'static dyn Operation, operands: &[NodeId], shape: Shape) -> NodeId {
        let key = Self::key(operation, operands, shape);
        self.intern(key, Op::Call(operation), operands.to_vec(), shape)
    }

    /// The call that `call_as` would return, if there is one.
    pub(crate) fn known_call(
        &self,
        operation: &'static dyn Operation,
        operands: &[NodeId],
        shape: Shape,
    ) -> Option<NodeId> {
        self.known.get(&Self::key(operation, operands, shape)).copied()
    }

    fn key(operation: &'static dyn Operation, operands: &[NodeId], shape: Shape) -> Key {
        let mut sorted = operands.to_vec();
        if operation.commutes() {
            sorted.sort();
        }
        Key::Call(operation, sorted, shape)
    }

    /// Calls `id` by `name` where it is printed, and in the emitted code.
    pub(crate) fn name(&mut self, id: NodeId, name: Symbol) {
        self.names.push((id, name));
        self.first_names.entry(id).or_insert(name);
    }

    /// The user's name of `id`: the argument's, or that of the first `let`.
    pub(crate) fn name_of(&self, id: NodeId) -> Option<Symbol> {
        match self.node(id).op {
            Op::Argument(i) => Some(self.inputs[i].name),
            _ => self.first_names.get(&id).copied(),
        }
    }

    pub(crate) fn names(&self) -> &[(NodeId, Symbol)] {
        &self.names
    }

    fn intern(&mut self, key: Key, op: Op, operands: Vec<NodeId>, shape: Shape) -> NodeId {
        if let Some(&id) = self.known.get(&key) {
            return id;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { op, operands, shape, origin: self.origin });
        self.known.insert(key, id);
        id
    }
}
