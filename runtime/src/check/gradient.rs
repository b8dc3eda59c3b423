//! The check of a gradient by values of the loss.

use core::fmt::{self, Display, Formatter};

use crate::element::Element;
use crate::error::Error;
use crate::objective::{Objective, Parameters};
use crate::random::Random;
use crate::simd::Scalar;

/// The result of [`gradient`]. Printed, it is a line for each parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Gradient {
    /// The loss at the parameters.
    pub value: f64,
    /// Each parameter, in order.
    pub parameters: Vec<Parameter>,
    /// The power of t with which Taylor's remainder falls: 2 where the gradient is right and the loss is smooth, 1 where
    /// it is wrong. `None` where the remainder is lost in rounding, as it is of a loss that is nearly linear.
    pub order: Option<f64>,
}

/// The result for one parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its rows and columns.
    pub shape: (usize, usize),
    /// How many derivatives were compared: along the parameter as a whole or a part of it, and of single elements.
    pub compared: usize,
    /// How many of them were left out, because the loss has a kink there or is too rough to tell.
    pub undecided: usize,
    /// The elements that are wrong, of which there may be more.
    pub wrong: Vec<Wrong>,
    /// The largest distance, relative to what the derivatives along signs could be at most.
    pub distance: f64,
}

/// An element of a gradient that is not the derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Wrong {
    /// Its row and column.
    pub at: (usize, usize),
    /// The element of the gradient.
    pub found: f64,
    /// The derivative of the loss, estimated from its values.
    pub expected: f64,
    /// How far `expected` may be off.
    pub uncertainty: f64,
}

impl Gradient {
    /// True if nothing is wrong, and something could be compared: a loss of which every derivative is undecided is not known
    /// to be right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let is_empty = self.parameters.iter().all(|parameter| parameter.shape.0 * parameter.shape.1 == 0);
        let is_compared = is_empty || self.parameters.iter().any(|parameter| parameter.compared > 0);
        self.value.is_finite() && is_compared && self.parameters.iter().all(|parameter| parameter.wrong.is_empty())
    }
}

impl Display for Gradient {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.value.is_finite() {
            return write!(f, "the loss is {} here, and its gradient can't be compared", self.value);
        }
        for (i, parameter) in self.parameters.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{parameter}")?;
        }
        match self.order {
            Some(order) => write!(f, "\nTaylor's remainder falls with t^{order:.2}; with t^2 where all is right"),
            None => Ok(()),
        }
    }
}

impl Display for Parameter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, shape: (rows, columns), compared, undecided, wrong, distance } = self;
        if wrong.is_empty() && *compared == 0 && *undecided > 0 {
            return write!(
                f,
                "{name} ({rows} x {columns}): {undecided} derivatives can't be told, by a kink or by rounding"
            );
        }
        if wrong.is_empty() {
            write!(f, "{name} ({rows} x {columns}): right, within {distance:.0e}, in {compared} derivatives")?;
        } else {
            write!(f, "{name} ({rows} x {columns}): wrong")?;
        }
        if *undecided > 0 {
            write!(f, "; {undecided} more can't be told, by a kink or by rounding")?;
        }
        for Wrong { at: (i, j), found, expected, uncertainty } in wrong {
            write!(
                f,
                "\n    {name}[{i}, {j}]: the gradient is {found:e}, the loss has {expected:e} ± {uncertainty:.0e}"
            )?;
        }
        Ok(())
    }
}

