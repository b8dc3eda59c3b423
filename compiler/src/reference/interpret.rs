//! The graph, evaluated by the definitions of its operations, in dual numbers: what emitted code is tested against.

use rustc_hash::FxHashMap as HashMap;

use crate::base::{Dim, Shape};
use crate::dual::{Dense, Dual};
use crate::graph::{Graph, Kind, NodeId, Op};
use crate::operations::{Direction, Recurrence, Routine, StepProgram, letters_of};

/// The sizes of the dimensions that are not written out.
pub(crate) type Sizes = HashMap<Dim, usize>;

/// The values of `roots` for `inputs`, one for each argument.
///
/// The oracle of the tests: it panics where a size or an input is missing.
pub(crate) fn interpret(graph: &Graph, sizes: &Sizes, inputs: &[Dense], roots: &[NodeId]) -> Vec<Dense> {
    let mut values: Vec<Dense> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let node = graph.node(id);
        let (rows, columns) = size_of(node.shape, sizes);
        let value = match node.op {
            Op::Argument(i) => inputs[i].clone(),
            Op::Constant(value) => Dense::filled(1, 1, Dual::from(value)),
            #[expect(clippy::cast_precision_loss, reason = "sizes of tests are small")]
            Op::Size(dim) => Dense::filled(1, 1, Dual::from(size(dim, sizes) as f64)),
            Op::Call(operation) => {
                let operands: Vec<_> = node.operands.iter().map(|operand| &values[operand.index()]).collect();
                match operation.kind() {
                    Kind::Pointwise(row) => {
                        let element = |i| {
                            let elements: Vec<_> = operands.iter().map(|operand| operand.values[i]).collect();
                            (row.evaluate)(&elements)
                        };
                        Dense::new(rows, columns, (0..rows * columns).map(element).collect())
                    }
                    Kind::Multilinear(row) => {
                        let shapes: Vec<_> = node.operands.iter().map(|&operand| graph.shape(operand)).collect();
                        let letters = letters_of(row, &shapes, node.shape);
                        contract(&letters, &operands, *row.result, rows, columns)
                    }
                    Kind::Routine(Routine { recurrence: Some(recurrence), operands: letters, .. }) => {
                        recurrence_by_steps(recurrence, letters, &operands, (rows, columns))
                    }
                    Kind::Routine(Routine { step_program: Some(recurrence), .. }) => {
                        by_programs(recurrence, sizes, &operands, (rows, columns))
                    }
                    Kind::Routine(row) => {
                        let mut out = Dense::filled(rows, columns, Dual::from(0.0));
                        (row.evaluate)(&operands, &mut out);
                        out
                    }
                }
            }
        };
        values.push(value);
    }
    roots.iter().map(|root| values[root.index()].clone()).collect()
}

/// The definition of a recurrence: a step after the other, an element at a time.
fn recurrence_by_steps(
    recurrence: &Recurrence,
    letters: &[&[u8; 2]],
    operands: &[&Dense],
    (rows, columns): (usize, usize),
) -> Dense {
    let Recurrence { next, direction, .. } = recurrence;
    let (steps, lanes) = (rows - 1, columns / next.len());
    let (initial, given) = operands.split_at(next.len());
    let mut out = Dense::filled(rows, columns, Dual::from(0.0));
    for lane in 0..lanes {
        let mut states: Vec<Dual> = initial.iter().map(|state| state.at(0, lane.min(state.columns - 1))).collect();
        let mut write = |row: usize, states: &[Dual]| {
            for (k, state) in states.iter().enumerate() {
                out.values[row * columns + k * lanes + lane] = *state;
            }
        };
        for i in 0..=steps {
            let row = if *direction == Direction::Forwards { i } else { steps - i };
            write(row, &states);
            if i == steps {
                break;
            }
            let t = if *direction == Direction::Forwards { row } else { row - 1 };
            let read = |k: usize, operand: &Dense| match letters[next.len() + k] {
                b"11" => operand.at(0, 0),
                b"1j" => operand.at(0, lane),
                b"t1" => operand.at(t, 0),
                _ => operand.at(t, lane),
            };
            let inputs = given.iter().enumerate().map(|(k, operand)| read(k, operand));
            let mut values: Vec<Dual> = states.iter().copied().chain(inputs).collect();
            values.extend(recurrence.constants.iter().map(|&value| Dual::from(value)));
            for (operation, read) in &recurrence.calls {
                let Kind::Pointwise(row) = operation.kind() else { unreachable!("a step is elementwise") };
                let operands: Vec<_> = read.iter().map(|&number| values[number]).collect();
                values.push((row.evaluate)(&operands));
            }
            states = next.iter().map(|&state| values[state]).collect();
        }
    }
    out
}

