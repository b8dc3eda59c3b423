//! Where a node lives and when it is there, read off its shape: section 4 of the design.
//!
//! Time is cut into stages: 0 is resident work before the rows are walked, 1 the first pass over them, 2 resident work
//! with the sums of the first pass, 3 the second pass, and so on: odd stages are passes. A node that has the stream axis
//! first is *row-local*: a block of its rows exists at a time. A node that lacks the axis while an operand has it
//! is a *sum* over the rows, there after its pass. Everything else is *resident*.
//!
//! A row-local node is *kept* if something needs all of its rows (the other factor of a pairwise product, a scan): its
//! pass writes it into memory of its full size. A row-local node that a later pass needs again is computed again,
//! unless it is a line, which is cheap to keep.

use std::collections::{BTreeMap, BTreeSet};

use super::loop_fusion::{Class, class};
use crate::base::{Dim, Role, Shape};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::{BROADCAST, Kind, Primitive, Reach, TRANSPOSE};

/// A point of the evaluation: even ones are resident work, odd ones passes.
pub(crate) type Stage = usize;

/// How, and from when on, a node is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Residence {
    /// An argument or a number.
    Given,
    /// As a whole, from a resident stage.
    Resident(Stage),
    /// Row by row: the first pass that can compute it.
    Rows(Stage),
    /// A sum over the rows of a pass.
    Sum(Stage),
}

/// How much of an operand is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// The rows of the block.
    Rows,
    Whole,
}

/// How a node comes from its operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Rows,
    Sums,
    Whole,
}

/// An operand of a product, without the transposes that the product reads through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProductOperand {
    /// The node that is read. It may be the transpose of a data argument, which costs nothing.
    pub(crate) node: NodeId,
    /// True if the product has the transpose of `node` for an operand.
    pub(crate) transposed: bool,
}

/// The graph as one stream axis sees it.
#[derive(Clone, Copy)]
pub(crate) struct Axis<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) stream: Option<Dim>,
}

