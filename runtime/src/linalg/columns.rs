//! Matrices of f64 in memory of their own, column after column, as the factorisations want them.

use faer::dyn_stack::{MemBuffer, StackReq};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use crate::error::Error;
use crate::simd::Scalar;
use crate::view::{View, ViewMut};

/// A matrix, column after column.
pub(super) struct Columns {
    values: Vec<f64>,
    rows: usize,
    /// How many columns.
    width: usize,
}

impl Columns {
    pub(super) fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let overflow = || Error::Overflow { what: "a workspace", rows, columns };
        let count = rows.checked_mul(columns).ok_or_else(overflow)?;
        let mut values = Vec::new();
        values.try_reserve_exact(count).map_err(|_| overflow())?;
        values.resize(count, 0.0);
        Ok(Self { values, rows, width: columns })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.width
    }

    pub(super) fn view(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.values, self.rows, self.width)
    }

    pub(super) fn view_mut(&mut self) -> MatMut<'_, f64> {
        MatMut::from_column_major_slice_mut(&mut self.values, self.rows, self.width)
    }

    /// The first `count` columns.
    pub(super) fn first_mut(&mut self, count: usize) -> MatMut<'_, f64> {
        MatMut::from_column_major_slice_mut(&mut self.values[..self.rows * count], self.rows, count)
    }

    pub(super) fn at(&self, i: usize, j: usize) -> f64 {
        self.values[j * self.rows + i]
    }

    pub(super) fn set(&mut self, i: usize, j: usize, value: f64) {
        self.values[j * self.rows + i] = value;
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(super) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Copies what `a` has from row `first_row` on.
    pub(super) fn load_from<T: Scalar>(&mut self, a: View<'_, T>, first_row: usize) {
        for i in 0..self.rows {
            for (j, x) in a.row(first_row + i)[..self.width].iter().enumerate() {
                self.set(i, j, x.to_f64());
            }
        }
    }

    pub(super) fn load<T: Scalar>(&mut self, a: View<'_, T>) {
        self.load_from(a, 0);
    }

    /// Copies (A + Aᵀ) / 2.
    pub(super) fn load_symmetric<T: Scalar>(&mut self, a: View<'_, T>) {
        self.load(a);
        for j in 0..self.width {
            for i in 0..j {
                let mean = f64::midpoint(self.at(i, j), self.at(j, i));
                self.set(i, j, mean);
                self.set(j, i, mean);
            }
        }
    }

    pub(super) fn store<T: Scalar>(&self, out: &mut ViewMut<'_, T>) {
        for i in 0..self.rows {
            fill(out.row_mut(i), |j| self.at(i, j));
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        self.values.iter().all(|x| x.is_finite())
    }

    /// s I.
    pub(super) fn set_identity(&mut self, s: f64) {
        self.values.fill(0.0);
        for i in 0..self.rows.min(self.width) {
            self.set(i, i, s);
        }
    }

    /// self ← `factor` `other`.
    pub(super) fn copy_scaled(&mut self, other: &Self, factor: f64) {
        for (x, y) in self.values.iter_mut().zip(&other.values) {
            *x = factor * y;
        }
    }

    /// self ← self + `factor` `other`.
    pub(super) fn add_scaled(&mut self, other: &Self, factor: f64) {
        for (x, y) in self.values.iter_mut().zip(&other.values) {
            *x += factor * y;
        }
    }

    /// The largest sum of the absolute values of a column.
    pub(super) fn norm_1(&self) -> f64 {
        let sums = self.values.chunks(self.rows.max(1)).map(|column| column.iter().map(|x| x.abs()).sum());
        sums.fold(0.0, |largest: f64, sum: f64| if sum > largest || sum.is_nan() { sum } else { largest })
    }
}

/// out ← a b.
pub(super) fn product(out: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    matmul(out, Accum::Replace, a, b, 1.0, Par::Seq);
}

/// Memory for a factorisation.
pub(super) fn memory(need: StackReq, rows: usize, columns: usize) -> Result<MemBuffer, Error> {
    MemBuffer::try_new(need).map_err(|_| Error::Overflow { what: "a workspace", rows, columns })
}

/// Numbers of rows, or other values of one line.
pub(super) fn line<V: Clone + Default>(count: usize) -> Result<Vec<V>, Error> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| Error::Overflow { what: "a workspace", rows: 1, columns: count })?;
    values.resize(count, V::default());
    Ok(values)
}

/// Writes `value(j)`, rounded, to each element j of a row.
pub(super) fn fill<T: Scalar>(row: &mut [T], value: impl Fn(usize) -> f64) {
    for (j, x) in row.iter_mut().enumerate() {
        *x = T::from_f64(value(j));
    }
}

/// NaN everywhere: what has no answer.
pub(super) fn fill_nan<T: Scalar>(mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        fill(out.row_mut(i), |_| f64::NAN);
    }
}
