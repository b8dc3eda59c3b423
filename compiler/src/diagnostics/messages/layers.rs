//! Arrays of arguments, and loops over them.

use super::{Operand, part_outside};
use crate::base::{Dim, Place, Shape, Symbol};
use crate::diagnostics::Mistake;
use crate::syntax::{Expr, ExprKind, IndexValue, Part};

/// `[Matrix<K, K>; 0]`.
pub(crate) fn empty_array(at: Place) -> Mistake {
    Mistake::new(at, "an array of arguments has at least one element")
}

/// `[Matrix<K, K>; L]`.
pub(crate) fn array_length(at: Place, found: &str) -> Mistake {
    Mistake::new(
        at,
        format!("the length of an array of arguments is written out, as in `[Matrix<K, K>; 50]`; found `{found}`"),
    )
}

/// `[Matrix<K, K>; 1000000]`.
pub(crate) fn long_array(at: Place, longest: usize) -> Mistake {
    Mistake::new(at, format!("an array of arguments has at most {longest} elements: each is written out"))
}

/// `[Matrix<K, K>; 3]` in a function.
pub(crate) fn array_in_function(at: Place) -> Mistake {
    Mistake::new(at, "a function takes matrices, not arrays").cure("pass the elements that it needs: `f(w[0], w[1])`")
}

/// `x * w`, where `w` is an array.
pub(crate) fn array_without_index(at: Place, name: Symbol, declared: &str) -> Mistake {
    Mistake::new(at, format!("`{name}` is an array of arguments, of which an expression takes one"))
        .facts(vec![format!("{name}: {declared}")])
        .cure(format!(
            "write `{name}[0]`, or `for {} in {name} {{ ... }}`",
            if name.as_str() == "v" { "u" } else { "v" }
        ))
}

/// `w[50]` of 50.
pub(crate) fn index_out_of_range(at: Place, written: &Expr, array: Symbol, index: i64, length: usize) -> Mistake {
    let written = written.to_string();
    let element = format!("{array}[{index}]");
    let is = if written == element { String::new() } else { format!("`{written}` is `{element}`, and ") };
    let last = length.saturating_sub(1);
    Mistake::new(at, format!("{is}`{array}` has no element {index}: its {length} elements are 0 to {last}"))
}

/// `w[n]`, `w[0.5]`.
pub(crate) fn not_an_index(at: Place, array: &Expr, found: &str) -> Mistake {
    let headline =
        format!("an index is a whole number or the variable of a loop, as in `{array}[3]` or `{array}[i + 1]`");
    Mistake::new(at, format!("{headline}; found `{found}`"))
}

/// Index in brackets behind a value that is no array.
pub(crate) enum IndexedBy<'i> {
    /// Of labels, nothing is an element.
    Labels,
    /// `z[y]`: of each row, the element that its label says.
    Picked(Symbol),
    /// `w[y]`: for each label, a row.
    Gathered(Symbol),
    /// The variable of a loop.
    Loop,
    /// Anything else, for rows, columns and so on.
    Axes(&'i [&'i IndexValue]),
}

/// `x[0]`, where `x` is a matrix.
pub(crate) fn index_of_matrix(at: Place, indexed: &Operand<'_>, by: &IndexedBy<'_>) -> Mistake {
    let whole = indexed.expr;
    let headline = format!("only an array of arguments has an index, and `{}` is none", whole.brief());
    let call = |function, labels| Expr::call(function, &[whole, &Expr::name(labels, at)], at);
    let help = match by {
        IndexedBy::Labels => super::labels::USES.to_owned(),
        IndexedBy::Picked(labels) => {
            format!("of each row, the element that its label says is `{}`", call("pick", *labels))
        }
        IndexedBy::Gathered(labels) => format!("the row of each label is `{}`", call("gather", *labels)),
        IndexedBy::Loop => {
            let element =
                if indexed.shape.is_line() { Shape::SCALAR } else { Shape::new(Dim::ONE, indexed.shape.columns) };
            let along = if indexed.shape.rows.is_one() { indexed.shape.columns } else { indexed.shape.rows };
            let length = if let Dim::Size(size) = along { size } else { 3 };
            format!(
                "what a loop takes one by one is declared as an array of arguments, such as `[{element}; {length}]`"
            )
        }
        IndexedBy::Axes(_) if indexed.shape.is_scalar() => format!("it is one number: write `{}`", whole.brief()),
        IndexedBy::Axes(axes) => match parts(at, indexed, axes) {
            Ok((part, unknown)) if unknown.is_empty() => format!("write `{}`", part.brief()),
            Ok((part, unknown)) => format!(
                "where the number of {} is written out, it is `{}`",
                unknown.join(" and that of "),
                part.brief()
            ),
            Err(Some(outside)) => return part_outside(at, indexed, outside),
            Err(None) => {
                "rows and columns are taken by numbers that are written out, in `.rows(a..b)` and `.columns(a..b)`; \
                the sum over all is `sum(...)`"
                    .to_owned()
            }
        },
    };
    Mistake::new(at, headline).cure(help)
}

