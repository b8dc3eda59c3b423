//! Definitions of the operations of dense linear algebra, in dual numbers and in the plainest way known: elimination,
//! rotations, series and iterations. Nothing here knows an adjoint, or reads a factorisation.

use crate::dual::Dense;
use crate::dual::Dual;

fn number(value: f64) -> Dual {
    Dual::from(value)
}

fn sum(terms: impl Iterator<Item = Dual>) -> Dual {
    terms.fold(number(0.0), |sum, term| sum + term)
}

impl Dense {
    /// The matrix whose entry (i, j) is `entry(i, j)`.
    pub(crate) fn from_entries(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> Dual) -> Self {
        let entry = &entry;
        let values = (0..rows).flat_map(|i| (0..columns).map(move |j| entry(i, j))).collect();
        Self::new(rows, columns, values)
    }

    pub(crate) fn identity(size: usize) -> Self {
        Self::from_entries(size, size, |i, j| number(if i == j { 1.0 } else { 0.0 }))
    }

    pub(crate) fn t(&self) -> Self {
        Self::from_entries(self.columns, self.rows, |i, j| self.at(j, i))
    }

    /// The lower triangle; zeros above.
    pub(crate) fn lower(&self) -> Self {
        Self::from_entries(self.rows, self.columns, |i, j| if i >= j { self.at(i, j) } else { number(0.0) })
    }

    /// The lower triangle with half of the diagonal.
    pub(crate) fn half_lower(&self) -> Self {
        let lower = self.lower();
        Self::from_entries(self.rows, self.columns, |i, j| lower.at(i, j) * number(if i == j { 0.5 } else { 1.0 }))
    }

    /// (A + Aᵀ) / 2.
    pub(crate) fn symmetric(&self) -> Self {
        Self::from_entries(self.rows, self.columns, |i, j| (self.at(i, j) + self.at(j, i)) * number(0.5))
    }

    fn times(&self, b: &Self) -> Self {
        let entry = |i, j| sum((0..self.columns).map(|k| self.at(i, k) * b.at(k, j)));
        Self::from_entries(self.rows, b.columns, entry)
    }

    fn plus(&self, b: &Self, factor: f64) -> Self {
        Self::from_entries(self.rows, self.columns, |i, j| self.at(i, j) + b.at(i, j) * number(factor))
    }

    fn scaled(&self, factor: f64) -> Self {
        Self::from_entries(self.rows, self.columns, |i, j| self.at(i, j) * number(factor))
    }

    fn set(&mut self, i: usize, j: usize, value: Dual) {
        self.values[i * self.columns + j] = value;
    }

    /// The largest sum of the sizes of a row.
    fn size(&self) -> f64 {
        (0..self.rows).map(|i| (0..self.columns).map(|j| self.at(i, j).value.abs()).sum()).fold(0.0, f64::max)
    }

    fn swap_rows(&mut self, i: usize, k: usize) {
        for j in 0..self.columns {
            self.values.swap(i * self.columns + j, k * self.columns + j);
        }
    }
}

/// Gauss's elimination, the largest entry of each column first. `a` becomes the factors L and U, packed; the row that
/// step k brought to its place is the k-th number of the result.
fn eliminate(a: &mut Dense, b: &mut Dense) -> Vec<usize> {
    let n = a.rows;
    let mut pivots = Vec::with_capacity(n);
    for k in 0..n {
        let largest =
            (k..n).fold(k, |best, i| if a.at(i, k).value.abs() > a.at(best, k).value.abs() { i } else { best });
        pivots.push(largest);
        a.swap_rows(k, largest);
        b.swap_rows(k, largest);
        for i in k + 1..n {
            let factor = a.at(i, k) / a.at(k, k);
            a.set(i, k, factor);
            for j in k + 1..n {
                a.set(i, j, a.at(i, j) - factor * a.at(k, j));
            }
            for j in 0..b.columns {
                b.set(i, j, b.at(i, j) - factor * b.at(k, j));
            }
        }
    }
    pivots
}

/// The factors beside the numbers of the rows: row i of P A is row p(i) of A, P A = L U.
pub(super) fn lu(operands: &[&Dense], out: &mut Dense) {
    let (mut a, n) = (operands[0].clone(), operands[0].rows);
    let pivots = eliminate(&mut a, &mut Dense::new(n, 0, Vec::new()));
    #[expect(clippy::cast_precision_loss, reason = "sizes of tests are small")]
    let mut rows = Dense::from_entries(n, 1, |i, _| number(i as f64));
    for (k, pivot) in pivots.into_iter().enumerate() {
        rows.swap_rows(k, pivot);
    }
    *out = Dense::from_entries(n, n + 1, |i, j| if j < n { a.at(i, j) } else { rows.at(i, 0) });
}

