//! Hoisting: statements that depend only on the data run in the first call, and their results are kept.
//!
//! This runs after buffers have been assigned: a statement is hoisted only if its results, and all that it reads,
//! depend on the data alone. A pass over the rows is hoisted as a whole or not at all.

use std::collections::BTreeSet;

use super::program::{Location, Program, Sink, Source, Statement, Target, is_pass};
use crate::graph::{Graph, NodeId};

/// Marks the statements that need to be run once.
pub(super) fn mark(graph: &Graph, program: &mut Program) {
    let mut known = Known { graph, program, of_data: graph.of_data(Vec::new()), made: Made::default() };
    let mut hoisted = Vec::with_capacity(program.stages.len());
    for (stage, statements) in program.stages.iter().enumerate() {
        if is_pass(stage) {
            let before = known.made.clone();
            let all = statements.iter().all(|statement| known.takes(statement));
            if !all {
                known.made = before;
            }
            hoisted.push(vec![all; statements.len()]);
        } else {
            hoisted.push(statements.iter().map(|statement| known.takes(statement)).collect());
        }
    }
    program.hoisted = hoisted;
}

/// Results made so far by statements that run once.
#[derive(Clone, Default)]
struct Made {
    buffers: BTreeSet<usize>,
    packs: BTreeSet<usize>,
    scalars: BTreeSet<NodeId>,
}

struct Known<'p> {
    graph: &'p Graph,
    program: &'p Program,
    of_data: Vec<bool>,
    made: Made,
}

impl Known<'_> {
    fn is_of_data(&self, id: NodeId) -> bool {
        self.of_data.get(id.index()) == Some(&true)
    }

    /// True if a source is data, or made by statements that run once.
    fn has(&self, source: Source) -> bool {
        match source.from {
            Location::Argument(i) | Location::Transposed(i) => {
                self.graph.inputs.get(i).is_some_and(|input| input.role.is_kept())
            }
            Location::Buffer(buffer) => self.made.buffers.contains(&buffer),
            Location::Scalar(id) => self.has_scalar(id),
            // Its factors are asked about.
            Location::ProductPiece => true,
        }
    }

    /// True if a scalar depends on the data alone, and is given, or made by statements that run once.
    fn has_scalar(&self, id: NodeId) -> bool {
        self.is_of_data(id) && (self.made.scalars.contains(&id) || !self.program.scalars.contains(&id))
    }

    /// True if a statement is hoisted; its results are then added to those made so far.
    fn takes(&mut self, statement: &Statement) -> bool {
        if !statement.reads().into_iter().all(|source| self.has(source)) {
            return false;
        }
        let mut scalars = Vec::new();
        match statement.bare() {
            Statement::ScalarGradient { .. } => return false,
            Statement::Pack { pack, .. } => {
                let is = self.is_of_data(self.program.packs[*pack].node);
                if is {
                    self.made.packs.insert(*pack);
                }
                return is;
            }
            Statement::Product { b, .. } if !self.made.packs.contains(b) => return false,
            Statement::Scalar { out } => {
                if !self.graph.operands(*out).iter().all(|&operand| self.has_scalar(operand)) {
                    return false;
                }
                scalars.push(*out);
            }
            Statement::Call { out: Target::Scalar(out), .. } => scalars.push(*out),
            Statement::Map(map) => {
                if map.product.is_some_and(|product| !self.made.packs.contains(&product.b)) {
                    return false;
                }
                for (_, sink) in &map.results {
                    match sink {
                        Sink::Gradient(_) => return false,
                        Sink::Sum(id) => scalars.push(*id),
                        Sink::Store(_) | Sink::ColumnSums(_) | Sink::RowSums(_) => {}
                    }
                }
            }
            _ => {}
        }
        let writes = statement.writes();
        let nodes = writes.iter().map(|&buffer| self.program.buffers[buffer].node).chain(scalars.iter().copied());
        if !nodes.into_iter().all(|node| self.is_of_data(node)) {
            return false;
        }
        self.made.buffers.extend(writes);
        self.made.scalars.extend(scalars);
        true
    }
}
