//! The interface of every loss, whatever its data and parameters: for code that works with any of them.

use crate::element::Element;
use crate::error::Error;

/// A loss with its data, as `#[loss]` makes it. The methods are those of the same names that it has anyway.
pub trait Objective {
    /// The type of the elements.
    type Element: Element;
    /// The parameters, and the gradient in them.
    type Params: Parameters<Element = Self::Element>;

    /// Parameters of the right sizes, all 0.
    ///
    /// # Errors
    /// If they are larger than memory.
    fn params(&self) -> Result<Self::Params, Error>;

    /// The loss.
    ///
    /// # Errors
    /// If `params` was made for other sizes.
    fn value(&mut self, params: &Self::Params) -> Result<f64, Error>;

    /// The loss; writes the gradient.
    ///
    /// # Errors
    /// If `params` or `gradient` was made for other sizes.
    fn value_and_gradient(&mut self, params: &Self::Params, gradient: &mut Self::Params) -> Result<f64, Error>;
}

/// The parameters of a loss: one after the other, each a row after the other.
pub trait Parameters: Clone {
    /// The type of the elements.
    type Element: Element;

    /// All elements.
    fn as_slice(&self) -> &[Self::Element];

    /// All elements, to write.
    fn as_mut_slice(&mut self) -> &mut [Self::Element];

    /// The name, the rows and the columns of each parameter, in the order of their elements.
    fn extents(&self) -> Vec<(&'static str, usize, usize)>;
}
