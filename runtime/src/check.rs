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
const DOUBT: f64 = 20.0;

/// The distance, in multiples of the noise, that two ways to compute one value may have.
const NOISE: f64 = 1e3;

/// Signs of a parameter: element `start + k` moves by plus or minus the step.
struct Direction {
    start: usize,
    signs: Vec<f64>,
}

/// A derivative, and what it may be off by.
#[derive(Clone, Copy)]
struct Estimate {
    slope: f64,
    uncertainty: f64,
}

/// The loss, along lines through the parameters.
struct Line<'l, L: Objective> {
    loss: &'l mut L,
    at: &'l L::Params,
    moved: L::Params,
    random: Random,
    /// How far rounding moves each element of the gradient.
    noise: Vec<f64>,
}

impl<'l, L: Objective> Line<'l, L> {
    fn new(loss: &'l mut L, at: &'l L::Params) -> Self {
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
    fn noises(&mut self) -> Result<(f64, Vec<f64>), Error> {
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
        /// Halvings of t.
        const STEPS: usize = 6;
        let signs: Vec<f64> = gradient.iter().map(|_| self.random.sign()).collect();
        let slope: f64 = gradient.iter().zip(&signs).map(|(g, sign)| g * sign).sum();
        let direction = Direction { start: 0, signs };
        let mut step = largest_step::<L::Element>();
        // Below this a remainder is rounding.
        let floor = 1e3 * epsilon::<L::Element>() * value.abs();
        let mut orders = Vec::new();
        let mut before: Option<f64> = None;
        for _ in 0..STEPS {
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
fn size_of<T: Element>(part: &[T]) -> f64 {
    part.iter().map(|x| x.to_f64().abs()).fold(0.0, f64::max).max(1.0)
}

/// The derivative of `f` at 0, with steps for something of this size; `None` where `f` is not finite at any step.
fn extrapolate<T: Element>(size: f64, mut f: impl FnMut(f64) -> Result<f64, Error>) -> Result<Option<Estimate>, Error> {
    /// Steps, each a half of the one before, and so the most columns of the tableau.
    const STEPS: usize = 9;
    let beside: Result<Vec<_>, _> = noise_steps::<T>(size).map(&mut f).collect();
    let noise = noise(beside?);
    let mut step = size * largest_step::<T>();
    let mut best: Option<Estimate> = None;
    let mut before: Vec<f64> = Vec::new();
    for _ in 0..STEPS {
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

/// A size or a range in `#[loss(test(…))]`.
#[derive(Clone, Copy, Debug)]
pub enum TestedAt {
    /// The size of the dimension.
    Size(usize),
    /// Bounds of the elements of an argument.
    Range(f64, f64),
}

/// Sizes and random values for the test of `#[loss(test)]`.
pub struct Case<'n> {
    /// The sizes of the dimensions by number.
    sizes: Vec<usize>,
    /// Bounds of the values, unless `given` says otherwise.
    range: (f64, f64),
    given: &'n [(&'static str, TestedAt)],
    random: Random,
    /// The result so far.
    outcome: Outcome,
}

/// The result of a case.
enum Outcome {
    /// The loss was not finite, or nothing was checked.
    Nothing,
    Right,
    Wrong(String),
}

impl Case<'_> {
    /// The size of a dimension.
    #[must_use]
    pub fn size(&self, dimension: usize) -> usize {
        self.sizes.get(dimension).copied().unwrap_or(1)
    }

    /// Random numbers, as many as the matrix `name` has.
    pub fn values(&mut self, name: &str, rows: usize, columns: usize) -> Vec<f64> {
        let given = self.given.iter().find_map(|(other, at)| match at {
            TestedAt::Range(low, high) if *other == name => Some((*low, *high)),
            _ => None,
        });
        let (low, high) = given.unwrap_or(self.range);
        (0..rows * columns).map(|_| low + (high - low) * self.random.unit()).collect()
    }

    /// Random class indices.
    pub fn labels(&mut self, count: usize, classes: usize) -> Vec<usize> {
        (0..count).map(|_| self.random.below(classes)).collect()
    }

    /// Compares the gradient of `loss` at random parameters with what the loss does.
    ///
    /// # Errors
    /// Errors of the loss itself.
    pub fn check<L: Objective<Element = f64>>(&mut self, loss: &mut L) -> Result<(), Error> {
        let params = self.random_params(loss)?;
        let found = gradient(loss, &params)?;
        let is_wrong = found.parameters.iter().any(|parameter| !parameter.wrong.is_empty());
        // Where the loss is not finite, or says nothing, there is no verdict.
        self.outcome = match found {
            Gradient { value, .. } if !value.is_finite() => Outcome::Nothing,
            right if right.is_right() => Outcome::Right,
            wrong if is_wrong => Outcome::Wrong(wrong.to_string()),
            _ => Outcome::Nothing,
        };
        Ok(())
    }

    /// Compares value and gradient with those of the same operations unfused.
    ///
    /// # Errors
    /// Errors of the loss itself.
    pub fn check_unfused<L: Objective<Element = f64>>(
        &mut self,
        loss: &mut L,
        unfused: impl FnOnce(&mut L, &L::Params, &mut L::Params) -> Result<f64, Error>,
    ) -> Result<(), Error> {
        let (params, mut gradient, mut reference) = (self.random_params(loss)?, loss.params()?, loss.params()?);
        let found = loss.value_and_gradient(&params, &mut gradient)?;
        let expected = unfused(loss, &params, &mut reference)?;
        if matches!(self.outcome, Outcome::Wrong(_)) {
            return Ok(());
        }
        // Two ways to compute the same round differently: how far rounding goes is measured.
        let (of_value, noise) = Line::new(loss, &params).noises()?;
        if (found - expected).abs() > 1e-9 * expected.abs().max(1.0) + NOISE * of_value {
            self.outcome =
                Outcome::Wrong(format!("the value is {found:e}, of the same operations unfused {expected:e}"));
            return Ok(());
        }
        let (found, expected) = (gradient.as_slice(), reference.as_slice());
        let largest = expected.iter().fold(1.0, |largest: f64, x| largest.max(x.abs()));
        let mut start = 0;
        for (name, rows, columns) in gradient.extents() {
            let elements = start..start + rows * columns;
            let differs = |&i: &usize| (found[i] - expected[i]).abs() > 1e-9 * largest + NOISE * noise[i];
            if let Some(i) = elements.clone().find(differs) {
                let at = ((i - start) / columns.max(1), (i - start) % columns.max(1));
                self.outcome = Outcome::Wrong(format!(
                    "{name}[{}, {}]: the gradient is {:e}, of the same operations unfused {:e}",
                    at.0, at.1, found[i], expected[i]
                ));
                return Ok(());
            }
            start = elements.end;
        }
        Ok(())
    }

    /// Compares slopes along a random direction v with ⟨∇f, v⟩.
    ///
    /// # Errors
    /// Errors of the loss itself.
    pub fn check_slope<L: Objective<Element = f64>>(
        &mut self,
        loss: &mut L,
        jvp: impl FnOnce(&mut L, &L::Params, &L::Params) -> Result<(f64, f64), Error>,
    ) -> Result<(), Error> {
        let (params, v, mut gradient) = (self.random_params(loss)?, self.random_params(loss)?, loss.params()?);
        loss.value_and_gradient(&params, &mut gradient)?;
        let (_, slope) = jvp(loss, &params, &v)?;
        self.compare("the slope along a random direction", slope, "that of the gradient", &gradient, &v);
        Ok(())
    }

    /// Compares ⟨u, H v⟩, for random directions u and v, with what ⟨u, ∇f⟩ does along v.
    ///
    /// # Errors
    /// Errors of the loss itself.
    pub fn check_hessian<L: Objective<Element = f64>>(
        &mut self,
        loss: &mut L,
        hvp: impl FnOnce(&mut L, &L::Params, &L::Params, &mut L::Params) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !matches!(self.outcome, Outcome::Right) {
            // A gradient that can't be told has no slope that could.
            return Ok(());
        }
        let params = self.random_params(loss)?;
        let (u, v, mut hv) = (self.random_params(loss)?, self.random_params(loss)?, loss.params()?);
        hvp(loss, &params, &v, &mut hv)?;
        let (mut moved, mut gradient) = (params.clone(), loss.params()?);
        let estimate = extrapolate::<f64>(size_of(params.as_slice()), |step| {
            let beside = params.as_slice().iter().zip(v.as_slice()).map(|(at, v)| at + step * v);
            moved.as_mut_slice().iter_mut().zip(beside).for_each(|(to, x)| *to = x);
            loss.value_and_gradient(&moved, &mut gradient)?;
            Ok(dot(&u, &gradient))
        })?;
        let Some(Estimate { slope, uncertainty }) = estimate else { return Ok(()) };
        let found = dot(&u, &hv);
        let allowed = DOUBT * uncertainty + 1e-9 * size_of_products(&u, &hv).max(1.0);
        if (found - slope).abs() > allowed {
            self.outcome = Outcome::Wrong(format!(
                "⟨u, H v⟩ is {found:e}, and ⟨u, ∇f⟩ changes along v by {slope:e} ± {uncertainty:.0e}"
            ));
        }
        Ok(())
    }

    fn random_params<L: Objective<Element = f64>>(&mut self, loss: &L) -> Result<L::Params, Error> {
        let mut params = loss.params()?;
        let mut values = Vec::new();
        for (name, rows, columns) in params.extents() {
            // Elements of an array have the array's name.
            let declared = name.split('[').next().unwrap_or(name);
            values.extend(self.values(declared, rows, columns));
        }
        params.as_mut_slice().copy_from_slice(&values);
        Ok(params)
    }

    /// Records a mistake if `found` is not ⟨a, b⟩, as far as that can be told. Nothing is known of numbers that are not
    /// finite.
    fn compare<P: Parameters<Element = f64>>(&mut self, what: &str, found: f64, other: &str, a: &P, b: &P) {
        let expected = dot(a, b);
        if (found - expected).abs() > 1e-9 * size_of_products(a, b).max(1.0)
            && !matches!(self.outcome, Outcome::Wrong(_))
        {
            self.outcome = Outcome::Wrong(format!("{what} is {found:e}, {other} is {expected:e}"));
        }
    }
}

/// ⟨a, b⟩
fn dot<P: Parameters<Element = f64>>(a: &P, b: &P) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| a * b).sum()
}

