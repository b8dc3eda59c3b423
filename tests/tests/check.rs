//! Does the check of gradients find what is wrong, and nothing else? Do the tests that losses ask for run?

use frobenius::prelude::*;
use frobenius::{__rt_0_1 as rt, Objective, Parameters, check};

/// Σ cos w, of which one element of the gradient is off by a part in ten thousand, or none.
struct Sum {
    wrong: Option<usize>,
}

#[derive(Clone)]
struct Matrices([f64; 41]);

impl Parameters for Matrices {
    type Element = f64;

    fn as_slice(&self) -> &[f64] {
        &self.0
    }
    fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.0
    }
    fn extents(&self) -> Vec<(&'static str, usize, usize)> {
        vec![("a", 3, 2), ("b", 5, 7)]
    }
}

impl Objective for Sum {
    type Element = f64;
    type Params = Matrices;

    fn params(&self) -> Result<Matrices, Error> {
        Ok(Matrices([0.0; 41]))
    }
    fn value(&mut self, params: &Matrices) -> Result<f64, Error> {
        Ok(params.0.iter().map(|w| w.cos()).sum())
    }
    fn value_and_gradient(&mut self, params: &Matrices, gradient: &mut Matrices) -> Result<f64, Error> {
        gradient.0 = params.0.map(|w| -w.sin());
        if let Some(i) = self.wrong {
            gradient.0[i] *= 1.0001;
        }
        self.value(params)
    }
}

fn at() -> Matrices {
    let mut params = Matrices([0.0; 41]);
    for (i, w) in (0_i32..).zip(&mut params.0) {
        *w = (0.7 * f64::from(i)).sin();
    }
    params
}

