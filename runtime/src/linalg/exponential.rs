//! The exponential of a matrix, and its derivative.

use super::columns::{Columns, fill, fill_nan, product};
use super::solve::Elimination;
use crate::error::Error;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Scaling and squaring with the Padé approximant of order 13 (Higham, "The scaling and squaring method for the matrix
/// exponential revisited", 2005).
struct Exponential {
    /// The argument, then the result.
    a: Columns,
    a2: Columns,
    a4: Columns,
    a6: Columns,
    odd: Columns,
    even: Columns,
    lu: Elimination,
}

/// The coefficients of the numerator, the lowest power first.
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];
/// Up to this norm the approximant is exact to f64's rounding.
const RADIUS: f64 = 5.371_920_351_148_152;

impl Exponential {
    fn new(n: usize) -> Result<Self, Error> {
        let square = || Columns::new(n, n);
        Ok(Self {
            a: square()?,
            a2: square()?,
            a4: square()?,
            a6: square()?,
            odd: square()?,
            even: square()?,
            lu: Elimination::new(n)?,
        })
    }

    /// a ← exp(a); all NaN if a is not finite.
    fn run(&mut self) {
        let norm = self.a.norm_1();
        if !norm.is_finite() {
            self.a.values_mut().fill(f64::NAN);
            return;
        }
        if self.a.rows() == 0 {
            return;
        }
        let mut squarings = 0;
        let mut scale = 1.0;
        while norm * scale > RADIUS {
            scale *= 0.5;
            squarings += 1;
        }
        self.a.values_mut().iter_mut().for_each(|x| *x *= scale);
        let Self { a, a2, a4, a6, odd, even, lu } = self;
        product(a2.view_mut(), a.view(), a.view());
        product(a4.view_mut(), a2.view(), a2.view());
        product(a6.view_mut(), a4.view(), a2.view());
        let b = PADE;
        // `lu.a` serves as memory until it is factored.
        let inner = &mut lu.a;
        let combine = |out: &mut Columns, six: f64, four: f64, two: f64, one: f64| {
            out.set_identity(one);
            out.add_scaled(a6, six);
            out.add_scaled(a4, four);
            out.add_scaled(a2, two);
        };
        combine(even, b[13], b[11], b[9], 0.0);
        product(inner.view_mut(), a6.view(), even.view());
        combine(even, b[7], b[5], b[3], b[1]);
        even.add_scaled(inner, 1.0);
        product(odd.view_mut(), a.view(), even.view());
        combine(a, b[12], b[10], b[8], 0.0);
        product(inner.view_mut(), a6.view(), a.view());
        combine(even, b[6], b[4], b[2], b[0]);
        even.add_scaled(inner, 1.0);
        // (V − U) X = V + U
        lu.a.copy_scaled(even, 1.0);
        lu.a.add_scaled(odd, -1.0);
        even.add_scaled(odd, 1.0);
        lu.factor();
        lu.solve(even, a);
        for _ in 0..squarings {
            product(odd.view_mut(), a.view(), a.view());
            std::mem::swap(odd, a);
        }
    }
}

/// Memory of [`expm`].
pub struct ExpmScratch(Exponential);

impl ExpmScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, _columns: usize) -> Result<Self, Error> {
        Ok(Self(Exponential::new(rows)?))
    }
}

/// The exponential.
pub fn expm<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>, scratch: &mut ExpmScratch) {
    scratch.0.a.load(a);
    scratch.0.run();
    scratch.0.a.store(&mut out);
}

/// Memory of [`expm_derivative`].
pub struct ExpmDerivativeScratch(Exponential);

impl ExpmDerivativeScratch {
    /// For a matrix of `rows` rows.
    ///
    /// # Errors
    /// [`Error::Overflow`] if memory is too small.
    pub fn new(rows: usize, columns: usize) -> Result<Self, Error> {
        let twice = rows.checked_mul(2).ok_or(Error::Overflow { what: "a workspace", rows, columns })?;
        Ok(Self(Exponential::new(twice)?))
    }
}

/// The derivative of the exponential at A towards E: the corner of exp [[A, E], [0, A]]. E is scaled to the size
/// of A before, and the result back, so that it does not decide how often is squared.
pub fn expm_derivative<T: Scalar>(
    _: Isa,
    a: View<'_, T>,
    e: View<'_, T>,
    mut out: ViewMut<'_, T>,
    scratch: &mut ExpmDerivativeScratch,
) {
    let core = &mut scratch.0;
    let n = core.a.rows() / 2;
    let norm = |x: View<'_, T>| {
        let rows = (0..n).map(|i| x.row(i).iter().map(|x| x.to_f64().abs()).sum::<f64>());
        rows.fold(0.0, |largest, sum| if sum > largest || sum.is_nan() { sum } else { largest })
    };
    let (of_a, of_e) = (norm(a), norm(e));
    if !(of_a.is_finite() && of_e.is_finite()) {
        return fill_nan(out);
    }
    if of_e == 0.0 {
        for i in 0..n {
            out.row_mut(i).fill(T::default());
        }
        return;
    }
    let scale = if of_a == 0.0 { 1.0 } else { of_a } / of_e;
    core.a.set_identity(0.0);
    for i in 0..n {
        for j in 0..n {
            let entry = a.row(i)[j].to_f64();
            core.a.set(i, j, entry);
            core.a.set(n + i, n + j, entry);
            core.a.set(i, n + j, e.row(i)[j].to_f64() * scale);
        }
    }
    core.run();
    for i in 0..n {
        fill(out.row_mut(i), |j| core.a.at(i, n + j) / scale);
    }
}
