//! Parts that the tests share: inputs, comparisons, and the macro that compares a loss with its reference. See README.md.

#[cfg(doctest)]
pub mod book;
pub mod published;
pub mod reader;
pub mod second;

pub use frobenius::{Isa, MatrixRef, VectorRef};
pub use frobenius_compiler::reference::{Evaluation, Reference};

/// Row counts around every block: none, one, remainders of tiles and of vectors, and beyond.
pub const ROWS: [usize; 9] = [0, 1, 2, 7, 8, 9, 63, 64, 65];

/// Chunks, and rows of a block, that tests cut rows into: as few rows are cut by themselves, and as many are, and into blocks that
/// no tile fits.
pub const CUTS: [Option<(usize, usize)>; 4] = [None, Some((2, 5)), Some((7, 64)), Some((64, 1))];

/// Calls `make` with the rows of its losses cut so.
pub fn cut<R>(cuts: Option<(usize, usize)>, make: impl FnOnce() -> R) -> R {
    match cuts {
        None => make(),
        Some((chunks, block)) => frobenius::__rt_0_1::with_cuts(chunks, block, make),
    }
}

/// Every instruction set of the machine, with every way to cut rows.
pub fn ways() -> impl Iterator<Item = (Isa, Option<(usize, usize)>)> {
    Isa::available().into_iter().flat_map(|isa| CUTS.map(|cuts| (isa, cuts)))
}

/// How many, as a number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "tests count little")]
pub fn count(size: usize) -> f64 {
    size as f64
}

/// Inputs of a loss at some sizes.
pub struct Case<'r> {
    /// The loss.
    pub reference: &'r Reference,
    /// The size of each dimension.
    pub sizes: Vec<(&'static str, usize)>,
    /// The elements of each argument, a row after the other.
    pub inputs: Vec<Vec<f64>>,
}

