//! LU with the largest entry of each column first, and what is solved by it or by a triangle.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_unit_lower_triangular_in_place, solve_unit_upper_triangular_in_place,
    solve_upper_triangular_in_place,
};
use faer::{MatMut, MatRef, Par, Spec};

use super::columns::{Columns, fill, line, memory};
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Memory of [`lu`].
pub struct LuScratch {
    core: Elimination,
}

impl LuScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        Ok(Self { core: Elimination::new(rows)? })
    }
}

/// A square matrix that becomes its factors.
pub(super) struct Elimination {
    pub(super) a: Columns,
    /// The row of A that stands in each row of P A; and where each row of A went.
    pub(super) rows: Vec<usize>,
    back: Vec<usize>,
    memory: MemBuffer,
}

impl Elimination {
    pub(super) fn new(n: usize) -> Result<Self, Error> {
        let need = lu_in_place_scratch::<usize, f64>(n, n, Par::Seq, Spec::default());
        Ok(Self { a: Columns::new(n, n)?, rows: line(n)?, back: line(n)?, memory: memory(need, n, n)? })
    }

    /// P A = L U, packed in place of A.
    pub(super) fn factor(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let stack = MemStack::new(&mut self.memory);
        lu_in_place(self.a.view_mut(), &mut self.rows, &mut self.back, Par::Seq, stack, Spec::default());
    }

    /// out ← A⁻¹ b.
    pub(super) fn solve(&self, b: &Columns, out: &mut Columns) {
        for j in 0..b.columns() {
            for (i, &row) in self.rows.iter().enumerate() {
                out.set(i, j, b.at(row, j));
            }
        }
        substitute(self.a.view(), out.view_mut());
    }
}

/// P A Qᵀ = L U in plain loops, packed in place of A: with the largest entry of the column as pivot, or of all that is
/// left if `columns` are to be permuted too. Row i of P A is row `rows[i]` of A; of columns likewise. Where all
/// candidates are 0, so is that column of L.
pub(super) fn eliminate(a: &mut Columns, rows: &mut [usize], mut columns: Option<&mut [usize]>) {
    let n = rows.len();
    for line in [Some(&mut *rows), columns.as_deref_mut()].into_iter().flatten() {
        for (i, number) in line.iter_mut().enumerate() {
            *number = i;
        }
    }
    for k in 0..n {
        let (mut largest, mut pivot) = (0.0, (k, k));
        for j in k..if columns.is_some() { n } else { k + 1 } {
            for i in k..n {
                if a.at(i, j).abs() > largest {
                    (largest, pivot) = (a.at(i, j).abs(), (i, j));
                }
            }
        }
        if largest == 0.0 {
            continue;
        }
        rows.swap(k, pivot.0);
        for j in 0..n {
            a.values_mut().swap(j * n + k, j * n + pivot.0);
        }
        if let Some(columns) = columns.as_deref_mut().filter(|_| pivot.1 != k) {
            columns.swap(k, pivot.1);
            let (left, right) = a.values_mut().split_at_mut(pivot.1 * n);
            left[k * n..][..n].swap_with_slice(&mut right[..n]);
        }
        let (left, right) = a.values_mut().split_at_mut((k + 1) * n);
        let (inverse, below) = (left[k * n + k].recip(), &mut left[k * n + k + 1..]);
        for x in below.iter_mut() {
            *x *= inverse;
        }
        for column in right.chunks_mut(n) {
            let factor = column[k];
            for (x, y) in column[k + 1..].iter_mut().zip(&*below) {
                *x -= factor * y;
            }
        }
    }
}

/// The packed factors, and the numbers of the rows in the last column.
pub fn lu<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut LuScratch) {
    let core = &mut scratch.core;
    core.a.load(a);
    core.factor();
    if !core.a.is_finite() {
        // A column of zeros below its pivot is divided by 0 there: here it stays 0, as `det` and `logdet` want it.
        core.a.load(a);
        eliminate(&mut core.a, &mut core.rows, None);
    }
    for i in 0..core.a.rows() {
        let n = core.a.columns();
        let row = out.row_mut(i);
        fill(&mut row[..n], |j| core.a.at(i, j));
        row[n] = T::from_f64(count(core.rows[i]));
    }
}

/// How many right-hand sides are solved for at once.
const PANEL: usize = 64;

/// Memory of the routines that solve.
pub struct SolveScratch {
    factor: Columns,
    panel: Columns,
}

impl SolveScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        Ok(Self { factor: Columns::new(rows, rows)?, panel: Columns::new(rows, PANEL)? })
    }
}

/// Which row of A stands in row `i` of P A.
fn pivot<T: Scalar>(lu: View<'_, T>, i: usize) -> usize {
    let number = lu.row(i)[lu.rows()].to_f64();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`lu` stored the number of a row")]
    let number = number as usize;
    number.min(lu.rows() - 1)
}

/// b ← U⁻¹ L⁻¹ b.
fn substitute(factor: MatRef<'_, f64>, mut b: MatMut<'_, f64>) {
    solve_unit_lower_triangular_in_place(factor, b.as_mut(), Par::Seq);
    solve_upper_triangular_in_place(factor, b, Par::Seq);
}

