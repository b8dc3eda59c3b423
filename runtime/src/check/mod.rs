//! Checks of gradients by values of the loss alone, which know nothing of the derivation.
//!
//! A derivative is extrapolated from central differences at ever smaller steps (Richardson; as Ridders did in *Accurate
//! computation of F′(x) and F′(x) F″(x)*, 1982), which also tells how far it can be trusted: an element is called wrong only
//! where its distance is well beyond that. Each parameter is moved as a whole first, along random signs; where the loss does
//! not follow the gradient, halves and halves of halves are, down to the element that is wrong. The elements with the largest
//! gradient are looked at one by one.
//!
//! How far rounding alone moves the loss and the gradient is measured beside the parameters, by differences of high order
//! (Moré and Wild, *Estimating computational noise*, 2011): a determinant that is 0, or a sum that cancels, says little.
//!
//! The remainder of Taylor's formula says the same of all parameters together: where f(w + t v) − f(w) − t ⟨∇f, v⟩ falls
//! with t² the gradient is right, and where it falls with t it is not.

pub(crate) mod generated;
mod gradient;

pub use gradient::{Gradient, Parameter, Wrong, gradient};
