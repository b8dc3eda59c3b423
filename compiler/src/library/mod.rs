//! Tier 4: functions written in the language. They are read by the parser that reads specs, and put in place by
//! [`lower`](crate::lower).

mod functions;

use crate::operations::{self, Domain, Operation};

pub(crate) use functions::FUNCTIONS;

/// `size(e)`: the number of elements. It depends on the shape alone, so it is no operation on a value.
pub(crate) const SIZE: &str = "size";
/// The signature of [`SIZE`].
pub(crate) const SIZE_SIGNATURE: &str = "size(e: Matrix<R, C>) -> Scalar";

/// The source of the library function `name`.
pub(crate) fn source(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().copied().find(|source| name_of(source) == name)
}

/// The signature that messages show: the source up to its body, without `fn`.
pub(crate) fn signature(source: &'static str) -> &'static str {
    let head = source.split('{').next().unwrap_or(source);
    head.trim().trim_start_matches("fn ").trim_end()
}

fn name_of(source: &'static str) -> &'static str {
    signature(source).split('(').next().unwrap_or_default()
}

/// The names of all functions that users may call.
pub(crate) fn all_functions() -> impl Iterator<Item = &'static str> {
    let operations = operations::all().filter(|operation| operation.is_function()).map(Operation::name);
    operations.chain(FUNCTIONS.iter().copied().map(name_of)).chain([SIZE]).chain(Domain::NAMES)
}

/// Whether users may call a function `name`.
pub(crate) fn is_function(name: &str) -> bool {
    all_functions().any(|function| function == name)
}
