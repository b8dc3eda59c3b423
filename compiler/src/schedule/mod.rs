//! From formulas to loops: stream the rows, keep nothing.
//!
//! Section 4 of the design. [`residence`] says what exists when and how much of it, [`loop_fusion`] which elementwise work shares a
//! loop; this file puts primitives and loops into order, [`joint_calls`] joins routines that share work, [`epilogue`] lets products
//! go through loops, and [`buffers`] gives memory to what needs it.
//!
//! Invariants of a [`Program`], checked by [`verify`]: **P1** each buffer is written before it is read; **P2** a row-local buffer is not
//! read outside of its pass; **P3** a sum is read only after its pass; **P4** values that live together don't
//! share memory; **P5** every root is stored exactly once.

mod alternatives;
mod buffers;
mod epilogue;
mod flops;
mod hoist;
mod joint_calls;
mod loop_fusion;
mod program;
mod residence;
mod step;
mod stream_axis;
mod verify;

use rustc_hash::FxHashMap as HashMap;
use std::collections::{BTreeMap, BTreeSet};

use alternatives::Choices;
pub(crate) use flops::{counted, flops_in_words};
use loop_fusion::{Class, Fusion, class};
pub(crate) use program::*;
use residence::{Axis, Need, Residence, Stage, Timetable};
pub(crate) use step::{step, step_programs};
pub(crate) use stream_axis::{Planned, cheaper, plan, unfused};
pub(crate) use verify::verify;

use crate::base::{Dim, Shape};
use crate::graph::{Gradient, Graph, NodeId, Op};
use crate::operations::{BROADCAST, DOT, Kind, Primitive, Reach};

/// Results of a program: scalars, such as the loss, and the gradients in some arguments, or values of their shapes.
#[derive(Clone, Default)]
pub(crate) struct Roots {
    pub(crate) values: Vec<NodeId>,
    pub(crate) gradients: Vec<Gradient>,
}

impl Roots {
    /// All of them.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        self.values.iter().copied().chain(self.gradients.iter().filter_map(|gradient| gradient.node)).collect()
    }

    /// The roots in another graph, where [`nodes`](Self::nodes) are `nodes`.
    pub(crate) fn moved(&self, nodes: Vec<NodeId>) -> Self {
        let mut nodes = nodes.into_iter();
        let values = nodes.by_ref().take(self.values.len()).collect();
        let gradients = self.gradients.iter().map(|gradient| gradient.moved(&mut nodes)).collect();
        Self { values, gradients }
    }
}

/// Choice between elementwise work that shares loops and a loop for each operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fused {
    /// As [`loop_fusion`] says.
    Yes,
    /// Each operation is a loop of its own, and has memory: what is measured against.
    No,
}

/// The program for `roots`, walking `stream`.
pub(crate) fn schedule(graph: &Graph, roots: &Roots, stream: Option<Dim>, fused: Fused) -> Program {
    let axis = Axis { graph, stream };
    let computed = |gradient: &Gradient| Some((gradient.argument, axis.origin(gradient.node?)));
    let gradients: Vec<_> = roots.gradients.iter().filter_map(computed).collect();
    let nodes: Vec<_> = gradients.iter().map(|(_, node)| *node).collect();
    let timetable = Timetable::new(axis, &roots.values, &nodes);
    let choices = Choices::new(&timetable, roots);
    let mut program = empty(roots, stream);
    program.choices_fit = choices.fit;
    let mut assembler = Assembler {
        graph,
        timetable: &timetable,
        choices,
        program,
        steps: Vec::new(),
        packed_for: Vec::new(),
        packs: HashMap::default(),
        buffers: HashMap::default(),
        last_read: last_read(&timetable),
        fused,
    };
    for (&stage, members) in &timetable.stages {
        assembler.stage(stage, members, &gradients);
    }
    assembler.finish()
}

fn empty(roots: &Roots, stream: Option<Dim>) -> Program {
    let zero = roots.gradients.iter().filter(|gradient| gradient.node.is_none());
    let zero_gradients = zero.map(|gradient| gradient.argument).collect();
    Program { stream, values: roots.values.clone(), zero_gradients, choices_fit: true, ..Program::default() }
}

