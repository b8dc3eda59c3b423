//! The sizes of a loss, inferred from its data.

use crate::error::Error;

/// A dimension of an argument, as declared.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// The run-time dimension of this number.
    Named(usize),
    /// A size that is fixed at compile time.
    Fixed(usize),
}

/// The run-time dimensions: what they are, and which argument says so.
#[derive(Debug)]
pub struct Shapes<const D: usize> {
    known: [Option<(usize, &'static str, Axis)>; D],
}

#[derive(Clone, Copy, Debug)]
enum Axis {
    Rows,
    Columns,
    Elements,
    Given,
    Params,
}

impl<const D: usize> Default for Shapes<D> {
    fn default() -> Self {
        Self { known: [None; D] }
    }
}

impl<const D: usize> Shapes<D> {
    /// The size of dimension `dimension`, as the caller gives it.
    pub fn give(&mut self, dimension: usize, name: &'static str, size: usize) {
        self.known[dimension] = Some((size, name, Axis::Given));
    }

    /// The size of dimension `dimension`, as parameters have it.
    pub fn of_params(&mut self, dimension: usize, name: &'static str, size: usize) {
        self.known[dimension] = Some((size, name, Axis::Params));
    }

    /// Compares an argument with what is known, and learns from it.
    ///
    /// # Errors
    /// [`Error::Shape`] if it does not fit.
    pub fn argument(
        &mut self,
        argument: &'static str,
        declared: &'static str,
        found: (usize, usize),
        sizes: (Size, Size),
    ) -> Result<(), Error> {
        Known(&mut self.known).argument(argument, declared, found, sizes)
    }

    /// The size of dimension `dimension`; 0 if no argument has it.
    #[must_use]
    pub fn size(&self, dimension: usize) -> usize {
        self.known[dimension].map_or(0, |(size, ..)| size)
    }
}

/// Knowledge of [`Shapes`], of any number of dimensions: compiled once, here.
struct Known<'s>(&'s mut [Option<(usize, &'static str, Axis)>]);

impl Known<'_> {
    /// Compares an argument with what is known, and learns from it.
    fn argument(
        &mut self,
        argument: &'static str,
        declared: &'static str,
        found: (usize, usize),
        sizes: (Size, Size),
    ) -> Result<(), Error> {
        let expected = (self.expected(sizes.0), self.expected(sizes.1));
        let differs = |expected: Option<usize>, found| expected.is_some_and(|expected| expected != found);
        if differs(expected.0, found.0) || differs(expected.1, found.1) {
            let culprit = if differs(expected.0, found.0) { sizes.0 } else { sizes.1 };
            return Err(Error::Shape { argument, declared, found, expected, because: self.reason(culprit) });
        }
        let line = found.0 == 1 || found.1 == 1;
        self.learn(argument, sizes.0, found.0, if line { Axis::Elements } else { Axis::Rows });
        self.learn(argument, sizes.1, found.1, if line { Axis::Elements } else { Axis::Columns });
        if let (Size::Named(rows), Size::Named(columns)) = sizes
            && rows == columns
            && found.0 != found.1
        {
            let expected = (Some(found.0), Some(found.0));
            return Err(Error::Shape {
                argument,
                declared,
                found,
                expected,
                because: format!("it has {} rows", found.0),
            });
        }
        Ok(())
    }

    fn expected(&self, size: Size) -> Option<usize> {
        match size {
            Size::Fixed(size) => Some(size),
            Size::Named(dimension) => self.0[dimension].map(|(size, ..)| size),
        }
    }

    /// Where a size comes from; nothing if the loss itself fixes it.
    fn reason(&self, size: Size) -> String {
        let Size::Named(dimension) = size else { return String::new() };
        let Some((size, argument, axis)) = self.0[dimension] else { return String::new() };
        match axis {
            Axis::Rows => format!("`{argument}` has {size} rows"),
            Axis::Columns => format!("`{argument}` has {size} columns"),
            Axis::Elements => format!("`{argument}` has {size} elements"),
            Axis::Given => format!("{argument} is given as {size}"),
            Axis::Params => format!("{argument} is {size} in the parameters"),
        }
    }

    fn learn(&mut self, argument: &'static str, size: Size, found: usize, axis: Axis) {
        if let Size::Named(dimension) = size {
            self.0[dimension].get_or_insert((found, argument, axis));
        }
    }
}
