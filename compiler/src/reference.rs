//! The oracle of the tests: a loss evaluated by the definitions of its operations, in plain f64, without schedule,
//! kernel or code generation.
//!
//! Two gradients are given, which have little in common: the derived graph, interpreted; and dual numbers
//! through the loss as it was written, an element at a time.

pub(crate) mod interpret;

use interpret::{Sizes, interpret, size_of};
use rustc_hash::FxHashMap as HashMap;
use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::base::{Dim, Shape, Symbol};
use crate::derive::{Derived, derive, trace};
use crate::diagnostics::{Mistake, Mistakes};
use crate::dual::{Dense, Dual};
use crate::explain::{self, Explanation};
use crate::graph::{Graph, NodeId};
use crate::lower::{self, Lowered};
use crate::parse;
use crate::requests::{self, Forms, Made};
use crate::schedule::Roots;
use crate::syntax::Spec;

/// A loss that can be evaluated.
pub struct Reference {
    spec: Spec,
    graph: Graph,
    loss: NodeId,
    outputs: Vec<(Symbol, NodeId)>,
}

/// Value and gradients of a loss at some inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The value.
    pub value: f64,
    /// The derived gradient of each parameter, a row after the other.
    pub gradients: Vec<Vec<f64>>,
}

/// Texts that are printed of a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The loss.
    pub formula: String,
    /// The name of each parameter, and the gradient in it.
    pub gradients: Vec<(String, String)>,
    /// The derivation of the gradient, and those of derivatives on request.
    pub derivations: Vec<String>,
}

/// Derivatives of a loss along a direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// The derivative of the value.
    pub slope: f64,
    /// The derivative of the gradient in each parameter: the Hessian times the direction.
    pub product: Vec<Vec<f64>>,
}

impl Reference {
    /// The loss that `source`, a function without its attribute, states.
    ///
    /// # Errors
    /// The mistakes in it, as the compiler would show them.
    pub fn parse(source: &str) -> Result<Self, String> {
        Self::parse_with("", source)
    }

    /// The loss that `source` states below `#[loss(options)]`.
    ///
    /// # Errors
    /// The mistakes in it, as the compiler would show them.
    pub fn parse_with(options: &str, source: &str) -> Result<Self, String> {
        let tokens = |text| TokenStream::from_str(text).map_err(|error| error.to_string());
        let (options, item) = (tokens(options)?, tokens(source)?);
        let mut mistakes = Mistakes::default();
        let texts =
            |mistakes: &Mistakes| mistakes.sorted().into_iter().map(Mistake::text).collect::<Vec<_>>().join("\n\n");
        let Some(spec) = parse::parse(options, item, &mut mistakes) else { return Err(texts(&mistakes)) };
        match lower::lower(&spec, &mut mistakes) {
            Some(Lowered { graph, loss, outputs }) if mistakes.is_empty() => Ok(Self { spec, graph, loss, outputs }),
            _ => Err(texts(&mistakes)),
        }
    }

    /// The formulas and the derivations of the loss, and of those derivatives that the options `words` ask for.
    #[must_use]
    pub fn printed(&self, words: &[&str]) -> Printed {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let Explanation { formula, gradients, .. } = explain::explain(&derived.graph, derived.loss, &derived.gradients);
        let forms = self.forms(&derived, None);
        let requested = words.iter().filter_map(|word| requests::by_word(word, &forms));
        let derivations = requested.map(|made| requests::explained(&forms, &made).derivation.text);
        let derivations = [explain::derivation(&trace(&derived)).text].into_iter().chain(derivations).collect();
        Printed { formula, gradients, derivations }
    }