/// Compares the gradient at `params` with what the loss does beside them.
///
/// It takes some hundred values of the loss for each parameter, and seven gradients. The data and the sizes are those of `loss`, so a
/// sample of the data is enough where a value takes long.
///
/// ```
/// use frobenius::prelude::*;
///
/// #[loss]
/// fn ridge(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
///     norm_sq(x * w - y) + 0.1 * norm_sq(w)
/// }
/// # fn main() -> Result<(), Error> {
/// let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 1.0]);
/// let mut loss = ridge::Loss::new(ridge::Data { x: MatrixRef::new(&x, 3, 2)?, y: (&y).into() })?;
/// let mut params = loss.params()?;
/// params.w_mut().copy_from_slice(&[0.5, -0.3]);
///
/// let report = frobenius::check::gradient(&mut loss, &params)?;
/// assert!(report.is_right(), "{report}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If `params` was made for other sizes, or if there is no memory for a second copy of them.
pub fn gradient<L: Objective>(loss: &mut L, params: &L::Params) -> Result<Gradient, Error> {
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(params, &mut gradient)?;
    let gradient: Vec<f64> = gradient.as_slice().iter().map(|x| x.to_f64()).collect();
    let mut line = Line::new(loss, params);
    if value.is_finite() {
        (_, line.noise) = line.noises()?;
    }
    let mut parameters = Vec::new();
    let mut start = 0;
    for (name, rows, columns) in params.extents() {
        let part = start..start + rows * columns;
        let mut found =
            Parameter { name, shape: (rows, columns), compared: 0, undecided: 0, wrong: Vec::new(), distance: 0.0 };
        if value.is_finite() && !part.is_empty() {
            line.parameter(&gradient, part, &mut found)?;
        }
        start += rows * columns;
        parameters.push(found);
    }
    let order = if value.is_finite() { line.order(&gradient, value)? } else { None };
    Ok(Gradient { value, parameters, order })
}

/// Elements of a parameter that are looked at by themselves.
const SINGLE: usize = 4;

/// The distance that counts, in multiples of what the extrapolation is uncertain by.
pub(super) const DOUBT: f64 = 20.0;

/// The distance, in multiples of the noise, that two ways to compute one value may have.
pub(super) const NOISE: f64 = 1e3;

/// Signs of a parameter: element `start + k` moves by plus or minus the step.
struct Direction {
    start: usize,
    signs: Vec<f64>,
}

/// A derivative, and what it may be off by.
#[derive(Clone, Copy)]
pub(super) struct Estimate {
    pub(super) slope: f64,
    pub(super) uncertainty: f64,
}

/// The loss, along lines through the parameters.
pub(super) struct Line<'l, L: Objective> {
    loss: &'l mut L,
    at: &'l L::Params,
    moved: L::Params,
    random: Random,
    /// How far rounding moves each element of the gradient.
    noise: Vec<f64>,
}

impl<'l, L: Objective> Line<'l, L> {
    pub(super) fn new(loss: &'l mut L, at: &'l L::Params) -> Self {
        Self { loss, at, moved: at.clone(), random: Random(1), noise: Vec::new() }
    }

    /// The loss where the elements of `direction` have moved by `step`.
    fn value(&mut self, direction: &Direction, step: f64) -> Result<f64, Error> {
        self.go(direction, step);
        let value = self.loss.value(&self.moved);
        self.go(direction, 0.0);
        value
    }

    /// Moves the elements of `direction` by `step` from where they are at.
    fn go(&mut self, Direction { start, signs }: &Direction, step: f64) {
        let range = *start..start + signs.len();
        let (from, to) = (&self.at.as_slice()[range.clone()], &mut self.moved.as_mut_slice()[range]);
        for ((to, from), sign) in to.iter_mut().zip(from).zip(signs) {
            *to = L::Element::from_f64(from.to_f64() + sign * step);
        }
    }

    /// The derivative along `direction`; `None` where the loss is not finite at any step.
    fn slope(&mut self, direction: &Direction) -> Result<Option<Estimate>, Error> {
        let part = &self.at.as_slice()[direction.start..][..direction.signs.len()];
        extrapolate::<L::Element>(size_of(part), |step| self.value(direction, step))
    }

