//! Every routine against what defines its result: products with naive loops, central differences, formulas of
//! matrices that are known.

use super::*;
use crate::buffer::Buffer;
use crate::element::Element;
use crate::number::count;
use crate::routines::{tril, triu};
use crate::simd::Isa;
use crate::view::View;

/// Numbers between -1 and 1.
fn random(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(1u32 << 30) - 1.0
    };
    next();
    (0..count).map(|_| next()).collect()
}

/// A matrix in a buffer with padding.
struct Matrix<T>(Buffer<T>);

impl<T: Element> Matrix<T> {
    fn new(rows: usize, columns: usize) -> Self {
        let mut buffer = Buffer::new(rows, columns).unwrap();
        // Nothing may be left as it was, and padding may be anything.
        buffer.as_mut_slice().fill(T::from_f64(f64::NAN));
        Self(buffer)
    }

    fn from(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let mut matrix = Self::new(rows, columns);
        for i in 0..rows {
            for (j, x) in matrix.0.view_mut().row_mut(i).iter_mut().enumerate() {
                *x = T::from_f64(entry(i, j));
            }
        }
        matrix
    }

    fn random(rows: usize, columns: usize, seed: u64) -> Self {
        let values = random(rows * columns, seed);
        Self::from(rows, columns, |i, j| values[i * columns + j])
    }

    /// All eigenvalues have positive real parts.
    fn regular(n: usize) -> Self {
        let (noise, size) = (random(n * n, 1), count(n));
        Self::from(n, n, |i, j| noise[i * n + j] + if i == j { 1.0 + size } else { 0.0 })
    }

    fn view(&self) -> View<'_, T> {
        self.0.view()
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.view().row(i)[j].to_f64()
    }

    fn t(&self) -> Self {
        Self::from(self.0.columns(), self.0.rows(), |i, j| self.at(j, i))
    }

    fn times(&self, b: &Self) -> Self {
        let entry = |i, j| (0..self.0.columns()).map(|k| self.at(i, k) * b.at(k, j)).sum();
        Self::from(self.0.rows(), b.0.columns(), entry)
    }

    fn plus(&self, b: &Self, factor: f64) -> Self {
        Self::from(self.0.rows(), self.0.columns(), |i, j| self.at(i, j) + factor * b.at(i, j))
    }

    fn symmetric(&self) -> Self {
        Self::from(self.0.rows(), self.0.rows(), |i, j| 0.5 * (self.at(i, j) + self.at(j, i)))
    }

    fn dot(&self, b: &Self) -> f64 {
        let rows = 0..self.0.rows();
        rows.map(|i| (0..self.0.columns()).map(|j| self.at(i, j) * b.at(i, j)).sum::<f64>()).sum()
    }
}

fn identity<T: Element>(n: usize) -> Matrix<T> {
    Matrix::from(n, n, |i, j| f64::from(u8::from(i == j)))
}

const ISA: Isa = Isa::Scalar;

/// The rounding error in matrices of about `n` rows, with a margin.
fn tolerance<T: Element>(n: usize) -> f64 {
    spectral::epsilon::<T>() * 100.0 * count(n * n + 10)
}

fn same<T: Element>(what: &str, a: &Matrix<T>, b: &Matrix<T>) {
    assert_eq!((a.0.rows(), a.0.columns()), (b.0.rows(), b.0.columns()), "{what}");
    for i in 0..a.0.rows() {
        for j in 0..a.0.columns() {
            let (x, y) = (a.at(i, j), b.at(i, j));
            let off = (x - y).abs() / y.abs().max(1.0);
            assert!(off <= tolerance::<T>(a.0.rows()), "{what}: {x} instead of {y} at ({i}, {j}) of {}", a.0.rows());
        }
    }
}

fn lu_of<T: Element>(a: &Matrix<T>) -> Matrix<T> {
    let n = a.0.rows();
    let mut factors = Matrix::new(n, n + 1);
    lu(ISA, a.view(), factors.0.view_mut(), &mut LuScratch::new(n, n).unwrap());
    factors
}