    /// The names of the arguments, in order.
    #[must_use]
    pub fn arguments(&self) -> Vec<&'static str> {
        self.spec.arguments.iter().map(|argument| argument.label().as_str()).collect()
    }

    /// Rows and columns of argument `i`; the dimensions' sizes are given by name.
    ///
    /// # Panics
    /// If a size is missing.
    #[must_use]
    pub fn shape(&self, i: usize, sizes: &[(&str, usize)]) -> (usize, usize) {
        size_of(self.spec.arguments[i].shape, &self::sizes(sizes))
    }

    /// Rows and columns of argument `i`, as they are written.
    #[must_use]
    pub fn dims(&self, i: usize) -> [String; 2] {
        let shape = self.spec.arguments[i].shape;
        [shape.rows.to_string(), shape.columns.to_string()]
    }

    /// The number of classes of argument `i`, as it is written, if it is labels.
    #[must_use]
    pub fn written_classes(&self, i: usize) -> Option<String> {
        self.spec.arguments[i].kind.classes().map(|classes| classes.to_string())
    }

    /// The type of argument `i`, as it is written.
    #[must_use]
    pub fn type_text(&self, i: usize) -> String {
        self.spec.arguments[i].type_text()
    }

    /// True if argument `i` is labels of which some may be missing: an element below 0 is.
    #[must_use]
    pub fn may_miss(&self, i: usize) -> bool {
        self.spec.arguments[i].kind.may_miss()
    }

    /// The number of classes of argument `i`, if it is labels: its elements are class indices.
    ///
    /// # Panics
    /// If a size is missing.
    #[must_use]
    pub fn classes(&self, i: usize, sizes: &[(&str, usize)]) -> Option<usize> {
        let classes = self.spec.arguments[i].kind.classes()?;
        Some(size_of(Shape::new(classes, Dim::ONE), &self::sizes(sizes)).0)
    }

    /// Value and derived gradient, for the elements of every argument.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn evaluate(&self, sizes: &[(&str, usize)], inputs: &[Vec<f64>]) -> Evaluation {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let known = derived.gradients.iter().filter_map(|gradient| gradient.node);
        let sizes = self::sizes(sizes);
        let inputs = self.dense(&sizes, inputs, |_, _| 0.0);
        let roots: Vec<_> = std::iter::once(derived.loss).chain(known).collect();
        let mut values = interpret(&derived.graph, &sizes, &inputs, &roots).into_iter();
        let value = values.next().map_or(f64::NAN, |loss| loss.values[0].value);
        let gradients = derived.gradients.iter().map(|gradient| match gradient.node {
            Some(_) => values.next().map(|value| value.values.iter().map(|x| x.value).collect()).unwrap_or_default(),
            None => vec![0.0; inputs[gradient.argument].values.len()],
        });
        Evaluation { value, gradients: gradients.collect() }
    }

    /// Rows, columns and elements of the output `name`, by the definitions of the operations that are written.
    ///
    /// # Panics
    /// If a size or an element is missing, or if the options name no such output.
    #[must_use]
    pub fn output(&self, name: &str, sizes: &[(&str, usize)], inputs: &[Vec<f64>]) -> (usize, usize, Vec<f64>) {
        let sizes = self::sizes(sizes);
        let inputs = self.dense(&sizes, inputs, |_, _| 0.0);
        let (_, node) = self.outputs.iter().find(|(known, _)| known.as_str() == name).expect("an output");
        let (rows, columns) = size_of(self.graph.shape(*node), &sizes);
        let value = interpret(&self.graph, &sizes, &inputs, &[*node]).remove(0);
        (rows, columns, value.values.iter().map(|x| x.value).collect())
    }

    /// Value and gradient by dual numbers: one evaluation of the loss as it was written for each element.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn by_dual_numbers(&self, sizes: &[(&str, usize)], inputs: &[Vec<f64>]) -> Evaluation {
        let sizes = self::sizes(sizes);
        let along = |direction: Option<(usize, usize)>| {
            let slope = |i, element| if direction == Some((i, element)) { 1.0 } else { 0.0 };
            let inputs = self.dense(&sizes, inputs, slope);
            interpret(&self.graph, &sizes, &inputs, &[self.loss])[0].values[0]
        };
        let gradient = |i: usize| (0..inputs[i].len()).map(|element| along(Some((i, element))).slope).collect();
        Evaluation { value: along(None).value, gradients: self.spec.parameters().map(gradient).collect() }
    }

    /// The derived slope along `directions`, one for each parameter, and the derived product of the Hessian with them.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn along(&self, sizes: &[(&str, usize)], inputs: &[Vec<f64>], directions: &[Vec<f64>]) -> Along {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let evaluate = |word| self.evaluate_request(self.made(word, &derived), sizes, inputs, directions, &[]);
        let (_, slope) = evaluate("jvp");
        let (roots, products) = evaluate("hvp");
        let mut products = products.into_iter();
        let product = roots.gradients.iter().map(|gradient| match gradient.node {
            Some(_) => products.next().unwrap_or_default(),
            None => vec![0.0; inputs[gradient.argument].len()],
        });
        Along { slope: slope[1][0], product: product.collect() }
    }

    /// The values and the slopes where the parameters have moved along `directions` as far as each of the eight `steps`
    /// says.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn line_search(
        &self,
        sizes: &[(&str, usize)],
        inputs: &[Vec<f64>],
        directions: &[Vec<f64>],
        steps: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let made = self.made("line_search", &derived);
        let (_, results) = self.evaluate_request(made, sizes, inputs, directions, steps);
        let mut values = results.concat();
        let slopes = values.split_off(steps.len());
        (values, slopes)
    }

    /// The norm of what each sample adds to the gradient, where samples have the dimension `samples`.
    ///
    /// # Errors
    /// If the gradient is no sum over samples: why.
    ///
    /// # Panics
    /// If a size or an element is missing.
    pub fn sample_norms(
        &self,
        sizes: &[(&str, usize)],
        inputs: &[Vec<f64>],
        samples: &str,
    ) -> Result<Vec<f64>, String> {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let stream = Some(Dim::Named(Symbol::new(samples)));
        let made =
            requests::sample_norms(&self.forms(&derived, stream)).map_err(|(_, why)| why)?.ok_or("no samples")?;
        Ok(self.evaluate_request(made, sizes, inputs, &[], &[]).1.concat())
    }

    fn forms<'a>(&'a self, derived: &'a Derived, stream: Option<Dim>) -> Forms<'a> {
        Forms { spec: &self.spec, written: (&self.graph, self.loss), derived, stream }
    }

    /// The graph that the option `word` asks for.
    ///
    /// # Panics
    /// If no option has this word, or if it has to be a part of the loss.
    fn made(&self, word: &str, derived: &Derived) -> Made {
        requests::by_word(word, &self.forms(derived, None)).expect("an option that is a word by itself")
    }

    /// The roots of a request, and the elements of each.
    fn evaluate_request(
        &self,
        made: Made,
        sizes: &[(&str, usize)],
        inputs: &[Vec<f64>],
        directions: &[Vec<f64>],
        steps: &[f64],
    ) -> (Roots, Vec<Vec<f64>>) {
        let sizes = self::sizes(sizes);
        let mut all = self.dense(&sizes, inputs, |_, _| 0.0);
        for (i, direction) in self.spec.parameters().zip(directions) {
            let (rows, columns) = (all[i].rows, all[i].columns);
            all.push(Dense::new(rows, columns, direction.iter().map(|&x| x.into()).collect()));
        }
        all.extend(steps.iter().map(|&step| Dense::new(1, 1, vec![step.into()])));
        let values = interpret(&made.graph, &sizes, &all, &made.roots.nodes());
        let elements = |value: Dense| value.values.into_iter().map(|x| x.value).collect();
        (made.roots, values.into_iter().map(elements).collect())
    }

    /// Like [`along`](Self::along), by dual numbers that move along all directions at once: through the loss as it was
    /// written, and through the derived gradient.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn along_by_dual_numbers(
        &self,
        sizes: &[(&str, usize)],
        inputs: &[Vec<f64>],
        directions: &[Vec<f64>],
    ) -> Along {
        let derived = derive(&self.spec, &self.graph, self.loss);
        let sizes = self::sizes(sizes);
        let parameters = self.parameters();
        let slope = |i: usize, element: usize| {
            parameters.iter().position(|&parameter| parameter == i).map_or(0.0, |k| directions[k][element])
        };
        let dense = self.dense(&sizes, inputs, slope);
        let slope = interpret(&self.graph, &sizes, &dense, &[self.loss])[0].values[0].slope;
        let known: Vec<_> = derived.gradients.iter().filter_map(|gradient| gradient.node).collect();
        let mut moved = interpret(&derived.graph, &sizes, &dense, &known).into_iter();
        let product = derived.gradients.iter().map(|gradient| match gradient.node {
            Some(_) => moved.next().map(|value| value.values.iter().map(|x| x.slope).collect()).unwrap_or_default(),
            None => vec![0.0; inputs[gradient.argument].len()],
        });
        Along { slope, product: product.collect() }
    }

    /// The value alone, of the loss as it was written.
    ///
    /// # Panics
    /// If a size or an element is missing.
    #[must_use]
    pub fn value(&self, sizes: &[(&str, usize)], inputs: &[Vec<f64>]) -> f64 {
        let sizes = self::sizes(sizes);
        interpret(&self.graph, &sizes, &self.dense(&sizes, inputs, |_, _| 0.0), &[self.loss])[0].values[0].value
    }

    /// The numbers of the arguments that are parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<usize> {
        self.spec.parameters().collect()
    }

    /// The arguments as matrices, where an element of an argument moves as `slope` says.
    fn dense(&self, sizes: &Sizes, inputs: &[Vec<f64>], slope: impl Fn(usize, usize) -> f64) -> Vec<Dense> {
        let arguments = self.spec.arguments.iter().enumerate();
        let dense = arguments.map(|(i, argument)| {
            let (rows, columns) = size_of(argument.shape, sizes);
            let values = inputs[i].iter().enumerate().map(|(element, &x)| Dual::new(x, slope(i, element)));
            Dense::new(rows, columns, values.collect())
        });
        dense.collect()
    }
}

fn sizes(given: &[(&str, usize)]) -> Sizes {
    let both = |&(name, size): &(&str, usize)| {
        let name = Symbol::new(name);
        [(Dim::Named(name), size), (Dim::Const(name), size)]
    };
    given.iter().flat_map(both).collect::<HashMap<_, _>>()
}