/// A⁻¹ B.
pub(super) fn solve(a: &Dense, b: &Dense, out: &mut Dense) {
    let (mut a, mut x) = (a.clone(), b.clone());
    eliminate(&mut a, &mut x);
    for i in (0..a.rows).rev() {
        for j in 0..x.columns {
            let known = sum((i + 1..a.rows).map(|k| a.at(i, k) * x.at(k, j)));
            x.set(i, j, (x.at(i, j) - known) / a.at(i, i));
        }
    }
    *out = x;
}

fn solution(a: &Dense, b: &Dense) -> Dense {
    let mut x = Dense::filled(b.rows, b.columns, number(0.0));
    solve(a, b, &mut x);
    x
}

/// Σ ln |uᵢᵢ|.
pub(super) fn logdet(a: &Dense) -> Dual {
    let mut a = a.clone();
    let n = a.rows;
    eliminate(&mut a, &mut Dense::new(n, 0, Vec::new()));
    sum((0..n).map(|i| a.at(i, i).abs().ln()))
}

/// The sum over the entries of the first row: no division, so that singular matrices have their derivative.
pub(super) fn det(a: &Dense) -> Dual {
    if a.rows == 0 {
        return number(1.0);
    }
    sum((0..a.columns).map(|j| cofactor(a, 0, j) * a.at(0, j)))
}

fn cofactor(a: &Dense, i: usize, j: usize) -> Dual {
    let (without_row, without_column) = (|k: usize| k + usize::from(k >= i), |k: usize| k + usize::from(k >= j));
    let n = a.rows - 1;
    let minor = det(&Dense::from_entries(n, n, |r, c| a.at(without_row(r), without_column(c))));
    if (i + j).is_multiple_of(2) { minor } else { -minor }
}

pub(super) fn cofactors(a: &Dense, out: &mut Dense) {
    *out = Dense::from_entries(a.rows, a.columns, |i, j| cofactor(a, i, j));
}

/// The L of A = L Lᵀ, entry by entry.
pub(super) fn cholesky(a: &Dense, l: &mut Dense) {
    *l = Dense::filled(a.rows, a.columns, number(0.0));
    for i in 0..a.rows {
        for j in 0..=i {
            let rest = a.at(i, j) - sum((0..j).map(|k| l.at(i, k) * l.at(j, k)));
            l.set(i, j, if i == j { rest.sqrt() } else { rest / l.at(j, j) });
        }
    }
}

/// cos and sin of the angle that makes the symmetric matrix [[p, o], [o, q]] diagonal (Golub and Van Loan, 8.5.2).
fn rotation(p: Dual, o: Dual, q: Dual) -> Option<(Dual, Dual)> {
    let d = q - p;
    if o.value == 0.0 && (o.slope == 0.0 || d.value == 0.0) {
        return None;
    }
    let one = number(1.0);
    // tan t with t² + 2 θ t − 1 = 0 and θ = (q − p) / 2 o, as 2 o / (d ± √(d² + 4 o²)).
    let o = o + o;
    let root = (d * d + o * o).sqrt();
    let tangent = if d.value < 0.0 { o / (d - root) } else { o / (d + root) };
    let cosine = one / (one + tangent * tangent).sqrt();
    Some((cosine, tangent * cosine))
}

/// Sweeps of rotations: they converge quadratically, and the slopes after the values.
const SWEEPS: usize = 30;

/// Jacobi's rotations: eigenvalues, the smallest first, and their vectors in columns.
fn jacobi(a: &Dense) -> (Vec<Dual>, Dense) {
    let n = a.rows;
    let (mut a, mut v) = (a.clone(), Dense::identity(n));
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                let Some((c, s)) = rotation(a.at(p, p), a.at(p, q), a.at(q, q)) else { continue };
                for m in [&mut a, &mut v] {
                    rotate_columns(m, p, q, c, s);
                }
                a = a.t();
                rotate_columns(&mut a, p, q, c, s);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a.at(i, i).value.total_cmp(&a.at(j, j).value));
    (order.iter().map(|&i| a.at(i, i)).collect(), Dense::from_entries(n, n, |i, j| v.at(i, order[j])))
}

