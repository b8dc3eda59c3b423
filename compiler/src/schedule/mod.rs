//! From formulas to loops: stream the rows, keep nothing.
//!
//! Section 4 of the design. [`residence`] says what exists how long, [`fuse`] which elementwise work shares a loop;
//! this file puts primitives and loops into order, and [`workspace`] gives them memory.
//!
//! Invariants of a [`Program`]: **P1** each buffer is written before it is read; **P2** a row-local buffer is not
//! read outside of its pass; **P3** a sum is read only after its pass; **P4** values that live together don't
//! share memory; **P5** every root is stored exactly once.

mod choose;
mod fuse;
mod program;
mod residence;
mod workspace;

use std::collections::BTreeMap;

pub(crate) use choose::plan;
use fuse::{Class, Fusion, Section};
pub(crate) use program::*;
pub(crate) use residence::Obstacle;
use residence::Residence;

use crate::graph::{Dim, Graph, NodeId, Op};
use crate::operations::{BROADCAST, DOT, MATMUL, Primitive, TRANSPOSE};

/// What a program computes: the loss, and the gradients of some parameters by argument.
pub(crate) struct Roots<'a> {
    pub(crate) loss: NodeId,
    pub(crate) gradients: &'a [(usize, Option<NodeId>)],
}

/// The program for `roots` in one pass over `stream`.
pub(crate) fn schedule(graph: &Graph, roots: &Roots<'_>, stream: Option<Dim>) -> Result<Program, Obstacle> {
    let residence = residence::residences(graph, stream)?;
    let gradients: Vec<_> = roots.gradients.iter().filter_map(|&(i, node)| Some((i, node?))).collect();
    let nodes: Vec<_> = gradients.iter().map(|(_, node)| *node).collect();
    let fusion = fuse::fuse(graph, &residence, &nodes);
    let mut assembler = Assembler { graph, residence, fusion, program: empty(roots, stream), steps: Vec::new() };
    assembler.memory();
    assembler.primitives()?;
    assembler.loops(&gradients);
    assembler.other_gradients(&gradients);
    Ok(assembler.finish())
}

fn empty(roots: &Roots<'_>, stream: Option<Dim>) -> Program {
    Program {
        stream,
        buffers: Vec::new(),
        packs: Vec::new(),
        scalars: Vec::new(),
        before: Vec::new(),
        rows: Vec::new(),
        after: Vec::new(),
        loss: roots.loss,
        zero_gradients: roots.gradients.iter().filter(|(_, node)| node.is_none()).map(|(i, _)| *i).collect(),
    }
}

/// The order within a phase: primitives, then scalars of their results, then loops, then packing for later phases.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Primitive,
    Scalar,
    Loop,
    Pack,
    Last,
}

struct Assembler<'g> {
    graph: &'g Graph,
    residence: Vec<Residence>,
    fusion: Fusion,
    program: Program,
    steps: Vec<(Section, usize, Rank, Statement)>,
}

