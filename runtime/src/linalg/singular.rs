//! Singular values, norms of them, and the pseudo-inverse.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd as decompose, svd_scratch};
use faer::{Par, Spec};

use super::columns::{Columns, fill, fill_nan, line, memory, product};
use super::spectral::epsilon;
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Memory of [`svd`].
pub struct SvdScratch {
    x: Columns,
    left: Columns,
    right: Columns,
    values: Vec<f64>,
    memory: MemBuffer,
}

impl SvdScratch {
    /// For a matrix of this shape.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let (thin, rank) = (ComputeSvdVectors::Thin, rows.min(columns));
        let need = svd_scratch::<f64>(rows, columns, thin, thin, Par::Seq, Spec::default());
        Ok(Self {
            x: Columns::new(rows, columns)?,
            left: Columns::new(rows, rank)?,
            right: Columns::new(columns, rank)?,
            values: line(rank)?,
            memory: memory(need, rows, columns)?,
        })
    }
}

/// U above V above σ, the largest first; what is beyond min(m, n) columns is 0.
pub fn svd<T: Scalar>(_: Isa, x: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut SvdScratch) {
    let SvdScratch { x: matrix, left, right, values, memory } = scratch;
    let (m, n) = (matrix.rows(), matrix.columns());
    if !values.is_empty() {
        matrix.load(x);
        if !matrix.is_finite() {
            return fill_nan(out);
        }
        let (diagonal, stack) = (DiagMut::from_slice_mut(values), MemStack::new(memory));
        let vectors = (Some(left.view_mut()), Some(right.view_mut()));
        let config = Spec::default();
        if decompose(matrix.view(), diagonal, vectors.0, vectors.1, Par::Seq, stack, config).is_err() {
            return fill_nan(out);
        }
    }
    for i in 0..out.rows() {
        out.row_mut(i).fill(T::default());
    }
    for (k, &value) in values.iter().enumerate() {
        for i in 0..m {
            out.row_mut(i)[k] = T::from_f64(left.at(i, k));
        }
        for i in 0..n {
            out.row_mut(m + i)[k] = T::from_f64(right.at(i, k));
        }
        out.row_mut(m + n)[k] = T::from_f64(value);
    }
}

/// The singular values, with what is 0 beyond them.
fn values<'a, T: Scalar>(x: View<'_, T>, svd: View<'a, T>) -> &'a [T] {
    let (m, n) = (x.rows(), x.columns());
    if n == 0 { &[] } else { &svd.row(m + n)[..m.min(n)] }
}

/// The threshold of singular values: one that is no larger counts as 0.
fn zero<T: Scalar>(x: View<'_, T>, svd: View<'_, T>) -> f64 {
    let largest = values(x, svd).first().map_or(0.0, |value| value.to_f64());
    count(x.rows().max(x.columns())) * epsilon::<T>() * largest
}

/// The sum of the singular values.
#[must_use]
pub fn nuclear_norm<T: Scalar>(_: Isa, x: View<'_, T>, svd: View<'_, T>) -> f64 {
    values(x, svd).iter().map(|value| value.to_f64()).sum()
}

/// The largest singular value.
#[must_use]
pub fn spectral_norm<T: Scalar>(_: Isa, x: View<'_, T>, svd: View<'_, T>) -> f64 {
    values(x, svd).first().map_or(0.0, |value| value.to_f64())
}

/// u₁ v₁ᵀ; 0 for a matrix of zeros.
pub fn top_singular<T: Scalar>(_: Isa, x: View<'_, T>, svd: View<'_, T>, mut out: ViewMut<'_, T>) {
    let (m, n) = (x.rows(), x.columns());
    let present = values(x, svd).first().is_some_and(|value| value.to_f64() != 0.0);
    for i in 0..m {
        fill(
            &mut out.row_mut(i)[..n],
            |j| if present { svd.row(i)[0].to_f64() * svd.row(m + j)[0].to_f64() } else { 0.0 },
        );
    }
}

/// Memory of the functions of a decomposition.
pub struct SingularScratch {
    left: Columns,
    right: Columns,
    composed: Columns,
}

impl SingularScratch {
    /// For a matrix of this shape.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let rank = rows.min(columns);
        Ok(Self {
            left: Columns::new(rows, rank)?,
            right: Columns::new(columns, rank)?,
            composed: Columns::new(rows, columns)?,
        })
    }

    /// U diag(f(σ)) Vᵀ over the σ that are not 0.
    fn compose<T: Scalar>(&mut self, x: View<'_, T>, svd: View<'_, T>, f: impl Fn(f64) -> f64) {
        let Self { left, right, composed } = self;
        left.load(svd);
        right.load_from(svd, left.rows());
        let zero = zero(x, svd);
        for (k, value) in values(x, svd).iter().enumerate() {
            let value = value.to_f64();
            // NaN is not 0.
            let factor = if value <= zero { 0.0 } else { f(value) };
            for i in 0..left.rows() {
                let scaled = if factor == 0.0 { 0.0 } else { left.at(i, k) * factor };
                left.set(i, k, scaled);
            }
        }
        product(composed.view_mut(), left.view(), right.view().transpose());
    }
}

