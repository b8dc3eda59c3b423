//! The interface of every loss, whatever its data and parameters: for code that works with any of them.

use crate::element::Element;
use crate::error::Error;

/// A loss with its data, as `#[loss]` makes it. The methods are those of the same names that it has anyway.
///
/// ```
/// use frobenius::prelude::*;
/// use frobenius::{Objective, Parameters};
///
/// /// A step of gradient descent, for any loss.
/// fn step<L: Objective<Element = f64>>(loss: &mut L, params: &mut L::Params, rate: f64) -> Result<f64, Error> {
///     let mut gradient = loss.params()?;
///     let value = loss.value_and_gradient(params, &mut gradient)?;
///     for (w, g) in params.as_mut_slice().iter_mut().zip(gradient.as_slice()) {
///         *w -= rate * g;
///     }
///     Ok(value)
/// }
///
/// #[loss]
/// fn ridge(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
///     norm_sq(x * w - y) + 0.1 * norm_sq(w)
/// }
/// # fn main() -> Result<(), Error> {
/// let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 1.0]);
/// let mut loss = ridge::Loss::new(ridge::Data { x: MatrixRef::new(&x, 3, 2)?, y: (&y).into() })?;
/// let mut params = loss.params()?;
///
/// let first = step(&mut loss, &mut params, 0.005)?;
/// let second = step(&mut loss, &mut params, 0.005)?;
/// assert!(second < first);
/// # Ok(())
/// # }
/// ```
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
///
/// ```
/// use frobenius::Parameters;
/// use frobenius::prelude::*;
///
/// /// The largest element of each parameter, with its name.
/// fn largest<P: Parameters<Element = f64>>(params: &P) -> Vec<(&'static str, f64)> {
///     let mut rest = params.as_slice();
///     let mut found = Vec::new();
///     for (name, rows, columns) in params.extents() {
///         let (own, others) = rest.split_at(rows * columns);
///         found.push((name, own.iter().copied().fold(f64::NEG_INFINITY, f64::max)));
///         rest = others;
///     }
///     found
/// }
///
/// #[loss]
/// fn line(x: Vector<N>, y: Vector<N>, #[param] slope: Scalar, #[param] offset: Scalar) -> Scalar {
///     norm_sq(slope * x + offset - y)
/// }
/// # fn main() -> Result<(), Error> {
/// let loss = line::Loss::new(line::Data { x: (&[1.0, 2.0]).into(), y: (&[3.0, 5.0]).into() })?;
/// let mut params = loss.params()?;
/// params.as_mut_slice().copy_from_slice(&[2.0, 1.0]);
/// assert_eq!(largest(&params), [("slope", 2.0), ("offset", 1.0)]);
/// # Ok(())
/// # }
/// ```
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
