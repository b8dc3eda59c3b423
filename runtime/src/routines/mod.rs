//! Operations that expansions call by name: neither products nor elementwise loops.
//!
//! A routine takes an instruction set, its operands (matrices as views, in which a vector is one row; scalars as
//! numbers), and where its result goes. Shapes are invariants of the caller: a routine panics if they do not fit.

mod compiled;
mod diagonal;
mod extrema;
mod labels;
mod pairwise;
mod recurrence;
mod scan;
mod softmax;
mod structure;

pub use compiled::Compiled;
pub use diagonal::{identity, trace};
pub use extrema::{Maxima, column_max, column_max_mask, column_top, lse_columns, merge_top, row_max, row_max_mask};
pub use labels::{
    cross_entropy, cross_entropy_and_residual, gather, has_label, max_by, merge_max, pick, place, softmax_residual,
    sum_by,
};
pub use pairwise::squared_distances;
pub use recurrence::{Direction, Given, recurrence};
pub use scan::{cumsum, cumsum_reverse, cumulative_lse, cumulative_lse_adjoint};
pub use softmax::{add_exp, lse, lse_and_softmax_rows, lse_rows, softmax_rows};
pub use structure::{
    concat_columns, concat_rows, diag, diagonal, differences, differences_t, khatri_rao, khatri_rao_left,
    khatri_rao_right, kron, kron_left, kron_right, off_diagonal, pad_columns, pad_rows, slice_columns, slice_rows,
    tril, triu, unvec_rows, vec_rows,
};
