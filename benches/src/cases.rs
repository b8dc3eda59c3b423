//! The cases. To add one: its `#[loss]` if it is a new one, a function that says all about it, and a line in [`all`].
//!
//! FLOPs are those of the products that mathematics needs, two for each multiplication and addition, whatever the
//! library does; what it does is counted by the `cost` of the loss. Bytes are those of the data and the parameters, read
//! once, and of the gradient, written once.

use frobenius::prelude::*;
use frobenius::{Cost, MatrixRef, VectorRef};

use crate::inputs::{self, Input, Kind};
use crate::limits::Function;

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn two_layer_32_8_1(x: Matrix<N, 32>, y: Matrix<N, 1>, #[param] w: Matrix<32, 8>, #[param] a: Matrix<8, 1>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn two_layer_64_32_8(
    x: Matrix<N, 64>,
    y: Matrix<N, 8>,
    #[param] w: Matrix<64, 32>,
    #[param] a: Matrix<32, 8>,
) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn two_layer_8_16_4(x: Matrix<N, 8>, y: Matrix<N, 4>, #[param] w: Matrix<8, 16>, #[param] a: Matrix<16, 4>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn three_layers(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<D, K>,
    #[param] v: Matrix<K, L>,
    #[param] a: Matrix<L, M>,
) -> Scalar {
    norm_sq(tanh(tanh(x * w) * v) * a - y)
}

#[loss]
fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    sum(softplus(z) - hadamard(y, z))
}

#[loss]
fn logistic_8(x: Matrix<N, 8>, y: Vector<N>, #[param] w: Vector<8>) -> Scalar {
    let z = x * w;
    sum(softplus(z) - hadamard(y, z))
}

#[loss]
fn softmax(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>) -> Scalar {
    sum(cross_entropy(x * w, y))
}

#[loss]
fn factors(r: Matrix<N, M>, m: Matrix<N, M>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>) -> Scalar {
    norm_sq(hadamard(m, u * v.t() - r))
}

#[loss]
fn mixture(x: Matrix<N, D>, #[param] c: Matrix<K, D>, #[param] l: RowVector<K>) -> Scalar {
    -sum(lse_rows(l - 0.5 * squared_distances(x, c)))
}

#[loss]
fn huber(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    sum(huber(x * w - y, 1))
}

#[loss]
fn poisson(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    sum(exp(z) - hadamard(y, z))
}

/// Which loss it is, whatever its sizes: what peers have one function for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// ‖tanh(X W) A − Y‖².
    TwoLayer,
    /// ‖tanh(tanh(X W) V) A − Y‖².
    ThreeLayers,
    /// Σ softplus(z) − y z with z = X w.
    Logistic,
    /// Σ of the cross-entropy of X W and labels.
    Softmax,
    /// ‖M ⊙ (U Vᵀ − R)‖².
    Factors,
    /// −Σ lse(l − ‖x − c‖² / 2).
    Mixture,
    /// Σ huber(X w − y, 1).
    Huber,
    /// Σ exp(z) − y z with z = X w.
    Poisson,
}

impl Family {
    /// Its name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoLayer => "two layers",
            Self::ThreeLayers => "three layers",
            Self::Logistic => "logistic",
            Self::Softmax => "softmax",
            Self::Factors => "factors",
            Self::Mixture => "mixture",
            Self::Huber => "huber",
            Self::Poisson => "poisson",
        }
    }
}

/// A loss at some sizes, and what is known of its cost.
pub struct Case {
    /// The loss.
    pub family: Family,
    /// Its dimensions in the order of the loss, N first.
    pub sizes: Vec<usize>,
    /// True if all of them but N are written in the loss.
    pub literal: bool,
    /// Its arguments in order: data, then parameters.
    pub inputs: Vec<Input>,
    /// Operations of the products.
    pub flops: f64,
    /// How often each elementwise function is evaluated.
    pub evaluations: Vec<(Function, f64)>,
    open: Open,
}

