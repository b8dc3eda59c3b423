//! The calculus: sweeps over the graph that know no operation by name.

mod along;
mod forward;
mod reverse;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use along::{along, substitute};
pub(crate) use forward::{forward, stand_in};
pub(crate) use reverse::{pull_back, reverse};
pub(crate) use trace::{Part, Step, differential_of, moves, trace};
