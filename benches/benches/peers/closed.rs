//! Gradients derived by hand over `ndarray`: as they are usually written, and with buffers that are used again.

use faer::linalg::matmul::matmul;
use faer::traits::num_traits::Float;
use faer::{Accum, MatMut, MatRef, Par};
use frobenius_benches::cases::{Case, Family, Values};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Zip};

use super::{Failure, Peer, Real, parameter_shapes};

/// The loss of a sample of a regression, and its derivative in z.
fn of_sample<T: Real>(family: Family) -> fn(T, T) -> (f64, T) {
    match family {
        Family::Logistic => |z, y| {
            // ln(1 + eᶻ), without overflow.
            let tail = (-z.abs()).exp();
            let sigmoid = if z > T::zero() { T::one() / (T::one() + tail) } else { tail / (T::one() + tail) };
            ((z.at_least(T::zero()) + tail.ln_1p() - y * z).wide(), sigmoid - y)
        },
        Family::Huber => |z, y| {
            let e = z - y;
            let near = e.abs().at_most(T::one());
            ((near * (e.abs() - near * T::half())).wide(), e.at_least(-T::one()).at_most(T::one()))
        },
        _ => |z, y| (((z.exp()) - y * z).wide(), z.exp() - y),
    }
}

fn views<T: Real>(values: &Values<T>) -> Result<Vec<ArrayView2<'_, T>>, Failure> {
    values.data.iter().map(|m| Ok(ArrayView2::from_shape((m.rows, m.columns), &m.numbers)?)).collect()
}

/// The parameters, one by one.
fn parameters<T: Real>(case: &Case, values: &Values<T>) -> Result<Vec<Array2<T>>, Failure> {
    let mut rest = values.parameters.as_slice();
    let mut arrays = Vec::new();
    for (rows, columns) in parameter_shapes(case) {
        let (part, tail) = rest.split_at(rows * columns);
        arrays.push(Array2::from_shape_vec((rows, columns), part.to_vec())?);
        rest = tail;
    }
    Ok(arrays)
}

fn flat<T: Real>(gradients: &[Array2<T>]) -> Vec<T> {
    gradients.iter().flat_map(|gradient| gradient.iter().copied()).collect()
}

/// As it is usually written: every step makes a new array.
pub(crate) struct Obvious<'a, T> {
    family: Family,
    data: Vec<ArrayView2<'a, T>>,
    labels: &'a [u32],
    parameters: Vec<Array2<T>>,
    gradients: Vec<Array2<T>>,
}

impl<'a, T: Real> Obvious<'a, T> {
    pub(crate) fn open(case: &Case, values: &'a Values<T>) -> Result<Self, Failure> {
        let data = views(values)?;
        let parameters = parameters(case, values)?;
        Ok(Self { family: case.family, data, labels: &values.labels, parameters, gradients: Vec::new() })
    }

    fn layers(&mut self) -> f64 {
        let (x, y) = (&self.data[0], &self.data[1]);
        let mut activations: Vec<Array2<T>> = Vec::new();
        let (last, hidden) = self.parameters.split_last().expect("layers");
        for w in hidden {
            let z = activations.last().map_or_else(|| x.dot(w), |h| h.dot(w));
            activations.push(z.mapv(Float::tanh));
        }
        let e = activations.last().expect("a hidden layer").dot(last) - y;
        let value = (&e * &e).sum().wide();
        let mut delta = e * T::two();
        self.gradients.clear();
        for (w, h) in self.parameters.iter().skip(1).zip(&activations).rev() {
            self.gradients.push(h.t().dot(&delta));
            delta = delta.dot(&w.t()) * h.mapv(|h| T::one() - h * h);
        }
        self.gradients.push(x.t().dot(&delta));
        self.gradients.reverse();
        value
    }

    fn regression(&mut self) -> f64 {
        let (x, y) = (&self.data[0], self.data[1].column(0));
        let z = x.dot(&self.parameters[0].column(0));
        let of_sample = of_sample::<T>(self.family);
        let value = z.iter().zip(y).map(|(&z, &y)| of_sample(z, y).0).sum();
        let slopes: Array1<T> = z.iter().zip(y).map(|(&z, &y)| of_sample(z, y).1).collect();
        self.gradients = vec![x.t().dot(&slopes).insert_axis(Axis(1))];
        value
    }