/// Sizes below, at and above a panel and faer's blocks.
const SIZES: [usize; 8] = [0, 1, 2, 3, 5, 17, 64, 70];

fn solves<T: Element>() {
    for n in SIZES {
        let a = Matrix::<T>::regular(n);
        let factors = lu_of(&a);
        let mut scratch = SolveScratch::new(n, n).unwrap();
        let mut x = Matrix::new(n, n);
        inverse(ISA, a.view(), factors.view(), x.0.view_mut(), &mut scratch);
        same("inverse", &a.times(&x), &identity(n));
        for m in [0, 1, 3, 65] {
            let b = Matrix::random(n, m, 2);
            let mut x = Matrix::new(n, m);
            solve(ISA, a.view(), b.view(), factors.view(), x.0.view_mut(), &mut scratch);
            same("solve", &a.times(&x), &b);
            solve_t(ISA, a.view(), b.view(), factors.view(), x.0.view_mut(), &mut scratch);
            same("solve_t", &a.t().times(&x), &b);
            let (zero, full) = (Matrix::<T>::from(n, n, |_, _| 0.0), a.view());
            let (mut low, mut up) = (Matrix::new(n, n), Matrix::new(n, n));
            tril(ISA, 0, full, low.0.view_mut());
            triu(ISA, 0, full, up.0.view_mut());
            let kept = low.plus(&zero, 0.0);
            solve_lower(ISA, full, b.view(), x.0.view_mut(), &mut scratch);
            same("solve_lower", &kept.times(&x), &b);
            solve_lower_t(ISA, full, b.view(), x.0.view_mut(), &mut scratch);
            same("solve_lower_t", &kept.t().times(&x), &b);
            solve_upper(ISA, full, b.view(), x.0.view_mut(), &mut scratch);
            same("solve_upper", &up.times(&x), &b);
            solve_upper_t(ISA, full, b.view(), x.0.view_mut(), &mut scratch);
            same("solve_upper_t", &up.t().times(&x), &b);
        }
        // A vector is one row.
        let b = Matrix::random(1, n, 3);
        let mut x = Matrix::new(1, n);
        solve(ISA, a.view(), b.view(), factors.view(), x.0.view_mut(), &mut scratch);
        same("solve a vector", &a.times(&x.t()), &b.t());
    }
}

#[test]
fn solves_are_those_of_the_products() {
    solves::<f64>();
    solves::<f32>();
}

/// Along the first row, as long as that takes.
fn laplace(a: &Matrix<f64>) -> f64 {
    (0..a.0.rows()).map(|j| a.at(0, j) * cofactor(a, 0, j)).sum::<f64>() + f64::from(u8::from(a.0.rows() == 0))
}

fn cofactor(a: &Matrix<f64>, i: usize, j: usize) -> f64 {
    let n = a.0.rows() - 1;
    let skip = |k: usize, left: usize| k + usize::from(k >= left);
    let minor = laplace(&Matrix::from(n, n, |r, c| a.at(skip(r, i), skip(c, j))));
    if (i + j).is_multiple_of(2) { minor } else { -minor }
}

fn cofactors_of(a: &Matrix<f64>) -> Matrix<f64> {
    let n = a.0.rows();
    let mut out = Matrix::new(n, n);
    cofactors(ISA, a.view(), out.0.view_mut(), &mut CofactorScratch::new(n, n).unwrap());
    out
}

#[test]
fn determinants_are_sums_of_products() {
    for n in [0, 1, 2, 3, 5, 7] {
        // Not dominated by its diagonal: rows change places.
        for seed in 1..5 {
            let a = Matrix::random(n, n, seed);
            let (factors, expected) = (lu_of(&a), laplace(&a));
            assert!((det(ISA, a.view(), factors.view()) - expected).abs() <= 1e-13, "{n}");
            let logarithm = logdet(ISA, a.view(), factors.view());
            assert!((logarithm - expected.abs().ln()).abs() <= 1e-11, "{n}: {logarithm}");
            same("cofactors", &cofactors_of(&a), &Matrix::from(n, n, |i, j| cofactor(&a, i, j)));
        }
    }
}