impl<'r> Case<'r> {
    /// Inputs between `range`, the same ones in every run. With `single`, numbers that an f32 can hold.
    #[must_use]
    pub fn new(reference: &'r Reference, sizes: &[(&'static str, usize)], range: (f64, f64), single: bool) -> Self {
        let mut random = Random::new(7);
        let count = reference.arguments().len();
        let inputs = (0..count).map(|i| {
            let (rows, columns) = reference.shape(i, sizes);
            if let Some(classes) = reference.classes(i, sizes) {
                let (may_miss, missing) = (reference.may_miss(i), -1.0);
                let mut label = || if may_miss && random.class(3) > 1.0 { missing } else { random.class(classes) };
                return (0..rows * columns).map(|_| label()).collect();
            }
            (0..rows * columns).map(|_| random.between(range)).map(|x| if single { round(x) } else { x }).collect()
        });
        Self { reference, sizes: sizes.to_vec(), inputs: inputs.collect() }
    }

    /// The elements of argument `name`, in the precision of the kernel.
    #[must_use]
    pub fn values<T: frobenius::Element>(&self, name: &str) -> Vec<T> {
        self.inputs[self.index(name)].iter().map(|&x| T::from_f64(x)).collect()
    }

    /// The labels of argument `name`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class indices")]
    pub fn labels(&self, name: &str) -> Vec<u32> {
        self.inputs[self.index(name)].iter().map(|&x| x as u32).collect()
    }

    /// The labels of argument `name`, of which some are missing.
    #[must_use]
    pub fn optional_labels(&self, name: &str) -> Vec<Option<u32>> {
        let missing = self.inputs[self.index(name)].iter().map(|&x| x < 0.0);
        self.labels(name).into_iter().zip(missing).map(|(label, missing)| (!missing).then_some(label)).collect()
    }

    /// The elements of all arguments but `data`: the parameters, one after the other.
    #[must_use]
    pub fn flat_without<T: frobenius::Element>(&self, data: &[&str]) -> Vec<T> {
        let names = self.reference.arguments().into_iter().filter(|name| !data.contains(name));
        names.flat_map(|name| self.values::<T>(name)).collect()
    }

    /// The rows and columns of argument `name`.
    #[must_use]
    pub fn shape(&self, name: &str) -> (usize, usize) {
        self.reference.shape(self.index(name), &self.sizes)
    }

    /// The number of argument `name`.
    fn index(&self, name: &str) -> usize {
        self.reference.arguments().iter().position(|argument| *argument == name).expect("an argument of the loss")
    }

    /// The size of a dimension.
    ///
    /// # Panics
    /// If the loss has no such dimension.
    #[must_use]
    pub fn size(&self, name: &str) -> usize {
        self.sizes.iter().find(|(dim, _)| *dim == name).expect("a dimension of the loss").1
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rounding is what it is for")]
fn round(x: f64) -> f64 {
    f64::from(x as f32)
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): the same numbers everywhere.
pub struct Random(u64);

impl Random {
    /// The sequence that begins at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of the numbers from 0 to `classes` - 1.
    #[expect(clippy::cast_precision_loss, reason = "few classes")]
    pub fn class(&mut self, classes: usize) -> f64 {
        (self.bits() % classes.max(1) as u64) as f64
    }

    /// The next number of `low..high`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub fn between(&mut self, (low, high): (f64, f64)) -> f64 {
        low + (high - low) * ((self.bits() >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// Compares every element of `found` with that of `expected`, within `tolerance` relative to the largest of `expected`.
///
/// Sums of positive and negative terms lose the digits that cancel, so single elements are judged by the size
/// of their neighbours, not by their own.
///
/// # Errors
/// The worst element.
pub fn close(found: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{} elements instead of {}", found.len(), expected.len()));
    }
    let scale = expected.iter().fold(1.0f64, |scale, x| scale.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
        // A NaN on one side is not close.
        let near = (found - expected).abs() <= tolerance * scale;
        if !same && !near {
            return Err(format!("element {i} is {found:e} instead of {expected:e} (largest {scale:e})"));
        }
    }
    Ok(())
}

/// A loss, and a test of the given name that compares its kernels with its reference: for every row count, both
/// precisions and every instruction set of the machine, value and gradients, against the interpreted graph.
///
/// `data` says what each data argument is, so that it can be filled; `given` names the dimensions that only
/// parameters have; `N` is the number of rows, each of [`ROWS`] unless `rows` says otherwise. Inputs are between -1 and 1 unless
/// `range` says otherwise.
#[macro_export]
macro_rules! compare {
    (
        $test:ident
        $(range $low:literal .. $high:literal)?
        $(rows { $($rows:literal),* })?
        $(data { $($field:ident: $kind:ident),* })?
        $(given { $($given:ident: $dim:literal),* })?
        sizes { $($name:literal: $size:literal),* }
        $(#[$meta:meta])*
        fn $loss:ident $($function:tt)*
    ) => {
        #[::frobenius::loss]
        $(#[$meta])*
        fn $loss $($function)*

        #[test]
        fn $test() {
            fn at<T: ::frobenius::Element>(reference: &$crate::Reference, n: usize, tolerance: f64) {
                #[allow(unused_mut, unused_assignments, reason = "unless a range is given")]
                let mut range = (-1.0, 1.0);
                $(range = ($low, $high);)?
                let sizes = [("N", n), $(($name, $size)),*];
                let case = $crate::Case::new(reference, &sizes, range, size_of::<T>() == 4);
                let expected = reference.evaluate(&sizes, &case.inputs);
                let data: &[&str] = &[$($(stringify!($field)),*)?];
                let params = case.flat_without::<T>(data);
                $($(let $field = $crate::hold!($kind, $field, case, T);)*)?
                for (isa, cuts) in $crate::ways() {
                    let made = $crate::cut(cuts, || {
                        $loss::Loss::<T>::new(
                            $($loss::Data { $($field: $crate::lend!($kind, $field, case)),* },)?
                            $($loss::Sizes { $($given: case.size($dim)),* })?
                        )
                    });
                    let mut loss = made.expect("the shapes fit").with_isa(isa);
                    let mut gradient = loss.params().expect("a small gradient");
                    // Neither the call before, at other parameters, must matter, nor what was there.
                    let others = params.iter().rev().copied().collect();
                    let others = $loss::Params::from_vec(loss.dims(), others).expect("all parameters");
                    loss.value(&others).expect("the same sizes");
                    loss.value_and_gradient(&others, &mut gradient).expect("the same sizes");
                    gradient.as_mut_slice().fill(T::from_f64(f64::NAN));
                    let params = $loss::Params::from_vec(loss.dims(), params.clone()).expect("all parameters");
                    let value = loss.value(&params).expect("the same sizes");
                    let both = loss.value_and_gradient(&params, &mut gradient).expect("the same sizes");
                    let found: Vec<f64> = gradient.as_slice().iter().map(|x| x.to_f64()).collect();
                    let context = format!("{} on {}, {n} rows cut into {cuts:?}", T::NAME, isa.name());
                    $crate::close(&[value, both], &[expected.value; 2], tolerance)
                        .unwrap_or_else(|wrong| panic!("value, {context}: {wrong}"));
                    $crate::close(&found, &expected.gradients.concat(), tolerance)
                        .unwrap_or_else(|wrong| panic!("gradient, {context}: {wrong}"));
                }
            }

            let source = stringify!(fn $loss $($function)*);
            let reference = $crate::Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
            #[allow(unused_variables, reason = "unless others are given")]
            let rows: &[usize] = &$crate::ROWS;
            $(let rows: &[usize] = &[$($rows),*];)?
            for &n in rows {
                // A few hundred roundings of f64, and of f32, on values near 1.
                at::<f64>(&reference, n, 1e-12);
                at::<f32>(&reference, n, 1e-4);
            }
            let few = [("N", 7), $(($name, $size)),*];
            #[allow(unused_mut, unused_assignments, reason = "unless a range is given")]
            let mut range = (-1.0, 1.0);
            $(range = ($low, $high);)?
            $crate::check_derivation(&$crate::Case::new(&reference, &few, range, false));
        }
    };
}

/// A random loss, and a test that compares its kernel with the interpreter, and that with dual numbers: in f64, on every
/// instruction set, with rows in one block and in chunks of several.
#[macro_export]
macro_rules! random_program {
    (
        $test:ident
        $(data { $($field:ident: $kind:ident),* })?
        $(given { $($given:ident: $dim:literal),* })?
        sizes { $($name:literal: $size:literal),* }
        small { $($few:literal: $least:literal),* }
        fn $loss:ident $($function:tt)*
    ) => {
        #[::frobenius::loss]
        fn $loss $($function)*

        #[test]
        fn $test() {
            let source = stringify!(fn $loss $($function)*);
            let reference = $crate::Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
            for n in [1, 7, 50, 133] {
                let sizes = [("N", n), $(($name, $size)),*];
                let case = $crate::Case::new(&reference, &sizes, (-1.0, 1.0), false);
                let expected = reference.evaluate(&sizes, &case.inputs);
                let data: &[&str] = &[$($(stringify!($field)),*)?];
                let params = case.flat_without::<f64>(data);
                $($(let $field = $crate::hold!($kind, $field, case, f64);)*)?
                for (isa, cuts) in $crate::ways() {
                    let made = $crate::cut(cuts, || {
                        $loss::Loss::<f64>::new(
                            $($loss::Data { $($field: $crate::lend!($kind, $field, case)),* },)?
                            $($loss::Sizes { $($given: case.size($dim)),* })?
                        )
                    });
                    let mut loss = made.expect("the shapes fit").with_isa(isa);
                    let params = $loss::Params::from_vec(loss.dims(), params.clone()).expect("all parameters");
                    let mut gradient = loss.params().expect("a small gradient");
                    gradient.as_mut_slice().fill(f64::NAN);
                    let value = loss.value(&params).expect("the same sizes");
                    let both = loss.value_and_gradient(&params, &mut gradient).expect("the same sizes");
                    let context = format!("{} with {n} rows cut into {cuts:?}, of\n{source}\n", isa.name());
                    $crate::close(&[value, both], &[expected.value; 2], 1e-10)
                        .unwrap_or_else(|wrong| panic!("value on {context}{wrong}"));
                    $crate::close(gradient.as_slice(), &expected.gradients.concat(), 1e-9)
                        .unwrap_or_else(|wrong| panic!("gradient on {context}{wrong}"));
                }
            }
            let few = [("N", 3), $(($few, $least)),*];
            let case = $crate::Case::new(&reference, &few, (-1.0, 1.0), false);
            let (derived, dual) =
                (reference.evaluate(&few, &case.inputs), reference.by_dual_numbers(&few, &case.inputs));
            $crate::close(&[derived.value], &[dual.value], 1e-11)
                .unwrap_or_else(|wrong| panic!("value of\n{source}\n{wrong}"));
            $crate::close(&derived.gradients.concat(), &dual.gradients.concat(), 1e-9)
                .unwrap_or_else(|wrong| panic!("derived gradient of\n{source}\nagainst dual numbers: {wrong}"));
        }
    };
}

/// The elements of a data argument.
#[macro_export]
macro_rules! hold {
    (labels, $field:ident, $case:ident, $t:ty) => {
        $case.labels(stringify!($field))
    };
    (optional_labels, $field:ident, $case:ident, $t:ty) => {
        $case.optional_labels(stringify!($field))
    };
    ($kind:ident, $field:ident, $case:ident, $t:ty) => {
        $case.values::<$t>(stringify!($field))
    };
}

/// A data argument, as the loss takes it.
#[macro_export]
macro_rules! lend {
    (matrix, $values:ident, $case:ident) => {{
        let (rows, columns) = $case.shape(stringify!($values));
        $crate::MatrixRef::new(&$values, rows, columns).expect("as many elements as the shape has")
    }};
    (vector, $values:ident, $case:ident) => {
        $crate::VectorRef::from(&$values)
    };
    (scalar, $values:ident, $case:ident) => {
        $values[0]
    };
    (labels, $values:ident, $case:ident) => {
        ::frobenius::Labels::from(&$values)
    };
    (optional_labels, $values:ident, $case:ident) => {
        ::frobenius::Labels::from(&$values)
    };
}

/// The derived gradient against dual numbers and against central differences of the loss as it was written.
///
/// # Panics
/// If they differ.
pub fn check_derivation(case: &Case<'_>) {
    let Case { reference, sizes, inputs } = case;
    let derived = reference.evaluate(sizes, inputs);
    let dual = reference.by_dual_numbers(sizes, inputs);
    close(&[derived.value], &[dual.value], 1e-13).unwrap_or_else(|wrong| panic!("value: {wrong}"));
    close(&derived.gradients.concat(), &dual.gradients.concat(), 1e-12)
        .unwrap_or_else(|wrong| panic!("derived gradient against dual numbers: {wrong}"));
    let differences = central_differences(case);
    // The step's error is h² f‴ / 6, about 1e-10, and the difference's ε |f| / h, about 1e-11 times the loss.
    close(&derived.gradients.concat(), &differences, 1e-7)
        .unwrap_or_else(|wrong| panic!("derived gradient against central differences: {wrong}"));
    check_along(case);
}

/// The derived slope and product with the Hessian against dual numbers.
///
/// # Panics
/// If they differ.
pub fn check_along(case: &Case<'_>) {
    let Case { reference, sizes, inputs } = case;
    let lengths = reference.parameters().into_iter().map(|i| inputs[i].len());
    let directions: Vec<_> = lengths.zip(20..).map(|(length, seed)| second::direction(length, seed)).collect();
    let derived = reference.along(sizes, inputs, &directions);
    let dual = reference.along_by_dual_numbers(sizes, inputs, &directions);
    close(&[derived.slope], &[dual.slope], 1e-12).unwrap_or_else(|wrong| panic!("slope: {wrong}"));
    close(&derived.product.concat(), &dual.product.concat(), 1e-11)
        .unwrap_or_else(|wrong| panic!("product with the Hessian against dual numbers: {wrong}"));
}

/// (f(x + h) − f(x − h)) / 2h for every element of every parameter.
#[must_use]
pub fn central_differences(case: &Case<'_>) -> Vec<f64> {
    const H: f64 = 1e-5;
    let mut differences = Vec::new();
    for i in case.reference.parameters() {
        for element in 0..case.inputs[i].len() {
            let at = |step: f64| {
                let mut inputs = case.inputs.clone();
                inputs[i][element] += step;
                case.reference.value(&case.sizes, &inputs)
            };
            differences.push((at(H) - at(-H)) / (2.0 * H));
        }
    }
    differences
}