    fn softmax(&mut self) -> f64 {
        let x = &self.data[0];
        let z = x.dot(&self.parameters[0]);
        let largest =
            z.map_axis(Axis(1), |row| row.fold(T::neg_infinity(), |a, &b| a.at_least(b))).insert_axis(Axis(1));
        let exps = (&z - &largest).mapv(Float::exp);
        let sums = exps.sum_axis(Axis(1)).insert_axis(Axis(1));
        let lse = sums.mapv(Float::ln) + &largest;
        let rows = self.labels.iter().enumerate();
        let value = rows.clone().map(|(i, &y)| (lse[[i, 0]] - z[[i, y as usize]]).wide()).sum();
        let mut slopes = exps / sums;
        for (i, &y) in rows {
            slopes[[i, y as usize]] -= T::one();
        }
        self.gradients = vec![x.t().dot(&slopes)];
        value
    }
}

impl<T: Real> Peer<T> for Obvious<'_, T> {
    fn evaluate(&mut self) -> Result<f64, Failure> {
        Ok(match self.family {
            Family::TwoLayer | Family::ThreeLayers => self.layers(),
            Family::Softmax => self.softmax(),
            _ => self.regression(),
        })
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        Ok(flat(&self.gradients))
    }
}

/// Whose products are used: c = alpha a b.
pub(crate) trait Products {
    /// True if products with one vector are better taken row by row, which reads the data once.
    const BY_ROWS: bool;
    fn product<T: Real>(alpha: T, a: ArrayView2<'_, T>, b: ArrayView2<'_, T>, c: ArrayViewMut2<'_, T>);
}

pub(crate) struct Ndarray;

impl Products for Ndarray {
    const BY_ROWS: bool = true;

    fn product<T: Real>(alpha: T, a: ArrayView2<'_, T>, b: ArrayView2<'_, T>, mut c: ArrayViewMut2<'_, T>) {
        ndarray::linalg::general_mat_mul(alpha, &a, &b, T::zero(), &mut c);
    }
}

pub(crate) struct Faer;

impl Products for Faer {
    const BY_ROWS: bool = false;

    fn product<T: Real>(alpha: T, a: ArrayView2<'_, T>, b: ArrayView2<'_, T>, mut c: ArrayViewMut2<'_, T>) {
        let threads = rayon::current_num_threads();
        let par = if threads > 1 { Par::rayon(threads) } else { Par::Seq };
        let (rows, columns, strides) = (c.nrows(), c.ncols(), c.strides().to_vec());
        // SAFETY: the elements of `c`, which is borrowed for as long.
        let c = unsafe { MatMut::from_raw_parts_mut(c.as_mut_ptr(), rows, columns, strides[0], strides[1]) };
        matmul(c, Accum::Replace, view(&a), view(&b), alpha, par);
        clean_registers();
    }
}

/// Clears the upper halves of the vector registers, which the products of faer leave in use: std's functions, compiled
/// for SSE2, would run many times slower after them.
fn clean_registers() {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx") {
        // SAFETY: the processor has the instruction.
        unsafe { core::arch::x86_64::_mm256_zeroupper() }
    }
}

fn view<'a, T>(a: &'a ArrayView2<'_, T>) -> MatRef<'a, T> {
    let strides = a.strides();
    // SAFETY: the elements of `a`, which is borrowed for as long.
    unsafe { MatRef::from_raw_parts(a.as_ptr(), a.nrows(), a.ncols(), strides[0], strides[1]) }
}

/// With buffers that are used again, and the elementwise parts in one loop each.
pub(crate) struct Closed<'a, T, P> {
    family: Family,
    data: Vec<ArrayView2<'a, T>>,
    labels: &'a [u32],
    parameters: Vec<Array2<T>>,
    gradients: Vec<Array2<T>>,
    /// The output of each layer, and the derivative of the loss in it.
    outputs: Vec<[Array2<T>; 2]>,
    products: std::marker::PhantomData<P>,
}