impl Assembler<'_> {
    /// A buffer for each value that has to be in memory, a workspace scalar for each that is one number.
    fn memory(&mut self) {
        for id in self.graph.ids() {
            let scalar = self.graph.shape(id).is_scalar();
            let needs = match self.fusion.class[id.index()] {
                Class::Leaf | Class::Alias => continue,
                Class::Scalar => {
                    self.program.scalars.push(id);
                    continue;
                }
                Class::Element => self.fusion.stored.contains(&id),
                Class::Step(Primitive::Transpose) => self.is_copied(id),
                Class::Sum(_) | Class::Step(_) if scalar => {
                    self.program.scalars.push(id);
                    continue;
                }
                Class::Sum(_) | Class::Step(_) => true,
            };
            if needs {
                let role = match self.residence[id.index()] {
                    Residence::Before | Residence::After => BufferRole::Resident,
                    Residence::RowLocal => BufferRole::RowLocal,
                    Residence::Reduction => BufferRole::Sum,
                };
                let memory = self.program.buffers.len();
                self.program.buffers.push(Buffer { node: id, shape: self.graph.shape(id), role, memory });
            }
        }
    }

    /// Whether a transpose has a user that can't read its operand in place, as products can.
    fn is_copied(&self, id: NodeId) -> bool {
        let absorbed = |user: NodeId| match self.graph.is(user, MATMUL) {
            // (Aᵀ Bᵀ) is rewritten to (B A)ᵀ; should it stay, Bᵀ is copied.
            Some(&[a, b]) => b != id || self.graph.is(a, TRANSPOSE).is_none() || self.graph.shape(a).is_line(),
            _ => false,
        };
        let mut users = self.graph.ids().filter(|&user| self.graph.operands(user).contains(&id)).peekable();
        users.peek().is_none() || users.any(|user| !absorbed(user))
    }

    fn buffer_of(&self, id: NodeId) -> Option<usize> {
        self.program.buffers.iter().position(|buffer| buffer.node == id)
    }

    /// Where the value of `id` is read.
    fn source(&self, id: NodeId) -> Source {
        let id = self.fusion.origin(self.graph, id);
        if self.graph.shape(id).is_scalar() {
            return Source::Scalar(id);
        }
        match self.graph.node(id).op {
            Op::Argument(i) => Source::Argument(i),
            _ => Source::Buffer(self.buffer_of(id).unwrap_or(usize::MAX)),
        }
    }

    fn push(&mut self, id: NodeId, rank: Rank, statement: Statement) {
        let at = (self.fusion.section[id.index()], self.fusion.ready[id.index()]);
        self.steps.push((at.0, at.1, rank, statement));
    }

    /// Products, transposes, traces and scalars.
    fn primitives(&mut self) -> Result<(), Obstacle> {
        for id in self.graph.ids() {
            match self.fusion.class[id.index()] {
                // Loops, and what needs no step.
                Class::Leaf
                | Class::Alias
                | Class::Element
                | Class::Sum(_)
                | Class::Step(Primitive::Broadcast | Primitive::Sum | Primitive::ColumnSums | Primitive::RowSums) => {}
                Class::Scalar => self.push(id, Rank::Scalar, Statement::Scalar { out: id }),
                Class::Step(Primitive::Product) => self.product(id)?,
                Class::Step(Primitive::Transpose) => {
                    let Some(out) = self.buffer_of(id) else { continue };
                    if self.residence[id.index()] == Residence::RowLocal {
                        return Err(Obstacle::Whole { node: id });
                    }
                    let a = self.source(self.graph.operands(id)[0]);
                    self.push(id, Rank::Primitive, Statement::Transpose { a, out });
                }
                Class::Step(Primitive::Trace) => {
                    let a = self.source(self.graph.operands(id)[0]);
                    self.push(id, Rank::Primitive, Statement::Trace { a, out: id });
                }
                Class::Step(Primitive::Identity) => {
                    let Some(out) = self.buffer_of(id) else { continue };
                    let s = self.graph.operands(id)[0];
                    self.push(id, Rank::Primitive, Statement::Identity { s, out });
                }
            }
        }
        Ok(())
    }

    fn product(&mut self, id: NodeId) -> Result<(), Obstacle> {
        let &[a, b] = self.graph.operands(id) else { return Ok(()) };
        let Some(out) = self.buffer_of(id) else { return Ok(()) };
        let straight = |x: NodeId| match self.graph.is(x, TRANSPOSE) {
            Some(&[inner]) if !self.graph.shape(x).is_line() => (inner, true),
            _ => (x, false),
        };
        let ((a0, a_crossed), (b0, b_crossed)) = (straight(a), straight(b));
        let statement = match (self.graph.shape(a).is_line(), self.graph.shape(b).is_line()) {
            (true, _) if b_crossed => Statement::Dots { a: self.source(b0), w: self.source(a), out },
            (true, _) => Statement::ScaledRows { a: self.source(b), e: self.source(a), out },
            (false, true) if a_crossed => Statement::ScaledRows { a: self.source(a0), e: self.source(b), out },
            (false, true) => Statement::Dots { a: self.source(a), w: self.source(b), out },
            (false, false) if a_crossed => Statement::ProductT { a: self.source(a0), b: self.source(b), out },
            (false, false) => {
                if self.residence[b.index()] == Residence::RowLocal {
                    return Err(Obstacle::Whole { node: a });
                }
                let pack = self.pack(b0, b_crossed);
                Statement::Product { a: self.source(a), b: pack, out }
            }
        };
        self.push(id, Rank::Primitive, statement);
        Ok(())
    }

    /// The packed form of `node`, which is resident: made as soon as the node is, before any product needs it.
    fn pack(&mut self, node: NodeId, transposed: bool) -> usize {
        let known = self.program.packs.iter().position(|pack| pack.node == node && pack.transposed == transposed);
        if let Some(pack) = known {
            return pack;
        }
        let pack = self.program.packs.len();
        self.program.packs.push(Pack { node, transposed });
        let (section, phase) = match self.fusion.section[node.index()] {
            // A sum over the rows is complete when the section after begins.
            Section::Rows => (Section::After, 0),
            section => (section, self.fusion.ready[node.index()]),
        };
        self.steps.push((section, phase, Rank::Pack, Statement::Pack { from: self.source(node), pack }));
        pack
    }

    /// Elementwise loops, with the sums and gradients that they feed.
    fn loops(&mut self, gradients: &[(usize, NodeId)]) {
        let mut results: BTreeMap<fuse::Group, Vec<(Outcome, Sink)>> = BTreeMap::new();
        for id in self.graph.ids() {
            let own = self.fusion.group(self.graph, id);
            let operands = self.graph.operands(id);
            match (self.fusion.class[id.index()], self.buffer_of(id)) {
                (Class::Element, Some(buffer)) => {
                    results.entry(own).or_default().push((Outcome::Node(id), Sink::Store(buffer)));
                }
                (Class::Sum(primitive), buffer) => {
                    let outcome = match (self.graph.is(id, DOT), operands) {
                        (Some(&[a, b]), _) => Outcome::Product(a, b),
                        (_, [a, ..]) => Outcome::Node(*a),
                        (_, []) => continue,
                    };
                    let sink = match (primitive, buffer) {
                        (Primitive::ColumnSums, Some(buffer)) => Sink::ColumnSums(buffer),
                        (Primitive::RowSums, Some(buffer)) => Sink::RowSums(buffer),
                        _ => Sink::Sum(id),
                    };
                    results.entry(own).or_default().push((outcome, sink));
                }
                _ => {}
            }
        }
        for &(parameter, node) in gradients {
            if self.fusion.class[node.index()] == Class::Element {
                let group = self.fusion.group(self.graph, node);
                results.entry(group).or_default().push((Outcome::Node(node), Sink::Gradient(parameter)));
            }
        }
        for (group, results) in results {
            let map = self.map(&group, results);
            self.steps.push((group.0, group.1, Rank::Loop, Statement::Map(map)));
        }
    }

    fn map(&self, group: &fuse::Group, results: Vec<(Outcome, Sink)>) -> Map {
        let ends: Vec<_> = results
            .iter()
            .flat_map(|(outcome, _)| match outcome {
                Outcome::Node(a) => vec![*a],
                Outcome::Product(a, b) => vec![*a, *b],
            })
            .collect();
        let shape = ends.first().map_or(crate::graph::Shape::SCALAR, |&end| self.graph.shape(end));
        let (body, reads) = self.fusion.cone(self.graph, group, &ends);
        let sources = reads.into_iter().map(|id| self.read(id)).collect();
        Map { shape, sources, body, results }
    }

    /// How a loop reads `id`.
    fn read(&self, id: NodeId) -> (NodeId, Source, Repeat) {
        let Some(&[inner]) = self.graph.is(id, BROADCAST) else { return (id, self.source(id), Repeat::Not) };
        let (own, full) = (self.graph.shape(inner), self.graph.shape(id));
        let repeat = if own.is_scalar() {
            Repeat::EveryElement
        } else if own.rows == full.rows {
            Repeat::EveryColumn
        } else {
            Repeat::EveryRow
        };
        (id, self.source(inner), repeat)
    }

    /// Gradients that no loop computes: copies of products and sums, and scalars.
    fn other_gradients(&mut self, gradients: &[(usize, NodeId)]) {
        for &(parameter, node) in gradients {
            if self.graph.shape(node).is_scalar() {
                let statement = Statement::ScalarGradient { from: node, parameter };
                self.steps.push((Section::After, usize::MAX, Rank::Last, statement));
            } else if self.fusion.class[node.index()] != Class::Element {
                let row_local = self.residence[node.index()] == Residence::RowLocal;
                let section = if row_local { Section::Rows } else { Section::After };
                let map = Map {
                    shape: self.graph.shape(node),
                    sources: vec![(node, self.source(node), Repeat::Not)],
                    body: Vec::new(),
                    results: vec![(Outcome::Node(node), Sink::Gradient(parameter))],
                };
                self.steps.push((section, usize::MAX, Rank::Last, Statement::Map(map)));
            }
        }
    }

    fn finish(mut self) -> Program {
        // Stable: within a phase and a rank, the order of the nodes stays.
        self.steps.sort_by_key(|(section, phase, rank, _)| (*section, *phase, *rank));
        for (section, _, _, statement) in self.steps {
            match section {
                Section::Before => self.program.before.push(statement),
                Section::Rows => self.program.rows.push(statement),
                Section::After => self.program.after.push(statement),
            }
        }
        workspace::share(&mut self.program);
        self.program
    }
}
