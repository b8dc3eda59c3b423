//! The test that `#[loss(test)]` writes: cases of random data, and each derivative of the loss compared with another way to it.

use super::gradient::{DOUBT, Estimate, Gradient, Line, NOISE, extrapolate, gradient, size_of};
use crate::error::Error;
use crate::objective::{Objective, Parameters};
use crate::random::Random;

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

    /// Random class indices, of which about one in five is missing.
    pub fn optional_labels(&mut self, count: usize, classes: usize) -> Vec<Option<usize>> {
        (0..count).map(|_| Some(self.random.below(classes)).filter(|_| self.random.below(5) > 0)).collect()
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
