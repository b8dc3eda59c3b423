//! Checks of derivatives beyond the gradient, which ask for no more than the gradient.

use crate::{Random, close};

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

/// What a loss of f64 computes, by functions of its parameters.
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
    /// What does not hold.
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

/// Checks a loss of `f64` that has `jvp` and `hvp`: the module, its `Loss`, and the elements of its parameters.
#[macro_export]
macro_rules! check_second_order {
    ($module:ident, $loss:expr, $at:expr) => {{
        let loss = ::std::cell::RefCell::new($loss);
        let dims = loss.borrow().dims();
        let params = |at: &[f64]| $module::Params::from_vec(dims, at.to_vec()).expect("all parameters");
        let gradient = |at: &[f64]| {
            let mut gradient = params(&vec![f64::NAN; at.len()]);
            let value = loss.borrow_mut().value_and_gradient(&params(at), &mut gradient).expect("the same sizes");
            (value, gradient.as_slice().to_vec())
        };
        let jvp = |at: &[f64], direction: &[f64]| {
            loss.borrow_mut().jvp(&params(at), &params(direction)).expect("the same sizes")
        };
        let hvp = |at: &[f64], direction: &[f64]| {
            // What was there before must not matter.
            let mut product = params(&vec![f64::NAN; at.len()]);
            loss.borrow_mut().hvp(&params(at), &params(direction), &mut product).expect("the same sizes");
            product.as_slice().to_vec()
        };
        $crate::second::Loss { gradient, jvp, hvp }.check($at)
    }};
}
