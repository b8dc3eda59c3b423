//! The calculus: sweeps over the graph that know no operation by name.

mod along;
mod forward;
mod reverse;
#[cfg(test)]
mod tests;

pub(crate) use along::{along, substitute};
pub(crate) use forward::{forward, stand_in};
pub(crate) use reverse::{pull_back, reverse};
