//! Eigenvalues of symmetric matrices, functions of them, and the derivatives of those.
//!
//! The derivative of f(A) = V f(Λ) Vᵀ is G ↦ V (K ⊙ Vᵀ sym(G) V) Vᵀ with the divided differences
//! K = (f(λᵢ) − f(λⱼ)) / (λᵢ − λⱼ), which are f′(λᵢ) where the two are equal (Daleckii and Kreĭn; Higham, "Functions of
//! Matrices", 3.2). They are computed in forms that have this limit and don't cancel near it.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Par, Spec};

use super::columns::{Columns, fill, fill_nan, line, memory, product};
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Memory of [`eigh`].
pub struct EighScratch {
    a: Columns,
    vectors: Columns,
    values: Vec<f64>,
    memory: MemBuffer,
}

impl EighScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        let vectors = ComputeEigenvectors::Yes;
        // faer's formula asks for a matrix of at least one row.
        let need = self_adjoint_evd_scratch::<f64>(rows.max(1), vectors, Par::Seq, Spec::default());
        Ok(Self {
            a: Columns::new(rows, rows)?,
            vectors: Columns::new(rows, rows)?,
            values: line(rows)?,
            memory: memory(need, rows, rows)?,
        })
    }
}

/// The eigenvectors of (A + Aᵀ) / 2 in columns, and the eigenvalues next to them, the smallest first.
pub fn eigh<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut EighScratch) {
    let EighScratch { a: symmetric, vectors, values, memory } = scratch;
    symmetric.load_symmetric(a);
    let n = symmetric.rows();
    if n == 0 {
        return;
    }
    if !symmetric.is_finite() {
        return fill_nan(out);
    }
    let (diagonal, stack) = (DiagMut::from_slice_mut(values), MemStack::new(memory));
    let config = Spec::default();
    let done = self_adjoint_evd(symmetric.view(), diagonal, Some(vectors.view_mut()), Par::Seq, stack, config);
    if done.is_err() {
        return fill_nan(out);
    }
    for (i, &value) in values.iter().enumerate() {
        let row = out.row_mut(i);
        fill(&mut row[..n], |j| vectors.at(i, j));
        row[n] = T::from_f64(value);
    }
}

/// The eigenvalues, of the decomposition.
pub fn eigvals_sym<T: Scalar>(_: Isa, a: View<'_, T>, eigh: View<'_, T>, mut out: ViewMut<'_, T>) {
    let n = a.rows();
    for i in 0..n {
        out.row_mut(0)[i] = eigh.row(i)[n];
    }
}

/// Memory of the functions of a decomposition.
pub struct SpectralScratch {
    vectors: Columns,
    left: Columns,
    right: Columns,
    values: Vec<f64>,
}

impl SpectralScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        let square = || Columns::new(rows, rows);
        Ok(Self { vectors: square()?, left: square()?, right: square()?, values: line(rows)? })
    }

    fn load<T: Scalar>(&mut self, eigh: View<'_, T>) {
        let n = self.values.len();
        self.vectors.load(eigh);
        for (i, value) in self.values.iter_mut().enumerate() {
            *value = eigh.row(i)[n].to_f64();
        }
    }

    /// V diag(values) Vᵀ.
    fn compose<T: Scalar>(&mut self, mut out: ViewMut<'_, T>) {
        let n = self.values.len();
        if n == 0 {
            return;
        }
        for (j, &value) in self.values.iter().enumerate() {
            for i in 0..n {
                self.left.set(i, j, self.vectors.at(i, j) * value);
            }
        }
        product(self.right.view_mut(), self.left.view(), self.vectors.view().transpose());
        self.right.store(&mut out);
    }

    /// V (K ⊙ Vᵀ sym(G) V) Vᵀ, where `difference` gives the entries of K.
    fn derivative<T: Scalar>(&mut self, g: View<'_, T>, mut out: ViewMut<'_, T>, difference: impl Fn(f64, f64) -> f64) {
        let n = self.values.len();
        if n == 0 {
            return;
        }
        let Self { vectors, left, right, values } = self;
        right.load_symmetric(g);
        product(left.view_mut(), vectors.view().transpose(), right.view());
        product(right.view_mut(), left.view(), vectors.view());
        for j in 0..n {
            for i in 0..n {
                right.set(i, j, right.at(i, j) * difference(values[i], values[j]));
            }
        }
        product(left.view_mut(), vectors.view(), right.view());
        product(right.view_mut(), left.view(), vectors.view().transpose());
        right.store(&mut out);
    }

    /// Roots of the eigenvalues; what rounding has made of a 0 counts as one.
    fn take_roots<T: Scalar>(&mut self) {
        let largest = self.values.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let zero = largest * count(self.values.len()) * epsilon::<T>();
        for value in &mut self.values {
            *value = if value.abs() <= zero { 0.0 } else { value.sqrt() };
        }
    }
}

