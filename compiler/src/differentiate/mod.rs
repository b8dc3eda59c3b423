//! The calculus: sweeps over the graph that know no operation by name.

mod forward;
mod reverse;
mod substitute;
#[cfg(test)]
mod tests;
mod waypoints;

pub(crate) use forward::{forward, stand_in, stand_in_of};
pub(crate) use reverse::{pull_back, reverse};
pub(crate) use substitute::{along, substitute};
pub(crate) use waypoints::{Pairing, Step, differential_of, moves, trace};