impl<'a, T: Real, P: Products> Closed<'a, T, P> {
    pub(crate) fn open(case: &Case, values: &'a Values<T>) -> Result<Self, Failure> {
        let (data, parameters) = (views(values)?, parameters(case, values)?);
        let rows = data[0].nrows();
        let output = |w: &Array2<T>| [Array2::zeros((rows, w.ncols())), Array2::zeros((rows, w.ncols()))];
        Ok(Self {
            family: case.family,
            labels: &values.labels,
            gradients: parameters.iter().map(|w| Array2::zeros(w.dim())).collect(),
            outputs: parameters.iter().map(output).collect(),
            products: std::marker::PhantomData,
            data,
            parameters,
        })
    }

    fn layers(&mut self) -> f64 {
        let last = self.parameters.len() - 1;
        for i in 0..=last {
            let (done, rest) = self.outputs.split_at_mut(i);
            let from = done.last().map_or(self.data[0].view(), |output| output[0].view());
            P::product(T::one(), from, self.parameters[i].view(), rest[0][0].view_mut());
            if i < last {
                rest[0][0].mapv_inplace(Float::tanh);
            }
        }
        let mut value = 0.0;
        let [e, delta] = &mut self.outputs[last];
        for ((e, y), delta) in e.rows().into_iter().zip(self.data[1].rows()).zip(delta.rows_mut()) {
            let mut of_row = T::zero();
            Zip::from(e).and(y).and(delta).for_each(|&e, &y, delta| {
                of_row += (e - y) * (e - y);
                *delta = (e - y) * T::two();
            });
            value += of_row.wide();
        }
        for i in (0..=last).rev() {
            let (before, rest) = self.outputs.split_at_mut(i);
            let delta = &rest[0][1];
            let from = before.last().map_or(self.data[0].view(), |output| output[0].view());
            P::product(T::one(), from.t(), delta.view(), self.gradients[i].view_mut());
            if let Some([h, slope]) = before.last_mut() {
                P::product(T::one(), delta.view(), self.parameters[i].t(), slope.view_mut());
                Zip::from(slope).and(h).for_each(|slope, &mut h| *slope *= T::one() - h * h);
            }
        }
        value
    }

    fn regression(&mut self) -> f64 {
        let y = self.data[1].column(0);
        let of_sample = of_sample::<T>(self.family);
        let mut value = 0.0;
        if P::BY_ROWS {
            let (w, mut gradient) = (self.parameters[0].column(0), self.gradients[0].column_mut(0));
            gradient.fill(T::zero());
            for (row, &y) in self.data[0].rows().into_iter().zip(y) {
                let (loss, slope) = of_sample(row.dot(&w), y);
                value += loss;
                gradient.scaled_add(slope, &row);
            }
            return value;
        }
        let [z, slopes] = &mut self.outputs[0];
        P::product(T::one(), self.data[0].view(), self.parameters[0].view(), z.view_mut());
        Zip::from(z.column(0)).and(y).and(slopes.column_mut(0)).for_each(|&z, &y, slope| {
            let (loss, derivative) = of_sample(z, y);
            value += loss;
            *slope = derivative;
        });
        P::product(T::one(), self.data[0].t(), slopes.view(), self.gradients[0].view_mut());
        value
    }

    fn softmax(&mut self) -> f64 {
        let [z, slopes] = &mut self.outputs[0];
        P::product(T::one(), self.data[0].view(), self.parameters[0].view(), z.view_mut());
        let mut value = 0.0;
        for ((z, mut slopes), &label) in z.rows().into_iter().zip(slopes.rows_mut()).zip(self.labels) {
            let z: ArrayView1<'_, T> = z;
            let largest = z.fold(T::neg_infinity(), |a, &b| a.at_least(b));
            let mut sum = T::zero();
            Zip::from(&mut slopes).and(z).for_each(|slope, &z| {
                *slope = (z - largest).exp();
                sum += *slope;
            });
            value += (sum.ln() + largest - z[label as usize]).wide();
            slopes.mapv_inplace(|slope| slope / sum);
            slopes[label as usize] -= T::one();
        }
        P::product(T::one(), self.data[0].t(), slopes.view(), self.gradients[0].view_mut());
        value
    }
}

impl<T: Real, P: Products> Peer<T> for Closed<'_, T, P> {
    fn evaluate(&mut self) -> Result<f64, Failure> {
        Ok(match self.family {
            Family::TwoLayer | Family::ThreeLayers => self.layers(),
            Family::Softmax => self.softmax(),
            _ => self.regression(),
        })
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        Ok(flat(&self.gradients))
    }
}