#[test]
fn cofactors_of_singular_matrices_are_exact() {
    let rows: [[f64; 9]; 5] = [
        [1., 2., 3., 2., 4., 6., 1., 0., 1.],
        [1., 2., 3., 2., 4., 6., 3., 6., 9.],
        [0.; 9],
        [0., 0., 0., 1., 2., 3., 4., 5., 7.],
        [1., 0., 2., 3., 0., 4., 5., 0., 7.],
    ];
    for values in rows {
        let a = Matrix::from(3, 3, |i, j| values[3 * i + j]);
        same("cofactors", &cofactors_of(&a), &Matrix::from(3, 3, |i, j| cofactor(&a, i, j)));
    }
}

#[test]
fn singular_matrices_have_no_finite_inverse() {
    let rows: [[f64; 4]; 4] = [[1., 2., 2., 4.], [0.; 4], [0., 1., 0., 2.], [f64::NAN, 1., 2., 3.]];
    for values in rows {
        let a = Matrix::<f64>::from(2, 2, |i, j| values[2 * i + j]);
        let factors = lu_of(&a);
        let mut x = Matrix::new(2, 2);
        inverse(ISA, a.view(), factors.view(), x.0.view_mut(), &mut SolveScratch::new(2, 2).unwrap());
        assert!((0..4).any(|k| !x.at(k / 2, k % 2).is_finite()), "{values:?}");
        if values.iter().all(|x| x.is_finite()) {
            let logarithm = logdet(ISA, a.view(), factors.view());
            assert!(logarithm.is_infinite() && logarithm < 0.0, "{values:?}: {logarithm}");
            assert!(det(ISA, a.view(), factors.view()) == 0.0, "{values:?}");
        }
    }
}

fn choleskys<T: Element>() {
    for n in SIZES {
        let b = Matrix::<T>::random(n, n, 4);
        let a = b.times(&b.t()).plus(&identity(n), 1.0);
        let mut l = Matrix::new(n, n);
        let mut scratch = CholeskyScratch::new(n, n).unwrap();
        cholesky(ISA, a.view(), l.0.view_mut(), &mut scratch);
        same("cholesky", &l.times(&l.t()), &a);
        assert!((0..n).all(|i| (i + 1..n).all(|j| l.at(i, j) == 0.0)));
        if n > 0 {
            let negative = a.plus(&identity(n), -1000.0);
            cholesky(ISA, negative.view(), l.0.view_mut(), &mut scratch);
            assert!(l.at(0, 0).is_nan());
        }
    }
}

#[test]
fn cholesky_factors_multiply_to_the_matrix() {
    choleskys::<f64>();
    choleskys::<f32>();
    let mut half = Matrix::<f64>::new(2, 2);
    half_lower(ISA, Matrix::from(2, 2, |_, _| 2.0).view(), half.0.view_mut());
    same("half_lower", &half, &Matrix::from(2, 2, |i, j| [[1.0, 0.0], [2.0, 1.0]][i][j]));
}

fn eigh_of<T: Element>(a: &Matrix<T>) -> Matrix<T> {
    let n = a.0.rows();
    let mut out = Matrix::new(n, n + 1);
    eigh(ISA, a.view(), out.0.view_mut(), &mut EighScratch::new(n, n).unwrap());
    out
}