#[test]
fn the_wrong_element_is_found_and_named() {
    // The second element of b's fourth row; the first one of a; the last one of b.
    for (wrong, name, place) in [(6 + 3 * 7 + 1, "b", (3, 1)), (1, "a", (0, 1)), (40, "b", (4, 6))] {
        let report = check::gradient(&mut Sum { wrong: Some(wrong) }, &at()).unwrap();
        assert!(!report.is_right(), "{report}");
        for parameter in &report.parameters {
            let found: Vec<_> = parameter.wrong.iter().map(|wrong| wrong.at).collect();
            assert_eq!(found, if parameter.name == name { vec![place] } else { Vec::new() }, "{report}");
        }
        let text = format!("{name}[{}, {}]: the gradient is ", place.0, place.1);
        assert!(report.to_string().contains(&text), "{report}");
        // A part in ten thousand of one element of 41 is within what the remainder still falls by.
        assert!(report.order.is_none_or(|order| order > 0.9), "{report}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let report = check::gradient(&mut Sum { wrong: None }, &at()).unwrap();
    assert!(report.is_right(), "{report}");
    assert!(report.order.is_some_and(|order| (1.9..2.1).contains(&order)), "{report}");
    assert!(report.parameters.iter().all(|parameter| parameter.compared > 4 && parameter.distance < 1e-9), "{report}");
}

/// Noise, of which no derivative can be told.
struct Noise;

impl Objective for Noise {
    type Element = f64;
    type Params = Matrices;

    fn params(&self) -> Result<Matrices, Error> {
        Ok(Matrices([0.0; 41]))
    }
    fn value(&mut self, params: &Matrices) -> Result<f64, Error> {
        let bits = params.0.iter().fold(1_u64, |bits, w| (bits ^ w.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3);
        Ok(f64::from(u32::try_from(bits >> 40).unwrap_or(0)))
    }
    fn value_and_gradient(&mut self, params: &Matrices, gradient: &mut Matrices) -> Result<f64, Error> {
        gradient.0 = [0.5; 41];
        self.value(params)
    }
}

#[test]
fn what_can_not_be_told_is_not_right() {
    let report = check::gradient(&mut Noise, &at()).unwrap();
    assert!(report.parameters.iter().all(|parameter| parameter.compared == 0), "{report}");
    assert!(!report.is_right(), "{report}");
    assert!(report.to_string().contains("can't be told"), "{report}");
}

#[test]
fn a_kernel_that_differs_from_its_operations_is_found() {
    for (wrong, expected) in [(None, Ok(())), (Some(40), Err("b[4, 6]: the gradient is "))] {
        let found = rt::check_cases(&["N"], &[], |case| {
            case.check(&mut Sum { wrong: None })?;
            case.check_unfused(&mut Sum { wrong: None }, |_, params, out| Sum { wrong }.value_and_gradient(params, out))
        });
        match (found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, _) => panic!("{found:?}"),
        }
    }
}

/// As users have it: kinks, labels, several parameters, arrays of layers, f32.
mod asked {
    use super::*;

    #[loss(test, jvp, hvp)]
    pub(super) fn two_layer(
        x: Matrix<N, D>,
        y: Matrix<N, M>,
        #[param] w: Matrix<D, K>,
        #[param] a: Matrix<K, M>,
    ) -> Scalar {
        norm_sq(tanh(x * w) * a - y)
    }

    #[loss(test)]
    fn classes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
        mean(cross_entropy(relu(x * w) + b, y))
    }

    #[loss(test, jvp, hvp)]
    fn positive(x: Vector<N>, #[param] s: Scalar, #[param] t: Scalar) -> Scalar {
        sum(sq(ln(x) - ln(s)) / t) + ln(t)
    }

    #[loss(test)]
    fn constant_sizes<const K: usize>(x: Matrix<N, K>, #[param] w: Matrix<K, { K + 1 }>) -> Scalar {
        sum(sigmoid(x * w))
    }

    #[loss(test)]
    fn deep(x: Matrix<N, K>, offsets: [Scalar; 2], #[param] w: [Matrix<K, K>; 3]) -> Scalar {
        let mut h = x;
        for l in 0..3 {
            h = tanh(h * w[l] + offsets[0]);
        }
        norm_sq(h - offsets[1])
    }
}

#[test]
fn real_data_in_both_precisions() {
    fn right<T: Element>() {
        let value = |i: usize| T::from_f64((0.37 * f64::from(u32::try_from(i).unwrap())).sin());
        let (x, y): (Vec<T>, Vec<T>) = ((0..130 * 9).map(value).collect(), (0..130 * 3).map(value).collect());
        let data =
            asked::two_layer::Data { x: MatrixRef::new(&x, 130, 9).unwrap(), y: MatrixRef::new(&y, 130, 3).unwrap() };
        let mut loss = asked::two_layer::Loss::new(data, asked::two_layer::Sizes { k: 5 }).unwrap();
        let mut params = loss.params().unwrap();
        params.as_mut_slice().iter_mut().enumerate().for_each(|(i, w)| *w = value(i + 3));
        let report = check::gradient(&mut loss, &params).unwrap();
        assert!(report.is_right(), "{report}");
        assert!(report.parameters.iter().all(|parameter| parameter.compared > 3), "{report}");
    }
    right::<f64>();
    right::<f32>();
}

/// A Hessian of zeros is not that of a quadratic form, whatever its transpose says.
#[test]
fn a_hessian_that_is_none_is_found() {
    for (factor, is_right) in [(1.0, true), (0.0, false), (1.001, false)] {
        let found = rt::check_cases(&["N"], &[], |case| {
            case.check(&mut Sum { wrong: None })?;
            case.check_hessian(&mut Sum { wrong: None }, |_, params, v, out| {
                let products = params.0.iter().zip(&v.0).map(|(w, v)| -w.cos() * v * factor);
                out.0.iter_mut().zip(products).for_each(|(out, x)| *out = x);
                Ok(())
            })
        });
        assert_eq!(found.is_ok(), is_right, "{found:?}");
    }
}

/// Losses that say little where they round: of singular matrices, of constants, of sums that cancel.
mod rough {
    use super::*;

    #[loss(test)]
    pub(super) fn one_class(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>) -> Scalar {
        mean(cross_entropy(x * w, y))
    }

    #[loss(test(N = 11, D = 3, x = -2.0..2))]
    pub(super) fn volume(x: Matrix<N, D>, #[param] w: Matrix<D, D>) -> Scalar {
        logdet(w.t() * (x.t() * x) * w)
    }

    #[loss(test, hvp)]
    pub(super) fn singular(#[param] w: Matrix<N, D>) -> Scalar {
        logdet(w.t() * w)
    }

    #[loss(test)]
    pub(super) fn spread(#[param] x: Matrix<D, N>) -> Scalar {
        sum(sqrt(row_variances(x)))
    }

    #[loss(test(b = 2..3))]
    pub(super) fn needs_range(x: Vector<N>, #[param] b: Scalar) -> Scalar {
        sum(sqrt(b - 1 - sq(x))) + ln(b - 1.5)
    }

    #[loss]
    pub(super) fn determinant(#[param] a: Matrix<N, N>) -> Scalar {
        det(a)
    }
}

#[test]
fn rounding_is_no_slope() {
    let mut loss = rough::determinant::Loss::new(rough::determinant::Sizes { n: 3 }).unwrap();
    let a =
        rough::determinant::Params::from_vec(loss.dims(), vec![1.0, 2.0, 3.0, 2.0, 4.0, 6.0, 3.0, 6.0, 9.0]).unwrap();
    let report = check::gradient(&mut loss, &a).unwrap();
    assert!(report.parameters.iter().all(|parameter| parameter.wrong.is_empty()), "{report}");
}