    /// How far rounding moves the loss, and each element of the gradient.
    pub(super) fn noises(&mut self) -> Result<(f64, Vec<f64>), Error> {
        let size = size_of(self.at.as_slice());
        let signs = self.at.as_slice().iter().map(|_| self.random.sign()).collect();
        let direction = Direction { start: 0, signs };
        let mut gradient = self.loss.params()?;
        let (mut values, mut gradients): (Vec<f64>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
        for step in noise_steps::<L::Element>(size) {
            self.go(&direction, step);
            values.push(self.loss.value_and_gradient(&self.moved, &mut gradient)?);
            gradients.push(gradient.as_slice().iter().map(|x| x.to_f64()).collect());
        }
        self.go(&direction, 0.0);
        let of_element = |i: usize| noise(gradients.iter().map(|gradient| gradient[i]).collect());
        Ok((noise(values), (0..direction.signs.len()).map(of_element).collect()))
    }

    fn parameter(
        &mut self,
        gradient: &[f64],
        part: core::ops::Range<usize>,
        found: &mut Parameter,
    ) -> Result<(), Error> {
        let signs = part.clone().map(|_| self.random.sign()).collect();
        let whole = Direction { start: part.start, signs };
        if self.compare(gradient, &whole, found)? == Verdict::Wrong {
            self.search(gradient, whole, found)?;
        }
        let mut largest: Vec<usize> = part.clone().collect();
        largest.sort_by(|a, b| gradient[*b].abs().total_cmp(&gradient[*a].abs()));
        for i in largest.into_iter().take(SINGLE) {
            self.element(gradient, i, found)?;
        }
        Ok(())
    }

    /// Compares the slope of the loss along `direction` with that of the gradient.
    fn compare(&mut self, gradient: &[f64], direction: &Direction, found: &mut Parameter) -> Result<Verdict, Error> {
        let own = &gradient[direction.start..][..direction.signs.len()];
        let expected: f64 = own.iter().zip(&direction.signs).map(|(g, sign)| g * sign).sum();
        let most: f64 = own.iter().map(|g| g.abs()).sum();
        let Some(Estimate { slope, uncertainty }) = self.slope(direction)? else {
            found.undecided += 1;
            return Ok(Verdict::Undecided);
        };
        let noise = &self.noise[direction.start..][..direction.signs.len()];
        let uncertainty = uncertainty + noise.iter().map(|x| x * x).sum::<f64>().sqrt();
        let distance = (slope - expected).abs();
        // A NaN in the gradient is wrong where the loss has a slope.
        if distance > DOUBT * uncertainty + rounding::<L::Element>() * most || distance.is_nan() {
            // A loss that does not move at all says nothing of a gradient that is as good as 0.
            let is_still = slope == 0.0 && uncertainty == 0.0 && most < rounding::<L::Element>();
            found.undecided += usize::from(is_still);
            return Ok(if is_still { Verdict::Undecided } else { Verdict::Wrong });
        }
        if uncertainty > 1e-2 * most.max(slope.abs()) && most > 0.0 {
            found.undecided += 1;
            return Ok(Verdict::Undecided);
        }
        found.compared += 1;
        found.distance = found.distance.max(if distance == 0.0 { 0.0 } else { distance / most.max(slope.abs()) });
        Ok(Verdict::Right)
    }

    /// Follows the wrong half, down to an element.
    fn search(&mut self, gradient: &[f64], mut direction: Direction, found: &mut Parameter) -> Result<(), Error> {
        while direction.signs.len() > 1 {
            let second = direction.signs.split_off(direction.signs.len() / 2);
            let rest = Direction { start: direction.start + direction.signs.len(), signs: second };
            if self.compare(gradient, &direction, found)? != Verdict::Wrong {
                if self.compare(gradient, &rest, found)? != Verdict::Wrong {
                    // Each half by itself is within its doubt, and both together are not.
                    found.undecided += 1;
                    return Ok(());
                }
                direction = rest;
            }
        }
        self.element(gradient, direction.start, found)
    }

    fn element(&mut self, gradient: &[f64], i: usize, found: &mut Parameter) -> Result<(), Error> {
        let direction = Direction { start: i, signs: vec![1.0] };
        if self.compare(gradient, &direction, found)? == Verdict::Wrong
            && let Some(Estimate { slope, uncertainty }) = self.slope(&direction)?
        {
            let start = self.start_of(found.name);
            let columns = found.shape.1.max(1);
            let at = ((i - start) / columns, (i - start) % columns);
            if found.wrong.iter().all(|wrong| wrong.at != at) {
                found.wrong.push(Wrong { at, found: gradient[i], expected: slope, uncertainty });
            }
        }
        Ok(())
    }

    /// Where the elements of a parameter begin.
    fn start_of(&self, name: &str) -> usize {
        let extents = self.at.extents();
        extents.iter().take_while(|(other, ..)| *other != name).map(|(_, rows, columns)| rows * columns).sum()
    }

    /// The power of t with which the remainder of first order falls, along signs of all parameters.
    fn order(&mut self, gradient: &[f64], value: f64) -> Result<Option<f64>, Error> {
        /// How often t is halved.
        const HALVINGS: usize = 6;
        let signs: Vec<f64> = gradient.iter().map(|_| self.random.sign()).collect();
        let slope: f64 = gradient.iter().zip(&signs).map(|(g, sign)| g * sign).sum();
        let direction = Direction { start: 0, signs };
        let mut step = largest_step::<L::Element>();
        // Below this a remainder is rounding.
        let floor = 1e3 * epsilon::<L::Element>() * value.abs();
        let mut orders = Vec::new();
        let mut before: Option<f64> = None;
        for _ in 0..HALVINGS {
            let remainder = (self.value(&direction, step)? - value - step * slope).abs();
            if let Some(before) = before
                && remainder > floor
            {
                orders.push((before / remainder).log2());
            }
            before = Some(remainder);
            step *= 0.5;
        }
        Ok(orders.last().copied().filter(|order| order.is_finite()))
    }
}

/// The size of what moves: that of the largest element, 1 at least.
pub(super) fn size_of<T: Element>(part: &[T]) -> f64 {
    part.iter().map(|x| x.to_f64().abs()).fold(0.0, f64::max).max(1.0)
}

/// The derivative of `f` at 0, with steps for something of this size; `None` where `f` is not finite at any step.
pub(super) fn extrapolate<T: Element>(
    size: f64,
    mut f: impl FnMut(f64) -> Result<f64, Error>,
) -> Result<Option<Estimate>, Error> {
    /// Rows of the tableau, each at half the step of the one before.
    const TABLEAU_ROWS: usize = 9;
    let beside: Result<Vec<_>, _> = noise_steps::<T>(size).map(&mut f).collect();
    let noise = noise(beside?);
    let mut step = size * largest_step::<T>();
    let mut best: Option<Estimate> = None;
    let mut before: Vec<f64> = Vec::new();
    for _ in 0..TABLEAU_ROWS {
        let (up, down) = (f(step)?, f(-step)?);
        let mut row = vec![(up - down) / (2.0 * step)];
        // The part that rounding has in it: columns of the tableau may agree by chance.
        let rounding = 4.0 * (epsilon::<T>() * up.abs().max(down.abs()) + noise) / step;
        let mut factor = 1.0;
        for (k, coarse) in before.iter().enumerate() {
            factor *= 4.0;
            let refined = (factor * row[k] - coarse) / (factor - 1.0);
            let uncertainty = (refined - row[k]).abs().max((refined - coarse).abs()) + rounding;
            if refined.is_finite() && best.is_none_or(|best| uncertainty < best.uncertainty) {
                best = Some(Estimate { slope: refined, uncertainty });
            }
            row.push(refined);
        }
        before = row;
        step *= 0.5;
    }
    Ok(best)
}

/// Steps beside 0 over which a smooth function is a polynomial, but for rounding.
fn noise_steps<T: Element>(size: f64) -> impl Iterator<Item = f64> {
    let step = if T::NAME == "f32" { 1e-4 } else { 1e-9 };
    (-3..=3).map(move |k| f64::from(k) * step * size)
}

/// The noise in values at equal steps: their differences of order k have γₖ⁻¹ times its variance, γₖ = (k!)² / (2k)!. The
/// largest estimate of three orders counts; 0 where a value is not finite.
fn noise(mut values: Vec<f64>) -> f64 {
    let mut largest = 0.0_f64;
    let mut variance = 1.0;
    for k in 1..=5_u32 {
        values = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // (2k)! / (k!)²
        variance *= f64::from(2 * (2 * k - 1)) / f64::from(k);
        if k >= 3 {
            let mean = values.iter().map(|x| x * x).sum::<f64>() / f64::from(7 - k);
            largest = largest.max((mean / variance).sqrt());
        }
    }
    if largest.is_finite() { largest } else { 0.0 }
}

/// The verdict of one comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    Undecided,
}

/// The distance from 1 to the next number.
fn epsilon<T: Element>() -> f64 {
    if T::NAME == "f32" { f64::from(f32::EPSILON) } else { f64::EPSILON }
}

/// The first step of the extrapolation, beside elements of size 1: the last one, 2⁸ times smaller, is still well above rounding.
fn largest_step<T: Element>() -> f64 {
    if T::NAME == "f32" { 0.125 } else { 0.0625 }
}

/// The rounding error that is allowed in the gradient itself, relative to the sum of its magnitudes.
fn rounding<T: Element>() -> f64 {
    1e3 * epsilon::<T>()
}
