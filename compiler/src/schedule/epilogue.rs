//! Products whose results only loops read go through a loop piece by piece: it is their epilogue.

use rustc_hash::FxHashMap as HashMap;

use super::program::{FusedProduct, Location, Map, Outcome, Program, Repeat, Sink, Statement, is_pass};
use super::residence::Stage;
use crate::base::Dim;

/// Makes loops of the passes the epilogues of products, where a product is read by loops of its shape alone. If there are
/// several, the first one stores it for the others.
///
/// Where the loss says that the rows are few, this is not done: all values stay in L1 then, and the calls for each
/// piece would only cost time.
pub(super) fn fuse(program: &mut Program) {
    /// Rows that are a piece at most, for all but the widest results.
    const FEW: u64 = 64;
    if matches!(program.stream, Some(Dim::Size(rows)) if rows <= FEW) {
        return;
    }
    let touched = touched(program);
    for stage in (0..program.stages.len()).filter(|stage| is_pass(*stage)) {
        let mut through: HashMap<usize, (FusedProduct, usize, bool)> = HashMap::default();
        let mut gone = vec![false; program.stages[stage].len()];
        for (i, statement) in program.stages[stage].iter().enumerate() {
            let &Statement::Product { a, b, out } = statement else { continue };
            let Some(users) = touched.get(&out).and_then(|touched| touched.loops_of(program, stage, out)) else {
                continue;
            };
            // A loop has one product.
            if let Some(&first) = users.first().filter(|first| !through.contains_key(first)) {
                let node = program.buffers[out].node;
                through.insert(first, (FusedProduct { node, a, b }, out, users.len() > 1));
                gone[i] = true;
            }
        }
        for (i, (product, out, is_shared)) in through {
            if let Some(Statement::Map(map)) = program.stages[stage].get_mut(i) {
                take(map, product, out, is_shared);
                program.buffers[out].memory = program.buffers[out].memory.filter(|_| is_shared);
            }
        }
        let mut gone = gone.into_iter();
        program.stages[stage].retain(|_| gone.next() != Some(true));
    }
}

/// Who reads and writes a buffer, by stage and place in it.
#[derive(Default)]
struct Touched {
    readers: Vec<(Stage, usize)>,
    writers: usize,
}

fn touched(program: &Program) -> HashMap<usize, Touched> {
    let mut touched: HashMap<usize, Touched> = HashMap::default();
    for (stage, statements) in program.stages.iter().enumerate() {
        for (i, statement) in statements.iter().enumerate() {
            for source in statement.reads() {
                if let Location::Buffer(buffer) = source.from {
                    touched.entry(buffer).or_default().readers.push((stage, i));
                }
            }
            for buffer in statement.writes() {
                touched.entry(buffer).or_default().writers += 1;
            }
        }
    }
    touched
}

impl Touched {
    /// The places of all readers, if they are loops of this stage over all of `buffer`, and nothing else writes it (one way
    /// of two to a value does).
    fn loops_of(&self, program: &Program, stage: Stage, buffer: usize) -> Option<Vec<usize>> {
        let is_loop = |&(at, i): &(Stage, usize)| at == stage && takes(program, &program.stages[at][i], buffer);
        (self.writers == 1 && self.readers.iter().all(is_loop)).then(|| self.readers.iter().map(|(_, i)| *i).collect())
    }
}

/// True if a statement is a loop over all of `buffer`, element by element.
fn takes(program: &Program, statement: &Statement, buffer: usize) -> bool {
    let Statement::Map(map) = statement else { return false };
    let mut reads = map.sources.iter().filter(|(_, source, _)| source.from == Location::Buffer(buffer));
    // The pieces of a product are shorter than what a long loop is good at.
    !map.is_long()
        && map.rows
        && map.shape == program.buffers[buffer].shape
        && reads.all(|(.., repeat)| *repeat == Repeat::Not)
}

/// Makes `map` the epilogue of a product that is in the buffer `out` so far.
fn take(map: &mut Map, product: FusedProduct, out: usize, is_shared: bool) {
    for (_, source, _) in &mut map.sources {
        if source.from == Location::Buffer(out) {
            source.from = Location::ProductPiece;
        }
    }
    if is_shared {
        map.results.push((Outcome::Node(product.node), Sink::Store(out)));
    }
    map.product = Some(product);
}
