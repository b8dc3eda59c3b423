//! Loops over a size that is known at run time.

use super::Operand;
use crate::base::{Dim, Place, Shape, Symbol};
use crate::diagnostics::Mistake;
use crate::syntax::Expr;

/// `for t in 0..T`, where `T` is no size of the loss.
pub(crate) fn steps_of_unknown_size(at: Place, name: Symbol) -> Mistake {
    Mistake::new(
        at,
        format!(
            "`{name}` is no size of an argument: a loop runs over a size that data have, as in `y: Vector<{name}>`"
        ),
    )
}

/// A loop over a size `within` another one, or a function.
pub(crate) fn steps_inside(at: Place, within: &str) -> Mistake {
    Mistake::new(at, format!("a loop over a size can't stand inside of {within}"))
        .cure("a loop from one written number to another can: it is written out")
}

/// `w[t]` of an array of arguments.
pub(crate) fn array_by_step(at: Place, name: Symbol, declared: &str, size: Dim) -> Mistake {
    Mistake::new(at, format!("the step of a loop over `{size}` takes rows of matrices, and `{name}` is an array"))
        .facts(vec![format!("{name}: {declared}")])
        .cure(format!("declare the values of all steps below each other, as in `{name}: Matrix<{size}, D>`"))
}

/// `y[t]`, where `y` has other rows than the loop has steps.
pub(crate) fn rows_of_other_size(at: Place, whole: &Operand<'_>, size: Dim) -> Mistake {
    let found = super::shapes::declared(&[whole]);
    Mistake::new(
        at,
        format!(
            "a step of a loop over `{size}` takes a row of what has `{size}` rows, and `{}` has {}",
            whole.expr.brief(),
            rows(whole.shape)
        ),
    )
    .facts(found)
}

fn rows(shape: Shape) -> String {
    if shape.rows.is_one() { "1 row".to_owned() } else { format!("`{}`", shape.rows) }
}

/// `y[t - 1]` in a loop from 0 on.
pub(crate) fn row_before_first(at: Place, written: &Expr, from: u64) -> Mistake {
    Mistake::new(at, format!("in the first step, `{written}` is before the first row"))
        .cure(format!("begin the loop later, at {from}"))
}

/// `y[t + 1]` in a loop to the end.
pub(crate) fn row_after_last(at: Place, written: &Expr, less: u64, size: Dim) -> Mistake {
    Mistake::new(at, format!("in the last step, `{written}` is behind the last row"))
        .cure(format!("end the loop earlier, as in `0..{size} - {less}`"))
}

/// `h[t]`, where `h` differs from step to step.
pub(crate) fn row_of_state(at: Place, whole: &Expr) -> Mistake {
    Mistake::new(at, format!("`{}` changes from step to step, and has no row for each step", whole.brief()))
        .cure("the value before the step is the name itself")
}
