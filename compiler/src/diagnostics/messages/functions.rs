//! Functions of the user's own.

use super::foreign::elsewhere;
use super::{Known, Operand};
use crate::base::{Place, Shape, Symbol};
use crate::diagnostics::Mistake;
use crate::diagnostics::spelling::similar_function;
use crate::syntax::Expr;

/// A closure that is not the value of a `let`.
pub(crate) fn closure_without_name(at: Place) -> Mistake {
    Mistake::new(at, "a closure is defined by a `let` of its own, and called by its name")
        .cure("write `let h = |z| ...;`, and `h(...)` here")
}

/// `|z: Matrix<N, D>| …`.
pub(crate) fn closure_of_matrices(at: Place, found: &str) -> Mistake {
    Mistake::new(at, format!("a closure is a function of each element, which is a `Scalar`, not a `{found}`"))
        .cure("leave the type out: the closure is applied to each element of its arguments")
}

/// `z.t()`, `sum(z)` in a function of each element.
pub(crate) fn not_elementwise(at: Place, what: &str, function: Symbol) -> Mistake {
    Mistake::new(at, format!("{what} is not a function of each element, as `{function}` has to be"))
        .cure(format!("apply it to whole matrices, outside of `{function}`"))
}

/// `|z| z * w`, where `w` is a matrix.
pub(crate) fn captured_matrix(at: Place, function: Symbol, name: Symbol, declared: &str) -> Mistake {
    let headline = format!("`{function}` is a function of each element, and `{name}` is a {declared}, not a Scalar");
    // Labels are no argument of such a function either.
    let passed = if declared.starts_with('[') { "an element of it" } else { "it" };
    let help = (!declared.contains("Labels")).then(|| format!("pass {passed} as an argument of `{function}`"));
    Mistake::new(at, headline).perhaps(help)
}

/// `row_operator(x, z)`, where `x` is a value.
pub(crate) fn operator_is_no_name(at: Place, found: &Expr, signature: &str) -> Mistake {
    Mistake::new(at, format!("an operator is named by its type, and `{}` is none", found.brief()))
        .cure(format!("the signature is `{signature}`, where `Operator` is a type that has the trait of operators"))
}

/// `let h = |z| h(z);`
pub(crate) fn recursive_function(at: Place, function: Symbol) -> Mistake {
    Mistake::new(at, format!("`{function}` calls itself, and so would never end"))
}

/// `let tanh = |z| …;`
pub(crate) fn function_of_the_language(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` is a function of the language")).cure("give yours another name")
}

/// `h + 1`, where `h` is a closure.
pub(crate) fn function_as_value(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` is a function, not a value")).cure(format!("call it: `{name}(...)`"))
}

/// `|a, b| a`.
pub(crate) fn unused_function_argument(at: Place, function: Symbol, name: Symbol) -> Mistake {
    Mistake::new(at, format!("the argument `{name}` of `{function}` is never used")).cure("use it, or remove it")
}

/// `with(swish, swish)`.
pub(crate) fn function_twice(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("two functions in `with(...)` have the name `{name}`")).cure("remove one of them")
}

/// `with(swish)`, where nothing calls `swish`.
pub(crate) fn unused_function(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` is never used")).cure("use it, or remove it from `with(...)`")
}

/// `#[function(stream = N)]`.
pub(crate) fn function_takes_nothing(at: Place) -> Mistake {
    Mistake::new(at, "`#[function]` takes no options").cure("they stand in the `#[loss(...)]` that uses it")
}

/// `fn swish<T>(…)`.
pub(crate) fn generic_function(at: Place) -> Mistake {
    Mistake::new(at, "a function has no generics: its dimensions stand for any sizes").cure("remove it")
}

/// `#[param]` in a function.
pub(crate) fn param_in_function(at: Place) -> Mistake {
    Mistake::new(at, "what is a parameter is said where the loss is written, not in a function").cure("remove it")
}

/// `fn swish(z: Scalar) { … }`.
pub(crate) fn function_without_result(at: Place) -> Mistake {
    Mistake::new(at, "a function says what it returns")
        .cure("write `-> Scalar`, or another shape, in front of the body")
}

/// `-> Vector<R>`, where the body is a matrix.
pub(crate) fn returned_shape(at: Place, wanted: Shape, found: Shape) -> Mistake {
    Mistake::new(at, format!("the function is declared to return a {wanted}, but this is a {found}"))
        .cure(format!("write `-> {found}`"))
}

/// `penalty(x)`, where `penalty` wants a square matrix, and `x` is none; or where it wants a row, and `x` is a column.
pub(crate) fn argument_type(
    at: Place,
    function: Symbol,
    wanted: &str,
    x: &Operand<'_>,
    signature: &str,
    transpose_fits: bool,
) -> Mistake {
    let headline = format!("`{function}` takes a {wanted} here, but `{}` is a {}", x.expr.brief(), x.shape);
    let help = transpose_fits.then(|| format!("transpose it: `{}`", x.expr.transposed().brief()));
    Mistake::new(at, headline).facts(vec![signature.to_owned()]).perhaps(help)
}

/// Calls of calls of calls: what they would be inlined to is beyond all measure.
pub(crate) fn too_large(at: Place, limit: usize) -> Mistake {
    Mistake::new(at, format!("this loss is too large: written out, it has more than {limit} operations"))
}

/// `tahn(…)`.
pub(crate) fn unknown_function(at: Place, name: Symbol, known: Known, functions: &[&str]) -> Mistake {
    let help = match known {
        Known::Value => Some(format!("`{name}` is a value; a product is written `{name} * ...`")),
        Known::Later => Some(format!("move `let {name} = ...` up: it stands further down")),
        _ => elsewhere(name.as_str()).map(ToOwned::to_owned).or_else(|| {
            let similar = similar_function(name.as_str(), functions.iter().copied());
            let is_function = name.as_str().starts_with(|c: char| c.is_lowercase());
            let own =
                || format!("a function of your own is a `#[function]` that the loss names: `#[loss(with({name}))]`");
            similar.map(|meant| format!("did you mean `{meant}`?")).or_else(|| is_function.then(own))
        }),
    };
    Mistake::new(at, format!("unknown function `{name}`")).perhaps(help)
}

/// `eye(x)`, where `x` is a matrix.
pub(crate) fn not_a_size(at: Place, name: Symbol, signature: &str, found: &Expr) -> Mistake {
    let like = if name.as_str() == "eye" {
        "eye_like"
    } else if name.as_str() == "ones" {
        "ones_like"
    } else {
        "zeros_like"
    };
    Mistake::new(at, format!("`{name}` takes sizes, and `{}` is none", found.brief()))
        .facts(vec![signature.to_owned()])
        .cure(format!("a size is a name in the types of arguments, or a whole number; in the shape of a matrix it is `{like}(...)`"))
}