impl Axis<'_> {
    /// True if a value of this shape can exist block by block.
    pub(crate) fn has_rows(&self, shape: Shape) -> bool {
        self.stream.is_some_and(|axis| shape.rows == axis || (shape.columns == axis && shape.is_line()))
    }

    /// The data argument that `id` is the transpose of, which is another view of the caller's memory.
    pub(crate) fn transposed_argument(&self, id: NodeId) -> Option<usize> {
        let &[inner] = self.graph.is(id, TRANSPOSE)? else { return None };
        match self.graph.node(inner).op {
            Op::Argument(i) if self.graph.inputs[i].role == Role::Data && !self.graph.shape(inner).is_line() => Some(i),
            _ => None,
        }
    }

    /// The line behind transposes of it.
    pub(crate) fn origin(&self, mut id: NodeId) -> NodeId {
        while class(self.graph, id) == Class::Alias {
            id = self.graph.operands(id)[0];
        }
        id
    }

    /// The operand `id` of a product, without the transposes that the product reads through.
    pub(crate) fn product_operand(&self, id: NodeId) -> ProductOperand {
        let graph = self.graph;
        if graph.shape(id).is_line() {
            return ProductOperand { node: self.origin(id), transposed: false };
        }
        match graph.is(id, TRANSPOSE) {
            Some(&[inner]) if !(self.transposed_argument(id).is_some() && self.has_rows(graph.shape(id))) => {
                ProductOperand { node: inner, transposed: true }
            }
            _ => ProductOperand { node: id, transposed: false },
        }
    }

    /// The node that `id` repeats, if it is a repetition.
    pub(crate) fn repeated(&self, id: NodeId) -> Option<NodeId> {
        self.graph.is(id, BROADCAST).map(|operands| self.origin(operands[0]))
    }

    /// The part of the repeated value that a block of rows of the repetition `id` needs.
    pub(crate) fn need_of_repeated(&self, id: NodeId) -> Need {
        let shape = self.graph.shape(id);
        let by_rows = self.repeated(id).is_some_and(|inner| {
            let own = self.graph.shape(self.graph.operands(id)[0]);
            !own.rows.is_one() && own.rows == shape.rows && self.has_rows(self.graph.shape(inner))
        });
        if by_rows { Need::Rows } else { Need::Whole }
    }

    /// The nodes that computing `id` reads, how much of each, and how `id` comes from them.
    fn reading(&self, id: NodeId) -> (Mode, Vec<(NodeId, Need)>) {
        use Mode::{Rows, Sums, Whole};
        let graph = self.graph;
        let operands = graph.operands(id);
        let shape = graph.shape(id);
        // A repetition is nothing in itself: who uses it reads what is repeated.
        let through = |operand: NodeId, need| match self.repeated(operand) {
            Some(inner) if need == Need::Rows => (inner, self.need_of_repeated(operand)),
            Some(inner) => (inner, need),
            None => (self.origin(operand), need),
        };
        let all = |mode, need| (mode, operands.iter().map(|&operand| through(operand, need)).collect());
        let memory = |mode, need| (mode, operands.iter().map(|&operand| (self.origin(operand), need)).collect());
        let rows_of = |operand: NodeId| self.has_rows(graph.shape(operand));
        match class(graph, id) {
            Class::Leaf => (Whole, Vec::new()),
            Class::Element if graph.is(id, BROADCAST).is_some() && self.has_rows(shape) => {
                memory(Rows, self.need_of_repeated(id))
            }
            Class::Element | Class::Sum(Primitive::RowSums) if self.has_rows(shape) => all(Rows, Need::Rows),
            Class::Sum(_) if rows_of(operands[0]) => all(Sums, Need::Rows),
            Class::Step(Primitive::Product) => self.product(operands),
            Class::Either if self.has_rows(shape) => {
                let need = |k| if k == 0 { Need::Whole } else { Need::Rows };
                (Rows, operands.iter().enumerate().map(|(k, &operand)| (operand, need(k))).collect())
            }
            Class::Step(Primitive::Trace) if rows_of(operands[0]) => memory(Sums, Need::Rows),
            Class::Step(Primitive::Identity) if self.has_rows(shape) => memory(Rows, Need::Whole),
            Class::Routine => match graph.kind(id) {
                Some(Kind::Routine(row)) if self.stream.is_some() => {
                    self.routine(id, row.operands, *row.result, row.reach)
                }
                _ => memory(Whole, Need::Whole),
            },
            Class::Scalar | Class::Element | Class::Sum(_) => all(Whole, Need::Whole),
            Class::Step(_) | Class::Either | Class::Alias => memory(Whole, Need::Whole),
        }
    }

    fn product(&self, operands: &[NodeId]) -> (Mode, Vec<(NodeId, Need)>) {
        use Need::{Rows, Whole};
        let graph = self.graph;
        let (a, b) = (self.product_operand(operands[0]), self.product_operand(operands[1]));
        let rows_of = |node: NodeId| self.has_rows(graph.shape(node));
        let (line_a, line_b) = (graph.shape(a.node).is_line(), graph.shape(b.node).is_line());
        // The operand whose rows are walked, and the other one; whether the rows are summed.
        let (walked, other, sums) = match (line_a, line_b) {
            (true, _) if b.transposed => (b.node, a.node, false),
            (true, _) => (b.node, a.node, true),
            (false, _) => (a.node, b.node, a.transposed),
        };
        // With both of them transposed, the second one is copied.
        let other = if a.transposed && b.transposed && !line_a && !line_b { operands[1] } else { other };
        let (mode, need) = match (rows_of(walked), sums) {
            (true, true) if rows_of(other) => (Mode::Sums, Rows),
            (true, false) => (Mode::Rows, Whole),
            _ => return (Mode::Whole, vec![(walked, Whole), (other, Whole)]),
        };
        (mode, vec![(walked, Rows), (other, need)])
    }

    fn routine(&self, id: NodeId, letters: &[&[u8; 2]], result: [u8; 2], reach: Reach) -> (Mode, Vec<(NodeId, Need)>) {
        let graph = self.graph;
        let operands = graph.operands(id);
        let read = |operand: NodeId, need| (self.origin(operand), need);
        let whole = || (Mode::Whole, operands.iter().map(|&operand| read(operand, Need::Whole)).collect());
        // The letter of the rows, if they are what is walked.
        let walked = |own: &[u8; 2], id: NodeId| {
            let shape = graph.shape(id);
            let (letter, dim) = if own[0] == b'1' { (own[1], shape.columns) } else { (own[0], shape.rows) };
            (Some(dim) == self.stream).then_some(letter)
        };
        let letter = match reach {
            Reach::Rows => walked(&result, id),
            Reach::Sums => letters
                .iter()
                .zip(operands)
                .find_map(|(own, &operand)| walked(own, operand).filter(|letter| !result.contains(letter))),
            Reach::Whole => None,
        };
        let Some(letter) = letter else { return whole() };
        let needs = letters.iter().zip(operands).map(|(own, &operand)| {
            read(operand, if walked(own, operand) == Some(letter) { Need::Rows } else { Need::Whole })
        });
        (if reach == Reach::Rows { Mode::Rows } else { Mode::Sums }, needs.collect())
    }
}