fn spectral_functions<T: Element>() {
    for n in SIZES {
        let b = Matrix::<T>::random(n, n, 5);
        // Positive definite, but given with another half: only the symmetric part counts.
        let a = b.times(&b.t()).plus(&identity(n), 1.0).plus(&b.plus(&b.t(), -1.0), 0.3);
        let (symmetric, pair) = (a.symmetric(), eigh_of(&a));
        let (mut values, mut out) = (Matrix::new(1, n), Matrix::new(n, n));
        eigvals_sym(ISA, a.view(), pair.view(), values.0.view_mut());
        assert!((1..n).all(|i| values.at(0, i - 1) <= values.at(0, i)));
        let mut scratch = SpectralScratch::new(n, n).unwrap();
        eigenvectors_times(ISA, a.view(), values.view(), pair.view(), out.0.view_mut(), &mut scratch);
        same("eigenvectors_times", &out, &symmetric);
        // Along A itself every eigenvalue grows by itself.
        let mut along = Matrix::new(1, n);
        eigenvalues_along(ISA, a.view(), a.view(), pair.view(), along.0.view_mut(), &mut scratch);
        same("eigenvalues_along", &along, &values);
        sqrtm(ISA, a.view(), pair.view(), out.0.view_mut(), &mut scratch);
        same("sqrtm", &out.times(&out), &symmetric);
        let mut logarithm = Matrix::new(n, n);
        logm_spd(ISA, a.view(), pair.view(), logarithm.0.view_mut(), &mut scratch);
        let mut back = Matrix::new(n, n);
        expm(ISA, logarithm.view(), back.0.view_mut(), &mut ExpmScratch::new(n, n).unwrap());
        same("expm of logm", &back, &symmetric);
        // √A D + D √A = sym(G)
        let (g, mut d) = (Matrix::random(n, n, 6), Matrix::new(n, n));
        sqrtm_adjoint(ISA, a.view(), g.view(), pair.view(), d.0.view_mut(), &mut scratch);
        same("sqrtm_adjoint", &out.times(&d).plus(&d.times(&out), 1.0), &g.symmetric());
        // The derivative of the exponential at ln A takes that of the logarithm at A back.
        logm_spd_adjoint(ISA, a.view(), g.view(), pair.view(), d.0.view_mut(), &mut scratch);
        let mut derivative = ExpmDerivativeScratch::new(n, n).unwrap();
        expm_derivative(ISA, logarithm.view(), d.view(), back.0.view_mut(), &mut derivative);
        same("expm_derivative of logm_spd_adjoint", &back, &g.symmetric());
    }
}

#[test]
fn functions_of_eigenvalues_invert_each_other() {
    spectral_functions::<f64>();
    spectral_functions::<f32>();
}

#[test]
fn equal_eigenvalues_have_the_derivative_as_limit() {
    // f(2 I) has the derivative f′(2) G.
    let a = Matrix::<f64>::from(3, 3, |i, j| if i == j { 2.0 } else { 0.0 });
    let g = Matrix::random(3, 3, 1).symmetric();
    let (pair, mut out, mut scratch) = (eigh_of(&a), Matrix::new(3, 3), SpectralScratch::new(3, 3).unwrap());
    sqrtm_adjoint(ISA, a.view(), g.view(), pair.view(), out.0.view_mut(), &mut scratch);
    same("sqrtm", &out, &Matrix::from(3, 3, |i, j| g.at(i, j) * 0.5 / 2.0f64.sqrt()));
    logm_spd_adjoint(ISA, a.view(), g.view(), pair.view(), out.0.view_mut(), &mut scratch);
    same("logm", &out, &Matrix::from(3, 3, |i, j| g.at(i, j) * 0.5));
}

#[test]
fn roots_of_singular_matrices_are_not_nan() {
    let u = random(20, 3);
    let a = Matrix::<f64>::from(20, 20, |i, j| u[i] * u[j]);
    let (pair, mut out) = (eigh_of(&a), Matrix::new(20, 20));
    sqrtm(ISA, a.view(), pair.view(), out.0.view_mut(), &mut SpectralScratch::new(20, 20).unwrap());
    same("sqrtm", &out.times(&out), &a);
}

