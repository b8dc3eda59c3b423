//! candle, with its autodiff.

use candle_core::{Device, Tensor, Var};
use frobenius_benches::cases::{Case, Family, Values};

use super::{Failure, Peer, Real, parameter_shapes};

pub(crate) struct Candle<T> {
    family: Family,
    data: Vec<Tensor>,
    labels: Tensor,
    parameters: Vec<Var>,
    gradients: Vec<Tensor>,
    element: std::marker::PhantomData<T>,
}

impl<T: Real> Candle<T> {
    pub(crate) fn open(case: &Case, values: &Values<T>) -> Result<Self, Failure> {
        let tensor = |numbers: &[T], shape: (usize, usize)| Tensor::from_slice(numbers, shape, &Device::Cpu);
        let data = values.data.iter().map(|m| tensor(&m.numbers, (m.rows, m.columns))).collect::<Result<_, _>>()?;
        let mut rest = values.parameters.as_slice();
        let mut parameters = Vec::new();
        for (rows, columns) in parameter_shapes(case) {
            let (part, tail) = rest.split_at(rows * columns);
            parameters.push(Var::from_tensor(&tensor(part, (rows, columns))?)?);
            rest = tail;
        }
        let labels = Tensor::from_slice(&values.labels, values.labels.len(), &Device::Cpu)?;
        let element = std::marker::PhantomData;
        Ok(Self { family: case.family, data, labels, parameters, gradients: Vec::new(), element })
    }

    fn loss(&self) -> Result<Tensor, candle_core::Error> {
        let (x, w) = (&self.data[0], &self.parameters[0]);
        let y = self.data.get(1).unwrap_or(&self.labels);
        match self.family {
            Family::TwoLayer => (x.matmul(w)?.tanh()?.matmul(&self.parameters[1])? - y)?.sqr()?.sum_all(),
            Family::ThreeLayers => {
                let h = x.matmul(w)?.tanh()?.matmul(&self.parameters[1])?.tanh()?;
                (h.matmul(&self.parameters[2])? - y)?.sqr()?.sum_all()
            }
            Family::Softmax => {
                let samples = x.dim(0)?;
                let mean = candle_nn::loss::cross_entropy(&x.matmul(w)?, y)?;
                mean * frobenius_benches::measure::count(samples)
            }
            Family::Logistic => {
                let z = x.matmul(w)?;
                let softplus = (z.relu()? + (z.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
                (softplus - (y * &z)?)?.sum_all()
            }
            Family::Huber => {
                let e = (x.matmul(w)? - y)?.abs()?;
                let near = e.clamp(0f32, 1f32)?;
                (&near * (e - (&near * 0.5)?)?)?.sum_all()
            }
            _ => {
                let z = x.matmul(w)?;
                (z.exp()? - (y * &z)?)?.sum_all()
            }
        }
    }
}

impl<T: Real> Peer<T> for Candle<T> {
    fn evaluate(&mut self) -> Result<f64, Failure> {
        let loss = self.loss()?;
        let mut gradients = loss.backward()?;
        self.gradients.clear();
        for parameter in &self.parameters {
            self.gradients.push(gradients.remove(parameter).ok_or("no gradient")?);
        }
        Ok(loss.to_scalar::<T>()?.wide())
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        for gradient in &self.gradients {
            all.extend(gradient.flatten_all()?.to_vec1::<T>()?);
        }
        Ok(all)
    }
}
