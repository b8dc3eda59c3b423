//! The rules, in the order in which they are tried.

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

use super::Rule;
use crate::operations::{COLUMN_SUMS, DOT, MATMUL, Operation, ROW_SUMS, SUM, TRACE, TRANSPOSE};

/// Operations of one operand through which a scalar factor passes.
const LINEAR: [&dyn Operation; 5] = [SUM, COLUMN_SUMS, ROW_SUMS, TRACE, TRANSPOSE];
/// Operations of two operands through which a scalar factor of either passes.
const BILINEAR: [&dyn Operation; 2] = [MATMUL, DOT];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "samples in rows",
        why: "what is walked row by row has its samples in rows",
        apply: transposes::orientation,
    },
    Rule { name: "constants", why: "a number is computed once, by the compiler", apply: constants::constants },
    Rule { name: "nothing to repeat", why: "a broadcast of a broadcast is one", apply: constants::repeat_once },
    Rule {
        name: "once for all elements",
        why: "f(1 s) = 1 f(s): what is repeated is computed once",
        apply: constants::uniform,
    },
    Rule { name: "neutral elements", why: "a + 0 = a, 1 a = a, −(−a) = a", apply: constants::neutral },
    Rule { name: "one choice", why: "both branches of one condition are one selection", apply: masks::choices },
    Rule { name: "signs", why: "a sign moves out of sums and products, where it meets others", apply: signs::signs },
    Rule { name: "one element", why: "sums and traces of a scalar are the scalar", apply: sums::one_element },
    Rule { name: "like terms", why: "T + T = 2 T, s A + s B = s (A + B)", apply: scalars::like_terms },
    Rule {
        name: "division by a scalar",
        why: "A / s = (1 / s) A: one division instead of many",
        apply: scalars::quotient,
    },
    Rule {
        name: "a scalar factor leaves",
        why: "f(s A) = s f(A): fewer products, and a scalar that is known late does not hold up the rows",
        apply: scalars::scalar_factor,
    },
    Rule {
        name: "whole powers",
        why: "a whole power is products, ½ and −½ are roots: cheaper, and defined below 0",
        apply: scalars::powers,
    },
    Rule {
        name: "masks",
        why: "mask(G) ⊙ D = mask(G ⊙ D): what is not taken is 0 after the product, were D infinite there",
        apply: masks::masks,
    },
    Rule {
        name: "transposes",
        why: "(AB)ᵀ is AB: a transpose moves to where it costs nothing",
        apply: transposes::transposes,
    },
    Rule {
        name: "trace of a product", why: "tr(AB) = ⟨Aᵀ, B⟩ costs n², forming AB costs n³", apply: sums::trace
    },
    Rule {
        name: "Frobenius product", why: "Σ A ⊙ B = ⟨A, B⟩: the canonical form of the loss", apply: sums::frobenius
    },
    Rule {
        name: "sums of what is repeated",
        why: "⟨A, 1 s⟩ = s Σ A: nothing is built to be summed",
        apply: sums::repeated_sums,
    },
    Rule {
        name: "entry by entry",
        why: "diag(v) A and u vᵀ are elementwise, and fuse with what uses them",
        apply: products::entries,
    },
    Rule {
        name: "diagonal matrix",
        why: "diag(v) A scales rows, and the diagonal of A B is that of no product",
        apply: diagonal::diagonals,
    },
    Rule { name: "the same elements", why: "sums don't ask in which order elements stand", apply: diagonal::arranged },
    Rule { name: "outer product", why: "u vᵀ is elementwise, and fuses with what uses it", apply: products::outer },
    Rule {
        name: "distributive law",
        why: "A B + A C = A (B + C): one product instead of two",
        apply: products::distributive,
    },
    Rule {
        name: "product of factors",
        why: "⟨U Vᵀ, P Qᵀ⟩ = ⟨Uᵀ P, Vᵀ Q⟩: two small products, and nothing as large as U Vᵀ",
        apply: products::factored,
    },
    Rule { name: "sums of a product", why: "(A B) 1 = A (B 1): vectors instead of the product", apply: products::sums },
    Rule { name: "rank one", why: "⟨u vᵀ, B⟩ = ⟨u, B v⟩: u vᵀ is not formed", apply: products::rank_one },
    Rule {
        name: "product with what is repeated",
        why: "A (1 r) = (A 1) r: a sum instead of a product",
        apply: products::repeated_factors,
    },
    Rule { name: "association", why: "(A B) v = A (B v): vectors first", apply: products::association },
    Rule {
        name: "one by one",
        why: "of a number, the functions of matrices are those of numbers",
        apply: linalg::one_by_one,
    },
    Rule {
        name: "inverse in a product",
        why: "A⁻¹ B is solved for: one factorisation, and no inverse is formed",
        apply: linalg::products,
    },
    Rule {
        name: "solve",
        why: "signs, scalars, transposes and inverses leave, so that fewer are solved for, with one factorisation",
        apply: linalg::solves,
    },
    Rule { name: "function of a transpose", why: "f(Aᵀ) is f(A), or its transpose", apply: linalg::functions },
    Rule { name: "symmetric", why: "Aᵀ = A: what is transposed is computed once", apply: linalg::symmetric },
    Rule {
        name: "norm",
        why: "the root of what vanishes flatly, such as ⟨E, E⟩, is a norm: its gradient at 0 is 0 and not NaN",
        apply: stable::norm,
    },
    Rule {
        name: "logarithm",
        why: "ln of exponentials, their sums, σ and softmax neither overflows nor underflows",
        apply: stable::logarithms,
    },
    Rule { name: "exponential", why: "eᶻ − 1 and 1 − σ(z) don't cancel", apply: stable::exponentials },
    Rule {
        name: "relative exponential",
        why: "(eᶻ − 1) / z = exprel(z), which is 1 at 0, and whose derivative does not cancel",
        apply: stable::relative_exponentials,
    },
    Rule {
        name: "difference of lgamma",
        why: "ln Γ(s + y) − ln Γ(s) loses all that the two agree in, which is most where s is large",
        apply: stable::gamma_differences,
    },
    Rule {
        name: "sigmoid", why: "1 / (1 + e⁻ᶻ) overflows on the way to 0, σ(z) does not", apply: stable::sigmoids
    },
    Rule {
        name: "softmax",
        why: "eᶻ / Σ eᶻ overflows on the way, a softmax does not; of two, it is σ",
        apply: stable::softmaxes,
    },
    Rule {
        name: "magnitude",
        why: "√(x²) = |x| without overflow, and its derivative at 0 is 0",
        apply: stable::magnitudes,
    },
];
