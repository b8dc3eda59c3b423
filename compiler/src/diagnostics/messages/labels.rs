//! Class indices where numbers are wanted, and numbers where class indices are.

use quote::ToTokens;
use syn::Type;

use super::Operand;
use crate::base::{Place, Symbol};
use crate::diagnostics::Mistake;
use crate::syntax::{Expr, text_of};

pub(super) const USES: &str =
    "labels are class indices: `pick(z, y)`, `gather(w, y)` and `cross_entropy(z, y)` take them";

/// `y + 1`, `tanh(y)`, where `y` is a `Labels<N, C>`.
pub(crate) fn labels_as_numbers(whole: &Expr, labels: &Expr, declared: &str) -> Mistake {
    let headline = format!("cannot compute `{}`: `{}` holds labels, not numbers", whole.brief(), labels.brief());
    Mistake::new(whole.place, headline).facts(vec![format!("{labels}: {declared}")]).cure(USES)
}

/// A loss that is labels, `let z: Vector<N> = y`.
pub(crate) fn labels_as_value(labels: &Expr, wanted: &str, declared: &str) -> Mistake {
    let headline = format!("{wanted} is made of numbers, but `{}` holds labels", labels.brief());
    Mistake::new(labels.place, headline).facts(vec![format!("{labels}: {declared}")]).cure(USES)
}

/// `pick(z, x)`, where `x` is a matrix.
pub(crate) fn numbers_as_labels(at: Place, function: Symbol, x: &Operand<'_>, signature: &str) -> Mistake {
    let headline = format!("`{function}` takes labels, but `{}` is a {}", x.expr.brief(), x.shape);
    let is_matrix = !x.shape.is_line() && !x.shape.is_scalar();
    let dims = if is_matrix { format!("{}, {}", x.shape.rows, x.shape.columns) } else { "N, C".to_owned() };
    let declared = format!("class indices are declared as labels: `{}: Labels<{dims}>`", x.expr);
    let help = match function.as_str() {
        "cross_entropy" if is_matrix => {
            let soft = format!("probabilities of the classes are taken by `-dot({}, log_softmax_rows(z))`", x.expr);
            Some(if x.is_argument { format!("{declared}; {soft}") } else { soft })
        }
        _ => x.is_argument.then_some(declared),
    };
    Mistake::new(at, headline).facts(vec![signature.to_owned()]).perhaps(help)
}

/// `x: Option<Matrix<N, D>>`.
pub(crate) fn only_labels_may_be_missing(at: Place, ty: &Type, of_numbers: bool) -> Mistake {
    let found = text_of(ty.to_token_stream());
    let help = if of_numbers {
        "numbers that are missing are left out by `select(m, x, 0)`, where `m` is data: 1 for what is there, 0 for what is missing"
    } else {
        "write `Option<Labels<N, C>>`"
    };
    Mistake::new(at, format!("only labels may be missing: expected `Option<Labels<R, C>>`, found `{found}`")).cure(help)
}

/// `#[param] y: Labels<N, C>`.
pub(crate) fn labels_are_data(at: Place) -> Mistake {
    Mistake::new(at, "labels can't be a parameter: they are class indices, and nothing can be differentiated in them")
        .cure("remove `#[param]`")
}