/// The arguments of a case.
pub struct Values<T> {
    /// Matrices of numbers, in the order of the arguments.
    pub data: Vec<Matrix<T>>,
    /// Class indices, if the loss has some.
    pub labels: Vec<u32>,
    /// All parameters, one after the other.
    pub parameters: Vec<T>,
}

/// Numbers, a row after the other.
pub struct Matrix<T> {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The elements.
    pub numbers: Vec<T>,
}

impl<T: Element> Values<T> {
    fn matrix(&self, i: usize) -> Result<MatrixRef<'_, T>, Error> {
        MatrixRef::new(&self.data[i].numbers, self.data[i].rows, self.data[i].columns)
    }

    fn vector(&self, i: usize) -> VectorRef<'_, T> {
        self.data[i].numbers.as_slice().into()
    }
}

/// A loss that is ready to be evaluated.
pub trait Evaluate<T> {
    /// Value and gradient at the parameters of the case.
    ///
    /// # Errors
    /// If shapes don't fit, which none of the cases' does.
    fn evaluate(&mut self) -> Result<f64, Error>;
    /// The gradient that was computed last.
    fn gradient(&self) -> &[T];
    /// Operations and memory traffic of a call, as the library counts them.
    fn cost(&self) -> Cost;
}

type Opener<T> = for<'a> fn(&Case, &'a Values<T>) -> Result<Box<dyn Evaluate<T> + 'a>, Error>;

struct Open {
    f32: Opener<f32>,
    f64: Opener<f64>,
}

/// The precisions of the cases.
pub trait Number: Element {
    /// Makes the loss of a case.
    ///
    /// # Errors
    /// If shapes don't fit, which none of the cases' does.
    fn open<'a>(case: &Case, values: &'a Values<Self>) -> Result<Box<dyn Evaluate<Self> + 'a>, Error>;
}

impl Number for f32 {
    fn open<'a>(case: &Case, values: &'a Values<Self>) -> Result<Box<dyn Evaluate<Self> + 'a>, Error> {
        (case.open.f32)(case, values)
    }
}

impl Number for f64 {
    fn open<'a>(case: &Case, values: &'a Values<Self>) -> Result<Box<dyn Evaluate<Self> + 'a>, Error> {
        (case.open.f64)(case, values)
    }
}

/// How a loss is made of the values of a case.
macro_rules! open {
    ($loss:ident, |$case:pat_param, $values:ident| $data:expr $(, $sizes:expr)?) => {{
        struct Opened<'a, T: Element> {
            loss: $loss::Loss<'a, T>,
            parameters: $loss::Params<T>,
            gradient: $loss::Params<T>,
        }

        impl<T: Element> Evaluate<T> for Opened<'_, T> {
            fn evaluate(&mut self) -> Result<f64, Error> {
                self.loss.value_and_gradient(&self.parameters, &mut self.gradient)
            }

            fn gradient(&self) -> &[T] {
                self.gradient.as_slice()
            }

            fn cost(&self) -> Cost {
                $loss::cost::<T>(&self.loss.dims())
            }
        }

        fn make<'a, T: Element>($case: &Case, $values: &'a Values<T>) -> Result<Box<dyn Evaluate<T> + 'a>, Error> {
            let loss = $loss::Loss::new($data $(, $sizes)?)?;
            let parameters = $loss::Params::from_vec(loss.dims(), $values.parameters.clone())?;
            let gradient = loss.params()?;
            Ok(Box::new(Opened { loss, parameters, gradient }))
        }

        Open { f32: make::<f32>, f64: make::<f64> }
    }};
}

/// The data of the losses of `x` and `y`.
macro_rules! samples {
    ($loss:ident, |$values:ident| $y:expr $(, $sizes:expr)?) => {
        open!($loss, |_, $values| $loss::Data { x: $values.matrix(0)?, y: $y } $(, $sizes)?)
    };
}

impl Case {
    /// The loss, its sizes, and whether they are written.
    #[must_use]
    pub fn name(&self) -> String {
        let sizes: Vec<_> = self.sizes.iter().map(ToString::to_string).collect();
        format!("{} {}{}", self.family.name(), sizes.join(","), if self.literal { " literal" } else { "" })
    }