/// The distance from 1 to the next number.
pub(super) fn epsilon<T: Scalar>() -> f64 {
    if size_of::<T>() == size_of::<f32>() { f32::EPSILON.into() } else { f64::EPSILON }
}

/// V diag(d) Vᵀ.
pub fn eigenvectors_times<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    d: View<'_, T>,
    eigh: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SpectralScratch,
) {
    scratch.load(eigh);
    for (i, value) in scratch.values.iter_mut().enumerate() {
        *value = d.row(0)[i].to_f64();
    }
    scratch.compose(out);
}

/// The derivatives of the eigenvalues towards `e`: the diagonal of Vᵀ E V.
pub fn eigenvalues_along<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    e: View<'_, T>,
    eigh: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut SpectralScratch,
) {
    scratch.load(eigh);
    let SpectralScratch { vectors, left, right, values } = scratch;
    if values.is_empty() {
        return;
    }
    right.load_symmetric(e);
    product(left.view_mut(), right.view(), vectors.view());
    let n = values.len();
    fill(&mut out.row_mut(0)[..n], |i| (0..n).map(|j| vectors.at(j, i) * left.at(j, i)).sum());
}

/// The square root.
pub fn sqrtm<T: Scalar>(_: Isa, _: View<'_, T>, eigh: View<'_, T>, out: ViewMut<'_, T>, scratch: &mut SpectralScratch) {
    scratch.load(eigh);
    scratch.take_roots::<T>();
    scratch.compose(out);
}

/// The derivative of the square root towards `g`: (√λᵢ − √λⱼ) / (λᵢ − λⱼ) = 1 / (√λᵢ + √λⱼ).
pub fn sqrtm_adjoint<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    g: View<'_, T>,
    eigh: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SpectralScratch,
) {
    scratch.load(eigh);
    scratch.take_roots::<T>();
    scratch.derivative(g, out, |a, b| (a + b).recip());
}

/// The logarithm.
pub fn logm_spd<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    eigh: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SpectralScratch,
) {
    scratch.load(eigh);
    scratch.values.iter_mut().for_each(|value| *value = value.ln());
    scratch.compose(out);
}

/// (ln a − ln b) / (a − b) = log1p(d) / (d b) with d = (a − b) / b.
fn difference_of_logarithms(a: f64, b: f64) -> f64 {
    let (a, b) = if a < b { (b, a) } else { (a, b) };
    let d = (a - b) / b;
    if d == 0.0 { b.recip() } else { d.ln_1p() / (a - b) }
}

/// The derivative of the logarithm towards `g`.
pub fn logm_spd_adjoint<T: Scalar>(
    _: Isa,
    _: View<'_, T>,
    g: View<'_, T>,
    eigh: View<'_, T>,
    out: ViewMut<'_, T>,
    scratch: &mut SpectralScratch,
) {
    scratch.load(eigh);
    scratch.derivative(g, out, difference_of_logarithms);
}