/// U Vᵀ.
pub fn polar<T: Scalar>(
    _: Isa,
    x: View<'_, T>,
    svd: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut SingularScratch,
) {
    if scratch.left.columns() == 0 {
        return;
    }
    scratch.compose(x, svd, |_| 1.0);
    scratch.composed.store(&mut out);
}

/// Memory of derivatives of what singular vectors make.
pub struct AlongScratch {
    /// Vectors, and the result.
    singular: SingularScratch,
    direction: Columns,
    /// E V and Eᵀ U.
    forth: Columns,
    back: Columns,
    /// Uᵀ E V, and what stands between U and Vᵀ in the result.
    inner: Columns,
    between: Columns,
    /// The factor on the left of Vᵀ, and the transpose of the factor on the right of U.
    tall: Columns,
    wide: Columns,
    more: Columns,
}

impl AlongScratch {
    /// For a matrix of this shape.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let rank = rows.min(columns);
        Ok(Self {
            singular: SingularScratch::new(rows, columns)?,
            direction: Columns::new(rows, columns)?,
            forth: Columns::new(rows, rank)?,
            back: Columns::new(columns, rank)?,
            inner: Columns::new(rank, rank)?,
            between: Columns::new(rank, rank)?,
            tall: Columns::new(rows, rank)?,
            wide: Columns::new(columns, rank)?,
            more: Columns::new(rows, columns)?,
        })
    }

    /// The derivative of U diag(w) Vᵀ towards `e`, for weights that don't depend on the singular values.
    ///
    /// With A = Uᵀ E V it is U B Vᵀ + (E V − U A) D Vᵀ + U D (Eᵀ U − V Aᵀ)ᵀ, where D = diag(w / σ) and
    /// B = (wᵢ − wⱼ) / (σᵢ − σⱼ) (A + Aᵀ) / 2 + (wᵢ + wⱼ) / (σᵢ + σⱼ) (A − Aᵀ) / 2, element by element: the derivative of a
    /// function of singular values (Lewis and Sendov, "Twice differentiable spectral functions", 2001, by the
    /// eigenvalues of (0 X; Xᵀ 0)).
    fn derive<T: Scalar>(&mut self, x: View<'_, T>, e: View<'_, T>, svd: View<'_, T>, weight: impl Fn(usize) -> f64) {
        let Self { singular, direction, forth, back, inner, between, tall, wide, more } = self;
        let SingularScratch { left, right, composed: result } = singular;
        left.load(svd);
        right.load_from(svd, left.rows());
        direction.load(e);
        product(forth.view_mut(), direction.view(), right.view());
        product(back.view_mut(), direction.view().transpose(), left.view());
        product(inner.view_mut(), left.view().transpose(), forth.view());
        let rank = inner.rows();
        let sigma = |i: usize| values(x, svd)[i].to_f64();
        // A singular value without weight has no part, whatever it is.
        let slope = |i: usize| if weight(i) == 0.0 { 0.0 } else { weight(i) / sigma(i) };
        let ratio = |above: f64, below: f64| if above == 0.0 { 0.0 } else { above / below };
        for j in 0..rank {
            for i in 0..rank {
                let (a, b) = (inner.at(i, j), inner.at(j, i));
                let even = ratio(weight(i) - weight(j), sigma(i) - sigma(j)) * f64::midpoint(a, b);
                let odd = ratio(weight(i) + weight(j), sigma(i) + sigma(j)) * f64::midpoint(a, -b);
                between.set(i, j, even + odd - a * slope(j));
            }
        }
        product(tall.view_mut(), left.view(), between.view());
        product(wide.view_mut(), right.view(), inner.view().transpose());
        for j in 0..rank {
            for i in 0..left.rows() {
                tall.set(i, j, tall.at(i, j) + forth.at(i, j) * slope(j));
            }
            for i in 0..right.rows() {
                wide.set(i, j, (back.at(i, j) - wide.at(i, j)) * slope(j));
            }
        }
        product(result.view_mut(), tall.view(), right.view().transpose());
        product(more.view_mut(), left.view(), wide.view().transpose());
        result.add_scaled(more, 1.0);
    }
}

/// The derivative of [`polar`] towards `e`.
pub fn polar_along<T: Scalar>(
    _: Isa,
    x: View<'_, T>,
    e: View<'_, T>,
    svd: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut AlongScratch,
) {
    if scratch.inner.rows() == 0 {
        return;
    }
    scratch.derive(x, e, svd, |_| 1.0);
    scratch.singular.composed.store(&mut out);
}

/// The derivative of [`top_singular`] towards `e`; inf or NaN where several singular values are largest.
pub fn top_singular_along<T: Scalar>(
    _: Isa,
    x: View<'_, T>,
    e: View<'_, T>,
    svd: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut AlongScratch,
) {
    if scratch.inner.rows() == 0 {
        return;
    }
    scratch.derive(x, e, svd, |i| if i == 0 { 1.0 } else { 0.0 });
    scratch.singular.composed.store(&mut out);
}

/// V diag(1 / σ) Uᵀ.
pub fn pinv<T: Scalar>(
    _: Isa,
    x: View<'_, T>,
    svd: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut SingularScratch,
) {
    if scratch.left.columns() == 0 {
        return;
    }
    scratch.compose(x, svd, f64::recip);
    for i in 0..scratch.composed.columns() {
        fill(out.row_mut(i), |j| scratch.composed.at(j, i));
    }
}
