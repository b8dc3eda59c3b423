//! Rust that is not in the language.

use super::foreign::elsewhere;
use crate::base::Place;
use crate::diagnostics::Mistake;
use crate::diagnostics::spelling::similar_function;
use crate::prelude;
use crate::syntax::{BinaryOp, Expr};

/// `for`, `if`, `&`, …: `what` in backticks, or a noun with its article.
pub(crate) fn not_in_the_language(at: Place, what: &str) -> Mistake {
    Mistake::new(at, format!("{what} is not part of the language of losses"))
}

/// `e ^ 2`; `e ** 3`, of which the operands are known.
pub(crate) fn not_a_power(at: Place, operator: &str, operands: Option<(&Expr, &Expr)>) -> Mistake {
    let help = match operands {
        Some((base, exponent)) if exponent.to_string() != "2" => {
            format!("the elementwise power is `{}`", Expr::call("pow", &[base, exponent], at))
        }
        Some((base, _)) => format!("the elementwise square is `{}`", Expr::call("sq", &[base], at)),
        None => "`sq(e)` is the elementwise square, `norm_sq(e)` the sum of squares".to_owned(),
    };
    Mistake::new(at, format!("`{operator}` is not a power")).cure(help)
}

/// `2.0f64`.
pub(crate) fn number_suffix(at: Place, digits: &str, suffix: &str) -> Mistake {
    Mistake::new(
        at,
        format!("a number in a loss has no suffix, and this one has `{suffix}`: its type is that of the data"),
    )
    .cure(format!("write `{digits}`"))
}

/// `1e999`.
pub(crate) fn number_too_large(at: Place) -> Mistake {
    Mistake::new(at, "this number is too large: f64 ends at 1.8e308")
}

/// `x.foo()`; methods that are functions here get the call.
pub(crate) fn unknown_method(at: Place, name: &str, receiver: &Expr, arguments: &[Expr]) -> Mistake {
    let mut operands = vec![receiver];
    operands.extend(arguments);
    let call = |function: &str, operands: &[&Expr]| Expr::call(function, operands, at).brief();
    let help = match (name, arguments) {
        ("t" | "transpose" | "T" | "transposed" | "reversed_axes", _) => {
            Some(format!("the transpose is `{}`", receiver.transposed().brief()))
        }
        ("clone" | "view" | "to_owned" | "into" | "as_ref", []) => {
            Some(format!("nothing is moved or borrowed: write `{}`", receiver.brief()))
        }
        ("powi" | "pow" | "powf", [exponent]) if exponent.to_string() != "2" => {
            Some(format!("the elementwise power is `{}`", call("pow", &[receiver, exponent])))
        }
        ("powi" | "pow" | "powf" | "square" | "powi2", _) => {
            Some(format!("the elementwise square is `{}`", call("sq", &[receiver])))
        }
        ("norm_squared" | "norm_l2_squared", []) => {
            Some(format!("it is a function: `{}`", call("norm_sq", &[receiver])))
        }
        ("log", []) => Some(format!("the natural logarithm is `{}`", call("ln", &[receiver]))),
        ("mul" | "matmul", [other]) => {
            Some(format!("the product is `{}`", Expr::binary(BinaryOp::Mul, receiver, other).brief()))
        }
        ("component_mul" | "mul_elementwise", [_]) => {
            Some(format!("it is a function: `{}`", call("hadamard", &operands)))
        }
        _ if prelude::is_function(name) => Some(format!("it is a function: `{}`", call(name, &operands))),
        _ => elsewhere(name).map(ToOwned::to_owned).or_else(|| {
            similar_function(name, prelude::all_functions())
                .map(|meant| format!("did you mean the function `{}`?", call(meant, &operands)))
        }),
    };
    let headline = match name {
        "t" => "`.t()` takes no arguments".to_owned(),
        _ => format!("unknown method `{name}`; there are `.t()`, `.rows(a..b)` and `.columns(a..b)`"),
    };
    Mistake::new(at, headline).perhaps(help)
}

