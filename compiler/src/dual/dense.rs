//! Matrices of dual numbers.

use super::Dual;

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

    pub(crate) fn filled(rows: usize, columns: usize, value: Dual) -> Self {
        Self { rows, columns, values: vec![value; rows * columns] }
    }

    pub(crate) fn at(&self, i: usize, j: usize) -> Dual {
        self.values[i * self.columns + j]
    }
}
