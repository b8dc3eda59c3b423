//! The invariants of a program, P1 to P5 of the [schedule](super), checked in debug builds and tests.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::program::{BufferRole, FusedProduct, Location, Map, Program, Sink, Source, Statement, Target, is_pass};
use super::residence::Stage;
use super::{Planned, Roots};
use crate::graph::{self, Graph, NodeId, Op};

/// The first invariant that does not hold, in words: of the graph, or of its program, which computes what `roots` are in
/// another graph.
pub(crate) fn verify(Planned { graph, program }: &Planned, roots: &Roots) -> Result<(), String> {
    graph::verify::verify(graph, &[])?;
    let mut state =
        State { graph, program, held: HashMap::default(), sums: HashMap::default(), scalars: HashSet::default() };
    let mut packs = HashSet::default();
    for (stage, statements) in program.stages.iter().enumerate() {
        for statement in statements {
            let within = |broken: String| format!("{broken}, in stage {stage}: {statement:?}");
            for source in statement.reads() {
                state.read(source, stage).map_err(within)?;
            }
            match statement.bare() {
                Statement::Pack { pack, .. } => {
                    packs.insert(*pack);
                }
                Statement::Product { b: pack, .. }
                | Statement::Map(Map { product: Some(FusedProduct { b: pack, .. }), .. })
                    if !packs.contains(pack) =>
                {
                    return Err(within(format!("P1: pack {pack} is not there")));
                }
                Statement::Scalar { out } => {
                    for &operand in graph.operands(*out) {
                        state.read_scalar(operand, stage).map_err(within)?;
                    }
                }
                Statement::ScalarGradient { from, .. } => state.read_scalar(*from, stage).map_err(within)?,
                _ => {}
            }
            state.write(statement, stage).map_err(within)?;
        }
    }
    for &value in &program.values {
        state.read_scalar(value, program.stages.len()).map_err(|broken| format!("{broken}, which is a value"))?;
    }
    gradients_are_stored_once(roots, program)
}

/// Where a program stands.
struct State<'p> {
    graph: &'p Graph,
    program: &'p Program,
    /// The buffer whose value each memory has.
    held: HashMap<usize, usize>,
    /// The pass that each sum is added up in.
    sums: HashMap<NodeId, Stage>,
    /// Scalars of the workspace that have been computed.
    scalars: HashSet<NodeId>,
}

impl State<'_> {
    /// Checks a read of P1 to P4.
    fn read(&self, source: Source, stage: Stage) -> Result<(), String> {
        match source.from {
            Location::Buffer(buffer) => self.read_buffer(buffer, stage),
            Location::Scalar(id) => self.read_scalar(id, stage),
            Location::Argument(_) | Location::Transposed(_) | Location::ProductPiece => Ok(()),
        }
    }

    fn read_buffer(&self, buffer: usize, stage: Stage) -> Result<(), String> {
        let Some(known) = self.program.buffers.get(buffer) else {
            return Err(format!("P1: buffer {buffer} does not exist"));
        };
        let Some(memory) = known.memory else { return Err(format!("P1: buffer {buffer} is read and has no memory")) };
        match self.held.get(&memory) {
            None => return Err(format!("P1: buffer {buffer} is read before it is written")),
            Some(held) if *held != buffer => {
                return Err(format!("P4: buffer {buffer} is read where its memory has the value of buffer {held}"));
            }
            Some(_) => {}
        }
        match known.role {
            BufferRole::RowLocal(pass) if pass != stage => {
                Err(format!("P2: buffer {buffer} is read outside of pass {pass}, whose rows it has"))
            }
            BufferRole::Sum(_) => self.is_summed(known.node, stage),
            BufferRole::Resident | BufferRole::Kept | BufferRole::RowLocal(_) => Ok(()),
        }
    }

    fn read_scalar(&self, id: NodeId, stage: Stage) -> Result<(), String> {
        let is_given = !matches!(self.graph.node(id).op, Op::Call(_));
        if !is_given && !self.scalars.contains(&id) {
            return Err(format!("P1: the scalar {id:?} is read before it is computed"));
        }
        self.is_summed(id, stage)
    }

    /// P3: a sum is read only after its pass.
    fn is_summed(&self, id: NodeId, stage: Stage) -> Result<(), String> {
        match self.sums.get(&id) {
            Some(pass) if *pass >= stage => Err(format!("P3: the sum {id:?} is read in pass {pass}, which adds it up")),
            _ => Ok(()),
        }
    }

    fn write(&mut self, statement: &Statement, stage: Stage) -> Result<(), String> {
        for buffer in statement.writes() {
            let Some(known) = self.program.buffers.get(buffer) else {
                return Err(format!("P1: buffer {buffer} does not exist"));
            };
            let Some(memory) = known.memory else {
                return Err(format!("P1: buffer {buffer} is written and has no memory"));
            };
            if let BufferRole::RowLocal(pass) = known.role
                && pass != stage
            {
                return Err(format!("P2: buffer {buffer} is written outside of pass {pass}, whose rows it has"));
            }
            if matches!(known.role, BufferRole::Sum(_)) && is_pass(stage) {
                self.sums.insert(known.node, stage);
            }
            self.held.insert(memory, buffer);
        }
        let mut scalar = |id: NodeId, is_sum: bool| {
            if is_sum && is_pass(stage) {
                self.sums.insert(id, stage);
            }
            self.scalars.insert(id);
        };
        match statement.bare() {
            Statement::Scalar { out } => scalar(*out, false),
            Statement::Call { out: Target::Scalar(out), .. } => scalar(*out, true),
            Statement::Map(map) => {
                let sums = map.results.iter().filter_map(|(_, sink)| match sink {
                    Sink::Sum(id) => Some(*id),
                    _ => None,
                });
                sums.for_each(|id| scalar(id, true));
            }
            _ => {}
        }
        Ok(())
    }
}

/// P5, where the two ways of a choice are one.
fn gradients_are_stored_once(roots: &Roots, program: &Program) -> Result<(), String> {
    for gradient in roots.gradients.iter().map(|gradient| gradient.argument) {
        let stores = |statement: &&Statement| match statement.bare() {
            Statement::ScalarGradient { parameter, .. } => *parameter == gradient,
            Statement::Map(map) => map.results.iter().any(|(_, sink)| *sink == Sink::Gradient(gradient)),
            _ => false,
        };
        let is_second = |statement: &&Statement| matches!(statement, Statement::Guarded(guarded) if !guarded.first);
        let stored = program.statements().filter(stores).filter(|statement| !is_second(statement)).count();
        let zero = program.zero_gradients.iter().filter(|zero| **zero == gradient).count();
        if stored + zero != 1 {
            return Err(format!("P5: the gradient in argument {gradient} is stored {} times", stored + zero));
        }
    }
    Ok(())
}