/// `x.rows(i..5)`, `x.rows(5..2)`.
pub(crate) fn part_bounds(at: Place, method: &str) -> Mistake {
    Mistake::new(at, format!("the bounds of `.{method}(...)` are two whole numbers, the first one below the second"))
        .cure(format!("write them out: `.{method}(2..5)` is what has the numbers 2, 3 and 4"))
}

/// `x.rows`.
pub(crate) fn field(at: Place, member: &str, receiver: &Expr) -> Mistake {
    let help = match member {
        "t" | "T" => Some(format!("the transpose is `{}`", receiver.transposed().brief())),
        "len" | "size" => Some(format!("the number of elements is `size({})`", receiver.brief())),
        _ => None,
    };
    Mistake::new(at, format!("the field `{member}` is not part of the language of losses")).perhaps(help)
}

/// `f64::tanh(x)`, `tanh::<f64>(x)`.
pub(crate) fn function_path(at: Place, written: &str, last: &str) -> Mistake {
    let here = prelude::is_function(last).then(|| format!("write `{last}(...)`"));
    let help = here.or_else(|| elsewhere(last).map(ToOwned::to_owned));
    Mistake::new(at, format!("functions are called by their plain names, and `{written}` is a path")).perhaps(help)
}

/// A body that ends with `;`, or is empty.
pub(crate) fn no_result(at: Place, last: Option<&Expr>) -> Mistake {
    match last {
        Some(last) => Mistake::new(at, "a loss ends with an expression; this one ends with `;`")
            .cure(format!("remove the `;` after `{}`", last.brief())),
        None => Mistake::new(at, "a loss ends with an expression; this one has none"),
    }
}

/// `x * w;`
pub(crate) fn statement_without_effect(at: Place, expr: &Expr) -> Mistake {
    Mistake::new(at, format!("the value of `{}` is not used", expr.brief()))
        .cure("give it a name, by `let`, or remove it")
}

/// `let h;`
pub(crate) fn let_without_value(at: Place) -> Mistake {
    Mistake::new(at, "a `let` has a value").cure("write it at once: `let h = ...;`")
}

/// `(a, b): …`, `let (a, b) = …`.
pub(crate) fn not_a_plain_name(at: Place, what: &str) -> Mistake {
    Mistake::new(at, format!("{what} is a plain name, not a pattern"))
}

/// `r#type`, `_x`.
pub(crate) fn plain_name(at: Place, name: &str) -> Mistake {
    let why = if name.starts_with("r#") { "is raw" } else { "begins with `_`" };
    Mistake::new(at, format!("names of a loss are plain, and `{name}` {why}")).cure(
        format!("write `{}`", name.trim_start_matches("r#").trim_start_matches('_')).replace("``", "another name"),
    )
}

/// `#[loss] struct S;`
pub(crate) fn not_a_function(at: Place, word: &str) -> Mistake {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Mistake::new(at, format!("`#[loss]` goes on a `fn`, not on {article} `{word}`"))
}

/// Source text that syn does not read.
pub(crate) fn unreadable(at: Place, error: &syn::Error) -> Mistake {
    Mistake::new(at, format!("`#[loss]` can't read this: {error}"))
}

/// A spec that would overflow the compiler's stack.
pub(crate) fn nested_too_deeply(at: Place) -> Mistake {
    Mistake::new(at, "this expression is nested too deeply, or too long").cure("give its parts names, by `let`")
}

/// A panic in the compiler.
pub(crate) fn internal(what: &str) -> Mistake {
    let home = env!("CARGO_PKG_REPOSITORY");
    let place = if home.is_empty() { String::new() } else { format!(" at {home}/issues") };
    let headline = format!("internal error of frobenius: {what}; please report it with this spec{place}");
    Mistake::new(Place::call_site(), headline)
}
