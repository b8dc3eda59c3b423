//! Tests of the compiler as a whole.

mod dump;
mod fuzz;
mod golden;
mod layers;
mod scaling;