fn rotate_columns(m: &mut Dense, p: usize, q: usize, c: Dual, s: Dual) {
    for i in 0..m.rows {
        let (x, y) = (m.at(i, p), m.at(i, q));
        m.set(i, p, c * x - s * y);
        m.set(i, q, s * x + c * y);
    }
}

pub(super) fn eigenvalues(a: &Dense, out: &mut Dense) {
    out.values = jacobi(a).0;
}

/// V diag(d) Vᵀ, by the vectors of the symmetric part.
pub(super) fn eigenvectors_times(a: &Dense, d: &Dense, out: &mut Dense) {
    let (_, v) = jacobi(&a.symmetric());
    let scaled = Dense::from_entries(v.rows, v.columns, |i, j| v.at(i, j) * d.values[j]);
    *out = scaled.times(&v.t());
}

/// vᵢᵀ E vᵢ, by the eigenvectors vᵢ of the symmetric part.
pub(super) fn eigenvalues_along(a: &Dense, e: &Dense, out: &mut Dense) {
    let (_, v) = jacobi(&a.symmetric());
    let rotated = v.t().times(e).times(&v);
    out.values = (0..v.columns).map(|i| rotated.at(i, i)).collect();
}

/// Denman and Beavers' iteration: Y → (Y + Z⁻¹) / 2, Z → (Z + Y⁻¹) / 2 (Higham, "Functions of Matrices", 6.3).
pub(super) fn sqrtm(a: &Dense) -> Dense {
    let (mut y, mut z) = (a.clone(), Dense::identity(a.rows));
    for _ in 0..60 {
        let identity = Dense::identity(a.rows);
        let next = y.plus(&solution(&z, &identity), 1.0).scaled(0.5);
        z = z.plus(&solution(&y, &identity), 1.0).scaled(0.5);
        let step = next.plus(&y, -1.0).size();
        let done = step <= 1e-15 * y.size() && next.plus(&y, -1.0).values.iter().all(|x| x.slope.abs() <= 1e-14);
        y = next;
        if done {
            break;
        }
    }
    y
}

/// The X of √A X + X √A = G.
pub(super) fn sqrtm_adjoint(a: &Dense, g: &Dense, out: &mut Dense) {
    lyapunov(&sqrtm(a), g, out);
}

/// Square roots until A is near I; then ln A = 2 atanh((A − I) (A + I)⁻¹), as a series.
pub(super) fn logm(a: &Dense) -> Dense {
    let (mut root, identity) = (a.clone(), Dense::identity(a.rows));
    let mut doublings = 0;
    while root.plus(&identity, -1.0).size() > 0.25 && doublings < 60 {
        root = sqrtm(&root);
        doublings += 1;
    }
    let z = solution(&root.plus(&identity, 1.0), &root.plus(&identity, -1.0));
    let square = z.times(&z);
    let (mut power, mut total) = (z.clone(), z);
    for k in 1..20 {
        power = power.times(&square);
        total = total.plus(&power, 1.0 / f64::from(2 * k + 1));
    }
    total.scaled(2.0 * 2.0f64.powi(doublings))
}

/// The derivative of the logarithm at A towards G, which is its own adjoint: of [[A, G], [0, A]] the logarithm has it
/// in its corner.
pub(super) fn logm_adjoint(a: &Dense, g: &Dense) -> Dense {
    corner(&logm(&block(a, g)))
}

/// [[A, E], [0, A]].
fn block(a: &Dense, e: &Dense) -> Dense {
    let n = a.rows;
    Dense::from_entries(2 * n, 2 * n, |i, j| match (i < n, j < n) {
        (true, true) => a.at(i, j),
        (true, false) => e.at(i, j - n),
        (false, true) => number(0.0),
        (false, false) => a.at(i - n, j - n),
    })
}

fn corner(block: &Dense) -> Dense {
    let n = block.rows / 2;
    Dense::from_entries(n, n, |i, j| block.at(i, j + n))
}

/// Σ Aᵏ / k!, of A / 2ˢ, squared s times.
pub(super) fn expm(a: &Dense) -> Dense {
    let mut halvings = 0;
    while a.size() > 0.5 * 2.0f64.powi(halvings) && halvings < 1000 {
        halvings += 1;
    }
    let small = a.scaled(2.0f64.powi(-halvings));
    let (mut term, mut total) = (Dense::identity(a.rows), Dense::identity(a.rows));
    for k in 1..24 {
        term = term.times(&small).scaled(1.0 / f64::from(k));
        total = total.plus(&term, 1.0);
    }
    for _ in 0..halvings {
        total = total.times(&total);
    }
    total
}

