//! The words that every stage speaks: names, places in the source, dimensions and shapes, costs, the roles of arguments.

mod cost;
mod place;
mod role;
mod shape;
mod symbol;

pub(crate) use cost::Cost;
pub(crate) use place::Place;
pub(crate) use role::{ArgumentKind, Role};
pub(crate) use shape::{Dim, Shape};
pub(crate) use symbol::{Symbol, subscript, superscript};