    /// Its arguments, made anew.
    #[must_use]
    pub fn values<T: Element>(&self) -> Values<T> {
        let mut values = Values { data: Vec::new(), labels: Vec::new(), parameters: Vec::new() };
        for (seed, input) in (1..).zip(&self.inputs) {
            match input.kind {
                Kind::Labels(classes) => values.labels = inputs::labels(seed, input, classes),
                _ if input.is_parameter => values.parameters.extend(inputs::numbers::<T>(seed, input)),
                _ => {
                    let (rows, columns) = (input.rows, input.columns);
                    values.data.push(Matrix { rows, columns, numbers: inputs::numbers(seed, input) });
                }
            }
        }
        values
    }
}

/// An argument that is not differentiated.
fn data(name: &'static str, rows: usize, columns: usize, kind: Kind) -> Input {
    Input { name, rows, columns, kind, is_parameter: false }
}

/// A parameter whose elements are so large that products with it neither vanish nor saturate.
fn parameter(name: &'static str, rows: usize, columns: usize) -> Input {
    let scale = 1.0 / f(rows).sqrt();
    Input { name, rows, columns, kind: Kind::Uniform(scale), is_parameter: true }
}

use crate::measure::count as f;

fn two_layer(sizes @ [n, d, k, m]: [usize; 4], literal: Option<Open>) -> Case {
    Case {
        family: Family::TwoLayer,
        sizes: sizes.to_vec(),
        literal: literal.is_some(),
        inputs: vec![
            data("x", n, d, Kind::Uniform(1.0)),
            data("y", n, m, Kind::Uniform(1.0)),
            parameter("w", d, k),
            parameter("a", k, m),
        ],
        flops: f(n) * f(k) * (4.0 * f(d) + 6.0 * f(m)),
        evaluations: vec![(Function::Tanh, f(n * k))],
        open: literal.unwrap_or_else(|| {
            open!(
                two_layer,
                |case, values| two_layer::Data { x: values.matrix(0)?, y: values.matrix(1)? },
                two_layer::Sizes { k: case.sizes[2] }
            )
        }),
    }
}

fn three_layers(sizes @ [n, d, k, l, m]: [usize; 5]) -> Case {
    Case {
        family: Family::ThreeLayers,
        sizes: sizes.to_vec(),
        literal: false,
        inputs: vec![
            data("x", n, d, Kind::Uniform(1.0)),
            data("y", n, m, Kind::Uniform(1.0)),
            parameter("w", d, k),
            parameter("v", k, l),
            parameter("a", l, m),
        ],
        flops: f(n) * (4.0 * f(d * k) + 6.0 * f(k * l) + 6.0 * f(l * m)),
        evaluations: vec![(Function::Tanh, f(n * (k + l)))],
        open: open!(
            three_layers,
            |case, values| three_layers::Data { x: values.matrix(0)?, y: values.matrix(1)? },
            three_layers::Sizes { k: case.sizes[2], l: case.sizes[3] }
        ),
    }
}

/// A regression on one line of parameters.
fn regression(
    family: Family,
    [n, d]: [usize; 2],
    y: Kind,
    evaluations: &[Function],
    literal: bool,
    open: Open,
) -> Case {
    Case {
        family,
        sizes: vec![n, d],
        literal,
        inputs: vec![data("x", n, d, Kind::Uniform(1.0)), data("y", n, 1, y), parameter("w", d, 1)],
        flops: 4.0 * f(n * d),
        evaluations: evaluations.iter().map(|&function| (function, f(n))).collect(),
        open,
    }
}

fn logistic(sizes: [usize; 2], literal: Option<Open>) -> Case {
    let evaluations = [Function::Softplus, Function::Sigmoid];
    let is_literal = literal.is_some();
    let open = literal.unwrap_or_else(|| samples!(logistic, |values| values.vector(1)));
    regression(Family::Logistic, sizes, Kind::Whole(2), &evaluations, is_literal, open)
}