/// The part of a matrix that has the indices `axes`, and which of its sizes are known only at run time. `Err` if there is no
/// such part, or if the indices are no numbers.
fn parts(at: Place, indexed: &Operand<'_>, axes: &[&IndexValue]) -> Result<(Expr, Vec<&'static str>), Option<Part>> {
    let mut whole = indexed.expr.clone();
    let mut unknown = Vec::new();
    let is_row = indexed.shape.rows.is_one();
    let of_axes = if is_row && axes.len() == 1 { &[true][..] } else { &[false, true] };
    if axes.len() > of_axes.len() {
        return Err(None);
    }
    for (axis, &of_columns) in axes.iter().zip(of_axes) {
        let dim = if of_columns { indexed.shape.columns } else { indexed.shape.rows };
        let size = if let Dim::Size(size) = dim { Some(size) } else { None };
        let (start, end) = match axis {
            IndexValue::Number(number) => {
                let number = u64::try_from(*number).map_err(|_| None)?;
                (number, number.saturating_add(1))
            }
            IndexValue::Range(None, None) => continue,
            IndexValue::Range(start, end) => (start.unwrap_or(0), end.or(size).ok_or(None)?),
            _ => return Err(None),
        };
        let part = Part { of_columns, start, end };
        match size {
            Some(size) if end > size => return Err(Some(part)),
            None => unknown.push(if of_columns { "columns" } else { "rows" }),
            Some(_) => {}
        }
        if start >= end {
            return Err(None);
        }
        whole = Expr { kind: ExprKind::Part(Box::new(whole), part), place: at };
    }
    Ok((whole, unknown))
}

/// `i * x`, where `i` is the variable of a loop.
pub(crate) fn loop_variable_as_value(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` counts the turns of a loop, and is used only as an index, as in `w[{name}]`"))
}

/// `for i in 0..n`, `for (i, w) in ws.iter().enumerate()`.
pub(crate) fn loop_bounds(at: Place, found: &str, rows: &str) -> Mistake {
    Mistake::new(at, format!("a loop runs over an array of arguments, from one written number to another, as in `0..49`, or over a size of data, as in `0..N`; found `{found}`"))
        .cure(format!("write whole matrices: the sum over {rows} is `sum(...)` or `norm_sq(...)`"))
}

/// `for w in x`, where `x` is a matrix.
pub(crate) fn loop_over_matrix(at: Place, name: Symbol, declared: &str) -> Mistake {
    Mistake::new(at, format!("a loop runs over an array of arguments, and `{name}` is a {declared}"))
        .cure(format!("write whole matrices: the sum over the rows of `{name}` is `sum(...)` or `norm_sq(...)`"))
}

/// `for i in 3..3`.
pub(crate) fn empty_loop(at: Place) -> Mistake {
    Mistake::new(at, "this loop is never run")
}

/// A loop that assigns nothing.
pub(crate) fn loop_without_effect(at: Place) -> Mistake {
    Mistake::new(at, "this loop has no effect: it assigns to no name from outside")
        .cure("declare what changes before the loop, by `let mut h = ...`, and assign to it: `h = ...;`")
}

/// `h = …`, where `h` is no `let mut`.
pub(crate) fn assigned_constant(at: Place, name: Symbol, is_let: bool) -> Mistake {
    let cure = if is_let {
        format!("write `let mut {name} = ...`, or give the new value a name of its own")
    } else {
        "give the new value a name of its own, by `let`".to_owned()
    };
    Mistake::new(at, format!("`{name}` keeps its value: it is not declared as `let mut`")).cure(cure)
}

/// `h = …` of another shape.
pub(crate) fn assigned_shape(at: Place, name: Symbol, shape: Shape, found: Shape, parts: &[Operand<'_>]) -> Mistake {
    let parts: Vec<&Operand<'_>> = parts.iter().collect();
    Mistake::new(at, format!("`{name}` is a {shape}, but the value that is assigned to it is a {found}"))
        .facts(super::shapes::declared(&parts))
        .cure("give the new value a name of its own, by `let`")
}

/// `let mut h`, where nothing assigns to `h`.
pub(crate) fn unused_mut(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("nothing is assigned to `{name}`")).cure("remove `mut`")
}