/// b ← L⁻ᵀ U⁻ᵀ b.
fn substitute_t(factor: MatRef<'_, f64>, mut b: MatMut<'_, f64>) {
    solve_lower_triangular_in_place(factor.transpose(), b.as_mut(), Par::Seq);
    solve_unit_upper_triangular_in_place(factor.transpose(), b, Par::Seq);
}

/// A⁻¹, of A's factors.
pub fn inverse<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    lu: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut SolveScratch,
) {
    let n = scratch.factor.rows();
    let SolveScratch { factor, panel } = scratch;
    factor.load(lu);
    for start in (0..n).step_by(PANEL) {
        let width = PANEL.min(n - start);
        let mut part = panel.first_mut(width);
        part.fill(0.0);
        for i in 0..n {
            if let Some(j) = pivot(lu, i).checked_sub(start).filter(|&j| j < width) {
                part[(i, j)] = 1.0;
            }
        }
        substitute(factor.view(), part);
        for i in 0..n {
            fill(&mut out.row_mut(i)[start..start + width], |j| panel.at(i, j));
        }
    }
}

/// Solves for the columns of `b`, or for `b` itself if it is a vector, which is one row: row `i` of a panel is row
/// `from(i)` of B, and row `to(i)` of the result is row `i` of the solved panel.
fn sides<T: Scalar>(
    b: View<'_, T>,
    mut out: ViewMut<'_, T>,
    panel: &mut Columns,
    from: impl Fn(usize) -> usize,
    to: impl Fn(usize) -> usize,
    solve: impl Fn(MatMut<'_, f64>),
) {
    let n = panel.rows();
    if n == 0 {
        return;
    }
    if b.rows() != n {
        for i in 0..n {
            panel.set(i, 0, b.row(0)[from(i)].to_f64());
        }
        solve(panel.first_mut(1));
        for i in 0..n {
            out.row_mut(0)[to(i)] = T::from_f64(panel.at(i, 0));
        }
        return;
    }
    for start in (0..b.columns()).step_by(PANEL) {
        let width = PANEL.min(b.columns() - start);
        for i in 0..n {
            for (j, x) in b.row(from(i))[start..start + width].iter().enumerate() {
                panel.set(i, j, x.to_f64());
            }
        }
        solve(panel.first_mut(width));
        for i in 0..n {
            fill(&mut out.row_mut(to(i))[start..start + width], |j| panel.at(i, j));
        }
    }
}

/// A⁻¹ B, of A's factors.
pub fn solve<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    b: View<'_, T>,
    lu: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SolveScratch,
) {
    let SolveScratch { factor, panel } = scratch;
    factor.load(lu);
    sides(b, out, panel, |i| pivot(lu, i), |i| i, |part| substitute(factor.view(), part));
}

/// A⁻ᵀ B, of A's factors.
pub fn solve_t<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    b: View<'_, T>,
    lu: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SolveScratch,
) {
    let SolveScratch { factor, panel } = scratch;
    factor.load(lu);
    sides(b, out, panel, |i| i, |i| pivot(lu, i), |part| substitute_t(factor.view(), part));
}

/// Which triangle of a matrix is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Triangle {
    Lower,
    Upper,
}

fn by_triangle<T: Scalar>(
    triangle: Triangle,
    transposed: bool,
    a: View<'_, T>,
    b: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SolveScratch,
) {
    let SolveScratch { factor, panel } = scratch;
    // The other triangle may hold anything: it is not copied.
    for i in 0..factor.rows() {
        let n = factor.columns();
        let range = if triangle == Triangle::Lower { 0..i + 1 } else { i..n };
        for j in range {
            factor.set(i, j, a.row(i)[j].to_f64());
        }
    }
    let same = |i: usize| i;
    sides(b, out, panel, same, same, |part| match (triangle, transposed) {
        (Triangle::Lower, false) => solve_lower_triangular_in_place(factor.view(), part, Par::Seq),
        (Triangle::Lower, true) => solve_upper_triangular_in_place(factor.view().transpose(), part, Par::Seq),
        (Triangle::Upper, false) => solve_upper_triangular_in_place(factor.view(), part, Par::Seq),
        (Triangle::Upper, true) => solve_lower_triangular_in_place(factor.view().transpose(), part, Par::Seq),
    });
}

macro_rules! by_triangle {
    ($($(#[$doc:meta])* $name:ident $triangle:ident $transposed:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name<T: Scalar>(
            _: Isa,
            a: View<'_, T>,
            b: View<'_, T>,
            out: ViewMut<'_, T>,
            scratch: &mut SolveScratch,
        ) {
            by_triangle(Triangle::$triangle, $transposed, a, b, out, scratch);
        }
    )*};
}

by_triangle! {
    /// L⁻¹ B, of the lower triangle of a matrix.
    solve_lower Lower false;
    /// L⁻ᵀ B, of the lower triangle of a matrix.
    solve_lower_t Lower true;
    /// U⁻¹ B, of the upper triangle of a matrix.
    solve_upper Upper false;
    /// U⁻ᵀ B, of the upper triangle of a matrix.
    solve_upper_t Upper true;
}
