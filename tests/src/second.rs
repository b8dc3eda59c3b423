//! Checks of derivatives on request: against the gradient alone, for losses of which no more is known, and against the reference.

use crate::{Case, Random, close};

/// Numbers between -1 and 1.
#[must_use]
pub fn direction(count: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.between((-1.0, 1.0))).collect()
}

/// `a` + `t` `b`
#[must_use]
pub fn along(a: &[f64], t: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + t * b).collect()
}

/// ⟨`a`, `b`⟩
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The central difference of `f` at `at` along `direction`.
pub fn difference(mut f: impl FnMut(&[f64]) -> Vec<f64>, at: &[f64], direction: &[f64]) -> Vec<f64> {
    // The error of the difference is in proportion to its square, that of rounding to its inverse.
    const STEP: f64 = 1e-5;
    let (ahead, behind) = (f(&along(at, STEP, direction)), f(&along(at, -STEP, direction)));
    ahead.iter().zip(behind).map(|(ahead, behind)| (ahead - behind) / (2.0 * STEP)).collect()
}

/// The results of a loss of f64, as functions of its parameters.
pub struct Loss<G, J, H> {
    /// The value and the gradient.
    pub gradient: G,
    /// The value, and the slope along a direction.
    pub jvp: J,
    /// The Hessian times a direction.
    pub hvp: H,
}

impl<G, J, H> Loss<G, J, H>
where
    G: FnMut(&[f64]) -> (f64, Vec<f64>),
    J: FnMut(&[f64], &[f64]) -> (f64, f64),
    H: FnMut(&[f64], &[f64]) -> Vec<f64>,
{
    /// Slopes are those of the gradient; the Hessian is its derivative, and symmetric.
    ///
    /// # Errors
    /// The property that does not hold.
    pub fn check(&mut self, at: &[f64]) -> Result<(), String> {
        let (value, gradient) = (self.gradient)(at);
        let [u, v] = [direction(at.len(), 11), direction(at.len(), 12)];
        let mut products = Vec::new();
        for direction in [&u, &v] {
            let (found, slope) = (self.jvp)(at, direction);
            let expected = [value, dot(&gradient, direction)];
            close(&[found, slope], &expected, 1e-10).map_err(|wrong| format!("jvp: {wrong}"))?;
            let expected = difference(|at| (self.gradient)(at).1, at, direction);
            let product = (self.hvp)(at, direction);
            close(&product, &expected, 1e-6).map_err(|wrong| format!("hvp: {wrong}"))?;
            products.push(product);
        }
        close(&[dot(&v, &products[0])], &[dot(&u, &products[1])], 1e-9).map_err(|wrong| format!("symmetry: {wrong}"))
    }
}

/// Checks a loss of `f64` that has `jvp` and `hvp`: its module, the `Loss` whose gradient is right, the one whose derivatives are
/// checked, and the elements of the parameters.
///
/// Where a merge of chunks loses one of them, it may do so in both: the first has all of its rows in one chunk.
#[macro_export]
macro_rules! check_second_order {
    ($module:ident, $whole:expr, $loss:expr, $at:expr) => {{
        let (whole, loss) = (::std::cell::RefCell::new($whole), ::std::cell::RefCell::new($loss));
        let dims = loss.borrow().dims();
        let params = |at: &[f64]| $module::Params::from_vec(dims, at.to_vec()).expect("all parameters");
        let gradient = |at: &[f64]| {
            let mut gradient = params(&vec![f64::NAN; at.len()]);
            let value = whole.borrow_mut().value_and_gradient(&params(at), &mut gradient).expect("the same sizes");
            (value, gradient.as_slice().to_vec())
        };
        let jvp = |at: &[f64], direction: &[f64]| {
            loss.borrow_mut().jvp(&params(at), &params(direction)).expect("the same sizes")
        };
        let hvp = |at: &[f64], direction: &[f64]| {
            // Earlier contents must not matter.
            let mut product = params(&vec![f64::NAN; at.len()]);
            loss.borrow_mut().hvp(&params(at), &params(direction), &mut product).expect("the same sizes");
            product.as_slice().to_vec()
        };
        $crate::second::Loss { gradient, jvp, hvp }.check($at)
    }};
}

/// Steps of line searches: none, few, as many as one pass takes, and more.
pub const STEPS: [usize; 5] = [0, 1, 8, 9, 19];

/// The first of the steps along a direction.
#[must_use]
pub fn steps(count: usize) -> Vec<f64> {
    (0..count).map(|i| 0.125 * crate::count(i) - 0.5).collect()
}

/// Derivatives on request by the reference at some parameters, each as `found!` lists those of a loss.
pub struct Expected<'c, 'r> {
    /// Sizes, data, and the parameters.
    pub case: &'c Case<'r>,
    /// The elements of a direction for each parameter.
    pub directions: Vec<Vec<f64>>,
}

impl Expected<'_, '_> {
    /// Value and slope.
    #[must_use]
    pub fn jvp(&self) -> Vec<f64> {
        let Case { reference, sizes, inputs } = self.case;
        let slope = reference.along_by_dual_numbers(sizes, inputs, &self.directions).slope;
        vec![reference.value(sizes, inputs), slope]
    }