/// The last stage that reads each node.
fn last_read(timetable: &Timetable<'_>) -> HashMap<NodeId, Stage> {
    let mut last = HashMap::default();
    for (&stage, members) in &timetable.stages {
        for &(operand, _) in members.iter().flat_map(|&user| timetable.reading(user)) {
            last.insert(operand, stage);
        }
    }
    last
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

struct Assembler<'t, 'g> {
    graph: &'g Graph,
    timetable: &'t Timetable<'g>,
    choices: Choices,
    program: Program,
    steps: Vec<(Stage, usize, Rank, Statement)>,
    /// The products that read each pack.
    packed_for: Vec<Vec<NodeId>>,
    /// The pack of each node, or of its transpose.
    packs: HashMap<(NodeId, bool), usize>,
    /// The buffer of each node: in one pass, or, without a pass, wherever it is read.
    buffers: HashMap<(NodeId, Option<Stage>), usize>,
    /// The last stage that reads each node.
    last_read: HashMap<NodeId, Stage>,
    fused: Fused,
}

/// A stage that is being assembled.
struct Current<'t, 'g> {
    stage: Stage,
    fusion: Fusion<'t, 'g>,
    /// The gradients that a loop of this stage writes.
    gradients: Vec<(usize, NodeId)>,
}

impl<'t, 'g> Assembler<'t, 'g> {
    fn stage(&mut self, stage: Stage, members: &'t BTreeSet<NodeId>, gradients: &[(usize, NodeId)]) {
        let handed_on: Vec<NodeId> = members.iter().copied().filter(|&id| self.is_handed_on(id, stage)).collect();
        let of_stage = |&(_, node): &(usize, NodeId)| match self.timetable.place(node) {
            Residence::Given => false,
            Residence::Resident(own) | Residence::Rows(own) | Residence::Sum(own) => own == stage,
        };
        let own: Vec<_> = gradients.iter().copied().filter(of_stage).collect();
        let in_loops: Vec<_> = own.iter().copied().filter(|(_, node)| self.is_element(*node)).collect();
        let results: Vec<_> = in_loops.iter().map(|(_, node)| *node).collect();
        let fusion = Fusion::new(self.timetable, members, &handed_on, &results, self.fused);
        let current = Current { stage, fusion, gradients: in_loops };
        self.memory(&current);
        self.primitives(&current);
        self.loops(&current);
        let given = gradients.iter().filter(|(_, node)| stage == 0 && self.timetable.place(*node) == Residence::Given);
        for &(parameter, node) in own.iter().chain(given) {
            self.other_gradient(stage, parameter, node);
        }
    }

    fn is_element(&self, id: NodeId) -> bool {
        class(self.graph, id) == Class::Element && !self.graph.shape(id).is_scalar()
    }

    /// True if later stages read `id` from memory.
    fn is_handed_on(&self, id: NodeId, stage: Stage) -> bool {
        if is_pass(stage) {
            return self.timetable.kept.contains(&id) && self.timetable.place(id) == Residence::Rows(stage);
        }
        self.last_read.get(&id).is_some_and(|last| *last > stage)
    }

    /// A buffer for each value that has to be in memory, a workspace scalar for each that is one number.
    fn memory(&mut self, current: &Current<'t, 'g>) {
        for &id in current.fusion.members {
            let class = class(self.graph, id);
            if self.graph.shape(id).is_scalar() {
                self.program.scalars.push(id);
                if let Residence::Sum(_) = self.timetable.place(id) {
                    self.program.sums.push((id, self.start(id)));
                }
                continue;
            }
            if class == Class::Element && !current.fusion.stored.contains(&id) {
                continue;
            }
            // Both ways to a value are written where the value is.
            let id = self.choices.result(id);
            if self.choices.is_result(id) && self.buffer_of(id, current.stage).is_some() {
                continue;
            }
            let role = match self.choices.place(self.timetable, id) {
                Residence::Given => continue,
                Residence::Resident(_) => BufferRole::Resident,
                Residence::Sum(_) => BufferRole::Sum(self.start(id)),
                Residence::Rows(pass) if pass == current.stage && self.timetable.kept.contains(&id) => BufferRole::Kept,
                Residence::Rows(_) => BufferRole::RowLocal(current.stage),
            };
            let memory = self.program.buffers.len();
            let own_pass = matches!(role, BufferRole::RowLocal(_)).then_some(current.stage);
            self.buffers.entry((id, own_pass)).or_insert(memory);
            self.program.buffers.push(Buffer { node: id, shape: self.graph.shape(id), role, memory: Some(memory) });
        }
    }

    /// Value of a sum before the first row.
    fn start(&self, id: NodeId) -> f64 {
        match self.graph.kind(id) {
            Some(Kind::Routine(row)) => row.start,
            _ => 0.0,
        }
    }

    /// The buffer of `id` as stage `stage` sees it.
    fn buffer_of(&self, id: NodeId, stage: Stage) -> Option<usize> {
        let id = self.choices.result(id);
        self.buffers.get(&(id, Some(stage))).or_else(|| self.buffers.get(&(id, None))).copied()
    }

    /// Where stage `stage` reads the value of `id`.
    fn source(&self, id: NodeId, stage: Stage, need: Need) -> Source {
        let id = self.timetable.axis.origin(id);
        let rows = need == Need::Rows && is_pass(stage);
        let from = if self.graph.shape(id).is_scalar() {
            Location::Scalar(id)
        } else if let Op::Argument(i) = self.graph.node(id).op {
            Location::Argument(i)
        } else if let Some(i) = self.timetable.axis.transposed_argument(id) {
            Location::Transposed(i)
        } else {
            Location::Buffer(self.buffer_of(id, stage).unwrap_or(usize::MAX))
        };
        Source { from, rows }
    }

    /// Where `user` reads its operand, or what is behind it.
    fn operand(&self, user: NodeId, id: NodeId, stage: Stage) -> Source {
        self.source(id, stage, self.timetable.need(user, id))
    }

    fn push(&mut self, current: &Current<'t, 'g>, id: NodeId, rank: Rank, statement: Statement) {
        let statement = self.choices.guard(&[id], statement);
        self.steps.push((current.stage, current.fusion.phase(id), rank, statement));
    }

    /// Products, transposes, routines and scalars.
    fn primitives(&mut self, current: &Current<'t, 'g>) {
        let stage = current.stage;
        for &id in current.fusion.members {
            match class(self.graph, id) {
                Class::Scalar => self.push(current, id, Rank::Scalar, Statement::Scalar { out: id }),
                Class::Step(Primitive::Product) => self.product(current, id),
                Class::Step(Primitive::Transpose) => {
                    let Some(out) = self.buffer_of(id, stage) else { continue };
                    let a = self.operand(id, self.graph.operands(id)[0], stage);
                    self.push(current, id, Rank::Primitive, Statement::Transpose { a, out });
                }
                Class::Step(_) | Class::Routine => self.routine(current, id),
                // Loops, and what needs no step.
                Class::Leaf | Class::Alias | Class::Element | Class::Sum(_) | Class::Either => {}
            }
        }
    }

    fn routine(&mut self, current: &Current<'t, 'g>, id: NodeId) {
        let stage = current.stage;
        let sums = matches!(self.timetable.place(id), Residence::Sum(_));
        let plain = Routine {
            node: id,
            name: "",
            offset: true,
            start: None,
            scratch: None,
            feature: None,
            custom: None,
            flops: 0,
        };
        let routine = match self.graph.kind(id) {
            Some(Kind::Multilinear(row)) if row.primitive == Primitive::Trace => {
                Routine { name: "trace", start: Some(0.0), ..plain }
            }
            Some(Kind::Multilinear(_)) => Routine { name: "identity", ..plain },
            Some(Kind::Routine(row)) => Routine {
                name: row.runs,
                offset: row.offset,
                start: (row.reach == Reach::Sums).then_some(row.start),
                scratch: row.scratch,
                feature: row.feature,
                custom: row.custom,
                flops: row.flops,
                ..plain
            },
            _ => return,
        };
        let out = if self.graph.shape(id).is_scalar() {
            Target::Scalar(id)
        } else {
            let Some(out) = self.buffer_of(id, stage) else { return };
            Target::Buffer(out)
        };
        debug_assert!(!sums || routine.start.is_some(), "a routine that does not sum");
        let operands = self.graph.operands(id).iter().map(|&operand| self.operand(id, operand, stage)).collect();
        self.push(current, id, Rank::Primitive, Statement::Call { routine, operands, out, also: None });
    }

    fn product(&mut self, current: &Current<'t, 'g>, id: NodeId) {
        let stage = current.stage;
        let &[left, right] = self.graph.operands(id) else { return };
        let Some(out) = self.buffer_of(id, stage) else { return };
        let (a, b) = (self.timetable.axis.product_operand(left), self.timetable.axis.product_operand(right));
        let read = |node: NodeId| self.operand(id, node, stage);
        let statement = match (self.graph.shape(a.node).is_line(), self.graph.shape(b.node).is_line()) {
            (true, _) if b.transposed => Statement::MatVec { a: read(b.node), w: read(a.node), out },
            (true, _) => Statement::MatTVec { a: read(b.node), e: read(a.node), out },
            (false, true) if a.transposed => Statement::MatTVec { a: read(a.node), e: read(b.node), out },
            (false, true) => Statement::MatVec { a: read(a.node), w: read(b.node), out },
            // (Aᵀ Bᵀ) is rewritten to (B A)ᵀ; should it stay, Bᵀ is copied.
            (false, false) if a.transposed && b.transposed => {
                Statement::ProductT { a: read(a.node), b: read(right), out }
            }
            (false, false) if a.transposed => Statement::ProductT { a: read(a.node), b: read(b.node), out },
            (false, false) => {
                let a = read(a.node);
                Statement::Product { a, b: self.pack(current, id, b.node, b.transposed), out }
            }
        };
        self.push(current, id, Rank::Primitive, statement);
    }

    /// The packed form of `node`: made as soon as all of the node is there, before any product needs it.
    fn pack(&mut self, current: &Current<'t, 'g>, user: NodeId, node: NodeId, transposed: bool) -> usize {
        if let Some(&pack) = self.packs.get(&(node, transposed)) {
            self.packed_for[pack].push(user);
            return pack;
        }
        let pack = self.program.packs.len();
        self.packed_for.push(vec![user]);
        self.packs.insert((node, transposed), pack);
        self.program.packs.push(Pack { node, transposed });
        let (stage, phase) = match self.timetable.place(node) {
            Residence::Given => (0, 0),
            Residence::Resident(stage) if stage == current.stage => (stage, current.fusion.phase(node)),
            Residence::Resident(stage) => (stage, usize::MAX - 1),
            // Complete when the stage after the pass begins.
            Residence::Rows(pass) | Residence::Sum(pass) => (pass + 1, 0),
        };
        let from = self.source(node, stage, Need::Whole);
        self.steps.push((stage, phase, Rank::Pack, Statement::Pack { from, pack }));
        pack
    }

    /// Elementwise loops, with the sums and gradients that they feed.
    fn loops(&mut self, current: &Current<'t, 'g>) {
        let (stage, fusion) = (current.stage, &current.fusion);
        let mut results: BTreeMap<loop_fusion::Group, Vec<(Outcome, Sink)>> = BTreeMap::new();
        for &id in fusion.members {
            let operands = self.graph.operands(id);
            let buffer = self.buffer_of(id, stage);
            match (class(self.graph, id), buffer) {
                (Class::Element, Some(buffer)) if fusion.stored.contains(&id) => {
                    results.entry(fusion.group(id)).or_default().push((Outcome::Node(id), Sink::Store(buffer)));
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
                    results.entry(fusion.group(id)).or_default().push((outcome, sink));
                }
                _ => {}
            }
        }
        for &(parameter, node) in &current.gradients {
            results.entry(fusion.group(node)).or_default().push((Outcome::Node(node), Sink::Gradient(parameter)));
        }
        for (group, results) in results {
            let map = self.map(current, &group, results);
            self.steps.push((stage, group.0, Rank::Loop, Statement::Map(map)));
        }
    }

    fn map(&self, current: &Current<'t, 'g>, group: &loop_fusion::Group, results: Vec<(Outcome, Sink)>) -> Map {
        let ends: Vec<_> = results
            .iter()
            .flat_map(|(outcome, _)| match outcome {
                Outcome::Node(a) => vec![*a],
                Outcome::Product(a, b) => vec![*a, *b],
            })
            .collect();
        let shape = ends.first().map_or(Shape::SCALAR, |&end| self.graph.shape(end));
        let rows = is_pass(current.stage) && self.timetable.axis.has_rows(shape);
        let (body, reads) = current.fusion.cone(group, &ends);
        let sources = reads.into_iter().map(|id| self.read(id, current.stage)).collect();
        Map { product: None, shape, rows, sources, body, results }
    }

    /// How a loop of `stage` reads `id`.
    fn read(&self, id: NodeId, stage: Stage) -> (NodeId, Source, Repeat) {
        let Some(&[inner]) = self.graph.is(id, BROADCAST) else {
            return (id, self.source(id, stage, Need::Rows), Repeat::Not);
        };
        let (own, full) = (self.graph.shape(inner), self.graph.shape(id));
        let repeat = if own.is_scalar() {
            Repeat::EveryElement
        } else if own.rows == full.rows {
            Repeat::EveryColumn
        } else {
            Repeat::EveryRow
        };
        // As the loop reads it, which may run over rows where the repetition, by itself, would be there as a whole.
        let need = self.timetable.axis.need_of_repeated(id);
        (id, self.source(inner, stage, need), repeat)
    }

    /// Gradients that no loop computes: copies of products and sums, and scalars.
    fn other_gradient(&mut self, stage: Stage, parameter: usize, node: NodeId) {
        if self.graph.shape(node).is_scalar() {
            let statement = Statement::ScalarGradient { from: node, parameter };
            self.steps.push((Stage::MAX, usize::MAX, Rank::Last, statement));
        } else if !self.is_element(node) {
            let in_rows = matches!(self.timetable.place(node), Residence::Rows(_));
            let map = Map {
                product: None,
                shape: self.graph.shape(node),
                rows: in_rows,
                sources: vec![(
                    node,
                    self.source(node, stage, if in_rows { Need::Rows } else { Need::Whole }),
                    Repeat::Not,
                )],
                body: Vec::new(),
                results: vec![(Outcome::Node(node), Sink::Gradient(parameter))],
            };
            let stage = if in_rows { stage } else { Stage::MAX };
            self.steps.push((stage, usize::MAX, Rank::Last, Statement::Map(map)));
        }
    }

    fn finish(mut self) -> Program {
        // Stable: within a phase and a rank, the order of the nodes stays.
        self.steps.sort_by_key(|(stage, phase, rank, _)| (*stage, *phase, *rank));
        let stages = self.steps.iter().map(|(stage, ..)| *stage).filter(|stage| *stage != Stage::MAX);
        // Resident work is the last stage.
        let last = stages.max().unwrap_or(0);
        let last = last + last % 2;
        self.program.stages.resize_with(last + 1, Vec::new);
        for (stage, _, _, statement) in self.steps {
            let statement = match statement {
                Statement::Pack { pack, .. } => self.choices.guard(&self.packed_for[pack], statement),
                other => other,
            };
            if let Some(statements) = self.program.stages.get_mut(stage.min(last)) {
                statements.push(statement);
            }
        }
        if self.fused == Fused::Yes {
            joint_calls::join(self.graph, &mut self.program);
            epilogue::fuse(&mut self.program);
        }
        buffers::share(&mut self.program);
        hoist::mark(self.graph, &mut self.program);
        self.program
    }
}