/// When everything is computed.
pub(crate) struct Timetable<'g> {
    pub(crate) axis: Axis<'g>,
    places: Vec<Residence>,
    readings: Vec<Vec<(NodeId, Need)>>,
    /// The nodes that each stage computes.
    pub(crate) stages: BTreeMap<Stage, BTreeSet<NodeId>>,
    /// Row-local nodes that are written into memory of their full size.
    pub(crate) kept: BTreeSet<NodeId>,
}

impl<'g> Timetable<'g> {
    /// The stages that `whole` (resident results) and `by_rows` (results that may be written block by block) need.
    pub(crate) fn new(axis: Axis<'g>, whole: &[NodeId], by_rows: &[NodeId]) -> Self {
        let mut timetable =
            Self { axis, places: Vec::new(), readings: Vec::new(), stages: BTreeMap::new(), kept: BTreeSet::new() };
        for id in axis.graph.ids() {
            let (place, reading) = timetable.place_of(id);
            timetable.places.push(place);
            timetable.readings.push(reading);
        }
        // Kept nodes are found on the way. The second round knows all of them, and computes none of them twice.
        for _ in 0..2 {
            timetable.stages = BTreeMap::from([(0, BTreeSet::new())]);
            for &root in whole {
                timetable.demand(root, Stage::MAX, Need::Whole);
            }
            for &root in by_rows {
                match timetable.place(root) {
                    Residence::Rows(pass) => timetable.demand(root, pass, Need::Rows),
                    _ => timetable.demand(root, Stage::MAX, Need::Whole),
                }
            }
        }
        timetable
    }

    pub(crate) fn place(&self, id: NodeId) -> Residence {
        self.places[id.index()]
    }

    /// The nodes that computing `id` reads, and how much of each.
    pub(crate) fn reading(&self, id: NodeId) -> &[(NodeId, Need)] {
        &self.readings[id.index()]
    }

    /// How much of `operand` node `id` reads.
    pub(crate) fn need(&self, id: NodeId, operand: NodeId) -> Need {
        let operand = self.axis.origin(operand);
        self.reading(id).iter().find(|(read, _)| *read == operand).map_or(Need::Whole, |(_, need)| *need)
    }

