//! What one pass over the rows can't compute.

use crate::graph::Dim;
use crate::mistake::Mistake;
use crate::place::Place;

const WHOLE: &str = "`#[loss(stream = none)]` computes this loss with whole matrices in memory";

/// Rows that need the result of a sum over all rows.
pub(crate) fn needs_second_pass(at: Place, axis: Dim, sum: Option<&str>) -> Mistake {
    let sum = sum.map_or_else(|| "a sum over all of them".to_owned(), |sum| format!("`{sum}`, a sum over all of them"));
    Mistake::new(
        at,
        format!("one pass over `{axis}` is not enough: rows of this expression, or of its gradient, need {sum}"),
    )
    .cure(WHOLE)
}

/// A matrix that has the axis of the samples where it can't be cut into blocks of rows.
pub(crate) fn not_in_rows(at: Place, axis: Dim, square: bool) -> Mistake {
    let headline = if square {
        format!("one pass over `{axis}` is not enough: this expression has {axis} x {axis} elements")
    } else {
        format!("one pass over the rows is not enough: this expression has `{axis}` as its columns")
    };
    Mistake::new(at, headline).cure(WHOLE)
}