    /// The Hessian times the direction.
    #[must_use]
    pub fn hvp(&self) -> Vec<f64> {
        let Case { reference, sizes, inputs } = self.case;
        reference.along_by_dual_numbers(sizes, inputs, &self.directions).product.concat()
    }

    /// A row for each parameter's element.
    #[must_use]
    pub fn hessian(&self) -> Vec<f64> {
        let zeros: Vec<Vec<f64>> = self.directions.iter().map(|direction| vec![0.0; direction.len()]).collect();
        let elements = zeros.iter().enumerate().flat_map(|(k, zeros)| (0..zeros.len()).map(move |i| (k, i)));
        let row = |(k, i): (usize, usize)| {
            let mut directions = zeros.clone();
            directions[k][i] = 1.0;
            Self { case: self.case, directions }.hvp()
        };
        elements.flat_map(row).collect()
    }

    /// The diagonal of the Hessian.
    #[must_use]
    pub fn hessian_diagonal(&self) -> Vec<f64> {
        let count = self.directions.iter().map(Vec::len).sum::<usize>();
        self.hessian().into_iter().step_by(count + 1).collect()
    }

    /// Values and slopes of the [`STEPS`].
    #[must_use]
    pub fn line_search(&self) -> Vec<f64> {
        let Case { reference, sizes, inputs } = self.case;
        let most = STEPS.into_iter().max().unwrap_or(0);
        let at = |t: f64| {
            let mut there = inputs.clone();
            for (i, direction) in reference.parameters().into_iter().zip(&self.directions) {
                there[i] = along(&inputs[i], t, direction);
            }
            let case = Case { reference, sizes: sizes.clone(), inputs: there };
            Expected { case: &case, directions: self.directions.clone() }.jvp()
        };
        let both: Vec<_> = steps(most).into_iter().map(at).collect();
        let of = |count: usize| (0..2).flat_map(move |k| (0..count).map(move |i| (k, i)));
        STEPS.into_iter().flat_map(of).map(|(k, i)| both[i][k]).collect()
    }

    /// The norm of the gradient of each row by itself, less that of no rows, which a penalty has.
    #[must_use]
    pub fn sample_norms(&self) -> Vec<f64> {
        let Case { reference, sizes, inputs } = self.case;
        let gradient = |rows: std::ops::Range<usize>| {
            let sizes: Vec<_> =
                sizes.iter().map(|&(name, size)| (name, if name == "N" { rows.len() } else { size })).collect();
            let inputs: Vec<Vec<f64>> = inputs
                .iter()
                .enumerate()
                .map(|(i, all)| {
                    if reference.dims(i)[0] != "N" {
                        return all.clone();
                    }
                    let columns = reference.shape(i, &sizes).1;
                    all[rows.start * columns..rows.end * columns].to_vec()
                })
                .collect();
            reference.by_dual_numbers(&sizes, &inputs).gradients.concat()
        };
        let penalty = gradient(0..0);
        let norm = |i: usize| {
            let own = along(&gradient(i..i + 1), -1.0, &penalty);
            dot(&own, &own).sqrt()
        };
        (0..self.case.size("N")).map(norm).collect()
    }

    /// Differences of values for each element of argument `name`.
    #[must_use]
    pub fn data_gradient(&self, name: &str) -> Vec<f64> {
        let Case { reference, sizes, inputs } = self.case;
        let i = self.case.index(name);
        let value = |x: &[f64]| {
            let mut inputs = inputs.clone();
            inputs[i] = x.to_vec();
            vec![reference.value(sizes, &inputs)]
        };
        let unit = |k: usize| (0..inputs[i].len()).map(|j| if j == k { 1.0 } else { 0.0 }).collect::<Vec<_>>();
        (0..inputs[i].len()).map(|k| difference(value, &inputs[i], &unit(k))[0]).collect()
    }
}

