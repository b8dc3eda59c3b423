//! Arguments and what they are for; the attribute and its options.

use crate::base::{Dim, Place, Symbol};
use crate::diagnostics::Mistake;
use crate::diagnostics::spelling::similar;
use crate::syntax::{Argument, TestedAt};

/// Methods of the generated `Params`, and of `DataGradient`, that the accessors of arguments stand beside.
const RESERVED: [&str; 9] =
    ["zeros", "from_vec", "dims", "as_slice", "as_mut_slice", "shapes", "new", "clone", "clone_from"];

/// Functions and modules that the module of a loss may have, besides those of its outputs.
const ITEMS: [&str; 5] = ["cost", "mem", "outer", "rt", "unfused"];

/// True if the module of a loss may have something else by the name of an output: its types have names of several letters that begin
/// with a capital.
pub(crate) fn is_item(name: &str) -> bool {
    ITEMS.contains(&name) || name.len() > 1 && name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// True if an accessor of the argument would have the name of such a method.
pub(crate) fn is_reserved(argument: &Argument) -> bool {
    argument.accessors().iter().any(|name| RESERVED.contains(&name.as_str()))
}

/// No argument is a parameter.
pub(crate) fn nothing_to_differentiate(at: Place, loss: &str, arguments: &[Argument]) -> Mistake {
    // A fitted argument lacks the dimension of the samples, which is the first one as a rule.
    let samples = arguments.first().map(|argument| argument.shape.rows).filter(|dim| *dim != Dim::ONE);
    let lacks = |argument: &&Argument| {
        Some(argument.shape.rows) != samples
            && Some(argument.shape.columns) != samples
            && argument.shape.is_known()
            && !argument.is_labels()
    };
    let help = match arguments.iter().find(lacks).or(arguments.last()) {
        Some(fitted) if fitted.shape.is_known() => Some(format!(
            "mark what is fitted, for example `#[param] {}: {}`",
            fitted.declared_name(),
            fitted.declared_type()
        )),
        Some(_) => None,
        None => Some("declare what is fitted, for example `#[param] w: Vector<D>`".to_owned()),
    };
    Mistake::new(at, format!("nothing to differentiate: no argument of `{loss}` is a `#[param]`")).perhaps(help)
}

/// A parameter that the loss doesn't reach; `name` is its own, or that of its array.
pub(crate) fn unused_parameter(argument: &Argument, name: Symbol) -> Mistake {
    let at = argument.name_place.to(argument.place);
    Mistake::new(at, format!("the loss does not depend on the parameter `{name}`, so its gradient is always 0"))
        .cure("use it, or remove the argument")
}

/// Data that no expression names; `name` is its own, or that of its array.
pub(crate) fn unused_argument(argument: &Argument, name: Symbol) -> Mistake {
    let at = argument.name_place.to(argument.place);
    Mistake::new(at, format!("the argument `{name}` is never used")).cure("use it, or remove the argument")
}

/// `let h = …`, which nothing names.
pub(crate) fn unused_let(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` is never used")).cure("use it, or remove the `let`")
}

/// `<const K: usize>`, where no argument has the size `K`.
pub(crate) fn unused_generic(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("no argument has the size `{name}`"))
        .cure(format!("use it as a dimension, such as `Vector<{name}>`, or remove it"))
}

/// Two arguments of one name.
pub(crate) fn duplicate_argument(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("two arguments have the name `{name}`"))
        .cure("every name has one value: rename one of them")
}

/// An argument whose accessor would be a second method of its name.
pub(crate) fn reserved_name(at: Place, name: Symbol, of: &str) -> Mistake {
    let what = if of == "Params" { "a parameter" } else { "what is differentiated" };
    Mistake::new(
        at,
        format!("{what} can't have the name `{name}`: `{of}` has a method of that name, or of `{name}_mut`"),
    )
    .cure("give it another name")
}

/// `x` and `x_mut`, both parameters.
pub(crate) fn name_of_accessor(at: Place, name: Symbol, accessor: Symbol, of: &str) -> Mistake {
    let what = if of == "Params" { "the parameter" } else { "the gradient in" };
    Mistake::new(at, format!("`{accessor}` is how `{of}` gives access to {what} `{name}`"))
        .cure("give one of them another name")
}

/// `N` and `n` would be one field.
pub(crate) fn dimensions_alike(at: Place, one: Symbol, other: Symbol) -> Mistake {
    let field = one.as_str().to_ascii_lowercase();
    Mistake::new(
        at,
        format!("the dimensions `{one}` and `{other}` differ only in case, and both would be the field `{field}`"),
    )
    .cure("if they are one size, give them one name; if not, another name")
}

/// A dimension whose field would be a keyword.
pub(crate) fn dimension_is_keyword(at: Place, name: Symbol, field: &str) -> Mistake {
    Mistake::new(at, format!("the dimension `{name}` would be the field `{field}`, which is a keyword"))
        .cure("give it another name")
}

/// `#[parm]`.
pub(crate) fn attribute_on_argument(at: Place, name: &str) -> Mistake {
    let help = if similar(name, ["param"]).is_some() || ["parameter", "params", "weight", "grad"].contains(&name) {
        "did you mean `#[param]`?"
    } else {
        "what is fitted is marked `#[param]`; all else is data, without a mark"
    };
    Mistake::new(at, format!("`#[{name}]` has no meaning on an argument of a loss")).cure(help)
}

/// `#[param(…)]`.
pub(crate) fn param_takes_nothing(at: Place) -> Mistake {
    Mistake::new(at, "`#[param]` takes no arguments").cure("write `#[param]`")
}

/// `#[param] #[param]`.
pub(crate) fn param_twice(at: Place) -> Mistake {
    Mistake::new(at, "`#[param]` stands here twice").cure("remove one of them")
}

/// `#[inline]` on a loss.
pub(crate) fn attribute_on_loss(at: Place, name: &str) -> Mistake {
    Mistake::new(at, format!("`#[{name}]` has no meaning on a loss, which becomes a module")).cure("remove it")
}

/// `#[loss(strem = N)]`, where `known` options are.
pub(crate) fn unknown_option(at: Place, name: &str, known: &[&'static str]) -> Mistake {
    let help = similar(name, known.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
    let options: Vec<_> = known.iter().map(|option| format!("`{option}`")).collect();
    Mistake::new(at, format!("unknown option `{name}` of `#[loss]`"))
        .facts(vec![format!("options: {}", options.join(", "))])
        .perhaps(help)
}

/// `#[loss(ggn = q)]`, where no `let` has the name `q`.
pub(crate) fn unknown_model(at: Place, name: Symbol, known: &[Symbol]) -> Mistake {
    let text = format!("`ggn` names what the model gives the outer loss, but no `let` has the name `{name}`");
    among(Mistake::new(at, text), name, known)
}

/// A mistake about a name that is none of those that are `known`.
fn among(mistake: Mistake, name: Symbol, known: &[Symbol]) -> Mistake {
    let meant = similar(name.as_str(), known.iter().map(|name| name.as_str()));
    let listed: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    let facts = if listed.is_empty() { Vec::new() } else { vec![format!("names: {}", listed.join(", "))] };
    mistake.facts(facts).perhaps(meant.map(|meant| format!("did you mean `{meant}`?")))
}

/// `#[loss(outputs(z, z))]`.
pub(crate) fn output_twice(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`outputs(...)` names `{name}` twice")).cure("remove one of them")
}

/// `#[loss(outputs(q))]`, where no `let` of the body, outside of loops, is called `q`.
pub(crate) fn unknown_output(at: Place, name: Symbol, known: &[Symbol]) -> Mistake {
    let text = format!("an output is the value of a `let`, but none outside of loops has the name `{name}`");
    among(Mistake::new(at, text), name, known)
}

/// `#[loss(outputs(k))]`, where `k` is labels.
pub(crate) fn output_is_labels(at: Place, name: Symbol, declared: &str) -> Mistake {
    Mistake::new(at, format!("an output is a matrix, a vector or a scalar of numbers, but `{name}` is `{declared}`"))
        .cure("remove it from `outputs(...)`")
}

/// `#[loss(outputs(cost))]`, where the module has something else by that name.
pub(crate) fn output_is_reserved(at: Place, name: Symbol) -> Mistake {
    Mistake::new(
        at,
        format!("an output becomes a function and a module, but the module of a loss may have a `{name}` of its own"),
    )
    .cure("give the `let` another name, in snake case as functions have")
}

/// `#[loss(ggn = q)]`, where `q` depends on no parameter.
pub(crate) fn model_is_constant(at: Place, name: Symbol) -> Mistake {
    Mistake::new(at, format!("`{name}` depends on no parameter, so it is not what the model gives the outer loss"))
        .cure("name the `let` that has the parameters in it and the outer loss behind it, such as the residual")
}

/// `#[loss(data_gradient(q))]`, where no data argument has the name `q`.
pub(crate) fn unknown_data(at: Place, option: &str, name: Symbol, known: &[Symbol]) -> Mistake {
    let meant = similar(name.as_str(), known.iter().map(|name| name.as_str()));
    let listed: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    Mistake::new(at, format!("`{option}` names arguments that are data and numbers; `{name}` is none of them"))
        .facts(if listed.is_empty() { Vec::new() } else { vec![format!("data: {}", listed.join(", "))] })
        .perhaps(meant.map(|meant| format!("did you mean `{meant}`?")))
}

/// `#[loss(sample_norms)]`, where the loss is not streamed.
pub(crate) fn no_samples(at: Place) -> Mistake {
    Mistake::new(at, "`sample_norms` needs samples, but this loss is streamed along no dimension")
        .cure("give the dimension of the samples by name: `stream = N`")
}

/// `#[loss(sample_norms)]`, where the gradient in a parameter is no sum over samples.
pub(crate) fn not_a_sum_over_samples(at: Place, parameter: Symbol, samples: &str, why: &str) -> Mistake {
    Mistake::new(
        at,
        format!("the gradient in `{parameter}` is not a sum over `{samples}` of what each sample adds: {why}"),
    )
    .cure("remove `sample_norms`, or write the loss as a sum over the samples")
}

/// `#[loss(data_curvature(z))]`, where the gradient in an element of `z` depends on other elements, by `operation`.
pub(crate) fn not_separable(at: Place, data: Symbol, operation: &str) -> Mistake {
    Mistake::new(
        at,
        format!("the loss is no sum of functions of single elements of `{data}`: its gradient combines them by `{operation}`"),
    )
    .cure("remove `data_curvature`; `hessian` has second derivatives in parameters, whatever the loss")
}

/// `#[loss(stream = 3)]`.
pub(crate) fn option_value(at: Place, name: &str, wanted: &str, example: &str) -> Mistake {
    Mistake::new(at, format!("the option `{name}` of `#[loss]` is {wanted}"))
        .cure(format!("for example `#[loss({example})]`"))
}

/// `#[loss(stream = N, stream = D)]`.
pub(crate) fn option_twice(at: Place, name: &str) -> Mistake {
    Mistake::new(at, format!("the option `{name}` of `#[loss]` is given twice")).cure("remove one of them")
}

/// `#[loss(stream = Q)]`, where no argument has the dimension `Q`.
pub(crate) fn unknown_stream(at: Place, name: Symbol, dimensions: &[Symbol]) -> Mistake {
    let listed: Vec<_> = dimensions.iter().map(ToString::to_string).collect();
    let facts = if listed.is_empty() { Vec::new() } else { vec![format!("dimensions: {}", listed.join(", "))] };
    let meant = similar(name.as_str(), dimensions.iter().map(|dim| dim.as_str()));
    Mistake::new(at, format!("the loss can't stream along `{name}`: no argument has this dimension"))
        .facts(facts)
        .perhaps(meant.map(|meant| format!("did you mean `{meant}`?")))
}

/// `#[loss(test(Q = 3))]`, where no argument has the dimension `Q`; `test(q = 0.0..1.0)`, where `q` is no argument.
pub(crate) fn unknown_in_test(at: Place, name: Symbol, given: TestedAt, known: &[Symbol]) -> Mistake {
    let (what, of) = match given {
        TestedAt::Size(_) => ("a size to a dimension", "dimensions"),
        TestedAt::Range(..) => ("a range to the elements of an argument", "arguments"),
    };
    let meant = similar(name.as_str(), known.iter().map(|name| name.as_str()));
    let listed: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    Mistake::new(at, format!("`test` gives {what}, but this loss has no `{name}`"))
        .facts(vec![format!("{of}: {}", listed.join(", "))])
        .perhaps(meant.map(|meant| format!("did you mean `{meant}`?")))
}

/// `fn f(…)`, `-> f64`.
pub(crate) fn result_type(at: Place, found: Option<&str>) -> Mistake {
    match found {
        None => Mistake::new(at, "a loss returns a Scalar, but no result is declared")
            .cure("write `-> Scalar` in front of the body"),
        Some(found) => {
            Mistake::new(at, format!("a loss returns a Scalar, but this one is declared to return `{found}`"))
                .cure("write `-> Scalar`")
        }
    }
}

/// `self` in a loss.
pub(crate) fn has_receiver(at: Place) -> Mistake {
    Mistake::new(at, "a loss takes no `self`").cure("what it needs of `self` is passed as arguments")
}

/// `async fn`, `unsafe fn`, `const fn`, `extern fn`.
pub(crate) fn is_async(at: Place, word: &str) -> Mistake {
    Mistake::new(at, format!("a loss is not `{word}`")).cure("write `fn`")
}

/// `fn f<T>(…)`.
pub(crate) fn is_generic(at: Place, found: &str) -> Mistake {
    let mistake = Mistake::new(at, format!("a loss is generic only over `const` sizes; found `{found}`"));
    match found {
        "where" => mistake.cure("remove the clause"),
        _ if found.starts_with("const") => mistake.cure("write `const K: usize`"),
        _ if found.starts_with('\'') => mistake.cure("remove it: the data are borrowed anyhow"),
        _ => mistake.cure("remove it: every loss is generic over `f32` and `f64` anyhow"),
    }
}