/// The derivative of the exponential at A towards E: the corner of exp [[A, E], [0, A]].
pub(super) fn expm_derivative(a: &Dense, e: &Dense) -> Dense {
    corner(&expm(&block(a, e)))
}

/// A X + X Aᵀ = Q as n² equations.
pub(super) fn lyapunov(a: &Dense, q: &Dense, out: &mut Dense) {
    let n = a.rows;
    let coefficient = |row: usize, column: usize| {
        let ((i, j), (k, l)) = ((row / n, row % n), (column / n, column % n));
        let left = if j == l { a.at(i, k) } else { number(0.0) };
        let right = if i == k { a.at(j, l) } else { number(0.0) };
        left + right
    };
    let equations = Dense::from_entries(n * n, n * n, coefficient);
    let x = solution(&equations, &Dense::new(n * n, 1, q.values.clone()));
    out.values = x.values;
}

/// Hestenes' rotations: the orthogonal V for which the columns of X V are orthogonal, and X V.
fn hestenes(x: &Dense) -> (Dense, Dense) {
    let (mut w, mut v) = (x.clone(), Dense::identity(x.columns));
    for _ in 0..SWEEPS {
        for p in 0..x.columns {
            for q in p + 1..x.columns {
                let inner = |i, j| sum((0..w.rows).map(|k| w.at(k, i) * w.at(k, j)));
                let Some((c, s)) = rotation(inner(p, p), inner(p, q), inner(q, q)) else { continue };
                rotate_columns(&mut w, p, q, c, s);
                rotate_columns(&mut v, p, q, c, s);
            }
        }
    }
    (w, v)
}

/// The singular values that are not 0, with the columns that they belong to.
struct Singular {
    w: Dense,
    v: Dense,
    values: Vec<(usize, Dual)>,
}

fn singular(x: &Dense) -> Singular {
    let (w, v) = hestenes(x);
    let squares: Vec<Dual> = (0..w.columns).map(|j| sum((0..w.rows).map(|i| w.at(i, j) * w.at(i, j)))).collect();
    let largest = squares.iter().map(|square| square.value).fold(0.0, f64::max);
    let present = squares.into_iter().enumerate().filter(|(_, square)| square.value > 1e-28 * largest);
    Singular { values: present.map(|(j, square)| (j, square.sqrt())).collect(), w, v }
}

/// Σ over the singular values of f(σ) times (X v)(i) v(j) / σ, which is f(σ) u vᵀ.
fn by_singular(x: &Dense, f: impl Fn(Dual) -> Dual) -> Dense {
    let Singular { w, v, values } = singular(x);
    let entry = |i, j| sum(values.iter().map(|&(k, s)| f(s) * w.at(i, k) * v.at(j, k) / s));
    Dense::from_entries(x.rows, x.columns, entry)
}

pub(super) fn nuclear_norm(x: &Dense) -> Dual {
    sum(singular(x).values.into_iter().map(|(_, value)| value))
}

pub(super) fn spectral_norm(x: &Dense) -> Dual {
    let larger = |a: Dual, b: Dual| if b.value > a.value { b } else { a };
    singular(x).values.into_iter().map(|(_, value)| value).fold(number(0.0), larger)
}

/// U Vᵀ.
pub(super) fn polar(x: &Dense, out: &mut Dense) {
    *out = by_singular(x, |_| number(1.0));
}

/// u₁ v₁ᵀ.
pub(super) fn top_singular(x: &Dense, out: &mut Dense) {
    let top = spectral_norm(x).value;
    *out = by_singular(x, |s| number(if s.value < top { 0.0 } else { 1.0 }));
}

/// The derivative of `f` at `x` along `e`. Its own derivative is not known.
pub(super) fn along(x: &Dense, e: &Dense, f: fn(&Dense, &mut Dense), out: &mut Dense) {
    let moving = x.values.iter().zip(&e.values).map(|(x, e)| Dual::new(x.value, e.value));
    let moving = Dense::new(x.rows, x.columns, moving.collect());
    f(&moving, out);
    for value in &mut out.values {
        *value = Dual::new(value.slope, f64::NAN);
    }
}

/// V diag(1 / σ) Uᵀ.
pub(super) fn pinv(x: &Dense, out: &mut Dense) {
    *out = by_singular(x, |s| number(1.0) / s).t();
}