/// A loss, and a test that compares its derivatives on request with the reference, as `compare!` does for value and gradient: for
/// every row count but none, both precisions, every instruction set of the machine, and with rows cut as [`CUTS`](crate::CUTS) says,
/// after a call at other parameters.
///
/// `requests` are options of `#[loss]` and methods of `Loss`; `options` are others, which the test says nothing of.
#[macro_export]
macro_rules! compare_requests {
    (
        $test:ident
        requests { $($request:ident $(($of:ident))?),* }
        $(options { $($option:tt)* })?
        $(data { $($field:ident: $kind:ident),* })?
        $(given { $($given:ident: $dim:literal),* })?
        sizes { $($name:literal: $size:literal),* }
        fn $loss:ident $($function:tt)*
    ) => {
        #[::frobenius::loss($($request $(($of))?),* $(, $($option)*)?)]
        fn $loss $($function)*

        #[test]
        fn $test() {
            fn at<T: ::frobenius::Element>(reference: &$crate::Reference, n: usize, tolerance: f64) {
                let sizes = [("N", n), $(($name, $size)),*];
                let case = $crate::Case::new(reference, &sizes, (-1.0, 1.0), size_of::<T>() == 4);
                let lengths = reference.parameters().into_iter().map(|i| case.inputs[i].len());
                let directions: Vec<Vec<f64>> = lengths.zip(11..).map(|(length, seed)| {
                    let direction = $crate::second::direction(length, seed);
                    direction.into_iter().map(|x| T::from_f64(x).to_f64()).collect()
                }).collect();
                let expected = $crate::second::Expected { case: &case, directions };
                let data: &[&str] = &[$($(stringify!($field)),*)?];
                let at = case.flat_without::<T>(data);
                let direction: Vec<T> = expected.directions.concat().into_iter().map(T::from_f64).collect();
                let reversed = |values: &[T]| values.iter().rev().copied().collect::<Vec<T>>();
                let points = [(reversed(&at), reversed(&direction)), (at, direction)];
                $($(let $field = $crate::hold!($kind, $field, case, T);)*)?
                let made = |isa, cuts| {
                    let made = $crate::cut(cuts, || {
                        $loss::Loss::<T>::new(
                            $($loss::Data { $($field: $crate::lend!($kind, $field, case)),* },)?
                            $($loss::Sizes { $($given: case.size($dim)),* })?
                        )
                    });
                    made.expect("the shapes fit").with_isa(isa)
                };
                $({
                    let expected = expected.$request($(stringify!($of))?);
                    for (isa, cuts) in $crate::ways() {
                        let mut loss = made(isa, cuts);
                        let mut found = Vec::new();
                        for (at, direction) in points.clone() {
                            let at = $loss::Params::from_vec(loss.dims(), at).expect("all parameters");
                            let direction = $loss::Params::from_vec(loss.dims(), direction).expect("all parameters");
                            found = $crate::found!($request, $loss, loss, T, at, direction);
                        }
                        $crate::close(&found, &expected, tolerance.max($crate::tolerance!($request))).unwrap_or_else(|wrong| {
                            let (request, precision, isa) = (stringify!($request), T::NAME, isa.name());
                            panic!("{request}, {precision} on {isa}, {n} rows cut into {cuts:?}: {wrong}")
                        });
                    }
                })*
            }

            let source = stringify!(fn $loss $($function)*);
            let reference = $crate::Reference::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
            for n in $crate::ROWS.into_iter().filter(|n| *n > 0) {
                // As in `compare!`.
                at::<f64>(&reference, n, 1e-12);
                at::<f32>(&reference, n, 1e-4);
            }
        }
    };
}

/// The least tolerance of what is expected of a request.
#[macro_export]
macro_rules! tolerance {
    // A difference's, see `central_differences`.
    (data_gradient) => {
        1e-7
    };
    ($request:ident) => {
        0.0
    };
}

/// The result of a request to a loss, as [`Expected`](crate::second::Expected) lists it.
#[macro_export]
macro_rules! found {
    (jvp, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {
        <[f64; 2]>::from($loss.jvp(&$at, &$direction).expect("the same sizes")).to_vec()
    };
    (hessian, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {{
        let count = $at.as_slice().len();
        let mut hessian = vec![<$t>::from_f64(f64::NAN); count * count];
        $loss.hessian(&$at, &mut hessian).expect("as many elements as pairs");
        hessian.iter().map(|x| x.to_f64()).collect::<Vec<f64>>()
    }};
    (line_search, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {{
        let mut found = Vec::new();
        for count in $crate::second::STEPS {
            let steps = $crate::second::steps(count);
            let (mut values, mut slopes) = (vec![f64::NAN; count], vec![f64::NAN; count]);
            $loss.line_search(&$at, &$direction, &steps, &mut values, &mut slopes).expect("the same sizes");
            found.extend(values.into_iter().chain(slopes));
        }
        found
    }};
    (sample_norms, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {
        $loss.sample_norms(&$at).expect("the same sizes").iter().map(|x| x.to_f64()).collect::<Vec<f64>>()
    };
    (data_gradient, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {{
        let mut gradient = $module::DataGradient::zeros($loss.dims()).expect("a small gradient");
        gradient.as_mut_slice().fill(<$t>::from_f64(f64::NAN));
        $loss.data_gradient(&$at, &mut gradient).expect("the same sizes");
        gradient.as_slice().iter().map(|x| x.to_f64()).collect::<Vec<f64>>()
    }};
    (hessian_diagonal, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {
        $crate::found!(@written $loss, $t, |out| $loss.hessian_diagonal(&$at, &mut out))
    };
    (hvp, $module:ident, $loss:ident, $t:ty, $at:ident, $direction:ident) => {
        $crate::found!(@written $loss, $t, |out| $loss.hvp(&$at, &$direction, &mut out))
    };
    (@written $loss:ident, $t:ty, |$out:ident| $call:expr) => {{
        let mut $out = $loss.params().expect("a small result");
        $out.as_mut_slice().fill(<$t>::from_f64(f64::NAN));
        $call.expect("the same sizes");
        $out.as_slice().iter().map(|x| x.to_f64()).collect::<Vec<f64>>()
    }};
}
