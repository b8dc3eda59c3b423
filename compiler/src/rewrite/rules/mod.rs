//! The rules, in the order in which they are tried, a row for each equation; what applies them is in files by theme.
//!
//! An equation is used from left to right: a node that is its left side becomes its right side. Both sides are in the language of
//! losses, with the letters that `LETTERS` declares. A rule for several operations, or with a condition, has several equations as
//! examples. Tests go over all of them: the rule fires on the left side, whose normal form is that of the right side, and both
//! sides have one value.
//!
//! **The order.** A node is rewritten by the first rule that fires, and its operands are in normal form before it is looked at, so
//! that the order decides between rules that fire on one node alone:
//!
//! - Where samples are turned into rows, that is first: later rules may assume it.
//! - What makes a node vanish (numbers, what is repeated, neutral elements, signs) stands before what moves it around.
//! - Scalar factors leave before products are looked into: later rules see the product of the matrices, without the scalar.
//! - Sums, traces and inner products find their shortest form before products are taken apart, and diagonal matrices and outer
//!   products become elementwise before products with them are ordered.
//! - Linear algebra comes after products: an inverse is solved for where nothing simpler has taken its product.
//! - Stable forms are last: they are found in quotients, differences and logarithms of normal forms. Among them, √(x²) = |x| stands
//!   before the norm, since a square vanishes flatly as well.

mod constants;
mod diagonal;
mod linalg;
mod masks;
mod products;
mod scalars;
mod signs;
mod stable;
mod sums;
mod transposes;

use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

use super::Rule;
use crate::operations::{
    self, ABS, ADD, BROADCAST, COLUMN_SUMS, DET, DIAG, DIAGONAL, DIV, DOT, EITHER, EXP, EXPM, HADAMARD, HAS_LABEL,
    INVERSE, Kind, LN, LOG1P, LOGDET, LYAPUNOV, MATMUL, NEG, OFF_DIAGONAL, OUTER, Operation, PINV, POW, POW_SLOPE,
    RECIP, ROW_SUMS, SCALE_COLUMNS, SCALE_ROWS, SELECT, SOLVE, SOLVE_T, SQ, SQRT, SUB, SUM, TRACE, TRANSPOSE, TRIL,
    TRIU, VEC_ROWS,
};

/// Operations of one operand through which a scalar factor passes.
const LINEAR: [&dyn Operation; 5] = [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE];

/// Shapes of the letters in equations.
#[cfg(test)]
pub(super) const LETTERS: &str = "x: Matrix<N, D>, y: Matrix<N, D>, z: Matrix<D, N>, a: Matrix<D, D>, b: Matrix<D, D>, \
                                  p: Matrix<D, 3>, q: Matrix<D, 3>, u: Vector<N>, v: Vector<D>, h: Vector<D>, s: Scalar, \
                                  t: Scalar, k: Labels<N, 3>";

/// Operations that a rule fires on.
enum Roots {
    These(&'static [&'static dyn Operation]),
    /// All functions of each element.
    Elements,
    /// All operations that a routine computes.
    Routines,
}

/// The numbers of the rules that fire on `operation`, in their order.
pub(super) fn of(operation: &'static dyn Operation) -> &'static [usize] {
    static BY_ROOT: OnceLock<HashMap<&'static dyn Operation, Vec<usize>>> = OnceLock::new();
    static ROUTINES: OnceLock<Vec<usize>> = OnceLock::new();
    let with = |operation: &'static dyn Operation| -> Vec<usize> {
        let fires = |roots: &Roots| match (roots, operation.kind()) {
            (Roots::These(operations), _) => operations.contains(&operation),
            (Roots::Elements, Kind::Pointwise(_)) | (Roots::Routines, Kind::Routine(_)) => true,
            _ => false,
        };
        ROOTS.iter().enumerate().filter(|(_, roots)| fires(roots)).map(|(number, _)| number).collect()
    };
    let known = BY_ROOT.get_or_init(|| operations::all().map(|operation| (operation, with(operation))).collect());
    // An operator of the user's own.
    known.get(&operation).unwrap_or_else(|| ROUTINES.get_or_init(|| with(operation)))
}

