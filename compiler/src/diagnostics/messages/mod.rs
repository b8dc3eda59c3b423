//! Every message that a user can see, one constructor each; each has a case of its name in `tests/ui/cases/`.
//!
//! A message has a headline that stands alone, facts (the operands as declared), and one cure if one is likely.

mod foreign;
mod functions;
mod labels;
mod layers;
mod names;
mod roles;
mod shapes;
#[cfg(test)]
mod suggestions;
mod syntax;
#[cfg(test)]
mod tests;
mod time;
mod types;

pub(crate) use functions::*;
pub(crate) use labels::*;
pub(crate) use layers::*;
pub(crate) use names::*;
pub(crate) use roles::*;
pub(crate) use shapes::*;
pub(crate) use syntax::*;
pub(crate) use time::*;
pub(crate) use types::*;
