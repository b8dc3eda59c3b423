//! Names and functions that aren't known, and calls that don't fit.

use crate::base::{Place, Symbol};
use crate::diagnostics::Mistake;
use crate::diagnostics::spelling::similar;

/// Why a name that is not in scope may have been written.
#[derive(Clone, Copy)]
pub(crate) enum Known {
    /// The name is a function.
    Function,
    /// A `let` gives it a value further down.
    Later,
    /// The name is a value, not a function.
    Value,
    /// Nothing in the spec has this name.
    Nothing,
}

/// `W`, which is neither an argument nor a `let` before.
pub(crate) fn unknown_name(at: Place, name: Symbol, known: Known, scope: &[Symbol]) -> Mistake {
    let listed: Vec<_> = scope.iter().map(ToString::to_string).collect();
    let help = match known {
        Known::Function => Some(format!("`{name}` is a function: `{name}(...)`")),
        Known::Later => Some(format!("move `let {name} = ...` up: it stands further down")),
        Known::Value | Known::Nothing => similar(name.as_str(), scope.iter().map(|name| name.as_str()))
            .map(|meant| format!("did you mean `{meant}`?")),
    };
    let facts = if listed.is_empty() { Vec::new() } else { vec![format!("in scope: {}", listed.join(", "))] };
    Mistake::new(at, format!("unknown name `{name}`")).facts(facts).perhaps(help)
}

/// `hadamard(m)`.
pub(crate) fn argument_count(at: Place, name: Symbol, signature: &str, takes: usize, given: usize) -> Mistake {
    let takes = if takes == 1 { "1 argument".to_owned() } else { format!("{takes} arguments") };
    let were = if given == 1 { "1 was" } else { &format!("{given} were") };
    Mistake::new(at, format!("`{name}` takes {takes}, but {were} given")).facts(vec![signature.to_owned()])
}

/// `let h = |z| …`, where `h` has a value already; `let h = …`, where `h` is a function.
pub(crate) fn shadowed_name(at: Place, name: Symbol, earlier: &str) -> Mistake {
    Mistake::new(
        at,
        format!("`{name}` is the name of {earlier}: functions and variables of loops have names of their own"),
    )
    .cure("give one of them another name")
}

/// `N` as an argument and a dimension.
pub(crate) fn name_for_two_things(at: Place, name: Symbol, one: &str, other: &str) -> Mistake {
    Mistake::new(at, format!("`{name}` is {one} and {other}")).cure("give one of them another name")
}