fn huber(sizes: [usize; 2]) -> Case {
    let open = samples!(huber, |values| values.vector(1));
    regression(Family::Huber, sizes, Kind::Uniform(3.0), &[Function::Huber], false, open)
}

fn poisson(sizes: [usize; 2]) -> Case {
    let open = samples!(poisson, |values| values.vector(1));
    regression(Family::Poisson, sizes, Kind::Whole(4), &[Function::Exp], false, open)
}

fn softmax(sizes @ [n, d, c]: [usize; 3]) -> Case {
    Case {
        family: Family::Softmax,
        sizes: sizes.to_vec(),
        literal: false,
        inputs: vec![
            data("x", n, d, Kind::Uniform(1.0)),
            data("y", n, 1, Kind::Labels(u32::try_from(c).unwrap_or(u32::MAX))),
            parameter("w", d, c),
        ],
        flops: 4.0 * f(n * d * c),
        evaluations: vec![(Function::Exp, f(n * c)), (Function::Ln, f(n))],
        open: open!(
            softmax,
            |case, values| softmax::Data { x: values.matrix(0)?, y: (&values.labels).into() },
            softmax::Sizes { c: case.sizes[2] }
        ),
    }
}

fn factors(sizes @ [n, m, k]: [usize; 3]) -> Case {
    Case {
        family: Family::Factors,
        sizes: sizes.to_vec(),
        literal: false,
        inputs: vec![
            data("r", n, m, Kind::Uniform(1.0)),
            data("m", n, m, Kind::Whole(2)),
            parameter("u", n, k),
            parameter("v", m, k),
        ],
        flops: 6.0 * f(n * m * k),
        evaluations: Vec::new(),
        open: open!(
            factors,
            |case, values| factors::Data { r: values.matrix(0)?, m: values.matrix(1)? },
            factors::Sizes { k: case.sizes[2] }
        ),
    }
}

fn mixture(sizes @ [n, d, k]: [usize; 3]) -> Case {
    Case {
        family: Family::Mixture,
        sizes: sizes.to_vec(),
        literal: false,
        inputs: vec![data("x", n, d, Kind::Uniform(1.0)), parameter("c", k, d), parameter("l", 1, k)],
        flops: 4.0 * f(n * d * k),
        evaluations: vec![(Function::Exp, f(n * k)), (Function::Ln, f(n))],
        open: open!(
            mixture,
            |case, values| mixture::Data { x: values.matrix(0)? },
            mixture::Sizes { k: case.sizes[2] }
        ),
    }
}

/// All cases; if `tiny`, of few samples, to see that they run.
#[must_use]
pub fn all(tiny: bool) -> Vec<Case> {
    let n = |samples: usize| if tiny { samples.min(40) } else { samples };
    vec![
        two_layer([n(19200), 784, 128, 16], None),
        two_layer([n(100_000), 64, 32, 1], None),
        two_layer([n(100_000), 32, 8, 1], None),
        two_layer([n(100_000), 32, 8, 1], Some(samples!(two_layer_32_8_1, |values| values.vector(1)))),
        two_layer([n(1024), 256, 256, 64], None),
        two_layer([n(256), 64, 32, 8], None),
        two_layer([n(256), 64, 32, 8], Some(samples!(two_layer_64_32_8, |values| values.matrix(1)?))),
        two_layer([n(32), 8, 16, 4], None),
        two_layer([n(32), 8, 16, 4], Some(samples!(two_layer_8_16_4, |values| values.matrix(1)?))),
        three_layers([n(10_000), 64, 64, 64, 10]),
        logistic([n(1_048_576), 64], None),
        logistic([n(100_000), 8], None),
        logistic([n(100_000), 8], Some(samples!(logistic_8, |values| values.vector(1)))),
        logistic([n(10_000), 2000], None),
        softmax([n(60_000), 784, 10]),
        factors([n(5000), n(4000), 16]),
        mixture([n(100_000), 8, 16]),
        huber([n(1_000_000), 32]),
        poisson([n(1_000_000), 32]),
    ]
}