/// The definition of a recurrence whose steps are programs: one after the other, each interpreted.
fn by_programs(recurrence: &StepProgram, sizes: &Sizes, operands: &[&Dense], (rows, columns): (usize, usize)) -> Dense {
    let StepProgram { step, next, kept, by_step, direction, .. } = recurrence;
    let steps = rows - 1;
    let (initial, given) = operands.split_at(next.len());
    let mut states: Vec<Dense> = initial.iter().map(|state| (*state).clone()).collect();
    let mut out = Dense::filled(rows, columns, Dual::from(0.0));
    let roots: Vec<_> = next.iter().chain(kept).copied().collect();
    let mut write = |row: usize, values: &[Dense]| {
        let elements = values.iter().flat_map(|value| &value.values);
        for (to, element) in out.values[row * columns..].iter_mut().zip(elements) {
            *to = *element;
        }
    };
    let begin = if *direction == Direction::Forwards { 0 } else { steps };
    write(begin, &states);
    for i in 0..steps {
        let (t, row) = if *direction == Direction::Forwards { (i, i + 1) } else { (steps - 1 - i, steps - 1 - i) };
        let mut inputs = std::mem::take(&mut states);
        for (k, (operand, by_step)) in given.iter().zip(by_step).enumerate() {
            let (rows, columns) = size_of(step.inputs[next.len() + k].shape, sizes);
            inputs.push(if *by_step {
                let elements = operand.values[t * operand.columns..][..operand.columns].to_vec();
                Dense::new(rows, columns, elements)
            } else {
                (*operand).clone()
            });
        }
        states = interpret(step, sizes, &inputs, &roots);
        write(row, &states);
        states.truncate(next.len());
    }
    out
}

/// The definition of a multilinear operation: the products of all entries, summed over the letters that the
/// result lacks.
fn contract(letters: &[[u8; 2]], operands: &[&Dense], result: [u8; 2], rows: usize, columns: usize) -> Dense {
    let mut range: Vec<(u8, usize)> = vec![(b'1', 1)];
    let ends = letters.iter().zip(operands).map(|(own, operand)| (own, operand.rows, operand.columns));
    for (own, rows, columns) in ends.chain([(&result, rows, columns)]) {
        for (&letter, size) in own.iter().zip([rows, columns]) {
            if !range.iter().any(|(known, _)| *known == letter) {
                range.push((letter, size));
            }
        }
    }
    // Where the letters of a matrix stand among all letters.
    let places = |own: &[u8; 2]| own.map(|letter| range.iter().position(|(known, _)| *known == letter).unwrap_or(0));
    let factors: Vec<_> = letters.iter().map(places).zip(operands).collect();
    let target = places(&result);
    let mut sums = Dense::filled(rows, columns, Dual::from(0.0));
    let mut index = vec![0; range.len()];
    let total: usize = range.iter().map(|(_, size)| size).product();
    for flat in 0..total {
        let mut rest = flat;
        for (i, (_, size)) in index.iter_mut().zip(&range) {
            *i = rest % size;
            rest /= size;
        }
        let entries = factors.iter().map(|(at, operand)| operand.at(index[at[0]], index[at[1]]));
        let product = entries.reduce(|product, entry| product * entry).unwrap_or_else(|| Dual::from(1.0));
        let entry = index[target[0]] * columns + index[target[1]];
        sums.values[entry] = sums.values[entry] + product;
    }
    sums
}

pub(crate) fn size_of(shape: Shape, sizes: &Sizes) -> (usize, usize) {
    (size(shape.rows, sizes), size(shape.columns, sizes))
}

fn size(dim: Dim, sizes: &Sizes) -> usize {
    match dim {
        Dim::Size(size) => usize::try_from(size).unwrap_or(usize::MAX),
        Dim::Plus([a, b]) => size(*a, sizes) + size(*b, sizes),
        Dim::Times([a, b]) => size(*a, sizes) * size(*b, sizes),
        Dim::Less((a, count)) => size(*a, sizes).saturating_sub(usize::try_from(*count).unwrap_or(usize::MAX)),
        _ => sizes[&dim],
    }
}