#[test]
fn exponentials_are_those_of_their_series() {
    let exponential = |a: &Matrix<f64>| {
        let n = a.0.rows();
        let mut out = Matrix::new(n, n);
        expm(ISA, a.view(), out.0.view_mut(), &mut ExpmScratch::new(n, n).unwrap());
        out
    };
    for (n, size) in [(0, 1.0), (1, 1.0), (4, 1e-9), (4, 0.5), (6, 2.0), (30, 1.0)] {
        let a = Matrix::<f64>::random(n, n, 7);
        let a = Matrix::from(n, n, |i, j| a.at(i, j) * size);
        let (mut term, mut sum) = (identity(n), identity(n));
        for k in 1..120u32 {
            term = term.times(&a);
            term = Matrix::from(n, n, |i, j| term.at(i, j) / f64::from(k));
            sum = sum.plus(&term, 1.0);
        }
        same("expm", &exponential(&a), &sum);
        let (e, step) = (Matrix::random(n, n, 8), 1e-6);
        let mut derivative = Matrix::new(n, n);
        let mut scratch = ExpmDerivativeScratch::new(n, n).unwrap();
        expm_derivative(ISA, a.view(), e.view(), derivative.0.view_mut(), &mut scratch);
        let (up, down) = (exponential(&a.plus(&e, step)), exponential(&a.plus(&e, -step)));
        for i in 0..n {
            for j in 0..n {
                let slope = (up.at(i, j) - down.at(i, j)) / (2.0 * step);
                // 1e-16 / 1e-6 of the size of the exponential.
                assert!((derivative.at(i, j) - slope).abs() <= 1e-8 * (1.0 + sum.dot(&sum).sqrt()), "{n}");
            }
        }
    }
    let nilpotent = Matrix::from(2, 2, |i, j| if i < j { 8.0 } else { 0.0 });
    same("expm", &exponential(&nilpotent), &Matrix::from(2, 2, |i, j| [[1.0, 8.0], [0.0, 1.0]][i][j]));
    assert!(exponential(&Matrix::from(2, 2, |_, _| f64::INFINITY)).at(0, 0).is_nan());
}

fn lyapunovs<T: Element>() {
    for n in SIZES {
        for sign in [1.0, -1.0] {
            let a = Matrix::<T>::regular(n);
            let a = Matrix::<T>::from(n, n, |i, j| sign * a.at(i, j));
            let (q, mut x) = (Matrix::random(n, n, 9), Matrix::new(n, n));
            lyapunov(ISA, a.view(), q.view(), x.0.view_mut(), &mut LyapunovScratch::new(n, n).unwrap());
            same("lyapunov", &a.times(&x).plus(&x.times(&a.t()), 1.0), &q);
        }
    }
}

#[test]
fn lyapunov_solutions_satisfy_the_equation() {
    lyapunovs::<f64>();
    lyapunovs::<f32>();
    let mut x = Matrix::new(2, 2);
    let mut scratch = LyapunovScratch::new(2, 2).unwrap();
    // No eigenvectors but one.
    let defective = Matrix::<f64>::from(2, 2, |i, j| [[-1.0, 1.0], [0.0, -1.0]][i][j]);
    lyapunov(ISA, defective.view(), identity(2).view(), x.0.view_mut(), &mut scratch);
    same("lyapunov", &defective.times(&x).plus(&x.times(&defective.t()), 1.0), &identity(2));
    // Eigenvalues 1 and -2, 1 and -1, 0.
    for entries in [[[1.0, 0.0], [0.0, -2.0]], [[1.0, 0.0], [0.0, -1.0]], [[0.0, 0.0], [0.0, 0.0]]] {
        let a = Matrix::<f64>::from(2, 2, |i, j| entries[i][j]);
        lyapunov(ISA, a.view(), identity(2).view(), x.0.view_mut(), &mut scratch);
        assert!(x.at(0, 0).is_nan());
    }
}

fn svd_of<T: Element>(x: &Matrix<T>) -> Matrix<T> {
    let (m, n) = (x.0.rows(), x.0.columns());
    let mut out = Matrix::new(m + n + 1, n);
    svd(ISA, x.view(), out.0.view_mut(), &mut SvdScratch::new(m, n).unwrap());
    out
}