/// Families of equations: the name that golden files show, the purpose, and what applies each equation, on which operations.
/// Equations that losses cannot state, for want of a word for an operation, have no text.
macro_rules! rules {
    ($($name:literal, $why:literal: $($file:ident::$apply:ident on $roots:tt $($left:literal = $right:literal),* ;)+)+) => {
        /// Every rule.
        pub(super) const RULES: &[Rule] =
            &[$($(Rule { name: $name, why: $why, apply: $file::$apply }),+),+];

        /// The operations that each rule fires on.
        static ROOTS: &[Roots] = &[$($(roots!($roots)),+),+];

        /// The equations of each rule.
        #[cfg(test)]
        pub(super) const EQUATIONS: &[&[(&str, &str)]] = &[$($(&[$(($left, $right)),*]),+),+];
    };
}

macro_rules! roots {
    (elements) => {
        Roots::Elements
    };
    (routines) => {
        Roots::Routines
    };
    ([$($operation:ident),+]) => {
        Roots::These(&[$($operation),+])
    };
}

rules! {
    "samples in rows", "what is walked row by row has its samples in rows":
        transposes::oriented_inner_product on [DOT] "dot(z, x.t())" = "dot(z.t(), x)";
        transposes::oriented_product on [MATMUL] "a * z" = "(z.t() * a.t()).t()", "z * x" = "(x.t() * z.t()).t()";
        transposes::oriented_elements on elements "tanh(z)" = "tanh(z.t()).t()", "-z" = "(-z.t()).t()", "s * z" = "(s * z.t()).t()";

    "constants", "a number is computed once, by the compiler":
        constants::of_numbers on elements "sqrt(4)" = "2";

    "nothing to repeat", "a broadcast of a broadcast is one":
        constants::repeated_twice on [BROADCAST] "s * ones_like(u) + x" = "s + x";

    "once for all elements", "f(1 s) = 1 f(s): what is repeated is computed once":
        constants::of_repeated on elements "tanh(s * ones_like(x))" = "tanh(s) * ones_like(x)", "exp(u + zeros_like(x))" = "exp(u) + zeros_like(x)";

    "neutral elements", "a + 0 = a, 1 a = a, −(−a) = a":
        constants::plus_zero on [ADD] "x + 0" = "x", "0 + x" = "x";
        constants::minus_zero on [SUB] "x - 0" = "x";
        constants::zero_minus on [SUB] "0 - x" = "-x";
        constants::times_one on [HADAMARD] "1 * x" = "x", "s * 1" = "s";
        constants::times_minus_one on [HADAMARD] "-1 * x" = "-x";
        constants::over_one on [DIV] "x / 1" = "x";
        constants::negative_of_negative on [NEG] "-(-x)" = "x";

    "one choice", "both branches of one condition are one selection, and a condition that is known is none":
        masks::all_labelled on [HAS_LABEL] "has_label(k)" = "ones(N)";
        masks::one_branch on [SELECT] "select(1, x, y)" = "x", "select(has_label(k), u, 0)" = "u", "select(0, x, y)" = "y";
        masks::equal_branches on [SELECT] "select(x, y, y)" = "y";
        masks::where_positive on [SELECT] "select(greater(x, 0), y, x)" = "select(x, y, x)", "select(less(0, x), y, x)" = "select(x, y, x)";
        masks::sum_of_masked on [ADD, SUB]
            "select(x, y, 0) + select(x, 0, tanh(y))" = "select(x, y, tanh(y))",
            "select(x, 0, y) - select(x, 0, tanh(y))" = "select(x, 0, y - tanh(y))";

    "signs", "a sign moves out of sums and products, where it meets others":
        signs::plus_negative on [ADD] "x + -y" = "x - y";
        signs::negative_plus on [ADD] "-x + y" = "y - x";
        signs::minus_negative on [SUB] "x - -y" = "x + y";
        signs::negative_minus on [SUB] "-x - y" = "-(x + y)";
        signs::negative_of_difference on [NEG] "-(x - y)" = "y - x";
        signs::negative_of_multiple on [NEG] "-(2 * x)" = "-2 * x";
        signs::product_of_negatives on [HADAMARD, DIV, MATMUL, DOT]
            "hadamard(-x, y)" = "-hadamard(x, y)", "hadamard(-x, -y)" = "hadamard(x, y)", "x / -y" = "-(x / y)",
            "x * -a" = "-(x * a)", "dot(-x, y)" = "-dot(x, y)";
        signs::linear_of_negative on [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE]
            "sum(-x)" = "-sum(x)", "row_sums(-x)" = "-row_sums(x)", "column_sums(-x)" = "-column_sums(x)",
            "trace(-a)" = "-trace(a)", "(-x).t()" = "-x.t()";

    "one element", "sums and traces of a scalar are the scalar":
        sums::inner_product_of_scalars on [DOT] "dot(s, t)" = "s * t";
        sums::sums_of_line on [ROW_SUMS, COLUMN_SUMS] "row_sums(v.t())" = "sum(v)", "column_sums(v)" = "sum(v)";
        sums::sums_of_one on [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE] "sum(s)" = "s", "trace(s)" = "s", "row_sums(v)" = "v", "column_sums(v.t())" = "v.t()";

    "like terms", "T + T = 2 T, s A + s B = s (A + B)":
        scalars::like_terms on [ADD, SUB] "x + x" = "2 * x", "3 * x - x" = "2 * x", "s * x + t * x" = "(s + t) * x";
        scalars::common_scalar on [ADD, SUB] "s * x + s * y" = "s * (x + y)", "s * x - s * y" = "s * (x - y)";

    "division by a scalar", "A / s = (1 / s) A: one division instead of many":
        scalars::times_inverse on [HADAMARD] "s * (1 / t)" = "s / t";
        scalars::one_over on [DIV] "1 / x" = "recip(x)";
        scalars::over_scalar on [DIV] "x / s" = "1 / s * x";

    "a scalar factor leaves", "f(s A) = s f(A): fewer products, and a scalar that is known late does not hold up the rows":
        scalars::scalar_of_scaled on [HADAMARD] "s * (t * x)" = "s * t * x";
        scalars::linear_of_scaled on [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE]
            "sum(s * x)" = "s * sum(x)", "row_sums(s * x)" = "s * row_sums(x)", "column_sums(s * x)" = "s * column_sums(x)",
            "trace(s * a)" = "s * trace(a)", "(s * x).t()" = "s * x.t()";
        scalars::routine_of_scaled on routines "cumsum(s * x)" = "s * cumsum(x)", "kron(a, s * b)" = "s * kron(a, b)";
        scalars::product_of_scaled on [HADAMARD, DIV, MATMUL, DOT]
            "hadamard(s * x, y)" = "s * hadamard(x, y)", "hadamard(x, s * y)" = "s * hadamard(x, y)",
            "(s * x) / y" = "s * (x / y)", "(s * x) * a" = "s * (x * a)", "dot(x, s * y)" = "s * dot(x, y)";

    "whole powers", "a whole power is products, ½ and −½ are roots: cheaper, and defined below 0":
        scalars::slope_of_power on [POW_SLOPE];
        scalars::power_of_zero on [POW] "pow(x, 0)" = "ones_like(x)";
        scalars::half_power on [POW] "pow(exp(x), 0.5)" = "sqrt(exp(x))", "pow(exp(x), -0.5)" = "rsqrt(exp(x))";
        scalars::whole_power on [POW] "pow(x, 3)" = "hadamard(x, sq(x))", "pow(x, 4)" = "sq(sq(x))", "pow(x, -1)" = "recip(x)";

    "masks", "mask(G) ⊙ D = mask(G ⊙ D): what is not taken is 0 after the product, were D infinite there":
        masks::masked_negative on [SELECT] "select(x, -y, 0)" = "-select(x, y, 0)";
        masks::masked_multiple on [SELECT] "select(x, 0, s * y)" = "s * select(x, 0, y)";
        masks::masked_dividend on [DIV] "select(x, exp(y), 0) / y" = "select(x, exp(y) / y, 0)";
        masks::masked_factor on [HADAMARD]
            "hadamard(select(x, y, 0), exp(y))" = "select(x, hadamard(y, exp(y)), 0)",
            "hadamard(y, select(x, 0, y) + x)" = "select(x, 0, hadamard(y, y)) + hadamard(x, y)";

    "transposes", "(AB)ᵀ is AB: a transpose moves to where it costs nothing":
        transposes::of_transpose on [TRANSPOSE] "(x.t() + 0).t()" = "x";
        transposes::of_identity on [TRANSPOSE] "eye_like(a).t()" = "eye_like(a)";
        transposes::of_repeated on [TRANSPOSE] "(u + zeros_like(x)).t()" = "u.t() + zeros_like(z)";
        transposes::product_of_transposes on [MATMUL] "a.t() * b.t()" = "(b * a).t()";
        transposes::inner_product_of_transposes on [DOT] "dot(x.t(), y.t())" = "dot(x, y)";
        transposes::sums_of_transpose on [SUM, TRACE, ROW_SUMS, COLUMN_SUMS]
            "sum(x.t())" = "sum(x)", "trace(a.t())" = "trace(a)", "row_sums(x.t())" = "column_sums(x).t()",
            "column_sums(x.t())" = "row_sums(x).t()";
        transposes::either_transpose on [EITHER];
        transposes::elements_of_transpose on elements "tanh(x.t())" = "tanh(x).t()", "x.t() + s" = "(x + s).t()";

    "trace of a product", "tr(AB) = ⟨Aᵀ, B⟩ costs n², forming AB costs n³":
        sums::trace_of_sum on [TRACE] "trace(a + b)" = "trace(a) + trace(b)", "trace(a - b)" = "trace(a) - trace(b)";
        sums::trace_of_product on [TRACE] "trace(a * b)" = "dot(a.t(), b)";

    "Frobenius product", "Σ A ⊙ B = ⟨A, B⟩: the canonical form of the loss":
        sums::sum_of_products on [SUM] "sum(hadamard(x, y))" = "dot(x, y)";
        sums::sum_of_squares on [SUM] "sum(sq(x))" = "dot(x, x)";
        sums::product_with_itself on [HADAMARD] "hadamard(x, x)" = "sq(x)";
        sums::row_times_column on [MATMUL] "v.t() * h" = "dot(v, h)";

    "sums of what is repeated", "⟨A, 1 s⟩ = s Σ A: nothing is built to be summed":
        sums::inner_product_with_repeated on [DOT]
            "dot(x, u + zeros_like(x))" = "dot(row_sums(x), u)", "dot(v.t() + zeros_like(x), x)" = "dot(column_sums(x), v.t())",
            "dot(x, s + zeros_like(x))" = "s * sum(x)";
        sums::sums_of_repeated on [SUM, ROW_SUMS, COLUMN_SUMS]
            "sum(v.t() + zeros_like(x))" = "rows(x) * sum(v)", "row_sums(u + zeros_like(x))" = "columns(x) * u",
            "column_sums(u + zeros_like(x))" = "sum(u) + zeros_like(v.t())";
        sums::weighted_sums on [ROW_SUMS, COLUMN_SUMS]
            "column_sums(scale_rows(u, x))" = "u.t() * x", "row_sums(scale_columns(x, v.t()))" = "x * v";
        sums::product_of_equal_columns on [MATMUL] "x * (v + zeros_like(a))" = "x * v + zeros_like(x)";
        sums::product_of_equal_rows on [MATMUL] "(v.t() + zeros_like(x)) * a" = "v.t() * a + zeros_like(x)";

    "entry by entry", "diag(v) A and u vᵀ are elementwise, and fuse with what uses them":
        products::entries on [SCALE_ROWS, SCALE_COLUMNS, OUTER]
            "scale_rows(u, x)" = "hadamard(u + zeros_like(x), x)", "scale_columns(x, v.t())" = "hadamard(x, v.t() + zeros_like(x))",
            "outer(u, v)" = "hadamard(u + zeros_like(x), v.t() + zeros_like(x))";

    "diagonal matrix", "diag(v) A scales rows, and the diagonal of A B is that of no product":
        diagonal::sum_of_diagonal on [TRACE, SUM] "trace(diag(v))" = "sum(v)", "sum(diag(v))" = "sum(v)";
        diagonal::rows_of_diagonal on [ROW_SUMS, DIAGONAL] "row_sums(diag(v))" = "v", "diagonal(diag(v))" = "v";
        diagonal::columns_of_diagonal on [COLUMN_SUMS] "column_sums(diag(v))" = "v.t()";
        diagonal::diagonal_as_it_is on [TRANSPOSE, TRIL, TRIU] "diag(v).t()" = "diag(v)", "tril(diag(v))" = "diag(v)", "triu(diag(v))" = "diag(v)";
        diagonal::diagonal_times on [MATMUL] "diag(v) * a" = "scale_rows(v, a)";
        diagonal::times_diagonal on [MATMUL] "a * diag(v)" = "scale_columns(a, v.t())";
        diagonal::inner_product_with_diagonal on [DOT] "dot(diag(v), a)" = "dot(v, diagonal(a))";
        diagonal::diagonal_of_transpose on [DIAGONAL] "diagonal(a.t())" = "diagonal(a)";
        diagonal::diagonal_of_product on [DIAGONAL] "diagonal(a * b)" = "row_sums(hadamard(a, b.t()))";

    "the same elements", "sums don't ask in which order elements stand":
        diagonal::elements_of_line on [VEC_ROWS] "vec_rows(v)" = "v", "vec_rows(v.t())" = "v";
        diagonal::parts_of_scalar on [DIAG, DIAGONAL, TRIL, TRIU, VEC_ROWS] "diagonal(s)" = "s", "tril(s)" = "s";
        diagonal::off_diagonal_of_scalar on [OFF_DIAGONAL] "off_diagonal(s)" = "0";
        diagonal::sum_of_arranged on [SUM] "sum(row_sums(x))" = "sum(x)", "sum(vec_rows(x))" = "sum(x)";
        diagonal::inner_product_of_arranged on [DOT] "dot(vec_rows(x), vec_rows(y))" = "dot(x, y)";

    "outer product", "u vᵀ is elementwise, and fuses with what uses it":
        products::column_times_row on [MATMUL] "u * v.t()" = "outer(u, v)";
        products::times_outer on [MATMUL] "a * outer(v, h)" = "outer(a * v, h)";
        products::outer_times on [MATMUL] "outer(u, v) * a" = "outer(u, (v.t() * a).t())";

    "distributive law", "A B + A C = A (B + C): one product instead of two":
        products::common_elements on [ADD, SUB]
            "hadamard(x, tanh(y)) + hadamard(x, y)" = "hadamard(x, tanh(y) + y)",
            "hadamard(x, tanh(y)) - hadamard(y, x)" = "hadamard(x, tanh(y) - y)";
        products::common_left_factor on [ADD, SUB] "x * a + x * b" = "x * (a + b)", "x * a - x * b" = "x * (a - b)";
        products::common_right_factor on [ADD, SUB] "x * a + y * a" = "(x + y) * a", "x * a - y * a" = "(x - y) * a";

    "product of factors", "⟨U Vᵀ, P Qᵀ⟩ = ⟨Uᵀ P, Vᵀ Q⟩: two small products, and nothing as large as U Vᵀ":
        products::factored on [DOT] "norm_sq(p * q.t())" = "dot(p.t() * p, q.t() * q)";

    "sums of a product", "(A B) 1 = A (B 1): vectors instead of the product":
        products::sum_of_product on [SUM] "sum(x * a)" = "column_sums(x) * row_sums(a)";
        products::row_sums_of_product on [ROW_SUMS] "row_sums(x * a)" = "x * row_sums(a)";
        products::column_sums_of_product on [COLUMN_SUMS] "column_sums(x * a)" = "column_sums(x) * a";

    "rank one", "⟨u vᵀ, B⟩ = ⟨u, B v⟩: u vᵀ is not formed":
        products::trace_of_outer on [TRACE] "trace(outer(v, h))" = "dot(v, h)";
        products::inner_product_with_outer on [DOT] "dot(outer(u, v), x)" = "dot(u, x * v)";

    "product with what is repeated", "A (1 r) = (A 1) r: a sum instead of a product":
        products::repeated_factors on [MATMUL]
            "x * (v.t() + zeros_like(a))" = "outer(row_sums(x), v)", "(u + zeros_like(x)) * a" = "u * column_sums(a)",
            "x * (s + zeros_like(a))" = "s * row_sums(x) + zeros_like(x)";

    "association", "(A B) v = A (B v): vectors first":
        products::product_times_column on [MATMUL] "a * b * v" = "a * (b * v)";
        products::row_times_product on [MATMUL] "v.t() * (a * b)" = "v.t() * a * b";

    "one by one", "of a number, the functions of matrices are those of numbers":
        linalg::norm_of_line on routines "nuclear_norm(v)" = "norm(v)", "spectral_norm(v)" = "norm(v)";
        linalg::pseudoinverse_of_line on [PINV] "pinv(v)" = "recip_or_zero(dot(v, v)) * v.t()";
        linalg::determinant_of_scalar on routines "det(s)" = "s", "eigvals_sym(s)" = "s";
        linalg::logdet_of_scalar on [LOGDET] "logdet(s)" = "ln(abs(s))";
        linalg::solve_with_scalar on routines "solve(s, v.t())" = "1 / s * v.t()";
        linalg::lyapunov_of_scalar on [LYAPUNOV] "lyapunov(s, t)" = "t / (2 * s)";
        linalg::function_of_scalar on routines
            "inverse(s)" = "recip(s)", "cholesky(s)" = "sqrt(s)", "sqrtm(s)" = "sqrt(s)", "logm_spd(s)" = "ln(s)",
            "expm(s)" = "exp(s)", "pinv(s)" = "recip_or_zero(s)", "nuclear_norm(s)" = "abs(s)", "spectral_norm(s)" = "abs(s)";

    "inverse in a product", "A⁻¹ B is solved for: one factorisation, and no inverse is formed":
        linalg::identity_times on [MATMUL] "eye_like(a) * b" = "b";
        linalg::times_identity on [MATMUL] "x * eye_like(a)" = "x";
        linalg::inverse_times on [MATMUL] "inverse(a) * b" = "solve(a, b)";
        linalg::times_inverse on [MATMUL] "b * inverse(a)" = "solve(a.t(), b.t()).t()";
        linalg::solution_times_column on [MATMUL] "solve(a, b) * v" = "solve(a, b * v)";
        linalg::row_times_solution on [MATMUL] "v.t() * solve(a, b)" = "solve(a.t(), v).t() * b";

    "solve", "signs, scalars, transposes and inverses leave, so that fewer are solved for, with one factorisation":
        linalg::trace_of_solution on [TRACE] "trace(solve(a, b))" = "dot(inverse(a).t(), b)";
        linalg::solve_with_transpose on routines "solve(a.t(), v)" = "inverse(a).t() * v", "solve_lower(a.t(), v)" = "solve_lower(a.t(), v)";
        linalg::solve_for_negative on routines "solve(a, -v)" = "-solve(a, v)";
        linalg::solve_for_multiple on routines "solve(a, s * v)" = "s * solve(a, v)";
        linalg::solve_with_inverse on [SOLVE, SOLVE_T] "solve(inverse(a), v)" = "a * v";
        linalg::solve_for_identity on [SOLVE, SOLVE_T] "solve(a, eye_like(a))" = "inverse(a)";
        linalg::solve_with_symmetric on [SOLVE_T];

    "function of a transpose", "f(Aᵀ) is f(A), or its transpose":
        linalg::same_of_transpose on routines "logdet(a.t())" = "logdet(a)", "det(a.t())" = "det(a)", "sqrtm(a.t())" = "sqrtm(a)";
        linalg::transpose_of_transpose on [INVERSE, PINV, EXPM] "inverse(a.t())" = "inverse(a).t()", "expm(a.t())" = "expm(a).t()";
        linalg::inverse_of_inverse on [INVERSE] "inverse(inverse(a))" = "a";
        linalg::inverse_of_multiple on [INVERSE] "inverse(s * a)" = "1 / s * inverse(a)";
        linalg::logdet_of_inverse on [LOGDET] "logdet(inverse(a))" = "-logdet(a)";
        linalg::determinant_of_inverse on [DET] "det(inverse(a))" = "recip(det(a))";

    "symmetric", "Aᵀ = A: what is transposed is computed once":
        linalg::symmetric on [TRANSPOSE] "(a * a.t()).t()" = "a * a.t()", "(a + a.t()).t()" = "a + a.t()", "inverse(a * a.t()).t()" = "inverse(a * a.t())";

    "norm", "the root of what vanishes flatly, such as ⟨E, E⟩, is a norm: its gradient at 0 is 0 and not NaN":
        stable::square_of_norm on [SQ] "sq(norm(x))" = "dot(x, x)";
        stable::root_of_square on [SQRT] "sqrt(sq(x))" = "abs(x)";
        stable::root_of_flat on [SQRT] "sqrt(dot(x, x))" = "norm(x)";

    "logarithm", "ln of exponentials, their sums, σ and softmax neither overflows nor underflows":
        stable::log1p_of_exponential on [LOG1P] "log1p(exp(x))" = "softplus(x)";
        stable::log1p_of_negative_exponential on [LOG1P] "log1p(-exp(x))" = "log1mexp(-x)";
        stable::ln_of_exponential on [LN] "ln(exp(x))" = "x";
        stable::ln_of_sigmoid on [LN] "ln(sigmoid(x))" = "-softplus(-x)";
        stable::ln_of_softmax on [LN] "ln(softmax_rows(x))" = "x - lse_rows(x)";
        stable::ln_of_negative_expm1 on [LN] "ln(1 - exp(x))" = "log1mexp(-x)";
        stable::ln_of_one_minus on [LN] "ln(1 - x)" = "log1p(-x)";
        stable::ln_of_one_plus on [LN] "ln(1 + x)" = "log1p(x)", "ln(x + 1)" = "log1p(x)";
        stable::ln_of_two_exponentials on [LN] "ln(exp(x) + exp(y))" = "logaddexp(x, y)";
        stable::ln_of_cosh on [LN] "ln(cosh(x))" = "log_cosh(x)";
        stable::ln_of_sum on [LN]
            "ln(sum(exp(x)))" = "lse(x)", "ln(row_sums(exp(x)))" = "lse_rows(x)", "ln(column_sums(exp(x)))" = "lse_columns(x)";
        stable::ln_of_mean on [LN] "ln(sum(exp(x)) / s)" = "lse(x) - ln(s)";
        stable::ln_of_scaled_sum on [LN] "ln(s * row_sums(exp(x)))" = "lse_rows(x) + ln(s)";

    "exponential", "eᶻ − 1 and 1 − σ(z) don't cancel":
        stable::exponential_of_ln on [EXP] "exp(ln(x))" = "x";
        stable::exponential_of_log_softmax on [EXP] "exp(x - lse_rows(x))" = "softmax_rows(x)";
        stable::minus_one_plus_exponential on [ADD] "exp(x) + -1" = "expm1(x)";
        stable::exponential_minus_one on [SUB] "exp(x) - 1" = "expm1(x)";
        stable::one_minus_exponential on [SUB] "1 - exp(x)" = "-expm1(x)";
        stable::one_minus_sigmoid on [SUB] "1 - sigmoid(x)" = "sigmoid(-x)";

    "relative exponential", "(eᶻ − 1) / z = exprel(z), which is 1 at 0, and whose derivative does not cancel":
        stable::relative_exponentials on [DIV, HADAMARD]
            "(exp(x) - 1) / x" = "exprel(x)", "(exp(-x) - 1) / x" = "-exprel(-x)", "(exp(s * x) - 1) / x" = "s * exprel(s * x)";

    "difference of lgamma", "ln Γ(s + y) − ln Γ(s) loses all that the two agree in, which is most where s is large":
        stable::gamma_differences on [ADD, SUB]
            "lgamma(y + s) - lgamma(s)" = "lgamma_difference(y, s)", "lgamma(s) - lgamma(y + s)" = "-lgamma_difference(y, s)",
            "x + lgamma(y + s) - lgamma(s)" = "x + lgamma_difference(y, s)";

    "sigmoid", "1 / (1 + e⁻ᶻ) overflows on the way to 0, σ(z) does not":
        stable::inverse_of_one_plus_exponential on [RECIP] "1 / (1 + exp(x))" = "sigmoid(-x)";
        stable::over_one_plus_exponential on [DIV] "y / (1 + exp(x))" = "hadamard(y, sigmoid(-x))";
        stable::exponential_times_sigmoid on [HADAMARD] "hadamard(exp(x), sigmoid(-x))" = "sigmoid(x)";

    "softmax", "eᶻ / Σ eᶻ overflows on the way, a softmax does not; of two, it is σ":
        stable::softmaxes on [DIV, HADAMARD]
            "exp(x) / (exp(x) + exp(y))" = "sigmoid(x - y)", "scale_rows(1 / row_sums(exp(x)), exp(x))" = "softmax_rows(x)",
            "scale_columns(exp(x), 1 / column_sums(exp(x)))" = "exp(x - lse_columns(x))", "exp(x) / sum(exp(x))" = "exp(x - lse(x))";

    "magnitude", "|x|² = x², and the magnitude of what is not negative is that itself":
        stable::square_of_magnitude on [SQ] "sq(abs(x))" = "sq(x)", "sq(-x)" = "sq(x)";
        stable::magnitude_of_positive on [ABS] "abs(abs(x))" = "abs(x)", "abs(sq(x))" = "sq(x)";
        stable::magnitude_of_negative on [ABS] "abs(-x)" = "abs(x)";
}
