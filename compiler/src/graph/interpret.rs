//! The graph, evaluated by the definitions of its operations, in dual numbers: what emitted code is tested against.

use std::collections::HashMap;

use super::{Dim, Graph, NodeId, Op, Shape};
use crate::dual::Dual;
use crate::operations::{Kind, letters_of};

/// A matrix of dual numbers, a row after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dense {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) values: Vec<Dual>,
}

impl Dense {
    pub(crate) fn new(rows: usize, columns: usize, values: Vec<Dual>) -> Self {
        Self { rows, columns, values }
    }

    fn filled(rows: usize, columns: usize, value: Dual) -> Self {
        Self { rows, columns, values: vec![value; rows * columns] }
    }

    fn at(&self, i: usize, j: usize) -> Dual {
        self.values[i * self.columns + j]
    }
}

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
                }
            }
        };
        values.push(value);
    }
    roots.iter().map(|root| values[root.index()].clone()).collect()
}

/// The definition of a multilinear operation: the products of all entries, summed over the letters that the
/// result lacks.
fn contract(letters: &[[u8; 2]], operands: &[&Dense], result: [u8; 2], rows: usize, columns: usize) -> Dense {
    let mut range: HashMap<u8, usize> = HashMap::from([(result[0], rows), (result[1], columns), (b'1', 1)]);
    for (own, operand) in letters.iter().zip(operands) {
        range.insert(own[0], operand.rows);
        range.insert(own[1], operand.columns);
    }
    range.insert(b'1', 1);
    let free: Vec<u8> = range.keys().copied().collect();
    let mut sums = Dense::filled(rows, columns, Dual::from(0.0));
    let total: usize = free.iter().map(|letter| range[letter]).product();
    for mut flat in 0..total {
        let mut index = HashMap::new();
        for letter in &free {
            index.insert(*letter, flat % range[letter]);
            flat /= range[letter];
        }
        let mut product = Dual::from(1.0);
        for (own, operand) in letters.iter().zip(operands) {
            product = product * operand.at(index[&own[0]], index[&own[1]]);
        }
        let entry = index[&result[0]] * columns + index[&result[1]];
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
        _ => sizes[&dim],
    }
}