fn singulars<T: Element>() {
    for (m, n) in [(0, 0), (0, 3), (3, 0), (1, 1), (1, 4), (4, 1), (5, 3), (3, 5), (40, 17), (17, 40)] {
        let x = Matrix::<T>::random(m, n, 10);
        let factors = svd_of(&x);
        let mut scratch = SingularScratch::new(m, n).unwrap();
        let mut inverse = Matrix::new(n, m);
        pinv(ISA, x.view(), factors.view(), inverse.0.view_mut(), &mut scratch);
        same("X X⁺ X", &x.times(&inverse).times(&x), &x);
        let projector = x.times(&inverse);
        same("X X⁺", &projector, &projector.t());
        let mut u = Matrix::new(m, n);
        polar(ISA, x.view(), factors.view(), u.0.view_mut(), &mut scratch);
        // ‖X‖_* = ⟨U Vᵀ, X⟩, and U Vᵀ is a partial isometry.
        let nuclear = nuclear_norm(ISA, x.view(), factors.view());
        let close = |a: f64, b: f64| (a - b).abs() <= tolerance::<T>(m + n) * b.abs().max(1.0);
        assert!(close(u.dot(&x), nuclear), "{m} x {n}");
        same("U Vᵀ V Uᵀ U Vᵀ", &u.times(&u.t()).times(&u), &u);
        let largest = spectral_norm(ISA, x.view(), factors.view());
        top_singular(ISA, x.view(), factors.view(), u.0.view_mut());
        assert!(close(u.dot(&x), largest), "{m} x {n}");
        if m * n > 0 {
            assert!(close(u.dot(&u), 1.0), "{m} x {n}");
        }
    }
}

#[test]
fn singular_values_are_those_of_the_products() {
    singulars::<f64>();
    singulars::<f32>();
    // Of rank one: what is 0 stays out of the pseudo-inverse and the gradient.
    let x = Matrix::<f64>::from(4, 3, |i, j| count((i + 1) * (j + 1)));
    let (factors, mut scratch, mut u) = (svd_of(&x), SingularScratch::new(4, 3).unwrap(), Matrix::new(4, 3));
    polar(ISA, x.view(), factors.view(), u.0.view_mut(), &mut scratch);
    let norm = x.dot(&x).sqrt();
    same("polar", &u, &Matrix::from(4, 3, |i, j| x.at(i, j) / norm));
}

/// Against central differences, for matrices that are square, tall and wide.
#[test]
fn singular_vectors_move_as_differences_say() {
    const STEP: f64 = 1e-5;
    for (m, n) in [(4, 4), (6, 3), (3, 5), (1, 4), (4, 1)] {
        let (x, e) = (Matrix::<f64>::random(m, n, 10), Matrix::<f64>::random(m, n, 11));
        let at = |step: f64| {
            let moved = Matrix::<f64>::from(m, n, |i, j| x.at(i, j) + step * e.at(i, j));
            let (factors, mut scratch) = (svd_of(&moved), SingularScratch::new(m, n).unwrap());
            let (mut u, mut top) = (Matrix::new(m, n), Matrix::new(m, n));
            polar(ISA, moved.view(), factors.view(), u.0.view_mut(), &mut scratch);
            top_singular(ISA, moved.view(), factors.view(), top.0.view_mut());
            [u, top]
        };
        let (ahead, behind) = (at(STEP), at(-STEP));
        let (factors, mut scratch) = (svd_of(&x), AlongScratch::new(m, n).unwrap());
        let (mut u, mut top) = (Matrix::new(m, n), Matrix::new(m, n));
        polar_along(ISA, x.view(), e.view(), factors.view(), u.0.view_mut(), &mut scratch);
        top_singular_along(ISA, x.view(), e.view(), factors.view(), top.0.view_mut(), &mut scratch);
        for (found, (ahead, behind)) in [u, top].iter().zip(ahead.iter().zip(&behind)) {
            for i in 0..m {
                for j in 0..n {
                    let expected = (ahead.at(i, j) - behind.at(i, j)) / (2.0 * STEP);
                    let found = found.at(i, j);
                    assert!((found - expected).abs() < 1e-7 * expected.abs().max(1.0), "{m} x {n}: {found} {expected}");
                }
            }
        }
    }
}
