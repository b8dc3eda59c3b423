//! burn on its backend for `ndarray`, with its autodiff.

use burn::tensor::activation::{log_softmax, softplus};
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::{Int, Tensor, TensorData};
use frobenius_benches::cases::{Case, Family, Values};

use super::{Failure, Peer, Real, parameter_shapes};

pub(crate) struct Burn<B: AutodiffBackend> {
    family: Family,
    data: Vec<Tensor<B, 2>>,
    labels: Option<Tensor<B, 2, Int>>,
    parameters: Vec<Tensor<B, 2>>,
    gradients: Vec<Tensor<B::InnerBackend, 2>>,
}

impl<T: Real, B: AutodiffBackend<FloatElem = T>> Burn<B>
where
    T: burn::tensor::Element,
{
    pub(crate) fn open(case: &Case, values: &Values<T>) -> Self {
        let device = B::Device::default();
        let tensor = |numbers: &[T], rows, columns| {
            Tensor::<B, 2>::from_data(TensorData::new(numbers.to_vec(), [rows, columns]), &device)
        };
        let mut rest = values.parameters.as_slice();
        let mut parameters = Vec::new();
        for (rows, columns) in parameter_shapes(case) {
            let (part, tail) = rest.split_at(rows * columns);
            parameters.push(tensor(part, rows, columns).require_grad());
            rest = tail;
        }
        let labels: Vec<i64> = values.labels.iter().copied().map(i64::from).collect();
        let shape = [labels.len(), 1];
        Self {
            family: case.family,
            data: values.data.iter().map(|m| tensor(&m.numbers, m.rows, m.columns)).collect(),
            labels: (!labels.is_empty()).then(|| Tensor::from_data(TensorData::new(labels, shape), &device)),
            parameters,
            gradients: Vec::new(),
        }
    }

    fn loss(&self) -> Tensor<B, 1> {
        let z = self.data[0].clone().matmul(self.parameters[0].clone());
        if let Some(labels) = &self.labels {
            return log_softmax(z, 1).gather(1, labels.clone()).sum().neg();
        }
        let y = self.data[1].clone();
        match self.family {
            Family::TwoLayer | Family::ThreeLayers => {
                let mut z = z;
                for w in &self.parameters[1..] {
                    z = z.tanh().matmul(w.clone());
                }
                let e = z - y;
                (e.clone() * e).sum()
            }
            Family::Logistic => (softplus(z.clone(), 1.0) - y * z).sum(),
            Family::Huber => {
                let e = (z - y).abs();
                let near = e.clone().clamp_max(1.0);
                (near.clone() * (e - near * 0.5)).sum()
            }
            _ => (z.clone().exp() - y * z).sum(),
        }
    }
}

impl<T: Real, B: AutodiffBackend<FloatElem = T>> Peer<T> for Burn<B>
where
    T: burn::tensor::Element,
{
    fn evaluate(&mut self) -> Result<f64, Failure> {
        let loss = self.loss();
        let gradients = loss.backward();
        self.gradients.clear();
        for parameter in &self.parameters {
            self.gradients.push(parameter.grad(&gradients).ok_or("no gradient")?);
        }
        Ok(loss.into_scalar().wide())
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        for gradient in &self.gradients {
            let numbers = gradient.clone().into_data().into_vec::<T>().map_err(|error| format!("{error:?}"))?;
            all.extend(numbers);
        }
        Ok(all)
    }
}
