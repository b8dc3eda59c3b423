//! Instruction sets: which one a call uses, and the vectors that kernels are written in.
//!
//! [`pulp`] wraps the intrinsics; this module adds what kernels need on top: one generic vector type,
//! [`Lanes`], with the operators and functions of the language, and the choice of the instruction set.

/// Repeats a block for each constant below another one, with the constant's name in it: `unrolled!(I < M, 12, { … })`, where
/// M is 12 at most.
///
/// Arrays of vectors are indexed by constants alone, so that they are registers from the first pass of LLVM on. Loops in place of it
/// have to be unrolled by LLVM, which took most of the time of the kernels. In a debug build nothing is a register, and they are loops:
/// a tile is a tenth of the code.
#[cfg(not(debug_assertions))]
macro_rules! unrolled {
    ($i:ident < $n:expr, 4, $body:block) => {
        unrolled!(@ $i, $n, 4, $body, 0 1 2 3)
    };
    ($i:ident < $n:expr, 8, $body:block) => {
        unrolled!(@ $i, $n, 8, $body, 0 1 2 3 4 5 6 7)
    };
    ($i:ident < $n:expr, 12, $body:block) => {
        unrolled!(@ $i, $n, 12, $body, 0 1 2 3 4 5 6 7 8 9 10 11)
    };
    (@ $i:ident, $n:expr, $most:literal, $body:block, $($k:literal)*) => {
        const { assert!($n <= $most) };
        $(if const { $k < $n } {
            const $i: usize = $k;
            $body
        })*
    };
}
#[cfg(debug_assertions)]
macro_rules! unrolled {
    ($i:ident < $n:expr, $most:literal, $body:block) => {
        #[allow(non_snake_case, clippy::needless_range_loop, reason = "a constant in other builds")]
        for $i in 0..$n {
            $body
        }
    };
}
pub(crate) use unrolled;

mod fold;
mod isa;
mod lanes;
mod mask;
mod scalar;

pub(crate) use fold::{Largest, Plus, fold_each};
pub use isa::{Isa, Vectorized};
pub(crate) use isa::{Plain, outlined, prefetch};
pub use lanes::Lanes;
pub use mask::Mask;
pub use pulp::Simd;
pub use scalar::Scalar;
