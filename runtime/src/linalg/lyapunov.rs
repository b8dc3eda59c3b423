//! Lyapunov's equation A X + X Aᵀ = Q.

use super::columns::{Columns, fill_nan, product};
use super::solve::Elimination;
use crate::error::Error;
use crate::number::count;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Memory of [`lyapunov`].
pub struct LyapunovScratch {
    a: Columns,
    q: Columns,
    inverse: Columns,
    left: Columns,
    lu: Elimination,
}

impl LyapunovScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        let square = || Columns::new(rows, rows);
        Ok(Self { a: square()?, q: square()?, inverse: square()?, left: square()?, lu: Elimination::new(rows)? })
    }
}

/// Newton's iteration for the sign of a matrix converges quadratically; the scaled one within about ten steps unless
/// an eigenvalue is all but on the imaginary axis.
const NEWTON_STEPS: usize = 60;

/// The X of A X + X Aᵀ = Q, where all eigenvalues of A have real parts of one sign; NaN elsewhere.
///
/// The sign of Z = [[A, Q], [0, −Aᵀ]] is [[±I, ±2 X], [0, ∓I]] (Roberts, 1980; Higham, "Functions of Matrices",
/// 2.4 and 5.3). Newton's iteration for it, Z → (c Z + (c Z)⁻¹) / 2 with c = |det A|^(−1 / n), acts on A and Q alone:
/// A → (c A + A⁻¹ / c) / 2 and Q → (c Q + A⁻¹ Q A⁻ᵀ / c) / 2.
pub fn lyapunov<T: Scalar>(
    _: Isa,
    a: View<'_, T>,
    q: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut LyapunovScratch,
) {
    scratch.a.load(a);
    scratch.q.load(q);
    let Some(sign) = scratch.converge() else { return fill_nan(out) };
    for x in scratch.q.values_mut() {
        *x *= 0.5 * sign;
    }
    scratch.q.store(&mut out);
}

impl LyapunovScratch {
    /// Runs Newton's iteration until A is I or −I, and returns that sign if it converges: Q is ±2 X then.
    fn converge(&mut self) -> Option<f64> {
        let Self { a, q, inverse, left, lu } = self;
        let n = a.rows();
        if n == 0 {
            return Some(1.0);
        }
        for step in 0..NEWTON_STEPS {
            lu.a.copy_scaled(a, 1.0);
            lu.factor();
            let size = (0..n).map(|i| lu.a.at(i, i).abs().ln()).sum::<f64>() / count(n);
            left.set_identity(1.0);
            lu.solve(left, inverse);
            // Far from the end, scaled: the eigenvalues are brought to the unit circle.
            let scaled = size.abs() > 1e-2 && step < NEWTON_STEPS / 2;
            let c = if scaled { (-size).exp() } else { 1.0 };
            // `lu` is done with: its matrix serves for the product.
            product(left.view_mut(), inverse.view(), q.view());
            product(lu.a.view_mut(), left.view(), inverse.view().transpose());
            left.copy_scaled(a, 1.0);
            for (x, y) in [(&mut *a, &*inverse), (&mut *q, &lu.a)] {
                for (x, y) in x.values_mut().iter_mut().zip(y.values()) {
                    *x = 0.5 * (c * *x + y / c);
                }
            }
            if !(a.is_finite() && q.is_finite()) {
                return None;
            }
            left.add_scaled(a, -1.0);
            if !scaled && left.norm_1() <= 1e-9 * a.norm_1() {
                // One step after this small, quadratic convergence has reached rounding.
                break;
            }
        }
        let sign = a.at(0, 0).signum();
        left.set_identity(-sign);
        left.add_scaled(a, 1.0);
        (left.norm_1() <= 1e-6).then_some(sign)
    }
}