    fn place_of(&self, id: NodeId) -> (Residence, Vec<(NodeId, Need)>) {
        if class(self.axis.graph, id) == Class::Leaf || self.axis.transposed_argument(id).is_some() {
            return (Residence::Given, Vec::new());
        }
        let (mut mode, mut reading) = self.axis.reading(id);
        let of_rows =
            |f: fn(Residence) -> bool| reading.iter().any(|(o, need)| *need == Need::Rows && f(self.place(*o)));
        // A node that reads only rows of values that are there as a whole needs no pass of its own.
        let resident = of_rows(|place| matches!(place, Residence::Resident(_) | Residence::Sum(_)));
        if mode != Mode::Whole && resident && !of_rows(|place| matches!(place, Residence::Rows(_))) {
            mode = Mode::Whole;
            for (_, need) in &mut reading {
                *need = Need::Whole;
            }
        }
        let ready = reading.iter().map(|&(operand, need)| match (self.place(operand), need) {
            (Residence::Given, _) => 0,
            (Residence::Resident(stage), _) | (Residence::Rows(stage), Need::Rows) => stage,
            (Residence::Sum(pass), _) | (Residence::Rows(pass), Need::Whole) => pass + 1,
        });
        let ready = ready.max().unwrap_or(0);
        let place = match mode {
            Mode::Rows => Residence::Rows(ready | 1),
            Mode::Sums => Residence::Sum(ready | 1),
            Mode::Whole => Residence::Resident(ready + ready % 2),
        };
        (place, reading)
    }

    /// Sees to it that `root` is there for a node of stage `at`.
    fn demand(&mut self, root: NodeId, at: Stage, need: Need) {
        let mut open = vec![(self.axis.origin(root), at, need)];
        while let Some((id, at, need)) = open.pop() {
            let stage = match (self.place(id), need) {
                (Residence::Given, _) => continue,
                (Residence::Resident(stage) | Residence::Sum(stage), _) => stage,
                (Residence::Rows(pass), Need::Whole) => {
                    self.kept.insert(id);
                    pass
                }
                (Residence::Rows(pass), Need::Rows)
                    if pass < at && (self.kept.contains(&id) || self.is_worth_keeping(id)) =>
                {
                    self.kept.insert(id);
                    pass
                }
                (Residence::Rows(_), Need::Rows) => at,
            };
            if self.stages.entry(stage).or_default().insert(id) {
                open.extend(self.readings[id.index()].iter().map(|&(operand, need)| (operand, stage, need)));
            }
        }
    }

    /// A line that takes a product or a sum to compute again.
    fn is_worth_keeping(&self, id: NodeId) -> bool {
        let graph = self.axis.graph;
        graph.shape(id).is_line() && matches!(class(graph, id), Class::Step(_) | Class::Sum(_) | Class::Routine)
    }
}

/// Axes that may be walked, the most promising first: those of the data that no parameter has, by how many
/// arguments have them; then those of the data that parameters have too.
pub(crate) fn candidates(graph: &Graph) -> Vec<Dim> {
    let mut found: Vec<(Dim, usize, usize)> = Vec::new();
    for input in &graph.inputs {
        for dim in [input.shape.rows, input.shape.columns] {
            if dim.is_one() || matches!(dim, Dim::Unknown) {
                continue;
            }
            let known = found.iter().position(|(known, ..)| *known == dim).unwrap_or_else(|| {
                found.push((dim, 0, 0));
                found.len() - 1
            });
            let entry = &mut found[known];
            match input.role {
                Role::Data => entry.1 += 1,
                Role::Param => entry.2 += 1,
                Role::Direction | Role::Step | Role::Sample | Role::Output | Role::StandIn | Role::Fixed => {}
            }
        }
    }
    found.retain(|(_, data, _)| *data > 0);
    // Stable: among equals the order of the arguments decides. Run-time sizes come before written ones.
    found.sort_by_key(|(dim, data, params)| (*params, !matches!(dim, Dim::Named(_)), std::cmp::Reverse(*data)));
    found.into_iter().map(|(dim, ..)| dim).collect()
}