/// Σ |aᵢ bᵢ|
fn size_of_products<P: Parameters<Element = f64>>(a: &P, b: &P) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a * b).abs()).sum()
}

/// Runs `check` for sizes that are no multiples of a block, of dimensions of these names, with random values: from −1 to 1, or
/// from 0.1 to 1 where the loss is not finite for the others; or of sizes and with values that are `given`.
///
/// # Errors
/// The mistake in words.
pub fn check_cases(
    names: &[&str],
    given: &[(&'static str, TestedAt)],
    check: impl Fn(&mut Case<'_>) -> Result<(), Error>,
) -> Result<(), String> {
    let mut is_checked = false;
    let size = |name: &str, chosen: usize| {
        given
            .iter()
            .find_map(|(other, at)| match at {
                TestedAt::Size(size) if *other == name => Some(*size),
                _ => None,
            })
            .unwrap_or(chosen)
    };
    for (seed, first) in (1..).zip([1, 2, 7, 65]) {
        // All others are small, and different.
        let sizes = names.iter().enumerate().map(|(i, name)| size(name, if i == 0 { first } else { 2 + i }));
        let sizes: Vec<usize> = sizes.collect();
        for range in [(-1.0, 1.0), (0.1, 1.0)] {
            let mut case = Case { sizes: sizes.clone(), range, given, random: Random(seed), outcome: Outcome::Nothing };
            let told = || {
                let each = names.iter().zip(&sizes).map(|(name, size)| format!("{name} = {size}"));
                each.collect::<Vec<_>>().join(", ")
            };
            check(&mut case).map_err(|error| format!("{}: {error}", told()))?;
            match case.outcome {
                Outcome::Nothing => {}
                Outcome::Right => {
                    is_checked = true;
                    break;
                }
                Outcome::Wrong(found) => {
                    return Err(format!("{}, values from {} to {}:\n{found}", told(), range.0, range.1));
                }
            }
        }
    }
    if is_checked {
        return Ok(());
    }
    Err("the loss is finite for no random data, or says nothing of its gradient there: give sizes and ranges that suit it, as in \
         `#[loss(test(N = 40, x = 0.5..2.0))]`, or call `frobenius::check::gradient` with data of your own"
        .to_owned())
}

impl Random {
    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }

    fn sign(&mut self) -> f64 {
        if self.bits() >> 63 == 0 { 1.0 } else { -1.0 }
    }
}
